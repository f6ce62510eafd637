//! What can be wrong with a mirror: another owner, a disk that says no, rot on either side.

use std::fs;
use std::os::unix::fs::FileExt;

use rekam_store::{Mirror, MirrorError, mirror_verify, restore};

use crate::desk::{NOW_MS, folder, is_long};
use crate::disk::{Disk, fill, mount};
use crate::mirror::{counts, files, one_step, replica, settle, station, steps_by_sqlite};

#[test]
fn refuses_what_belongs_to_somebody_else() {
    let (original, other, mirror, photos) = (folder(), folder(), folder(), folder());
    let _first = station(original.path(), 1);
    let _second = station(other.path(), 1);
    settle(&mut Mirror::attach(original.path(), mirror.path()).expect("attached"), NOW_MS);
    let before = files(mirror.path());
    let refused = Mirror::attach(other.path(), mirror.path());
    assert!(matches!(refused, Err(MirrorError::ForeignFolder { .. })), "{refused:?}");
    assert!(before == files(mirror.path()), "nothing was touched");
    fs::write(photos.path().join("holiday.jpg"), "a beach").expect("written");
    let refused = Mirror::attach(original.path(), photos.path());
    assert!(matches!(&refused, Err(MirrorError::ForeignFolder { what }) if what == "holiday.jpg"));
    let inside = original.path().join("mirror");
    fs::create_dir(&inside).expect("made");
    assert!(matches!(Mirror::attach(original.path(), &inside), Err(MirrorError::InsideOriginal)));
    let one = Mirror::attach(original.path(), mirror.path()).expect("attached");
    assert!(matches!(Mirror::attach(original.path(), mirror.path()), Err(MirrorError::InUse)));
    drop(one);
    let refused = restore(mirror.path(), other.path());
    assert!(matches!(refused, Err(MirrorError::NotEmpty)), "{refused:?}");
}

#[test]
fn names_a_full_a_read_only_and_a_vanished_disk() {
    let original = folder();
    let (store, _outbox) = station(original.path(), 3);
    let disk = Disk::of("30m");
    let mut kept = Mirror::attach(original.path(), &disk.0).expect("attached");
    settle(&mut kept, NOW_MS);
    let filler = fill(&disk.0);
    for number in 4..8 {
        one_step(&store, number);
    }
    let refused = kept.catch_up(NOW_MS + 1);
    assert!(matches!(refused, Err(MirrorError::DiskFull { .. })), "{refused:?}");
    assert!(steps_by_sqlite(&disk.0) >= 3);
    fs::remove_file(filler).expect("room is made");
    settle(&mut kept, NOW_MS + 2);
    mount(&["-o", "remount,ro"], &disk.0);
    one_step(&store, 8);
    let refused = kept.catch_up(NOW_MS + 3);
    assert!(matches!(refused, Err(MirrorError::DiskReadOnly { .. })), "{refused:?}");
    drop(kept);
    let back = folder();
    restore(&disk.0, &back.path().join("new")).expect("given back from a disk that cannot be written");
    assert_eq!(counts(&back.path().join("new")).0, 7);
    mount(&["-o", "remount,rw"], &disk.0);
    let mut kept = Mirror::attach(original.path(), &disk.0).expect("attached");
    let path = disk.0.clone();
    drop(disk);
    let refused = kept.catch_up(NOW_MS + 4);
    assert!(matches!(refused, Err(MirrorError::DiskGone { .. })), "{refused:?}");
    assert!(!path.join("mirror.state").exists(), "nothing was begun on the disk below");
    let tiny = Disk::of("2m");
    let refused =
        Mirror::attach(original.path(), &tiny.0).expect("attached").catch_up(NOW_MS).expect_err("no room");
    assert!(matches!(refused, MirrorError::DiskFull { needed_bytes: 1.., .. }), "{refused:?}");
}

