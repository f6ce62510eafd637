//! The memory of a locked station: no key that opens anything is left in it.
//!
//! The real core works in a process of its own: somebody signs in, a person comes, pictures are saved, the screen locks.
//! The test knows the keys, because it opens the same ring itself, and must find them before the lock or it is blind.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking and speaks by printing, also in the functions it shares"
)]

use std::alloc::System;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use jiff::civil::Date;
use rekam_core::clock::{Clock, SetClock};
use rekam_core::demonstration;
use rekam_core::desk::Recorded;
use rekam_core::knowledge::kind;
use rekam_core::memory::Wiping;
use rekam_core::station::Station;
use rekam_core::view::SignInRequest;
use rekam_domain::purpose::Purpose;
use rekam_driver_sim::{Situation, SyntheticPerson};
use rekam_keys::{Cost, KeyRing, Secret};
use rekam_tests::campaign::{Campaign, Row};
use rekam_tests::memory::{count, seals_first_page, seed_of, sqlcipher_seal_key, writable_memory};
use rekam_tests::program::built;
use rekam_tests::promise::acknowledged;
use serde_json::json;

/// The allocator of the programs that open a station, and so of the process that is looked into.
#[global_allocator]
static MEMORY: Wiping = Wiping(System);

const FOLDER: &str = "REKAM_MEMORY_IMAGE_FOLDER";
const MORNING_MS: i64 = 1_795_392_000_000;
const PERSON: u64 = 77;
const ACCOUNT: &str = "operator";
/// How often something of the person may be left: once on a stack, which nobody gives back. Where SQLite does not share
/// the allocator it is 25 times.
const PERSONAL_LEFT_MAX: usize = 3;

fn person() -> SyntheticPerson {
    let day: Date = jiff::civil::date(2026, 11, 23);
    SyntheticPerson::in_situation(PERSON, day, Situation::Ordinary)
}

/// Says that it got somewhere, and waits until somebody has looked.
fn pause(word: &str) {
    println!("\n{word}");
    let mut line = [0];
    File::open("/dev/stdin").unwrap().read_exact(&mut line).unwrap();
}

/// Works when it was started for that, and does nothing otherwise.
#[test]
fn station_that_is_locked() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let clock = SetClock::at(MORNING_MS);
    let mut station = Station::open(Path::new(&folder), Clock::Set(clock)).unwrap();
    // Typed letters go where the window's go: into one text that the core takes over.
    let (mut length, mut input) = ([0], File::open("/dev/stdin").unwrap());
    input.read_exact(&mut length).unwrap();
    let mut typed = vec![0; usize::from(length[0])];
    input.read_exact(&mut typed).unwrap();
    let secret = String::from_utf8(typed).unwrap();
    pause("typed");
    station.sign_in(SignInRequest { account: ACCOUNT.to_owned(), secret }).unwrap();
    let (case, _) = station.open_case(Purpose::New, &person().biodata()).unwrap();
    for page in 1..=6 {
        let (slot, body) = (format!("kk.{page}"), json!({"dpi": 200}));
        let picture = [page; 50_000];
        let image = Some(("image/png", picture.as_slice()));
        station.record(case, Recorded { kind: kind::DOCUMENT, slot: &slot, body: &body, image }).unwrap();
    }
    assert_eq!(station.list_cases().unwrap().len(), 1);
    assert!(!station.list_steps(case).unwrap().is_empty());
    pause("open");
    station.lock(rekam_core::trail::LockReason::Chosen);
    pause("locked");
}

/// The process with the station; ended with the value.
struct Worker {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Worker {
    fn start(folder: &Path, secret: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "station_that_is_locked", "--nocapture"])
            .env(FOLDER, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        input.write_all(&[u8::try_from(secret.len()).unwrap()]).unwrap();
        input.write_all(secret.as_bytes()).unwrap();
        Self { child, input, output }
    }

