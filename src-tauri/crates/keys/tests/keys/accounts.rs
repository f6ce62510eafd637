//! Setting up, letting in, changing, closing.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rekam_keys::{
    CARD_BYTES_MAX, Context, KeyRing, NewAccount, RingError, SecretError, TransportKey, TrustLevel,
    UnlockError,
};

use crate::{CARD, Desk, NOW, PASSPHRASE, cost, create, id, names, secret, temporary};

#[test]
fn opens_with_the_secret_after_a_restart() {
    let root = temporary();
    let path = root.path().join("a/keys");
    let created = create(&path);
    let key = *created.unlocked.opened().database_key();
    let public = created.unlocked.public_key();
    drop(created);

    let mut ring = KeyRing::open(&path, cost()).unwrap();
    assert_eq!(ring.accounts().unwrap(), [id("siti")]);
    assert_eq!(ring.trust_level(), TrustLevel::Software);
    let unlocked = ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    assert_eq!(*unlocked.opened().database_key(), key);
    assert_eq!(unlocked.card(), CARD);
    assert_eq!(unlocked.account(), &id("siti"));
    assert_eq!(unlocked.public_key(), public);
    assert_eq!(ring.station_key().unwrap(), unlocked.opened().station_key());
    let raw = unlocked.opened().database_key_sqlcipher();
    assert!(raw.len() == 67 && raw.starts_with("x'") && raw.ends_with('\''));
}

#[test]
fn signs_in_the_name_of_person_and_station() {
    let root = temporary();
    let unlocked = create(&root.path().join("keys")).unlocked;
    let signature = unlocked.sign(Context::APPROVAL, b"7");
    assert!(unlocked.public_key().verify(Context::APPROVAL, b"7", &signature).is_ok());
    assert!(unlocked.opened().station_key().verify(Context::APPROVAL, b"7", &signature).is_err());
    let signature = unlocked.opened().sign_as_station(Context::AUDIT_DAY, b"7");
    assert!(unlocked.opened().station_key().verify(Context::AUDIT_DAY, b"7", &signature).is_ok());
    let structure = b"\x84\x6aSignature1\x40\x40\x40";
    let signature = unlocked.opened().sign_cose_as_station(structure).unwrap();
    assert!(unlocked.opened().station_key().verify_cose(structure, &signature).is_ok());
    assert!(unlocked.sign_cose(b"anything").is_err());
}

#[test]
fn refuses_a_second_program_and_a_second_creation() {
    let desk = Desk::new();
    let ring = desk.open();
    assert!(matches!(KeyRing::open(&desk.path(), cost()), Err(RingError::InUse)));
    drop(ring);
    let first = NewAccount { id: &id("budi"), secret: &secret(PASSPHRASE), card: b"" };
    let before = names(&desk.path());
    assert!(matches!(KeyRing::create(&desk.path(), &first, cost(), NOW), Err(RingError::AlreadyThere)));
    assert_eq!(names(&desk.path()), before);
    desk.open();
}

#[test]
fn is_not_ready_before_it_is_created() {
    let root = temporary();
    assert!(matches!(KeyRing::open(&root.path().join("none"), cost()), Err(RingError::NotReady)));
    assert!(matches!(KeyRing::open(root.path(), cost()), Err(RingError::NotReady)));
}

#[test]
fn keeps_what_is_left_when_the_station_file_is_lost() {
    let desk = Desk::new();
    fs::remove_file(desk.file("station.ring")).unwrap();
    let before = names(&desk.path());
    let first = NewAccount { id: &id("budi"), secret: &secret(PASSPHRASE), card: b"" };
    let error = KeyRing::create(&desk.path(), &first, cost(), NOW).unwrap_err();
    assert_eq!(error.text_key(), "unlock.damaged");
    assert_eq!(KeyRing::open(&desk.path(), cost()).unwrap_err().text_key(), "unlock.damaged");
    assert_eq!(names(&desk.path()), before);
}

