//! Keeps the station's time steady when somebody sets the computer's clock.
//!
//! Two clocks are looked at together: the wall clock, which people and other programs set, and the time elapsed, which
//! nobody sets. While both agree the wall clock counts. When they part, the time elapsed counts on from the last time
//! that was sure, so that no register, number or id follows a mistaken hand.

use rekam_domain::clock_trust::ClockTrust;

use super::UnixMs;

/// So far the clocks may part before it is a jump: time servers correct by seconds, not by minutes.
const TOLERANCE_MS: i64 = 2 * 60_000;
/// Away for longer than this, somebody has to look at the date: no outage is planned to last longer.
const AWAY_MS_MAX: i64 = 60 * 86_400_000;
/// So many jumps are remembered until somebody signs in; a clock that jumps more often is found by the first ones.
const JUMPS_MAX: usize = 16;

/// One look at both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// What the wall clock of the computer says.
    pub wall_ms: UnixMs,
    /// Time elapsed since some moment of this run, sleep included.
    pub elapsed_ms: i64,
}

/// The wall clock left its course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Jump {
    /// What it should have said.
    pub(crate) from_ms: UnixMs,
    /// What it said.
    pub(crate) to_ms: UnixMs,
}

/// The station's time.
#[derive(Debug)]
pub(crate) struct Timekeeper {
    sure: Tick,
    apart_ms: i64,
    trust: ClockTrust,
    jumps: Vec<Jump>,
    /// What the station wrote down last, where somebody has to look at the date.
    floor_ms: UnixMs,
}

impl Timekeeper {
    /// Begins with what the wall clock says; the station's own records are asked as soon as they can be read.
    pub(crate) fn start(tick: Tick) -> Self {
        Self { sure: tick, apart_ms: 0, trust: ClockTrust::Steady, jumps: Vec::new(), floor_ms: UnixMs::MIN }
    }

    /// The station's time at this tick: never before an earlier one.
    pub(crate) fn read(&mut self, tick: Tick) -> UnixMs {
        if self.trust == ClockTrust::Unsure {
            // Nobody has said yet which time is right; whoever sets the clock now sets it right, and is asked again.
            let wall_ms = tick.wall_ms.max(self.floor_ms);
            self.sure = Tick { wall_ms, elapsed_ms: tick.elapsed_ms };
            return wall_ms;
        }
        let expected = self.sure.wall_ms.saturating_add((tick.elapsed_ms - self.sure.elapsed_ms).max(0));
        let apart_ms = tick.wall_ms.saturating_sub(expected);
        let has_moved = (apart_ms.saturating_sub(self.apart_ms)).saturating_abs() > TOLERANCE_MS;
        let wall_ms = if apart_ms.saturating_abs() <= TOLERANCE_MS {
            self.trust = ClockTrust::Steady;
            self.apart_ms = 0;
            tick.wall_ms.max(self.sure.wall_ms)
        } else {
            if has_moved {
                self.remember(Jump { from_ms: expected, to_ms: tick.wall_ms });
                self.apart_ms = apart_ms;
            }
            self.trust = if apart_ms < 0 { ClockTrust::SetBack } else { ClockTrust::SetForward };
            expected
        };
        self.sure = Tick { wall_ms, elapsed_ms: tick.elapsed_ms };
        wall_ms
    }

    /// Somebody signed in, and the station's own records tell when it last wrote something down.
    pub(crate) fn continue_from(&mut self, last_ms: UnixMs, tick: Tick) {
        let now = self.read(tick);
        if last_ms > now {
            // The next reading finds out how far the wall clock is behind, and says so if it is far.
            self.sure.wall_ms = last_ms;
        } else if now - last_ms > AWAY_MS_MAX {
            self.remember(Jump { from_ms: last_ms, to_ms: now });
            self.doubt(last_ms);
        }
    }

    /// Somebody has to look at the date before anything is dated by it.
    pub(crate) fn doubt(&mut self, last_ms: UnixMs) {
        self.trust = ClockTrust::Unsure;
        self.apart_ms = 0;
        self.floor_ms = last_ms;
    }

    /// Somebody has looked at the wall clock and says it is right.
    pub(crate) fn confirm(&mut self, tick: Tick) {
        *self = Self { jumps: std::mem::take(&mut self.jumps), ..Self::start(tick) };
    }

    /// How far the station's time can be trusted.
    pub(crate) fn trust(&self) -> ClockTrust {
        self.trust
    }

