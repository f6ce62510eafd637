//! Packets as the library builds them.

use std::io::{self, Cursor, Read};

use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use rekam_domain::exception::ExceptionCode;
use rekam_packet::*;

use crate::sample::*;

fn recipients() -> Recipients {
    let key = |file| IdentityKey::read_file(file).unwrap()[0].recipient();
    Recipients { active: key(ACTIVE_FILE), escrow: key(ESCROW_FILE) }
}

fn building(sample: &Sample) -> Building<Cursor<Vec<u8>>> {
    let (facts, recording) = (sample.facts.clone(), sample.recording.clone());
    let mut building = Building::begin(facts, recording, &recipients(), Cursor::new(Vec::new()));
    for plain in &sample.parts {
        let provenance = plain.provenance.clone();
        building.add(plain.role, plain.media_type, provenance, &mut plain.bytes.as_slice()).unwrap();
    }
    building
}

fn sealed(sample: &Sample) -> Result<Vec<u8>, SealError> {
    let mut file = Cursor::new(Vec::new());
    seal(building(sample), &station_key(), &operator_key(), &mut file)?;
    Ok(file.into_inner())
}

fn refusal(result: Result<Vec<u8>, SealError>) -> Option<(&'static str, &'static str)> {
    match result {
        Err(SealError::WouldBeRefused(refusal)) => Some(refusal.words()),
        _ => None,
    }
}

#[test]
fn what_is_sealed_opens_with_both_keys_of_the_office_and_no_other() {
    let sample = Sample::full("sealed", 1, Digest::NONE);
    let file = sealed(&sample).unwrap();
    for key in [ACTIVE_FILE, ESCROW_FILE] {
        let mut seen = Vec::new();
        let with = IdentityKey::read_file(key).unwrap();
        let opened = open(file.as_slice(), &trust(), &with, &mut |part| {
            seen.push((part.blob.role, part.plaintext.to_vec()));
            Ok(())
        })
        .unwrap();
        assert_eq!(opened.inner.exceptions, sample.recording.exceptions);
        let given: Vec<_> = sample.parts.iter().map(|part| (part.role, part.bytes.clone())).collect();
        assert_eq!(seen, given);
    }
    let stranger = IdentityKey::read_file(STRANGER_FILE).unwrap();
    let refused = open(file.as_slice(), &trust(), &stranger, &mut |_| Ok(())).unwrap_err();
    assert!(matches!(refused, OpenError::Refused(OpenRefusal::WrongRecipient)));
}

#[test]
fn the_three_uploads_are_the_file() {
    let file = sealed(&Sample::full("uploads", 1, Digest::NONE)).unwrap();
    let outline = verify(file.as_slice(), &trust()).unwrap();
    let mut rest = file.as_slice();
    for upload in Upload::ALL {
        let (this, behind) = rest.split_at(outline.upload_bytes(*upload) as usize);
        let skip = if *upload == Upload::Facts { outline.head_bytes as usize } else { 0 };
        outline.check_upload(*upload, &this[skip..]).unwrap();
        assert!(outline.check_upload(*upload, &this[skip..this.len() - 1]).is_err());
        assert!(outline.check_upload(*upload, [&this[skip..], b"x"].concat().as_slice()).is_err());
        rest = behind;
    }
    assert!(rest.is_empty());
}

#[test]
fn a_packet_of_18_parts_costs_at_most_16_kb() {
    let sample = Sample::full("overhead", 1, Digest::NONE);
    assert_eq!(sample.parts.len(), 18);
    let most = (0..5).map(|_| sealed(&sample).unwrap().len()).max().unwrap();
    let plain: usize = sample.parts.iter().map(|part| part.bytes.len()).sum();
    println!("{} bytes around {} parts", most - plain, sample.parts.len());
    assert!(most - plain <= 16_000, "{}", most - plain);
}

#[test]
fn the_desk_refuses_by_name_what_the_office_would_refuse() {
    let short = || Sample::short("desk", 1, Digest::NONE);
    assert_eq!(refusal(sealed(&short().without(Role::Photo, 0))), Some(("open", "modality_missing")));
    let waiting = short().with(Plain::image(Role::Finger, 2)).excepted(ExceptionCode::FpWorn, 2);
    assert_eq!(refusal(sealed(&waiting)), Some(("open", "exception_not_approved")));
    assert!(sealed(&waiting.approved()).is_ok());
    let mut broken = short();
    broken.parts[1].bytes.truncate(40);
    assert_eq!(refusal(sealed(&broken)), Some(("open", "image_broken")));
    let mut bare = short();
    bare.parts.remove(0);
    assert_eq!(refusal(sealed(&bare)), Some(("verify", "part_order")));
    let mut file = Cursor::new(Vec::new());
    let wrong = seal(building(&short()), &stranger_key(), &operator_key(), &mut file);
    assert!(matches!(
        wrong,
        Err(SealError::WouldBeRefused(Refusal::Verify(VerifyRefusal::StationSignature)))
    ));
}

#[test]
fn what_the_disk_changed_is_not_proven() {
    let mut signed =
        building(&Sample::short("disk", 1, Digest::NONE)).sign(&station_key(), &operator_key()).unwrap();
    let mut written = Vec::new();
    signed.write(&mut written).unwrap();
    *written.last_mut().unwrap() ^= 1;
    let refused = signed.prove(written.as_slice()).unwrap_err();
    assert!(matches!(refused, OpenError::Verify(VerifyRefusal::PartChanged)));
}

#[test]
fn another_packet_of_the_station_proves_nothing() {
    let signed =
        building(&Sample::short("this", 1, Digest::NONE)).sign(&station_key(), &operator_key()).unwrap();
    let other = sealed(&Sample::short("other", 1, Digest::NONE)).unwrap();
    let refused = signed.prove(other.as_slice()).unwrap_err();
    assert!(matches!(refused, OpenError::Refused(OpenRefusal::WrongRecipient)));
}

