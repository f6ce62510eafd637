//! Losing every account, and the one way back.

use std::fs;

use rekam_keys::{NewAccount, RecoveryKey, UnlockError};

use crate::{CARD, Desk, NOW, PASSPHRASE, id, secret};

#[test]
fn opens_the_same_database_when_every_account_is_lost() {
    let desk = Desk::new();
    let mut ring = desk.open();
    let key = *ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap().opened().database_key();
    drop(ring);
    fs::remove_file(desk.file("siti.key")).unwrap();
    fs::remove_file(desk.file("transport.secret")).unwrap();

    let mut ring = desk.open();
    assert!(ring.accounts().unwrap().is_empty());
    assert!(matches!(ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW), Err(UnlockError::UnknownAccount)));
    let typed = desk.recovery.printed().to_lowercase().replace('-', " ");
    let opened = ring.recover(&RecoveryKey::parse(&typed).unwrap()).unwrap();
    assert_eq!(*opened.database_key(), key);
    ring.restore_transport_key(&opened).unwrap();
    let again = NewAccount { id: &id("siti"), secret: &secret("angin laut sore"), card: CARD };
    ring.add_account(&opened, &again, NOW).unwrap();
    let unlocked = ring.unlock(&id("siti"), again.secret, NOW).unwrap();
    assert_eq!(*unlocked.opened().database_key(), key);
}

#[test]
fn resets_a_forgotten_and_locked_account() {
    let desk = Desk::new();
    let mut ring = desk.open();
    let mut now = NOW;
    while !matches!(ring.unlock(&id("siti"), &secret("bukan yang benar"), now), Err(UnlockError::Locked)) {
        now += 15 * 60_000;
    }
    assert!(matches!(ring.unlock(&id("siti"), &secret(PASSPHRASE), now), Err(UnlockError::Locked)));
    let opened = ring.recover(&desk.recovery).unwrap();
    ring.reset_secret(&opened, &id("siti"), &secret("angin laut sore"), now).unwrap();
    ring.unlock(&id("siti"), &secret("angin laut sore"), now).unwrap();
}

#[test]
fn sets_a_damaged_account_aside_and_replaces_it() {
    let desk = Desk::new();
    fs::write(desk.file("siti.key"), b"rusak").unwrap();
    let mut ring = desk.open();
    assert_eq!(ring.accounts().unwrap(), [id("siti")]);
    let opened = ring.recover(&desk.recovery).unwrap();
    let again = NewAccount { id: &id("siti"), secret: &secret("angin laut sore"), card: CARD };
    for number in 1..3 {
        ring.add_account(&opened, &again, NOW).unwrap();
        ring.unlock(&id("siti"), again.secret, NOW).unwrap();
        assert!(desk.file(&format!("siti.key.damaged-{number}")).exists());
        fs::write(desk.file("siti.key"), b"rusak").unwrap();
    }
    assert_eq!(fs::read(desk.file("siti.key.damaged-1")).unwrap(), b"rusak");
}

#[test]
fn only_the_right_and_newest_key_recovers() {
    let (desk, other) = (Desk::new(), Desk::new());
    let mut ring = desk.open();
    assert!(matches!(ring.recover(&other.recovery), Err(UnlockError::WrongRecoveryKey)));
    let opened = ring.recover(&desk.recovery).unwrap();
    let newer = ring.renew_recovery(&opened).unwrap();
    assert!(matches!(ring.recover(&desk.recovery), Err(UnlockError::WrongRecoveryKey)));
    ring.recover(&newer).unwrap();
    drop(ring);
    let ring = desk.open();
    assert!(matches!(ring.recover(&desk.recovery), Err(UnlockError::WrongRecoveryKey)));
    assert_eq!(ring.recover(&newer).unwrap().database_key(), opened.database_key());
}

#[test]
fn accounts_of_another_ring_do_not_open() {
    let (desk, other) = (Desk::new(), Desk::new());
    fs::copy(other.file("siti.key"), desk.file("siti.key")).unwrap();
    let mut ring = desk.open();
    let error = ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap_err();
    assert!(matches!(error, UnlockError::Damaged { .. }), "{error}");
    drop(ring);
    // Together with its station file it is that other ring, whole.
    fs::copy(other.file("station.ring"), desk.file("station.ring")).unwrap();
    let ring = desk.open();
    let opened = ring.recover(&other.recovery).unwrap();
    assert_eq!(ring.record(&opened, &id("siti")).unwrap().card.as_bytes(), CARD);
}
