//! What durability costs: a journaled step beside the raw cost of its bytes, syncs counted, a whole day weighed.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::alloc::System;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rekam_core::clock::{Clock, SetClock};
use rekam_core::demonstration;
use rekam_core::desk::{Recorded, Uuid};
use rekam_core::knowledge::kind;
use rekam_core::memory::Wiping;
use rekam_core::station::Station;
use rekam_core::view::SignInRequest;
use rekam_domain::purpose::Purpose;
use rekam_driver_sim::{Situation, SyntheticPerson};
use rekam_tests::campaign::{Campaign, Row, is_long};
use rekam_tests::program::built;
use rekam_tests::promise::expect_whole;
use rekam_tests::strace::{name_of, path_of, run};
use serde_json::json;

/// The allocator of the programs that open a station; what it costs belongs to the step.
#[global_allocator]
static MEMORY: Wiping = Wiping(System);

const MORNING_MS: i64 = 1_795_392_000_000;
const IMAGE_BYTES: usize = 150_000;
/// Steps that are timed, and how many of them belong to one person.
const STEPS: usize = 200;
const STEPS_LONG: usize = 2_000;
const STEPS_OF_A_PERSON: usize = 20;
/// A step may cost twice what the same bytes cost as a file that a power cut does not lose. The short form runs beside
/// other tests, where a ratio of times says little; an additional sync is found by counting, below.
const RATIO_MAX: f64 = 2.0;
const RATIO_MAX_SHORT: f64 = 3.0;
/// Rounds until one is not disturbed.
const ROUNDS_MAX: usize = 4;
/// Before these the log has not its full length yet, and grows as it does on the first day of a station only.
const STEPS_FIRST: usize = 60;

/// Times of one way to do something.
#[derive(Default)]
struct Series(Vec<Duration>);

impl Series {
    fn timed<T>(&mut self, act: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = act();
        self.0.push(start.elapsed());
        done
    }

    fn ms(&mut self, hundredth: usize) -> f64 {
        self.0.sort();
        self.0[(self.0.len() - 1) * hundredth / 100].as_secs_f64() * 1e3
    }
}

/// Bytes that nothing can make smaller.
fn image(seed: usize) -> Vec<u8> {
    let mut state = seed as u64 * 2 + 1;
    let words = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    words.flatten().take(IMAGE_BYTES).collect()
}

fn person_at(station: &mut Station, number: usize) -> Uuid {
    let day = jiff::civil::date(2026, 11, 23);
    let person = SyntheticPerson::in_situation(number as u64, day, Situation::Ordinary).biodata();
    station.open_case(Purpose::New, &person).unwrap().0
}

#[test]
fn a_journaled_step_costs_at_most_twice_its_raw_bytes() {
    let campaign = Campaign::begin(
        "cost of a step",
        "150 kB images through the whole core, turn by turn with raw files",
    )
    .unwrap();
    let steps = if is_long() { STEPS_LONG } else { STEPS };
    let most = if is_long() { RATIO_MAX } else { RATIO_MAX_SHORT };
    // Other work on the machine makes a round dearer, never cheaper: the best of a few is nearest to the cost itself.
    let mut rounds = (0..ROUNDS_MAX).map(|round| {
        let place = campaign.folder().join(format!("round-{round}"));
        fs::create_dir(&place).unwrap();
        measured(&place, steps)
    });
    let best = rounds.try_fold((f64::INFINITY, String::new()), |best, (ratio, told)| {
        println!("{told}");
        let best = if ratio < best.0 { (ratio, told) } else { best };
        if best.0 <= most { Err(best) } else { Ok(best) }
    });
    let (ratio, told) = best.unwrap_or_else(|good| good);
    assert!(ratio <= most, "{told}");
    campaign.end(&Row { count: steps as u64, of: "steps", lost: 0, told }).unwrap();
}

