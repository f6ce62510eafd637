//! What became of a packet after it was sealed: receipts, the notices that follow it, what replaces it, and the end of
//! its pictures here.

use rekam_domain::packet::PacketState;
use rusqlite::{Row, params};
use uuid::Uuid;

use crate::database::{Reading, Writing};
use crate::error::StoreError;
use crate::sql::{Id, id, packet_state};

/// A receipt of the office whose signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenReceiptRow {
    /// The packet or notice.
    pub item: Uuid,
    /// The line in the office's ledger; a later one stands over an earlier one.
    pub position: i64,
    /// `stored`, `opened` or `refused`.
    pub done: String,
    /// The word of a refusal, or empty.
    pub reason: String,
    /// How it came: `network`, `disk`, `code`.
    pub way: String,
    /// The office's time.
    pub at_ms: i64,
    /// When it came.
    pub received_ms: i64,
}

/// A signed notice that follows a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PacketNoticeRow {
    /// Its id, also the key of delivery.
    pub id: Uuid,
    /// The case.
    pub case: Uuid,
    /// The packet it is about.
    pub packet: Uuid,
    /// `withdrawal` or `approval`.
    pub kind: String,
    /// The signed bytes.
    pub bytes: Vec<u8>,
    /// Where it stands.
    pub state: PacketState,
    /// Why it was refused, or empty.
    pub reason: String,
    /// When it was made.
    pub made_ms: i64,
    /// Wall time of the last change.
    pub changed_ms: i64,
}

const NOTICE_COLUMNS: &str = "notice.id, case_file.id AS case_id, notice.packet, notice.kind, notice.bytes,
    notice.state, notice.reason, notice.made_ms, notice.changed_ms
    FROM notice JOIN case_file ON case_file.number = notice.case_number";

fn read_notice(row: &Row<'_>) -> rusqlite::Result<PacketNoticeRow> {
    Ok(PacketNoticeRow {
        id: id(row, "id")?,
        case: id(row, "case_id")?,
        packet: id(row, "packet")?,
        kind: row.get("kind")?,
        bytes: row.get("bytes")?,
        state: packet_state(row)?,
        reason: row.get("reason")?,
        made_ms: row.get("made_ms")?,
        changed_ms: row.get("changed_ms")?,
    })
}

impl Writing<'_> {
    /// Keeps a receipt; answers whether it was new.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn insert_receipt(&mut self, receipt: &TakenReceiptRow) -> Result<bool, StoreError> {
        let added = self.run(
            "keep a receipt",
            "INSERT INTO receipt (item, position, done, reason, way, at_ms, received_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (item, position, done) DO NOTHING",
            params![
                Id(receipt.item),
                receipt.position,
                receipt.done,
                receipt.reason,
                receipt.way,
                receipt.at_ms,
                receipt.received_ms
            ],
        )?;
        Ok(added > 0)
    }

    /// Keeps a signed notice until it is in the outbox.
    ///
    /// # Errors
    /// When the id is taken, the case does not exist, or the disk refuses.
    pub fn insert_notice(&mut self, notice: &PacketNoticeRow) -> Result<(), StoreError> {
        let case_number = self.case_number(notice.case)?;
        self.run(
            "keep a notice",
            "INSERT INTO notice (id, case_number, packet, kind, bytes, state, reason, made_ms, changed_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                Id(notice.id),
                case_number,
                Id(notice.packet),
                notice.kind,
                notice.bytes,
                notice.state.word(),
                notice.reason,
                notice.made_ms,
                notice.changed_ms
            ],
        )?;
        Ok(())
    }

    /// Moves the state of a notice, with the reason for it.
    ///
    /// # Errors
    /// When there is no such notice, or the disk refuses.
    pub fn mark_notice(
        &mut self,
        notice: Uuid,
        state: PacketState,
        reason: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.run_on_one(
            "move a notice",
            "notice",
            "UPDATE notice SET state = ?2, reason = ?3, changed_ms = ?4 WHERE id = ?1",
            params![Id(notice), state.word(), reason, now_ms],
        )
    }

    /// Notes that a case was opened to make the recording of another one again.
    ///
    /// # Errors
    /// When one of them does not exist, the new one is noted already, or the disk refuses.
    pub fn insert_replacement(&mut self, case: Uuid, replaced: Uuid) -> Result<(), StoreError> {
        let (case, replaced) = (self.case_number(case)?, self.case_number(replaced)?);
        self.run(
            "note a recording that is made again",
            "INSERT INTO replacement (case_number, replaced) VALUES (?1, ?2)",
            [case, replaced],
        )?;
        Ok(())
    }

    /// Wipes the pictures of a case up to this step, on record; the hashes stay in the journal. Answers how many.
    ///
    /// # Errors
    /// When the case does not exist, or the disk refuses.
    pub fn wipe_images(
        &mut self,
        case: Uuid,
        last_step: i64,
        kind_kept: &str,
        reason: &str,
        now_ms: i64,
    ) -> Result<usize, StoreError> {
        const OPERATION: &str = "wipe the pictures of a case";
        let number = self.case_number(case)?;
        self.run(
            OPERATION,
            "INSERT INTO image_wiped (sequence, reason, wiped_ms)
             SELECT image.sequence, ?4, ?5 FROM image JOIN step ON step.sequence = image.sequence
             WHERE step.case_number = ?1 AND step.sequence <= ?2 AND step.kind <> ?3",
            params![number, last_step, kind_kept, reason, now_ms],
        )?;
        self.run(
            OPERATION,
            "DELETE FROM image WHERE sequence IN
                 (SELECT sequence FROM step WHERE case_number = ?1 AND sequence <= ?2 AND kind <> ?3)",
            params![number, last_step, kind_kept],
        )
    }
}

