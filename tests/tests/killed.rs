//! A simulated day killed at random moments: every step that was acknowledged is there after reopening.
//!
//! The short form kills 60 times, `REKAM_LONG=1` 1,000 times. The station is the same one all the way, so that numbers,
//! chains and counters have to go on across every kill.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rekam_tests::campaign::{Campaign, Row, is_long};
use rekam_tests::program::{built, rekam};
use rekam_tests::promise::{acknowledged, expect_nobody_half, expect_whole, kept, lost};
use serde::{Deserialize, Serialize};

/// How many times the day is killed.
const KILLS: u32 = 60;
const KILLS_LONG: u32 = 1_000;
/// A station must be usable again within this.
const REOPENING_MAX: Duration = Duration::from_secs(2);

/// Where the chance begins.
const SEED: u64 = 0x52_454b_414d;

/// A small generator of our own, so that a failing campaign can be run again.
struct Moments(u64);

impl Moments {
    fn up_to(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

/// How far the campaign is.
#[derive(Default, Serialize, Deserialize)]
struct Progress {
    kill: u32,
    moments: u64,
    cut_short: u32,
    slowest: Duration,
}

#[test]
fn keeps_every_acknowledged_step_when_the_day_is_killed() {
    let campaign = Campaign::begin("killed", "SIGKILL at random moments of a day").unwrap();
    let kills = if is_long() { KILLS_LONG } else { KILLS };
    let (station, ack) = (campaign.folder().join("station"), campaign.folder().join("ack"));
    let data = station.to_str().unwrap();
    let mut progress: Progress = campaign.resume().unwrap();
    let mut moments = Moments(if progress.moments == 0 { SEED } else { progress.moments });
    while progress.kill < kills {
        let kill = progress.kill;
        let mut day = Command::new(built("rekam").unwrap())
            .args(["day", "--data", data, "--people", "40", "--seed", "77", "--images", "tiny", "--ack"])
            .arg(&ack)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let before = acknowledged(&ack).len();
        // Some die while the station is being set up or reopened, most in the middle of people.
        let wanted = before + usize::try_from(moments.up_to(70)).unwrap();
        let early = kill.is_multiple_of(10);
        let deadline =
            Instant::now() + Duration::from_millis(if early { moments.up_to(900) } else { 20_000 });
        while Instant::now() < deadline && day.try_wait().unwrap().is_none() {
            if !early && acknowledged(&ack).len() >= wanted {
                break;
            }
            std::thread::yield_now();
        }
        let ended = day.try_wait().unwrap();
        day.kill().unwrap();
        let answer = day.wait_with_output().unwrap();
        match ended {
            Some(status) => assert!(status.success(), "{}", String::from_utf8_lossy(&answer.stderr)),
            None => progress.cut_short += 1,
        }
        if station.exists() {
            let start = Instant::now();
            let kept = kept(&station).unwrap();
            progress.slowest = progress.slowest.max(start.elapsed());
            let lost = lost(&acknowledged(&ack), &kept);
            assert!(lost.is_empty(), "kill {kill}: acknowledged and lost: {lost:?}");
        }
        (progress.kill, progress.moments) = (kill + 1, moments.0);
        campaign.keep(&progress).unwrap();
    }
    expect_whole(&station).unwrap();

    // The day after the last kill serves everybody who was left, to the end.
    let rest = rekam(&["day", "--data", data, "--people", "1", "--seed", "77", "--images", "tiny", "--json"])
        .unwrap();
    assert!(rest.status.success(), "{}", String::from_utf8_lossy(&rest.stderr));
    let people = expect_nobody_half(&station).unwrap();
    let steps = acknowledged(&ack).len();
    let Progress { cut_short, slowest, .. } = progress;
    let told = format!(
        "{cut_short} in the middle, {people} people, {steps} acknowledged steps, slowest reopening {slowest:.2?}"
    );
    println!("{kills} kills: {told}");
    assert!(cut_short * 2 > kills, "too few kills hit a running day: {cut_short}");
    assert!(slowest < REOPENING_MAX, "{slowest:?}");
    campaign.end(&Row { count: kills.into(), of: "kills", lost: 0, told }).unwrap();
}
