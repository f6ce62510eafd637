//! How the copies stand, for the screen and the budget.

use std::path::{Path, PathBuf};

use super::record::Record;
use crate::config::CopiesConfig;
use crate::disk::disk_of;
use crate::problem::Code;

/// One kind of copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CopyStanding {
    /// Where it is kept; nothing if nobody has said.
    pub(crate) folder: Option<PathBuf>,
    /// When it was complete last.
    pub(crate) made_ms: Option<i64>,
    /// Bytes that are still to be copied.
    pub(crate) behind_bytes: u64,
    /// It lies on the disk of the station or of the other copy: one broken disk takes both.
    pub(crate) is_same_disk: bool,
    /// What keeps it from being made.
    pub(crate) problem: Option<Code>,
}

/// Both kinds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The mirror.
    pub(crate) mirror: CopyStanding,
    /// The backup.
    pub(crate) backup: CopyStanding,
}

impl Standing {
    /// Finds out which copies share a disk with the station or with each other; what is not there keeps its answer.
    pub(super) fn look_at_disks(&mut self, station: &Path) {
        let own = disk_of(station);
        let disk = |copy: &CopyStanding| copy.folder.as_deref().and_then(disk_of);
        let (mirror, backup) = (disk(&self.mirror), disk(&self.backup));
        let shares = |one: &Option<_>, other: &Option<_>| *one == own || one == other;
        if mirror.is_some() {
            self.mirror.is_same_disk = shares(&mirror, &backup);
        }
        if backup.is_some() {
            self.backup.is_same_disk = shares(&backup, &mirror);
        }
    }

    /// As it was left when the station was open last.
    pub(super) fn of(copies: &CopiesConfig, record: &Record) -> Self {
        let stands = |folder: &Option<PathBuf>, made_ms| CopyStanding {
            folder: folder.clone(),
            made_ms,
            ..CopyStanding::default()
        };
        Self {
            mirror: stands(&copies.mirror, record.mirror_made_ms),
            backup: stands(&copies.backup, record.backup_made_ms),
        }
    }
}
