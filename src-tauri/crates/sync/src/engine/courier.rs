//! The stick: the same items, the same receipts, another way.

use rekam_domain::packet::PacketState;
use uuid::Uuid;

use super::{Engine, EngineError, Now};
use crate::item::Item;
use crate::signed::Way;

impl Engine {
    /// What a stick should carry, in the order in which it should be filled: everything the office has not opened.
    #[must_use]
    pub fn list_for_courier(&self) -> Vec<Uuid> {
        let mut items: Vec<&Item> = self.items.values().filter(|item| is_for_courier(item)).collect();
        items.sort_by_key(|item| (!item.is_urgent, item.counter, item.id));
        items.into_iter().map(|item| item.id).collect()
    }

    /// A signed message came on a stick or as a picture code: the same as over the line.
    ///
    /// # Errors
    /// When it is not the office's, or too much waits for the outbox.
    pub fn handle_import(&mut self, bytes: &[u8], way: Way, now: Now) -> Result<(), EngineError> {
        if !self.promise.has_room() {
            return Err(EngineError::OutboxBehind);
        }
        self.take_signed(bytes, way, now).map_err(|_| EngineError::Forged)
    }
}

const fn is_for_courier(item: &Item) -> bool {
    matches!(
        item.state,
        PacketState::Queued | PacketState::Sending | PacketState::Sent | PacketState::ExportedToMedia
    )
}
