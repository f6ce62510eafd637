//! The rows of the outbox.

use rekam_domain::packet::PacketState;
use rekam_sync::{ItemSnapshot, Kind, Part, PartSnapshot};
use rusqlite::Row;
use rusqlite::types::Type;
use uuid::Uuid;

use crate::canonical::Hash;
use crate::sql::{id, optional_id, packet_state};

/// A sealed packet that waits for delivery or has been delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedPacketRow {
    /// Id of the packet.
    pub id: Uuid,
    /// Its place in the station's chain, from 1.
    pub counter: i64,
    /// Hash of its manifest, which the next packet names.
    pub manifest_hash: Hash,
    /// How many blobs its manifest lists.
    pub blob_count: u32,
    /// Path below the station's folder.
    pub path: String,
    /// SHA-256 of the file.
    pub hash: Hash,
    /// Bytes of the file.
    pub size: i64,
    /// Its uploads.
    pub parts: [PartSnapshot; 3],
    /// Goes before all that are not.
    pub is_urgent: bool,
    /// An approval was pending when it was sealed.
    pub is_approval_pending: bool,
    /// Where it stands.
    pub state: PacketState,
    /// The office's word for the reason of the state, or empty.
    pub reason: String,
    /// How often delivery was begun.
    pub attempts: i64,
    /// When it was sealed.
    pub sealed_ms: i64,
    /// When the first receipt came that accepts it.
    pub delivered_ms: Option<i64>,
    /// Wall time of the last change.
    pub changed_ms: i64,
    /// Number of the last change; the outbox gives it.
    pub change: i64,
}

/// A signed notice on its way to the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// Its id, ours to choose.
    pub id: Uuid,
    /// An approval of a packet, or a notice about one; never [`Kind::Packet`].
    pub kind: Kind,
    /// The signed bytes.
    pub bytes: Vec<u8>,
    /// When it was made.
    pub made_ms: i64,
}

/// A packet or notice that has changed: where it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemChangeRow {
    /// Number of its last change; higher is later.
    pub change: i64,
    /// The packet or notice.
    pub id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub state: PacketState,
    /// The office's word for the reason of the state, or empty.
    pub reason: String,
    /// Wall time of the change.
    pub changed_ms: i64,
}

/// What kind of word the office has signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// A receipt.
    Receipt,
    /// A status entry.
    Status,
}

impl MessageKind {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Status => "status",
        }
    }
}

/// A receipt or status entry as the office signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// Its number here; later ones are higher.
    pub id: i64,
    /// The packet or notice it is about.
    pub item: Uuid,
    /// Which of them it is.
    pub kind: MessageKind,
    /// The signed bytes.
    pub bytes: Vec<u8>,
    /// How a receipt came: `network`, `disk`, `code`.
    pub way: String,
    /// When it came.
    pub received_ms: i64,
}

/// Where the packet chain stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketChainRow {
    /// Counter of the last packet, 0 before the first.
    pub counter: i64,
    /// Hash of its manifest, zeros before the first.
    pub manifest_hash: Hash,
}

/// Packets in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketCountRow {
    /// The state.
    pub state: PacketState,
    /// How many.
    pub count: i64,
    /// Their bytes.
    pub bytes: i64,
    /// When the oldest was sealed.
    pub oldest_ms: i64,
}

pub(super) const ITEM_COLUMNS: &str = "id, kind, about, counter, manifest_hash, blob_count, path, hash, size,
    facts_bytes, images_bytes, documents_bytes, is_facts_done, is_images_done, is_documents_done,
    is_urgent, is_approval_pending, state, reason, attempts, made_ms, delivered_ms, changed_ms, change FROM item";

/// The columns of a part: its mark and its length.
pub(super) const fn part_columns(part: Part) -> (&'static str, &'static str) {
    match part {
        Part::Facts => ("is_facts_done", "facts_bytes"),
        Part::Images => ("is_images_done", "images_bytes"),
        Part::Documents => ("is_documents_done", "documents_bytes"),
    }
}

pub(super) const fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Packet => "packet",
        Kind::Approval { .. } => "approval",
        Kind::Notice => "notice",
    }
}

pub(super) fn read_kind(row: &Row<'_>) -> rusqlite::Result<Kind> {
    let about = optional_id(row, "about")?;
    match (row.get_ref("kind")?.as_str()?, about) {
        ("packet", None) => Ok(Kind::Packet),
        ("approval", Some(of)) => Ok(Kind::Approval { of }),
        ("notice", None) => Ok(Kind::Notice),
        _ => Err(rusqlite::Error::InvalidColumnType(0, "kind".into(), Type::Text)),
    }
}

fn read_parts(row: &Row<'_>) -> rusqlite::Result<[PartSnapshot; 3]> {
    let read = |part: Part| {
        let (done, bytes) = part_columns(part);
        let length = u64::try_from(row.get::<_, i64>(bytes)?).unwrap_or_default();
        Ok::<_, rusqlite::Error>(PartSnapshot { part, length, is_done: row.get(done)? })
    };
    Ok([read(Part::Facts)?, read(Part::Images)?, read(Part::Documents)?])
}

pub(super) fn read_item(row: &Row<'_>) -> rusqlite::Result<ItemSnapshot> {
    Ok(ItemSnapshot {
        id: id(row, "id")?,
        kind: read_kind(row)?,
        counter: row.get("counter")?,
        is_urgent: row.get("is_urgent")?,
        manifest_hash: row.get::<_, Hash>("manifest_hash")?.0,
        blob_count: row.get("blob_count")?,
        state: packet_state(row)?,
        parts: read_parts(row)?.into(),
        was_tried: row.get::<_, i64>("attempts")? > 0,
        is_approval_pending: row.get("is_approval_pending")?,
        signed: Vec::new(),
    })
}

pub(super) fn read_packet(row: &Row<'_>) -> rusqlite::Result<SealedPacketRow> {
    Ok(SealedPacketRow {
        id: id(row, "id")?,
        counter: row.get("counter")?,
        manifest_hash: row.get("manifest_hash")?,
        blob_count: row.get("blob_count")?,
        path: row.get("path")?,
        hash: row.get("hash")?,
        size: row.get("size")?,
        parts: read_parts(row)?,
        is_urgent: row.get("is_urgent")?,
        is_approval_pending: row.get("is_approval_pending")?,
        state: packet_state(row)?,
        reason: row.get("reason")?,
        attempts: row.get("attempts")?,
        sealed_ms: row.get("made_ms")?,
        delivered_ms: row.get("delivered_ms")?,
        changed_ms: row.get("changed_ms")?,
        change: row.get("change")?,
    })
}

pub(super) fn read_change(row: &Row<'_>) -> rusqlite::Result<ItemChangeRow> {
    Ok(ItemChangeRow {
        change: row.get("change")?,
        id: id(row, "id")?,
        kind: read_kind(row)?,
        state: packet_state(row)?,
        reason: row.get("reason")?,
        changed_ms: row.get("changed_ms")?,
    })
}

pub(super) fn read_message(row: &Row<'_>) -> rusqlite::Result<MessageRow> {
    let kind = match row.get_ref("kind")?.as_str()? {
        "receipt" => MessageKind::Receipt,
        "status" => MessageKind::Status,
        _ => return Err(rusqlite::Error::InvalidColumnType(0, "kind".into(), Type::Text)),
    };
    Ok(MessageRow {
        id: row.get("id")?,
        item: id(row, "item")?,
        kind,
        bytes: row.get("bytes")?,
        way: row.get("way")?,
        received_ms: row.get("received_ms")?,
    })
}