/// The median of a step beside the median of a durable file, and all figures in words.
fn measured(place: &Path, steps: usize) -> (f64, String) {
    let clock = SetClock::at(MORNING_MS);
    let data = place.join("station");
    demonstration::set_up(&data, &Clock::Set(clock.clone())).unwrap();
    let mut station = Station::open(&data, Clock::Set(clock.clone())).unwrap();
    let officers = demonstration::accounts_shown();
    let operator = officers.iter().find(|shown| shown.account == "operator").unwrap();
    station
        .sign_in(SignInRequest { account: operator.account.clone(), secret: operator.passphrase.clone() })
        .unwrap();
    let append = place.join("appended");
    let mut appended = OpenOptions::new().create(true).append(true).open(append).unwrap();
    let [mut append, mut whole, mut step] = [(); 3].map(|()| Series::default());
    let body = json!({"dpi": 200});
    let mut case = Uuid::nil();
    for number in 0..STEPS_FIRST + steps {
        let bytes = image(number);
        if number % STEPS_OF_A_PERSON == 0 {
            case = person_at(&mut station, number);
        }
        append.timed(|| {
            appended.write_all(&bytes).unwrap();
            appended.sync_all().unwrap();
        });
        whole.timed(|| {
            let (fresh, own) = (place.join("image.new"), place.join(format!("image-{number}")));
            let mut file = File::create(&fresh).unwrap();
            file.write_all(&bytes).unwrap();
            file.sync_all().unwrap();
            fs::rename(fresh, own).unwrap();
            File::open(place).unwrap().sync_all().unwrap();
        });
        let slot = format!("kk.{number}");
        if number == STEPS_FIRST {
            [append, whole, step] = [(); 3].map(|()| Series::default());
        }
        let image = Some(("image/png", bytes.as_slice()));
        step.timed(|| {
            station.record(case, Recorded { kind: kind::DOCUMENT, slot: &slot, body: &body, image }).unwrap()
        });
    }
    let ratio = step.ms(50) / whole.ms(50);
    let told = format!(
        "step {:.2} ms (p99 {:.2}); the same bytes as a durable file {:.2} ({:.2}): {ratio:.2} x; only appended and \
         synced {:.2} ({:.2}): {:.2} x",
        step.ms(50),
        step.ms(99),
        whole.ms(50),
        whole.ms(99),
        append.ms(50),
        append.ms(99),
        step.ms(50) / append.ms(50)
    );
    (ratio, told)
}

/// What the disk was asked for between two acknowledgements.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Between {
    step: String,
    syncs: usize,
    /// Writes into the database file itself, as only a checkpoint makes them.
    moved: usize,
    /// Somebody signed in, which opens the database anew.
    has_sign_in: bool,
}

