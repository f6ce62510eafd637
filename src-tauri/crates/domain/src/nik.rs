//! The NIK: reading, checking and explaining (`domain.md` §4.1).
//!
//! A NIK never changes and is never altered here. A date or sex in it that differs from the biodata is a warning,
//! because a wrong birth date is corrected in the biodata and not in the NIK.

mod batch;
mod check;
mod explanation;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::finding::{Finding, Grade};
use crate::id_number::{self, Shape, Sixteen};
use crate::redact::redacted;
use crate::region::RegionCode;

pub use crate::id_number::{CenturyChoice, NumberContext};
pub use batch::{BatchCode, BatchLine, Header, HeaderError, check_row};
pub use check::{NikCheck, check_nik, check_nik_text};
pub use explanation::NikExplanation;

/// Sixteen digits that do not begin with zero. Says nothing about whether its date is possible.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nik(Sixteen);

redacted!(Nik);

impl Nik {
    /// Reads a NIK; `None` for everything else, a temporary number included.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match NikReading::of(text) {
            NikReading::Valid(nik) => Some(nik),
            NikReading::Temporary | NikReading::Unreadable => None,
        }
    }

    /// The digits. Personal data: only for the screen, the packet and the store.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }

    /// The digits with the birth date and the start of the serial hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        self.0.masked()
    }

    /// The district of first registration.
    #[must_use]
    pub fn region(&self) -> RegionCode {
        self.0.region()
    }

    pub(crate) const fn digits(&self) -> &Sixteen {
        &self.0
    }
}

impl Serialize for Nik {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for Nik {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a NIK"))
    }
}

/// What a text turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NikReading {
    /// A NIK in shape.
    Valid(Nik),
    /// A temporary number of village software: the person has no NIK yet.
    Temporary,
    /// Not sixteen digits.
    Unreadable,
}

impl NikReading {
    /// Reads a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        match id_number::read(text) {
            Shape::Digits(digits) => Self::Valid(Nik(digits)),
            Shape::Temporary => Self::Temporary,
            Shape::WrongLength(_) | Shape::NotDigits(_) => Self::Unreadable,
        }
    }
}

crate::word::words! {
    /// What a check of a NIK can find.
    pub enum NikCode {
        /// Nothing was written.
        Empty => "nik_empty",
        /// Not sixteen digits.
        Length => "nik_length",
        /// Something other than the digits 0 to 9.
        NotDigits => "nik_not_digits",
        /// Begins with zero: a temporary number, counts as no NIK.
        Temporary => "nik_temporary",
        /// Day and month are possible, but not together.
        DateImpossible => "nik_date_impossible",
        /// The day is neither 01–31 nor 41–71.
        Day => "nik_day",
        /// The month is not 01–12.
        Month => "nik_month",
        /// The serial is 0000.
        SerialZero => "nik_serial_zero",
        /// The region list has no such prefix.
        RegionUnknown => "nik_region_unknown",
        /// The prefix stands only in an old region list.
        RegionHistorical => "nik_region_historical",
        /// First registered outside the region of the station.
        RegionElsewhere => "nik_region_elsewhere",
        /// The birth date in the biodata is another one.
        BirthDateDiffers => "nik_birth_date_differs",
        /// The sex in the biodata is the other one.
        SexDiffers => "nik_sex_differs",
    }
}

impl NikCode {
    /// How much it weighs.
    #[must_use]
    pub const fn grade(self) -> Grade {
        match self {
            Self::Empty
            | Self::Length
            | Self::NotDigits
            | Self::Temporary
            | Self::DateImpossible
            | Self::Day
            | Self::Month => Grade::Error,
            Self::SerialZero | Self::RegionUnknown | Self::BirthDateDiffers | Self::SexDiffers => {
                Grade::Warning
            }
            Self::RegionHistorical | Self::RegionElsewhere => Grade::Information,
        }
    }

    /// The code of a finding, if the finding is about a NIK.
    #[must_use]
    pub fn of(finding: &Finding) -> Option<Self> {
        Self::from_word(finding.code)
    }

    /// Whether a supervisor, and nobody else, may go on when the SIAK print-out shows exactly these digits.
    #[must_use]
    pub const fn supervisor_may_override_with_siak_print(self) -> bool {
        matches!(self, Self::DateImpossible | Self::Day | Self::Month)
    }

    /// Whether the person counts as one who has no NIK.
    #[must_use]
    pub const fn means_no_nik(self) -> bool {
        matches!(self, Self::Temporary)
    }

    pub(crate) const fn finding(self) -> Finding {
        Finding::new(self.grade(), self.word())
    }
}
