//! Many rows at once: the caller streams them, each row is judged alone.

use jiff::civil::Date;
use thiserror::Error;

use super::{NikExplanation, NikReading, NumberContext, check_nik_text};
use crate::biodata::Sex;
use crate::finding::{Finding, Grade};
use crate::iso_date;
use crate::label;

crate::word::words! {
    /// What can be wrong with the other fields of a row.
    pub enum BatchCode {
        /// The birth date is not a date.
        BornUnreadable => "born_unreadable",
        /// The sex is neither of the two.
        SexUnreadable => "sex_unreadable",
        /// Born after today.
        BornInFuture => "born_in_future",
    }
}

impl BatchCode {
    /// How much it weighs.
    #[must_use]
    pub const fn grade(self) -> Grade {
        match self {
            Self::BornUnreadable | Self::SexUnreadable | Self::BornInFuture => Grade::Error,
        }
    }

    pub(crate) const fn finding(self) -> Finding {
        Finding::new(self.grade(), self.word())
    }
}

/// Which field of a row is which: `nik[,born,sex]` in any order; other columns are left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    nik: usize,
    born: Option<usize>,
    sex: Option<usize>,
}

/// Why a header cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// No column is called `nik`.
    #[error("no column nik")]
    NikMissing,
    /// Two columns mean the same.
    #[error("a column stands there twice")]
    ColumnTwice,
}

impl Header {
    /// The field that holds the NIK, as it was written.
    #[must_use]
    pub fn nik<'r>(&self, fields: &[&'r str]) -> &'r str {
        fields.get(self.nik).map_or("", |field| field.trim())
    }

    /// Reads the first row.
    ///
    /// # Errors
    /// When there is no column `nik`, or two columns mean the same.
    pub fn read(fields: &[&str]) -> Result<Self, HeaderError> {
        let place = |names: &[&str]| {
            let mut places = fields.iter().enumerate().filter(|(_, field)| {
                names.iter().any(|name| label::same(field.trim_start_matches('\u{feff}'), name))
            });
            match (places.next(), places.next()) {
                (_, Some(_)) => Err(HeaderError::ColumnTwice),
                (first, None) => Ok(first.map(|(place, _)| place)),
            }
        };
        Ok(Self {
            nik: place(&["nik"])?.ok_or(HeaderError::NikMissing)?,
            born: place(&["born", "tanggal_lahir", "tgl_lahir"])?,
            sex: place(&["sex", "jk", "jenis_kelamin"])?,
        })
    }
}

/// The outcome for one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchLine {
    /// What the NIK field is.
    pub reading: NikReading,
    /// What there is to say: first the NIK, then the other fields.
    pub findings: Vec<Finding>,
    /// What the digits tell.
    pub explanation: Option<NikExplanation>,
}

/// Judges one row. An empty or absent birth date or sex is simply not known.
#[must_use]
pub fn check_row(fields: &[&str], header: &Header, context: &NumberContext<'_>) -> BatchLine {
    let field = |place: Option<usize>| {
        place.and_then(|place| fields.get(place)).map(|field| field.trim()).filter(|field| !field.is_empty())
    };
    let mut later = Vec::new();
    let born = field(header.born).and_then(|text| read_born(text, context.today, &mut later));
    let sex = field(header.sex).and_then(|text| {
        let sex = Sex::read(text);
        if sex.is_none() {
            later.push(BatchCode::SexUnreadable.finding());
        }
        sex
    });
    let mut check = check_nik_text(field(Some(header.nik)).unwrap_or_default(), born, sex, context);
    check.findings.append(&mut later);
    BatchLine { reading: check.reading, findings: check.findings, explanation: check.explanation }
}

/// A date that is itself wrong is not compared with the NIK: that would be two findings for one defect.
fn read_born(text: &str, today: Date, findings: &mut Vec<Finding>) -> Option<Date> {
    let born = iso_date::read(text);
    let code = match born {
        None => BatchCode::BornUnreadable,
        Some(born) if born > today => BatchCode::BornInFuture,
        Some(_) => return born,
    };
    findings.push(code.finding());
    None
}
