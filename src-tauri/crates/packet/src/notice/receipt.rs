//! The answer of the office: what it did with a packet.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::Notice;
use crate::bytes::{Digest, PacketId, PublicKey};
use crate::cose::Context;
use crate::limit::{BLOBS_MAX, NOTICE_BYTES_MAX};
use crate::manifest::is_plain;
use crate::refusal::{NoticeRefusal, Refusal};

/// What the office did.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(flat)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// Stored and verified from outside. The station keeps its copy.
    #[n(0)]
    Stored,
    /// Opened, and everything in it is as it must be. Only now may the station forget it, when its rule allows.
    #[n(1)]
    OpenedAndVerified,
    /// Refused.
    #[n(2)]
    Refused {
        /// `verify`, `open` or `ledger`.
        #[n(0)]
        depth: String,
        /// The word of the refusal.
        #[n(1)]
        word: String,
    },
}

impl Done {
    /// A refusal, spelled for a receipt.
    #[must_use]
    pub fn refused(refusal: Refusal) -> Self {
        let (depth, word) = refusal.words();
        Self::Refused { depth: depth.to_owned(), word: word.to_owned() }
    }
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct Receipt {
    /// Version of this format.
    #[n(0)]
    pub version: u8,
    /// The packet.
    #[n(1)]
    pub packet_id: PacketId,
    /// The hash of its manifest: a receipt is for these bytes and no others.
    #[n(2)]
    pub manifest: Digest,
    /// How many parts the office holds.
    #[n(3)]
    pub blobs: u16,
    /// What was done.
    #[n(4)]
    pub done: Done,
    /// The line in the office's ledger.
    #[n(5)]
    pub position: u64,
    /// When, in milliseconds since 1970.
    #[n(6)]
    pub at_ms: i64,
    /// The office.
    #[n(7)]
    pub office: String,
}

impl Notice for Receipt {
    const CONTEXT: Context = Context::RECEIPT;
    const BYTES_MAX: usize = NOTICE_BYTES_MAX;

    fn version(&self) -> u8 {
        self.version
    }

    fn is_sound(&self) -> bool {
        let is_done = match &self.done {
            Done::Stored | Done::OpenedAndVerified => true,
            Done::Refused { depth, word } => is_plain(depth) && is_plain(word),
        };
        is_done
            && self.packet_id.is_version_7()
            && usize::from(self.blobs) <= BLOBS_MAX
            && self.at_ms >= 0
            && is_plain(&self.office)
    }
}

/// How the text of a receipt begins, in a QR code or typed.
const TEXT_START: &str = "REKAM-R1:";

impl Receipt {
    /// A signed receipt as text for a QR code.
    #[must_use]
    pub fn to_text(signed: &[u8]) -> String {
        format!("{TEXT_START}{}", URL_SAFE_NO_PAD.encode(signed))
    }

    /// The signed bytes from the text of a QR code. They are checked like any other.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Vec<u8>> {
        URL_SAFE_NO_PAD.decode(text.trim().strip_prefix(TEXT_START)?).ok()
    }

    /// Reads a receipt and checks that it is about this very packet.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn verify_for<'k>(
        bytes: &[u8],
        offices: impl IntoIterator<Item = &'k PublicKey>,
        packet_id: PacketId,
        manifest: Digest,
    ) -> Result<Self, NoticeRefusal> {
        let receipt = Self::verify(bytes, offices)?;
        if receipt.packet_id == packet_id && receipt.manifest == manifest {
            Ok(receipt)
        } else {
            Err(NoticeRefusal::Elsewhere)
        }
    }
}
