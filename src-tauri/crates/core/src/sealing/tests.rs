use rekam_domain::case::Facts as Said;
use rekam_domain::packet::PacketState;
use rekam_packet::{IdentityKey, Opened, open};

use super::*;
use crate::knowledge::kind;
use crate::office::OFFICE_FILE;
use crate::station::tests::desk::Office as Desk;
use crate::station::tests::{operator, request};

mod waiting;

fn identities() -> Vec<IdentityKey> {
    IdentityKey::read_file(include_str!("../../../../../fixtures/office/demonstration.identity")).unwrap()
}

fn files(desk: &Desk) -> Vec<std::path::PathBuf> {
    let Ok(entries) = fs::read_dir(desk.folder.path().join(PACKETS_FOLDER)) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|end| end == ENDING || end == DRAFT)).collect()
}

fn opened(desk: &Desk) -> Opened {
    let path = files(desk).pop().unwrap();
    let trust = Trust::default().with_station(desk.station.station_id(), desk.station.station_key().unwrap());
    open(BufReader::new(File::open(path).unwrap()), &trust, &identities(), &mut |_| Ok(())).unwrap()
}

fn state(desk: &Desk) -> PacketState {
    let packets = desk.station.store().unwrap().read(|reading| reading.list_packets_of(desk.case)).unwrap();
    packets.last().unwrap().state
}

fn ready() -> Desk {
    let mut desk = Desk::in_capture();
    desk.take_all_but_finger_three();
    desk
}

#[test]
fn a_finished_recording_lies_in_the_outbox_and_opens_at_the_office() {
    let mut desk = ready();
    desk.take(kind::FINGER, "3");
    desk.go("recording.seal", &Said::default()).unwrap();
    let packet = opened(&desk);
    assert_eq!(packet.outline.manifest.counter, 1);
    assert_eq!(packet.outline.manifest.operator.account, "operator");
    let outbox = desk.station.outbox().unwrap();
    let queued = outbox.read(|reading| reading.list_packets(PacketState::Queued, 10)).unwrap();
    assert_eq!(queued.len(), 1);
    assert_eq!(queued[0].manifest_hash.0, *packet.outline.manifest_hash.as_bytes());
    assert_eq!(state(&desk), PacketState::Sealed);
    desk.station.sign_in(operator()).unwrap();
    assert_eq!(state(&desk), PacketState::Queued, "the next promise knows");
}

#[test]
fn the_approver_signs_with_a_key_of_their_own() {
    let mut desk = ready();
    desk.raise();
    desk.station.sign_in(request("kasi", "sungai tenang perahu lewat")).unwrap();
    desk.go("recording.approve_exception", &Said::default()).unwrap();
    desk.station.sign_in(operator()).unwrap();
    desk.go("recording.seal", &Said::default()).unwrap();
    let packet = opened(&desk);
    let approval = &packet.outline.approvals[0];
    assert_eq!(approval.approver.account, "kasi");
    assert_ne!(approval.approver.key, packet.outline.manifest.operator.key);
    assert!(!packet.outline.manifest.approval_pending);
}

#[test]
fn an_approval_that_waits_is_said_in_the_packet() {
    let mut desk = ready();
    desk.raise();
    let mut alone = Said::default();
    alone.recording.no_approver_present = true;
    desk.go("recording.defer_approval", &alone).unwrap();
    desk.go("recording.seal", &Said::default()).unwrap();
    assert!(opened(&desk).outline.manifest.approval_pending);
}

#[test]
fn what_the_office_would_refuse_is_refused_at_the_desk_and_can_be_taken_again() {
    let mut desk = ready();
    let body = json!({});
    let broken = crate::desk::Recorded {
        kind: kind::FINGER,
        slot: "3",
        body: &body,
        image: Some(("image/png", b"no")),
    };
    desk.station.record(desk.case, broken).unwrap();
    let refused = desk.go("recording.seal", &Said::default()).unwrap_err();
    assert_eq!((refused.code, refused.values["word"].as_str()), (Code::PacketRefused, "image_broken"));
    assert_eq!(
        refused.values["why"], "packet.open.image_broken",
        "the sentence that says what to take again"
    );
    assert!(files(&desk).is_empty(), "nothing half is left: {:?}", files(&desk));
    desk.take(kind::FINGER, "3");
    desk.go("recording.seal", &Said::default()).unwrap();
    opened(&desk);
}

#[test]
fn a_lost_admission_is_missed_by_name() {
    let mut desk = ready();
    desk.take(kind::FINGER, "3");
    fs::remove_file(desk.folder.path().join(OFFICE_FILE)).unwrap();
    assert_eq!(desk.go("recording.seal", &Said::default()).unwrap_err().code, Code::FileDamaged);
}

#[test]
fn an_admission_that_another_program_put_there_seals_nothing() {
    let mut desk = ready();
    desk.take(kind::FINGER, "3");
    let path = desk.folder.path().join(OFFICE_FILE);
    let key = rekam_packet::PublicKey::from_bytes([9; 32]);
    fs::write(&path, crate::demonstration::foreign_bundle(key)).unwrap();
    let refused = desk.go("recording.seal", &Said::default()).unwrap_err();
    assert_eq!(refused.code, Code::FileDamaged);
    assert!(files(&desk).is_empty());
}

