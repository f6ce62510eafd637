//! The backup: complete in itself, found when damaged, never the end of the one before.

use std::fs;
use std::os::unix::fs::FileExt;

use rekam_store::{
    BACKUPS_KEPT, Hand, MirrorError, backup_create, backup_create_by, backup_list, backup_verify, restore,
};

use crate::desk::{CANARY_NAME, CANARY_NIK, KEY, NOW_MS, folder, is_long};
use crate::disk::{Disk, fill, mount};
use crate::mirror::{counts, expect_same, files, one_step, queue, station};

#[test]
fn gives_the_whole_station_back() {
    let (original, target, back) = (folder(), folder(), folder());
    let (store, outbox) = station(original.path(), 5);
    queue(&outbox, 1);
    store.checkpoint().expect("moved");
    one_step(&store, 6);
    // Made while the station is open, and cut into many parts.
    let made =
        backup_create_by(original.path(), target.path(), NOW_MS, 40_000, &Hand::steady()).expect("made");
    drop((store, outbox));
    assert!(made.folder.join("station.db.003").exists(), "the database was cut");
    assert_eq!(backup_verify(&made.folder).expect("whole").copied_ms, NOW_MS);
    let given = restore(&made.folder, &back.path().join("new")).expect("given back");
    assert!(given.files >= 5, "{given:?}");
    expect_same(original.path(), &back.path().join("new"));
    for (name, bytes) in files(target.path()) {
        let is_fat = name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-./".contains(&byte));
        assert!(is_fat, "{name}");
        for canary in [CANARY_NAME.as_bytes(), CANARY_NIK.as_bytes(), b"JFIF\x00", b"opens the outbox", &KEY]
        {
            assert!(!bytes.windows(canary.len()).any(|window| window == canary), "{name}");
        }
    }
}

#[test]
fn keeps_some_and_removes_the_oldest_of_its_own_only() {
    let (original, other, target) = (folder(), folder(), folder());
    let _station = station(original.path(), 1);
    let _other = station(other.path(), 1);
    let foreign = backup_create(other.path(), target.path(), NOW_MS - 1_000_000).expect("made");
    let mut made = Vec::new();
    for number in 0..=i64::try_from(BACKUPS_KEPT).expect("small") {
        made.push(
            backup_create(original.path(), target.path(), NOW_MS + number * 1000).expect("made").folder,
        );
    }
    let left: Vec<_> =
        backup_list(target.path()).expect("listed").into_iter().map(|one| one.folder).collect();
    assert!(left.contains(&foreign.folder), "another station's backup stays");
    assert!(!made[0].exists() && made[1..].iter().all(|one| left.contains(one)), "{left:?}");
}

#[test]
fn finds_flipped_bytes() {
    let (original, target) = (folder(), folder());
    let _station = station(original.path(), 3);
    let made = backup_create(original.path(), target.path(), NOW_MS).expect("made").folder;
    let template = files(&made);
    let mut chance: u64 = 0xbac;
    let tries = if is_long() { 10_000 } else { 300 };
    for _ in 0..tries {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let (name, bytes) =
            template.iter().nth((chance >> 9) as usize % template.len()).expect("one of them");
        if bytes.is_empty() {
            continue;
        }
        let at = (chance >> 20) as usize % bytes.len();
        let file = fs::OpenOptions::new().write(true).open(made.join(name)).expect("opens");
        file.write_all_at(&[bytes[at] ^ 1 << (chance % 8)], at as u64).expect("flipped");
        let found = backup_verify(&made);
        assert!(matches!(found, Err(MirrorError::DamagedCopy { .. })), "{name} at {at}: {found:?}");
        file.write_all_at(&[bytes[at]], at as u64).expect("flipped back");
    }
    backup_verify(&made).expect("whole again");
    fs::remove_file(made.join("station.db")).expect("removed");
    let back = folder();
    let refused = restore(&made, &back.path().join("new"));
    assert!(matches!(refused, Err(MirrorError::DamagedCopy { .. })), "{refused:?}");
    println!("{tries} bytes flipped in a backup: all found");
}

#[test]
fn names_full_read_only_and_missing_disks() {
    let original = folder();
    let _station = station(original.path(), 3);
    let disk = Disk::of("40m");
    let made = backup_create(original.path(), &disk.0, NOW_MS).expect("made");
    let filler = fill(&disk.0);
    let refused = backup_create(original.path(), &disk.0, NOW_MS + 1000);
    assert!(matches!(refused, Err(MirrorError::DiskFull { needed_bytes: 1.., .. })), "{refused:?}");
    fs::remove_file(filler).expect("room is made");
    mount(&["-o", "remount,ro"], &disk.0);
    let refused = backup_create(original.path(), &disk.0, NOW_MS + 1000);
    assert!(matches!(refused, Err(MirrorError::DiskReadOnly { .. })), "{refused:?}");
    backup_verify(&made.folder).expect("the previous one is good");
    let back = folder();
    restore(&made.folder, &back.path().join("new")).expect("given back");
    assert_eq!(counts(&back.path().join("new")).0, 3);
    let refused = backup_create(original.path(), &disk.0.join("away"), NOW_MS);
    assert!(matches!(refused, Err(MirrorError::DiskGone { .. })), "{refused:?}");
    let refused = backup_create(back.path(), &disk.0, NOW_MS);
    assert!(matches!(refused, Err(MirrorError::OriginalMissing { .. })), "{refused:?}");
}

#[test]
fn takes_nothing_from_a_forged_list() {
    let (original, target, back) = (folder(), folder(), folder());
    let _station = station(original.path(), 1);
    let made = backup_create(original.path(), target.path(), NOW_MS).expect("made").folder;
    let text = fs::read_to_string(made.join("manifest.rkm")).expect("read");
    let body = text.split_once('\n').expect("two parts").1;
    for outside in ["../../escaped", "/escaped", "keys/../../escaped"] {
        let forged = body.replace("\"station.toml\"", &format!("\"{outside}\""));
        assert_ne!(forged, body);
        let sum = rekam_store::Hash::of(forged.as_bytes());
        fs::write(made.join("manifest.rkm"), format!("{sum}\n{forged}")).expect("forged");
        let refused = restore(&made, &back.path().join("new"));
        assert!(matches!(refused, Err(MirrorError::DamagedCopy { .. })), "{outside}: {refused:?}");
    }
}