#[test]
fn lets_more_people_in_each_with_their_own_key() {
    let desk = Desk::new();
    let mut ring = desk.open();
    let siti = ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    let new = NewAccount { id: &id("budi.s"), secret: &secret("hujan turun di sawah"), card: b"budi" };
    let public = ring.add_account(siti.opened(), &new, NOW).unwrap();
    assert!(matches!(ring.add_account(siti.opened(), &new, NOW), Err(RingError::AccountExists(_))));
    let budi = ring.unlock(&id("budi.s"), new.secret, NOW).unwrap();
    assert_eq!(budi.public_key(), public);
    assert_ne!(budi.public_key(), siti.public_key());
    assert_eq!(budi.opened().database_key(), siti.opened().database_key());
    assert!(ring.unlock(&id("budi.s"), &secret(PASSPHRASE), NOW).is_err());
    assert_eq!(ring.accounts().unwrap(), [id("budi.s"), id("siti")]);
}

#[test]
fn refuses_weak_secrets_everywhere() {
    let desk = Desk::new();
    let mut ring = desk.open();
    let siti = ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    let pin = secret("482915");
    let weak = |error: RingError| matches!(error, RingError::Secret(SecretError::PinNeedsHardware));
    let new = NewAccount { id: &id("budi"), secret: &pin, card: b"" };
    assert!(weak(ring.add_account(siti.opened(), &new, NOW).unwrap_err()));
    assert!(weak(ring.reset_secret(siti.opened(), &id("siti"), &pin, NOW).unwrap_err()));
    assert!(weak(KeyRing::create(&desk.root.path().join("other"), &new, cost(), NOW).unwrap_err()));
    let error = ring.change_secret(&id("siti"), &secret(PASSPHRASE), &pin, NOW).unwrap_err();
    assert!(matches!(error, UnlockError::Secret(SecretError::PinNeedsHardware)));
    assert!(!desk.root.path().join("other").exists());
}

#[test]
fn changes_a_secret_and_keeps_the_signing_key() {
    let desk = Desk::new();
    let mut ring = desk.open();
    let before = ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    let new = secret("angin laut sore");
    assert!(matches!(
        ring.change_secret(&id("siti"), &secret("bukan yang benar"), &new, NOW),
        Err(UnlockError::WrongSecret { tries_left_before_wait: 4, .. })
    ));
    ring.change_secret(&id("siti"), &secret(PASSPHRASE), &new, NOW).unwrap();
    assert!(ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).is_err());
    let after = ring.unlock(&id("siti"), &new, NOW).unwrap();
    assert_eq!(after.public_key(), before.public_key());
    assert_eq!(after.card(), CARD);
}

#[test]
fn reset_gives_a_new_signing_key_and_keeps_the_old_public_one() {
    let desk = Desk::new();
    let mut ring = desk.open();
    let siti = ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    let signature = siti.sign(Context::APPROVAL, b"old");
    let new = secret("angin laut sore");
    let public = ring.reset_secret(siti.opened(), &id("siti"), &new, NOW + 5).unwrap();
    assert_ne!(public, siti.public_key());
    assert!(ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).is_err());
    assert_eq!(ring.unlock(&id("siti"), &new, NOW).unwrap().public_key(), public);

    let record = ring.record(siti.opened(), &id("siti")).unwrap();
    let [old, current] = record.keys.as_slice() else { panic!("two keys") };
    assert_eq!((old.public_key, old.until_unix_ms), (siti.public_key(), Some(NOW + 5)));
    assert_eq!((current.public_key, current.until_unix_ms), (public, None));
    assert!(old.public_key.verify(Context::APPROVAL, b"old", &signature).is_ok());
    assert_eq!(record.card.as_bytes(), CARD);
}

