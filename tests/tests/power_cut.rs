//! The power goes in the middle of a simulated day: every step that was acknowledged is there afterwards.
//!
//! A day runs on a disk that records every write and every flush. From the record, disks are rebuilt as a cut at any
//! moment could have left them (what no flush had asked for is there, gone, torn or out of order), mounted, and
//! opened by the real program. The short form rebuilds 200, `REKAM_LONG=1` 8,000.
//!
//! Three wrong variants go through the same harness and have to lose something, or the harness is blind.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rekam_tests::campaign::{Campaign, Row, is_long};
use rekam_tests::power_cut::{Disk, Flushes, Mounted, Recording, Tools};
use rekam_tests::program::{built, rekam};
use rekam_tests::promise::{Promise, listed, lost, promise};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

/// How many disks are rebuilt from the day.
const STATES: u64 = 200;
const STATES_LONG: u64 = 8_000;
/// After so many the campaign can be stopped and continued.
const ROUND: u64 = 200;
/// A wrong variant loses something in most of its states; a few show it.
const CONTROL_STATES: u64 = 24;
/// Every n-th disk has its whole audit verified, every n-th is worked on by the next day.
const AUDIT_EVERY: u64 = 5;
const DAY_EVERY: u64 = 40;
/// Each worker has one loop device and one program running at a time.
const WORKERS: usize = 2;
/// Arguments of the day that is recorded, and of the one that goes on after a cut.
const DAY: [&str; 5] = ["--seed", "91", "--images", "tiny", "--json"];

/// What a rebuilt disk showed.
#[derive(Debug, Default)]
struct Seen {
    promised: u64,
    lost: u64,
    audited: bool,
    continued: bool,
    opening: Duration,
    /// Something went wrong beyond a lost step: does not mount, does not open, audit not intact.
    broken: Option<String>,
}

/// What all rebuilt disks of one variant showed.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Total {
    states: u64,
    before_promises: u64,
    promised: u64,
    lost: u64,
    losing: u64,
    audited: u64,
    continued: u64,
    slowest: Duration,
    broken: Vec<String>,
}

impl Total {
    fn add(&mut self, number: u64, seen: Seen) {
        self.states += 1;
        self.before_promises += u64::from(seen.promised == 0);
        self.promised += seen.promised;
        self.lost += seen.lost;
        self.losing += u64::from(seen.lost > 0);
        self.audited += u64::from(seen.audited);
        self.continued += u64::from(seen.continued);
        self.slowest = self.slowest.max(seen.opening);
        self.broken.extend(seen.broken.map(|what| format!("state {number}: {what}")));
    }

    fn row(&self, variant: &str, recording: &Recording, taken: Duration) {
        let (writes, flushes) = recording.counts();
        let Self { states, before_promises, promised, lost, losing, audited, continued, slowest, broken } =
            self;
        println!(
            "| {variant} | {writes} | {flushes} | {states} | {before_promises} | {promised} | {lost} | {losing} | \
             {} | {audited} | {continued} | {slowest:.2?} | {taken:.0?} |",
            broken.len()
        );
    }
}

fn heading() {
    println!(
        "| variant | writes | flushes | states | of these before the first promise | promised steps | lost | \
         states that lose | damaged | audits verified | days continued | slowest opening | time |"
    );
}

/// In memory where there is room: thousands of disks need not wear out a real one.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// Rebuilds and mounts the disks of one variant up to a number, and looks at each.
fn rebuild(
    recording: &Recording,
    folder: &Path,
    total: Total,
    states: u64,
    flushes: Flushes,
    look: impl Fn(u64, &Path, &[&str]) -> Seen + Sync,
) -> Total {
    let (next, total) = (AtomicU64::new(total.states), Mutex::new(total));
    std::thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (next, total, look) = (&next, &total, &look);
            scope.spawn(move || {
                let (image, place) =
                    (folder.join(format!("image-{worker}")), folder.join(format!("cut-{worker}")));
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= states {
                        break;
                    }
                    let cut = recording.cut(number, flushes);
                    let promised = recording.promised(&cut);
                    recording.rebuild(&cut, &image).unwrap();
                    let mut seen = match Mounted::mount(&image, "loop", &place) {
                        Ok(mounted) => look(number, mounted.place(), &promised),
                        Err(error) => Seen { broken: Some(error.to_string()), ..Seen::default() },
                    };
                    seen.promised = promised.len() as u64;
                    fs::remove_file(&image).unwrap();
                    total.lock().unwrap().add(number, seen);
                }
            });
        }
    });
    total.into_inner().unwrap()
}

/// Records a whole day of a station that is set up on the disk, with a library before the C library if one is given.
fn record_day(tools: &Tools, folder: &Path, people: &str, before: Option<&Path>) -> Recording {
    let disk = Disk::begin(tools, folder).unwrap();
    let mut day = Command::new(built("rekam").unwrap());
    day.arg("day").arg("--data").arg(disk.place().join("station")).args(["--people", people]).args(DAY);
    day.arg("--ack").arg(disk.ack());
    if let Some(library) = before {
        day.env("LD_PRELOAD", library);
    }
    let answer = day.stdin(Stdio::null()).output().unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    disk.end().unwrap()
}

