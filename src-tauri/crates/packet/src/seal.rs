//! Building a packet: parts are encrypted as they stream by, then the list of them is signed.

use std::io::{self, Read, Seek, SeekFrom, Write};

use age::stream::StreamWriter;
use rekam_domain::profile::Modality;
use sha2::{Digest as _, Sha256};

use crate::age_key::{IdentityKey, RecipientKey, Recipients, encrypt};
use crate::bytes::{Digest, PacketId};
use crate::cbor;
use crate::cose::{Context, Signer, SignerError, sign1};
use crate::frame::Envelope;
use crate::inner::{AuditLine, Device, Exception, Inner, Part, Provenance};
use crate::limit::{INNER_BYTES_MAX, PLAIN_BYTES_MAX};
use crate::manifest::{
    Blob, Clock, INNER_MEDIA_TYPE, Manifest, PersonRef, Place, ProfileRef, Role, StationRef, VERSION,
};
use crate::open::{Opened, open};
use crate::refusal::{OpenError, OpenRefusal, Refusal};
use crate::trust::Trust;

/// What the outer manifest says, beside its parts.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Name of the packet, given when the recording begins.
    pub packet_id: PacketId,
    /// The station.
    pub station: StationRef,
    /// Who recorded.
    pub operator: PersonRef,
    /// The signed approvals ([`crate::Approval::sign`]).
    pub approvals: Vec<Vec<u8>>,
    /// An approval follows later.
    pub approval_pending: bool,
    /// The procedure.
    pub profile: ProfileRef,
    /// Number of the packet at its station: 1, 2, 3 …
    pub counter: u64,
    /// Hash of the manifest before it; [`Digest::NONE`] before the first.
    pub previous: Digest,
    /// When.
    pub clock: Clock,
    /// Where.
    pub place: Place,
    /// Name and version of the program.
    pub software: String,
    /// The packet this one replaces.
    pub supersedes: Option<PacketId>,
}

/// What the inner manifest says, beside its parts.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// The case at the station.
    pub case: String,
    /// What the procedure asks for.
    pub modalities: Vec<Modality>,
    /// What is missing, poor or different.
    pub exceptions: Vec<Exception>,
    /// The devices that took part.
    pub devices: Vec<Device>,
    /// What the station's audit says about this recording.
    pub audit: Vec<AuditLine>,
}

/// Why a packet was not sealed. Nothing of it may be kept.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The office would refuse it, and so does the desk.
    #[error("would be refused: {0:?}")]
    WouldBeRefused(Refusal),
    /// A part is larger than the format allows.
    #[error("a part is larger than the format allows")]
    PartTooLarge,
    /// A key did not sign.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// Something could not be read or written.
    #[error("cannot be read or written: {0}")]
    Io(#[from] io::Error),
}

impl From<OpenError> for SealError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Verify(refusal) => Self::WouldBeRefused(Refusal::Verify(refusal)),
            OpenError::Refused(refusal) => Self::WouldBeRefused(Refusal::Open(refusal)),
            OpenError::Io(error) => Self::Io(error),
        }
    }
}

/// One encrypted part, waiting in the scratch place.
struct Waiting {
    blob: Blob,
    part: Part,
    at: u64,
}

/// A packet being built. Its parts lie encrypted in `scratch`, never in clear and never in memory.
pub struct Building<S> {
    facts: Facts,
    recording: Recording,
    recipients: [RecipientKey; 3],
    trial: IdentityKey,
    scratch: S,
    end: u64,
    parts: Vec<Waiting>,
}

impl<S> std::fmt::Debug for Building<S> {
    fn fmt(&self, form: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(form, "Building({}, {} parts)", self.facts.packet_id, self.parts.len())
    }
}

