//! What is known of what travels.

use rekam_domain::packet::PacketState;
use rekam_sync::{ItemSnapshot, Snapshot};
use rusqlite::params;
use uuid::Uuid;

use super::row::{
    ITEM_COLUMNS, ItemChangeRow, MessageRow, NoticeRow, PacketChainRow, PacketCountRow, SealedPacketRow,
    read_change, read_item, read_kind, read_message, read_packet,
};
use super::{FEED_CURSOR, OutboxReading};
use crate::error::StoreError;
use crate::sql::{Id, id, packet_state};

const MESSAGE_COLUMNS: &str = "id, item, kind, bytes, way, received_ms FROM message";

impl OutboxReading<'_, '_> {
    /// Everything the delivery engine has to know when it starts.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let spent = self.0.one("read the bytes of the day", "SELECT day, bytes FROM spent", [], |row| {
            Ok((row.get("day")?, u64::try_from(row.get::<_, i64>("bytes")?).unwrap_or_default()))
        })?;
        Ok(Snapshot {
            items: self.list_items(0)?,
            cursor: self.get_cursor(FEED_CURSOR)?.unwrap_or_default(),
            spent: spent.unwrap_or_default(),
        })
    }

    /// Packets and notices that are not purged and have changed after the change of this number, as the engine takes
    /// them: new ones among them.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_items(&self, after_change: i64) -> Result<Vec<ItemSnapshot>, StoreError> {
        let mut items = self.0.all(
            "read what travels",
            &format!("SELECT {ITEM_COLUMNS} WHERE change > ?1 AND state <> ?2 ORDER BY id"),
            params![after_change, PacketState::Purged.word()],
            read_item,
        )?;
        self.0.each(
            "read what the office has signed",
            "SELECT item, bytes FROM message WHERE item IN (SELECT id FROM item WHERE change > ?1) ORDER BY message.id",
            [after_change],
            |row| Ok((id(row, "item")?, row.get::<_, Vec<u8>>("bytes")?)),
            |(about, bytes)| {
                let place = items.binary_search_by_key(&about, |item| item.id);
                if let Some(item) = place.ok().and_then(|place| items.get_mut(place)) {
                    item.signed.push(bytes);
                }
                Ok::<_, StoreError>(())
            },
        )?;
        Ok(items)
    }

    /// Number of the last change of all.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn last_change(&self) -> Result<i64, StoreError> {
        let last =
            self.0.one("read the last change", "SELECT max(change) FROM item", [], |row| row.get(0))?;
        Ok(last.flatten().unwrap_or_default())
    }

    /// Packets and notices that have changed after the change of this number, in the order of their last change, at most
    /// `count_max`. Whoever takes them over keeps the number of the last one with what was taken over; after the outbox
    /// came from a copy, numbers may repeat, so taking over twice must be the same as once.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_changes(&self, after_change: i64, count_max: u32) -> Result<Vec<ItemChangeRow>, StoreError> {
        self.0.all(
            "list changes of the outbox",
            &format!("SELECT {ITEM_COLUMNS} WHERE change > ?1 ORDER BY change LIMIT ?2"),
            params![after_change, count_max],
            read_change,
        )
    }

    /// Receipts and status entries with a higher number than this, oldest first, at most `count_max`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_messages(&self, after: i64, count_max: u32) -> Result<Vec<MessageRow>, StoreError> {
        self.0.all(
            "list what the office has signed",
            &format!("SELECT {MESSAGE_COLUMNS} WHERE id > ?1 ORDER BY id LIMIT ?2"),
            params![after, count_max],
            read_message,
        )
    }

    /// What the office has signed about one packet or notice, oldest first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn list_messages_of(&self, item: Uuid) -> Result<Vec<MessageRow>, StoreError> {
        self.0.all(
            "list what the office has signed about an item",
            &format!("SELECT {MESSAGE_COLUMNS} WHERE item = ?1 ORDER BY id"),
            [Id(item)],
            read_message,
        )
    }

    /// A sealed packet.
    ///
    /// # Errors
    /// When there is no such packet, or it cannot be read.
    pub fn get_packet(&self, packet: Uuid) -> Result<SealedPacketRow, StoreError> {
        self.0
            .one(
                "read a sealed packet",
                &format!("SELECT {ITEM_COLUMNS} WHERE id = ?1 AND kind = 'packet'"),
                [Id(packet)],
                read_packet,
            )?
            .ok_or(StoreError::NotFound { what: "sealed packet" })
    }

    /// A notice with its bytes.
    ///
    /// # Errors
    /// When there is no such notice, or it cannot be read.
    pub fn get_notice(&self, notice: Uuid) -> Result<NoticeRow, StoreError> {
        self.0
            .one(
                "read a notice",
                "SELECT id, kind, about, bytes, made_ms FROM item WHERE id = ?1 AND kind <> 'packet'",
                [Id(notice)],
                |row| {
                    Ok(NoticeRow {
                        id: id(row, "id")?,
                        kind: read_kind(row)?,
                        bytes: row.get("bytes")?,
                        made_ms: row.get("made_ms")?,
                    })
                },
            )?
            .ok_or(StoreError::NotFound { what: "notice" })
    }

    /// Packets in a state, oldest first, at most `count_max`.
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
            &format!("SELECT {ITEM_COLUMNS} WHERE state = ?1 AND kind = 'packet' ORDER BY counter LIMIT ?2"),
            params![state.word(), count_max],
            read_packet,
        )
    }

    /// How many packets stand in each state.
    ///
    /// # Errors
    /// When they cannot be counted.
    pub fn count_packets(&self) -> Result<Vec<PacketCountRow>, StoreError> {
        self.0.all(
            "count sealed packets",
            "SELECT state, count(*) AS count, sum(size) AS bytes, min(made_ms) AS oldest_ms
             FROM item WHERE kind = 'packet' GROUP BY state",
            [],
            |row| {
                Ok(PacketCountRow {
                    state: packet_state(row)?,
                    count: row.get("count")?,
                    bytes: row.get("bytes")?,
                    oldest_ms: row.get("oldest_ms")?,
                })
            },
        )
    }

    /// How many notices the office has not answered yet.
    ///
    /// # Errors
    /// When they cannot be counted.
    pub fn count_notices_waiting(&self) -> Result<i64, StoreError> {
        let count = self.0.one(
            "count notices on their way",
            "SELECT count(*) FROM item WHERE kind <> 'packet'
                 AND state IN ('Queued', 'Sending', 'Sent', 'ExportedToMedia')",
            [],
            |row| row.get(0),
        )?;
        Ok(count.unwrap_or_default())
    }

    /// How many packets the office has accepted since then.
    ///
    /// # Errors
    /// When they cannot be counted.
    pub fn count_delivered(&self, since_ms: i64) -> Result<i64, StoreError> {
        let count = self.0.one(
            "count what was delivered",
            "SELECT count(*) FROM item WHERE delivered_ms >= ?1 AND kind = 'packet'",
            [since_ms],
            |row| row.get(0),
        )?;
        Ok(count.unwrap_or_default())
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
                    Ok(PacketChainRow {
                        counter: row.get("counter")?,
                        manifest_hash: row.get("manifest_hash")?,
                    })
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
}