    /// By how much the wall clock is ahead of the station's time; less than nothing where it is behind.
    pub(crate) fn apart_ms(&self) -> i64 {
        self.apart_ms
    }

    /// Jumps that nobody has written down yet, oldest first.
    pub(crate) fn jumps(&self) -> &[Jump] {
        &self.jumps
    }

    /// So many of the oldest are on the disk now.
    pub(crate) fn forget_jumps(&mut self, count: usize) {
        self.jumps.drain(..count.min(self.jumps.len()));
    }

    fn remember(&mut self, jump: Jump) {
        if self.jumps.len() < JUMPS_MAX {
            self.jumps.push(jump);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR_MS: i64 = 365 * 86_400_000;
    const NOON: UnixMs = 1_795_147_200_000;

    fn tick(wall_ms: UnixMs, elapsed_ms: i64) -> Tick {
        Tick { wall_ms, elapsed_ms }
    }

    #[test]
    fn follows_small_corrections_but_never_goes_back() {
        let mut keeper = Timekeeper::start(tick(NOON, 0));
        assert_eq!(keeper.read(tick(NOON + 90_000, 60_000)), NOON + 90_000);
        assert_eq!(keeper.read(tick(NOON + 31_000, 61_000)), NOON + 90_000);
        assert_eq!(keeper.trust(), ClockTrust::Steady);
        assert!(keeper.jumps().is_empty());
    }

    #[test]
    fn goes_on_by_the_time_elapsed_when_the_clock_is_set() {
        for (jump, trust) in [(-YEAR_MS, ClockTrust::SetBack), (10 * YEAR_MS, ClockTrust::SetForward)] {
            let mut keeper = Timekeeper::start(tick(NOON, 0));
            assert_eq!(keeper.read(tick(NOON + jump + 1_000, 1_000)), NOON + 1_000);
            assert_eq!(keeper.read(tick(NOON + jump + 5_000, 5_000)), NOON + 5_000);
            assert_eq!((keeper.trust(), keeper.apart_ms()), (trust, jump));
            assert_eq!(keeper.jumps(), [Jump { from_ms: NOON + 1_000, to_ms: NOON + jump + 1_000 }]);
        }
    }

    #[test]
    fn trusts_the_clock_again_once_it_was_set_right() {
        let mut keeper = Timekeeper::start(tick(NOON, 0));
        keeper.read(tick(NOON - YEAR_MS, 1_000));
        assert_eq!(keeper.read(tick(NOON + 9_000, 9_000)), NOON + 9_000);
        assert_eq!((keeper.trust(), keeper.apart_ms()), (ClockTrust::Steady, 0));
        keeper.forget_jumps(1);
        assert!(keeper.jumps().is_empty());
    }

    #[test]
    fn never_stands_before_what_the_station_wrote_down() {
        let mut keeper = Timekeeper::start(tick(NOON - YEAR_MS, 0));
        keeper.continue_from(NOON, tick(NOON - YEAR_MS, 0));
        assert_eq!(keeper.read(tick(NOON - YEAR_MS + 1_000, 1_000)), NOON + 1_000);
        assert_eq!(keeper.trust(), ClockTrust::SetBack);
        assert_eq!(keeper.jumps().len(), 1);
    }

    #[test]
    fn asks_for_a_look_at_the_date_after_a_long_absence() {
        let mut keeper = Timekeeper::start(tick(NOON, 0));
        keeper.continue_from(NOON - 59 * 86_400_000, tick(NOON, 0));
        assert_eq!(keeper.trust(), ClockTrust::Steady);
        keeper.continue_from(NOON - YEAR_MS, tick(NOON, 0));
        assert_eq!((keeper.trust(), keeper.read(tick(NOON, 0))), (ClockTrust::Unsure, NOON));
        // Set right by hand: followed, and asked again.
        assert_eq!(keeper.read(tick(NOON - 30 * 86_400_000, 5)), NOON - 30 * 86_400_000);
        assert_eq!(keeper.trust(), ClockTrust::Unsure);
        keeper.confirm(tick(NOON, 6));
        assert_eq!((keeper.trust(), keeper.jumps().len()), (ClockTrust::Steady, 1));
    }

    #[test]
    fn a_clock_at_the_ends_of_time_overflows_nothing() {
        let mut keeper = Timekeeper::start(tick(i64::MAX, 0));
        keeper.read(tick(i64::MIN, 1));
        keeper.continue_from(i64::MAX, tick(i64::MIN, 2));
        keeper.read(tick(i64::MAX, i64::MAX));
    }
}
