//! The clock of the station: the one place where time is read.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use rekam_domain::profile::TimeZone;

use crate::view::OfficeTimeView;

/// Milliseconds since 1970, UTC.
pub type UnixMs = i64;

/// Where the station takes its time from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The clock of the computer.
    System,
    /// A clock that stands where it was set: simulated days and tests.
    Set(SetClock),
}

/// A clock that somebody else moves.
#[derive(Debug, Clone)]
pub struct SetClock(Arc<AtomicI64>);

impl SetClock {
    /// A clock that stands at this time.
    #[must_use]
    pub fn at(now: UnixMs) -> Self {
        Self(Arc::new(AtomicI64::new(now)))
    }

    /// Moves it, forward or back.
    pub fn set(&self, now: UnixMs) {
        self.0.store(now, Ordering::SeqCst);
    }

    /// Moves it forward.
    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock {
    /// The time now. A clock before 1970 counts as 1970.
    #[must_use]
    pub fn now(&self) -> UnixMs {
        match self {
            Clock::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)),
            Clock::Set(clock) => clock.0.load(Ordering::SeqCst),
        }
    }
}

/// Date and time on the office's wall. A time outside the calendar shows as its nearest end.
#[must_use]
pub fn on_the_wall(now: UnixMs, zone: TimeZone) -> DateTime {
    let offset = jiff::tz::offset(zone.hours_ahead());
    let latest = if now < 0 { Timestamp::MIN } else { Timestamp::MAX };
    offset.to_datetime(Timestamp::from_millisecond(now).unwrap_or(latest))
}

/// Today in western Indonesia, for checks that belong to no office.
#[must_use]
pub fn today_in_indonesia() -> Date {
    on_the_wall(Clock::System.now(), TimeZone::Wib).date()
}

/// The same, for the screen.
#[must_use]
pub fn office_time(now: UnixMs, zone: TimeZone) -> OfficeTimeView {
    let wall = on_the_wall(now, zone);
    OfficeTimeView {
        date: wall.date().to_string(),
        weekday: wall.date().weekday().to_monday_one_offset().unsigned_abs(),
        time: format!("{:02}:{:02}", wall.hour(), wall.minute()),
        zone: zone.word().to_owned(),
        #[expect(
            clippy::cast_precision_loss,
            reason = "the screen's numbers are exact up to the year 287396"
        )]
        unix_ms: now as f64,
        offset_minutes: i32::from(zone.hours_ahead()) * 60,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_day_of_the_office_not_of_greenwich() {
        // 2026-11-20 16:30 UTC
        let now = 1_795_192_200_000;
        let west = office_time(now, TimeZone::Wib);
        assert_eq!((west.date.as_str(), west.time.as_str(), west.weekday), ("2026-11-20", "23:30", 5));
        let east = office_time(now, TimeZone::Wit);
        assert_eq!((east.date.as_str(), east.time.as_str(), east.weekday), ("2026-11-21", "01:30", 6));
    }

    #[test]
    fn a_clock_beyond_the_calendar_does_not_stop_the_station() {
        for now in [i64::MIN, i64::MAX, 0, -1] {
            assert!(!office_time(now, TimeZone::Wita).date.is_empty());
        }
    }

    #[test]
    fn summer_2038_is_an_ordinary_day() {
        assert_eq!(office_time(2_152_000_000_000, TimeZone::Wib).date, "2038-03-12");
    }
}
