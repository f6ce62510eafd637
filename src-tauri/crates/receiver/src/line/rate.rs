//! How fast one station may ask. One that runs wild must not take the office from the others.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A bucket for each station.
#[derive(Debug)]
pub struct Rate {
    per_second: f64,
    burst: f64,
    buckets: Mutex<BTreeMap<String, Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// A station may be so many seconds' worth of requests ahead.
const BURST_SECONDS: f64 = 4.0;

impl Rate {
    /// So many requests a second.
    #[must_use]
    pub fn new(per_second: u32) -> Self {
        let per_second = f64::from(per_second.max(1));
        Self { per_second, burst: per_second * BURST_SECONDS, buckets: Mutex::default() }
    }

    /// Takes one; else says how long to wait.
    pub(super) fn take(&self, station: &str) -> Result<(), Duration> {
        self.take_at(station, Instant::now())
    }

    fn take_at(&self, station: &str, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket =
            buckets.entry(station.to_owned()).or_insert_with(|| Bucket { left: self.burst, at: now });
        let since = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + since * self.per_second).min(self.burst);
        bucket.at = now;
        if bucket.left < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - bucket.left) / self.per_second));
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_station_that_runs_wild_waits_and_the_others_do_not() {
        let (rate, now) = (Rate::new(2), Instant::now());
        for _ in 0..8 {
            assert_eq!(rate.take_at("wild", now), Ok(()));
        }
        assert!(rate.take_at("wild", now).is_err());
        assert_eq!(rate.take_at("calm", now), Ok(()));
        assert_eq!(rate.take_at("wild", now + Duration::from_millis(500)), Ok(()));
    }
}
