//! The outer check: what anybody can do who holds the public keys of the stations.

use std::io::Read;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::approval::Approval;
use crate::bytes::{Digest, PublicKey};
use crate::cbor::{self, CborFault};
use crate::cose::{Context, CoseFault, Sign1};
use crate::frame::{Envelope, fill, read_up_to};
use crate::limit::{AGE_HEADER_BYTES_MAX, RECIPIENTS_MIN};
use crate::manifest::{Blob, Manifest, Upload};
use crate::refusal::{VerifyError, VerifyRefusal};
use crate::trust::Trust;

/// What the signatures vouch for. The parts themselves may still be on their way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outline {
    /// The manifest.
    pub manifest: Manifest,
    /// Its hash, by which everybody speaks of this packet.
    pub manifest_hash: Digest,
    /// The approvals, in the order of the manifest.
    pub approvals: Vec<Approval>,
    /// Bytes of the file before its first part.
    pub head_bytes: u64,
}

/// Reads and checks mark, manifest and signatures, and stops before the first part.
///
/// # Errors
/// The first thing that is wrong.
pub fn read_outline(input: &mut impl Read, trust: &Trust) -> Result<Outline, VerifyError> {
    let envelope = Envelope::read(input)?;
    let manifest = read_manifest(&envelope.manifest)?;
    let approvals = check_signatures(&envelope, &manifest, trust)?;
    Ok(Outline {
        manifest_hash: Digest::of(&envelope.manifest),
        manifest,
        approvals,
        head_bytes: envelope.framed().len() as u64,
    })
}

/// Checks a whole packet in its single-file form, reading it once.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify(mut input: impl Read, trust: &Trust) -> Result<Outline, VerifyError> {
    let outline = read_outline(&mut input, trust)?;
    for blob in &outline.manifest.blobs {
        check_blob(blob, &mut input)?;
    }
    expect_end(&mut input)?;
    Ok(outline)
}

/// Reads what a packet says about itself without any key: for showing it, never for trusting it.
///
/// # Errors
/// It cannot be read.
pub fn read_unverified(input: &mut impl Read) -> Result<Manifest, VerifyError> {
    Ok(read_manifest(&Envelope::read(input)?.manifest)?)
}

impl Outline {
    /// Checks one of the three uploads, as it arrives: the parts of that upload and nothing else. For the facts, the
    /// reader stands behind the envelope.
    ///
    /// # Errors
    /// The first part that is not what the station signed.
    pub fn check_upload(&self, upload: Upload, mut input: impl Read) -> Result<(), VerifyError> {
        for blob in self.manifest.blobs_of(upload) {
            check_blob(blob, &mut input)?;
        }
        expect_end(&mut input)
    }

    /// How many bytes of the file an upload is. The three together are the file.
    #[must_use]
    pub fn upload_bytes(&self, upload: Upload) -> u64 {
        let head = if upload == Upload::Facts { self.head_bytes } else { 0 };
        head + self.manifest.blob_bytes(upload)
    }
}

fn read_manifest(bytes: &[u8]) -> Result<Manifest, VerifyRefusal> {
    let manifest: Manifest = cbor::decode(bytes).map_err(|_| VerifyRefusal::ManifestMalformed)?;
    manifest.check()?;
    Ok(manifest)
}

fn check_signatures(
    envelope: &Envelope,
    manifest: &Manifest,
    trust: &Trust,
) -> Result<Vec<Approval>, VerifyRefusal> {
    let station = &manifest.station;
    let known = trust.station(&station.id);
    if known.is_empty() {
        return Err(VerifyRefusal::StationUnknown);
    }
    if !known.contains(&station.key) {
        return Err(VerifyRefusal::StationKey);
    }
    let detached = |bytes: &[u8], context, key: &PublicKey| {
        let sign1 = Sign1::read(bytes)?;
        if sign1.payload.is_some() {
            return Err(CoseFault::Shape);
        }
        sign1.check(context, &envelope.manifest, key)
    };
    detached(&envelope.station, Context::PACKET_STATION, &station.key)
        .map_err(|_| VerifyRefusal::StationSignature)?;
    detached(&envelope.operator, Context::PACKET_OPERATOR, &manifest.operator.key)
        .map_err(|_| VerifyRefusal::OperatorSignature)?;
    let listed = manifest.approvals.iter().copied();
    if !listed.eq(envelope.approvals.iter().map(|bytes| Digest::of(bytes))) {
        return Err(VerifyRefusal::ApprovalList);
    }
    envelope.approvals.iter().map(|bytes| check_approval(bytes, manifest)).collect()
}

