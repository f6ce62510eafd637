//! Vectors that every reader must accept: one chain of a station, as it grew.

use rekam_domain::exception::ExceptionCode;
use rekam_domain::profile::Modality;
use rekam_domain::role::Role as DeskRole;
use rekam_packet::*;

use crate::recipe::Recipe;
use crate::sample::{CHILD, Plain, Sample, key};
use crate::vectors::{Memory, Vector};

/// Sample by sample, each knowing the hash of the manifest before it.
type Link = fn(&str, u64, Digest) -> Sample;

const CHAIN: &[(&str, Link)] = &[
    ("accept-ordinary", Sample::full),
    ("accept-exception-with-approval", |name, counter, previous| {
        Sample::full(name, counter, previous)
            .without(Role::Finger, 3)
            .excepted(ExceptionCode::FpMissing, 3)
            .approved()
    }),
    ("accept-child-without-signature", |name, counter, previous| {
        let mut sample = Sample::short(name, counter, previous)
            .without(Role::Signature, 0)
            .without(Role::Truth, 0)
            .excepted(ExceptionCode::SigUnable, 0);
        sample.parts[0] = Plain::biodata(CHILD);
        sample
    }),
    ("accept-forty-pages", |name, counter, previous| {
        let sample = Sample::short(name, counter, previous);
        (2..=40).fold(sample, |sample, page| sample.with(Plain::image(Role::Document, page)))
    }),
    ("accept-approval-pending", |name, counter, previous| {
        let mut sample = Sample::full(name, counter, previous)
            .without(Role::Iris, 1)
            .excepted(ExceptionCode::IrisBlind, 1);
        sample.facts.approval_pending = true;
        sample
    }),
    ("accept-superseding", |name, counter, previous| {
        let mut sample = Sample::short(name, counter, previous);
        sample.facts.supersedes = Some(Sample::full("accept-ordinary", 1, Digest::NONE).facts.packet_id);
        sample
    }),
    ("accept-lying-with-reason-only", |name, counter, previous| {
        Sample::short(name, counter, previous).excepted(ExceptionCode::FaceLying, 0)
    }),
    ("accept-worn-finger-with-picture", |name, counter, previous| {
        let mut sample = Sample::short(name, counter, previous)
            .with(Plain::image(Role::Finger, 2))
            .excepted(ExceptionCode::FpWorn, 2)
            .approved();
        sample.recording.modalities = vec![Modality::Photo];
        sample
    }),
    ("accept-two-approvers", |name, counter, previous| {
        let mut sample = Sample::full(name, counter, previous)
            .without(Role::Finger, 9)
            .excepted(ExceptionCode::FpBandaged, 9);
        sample = sample.approved().without(Role::Iris, 2).excepted(ExceptionCode::IrisMissing, 2);
        let mut second = sample.approval();
        second.exceptions.remove(0);
        second.approver =
            PersonRef { account: "supervisor-1".into(), key: key(6).public_key(), trust: KeyTrust::Hardware };
        second.role = DeskRole::Supervisor;
        sample.facts.approvals.push(second.sign(&key(6)).unwrap());
        sample
    }),
    ("accept-evidence-and-index-check", |name, counter, previous| {
        Sample::short(name, counter, previous)
            .with(Plain::image(Role::Slap, 1))
            .with(Plain::image(Role::IndexCheck, 2))
            .with(Plain::image(Role::Evidence, 0))
    }),
    ("accept-place-and-hardware-keys", |name, counter, previous| {
        let mut sample = Sample::short(name, counter, previous);
        sample.facts.place =
            Place::Fix { latitude_e7: -62_001_234, longitude_e7: 1_066_005_678, accuracy_dm: 80 };
        sample.facts.station.trust = KeyTrust::Hardware;
        sample.facts.operator.trust = KeyTrust::Hardware;
        sample
    }),
    ("accept-doubtful-clock", |name, counter, previous| {
        let mut sample = Sample::short(name, counter, previous);
        sample.facts.clock = Clock { wall_ms: 1_000_000_000_000, trust: ClockTrust::Doubtful };
        sample
    }),
];

/// Every accepted vector. Each arrives at an office that has received those before it.
pub(crate) fn accepted() -> Vec<Vector> {
    let mut vectors = Vec::new();
    let mut previous = Digest::NONE;
    let mut memory = Memory::default();
    for (number, (name, sample)) in CHAIN.iter().enumerate() {
        let bytes = Recipe::of(sample(name, number as u64 + 1, previous)).make();
        previous = read_unverified(&mut bytes.as_slice()).unwrap().hash();
        vectors.push(Vector::accept(name, bytes, "new", memory.clone()));
        memory.received.push(format!("{name}.rekam"));
    }
    let late = Sample::short("accept-after-gap", 20, Digest::of(b"a packet that has not arrived"));
    vectors.push(Vector::accept(
        "accept-after-gap",
        Recipe::of(late).make(),
        "new_after_gap",
        memory.clone(),
    ));
    let mut owed = memory.clone();
    owed.received.truncate(1);
    owed.revoked.push((crate::sample::STATION.to_owned(), 2));
    vectors.push(Vector::accept(CHAIN[1].0, vectors[1].bytes.clone(), "new", owed));
    vectors.push(Vector::accept(CHAIN[0].0, vectors[0].bytes.clone(), "again", memory));
    vectors
}
