//! The inner manifest: what was seen at capture. It travels encrypted, so that no hash in it can be guessed at.

use minicbor::{Decode, Encode};
use rekam_domain::exception::ExceptionCode;
use rekam_domain::profile::Modality;
use serde::Serialize;

use crate::bytes::{Digest, PacketId, Salt};
use crate::cbor;
use crate::limit::{AUDIT_LINES_MAX, DEVICES_MAX, EXCEPTIONS_MAX, PROOF_BYTES_MAX, QUALITIES_MAX};
use crate::manifest::{VERSION, is_plain};

/// A quality figure with the name of the algorithm that gave it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct Quality {
    /// Algorithm and version.
    #[n(0)]
    pub algorithm: String,
    /// Its figure in thousandths.
    #[n(1)]
    pub milli: i64,
}

/// A device that took part.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct Device {
    /// Maker.
    #[n(0)]
    pub make: String,
    /// Model.
    #[n(1)]
    pub model: String,
    /// Serial number.
    #[n(2)]
    pub serial: String,
}

/// What is known about one part, beside its role and media type.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode, Serialize)]
pub struct Provenance {
    /// Finger 1 to 10 in ISO order, eye 1 right and 2 left, page from 1; otherwise 0.
    #[n(0)]
    pub position: u16,
    /// Kind of document, a word of the domain; otherwise empty.
    #[n(1)]
    pub document: String,
    /// When it was taken, in milliseconds since 1970.
    #[n(2)]
    pub captured_ms: i64,
    /// Which line of the list of devices took it.
    #[n(3)]
    pub device: Option<u8>,
    /// What the device itself says to prove it, in its own format; empty when it says nothing.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub proof: Vec<u8>,
    /// Quality figures.
    #[n(5)]
    pub quality: Vec<Quality>,
}

/// The plaintext of one part.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct Part {
    /// Length in bytes.
    #[n(0)]
    pub length: u64,
    /// SHA-256.
    #[n(1)]
    pub sha256: Digest,
    /// Where it comes from.
    #[n(2)]
    pub provenance: Provenance,
}

/// Something that is missing, poor or different, with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct Exception {
    /// Chance, so that nobody can guess the reason from its hash.
    #[n(0)]
    pub salt: Salt,
    /// The reason.
    #[cbor(n(1), with = "crate::word::exception_code")]
    pub code: ExceptionCode,
    /// Finger 1 to 10, eye 1 right and 2 left, otherwise 0.
    #[n(2)]
    pub position: u16,
    /// How often it was tried.
    #[n(3)]
    pub tries: u32,
}

impl Exception {
    /// The hash an approver signs.
    #[must_use]
    pub fn commitment(&self) -> Digest {
        Digest::of(&cbor::encode(self))
    }
}

/// One line of the station's audit that belongs to this recording.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct AuditLine {
    /// Its number at the station.
    #[n(0)]
    pub sequence: u64,
    /// When, in milliseconds since 1970.
    #[n(1)]
    pub at_ms: i64,
    /// What happened, a word of the audit catalogue.
    #[n(2)]
    pub event: String,
    /// Who.
    #[n(3)]
    pub account: String,
    /// The hash the station's chain gave it.
    #[n(4)]
    pub hash: Digest,
}

/// The inner manifest.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct Inner {
    /// Version of this format.
    #[n(0)]
    pub version: u8,
    /// The packet it belongs to.
    #[n(1)]
    pub packet_id: PacketId,
    /// The case at the station.
    #[n(2)]
    pub case: String,
    /// What the procedure asks for.
    #[cbor(n(3), with = "crate::word::modalities")]
    pub modalities: Vec<Modality>,
    /// Every part but the inner manifest itself, in the order of the outer one.
    #[n(4)]
    pub parts: Vec<Part>,
    /// What is missing, poor or different.
    #[n(5)]
    pub exceptions: Vec<Exception>,
    /// The devices that took part.
    #[n(6)]
    pub devices: Vec<Device>,
    /// What the station's audit says about this recording.
    #[n(7)]
    pub audit: Vec<AuditLine>,
}

impl Inner {
    /// Version, texts and numbers are within bounds, and every device that is named is in the list.
    pub(crate) fn is_sound(&self) -> bool {
        let devices = self.devices.len();
        self.version == VERSION
            && is_plain(&self.case)
            && self.exceptions.len() <= EXCEPTIONS_MAX
            && self.audit.len() <= AUDIT_LINES_MAX
            && devices <= DEVICES_MAX
            && self.parts.iter().all(|part| part.provenance.is_sound(devices))
            && self
                .audit
                .iter()
                .all(|line| is_plain(&line.event) && is_plain(&line.account) && line.at_ms >= 0)
            && self.devices.iter().all(|device| {
                [&device.make, &device.model, &device.serial].into_iter().all(|text| is_plain(text))
            })
    }
}

impl Provenance {
    fn is_sound(&self, devices: usize) -> bool {
        self.captured_ms >= 0
            && self.device.is_none_or(|device| usize::from(device) < devices)
            && (self.document.is_empty() || is_plain(&self.document))
            && self.proof.len() <= PROOF_BYTES_MAX
            && self.quality.len() <= QUALITIES_MAX
            && self.quality.iter().all(|quality| is_plain(&quality.algorithm))
    }
}
