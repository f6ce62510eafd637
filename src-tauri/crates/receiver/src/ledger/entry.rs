//! The signed words of the office: receipts and status entries in one sequence, which is also the feed.

use rekam_packet::{Digest, PacketId};
use rusqlite::{OptionalExtension as _, params};

use super::{LedgerError, View};

/// What a signed word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A receipt.
    Receipt,
    /// A status entry.
    Status,
}

impl EntryKind {
    /// Its fixed spelling.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Status => "status",
        }
    }
}

/// One signed word.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its place.
    pub position: u64,
    /// For which station.
    pub station: String,
    /// About which packet or notice.
    pub item: PacketId,
    /// `receipt` or `status`.
    pub kind: String,
    /// As it was signed.
    pub bytes: Vec<u8>,
}

/// Where positions go on after a restore, so that no position is ever given twice.
pub(super) const FLOOR: &str = "position_floor";
/// How far a restored office jumps: more words than it can have given since the backup was made.
const RESTORE_JUMP: i64 = 1_000_000;

/// Position, station, item, kind, bytes.
type Raw = (i64, String, [u8; 16], String, Vec<u8>);

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Raw> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

impl Entry {
    fn from_row(row: Raw) -> Result<Self, LedgerError> {
        let (position, station, item, kind, bytes) = row;
        let item = PacketId::from_bytes(item).ok_or(LedgerError::Damaged("the item of a signed word"))?;
        Ok(Self { position: position.unsigned_abs(), station, item, kind, bytes })
    }
}

impl View<'_> {
    /// Gives the next signed word: `sign` is told its position and returns the signed bytes.
    ///
    /// # Errors
    /// The database, or what `sign` says.
    pub fn give(
        &self,
        station: &str,
        item: PacketId,
        kind: EntryKind,
        sign: impl FnOnce(u64) -> Result<Vec<u8>, rekam_packet::SignerError>,
    ) -> Result<Vec<u8>, LedgerError> {
        let (last, chain) = self.entry_end()?;
        let position = last.max(self.number(FLOOR)?) + 1;
        let bytes = sign(position.unsigned_abs())?;
        self.sql()
            .prepare_cached(
                "INSERT INTO entry (position, station, item, kind, bytes, chain) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                position,
                station,
                item.as_bytes(),
                kind.word(),
                bytes,
                link(chain, &bytes).as_bytes()
            ])?;
        Ok(bytes)
    }

    fn entry_end(&self) -> Result<(i64, Digest), LedgerError> {
        let end = self
            .sql()
            .prepare_cached("SELECT position, chain FROM entry ORDER BY position DESC LIMIT 1")?
            .query_row([], |row| Ok((row.get(0)?, Digest::from_bytes(row.get(1)?))))
            .optional()?;
        Ok(end.unwrap_or((0, Digest::NONE)))
    }

    /// The last position given.
    ///
    /// # Errors
    /// The database.
    pub fn last_position(&self) -> Result<u64, LedgerError> {
        Ok(self.entry_end()?.0.unsigned_abs())
    }

    /// A restored ledger goes on far behind what it may have given since the backup.
    ///
    /// # Errors
    /// The database.
    pub fn jump_after_restore(&self) -> Result<(), LedgerError> {
        let end = self.entry_end()?.0.max(self.number(FLOOR)?);
        self.set_number(FLOOR, end + RESTORE_JUMP)
    }

    /// The newest receipt and the newest status of an item of this station.
    ///
    /// # Errors
    /// The database.
    pub fn words_about(&self, station: &str, item: PacketId) -> Result<Vec<Vec<u8>>, LedgerError> {
        let mut found = Vec::new();
        let mut ask = self.sql().prepare_cached(
            "SELECT bytes FROM entry WHERE item = ?1 AND station = ?2 AND kind = ?3 ORDER BY position DESC LIMIT 1",
        )?;
        for kind in [EntryKind::Receipt, EntryKind::Status] {
            let bytes: Option<Vec<u8>> =
                ask.query_row(params![item.as_bytes(), station, kind.word()], |row| row.get(0)).optional()?;
            found.extend(bytes);
        }
        Ok(found)
    }

    /// What a station was told after a position, oldest first.
    ///
    /// # Errors
    /// The database.
    pub fn feed(&self, station: &str, after: u64, most: u32) -> Result<Vec<Entry>, LedgerError> {
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let mut ask = self.sql().prepare_cached(
            "SELECT position, station, item, kind, bytes FROM entry
             WHERE station = ?1 AND position > ?2 ORDER BY position LIMIT ?3",
        )?;
        let rows = ask.query_map(params![station, after, most], read)?;
        rows.map(|row| Entry::from_row(row?)).collect()
    }

    /// Every signed word in order, with whether its link in the chain holds.
    ///
    /// # Errors
    /// The database, or what `each` says.
    pub fn each_entry(
        &self,
        mut each: impl FnMut(Entry, bool) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        let mut ask = self
            .sql()
            .prepare("SELECT position, station, item, kind, bytes, chain FROM entry ORDER BY position")?;
        let mut rows = ask.query([])?;
        let mut chain = Digest::NONE;
        while let Some(row) = rows.next()? {
            let entry = Entry::from_row(read(row)?)?;
            let stored = Digest::from_bytes(row.get(5)?);
            let holds = stored == link(chain, &entry.bytes);
            chain = stored;
            each(entry, holds)?;
        }
        Ok(())
    }
}

fn link(chain: Digest, bytes: &[u8]) -> Digest {
    Digest::of(&[chain.as_bytes(), bytes].concat())
}
