//! Which packets a case has, what was approved for it, and what the centre said.

use std::fmt;

use rekam_domain::packet::PacketState;
use rusqlite::{Row, params};
use serde_json::Value;
use uuid::Uuid;

use crate::canonical::Hash;
use crate::database::{Reading, Writing};
use crate::error::StoreError;
use crate::sql::{Id, id, json, optional_id, packet_state};

/// A sealed packet of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PacketRow {
    /// Id of the packet, also the key of delivery.
    pub id: Uuid,
    /// The case.
    pub case: Uuid,
    /// Where it stands.
    pub state: PacketState,
    /// SHA-256 of the file.
    pub hash: Hash,
    /// Path below the station's folder.
    pub path: String,
    /// Bytes of the file.
    pub size: i64,
    /// Why it was refused or put aside, or empty.
    pub reason: String,
    /// The last step of the case that it was built from; 0 while it is being built.
    pub last_step: i64,
    /// The packet it replaces.
    pub supersedes: Option<Uuid>,
    /// When it was sealed.
    pub sealed_ms: i64,
    /// Wall time of the last change.
    pub changed_ms: i64,
}

/// A signed decision of another person.
#[derive(Clone, PartialEq)]
pub struct ApprovalRow {
    /// Number of the approval; 0 when it is new.
    pub id: i64,
    /// The case.
    pub case: Uuid,
    /// The step it is about.
    pub step: Option<i64>,
    /// What kind of approval.
    pub kind: String,
    /// Word of the decision.
    pub decision: String,
    /// Account of the approver.
    pub approver: String,
    /// The record that was signed.
    pub record: Value,
    /// The signature.
    pub signature: Vec<u8>,
    /// Wall time.
    pub wall_ms: i64,
}

impl fmt::Debug for ApprovalRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ApprovalRow({}, {}, {}, {})", self.id, self.case, self.kind, self.decision)
    }
}

/// One answer of the centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CentralStatusRow {
    /// The case.
    pub case: Uuid,
    /// The packet it was said about, if it was said about one.
    pub packet: Option<Uuid>,
    /// The status as the centre spells it.
    pub status: String,
    /// Where it came from (`feed`, `typed` …).
    pub source: String,
    /// Its place in the office's feed; 0 where it did not come from a feed.
    pub position: i64,
    /// When the centre said it.
    pub reported_ms: i64,
    /// When it arrived here.
    pub received_ms: i64,
}

const PACKET_COLUMNS: &str =
    "packet.id, case_file.id AS case_id, packet.state, packet.hash, packet.path, packet.size,
    packet.reason, packet.last_step, packet.supersedes, packet.sealed_ms, packet.changed_ms
    FROM packet JOIN case_file ON case_file.number = packet.case_number";

fn read_packet(row: &Row<'_>) -> rusqlite::Result<PacketRow> {
    Ok(PacketRow {
        id: id(row, "id")?,
        case: id(row, "case_id")?,
        state: packet_state(row)?,
        hash: row.get("hash")?,
        path: row.get("path")?,
        size: row.get("size")?,
        reason: row.get("reason")?,
        last_step: row.get("last_step")?,
        supersedes: optional_id(row, "supersedes")?,
        sealed_ms: row.get("sealed_ms")?,
        changed_ms: row.get("changed_ms")?,
    })
}

impl Writing<'_> {
    /// Keeps a packet that was sealed.
    ///
    /// # Errors
    /// When the id is taken, the case does not exist, or the disk refuses.
    pub fn insert_packet(&mut self, packet: &PacketRow) -> Result<(), StoreError> {
        let case_number = self.case_number(packet.case)?;
        self.run(
            "keep a packet",
            "INSERT INTO packet (id, case_number, state, hash, path, size, reason, last_step, supersedes, sealed_ms,
                 changed_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                Id(packet.id),
                case_number,
                packet.state.word(),
                packet.hash,
                packet.path,
                packet.size,
                packet.reason,
                packet.last_step,
                packet.supersedes.map(Id),
                packet.sealed_ms,
                packet.changed_ms
            ],
        )?;
        Ok(())
    }

    /// Moves the state of a packet, with the reason for it.
    ///
    /// # Errors
    /// When there is no such packet, or the disk refuses.
    pub fn mark_packet(
        &mut self,
        packet: Uuid,
        state: PacketState,
        reason: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.run_on_one(
            "move a packet",
            "packet",
            "UPDATE packet SET state = ?2, reason = ?3, changed_ms = ?4 WHERE id = ?1",
            params![Id(packet), state.word(), reason, now_ms],
        )
    }

    /// Keeps what a packet became when it was sealed.
    ///
    /// # Errors
    /// When there is no such packet, it is sealed already, or the disk refuses.
    pub fn mark_packet_sealed(&mut self, packet: &PacketRow) -> Result<(), StoreError> {
        self.run_on_one(
            "seal a packet",
            "packet that is being built",
            "UPDATE packet SET state = 'Sealed', hash = ?2, path = ?3, size = ?4, reason = '', sealed_ms = ?5,
                 changed_ms = ?6, last_step = ?7, supersedes = ?8
             WHERE id = ?1 AND state = 'Building'",
            params![
                Id(packet.id),
                packet.hash,
                packet.path,
                packet.size,
                packet.sealed_ms,
                packet.changed_ms,
                packet.last_step,
                packet.supersedes.map(Id)
            ],
        )
    }

    /// Keeps a signed decision; answers its number.
    ///
    /// # Errors
    /// When the case or the step does not exist, or the disk refuses.
    pub fn insert_approval(&mut self, approval: &ApprovalRow) -> Result<i64, StoreError> {
        let case_number = self.case_number(approval.case)?;
        self.run(
            "keep an approval",
            "INSERT INTO approval (case_number, step, kind, decision, approver, record, signature, wall_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                case_number,
                approval.step,
                approval.kind,
                approval.decision,
                approval.approver,
                approval.record.to_string(),
                approval.signature,
                approval.wall_ms
            ],
        )?;
        Ok(self.last_id())
    }

    /// Adds an answer of the centre to the history of a case; answers whether it was new. One that came from a place of
    /// the feed is kept once.
    ///
    /// # Errors
    /// When the case does not exist, or the disk refuses.
    pub fn insert_central_status(&mut self, status: &CentralStatusRow) -> Result<bool, StoreError> {
        let case_number = self.case_number(status.case)?;
        let added = self.run(
            "keep an answer of the centre",
            "INSERT INTO central_status (case_number, packet, status, source, position, reported_ms, received_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (packet, position) WHERE position > 0 DO NOTHING",
            params![
                case_number,
                status.packet.map(Id),
                status.status,
                status.source,
                status.position,
                status.reported_ms,
                status.received_ms
            ],
        )?;
        Ok(added > 0)
    }
}

