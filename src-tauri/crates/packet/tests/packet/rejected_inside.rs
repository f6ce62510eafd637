//! Packets with one defect that only somebody with a key of the office can find.

use rekam_domain::exception::ExceptionCode;
use rekam_domain::profile::Modality;
use rekam_domain::role::Role as DeskRole;
use rekam_packet::OpenRefusal::*;
use rekam_packet::*;

use crate::recipe::Recipe;
use crate::sample::*;
use crate::vectors::Vector;

type Defect = (&'static str, OpenRefusal, fn(&mut Recipe));

pub(crate) fn rejected() -> Vec<Vector> {
    DEFECTS
        .iter()
        .map(|(name, refusal, spoil)| {
            let mut recipe = Recipe::of(Sample::short(name, 1, Digest::NONE));
            spoil(&mut recipe);
            Vector::reject(name, recipe.make(), Refusal::Open(*refusal))
        })
        .collect()
}

/// Changes the sample of a recipe.
fn sample(recipe: &mut Recipe, change: impl FnOnce(Sample) -> Sample) {
    recipe.sample = change(recipe.sample.clone());
}

/// The photo with other bytes.
fn photo(recipe: &mut Recipe, media_type: &'static str, bytes: &[u8]) {
    recipe.sample.parts[1].media_type = media_type;
    recipe.sample.parts[1].bytes = bytes.to_vec();
}

fn worn(recipe: &mut Recipe) {
    sample(recipe, |sample| sample.with(Plain::image(Role::Finger, 2)).excepted(ExceptionCode::FpWorn, 2));
}

const DEFECTS: &[Defect] = &[
    ("reject-sealed-to-strangers", WrongRecipient, |recipe| recipe.recipients = vec![STRANGER, STRANGER]),
    ("reject-part-sealed-badly", PartBroken, |recipe| {
        recipe.sealed = Box::new(|sealed| *sealed[2].last_mut().unwrap() ^= 1);
    }),
    ("reject-part-sealed-without-its-end", PartBroken, |recipe| {
        recipe.sealed = Box::new(|sealed| {
            let length = sealed[2].len();
            sealed[2].truncate(length - 16);
        });
    }),
    ("reject-inner-field-added", InnerMalformed, |recipe| {
        recipe.inner_bytes = Box::new(|bytes| {
            bytes[0] += 1;
            bytes.push(0xf6);
        });
    }),
    ("reject-inner-is-no-cbor", InnerMalformed, |recipe| {
        recipe.inner_bytes = Box::new(|bytes| *bytes = b"{}".to_vec());
    }),
    ("reject-inner-unknown-device", InnerMalformed, |recipe| {
        recipe.inner = Box::new(|inner| inner.devices.clear());
    }),
    ("reject-inner-of-another-packet", InnerElsewhere, |recipe| {
        recipe.inner = Box::new(|inner| {
            inner.packet_id = Sample::short("another packet", 1, Digest::NONE).facts.packet_id;
        });
    }),
    ("reject-wrong-count", PartCount, |recipe| {
        recipe.inner = Box::new(|inner| {
            inner.parts.pop();
        });
    }),
    ("reject-plaintext-hash", PlaintextChanged, |recipe| {
        recipe.inner = Box::new(|inner| inner.parts[1].sha256 = Digest::of(b"another photo"));
    }),
    ("reject-plaintext-length", PlaintextChanged, |recipe| {
        recipe.inner = Box::new(|inner| inner.parts[1].length += 1);
    }),
    ("reject-biodata-unknown-field", BiodataMalformed, |recipe| {
        recipe.sample.parts[0].bytes =
            String::from_utf8_lossy(BIODATA).replace("\"birth_place\"", "\"favourite_colour\"").into_bytes();
    }),
    ("reject-biodata-without-nik", BiodataMalformed, |recipe| {
        recipe.sample.parts[0].bytes =
            br#"{"full_name": "CONTOH SATU", "birth_date": "2006-08-15"}"#.to_vec();
    }),
    ("reject-biodata-impossible-date", BiodataMalformed, |recipe| {
        recipe.sample.parts[0].bytes =
            String::from_utf8_lossy(BIODATA).replace("2006-08-15", "2006-02-30").into_bytes();
    }),
    ("reject-biodata-unknown-word", BiodataMalformed, |recipe| {
        recipe.sample.parts[0].bytes =
            String::from_utf8_lossy(BIODATA).replace("\"LAKI-LAKI\"", "\"PRIA\"").into_bytes();
    }),
    ("reject-biodata-as-text", MediaType, |recipe| recipe.sample.parts[0].media_type = "text/plain"),
    ("reject-photo-as-pdf", MediaType, |recipe| photo(recipe, "application/pdf", b"%PDF-1.7")),
    ("reject-photo-called-jpeg", ImageBroken, |recipe| photo(recipe, "image/jpeg", PNG)),
    ("reject-photo-called-png", ImageBroken, |recipe| photo(recipe, "image/png", JPEG)),
    ("reject-png-cut", ImageBroken, |recipe| photo(recipe, "image/png", &PNG[..PNG.len() - 30])),
    ("reject-jpeg-cut", ImageBroken, |recipe| photo(recipe, "image/jpeg", &JPEG[..JPEG.len() - 10])),
    ("reject-picture-empty", ImageBroken, |recipe| photo(recipe, "image/png", b"")),
    ("reject-picture-too-wide", ImageTooLarge, |recipe| photo(recipe, "image/png", WIDE_PNG)),
    ("reject-strokes-without-points", StrokesMalformed, |recipe| {
        let strokes = Plain { bytes: b"[[]]".to_vec(), ..Plain::strokes() };
        sample(recipe, |sample| sample.with(strokes));
    }),
    ("reject-eleventh-finger", PositionWrong, |recipe| {
        sample(recipe, |sample| sample.with(Plain::image(Role::Finger, 11)));
    }),
    ("reject-document-without-kind", PositionWrong, |recipe| {
        recipe.sample.parts[4].provenance.document.clear();
    }),
    ("reject-exception-at-third-eye", PositionWrong, |recipe| {
        sample(recipe, |sample| sample.excepted(ExceptionCode::IrisBlind, 3).approved());
    }),
    ("reject-finger-twice", PartTwice, |recipe| {
        sample(recipe, |sample| {
            sample.with(Plain::image(Role::Finger, 2)).with(Plain::image(Role::Finger, 2))
        });
    }),
    ("reject-page-twice", PartTwice, |recipe| {
        sample(recipe, |sample| sample.with(Plain::image(Role::Document, 1)));
    }),
    ("reject-exception-twice", PartTwice, |recipe| {
        sample(recipe, |sample| {
            sample.excepted(ExceptionCode::FaceLying, 0).excepted(ExceptionCode::FaceLying, 0)
        });
    }),
    ("reject-photo-missing", ModalityMissing, |recipe| {
        sample(recipe, |sample| sample.without(Role::Photo, 0));
    }),
    ("reject-truth-statement-missing", ModalityMissing, |recipe| {
        sample(recipe, |sample| sample.without(Role::Truth, 0));
    }),
    ("reject-finger-missing", ModalityMissing, |recipe| {
        recipe.sample = Sample::full("reject-finger-missing", 1, Digest::NONE).without(Role::Finger, 7);
    }),
    ("reject-eye-missing", ModalityMissing, |recipe| {
        recipe.sample.recording.modalities.push(Modality::Iris2)
    }),
    ("reject-partial-finger-without-picture", ModalityMissing, |recipe| {
        recipe.sample = Sample::full("reject-partial-finger-without-picture", 1, Digest::NONE)
            .without(Role::Finger, 7)
            .excepted(ExceptionCode::FpPartial, 7)
            .approved();
    }),
    ("reject-missing-finger-with-picture", ExceptionContradicted, |recipe| {
        sample(recipe, |sample| {
            sample.with(Plain::image(Role::Finger, 2)).excepted(ExceptionCode::FpMissing, 2).approved()
        });
    }),
    ("reject-exception-without-approval", ExceptionNotApproved, worn),
    ("reject-exception-added-after-approval", ExceptionNotApproved, |recipe| {
        worn(recipe);
        sample(recipe, |sample| sample.approved().excepted(ExceptionCode::VerifyIndexFailed, 0));
    }),
    ("reject-pending-without-need", NothingPending, |recipe| recipe.sample.facts.approval_pending = true),
    ("reject-approval-of-another-exception", ApprovalUnmatched, |recipe| {
        worn(recipe);
        sample(recipe, |sample| {
            let mut approval = sample.approval();
            approval.exceptions.push(Digest::of(b"another exception"));
            let mut sample = sample;
            sample.facts.approvals.push(approval.sign(&approver_key()).unwrap());
            sample
        });
    }),
    ("reject-operator-approves", SamePersonApproves, |recipe| {
        worn(recipe);
        let mut approval = recipe.sample.approval();
        approval.approver = recipe.sample.facts.operator.clone();
        recipe.sample.facts.approvals.push(approval.sign(&operator_key()).unwrap());
    }),
    ("reject-operator-approves-with-another-key", SamePersonApproves, |recipe| {
        worn(recipe);
        let mut approval = recipe.sample.approval();
        approval.approver.account = "operator-1".into();
        recipe.sample.facts.approvals.push(approval.sign(&approver_key()).unwrap());
    }),
    ("reject-technician-approves", ApproverRole, |recipe| {
        worn(recipe);
        let mut approval = recipe.sample.approval();
        approval.role = DeskRole::Technician;
        recipe.sample.facts.approvals.push(approval.sign(&approver_key()).unwrap());
    }),
];