    /// Its memory at the moment it says this word; then it goes on.
    fn memory_when(&mut self, word: &str) -> Vec<u8> {
        let mut line = String::new();
        while line.trim() != word {
            line.clear();
            assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "it ended before it said {word}");
        }
        let memory = writable_memory(self.child.id()).unwrap();
        self.input.write_all(b"\n").unwrap();
        memory
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_locked_station_has_no_key_in_memory() {
    let campaign = Campaign::begin("memory image", "all memory of a locked station searched").unwrap();
    let data = campaign.folder().join("station");
    demonstration::set_up(&data, &Clock::Set(SetClock::at(MORNING_MS))).unwrap();
    let officers = demonstration::accounts_shown();
    let secret = officers.iter().find(|shown| shown.account == ACCOUNT).unwrap().passphrase.clone();
    let mut ring = KeyRing::open(&data.join("keys"), Cost::STATION).unwrap();
    let unlocked = ring.unlock(&ACCOUNT.parse().unwrap(), &Secret::new(secret.clone()), MORNING_MS).unwrap();
    let key = *unlocked.opened().database_key();
    let (person_key, station_key) = (unlocked.public_key(), unlocked.opened().station_key());
    drop((unlocked, ring));
    let mut page = [0; 4096];
    File::open(data.join("station.db")).unwrap().read_exact(&mut page).unwrap();
    let seal_key = sqlcipher_seal_key(&key, page.first_chunk().unwrap());
    // SQLCipher keeps this one masked, so that it is not found before the lock either; that it is the right one shows
    // on the file.
    assert!(seals_first_page(&seal_key, &page), "this is not the key of the seals");

    let mut worker = Worker::start(&data, &secret);
    let typed = worker.memory_when("typed");
    assert!(count(&typed, secret.as_bytes()) > 0, "the search is blind for what is typed");
    let open = worker.memory_when("open");
    let seed = |key, whose| {
        seed_of(&open, key).unwrap_or_else(|| panic!("the search is blind for the seed of {whose}"))
    };
    let sought = [
        ("the database key", key.to_vec()),
        ("the signing seed of the person", seed(person_key.as_bytes(), "the person").to_vec()),
        ("the signing seed of the station", seed(station_key.as_bytes(), "the station").to_vec()),
    ];
    for (what, bytes) in &sought {
        assert!(count(&open, bytes) > 0, "the search is blind for {what}");
    }
    let locked = worker.memory_when("locked");
    let texts = [
        ("the secret", secret),
        ("the database key in digits", hex(&key)),
        ("the database key in capital digits", hex(&key).to_uppercase()),
    ];
    let texts = texts.map(|(what, text)| (what, text.into_bytes()));
    let seal_key = [("the key of the pages' seals", seal_key.to_vec())];
    let all = || sought.iter().chain(&texts).chain(&seal_key);
    let found: Vec<(&str, usize)> =
        all().map(|(what, bytes)| (*what, count(&locked, bytes))).filter(|(_, times)| *times > 0).collect();
    let person = person();
    let personal = [Some(person.full_name), person.nik, Some(person.mother_name)];
    let left = |memory: &[u8]| -> usize {
        personal.iter().flatten().map(|text| count(memory, text.as_bytes())).sum()
    };
    let told = format!(
        "{} MB; name, NIK and mother's name stand in it {} times, {} before the lock",
        locked.len() / 1_000_000,
        left(&locked),
        left(&open)
    );
    println!("{told}");
    assert!(found.is_empty(), "found after the lock: {found:?}");
    assert!(left(&open) > PERSONAL_LEFT_MAX && left(&locked) <= PERSONAL_LEFT_MAX, "{told}");
    let count = all().count() as u64;
    campaign.end(&Row { count, of: "keys and secrets", lost: 0, told }).unwrap();
}

#[test]
fn a_running_program_is_kept_out_of_core_dumps_and_swap() {
    let folder = tempfile::tempdir().unwrap();
    let ack = folder.path().join("ack");
    let mut day = Command::new(built("rekam").unwrap())
        .args(["day", "--people", "200", "--images", "tiny", "--json", "--data"])
        .arg(folder.path().join("station"))
        .arg("--ack")
        .arg(&ack)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while acknowledged(&ack).is_empty() && day.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    let about = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", day.id())).unwrap();
    let (limits, status) = (about("limits"), about("status"));
    day.kill().unwrap();
    day.wait().unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    let kib = |name: &str| -> u64 {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    // Bit 14 of the capabilities: whoever has it may lock as much as there is.
    let may_lock = status.lines().find_map(|line| line.strip_prefix("CapEff:")).unwrap();
    if u64::from_str_radix(may_lock.trim(), 16).unwrap() >> 14 & 1 == 1 {
        assert!(kib("VmLck:") >= kib("VmRSS:"), "{status}");
    }
}