fn between_promises(log: &str, ack: &str) -> Vec<Between> {
    let mut all = Vec::new();
    let mut now = Between::default();
    for line in log.lines() {
        let (Some(call), Some(path)) = (name_of(line), path_of(line)) else { continue };
        match call {
            "write" if path == ack => {
                let (_, step) = line.split_once(r#"\"step\":\""#).unwrap();
                now.step = step.split('@').next().unwrap().to_owned();
                all.push(std::mem::take(&mut now));
            }
            "fsync" | "fdatasync" => now.syncs += 1,
            "pwrite64" if path.ends_with("station.db") => now.moved += 1,
            "openat" if path.ends_with("station.db") => now.has_sign_in = true,
            _ => {}
        }
    }
    all
}

/// The last step of a recording also makes its packet: its folder, the promise, the place in the outbox; and the file
/// itself, which is not among those that are watched, for its name is new each time.
fn allowed(step: &str) -> usize {
    if step == "event.recording.seal" { 3 } else { 1 }
}

/// Before each of these rounds of an evening the operator looks through the list of cases, and that is written down.
const ROUNDS: [&str; 3] = ["event.letter.stamp", "event.letter.deliver", "event.berkas.archive"];

#[test]
fn every_step_is_one_sync_and_no_checkpoint() {
    let campaign = Campaign::begin("syncs of a step", "every sync and every write of a day counted").unwrap();
    let (data, ack) = (campaign.folder().join("station"), campaign.folder().join("ack"));
    let day = |people: &str| {
        let mut day = Command::new(built("rekam").unwrap());
        day.args(["day", "--seed", "5", "--json", "--people", people, "--data"]).arg(&data);
        day.arg("--ack").arg(&ack);
        day
    };
    assert!(day("0").output().unwrap().status.success());
    let files = ["station.db", "station.db-wal", "station.db-shm", "outbox.db-wal", "packets", "."]
        .map(|name| data.join(name));
    let files = [files.as_slice(), std::slice::from_ref(&ack)].concat();
    let calls = ["write", "pwrite64", "fsync", "fdatasync", "openat", "close"];
    let traced = run(&day("8"), &files, &calls, None, &campaign.folder().join("log")).unwrap();
    assert!(traced.output.status.success(), "{}", String::from_utf8_lossy(&traced.output.stderr));
    let all = between_promises(&traced.log, ack.to_str().unwrap());
    let steps: Vec<&Between> = all.iter().filter(|step| !step.has_sign_in).collect();
    let of_people = |(_, step): &(usize, &&Between)| step.step != "event.recording.start";
    let is_first =
        |at: usize, step: &Between| steps.iter().position(|other| other.step == step.step) == Some(at);
    let looked =
        |at: usize, step: &Between| usize::from(ROUNDS.contains(&step.step.as_str()) && is_first(at, step));
    let wrong: Vec<_> = steps
        .iter()
        .enumerate()
        .filter(of_people)
        .filter(|(at, step)| step.syncs != allowed(&step.step) + looked(*at, step) || step.moved > 0)
        .map(|(_, step)| step)
        .collect();
    assert!(wrong.is_empty(), "not one sync each, or a checkpoint inside: {wrong:#?}");
    let pauses = steps.iter().filter(|step| step.step == "event.recording.start" && step.moved > 0).count();
    assert!(steps.len() > 200 && pauses > 0, "{} steps, {pauses} checkpoints", steps.len());
    let told =
        format!("1 sync each, 4 with the packet at the end, {pauses} checkpoints, all between two people");
    campaign.end(&Row { count: steps.len() as u64, of: "steps", lost: 0, told }).unwrap();
}

/// The most memory a process ever had, in MB, as long as it is there.
fn peak_mb(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1000)
}

fn bytes_in(folder: &Path, begins: &str) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(begins));
    ours.map(|entry| entry.metadata().unwrap().len()).sum()
}

#[test]
fn a_day_of_people_stays_within_its_size_and_memory() {
    /// A recording with ten fingers, two eyes, face, signatures and papers.
    const PERSON_BYTES_MAX: u64 = 4_000_000;
    const MEMORY_MB_MAX: u64 = 256;
    let campaign =
        Campaign::begin("a day of people", "a whole day with pictures as large as real ones").unwrap();
    let people: u64 = if is_long() { 250 } else { 12 };
    let data = campaign.folder().join("station");
    let start = Instant::now();
    let mut day = Command::new(built("rekam").unwrap())
        .args(["day", "--json", "--people", &people.to_string(), "--data"])
        .arg(&data)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak = 0;
    while day.try_wait().unwrap().is_none() {
        peak = peak_mb(day.id()).unwrap_or(0).max(peak);
        std::thread::yield_now();
    }
    assert!(day.wait().unwrap().success());
    let taken = start.elapsed();
    let (database, log) = (bytes_in(&data, "station.db"), bytes_in(&data, "station.db-wal"));
    let each = (database - log) / people;
    expect_whole(&data).unwrap();
    let told = format!(
        "{each} bytes of database a person, log {log}, peak memory {peak} MB, {:.2} s a person",
        taken.as_secs_f64() / people as f64
    );
    println!("{told}");
    assert!(each <= PERSON_BYTES_MAX && peak <= MEMORY_MB_MAX && peak > 0, "{told}");
    campaign.end(&Row { count: people, of: "people", lost: 0, told }).unwrap();
}
