//! Packets that are kept, what was refused, and what is missing between them.

use rekam_packet::{Digest, Outline, PacketId, Refusal, Upload};
use rusqlite::{OptionalExtension as _, params};
use serde::Serialize;

use super::{LedgerError, View};

/// How far the office is with a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PacketState {
    /// Kept and verified from outside.
    Stored,
    /// Opened and in order, but an exception still waits for its approval.
    Held,
    /// Opened and verified.
    Opened,
    /// Refused when it was opened.
    Refused,
}

impl PacketState {
    /// Every state.
    pub const ALL: &'static [Self] = &[Self::Stored, Self::Held, Self::Opened, Self::Refused];

    /// Its fixed spelling.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Held => "held",
            Self::Opened => "opened",
            Self::Refused => "refused",
        }
    }
}

/// A packet in the ledger.
#[derive(Debug, Clone, Serialize)]
pub struct PacketRow {
    /// Its name.
    pub id: PacketId,
    /// The hash of its manifest.
    pub manifest: Digest,
    /// Who made it.
    pub station: String,
    /// Its number there.
    pub counter: u64,
    /// How far the office is.
    pub state: PacketState,
    /// Why it was refused when opened, else empty.
    pub refusal: String,
    /// It was withdrawn by its station.
    pub is_withdrawn: bool,
    /// Another packet replaces it.
    pub is_superseded: bool,
    /// It went on to the next system.
    pub is_handed_on: bool,
    /// How many parts it has.
    pub blobs: u16,
    /// Bytes of each upload.
    pub bytes: [u64; 3],
    /// When it was sealed, by the station's clock.
    pub sealed_ms: i64,
    /// When it arrived.
    pub stored_ms: i64,
    /// When it was opened; 0 is not yet.
    pub opened_ms: i64,
}

impl PacketRow {
    /// The length of one upload.
    #[must_use]
    pub fn length(&self, part: Upload) -> u64 {
        let [facts, images, documents] = self.bytes;
        match part {
            Upload::Facts => facts,
            Upload::Images => images,
            Upload::Documents => documents,
        }
    }
}

/// How the chain of a station stands.
#[derive(Debug, Clone, Serialize)]
pub struct Chain {
    /// The station.
    pub station: String,
    /// Packets kept.
    pub packets: u64,
    /// The highest number seen.
    pub last_counter: u64,
    /// Numbers below it that have not arrived, the first few.
    pub missing: Vec<u64>,
    /// How many have not arrived.
    pub missing_count: u64,
    /// The station gave one number twice: its folder was cloned, or restored without its end.
    pub is_forked: bool,
}

/// What was not accepted.
#[derive(Debug, Clone, Serialize)]
pub struct RefusalRow {
    /// From which station.
    pub station: String,
    /// The packet or notice.
    pub item: PacketId,
    /// At which depth.
    pub depth: String,
    /// Why.
    pub word: String,
    /// Its number at the station; 0 when it could not be read.
    pub counter: u64,
    /// When.
    pub at_ms: i64,
}

/// The most missing numbers that are listed for one station.
const MISSING_MAX: usize = 20;

const COLUMNS: &str = "id, manifest, station, counter, state, refusal, is_withdrawn, is_superseded,
    is_handed_on, blobs, facts_bytes, images_bytes, documents_bytes, sealed_ms, stored_ms, opened_ms";

type Raw = (PacketRow, [u8; 16], String);

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Raw> {
    let unsigned = |at: usize| row.get::<_, i64>(at).map(i64::unsigned_abs);
    let packet = PacketRow {
        id: PacketId::new(0, &[0; 10]),
        manifest: Digest::from_bytes(row.get(1)?),
        station: row.get(2)?,
        counter: unsigned(3)?,
        state: PacketState::Stored,
        refusal: row.get(5)?,
        is_withdrawn: row.get(6)?,
        is_superseded: row.get(7)?,
        is_handed_on: row.get(8)?,
        blobs: row.get(9)?,
        bytes: [unsigned(10)?, unsigned(11)?, unsigned(12)?],
        sealed_ms: row.get(13)?,
        stored_ms: row.get(14)?,
        opened_ms: row.get(15)?,
    };
    Ok((packet, row.get(0)?, row.get(4)?))
}

fn finish((packet, id, state): Raw) -> Result<PacketRow, LedgerError> {
    let id = PacketId::from_bytes(id).ok_or(LedgerError::Damaged("the name of a packet"))?;
    let state = PacketState::ALL.iter().copied().find(|known| known.word() == state);
    Ok(PacketRow { id, state: state.ok_or(LedgerError::Damaged("the state of a packet"))?, ..packet })
}

