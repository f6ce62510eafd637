//! Wrong secrets are slowed, limited, and remembered.

use std::fs;

use rekam_keys::{NewAccount, TRIES_MAX, UnlockError, WAIT_MS_MAX, WaitReason};

use crate::{Desk, NOW, PASSPHRASE, id, secret};

fn wrong(desk: &Desk, now: i64) -> UnlockError {
    desk.open().unlock(&id("siti"), &secret("bukan yang benar"), now).unwrap_err()
}

#[test]
fn counts_across_restarts_then_waits_then_locks() {
    let desk = Desk::new();
    for left in [4, 3, 2, 1] {
        match wrong(&desk, NOW) {
            UnlockError::WrongSecret { tries_left_before_wait, wait_ms: 0 } => {
                assert_eq!(tries_left_before_wait, left);
            }
            other => panic!("{other}"),
        }
    }
    let mut now = NOW;
    for wait in [30, 60, 120, 240, 480, 900, 900, 900, 900, 900, 900, 900, 900, 900, 900] {
        match wrong(&desk, now) {
            UnlockError::WrongSecret { tries_left_before_wait: 0, wait_ms } => {
                assert_eq!(wait_ms, wait * 1000)
            }
            other => panic!("{other}"),
        }
        // The right secret does not help during a wait, to the last millisecond.
        now += wait as i64 * 1000 - 1;
        match desk.open().unlock(&id("siti"), &secret(PASSPHRASE), now).unwrap_err() {
            UnlockError::Wait { until_unix_ms, wait_ms: 1, reason: WaitReason::WrongSecrets } => {
                assert_eq!(until_unix_ms, now + 1);
            }
            other => panic!("{other}"),
        }
        now += 1;
    }
    assert!(matches!(wrong(&desk, now), UnlockError::Locked));
    let later = now + 365 * 86_400_000;
    assert!(matches!(desk.open().unlock(&id("siti"), &secret(PASSPHRASE), later), Err(UnlockError::Locked)));
    assert!(matches!(desk.open().may_try(&id("siti"), later), Err(UnlockError::Locked)));
}

#[test]
fn a_right_secret_forgets_the_wrong_ones() {
    let desk = Desk::new();
    for _ in 0..3 {
        for _ in 0..4 {
            wrong(&desk, NOW);
        }
        desk.open().unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    }
}

#[test]
fn people_do_not_lock_each_other_out() {
    let desk = Desk::new();
    let mut ring = desk.open();
    let siti = ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    let new = NewAccount { id: &id("budi"), secret: &secret("hujan turun di sawah"), card: b"" };
    ring.add_account(siti.opened(), &new, NOW).unwrap();
    drop(ring);
    for _ in 0..5 {
        wrong(&desk, NOW);
    }
    assert!(matches!(desk.open().may_try(&id("siti"), NOW), Err(UnlockError::Wait { .. })));
    desk.open().unlock(&id("budi"), new.secret, NOW).unwrap();
}

#[test]
fn a_clock_set_back_begins_the_wait_anew() {
    let desk = Desk::new();
    for _ in 0..6 {
        wrong(&desk, NOW);
        if let Err(UnlockError::Wait { .. }) = desk.open().may_try(&id("siti"), NOW) {
            break;
        }
    }
    let back = NOW - 365 * 86_400_000;
    let right = |now| desk.open().unlock(&id("siti"), &secret(PASSPHRASE), now);
    match right(back).unwrap_err() {
        UnlockError::Wait { wait_ms: 30_000, reason: WaitReason::ClockSetBack, .. } => {}
        other => panic!("{other}"),
    }
    assert!(matches!(right(back + 29_999), Err(UnlockError::Wait { wait_ms: 1, .. })));
    right(back + 30_000).unwrap();
}

#[test]
fn a_dead_clock_battery_locks_nobody_out() {
    let desk = Desk::new();
    wrong(&desk, NOW + 100 * 365 * 86_400_000);
    wrong(&desk, -1);
    desk.open().unlock(&id("siti"), &secret(PASSPHRASE), 0).unwrap();
}

#[test]
fn a_deleted_record_costs_the_longest_wait() {
    let desk = Desk::new();
    wrong(&desk, NOW);
    fs::remove_file(desk.file("siti.attempts")).unwrap();
    assert!(matches!(desk.open().may_try(&id("siti"), NOW), Err(UnlockError::Wait { .. })));
    match desk.open().unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap_err() {
        UnlockError::Wait { wait_ms: WAIT_MS_MAX, reason: WaitReason::RecordMissing, .. } => {}
        other => panic!("{other}"),
    }
    assert!(desk.open().unlock(&id("siti"), &secret(PASSPHRASE), NOW + 1).is_err());
    desk.open().unlock(&id("siti"), &secret(PASSPHRASE), NOW + WAIT_MS_MAX as i64).unwrap();
}

