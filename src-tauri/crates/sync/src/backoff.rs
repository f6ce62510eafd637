//! Waiting longer after every failure, with chance in it, and never giving up.

use crate::chance::Chance;

/// How a waiting time grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    /// The wait after the first failure.
    pub(crate) first_ms: u64,
    /// No wait is longer.
    pub(crate) most_ms: u64,
    /// So many waits are as short as the first; then they grow.
    pub(crate) short: u32,
}

const MINUTE_MS: u64 = 60_000;

/// The line does not answer: a cut of a second is over soon, and every tenth waited beyond its end is lost; an outage of
/// a month must not cost a storm.
pub(crate) const LINE: Pace = Pace { first_ms: 100, most_ms: 5 * MINUTE_MS, short: 16 };
/// Somebody else answers, or the office shuts us out: only a person mends that.
pub(crate) const SHUT: Pace = Pace { first_ms: MINUTE_MS / 2, most_ms: 30 * MINUTE_MS, short: 0 };
/// The office answers, but nothing gets on.
pub(crate) const WORK: Pace = Pace { first_ms: 100, most_ms: 10 * MINUTE_MS, short: 0 };
/// The office has no room: it needs minutes at least.
pub(crate) const FULL: Pace = Pace { first_ms: MINUTE_MS / 2, most_ms: 10 * MINUTE_MS, short: 0 };
/// One item is not taken while others may be.
pub(crate) const ITEM: Pace = Pace { first_ms: MINUTE_MS / 2, most_ms: 60 * MINUTE_MS, short: 0 };
/// News are asked for soon after something was delivered, then more and more seldom.
pub(crate) const FEED: Pace = Pace { first_ms: 5_000, most_ms: 5 * MINUTE_MS, short: 0 };
/// The same on a line that is paid by the byte.
pub(crate) const FEED_METERED: Pace = Pace { first_ms: MINUTE_MS, most_ms: 60 * MINUTE_MS, short: 0 };
/// The feed tells of every receipt; asking by name is for what got lost on the way.
pub(crate) const ASK: Pace = Pace { first_ms: 20 * MINUTE_MS, most_ms: 2 * 60 * MINUTE_MS, short: 0 };
/// The same for what the office has stored and not yet opened: its key may be away for days.
pub(crate) const ASK_STORED: Pace =
    Pace { first_ms: 4 * 60 * MINUTE_MS, most_ms: 24 * 60 * MINUTE_MS, short: 0 };
/// The outbox could not be written.
pub(crate) const DISK: Pace = Pace { first_ms: 500, most_ms: MINUTE_MS, short: 0 };

/// A count of failures in a row and the time before which there is no other try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Backoff {
    failures: u32,
    pub(crate) not_before_ms: u64,
}

impl Backoff {
    pub(crate) const fn new() -> Self {
        Self { failures: 0, not_before_ms: 0 }
    }

    /// Counts a failure. The wait is between half and the whole of its step, so that stations do not march in step.
    pub(crate) fn fail(&mut self, pace: Pace, chance: &mut Chance, mono_ms: u64) {
        let mut step_ms = pace.first_ms;
        for _ in pace.short..self.failures {
            step_ms = step_ms + step_ms / 2;
            if step_ms >= pace.most_ms {
                break;
            }
        }
        let step_ms = step_ms.min(pace.most_ms);
        self.failures = self.failures.saturating_add(1);
        self.not_before_ms = mono_ms + step_ms / 2 + chance.below(step_ms / 2 + 1);
    }

    /// Forgets all failures: the next try may be now.
    pub(crate) fn reset(&mut self) {
        *self = Self::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_longer_each_time_up_to_its_limit_and_never_ends() {
        let mut chance = Chance::new(7);
        let mut backoff = Backoff::new();
        for turn in 0..200 {
            backoff.fail(LINE, &mut chance, 1_000);
            let wait = backoff.not_before_ms - 1_000;
            assert!((50..=LINE.most_ms).contains(&wait), "{wait}");
            if turn > LINE.short + 30 {
                assert!(wait >= LINE.most_ms / 2, "{wait}");
            }
        }
    }

    #[test]
    fn a_short_cut_is_followed_by_quick_tries() {
        let mut chance = Chance::new(1);
        let mut backoff = Backoff::new();
        let mut now = 0;
        let mut tries = 0;
        while now < 1_000 {
            backoff.fail(LINE, &mut chance, now);
            now = backoff.not_before_ms;
            tries += 1;
        }
        assert!(now < 1_101 && tries < 20, "{now} {tries}");
    }

    #[test]
    fn two_stations_do_not_march_in_step() {
        let wait = |seed| {
            let mut backoff = Backoff::new();
            backoff.fail(ITEM, &mut Chance::new(seed), 0);
            backoff.not_before_ms
        };
        assert_ne!(wait(1), wait(2));
    }
}
