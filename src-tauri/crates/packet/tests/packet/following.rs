//! What follows a packet: receipts as text, the feed of statuses, how long an admission holds.

use rekam_packet::notice::*;
use rekam_packet::*;

use crate::sample::*;

fn entry(cursor: u64, status: &str) -> StatusEntry {
    StatusEntry {
        version: VERSION,
        cursor,
        packet_id: PacketId::new(SEALED_MS as u64, &[3; 10]),
        status: status.into(),
        at_ms: SEALED_MS,
        office: OFFICE.into(),
    }
}

#[test]
fn a_lost_or_repeated_page_of_the_feed_changes_nothing() {
    let pages =
        [vec![entry(3, "PRR"), entry(2, "SFE")], vec![entry(2, "SFE"), entry(1, "BC"), entry(3, "PRR")]];
    let whole = pages.concat();
    let (all, cursor) = in_order(0, whole.clone());
    assert_eq!((all.iter().map(|entry| entry.cursor).collect::<Vec<_>>(), cursor), (vec![1, 2, 3], 3));
    assert_eq!(in_order(3, whole.clone()), (vec![], 3));
    assert_eq!(in_order(2, whole).0, [entry(3, "PRR")]);
}

#[test]
fn a_status_of_the_centre_is_kept_in_its_own_words() {
    let strange = "Menunggu  verifikasi\tLAPANGAN";
    let signed = entry(1, strange).sign(&office_key()).unwrap();
    let read = StatusEntry::verify(&signed, &trust()).unwrap();
    assert_eq!((read.status.as_str(), read.read().as_str()), (strange, strange));
}

#[test]
fn every_flipped_bit_of_a_receipt_is_found() {
    let receipt = Receipt {
        version: VERSION,
        packet_id: PacketId::new(SEALED_MS as u64, &[3; 10]),
        manifest: Digest::of(b"a manifest"),
        blobs: 19,
        done: Done::OpenedAndVerified,
        position: 7,
        at_ms: SEALED_MS,
        office: OFFICE.into(),
    };
    let signed = receipt.sign(&office_key()).unwrap();
    assert_eq!(Receipt::verify(&signed, &trust()), Ok(receipt));
    for bit in 0..signed.len() * 8 {
        let mut damaged = signed.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(Receipt::verify(&damaged, &trust()).is_err(), "bit {bit}");
    }
    let text = Receipt::to_text(&signed);
    println!("{} bytes, {} characters as text", signed.len(), text.len());
    assert!(text.len() <= 300);
    assert_eq!(Receipt::from_text(&format!(" {text}\n")), Some(signed));
    assert_eq!(Receipt::from_text(&text.replace("REKAM-R1:", "REKAM-R2:")), None);
}

#[test]
fn an_admission_asks_for_the_next_one_when_a_third_is_left() {
    let recipient = |file: &str| IdentityKey::read_file(file).unwrap()[0].recipient().to_string();
    let bundle = Bundle {
        version: VERSION,
        office: OFFICE.into(),
        serial: 1,
        station: STATION.into(),
        station_key: station_key().public_key(),
        certificates: vec![],
        office_keys: vec![office_key().public_key()],
        active: recipient(ACTIVE_FILE),
        escrow: recipient(ESCROW_FILE),
        addresses: vec![],
        profile: String::new(),
        roles: vec![],
        numbers: vec![],
        from_ms: 1_000,
        until_ms: 1_300,
    };
    assert_eq!(bundle.expiry(999), Err(NoticeRefusal::NotValidNow));
    assert_eq!(bundle.expiry(1_000), Ok(Expiry { left_ms: 300, is_renewal_due: false }));
    assert_eq!(bundle.expiry(1_199), Ok(Expiry { left_ms: 101, is_renewal_due: false }));
    assert_eq!(bundle.expiry(1_200), Ok(Expiry { left_ms: 100, is_renewal_due: true }));
    assert_eq!(bundle.expiry(1_300), Err(NoticeRefusal::NotValidNow));
    assert_eq!(bundle.recipients().map(|keys| keys.active.to_string()), Some(bundle.active));
}

#[test]
fn names_on_a_disk_stay_below_their_folder() {
    for good in ["a", "packets/accept-1.rekam", "status_7.cose"] {
        assert!(is_safe_name(good), "{good}");
    }
    let long = "x".repeat(129);
    for bad in
        ["", "/etc", "../a", "a/../b", "a/b/c", "a//b", ".a", "a/.b", "a b", "c:\\x", "a\0", "é", &long]
    {
        assert!(!is_safe_name(bad), "{bad}");
    }
}
