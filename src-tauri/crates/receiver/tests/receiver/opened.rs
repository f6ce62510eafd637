//! Opening, notices, and what the station is told about them.

use std::cell::Cell;
use std::fs;
use std::time::{Duration, Instant};

use rekam_packet::Upload;
use rekam_packet::notice::{Done, Receipt};
use rekam_receiver::ingest::IngestError;
use rekam_receiver::ledger::{PacketRow, PacketState};
use rekam_receiver::opening::{Opener, open_packet, open_waiting};

use crate::client::Way;
use crate::delivered::deliver;
use crate::desk::{Sealed, notice_id};
use crate::house::{House, PASSPHRASE};

fn open_all(house: &House) {
    open_waiting(&house.office, &house.office.keys.identities(PASSPHRASE).unwrap()).unwrap();
}

fn asked(way: &Way, item: rekam_packet::PacketId) -> Receipt {
    way.ask("GET", &format!("/v1/items/{item}"), &[], b"").receipt(&way.office_key)
}

#[test]
fn opens_what_arrives_when_it_has_the_passphrase() {
    let house = House::with(true, 1_000_000);
    let (mut desk, way) = house.admit("desk-1", 11);
    let (good, bad) = (desk.seal(), desk.seal_raw(b"no picture"));
    deliver(&way, &good);
    deliver(&way, &bad);
    let begun = Instant::now();
    while asked(&way, bad.id).done == Done::Stored {
        assert!(begun.elapsed() < Duration::from_secs(60), "never opened");
        std::thread::yield_now();
    }
    assert_eq!(asked(&way, good.id).done, Done::OpenedAndVerified);
    assert_eq!(asked(&way, bad.id).done, Done::Refused { depth: "open".into(), word: "image_broken".into() });
}

/// More than the opener looks up at once.
const SPOILT: usize = 17;

#[test]
fn packets_that_cannot_be_read_do_not_keep_the_others_closed() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    let sealed: Vec<Sealed> = (0..=SPOILT).map(|_| desk.seal()).collect();
    for sealed in &sealed {
        deliver(&way, sealed);
    }
    let (good, spoilt) = sealed.split_last().unwrap();
    for sealed in spoilt {
        // A folder in place of the pictures opens, and cannot be read.
        let images = house.office.blob.kept_path(sealed.id, Upload::Images);
        fs::rename(&images, images.with_extension("away")).unwrap();
        fs::create_dir(&images).unwrap();
    }
    let identities = house.office.keys.identities(PASSPHRASE).unwrap();
    let opened = open_waiting(&house.office, &identities);
    assert!(matches!(opened, Err(IngestError::Unopened(SPOILT))), "{opened:?}");
    assert_eq!(asked(&way, good.id).done, Done::OpenedAndVerified);
    let images = house.office.blob.kept_path(spoilt[0].id, Upload::Images);
    fs::remove_dir(&images).unwrap();
    fs::rename(images.with_extension("away"), &images).unwrap();
    let opened = open_waiting(&house.office, &identities);
    assert!(matches!(opened, Err(IngestError::Unopened(left)) if left == SPOILT - 1), "{opened:?}");
    assert_eq!(asked(&way, spoilt[0].id).done, Done::OpenedAndVerified);
}

#[test]
fn what_failed_a_moment_ago_is_left_alone_while_others_come() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    let bad = desk.seal();
    deliver(&way, &bad);
    let (mut opener, tries) = (Opener::default(), Cell::new(0));
    let open = |_: &PacketRow| {
        tries.set(tries.get() + 1);
        Err(std::io::Error::other("a bad disk").into())
    };
    for _ in 0..3 {
        assert_eq!(opener.sweep(&house.office, &open).unwrap(), 0);
        assert_eq!((opener.failed(), tries.get()), (1, 1));
    }
}

#[test]
fn a_panic_over_one_packet_does_not_keep_the_others_closed() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    let (bad, good) = (desk.seal(), desk.seal());
    deliver(&way, &bad);
    deliver(&way, &good);
    let identities = house.office.keys.identities(PASSPHRASE).unwrap();
    let open = |row: &PacketRow| {
        assert_ne!(row.id, bad.id, "a decoder that cannot go on");
        open_packet(&house.office, row, &identities)
    };
    let mut opener = Opener::default();
    assert_eq!(opener.sweep(&house.office, &open).unwrap(), 1);
    assert_eq!(opener.failed(), 1);
    assert_eq!(asked(&way, good.id).done, Done::OpenedAndVerified);
    assert_eq!(asked(&way, bad.id).done, Done::Stored, "nothing is said about it");
}

