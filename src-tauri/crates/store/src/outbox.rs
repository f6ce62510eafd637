//! What has to travel: sealed packets, receipts and the packet chain, usable while the station is locked.
//!
//! It is opened with the transport key, not with a person's secret, so it never holds anything about a person: ids,
//! hashes, counters and bytes that others have sealed or signed.

mod row;

use std::path::{Path, PathBuf};

use rekam_domain::packet::PacketState;
use rusqlite::params;
use uuid::Uuid;

pub use row::{PacketChainRow, ReceiptRow, SealedPacketRow, StatusEntryRow};

use crate::canonical::Hash;
use crate::database::{self, Migration, Plan, Reading, Vault, Writing};
use crate::error::StoreError;
use crate::key::TransportKey;
use crate::sql::{Id, at_most, id, packet_state};
use row::{PACKET_COLUMNS, read_packet};

static PLAN: Plan = Plan {
    what: "outbox",
    file: "outbox.db",
    lock: "outbox.lock",
    check: "outbox.check",
    application_id: 0x524b_4d32,
    migrations: &[Migration { sql: include_str!("../migrations/outbox/0001_outbox.sql") }],
    // A few thousand short rows.
    reader_cache_kib: 4 * 1024,
};

/// The largest receipt or status entry: both are short signed messages.
pub const SIGNED_BYTES_MAX: usize = 64 * 1024;

/// The open outbox of a station.
#[derive(Debug)]
pub struct Outbox(Vault);

/// One durable promise about what travels.
#[derive(Debug)]
pub struct OutboxWriting<'w, 'a>(&'w mut Writing<'a>);

/// Reads of one moment of the outbox.
#[derive(Debug)]
pub struct OutboxReading<'r, 'a>(&'r Reading<'a>);

impl Outbox {
    /// Creates the outbox in an existing folder that has none, and opens it.
    ///
    /// # Errors
    /// When there is one already, or the disk refuses.
    pub fn create(folder: &Path, key: &TransportKey) -> Result<Self, StoreError> {
        database::create(folder, &PLAN, key).map(Self)
    }

    /// Opens the outbox of a folder and brings its schema up to date.
    ///
    /// # Errors
    /// Each condition by its name; nothing is overwritten.
    pub fn open(folder: &Path, key: &TransportKey) -> Result<Self, StoreError> {
        database::open(folder, &PLAN, key).map(Self)
    }

    /// Whether the folder holds a finished outbox.
    #[must_use]
    pub fn is_created(folder: &Path) -> bool {
        std::fs::metadata(folder.join(PLAN.file)).is_ok_and(|meta| meta.len() > 0)
    }

    /// Moves a damaged outbox into a dated folder beside it.
    ///
    /// # Errors
    /// When there is none, it is open, or the disk refuses.
    pub fn set_aside(folder: &Path, now_ms: i64) -> Result<PathBuf, StoreError> {
        database::set_aside(folder, &PLAN, now_ms)
    }

    /// One durable promise, as in the station's database.
    ///
    /// # Errors
    /// What `act` answers, or what kept the promise from being kept.
    pub fn write<T>(
        &self,
        act: impl FnOnce(&mut OutboxWriting<'_, '_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.0.write(|writing| act(&mut OutboxWriting(writing)))
    }

    /// Reads one state of the outbox.
    ///
    /// # Errors
    /// What `act` answers, or what kept the outbox from being read.
    pub fn read<T>(
        &self,
        act: impl FnOnce(&OutboxReading<'_, '_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.0.read(|reading| act(&OutboxReading(reading)))
    }

    /// Moves the log into the database file.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        self.0.checkpoint()
    }

    /// Looks at every page: its seal, then its structure.
    ///
    /// # Errors
    /// What was found damaged.
    pub fn verify(&self) -> Result<(), StoreError> {
        self.0.verify()
    }

    /// Writes a verified copy into another folder.
    ///
    /// # Errors
    /// When either disk refuses, or the copy does not read back.
    pub fn copy_to(&self, folder: &Path, key: &TransportKey) -> Result<(), StoreError> {
        self.0.copy_to(folder, key)
    }

    /// Whether an earlier failure forbids writing until the outbox is opened again.
    #[must_use]
    pub fn is_poisoned(&self) -> bool {
        self.0.is_poisoned()
    }
}

impl<'a> OutboxWriting<'_, 'a> {
    /// Reads inside the promise.
    #[must_use]
    pub fn reading(&self) -> OutboxReading<'_, 'a> {
        OutboxReading(&*self.0)
    }

