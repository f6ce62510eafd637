//! A station's disk is destroyed: it is given back from its backup on a new folder, and goes on.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in the functions it shares")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rekam_store::Mirror;
use rekam_tests::campaign::{Campaign, Row, is_long};
use rekam_tests::program::{built, rekam};
use rekam_tests::promise::{acknowledged, expect_nobody_half, expect_whole, kept, lost, problem_of};

/// How many stations lose their disk.
const DISKS: u64 = 3;
const DISKS_LONG: u64 = 40;
/// Between two disks, so many more steps are waited for.
const STEPS_APART: usize = 23;

fn done(arguments: &[&str]) -> String {
    let answer = rekam(arguments).unwrap();
    let said = String::from_utf8_lossy(&answer.stderr).into_owned();
    assert!(answer.status.success(), "{arguments:?}: {said}");
    String::from_utf8(answer.stdout).unwrap()
}

fn refused(arguments: &[&str]) -> String {
    let answer = rekam(arguments).unwrap();
    assert!(!answer.status.success(), "{arguments:?} must be refused");
    String::from_utf8(answer.stderr).unwrap()
}

#[test]
fn a_restored_station_holds_the_same_steps_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (data, disk, new) = (at("station"), at("disk"), at("new"));
    fs::create_dir(&disk).unwrap();
    done(&["day", "--data", &data, "--people", "3", "--images", "tiny"]);
    done(&["backup", "create", "--data", &data, "--to", &disk]);
    let copies: Vec<PathBuf> = fs::read_dir(&disk)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    assert_eq!(copies.len(), 1);
    let copy = copies.first().unwrap().to_str().unwrap();
    done(&["backup", "verify", copy]);
    let before = done(&["case", "list", "--data", &data, "--steps", "--json"]);
    fs::remove_dir_all(&data).unwrap();

    done(&["backup", "restore", copy, "--data", &new]);
    assert_eq!(done(&["case", "list", "--data", &new, "--steps", "--json"]), before);
    done(&["audit", "verify", "--data", &new]);
    done(&["day", "--data", &new, "--people", "1", "--images", "tiny"]);
    done(&["audit", "verify", "--data", &new]);

    // Never over a station, and never from a copy that is not whole.
    assert!(refused(&["backup", "restore", copy, "--data", &new]).contains("folder_not_empty"));
    let database = copies.first().unwrap().join("station.db");
    let mut bytes = fs::read(&database).unwrap();
    let middle = bytes.len() / 2;
    *bytes.get_mut(middle).unwrap() ^= 1;
    fs::write(&database, bytes).unwrap();
    assert!(refused(&["backup", "verify", copy]).contains("copy_damaged"));
    assert!(refused(&["backup", "restore", copy, "--data", &at("other")]).contains("copy_damaged"));
}

/// Keeps a mirror beside a running day, removes the station's folder under it; answers how many steps the mirror had
/// caught up with by then, and how many were acknowledged in all.
fn destroy(data: &Path, mirror: &Path, ack: &Path, steps: usize) -> (usize, usize) {
    let mut day = Command::new(built("rekam").unwrap())
        .args(["day", "--people", "60", "--images", "tiny", "--json", "--data"])
        .arg(data)
        .arg("--ack")
        .arg(ack)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while acknowledged(ack).is_empty() {
        assert!(day.try_wait().unwrap().is_none(), "the day ended before its first step");
        std::thread::yield_now();
    }
    fs::create_dir_all(mirror).unwrap();
    let mut kept = Mirror::attach(data, mirror).unwrap();
    let (mut caught, mut now_ms) = (0, 1);
    while caught < steps {
        let before = acknowledged(ack).len();
        let state = kept.catch_up(now_ms).unwrap();
        if state.behind_bytes == 0 && state.problem.is_none() {
            caught = before;
        }
        now_ms += 1;
        assert!(day.try_wait().unwrap().is_none(), "the day ended before its disk was lost");
    }
    drop(kept);
    // The day goes on writing while its folder is taken away.
    while data.exists() {
        let _ = fs::remove_dir_all(data);
    }
    let ended = day.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(problem_of(&said).is_some(), "{said}");
    (caught, acknowledged(ack).len())
}

#[test]
fn a_station_whose_disk_is_lost_in_the_middle_of_a_day_goes_on_from_its_mirror() {
    let campaign = Campaign::begin("restore", "the station's folder removed under a running day").unwrap();
    let disks = if is_long() { DISKS_LONG } else { DISKS };
    let (mut disk, mut restored, mut behind): (u64, usize, usize) = campaign.resume().unwrap();
    while disk < disks {
        let place = campaign.folder().join(format!("disk-{disk}"));
        let _ = fs::remove_dir_all(&place);
        let at = |name: &str| place.join(name);
        let (data, mirror, new, ack) = (at("station"), at("mirror"), at("new"), at("ack"));
        fs::create_dir_all(&place).unwrap();
        let steps = STEPS_APART * (usize::try_from(disk % 10).unwrap() + 1);
        let (caught, promised) = destroy(&data, &mirror, &ack, steps);

        done(&["backup", "restore", mirror.to_str().unwrap(), "--data", new.to_str().unwrap()]);
        let promises = acknowledged(&ack);
        let found = kept(&new).unwrap();
        assert_eq!(lost(&promises[..caught], &found), [], "disk {disk}: the mirror had them");
        for (case, step, hash) in &promises {
            let there = found.get(&(case.clone(), step.clone()));
            assert!(there.is_none_or(|found| found == hash), "disk {disk}: {case} {step} is another one");
        }
        expect_whole(&new).unwrap();
        done(&["day", "--people", "1", "--images", "tiny", "--data", new.to_str().unwrap()]);
        expect_nobody_half(&new).unwrap();
        expect_whole(&new).unwrap();
        (disk, restored, behind) = (disk + 1, restored + caught, behind + promised - caught);
        campaign.keep(&(disk, restored, behind)).unwrap();
        fs::remove_dir_all(&place).unwrap();
    }
    let told = format!("{restored} steps the mirror had caught up with, {behind} acknowledged after it");
    println!("{disks} disks: {told}");
    campaign.end(&Row { count: disks, of: "disks destroyed", lost: 0, told }).unwrap();
}
