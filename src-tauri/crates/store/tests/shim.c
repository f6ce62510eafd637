/* Put before the C library: counts syncs, and lets the n-th call on the files of the station fail. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long calls;

static int is_ours(int fd) {
    char link[64], path[512];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strstr(path, "/station.") != NULL;
}

/* Adds a letter to the file that a variable names. */
static void note(const char *variable) {
    const char *path = getenv(variable);
    if (!path) return;
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (fd < 0) return;
    syscall(SYS_write, fd, "s", 1);
    close(fd);
}

/* Whether this call is the one that fails; sets errno. */
static int fails(const char *call, int fd) {
    const char *wanted = getenv("REKAM_SHIM_CALL"), *at = getenv("REKAM_SHIM_AT"), *code = getenv("REKAM_SHIM_ERRNO");
    if (!wanted || !at || !code || strcmp(wanted, call) || !is_ours(fd)) return 0;
    if (atomic_fetch_add(&calls, 1) + 1 != atol(at)) return 0;
    note("REKAM_SHIM_FAILED");
    errno = atoi(code);
    return 1;
}

int fsync(int fd) {
    note("REKAM_SHIM_SYNCS");
    if (fails("sync", fd)) return -1;
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
    note("REKAM_SHIM_SYNCS");
    if (fails("sync", fd)) return -1;
    return (int)syscall(SYS_fdatasync, fd);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    if (fails("write", fd)) return -1;
    return syscall(SYS_write, fd, bytes, length);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    if (fails("write", fd)) return -1;
    return syscall(SYS_pwrite64, fd, bytes, length, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    if (fails("write", fd)) return -1;
    return syscall(SYS_pwrite64, fd, bytes, length, at);
}
