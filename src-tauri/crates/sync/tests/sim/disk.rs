//! What a station has on its disk, and nothing that is not.

use std::collections::BTreeMap;

use rekam_domain::packet::{PacketEvent, PacketState};
use rekam_sync::{Change, Done, ItemSnapshot, Kind, Signed, Snapshot};
use uuid::Uuid;

use super::word;

/// A row of the outbox, and whether the bytes are there.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) item: ItemSnapshot,
    pub(crate) has_bytes: bool,
    pub(crate) is_rotten: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Disk {
    pub(crate) rows: BTreeMap<Uuid, Row>,
    pub(crate) cursor: String,
    pub(crate) spent: (i64, u64),
}

impl Disk {
    pub(crate) fn insert(&mut self, item: ItemSnapshot) {
        self.rows.insert(item.id, Row { item, has_bytes: true, is_rotten: false });
    }

    pub(crate) fn apply(&mut self, changes: &[Change]) {
        for change in changes {
            self.apply_one(change);
        }
    }

    fn apply_one(&mut self, change: &Change) {
        match change {
            Change::State { item, event, state, .. } => {
                if let Some(row) = self.rows.get_mut(item) {
                    row.item.state = *state;
                    row.item.was_tried |= *event == PacketEvent::BeginSend;
                }
            }
            Change::Part { upload, is_done } => {
                let parts = self.rows.get_mut(&upload.item).map(|row| row.item.parts.iter_mut());
                for part in parts.into_iter().flatten().filter(|part| part.part == upload.part) {
                    part.is_done = *is_done;
                }
            }
            Change::Receipt { packet, bytes, .. } | Change::Status { packet, bytes } => {
                if let Some(row) = self.rows.get_mut(packet)
                    && !row.item.signed.contains(bytes)
                {
                    row.item.signed.push(bytes.clone());
                }
            }
            Change::Cursor(cursor) => self.cursor.clone_from(cursor),
            Change::Spent { day, bytes } => self.spent = (*day, *bytes),
        }
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut items: Vec<ItemSnapshot> = Vec::new();
        for row in self.rows.values() {
            let is_over = row.item.state == PacketState::Purged
                || (row.item.kind != Kind::Packet
                    && row.item.state == PacketState::Acked
                    && self.is_opened(row.item.id));
            if !is_over {
                let mut item = row.item.clone();
                item.is_approval_pending &= !self.is_approved(item.id);
                items.push(item);
            }
        }
        Snapshot { items, cursor: self.cursor.clone(), spent: self.spent }
    }

    fn is_approved(&self, packet: Uuid) -> bool {
        let mut approvals = self.rows.values().filter(|row| row.item.kind == Kind::Approval { of: packet });
        approvals.any(|row| self.is_opened(row.item.id))
    }

    /// Whether a receipt on this disk says that the office has opened the item.
    pub(crate) fn is_opened(&self, item: Uuid) -> bool {
        let Some(row) = self.rows.get(&item) else { return false };
        row.item.signed.iter().any(|bytes| match word::read(bytes) {
            Ok(Signed::Receipt(receipt)) => receipt.done == Done::Opened,
            Ok(Signed::Status(_) | Signed::Hour { .. }) | Err(_) => false,
        })
    }
}
