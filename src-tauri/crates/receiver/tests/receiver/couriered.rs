//! The stick: the same packets, the same ledger, and strangers by name.

use std::fs;
use std::path::{Path, PathBuf};

use rekam_packet::notice::{CourierFile, CourierList, Payload as _, Receipt};
use rekam_packet::{Digest, PublicKey};
use rekam_receiver::courier::{CourierError, Taken, export, import};
use tempfile::TempDir;

use crate::delivered::deliver;
use crate::desk::{Desk, SEALED_MS, Sealed, notice_id};
use crate::house::House;

/// Where a station writes on a stick.
fn place(desk: &Desk, stick: &Path) -> PathBuf {
    stick.join("rekam/to-office").join(&desk.id)
}

fn fill(desk: &Desk, stick: &Path, files: &[(String, Vec<u8>)]) {
    let to = &place(desk, stick);
    fs::create_dir_all(to).unwrap();
    let mut listed = Vec::new();
    for (name, bytes) in files {
        fs::write(to.join(name), bytes).unwrap();
        listed.push(CourierFile {
            name: name.clone(),
            length: bytes.len() as u64,
            sha256: Digest::of(bytes),
        });
    }
    let list = CourierList {
        version: 1,
        from: desk.id.clone(),
        to: "disdukcapil-contoh".into(),
        at_ms: SEALED_MS,
        files: listed,
    };
    fs::write(to.join("courier.cose"), list.sign(&desk.signing).unwrap()).unwrap();
}

/// What was taken of a stick of one station.
fn take(house: &House, stick: &Path) -> Result<Taken, CourierError> {
    let mut found = import(&house.office, stick).unwrap();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn named(sealed: &Sealed) -> (String, Vec<u8>) {
    (format!("{}.rekam", sealed.id), sealed.bytes.clone())
}

#[test]
fn network_and_stick_end_in_one_ledger() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    let packets: Vec<Sealed> = (0..4).map(|_| desk.seal()).collect();
    deliver(&way, &packets[1]);
    let stick = TempDir::new().unwrap();
    let mut files: Vec<_> = packets[..3].iter().map(named).collect();
    files.push((format!("{}.cose", notice_id(1)), desk.withdrawal(&packets[2])));
    fill(&desk, stick.path(), &files);
    for _ in 0..2 {
        let taken = take(&house, stick.path()).unwrap();
        assert_eq!((taken.accepted, taken.refused.len()), (4, 0), "twice is once");
    }
    deliver(&way, &packets[0]);
    deliver(&way, &packets[3]);
    let rows = house.office.ledger.read(|view| view.packets(None, None, 100)).unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!(rekam_receiver::check::check(&house.office).unwrap().1, []);

    let back = TempDir::new().unwrap();
    let count = export(&house.office, "desk-1", back.path()).unwrap();
    let back = back.path().join("rekam/to-station/desk-1");
    let key = house.office.public_key();
    let list = CourierList::verify_by(&fs::read(back.join("courier.cose")).unwrap(), [&key]).unwrap();
    assert_eq!((list.to.as_str(), list.files.len()), ("desk-1", 2));
    let words: Vec<minicbor::bytes::ByteVec> =
        minicbor::decode(&fs::read(back.join("messages.cbor")).unwrap()).unwrap();
    assert_eq!((count, words.len()), (6, 6), "an hour, four packets and a notice");
    assert_eq!(words.iter().filter(|word| is_receipt(word, &key)).count(), 5);
}

#[test]
fn a_stick_leads_nowhere_else() {
    let house = House::new();
    house.admit("desk-1", 11);
    let (stick, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    std::os::unix::fs::symlink(elsewhere.path(), stick.path().join("rekam")).unwrap();
    export(&house.office, "desk-1", stick.path()).unwrap_err();
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0, "nothing is written through a link");
    fs::create_dir_all(elsewhere.path().join("to-office/desk-1")).unwrap();
    assert!(matches!(import(&house.office, stick.path()), Err(CourierError::Nothing)));
}

fn is_receipt(bytes: &[u8], key: &PublicKey) -> bool {
    Receipt::verify_by(bytes, [key]).is_ok()
}

#[test]
fn a_disk_of_a_stranger_is_refused_by_name() {
    let house = House::new();
    let (mut desk, _) = house.admit("desk-1", 11);
    let stick = TempDir::new().unwrap();
    let mut stranger = Desk::new("desk-9", 99, &desk.to);
    let sealed = stranger.seal();
    fill(&stranger, stick.path(), &[named(&sealed)]);
    let refused = take(&house, stick.path());
    assert!(matches!(&refused, Err(CourierError::Stranger(name)) if name == "desk-9"), "{refused:?}");
    // The others on the same stick are taken.
    let good = desk.seal();
    fill(&desk, stick.path(), &[named(&good)]);
    let found = import(&house.office, stick.path()).unwrap();
    assert_eq!(found.iter().flatten().map(|taken| taken.accepted).collect::<Vec<_>>(), [1]);
    assert_eq!(found.len(), 2);
    // Signed by one station in the name of another.
    let stick = TempDir::new().unwrap();
    assert!(matches!(import(&house.office, stick.path()), Err(CourierError::Nothing)));
    desk.id = "desk-2".into();
    fill(&desk, stick.path(), &[]);
    assert!(matches!(take(&house, stick.path()), Err(CourierError::Stranger(_))));
    fs::write(place(&desk, stick.path()).join("courier.cose"), b"nonsense").unwrap();
    assert!(matches!(take(&house, stick.path()), Err(CourierError::NotAList)));
}

#[test]
fn looks_at_no_link_no_changed_file_and_no_packet_of_another() {
    let house = House::new();
    let (mut desk, _) = house.admit("desk-1", 11);
    let (mut other, _) = house.admit("desk-2", 12);
    let stick = TempDir::new().unwrap();
    let (linked, changed, good, foreign) = (desk.seal(), desk.seal(), desk.seal(), other.seal());
    fill(&desk, stick.path(), &[named(&linked), named(&changed), named(&good), named(&foreign)]);
    let at = |sealed: &Sealed| place(&desk, stick.path()).join(format!("{}.rekam", sealed.id));
    let elsewhere = stick.path().join("elsewhere");
    fs::rename(at(&linked), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, at(&linked)).unwrap();
    let mut bytes = changed.bytes.clone();
    bytes[100] ^= 1;
    fs::write(at(&changed), bytes).unwrap();
    let taken = take(&house, stick.path()).unwrap();
    let why: Vec<&str> = taken.refused.iter().map(|(_, why)| why.as_str()).collect();
    assert_eq!((taken.accepted, why), (1, vec!["changed", "changed", "verify:station_unknown"]));
}

#[test]
fn a_revoked_station_still_delivers_what_it_owed() {
    let house = House::new();
    let (mut desk, _) = house.admit("desk-1", 11);
    let (owed, late) = (desk.seal(), desk.seal());
    house.office.ledger.write(|view| view.revoke_station("desk-1", 1, "lost")).unwrap();
    let stick = TempDir::new().unwrap();
    fill(&desk, stick.path(), &[named(&owed), named(&late)]);
    let taken = take(&house, stick.path()).unwrap();
    assert_eq!(taken.accepted, 1);
    assert_eq!(taken.refused[0].1, "ledger:station_revoked");
}
