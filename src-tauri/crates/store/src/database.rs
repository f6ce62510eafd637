//! One encrypted database file with one writer: opened, migrated, written and checkpointed the same way for the
//! station and for the outbox.

mod check;
mod copy;
mod disk;
mod log;
mod memory;
mod migration;
mod open;
mod write;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

pub(crate) use disk::{free_bytes, sync_folder};
pub(crate) use log::{FRAME_BYTES, FRAME_HEADER_BYTES, HEADER_BYTES, MAGIC, Sum, word};
pub(crate) use migration::Migration;
pub(crate) use open::{create, open, set_aside};
pub use write::{Reading, Writing};

/// The log is checkpointed before the next write once it is this long, however busy the desk is: reopening after a
/// crash reads all of it and must stay under two seconds.
pub const LOG_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// From this length on a checkpoint between two people is worth its 20 ms.
pub const LOG_BYTES_WISHED: u64 = 8 * 1024 * 1024;

/// What a database is called on disk and which schema it has.
#[derive(Debug)]
pub(crate) struct Plan {
    /// What it is, for errors.
    pub(crate) what: &'static str,
    /// File name of the database.
    pub(crate) file: &'static str,
    /// File name of the lock that keeps a second program out.
    pub(crate) lock: &'static str,
    /// File name of the check that tells a wrong key from a damaged file.
    pub(crate) check: &'static str,
    /// Written into the file's header.
    pub(crate) application_id: i32,
    /// Every migration, oldest first.
    pub(crate) migrations: &'static [Migration],
    /// The largest amount of memory the reader keeps decrypted pages in, in KiB.
    pub(crate) reader_cache_kib: i64,
}

/// An open database file: encrypted, with its lock, its one writer and its reader.
#[derive(Debug)]
pub(crate) struct Vault {
    pub(crate) plan: &'static Plan,
    pub(crate) folder: PathBuf,
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    poisoned: AtomicBool,
    place: disk::Place,
    /// Held until the connections are closed.
    _lock: Lock,
}

/// The lock on a folder.
///
/// It is given up by name: closing the file alone would leave it held by a program that another thread is just starting
/// and that has not yet let go of the files it was born with.
#[derive(Debug)]
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing gives it up as well, a moment later.
        let _ = self.0.unlock();
    }
}

/// A lock that a panic has passed through still guards a sound connection: the transaction was rolled back on the way.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Vault {
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join(self.plan.file)
    }

    pub(crate) fn is_poisoned(&self) -> bool {
        self.poisoned.load(Ordering::SeqCst)
    }

    fn poison(&self) {
        self.poisoned.store(true, Ordering::SeqCst);
    }

    /// Bytes of the write-ahead log that are in use or reserved on disk.
    pub(crate) fn log_bytes(&self) -> u64 {
        std::fs::metadata(log_path(&self.file())).map_or(0, |log| log.len())
    }
}

/// Where SQLite keeps the write-ahead log of a database file.
fn log_path(file: &Path) -> PathBuf {
    with_ending(file, "-wal")
}

/// Where SQLite keeps the index of that log.
fn log_index_path(file: &Path) -> PathBuf {
    with_ending(file, "-shm")
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
