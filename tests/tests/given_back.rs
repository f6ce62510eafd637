//! The giving back of a damaged database from its mirror, killed before every system call that changes something: a
//! second one finishes it, and nothing is lost that the mirror had, overwritten, or numbered twice.
//!
//! The short form kills before every rename, new folder and removal and at some of the other calls; `REKAM_LONG=1`
//! before each of them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in the functions it shares")]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rekam_tests::campaign::{Campaign, Row, is_long};
use rekam_tests::program::{built, rekam};
use rekam_tests::promise::{Promise, acknowledged, expect_nobody_half, expect_whole, kept, lost};
use rekam_tests::strace::{Fault, name_of, run};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Calls that change a file or make a change durable.
const CALLS: [&str; 9] =
    ["rename", "mkdir", "unlink", "fsync", "fdatasync", "ftruncate", "pwrite64", "write", "copy_file_range"];
/// The first so many of them are few, and each is a step of its own.
const CALLS_EACH: usize = 3;
/// Other calls that are tried in the short form.
const OTHERS: usize = 3;
/// In the short form the day goes on after every so many of them.
const GOES_ON_EVERY: usize = 6;
/// SIGKILL.
const KILL: i32 = 9;

fn done(arguments: &[&str]) -> String {
    let answer = rekam(arguments).unwrap();
    let said = String::from_utf8_lossy(&answer.stderr).into_owned();
    assert!(answer.status.success(), "{arguments:?}: {said}");
    String::from_utf8(answer.stdout).unwrap()
}

/// A station whose database was damaged after its mirror had everything but the last person.
struct Scene {
    /// Where the station works; its mirror lies beside it.
    station: PathBuf,
    mirror: PathBuf,
    /// Both as they were before the first kill.
    before: PathBuf,
    /// What was acknowledged while the mirror followed.
    promises: Vec<Promise>,
    /// Numbers that were given out, the mirror knowing of them or not.
    numbers: BTreeSet<String>,
    /// The damaged database.
    ruined: Vec<u8>,
}

impl Scene {
    fn set(folder: &Path) -> Self {
        let at = |name: &str| folder.join(name);
        let (station, mirror, before, ack) = (at("station"), at("mirror"), at("before"), at("ack"));
        fs::create_dir_all(&mirror).unwrap();
        let data = station.to_str().unwrap();
        done(&["station", "demonstrate", "--data", data]);
        done(&["mirror", "keep", "--data", data, "--to", mirror.to_str().unwrap()]);
        done(&["day", "--data", data, "--people", "1", "--images", "tiny", "--ack", ack.to_str().unwrap()]);
        // The disk of the mirror is pulled, and one more person gets numbers.
        let away = at("away");
        fs::rename(&mirror, &away).unwrap();
        done(&["day", "--data", data, "--people", "1", "--images", "tiny"]);
        fs::rename(&away, &mirror).unwrap();
        let numbers = numbers(&station);

        let database = station.join("station.db");
        let mut bytes = fs::read(&database).unwrap();
        let middle = bytes.len() / 2;
        bytes.iter_mut().take(middle).for_each(|byte| *byte ^= 0x5a);
        fs::write(&database, &bytes).unwrap();
        let ruined = Sha256::digest(&bytes).to_vec();
        copy(&station, &before.join("station"));
        copy(&mirror, &before.join("mirror"));
        Self { station, mirror, before, promises: acknowledged(&ack), numbers, ruined }
    }

    fn again(&self) {
        for (place, name) in [(&self.station, "station"), (&self.mirror, "mirror")] {
            fs::remove_dir_all(place).unwrap();
            copy(&self.before.join(name), place);
        }
    }

    fn give_back(&self) -> Command {
        let mut command = Command::new(built("rekam").unwrap());
        command.args(["mirror", "give-back", "--data"]).arg(&self.station);
        command
    }

    /// What must hold after the second giving back.
    fn expect_given_back(&self, place: &str) {
        let found = kept(&self.station).unwrap();
        assert_eq!(lost(&self.promises, &found), [], "{place}: the mirror had them");
        expect_whole(&self.station).unwrap();
        let aside = fs::read_dir(&self.station).unwrap().map(|entry| entry.unwrap().path());
        let aside = aside.filter(|path| path.to_string_lossy().contains("set-aside-"));
        let kept = aside.filter_map(|path| fs::read(path.join("station.db")).ok());
        let kept: Vec<_> = kept.filter(|bytes| Sha256::digest(bytes).as_slice() == self.ruined).collect();
        assert_eq!(kept.len(), 1, "{place}: the damaged database is kept as it was, once");
    }

