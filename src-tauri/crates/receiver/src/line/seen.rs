//! When each station was last heard of, also one that is refused: what a withdrawn one still owes begins with that.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::ledger::LedgerError;
use crate::office::{Office, now_ms};

/// How exactly it is kept: a write to the disk for every request would slow all of them.
const EVERY: Duration = Duration::from_secs(60);

/// When each station was last written down.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<HashMap<String, Instant>>);

impl Seen {
    /// A station that this office knows is on the line.
    pub(super) fn note(&self, office: &Office, station: &str) -> Result<(), LedgerError> {
        {
            let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if last.get(station).is_some_and(|at| at.elapsed() < EVERY) {
                return Ok(());
            }
            last.insert(station.to_owned(), Instant::now());
        }
        office.ledger.write(|view| view.see_station(station, now_ms()))
    }
}