#[test]
fn closes_an_account_for_good_but_not_the_last_one() {
    let desk = Desk::new();
    let mut ring = desk.open();
    let siti = ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    assert!(matches!(ring.close_account(siti.opened(), &id("siti"), NOW), Err(RingError::LastAccount)));
    let new = NewAccount { id: &id("budi"), secret: &secret("hujan turun di sawah"), card: b"budi" };
    let public = ring.add_account(siti.opened(), &new, NOW).unwrap();
    ring.close_account(siti.opened(), &id("budi"), NOW + 1).unwrap();
    assert!(matches!(ring.unlock(&id("budi"), new.secret, NOW), Err(UnlockError::Closed)));
    assert!(matches!(ring.add_account(siti.opened(), &new, NOW), Err(RingError::AccountExists(_))));
    assert!(matches!(ring.reset_secret(siti.opened(), &id("budi"), new.secret, NOW), Err(RingError::Closed)));
    assert_eq!(ring.accounts().unwrap(), [id("siti")]);
    assert_eq!(ring.ids().unwrap(), [id("budi"), id("siti")]);
    let record = ring.record(siti.opened(), &id("budi")).unwrap();
    assert!(record.closed && record.card.as_bytes() == b"budi");
    assert_eq!((record.keys[0].public_key, record.keys[0].until_unix_ms), (public, Some(NOW + 1)));
}

#[test]
fn replaces_a_card_and_bounds_it() {
    let desk = Desk::new();
    let mut ring = desk.open();
    let siti = ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    ring.set_card(siti.opened(), &id("siti"), b"new decree").unwrap();
    assert_eq!(ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap().card(), b"new decree");
    let large = vec![0; CARD_BYTES_MAX + 1];
    assert!(matches!(ring.set_card(siti.opened(), &id("siti"), &large), Err(RingError::CardTooLarge { .. })));
    ring.set_card(siti.opened(), &id("siti"), &large[1..]).unwrap();
    assert_eq!(ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap().card().len(), CARD_BYTES_MAX);
}

#[test]
fn refuses_the_keys_of_another_ring() {
    let (desk, other) = (Desk::new(), Desk::new());
    let mut ring = desk.open();
    let stranger = other.open().unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    let new = NewAccount { id: &id("budi"), secret: &secret(PASSPHRASE), card: b"" };
    let by = stranger.opened();
    assert!(matches!(ring.add_account(by, &new, NOW), Err(RingError::OtherRing)));
    assert!(matches!(ring.reset_secret(by, &id("siti"), new.secret, NOW), Err(RingError::OtherRing)));
    assert!(matches!(ring.close_account(by, &id("siti"), NOW), Err(RingError::OtherRing)));
    assert!(matches!(ring.renew_recovery(by), Err(RingError::OtherRing)));
    assert!(matches!(ring.record(by, &id("siti")), Err(RingError::OtherRing)));
}

#[test]
fn transport_key_is_there_while_locked_and_can_be_restored() {
    let desk = Desk::new();
    let mut ring = desk.open();
    let read = TransportKey::read(&desk.path()).unwrap().unwrap();
    let siti = ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    assert_eq!(siti.opened().transport_key().bytes(), read.bytes());
    assert_ne!(siti.opened().database_key(), read.bytes());
    fs::remove_file(desk.file("transport.secret")).unwrap();
    assert!(TransportKey::read(&desk.path()).unwrap().is_none());
    ring.restore_transport_key(siti.opened()).unwrap();
    assert_eq!(TransportKey::read(&desk.path()).unwrap().unwrap().bytes(), read.bytes());
}

#[test]
fn nobody_else_on_the_computer_reads_the_files() {
    let desk = Desk::new();
    let mode = |name: &str| fs::metadata(desk.file(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(fs::metadata(desk.path()).unwrap().permissions().mode() & 0o777, 0o700);
    for name in names(&desk.path()) {
        assert_eq!(mode(&name), 0o600, "{name}");
    }
    fs::set_permissions(desk.file("transport.secret"), fs::Permissions::from_mode(0o644)).unwrap();
    desk.open();
    assert_eq!(mode("transport.secret"), 0o600);
}

#[test]
fn takes_only_plain_words_as_ids() {
    for good in ["ab", "siti.rahma-2_x", "a2345678901234567890123456789012"] {
        assert_eq!(id(good).as_str(), good);
    }
    for bad in
        ["", "a", "Siti", "1ab", ".ab", "a/b", "a b", "../x", "é2", "a23456789012345678901234567890123"]
    {
        assert!(bad.parse::<rekam_keys::AccountId>().is_err(), "{bad}");
    }
}