impl<S: Read + Write + Seek> Building<S> {
    /// Begins. `scratch` is an empty place for the encrypted parts, a temporary file or memory.
    ///
    /// Beside the office's two keys every part is encrypted to a third one that is made here and forgotten after
    /// [`Signed::prove`]: with it the station opens the very bytes it is about to seal.
    pub fn begin(facts: Facts, recording: Recording, to: &Recipients, scratch: S) -> Self {
        let trial = IdentityKey::generate();
        let recipients = [to.active.clone(), to.escrow.clone(), trial.recipient()];
        Self { facts, recording, recipients, trial, scratch, end: 0, parts: Vec::new() }
    }

    /// Encrypts one part from its reader, in constant memory. Parts may come in any order; the packet sorts them by
    /// upload and otherwise keeps their order.
    ///
    /// # Errors
    /// It is too large, or cannot be read or written.
    pub fn add(
        &mut self,
        role: Role,
        media_type: impl Into<String>,
        provenance: Provenance,
        data: &mut dyn Read,
    ) -> Result<(), SealError> {
        self.scratch.seek(SeekFrom::Start(self.end))?;
        let done = encrypt_part(&self.recipients, data, &mut self.scratch, PLAIN_BYTES_MAX)?;
        let blob = Blob { role, media_type: media_type.into(), length: done.length, sha256: done.sha256 };
        let part = Part { length: done.plain_length, sha256: done.plain_sha256, provenance };
        self.parts.push(Waiting { blob, part, at: self.end });
        self.end += done.length;
        Ok(())
    }

    /// Closes the list of parts and signs it.
    ///
    /// # Errors
    /// A key did not sign, or something could not be written.
    pub fn sign(mut self, station: &dyn Signer, operator: &dyn Signer) -> Result<Signed<S>, SealError> {
        self.parts.sort_by_key(|waiting| (waiting.blob.role.upload(), waiting.blob.role != Role::Biodata));
        let inner = Inner {
            version: VERSION,
            packet_id: self.facts.packet_id,
            case: self.recording.case,
            modalities: self.recording.modalities,
            parts: self.parts.iter().map(|waiting| waiting.part.clone()).collect(),
            exceptions: self.recording.exceptions,
            devices: self.recording.devices,
            audit: self.recording.audit,
        };
        let mut inner_sealed = Vec::new();
        let plain = cbor::encode(&inner);
        let done = encrypt_part(&self.recipients, &mut plain.as_slice(), &mut inner_sealed, INNER_BYTES_MAX)?;
        let first = Blob {
            role: Role::Inner,
            media_type: INNER_MEDIA_TYPE.to_owned(),
            length: done.length,
            sha256: done.sha256,
        };
        let blobs = std::iter::once(first).chain(self.parts.iter().map(|waiting| waiting.blob.clone()));
        let manifest = self.facts.manifest(blobs.collect());
        let envelope = manifest.sign(self.facts.approvals, station, operator)?;
        let ranges = self.parts.iter().map(|waiting| (waiting.at, waiting.blob.length)).collect();
        let Self { scratch, trial, .. } = self;
        Ok(Signed { manifest, envelope, inner_sealed, scratch, ranges, trial })
    }
}

impl Facts {
    fn manifest(&self, blobs: Vec<Blob>) -> Manifest {
        Manifest {
            version: VERSION,
            packet_id: self.packet_id,
            station: self.station.clone(),
            operator: self.operator.clone(),
            approvals: self.approvals.iter().map(|approval| Digest::of(approval)).collect(),
            approval_pending: self.approval_pending,
            profile: self.profile.clone(),
            counter: self.counter,
            previous: self.previous,
            clock: self.clock,
            place: self.place,
            software: self.software.clone(),
            supersedes: self.supersedes,
            blobs,
        }
    }
}

impl Manifest {
    /// Signs the manifest by station and operator and puts the approvals beside it.
    ///
    /// # Errors
    /// A key did not sign.
    pub fn sign(
        &self,
        approvals: Vec<Vec<u8>>,
        station: &dyn Signer,
        operator: &dyn Signer,
    ) -> Result<Envelope, SignerError> {
        let manifest = cbor::encode(self);
        Ok(Envelope {
            station: sign1(Context::PACKET_STATION, &manifest, false, station)?,
            operator: sign1(Context::PACKET_OPERATOR, &manifest, false, operator)?,
            approvals: approvals.into_iter().map(Into::into).collect(),
            manifest,
        })
    }
}

