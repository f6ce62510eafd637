//! Why a row, or a whole list, cannot be taken.

use thiserror::Error;

use super::{RosterField, RowPlace};
use crate::finding::{Finding, Grade};
use crate::nik::Nik;
use crate::redact::redacted;
use crate::text::{Language, text};

crate::word::words! {
    /// What reading a row can find, besides what the checks of biodata, NIK and family card find.
    pub enum RosterCode {
        /// A control character, an invisible one or a mark of direction.
        CellUnprintable => "roster_cell_unprintable",
        /// Bytes that are no text: the file was not saved as UTF-8.
        CellNotText => "roster_cell_not_text",
        /// Longer than anything in such a list.
        CellTooLong => "roster_cell_too_long",
        /// More cells than the list has columns.
        TooManyCells => "roster_too_many_cells",
        /// A spreadsheet rounded the number: its last digits are lost.
        NumberRounded => "roster_number_rounded",
        /// The NIK stood there before; the first row counts.
        NikTwice => "roster_nik_twice",
        /// A person before any family.
        FamilyMissing => "roster_family_missing",
        /// The row of the family was refused.
        FamilyRefused => "roster_family_refused",
        /// Neither a family nor a person nor anything known.
        RowNotRecognised => "roster_row_not_recognised",
        /// A person or family above the titles of the columns.
        AboveTitles => "roster_above_titles",
        /// A temporary number: the person counts as one without NIK.
        TemporaryNik => "roster_temporary_nik",
        /// A closed value that is not known; it was left out.
        ValueUnknown => "roster_value_unknown",
        /// The address of the family could not be taken apart; it is kept whole.
        AddressUnread => "roster_address_unread",
    }
}

impl RosterCode {
    /// How much it weighs: an error refuses the row.
    #[must_use]
    pub const fn grade(self) -> Grade {
        match self {
            Self::CellUnprintable
            | Self::CellNotText
            | Self::CellTooLong
            | Self::TooManyCells
            | Self::NumberRounded
            | Self::NikTwice
            | Self::FamilyMissing
            | Self::FamilyRefused
            | Self::RowNotRecognised
            | Self::AboveTitles => Grade::Error,
            Self::TemporaryNik | Self::ValueUnknown | Self::AddressUnread => Grade::Warning,
        }
    }

    pub(super) const fn finding(self) -> Finding {
        Finding::new(self.grade(), self.word())
    }

    pub(super) fn about(self, field: RosterField) -> Finding {
        self.finding().with("field", field.label(Language::Indonesian))
    }
}

/// A row that was not taken, and why.
#[derive(Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// Where it stands.
    pub place: RowPlace,
    /// The field at fault, where one is.
    pub field: Option<RosterField>,
    /// The NIK of the row, if that could be read: an older entry of this person stays as it was.
    pub nik: Option<Nik>,
    /// Why: a code of this module, or of the checks.
    pub reason: Finding,
}

redacted!(RefusedRow);

impl RefusedRow {
    pub(super) fn of(place: RowPlace, code: RosterCode) -> Self {
        Self { place, field: None, nik: None, reason: code.finding() }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.reason.code
    }

    /// The sentence a person reads: cause and what to do.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        self.reason.text(language)
    }
}

/// The column that a code of the checks is about.
pub(super) fn column(code: &str) -> Option<RosterField> {
    let (family, _) = code.split_once('_')?;
    match family {
        "nik" => Some(RosterField::Nik),
        "kk" => Some(RosterField::KkNumber),
        "born" => Some(RosterField::BirthDate),
        "sex" => Some(RosterField::Sex),
        _ => None,
    }
}

/// Why a list as a whole cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RosterProblem {
    /// No row names the columns.
    #[error("no row names the columns")]
    TitlesMissing,
    /// A column without which nobody can be found is missing.
    #[error("row {}: no column {}", place.row, field.word())]
    ColumnMissing {
        /// The row of the titles.
        place: RowPlace,
        /// The column.
        field: RosterField,
    },
    /// Two columns mean the same.
    #[error("row {}: column {} stands there twice", place.row, field.word())]
    ColumnTwice {
        /// The row of the titles.
        place: RowPlace,
        /// The column.
        field: RosterField,
    },
    /// More rows than a list can have.
    #[error("more than {} rows", super::ROWS_MAX)]
    TooManyRows,
    /// Every NIK ends in zero, as a spreadsheet that rounds to 15 digits leaves them.
    #[error("every NIK ends in zero")]
    EveryNikRounded,
}

impl RosterProblem {
    /// Every code, for the test that holds codes and texts together.
    pub const WORDS: [&'static str; 5] =
        ["titles_missing", "column_missing", "column_twice", "too_many_rows", "every_nik_rounded"];

    /// Its stable code.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::TitlesMissing => "titles_missing",
            Self::ColumnMissing { .. } => "column_missing",
            Self::ColumnTwice { .. } => "column_twice",
            Self::TooManyRows => "too_many_rows",
            Self::EveryNikRounded => "every_nik_rounded",
        }
    }

    /// The sentence a person reads: cause and what to do.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let key = format!("roster.problem.{}", self.word());
        match self {
            Self::ColumnMissing { place, field } | Self::ColumnTwice { place, field } => {
                let title = field.titles().first().copied().unwrap_or_default();
                text(language, &key, &[("row", &place.row.to_string()), ("title", title)])
            }
            Self::TooManyRows => text(language, &key, &[("count", &super::ROWS_MAX.to_string())]),
            Self::TitlesMissing | Self::EveryNikRounded => text(language, &key, &[]),
        }
    }
}
