//! How the copies stand, for the screen and the budget.

use std::path::PathBuf;

use super::record::Record;
use crate::config::CopiesConfig;
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
    /// It lies on the station's own disk, where it helps against a damaged file only.
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
