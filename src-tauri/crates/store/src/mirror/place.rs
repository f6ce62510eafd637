//! The folder a copy lies in: whose it is, on which disk, and held by one program at a time.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::error::{MirrorError, on_copy, on_original};
use super::state::STATE_FILE;
use crate::database::free_bytes;

pub(crate) const LOCK_FILE: &str = "mirror.lock";

/// Refuses a copy inside of what it copies.
pub(crate) fn refuse_inside(original: &Path, copy: &Path) -> Result<(), MirrorError> {
    let original = fs::canonicalize(original).map_err(on_original("look for the original"))?;
    let copy = fs::canonicalize(copy).map_err(on_copy("look for the folder of the copy"))?;
    if copy.starts_with(&original) || original.starts_with(&copy) {
        return Err(MirrorError::InsideOriginal);
    }
    Ok(())
}

/// Device and number of a folder.
pub(crate) fn identity(folder: &Path) -> Result<(u64, u64), MirrorError> {
    let meta = fs::metadata(folder).map_err(on_copy("look for the folder of the copy"))?;
    if !meta.is_dir() {
        return Err(MirrorError::ForeignFolder { what: "a file".into() });
    }
    Ok((meta.dev(), meta.ino()))
}

/// Refuses a folder without a mirror in it that is not empty: whatever is there belongs to somebody.
pub(super) fn refuse_foreign(folder: &Path) -> Result<(), MirrorError> {
    let named = on_copy("list the folder of the copy");
    for entry in fs::read_dir(folder).map_err(&named)? {
        let name = entry.map_err(&named)?.file_name().to_string_lossy().into_owned();
        // The lock and a first state that was never finished are ours.
        if ![LOCK_FILE, "lost+found", "mirror.state.new"].contains(&name.as_str()) && name != STATE_FILE {
            return Err(MirrorError::ForeignFolder { what: name });
        }
    }
    Ok(())
}

/// The lock on a copy.
///
/// It is given up by name, as the store's is: a program that another thread is just starting may still hold the file.
#[derive(Debug)]
pub(crate) struct Held(File);

impl Drop for Held {
    fn drop(&mut self) {
        // Closing gives it up as well, a moment later.
        let _ = self.0.unlock();
    }
}

/// Holds a copy for this program; on a disk that cannot be written a missing lock is no hindrance to reading.
pub(crate) fn lock(folder: &Path, is_for_reading: bool) -> Result<Option<Held>, MirrorError> {
    let named = on_copy("take the lock of the copy");
    let path = folder.join(LOCK_FILE);
    if !is_for_reading && !path.exists() {
        File::create(&path).map_err(&named)?;
    }
    // Not held open for writing: the system may want to turn a failing disk read-only.
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(_) if is_for_reading => return Ok(None),
        Err(error) => return Err(named(error)),
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(Held(file))),
        Err(TryLockError::WouldBlock) => Err(MirrorError::InUse),
        Err(TryLockError::Error(error)) => Err(named(error)),
    }
}

/// Refuses to begin what will not fit.
pub(crate) fn expect_room(folder: &Path, needed_bytes: u64) -> Result<(), MirrorError> {
    const OPERATION: &str = "look at the free space of the copy";
    let free = free_bytes(folder).map_err(|_| MirrorError::DiskGone { operation: OPERATION })?;
    if free < needed_bytes {
        return Err(MirrorError::DiskFull { operation: "begin a copy", needed_bytes });
    }
    Ok(())
}
