//! The number of the family card (`domain.md` §4.2): region of issue, recording date, serial of the family.
//!
//! Unlike the NIK it changes with a new head, a move or a new family, and there is no plus 40.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use jiff::civil::Date;

use crate::finding::{Finding, Grade};
use crate::id_number::{self, NumberContext, RegionCodes, Shape, Sixteen, read_date, region_findings};
use crate::redact::redacted;
use crate::region::RegionCode;

/// A family card number: sixteen digits that do not begin with zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KartuKeluarga(Sixteen);

redacted!(KartuKeluarga, KkCheck);

impl KartuKeluarga {
    /// Reads a number; `None` for everything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match id_number::read(text) {
            Shape::Digits(digits) => Some(Self(digits)),
            Shape::Temporary | Shape::WrongLength(_) | Shape::NotDigits(_) => None,
        }
    }

    /// The digits. Personal data: only for the screen, the packet and the store.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }

    /// The digits with the middle hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        self.0.masked()
    }

    /// The district of issue.
    #[must_use]
    pub fn region(&self) -> RegionCode {
        self.0.region()
    }
}

impl Serialize for KartuKeluarga {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for KartuKeluarga {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a family card number"))
    }
}

crate::word::words! {
    /// What a check of a family card number can find.
    pub enum KkCode {
        /// Not sixteen digits.
        Length => "kk_length",
        /// Something other than the digits 0 to 9.
        NotDigits => "kk_not_digits",
        /// Begins with zero: a temporary number.
        Temporary => "kk_temporary",
        /// Day and month are possible, but not together.
        DateImpossible => "kk_date_impossible",
        /// The day is not 01–31.
        Day => "kk_day",
        /// The month is not 01–12.
        Month => "kk_month",
        /// The serial is 0000.
        SerialZero => "kk_serial_zero",
        /// The region list has no such prefix.
        RegionUnknown => "kk_region_unknown",
        /// The prefix stands only in an old region list.
        RegionHistorical => "kk_region_historical",
        /// Issued outside the region of the station.
        RegionElsewhere => "kk_region_elsewhere",
    }
}

impl KkCode {
    /// How much it weighs.
    #[must_use]
    pub const fn grade(self) -> Grade {
        match self {
            Self::Length
            | Self::NotDigits
            | Self::Temporary
            | Self::DateImpossible
            | Self::Day
            | Self::Month => Grade::Error,
            Self::SerialZero | Self::RegionUnknown => Grade::Warning,
            Self::RegionHistorical | Self::RegionElsewhere => Grade::Information,
        }
    }

    /// The code of a finding, if the finding is about a family card number.
    #[must_use]
    pub fn of(finding: &Finding) -> Option<Self> {
        Self::from_word(finding.code)
    }

    /// Whether a supervisor, and nobody else, may go on when the SIAK print-out shows exactly these digits.
    #[must_use]
    pub const fn supervisor_may_override_with_siak_print(self) -> bool {
        matches!(self, Self::DateImpossible | Self::Day | Self::Month)
    }

    const fn finding(self) -> Finding {
        Finding::new(self.grade(), self.word())
    }
}

const REGION_CODES: RegionCodes = RegionCodes {
    unknown: KkCode::RegionUnknown.word(),
    historical: KkCode::RegionHistorical.word(),
    elsewhere: KkCode::RegionElsewhere.word(),
};

/// The outcome of a check.
#[derive(Clone, PartialEq, Eq)]
pub struct KkCheck {
    /// The number, if it is one in shape.
    pub number: Option<KartuKeluarga>,
    /// What there is to say about it, the order follows the digits.
    pub findings: Vec<Finding>,
    /// The date the card was recorded, unless it is wrong.
    pub recorded: Option<Date>,
}

/// Checks what was typed or read.
#[must_use]
pub fn check_kk_text(text: &str, context: &NumberContext<'_>) -> KkCheck {
    let refuse = |finding| KkCheck { number: None, findings: vec![finding], recorded: None };
    match id_number::read(text) {
        Shape::Digits(digits) => check_kk(&KartuKeluarga(digits), context),
        Shape::Temporary => refuse(KkCode::Temporary.finding()),
        Shape::WrongLength(count) => refuse(KkCode::Length.finding().with("count", count.to_string())),
        Shape::NotDigits(place) => refuse(KkCode::NotDigits.finding().with("place", place.to_string())),
    }
}

/// Checks a number.
#[must_use]
pub fn check_kk(number: &KartuKeluarga, context: &NumberContext<'_>) -> KkCheck {
    let digits = &number.0;
    let mut findings = Vec::new();
    region_findings(&context.regions.read(number.region()), context.station, &REGION_CODES, &mut findings);
    let date =
        read_date(digits.day_digits(), digits.month_digits(), digits.year_digits(), None, context.today);
    let wrong = [
        (date.day_wrong, KkCode::Day),
        (date.month_wrong, KkCode::Month),
        (date.impossible, KkCode::DateImpossible),
        (digits.serial() == 0, KkCode::SerialZero),
    ];
    findings.extend(wrong.into_iter().filter(|(wrong, _)| *wrong).map(|(_, code)| code.finding()));
    KkCheck { number: Some(*number), findings, recorded: date.date.map(|(date, _)| date) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::region::RegionTable;
    use crate::text::Language;

    #[test]
    fn grades_every_defect_once() {
        let regions = RegionTable::starter();
        let context = NumberContext {
            regions: &regions,
            station: RegionCode::parse("36.71.09"),
            today: date(2025, 6, 1),
        };
        let vectors: [(&str, &[KkCode]); 12] = [
            ("3671091508180001", &[]),
            ("3671095508180001", &[KkCode::Day]),
            ("3671090008180001", &[KkCode::Day]),
            ("3671091513180001", &[KkCode::Month]),
            ("3671093002180001", &[KkCode::DateImpossible]),
            ("3671091508180000", &[KkCode::SerialZero]),
            ("3671141508180001", &[KkCode::RegionUnknown]),
            ("3671011508180001", &[KkCode::RegionElsewhere]),
            ("0671091508180001", &[KkCode::Temporary]),
            ("367109150818000", &[KkCode::Length]),
            ("36710915O8180001", &[KkCode::NotDigits]),
            ("3671094513180000", &[KkCode::Day, KkCode::Month, KkCode::SerialZero]),
        ];
        for (text, expected) in vectors {
            let check = check_kk_text(text, &context);
            let found: Vec<_> = check.findings.iter().filter_map(KkCode::of).collect();
            assert_eq!(found, expected, "{text}");
            assert!(check.findings.iter().all(|finding| !finding.text(Language::Indonesian).contains('[')));
            assert_eq!(check.findings.len(), expected.len());
        }
        assert_eq!(check_kk_text("3671091508180001", &context).recorded, Some(date(2018, 8, 15)));
    }

    #[test]
    fn shows_no_digits_in_logs() {
        let number = KartuKeluarga::parse("3671091508180001").unwrap();
        assert_eq!(format!("{number:?}"), "KartuKeluarga(redacted)");
        assert_eq!(number.masked(), "367109••••••0001");
        let json = serde_json::to_string(&number).unwrap();
        assert_eq!(serde_json::from_str::<KartuKeluarga>(&json).unwrap(), number);
    }
}
