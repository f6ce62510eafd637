// A disk that remembers: one file below a loop device, whose every write and every flush goes to a log, in order.
//
//   logdisk BYTES START LOG ACK FOLDER
//
// START is the formatted disk the recording begins with; it is read, never changed. FOLDER gets the file "disk".
// Each record is four little-endian numbers of 64 bits and, for a write, the bytes:
//   kind (1 write, 2 flush), offset, length, size of the file ACK at the moment the request arrived.
// Whatever ACK holds at that moment was promised while only the earlier records had reached the disk.
// One thread serves all requests, so that the log is the order in which they were served.
#define FUSE_USE_VERSION 31
#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WRITE = 1, FLUSH = 2 };

static char *disk;
static size_t size;
static FILE *records;
static const char *ack;

// A record that cannot be kept would make the whole campaign blind: rather no disk at all.
static void give_up(const char *what) {
    perror(what);
    _exit(1);
}

static void keep(uint64_t kind, uint64_t offset, uint64_t length, const char *bytes) {
    struct stat promised;
    uint64_t head[4] = {kind, offset, length, stat(ack, &promised) ? 0 : (uint64_t)promised.st_size};
    if (fwrite(head, sizeof head, 1, records) != 1) give_up("log");
    if (length && fwrite(bytes, length, 1, records) != 1) give_up("log");
}

static int attributes(const char *path, struct stat *found, struct fuse_file_info *file) {
    (void)file;
    memset(found, 0, sizeof *found);
    if (!strcmp(path, "/")) {
        found->st_mode = S_IFDIR | 0700;
        found->st_nlink = 2;
        return 0;
    }
    if (strcmp(path, "/disk")) return -ENOENT;
    found->st_mode = S_IFREG | 0600;
    found->st_nlink = 1;
    found->st_size = (off_t)size;
    found->st_blksize = 4096;
    return 0;
}

// Past the page cache: the log must see what the file system writes, when it writes it.
static int open_disk(const char *path, struct fuse_file_info *file) {
    file->direct_io = 1;
    return strcmp(path, "/disk") ? -ENOENT : 0;
}

static int read_disk(const char *path, char *into, size_t length, off_t offset, struct fuse_file_info *file) {
    (void)path, (void)file;
    if ((size_t)offset >= size) return 0;
    if (length > size - (size_t)offset) length = size - (size_t)offset;
    memcpy(into, disk + offset, length);
    return (int)length;
}

static int write_disk(const char *path, const char *from, size_t length, off_t offset, struct fuse_file_info *file) {
    (void)path, (void)file;
    if ((size_t)offset > size || length > size - (size_t)offset) return -ENOSPC;
    keep(WRITE, (uint64_t)offset, length, from);
    memcpy(disk + offset, from, length);
    return (int)length;
}

static int flush_disk(const char *path, int data_only, struct fuse_file_info *file) {
    (void)path, (void)data_only, (void)file;
    keep(FLUSH, 0, 0, NULL);
    return 0;
}

static const struct fuse_operations served = {
    .getattr = attributes, .open = open_disk, .read = read_disk, .write = write_disk, .fsync = flush_disk};

int main(int count, char **words) {
    if (count != 6) {
        fputs("logdisk BYTES START LOG ACK FOLDER\n", stderr);
        return 2;
    }
    size = strtoull(words[1], NULL, 10);
    int start = open(words[2], O_RDONLY);
    if (start < 0) give_up(words[2]);
    disk = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, start, 0);
    if (disk == MAP_FAILED) give_up("mmap");
    records = fopen(words[3], "wb");
    if (!records) give_up(words[3]);
    ack = words[4];
    char *arguments[] = {words[0], words[5], "-f", "-s", NULL};
    int ended = fuse_main(4, arguments, &served, NULL);
    if (fclose(records)) give_up("log");
    return ended;
}
