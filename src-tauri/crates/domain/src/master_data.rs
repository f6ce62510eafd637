//! Data that are handed down to a station: where they come from, how old they are, how long they may be used.
//!
//! Age is shown and old data are warned about, but nobody is sent home by it: capture never stops for old data.

mod said;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::biodata::days_between;
use crate::iso_date;
use crate::text::{Language, text};

pub use said::{SourceSaid, behind_comments};

crate::word::words! {
    /// Kinds of data that are handed down.
    pub enum MasterDataKind {
        /// The list of people to be recorded.
        Roster => "roster",
        /// The list of region codes.
        RegionTable => "region_table",
        /// The profile of a procedure.
        Profile => "profile",
        /// A block of register numbers.
        NumberBlock => "number_block",
    }
}

impl MasterDataKind {
    /// Age in days from which on a newer edition should be fetched.
    ///
    /// Lists of people change every day and are handed out monthly; region codes and procedures change by decree,
    /// about once a year; a number block belongs to one book year.
    #[must_use]
    pub const fn old_days(self) -> i32 {
        match self {
            Self::Roster => ROSTER_OLD_DAYS,
            Self::RegionTable | Self::Profile | Self::NumberBlock => YEARLY_OLD_DAYS,
        }
    }

    /// How many days it is used when nobody says how long.
    #[must_use]
    pub const fn valid_days(self) -> i32 {
        match self {
            Self::Roster => ROSTER_VALID_DAYS,
            Self::RegionTable | Self::Profile | Self::NumberBlock => DECREE_VALID_DAYS,
        }
    }
}

/// A month: see [`MasterDataKind::old_days`].
pub const ROSTER_OLD_DAYS: i32 = 31;
/// How long a roster that names no end is used: a quarter, after which most statuses in it are wrong.
pub const ROSTER_VALID_DAYS: i32 = 92;
/// How long what a decree gives is used when it names no end: three years, after two yearly renewals were missed.
pub const DECREE_VALID_DAYS: i32 = 1_096;
/// A year: see [`MasterDataKind::old_days`].
pub const YEARLY_OLD_DAYS: i32 = 366;

crate::word::words! {
    /// Whether data are still good on a day.
    pub enum Freshness {
        /// Good.
        Fresh => "fresh",
        /// Usable, but a newer edition should be fetched.
        Old => "old",
        /// Past its last day.
        Expired => "expired",
        /// Made after today: the file or the clock is wrong.
        FromFuture => "from_future",
    }
}

/// Where handed-down data come from, and how long they may be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MasterSource {
    /// What kind of data.
    pub kind: MasterDataKind,
    /// What the office calls it; never a path.
    pub label: String,
    /// The day it was made.
    #[serde(with = "iso_date")]
    pub made_on: Date,
    /// The last day it may be used.
    #[serde(with = "iso_date")]
    pub valid_until: Date,
}

impl MasterSource {
    /// Its age on a day; negative when it was made later.
    #[must_use]
    pub fn age_days(&self, today: Date) -> i32 {
        days_between(self.made_on, today)
    }

    /// Whether it is still good on a day.
    #[must_use]
    pub fn freshness(&self, today: Date) -> Freshness {
        if today < self.made_on {
            Freshness::FromFuture
        } else if today > self.valid_until {
            Freshness::Expired
        } else if self.age_days(today) >= self.kind.old_days() {
            Freshness::Old
        } else {
            Freshness::Fresh
        }
    }

    /// The sentence a person reads about its age, with what to do.
    #[must_use]
    pub fn text(&self, language: Language, today: Date) -> String {
        let freshness = self.freshness(today);
        let key = format!("master_data.freshness.{}", freshness.word());
        let kind = text(language, &format!("master_data.kind.{}", self.kind.word()), &[]);
        let days = self.age_days(today).unsigned_abs().to_string();
        let (made_on, until) = (iso_date::paper(self.made_on), iso_date::paper(self.valid_until));
        text(language, &key, &[("kind", &kind), ("days", &days), ("date", &made_on), ("until", &until)])
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn source(kind: MasterDataKind) -> MasterSource {
        let (made_on, valid_until) = (date(2026, 9, 1), date(2026, 12, 1));
        MasterSource { kind, label: "Contoh".to_owned(), made_on, valid_until }
    }

    #[test]
    fn grows_old_and_ends() {
        let roster = source(MasterDataKind::Roster);
        let on = |month, day| roster.freshness(date(2026, month, day));
        assert_eq!(on(8, 31), Freshness::FromFuture);
        assert_eq!(on(9, 1), Freshness::Fresh);
        assert_eq!(on(10, 1), Freshness::Fresh);
        assert_eq!(on(10, 2), Freshness::Old);
        assert_eq!(on(12, 1), Freshness::Old);
        assert_eq!(on(12, 2), Freshness::Expired);
        assert_eq!(roster.age_days(date(2026, 10, 2)), ROSTER_OLD_DAYS);
        assert_eq!(roster.age_days(date(2026, 8, 31)), -1);
        assert_eq!(source(MasterDataKind::RegionTable).freshness(date(2026, 11, 30)), Freshness::Fresh);
    }

    #[test]
    fn says_its_age_in_both_languages() {
        for kind in MasterDataKind::ALL {
            for day in [date(2026, 8, 1), date(2026, 9, 2), date(2026, 10, 20), date(2027, 1, 1)] {
                for language in Language::ALL {
                    let said = source(*kind).text(language, day);
                    assert!(!said.contains('[') && said.len() > 20, "{said}");
                }
            }
        }
    }

    #[test]
    fn survives_a_file() {
        let roster = source(MasterDataKind::Roster);
        let json = serde_json::to_string(&roster).unwrap();
        assert_eq!(
            json,
            r#"{"kind":"roster","label":"Contoh","made_on":"2026-09-01","valid_until":"2026-12-01"}"#
        );
        assert_eq!(serde_json::from_str::<MasterSource>(&json).unwrap(), roster);
    }
}
