//! The packet: one recording, signed and sealed for the office, and everything else that travels signed between them.
//!
//! What it is: the code of `FORMAT.md`, which stands beside this crate and is complete without it.
//! What it must never do: touch a file, the network or a clock, hold a signing key, or hand out a plaintext whose hash
//! was not checked. Time and names come in as arguments, bytes as readers and writers. Chance comes in too, with one
//! exception that is written down here: `age` draws the keys of its files from the operating system by itself.
//!
//! | To do | Use |
//! |---|---|
//! | build, sign, seal | [`Building::begin`] → [`Building::add`] for each part → [`seal`] (or [`Building::sign`], [`Signed::write`], [`Signed::prove`]) |
//! | check from outside, with public keys | [`verify`]; piece by piece [`read_outline`], [`Outline::check_upload`] |
//! | open at the office | [`open`]; what still waits for an approval [`Opened::still_open`] |
//! | hold against the office's memory | [`ledger::judge`] over [`ledger::Ledger`] |
//! | split into three uploads | cut the file behind [`Outline::upload_bytes`] of [`Upload::Facts`] and of [`Upload::Images`] |
//! | approve an exception | [`Exception::commitment`], [`Approval::sign`]; after sealing [`notice::LateApproval`] |
//! | receipts, statuses, withdrawals, admission, courier | [`notice`]: each with `sign` and `verify` |
//! | keys | [`Signer`] (implement it over the key ring), [`Trust`], [`IdentityKey`], [`Recipients`] |
//! | refusals | [`VerifyRefusal`], [`OpenRefusal`], [`ledger`], [`NoticeRefusal`]: closed words, texts in both languages |
//!
//! ```
//! use std::io::Cursor;
//! use ed25519_dalek::SigningKey;
//! use rekam_packet::*;
//!
//! let (station, operator) = (SigningKey::from_bytes(&[1; 32]), SigningKey::from_bytes(&[2; 32]));
//! let (office, escrow) = (IdentityKey::generate(), IdentityKey::generate());
//! let packet_id = PacketId::new(1_796_000_000_000, &[7; 10]);
//! let facts = Facts {
//!     packet_id,
//!     station: StationRef { id: "desk-1".into(), key: station.public_key(), trust: KeyTrust::Software },
//!     operator: PersonRef { account: "siti".into(), key: operator.public_key(), trust: KeyTrust::Software },
//!     approvals: vec![],
//!     approval_pending: false,
//!     profile: ProfileRef { id: "cibodas".into(), version: "2018.1".into() },
//!     counter: 1,
//!     previous: Digest::NONE,
//!     clock: Clock { wall_ms: 1_796_000_000_000, trust: ClockTrust::Trusted },
//!     place: Place::Absent(PlaceAbsence::NotFitted),
//!     software: "rekam 0.1.0".into(),
//!     supersedes: None,
//! };
//! let recording = Recording { case: "case-1".into(), ..Recording::default() };
//! let to = Recipients { active: office.recipient(), escrow: escrow.recipient() };
//! let mut building = Building::begin(facts, recording, &to, Cursor::new(Vec::new()));
//! let biodata = br#"{"nik": "3671091508069001", "full_name": "CONTOH SATU", "birth_date": "2006-08-15"}"#;
//! building.add(Role::Biodata, BIODATA_MEDIA_TYPE, Provenance::default(), &mut biodata.as_slice())?;
//! let mut file = Cursor::new(Vec::new());
//! let sealed = seal(building, &station, &operator, &mut file)?;
//!
//! // Anybody who knows the station can check it; only the office can open it.
//! let trust = Trust::default().with_station("desk-1", station.public_key());
//! let outline = verify(file.get_ref().as_slice(), &trust).unwrap();
//! assert_eq!(outline.manifest_hash, sealed.outline.manifest_hash);
//! let mut seen = Vec::new();
//! open(file.get_ref().as_slice(), &trust, &[office], &mut |part| {
//!     seen.push(part.plaintext.to_vec());
//!     Ok(())
//! })
//! .unwrap();
//! assert_eq!(seen, [biodata]);
//! # Ok::<(), SealError>(())
//! ```

mod age_key;
mod approval;
mod bytes;
mod cbor;
mod cose;
pub mod demonstration;
mod frame;
mod inner;
pub mod ledger;
pub mod limit;
mod manifest;
pub mod notice;
mod open;
mod refusal;
mod seal;
mod seed_signer;
mod trust;
mod verify;
mod word;

pub use age_key::{IdentityKey, RecipientKey, Recipients};
pub use approval::Approval;
pub use bytes::{Digest, KeyId, PacketId, PublicKey, Salt, Signature};
pub use cose::{Context, Signer, SignerError};
pub use frame::{Envelope, MARK};
pub use inner::{AuditLine, Device, Exception, Inner, Part, Provenance, Quality};
pub use manifest::*;
pub use open::{Opened, OpenedPart, STROKES_MEDIA_TYPE, Take, open};
pub use refusal::*;
pub use seal::{Building, Facts, Recording, SealError, Signed, seal};
pub use seed_signer::{SEED_BYTES, SeedSigner};
pub use trust::{Trust, TrustError, pem};
pub use verify::{Outline, read_outline, read_unverified, verify};
