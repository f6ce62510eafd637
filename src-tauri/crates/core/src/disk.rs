//! How much room the station's disk has.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Where the free room is read.
#[derive(Debug, Clone)]
pub enum Room {
    /// From the disk of the station.
    Disk,
    /// From somebody else: simulated days and tests.
    Set(SetRoom),
}

/// Free room that somebody else sets, in megabytes.
#[derive(Debug, Clone)]
pub struct SetRoom(Arc<AtomicU32>);

impl SetRoom {
    /// So much is free.
    #[must_use]
    pub fn of_mb(free: u32) -> Self {
        Self(Arc::new(AtomicU32::new(free)))
    }

    /// From here on so much is free.
    pub fn set_mb(&self, free: u32) {
        self.0.store(free, Ordering::SeqCst);
    }
}

impl Room {
    /// Free megabytes for an ordinary program at this folder, if the system tells.
    pub(crate) fn free_mb(&self, folder: &Path) -> Option<u32> {
        match self {
            Room::Disk => {
                let room = rustix::fs::statvfs(folder).ok()?;
                let bytes = room.f_bavail.checked_mul(room.f_frsize)?;
                Some(u32::try_from(bytes / 1_000_000).unwrap_or(u32::MAX))
            }
            Room::Set(room) => Some(room.0.load(Ordering::SeqCst)),
        }
    }
}
