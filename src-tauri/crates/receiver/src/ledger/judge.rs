//! One look at the ledger, inside or outside of a transaction, and the questions the format asks of it.

use std::cell::RefCell;

use rekam_packet::ledger::{Entry as Judged, Ledger as Memory, Standing, judge};
use rekam_packet::{Digest, LedgerRefusal, Outline, PacketId};
use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};

use super::LedgerError;

/// A look at the ledger.
#[derive(Debug)]
pub struct View<'c> {
    connection: &'c Connection,
}

impl<'c> View<'c> {
    pub(super) const fn new(connection: &'c Connection) -> Self {
        Self { connection }
    }

    pub(super) const fn sql(&self) -> &'c Connection {
        self.connection
    }

    /// Holds a packet that was verified against everything before it.
    ///
    /// # Errors
    /// The database; the inner error is the refusal.
    pub fn judge(&self, outline: &Outline) -> Result<Result<Judged, LedgerRefusal>, LedgerError> {
        let asked = Asked { view: self, station: &outline.manifest.station.id, failed: RefCell::new(None) };
        let judged = judge(&asked, &outline.manifest, outline.manifest_hash);
        match asked.failed.into_inner() {
            Some(error) => Err(error.into()),
            None => Ok(judged),
        }
    }
}

/// The memory as the format asks for it. Its answers cannot fail, so a failure is kept until the end.
struct Asked<'v, 'c> {
    view: &'v View<'c>,
    /// Who made the packet that is judged.
    station: &'v str,
    failed: RefCell<Option<rusqlite::Error>>,
}

impl Asked<'_, '_> {
    fn ask<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Option<T> {
        let answer =
            self.view.sql().prepare_cached(sql).and_then(|mut ask| ask.query_row(params, read).optional());
        answer.unwrap_or_else(|error| {
            *self.failed.borrow_mut() = Some(error);
            None
        })
    }
}

impl Memory for Asked<'_, '_> {
    fn standing(&self, station: &str) -> Standing {
        let last: Option<Option<i64>> =
            self.ask("SELECT revoked_after FROM station WHERE id = ?1", [station], |row| row.get(0));
        match last.flatten() {
            Some(last) => Standing::Revoked { last_counter: last.unsigned_abs() },
            None => Standing::Active,
        }
    }

    fn by_id(&self, packet: PacketId) -> Option<(Digest, String)> {
        self.ask("SELECT manifest, station FROM packet WHERE id = ?1", [packet.as_bytes()], |row| {
            Ok((Digest::from_bytes(row.get(0)?), row.get(1)?))
        })
    }

    fn by_counter(&self, station: &str, counter: u64) -> Option<Digest> {
        let counter = i64::try_from(counter).ok()?;
        let own = "SELECT manifest FROM packet WHERE station = ?1 AND counter = ?2";
        let named = "SELECT previous FROM packet WHERE station = ?1 AND counter = ?2 + 1";
        let read = |row: &Row<'_>| row.get(0).map(Digest::from_bytes);
        self.ask(own, (station, counter), read).or_else(|| self.ask(named, (station, counter), read))
    }

    fn is_withdrawn(&self, packet: PacketId) -> bool {
        // Nobody withdraws what another station made; who made it is known only now.
        let sql = "SELECT 1 FROM notice WHERE packet = ?1 AND kind = 'withdrawal' AND station = ?2";
        self.ask(sql, params![packet.as_bytes(), self.station], |_| Ok(())).is_some()
    }
}
