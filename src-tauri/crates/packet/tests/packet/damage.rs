//! Nothing can be changed, cut off or put behind a packet without the outer check noticing it, without any key.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rekam_domain::exception::ExceptionCode;
use rekam_packet::*;

use crate::recipe::Recipe;
use crate::sample::*;

/// A small packet with an approval, so that all three kinds of signature are there.
fn small() -> Vec<u8> {
    let sample = Sample::short("damage", 1, Digest::NONE)
        .with(Plain::image(Role::Finger, 2))
        .excepted(ExceptionCode::FpWorn, 2)
        .approved();
    Recipe::of(sample).make()
}

/// How many of `cases` pass the outer check all the same.
fn unnoticed(cases: usize, damaged: impl Fn(usize) -> Vec<u8> + Sync) -> usize {
    let trust = trust();
    let next = AtomicUsize::new(0);
    let passed = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(2, Into::into);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let case = next.fetch_add(1, Ordering::Relaxed);
                    if case >= cases {
                        return;
                    }
                    match verify(damaged(case).as_slice(), &trust) {
                        Err(VerifyError::Refused(_)) => {}
                        Ok(_) | Err(VerifyError::Io(_)) => {
                            passed.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
            });
        }
    });
    passed.into_inner()
}

fn flipped(packet: &[u8], bit: usize) -> Vec<u8> {
    let mut damaged = packet.to_vec();
    damaged[bit / 8] ^= 1 << (bit % 8);
    damaged
}

/// Every bit of a packet: mark, length, manifest, signatures, approvals, age headers and ciphertext.
#[test]
fn every_flipped_bit_is_found() {
    let packet = small();
    assert!(verify(packet.as_slice(), &trust()).is_ok());
    let bits = packet.len() * 8;
    assert_eq!(unnoticed(bits, |bit| flipped(&packet, bit)), 0);
    println!("{bits} bits flipped, every one found");
}

#[test]
fn every_cut_and_everything_appended_is_found() {
    let packet = small();
    assert_eq!(unnoticed(packet.len(), |length| packet[..length].to_vec()), 0);
    let appended = |case: usize| {
        let tail =
            [vec![0; case + 1], packet[..case + 1].to_vec(), packet[packet.len() - case - 1..].to_vec()];
        [packet.as_slice(), &tail[case % 3]].concat()
    };
    assert_eq!(unnoticed(600, appended), 0);
}

/// The long form: a full recording with eighteen parts, every bit of it. In short, every bit of its head and one in
/// every 64 bytes of its parts.
#[test]
fn a_full_recording_hides_no_flipped_bit() {
    let sample = Sample::full("damage in full", 1, Digest::NONE)
        .without(Role::Finger, 3)
        .excepted(ExceptionCode::FpMissing, 3)
        .approved();
    let packet = Recipe::of(sample).make();
    let head = read_outline(&mut packet.as_slice(), &trust()).unwrap().head_bytes as usize * 8;
    let bits = if std::env::var_os("REKAM_LONG").is_some() {
        (0..packet.len() * 8).collect::<Vec<_>>()
    } else {
        (0..head).chain((head..packet.len() * 8).step_by(64 * 8 + 1)).collect()
    };
    assert_eq!(unnoticed(bits.len(), |case| flipped(&packet, bits[case])), 0);
    println!("{} bits of {} bytes flipped, every one found", bits.len(), packet.len());
}

/// Two parts exchanged between two genuine packets of the same station, in every combination.
#[test]
fn parts_of_two_genuine_packets_do_not_mix() {
    let make = |name: &str| Recipe::of(Sample::short(name, 1, Digest::NONE)).make();
    let (one, other) = (make("one"), make("other"));
    let trust = trust();
    let outline = read_outline(&mut one.as_slice(), &trust).unwrap();
    let mut at = outline.head_bytes as usize;
    for blob in &outline.manifest.blobs {
        let end = at + blob.length as usize;
        let mixed = [&one[..at], &other[at..end], &one[end..]].concat();
        assert!(verify(mixed.as_slice(), &trust).is_err(), "{}", blob.role);
        at = end;
    }
    let head = outline.head_bytes as usize;
    assert!(verify([&one[..head], &other[head..]].concat().as_slice(), &trust).is_err());
}
