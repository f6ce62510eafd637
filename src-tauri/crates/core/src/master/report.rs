//! What taking over a file changed, or would change.

use rekam_domain::master_data::MasterSource;
use rekam_domain::number::RefusedBlock;
use rekam_domain::region::{RefusedLine, RegionChange};
use rekam_domain::text::Language;
use serde::Serialize;

use super::BlockShare;

/// What a file changed, or would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MasterReport {
    /// Where it comes from.
    pub source: MasterSource,
    /// SHA-256 of the file, as the audit names it.
    pub hash: String,
    /// What it brings.
    pub change: MasterChange,
    /// Lines that are not taken.
    pub refused: Vec<RefusedMasterLine>,
    /// All of it is here already: nothing changes.
    pub is_known: bool,
    /// It is on the disk now.
    pub is_imported: bool,
}

/// What a file brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum MasterChange {
    /// An edition of the region table.
    RegionTable {
        /// How many regions it lists.
        regions: usize,
        /// Label of the edition it is compared with.
        against: String,
        /// Made last, so that it becomes the current one; else it stands beside the current one.
        is_current: bool,
        /// What differs.
        #[serde(flatten)]
        change: RegionChange,
    },
    /// A version of the profile.
    Profile {
        /// Id.
        profile: String,
        /// The highest version there was.
        from: u32,
        /// The version in the file.
        to: u32,
        /// Its first day, `yyyy-mm-dd`.
        valid_from: String,
    },
    /// Blocks of numbers.
    NumberBlock {
        /// Those that are new.
        added: Vec<BlockShare>,
        /// How many were here already.
        unchanged: usize,
    },
}

impl MasterChange {
    /// Whether there is anything to take.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::RegionTable { regions, .. } => *regions == 0,
            Self::Profile { .. } => false,
            Self::NumberBlock { added, .. } => added.is_empty(),
        }
    }
}

/// A line of a region table or a file of blocks that is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedMasterLine {
    /// Of a region table.
    Region(RefusedLine),
    /// Of a file of blocks.
    Block(RefusedBlock),
}

impl RefusedMasterLine {
    /// Its number in the file, from 1.
    #[must_use]
    pub const fn line(&self) -> u64 {
        match self {
            Self::Region(refused) => refused.line,
            Self::Block(refused) => refused.line,
        }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Region(refused) => refused.refusal.word(),
            Self::Block(refused) => refused.refusal.word(),
        }
    }

    /// The sentence a person reads.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::Region(refused) => refused.text(language),
            Self::Block(refused) => refused.text(language),
        }
    }
}

impl MasterReport {
    /// Whether the file gave anything: something new, or something that is here already.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        let has_known = matches!(self.change, MasterChange::NumberBlock { unchanged, .. } if unchanged > 0);
        self.is_known || has_known || !self.change.is_empty()
    }
}
