//! What the office says under its signature, as plain values.

use std::fmt;

use rekam_domain::central_status::CentralStatus;
use uuid::Uuid;

/// A SHA-256.
pub type Hash = [u8; 32];

/// What one signed message of the office says, after its signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signed {
    /// What became of a packet or a notice.
    Receipt(ReceiptVerdict),
    /// What the centre says of a packet.
    Status(StatusEntry),
    /// The office's time; every page carries one, so that retention needs no clock of the station.
    Hour {
        /// The office's time.
        time_ms: i64,
    },
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptVerdict {
    /// The packet or notice.
    pub packet: Uuid,
    /// Hash of its manifest, or of the notice itself.
    pub manifest_hash: Hash,
    /// How many blobs the office counted.
    pub blob_count: u32,
    /// What was done.
    pub done: Done,
    /// The place in the office's ledger; a later place stands over an earlier one.
    pub position: u64,
    /// The office's time.
    pub time_ms: i64,
}

/// What the office did with a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// Kept, not yet opened.
    Stored,
    /// Opened, and everything in it verified.
    Opened,
    /// Not accepted.
    Refused {
        /// What the station can do about it.
        class: RefusalClass,
        /// The office's word for the reason.
        reason: String,
    },
}

/// What a refusal asks of the station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalClass {
    /// Not kept now; the same bytes may be sent again later.
    RetryLater,
    /// A person has to decide.
    NeedsHuman,
    /// The office already has what replaces it.
    Superseded,
}

/// An entry of the status feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusEntry {
    /// The packet.
    pub packet: Uuid,
    /// The place in the feed; a later one stands over an earlier one.
    pub position: u64,
    /// What the centre says.
    pub status: CentralStatus,
    /// The office's time.
    pub time_ms: i64,
}

/// The signature is not the office's, or the message cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not signed by the office")]
pub struct Forged;

/// How signed bytes become a [`Signed`]: a pure function with the pinned key of the office inside.
pub struct Verify(Box<Check>);

type Check = dyn Fn(&[u8]) -> Result<Signed, Forged> + Send;

impl Verify {
    /// Takes the function that checks the signature.
    pub fn new(verify: impl Fn(&[u8]) -> Result<Signed, Forged> + Send + 'static) -> Self {
        Self(Box::new(verify))
    }

    pub(crate) fn verify(&self, bytes: &[u8]) -> Result<Signed, Forged> {
        (self.0)(bytes)
    }
}

impl fmt::Debug for Verify {
    fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.write_str("Verify")
    }
}

/// How a signed message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Over the line.
    Network,
    /// On a removable disk.
    Disk,
    /// As a picture code.
    Code,
}

impl Way {
    /// Its fixed spelling.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Disk => "disk",
            Self::Code => "code",
        }
    }
}
