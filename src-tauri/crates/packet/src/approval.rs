//! The yes of another person to exceptions of one packet.

use minicbor::{Decode, Encode};
use rekam_domain::role::Role;
use serde::Serialize;

use crate::bytes::{Digest, PacketId};
use crate::cbor;
use crate::cose::{Context, Signer, SignerError, sign1};
use crate::limit::EXCEPTIONS_MAX;
use crate::manifest::{PersonRef, VERSION, is_plain};

/// What an approver signs. The exceptions themselves stay sealed: it names their salted hashes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct Approval {
    /// Version of this format.
    #[n(0)]
    pub version: u8,
    /// The packet, whose name is given when the recording begins.
    #[n(1)]
    pub packet_id: PacketId,
    /// The hash of its manifest, when the approval follows the packet.
    #[n(2)]
    pub manifest: Option<Digest>,
    /// [`crate::Exception::commitment`] of each exception that is approved.
    #[n(3)]
    pub exceptions: Vec<Digest>,
    /// Who approves.
    #[n(4)]
    pub approver: PersonRef,
    /// In which role.
    #[cbor(n(5), with = "crate::word::role")]
    pub role: Role,
    /// When, in milliseconds since 1970.
    #[n(6)]
    pub at_ms: i64,
}

impl Approval {
    /// Signs it as the approver. The result goes into the packet, or into a [`crate::notice::LateApproval`].
    ///
    /// # Errors
    /// The key did not sign.
    pub fn sign(&self, approver: &dyn Signer) -> Result<Vec<u8>, SignerError> {
        sign1(Context::APPROVAL, &cbor::encode(self), true, approver)
    }

    /// Version, texts and numbers are within bounds.
    pub(crate) fn is_sound(&self) -> bool {
        self.version == VERSION
            && self.packet_id.is_version_7()
            && is_plain(&self.approver.account)
            && !self.exceptions.is_empty()
            && self.exceptions.len() <= EXCEPTIONS_MAX
            && self.at_ms >= 0
    }
}
