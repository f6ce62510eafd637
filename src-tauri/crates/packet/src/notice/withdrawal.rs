//! Two notices that follow a packet: its withdrawal, and an approval that was still missing. Both carry the signature of
//! the person who decides and, around it, the signature of the station, which vouches for that person's key.

use minicbor::{Decode, Encode};
use rekam_domain::approval::Decides;
use rekam_domain::role::Role;
use serde::Serialize;

use super::{Notice, countersign, read, read_countersigned};
use crate::approval::Approval;
use crate::bytes::{Digest, PacketId, PublicKey};
use crate::cose::{Context, CoseFault, Signer, SignerError};
use crate::limit::NOTICE_BYTES_MAX;
use crate::manifest::{PersonRef, is_plain};
use crate::refusal::NoticeRefusal;
use crate::verify::{Outline, read_approval};

/// What the person who withdraws a packet signs.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct WithdrawalNotice {
    /// Version of this format.
    #[n(0)]
    pub version: u8,
    /// The packet.
    #[n(1)]
    pub packet_id: PacketId,
    /// The hash of its manifest.
    #[n(2)]
    pub manifest: Digest,
    /// The station that made it.
    #[n(3)]
    pub station: String,
    /// Why, as a word of the profile; never about the person.
    #[n(4)]
    pub reason: String,
    /// Who worked on the recording: none of them may withdraw it.
    #[n(5)]
    pub operators: Vec<String>,
    /// Who decides.
    #[n(6)]
    pub approver: PersonRef,
    /// In which role.
    #[cbor(n(7), with = "crate::word::role")]
    pub role: Role,
    /// When, in milliseconds since 1970.
    #[n(8)]
    pub at_ms: i64,
}

/// Most people who work on one recording.
const OPERATORS_MAX: usize = 16;

impl Notice for WithdrawalNotice {
    const CONTEXT: Context = Context::WITHDRAWAL;
    const BYTES_MAX: usize = NOTICE_BYTES_MAX;

    fn version(&self) -> u8 {
        self.version
    }

    fn is_sound(&self) -> bool {
        let texts = [&self.station, &self.reason, &self.approver.account];
        texts.into_iter().chain(&self.operators).all(|text| is_plain(text))
            && self.packet_id.is_version_7()
            && (1..=OPERATORS_MAX).contains(&self.operators.len())
            && self.at_ms >= 0
    }
}

/// A withdrawal with both signatures.
#[derive(Debug)]
pub struct Withdrawal;

impl Withdrawal {
    /// Signs a withdrawal by the person who decides and by the station.
    ///
    /// # Errors
    /// A key did not sign.
    pub fn sign(
        notice: &WithdrawalNotice,
        approver: &dyn Signer,
        station: &dyn Signer,
    ) -> Result<Vec<u8>, SignerError> {
        countersign(notice.sign(approver)?, Context::WITHDRAWAL_STATION, station)
    }

    /// Checks both signatures with the keys of the station, and who decides. It may arrive before its packet.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn verify(bytes: &[u8], station: &[PublicKey]) -> Result<WithdrawalNotice, NoticeRefusal> {
        let inner = read_countersigned(bytes, Context::WITHDRAWAL_STATION, station)?;
        let notice: WithdrawalNotice =
            read(&inner, |notice: &WithdrawalNotice, _| Some(notice.approver.key))?;
        let may = Decides::Withdrawal.roles().contains(&notice.role);
        if !may || notice.operators.contains(&notice.approver.account) {
            return Err(NoticeRefusal::WrongPerson);
        }
        Ok(notice)
    }
}

/// An approval that follows its packet, with both signatures.
#[derive(Debug)]
pub struct LateApproval;

impl LateApproval {
    /// Adds the station's signature to a signed approval ([`Approval::sign`]) that names the manifest.
    ///
    /// # Errors
    /// The key did not sign.
    pub fn sign(approval: Vec<u8>, station: &dyn Signer) -> Result<Vec<u8>, SignerError> {
        countersign(approval, Context::LATE_APPROVAL, station)
    }

    /// Checks both signatures, that it is about this very packet, and who approves. Which exceptions are still open
    /// afterwards, [`crate::Opened::still_open`] says.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn verify(bytes: &[u8], packet: &Outline) -> Result<Approval, NoticeRefusal> {
        let manifest = &packet.manifest;
        let inner = read_countersigned(bytes, Context::LATE_APPROVAL, &[manifest.station.key])?;
        let approval = read_approval(&inner).map_err(|fault| match fault {
            CoseFault::Shape => NoticeRefusal::Malformed,
            CoseFault::Signature => NoticeRefusal::Signature,
        })?;
        if approval.packet_id != manifest.packet_id || approval.manifest != Some(packet.manifest_hash) {
            return Err(NoticeRefusal::Elsewhere);
        }
        let approver = &approval.approver;
        let worked = approver.account == manifest.operator.account || approver.key == manifest.operator.key;
        if worked || !Decides::Exception.roles().contains(&approval.role) {
            return Err(NoticeRefusal::WrongPerson);
        }
        Ok(approval)
    }
}
