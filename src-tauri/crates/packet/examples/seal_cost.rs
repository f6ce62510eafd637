//! What sealing costs: CPU time for 18 parts of 110 kB, beside 18 runs of the `age` program when it is installed.
//!
//! `cargo run -p rekam-packet --example seal_cost`
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that prints its figures and ends when it cannot measure"
)]

use std::fs;
use std::io::{Cursor, Write};
use std::process::{Command, Stdio};

use ed25519_dalek::SigningKey;
use rekam_packet::*;

const PARTS: u16 = 18;
const RUNS: u32 = 40;

/// CPU time of this thread in milliseconds.
fn cpu_ms() -> f64 {
    let stat = fs::read_to_string("/proc/self/schedstat").unwrap();
    stat.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e6
}

/// CPU time of the programs that were started and have ended, in milliseconds.
fn children_ms() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    let ticks: f64 = fields.iter().skip(13).take(2).map(|ticks| ticks.parse::<f64>().unwrap()).sum();
    ticks * 10.0
}

/// A picture of about 110 kB that no compression makes smaller.
fn picture() -> Vec<u8> {
    let mut state = 1_u32;
    let noise = image::GrayImage::from_fn(330, 333, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Luma([u8::try_from(state >> 24).unwrap()])
    });
    let mut bytes = Cursor::new(Vec::new());
    noise.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn facts(station: &SigningKey, operator: &SigningKey) -> Facts {
    Facts {
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
    }
}

fn main() {
    let (station, operator) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
    let (office, escrow) = (IdentityKey::generate(), IdentityKey::generate());
    let to = Recipients { active: office.recipient(), escrow: escrow.recipient() };
    let picture = picture();
    let biodata = br#"{"nik": "3671091508069001", "full_name": "CONTOH SATU", "birth_date": "2006-08-15"}"#;
    let (mut sealing, mut proving) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let begun = cpu_ms();
        let recording = Recording { case: "case-1".into(), ..Recording::default() };
        let mut building =
            Building::begin(facts(&station, &operator), recording, &to, Cursor::new(Vec::new()));
        building
            .add(Role::Biodata, BIODATA_MEDIA_TYPE, Provenance::default(), &mut biodata.as_slice())
            .unwrap();
        for position in 1..PARTS {
            let provenance = Provenance { position, ..Provenance::default() };
            building.add(Role::Evidence, "image/png", provenance, &mut picture.as_slice()).unwrap();
        }
        let mut signed = building.sign(&station, &operator).unwrap();
        let mut written = Vec::new();
        signed.write(&mut written).unwrap();
        let sealed = cpu_ms();
        signed.prove(written.as_slice()).unwrap();
        sealing.push(sealed - begun);
        proving.push(cpu_ms() - sealed);
    }
    let median = |mut figures: Vec<f64>| {
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or_default()
    };
    println!("{PARTS} parts of {} kB", picture.len() / 1000);
    println!("encrypt, hash, sign, write: {:.1} ms CPU", median(sealing));
    println!("read back, verify, decrypt, decode every picture: {:.1} ms CPU", median(proving));
    match age_runs(&to, &picture) {
        Some(ms) => println!("{PARTS} runs of age: {ms:.1} ms CPU"),
        None => println!("age is not installed: nothing to compare with"),
    }
}

/// The same parts through the `age` program, one run each, in milliseconds of CPU.
fn age_runs(to: &Recipients, picture: &[u8]) -> Option<f64> {
    const ROUNDS: u32 = 5;
    let begun = children_ms();
    for _ in 0..u32::from(PARTS) * ROUNDS {
        let mut age = Command::new("age")
            .args(["-r", &to.active.to_string(), "-r", &to.escrow.to_string(), "-o", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .ok()?;
        age.stdin.take()?.write_all(picture).ok()?;
        age.wait().ok()?;
    }
    Some((children_ms() - begun) / f64::from(ROUNDS))
}