#[test]
fn a_power_cut_between_file_and_outbox_is_mended_by_the_next_sign_in() {
    let mut desk = ready();
    desk.take(kind::FINGER, "3");
    desk.go("recording.seal", &Said::default()).unwrap();
    // As it is when the power goes before the outbox was written: its file is new and empty.
    let Desk { station, case, folder } = desk;
    drop(station);
    for file in ["outbox.db", "outbox.db-wal", "outbox.db-shm", "outbox.check"] {
        let _ = fs::remove_file(folder.path().join(file));
    }
    let stray = folder.path().join(PACKETS_FOLDER).join("0197a6f0-0000-7000-8000-000000000000.rekam");
    fs::write(&stray, b"never promised").unwrap();
    fs::write(stray.with_extension(DRAFT), b"half").unwrap();
    let clock = crate::clock::SetClock::at(crate::station::tests::NOON);
    let mut station = crate::station::tests::open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    let desk = Desk { station, case, folder };
    let queued = desk.station.outbox().unwrap().read(|reading| reading.list_packets(PacketState::Queued, 10));
    assert_eq!(queued.unwrap().len(), 1);
    assert_eq!(files(&desk).len(), 1, "what was never promised is out of the way: {:?}", files(&desk));
    assert!(stray.with_extension(ASIDE).exists(), "and nothing that was sealed is deleted");
    opened(&desk);
}

/// A closed station whose one recording is sealed, and whose outbox is gone.
fn sealed_without_outbox() -> (tempfile::TempDir, Uuid) {
    let mut desk = ready();
    desk.take(kind::FINGER, "3");
    desk.go("recording.seal", &Said::default()).unwrap();
    let Desk { station, case, folder } = desk;
    drop(station);
    for file in ["outbox.db", "outbox.db-wal", "outbox.db-shm", "outbox.check"] {
        let _ = fs::remove_file(folder.path().join(file));
    }
    (folder, case)
}

fn packet_file(folder: &tempfile::TempDir) -> std::path::PathBuf {
    fs::read_dir(folder.path().join(PACKETS_FOLDER)).unwrap().next().unwrap().unwrap().path()
}

#[test]
fn a_packet_whose_file_was_damaged_before_it_left_is_built_again() {
    let (folder, case) = sealed_without_outbox();
    let path = packet_file(&folder);
    fs::write(&path, b"rotten").unwrap();
    let clock = crate::clock::SetClock::at(crate::station::tests::NOON);
    let mut station = crate::station::tests::open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    opened(&Desk { station, case, folder });
}

#[test]
fn a_packet_the_disk_does_not_give_now_is_asked_for_again_and_not_replaced() {
    let (folder, case) = sealed_without_outbox();
    let path = packet_file(&folder);
    let bytes = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    // It opens, and cannot be read.
    fs::create_dir(&path).unwrap();
    let clock = crate::clock::SetClock::at(crate::station::tests::NOON);
    let mut station = crate::station::tests::open(&folder, &clock);
    let refused = match station.sign_in(operator()) {
        Ok(home) => home.packets_problem.unwrap(),
        Err(problem) => problem,
    };
    assert_eq!(refused.code, Code::DiskRefused);
    fs::remove_dir(&path).unwrap();
    fs::write(&path, &bytes).unwrap();
    assert_eq!(station.sign_in(operator()).unwrap().packets_problem, None);
    assert_eq!(fs::read(&path).unwrap(), bytes, "the same packet");
    opened(&Desk { station, case, folder });
}

#[test]
fn a_promised_packet_whose_place_in_the_chain_is_gone_is_built_again_and_blocks_nobody() {
    let (folder, case) = sealed_without_outbox();
    let key = rekam_keys::TransportKey::read(&folder.path().join("keys")).unwrap().unwrap();
    let key = rekam_store::TransportKey::from_bytes(key.bytes());
    let outbox = rekam_store::Outbox::create(folder.path(), &key).unwrap();
    outbox.write(|writing| writing.skip_packet_numbers(10)).unwrap();
    drop(outbox);
    let clock = crate::clock::SetClock::at(crate::station::tests::NOON);
    let mut station = crate::station::tests::open(&folder, &clock);
    let home = station.sign_in(operator()).unwrap();
    assert_eq!(home.packets_problem, None);
    let desk = Desk { station, case, folder };
    assert_eq!(opened(&desk).outline.manifest.counter, 11);
    let queued = desk.station.outbox().unwrap().read(|reading| reading.list_packets(PacketState::Queued, 10));
    assert_eq!(queued.unwrap().len(), 1);
}

