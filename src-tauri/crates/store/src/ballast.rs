//! A file that holds room on the disk, to be given up when there is none left.
//!
//! On a full disk even deleting needs room, for the log. The ballast is that room: it is given up so that purging and
//! delivery can work, and taken again when they have.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use crate::database::{free_bytes, sync_folder};
use crate::error::{StoreError, from_io};

/// Wiping the images of some people rewrites a few MB, and the log that waits (`LOG_BYTES_WISHED`) must fit into the
/// database file as well: this is room for both.
pub const BALLAST_BYTES: u64 = 16 * 1024 * 1024;

/// The ballast is only taken again while this many times its size is free, or it would fill the disk itself.
const ROOM_FACTOR: u64 = 4;

const FILE: &str = "ballast";

/// Whether the room is held.
#[must_use]
pub fn has_ballast(folder: &Path) -> bool {
    std::fs::metadata(folder.join(FILE)).is_ok_and(|meta| meta.len() == BALLAST_BYTES)
}

/// Gives the room up; answers whether there was any.
///
/// # Errors
/// When the file cannot be removed.
pub fn release_ballast(folder: &Path) -> Result<bool, StoreError> {
    const OPERATION: &str = "give up the ballast";
    match std::fs::remove_file(folder.join(FILE)) {
        Ok(()) => sync_folder(folder).map(|()| true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(from_io(OPERATION, error)),
    }
}

/// Takes the room again when there is plenty; answers whether it is held now.
///
/// # Errors
/// When the file cannot be written.
pub fn restore_ballast(folder: &Path) -> Result<bool, StoreError> {
    const OPERATION: &str = "take the ballast";
    if has_ballast(folder) {
        return Ok(true);
    }
    if free_bytes(folder)? < ROOM_FACTOR * BALLAST_BYTES {
        return Ok(false);
    }
    let fresh = folder.join(format!("{FILE}.new"));
    fill(&fresh).and_then(|()| std::fs::rename(&fresh, folder.join(FILE))).map_err(|error| {
        // A half-taken ballast is room lost for nothing; that it could not be taken is said either way.
        let _ = std::fs::remove_file(&fresh);
        from_io(OPERATION, error)
    })?;
    sync_folder(folder).map(|()| true)
}

/// Bytes that no file system can store in less room than they have.
fn fill(path: &Path) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut piece = Vec::with_capacity(64 * 1024);
    let mut written = 0;
    while written < BALLAST_BYTES {
        piece.clear();
        while piece.len() < 64 * 1024 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            piece.extend_from_slice(&state.to_le_bytes());
        }
        file.write_all(&piece)?;
        written += piece.len() as u64;
    }
    file.sync_all()
}
