//! What a bound ring opens with, and what it does not open with.

use rekam_keys::{HardwareError, NewAccount, SecretError, TrustLevel, UnlockError};

use crate::chip::SoftwareTpm;
use crate::{Desk, NOW, PASSPHRASE, PIN, create, guarded, hardware, id, secret, temporary};

#[test]
fn opens_with_pin_and_chip_after_a_restart_of_both() {
    let chip = guarded();
    let desk = Desk::new(Some(chip.tpm()), PIN);
    assert!(desk.read("siti.key").contains("binding = \"tpm2\""));
    assert!(!desk.read("station.ring").contains("tpm"));
    chip.cut();
    chip.start();
    let mut ring = desk.open(Some(chip.tpm()));
    assert_eq!(ring.trust_level(), TrustLevel::Hardware);
    ring.may_try(&id("siti"), NOW).unwrap();
    let unlocked = ring.unlock(&id("siti"), &secret(PIN), NOW).unwrap();
    assert_eq!(*unlocked.opened().database_key(), desk.key);
    assert_eq!(chip.held(), 0, "nothing stays behind in the chip");
}

#[test]
fn each_slot_has_a_factor_of_its_own() {
    let chip = guarded();
    let desk = Desk::new(Some(chip.tpm()), PIN);
    let mut ring = desk.open(Some(chip.tpm()));
    let siti = ring.unlock(&id("siti"), &secret(PIN), NOW).unwrap();
    let new = NewAccount { id: &id("budi"), secret: &secret(PIN), card: b"" };
    ring.add_account(siti.opened(), &new, NOW).unwrap();
    ring.unlock(&id("budi"), &secret(PIN), NOW).unwrap();
    let private =
        |name| desk.read(name).lines().find(|line| line.starts_with("tpm_private")).unwrap().to_owned();
    assert_ne!(private("siti.key"), private("budi.key"));
}

#[test]
fn a_copy_opens_on_no_other_machine_even_with_the_right_secret() {
    let (chip, other) = (guarded(), guarded());
    let desk = Desk::new(Some(chip.tpm()), PIN).copied();
    let tries = desk.read("siti.attempts");
    for text in [PIN, "735192"] {
        assert!(matches!(hardware(desk.unlock(Some(other.tpm()), text)), HardwareError::Changed));
        assert!(matches!(hardware(desk.unlock(None, text)), HardwareError::Missing { .. }));
    }
    let refused = desk.open(Some(other.tpm())).may_try(&id("siti"), NOW);
    assert!(matches!(refused, Err(UnlockError::Hardware(HardwareError::Changed))));
    // The wrong computer costs nobody a try.
    assert_eq!(desk.read("siti.attempts"), tries);
    assert_eq!(other.tries().0, 0);
    desk.unlock(Some(chip.tpm()), PIN).unwrap();
}

#[test]
fn a_cleared_chip_is_another_chip() {
    let chip = guarded();
    let desk = Desk::new(Some(chip.tpm()), PIN);
    chip.clear();
    assert!(matches!(hardware(desk.unlock(Some(chip.tpm()), PIN)), HardwareError::Changed));
}

#[test]
fn a_chip_that_is_gone_is_named_and_works_when_it_is_back() {
    let chip = guarded();
    let desk = Desk::new(Some(chip.tpm()), PASSPHRASE);
    let tries = desk.read("siti.attempts");
    chip.cut();
    for _ in 0..30 {
        let error = hardware(desk.unlock(Some(chip.tpm()), PASSPHRASE));
        assert!(matches!(error, HardwareError::Missing { .. }), "{error}");
    }
    assert_eq!(desk.read("siti.attempts"), tries);
    assert_eq!(desk.open(Some(chip.tpm())).trust_level(), TrustLevel::Software);
    chip.start();
    desk.unlock(Some(chip.tpm()), PASSPHRASE).unwrap();
    assert_eq!(desk.open(Some(chip.tpm())).trust_level(), TrustLevel::Hardware);
}

