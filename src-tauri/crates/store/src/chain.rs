//! What the chains share: where each ends, and how a breach is named.

use std::fmt;

use rekam_domain::register::Book;
use rusqlite::params;

use crate::canonical::Hash;
use crate::database::{Reading, Writing};
use crate::error::StoreError;

/// A chain of entries that are only ever added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// The audit of the station.
    Audit,
    /// Every step of every case.
    Journal,
    /// One year of one book.
    Register {
        /// The book.
        book: Book,
        /// Year of its lines.
        year: i32,
    },
}

impl Chain {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Audit => "audit".into(),
            Self::Journal => "journal".into(),
            Self::Register { book, year } => format!("register/{}/{year}", book.word()),
        }
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name())
    }
}

/// A chain that was walked and is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainState {
    /// Entries in it.
    pub count: i64,
    /// Hash of its last entry.
    pub head: Hash,
}

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreachKind {
    /// The entry is not the one that was hashed.
    Changed,
    /// The entry is not there.
    Removed,
    /// The entry does not follow the one before it.
    Reordered,
    /// The chain ends before the place its head or a signed day names.
    CutShort,
    /// There are entries behind the place its head names.
    Added,
    /// A signed day names a hash that the entry does not have.
    SignedDayDiffers,
    /// The image of the entry is not the one that was hashed.
    ImageChanged,
    /// The image of the entry is gone and its wiping is not on record.
    ImageRemoved,
}

impl fmt::Display for BreachKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Reordered => "out of order",
            Self::CutShort => "the chain is cut short",
            Self::Added => "added behind the head",
            Self::SignedDayDiffers => "not what was signed at the end of the day",
            Self::ImageChanged => "its image was changed",
            Self::ImageRemoved => "its image was removed",
        })
    }
}

/// Where a chain is broken, and how.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{chain}, entry {sequence}: {what}")]
pub struct ChainBreach {
    /// Which chain.
    pub chain: Chain,
    /// The first entry that is wrong, by its number in the chain.
    pub sequence: i64,
    /// What is wrong with it.
    pub what: BreachKind,
}

/// Why a chain could not be found whole.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// It was read, and it is broken.
    #[error(transparent)]
    Breach(#[from] ChainBreach),
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Walks one chain entry by entry.
#[derive(Debug)]
pub(crate) struct Walk {
    chain: Chain,
    count: i64,
    head: Hash,
}

/// The part of an entry every chain has.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) sequence: i64,
    pub(crate) previous: Hash,
    pub(crate) hash: Hash,
    /// What the entry's own columns hash to.
    pub(crate) computed: Hash,
}

impl Walk {
    pub(crate) fn new(chain: Chain) -> Self {
        Self { chain, count: 0, head: Hash::START }
    }

    pub(crate) fn breach(&self, sequence: i64, what: BreachKind) -> ChainError {
        ChainBreach { chain: self.chain, sequence, what }.into()
    }

    /// Takes the next entry: its number without a gap, its own hash, and (where the chain is one line) its link.
    pub(crate) fn take(&mut self, link: &Link, is_one_line: bool) -> Result<(), ChainError> {
        let expected = self.count + 1;
        if link.sequence != expected {
            return Err(self.breach(expected, BreachKind::Removed));
        }
        if link.hash != link.computed {
            return Err(self.breach(expected, BreachKind::Changed));
        }
        if is_one_line && link.previous != self.head {
            return Err(self.breach(expected, BreachKind::Reordered));
        }
        self.count = expected;
        self.head = link.hash;
        Ok(())
    }

    /// Compares the end of the walk with the head that was kept.
    pub(crate) fn end(self, reading: &Reading<'_>) -> Result<ChainState, ChainError> {
        let kept = reading.head(&self.chain)?;
        if self.count < kept.count {
            return Err(self.breach(self.count + 1, BreachKind::CutShort));
        }
        if self.count > kept.count {
            return Err(self.breach(kept.count + 1, BreachKind::Added));
        }
        if self.head != kept.head {
            return Err(self.breach(self.count, BreachKind::Changed));
        }
        Ok(kept)
    }
}

impl Reading<'_> {
    /// Where a chain ends by its kept head.
    pub(crate) fn head(&self, chain: &Chain) -> Result<ChainState, StoreError> {
        let found = self.one(
            "read the head of a chain",
            "SELECT count, hash FROM head WHERE chain = ?1",
            [chain.name()],
            |row| Ok(ChainState { count: row.get("count")?, head: row.get("hash")? }),
        )?;
        Ok(found.unwrap_or(ChainState { count: 0, head: Hash::START }))
    }
}

impl Writing<'_> {
    pub(crate) fn mark_head(&mut self, chain: &Chain, count: i64, hash: Hash) -> Result<(), StoreError> {
        self.run(
            "move the head of a chain",
            "INSERT INTO head (chain, count, hash) VALUES (?1, ?2, ?3)
             ON CONFLICT (chain) DO UPDATE SET count = excluded.count, hash = excluded.hash",
            params![chain.name(), count, hash],
        )?;
        Ok(())
    }
}
