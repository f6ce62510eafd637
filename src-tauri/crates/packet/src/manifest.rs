//! The outer manifest: everything about a packet that may be read without a key.

use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::bytes::{Digest, PacketId, PublicKey};
use crate::limit::{
    APPROVALS_MAX, BIODATA_BYTES_MAX, BLOBS_MAX, CIPHER_BYTES_MAX, PACKET_BYTES_MAX, TEXT_BYTES_MAX,
};
use crate::refusal::VerifyRefusal;
use crate::word::words;

/// The version of this format.
pub const VERSION: u8 = 1;

words! {
    /// What a part of a packet is.
    pub enum Role {
        /// The inner manifest. Always there, always first.
        Inner => "inner",
        /// The record of the person. Always there, always second.
        Biodata => "biodata",
        /// The photo.
        Photo => "photo",
        /// The signature for the card.
        Signature => "signature",
        /// The signature under the truth statement.
        Truth => "truth",
        /// A signature as strokes of the pen.
        Strokes => "strokes",
        /// One finger.
        Finger => "finger",
        /// Several fingers in one picture.
        Slap => "slap",
        /// One eye.
        Iris => "iris",
        /// The index finger that was compared at the end.
        IndexCheck => "index_check",
        /// A picture that shows why something is missing.
        Evidence => "evidence",
        /// One page of a document.
        Document => "document",
    }
}

words! {
    /// In which of the three uploads a part travels; the order of the file.
    pub enum Upload {
        /// Manifest, signatures, inner manifest and biodata: small, first of all.
        Facts => "facts",
        /// Everything taken from the person.
        Images => "images",
        /// The pages of documents.
        Documents => "documents",
    }
}

impl Role {
    /// The upload it travels in.
    #[must_use]
    pub const fn upload(self) -> Upload {
        match self {
            Self::Inner | Self::Biodata => Upload::Facts,
            Self::Document => Upload::Documents,
            Self::Photo
            | Self::Signature
            | Self::Truth
            | Self::Strokes
            | Self::Finger
            | Self::Slap
            | Self::Iris
            | Self::IndexCheck
            | Self::Evidence => Upload::Images,
        }
    }
}

words! {
    /// Where the private half of a key lies.
    pub enum KeyTrust {
        /// In a file, sealed by a secret.
        Software => "software",
        /// Bound to a chip that counts wrong secrets.
        Hardware => "hardware",
    }
}

words! {
    /// How far the station's clock can be believed.
    pub enum ClockTrust {
        /// Compared with the office lately.
        Trusted => "trusted",
        /// Not compared for longer than the profile allows.
        Unchecked => "unchecked",
        /// Jumped, or stands before the packet before it.
        Doubtful => "doubtful",
    }
}

words! {
    /// Why there is no place.
    pub enum PlaceAbsence {
        /// The station has no receiver.
        NotFitted => "not_fitted",
        /// The receiver found no satellites.
        NoFix => "no_fix",
        /// The profile switches it off.
        SwitchedOff => "switched_off",
    }
}

/// The station that made the packet, with the key it signs with.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct StationRef {
    /// Its id.
    #[n(0)]
    pub id: String,
    /// Its public key.
    #[n(1)]
    pub key: PublicKey,
    /// Where the private half lies.
    #[n(2)]
    pub trust: KeyTrust,
}

/// An account with the key it signs with. Never a name, never a NIK.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct PersonRef {
    /// Its id.
    #[n(0)]
    pub account: String,
    /// Its public key.
    #[n(1)]
    pub key: PublicKey,
    /// Where the private half lies.
    #[n(2)]
    pub trust: KeyTrust,
}

/// The procedure the recording followed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct ProfileRef {
    /// Its id.
    #[n(0)]
    pub id: String,
    /// Its version.
    #[n(1)]
    pub version: String,
}

/// When the packet was sealed, by the clock of the station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct Clock {
    /// Milliseconds since 1970, UTC.
    #[n(0)]
    pub wall_ms: i64,
    /// How far it can be believed.
    #[n(1)]
    pub trust: ClockTrust,
}

/// Where the packet was sealed, or why nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(flat)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Not known.
    #[n(0)]
    Absent(#[n(0)] PlaceAbsence),
    /// Known.
    #[n(1)]
    Fix {
        /// Degrees north, times ten million.
        #[n(0)]
        latitude_e7: i32,
        /// Degrees east, times ten million.
        #[n(1)]
        longitude_e7: i32,
        /// Radius in decimetres.
        #[n(2)]
        accuracy_dm: u32,
    },
}

/// One encrypted part, as it lies in the file.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct Blob {
    /// What it is.
    #[n(0)]
    pub role: Role,
    /// Media type of the plaintext.
    #[n(1)]
    pub media_type: String,
    /// Length of the ciphertext in bytes.
    #[n(2)]
    pub length: u64,
    /// SHA-256 of the ciphertext.
    #[n(3)]
    pub sha256: Digest,
}

