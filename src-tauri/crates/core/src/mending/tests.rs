use std::time::{Duration, Instant};

use rekam_domain::biodata::Biodata;
use rekam_domain::purpose::Purpose;

use super::*;
use crate::station::tests::{demonstration, open, operator, request};

fn ruin(folder: &tempfile::TempDir) {
    let file = folder.path().join("station.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[..middle].iter_mut().for_each(|byte| *byte ^= 0x5a);
    std::fs::write(&file, bytes).unwrap();
}

fn mirrored(folder: &tempfile::TempDir, clock: &crate::clock::SetClock, disk: &tempfile::TempDir) -> usize {
    let mut station = open(folder, clock);
    station.sign_in(request("pengawas", "buku merah lemari besi")).unwrap();
    station.keep_mirror_in(Some(disk.path())).unwrap();
    station.keep_copies();
    station.sign_in(operator()).unwrap();
    for _ in 0..3 {
        station.open_case(Purpose::New, &Biodata::default()).unwrap();
    }
    clock.advance(1_000);
    let (now, begun) = (station.now(), Instant::now());
    while station.copies().mirror.made_ms != Some(now) {
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", station.copies());
        station.hurry_copies();
        std::thread::yield_now();
    }
    station.list_cases().unwrap().len()
}

#[test]
fn offers_the_mirror_for_a_damaged_database_and_gives_it_back() {
    let (folder, clock) = demonstration();
    let disk = tempfile::tempdir().unwrap();
    let cases = mirrored(&folder, &clock, &disk);
    ruin(&folder);
    let mut station = open(&folder, &clock);
    station.keep_copies();
    let refused = station.sign_in(operator()).unwrap_err();
    assert_eq!(refused.code, Code::DatabaseDamaged);
    assert_eq!(refused.values["date"], "2026-11-20");
    let wrong = request("operator", "bukan frasa sandi ini");
    assert_eq!(station.give_back_from_mirror(wrong).unwrap_err().code, Code::WrongSecret);
    station.give_back_from_mirror(operator()).unwrap();
    assert_eq!(station.list_cases().unwrap().len(), cases);
    let aside = std::fs::read_dir(folder.path()).unwrap();
    let aside: Vec<_> = aside
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains("set-aside-"))
        .collect();
    assert_eq!(aside.len(), 1, "the damaged database is kept");
    assert!(aside[0].join("station.db").exists());
    station.sign_in(request("pengawas", "buku merah lemari besi")).unwrap();
    assert!(station.verify().unwrap().intact);
}

#[test]
fn a_give_back_that_was_interrupted_goes_on() {
    let (folder, clock) = demonstration();
    let disk = tempfile::tempdir().unwrap();
    let cases = mirrored(&folder, &clock, &disk);
    Store::set_aside(folder.path(), clock.at_wall()).unwrap();
    let mut station = open(&folder, &clock);
    assert_eq!(station.sign_in(operator()).unwrap_err().code, Code::DatabaseDamaged);
    station.give_back_from_mirror(operator()).unwrap();
    assert_eq!(station.list_cases().unwrap().len(), cases);
}

#[test]
fn a_sound_database_is_never_replaced() {
    let (folder, clock) = demonstration();
    let disk = tempfile::tempdir().unwrap();
    mirrored(&folder, &clock, &disk);
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    let (late, _) = station.open_case(Purpose::New, &Biodata::default()).unwrap();
    station.give_back_from_mirror(operator()).unwrap();
    assert!(station.list_cases().unwrap().iter().any(|case| case.id == late));
}

#[test]
fn without_a_mirror_the_damage_is_named_and_nothing_is_touched() {
    let (folder, clock) = demonstration();
    drop(open(&folder, &clock));
    ruin(&folder);
    let before = std::fs::read(folder.path().join("station.db")).unwrap();
    let mut station = open(&folder, &clock);
    assert_eq!(station.sign_in(operator()).unwrap_err().code, Code::FileDamaged);
    assert_eq!(station.give_back_from_mirror(operator()).unwrap_err().code, Code::FileDamaged);
    assert_eq!(std::fs::read(folder.path().join("station.db")).unwrap(), before);
}

#[test]
fn a_station_from_a_copy_gives_no_number_twice() {
    let (folder, clock) = demonstration();
    let (disk, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let series = Series::Registration.word();
    let take = |station: &mut Station| {
        let now = station.now();
        station.promise(|_, writing| Ok(writing.insert_number_taken(series, 2026, None, now)?)).unwrap()
    };
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    take(&mut station);
    rekam_store::backup_create(folder.path(), disk.path(), station.now()).unwrap();
    // A peak day goes on after the copy was made.
    clock.advance(DAY_MS);
    let last = (0..NUMBERS_A_DAY).map(|_| take(&mut station)).max().unwrap();
    drop(station);
    let copy = rekam_store::backup_list(disk.path()).unwrap().remove(0).folder;
    crate::backup::restore(&copy, elsewhere.path()).unwrap();
    let mut again = open(&elsewhere, &clock);
    again.sign_in(operator()).unwrap();
    assert!(take(&mut again) > last);
    let next = take(&mut again);
    again.lock(crate::trail::LockReason::Chosen);
    again.sign_in(operator()).unwrap();
    assert_eq!(take(&mut again), next + 1, "only the first time");
}

#[test]
fn a_station_from_a_copy_skips_the_numbers_of_packets_also_after_a_cut() {
    let (folder, clock) = demonstration();
    let (disk, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    rekam_store::backup_create(folder.path(), disk.path(), station.now()).unwrap();
    let key = rekam_keys::TransportKey::read(&folder.path().join(config::KEYS_FOLDER)).unwrap().unwrap();
    drop(station);
    let copy = rekam_store::backup_list(disk.path()).unwrap().remove(0).folder;
    crate::backup::restore(&copy, elsewhere.path()).unwrap();
    clock.advance(DAY_MS);
    // The outbox does not open, as when the power goes before it was reached.
    let key = rekam_store::TransportKey::from_bytes(key.bytes());
    let held = rekam_store::Outbox::open(elsewhere.path(), &key).unwrap();
    let mut again = open(&elsewhere, &clock);
    assert_eq!(again.sign_in(operator()).unwrap_err().code, Code::AlreadyRunning);
    drop(held);
    again.sign_in(operator()).unwrap();
    let counter = |station: &Station| {
        station.outbox().unwrap().read(|reading| reading.get_packet_chain()).unwrap().counter
    };
    let skipped = counter(&again);
    assert!(skipped >= NUMBERS_A_DAY, "{skipped}");
    again.sign_in(operator()).unwrap();
    assert_eq!(counter(&again), skipped, "only the first time");
}