#[test]
fn the_recovery_key_needs_no_chip() {
    let chip = guarded();
    let desk = Desk::new(Some(chip.tpm()), PIN);
    chip.cut();
    let mut ring = desk.open(Some(chip.tpm()));
    let opened = ring.recover(&desk.recovery).unwrap();
    assert_eq!(*opened.database_key(), desk.key);
    // Without a chip a PIN is refused, and a passphrase makes the slot an unbound one.
    let refused = ring.reset_secret(&opened, &id("siti"), &secret(PIN), NOW).unwrap_err();
    assert_eq!(refused.text_key(), "secret.pin_needs_hardware");
    ring.reset_secret(&opened, &id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    assert_eq!(ring.trust_level(), TrustLevel::Software);
}

#[test]
fn resets_bind_to_the_new_chip() {
    let (old, new) = (guarded(), guarded());
    let desk = Desk::new(Some(old.tpm()), PIN);
    let mut ring = desk.open(Some(old.tpm()));
    let siti = ring.unlock(&id("siti"), &secret(PIN), NOW).unwrap();
    let budi = NewAccount { id: &id("budi"), secret: &secret(PIN), card: b"budi" };
    ring.add_account(siti.opened(), &budi, NOW).unwrap();
    drop((ring, siti, old));

    let mut ring = desk.open(Some(new.tpm()));
    let opened = ring.recover(&desk.recovery).unwrap();
    ring.reset_secret(&opened, &id("siti"), &secret("735192"), NOW).unwrap();
    drop(opened);
    // From here on a supervisor does it, without the recovery key.
    let siti = ring.unlock(&id("siti"), &secret("735192"), NOW).unwrap();
    assert!(matches!(
        ring.unlock(&id("budi"), &secret(PIN), NOW),
        Err(UnlockError::Hardware(HardwareError::Changed))
    ));
    ring.reset_secret(siti.opened(), &id("budi"), &secret("918273"), NOW).unwrap();
    assert_eq!(ring.unlock(&id("budi"), &secret("918273"), NOW).unwrap().card(), b"budi");
    assert_eq!(ring.trust_level(), TrustLevel::Hardware);
}

#[test]
fn an_unbound_ring_goes_on_and_is_bound_by_the_next_change() {
    let chip = guarded();
    let desk = Desk::new(None, PASSPHRASE);
    let mut ring = desk.open(Some(chip.tpm()));
    let siti = ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    let budi = NewAccount { id: &id("budi"), secret: &secret(PIN), card: b"" };
    ring.add_account(siti.opened(), &budi, NOW).unwrap();
    // Budi's slot is bound, but Siti's still opens the same database without the chip.
    assert_eq!(ring.trust_level(), TrustLevel::Software);
    assert_eq!(ring.trust_offered().unwrap(), TrustLevel::Hardware);
    ring.change_secret(&id("siti"), &secret(PASSPHRASE), &secret(PASSPHRASE), NOW).unwrap();
    assert_eq!(ring.trust_level(), TrustLevel::Hardware);
    drop(ring);
    assert!(matches!(hardware(desk.unlock(None, PASSPHRASE)), HardwareError::Missing { .. }));
    let again = desk.unlock(Some(chip.tpm()), PASSPHRASE).unwrap();
    assert_eq!(again.public_key(), siti.public_key());
}

#[test]
fn a_pin_is_taken_only_where_the_chip_limits_guesses() {
    let (open, loose, none) =
        (SoftwareTpm::fresh(), SoftwareTpm::owned(1000, 600), SoftwareTpm::owned(32, 0));
    for chip in [&open, &loose, &none] {
        let root = temporary();
        let path = root.path().join("keys");
        let refused = create(&path, Some(chip.tpm()), PIN).unwrap_err();
        assert_eq!(refused.text_key(), "secret.pin_needs_hardware");
        let created = create(&path, Some(chip.tpm()), PASSPHRASE).unwrap();
        assert_eq!(created.ring.trust_level(), TrustLevel::Software);
    }
    let chip = guarded();
    for (weak, why) in [
        ("12345", SecretError::TooShort { min: 6 }),
        ("123456", SecretError::Sequence),
        ("777777", SecretError::AllSame),
    ] {
        let root = temporary();
        match create(&root.path().join("keys"), Some(chip.tpm()), weak).unwrap_err() {
            rekam_keys::RingError::Secret(error) => assert_eq!(error, why),
            other => panic!("{other}"),
        }
    }
}
