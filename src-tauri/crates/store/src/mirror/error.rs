//! Why a copy of the station could not be made, followed, verified or given back.

use std::io;

use crate::error::Cause;

/// Why the mirror, a backup or a restoration stopped; an earlier good copy is untouched in every case.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The disk of the copy, or the folder on it, is no longer there.
    #[error("the disk of the copy is gone: {operation}")]
    DiskGone {
        /// What was being done.
        operation: &'static str,
    },
    /// There is no room on the disk of the copy.
    #[error("the disk of the copy is full: {operation}, {needed_bytes} bytes needed")]
    DiskFull {
        /// What was being done.
        operation: &'static str,
        /// How much room it needs; zero where the disk only said no.
        needed_bytes: u64,
    },
    /// The disk of the copy cannot be written.
    #[error("the disk of the copy cannot be written: {operation}")]
    DiskReadOnly {
        /// What was being done.
        operation: &'static str,
    },
    /// The file system of the copy takes no file of this size (FAT: 4 GiB).
    #[error("the file system of the copy takes no file that large: {operation}")]
    FileTooLarge {
        /// What was being done.
        operation: &'static str,
    },
    /// The folder belongs to another station, or holds something else.
    #[error("the folder holds something else: {what}")]
    ForeignFolder {
        /// What it holds.
        what: String,
    },
    /// The copy is no longer what was written.
    #[error("the copy is damaged: {what}")]
    DamagedCopy {
        /// Which part.
        what: String,
    },
    /// The original is damaged; nothing of the damage was copied.
    #[error("the original is damaged: {what}")]
    DamagedOriginal {
        /// Which part.
        what: String,
    },
    /// The copy is not whole yet, or the original changes faster than it can be followed.
    #[error("the copy is behind: {what}")]
    Behind {
        /// What is missing.
        what: &'static str,
    },
    /// The folder of the original holds no database.
    #[error("the original is missing: {operation}")]
    OriginalMissing {
        /// What was being done.
        operation: &'static str,
    },
    /// The copy would lie inside the folder that it copies.
    #[error("the copy would lie inside the original")]
    InsideOriginal,
    /// Another program is using the copy.
    #[error("another program is using the copy")]
    InUse,
    /// The folder to restore into holds a station, or anything else.
    #[error("the folder to restore into is not empty")]
    NotEmpty,
    /// There are more files than a station has.
    #[error("more than {count_max} files in {what}")]
    TooMany {
        /// Where.
        what: &'static str,
        /// The limit.
        count_max: usize,
    },
    /// Writing or syncing failed.
    #[error("writing the copy failed: {operation}")]
    WriteFailed {
        /// What was being done.
        operation: &'static str,
        /// Why.
        source: Cause,
    },
    /// Reading failed.
    #[error("reading failed: {operation}")]
    ReadFailed {
        /// What was being done.
        operation: &'static str,
        /// Why.
        source: Cause,
    },
}

/// What the system says when the device under a mounted disk has been pulled: no such device or address, no such
/// device, not connected, shut down, stale.
const GONE: [i32; 5] = [6, 19, 107, 108, 116];

/// Names an error of the system on the side of the copy.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the list is open: whatever is new there is a failed write until it is named"
)]
pub(crate) fn on_copy(operation: &'static str) -> impl Fn(io::Error) -> MirrorError {
    move |error| {
        if error.raw_os_error().is_some_and(|code| GONE.contains(&code)) {
            return MirrorError::DiskGone { operation };
        }
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => MirrorError::DiskGone { operation },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                MirrorError::DiskFull { operation, needed_bytes: 0 }
            }
            io::ErrorKind::FileTooLarge => MirrorError::FileTooLarge { operation },
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                MirrorError::DiskReadOnly { operation }
            }
            _ => MirrorError::WriteFailed { operation, source: Box::new(error) },
        }
    }
}

/// Names an error of the system on the side of the original.
pub(crate) fn on_original(operation: &'static str) -> impl Fn(io::Error) -> MirrorError {
    move |error| {
        if error.kind() == io::ErrorKind::NotFound {
            MirrorError::OriginalMissing { operation }
        } else {
            MirrorError::ReadFailed { operation, source: Box::new(error) }
        }
    }
}

/// Names an error while a copy is read: what is missing or unreadable there is damage.
pub(crate) fn on_reading(what: &str) -> impl Fn(io::Error) -> MirrorError {
    move |error| {
        if error.raw_os_error().is_some_and(|code| GONE.contains(&code)) {
            return MirrorError::DiskGone { operation: "read the copy" };
        }
        MirrorError::DamagedCopy { what: format!("{what}: {error}") }
    }
}
