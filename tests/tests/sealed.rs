//! Every recording of a day ends in a packet that the office opens, one after the other in the station's chain.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in the functions it shares")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use rekam_cli::day::{Detail, Plan, Summary, run_in};
use rekam_packet::{Digest, IdentityKey, Opened, Role, Trust, open, read_unverified};
use rekam_tests::program::{rekam, root};

const PLAN: Plan = Plan { people: 12, seed: 6_000, detail: Detail::Tiny };

fn identities() -> Vec<IdentityKey> {
    let text = fs::read_to_string(root().join("fixtures/office/demonstration.identity")).unwrap();
    IdentityKey::read_file(&text).unwrap()
}

/// Every packet of a station, opened as the office does, by its number.
fn packets(data: &Path) -> BTreeMap<u64, Opened> {
    let active: Vec<IdentityKey> = identities().into_iter().take(1).collect();
    let mut opened = BTreeMap::new();
    for entry in fs::read_dir(data.join("packets")).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(path.extension().unwrap(), "rekam", "nothing else is left: {}", path.display());
        let manifest = read_unverified(&mut BufReader::new(File::open(&path).unwrap())).unwrap();
        let trust = Trust::default().with_station(&manifest.station.id, manifest.station.key);
        let file = BufReader::new(File::open(&path).unwrap());
        let packet = open(file, &trust, &active, &mut |_| Ok(())).unwrap();
        opened.insert(packet.outline.manifest.counter, packet);
    }
    opened
}

fn run(data: &Path, plan: Plan) -> Summary {
    run_in(data, plan, &mut |_| Ok(())).unwrap()
}

#[test]
fn every_recording_becomes_a_packet_the_office_opens() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("station");
    let summary = run(&data, PLAN);
    let packets = packets(&data);
    assert_eq!(packets.len(), usize::try_from(summary.recorded).unwrap());
    let mut previous = Digest::NONE;
    let (mut with_exception, mut pending) = (0, 0);
    for (expected, (counter, packet)) in (1..).zip(&packets) {
        let manifest = &packet.outline.manifest;
        assert_eq!((*counter, manifest.previous), (expected, previous), "the chain has no gap");
        previous = packet.outline.manifest_hash;
        let roles: Vec<Role> = manifest.blobs.iter().map(|blob| blob.role).collect();
        assert!(roles.contains(&Role::Photo) && roles.contains(&Role::Document), "{roles:?}");
        let fingers = roles.iter().filter(|role| **role == Role::Finger).count();
        let missing = packet.inner.exceptions.iter().filter(|one| one.code.word().starts_with("FP_MISSING"));
        assert_eq!(fingers + missing.count(), 10);
        assert!(!packet.inner.audit.is_empty(), "the trail travels with it");
        with_exception += u32::from(!packet.inner.exceptions.is_empty());
        pending += u32::from(manifest.approval_pending);
    }
    assert_eq!(with_exception, summary.exceptions);
    println!("{} packets, {with_exception} with exceptions, {pending} wait for an approval", packets.len());

    // The next day goes on with the chain.
    run(&data, Plan { people: 2, ..PLAN });
    assert!(self::packets(&data).len() > packets.len());
}

#[test]
fn a_packet_of_the_day_verifies_and_opens_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("station");
    run(&data, Plan { people: 1, seed: 6_001, detail: Detail::Full });
    let path = fs::read_dir(data.join("packets")).unwrap().next().unwrap().unwrap().path();
    let out = folder.path().join("opened");
    let identity = root().join("fixtures/office/demonstration.identity");
    let arguments = ["packet", "open", path.to_str().unwrap(), "--identity", identity.to_str().unwrap()];
    let answer = rekam(&[&arguments[..], &["--out", out.to_str().unwrap(), "--json"]].concat()).unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stdout));
    let bytes = fs::metadata(&path).unwrap().len();
    println!("{bytes} bytes, {} files", fs::read_dir(&out).unwrap().count());
    assert!(out.join("001-biodata.json").exists());
}
