//! What the disk under a database says: gone, full, read-only, or the same as before.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::error::{StoreError, from_io};

/// With less room than this a failed write is called a full disk: no transaction of a recording fits any more.
const FULL_BELOW_BYTES: u64 = 256 * 1024;

/// Bytes a program without privileges may still write on the disk of this folder.
pub(crate) fn free_bytes(folder: &Path) -> Result<u64, StoreError> {
    let state =
        rustix::fs::statvfs(folder).map_err(|error| from_io("look at the free space", error.into()))?;
    Ok(state.f_bavail.saturating_mul(state.f_frsize))
}

/// Makes names that were created, renamed or removed in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    const OPERATION: &str = "sync the folder";
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| from_io(OPERATION, error))
}

/// What the disk has to say about a failure, if it says anything.
pub(crate) fn probe(folder: &Path, operation: &'static str) -> Option<StoreError> {
    if !folder.is_dir() {
        return Some(StoreError::FolderMissing { operation });
    }
    let state = rustix::fs::statvfs(folder).ok()?;
    if state.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY) {
        return Some(StoreError::DiskReadOnly { operation });
    }
    (state.f_bavail.saturating_mul(state.f_frsize) < FULL_BELOW_BYTES)
        .then_some(StoreError::DiskFull { operation })
}

/// The files a database is open on, by device and number.
///
/// A file stays writable after its folder was removed or another disk was mounted over it; what is written then can
/// never be found again, so every promise looks whether the names still lead to the open files.
#[derive(Debug)]
pub(crate) struct Place {
    files: Vec<(PathBuf, u64, u64)>,
}

impl Place {
    /// Remembers which files stand at these paths.
    pub(crate) fn of(paths: &[PathBuf]) -> Result<Self, StoreError> {
        let mut files = Vec::new();
        for path in paths {
            let meta = std::fs::metadata(path).map_err(|error| from_io("look at the open files", error))?;
            files.push((path.clone(), meta.dev(), meta.ino()));
        }
        Ok(Self { files })
    }

    /// Whether they still stand there.
    pub(crate) fn is_unchanged(&self) -> bool {
        self.files.iter().all(|(path, device, number)| {
            std::fs::metadata(path).is_ok_and(|meta| meta.dev() == *device && meta.ino() == *number)
        })
    }
}
