//! What the centre says about a packet, published by the office.

use minicbor::{Decode, Encode};
use rekam_domain::central_status::CentralStatus;
use serde::Serialize;

use super::Notice;
use crate::bytes::PacketId;
use crate::cose::Context;
use crate::limit::{NOTICE_BYTES_MAX, TEXT_BYTES_MAX};
use crate::manifest::is_plain;

/// One entry of the feed. Every entry is signed alone, so a lost or repeated page changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct StatusEntry {
    /// Version of this format.
    #[n(0)]
    pub version: u8,
    /// Its place in the office's feed: the cursor of whoever has read up to it.
    #[n(1)]
    pub cursor: u64,
    /// The packet.
    #[n(2)]
    pub packet_id: PacketId,
    /// What the centre says, in its own words and never changed.
    #[n(3)]
    pub status: String,
    /// When the centre said it, in milliseconds since 1970.
    #[n(4)]
    pub at_ms: i64,
    /// The office.
    #[n(5)]
    pub office: String,
}

impl StatusEntry {
    /// The status as the domain reads it; one it does not know stays as it came.
    #[must_use]
    pub fn read(&self) -> CentralStatus {
        CentralStatus::read(&self.status)
    }
}

impl Notice for StatusEntry {
    const CONTEXT: Context = Context::STATUS;
    const BYTES_MAX: usize = NOTICE_BYTES_MAX;

    fn version(&self) -> u8 {
        self.version
    }

    fn is_sound(&self) -> bool {
        self.packet_id.is_version_7()
            && self.cursor >= 1
            && !self.status.is_empty()
            && self.status.len() <= 4 * TEXT_BYTES_MAX
            && self.at_ms >= 0
            && is_plain(&self.office)
    }
}

/// The entries a station has not seen yet, each once, in the order of the feed, and the cursor behind them.
#[must_use]
pub fn in_order(seen: u64, entries: impl IntoIterator<Item = StatusEntry>) -> (Vec<StatusEntry>, u64) {
    let mut fresh: Vec<StatusEntry> = entries.into_iter().filter(|entry| entry.cursor > seen).collect();
    fresh.sort_by_key(|entry| entry.cursor);
    fresh.dedup_by_key(|entry| entry.cursor);
    let cursor = fresh.last().map_or(seen, |entry| entry.cursor);
    (fresh, cursor)
}
