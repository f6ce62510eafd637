//! A simulated day killed at random moments: every step that was acknowledged is there after reopening.
//!
//! The short form kills 60 times, `REKAM_LONG=1` 1,000 times. The station is the same one all the way, so that numbers,
//! chains and counters have to go on across every kill.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rekam_tests::program::{built, rekam};
use serde_json::Value;

/// How many times the day is killed.
const KILLS: u32 = 60;
const KILLS_LONG: u32 = 1_000;
/// A station must be usable again within this.
const REOPENING_MAX: Duration = Duration::from_secs(2);

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

/// What was acknowledged: case, step, hash. A last line that was cut by the kill was never read by anybody.
fn acknowledged(file: &Path) -> Vec<(String, String, String)> {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .map(|line| {
            let field = |name: &str| line[name].as_str().expect("a field of the acknowledgement").to_owned();
            (field("case"), field("step"), field("hash"))
        })
        .collect()
}

fn kept(data: &str) -> (BTreeMap<(String, String), String>, Duration) {
    let start = Instant::now();
    let answer = rekam(&["case", "list", "--data", data, "--steps", "--json"]).unwrap();
    let taken = start.elapsed();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let cases: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let mut kept = BTreeMap::new();
    for case in cases.as_array().unwrap() {
        let id = case["case"].as_str().unwrap();
        for step in case["steps"].as_array().unwrap() {
            let key = (id.to_owned(), step["step"].as_str().unwrap().to_owned());
            kept.insert(key, step["hash"].as_str().unwrap().to_owned());
        }
    }
    (kept, taken)
}

#[test]
fn keeps_every_acknowledged_step_when_the_day_is_killed() {
    let kills = if std::env::var_os("REKAM_LONG").is_some() { KILLS_LONG } else { KILLS };
    let folder = tempfile::tempdir().unwrap();
    let (data, ack) = (folder.path().join("station"), folder.path().join("ack"));
    let data = data.to_str().unwrap();
    let mut moments = Moments(0x52_454b_414d);
    let mut slowest = Duration::ZERO;
    let mut cut_short = 0;
    for kill in 0..kills {
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
        let early = kill % 10 == 0;
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
            None => cut_short += 1,
        }
        if !Path::new(data).exists() {
            continue;
        }
        let (kept, taken) = kept(data);
        slowest = slowest.max(taken);
        for (case, step, hash) in acknowledged(&ack) {
            let found = kept.get(&(case.clone(), step.clone()));
            assert_eq!(found, Some(&hash), "kill {kill}: {case} {step} was acknowledged and is lost");
        }
    }
    let verified = rekam(&["audit", "verify", "--data", data, "--json"]).unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));

    // The day after the last kill serves everybody who was left, to the end.
    let rest = rekam(&["day", "--data", data, "--people", "1", "--seed", "77", "--images", "tiny", "--json"])
        .unwrap();
    assert!(rest.status.success(), "{}", String::from_utf8_lossy(&rest.stderr));
    let listed = rekam(&["case", "list", "--data", data, "--json"]).unwrap();
    let cases: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let mut numbers = BTreeSet::new();
    for case in cases.as_array().unwrap() {
        let state = case["states"]["recording"].as_str().unwrap();
        assert!(["Recorded", "NoShow", "Redirected", "Rejected"].contains(&state), "half a person: {case}");
        let number = case["states"]["registration"].as_str().unwrap();
        assert!(numbers.insert(number.to_owned()), "{number} was given twice");
    }
    let steps = acknowledged(&ack).len();
    println!("| kills | in the middle | people | acknowledged steps | lost | slowest reopening |");
    println!("| {kills} | {cut_short} | {} | {steps} | 0 | {slowest:?} |", numbers.len());
    assert!(cut_short * 2 > kills, "too few kills hit a running day: {cut_short}");
    assert!(slowest < REOPENING_MAX, "{slowest:?}");
}
