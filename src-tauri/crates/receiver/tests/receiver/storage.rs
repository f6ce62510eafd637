//! What every storage must do, whichever stands behind the two modules.

use std::io::{Read as _, Write as _};
use std::time::{Duration, SystemTime};

use rekam_packet::Upload;
use rekam_receiver::blob::{Blob, Made, Name};
use rekam_receiver::ledger::{EntryKind, Ledger, LedgerError};
use rekam_receiver::office::{First, Office};
use tempfile::TempDir;

use crate::desk::notice_id;
use crate::house::found;

fn name(number: u8, part: Upload) -> Name {
    Name { station: "desk-1".into(), item: notice_id(number), part }
}

#[test]
fn an_upload_is_made_once_and_grows_where_it_stood() {
    let folder = TempDir::new().unwrap();
    let blob = Blob::open(folder.path()).unwrap();
    let facts = name(1, Upload::Facts);
    assert_eq!(blob.create(&facts, 6).unwrap(), Made::New);
    blob.append(&facts, 0).unwrap().write_all(b"abc").unwrap();
    assert!(matches!(blob.create(&facts, 6).unwrap(), Made::Before(held) if held.offset == 3));
    // A new start finds the same.
    let blob = Blob::open(folder.path()).unwrap();
    let held = blob.held(&facts).unwrap().unwrap();
    assert_eq!((held.length, held.offset, held.is_whole()), (6, 3, false));
    assert_eq!(blob.whole_items().unwrap(), []);
    blob.append(&facts, 3).unwrap().write_all(b"def").unwrap();
    assert_eq!(blob.whole_items().unwrap(), [("desk-1".to_owned(), notice_id(1))]);
    assert_eq!(blob.create(&facts, 7).unwrap(), Made::OtherLength);
    assert_eq!(blob.held(&facts).unwrap(), None);
}

#[test]
fn what_is_kept_is_the_file_again() {
    let folder = TempDir::new().unwrap();
    let blob = Blob::open(folder.path()).unwrap();
    for (part, bytes) in [(Upload::Documents, b"ghi"), (Upload::Facts, b"abc")] {
        blob.create(&name(1, part), 3).unwrap();
        blob.append(&name(1, part), 0).unwrap().write_all(bytes).unwrap();
        blob.sync(&name(1, part)).unwrap();
        blob.keep(&name(1, part)).unwrap();
    }
    blob.sync_shelves([notice_id(1)]).unwrap();
    let mut kept = String::new();
    blob.packet(notice_id(1)).unwrap().read_to_string(&mut kept).unwrap();
    assert_eq!(kept, "abcghi", "an upload without bytes is no file");
    blob.put(notice_id(2), &[(Upload::Facts, 2), (Upload::Images, 0), (Upload::Documents, 1)], &b"xyz"[..])
        .unwrap();
    let mut kept = String::new();
    blob.packet(notice_id(2)).unwrap().read_to_string(&mut kept).unwrap();
    assert_eq!(kept, "xyz");
    assert!(blob.put(notice_id(3), &[(Upload::Facts, 9)], &b"short"[..]).is_err());
    assert!(blob.packet(notice_id(3)).is_err(), "half of a packet is none");
}

#[test]
fn forgets_what_stood_still_too_long() {
    let folder = TempDir::new().unwrap();
    let blob = Blob::open(folder.path()).unwrap();
    blob.create(&name(1, Upload::Facts), 6).unwrap();
    let now = SystemTime::now();
    assert_eq!(blob.expire(now - Duration::from_secs(60)).unwrap(), 0);
    assert_eq!(blob.expire(now + Duration::from_secs(60)).unwrap(), 1);
    assert_eq!(blob.held(&name(1, Upload::Facts)).unwrap(), None);
}

#[test]
fn a_write_that_fails_leaves_no_trace() {
    let folder = TempDir::new().unwrap();
    let ledger = Ledger::open(&folder.path().join("ledger.db")).unwrap();
    let failed: Result<(), LedgerError> = ledger.write(|view| {
        view.audit(1, "station_added", "desk-1")?;
        Err(LedgerError::Damaged("for the test"))
    });
    assert!(failed.is_err());
    ledger.write(|view| view.audit(2, "station_added", "desk-2")).unwrap();
    assert_eq!(ledger.read(|view| view.audit_break()).unwrap(), None);
}

#[test]
fn a_changed_audit_or_signed_word_is_found() {
    let folder = TempDir::new().unwrap();
    let office = found(folder.path());
    office
        .ledger
        .write(|view| -> Result<(), LedgerError> {
            view.add_station("desk-1", office.public_key(), office.public_key(), 0)?;
            for number in 0..3 {
                view.audit(number, "station_added", "desk-1")?;
                office.status(view, "desk-1", notice_id(1), "SFE", number)?;
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(rekam_receiver::check::check(&office).unwrap().1, []);
    let other = rusqlite::Connection::open(folder.path().join("ledger.db")).unwrap();
    for (change, word) in [
        ("UPDATE audit SET about = 'desk-2' WHERE sequence = 2", "audit_broken"),
        ("DELETE FROM audit WHERE sequence = 2", "audit_broken"),
        ("DELETE FROM entry WHERE position = 2", "entry_chain"),
        ("UPDATE entry SET bytes = x'00' WHERE position = 3", "entry_signature"),
    ] {
        other.execute(change, []).unwrap();
        let (_, findings) = rekam_receiver::check::check(&office).unwrap();
        assert!(findings.iter().any(|finding| finding.word == word), "{change}: {findings:?}");
    }
}

#[test]
fn no_position_is_given_twice_even_by_a_restored_office() {
    let folder = TempDir::new().unwrap();
    let office = found(folder.path());
    let give = |office: &Office| {
        let mut given = 0;
        let sign = |position: u64| {
            given = position;
            Ok(vec![1])
        };
        office.ledger.write(|view| view.give("desk-1", notice_id(1), EntryKind::Status, sign)).unwrap();
        given
    };
    office
        .ledger
        .write(|view| view.add_station("desk-1", office.public_key(), office.public_key(), 0))
        .unwrap();
    assert_eq!((give(&office), give(&office)), (1, 2));
    let backup = folder.path().join("backup");
    rekam_receiver::backup::create(&office, &backup).unwrap();
    assert_eq!(give(&office), 3);
    let data = folder.path().join("restored");
    rekam_receiver::backup::restore(&backup, &data).unwrap();
    let restored = Office::open(&data, &First::default()).unwrap();
    assert!(give(&restored) > 1_000_000);
}

#[test]
fn two_programs_never_serve_one_folder() {
    let folder = TempDir::new().unwrap();
    let office = found(folder.path());
    let claim = office.claim().unwrap();
    assert!(office.claim().is_err());
    drop(claim);
    assert!(office.claim().is_ok());
}