    /// The day goes on, and nobody gets a number that somebody else went home with.
    fn expect_to_go_on(&self, place: &str) {
        let data = self.station.to_str().unwrap();
        let there = numbers(&self.station);
        done(&["day", "--data", data, "--people", "1", "--images", "tiny"]);
        expect_nobody_half(&self.station).unwrap();
        expect_whole(&self.station).unwrap();
        let new: BTreeSet<_> = numbers(&self.station).difference(&there).cloned().collect();
        assert!(!new.is_empty(), "{place}: somebody came");
        assert!(new.is_disjoint(&self.numbers), "{place}: given twice: {new:?} and {:?}", self.numbers);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(copied.success(), "{} is not copied", from.display());
}

fn numbers(station: &Path) -> BTreeSet<String> {
    let listed = done(&["case", "list", "--json", "--data", station.to_str().unwrap()]);
    let cases: Value = serde_json::from_str(&listed).unwrap();
    let number =
        |case: &Value| case.pointer("/states/registration").and_then(Value::as_str).unwrap().to_owned();
    cases.as_array().unwrap().iter().map(number).collect()
}

/// Every call of the first thread that is tried: its name, and which of its kind.
fn moments(log: &str) -> Vec<(&'static str, usize)> {
    let first = log.split_whitespace().next().unwrap();
    let ours: Vec<_> = log.lines().filter(|line| line.split_whitespace().next() == Some(first)).collect();
    let all = |call: &'static str| {
        let count = ours.iter().filter(|line| name_of(line) == Some(call)).count();
        (1..=count).map(move |at| (call, at))
    };
    let (each, others) = CALLS.split_at(CALLS_EACH);
    let mut chosen: Vec<_> = each.iter().flat_map(|call| all(call)).collect();
    let others: Vec<_> = others.iter().flat_map(|call| all(call)).collect();
    assert!(chosen.len() > 5 && others.len() > 50, "giving back makes more calls than these: {chosen:?}");
    let apart = if is_long() { 1 } else { others.len() / OTHERS };
    chosen.extend(others.into_iter().step_by(apart));
    chosen
}

#[test]
fn a_giving_back_that_is_killed_anywhere_is_finished_by_the_next_one() {
    let campaign = Campaign::begin("given back", "SIGKILL before the calls of mirror give-back").unwrap();
    let folder = campaign.folder().join("scene");
    let _ = fs::remove_dir_all(&folder);
    let scene = Scene::set(&folder);
    let log = folder.join("log");
    let whole = run(&scene.give_back(), &[], &CALLS, None, &log).unwrap();
    assert!(whole.output.status.success(), "{}", String::from_utf8_lossy(&whole.output.stderr));
    let moments = moments(&whole.log);
    // How far it is, and how many kills came before the end: the last calls are not the same in every run.
    let (tried, mut hit): (usize, usize) = campaign.resume().unwrap();
    for (place, (call, at)) in moments.iter().enumerate().skip(tried) {
        let named = format!("killed before {call} {at}");
        scene.again();
        let fault = Fault { call, error: "", at: *at, is_for_ever: false };
        let killed = run(&scene.give_back(), &[], &CALLS, Some(&fault), &log).unwrap();
        match killed.output.status.signal() {
            Some(KILL) => hit += 1,
            _ => assert!(killed.output.status.success() && !killed.is_injected(), "{named}: {}", killed.log),
        }
        let second = scene.give_back().output().unwrap();
        assert!(second.status.success(), "{named}: {}", String::from_utf8_lossy(&second.stderr));
        scene.expect_given_back(&named);
        if is_long() || place.is_multiple_of(GOES_ON_EVERY) {
            scene.expect_to_go_on(&named);
        }
        campaign.keep(&(place + 1, hit)).unwrap();
    }
    assert!(hit * 10 >= moments.len() * 9, "{hit} of {} moments were reached", moments.len());
    let told = format!("{} acknowledged steps in the mirror", scene.promises.len());
    println!("{hit} kills: {told}");
    campaign.end(&Row { count: u64::try_from(hit).unwrap(), of: "kills", lost: 0, told }).unwrap();
}