#[test]
fn holds_a_packet_until_its_late_approval_is_there() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    for is_early in [false, true] {
        let (sealed, exception) = desk.seal_pending();
        let approval = desk.late_approval(&sealed, &exception);
        let item = notice_id(u8::from(is_early));
        let give = || way.create(item, Upload::Facts, approval.len(), &approval).receipt(&way.office_key);
        if is_early {
            assert_eq!(give().done, Done::Stored, "it waits for its packet");
        }
        deliver(&way, &sealed);
        if !is_early {
            open_all(&house);
            assert_eq!(asked(&way, sealed.id).done, Done::Stored);
            let state = house.office.ledger.read(|view| view.packet(sealed.id)).unwrap().unwrap().state;
            assert_eq!(state, PacketState::Held);
            assert_eq!(give().done, Done::OpenedAndVerified);
        }
        open_all(&house);
        assert_eq!(asked(&way, sealed.id).done, Done::OpenedAndVerified);
        assert_eq!(asked(&way, item).done, Done::OpenedAndVerified);
    }
}

#[test]
fn a_withdrawal_stops_its_packet_before_and_after_it_arrived() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    let (before, after) = (desk.seal(), desk.seal());
    deliver(&way, &before);
    for (number, sealed) in [(1, &before), (2, &after)] {
        let notice = desk.withdrawal(sealed);
        let receipt =
            way.create(notice_id(number), Upload::Facts, notice.len(), &notice).receipt(&way.office_key);
        assert_eq!((receipt.done, receipt.blobs), (Done::OpenedAndVerified, 1));
    }
    open_all(&house);
    let row = house.office.ledger.read(|view| view.packet(before.id)).unwrap().unwrap();
    assert_eq!((row.is_withdrawn, row.state), (true, PacketState::Opened));
    assert_eq!(asked(&way, before.id).done, Done::OpenedAndVerified, "its station may forget it");
    let facts = after.upload(Upload::Facts);
    let refused = way.create(after.id, Upload::Facts, facts.len(), facts).receipt(&way.office_key);
    assert_eq!(refused.done, Done::Refused { depth: "ledger".into(), word: "withdrawn".into() });
}

#[test]
fn a_withdrawn_packet_waits_for_no_approval() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    // The withdrawal comes before the opener looks, or finds the packet held.
    for (number, is_held) in [(1, false), (2, true)] {
        let (sealed, _) = desk.seal_pending();
        deliver(&way, &sealed);
        if is_held {
            open_all(&house);
        }
        let notice = desk.withdrawal(&sealed);
        way.create(notice_id(number), Upload::Facts, notice.len(), &notice);
        open_all(&house);
        assert_eq!(asked(&way, sealed.id).done, Done::OpenedAndVerified);
    }
}

#[test]
fn a_notice_of_another_station_changes_nothing() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    let (thief, stolen) = house.admit("desk-2", 12);
    let sealed = desk.seal();
    deliver(&way, &sealed);
    for (number, notice) in [(1, thief.withdrawal(&sealed)), (2, desk.withdrawal(&sealed))] {
        let reply = stolen.create(notice_id(number), Upload::Facts, notice.len(), &notice);
        let is_told = reply.status == 460
            || matches!(
                reply.receipt(&stolen.office_key).done,
                Done::Refused { .. } | Done::OpenedAndVerified
            );
        assert!(is_told);
    }
    let row = house.office.ledger.read(|view| view.packet(sealed.id)).unwrap().unwrap();
    assert!(!row.is_withdrawn);
}

#[test]
fn a_station_cannot_withdraw_what_another_has_yet_to_send() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    let (mut thief, stolen) = house.admit("desk-2", 12);
    let (sealed, own) = (desk.seal(), thief.seal());
    for (number, of) in [(1, &sealed), (2, &own)] {
        let notice = thief.withdrawal(of);
        stolen.create(notice_id(number), Upload::Facts, notice.len(), &notice);
    }
    assert_eq!(deliver(&way, &sealed).done, Done::Stored);
    let facts = own.upload(Upload::Facts);
    let refused = stolen.create(own.id, Upload::Facts, facts.len(), facts).receipt(&stolen.office_key);
    assert_eq!(refused.done, Done::Refused { depth: "ledger".into(), word: "withdrawn".into() });
}

#[test]
fn old_packets_stay_readable_after_the_key_was_changed() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    let old = desk.seal();
    house.office.keys.rotate(PASSPHRASE).unwrap();
    desk.to = house.office.keys.recipients().unwrap();
    let new = desk.seal();
    deliver(&way, &old);
    deliver(&way, &new);
    assert!(house.office.keys.identities("wrong").is_err());
    open_all(&house);
    for sealed in [old, new] {
        assert_eq!(asked(&way, sealed.id).done, Done::OpenedAndVerified);
    }
}
