//! Packets with one defect that the outer check must find.

use rekam_packet::VerifyRefusal::*;
use rekam_packet::*;

use crate::recipe::{Recipe, sign};
use crate::sample::*;
use crate::vectors::Vector;
use rekam_domain::exception::ExceptionCode;

type Defect = (&'static str, VerifyRefusal, fn(&mut Recipe));

/// A packet with an exception, so that there is an approval to get wrong.
fn excepted(name: &str) -> Sample {
    Sample::short(name, 1, Digest::NONE)
        .with(Plain::image(Role::Finger, 2))
        .excepted(ExceptionCode::FpWorn, 2)
        .approved()
}

pub(crate) fn rejected() -> Vec<Vector> {
    let make = |sample: fn(&str) -> Sample| {
        move |(name, refusal, spoil): &Defect| {
            let mut recipe = Recipe::of(sample(name));
            spoil(&mut recipe);
            Vector::reject(name, recipe.make(), Refusal::Verify(*refusal))
        }
    };
    let short = |name: &str| Sample::short(name, 1, Digest::NONE);
    let mut vectors: Vec<Vector> = DEFECTS.iter().map(make(short)).collect();
    vectors.extend(APPROVAL_DEFECTS.iter().map(make(excepted)));
    vectors
}

const DEFECTS: &[Defect] = &[
    ("reject-other-file", NotAPacket, |recipe| recipe.file = Box::new(|file| *file = PNG.to_vec())),
    ("reject-empty-file", NotAPacket, |recipe| recipe.file = Box::new(Vec::clear)),
    ("reject-newer-version", VersionUnknown, |recipe| recipe.file = Box::new(|file| file[7] = b'2')),
    ("reject-cut-in-mark", Truncated, |recipe| recipe.file = Box::new(|file| file.truncate(5))),
    ("reject-cut-in-manifest", Truncated, |recipe| recipe.file = Box::new(|file| file.truncate(300))),
    ("reject-cut-between-parts", Truncated, |recipe| {
        recipe.parts = Box::new(|parts| parts.truncate(4));
    }),
    ("reject-cut-in-last-part", Truncated, |recipe| {
        recipe.file = Box::new(|file| file.truncate(file.len() - 1));
    }),
    ("reject-byte-appended", TrailingBytes, |recipe| recipe.file = Box::new(|file| file.push(0))),
    ("reject-part-added", TrailingBytes, |recipe| {
        recipe.parts = Box::new(|parts| parts.push(parts[2].clone()));
    }),
    ("reject-part-dropped", PartChanged, |recipe| {
        recipe.parts = Box::new(|parts| {
            parts.remove(2);
        });
    }),
    ("reject-parts-swapped", PartChanged, |recipe| recipe.parts = Box::new(|parts| parts.swap(3, 4))),
    ("reject-part-bit-changed", PartChanged, |recipe| {
        recipe.parts = Box::new(|parts| *parts[2].last_mut().unwrap() ^= 1);
    }),
    ("reject-part-of-another-packet", PartChanged, |recipe| {
        let other = Recipe::of(Sample::short("another packet", 1, Digest::NONE));
        recipe.parts = Box::new(move |parts| {
            let file = other.make();
            let manifest = read_unverified(&mut file.as_slice()).unwrap();
            let behind: u64 = manifest.blobs[2..].iter().map(|blob| blob.length).sum();
            let start = file.len() - behind as usize;
            parts[2] = file[start..start + parts[2].len()].to_vec();
        });
    }),
    ("reject-manifest-changed", StationSignature, |recipe| {
        recipe.envelope =
            Box::new(|envelope| replace(&mut envelope.manifest, b"rekam 0.1.0", b"rekam 9.9.9"));
    }),
    ("reject-redated", StationSignature, |recipe| {
        recipe.envelope = Box::new(|envelope| {
            let stamp = (SEALED_MS as u64 + 60_000).to_be_bytes();
            replace(&mut envelope.manifest, &stamp, &(SEALED_MS as u64).to_be_bytes());
        });
    }),
    ("reject-operator-exchanged", StationSignature, |recipe| {
        recipe.envelope = Box::new(|envelope| {
            let (is, was) = (stranger_key().public_key(), operator_key().public_key());
            replace(&mut envelope.manifest, was.as_bytes(), is.as_bytes());
            envelope.operator = sign(Context::PACKET_OPERATOR, &envelope.manifest, false, &stranger_key());
        });
    }),
    ("reject-number-not-shortest", ManifestMalformed, |recipe| {
        // The version, 01, as the two bytes 18 01.
        recipe.manifest_bytes = Box::new(|bytes| {
            assert_eq!(bytes.splice(1..2, [0x18, 0x01]).next(), Some(1));
        });
    }),
    ("reject-field-added", ManifestMalformed, |recipe| {
        recipe.manifest_bytes = Box::new(|bytes| {
            bytes[0] += 1;
            bytes.push(0xf6);
        });
    }),
    ("reject-length-indefinite", EnvelopeMalformed, |recipe| {
        recipe.file = Box::new(|file| {
            let length = u32::from_be_bytes(file[8..12].try_into().unwrap());
            file[8..12].copy_from_slice(&(length + 1).to_be_bytes());
            file[12] = 0x9f;
            file.insert(12 + length as usize, 0xff);
        });
    }),
    ("reject-envelope-too-long", TooLarge, |recipe| {
        recipe.file = Box::new(|file| file[8..12].copy_from_slice(&[0, 1, 0, 1]));
    }),
    ("reject-part-too-long", TooLarge, |recipe| {
        recipe.manifest = Box::new(|manifest| manifest.blobs[2].length = limit::CIPHER_BYTES_MAX + 1);
    }),
    ("reject-too-many-parts", TooLarge, |recipe| {
        recipe.manifest = Box::new(|manifest| {
            let last = manifest.blobs.last().unwrap().clone();
            manifest.blobs.resize(limit::BLOBS_MAX + 1, last);
        });
    }),
    ("reject-id-not-version-7", ManifestMalformed, |recipe| {
        recipe.manifest_bytes = Box::new(|bytes| bytes[9] = 0x40 | (bytes[9] & 0x0f));
    }),
    ("reject-manifest-version", VersionUnknown, |recipe| {
        recipe.manifest = Box::new(|manifest| manifest.version = 2);
    }),
    ("reject-first-with-one-before", ManifestMalformed, |recipe| {
        recipe.manifest = Box::new(|manifest| manifest.previous = Digest::of(b"before"));
    }),
    ("reject-second-with-none-before", ManifestMalformed, |recipe| {
        recipe.manifest = Box::new(|manifest| manifest.counter = 2);
    }),
    ("reject-supersedes-itself", ManifestMalformed, |recipe| {
        recipe.manifest = Box::new(|manifest| manifest.supersedes = Some(manifest.packet_id));
    }),
    ("reject-place-off-earth", ManifestMalformed, |recipe| {
        recipe.manifest = Box::new(|manifest| {
            manifest.place = Place::Fix { latitude_e7: 900_000_001, longitude_e7: 0, accuracy_dm: 1 };
        });
    }),
    ("reject-text-too-long", ManifestMalformed, |recipe| {
        recipe.manifest = Box::new(|manifest| manifest.software = "x".repeat(129));
    }),
    ("reject-order-documents-first", PartOrder, |recipe| recipe.sample.parts.swap(1, 4)),
    ("reject-no-biodata", PartOrder, |recipe| {
        recipe.sample.parts.remove(0);
    }),
    ("reject-biodata-twice", PartOrder, |recipe| {
        recipe.sample.parts.insert(1, Plain::biodata(BIODATA));
    }),
    ("reject-station-unknown", StationUnknown, |recipe| {
        recipe.manifest = Box::new(|manifest| manifest.station.id = "kec-nobody".into());
    }),
    ("reject-station-with-another-key", StationKey, |recipe| {
        recipe.station = stranger_key();
        recipe.manifest = Box::new(|manifest| manifest.station.key = stranger_key().public_key());
    }),
    ("reject-signed-by-another-key", StationSignature, |recipe| recipe.station = stranger_key()),
    ("reject-signed-by-the-operator-twice", StationSignature, |recipe| recipe.station = operator_key()),
    ("reject-operator-signed-by-another-key", OperatorSignature, |recipe| recipe.operator = stranger_key()),
    ("reject-station-signature-from-another-context", StationSignature, |recipe| {
        recipe.envelope = Box::new(|envelope| {
            envelope.station = sign(Context::RECEIPT, &envelope.manifest, false, &station_key());
        });
    }),
    ("reject-operator-signature-from-another-context", OperatorSignature, |recipe| {
        recipe.envelope = Box::new(|envelope| {
            envelope.operator = sign(Context::PACKET_STATION, &envelope.manifest, false, &operator_key());
        });
    }),
    ("reject-signatures-swapped", StationSignature, |recipe| {
        recipe.envelope = Box::new(|envelope| std::mem::swap(&mut envelope.station, &mut envelope.operator));
    }),
    ("reject-operator-signature-missing", OperatorSignature, |recipe| {
        recipe.envelope = Box::new(|envelope| envelope.operator.clear());
    }),
    ("reject-signature-with-payload", StationSignature, |recipe| {
        recipe.envelope = Box::new(|envelope| {
            envelope.station = sign(Context::PACKET_STATION, &envelope.manifest, true, &station_key());
        });
    }),
    ("reject-unprotected-header", StationSignature, |recipe| {
        recipe.envelope = Box::new(|envelope| {
            assert_eq!(envelope.station.splice(15..16, [0xa1, 0x05, 0x41, 0x00]).next(), Some(0xa0));
        });
    }),
    ("reject-part-in-clear", PartNotSealed, |recipe| {
        recipe.sealed = Box::new(|sealed| sealed[2] = JPEG.to_vec());
    }),
    ("reject-one-recipient", RecipientsTooFew, |recipe| recipe.recipients = vec![ACTIVE]),
];

const APPROVAL_DEFECTS: &[Defect] = &[
    ("reject-approval-dropped", ApprovalList, |recipe| {
        recipe.envelope = Box::new(|envelope| envelope.approvals.clear());
    }),
    ("reject-approval-added", ApprovalList, |recipe| {
        recipe.envelope = Box::new(|envelope| envelope.approvals.push(envelope.approvals[0].clone()));
    }),
    ("reject-approval-signed-by-another-key", ApprovalSignature, |recipe| {
        let approval = recipe.sample.approval().sign(&stranger_key()).unwrap();
        recipe.sample.facts.approvals = vec![approval];
    }),
    ("reject-approval-from-another-context", ApprovalSignature, |recipe| {
        let payload = minicbor::to_vec(recipe.sample.approval()).unwrap();
        recipe.sample.facts.approvals = vec![sign(Context::WITHDRAWAL, &payload, true, &approver_key())];
    }),
    ("reject-approval-of-another-packet", ApprovalElsewhere, |recipe| {
        let mut approval = recipe.sample.approval();
        approval.packet_id = Sample::short("another packet", 1, Digest::NONE).facts.packet_id;
        recipe.sample.facts.approvals = vec![approval.sign(&approver_key()).unwrap()];
    }),
    ("reject-approval-of-nothing", ApprovalMalformed, |recipe| {
        let mut approval = recipe.sample.approval();
        approval.exceptions.clear();
        recipe.sample.facts.approvals = vec![approval.sign(&approver_key()).unwrap()];
    }),
    ("reject-approval-without-payload", ApprovalMalformed, |recipe| {
        let payload = minicbor::to_vec(recipe.sample.approval()).unwrap();
        recipe.sample.facts.approvals = vec![sign(Context::APPROVAL, &payload, false, &approver_key())];
    }),
];

/// Puts `is` where `was` stands, once and of the same length.
fn replace(bytes: &mut [u8], was: &[u8], is: &[u8]) {
    let at = bytes.windows(was.len()).position(|window| window == was).unwrap();
    bytes[at..at + is.len()].copy_from_slice(is);
}
