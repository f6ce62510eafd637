//! Withdrawals and late approvals, also those that arrived before their packet.

use rekam_packet::PacketId;
use rusqlite::{OptionalExtension as _, params};

use super::{LedgerError, View};

/// A notice as it is kept.
#[derive(Debug, Clone)]
pub struct NoticeRow {
    /// Its own name.
    pub item: PacketId,
    /// The packet it is about.
    pub packet: PacketId,
    /// `withdrawal` or `approval`.
    pub kind: String,
    /// The office has acted on it.
    pub is_done: bool,
    /// As it was signed.
    pub bytes: Vec<u8>,
}

impl View<'_> {
    /// Keeps a notice, or notes that it was acted on.
    ///
    /// # Errors
    /// The database.
    pub fn set_notice(&self, station: &str, notice: &NoticeRow, at_ms: i64) -> Result<(), LedgerError> {
        self.sql().execute(
            "INSERT INTO notice (item, station, packet, kind, is_done, bytes, at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (item) DO UPDATE SET is_done = ?5",
            params![
                notice.item.as_bytes(),
                station,
                notice.packet.as_bytes(),
                notice.kind,
                notice.is_done,
                notice.bytes,
                at_ms
            ],
        )?;
        Ok(())
    }

    /// The notices of one kind about a packet.
    ///
    /// # Errors
    /// The database.
    pub fn notices(&self, packet: PacketId, kind: &str) -> Result<Vec<NoticeRow>, LedgerError> {
        let mut ask = self.sql().prepare_cached(
            "SELECT item, is_done, bytes FROM notice WHERE packet = ?1 AND kind = ?2 ORDER BY at_ms",
        )?;
        let mut rows = ask.query(params![packet.as_bytes(), kind])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(NoticeRow {
                item: PacketId::from_bytes(row.get(0)?).ok_or(LedgerError::Damaged("a notice"))?,
                packet,
                kind: kind.to_owned(),
                is_done: row.get(1)?,
                bytes: row.get(2)?,
            });
        }
        Ok(found)
    }

    /// The length and station of a notice that is kept.
    ///
    /// # Errors
    /// The database.
    pub fn notice_length(&self, station: &str, item: PacketId) -> Result<Option<u64>, LedgerError> {
        let sql = "SELECT length(bytes) FROM notice WHERE item = ?1 AND station = ?2";
        let length = self
            .sql()
            .prepare_cached(sql)?
            .query_row(params![item.as_bytes(), station], |row| row.get::<_, i64>(0))
            .optional()?;
        Ok(length.map(i64::unsigned_abs))
    }
}