/// Opens the station on a rebuilt disk and compares it with what was promised.
fn look_at_station(number: u64, disk: &Path, promised: &[&str]) -> Seen {
    let station = disk.join("station");
    let mut seen = Seen::default();
    if !station.exists() {
        // Nothing was begun, or the folder itself is lost.
        seen.lost = promised.len() as u64;
        return seen;
    }
    let data = station.to_str().unwrap();
    let start = Instant::now();
    let answer = rekam(&["case", "list", "--data", data, "--steps", "--json"]).unwrap();
    seen.opening = start.elapsed();
    if !answer.status.success() {
        seen.lost = promised.len() as u64;
        seen.broken = Some(format!("case list: {}", String::from_utf8_lossy(&answer.stderr)));
        return seen;
    }
    seen.lost = lost(&read(promised), &listed(&answer.stdout).unwrap()).len() as u64;
    if seen.lost > 0 {
        return seen;
    }
    if number.is_multiple_of(AUDIT_EVERY) && !promised.is_empty() {
        let verified = rekam(&["audit", "verify", "--data", data, "--json"]).unwrap();
        seen.audited = true;
        if !verified.status.success() {
            seen.broken = Some(format!("audit: {}", String::from_utf8_lossy(&verified.stdout)));
        }
    }
    if number.is_multiple_of(DAY_EVERY) {
        let mut words = vec!["day", "--data", data, "--people", "1"];
        words.extend(DAY);
        let day = rekam(&words).unwrap();
        seen.continued = true;
        if !day.status.success() {
            seen.broken = Some(format!(
                "the next day, after {} promises: {}",
                promised.len(),
                String::from_utf8_lossy(&day.stderr)
            ));
        }
    }
    seen
}

fn read(promised: &[&str]) -> Vec<Promise> {
    promised.iter().map(|line| promise(line).expect("an acknowledgement")).collect()
}

/// Files written, synced and renamed, acknowledged without a sync of their folder.
fn record_files(tools: &Tools, folder: &Path) -> Recording {
    let disk = Disk::begin(tools, folder).unwrap();
    let mut ack = OpenOptions::new().create(true).append(true).open(disk.ack()).unwrap();
    for number in 0..60 {
        let fresh = disk.place().join("fresh");
        let mut file = File::create(&fresh).unwrap();
        file.write_all(&[number; 20_000]).unwrap();
        file.sync_all().unwrap();
        fs::rename(&fresh, disk.place().join(number.to_string())).unwrap();
        writeln!(ack, "{number}").unwrap();
    }
    disk.end().unwrap()
}

fn look_at_files(_: u64, disk: &Path, promised: &[&str]) -> Seen {
    let whole = |name: &&&str| {
        let expected: u8 = name.parse().unwrap();
        fs::read(disk.join(name)).is_ok_and(|bytes| bytes == [expected; 20_000])
    };
    Seen { lost: (promised.len() - promised.iter().filter(whole).count()) as u64, ..Seen::default() }
}

#[test]
fn keeps_every_acknowledged_step_when_the_power_is_cut() {
    let campaign = Campaign::begin("power cut", "unflushed writes dropped, torn, reordered").unwrap();
    let states = if is_long() { STATES_LONG } else { STATES };
    let folder = folder();
    let tools = Tools::build(folder.path()).unwrap_or_else(|missing| panic!("{missing:#}"));
    let within = |name: &str| folder.path().join(name);

    let start = Instant::now();
    let day = record_day(&tools, &within("day"), "4", None);
    let recorded = start.elapsed();
    let promised = day.promised(&day.uncut());
    let cases: BTreeSet<_> = read(&promised).into_iter().map(|(case, ..)| case).collect();
    println!("{} people, {} steps, recorded in {recorded:.1?}", cases.len(), promised.len());
    heading();
    let start = Instant::now();
    let mut kept: Total = campaign.resume().unwrap();
    while kept.states < states {
        let until = states.min(kept.states + ROUND);
        kept = rebuild(&day, folder.path(), kept, until, Flushes::Obeyed, look_at_station);
        campaign.keep(&kept).unwrap();
    }
    kept.row("as built", &day, start.elapsed());

    let start = Instant::now();
    let deaf =
        rebuild(&day, folder.path(), Total::default(), CONTROL_STATES, Flushes::Ignored, look_at_station);
    deaf.row("control: flushes ignored", &day, start.elapsed());

    let start = Instant::now();
    let unsynced = record_day(&tools, &within("unsynced"), "2", Some(&tools.skipsync));
    let lazy =
        rebuild(&unsynced, folder.path(), Total::default(), CONTROL_STATES, Flushes::Obeyed, look_at_station);
    lazy.row("control: log not synced, as with synchronous=NORMAL", &unsynced, start.elapsed());

    let start = Instant::now();
    let renamed = record_files(&tools, &within("renamed"));
    let nameless =
        rebuild(&renamed, folder.path(), Total::default(), CONTROL_STATES, Flushes::Obeyed, look_at_files);
    nameless.row("control: files renamed, folder not synced", &renamed, start.elapsed());

    assert!(kept.broken.is_empty(), "{} damaged:\n{}", kept.broken.len(), kept.broken.join("\n"));
    assert_eq!(kept.lost, 0, "acknowledged steps are lost in {} states", kept.losing);
    assert_eq!(kept.states, states);
    assert!(kept.before_promises * 2 < states, "too few cuts hit people: {kept:?}");
    assert!(kept.audited > 0 && kept.continued > 0, "{kept:?}");
    for (control, what) in [(deaf, "flushes"), (lazy, "the log"), (nameless, "the folder")] {
        assert!(control.losing > 0, "nothing is lost without {what}: the harness is blind");
    }
    let Total { promised, before_promises, audited, continued, slowest, .. } = kept;
    let told = format!(
        "{promised} promises asked for, {before_promises} states before the first; {audited} audits verified, \
         {continued} days continued, slowest opening {slowest:.2?}; 3 wrong variants lose"
    );
    campaign.end(&Row { count: states, of: "disks rebuilt", lost: kept.lost, told }).unwrap();
}
