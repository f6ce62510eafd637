//! What the engine asks of the program around it.

use rekam_domain::effect::Effect as Consequence;
use rekam_domain::packet::{PacketEvent, PacketState};
use uuid::Uuid;

use crate::finding::Finding;
use crate::item::{Part, Upload};
use crate::line::LineView;
use crate::purge::Permit;
use crate::signed::Way;

/// One thing to do, or to show.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Make all these changes one durable promise, then answer `handle_persisted` or `handle_persist_failed`.
    Persist {
        /// Names the promise in the answer.
        id: u64,
        /// In this order.
        changes: Vec<Change>,
    },
    /// Compare the bytes on the disk with their hash, then answer `handle_checked`, or `handle_unreadable`.
    Check {
        /// The packet or notice.
        item: Uuid,
    },
    /// Carry one request to the office, then answer `handle_answer` or `handle_failure`.
    Start(Exchange),
    /// Give this exchange up; nothing about it is to be answered any more.
    Abort {
        /// The exchange.
        exchange: u64,
    },
    /// Delete the bytes of this packet, then answer `handle_purged` or `handle_purge_failed`.
    AllowPurge(Permit),
    /// Show how the line stands.
    Line(LineView),
    /// Tell a person what was noticed.
    Finding(Finding),
}

/// One durable change. The same change twice is the same as once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A packet or notice moved.
    State {
        /// The packet or notice.
        item: Uuid,
        /// What happened; `BeginSend` also counts one attempt.
        event: PacketEvent,
        /// Where it stands now.
        state: PacketState,
        /// The office's word for the reason, or empty.
        reason: String,
        /// What else follows from it by the rules of a packet.
        consequences: Vec<Consequence>,
    },
    /// The office holds all of a part, or is known not to.
    Part {
        /// Which upload.
        upload: Upload,
        /// Whether it holds all of it.
        is_done: bool,
    },
    /// A receipt came.
    Receipt {
        /// The packet or notice it names.
        packet: Uuid,
        /// As the office signed it.
        bytes: Vec<u8>,
        /// How it came.
        way: Way,
    },
    /// A status entry came.
    Status {
        /// The packet it names.
        packet: Uuid,
        /// As the office signed it.
        bytes: Vec<u8>,
    },
    /// The status feed was read up to here.
    Cursor(String),
    /// So many bytes are spent on this day of the office.
    Spent {
        /// Days since 1970 by the office's clock.
        day: i64,
        /// Bytes of content.
        bytes: u64,
    },
}

/// A request with its terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Names the exchange in answers.
    pub id: u64,
    /// What to ask.
    pub request: Request,
    /// Send no faster.
    pub bytes_per_second_max: Option<u32>,
}

/// One request to the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Is it really the office? It answers with the same number.
    Probe {
        /// To be answered.
        nonce: u64,
    },
    /// tus: make the upload of this name, and send its first bytes with the same request.
    Create {
        /// Its name, ours to choose: making it twice makes it once.
        upload: Upload,
        /// Bytes of the whole.
        length: u64,
        /// Bytes to send now, from the start.
        send: u64,
    },
    /// tus: how many bytes does the office hold?
    Head {
        /// Of which upload.
        upload: Upload,
    },
    /// tus: go on from here.
    Patch {
        /// Which upload.
        upload: Upload,
        /// From this byte.
        offset: u64,
        /// So many bytes.
        send: u64,
    },
    /// What became of this packet or notice? For receipts that got lost.
    Ask {
        /// The packet or notice.
        item: Uuid,
    },
    /// The next page of receipts and statuses.
    Feed {
        /// After this one; empty is from the start. What lies before it is durable here.
        cursor: String,
    },
}

impl Request {
    /// How many bytes of content it sends.
    #[must_use]
    pub const fn body_bytes(&self) -> u64 {
        match self {
            Self::Create { send, .. } | Self::Patch { send, .. } => *send,
            Self::Probe { .. } | Self::Head { .. } | Self::Ask { .. } | Self::Feed { .. } => 0,
        }
    }

    /// The upload it is about.
    #[must_use]
    pub const fn upload(&self) -> Option<Upload> {
        match self {
            Self::Create { upload, .. } | Self::Head { upload } | Self::Patch { upload, .. } => Some(*upload),
            Self::Probe { .. } | Self::Ask { .. } | Self::Feed { .. } => None,
        }
    }
}

impl Upload {
    /// Its name below the office's address for uploads.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}", self.item, Part::word(self.part))
    }
}
