//! The bytes of a day. They are counted before they leave, so that a crash never makes a day longer.

use crate::config::Config;
use crate::effect::Change;

/// Less than this is not worth a request when more is left to send.
const GRANT_MIN: u64 = 16 * 1024;

/// What was spent on the present day of the office.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Budget {
    day: i64,
    spent: u64,
}

impl Budget {
    pub(crate) const fn new(day: i64, spent: u64) -> Self {
        Self { day, spent }
    }

    /// How many of these bytes may leave now; 0 when the day is used up.
    pub(crate) fn grant(&self, wanted: u64, config: &Config, wall_ms: i64) -> u64 {
        let Some(most) = config.bytes_per_day_max else { return wanted };
        let spent = if self.day == config.day(wall_ms) { self.spent } else { 0 };
        let grant = wanted.min(most.saturating_sub(spent));
        if grant < wanted && grant < GRANT_MIN { 0 } else { grant }
    }

    /// Counts bytes, when there is a budget at all. Another day of the clock, also an earlier one, begins anew:
    /// a clock that was once ten years ahead must not stop deliveries for ten years.
    pub(crate) fn spend(&mut self, bytes: u64, config: &Config, wall_ms: i64) -> Option<Change> {
        config.bytes_per_day_max?;
        let day = config.day(wall_ms);
        if self.day != day {
            *self = Self { day, spent: 0 };
        }
        self.spent = self.spent.saturating_add(bytes);
        Some(Change::Spent { day, bytes: self.spent })
    }

    /// Gives back what was counted and did not leave.
    pub(crate) fn refund(&mut self, bytes: u64, config: &Config) -> Option<Change> {
        config.bytes_per_day_max.filter(|_| bytes > 0)?;
        self.spent = self.spent.saturating_sub(bytes);
        Some(Change::Spent { day: self.day, bytes: self.spent })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 86_400_000;

    fn config() -> Config {
        Config { bytes_per_day_max: Some(1_000_000), ..Config::default() }
    }

    #[test]
    fn a_day_never_sends_more_than_its_budget() {
        let mut budget = Budget::new(0, 0);
        assert_eq!(budget.grant(1_500_000, &config(), 0), 1_000_000);
        budget.spend(990_000, &config(), 0);
        assert_eq!(budget.grant(500_000, &config(), 0), 0, "a crumb is not worth a request");
        assert_eq!(budget.grant(9_000, &config(), 0), 9_000, "but all that is left is");
        assert_eq!(budget.grant(500_000, &config(), DAY_MS), 500_000);
    }

    #[test]
    fn a_clock_that_was_ahead_does_not_stop_deliveries() {
        let mut budget = Budget::new(0, 0);
        budget.spend(1_000_000, &config(), 3_650 * DAY_MS);
        assert_eq!(budget.grant(5, &config(), 0), 5);
    }

    #[test]
    fn what_did_not_leave_is_given_back() {
        let mut budget = Budget::new(0, 0);
        budget.spend(1_000_000, &config(), 0);
        assert_eq!(budget.refund(400_000, &config()), Some(Change::Spent { day: 0, bytes: 600_000 }));
        assert_eq!(budget.grant(500_000, &config(), 0), 400_000);
    }
}
