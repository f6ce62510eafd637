//! The disk of a copy is pulled after every single change: what was good before is good after.

use std::fs;
use std::path::Path;

use rekam_store::{
    Hand, Mirror, MirrorError, Store, backup_create_by, backup_list, backup_verify, is_restore_unfinished,
    mirror_verify, restore, restore_by,
};

use crate::desk::{NOW_MS, is_long};
use crate::mirror::{counts, expect_same, files, one_step, queue, settle, station, steps_by_sqlite};

/// In memory: a trial makes thousands of syncs, and what a pulled disk loses is drawn by the hand.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a temporary folder")
}

/// A part of a day with everything a mirror lives through; answers the hand's error and how many steps and packets
/// stood there at the last success.
fn day(original: &Path, mirror: &Path, hand: Hand) -> (Option<MirrorError>, u64, Option<u64>) {
    let (store, outbox) = station(original, 2);
    let mut steps = 2;
    let mut packets = 0;
    let mut safe = None;
    let mut kept = match Mirror::attach_by(original, mirror, hand) {
        Ok(kept) => kept,
        Err(error) => return (Some(error), 0, None),
    };
    for turn in 0..9 {
        match turn {
            0 => {}
            2 | 5 => {
                // The run of the log ends with something in it that the mirror has not seen.
                steps += 1;
                one_step(&store, steps);
                store.checkpoint().expect("moved");
            }
            4 => {
                packets += 1;
                queue(&outbox, packets);
                fs::write(original.join("keys/op-2.account"), "another").expect("written");
            }
            6 => {
                fs::write(original.join("station.toml"), "office = \"3671.10\"\n").expect("written");
                outbox.checkpoint().expect("moved");
            }
            7 => {
                // Away for so long that the copy must be made anew.
                for _ in 0..3 {
                    for _ in 0..3 {
                        steps += 1;
                        one_step(&store, steps);
                    }
                    store.checkpoint().expect("moved");
                }
            }
            _ => {
                steps += 1;
                one_step(&store, steps);
            }
        }
        match kept.catch_up(NOW_MS + turn) {
            Ok(state) if state.behind_bytes == 0 => safe = Some(steps),
            Ok(_) => {}
            Err(error) => return (Some(error), kept.changes(), safe),
        }
    }
    (None, kept.changes(), safe)
}

#[test]
fn mirror_is_good_after_every_change() {
    let (original, mirror) = (folder(), folder());
    let (error, changes, _) = day(original.path(), mirror.path(), Hand::pulled_after(u64::MAX, 1));
    assert!(error.is_none(), "{error:?}");
    assert!(changes > 100, "only {changes} changes");
    let seeds = if is_long() { 20 } else { 1 };
    for seed in 1..=seeds {
        for stop in 0..changes {
            let (original, mirror, back) = (folder(), folder(), folder());
            let hand = Hand::pulled_after(stop, seed * 1_000 + stop);
            let (error, _, safe) = day(original.path(), mirror.path(), hand);
            let error = error.expect("the disk was pulled");
            assert!(matches!(error, MirrorError::DiskGone { .. }), "{stop}: {error:?}");
            if let Some(safe) = safe {
                let found = steps_by_sqlite(mirror.path());
                assert!(found >= i64::try_from(safe).expect("small"), "{stop}: {found} of {safe}");
                mirror_verify(mirror.path()).unwrap_or_else(|error| panic!("{stop}: {error}"));
                let target = back.path().join("first");
                restore(mirror.path(), &target).expect("given back");
                assert!(counts(&target).0 >= usize::try_from(safe).expect("small"));
            }
            // Plugged in again.
            let mut kept = Mirror::attach(original.path(), mirror.path())
                .unwrap_or_else(|error| panic!("{stop}: {error}"));
            settle(&mut kept, NOW_MS + 100);
            kept.verify().unwrap_or_else(|error| panic!("{stop}: {error}"));
            drop(kept);
            let target = back.path().join("second");
            restore(mirror.path(), &target).expect("given back");
            expect_same(original.path(), &target);
        }
    }
    println!("mirror: disk pulled after each of {changes} changes, {seeds} time(s): every copy good");
}

#[test]
fn backup_leaves_the_previous_one_good_after_every_change() {
    let (original, target) = (folder(), folder());
    let (store, outbox) = station(original.path(), 4);
    queue(&outbox, 1);
    let first =
        backup_create_by(original.path(), target.path(), NOW_MS, 65_536, &Hand::steady()).expect("made");
    one_step(&store, 5);
    let before = files(&first.folder);
    let mut stop = 0;
    loop {
        let hand = Hand::pulled_after(stop, stop + 7);
        let made = backup_create_by(original.path(), target.path(), NOW_MS + 60_000, 65_536, &hand);
        assert!(files(&first.folder) == before, "{stop}: the previous backup was touched");
        let listed = backup_list(target.path()).expect("listed");
        for entry in &listed {
            backup_verify(&entry.folder).unwrap_or_else(|error| panic!("{stop}: {error}"));
        }
        match made {
            Ok(_) => break,
            Err(error) => assert!(matches!(error, MirrorError::DiskGone { .. }), "{stop}: {error:?}"),
        }
        if listed.len() > 1 {
            // Named already, only the name was not synced yet.
            let newest = listed.first().expect("two");
            fs::remove_dir_all(&newest.folder).expect("removed");
        }
        stop += 1;
    }
    assert!(stop > 30, "only {stop} changes");
    println!("backup: disk pulled after each of {stop} changes, the previous one good each time");
}

#[test]
fn restore_is_begun_anew_after_every_change() {
    let (original, mirror, back) = (folder(), folder(), folder());
    let (store, outbox) = station(original.path(), 3);
    let mut kept = Mirror::attach(original.path(), mirror.path()).expect("attached");
    settle(&mut kept, NOW_MS);
    drop((kept, store, outbox));
    let mut stop = 0;
    loop {
        let target = back.path().join(stop.to_string());
        let given = restore_by(mirror.path(), &target, &Hand::pulled_after(stop, stop));
        if given.is_err() {
            if Store::is_created(&target) {
                // Everything is there; only the mark was not taken away.
                assert!(!is_restore_unfinished(&target));
                assert!(matches!(restore(mirror.path(), &target), Err(MirrorError::NotEmpty)));
            } else {
                restore(mirror.path(), &target).unwrap_or_else(|error| panic!("{stop}: {error}"));
                expect_same(original.path(), &target);
            }
            assert_eq!(counts(&target).0, 3);
        }
        fs::remove_dir_all(&target).expect("removed");
        if given.is_ok() {
            break;
        }
        stop += 1;
    }
    println!("restore: stopped after each of {stop} changes, whole at the second try");
}
