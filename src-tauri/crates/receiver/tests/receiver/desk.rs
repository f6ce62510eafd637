//! A station that seals packets about people who do not exist.

use std::io::{Cursor, Read};

use ed25519_dalek::SigningKey;
use rekam_domain::exception::ExceptionCode;
use rekam_domain::profile::Modality;
use rekam_domain::role::Role as DeskRole;
use rekam_packet::*;

pub(crate) const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x08, 0x08, 0x00, 0x00, 0x00, 0x00, 0xe1, 0x64, 0xe1, 0x57, 0x00,
    0x00, 0x00, 0x27, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x64, 0x50, 0x85, 0x00, 0x46, 0x0d, 0x28,
    0x83, 0x05, 0xc2, 0xd0, 0x80, 0x32, 0x34, 0xa0, 0x22, 0x1a, 0x50, 0x29, 0x0d, 0x55, 0x55, 0x55, 0x55,
    0xc6, 0x0f, 0x30, 0x5d, 0x12, 0x50, 0x06, 0x00, 0x57, 0x89, 0x0a, 0x09, 0x76, 0x09, 0xab, 0x5d, 0x00,
    0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];
const BIODATA: &[u8] =
    br#"{"nik": "3671091508069001", "full_name": "CONTOH SATU", "birth_date": "2006-08-15"}"#;
pub(crate) const SEALED_MS: i64 = 1_795_224_600_000;

/// A station, its keys and its chain.
pub(crate) struct Desk {
    pub(crate) id: String,
    pub(crate) signing: SigningKey,
    pub(crate) transport: SigningKey,
    pub(crate) to: Recipients,
    pub(crate) counter: u64,
    pub(crate) previous: Digest,
    pub(crate) chance: u8,
    /// The pages of the document in each packet.
    pub(crate) pages: Vec<Vec<u8>>,
}

/// A sealed packet and where it is cut into its uploads.
#[derive(Clone)]
pub(crate) struct Sealed {
    pub(crate) id: PacketId,
    pub(crate) outline: Outline,
    pub(crate) bytes: Vec<u8>,
}

impl Sealed {
    pub(crate) fn upload(&self, part: Upload) -> &[u8] {
        let facts = self.outline.upload_bytes(Upload::Facts) as usize;
        let images = facts + self.outline.upload_bytes(Upload::Images) as usize;
        match part {
            Upload::Facts => &self.bytes[..facts],
            Upload::Images => &self.bytes[facts..images],
            Upload::Documents => &self.bytes[images..],
        }
    }
}

impl Desk {
    pub(crate) fn new(id: &str, seed: u8, to: &Recipients) -> Self {
        Self {
            id: id.into(),
            signing: SigningKey::from_bytes(&[seed; 32]),
            transport: SigningKey::from_bytes(&[seed ^ 0x80; 32]),
            to: to.clone(),
            counter: 0,
            previous: Digest::NONE,
            chance: seed,
            pages: vec![PNG.to_vec()],
        }
    }

    /// The text a new station hands in.
    pub(crate) fn request(&self) -> String {
        let (signing, transport) = (pem(&self.signing.public_key()), pem(&self.transport.public_key()));
        format!("station: {}\n{signing}transport: {}\n{transport}", self.id, self.id)
    }

    pub(crate) fn operator() -> SigningKey {
        SigningKey::from_bytes(&[2; 32])
    }

    pub(crate) fn approver() -> SigningKey {
        SigningKey::from_bytes(&[3; 32])
    }

    fn facts(&self) -> Facts {
        let mut chance = [self.chance; 10];
        chance[..8].copy_from_slice(&(self.counter ^ (u64::from(self.chance) << 32)).to_be_bytes());
        Facts {
            packet_id: PacketId::new(SEALED_MS as u64 + self.counter, &chance),
            station: StationRef {
                id: self.id.clone(),
                key: self.signing.public_key(),
                trust: KeyTrust::Software,
            },
            operator: PersonRef {
                account: "operator-1".into(),
                key: Self::operator().public_key(),
                trust: KeyTrust::Software,
            },
            approvals: Vec::new(),
            approval_pending: false,
            profile: ProfileRef { id: "contoh".into(), version: "1".into() },
            counter: self.counter,
            previous: self.previous,
            clock: Clock { wall_ms: SEALED_MS, trust: ClockTrust::Trusted },
            place: Place::Absent(PlaceAbsence::NotFitted),
            software: "rekam 0.1.0".into(),
            supersedes: None,
        }
    }

