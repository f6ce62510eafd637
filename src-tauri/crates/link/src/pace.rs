//! No faster than the office allows this line.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Bytes that may leave at once, as a part of a second: short enough that others on the line do not notice.
const BURST_PER_SECOND: u64 = 8;

/// Counts what left, and waits.
#[derive(Debug)]
pub(crate) struct Pace {
    bytes_per_second: Option<u64>,
    /// When all that was let through so far has had its time.
    free_at: Instant,
}

impl Pace {
    pub(crate) fn new(bytes_per_second_max: Option<u32>) -> Self {
        let bytes_per_second = bytes_per_second_max.map(|rate| u64::from(rate.max(1)));
        Self { bytes_per_second, free_at: Instant::now() }
    }

    /// How much of this may leave in one go.
    pub(crate) fn portion(&self, wanted: usize) -> usize {
        let Some(rate) = self.bytes_per_second else { return wanted };
        let most = usize::try_from((rate / BURST_PER_SECOND).max(1)).unwrap_or(wanted);
        wanted.min(most)
    }

    /// Waits until so many bytes may leave.
    pub(crate) async fn wait(&mut self, bytes: usize) {
        let Some(rate) = self.bytes_per_second else { return };
        sleep_until(self.free_at).await;
        let cost = Duration::from_micros((bytes as u64).saturating_mul(1_000_000) / rate);
        self.free_at = self.free_at.max(Instant::now()) + cost;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn lets_through_no_more_than_the_rate() {
        let (start, mut left) = (Instant::now(), 50_000);
        let mut pace = Pace::new(Some(10_000));
        while left > 0 {
            let portion = pace.portion(left);
            pace.wait(portion).await;
            left -= portion;
        }
        let took = start.elapsed();
        assert!((4_850..5_050).contains(&took.as_millis()), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_nothing_waits() {
        let start = Instant::now();
        let mut pace = Pace::new(None);
        pace.wait(pace.portion(1 << 30)).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
    }
}
