//! A station's disk is destroyed: it is given back from its backup on a new folder, and goes on.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in the functions it shares")]

use std::fs;
use std::path::PathBuf;

use rekam_tests::program::rekam;

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
