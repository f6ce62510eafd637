//! The SIAK list of people who must hold a KTP-el and are not recorded (`domain.md` §4.4), from rows to entries.
//!
//! Readers of files hand over rows of text; what a row means is decided here. A line with an error is refused and
//! named, one with a warning is kept with it. Nothing that the list says about a person is ever corrected.

mod cell;
mod change;
mod columns;
mod family;
mod field;
mod member;
mod reader;
mod refused;
mod status;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::biodata::Biodata;
use crate::central_status::CentralStatus;
use crate::finding::Finding;
use crate::label;
use crate::master_data::MasterSource;
use crate::redact::redacted;

pub use change::{AddedEntry, ChangedEntry, RosterChange, RosterComparison, compare};
pub use field::RosterField;
pub use reader::{RosterLine, RosterReader, RosterSummary};
pub use refused::{RefusedRow, RosterCode, RosterProblem};

/// Most rows of one list: what one sheet of a spreadsheet can hold; a district has about 40,000 people.
pub const ROWS_MAX: u32 = 1_048_576;
/// Most cells of a row. The list has 19 columns; spreadsheets leave formatted empty ones behind.
pub const CELLS_MAX: usize = 64;
/// Most characters of a cell; the longest true one is an address.
pub const CELL_CHARS_MAX: usize = 400;

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowPlace {
    /// Number of the sheet, from 1; a CSV file has one.
    pub sheet: u16,
    /// Number of the row as a spreadsheet shows it, or of the line in a CSV file.
    pub row: u32,
}

impl RowPlace {
    /// One number for the place: the row, with the sheet before it from the second sheet on.
    #[must_use]
    pub const fn line(self) -> i64 {
        const SHEET: i64 = 10_000_000;
        (self.sheet.saturating_sub(1) as i64) * SHEET + self.row as i64
    }
}

/// One row as a reader of files hands it over.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub place: RowPlace,
    /// Its cells. A date is `yyyy-mm-dd`, a number of more than 15 digits is written with an exponent.
    pub cells: Vec<String>,
}

crate::word::words! {
    /// The column `Wjb KTP`: whether the person must hold a card.
    pub enum Obligation {
        /// Must hold one.
        Obliged => "WAJIB",
        /// Not yet.
        NotYet => "BELUM WAJIB",
    }
}

impl Obligation {
    /// Reads the label and its usual spellings.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        const ALIASES: &[(&str, Obligation)] = &[
            ("WAJIB KTP", Obligation::Obliged),
            ("YA", Obligation::Obliged),
            ("Y", Obligation::Obliged),
            ("BELUM", Obligation::NotYet),
            ("BELUM WAJIB KTP", Obligation::NotYet),
            ("TIDAK", Obligation::NotYet),
            ("TIDAK WAJIB", Obligation::NotYet),
            ("T", Obligation::NotYet),
        ];
        label::read(text, Self::ALL, Self::word, ALIASES)
    }
}

crate::word::words! {
    /// The column `KTP-eL`: which card the list believes the person to hold.
    pub enum CardHeld {
        /// None.
        None => "BELUM",
        /// A KTP-el.
        KtpEl => "KTP-eL",
        /// The card of a child.
        Kia => "KIA",
    }
}

impl CardHeld {
    /// Reads the label and its usual spellings.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        const ALIASES: &[(&str, CardHeld)] = &[
            ("KTPEL", CardHeld::KtpEl),
            ("E-KTP", CardHeld::KtpEl),
            ("SUDAH", CardHeld::KtpEl),
            ("YA", CardHeld::KtpEl),
            ("BELUM KTP-EL", CardHeld::None),
            ("TIDAK", CardHeld::None),
            ("TIDAK ADA", CardHeld::None),
        ];
        label::read(text, Self::ALL, Self::word, ALIASES)
    }
}

/// One person of the list.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterEntry {
    /// The row of the person.
    pub place: RowPlace,
    /// What the list says about the person, the number of the family card included.
    pub biodata: Biodata,
    /// Name of the head of the family.
    pub head_of_family: String,
    /// Dusun and its like.
    pub hamlet: String,
    /// The list shows a temporary number: the person counts as one without NIK.
    pub has_temporary_nik: bool,
    /// Whether the person must hold a card.
    pub obligation: Option<Obligation>,
    /// Which card the person holds.
    pub card_held: Option<CardHeld>,
    /// The column `Status`, as it stands.
    pub status: String,
    /// How far the recording has come, spilled lines joined.
    pub recording_status: Option<CentralStatus>,
}

/// An entry with what there is to say about it; none of it is an error.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadEntry {
    /// The person.
    pub entry: RosterEntry,
    /// Warnings and information.
    pub findings: Vec<Finding>,
}

redacted!(Row, RosterEntry, ReadEntry);

/// Where a list comes from, and how many rows it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterSource {
    /// Label, day it was made and last day of its validity.
    pub master: MasterSource,
    /// Rows of the file.
    pub rows: u32,
}