fn check_approval(bytes: &[u8], manifest: &Manifest) -> Result<Approval, VerifyRefusal> {
    let approval = read_approval(bytes).map_err(|fault| match fault {
        CoseFault::Shape => VerifyRefusal::ApprovalMalformed,
        CoseFault::Signature => VerifyRefusal::ApprovalSignature,
    })?;
    // Inside its packet it cannot name the hash of the manifest, which names it.
    if approval.packet_id != manifest.packet_id || approval.manifest.is_some() {
        return Err(VerifyRefusal::ApprovalElsewhere);
    }
    Ok(approval)
}

/// Reads an approval and checks it with the key it names; who that key belongs to, the station's signature says.
pub(crate) fn read_approval(bytes: &[u8]) -> Result<Approval, CoseFault> {
    let sign1 = Sign1::read(bytes)?;
    let payload = sign1.payload.ok_or(CoseFault::Shape)?;
    let approval: Approval = cbor::decode(payload).map_err(|_: CborFault| CoseFault::Shape)?;
    if !approval.is_sound() {
        return Err(CoseFault::Shape);
    }
    sign1.check(Context::APPROVAL, payload, &approval.approver.key)?;
    Ok(approval)
}

/// How much of a part is in memory at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// Reads one part to its end and checks length, hash and recipients.
fn check_blob(blob: &Blob, input: &mut impl Read) -> Result<(), VerifyError> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut left = blob.length;
    let mut recipients = None;
    while left > 0 {
        let wanted = usize::try_from(left).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
        let bytes = chunk.get_mut(..wanted).unwrap_or_default();
        fill(input, bytes)?;
        hash.update(&*bytes);
        recipients.get_or_insert_with(|| count_recipients(bytes));
        left -= wanted as u64;
    }
    if Digest::end_of(hash) != blob.sha256 {
        return Err(VerifyRefusal::PartChanged.into());
    }
    Ok(check_recipients(recipients.flatten())?)
}

/// Length and hash of a part that lies in memory.
pub(crate) fn check_blob_bytes(blob: &Blob, bytes: &[u8]) -> Result<(), VerifyRefusal> {
    if Digest::of(bytes) != blob.sha256 {
        return Err(VerifyRefusal::PartChanged);
    }
    check_recipients(count_recipients(bytes))
}

fn check_recipients(counted: Option<usize>) -> Result<(), VerifyRefusal> {
    match counted {
        None => Err(VerifyRefusal::PartNotSealed),
        Some(count) if count < RECIPIENTS_MIN => Err(VerifyRefusal::RecipientsTooFew),
        Some(_) => Ok(()),
    }
}

/// How many X25519 recipients the header of an age file names; `None` when it is no age file.
fn count_recipients(bytes: &[u8]) -> Option<usize> {
    let head = bytes.get(..bytes.len().min(AGE_HEADER_BYTES_MAX))?;
    let rest = head.strip_prefix(b"age-encryption.org/v1\n")?;
    let mut recipients = 0;
    for line in rest.split(|byte| *byte == b'\n') {
        if line.starts_with(b"--- ") {
            return Some(recipients);
        }
        recipients += usize::from(line.starts_with(b"-> X25519 "));
    }
    None
}

/// Nothing follows.
pub(crate) fn expect_end(input: &mut impl Read) -> Result<(), VerifyError> {
    let mut one = [0];
    if read_up_to(input, &mut one)? == 0 { Ok(()) } else { Err(VerifyRefusal::TrailingBytes.into()) }
}
