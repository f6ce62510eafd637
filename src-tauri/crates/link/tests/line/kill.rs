//! The line is killed in the middle of a packet, again and again.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rekam_sync::Config;

use crate::desk::{Desk, packet};
use crate::office::{Mood, Office};
use crate::pki::{Authority, Valid};
use crate::road::{Road, Shape};

/// Set for the long form: five kills in 10 MB.
const LONG: &str = "REKAM_LONG";
/// 4 Mbit/s, 100 ms there and back.
const SHAPE: Shape = Shape { bytes_per_second: 500_000, round_trip: Duration::from_millis(100) };
const OUTAGE: Duration = Duration::from_secs(1);
/// What a kill costs beside the outage: TCP, TLS and the question where to go on take a round trip each, the first byte
/// and what was on its way half of one; the rest is the wait between two tries.
const KILL_ROUND_TRIPS: f64 = 5.0;
/// From the first connection to the first byte of the images, and the last answer.
const ROUND_TRIPS: f64 = 9.0;
/// Sent again for each cut, in bytes.
const AGAIN_MAX: u64 = 64 * 1024;
/// What TLS and HTTP add, in thousandths of the content, and for each connection.
const WRAPPING: u64 = 6;
const WRAPPING_BYTES: u64 = 4 * 1024;

#[test]
fn kills_cost_little_time_and_few_bytes() {
    let is_long = std::env::var_os(LONG).is_some();
    let (kills, part) = if is_long { (5, 9_990_000) } else { (2, 2_990_000) };
    let authority = Authority::new();
    let office = Office::start(authority.server("rekam-office", &Valid::Now, &authority), Mood::Honest);
    let road = Road::build(SHAPE, &office.address);
    let link = authority.station(std::slice::from_ref(&road.address));
    let lengths = [10_000, part];
    let total: u64 = lengths.iter().sum();
    let mut desk = Desk::new(&link, Config::default(), vec![packet(1, &lengths)]);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let killer = scope.spawn(|| {
            // Killed when so much is at the office, whatever the clock of this machine does meanwhile.
            for kill in 1..=kills {
                while office.memory.lock().unwrap().content_bytes < total * kill / (kills + 1) {
                    std::thread::yield_now();
                    std::thread::sleep(Duration::from_millis(2));
                }
                road.cut(OUTAGE);
            }
        });
        desk.run(Duration::from_secs(120), Desk::is_empty);
        killer.join().unwrap();
    });
    let took = begun.elapsed();
    for (upload, bytes) in desk.contents.iter() {
        assert!(office.bytes_of(&upload.path()) == *bytes, "{upload:?} arrived otherwise");
    }
    let sent = road.sent.load(Ordering::Relaxed);
    let connections = office.memory.lock().unwrap().connections as u64;
    let wrapping = total * WRAPPING / 1000 + connections * WRAPPING_BYTES;
    let again = sent.saturating_sub(total + wrapping) / kills;
    let ideal = Duration::from_secs_f64(total as f64 / SHAPE.bytes_per_second as f64) + OUTAGE * kills as u32;
    println!("{kills} kills: {took:?} of {ideal:?}, {sent} of {total} bytes, {again} again for each kill");
    assert!(again <= AGAIN_MAX, "{again} bytes again for each kill");
    let trips = SHAPE.round_trip.mul_f64(ROUND_TRIPS + KILL_ROUND_TRIPS * kills as f64);
    let most = if is_long { ideal.mul_f64(1.1) } else { ideal + trips };
    assert!(took <= most, "{took:?}, at best {ideal:?}");
    assert_eq!(office.memory.lock().unwrap().content_bytes, total, "nothing arrived twice");
}
