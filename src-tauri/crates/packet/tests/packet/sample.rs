//! Recordings of people who do not exist, with keys everybody knows.

use ed25519_dalek::SigningKey;
use rekam_domain::exception::ExceptionCode;
use rekam_domain::profile::Modality;
use rekam_domain::role::Role as DeskRole;
use rekam_packet::*;

use crate::age_writer::Chance;

pub(crate) const STATION: &str = "kec-cibodas-1";
pub(crate) const OTHER_STATION: &str = "kec-cibodas-2";
pub(crate) const OFFICE: &str = "disdukcapil-contoh";

/// Keys for tests, one byte over and over: worth nothing, and seen to be.
pub(crate) fn key(of: u8) -> SigningKey {
    SigningKey::from_bytes(&[of; 32])
}

pub(crate) fn station_key() -> SigningKey {
    key(1)
}

pub(crate) fn operator_key() -> SigningKey {
    key(2)
}

pub(crate) fn approver_key() -> SigningKey {
    key(3)
}

pub(crate) fn office_key() -> SigningKey {
    key(4)
}

pub(crate) fn stranger_key() -> SigningKey {
    key(9)
}

/// The private halves of the office's two age keys, and of one that opens nothing.
pub(crate) const ACTIVE: [u8; 32] = [0x11; 32];
pub(crate) const ESCROW: [u8; 32] = [0x22; 32];
pub(crate) const ACTIVE_FILE: &str =
    "AGE-SECRET-KEY-1ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYGSUZRZYL";
pub(crate) const ESCROW_FILE: &str =
    "AGE-SECRET-KEY-1YG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3Q0KAHAN";
pub(crate) const STRANGER: [u8; 32] = [0x33; 32];
pub(crate) const STRANGER_FILE: &str =
    "AGE-SECRET-KEY-1XVENXVENXVENXVENXVENXVENXVENXVENXVENXVENXVENXVENXVES5R36HA";

pub(crate) fn identities() -> Vec<IdentityKey> {
    IdentityKey::read_file(ACTIVE_FILE).unwrap()
}

pub(crate) fn trust() -> Trust {
    Trust::default()
        .with_office(OFFICE, office_key().public_key())
        .with_station(STATION, station_key().public_key())
        .with_station(OTHER_STATION, key(5).public_key())
}

/// 21 November 2026, half past eight in Jakarta.
pub(crate) const SEALED_MS: i64 = 1_795_224_600_000;

/// An 8 × 8 picture in grey, as PNG and as JPEG.
pub(crate) const PNG: &[u8] = &hex::<192, 96>(
    b"89504e470d0a1a0a0000000d4948445200000008000000080800000000e164e1570000002749444154789c6364508500460d288305c2d0803234a0221a50290d55555555c60f305d1250060057890a097609ab5d0000000049454e44ae426082",
);
pub(crate) const JPEG: &[u8] = &hex::<354, 177>(
    b"ffd8ffe000104a46494600010100000100010000ffdb004300281c1e231e19282321232d2b28303c64413c37373c7b585d4964918099968f808c8aa0b4e6c3a0aadaad8a8cc8ffcbdaeef5ffffff9bc1fffffffaffe6fdfff8ffc0000b080008000801011100ffc40014000100000000000000000000000000000001ffc4001b1000030002030000000000000000000000010203223151e1f0ffda0008010100003f001503298c4812033a73d7b5bfffd9",
);
/// A header of 13000 × 1 pixels.
pub(crate) const WIDE_PNG: &[u8] = &hex::<184, 92>(
    b"89504e470d0a1a0a0000000d49484452000032c8000000010800000000ced24ce3000000234944415478daedc13101000000c2a0f54f6d0b2fa0000000000000000000000000e06032c90001df5b99e60000000049454e44ae426082",
);

/// Hexadecimal digits as bytes.
const fn hex<const D: usize, const B: usize>(digits: &[u8; D]) -> [u8; B] {
    let mut bytes = [0; B];
    let mut at = 0;
    while at < B {
        bytes[at] = digit(digits[2 * at]) * 16 + digit(digits[2 * at + 1]);
        at += 1;
    }
    bytes
}

const fn digit(letter: u8) -> u8 {
    if letter <= b'9' { letter - b'0' } else { letter - b'a' + 10 }
}

pub(crate) const BIODATA: &[u8] = br#"{"nik": "3671091508069001", "kk_number": "3671091508069002", "full_name": "CONTOH SATU", "birth_place": "TANGERANG", "birth_date": "2006-08-15", "sex": "LAKI-LAKI", "blood_type": "TIDAK TAHU", "address": "JALAN CONTOH 1", "rt": "001", "rw": "002", "religion": "ISLAM", "marital_status": "BELUM KAWIN", "occupation": 3, "nationality": "WNI"}"#;
pub(crate) const CHILD: &[u8] = br#"{"nik": "3671095508109003", "full_name": "CONTOH ANAK", "birth_date": "2010-08-15", "sex": "PEREMPUAN", "nationality": "WNI"}"#;
pub(crate) const STROKES: &[u8] =
    b"[[[10, 10, 300, 0], [20, 14, 420, 8], [31, 12, 410, 16]], [[40, 9, 200, 300]]]";

/// One part before it is sealed.
#[derive(Clone)]
pub(crate) struct Plain {
    pub(crate) role: Role,
    pub(crate) media_type: &'static str,
    pub(crate) provenance: Provenance,
    pub(crate) bytes: Vec<u8>,
}

