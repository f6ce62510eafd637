//! The disk says no in the middle of a day: full, a failing write, a failing sync, a failing open, once or for ever.
//!
//! The short form lets a few calls of every kind fail, `REKAM_LONG=1` every single one. Whatever failed, the program
//! names it, every acknowledged step is there afterwards, all chains are whole, and the next day finishes everybody.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in the functions it shares")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rekam_core::problem::Code;
use rekam_tests::campaign::{Campaign, Row, is_long};
use rekam_tests::program::built;
use rekam_tests::promise::{acknowledged, expect_nobody_half, expect_whole, kept, lost, problem_of};
use rekam_tests::strace::{Fault, Traced, run};
use serde::{Deserialize, Serialize};

/// Calls that can fail on a file of the station, the error each can give, and how many places the short form tries.
const KINDS: [(&str, &str, usize); 8] = [
    ("pwrite64", "EIO", 3),
    ("pwrite64", "ENOSPC", 3),
    ("fdatasync", "EIO", 4),
    ("fsync", "EIO", 2),
    ("write", "EIO", 1),
    ("write", "ENOSPC", 1),
    ("openat", "EIO", 2),
    ("ftruncate", "EIO", 1),
];
/// The same while a station is being set up in an empty folder.
const KINDS_OF_SET_UP: [(&str, &str, usize); 3] =
    [("rename", "EIO", 2), ("fsync", "EIO", 1), ("write", "ENOSPC", 1)];
/// The names a disk that says no may be given.
const NAMES: [Code; 4] = [Code::DiskFull, Code::DiskRefused, Code::DiskNearlyFull, Code::FolderUnusable];
/// A day may make a call less than the one that was counted.
const NOT_REACHED: &str = "not_reached";
/// Each worker runs one program at a time.
const WORKERS: usize = 2;
/// After so many the campaign can be stopped and continued.
const ROUND: usize = 16;
/// After every so many, the next day is worked to its end.
const DAY_EVERY: usize = 4;

fn day(data: &Path, ack: &Path) -> Command {
    let mut day = Command::new(built("rekam").unwrap());
    day.args(["day", "--people", "1", "--seed", "31", "--images", "tiny", "--json", "--data"]);
    day.arg(data).arg("--ack").arg(ack);
    day
}

/// Everything but the ballast, which no step touches.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else if !path.ends_with("ballast") {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// The folder of a station and every file that may be in it.
fn files(template: &Path, data: &Path) -> Vec<PathBuf> {
    let mut files = vec![data.to_owned(), data.join("keys")];
    for folder in ["", "keys"] {
        for entry in fs::read_dir(template.join(folder)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                let name = entry.file_name().into_string().unwrap();
                let path = data.join(folder).join(&name);
                files.extend([path.with_file_name(format!("{name}.new")), path]);
            }
        }
    }
    files
}

/// What was seen at all places so far.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Total {
    tried: usize,
    /// By the name the program gave; `gone_on` where it could do without.
    named: BTreeMap<String, u64>,
    acknowledged: usize,
    continued: u64,
    lost: usize,
    wrong: Vec<String>,
}

/// Lets one call fail, at a station that was used before or in an empty folder; answers what was wrong.
fn try_one(
    number: usize,
    template: &Path,
    place: &Path,
    (fault, is_set_up): &(Fault, bool),
    total: &Mutex<Total>,
) -> Result<(), String> {
    let (data, ack) = (place.join("station"), place.join("ack"));
    if !is_set_up {
        copy(template, &data);
        fs::copy(template.with_extension("ack"), &ack).unwrap();
    }
    let before = acknowledged(&ack).len();
    let traced =
        run(&day(&data, &ack), &files(template, &data), &[fault.call], Some(fault), &place.join("log"))
            .unwrap();
    let complaint = String::from_utf8_lossy(&traced.output.stderr);
    let name = match (traced.output.status.code(), problem_of(&complaint)) {
        (Some(0), _) if !traced.is_injected() => NOT_REACHED,
        (Some(0), _) => "gone_on",
        (Some(1), Some(code)) if NAMES.contains(&code) => code.word(),
        (status, _) => return Err(format!("ended with {status:?}: {complaint}")),
    };
    let promised = acknowledged(&ack);
    {
        let mut total = total.lock().unwrap();
        *total.named.entry(name.to_owned()).or_default() += 1;
        total.acknowledged += promised.len() - before;
    }
    let lost = lost(&promised, &kept(&data).map_err(|error| error.to_string())?);
    if !lost.is_empty() {
        total.lock().unwrap().lost += lost.len();
        return Err(format!("lost: {lost:?}"));
    }
    if !is_set_up {
        expect_whole(&data).map_err(|error| error.to_string())?;
    }
    if *is_set_up || number.is_multiple_of(DAY_EVERY) {
        let next = day(&data, &ack).output().unwrap();
        if !next.status.success() {
            return Err(format!("the next day: {}", String::from_utf8_lossy(&next.stderr)));
        }
        expect_nobody_half(&data).map_err(|error| error.to_string())?;
        expect_whole(&data).map_err(|error| error.to_string())?;
        total.lock().unwrap().continued += 1;
    }
    Ok(())
}

