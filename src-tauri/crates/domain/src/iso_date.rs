//! Dates as text: ISO in files, and the two orders people type.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serializer};

/// Reads `yyyy-mm-dd` or `dd-mm-yyyy`; the place of the four-digit year decides.
pub(crate) fn read(text: &str) -> Option<Date> {
    let mut parts = text.trim().split('-');
    let (first, month, last) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, day) = match (first.len(), last.len()) {
        (4, 2) => (first, last),
        (2, 4) => (last, first),
        _ => return None,
    };
    if month.len() != 2 || ![year, month, day].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Writes a date as `dd-mm-yyyy`, the order of every Indonesian paper.
pub(crate) fn paper(date: Date) -> String {
    format!("{:02}-{:02}-{:04}", date.day(), date.month(), date.year())
}

/// Serde form of a date: ISO text.
pub(crate) fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}

/// Serde form of a date: ISO text.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    text.parse().map_err(|_| serde::de::Error::custom("not a date"))
}

/// The same for a date that may be absent.
pub(crate) mod option {
    use jiff::civil::Date;
    use serde::{Deserialize, Deserializer, Serializer};

    /// ISO text or nothing.
    #[expect(clippy::ref_option, reason = "serde hands the field over by reference")]
    pub(crate) fn serialize<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        match date {
            Some(date) => serializer.collect_str(date),
            None => serializer.serialize_none(),
        }
    }

    /// ISO text or nothing.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        Option::<std::borrow::Cow<'de, str>>::deserialize(deserializer)?
            .map(|text| text.parse().map_err(|_| serde::de::Error::custom("not a date")))
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use jiff::civil::date;

    #[test]
    fn reads_both_orders_and_nothing_else() {
        assert_eq!(read("2006-08-15"), Some(date(2006, 8, 15)));
        assert_eq!(read(" 15-08-2006 "), Some(date(2006, 8, 15)));
        for wrong in
            ["", "15-8-2006", "2006/08/15", "15-08-06", "31-02-2006", "-1-08-2006", "1-1-1-1", "+5-08-2006"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
