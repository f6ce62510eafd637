//! What an office decides about its deliveries.

const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;
const DAY_MINUTES: u16 = 1_440;

/// Settings of the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where chance begins; a new one at every start.
    pub seed: u64,
    /// Minutes the office's clock is ahead of UTC.
    pub utc_offset_min: i16,
    /// When bytes may travel; `None` is always. Urgent items and notices do not wait for it.
    pub window: Option<Window>,
    /// The link sends no faster.
    pub bytes_per_second_max: Option<u32>,
    /// No more content than this leaves in a day of the office.
    pub bytes_per_day_max: Option<u64>,
    /// What travels on a line that is paid by the byte.
    pub metered: Metered,
    /// How long the station keeps what the office has opened.
    pub retention: Retention,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            seed: 0,
            utc_offset_min: 0,
            window: None,
            bytes_per_second_max: None,
            bytes_per_day_max: None,
            metered: Metered::FactsOnly,
            retention: Retention::default(),
        }
    }
}

impl Config {
    /// Which day of the office this is.
    pub(crate) fn day(&self, wall_ms: i64) -> i64 {
        self.local_ms(wall_ms).div_euclid(DAY_MS)
    }

    /// Milliseconds to the office's next midnight.
    pub(crate) fn to_midnight_ms(&self, wall_ms: i64) -> u64 {
        (DAY_MS - self.local_ms(wall_ms).rem_euclid(DAY_MS)).unsigned_abs()
    }

    /// Milliseconds until the window is open; 0 when it is.
    pub(crate) fn to_window_ms(&self, wall_ms: i64) -> u64 {
        let Some(window) = self.window else { return 0 };
        let in_day_ms = self.local_ms(wall_ms).rem_euclid(DAY_MS);
        let from_ms = i64::from(window.from_min) * MINUTE_MS;
        let until_ms = i64::from(window.until_min) * MINUTE_MS;
        let is_open = if from_ms < until_ms {
            (from_ms..until_ms).contains(&in_day_ms)
        } else {
            in_day_ms >= from_ms || in_day_ms < until_ms
        };
        if is_open { 0 } else { (from_ms - in_day_ms).rem_euclid(DAY_MS).unsigned_abs() }
    }

    fn local_ms(&self, wall_ms: i64) -> i64 {
        wall_ms.saturating_add(i64::from(self.utc_offset_min) * MINUTE_MS)
    }
}

/// A part of the day, in minutes after the office's midnight; it may reach over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    from_min: u16,
    until_min: u16,
}

impl Window {
    /// A window of the day, or nothing when its ends are equal or no time of day.
    #[must_use]
    pub const fn new(from_min: u16, until_min: u16) -> Option<Self> {
        if from_min < DAY_MINUTES && until_min < DAY_MINUTES && from_min != until_min {
            Some(Self { from_min, until_min })
        } else {
            None
        }
    }
}

/// What travels on a line that is paid by the byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metered {
    /// Facts and notices; images and documents wait for another line or for the stick.
    FactsOnly,
    /// Everything, within the day's budget.
    Everything,
}

/// How long the station keeps what the office has opened (`domain.md` §5.4). Counted in the office's own time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Kept at least this long after the receipt.
    pub grace_ms: i64,
    /// Kept no longer than this after the receipt, whatever the central status.
    pub keep_ms: i64,
}

impl Default for Retention {
    /// One day of grace; thirty days in all.
    fn default() -> Self {
        Self { grace_ms: DAY_MS, keep_ms: 30 * DAY_MS }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: i64 = 60 * MINUTE_MS;

    #[test]
    fn a_window_may_reach_over_midnight_and_follows_the_office_clock() {
        // 20:00 to 06:00 in Jakarta.
        let config =
            Config { window: Window::new(20 * 60, 6 * 60), utc_offset_min: 7 * 60, ..Config::default() };
        assert_eq!(config.to_window_ms(13 * HOUR_MS), 0, "20:00 there");
        assert_eq!(config.to_window_ms(22 * HOUR_MS), 0, "05:00 there");
        assert_eq!(config.to_window_ms(23 * HOUR_MS), 14 * 3_600_000, "06:00 there");
        assert_eq!(config.to_window_ms(-HOUR_MS), 14 * 3_600_000, "also before 1970");
        assert!(Window::new(5, 5).is_none() && Window::new(0, 1_440).is_none());
    }

    #[test]
    fn a_day_ends_at_the_midnight_of_the_office() {
        let config = Config { utc_offset_min: 9 * 60, ..Config::default() };
        assert_eq!(config.day(15 * HOUR_MS), 1);
        assert_eq!(config.day(15 * HOUR_MS - 1), 0);
        assert_eq!(config.to_midnight_ms(14 * HOUR_MS), 3_600_000);
    }
}