/// The outer manifest.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct Manifest {
    /// Version of this format.
    #[n(0)]
    pub version: u8,
    /// Name of the packet.
    #[n(1)]
    pub packet_id: PacketId,
    /// Who made it.
    #[n(2)]
    pub station: StationRef,
    /// Who recorded.
    #[n(3)]
    pub operator: PersonRef,
    /// SHA-256 of each approval in the envelope, in its order.
    #[n(4)]
    pub approvals: Vec<Digest>,
    /// An exception still waits for its approval.
    #[n(5)]
    pub approval_pending: bool,
    /// The procedure.
    #[n(6)]
    pub profile: ProfileRef,
    /// Number of the packet at its station: 1, 2, 3 …
    #[n(7)]
    pub counter: u64,
    /// Hash of the manifest before it; zeros before the first.
    #[n(8)]
    pub previous: Digest,
    /// When.
    #[n(9)]
    pub clock: Clock,
    /// Where.
    #[n(10)]
    pub place: Place,
    /// Name and version of the program.
    #[n(11)]
    pub software: String,
    /// The packet this one replaces.
    #[n(12)]
    pub supersedes: Option<PacketId>,
    /// Every part, in the order of the file.
    #[n(13)]
    pub blobs: Vec<Blob>,
}

/// Whether a text may stand in a manifest: not empty, not long, nothing that cannot be printed.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.len() <= TEXT_BYTES_MAX && !text.chars().any(char::is_control)
}

/// Media type of the inner manifest.
pub const INNER_MEDIA_TYPE: &str = "application/vnd.rekam.inner+cbor";
/// Media type of the record of a person.
pub const BIODATA_MEDIA_TYPE: &str = "application/vnd.rekam.biodata+json";

impl Manifest {
    /// The hash by which everybody speaks of this packet.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Digest::of(&crate::cbor::encode(self))
    }

    /// How many bytes the parts of an upload take, the envelope not counted.
    #[must_use]
    pub fn blob_bytes(&self, upload: Upload) -> u64 {
        self.blobs_of(upload).map(|blob| blob.length).sum()
    }

    /// The parts of an upload, in their order.
    pub fn blobs_of(&self, upload: Upload) -> impl Iterator<Item = &Blob> {
        self.blobs.iter().filter(move |blob| blob.role.upload() == upload)
    }

    /// What must hold of a manifest before its signatures are looked at.
    pub(crate) fn check(&self) -> Result<(), VerifyRefusal> {
        if self.version != VERSION {
            return Err(VerifyRefusal::VersionUnknown);
        }
        let texts = [
            &self.station.id,
            &self.operator.account,
            &self.profile.id,
            &self.profile.version,
            &self.software,
        ];
        let named = texts.into_iter().chain(self.blobs.iter().map(|blob| &blob.media_type));
        let ids = [Some(self.packet_id), self.supersedes];
        let is_first = self.counter == 1;
        let is_sound = named.into_iter().all(|text| is_plain(text))
            && ids.iter().flatten().all(PacketId::is_version_7)
            && self.supersedes != Some(self.packet_id)
            && self.counter >= 1
            && is_first == (self.previous == Digest::NONE)
            && self.clock.wall_ms >= 0
            && self.place.is_on_earth();
        if !is_sound {
            return Err(VerifyRefusal::ManifestMalformed);
        }
        self.check_limits()?;
        self.check_order()
    }

    fn check_limits(&self) -> Result<(), VerifyRefusal> {
        let mut total = 0_u64;
        for blob in &self.blobs {
            let max = if blob.role == Role::Biodata { BIODATA_BYTES_MAX } else { CIPHER_BYTES_MAX };
            total = total.saturating_add(blob.length);
            if blob.length > max {
                return Err(VerifyRefusal::TooLarge);
            }
        }
        let too_many = self.blobs.len() > BLOBS_MAX || self.approvals.len() > APPROVALS_MAX;
        if too_many || total > PACKET_BYTES_MAX { Err(VerifyRefusal::TooLarge) } else { Ok(()) }
    }

    /// Inner manifest, biodata, images, documents: a packet cut behind each of the three is its three uploads.
    fn check_order(&self) -> Result<(), VerifyRefusal> {
        let mut roles = self.blobs.iter().map(|blob| blob.role);
        let begins = roles.next() == Some(Role::Inner) && roles.next() == Some(Role::Biodata);
        let uploads = self.blobs.iter().skip(1).map(|blob| blob.role.upload());
        let is_sorted = uploads.clone().zip(uploads.skip(1)).all(|(one, next)| one <= next);
        let once = |role| self.blobs.iter().filter(|blob| blob.role == role).count() == 1;
        if begins && is_sorted && once(Role::Inner) && once(Role::Biodata) {
            Ok(())
        } else {
            Err(VerifyRefusal::PartOrder)
        }
    }
}

impl Place {
    fn is_on_earth(&self) -> bool {
        match self {
            Self::Absent(_) => true,
            Self::Fix { latitude_e7, longitude_e7, .. } => {
                latitude_e7.unsigned_abs() <= 900_000_000 && longitude_e7.unsigned_abs() <= 1_800_000_000
            }
        }
    }
}
