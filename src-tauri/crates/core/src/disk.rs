//! How much room the station's disk has.

use std::path::Path;

/// Free megabytes for an ordinary program at this folder, if the system tells.
#[must_use]
pub(crate) fn free_mb(folder: &Path) -> Option<u32> {
    let room = rustix::fs::statvfs(folder).ok()?;
    let bytes = room.f_bavail.checked_mul(room.f_frsize)?;
    Some(u32::try_from(bytes / 1_000_000).unwrap_or(u32::MAX))
}
