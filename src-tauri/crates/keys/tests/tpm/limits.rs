//! The chip counts for itself, whatever becomes of the records on the disk.

use std::fs;
use std::time::{Duration, Instant};

use rekam_keys::{Cost, HardwareError, KeyRing, NewAccount, Tpm, UnlockError};

use crate::chip::SoftwareTpm;
use crate::{Desk, NOW, PASSPHRASE, PIN, guarded, hardware, id, secret, temporary};

const WRONG: &str = "735192";

#[test]
fn a_wrong_secret_counts_on_the_disk_and_in_the_chip() {
    let chip = guarded();
    let desk = Desk::new(Some(chip.tpm()), PIN);
    assert_eq!(chip.tries(), (0, 64));
    for wrong in 1..=3 {
        match desk.unlock(Some(chip.tpm()), WRONG).unwrap_err() {
            UnlockError::WrongSecret { tries_left_before_wait, .. } => {
                assert_eq!(tries_left_before_wait, 5 - wrong);
            }
            other => panic!("{other}"),
        }
        assert_eq!(chip.tries().0, wrong);
    }
    desk.unlock(Some(chip.tpm()), PIN).unwrap();
    // Putting back the records of the disk gives no tries back in the chip.
    let copy = desk.copied();
    for wrong in 4..=9 {
        fs::copy(desk.path().join("siti.attempts"), copy.path().join("siti.attempts")).unwrap();
        assert!(copy.unlock(Some(chip.tpm()), WRONG).is_err());
        assert_eq!(chip.tries().0, wrong);
    }
}

#[test]
fn a_locked_chip_is_named_and_takes_nobody_until_it_forgives() {
    let chip = SoftwareTpm::owned(3, 600);
    let desk = Desk::new(Some(chip.tpm()), PIN);
    for _ in 0..3 {
        assert!(matches!(desk.unlock(Some(chip.tpm()), WRONG), Err(UnlockError::WrongSecret { .. })));
    }
    let tries = desk.read("siti.attempts");
    for text in [PIN, WRONG] {
        let error = hardware(desk.unlock(Some(chip.tpm()), text));
        assert!(matches!(error, HardwareError::Locked { wait_ms: 600_000 }), "{error}");
        assert_eq!(error.text_values(), [("minutes", "10".to_owned())]);
    }
    let mut ring = desk.open(Some(chip.tpm()));
    let refused = ring.may_try(&id("siti"), NOW);
    assert!(matches!(refused, Err(UnlockError::Hardware(HardwareError::Locked { .. }))));
    // What the chip refuses costs no try on the disk.
    assert_eq!(desk.read("siti.attempts"), tries);
    // Sealing needs no try: a reset works while the chip is locked, and is used afterwards.
    let opened = ring.recover(&desk.recovery).unwrap();
    ring.reset_secret(&opened, &id("siti"), &secret("918273"), NOW).unwrap();
    chip.cut();
    chip.start();
    let unlock = |ring: &mut KeyRing| ring.unlock(&id("siti"), &secret("918273"), NOW);
    assert!(
        matches!(hardware(unlock(&mut ring)), HardwareError::Locked { .. }),
        "a restart forgives nothing"
    );
    chip.forgive();
    unlock(&mut ring).unwrap();
}

#[test]
fn guarding_takes_a_fresh_chip_over_once_and_leaves_an_owned_one_alone() {
    let chip = SoftwareTpm::fresh();
    assert!(chip.tpm().guard().unwrap());
    assert_eq!((chip.tries(), chip.seconds()), ((0, 32), 3600));
    let desk = Desk::new(Some(chip.tpm()), PIN);
    assert!(chip.tpm().guard().unwrap());
    desk.unlock(Some(chip.tpm()), PIN).unwrap();

    let (strict, loose) = (SoftwareTpm::owned(10, 7200), SoftwareTpm::owned(1000, 60));
    assert!(strict.tpm().guard().unwrap());
    assert!(!loose.tpm().guard().unwrap());
    assert_eq!((strict.tries(), strict.seconds()), ((0, 10), 7200));
    assert_eq!((loose.tries(), loose.seconds()), ((0, 1000), 60));
    chip.cut();
    assert!(matches!(chip.tpm().guard(), Err(HardwareError::Missing { .. })));
}

#[test]
fn one_unlock_with_a_chip_takes_its_time() {
    let chip = guarded();
    let root = temporary();
    let median = |tpm: Option<Tpm>, cost: Cost, folder: &str| {
        let first = NewAccount { id: &id("siti"), secret: &secret(PASSPHRASE), card: b"" };
        let path = root.path().join(folder);
        let mut ring = KeyRing::create(&path, &first, cost.with(tpm), NOW).unwrap().ring;
        let mut times: Vec<_> = (0..9)
            .map(|_| {
                let start = Instant::now();
                ring.unlock(&id("siti"), first.secret, NOW).unwrap();
                start.elapsed()
            })
            .collect();
        times.sort();
        times[4]
    };
    let whole = median(Some(chip.tpm()), Cost::STATION, "a");
    let (with, without) = (median(Some(chip.tpm()), crate::cost(), "b"), median(None, crate::cost(), "c"));
    println!(
        "unlock: median {whole:?} with a software TPM; with cheap stretching {with:?}, without TPM {without:?}"
    );
    // Wide, for a busy computer: the chip must not be what people wait for.
    assert!(whole < Duration::from_secs(10));
}
