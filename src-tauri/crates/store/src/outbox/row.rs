//! The rows of the outbox.

use rekam_domain::packet::PacketState;
use rusqlite::Row;
use uuid::Uuid;

use crate::canonical::Hash;
use crate::sql::{id, packet_state};

/// A sealed packet that waits for delivery or has been delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedPacketRow {
    /// Id of the packet.
    pub id: Uuid,
    /// Its place in the station's chain, from 1.
    pub counter: i64,
    /// Hash of its manifest, which the next packet names.
    pub manifest_hash: Hash,
    /// Path below the station's folder.
    pub path: String,
    /// SHA-256 of the file.
    pub hash: Hash,
    /// Bytes of the file.
    pub size: i64,
    /// A higher number goes first.
    pub priority: i64,
    /// Where it stands.
    pub state: PacketState,
    /// Code of the reason for the state, or empty.
    pub reason: String,
    /// How often delivery was tried.
    pub attempts: i64,
    /// Not to be tried before.
    pub not_before_ms: i64,
    /// When it was sealed.
    pub sealed_ms: i64,
    /// Wall time of the last change.
    pub changed_ms: i64,
}

/// A receipt as the office signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRow {
    /// The packet it names.
    pub packet: Uuid,
    /// The signed bytes.
    pub bytes: Vec<u8>,
    /// How it came: network, removable disk, picture code.
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

/// A signed status entry that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusEntryRow {
    /// Its number here.
    pub id: i64,
    /// The packet it tells of.
    pub packet: Uuid,
    /// The signed bytes.
    pub bytes: Vec<u8>,
    /// When it came.
    pub received_ms: i64,
}

pub(super) const PACKET_COLUMNS: &str =
    "id, counter, manifest_hash, path, hash, size, priority, state, reason,
    attempts, not_before_ms, sealed_ms, changed_ms FROM sealed_packet";

pub(super) fn read_packet(row: &Row<'_>) -> rusqlite::Result<SealedPacketRow> {
    Ok(SealedPacketRow {
        id: id(row, "id")?,
        counter: row.get("counter")?,
        manifest_hash: row.get("manifest_hash")?,
        path: row.get("path")?,
        hash: row.get("hash")?,
        size: row.get("size")?,
        priority: row.get("priority")?,
        state: packet_state(row)?,
        reason: row.get("reason")?,
        attempts: row.get("attempts")?,
        not_before_ms: row.get("not_before_ms")?,
        sealed_ms: row.get("sealed_ms")?,
        changed_ms: row.get("changed_ms")?,
    })
}