impl Plain {
    pub(crate) fn image(role: Role, position: u16) -> Self {
        let is_photo = matches!(role, Role::Photo | Role::Document);
        let quality = Quality { algorithm: "contrast/1".into(), milli: 62_000 };
        Self {
            role,
            media_type: if is_photo { "image/jpeg" } else { "image/png" },
            provenance: Provenance {
                position,
                document: if role == Role::Document { "kk".into() } else { String::new() },
                captured_ms: SEALED_MS - 300_000 + i64::from(position),
                device: Some(0),
                proof: Vec::new(),
                quality: vec![quality],
            },
            bytes: if is_photo { JPEG.to_vec() } else { PNG.to_vec() },
        }
    }

    pub(crate) fn biodata(bytes: &[u8]) -> Self {
        let provenance = Provenance { captured_ms: SEALED_MS - 900_000, ..Provenance::default() };
        Self { role: Role::Biodata, media_type: BIODATA_MEDIA_TYPE, provenance, bytes: bytes.to_vec() }
    }

    pub(crate) fn strokes() -> Self {
        let plain = Self::image(Role::Strokes, 0);
        let provenance = Provenance { quality: Vec::new(), ..plain.provenance };
        Self { media_type: STROKES_MEDIA_TYPE, provenance, bytes: STROKES.to_vec(), ..plain }
    }
}

/// A recording that could be sealed.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) facts: Facts,
    pub(crate) recording: Recording,
    pub(crate) parts: Vec<Plain>,
}

impl Sample {
    /// Photo and signature only: small, for vectors with one defect.
    pub(crate) fn short(name: &str, counter: u64, previous: Digest) -> Self {
        let mut chance = Chance::new(name);
        let packet_id = PacketId::new(SEALED_MS as u64 + counter, &chance.draw());
        let device = Device { make: "Rekam".into(), model: "sim".into(), serial: "S-1".into() };
        let audit = AuditLine {
            sequence: 100 + counter,
            at_ms: SEALED_MS - 1000,
            event: "recording_changed".into(),
            account: "operator-1".into(),
            hash: Digest::of(name.as_bytes()),
        };
        Self {
            facts: Facts {
                packet_id,
                station: StationRef {
                    id: STATION.into(),
                    key: station_key().public_key(),
                    trust: KeyTrust::Software,
                },
                operator: PersonRef {
                    account: "operator-1".into(),
                    key: operator_key().public_key(),
                    trust: KeyTrust::Software,
                },
                approvals: Vec::new(),
                approval_pending: false,
                profile: ProfileRef { id: "tangerang-cibodas-2018".into(), version: "1".into() },
                counter,
                previous,
                clock: Clock { wall_ms: SEALED_MS + counter as i64 * 60_000, trust: ClockTrust::Trusted },
                place: Place::Absent(PlaceAbsence::NotFitted),
                software: "rekam 0.1.0".into(),
                supersedes: None,
            },
            recording: Recording {
                case: format!("case-{counter}"),
                modalities: vec![Modality::Photo, Modality::Signature],
                exceptions: Vec::new(),
                devices: vec![device],
                audit: vec![audit],
            },
            parts: vec![
                Plain::biodata(BIODATA),
                Plain::image(Role::Photo, 0),
                Plain::image(Role::Signature, 0),
                Plain::image(Role::Truth, 0),
                Plain::image(Role::Document, 1),
            ],
        }
    }

    /// Everything a full recording has: 18 parts beside the inner manifest.
    pub(crate) fn full(name: &str, counter: u64, previous: Digest) -> Self {
        let mut sample = Self::short(name, counter, previous);
        sample.recording.modalities = Modality::ALL.to_vec();
        let document = sample.parts.pop().unwrap();
        sample.parts.push(Plain::strokes());
        sample.parts.extend((1..=10).map(|finger| Plain::image(Role::Finger, finger)));
        sample.parts.extend((1..=2).map(|eye| Plain::image(Role::Iris, eye)));
        sample.parts.push(document);
        sample
    }

    pub(crate) fn without(mut self, role: Role, position: u16) -> Self {
        self.parts.retain(|plain| plain.role != role || plain.provenance.position != position);
        self
    }

    pub(crate) fn with(mut self, plain: Plain) -> Self {
        let at = self.parts.iter().position(|other| other.role.upload() > plain.role.upload());
        self.parts.insert(at.unwrap_or(self.parts.len()), plain);
        self
    }

    pub(crate) fn excepted(mut self, code: ExceptionCode, position: u16) -> Self {
        let mut chance = Chance::new(format!("{}/{}/{position}", self.facts.packet_id, code.word()));
        let salt = Salt::from_bytes(chance.draw());
        self.recording.exceptions.push(Exception { salt, code, position, tries: 3 });
        self
    }

    /// The approval of every exception there is, as this person would sign it.
    pub(crate) fn approval(&self) -> Approval {
        Approval {
            version: VERSION,
            packet_id: self.facts.packet_id,
            manifest: None,
            exceptions: self.recording.exceptions.iter().map(Exception::commitment).collect(),
            approver: PersonRef {
                account: "kasi-1".into(),
                key: approver_key().public_key(),
                trust: KeyTrust::Software,
            },
            role: DeskRole::GovernmentSectionHead,
            at_ms: SEALED_MS - 60_000,
        }
    }

    pub(crate) fn approved(mut self) -> Self {
        self.facts.approvals.push(self.approval().sign(&approver_key()).unwrap());
        self
    }
}