impl View<'_> {
    /// Enters a packet that was verified and judged.
    ///
    /// # Errors
    /// The database.
    pub fn add_packet(&self, outline: &Outline, at_ms: i64) -> Result<(), LedgerError> {
        let manifest = &outline.manifest;
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let bytes = |part| signed(outline.upload_bytes(part));
        self.sql()
            .prepare_cached(
                "INSERT INTO packet (id, manifest, station, counter, previous, state, is_pending, supersedes, blobs,
                    facts_bytes, images_bytes, documents_bytes, sealed_ms, stored_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, 'stored', ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute(params![
                manifest.packet_id.as_bytes(),
                outline.manifest_hash.as_bytes(),
                manifest.station.id,
                signed(manifest.counter),
                manifest.previous.as_bytes(),
                manifest.approval_pending,
                manifest.supersedes.as_ref().map(|packet| packet.as_bytes().to_vec()),
                signed(manifest.blobs.len() as u64),
                bytes(Upload::Facts),
                bytes(Upload::Images),
                bytes(Upload::Documents),
                manifest.clock.wall_ms,
                at_ms,
            ])?;
        if let Some(old) = manifest.supersedes {
            let sql = "UPDATE packet SET is_superseded = 1 WHERE id = ?1";
            self.sql().prepare_cached(sql)?.execute([old.as_bytes()])?;
        }
        // Whichever of the two came first.
        let sql = "UPDATE packet SET is_superseded = 1 WHERE id = ?1
                   AND EXISTS (SELECT 1 FROM packet AS next WHERE next.supersedes = ?1)";
        self.sql().prepare_cached(sql)?.execute([manifest.packet_id.as_bytes()])?;
        Ok(())
    }

    /// A packet.
    ///
    /// # Errors
    /// The database.
    pub fn packet(&self, id: PacketId) -> Result<Option<PacketRow>, LedgerError> {
        let sql = format!("SELECT {COLUMNS} FROM packet WHERE id = ?1");
        let raw = self.sql().prepare_cached(&sql)?.query_row([id.as_bytes()], read).optional()?;
        raw.map(finish).transpose()
    }

    /// Packets, newest first; of one station, or in one state, when asked for.
    ///
    /// # Errors
    /// The database.
    pub fn packets(
        &self,
        station: Option<&str>,
        state: Option<PacketState>,
        most: u32,
    ) -> Result<Vec<PacketRow>, LedgerError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM packet WHERE (?1 IS NULL OR station = ?1) AND (?2 IS NULL OR state = ?2)
             ORDER BY stored_ms DESC, counter DESC LIMIT ?3"
        );
        let mut ask = self.sql().prepare_cached(&sql)?;
        let rows = ask.query_map(params![station, state.map(PacketState::word), most], read)?;
        rows.map(|row| finish(row?)).collect()
    }

    /// Packets that wait to be opened, oldest first, behind the one that came then under this name.
    ///
    /// # Errors
    /// The database.
    pub fn to_open(&self, after: Option<(i64, PacketId)>, most: u32) -> Result<Vec<PacketRow>, LedgerError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM packet
             WHERE state = 'stored' AND (?1 IS NULL OR (stored_ms, id) > (?1, ?2))
             ORDER BY stored_ms, id LIMIT ?3"
        );
        let (after_ms, after_id) = after.map(|(at_ms, id)| (at_ms, *id.as_bytes())).unzip();
        let mut ask = self.sql().prepare_cached(&sql)?;
        let rows = ask.query_map(params![after_ms, after_id, most], read)?;
        rows.map(|row| finish(row?)).collect()
    }

    /// A packet was opened, or opening it again is due (`Stored`).
    ///
    /// # Errors
    /// The database.
    pub fn set_packet(
        &self,
        id: PacketId,
        state: PacketState,
        refusal: &str,
        at_ms: i64,
    ) -> Result<(), LedgerError> {
        let sql = "UPDATE packet SET state = ?2, refusal = ?3, opened_ms = ?4 WHERE id = ?1";
        self.sql().prepare_cached(sql)?.execute(params![id.as_bytes(), state.word(), refusal, at_ms])?;
        Ok(())
    }

    /// A packet was withdrawn. One that was held waits for no approval any more and is opened again.
    ///
    /// # Errors
    /// The database.
    pub fn withdraw_packet(&self, id: PacketId) -> Result<(), LedgerError> {
        self.sql().execute(
            "UPDATE packet SET is_withdrawn = 1, state = iif(state = 'held', 'stored', state) WHERE id = ?1",
            [id.as_bytes()],
        )?;
        Ok(())
    }

    /// A packet went on to the next system.
    ///
    /// # Errors
    /// The database.
    pub fn hand_on_packet(&self, id: PacketId) -> Result<(), LedgerError> {
        self.sql().execute("UPDATE packet SET is_handed_on = 1 WHERE id = ?1", [id.as_bytes()])?;
        Ok(())
    }

    /// Notes what was not accepted.
    ///
    /// # Errors
    /// The database.
    pub fn add_refusal(
        &self,
        station: &str,
        item: PacketId,
        refusal: Refusal,
        counter: u64,
        at_ms: i64,
    ) -> Result<(), LedgerError> {
        let (depth, word) = refusal.words();
        let counter = i64::try_from(counter).unwrap_or(i64::MAX);
        self.sql().execute(
            "INSERT INTO refused (station, item, depth, word, counter, at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET depth = ?3, word = ?4, at_ms = ?6",
            params![station, item.as_bytes(), depth, word, counter, at_ms],
        )?;
        Ok(())
    }

    /// Whether this item of this station was refused.
    ///
    /// # Errors
    /// The database.
    pub fn is_refused(&self, station: &str, item: PacketId) -> Result<bool, LedgerError> {
        let sql = "SELECT 1 FROM refused WHERE station = ?1 AND item = ?2";
        let found = self
            .sql()
            .prepare_cached(sql)?
            .query_row(params![station, item.as_bytes()], |_| Ok(()))
            .optional()?;
        Ok(found.is_some())
    }

    /// What was not accepted, newest first.
    ///
    /// # Errors
    /// The database.
    pub fn refusals(&self, most: u32) -> Result<Vec<RefusalRow>, LedgerError> {
        self.list_refusals(None, most)
    }

    /// What of a station was not accepted, newest first.
    ///
    /// # Errors
    /// The database.
    pub fn refusals_of(&self, station: &str, most: u32) -> Result<Vec<RefusalRow>, LedgerError> {
        self.list_refusals(Some(station), most)
    }

    fn list_refusals(&self, station: Option<&str>, most: u32) -> Result<Vec<RefusalRow>, LedgerError> {
        let mut ask = self.sql().prepare_cached(
            "SELECT station, item, depth, word, counter, at_ms FROM refused
             WHERE ?1 IS NULL OR station = ?1 ORDER BY at_ms DESC LIMIT ?2",
        )?;
        let mut rows = ask.query(params![station, most])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(RefusalRow {
                station: row.get(0)?,
                item: PacketId::from_bytes(row.get(1)?).ok_or(LedgerError::Damaged("a refusal"))?,
                depth: row.get(2)?,
                word: row.get(3)?,
                counter: row.get::<_, i64>(4)?.unsigned_abs(),
                at_ms: row.get(5)?,
            });
        }
        Ok(found)
    }

    /// How many packets are in a state, and when the oldest of them came.
    ///
    /// # Errors
    /// The database.
    pub fn count(&self, state: PacketState) -> Result<(u64, Option<i64>), LedgerError> {
        let sql = "SELECT count(*), min(stored_ms) FROM packet WHERE state = ?1";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?));
        Ok(self.sql().prepare_cached(sql)?.query_row([state.word()], read)?)
    }

    /// How the chain of a station stands.
    ///
    /// # Errors
    /// The database.
    pub fn chain(&self, station: &str) -> Result<Chain, LedgerError> {
        let mut ask =
            self.sql().prepare_cached("SELECT counter FROM packet WHERE station = ?1 ORDER BY counter")?;
        let mut rows = ask.query([station])?;
        let (mut packets, mut last, mut missing, mut missing_count) = (0, 0, Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let counter = row.get::<_, i64>(0)?.unsigned_abs();
            packets += 1;
            missing_count += counter.saturating_sub(last + 1);
            let room = MISSING_MAX.saturating_sub(missing.len());
            missing.extend((last + 1..counter).take(room));
            last = counter;
        }
        let sql = "SELECT 1 FROM refused WHERE station = ?1 AND word IN ('chain_fork', 'chain_link') LIMIT 1";
        let is_forked = self.sql().query_row(sql, [station], |_| Ok(())).optional()?.is_some();
        Ok(Chain {
            station: station.to_owned(),
            packets,
            last_counter: last,
            missing,
            missing_count,
            is_forked,
        })
    }
}