#[test]
fn finds_flipped_bytes_and_heals_from_the_original() {
    let (original, mirror) = (folder(), folder());
    let (store, _outbox) = station(original.path(), 5);
    let mut kept = Mirror::attach(original.path(), mirror.path()).expect("attached");
    settle(&mut kept, NOW_MS);
    store.checkpoint().expect("moved");
    for number in 6..9 {
        one_step(&store, number);
    }
    settle(&mut kept, NOW_MS + 1);
    drop(kept);
    let template = files(mirror.path());
    let mut chance: u64 = 0xf1a9;
    let (mut tried, mut harmless) = (0, 0);
    let frames = |name: &str| {
        let log = &template[name];
        // The first frame of an earlier run ends what counts.
        let salts = &log[16..24];
        log[32..].chunks(4120).take_while(|frame| frame.len() == 4120 && &frame[8..16] == salts).count()
    };
    for turn in 0..if is_long() { 10_000 } else { 400 } {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let names: Vec<&String> = template.keys().filter(|name| *name != "mirror.lock").collect();
        let name = names[usize::try_from(chance >> 5).expect("64 bits") % names.len()];
        let length = template[name].len();
        if length == 0 {
            continue;
        }
        let at = usize::try_from(chance >> 17).expect("64 bits") % length;
        let path = mirror.path().join(name);
        let file = fs::OpenOptions::new().write(true).open(&path).expect("opens");
        file.write_all_at(&[template[name][at] ^ 0x40], at as u64).expect("flipped");
        let found = mirror_verify(mirror.path());
        // Behind the last transaction of a log, and where a page or its sum is replaced by the log, nothing counts.
        let is_in_log = name.ends_with("-wal");
        let may_be_harmless = if is_in_log {
            at >= 32 + 4120 * frames(name)
        } else {
            name.ends_with(".db") || name.ends_with(".sums")
        };
        match found {
            Err(MirrorError::DamagedCopy { .. }) => {}
            Ok(_) if may_be_harmless => {
                harmless += 1;
                if turn % 16 == 0 {
                    assert_eq!(steps_by_sqlite(mirror.path()), 8, "{name} at {at}");
                }
            }
            other => panic!("{name} at {at}: {other:?}"),
        }
        file.write_all_at(&[template[name][at]], at as u64).expect("flipped back");
        tried += 1;
    }
    println!(
        "{tried} bytes flipped in a mirror: {} found, {harmless} where nothing counts",
        tried - harmless
    );
    let path = replica(mirror.path(), "station").join("station.db");
    let file = fs::OpenOptions::new().write(true).open(&path).expect("opens");
    file.write_all_at(&[0x5a; 64], fs::metadata(&path).expect("there").len() - 5_000).expect("flipped");
    let mut kept = Mirror::attach(original.path(), mirror.path()).expect("attached");
    let found = kept.verify();
    assert!(matches!(found, Err(MirrorError::DamagedCopy { .. })), "{found:?}");
    settle(&mut kept, NOW_MS + 2);
    kept.verify().expect("healed");
}

#[test]
fn never_copies_rot_of_the_original_log() {
    let (original, mirror) = (folder(), folder());
    let (store, outbox) = station(original.path(), 2);
    let mut kept = Mirror::attach(original.path(), mirror.path()).expect("attached");
    settle(&mut kept, NOW_MS);
    let length = store.log_waiting_bytes();
    for number in 3..9 {
        one_step(&store, number);
    }
    drop((store, outbox));
    let log = fs::OpenOptions::new().write(true).open(original.path().join("station.db-wal")).expect("opens");
    log.write_all_at(&[0x11; 9], length + 32 + 500).expect("flipped");
    let refused = kept.catch_up(NOW_MS + 1);
    assert!(matches!(refused, Err(MirrorError::DamagedOriginal { .. })), "{refused:?}");
    assert_eq!(steps_by_sqlite(mirror.path()), 2);
}
