//! What the NIK and the family card number share: sixteen digits of region, date and serial.

use jiff::civil::Date;

use crate::finding::{Finding, Grade};
use crate::region::{RegionCode, RegionKnowledge, RegionReading, RegionTable};

/// What a check needs to know besides the number itself.
#[derive(Debug, Clone, Copy)]
pub struct NumberContext<'t> {
    /// The region lists of the station.
    pub regions: &'t RegionTable,
    /// Where the station stands, if it is set.
    pub station: Option<RegionCode>,
    /// The date of today in the time zone of the office.
    pub today: Date,
}

crate::word::words! {
    /// How the two missing digits of the year were found.
    pub enum CenturyChoice {
        /// The birth date in the biodata decides.
        FromBiodata => "from_biodata",
        /// The latest date that is not after today.
        LatestPast => "latest_past",
    }
}

/// Sixteen digits that do not begin with zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Sixteen([u8; 16]);

/// What a text turned out to be.
pub(crate) enum Shape {
    Digits(Sixteen),
    Temporary,
    WrongLength(usize),
    NotDigits(usize),
}

/// Reads a text; outer white space goes, nothing else is touched.
pub(crate) fn read(text: &str) -> Shape {
    let text = text.trim();
    if let Some(place) = text.chars().position(|letter| !letter.is_ascii_digit()) {
        return Shape::NotDigits(place + 1);
    }
    match <[u8; 16]>::try_from(text.as_bytes()) {
        Err(_) => Shape::WrongLength(text.len()),
        Ok([b'0', ..]) => Shape::Temporary,
        Ok(digits) => Shape::Digits(Sixteen(digits)),
    }
}

impl Sixteen {
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    pub(crate) fn masked(&self) -> String {
        let show = |place: usize| !(6..12).contains(&place);
        self.0
            .iter()
            .enumerate()
            .map(|(place, digit)| if show(place) { char::from(*digit) } else { '•' })
            .collect()
    }

    fn number(&self, start: usize, width: usize) -> u32 {
        self.0.iter().skip(start).take(width).fold(0, |value, digit| value * 10 + u32::from(digit - b'0'))
    }

    pub(crate) fn region(&self) -> RegionCode {
        RegionCode::district(self.number(0, 6))
    }

    pub(crate) fn day_digits(&self) -> u32 {
        self.number(6, 2)
    }

    pub(crate) fn month_digits(&self) -> u32 {
        self.number(8, 2)
    }

    pub(crate) fn year_digits(&self) -> u32 {
        self.number(10, 2)
    }

    pub(crate) fn serial(&self) -> u32 {
        self.number(12, 4)
    }
}

/// The date a number holds, or what is wrong with it.
pub(crate) struct DateReading {
    pub(crate) day_wrong: bool,
    pub(crate) month_wrong: bool,
    pub(crate) impossible: bool,
    pub(crate) date: Option<(Date, CenturyChoice)>,
}

/// Finds the date of `ddmmyy`; a known birth date decides the century, else the latest date up to today.
///
/// A number that has no such day in the century of the known date disagrees with it, but is not wrong in itself.
pub(crate) fn read_date(day: u32, month: u32, year: u32, known: Option<Date>, today: Date) -> DateReading {
    let day_wrong = !(1..=31).contains(&day);
    let month_wrong = !(1..=12).contains(&month);
    let mut reading = DateReading { day_wrong, month_wrong, impossible: false, date: None };
    if day_wrong || month_wrong {
        return reading;
    }
    let in_century = |century: i16| {
        let year = century.checked_add(i16::try_from(year).ok()?)?;
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    let century_of = |date: Date| date.year().div_euclid(100) * 100;
    let latest_past = || {
        // A station whose clock lost its battery may believe in 1970: then the earliest date is as good as any.
        let centuries = [century_of(today).max(2000), 2000, 1900];
        let possible = || centuries.into_iter().filter_map(in_century);
        possible()
            .find(|date| *date <= today)
            .or_else(|| possible().next_back())
            .map(|date| (date, CenturyChoice::LatestPast))
    };
    reading.date = known
        .and_then(|known| in_century(century_of(known)))
        .map(|date| (date, CenturyChoice::FromBiodata))
        .or_else(latest_past);
    reading.impossible = reading.date.is_none();
    reading
}

/// The three codes about the region prefix.
pub(crate) struct RegionCodes {
    pub(crate) unknown: &'static str,
    pub(crate) historical: &'static str,
    pub(crate) elsewhere: &'static str,
}

/// What there is to say about the region prefix. An unknown prefix is one defect: it is not also "elsewhere".
pub(crate) fn region_findings(
    reading: &RegionReading<'_>,
    station: Option<RegionCode>,
    codes: &RegionCodes,
    findings: &mut Vec<Finding>,
) {
    let code = reading.code.to_string();
    match reading.knowledge {
        RegionKnowledge::Unknown => {
            findings.push(Finding::new(Grade::Warning, codes.unknown).with("region", code));
            return;
        }
        RegionKnowledge::Historical { edition } => findings.push(
            Finding::new(Grade::Information, codes.historical).with("region", &code).with("edition", edition),
        ),
        RegionKnowledge::Current | RegionKnowledge::NotCovered { .. } => {}
    }
    if station.is_some_and(|station| !station.contains(reading.code) && !reading.code.contains(station)) {
        findings.push(Finding::new(Grade::Information, codes.elsewhere).with("region", code));
    }
}