impl Reading<'_> {
    /// The receipts of a packet or notice, in the order of the office's ledger.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_receipts(&self, item: Uuid) -> Result<Vec<TakenReceiptRow>, StoreError> {
        self.all(
            "list receipts",
            "SELECT item, position, done, reason, way, at_ms, received_ms FROM receipt WHERE item = ?1
             ORDER BY position, done",
            [Id(item)],
            |row| {
                Ok(TakenReceiptRow {
                    item: id(row, "item")?,
                    position: row.get("position")?,
                    done: row.get("done")?,
                    reason: row.get("reason")?,
                    way: row.get("way")?,
                    at_ms: row.get("at_ms")?,
                    received_ms: row.get("received_ms")?,
                })
            },
        )
    }

    /// A notice, if there is one of this id.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn get_notice(&self, notice: Uuid) -> Result<Option<PacketNoticeRow>, StoreError> {
        self.one(
            "read a notice",
            &format!("SELECT {NOTICE_COLUMNS} WHERE notice.id = ?1"),
            [Id(notice)],
            read_notice,
        )
    }

    /// The notices of a case, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_notices_of(&self, case: Uuid) -> Result<Vec<PacketNoticeRow>, StoreError> {
        self.all(
            "list the notices of a case",
            &format!("SELECT {NOTICE_COLUMNS} WHERE case_file.id = ?1 ORDER BY notice.made_ms, notice.id"),
            [Id(case)],
            read_notice,
        )
    }

    /// Notices in a state, oldest first, at most `count_max`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_notices(
        &self,
        state: PacketState,
        count_max: u32,
    ) -> Result<Vec<PacketNoticeRow>, StoreError> {
        self.all(
            "list notices",
            &format!("SELECT {NOTICE_COLUMNS} WHERE notice.state = ?1 ORDER BY notice.made_ms LIMIT ?2"),
            params![state.word(), count_max],
            read_notice,
        )
    }

    /// The packet that replaces this one, once it is sealed.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn get_superseding(&self, packet: Uuid) -> Result<Option<Uuid>, StoreError> {
        self.one(
            "find what replaces a packet",
            "SELECT id FROM packet WHERE supersedes = ?1",
            [Id(packet)],
            |row| id(row, "id"),
        )
    }

    /// The case whose recording this case makes again.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn get_replaced_case(&self, case: Uuid) -> Result<Option<Uuid>, StoreError> {
        self.one(
            "find the case that is made again",
            "SELECT old.id FROM replacement JOIN case_file AS old ON old.number = replacement.replaced
             JOIN case_file AS fresh ON fresh.number = replacement.case_number WHERE fresh.id = ?1",
            [Id(case)],
            |row| id(row, "id"),
        )
    }

    /// The cases that were opened to make the recording of this one again, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_replacing_cases(&self, case: Uuid) -> Result<Vec<Uuid>, StoreError> {
        self.all(
            "list the cases that make one again",
            "SELECT fresh.id FROM replacement JOIN case_file AS old ON old.number = replacement.replaced
             JOIN case_file AS fresh ON fresh.number = replacement.case_number WHERE old.id = ?1 ORDER BY fresh.number",
            [Id(case)],
            |row| id(row, "id"),
        )
    }
}
