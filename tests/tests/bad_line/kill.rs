//! The connection is killed again and again in the middle of a packet, and what is on the line is lost.

use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use rekam_tests::bad_line::{BadLine, is_inside};
use rekam_tests::campaign::{Campaign, Row, is_long};

use crate::office::Office;
use crate::{deliver, shape};

const OUTAGE: Duration = Duration::from_secs(1);
/// What the first connection and the last answer cost.
const ROUND_TRIPS: f64 = 9.0;
/// What a kill costs beside the outage: the lost SYN, TCP, TLS and the question where to go on take about one round trip
/// each, the first byte half of one, what was on the line one and a half, and TCP's slow start one.
const KILL_ROUND_TRIPS: f64 = 8.0;
/// Sent again for each kill, in bytes: what was on the line, and what TCP's new start throws into a full queue. About
/// 64 kB; another quarter for a kill that falls into such a start.
const AGAIN_MAX: u64 = 80 * 1024;
/// What TLS and HTTP add, in thousandths of the content, and for each connection.
const WRAPPING: u64 = 6;
const WRAPPING_BYTES: u64 = 4 * 1024;

#[test]
fn kills_cost_little_time_and_few_bytes() -> Result<()> {
    if !is_inside("kill::kills_cost_little_time_and_few_bytes")? {
        return Ok(());
    }
    let campaign = Campaign::begin(
        "bad-line-kills",
        "the connection killed under a packet on a line of 4 Mbit/s and 100 ms",
    )?;
    let (kills, photo_bytes) = if is_long() { (5_u32, 9_980_000) } else { (2, 2_980_000) };
    let shape = shape(4_000_000, 100, 0);
    let line = BadLine::build(shape)?;
    line.congestion("bbr")?;
    let mut office = Office::open(&line)?;
    let queue = office.queue(1, photo_bytes, 0);
    let (link, verify) = (office.link.clone(), office.verify());
    let (took, outages, lost_before) = std::thread::scope(|scope| -> Result<_> {
        let killer = scope.spawn(|| -> Result<(Duration, u64)> {
            let (mut outages, mut lost_before) = (Duration::ZERO, 0);
            for kill in 1..=kills {
                let due = queue.bytes * u64::from(kill) / u64::from(kills + 1);
                while line.traffic().content_bytes < due {
                    std::thread::sleep(Duration::from_millis(2));
                }
                if kill == 1 {
                    // TCP overfills the queue once on every line; that is not the kills' doing.
                    lost_before = line.traffic().lost_bytes;
                }
                let begun = Instant::now();
                line.kill(OUTAGE)?;
                outages += begun.elapsed();
            }
            Ok((outages, lost_before))
        });
        let (took, _) = deliver(&line, &link, verify, &queue)?;
        let (outages, lost_before) = killer.join().unwrap()?;
        Ok((took, outages, lost_before))
    })?;
    office.check(&queue)?;
    let wrapping = queue.bytes * WRAPPING / 1000 + u64::from(kills + 1) * WRAPPING_BYTES;
    let needed = queue.bytes + wrapping + lost_before;
    let again = line.traffic().content_bytes.saturating_sub(needed) / u64::from(kills);
    let alone = Duration::from_secs_f64(queue.bytes as f64 * 8.0 / shape.bits_per_second as f64);
    let ideal = alone + outages;
    let trips = shape.round_trip.mul_f64(ROUND_TRIPS + KILL_ROUND_TRIPS * f64::from(kills));
    let told = format!("{took:.1?} of {ideal:.1?}, {} kB again for each", again / 1000);
    writeln!(std::io::stdout(), "{kills} kills in {} bytes: {told}", queue.bytes)?;
    ensure!(again <= AGAIN_MAX, "{again} bytes again for each kill");
    ensure!(took <= ideal + trips, "{took:?}, at best {ideal:?}");
    campaign.end(&Row { count: kills.into(), of: "kills", lost: 0, told })
}
