//! The engine in a world where everything breaks, thousands of times over.

#[path = "sim/sim.rs"]
mod sim;

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Instant;

    use super::sim::flaw::{FLAWS, Flaw};
    use super::sim::run;

    /// Seeds of an everyday run; the long form has a million.
    const SEEDS: u64 = 20_000;
    const SEEDS_LONG: u64 = 1_000_000;
    /// A flaw is found within so many seeds, or the simulator is blind to it.
    const SEEDS_FOR_A_FLAW: u64 = 5_000;
    const THREADS: usize = 2;

    /// The first seed that fails, and why.
    fn first_failure(seeds: u64, flaw: Option<Flaw>, sum: &Sum) -> Option<(u64, String)> {
        let counts = |verdict: &Result<(), String>| match (verdict, flaw) {
            (Ok(()), _) => false,
            (Err(_), None) => true,
            (Err(text), Some(flaw)) => crime(flaw).iter().any(|crime| text.starts_with(crime)),
        };
        let (next, failed) = (AtomicU64::new(0), AtomicU64::new(u64::MAX));
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= seeds || seed >= failed.load(Ordering::Relaxed) {
                            return;
                        }
                        let outcome = run(seed, flaw, false);
                        sum.add(&outcome);
                        if counts(&outcome.verdict) {
                            failed.fetch_min(seed, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        let seed = failed.into_inner();
        (seed < u64::MAX).then(|| (seed, run(seed, flaw, false).verdict.unwrap_err()))
    }

    /// What a flaw must be caught at.
    fn crime(flaw: Flaw) -> &'static [&'static str] {
        match flaw {
            Flaw::PurgesOnStored
            | Flaw::ForgetsToWaitForTheDisk
            | Flaw::TrustsItsOwnClock
            | Flaw::BelievesAnyHour
            | Flaw::TrustsForgedReceipts
            | Flaw::HasNoGrace => &["EARLY", "LOST"],
            Flaw::NamesUploadsAnew => &["TWICE"],
            Flaw::KnocksWithoutPause => &["STORM"],
            Flaw::TrustsStrangers => &["CAUSE"],
            Flaw::IgnoresLaterReceipts
            | Flaw::HasNoPatience
            | Flaw::StartsUploadsOver
            | Flaw::NeverSendsAgain => &["LATE"],
        }
    }

    #[derive(Default)]
    struct Sum {
        events: AtomicU64,
        packets: AtomicU64,
        purged: AtomicU64,
        written: AtomicU64,
        payload: AtomicU64,
        lost: AtomicU64,
        drained_ms: AtomicU64,
    }

    impl Sum {
        fn add(&self, outcome: &super::sim::Outcome) {
            self.events.fetch_add(outcome.events, Ordering::Relaxed);
            self.packets.fetch_add(outcome.packets, Ordering::Relaxed);
            self.purged.fetch_add(outcome.purged, Ordering::Relaxed);
            self.written.fetch_add(outcome.written, Ordering::Relaxed);
            self.payload.fetch_add(outcome.payload, Ordering::Relaxed);
            self.lost.fetch_add(outcome.lost, Ordering::Relaxed);
            self.drained_ms.fetch_max(outcome.drained_ms, Ordering::Relaxed);
        }
    }

    #[test]
    fn loses_nothing_accepts_nothing_twice_and_delivers_everything() {
        let seeds = if std::env::var_os("REKAM_LONG").is_some() { SEEDS_LONG } else { SEEDS };
        let (sum, begun) = (Sum::default(), Instant::now());
        let failure = first_failure(seeds, None, &sum);
        let get = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let seconds = begun.elapsed().as_secs_f64();
        println!("seeds {seeds} in {seconds:.1} s, {:.0} a second", seeds as f64 / seconds);
        println!("events {}, packets {}, purged {}", get(&sum.events), get(&sum.packets), get(&sum.purged));
        println!(
            "bytes {}, sent {}, lost on the way {}",
            get(&sum.payload),
            get(&sum.written),
            get(&sum.lost)
        );
        println!("longest drain {} min", get(&sum.drained_ms) / 60_000);
        if let Some((seed, text)) = failure {
            panic!("SEED={seed}: {text}\nreplay: cargo run -p rekam-sync --example replay -- {seed}");
        }
        assert!(get(&sum.purged) > seeds / 2, "hardly anything was ever purged: the purge was not tried");
    }

    #[test]
    fn finds_every_flaw_it_is_shown() {
        let mut blind = Vec::new();
        for flaw in FLAWS {
            match first_failure(SEEDS_FOR_A_FLAW, Some(*flaw), &Sum::default()) {
                Some((seed, text)) => println!("{flaw:?}: SEED={seed} {text}"),
                None => blind.push(*flaw),
            }
        }
        assert!(blind.is_empty(), "not found: {blind:?}");
    }

    #[test]
    fn plays_a_seed_the_same_way_twice() {
        for seed in 0..20 {
            assert_eq!(run(seed, None, false).tell(), run(seed, None, false).tell());
        }
    }
}