#[test]
fn a_part_beyond_the_limit_is_refused_on_both_sides() {
    let sample = Sample::short("large", 1, Digest::NONE);
    let mut building = building(&sample);
    let mut endless = io::repeat(0).take(limit::PLAIN_BYTES_MAX + 1);
    let refused = building.add(Role::Evidence, "image/png", Provenance::default(), &mut endless);
    assert!(matches!(refused, Err(SealError::PartTooLarge)));

    let mut recipe = crate::recipe::Recipe::of(sample);
    recipe.sample.parts[1].bytes = vec![0; limit::PLAIN_BYTES_MAX as usize + 1];
    let file = recipe.make();
    let refused = open(file.as_slice(), &trust(), &identities(), &mut |_| Ok(())).unwrap_err();
    assert!(matches!(refused, OpenError::Refused(OpenRefusal::PartTooLarge)), "{refused}");
}

#[test]
fn a_reader_that_fails_is_no_verdict() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let file = sealed(&Sample::short("reader", 1, Digest::NONE)).unwrap();
    for length in [0, 10, 100, 3000] {
        let input = file[..length].chain(Broken);
        assert!(matches!(verify(input, &trust()), Err(VerifyError::Io(_))), "{length}");
    }
}

#[test]
fn contexts_are_apart_and_versioned() {
    for (place, context) in Context::ALL.iter().enumerate() {
        assert!(context.word().starts_with("rekam/v1/"));
        assert!(Context::ALL.iter().skip(place + 1).all(|other| other.word() != context.word()));
    }
}

#[test]
fn nothing_printed_shows_a_key_a_plaintext_or_what_is_missing() {
    let key = IdentityKey::read_file(ACTIVE_FILE).unwrap();
    let sample = Sample::full("shown", 1, Digest::NONE)
        .without(Role::Finger, 3)
        .excepted(ExceptionCode::FpMissing, 3)
        .approved();
    let mut shown = format!("{key:?} {:?} {:?}", building(&sample), sample.recording);
    let file = sealed(&sample).unwrap();
    let opened = open(file.as_slice(), &trust(), &key, &mut |part| {
        shown += &format!("{part:?}");
        Ok(())
    });
    shown += &format!("{opened:?}");
    let person = Digest::of(BIODATA).to_string();
    for hidden in ["ZYG3", "CONTOH", "FP_MISSING", "FpMissing", &person] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
}

#[test]
fn trust_files_read_back_and_broken_ones_name_the_line() {
    let trust = trust();
    assert_eq!(Trust::read(&trust.write()), Ok(trust.clone()));
    let key = pem(&key(1).public_key());
    for (text, wanted) in [
        (String::new(), TrustError::Empty),
        ("hello".into(), TrustError::Line(1)),
        ("planet: mars\n".into(), TrustError::Line(1)),
        (key.clone(), TrustError::Alone(1)),
        ("# a\nstation: a\noffice: b\n".into(), TrustError::Alone(3)),
        ("station: a\n".into(), TrustError::Alone(1)),
        (format!("station: a\n{}", key.replace("MCow", "MCox")), TrustError::Key(2)),
    ] {
        assert_eq!(Trust::read(&text), Err(wanted), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the recording is, the library's own packet passes the library's own checks, and its uploads fit.
    #[test]
    fn every_sound_recording_seals_and_opens(
        counter in 1_u64..1_000_000,
        pages in 0_u16..6,
        missing in proptest::collection::btree_set(1_u16..=10, 0..4),
        blind in proptest::collection::btree_set(1_u16..=2, 0..3),
        is_pending in any::<bool>(),
        station in 1_u8..200,
    ) {
        let previous = if counter == 1 { Digest::NONE } else { Digest::of(&counter.to_be_bytes()) };
        let mut sample = Sample::full("any", counter, previous);
        for finger in &missing {
            sample = sample.without(Role::Finger, *finger).excepted(ExceptionCode::FpMissing, *finger);
        }
        for eye in &blind {
            sample = sample.without(Role::Iris, *eye).excepted(ExceptionCode::IrisBlind, *eye);
        }
        for page in 2..pages {
            sample = sample.with(Plain::image(Role::Document, page));
        }
        if !sample.recording.exceptions.is_empty() {
            sample.facts.approval_pending = is_pending;
            sample = if is_pending { sample } else { sample.approved() };
        }
        let key: SigningKey = key(station);
        sample.facts.station.key = key.public_key();
        let mut file = Cursor::new(Vec::new());
        let opened = seal(building(&sample), &key, &operator_key(), &mut file).unwrap();
        let file = file.into_inner();
        let trust = Trust::default().with_station(STATION, key.public_key());
        let outline = verify(file.as_slice(), &trust).unwrap();
        let uploads: u64 = Upload::ALL.iter().map(|upload| outline.upload_bytes(*upload)).sum();
        prop_assert_eq!(uploads, file.len() as u64);
        prop_assert_eq!(&outline, &opened.outline);
        prop_assert_eq!(opened.still_open(&[]).count() > 0, outline.manifest.approval_pending);
    }

    /// Bytes that are no packet are refused without a panic, also behind a genuine beginning.
    #[test]
    fn anything_else_is_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600), keep in 0_usize..2000) {
        let file = crate::recipe::Recipe::of(Sample::short("any", 1, Digest::NONE)).make();
        prop_assert!(verify(bytes.as_slice(), &trust()).is_err());
        let mixed = [&file[..keep], &bytes].concat();
        prop_assert!(verify(mixed.as_slice(), &trust()).is_err());
    }
}
