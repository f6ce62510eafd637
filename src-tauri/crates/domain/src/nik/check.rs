//! The check of one NIK.

use jiff::civil::Date;

use super::{Nik, NikCode, NikExplanation, NikReading, NumberContext};
use crate::biodata::Sex;
use crate::finding::{Finding, Grade};
use crate::id_number::{self, RegionCodes, Shape, read_date, region_findings};

/// A woman's day of birth is written plus this.
const WOMAN_DAY_OFFSET: u32 = 40;

const REGION_CODES: RegionCodes = RegionCodes {
    unknown: NikCode::RegionUnknown.word(),
    historical: NikCode::RegionHistorical.word(),
    elsewhere: NikCode::RegionElsewhere.word(),
};

/// The outcome of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NikCheck {
    /// What the text is.
    pub reading: NikReading,
    /// What there is to say about it, the order follows the digits.
    pub findings: Vec<Finding>,
    /// What the digits tell, if they are a NIK in shape.
    pub explanation: Option<NikExplanation>,
}

impl NikCheck {
    /// Whether there is an error.
    #[must_use]
    pub fn has_error(&self) -> bool {
        self.findings.iter().any(|finding| finding.grade == Grade::Error)
    }

    /// Whether every error is one that a supervisor may override with a SIAK print-out.
    #[must_use]
    pub fn supervisor_may_override_with_siak_print(&self) -> bool {
        self.findings
            .iter()
            .filter(|finding| finding.grade == Grade::Error)
            .all(|finding| NikCode::of(finding).is_some_and(NikCode::supervisor_may_override_with_siak_print))
    }
}

/// Checks what was typed or read against the biodata, as far as they are known.
#[must_use]
pub fn check_nik_text(
    text: &str,
    birth_date: Option<Date>,
    sex: Option<Sex>,
    context: &NumberContext<'_>,
) -> NikCheck {
    let refuse = |reading, finding| NikCheck { reading, findings: vec![finding], explanation: None };
    match id_number::read(text) {
        Shape::Digits(digits) => check_nik(&Nik(digits), birth_date, sex, context),
        Shape::Temporary => refuse(NikReading::Temporary, NikCode::Temporary.finding()),
        Shape::WrongLength(0) => refuse(NikReading::Unreadable, NikCode::Empty.finding()),
        Shape::WrongLength(count) => {
            refuse(NikReading::Unreadable, NikCode::Length.finding().with("count", count.to_string()))
        }
        Shape::NotDigits(place) => {
            refuse(NikReading::Unreadable, NikCode::NotDigits.finding().with("place", place.to_string()))
        }
    }
}

/// Checks a NIK against the biodata, as far as they are known.
#[must_use]
pub fn check_nik(
    nik: &Nik,
    birth_date: Option<Date>,
    sex: Option<Sex>,
    context: &NumberContext<'_>,
) -> NikCheck {
    let digits = nik.digits();
    let mut findings = Vec::new();
    let region = context.regions.read(nik.region());
    region_findings(&region, context.station, &REGION_CODES, &mut findings);

    let (day, told_sex) = match digits.day_digits() {
        day @ 0..=WOMAN_DAY_OFFSET => (day, Sex::Male),
        day => (day - WOMAN_DAY_OFFSET, Sex::Female),
    };
    let reading = read_date(day, digits.month_digits(), digits.year_digits(), birth_date, context.today);
    // A day that is no day tells no sex either.
    let told_sex = (!reading.day_wrong).then_some(told_sex);
    if reading.day_wrong {
        findings.push(NikCode::Day.finding());
    }
    if reading.month_wrong {
        findings.push(NikCode::Month.finding());
    }
    if reading.impossible {
        findings.push(NikCode::DateImpossible.finding());
    }
    if let (Some((told, _)), Some(birth)) = (reading.date, birth_date)
        && told != birth
    {
        findings.push(NikCode::BirthDateDiffers.finding());
    }
    if let (Some(told), Some(sex)) = (told_sex, sex)
        && told != sex
    {
        findings.push(NikCode::SexDiffers.finding());
    }
    if digits.serial() == 0 {
        findings.push(NikCode::SerialZero.finding());
    }
    let explanation = NikExplanation::new(&region, told_sex, reading.date, digits.serial());
    NikCheck { reading: NikReading::Valid(*nik), findings, explanation: Some(explanation) }
}