/// A packet that is signed, but not yet proven to open.
pub struct Signed<S> {
    manifest: Manifest,
    envelope: Envelope,
    inner_sealed: Vec<u8>,
    scratch: S,
    ranges: Vec<(u64, u64)>,
    trial: IdentityKey,
}

impl<S> std::fmt::Debug for Signed<S> {
    fn fmt(&self, form: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(form, "Signed({})", self.manifest.packet_id)
    }
}

impl<S: Read + Seek> Signed<S> {
    /// The outer manifest.
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Writes the packet in its single-file form. The caller writes to a temporary name, proves, syncs and renames.
    ///
    /// # Errors
    /// Something could not be read or written.
    pub fn write(&mut self, mut to: impl Write) -> io::Result<()> {
        to.write_all(&self.envelope.framed())?;
        to.write_all(&self.inner_sealed)?;
        for (at, length) in &self.ranges {
            self.scratch.seek(SeekFrom::Start(*at))?;
            io::copy(&mut (&mut self.scratch).take(*length), &mut to)?;
        }
        to.flush()
    }

    /// Reads the written packet back, verifies it and opens it with the forgotten key: the office's own function.
    ///
    /// # Errors
    /// Everything the office would refuse, by name.
    pub fn prove(self, written: impl Read) -> Result<Opened, OpenError> {
        let station = &self.manifest.station;
        let trust = Trust::default().with_station(&station.id, station.key);
        let opened = open(written, &trust, &[self.trial], &mut |_| Ok(()))?;
        // What was written must be what was signed here, not another packet of this station.
        if opened.outline.manifest == self.manifest {
            Ok(opened)
        } else {
            Err(OpenRefusal::InnerElsewhere.into())
        }
    }
}

/// Signs, writes and proves in one go. Only what comes back from here may be called sealed.
///
/// # Errors
/// Everything the office would refuse, and everything that cannot be signed, read or written.
pub fn seal<S, O>(
    building: Building<S>,
    station: &dyn Signer,
    operator: &dyn Signer,
    mut to: O,
) -> Result<Opened, SealError>
where
    S: Read + Write + Seek,
    O: Read + Write + Seek,
{
    let mut signed = building.sign(station, operator)?;
    let begin = to.stream_position()?;
    signed.write(&mut to)?;
    to.seek(SeekFrom::Start(begin))?;
    Ok(signed.prove(io::BufReader::new(to))?)
}

/// What came of encrypting one part.
struct Encrypted {
    length: u64,
    sha256: Digest,
    plain_length: u64,
    plain_sha256: Digest,
}

/// How much of a part is in memory at once.
const CHUNK_BYTES: usize = 64 * 1024;

fn encrypt_part<W: Write>(
    to: &[RecipientKey],
    data: &mut dyn Read,
    output: W,
    max: u64,
) -> Result<Encrypted, SealError> {
    let counted = Counted { output, hash: Sha256::new(), length: 0 };
    let mut sealing: StreamWriter<Counted<W>> = encrypt(to.iter(), counted)?;
    let mut hash = Sha256::new();
    let mut plain_length = 0;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = crate::frame::read_up_to(&mut &mut *data, &mut chunk)?;
        let bytes = chunk.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        plain_length += read as u64;
        if plain_length > max {
            return Err(SealError::PartTooLarge);
        }
        hash.update(bytes);
        sealing.write_all(bytes)?;
    }
    let counted = sealing.finish()?;
    Ok(Encrypted {
        length: counted.length,
        sha256: Digest::end_of(counted.hash),
        plain_length,
        plain_sha256: Digest::end_of(hash),
    })
}

/// Hashes and counts what passes through.
struct Counted<W> {
    output: W,
    hash: Sha256,
    length: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.output.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}
