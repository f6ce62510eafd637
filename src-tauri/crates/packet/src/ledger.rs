//! What the office refuses because of what it remembers: a pure question to its memory.

use serde::Serialize;

use crate::bytes::{Digest, PacketId};
use crate::manifest::Manifest;
use crate::refusal::LedgerRefusal;

/// Whether a station still delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Active,
    /// It was revoked; packets up to this number were made before and are still owed.
    Revoked {
        /// The last number that is accepted.
        last_counter: u64,
    },
}

/// The memory of the office, as far as a new packet is held against it.
pub trait Ledger {
    /// How the station stands. The outer check has already found its key.
    fn standing(&self, station: &str) -> Standing;

    /// The manifest hash and the station of a packet that was accepted, by its name.
    fn by_id(&self, packet: PacketId) -> Option<(Digest, String)>;

    /// The manifest hash a station gave to this number, as far as it is known: its own, or named by the packet behind it.
    fn by_counter(&self, station: &str, counter: u64) -> Option<Digest>;

    /// Whether a packet was withdrawn.
    fn is_withdrawn(&self, packet: PacketId) -> bool;
}

/// What a packet is to the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// New, and the packet before it is here.
    New,
    /// New, and the packet before it has not arrived: the chain has a gap, which is reported and not refused.
    NewAfterGap,
    /// Here already. Harmless, and no second entry.
    Again,
}

impl Entry {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::NewAfterGap => "new_after_gap",
            Self::Again => "again",
        }
    }
}

/// Holds a verified packet against the memory of the office.
///
/// # Errors
/// Why it is refused.
pub fn judge(ledger: &impl Ledger, manifest: &Manifest, hash: Digest) -> Result<Entry, LedgerRefusal> {
    let station = manifest.station.id.as_str();
    match ledger.by_id(manifest.packet_id) {
        Some((known, _)) if known == hash => return Ok(Entry::Again),
        Some(_) => return Err(LedgerRefusal::PacketIdTaken),
        None => {}
    }
    if let Standing::Revoked { last_counter } = ledger.standing(station)
        && manifest.counter > last_counter
    {
        return Err(LedgerRefusal::StationRevoked);
    }
    if ledger.is_withdrawn(manifest.packet_id) {
        return Err(LedgerRefusal::Withdrawn);
    }
    // Known by its number or named by its successor, in both cases it must be this very manifest.
    if ledger.by_counter(station, manifest.counter).is_some_and(|known| known != hash) {
        return Err(LedgerRefusal::ChainFork);
    }
    let replaced = manifest.supersedes.and_then(|packet| ledger.by_id(packet));
    if replaced.is_some_and(|(_, owner)| owner != station) {
        return Err(LedgerRefusal::SupersedesElsewhere);
    }
    let before = manifest.counter.checked_sub(1).filter(|counter| *counter > 0);
    match before.map(|counter| ledger.by_counter(station, counter)) {
        None => Ok(Entry::New),
        Some(Some(known)) if known == manifest.previous => Ok(Entry::New),
        Some(Some(_)) => Err(LedgerRefusal::ChainLink),
        Some(None) => Ok(Entry::NewAfterGap),
    }
}
