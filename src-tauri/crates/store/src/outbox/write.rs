//! What is promised about what travels.

use rekam_domain::packet::{PacketEvent, PacketState};
use rekam_sync::{Change, Kind, Part, Upload};
use rusqlite::params;
use uuid::Uuid;

use super::row::{MessageKind, NoticeRow, SealedPacketRow, kind_word, part_columns};
use super::{FEED_CURSOR, OutboxReading, OutboxWriting, SIGNED_BYTES_MAX};
use crate::canonical::Hash;
use crate::error::StoreError;
use crate::sql::{Id, at_most};

const NEXT_CHANGE: &str = "(SELECT coalesce(max(change), 0) + 1 FROM item)";

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
        let length = |part: Part| {
            let part = packet.parts.iter().find(|known| known.part == part);
            part.map_or(0, |part| i64::try_from(part.length).unwrap_or(i64::MAX))
        };
        self.0.run(
            OPERATION,
            &format!(
                "INSERT INTO item (id, kind, counter, manifest_hash, blob_count, path, hash, size, facts_bytes,
                     images_bytes, documents_bytes, is_facts_done, is_images_done, is_documents_done, is_urgent,
                     is_approval_pending, state, reason, attempts, made_ms, changed_ms, change)
                 VALUES (?1, 'packet', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 0, 0, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                     {NEXT_CHANGE})"
            ),
            params![
                Id(packet.id),
                packet.counter,
                packet.manifest_hash,
                packet.blob_count,
                packet.path,
                packet.hash,
                packet.size,
                length(Part::Facts),
                length(Part::Images),
                length(Part::Documents),
                packet.is_urgent,
                packet.is_approval_pending,
                packet.state.word(),
                packet.reason,
                packet.attempts,
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

    /// Queues a signed notice behind the packets there are.
    ///
    /// # Errors
    /// When the id is taken, it is too large, or the disk refuses.
    pub fn insert_notice(&mut self, notice: &NoticeRow) -> Result<(), StoreError> {
        const OPERATION: &str = "queue a notice";
        at_most("a notice", notice.bytes.len(), SIGNED_BYTES_MAX)?;
        let about = match notice.kind {
            Kind::Approval { of } => Some(Id(of)),
            Kind::Notice => None,
            Kind::Packet => return Err(StoreError::NotFound { what: "notice that is a packet" }),
        };
        let counter = self.reading().get_packet_chain()?.counter;
        let size = i64::try_from(notice.bytes.len()).unwrap_or(i64::MAX);
        self.0.run(
            OPERATION,
            &format!(
                "INSERT INTO item (id, kind, about, counter, manifest_hash, blob_count, path, bytes, hash, size,
                     facts_bytes, images_bytes, documents_bytes, is_facts_done, is_images_done, is_documents_done,
                     is_urgent, is_approval_pending, state, reason, attempts, made_ms, changed_ms, change)
                 VALUES (?1, ?2, ?3, ?4, ?5, 1, '', ?6, ?5, ?7, ?7, 0, 0, 0, 0, 0, 0, 0, ?8, '', 0, ?9, ?9,
                     {NEXT_CHANGE})"
            ),
            params![
                Id(notice.id),
                kind_word(notice.kind),
                about,
                counter,
                Hash::of(&notice.bytes),
                notice.bytes,
                size,
                PacketState::Queued.word(),
                notice.made_ms
            ],
        )?;
        Ok(())
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

    /// Makes the changes of the delivery engine, in their order. The same change twice is the same as once; a change
    /// about an item that is not here changes nothing.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn apply(&mut self, changes: &[Change], now_ms: i64) -> Result<(), StoreError> {
        changes.iter().try_for_each(|change| match change {
            Change::State { item, event, state, reason, .. } => {
                self.mark_state(*item, *event, *state, reason, now_ms)
            }
            Change::Part { upload, is_done } => self.mark_part(*upload, *is_done),
            Change::Receipt { packet, bytes, way } => {
                self.keep_message(*packet, MessageKind::Receipt, bytes, way.word(), now_ms)
            }
            Change::Status { packet, bytes } => {
                self.keep_message(*packet, MessageKind::Status, bytes, "", now_ms)
            }
            Change::Cursor(cursor) => self.mark_cursor(FEED_CURSOR, cursor, now_ms),
            Change::Spent { day, bytes } => self.mark_spent(*day, *bytes),
        })
    }

    fn mark_state(
        &mut self,
        item: Uuid,
        event: PacketEvent,
        state: PacketState,
        reason: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let tries = i64::from(event == PacketEvent::BeginSend);
        let delivered_ms = (event == PacketEvent::Acknowledge).then_some(now_ms);
        self.0.run(
            "move a packet or notice",
            &format!(
                "UPDATE item SET state = ?2, reason = ?3, attempts = attempts + ?4,
                     delivered_ms = coalesce(delivered_ms, ?5), changed_ms = ?6, change = {NEXT_CHANGE}
                 WHERE id = ?1 AND (state <> ?2 OR reason <> ?3)"
            ),
            params![Id(item), state.word(), reason, tries, delivered_ms, now_ms],
        )?;
        Ok(())
    }

    fn mark_part(&mut self, upload: Upload, is_done: bool) -> Result<(), StoreError> {
        let (done, _) = part_columns(upload.part);
        self.0.run(
            "mark what the office holds",
            &format!("UPDATE item SET {done} = ?2 WHERE id = ?1"),
            params![Id(upload.item), is_done],
        )?;
        Ok(())
    }

    fn keep_message(
        &mut self,
        item: Uuid,
        kind: MessageKind,
        bytes: &[u8],
        way: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "keep what the office has signed";
        at_most("a signed message", bytes.len(), SIGNED_BYTES_MAX)?;
        self.0.run(
            OPERATION,
            "INSERT INTO message (item, kind, bytes, way, received_ms)
             SELECT id, ?2, ?3, ?4, ?5 FROM item WHERE id = ?1
             ON CONFLICT (item, bytes) DO NOTHING",
            params![Id(item), kind.word(), bytes, way, now_ms],
        )?;
        Ok(())
    }

    /// Moves a cursor that is not the engine's.
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

    fn mark_spent(&mut self, day: i64, bytes: u64) -> Result<(), StoreError> {
        self.0.run(
            "count the bytes of a day",
            "UPDATE spent SET day = ?1, bytes = ?2 WHERE one = 1",
            params![day, i64::try_from(bytes).unwrap_or(i64::MAX)],
        )?;
        Ok(())
    }
}