impl Reading<'_> {
    /// A packet.
    ///
    /// # Errors
    /// When there is no such packet, or it cannot be read.
    pub fn get_packet(&self, packet: Uuid) -> Result<PacketRow, StoreError> {
        self.one(
            "read a packet",
            &format!("SELECT {PACKET_COLUMNS} WHERE packet.id = ?1"),
            [Id(packet)],
            read_packet,
        )?
        .ok_or(StoreError::NotFound { what: "packet" })
    }

    /// Packets in a state, oldest first, at most `count_max`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_packets(&self, state: PacketState, count_max: u32) -> Result<Vec<PacketRow>, StoreError> {
        self.all(
            "list packets",
            &format!("SELECT {PACKET_COLUMNS} WHERE packet.state = ?1 ORDER BY packet.sealed_ms LIMIT ?2"),
            params![state.word(), count_max],
            read_packet,
        )
    }

    /// The packets of a case, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_packets_of(&self, case: Uuid) -> Result<Vec<PacketRow>, StoreError> {
        self.all(
            "list packets of a case",
            &format!("SELECT {PACKET_COLUMNS} WHERE case_file.id = ?1 ORDER BY packet.id"),
            [Id(case)],
            read_packet,
        )
    }

    /// How many packets stand in each state, with the oldest time of sealing.
    ///
    /// # Errors
    /// When they cannot be counted.
    pub fn count_packets(&self) -> Result<Vec<(PacketState, i64, i64)>, StoreError> {
        self.all(
            "count packets",
            "SELECT state, count(*) AS count, min(sealed_ms) AS oldest_ms FROM packet GROUP BY state",
            [],
            |row| Ok((packet_state(row)?, row.get("count")?, row.get("oldest_ms")?)),
        )
    }

    /// The approvals of a case, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_approvals(&self, case: Uuid) -> Result<Vec<ApprovalRow>, StoreError> {
        self.all(
            "list approvals",
            "SELECT approval.id, case_file.id AS case_id, step, kind, decision, approver, record, signature, wall_ms
             FROM approval JOIN case_file ON case_file.number = approval.case_number
             WHERE case_file.id = ?1 ORDER BY approval.id",
            [Id(case)],
            |row| {
                Ok(ApprovalRow {
                    id: row.get("id")?,
                    case: id(row, "case_id")?,
                    step: row.get("step")?,
                    kind: row.get("kind")?,
                    decision: row.get("decision")?,
                    approver: row.get("approver")?,
                    record: json(row, "record")?,
                    signature: row.get("signature")?,
                    wall_ms: row.get("wall_ms")?,
                })
            },
        )
    }

    /// What the centre said about a case, oldest first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn list_central_statuses(&self, case: Uuid) -> Result<Vec<CentralStatusRow>, StoreError> {
        self.all(
            "list answers of the centre",
            "SELECT case_file.id AS case_id, packet, status, source, position, reported_ms, received_ms
             FROM central_status JOIN case_file ON case_file.number = central_status.case_number
             WHERE case_file.id = ?1 ORDER BY central_status.id",
            [Id(case)],
            |row| {
                Ok(CentralStatusRow {
                    case: id(row, "case_id")?,
                    packet: optional_id(row, "packet")?,
                    status: row.get("status")?,
                    source: row.get("source")?,
                    position: row.get("position")?,
                    reported_ms: row.get("reported_ms")?,
                    received_ms: row.get("received_ms")?,
                })
            },
        )
    }
}