#[test]
fn a_lost_or_damaged_outbox_is_made_again_and_no_number_is_used_twice() {
    let mut desk = ready();
    desk.take(kind::FINGER, "3");
    desk.go("recording.seal", &Said::default()).unwrap();
    desk.station.sign_in(operator()).unwrap();
    assert_eq!(state(&desk), PacketState::Queued);
    let outbox = |desk: &Desk| {
        desk.station.outbox().unwrap().read(|reading| {
            Ok((reading.list_packets(PacketState::Queued, 10)?, reading.get_packet_chain()?.counter))
        })
    };
    let (before, _) = outbox(&desk).unwrap();
    let clock = crate::clock::SetClock::at(crate::station::tests::NOON);
    let ruin = |file: &Path| fs::write(file, vec![7; 9_000]).unwrap();
    let remove = |file: &Path| fs::remove_file(file).unwrap();
    for harm in [&remove as &dyn Fn(&Path), &ruin] {
        let Desk { station, case, folder } = desk;
        drop(station);
        let _ = fs::remove_file(folder.path().join("outbox.db-wal"));
        harm(&folder.path().join("outbox.db"));
        let mut station = crate::station::tests::open(&folder, &clock);
        let home = station.sign_in(operator()).unwrap();
        assert_eq!(home.packets_problem, None);
        desk = Desk { station, case, folder };
        let (after, chain) = outbox(&desk).unwrap();
        assert_eq!(after.len(), 1, "what waited waits again");
        assert_eq!(
            (after[0].id, after[0].manifest_hash, after[0].counter),
            (before[0].id, before[0].manifest_hash, 1)
        );
        assert!(chain > 1, "the number after it may have been used");
    }
    let audit = desk.station.store().unwrap().read(|reading| reading.list_audit(0, 10_000)).unwrap();
    let is_told = |row: &rekam_store::AuditRow| row.event == AuditEvent::DatabaseSetAside.word();
    assert_eq!(audit.into_iter().filter(is_told).count(), 1);
}

#[test]
fn an_outbox_that_cannot_be_read_keeps_nobody_from_home() {
    let mut desk = ready();
    let stray = desk.folder.path().join("away");
    fs::rename(desk.folder.path().join("outbox.db"), &stray).unwrap();
    // A write that failed: from here on the outbox is opened anew, and cannot be.
    let outbox = desk.station.outbox().unwrap();
    outbox.write(|writing| writing.mark_cursor("any", "1", 1)).unwrap_err();
    outbox.read(|reading| reading.get_packet_chain()).unwrap_err();
    assert!(desk.station.home().unwrap().delivery.problem.is_some());
    fs::rename(stray, desk.folder.path().join("outbox.db")).unwrap();
    desk.station.sign_in(operator()).unwrap();
}

/// A recording that was sealed, and is sealed once more after the station was given back from a copy; the file of the
/// first packet.
fn given_back(meanwhile: impl FnOnce(&mut Desk)) -> (Desk, Vec<u8>) {
    let mut desk = ready();
    desk.take(kind::FINGER, "3");
    let disk = tempfile::tempdir().unwrap();
    desk.station.sign_in(request("pengawas", "buku merah lemari besi")).unwrap();
    desk.station.keep_mirror_in(Some(disk.path())).unwrap();
    desk.station.keep_copies();
    let begun = std::time::Instant::now();
    while desk.station.copies().mirror.made_ms.is_none() {
        assert!(begun.elapsed().as_secs() < 30, "{:?}", desk.station.copies());
        desk.station.hurry_copies();
        std::thread::yield_now();
    }
    // The mirror's disk is pulled, and the recording is finished.
    desk.station.stop_copies();
    desk.station.sign_in(operator()).unwrap();
    desk.go("recording.seal", &Said::default()).unwrap();
    let first = fs::read(files(&desk).pop().unwrap()).unwrap();
    meanwhile(&mut desk);
    fs::write(desk.folder.path().join("station.db"), b"ruined").unwrap();
    desk.station.lock(crate::trail::LockReason::Chosen);
    desk.station.give_back_from_mirror(operator()).unwrap();
    desk.go("recording.seal", &Said::default()).unwrap();
    (desk, first)
}

#[test]
fn what_the_office_said_before_the_station_was_given_back_still_counts() {
    let (desk, _) = given_back(Desk::accepted);
    let packets = desk.station.store().unwrap().read(|reading| reading.list_packets_of(desk.case)).unwrap();
    let states: Vec<_> = packets.iter().map(|packet| packet.state).collect();
    assert_eq!(states[0], PacketState::Superseded, "{states:?}");
}

#[test]
fn a_recording_that_was_sealed_before_the_station_was_given_back_gets_a_packet_of_its_own() {
    let (desk, first) = given_back(|_| {});
    let both = files(&desk);
    assert_eq!(both.len(), 2);
    assert!(both.iter().any(|path| fs::read(path).unwrap() == first), "what was sealed stays as it was");
    let outbox = desk.station.outbox().unwrap();
    let queued = outbox.read(|reading| reading.list_packets(PacketState::Queued, 10)).unwrap();
    let counters: Vec<i64> = queued.iter().map(|row| row.counter).collect();
    assert_eq!(counters, [1, 2], "no number of the chain is used twice");
}