/// Every place of these kinds, or some spread over all of them.
fn places(
    kinds: &[(&'static str, &'static str, usize)],
    traced: &Traced,
    is_set_up: bool,
) -> Vec<(Fault, bool)> {
    assert!(traced.output.status.success(), "{}", String::from_utf8_lossy(&traced.output.stderr));
    let mut faults = Vec::new();
    for &(call, error, few) in kinds {
        let count = traced.count(call);
        assert!(count > 0, "no {call} was made: the campaign looks at the wrong calls");
        let few = if is_long() { count } else { few.min(count) };
        for is_for_ever in [false, true] {
            // The second series lies between the places of the first.
            let shift = usize::from(is_for_ever) * (count / few / 2);
            let at = |place: usize| (place * count / few + shift).min(count - 1) + 1;
            faults
                .extend((0..few).map(|place| (Fault { call, error, at: at(place), is_for_ever }, is_set_up)));
        }
    }
    faults
}

#[test]
fn keeps_every_acknowledged_step_when_a_call_fails() {
    let campaign =
        Campaign::begin("disk says no", "write, sync, open fail with EIO or ENOSPC, once or for ever")
            .unwrap();
    let template = campaign.folder().join("template");
    let ack = template.with_extension("ack");
    if !template.exists() {
        let set_up = day(&template, &ack).output().unwrap();
        assert!(set_up.status.success(), "{}", String::from_utf8_lossy(&set_up.stderr));
    }
    let (clean, log) = (campaign.folder().join("clean"), campaign.folder().join("clean-log"));
    let mut faults = Vec::new();
    for (kinds, is_set_up) in [(KINDS.as_slice(), false), (KINDS_OF_SET_UP.as_slice(), true)] {
        let _ = fs::remove_dir_all(&clean);
        let calls: Vec<&str> = kinds.iter().map(|(call, ..)| *call).collect();
        if !is_set_up {
            copy(&template, &clean);
        }
        let day = day(&clean, &clean.with_extension("ack"));
        let traced = run(&day, &files(&template, &clean), &calls, None, &log).unwrap();
        fs::remove_dir_all(&clean).unwrap();
        faults.extend(places(kinds, &traced, is_set_up));
    }

    let mut total: Total = campaign.resume().unwrap();
    while total.tried < faults.len() {
        let until = faults.len().min(total.tried + ROUND);
        let (next, shared) = (AtomicUsize::new(total.tried), Mutex::new(total));
        std::thread::scope(|scope| {
            for _ in 0..WORKERS {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some(fault) = faults[..until].get(number) else { break };
                        let place = campaign.folder().join(format!("place-{number}"));
                        let _ = fs::remove_dir_all(&place);
                        fs::create_dir_all(&place).unwrap();
                        if let Err(wrong) = try_one(number, &template, &place, fault, &shared) {
                            shared.lock().unwrap().wrong.push(format!("{fault:?}: {wrong}"));
                        }
                        fs::remove_dir_all(&place).unwrap();
                    }
                });
            }
        });
        total = shared.into_inner().unwrap();
        total.tried = until;
        campaign.keep(&total).unwrap();
    }
    let Total { tried, named, acknowledged, continued, lost, wrong } = total;
    let told = format!("{named:?}, {acknowledged} steps acknowledged before, {continued} next days")
        .replace('"', "");
    println!("{tried} places: {told}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(named.contains_key("disk_refused") && named.contains_key("disk_full"), "{named:?}");
    let missed = named.get(NOT_REACHED).copied().unwrap_or(0);
    assert!(missed * 20 < tried as u64, "{missed} of {tried} calls were not reached");
    campaign.end(&Row { count: tried as u64, of: "failing calls", lost: lost as u64, told }).unwrap();
}
