//! How a station stands with the office, and what a withdrawn one still owes.

use rusqlite::params;
use serde::Serialize;

use super::{Chain, LedgerError, PacketState, RefusalRow, StationRow, View};

/// The most refusals that are listed for one station.
const REFUSALS_MAX: u32 = 100;

/// How a station stands with the office.
///
/// Numbers behind the last one are known to the station alone: what it sealed and never sent, the office cannot see.
#[derive(Debug, Clone, Serialize)]
pub struct Standing {
    /// The station.
    pub station: StationRow,
    /// Its chain: the last number and the gaps before it.
    pub chain: Chain,
    /// The highest number of a packet that was kept or refused: it sealed at least so many.
    pub highest_counter: u64,
    /// Packets that were kept and not opened yet.
    pub stored: u64,
    /// Packets that wait for the approval of an exception.
    pub held: u64,
    /// What was not accepted, newest first.
    pub refused: Vec<RefusalRow>,
}

impl View<'_> {
    /// How a station stands; nothing when there is no such station.
    ///
    /// # Errors
    /// The database.
    pub fn standing(&self, id: &str) -> Result<Option<Standing>, LedgerError> {
        let Some(station) = self.station(id)? else { return Ok(None) };
        let chain = self.chain(id)?;
        let refused = self.refusals_of(id, REFUSALS_MAX)?;
        let highest = refused.iter().map(|row| row.counter).max().unwrap_or_default();
        let mut count = self.sql().prepare_cached(
            "SELECT count(*) FROM packet WHERE station = ?1 AND state = ?2 AND is_withdrawn = 0",
        )?;
        let mut packets = |state: PacketState| {
            count.query_row(params![id, state.word()], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
        };
        Ok(Some(Standing {
            highest_counter: highest.max(chain.last_counter),
            stored: packets(PacketState::Stored)?,
            held: packets(PacketState::Held)?,
            refused,
            chain,
            station,
        }))
    }
}
