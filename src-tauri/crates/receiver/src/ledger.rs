//! What the office remembers: stations, packets, notices, and every signed word it ever gave, in one chain.
//!
//! The other narrow module of storage, on SQLite now. All SQL of the receiver is below this module.

mod entry;
mod judge;
mod notice;
mod packet;
mod standing;
mod station;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rekam_packet::Digest;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

pub use entry::{Entry, EntryKind};
pub use judge::View;
pub use notice::NoticeRow;
pub use packet::{Chain, PacketRow, PacketState, RefusalRow};
pub use standing::Standing;
pub use station::{Peer, StationRow};

/// The memory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The database.
    #[error("ledger: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A row says what no row may say.
    #[error("ledger: {0} cannot be read back")]
    Damaged(&'static str),
    /// Made by a newer program.
    #[error("ledger: made by a newer program")]
    Newer,
    /// A key did not sign.
    #[error("ledger: {0}")]
    Signer(#[from] rekam_packet::SignerError),
}

/// Each step takes a database from one version to the next; steps are never changed, only added.
const STEPS: &[&str] = &[include_str!("ledger/step1.sql"), include_str!("ledger/step2.sql")];

/// How long one program waits for another that writes.
const BUSY: Duration = Duration::from_secs(20);

/// The ledger. One connection writes, one reads.
#[derive(Debug)]
pub struct Ledger {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
}

impl Ledger {
    /// Opens the ledger, and makes it when there is none.
    ///
    /// # Errors
    /// The database.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let mut writer = connect(path)?;
        writer.pragma_update(None, "journal_mode", "wal")?;
        migrate(&mut writer)?;
        let reader = connect(path)?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(Self { writer: Mutex::new(writer), reader: Mutex::new(reader) })
    }

    /// Reads.
    ///
    /// # Errors
    /// What `read` says.
    pub fn read<T>(&self, read: impl FnOnce(&View<'_>) -> Result<T, LedgerError>) -> Result<T, LedgerError> {
        read(&View::new(&lock(&self.reader)))
    }

    /// Writes all of it durably, or nothing.
    ///
    /// # Errors
    /// What `write` says, or the database.
    pub fn write<T, E: From<LedgerError>>(
        &self,
        write: impl FnOnce(&View<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = lock(&self.writer);
        let transaction = Transaction::new(&mut writer, TransactionBehavior::Immediate)
            .map_err(|error| E::from(error.into()))?;
        let done = write(&View::new(&transaction))?;
        transaction.commit().map_err(|error| E::from(error.into()))?;
        Ok(done)
    }

    /// A copy of the whole ledger as it is now, while others work.
    ///
    /// # Errors
    /// The database.
    pub fn copy_to(&self, path: &Path) -> Result<(), LedgerError> {
        lock(&self.reader).backup("main", path, None::<fn(rusqlite::backup::Progress)>)?;
        Ok(())
    }
}

fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    // A transaction that was not committed is rolled back when it is dropped, also by a panic.
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(path: &Path) -> Result<Connection, LedgerError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    // NORMAL loses acknowledged rows in a power cut.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<(), LedgerError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let done = usize::try_from(version).unwrap_or(usize::MAX);
    if done > STEPS.len() {
        return Err(LedgerError::Newer);
    }
    for step in STEPS.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", i64::try_from(STEPS.len()).unwrap_or(i64::MAX))?;
    Ok(transaction.commit()?)
}

impl View<'_> {
    /// Writes down who did what; each line holds the hash of the one before it. Never about a person.
    ///
    /// # Errors
    /// The database.
    pub fn audit(&self, at_ms: i64, event: &str, about: &str) -> Result<(), LedgerError> {
        let previous = self.audit_end()?;
        let hash = audit_hash(previous, at_ms, event, about);
        self.sql()
            .prepare_cached("INSERT INTO audit (at_ms, event, about, hash) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![at_ms, event, about, hash.as_bytes()])?;
        Ok(())
    }

    fn audit_end(&self) -> Result<Digest, LedgerError> {
        let last = self
            .sql()
            .prepare_cached("SELECT hash FROM audit ORDER BY sequence DESC LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(last.map_or(Digest::NONE, Digest::from_bytes))
    }

    /// The number of the first line of the audit that does not follow the one before it.
    ///
    /// # Errors
    /// The database.
    pub fn audit_break(&self) -> Result<Option<i64>, LedgerError> {
        let mut lines =
            self.sql().prepare("SELECT sequence, at_ms, event, about, hash FROM audit ORDER BY sequence")?;
        let mut rows = lines.query([])?;
        let (mut previous, mut expected) = (Digest::NONE, 1_i64);
        while let Some(row) = rows.next()? {
            let (sequence, at_ms): (i64, i64) = (row.get(0)?, row.get(1)?);
            let (event, about): (String, String) = (row.get(2)?, row.get(3)?);
            let hash = Digest::from_bytes(row.get(4)?);
            if sequence != expected || hash != audit_hash(previous, at_ms, &event, &about) {
                return Ok(Some(sequence));
            }
            (previous, expected) = (hash, sequence + 1);
        }
        Ok(None)
    }

    /// A number the office keeps under a name.
    ///
    /// # Errors
    /// The database.
    pub fn number(&self, name: &str) -> Result<i64, LedgerError> {
        let number = self
            .sql()
            .prepare_cached("SELECT value FROM number WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?;
        Ok(number.unwrap_or(0))
    }

    /// Keeps a number under a name.
    ///
    /// # Errors
    /// The database.
    pub fn set_number(&self, name: &str, value: i64) -> Result<(), LedgerError> {
        self.sql()
            .prepare_cached("INSERT INTO number (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2")?
            .execute(params![name, value])?;
        Ok(())
    }
}

fn audit_hash(previous: Digest, at_ms: i64, event: &str, about: &str) -> Digest {
    let line = format!("{previous}\n{at_ms}\n{event}\n{about}");
    Digest::of(line.as_bytes())
}
