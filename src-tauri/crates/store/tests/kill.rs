//! The station killed at random moments: everything it acknowledged is there.

use std::time::{Duration, Instant};

use crate::desk::{folder, is_long};
use crate::worker::{Worker, expect_all, read_ack};

/// Kills of the short form, for every change, and of the long one.
const KILLS: [u64; 2] = [30, 1_000];

/// After so many a new station begins: everything is looked at after each kill, and that grows with the station.
const KILLS_OF_A_STATION: u64 = 50;

#[test]
fn keeps_every_acknowledged_step_when_killed() {
    let mut place = folder();
    let mut acks = Vec::new();
    let mut total = 0;
    let mut longest = Duration::ZERO;
    let mut chance: u64 = 0x5eed_5eed;
    let kills = KILLS[usize::from(is_long())];
    for kill in 0..kills {
        if kill % KILLS_OF_A_STATION == 0 {
            (place, acks) = (folder(), Vec::new());
        }
        let before = acks.len();
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let mut worker = Worker::start(place.path(), 1_000_000, 20_000, &[]);
        let wanted = chance % 25;
        let mut heard = 0;
        while heard < wanted {
            let line = worker.line().expect("it works until it is killed");
            assert!(!line.starts_with("error"), "{line}");
            if let Some(ack) = read_ack(&line) {
                acks.push(ack);
                heard += 1;
            }
        }
        // Somewhere inside the next promise, checkpoint or opening.
        let moment = Instant::now() + Duration::from_micros(chance / 25 % 4_000);
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        worker.child.kill().expect("killed");
        acks.extend(worker.rest().iter().filter_map(|line| read_ack(line)));
        if rekam_store::Store::is_created(place.path()) {
            longest = longest.max(expect_all(place.path(), &acks));
        }
        total += acks.len() - before;
    }
    println!("{kills} kills, {total} acknowledged steps, none lost, longest reopening {longest:?}");
    assert!(total > 100, "only {total} steps were acknowledged");
    assert!(longest < Duration::from_secs(2), "{longest:?}");
}