    /// Queues a sealed packet and moves the chain to it; its counter must be the next one.
    ///
    /// # Errors
    /// When id or counter is taken or not the next, or the disk refuses.
    pub fn insert_packet(&mut self, packet: &SealedPacketRow) -> Result<(), StoreError> {
        const OPERATION: &str = "queue a sealed packet";
        let chain = self.reading().get_packet_chain()?;
        if packet.counter != chain.counter + 1 {
            return Err(StoreError::NotFound { what: "place in the packet chain with this counter" });
        }
        self.0.run(
            OPERATION,
            "INSERT INTO sealed_packet (id, counter, manifest_hash, path, hash, size, priority, state, reason,
                 attempts, not_before_ms, sealed_ms, changed_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                Id(packet.id),
                packet.counter,
                packet.manifest_hash,
                packet.path,
                packet.hash,
                packet.size,
                packet.priority,
                packet.state.word(),
                packet.reason,
                packet.attempts,
                packet.not_before_ms,
                packet.sealed_ms,
                packet.changed_ms
            ],
        )?;
        self.0.run_on_one(
            OPERATION,
            "packet chain",
            "UPDATE packet_chain SET counter = ?1, manifest_hash = ?2 WHERE one = 1",
            params![packet.counter, packet.manifest_hash],
        )
    }

    /// Leaves out so many numbers of the chain: a station that comes from a copy cannot know whether they were used.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn skip_packet_numbers(&mut self, count: i64) -> Result<(), StoreError> {
        self.0.run_on_one(
            "leave out packet numbers",
            "packet chain",
            "UPDATE packet_chain SET counter = counter + ?1 WHERE one = 1",
            [count.max(0)],
        )
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
        self.0.run_on_one(
            "move a sealed packet",
            "sealed packet",
            "UPDATE sealed_packet SET state = ?2, reason = ?3, changed_ms = ?4 WHERE id = ?1",
            params![Id(packet), state.word(), reason, now_ms],
        )
    }

    /// Counts one more attempt and says before when there is to be no other.
    ///
    /// # Errors
    /// When there is no such packet, or the disk refuses.
    pub fn mark_packet_attempt(
        &mut self,
        packet: Uuid,
        not_before_ms: i64,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.0.run_on_one(
            "count an attempt",
            "sealed packet",
            "UPDATE sealed_packet SET attempts = attempts + 1, not_before_ms = ?2, changed_ms = ?3 WHERE id = ?1",
            params![Id(packet), not_before_ms, now_ms],
        )
    }

    /// Sets how urgent a packet is; a higher number goes first.
    ///
    /// # Errors
    /// When there is no such packet, or the disk refuses.
    pub fn mark_packet_priority(&mut self, packet: Uuid, priority: i64) -> Result<(), StoreError> {
        self.0.run_on_one(
            "set a priority",
            "sealed packet",
            "UPDATE sealed_packet SET priority = ?2 WHERE id = ?1",
            params![Id(packet), priority],
        )
    }

    /// Keeps a receipt; the same receipt by another way changes nothing.
    ///
    /// # Errors
    /// When it is too large, or the disk refuses.
    pub fn insert_receipt(&mut self, receipt: &ReceiptRow) -> Result<(), StoreError> {
        at_most("a receipt", receipt.bytes.len(), SIGNED_BYTES_MAX)?;
        self.0.run(
            "keep a receipt",
            "INSERT INTO receipt (packet, bytes, way, received_ms) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (packet, bytes) DO NOTHING",
            params![Id(receipt.packet), receipt.bytes, receipt.way, receipt.received_ms],
        )?;
        Ok(())
    }

    /// Moves a cursor of the status feed.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn mark_cursor(&mut self, name: &str, value: &str, now_ms: i64) -> Result<(), StoreError> {
        self.0.run(
            "move a cursor",
            "INSERT INTO cursor (name, value, changed_ms) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_ms = excluded.changed_ms",
            params![name, value, now_ms],
        )?;
        Ok(())
    }

    /// Keeps a signed status entry until the station can take it in; a repeated one changes nothing.
    ///
    /// # Errors
    /// When it is too large, or the disk refuses.
    pub fn insert_status_entry(&mut self, packet: Uuid, bytes: &[u8], now_ms: i64) -> Result<(), StoreError> {
        at_most("a status entry", bytes.len(), SIGNED_BYTES_MAX)?;
        self.0.run(
            "keep a status entry",
            "INSERT INTO status_entry (packet, bytes, is_taken, received_ms) VALUES (?1, ?2, 0, ?3)
             ON CONFLICT (packet, bytes) DO NOTHING",
            params![Id(packet), bytes, now_ms],
        )?;
        Ok(())
    }

    /// Notes that the station has taken a status entry in.
    ///
    /// # Errors
    /// When there is no such entry, or the disk refuses.
    pub fn mark_status_entry_taken(&mut self, entry: i64) -> Result<(), StoreError> {
        self.0.run_on_one(
            "take in a status entry",
            "status entry",
            "UPDATE status_entry SET is_taken = 1 WHERE id = ?1",
            [entry],
        )
    }
}