    /// The next packet: a photo and two pages.
    pub(crate) fn seal(&mut self) -> Sealed {
        self.seal_with(&mut |_, recording| recording.modalities = vec![Modality::Photo], PNG)
    }

    /// The next packet with a photo of these bytes, which need not be one: good from outside, refused when opened.
    pub(crate) fn seal_raw(&mut self, photo: &[u8]) -> Sealed {
        self.seal_with(&mut |_, _| {}, photo)
    }

    /// The next packet, in which an eye is missing and the approval follows.
    pub(crate) fn seal_pending(&mut self) -> (Sealed, Exception) {
        let salt = Salt::from_bytes([self.counter as u8; 16]);
        let exception = Exception { salt, code: ExceptionCode::FpPartial, position: 2, tries: 3 };
        let sealed = self.seal_with(
            &mut |facts, recording| {
                facts.approval_pending = true;
                recording.exceptions =
                    vec![Exception { salt, code: ExceptionCode::FpPartial, position: 2, tries: 3 }];
            },
            PNG,
        );
        (sealed, exception)
    }

    pub(crate) fn seal_with(
        &mut self,
        change: &mut dyn FnMut(&mut Facts, &mut Recording),
        photo: &[u8],
    ) -> Sealed {
        self.counter += 1;
        let (mut facts, mut recording) =
            (self.facts(), Recording { case: "case-1".into(), ..Recording::default() });
        change(&mut facts, &mut recording);
        let mut building = Building::begin(facts, recording, &self.to, Cursor::new(Vec::new()));
        let mut add = |role, media_type: &str, position, document: &str, mut bytes: &[u8]| {
            let provenance = Provenance {
                position,
                document: document.into(),
                captured_ms: SEALED_MS,
                ..Provenance::default()
            };
            building.add(role, media_type, provenance, &mut bytes as &mut dyn Read).unwrap();
        };
        add(Role::Biodata, BIODATA_MEDIA_TYPE, 0, "", BIODATA);
        add(Role::Photo, "image/png", 0, "", photo);
        for (page, bytes) in (1..).zip(&self.pages) {
            add(Role::Document, "image/png", page, "kk", bytes);
        }
        let mut signed = building.sign(&self.signing, &Self::operator()).unwrap();
        let mut bytes = Vec::new();
        signed.write(&mut bytes).unwrap();
        let trust = Trust::default().with_station(self.id.clone(), self.signing.public_key());
        let outline = read_outline(&mut bytes.as_slice(), &trust).unwrap();
        self.previous = outline.manifest_hash;
        Sealed { id: outline.manifest.packet_id, outline, bytes }
    }

    /// The approval of an exception of a packet that is sealed already.
    pub(crate) fn late_approval(&self, of: &Sealed, exception: &Exception) -> Vec<u8> {
        let approval = Approval {
            version: VERSION,
            packet_id: of.id,
            manifest: Some(of.outline.manifest_hash),
            exceptions: vec![exception.commitment()],
            approver: PersonRef {
                account: "kasi-1".into(),
                key: Self::approver().public_key(),
                trust: KeyTrust::Software,
            },
            role: DeskRole::GovernmentSectionHead,
            at_ms: SEALED_MS,
        };
        notice::LateApproval::sign(approval.sign(&Self::approver()).unwrap(), &self.signing).unwrap()
    }

    /// The withdrawal of a packet.
    pub(crate) fn withdrawal(&self, of: &Sealed) -> Vec<u8> {
        let notice = notice::WithdrawalNotice {
            version: VERSION,
            packet_id: of.id,
            manifest: of.outline.manifest_hash,
            station: self.id.clone(),
            reason: "wrong_person".into(),
            operators: vec!["operator-1".into()],
            approver: PersonRef {
                account: "kasi-1".into(),
                key: Self::approver().public_key(),
                trust: KeyTrust::Software,
            },
            role: DeskRole::Supervisor,
            at_ms: SEALED_MS,
        };
        notice::Withdrawal::sign(&notice, &Self::approver(), &self.signing).unwrap()
    }
}

/// A name for a notice.
pub(crate) fn notice_id(number: u8) -> PacketId {
    PacketId::new(SEALED_MS as u64, &[number; 10])
}
