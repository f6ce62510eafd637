//! A sync fails once, and the desk goes on: what was in doubt is read and written again before anything more is promised.
//!
//! The station works in a process of its own, which tries every refused step again, as the window does. Its system
//! calls are read afterwards: no promise may rest on a file whose sync failed and that was only synced once more.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in the functions it shares")]

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Command;

use rekam_core::clock::{Clock, SetClock};
use rekam_core::demonstration;
use rekam_core::desk::Recorded;
use rekam_core::knowledge::kind;
use rekam_core::problem::Problem;
use rekam_core::station::Station;
use rekam_core::view::SignInRequest;
use rekam_domain::purpose::Purpose;
use rekam_driver_sim::{Situation, SyntheticPerson};
use rekam_tests::campaign::{Campaign, Row, is_long};
use rekam_tests::promise::{acknowledged, expect_whole, kept, lost};
use rekam_tests::strace::{Fault, Traced, promises_on_doubtful_files, run};
use serde_json::json;

const FOLDER: &str = "REKAM_SYNC_FAILS_FOLDER";
const MORNING_MS: i64 = 1_795_392_000_000;
/// Pages that are scanned, each a promise.
const PAGES: u32 = 8;
/// How many syncs the short form lets fail.
const PLACES: usize = 8;
const CALLS: [&str; 7] = ["openat", "close", "pread64", "pwrite64", "write", "fsync", "fdatasync"];

/// Works when it was started for that, and does nothing otherwise.
#[test]
fn station_that_tries_again() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let mut ack = OpenOptions::new().create(true).append(true).open(folder.join("ack")).unwrap();
    let clock = SetClock::at(MORNING_MS);
    let mut station = Station::open(&folder.join("station"), Clock::Set(clock.clone())).unwrap();
    let officers = demonstration::accounts_shown();
    let operator = officers.iter().find(|shown| shown.account == "operator").unwrap();
    insist(|| {
        let request =
            SignInRequest { account: operator.account.clone(), secret: operator.passphrase.clone() };
        station.sign_in(request)
    });
    let day = jiff::civil::date(2026, 11, 23);
    let person = SyntheticPerson::in_situation(7, day, Situation::Ordinary).biodata();
    let (case, step) = insist(|| station.open_case(Purpose::New, &person));
    writeln!(ack, "{}", serde_json::to_string(&step).unwrap()).unwrap();
    for page in 1..=PAGES {
        clock.advance(1_000);
        let (slot, body) = (format!("kk.{page}"), json!({"dpi": 200}));
        let recorded = Recorded {
            kind: kind::DOCUMENT,
            slot: &slot,
            body: &body,
            image: Some(("image/png", &[7; 9_000])),
        };
        let step = insist(|| station.record(case, recorded));
        writeln!(ack, "{}", serde_json::to_string(&step).unwrap()).unwrap();
    }
}

/// A fault that happened once is over the second time, or the third.
fn insist<T>(mut attempt: impl FnMut() -> Result<T, Problem>) -> T {
    attempt().or_else(|_| attempt()).or_else(|_| attempt()).unwrap()
}

fn work(folder: &Path, fault: Option<&Fault>) -> Traced {
    demonstration::set_up(&folder.join("station"), &Clock::Set(SetClock::at(MORNING_MS))).unwrap();
    let mut program = Command::new(std::env::current_exe().unwrap());
    program.args(["--exact", "station_that_tries_again", "--nocapture"]).env(FOLDER, folder);
    let names = ["station/station.db", "station/station.db-wal", "ack"];
    let files = names.map(|name| folder.join(name));
    run(&program, &files, &CALLS, fault, &folder.join("log")).unwrap()
}

#[test]
fn promises_nothing_on_a_file_whose_sync_failed() {
    let campaign =
        Campaign::begin("a sync fails", "one sync fails, the desk tries again and goes on").unwrap();
    let folder = |name: String| {
        let folder = campaign.folder().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    };
    let clean = work(&folder("clean".into()), None);
    let count = clean.count("fdatasync");
    assert!(clean.output.status.success() && count > usize::try_from(PAGES).unwrap(), "{count} syncs");
    let places = if is_long() { count } else { PLACES };
    let mut promised = 0;
    for place in 0..places {
        let folder = folder(format!("place-{place}"));
        let at = place * count / places + 1;
        let fault = Fault { call: "fdatasync", error: "EIO", at, is_for_ever: false };
        let traced = work(&folder, Some(&fault));
        let said = String::from_utf8_lossy(&traced.output.stdout);
        assert!(traced.is_injected(), "{fault} was not reached");
        assert!(traced.output.status.success(), "{fault}: {said}");
        let ack = folder.join("ack");
        let doubtful = promises_on_doubtful_files(&traced.log, ack.to_str().unwrap());
        assert!(doubtful.is_empty(), "{fault}: promised on what may be in memory only: {doubtful:#?}");
        let (station, promises) = (folder.join("station"), acknowledged(&ack));
        assert_eq!(lost(&promises, &kept(&station).unwrap()), []);
        expect_whole(&station).unwrap();
        promised += promises.len();
        fs::remove_dir_all(folder).unwrap();
    }
    assert_eq!(promised, places * (usize::try_from(PAGES).unwrap() + 1));
    let told = format!("{promised} promises, none on a file in doubt");
    campaign.end(&Row { count: places as u64, of: "failed syncs", lost: 0, told }).unwrap();
}

#[test]
fn a_sync_that_is_only_tried_again_is_found() {
    let line = |call: &str| format!("7 {call}(5</s/station.db-wal>) = 0\n");
    let failed = "7 fdatasync(5</s/station.db-wal>) = -1 EIO (Input/output error) (INJECTED)\n";
    let opened = "7 openat(AT_FDCWD, \"/s/station.db-wal\", O_RDWR) = 5</s/station.db-wal>\n";
    let promise = "7 write(9</ack>, \"{\", 1) = 1\n";
    let breaches = |lines: &[&str]| promises_on_doubtful_files(&lines.concat(), "/ack").len();
    let [close, read, write, sync] = ["close", "pread64", "pwrite64", "fdatasync"].map(line);
    assert_eq!(breaches(&[failed, &close, opened, &read, &write, &sync, promise]), 0);
    assert_eq!(breaches(&[promise, failed]), 0);
    for wrong in [
        vec![failed, &sync, promise],
        vec![failed, &close, opened, &sync, promise],
        vec![failed, &close, opened, &read, &sync, promise],
        vec![failed, &close, opened, &read, &write, promise],
    ] {
        assert_eq!(breaches(&wrong), 1, "{wrong:?}");
    }
}
