//! A document of forty pages takes no more memory than one of four. Alone in its program: the peak is that of the process.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and tells its figures, also in the functions it shares"
)]

use std::fs;
use std::io::{BufReader, Cursor, Seek};

use ed25519_dalek::SigningKey;
use rekam_packet::*;

/// A page no compression makes smaller: about 1.5 MB as PNG.
fn page() -> Vec<u8> {
    let mut state = 1_u32;
    let noise = image::GrayImage::from_fn(1224, 1225, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Luma([(state >> 24) as u8])
    });
    let mut bytes = Cursor::new(Vec::new());
    noise.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn status_kb(line: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let found = status.lines().find(|found| found.starts_with(line)).unwrap();
    found.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// The most memory `work` takes above what is in use before it.
fn peak_kb<T>(work: impl FnOnce() -> T) -> (T, u64) {
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = status_kb("VmRSS:");
    let result = work();
    (result, status_kb("VmHWM:").saturating_sub(before))
}

fn building(pages: u16, office: &IdentityKey, page: &[u8]) -> Building<fs::File> {
    let (station, operator) = keys();
    let facts = Facts {
        packet_id: PacketId::new(1_796_000_000_000, &[7; 10]),
        station: StationRef { id: "desk-1".into(), key: station.public_key(), trust: KeyTrust::Software },
        operator: PersonRef { account: "siti".into(), key: operator.public_key(), trust: KeyTrust::Software },
        approvals: vec![],
        approval_pending: false,
        profile: ProfileRef { id: "contoh".into(), version: "1".into() },
        counter: 1,
        previous: Digest::NONE,
        clock: Clock { wall_ms: 1_796_000_000_000, trust: ClockTrust::Trusted },
        place: Place::Absent(PlaceAbsence::NotFitted),
        software: "rekam 0.1.0".into(),
        supersedes: None,
    };
    let recording = Recording { case: "case-1".into(), ..Recording::default() };
    let to = Recipients { active: office.recipient(), escrow: IdentityKey::generate().recipient() };
    let mut building = Building::begin(facts, recording, &to, tempfile::tempfile().unwrap());
    let biodata = br#"{"nik": "3671091508069001", "full_name": "CONTOH SATU", "birth_date": "2006-08-15"}"#;
    building.add(Role::Biodata, BIODATA_MEDIA_TYPE, Provenance::default(), &mut biodata.as_slice()).unwrap();
    for position in 1..=pages {
        let provenance = Provenance { position, document: "kk".into(), ..Provenance::default() };
        building.add(Role::Document, "image/png", provenance, &mut &page[..]).unwrap();
    }
    building
}

fn keys() -> (SigningKey, SigningKey) {
    (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]))
}

/// Peaks of building and sealing, of verifying, and of opening a document of so many pages.
fn peaks(pages: u16, page: &[u8]) -> [u64; 3] {
    let (station, operator) = keys();
    let office = IdentityKey::generate();
    let trust = Trust::default().with_station("desk-1", station.public_key());
    let mut file = tempfile::tempfile().unwrap();
    let (sealed, sealing) =
        peak_kb(|| seal(building(pages, &office, page), &station, &operator, &mut file).unwrap());
    assert_eq!(sealed.inner.parts.len(), usize::from(pages) + 1);
    file.rewind().unwrap();
    let (_, verifying) = peak_kb(|| verify(BufReader::new(&file), &trust).unwrap());
    file.rewind().unwrap();
    let (_, opening) = peak_kb(|| open(BufReader::new(&file), &trust, &[office], &mut |_| Ok(())).unwrap());
    println!(
        "{pages} pages, {} kB: sealing {sealing} kB, verifying {verifying} kB, opening {opening} kB",
        file.metadata().unwrap().len() / 1000
    );
    [sealing, verifying, opening]
}

/// What one page more may cost: its lines in the two manifests, and what the allocator keeps.
const SLACK_KB: u64 = 4_000;

#[test]
fn forty_pages_take_the_memory_of_four() {
    let page = page();
    let few = peaks(4, &page);
    let many = peaks(40, &page);
    for (few, many) in few.into_iter().zip(many) {
        assert!(many <= few + SLACK_KB, "{few} kB became {many} kB");
    }
    // A page and its ciphertext, and the decoder's window: far below the 60 MB of the document.
    assert!(many.iter().all(|peak| *peak < 16_000), "{many:?}");
}
