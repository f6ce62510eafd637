//! What travels: packets in up to three uploads, and notices in one.

use rekam_domain::packet::PacketState;
use uuid::Uuid;

use crate::backoff::Backoff;
use crate::signed::{Done, Hash};

/// A part of a packet, which is one upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Manifest and biodata of a packet, or the whole of a notice.
    Facts,
    /// Images.
    Images,
    /// Documents.
    Documents,
}

impl Part {
    /// Every part, in the order in which they travel.
    pub const ALL: &'static [Self] = &[Self::Facts, Self::Images, Self::Documents];

    /// Its fixed spelling.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::Images => "images",
            Self::Documents => "documents",
        }
    }
}

/// The name of an upload: its item and part, so that making it twice makes it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Upload {
    /// The packet or notice.
    pub item: Uuid,
    /// Which part of it.
    pub part: Part,
}

/// What kind of item travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A sealed packet.
    Packet,
    /// The signed approval of an exception that was pending when this packet was sealed.
    Approval {
        /// The packet.
        of: Uuid,
    },
    /// A signed notice about an earlier packet: withdrawn, or superseded.
    Notice,
}

/// A packet or notice as the outbox knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemSnapshot {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// Its place in the order of making; older goes first.
    pub counter: i64,
    /// Goes before all that are not.
    pub is_urgent: bool,
    /// Hash of the manifest, or of the notice.
    pub manifest_hash: Hash,
    /// How many blobs the manifest lists; 1 for a notice.
    pub blob_count: u32,
    /// Where it stands.
    pub state: PacketState,
    /// Its uploads; those without bytes are left out.
    pub parts: Vec<PartSnapshot>,
    /// Something of it may already be at the office: an attempt was counted.
    pub was_tried: bool,
    /// An approval is still pending for it.
    pub is_approval_pending: bool,
    /// Every signed message kept for it; each is checked again.
    pub signed: Vec<Vec<u8>>,
}

/// An upload as the outbox knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartSnapshot {
    /// Which part.
    pub part: Part,
    /// Its bytes.
    pub length: u64,
    /// The office holds all of it.
    pub is_done: bool,
}

/// How much of an upload the office holds, as far as we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// The upload does not exist.
    Nothing,
    /// It has to be asked.
    Unknown,
    /// So many bytes.
    Bytes(u64),
}

/// An upload on its way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Travel {
    pub(crate) part: Part,
    pub(crate) length: u64,
    pub(crate) is_done: bool,
    pub(crate) held: Held,
    /// The most the office ever said it held: more than this is progress.
    pub(crate) most: u64,
}

/// The last receipt of an item.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) position: u64,
    pub(crate) time_ms: i64,
    pub(crate) done: Done,
}

/// A packet or notice on its way.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) id: Uuid,
    pub(crate) kind: Kind,
    pub(crate) counter: i64,
    pub(crate) is_urgent: bool,
    pub(crate) manifest_hash: Hash,
    pub(crate) blob_count: u32,
    pub(crate) state: PacketState,
    pub(crate) travels: Vec<Travel>,
    /// Its bytes were compared with their hash since the engine started.
    pub(crate) is_checked: bool,
    pub(crate) is_approval_pending: bool,
    pub(crate) receipt: Option<Taken>,
    /// Place in the feed of the last status, and whether it is past the risk of a resend.
    pub(crate) status: Option<(u64, bool)>,
    pub(crate) backoff: Backoff,
    pub(crate) ask: Backoff,
    /// A purge was allowed and not yet answered.
    pub(crate) is_leaving: bool,
}

impl Item {
    pub(crate) fn new(snapshot: &ItemSnapshot) -> Self {
        let held = if snapshot.was_tried { Held::Unknown } else { Held::Nothing };
        let mut travels: Vec<Travel> = snapshot
            .parts
            .iter()
            .filter(|part| part.length > 0)
            .map(|part| Travel { part: part.part, length: part.length, is_done: part.is_done, held, most: 0 })
            .collect();
        travels.sort_by_key(|travel| travel.part);
        travels.dedup_by_key(|travel| travel.part);
        Self {
            id: snapshot.id,
            kind: snapshot.kind,
            counter: snapshot.counter,
            is_urgent: snapshot.is_urgent,
            manifest_hash: snapshot.manifest_hash,
            blob_count: snapshot.blob_count,
            state: snapshot.state,
            travels,
            is_checked: false,
            is_approval_pending: snapshot.is_approval_pending,
            receipt: None,
            status: None,
            backoff: Backoff::new(),
            ask: Backoff::new(),
            is_leaving: false,
        }
    }

    pub(crate) fn travel(&self, part: Part) -> Option<&Travel> {
        self.travels.iter().find(|travel| travel.part == part)
    }

    pub(crate) fn travel_mut(&mut self, part: Part) -> Option<&mut Travel> {
        self.travels.iter_mut().find(|travel| travel.part == part)
    }

    /// Whether the office is known to hold every part.
    pub(crate) fn is_all_there(&self) -> bool {
        self.travels.iter().all(|travel| travel.is_done)
    }

    /// Whether bytes of it may travel by network.
    pub(crate) const fn may_travel(&self) -> bool {
        matches!(self.state, PacketState::Queued | PacketState::Sending | PacketState::ExportedToMedia)
    }

    /// Whether the office still owes a word about it.
    pub(crate) fn is_awaited(&self) -> bool {
        match self.state {
            PacketState::Sent => true,
            PacketState::Queued | PacketState::Sending | PacketState::ExportedToMedia => self.is_all_there(),
            PacketState::Acked => !matches!(self.receipt, Some(Taken { done: Done::Opened, .. })),
            PacketState::Building
            | PacketState::Sealed
            | PacketState::Purged
            | PacketState::Nacked
            | PacketState::Quarantined
            | PacketState::Superseded => false,
        }
    }

    /// Nothing about its uploads is certain any more: ask before sending.
    pub(crate) fn doubt(&mut self) {
        for travel in &mut self.travels {
            travel.is_done = false;
            travel.held = Held::Unknown;
            travel.most = 0;
        }
    }

    /// Its key among those that wait for their turn.
    pub(crate) const fn turn(&self, part: Part) -> Turn {
        Turn { part, is_not_urgent: !self.is_urgent, counter: self.counter, id: self.id }
    }
}

/// Who goes first: small facts of every item, then images, then documents; urgent ones first, then the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn {
    pub(crate) part: Part,
    pub(crate) is_not_urgent: bool,
    pub(crate) counter: i64,
    pub(crate) id: Uuid,
}
