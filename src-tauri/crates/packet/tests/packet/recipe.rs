//! Packets made by hand, so that each can have exactly one thing wrong.

use ed25519_dalek::SigningKey;
use minicbor::bytes::ByteSlice;
use rekam_packet::*;

use crate::age_writer::{Chance, age_file};
use crate::sample::{ACTIVE, ESCROW, Plain, Sample, operator_key, station_key};

type Change<T> = Box<dyn Fn(&mut T)>;

/// How a packet is made, with a place for a mistake at every step.
pub(crate) struct Recipe {
    pub(crate) sample: Sample,
    /// Private halves of the recipients of each part.
    pub(crate) recipients: Vec<[u8; 32]>,
    /// After the plaintext hashes are known.
    pub(crate) inner: Change<Inner>,
    /// The encoded inner manifest.
    pub(crate) inner_bytes: Change<Vec<u8>>,
    /// Every part after encryption, the inner manifest first, before its hash is taken.
    pub(crate) sealed: Change<Vec<Vec<u8>>>,
    /// Before it is signed.
    pub(crate) manifest: Change<Manifest>,
    /// The encoded manifest, before it is signed.
    pub(crate) manifest_bytes: Change<Vec<u8>>,
    pub(crate) station: SigningKey,
    pub(crate) operator: SigningKey,
    /// After signing.
    pub(crate) envelope: Change<Envelope>,
    /// The parts as they are put behind the envelope.
    pub(crate) parts: Change<Vec<Vec<u8>>>,
    /// The file.
    pub(crate) file: Change<Vec<u8>>,
}

fn same<T: 'static>() -> Change<T> {
    Box::new(|_| {})
}

impl Recipe {
    pub(crate) fn of(sample: Sample) -> Self {
        Self {
            sample,
            recipients: vec![ACTIVE, ESCROW],
            inner: same(),
            inner_bytes: same(),
            sealed: same(),
            manifest: same(),
            manifest_bytes: same(),
            station: station_key(),
            operator: operator_key(),
            envelope: same(),
            parts: same(),
            file: same(),
        }
    }

    /// The file, the same every time.
    pub(crate) fn make(&self) -> Vec<u8> {
        let Sample { facts, recording, parts } = &self.sample;
        let mut chance = Chance::new(facts.packet_id.to_string());
        let mut inner = Inner {
            version: VERSION,
            packet_id: facts.packet_id,
            case: recording.case.clone(),
            modalities: recording.modalities.clone(),
            parts: parts.iter().map(part_of).collect(),
            exceptions: recording.exceptions.clone(),
            devices: recording.devices.clone(),
            audit: recording.audit.clone(),
        };
        (self.inner)(&mut inner);
        let mut inner_bytes = minicbor::to_vec(&inner).unwrap();
        (self.inner_bytes)(&mut inner_bytes);
        let plains = std::iter::once(inner_bytes.as_slice()).chain(parts.iter().map(|part| &*part.bytes));
        let mut sealed: Vec<Vec<u8>> =
            plains.map(|plain| age_file(plain, &self.recipients, &mut chance)).collect();
        (self.sealed)(&mut sealed);

        let roles = std::iter::once((Role::Inner, INNER_MEDIA_TYPE))
            .chain(parts.iter().map(|part| (part.role, part.media_type)));
        let blobs = roles.zip(&sealed).map(|((role, media_type), bytes)| Blob {
            role,
            media_type: media_type.to_owned(),
            length: bytes.len() as u64,
            sha256: Digest::of(bytes),
        });
        let mut manifest = Manifest {
            version: VERSION,
            packet_id: facts.packet_id,
            station: facts.station.clone(),
            operator: facts.operator.clone(),
            approvals: facts.approvals.iter().map(|approval| Digest::of(approval)).collect(),
            approval_pending: facts.approval_pending,
            profile: facts.profile.clone(),
            counter: facts.counter,
            previous: facts.previous,
            clock: facts.clock,
            place: facts.place,
            software: facts.software.clone(),
            supersedes: facts.supersedes,
            blobs: blobs.collect(),
        };
        (self.manifest)(&mut manifest);
        let mut bytes = minicbor::to_vec(&manifest).unwrap();
        (self.manifest_bytes)(&mut bytes);
        let mut envelope = Envelope {
            station: sign(Context::PACKET_STATION, &bytes, false, &self.station),
            operator: sign(Context::PACKET_OPERATOR, &bytes, false, &self.operator),
            approvals: facts.approvals.iter().cloned().map(Into::into).collect(),
            manifest: bytes,
        };
        (self.envelope)(&mut envelope);
        let mut file = envelope.framed();
        (self.parts)(&mut sealed);
        file.extend(sealed.concat());
        (self.file)(&mut file);
        file
    }
}

fn part_of(plain: &Plain) -> Part {
    Part {
        length: plain.bytes.len() as u64,
        sha256: Digest::of(&plain.bytes),
        provenance: plain.provenance.clone(),
    }
}

/// A COSE_Sign1 written by hand, also for what the library would not sign.
pub(crate) fn sign(context: Context, payload: &[u8], attached: bool, key: &SigningKey) -> Vec<u8> {
    let id = Digest::of(key.verifying_key().as_bytes());
    let protected = [&[0xa2, 0x01, 0x27, 0x04, 0x48], &id.as_bytes()[..8]].concat();
    let bytes = |bytes| -> &ByteSlice { <&ByteSlice>::from(bytes) };
    let structure =
        ("Signature1", bytes(protected.as_slice()), bytes(context.word().as_bytes()), bytes(payload));
    let signature = ed25519_dalek::Signer::sign(key, &minicbor::to_vec(structure).unwrap()).to_bytes();
    let mut cose = vec![0x84, 0x4d];
    cose.extend(&protected);
    cose.push(0xa0);
    cose.extend(minicbor::to_vec(attached.then_some(bytes(payload))).unwrap());
    cose.extend(minicbor::to_vec(bytes(signature.as_slice())).unwrap());
    cose
}
