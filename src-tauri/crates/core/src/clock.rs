//! The clock of the station: the one place where time is read.

mod keeper;

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use rekam_domain::clock_trust::ClockTrust;
use rekam_domain::profile::TimeZone;
use rustix::time::{ClockId, clock_gettime};

use crate::view::OfficeTimeView;

pub(crate) use keeper::Jump;
pub use keeper::Tick;
use keeper::Timekeeper;

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
pub struct SetClock(Arc<Hands>);

#[derive(Debug)]
struct Hands {
    wall_ms: AtomicI64,
    elapsed_ms: AtomicI64,
    continues: AtomicBool,
}

impl SetClock {
    /// A clock that stands at this time.
    #[must_use]
    pub fn at(now: UnixMs) -> Self {
        let (wall_ms, elapsed_ms) = (AtomicI64::new(now), AtomicI64::new(0));
        Self(Arc::new(Hands { wall_ms, elapsed_ms, continues: AtomicBool::new(false) }))
    }

    /// A clock that stands at this time, or where the station last wrote something down if that is later: simulated
    /// days follow each other however late they are run.
    #[must_use]
    pub fn continuing(now: UnixMs) -> Self {
        let clock = Self::at(now);
        clock.0.continues.store(true, Ordering::SeqCst);
        clock
    }

    /// Sets its hands, forward or back, as a person would: no time elapses.
    pub fn set(&self, now: UnixMs) {
        self.0.wall_ms.store(now, Ordering::SeqCst);
    }

    /// Where its hands stand.
    #[must_use]
    pub fn at_wall(&self) -> UnixMs {
        self.tick().wall_ms
    }

    /// Lets time elapse.
    pub fn advance(&self, ms: i64) {
        self.0.wall_ms.fetch_add(ms, Ordering::SeqCst);
        self.0.elapsed_ms.fetch_add(ms, Ordering::SeqCst);
    }

    fn tick(&self) -> Tick {
        Tick {
            wall_ms: self.0.wall_ms.load(Ordering::SeqCst),
            elapsed_ms: self.0.elapsed_ms.load(Ordering::SeqCst),
        }
    }
}

impl Clock {
    /// What the computer's clock says. A clock before 1970 counts as 1970.
    #[must_use]
    pub fn now(&self) -> UnixMs {
        self.tick().wall_ms
    }

    /// The computer's clock, and beside it the time elapsed, which nobody can set.
    #[must_use]
    pub fn tick(&self) -> Tick {
        match self {
            Clock::System => Tick { wall_ms: wall_ms(), elapsed_ms: elapsed_ms() },
            Clock::Set(clock) => clock.tick(),
        }
    }

    /// A simulated clock that continues goes on from here.
    pub(crate) fn continue_from(&self, last_ms: UnixMs) {
        if let Clock::Set(clock) = self
            && clock.0.continues.swap(false, Ordering::SeqCst)
        {
            let behind = last_ms - clock.tick().wall_ms;
            clock.advance(behind.max(0));
        }
    }
}

fn wall_ms() -> UnixMs {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Since the first look of this run; a computer that sleeps goes on counting.
fn elapsed_ms() -> i64 {
    static START: OnceLock<i64> = OnceLock::new();
    let now = clock_gettime(ClockId::Boottime);
    let now_ms = now.tv_sec.saturating_mul(1_000).saturating_add(now.tv_nsec / 1_000_000);
    now_ms.saturating_sub(*START.get_or_init(|| now_ms))
}

/// The station's time: the computer's clock, unless that was set or stands before what was written down.
#[derive(Debug, Clone)]
pub(crate) struct StationClock {
    computer: Clock,
    keeper: Arc<Mutex<Timekeeper>>,
}

impl StationClock {
    /// Begins with what the computer's clock says.
    pub(crate) fn start(computer: Clock) -> Self {
        let keeper = Arc::new(Mutex::new(Timekeeper::start(computer.tick())));
        Self { computer, keeper }
    }

    /// The station's time now; never before an earlier one.
    pub(crate) fn now(&self) -> UnixMs {
        self.keeper().read(self.computer.tick())
    }

    /// Time elapsed since some moment of this run; nobody can set it.
    pub(crate) fn elapsed_ms(&self) -> i64 {
        self.computer.tick().elapsed_ms
    }

    /// What the computer's clock says.
    pub(crate) fn computer_ms(&self) -> UnixMs {
        self.computer.now()
    }

    /// How far the station's time can be trusted, and by how much the computer's clock is ahead of it.
    pub(crate) fn trust(&self) -> (ClockTrust, i64) {
        let mut keeper = self.keeper();
        // A jump since the last look counts.
        keeper.read(self.computer.tick());
        (keeper.trust(), keeper.apart_ms())
    }

    /// The station's own records tell when it last wrote something down.
    pub(crate) fn continue_from(&self, last_ms: UnixMs) {
        self.computer.continue_from(last_ms);
        self.keeper().continue_from(last_ms, self.computer.tick());
    }

    /// Somebody has to look at the date before anything is dated by it.
    pub(crate) fn doubt(&self, last_ms: UnixMs) {
        self.keeper().doubt(last_ms);
    }

    /// Somebody has looked at the computer's clock and says it is right.
    pub(crate) fn confirm(&self) {
        self.keeper().confirm(self.computer.tick());
    }

    /// Jumps that nobody has written down yet, oldest first.
    pub(crate) fn jumps(&self) -> Vec<Jump> {
        self.keeper().jumps().to_vec()
    }

    /// So many of the oldest are on the disk now.
    pub(crate) fn forget_jumps(&self, count: usize) {
        self.keeper().forget_jumps(count);
    }

    fn keeper(&self) -> MutexGuard<'_, Timekeeper> {
        // Two numbers; no panic leaves them half changed.
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
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