#[test]
fn every_flipped_bit_of_a_record_costs_the_longest_wait() {
    let desk = Desk::new();
    wrong(&desk, NOW);
    let good = fs::read(desk.file("siti.attempts")).unwrap();
    let mut ring = desk.open();
    for bit in 0..good.len() * 8 {
        let mut flipped = good.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        fs::write(desk.file("siti.attempts"), &flipped).unwrap();
        match ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap_err() {
            UnlockError::Wait { wait_ms: WAIT_MS_MAX, reason: WaitReason::RecordDamaged, .. } => {}
            other => panic!("bit {bit}: {other}"),
        }
    }
    for length in 0..good.len() {
        fs::write(desk.file("siti.attempts"), &good[..length]).unwrap();
        assert!(matches!(
            ring.may_try(&id("siti"), NOW),
            Err(UnlockError::Wait { reason: WaitReason::RecordDamaged, .. })
        ));
    }
}

#[test]
fn damage_never_gives_tries_back() {
    let desk = Desk::new();
    let mut now = NOW;
    for _ in 0..TRIES_MAX - 1 {
        wrong(&desk, now);
        now += WAIT_MS_MAX as i64;
    }
    // The line of the last try is torn: the line before it still knows of 18, and one more is counted.
    let mut torn = fs::read(desk.file("siti.attempts")).unwrap();
    let newest = if torn[..256] > torn[256..] { 0 } else { 256 };
    torn[newest + 40..newest + 200].fill(0);
    fs::write(desk.file("siti.attempts"), &torn).unwrap();
    assert!(matches!(wrong(&desk, now), UnlockError::Wait { reason: WaitReason::RecordDamaged, .. }));
    now += WAIT_MS_MAX as i64;
    assert!(matches!(wrong(&desk, now), UnlockError::Locked));
}

#[test]
fn the_record_of_another_account_or_time_is_not_taken() {
    let desk = Desk::new();
    let early = fs::read(desk.file("siti.attempts")).unwrap();
    for _ in 0..4 {
        wrong(&desk, NOW);
    }
    let late = fs::read(desk.file("siti.attempts")).unwrap();
    fs::write(desk.file("siti.attempts"), [&early[..256], &late[256..]].concat()).unwrap();
    assert!(matches!(wrong(&desk, NOW), UnlockError::Wait { reason: WaitReason::RecordDamaged, .. }));
    fs::copy(desk.file("-.attempts"), desk.file("siti.attempts")).unwrap();
    assert!(matches!(wrong(&desk, NOW), UnlockError::Wait { reason: WaitReason::RecordDamaged, .. }));
}

#[test]
fn tells_of_refused_tries_until_they_are_forgotten_also_after_a_right_secret_and_a_restart() {
    let desk = Desk::new();
    assert!(desk.open().refused_tries().unwrap().is_empty());
    for minute in 0..3 {
        wrong(&desk, NOW + minute * 60_000);
    }
    desk.open().unlock(&id("nobody"), &secret("apa saja dulu"), NOW + 1).unwrap_err();
    desk.open().unlock(&id("siti"), &secret(PASSPHRASE), NOW + 200_000).unwrap();
    let told = desk.open().refused_tries().unwrap();
    let seen: Vec<_> =
        told.iter().map(|one| (one.account.clone(), one.count, one.since_unix_ms, one.locked)).collect();
    assert_eq!(seen, [(Some(id("siti")), 3, NOW, false), (None, 1, NOW + 1, false)]);
    // Told of, but killed before it could forget: told of again.
    assert_eq!(desk.open().refused_tries().unwrap(), told);
    let mut ring = desk.open();
    told.iter().for_each(|one| ring.forget_refused(one).unwrap());
    drop(ring);
    assert!(desk.open().refused_tries().unwrap().is_empty());
    wrong(&desk, NOW + 300_000);
    assert_eq!(desk.open().refused_tries().unwrap()[0].since_unix_ms, NOW + 300_000);
}

#[test]
fn tells_of_tries_during_a_wait_after_the_lock_and_before_a_reset() {
    let desk = Desk::new();
    for _ in 0..5 {
        wrong(&desk, NOW);
    }
    assert!(matches!(wrong(&desk, NOW), UnlockError::Wait { .. }));
    assert_eq!(desk.open().refused_tries().unwrap()[0].count, 6);
    let mut now = NOW;
    let mut last = UnlockError::UnknownAccount;
    for _ in 6..=TRIES_MAX {
        now += WAIT_MS_MAX as i64;
        last = wrong(&desk, now);
    }
    assert!(matches!(last, UnlockError::Locked));
    assert!(matches!(wrong(&desk, now), UnlockError::Locked));
    let told = desk.open().refused_tries().unwrap();
    assert_eq!((told[0].count, told[0].locked), (TRIES_MAX + 2, true));
    let opened = desk.open().recover(&desk.recovery).unwrap();
    desk.open().reset_secret(&opened, &id("siti"), &secret("hujan turun di sawah"), now).unwrap();
    let told = desk.open().refused_tries().unwrap();
    assert_eq!((told[0].count, told[0].locked), (TRIES_MAX + 2, false));
}
