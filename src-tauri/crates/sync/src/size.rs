//! How many bytes one request carries: all that is left, unless something on the way swallows bodies.

/// A request whose body vanished was at least this long; shorter ones may have been lost with the line.
const SWALLOWED_MIN: u64 = 16 * 1024;
/// No request is made shorter than this.
const LIMIT_MIN: u64 = 32 * 1024;
/// From here on there is no limit again.
const LIMIT_MAX: u64 = 16 * 1024 * 1024;
/// So many bodies in a row vanish before it is held to be the way's fault.
const SWALLOWED_IN_A_ROW: u32 = 2;
/// So many whole requests arrive before a longer one is tried.
const GOOD_MIN: u32 = 4;
/// A way that swallowed again and again is tried less and less often.
const GOOD_MAX: u32 = 256;

/// The length of requests on the present way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestSize {
    limit: Option<u64>,
    swallowed: u32,
    good: u32,
    good_needed: u32,
}

impl Default for RequestSize {
    fn default() -> Self {
        Self { limit: None, swallowed: 0, good: 0, good_needed: GOOD_MIN }
    }
}

impl RequestSize {
    /// How much of this to send in one request.
    pub(crate) fn of(&self, left: u64) -> u64 {
        self.limit.map_or(left, |limit| left.min(limit))
    }

    /// A body of this length was written, and nothing of it arrived.
    pub(crate) fn vanished(&mut self, sent: u64) {
        if sent < SWALLOWED_MIN {
            return;
        }
        self.swallowed += 1;
        if self.swallowed >= SWALLOWED_IN_A_ROW {
            self.shrink(sent);
        }
    }

    /// This much is too long for something on the way.
    pub(crate) fn shrink(&mut self, sent: u64) {
        self.limit = Some((self.of(sent) / 4).max(LIMIT_MIN));
        self.good_needed = (self.good_needed * 2).min(GOOD_MAX);
        self.good = 0;
        self.swallowed = 0;
    }

    /// A body arrived, in part or whole.
    pub(crate) fn arrived(&mut self, is_whole: bool) {
        self.swallowed = 0;
        let Some(limit) = self.limit else { return };
        if !is_whole {
            return;
        }
        self.good += 1;
        if self.good >= self.good_needed {
            self.good = 0;
            self.limit = Some(limit * 2).filter(|limit| *limit <= LIMIT_MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sends_all_that_is_left_on_a_good_line() {
        assert_eq!(RequestSize::default().of(40_000_000), 40_000_000);
    }

    #[test]
    fn shrinks_only_when_bodies_vanish_twice_in_a_row() {
        let mut size = RequestSize::default();
        size.vanished(2_000_000);
        size.arrived(false);
        size.vanished(2_000_000);
        assert_eq!(size.of(2_000_000), 2_000_000);
        size.vanished(2_000_000);
        assert_eq!(size.of(2_000_000), 500_000);
    }

    #[test]
    fn grows_again_and_is_more_careful_after_every_fall() {
        let mut size = RequestSize::default();
        size.shrink(100_000);
        let mut requests = 0;
        while size.limit.is_some() {
            size.arrived(true);
            requests += 1;
            assert!(requests < 1_000);
        }
        let first = requests;
        size.shrink(100_000);
        requests = 0;
        while size.limit.is_some() {
            size.arrived(true);
            requests += 1;
        }
        assert!(requests > first);
    }

    #[test]
    fn never_asks_for_less_than_its_smallest_request() {
        let mut size = RequestSize::default();
        for _ in 0..50 {
            size.vanished(64 * 1024);
        }
        assert_eq!(size.of(1_000_000), LIMIT_MIN);
    }
}