impl OutboxReading<'_, '_> {
    /// A sealed packet.
    ///
    /// # Errors
    /// When there is no such packet, or it cannot be read.
    pub fn get_packet(&self, packet: Uuid) -> Result<SealedPacketRow, StoreError> {
        self.0
            .one(
                "read a sealed packet",
                &format!("SELECT {PACKET_COLUMNS} WHERE id = ?1"),
                [Id(packet)],
                read_packet,
            )?
            .ok_or(StoreError::NotFound { what: "sealed packet" })
    }

    /// Packets in a state in their turn: urgent ones first, then the oldest, at most `count_max`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_packets(
        &self,
        state: PacketState,
        count_max: u32,
    ) -> Result<Vec<SealedPacketRow>, StoreError> {
        self.0.all(
            "list sealed packets",
            &format!("SELECT {PACKET_COLUMNS} WHERE state = ?1 ORDER BY priority DESC, counter LIMIT ?2"),
            params![state.word(), count_max],
            read_packet,
        )
    }

    /// How many packets stand in each state, with their bytes and the oldest time of sealing.
    ///
    /// # Errors
    /// When they cannot be counted.
    pub fn count_packets(&self) -> Result<Vec<(PacketState, i64, i64, i64)>, StoreError> {
        self.0.all(
            "count sealed packets",
            "SELECT state, count(*) AS count, sum(size) AS bytes, min(sealed_ms) AS oldest_ms
             FROM sealed_packet GROUP BY state",
            [],
            |row| Ok((packet_state(row)?, row.get("count")?, row.get("bytes")?, row.get("oldest_ms")?)),
        )
    }

    /// The receipts of a packet, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_receipts(&self, packet: Uuid) -> Result<Vec<ReceiptRow>, StoreError> {
        self.0.all(
            "list receipts",
            "SELECT packet, bytes, way, received_ms FROM receipt WHERE packet = ?1 ORDER BY id",
            [Id(packet)],
            |row| {
                Ok(ReceiptRow {
                    packet: id(row, "packet")?,
                    bytes: row.get("bytes")?,
                    way: row.get("way")?,
                    received_ms: row.get("received_ms")?,
                })
            },
        )
    }

    /// Where the packet chain stands: the counter and the manifest hash the next packet follows.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn get_packet_chain(&self) -> Result<PacketChainRow, StoreError> {
        self.0
            .one(
                "read the packet chain",
                "SELECT counter, manifest_hash FROM packet_chain WHERE one = 1",
                [],
                |row| {
                    let manifest_hash: Hash = row.get("manifest_hash")?;
                    Ok(PacketChainRow { counter: row.get("counter")?, manifest_hash })
                },
            )?
            .ok_or_else(|| StoreError::damaged("the packet chain"))
    }

    /// A cursor, if it was ever set.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn get_cursor(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.0
            .one("read a cursor", "SELECT value FROM cursor WHERE name = ?1", [name], |row| row.get("value"))
    }

    /// Status entries that the station has not taken in yet, oldest first, at most `count_max`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_status_entries(&self, count_max: u32) -> Result<Vec<StatusEntryRow>, StoreError> {
        self.0.all(
            "list status entries",
            "SELECT id, packet, bytes, received_ms FROM status_entry WHERE is_taken = 0 ORDER BY id LIMIT ?1",
            [count_max],
            |row| {
                Ok(StatusEntryRow {
                    id: row.get("id")?,
                    packet: id(row, "packet")?,
                    bytes: row.get("bytes")?,
                    received_ms: row.get("received_ms")?,
                })
            },
        )
    }
}
