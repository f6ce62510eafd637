//! One program at a time, across real processes: this test binary starts itself once more.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rekam_keys::{KeyRing, RingError};

use crate::{Desk, NOW, PASSPHRASE, cost, id, secret};

/// Tells the second process which ring to try; without it that test has nothing to do.
const RING: &str = "REKAM_TEST_RING_OF_OTHER_PROCESS";
const HELD: &str = "second process: held";
const REFUSED: &str = "second process: refused";

/// What the second process does: tries the ring, says what came of it, and holds it until its input ends.
#[test]
fn second_process() {
    let Ok(path) = std::env::var(RING) else { return };
    match KeyRing::open(Path::new(&path), cost()) {
        Ok(_held) => {
            println!("\n{HELD}");
            std::io::stdin().lines().for_each(drop);
        }
        Err(RingError::InUse) => println!("\n{REFUSED}"),
        Err(other) => panic!("{other}"),
    }
}

/// Starts the second process, and waits for what it says.
fn second(desk: &Desk) -> (Child, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::second_process", "--nocapture"])
        .env(RING, desk.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines().map_while(Result::ok);
    let said = lines.into_iter().find(|line| line.starts_with("second process")).unwrap_or_default();
    (child, said)
}

#[test]
fn a_second_program_is_refused_while_the_first_has_the_ring() {
    let desk = Desk::new();
    let mut ring = desk.open();
    let (mut child, said) = second(&desk);
    child.wait().unwrap();
    assert_eq!(said, REFUSED);
    // The one who was there first goes on undisturbed.
    ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    drop(ring);
    let (mut child, said) = second(&desk);
    assert_eq!(said, HELD);
    assert!(matches!(KeyRing::open(&desk.path(), cost()), Err(RingError::InUse)));
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    desk.open();
}

#[test]
fn a_killed_program_leaves_no_lock_behind() {
    let desk = Desk::new();
    let (mut child, said) = second(&desk);
    assert_eq!(said, HELD);
    child.kill().unwrap();
    child.wait().unwrap();
    desk.open().unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
}
