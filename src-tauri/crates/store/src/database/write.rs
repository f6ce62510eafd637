//! The one way to write: a transaction that is on the disk when it is said to be done.

use std::cell::Cell;
use std::ops::Deref;

use rusqlite::{Connection, Params, Row, TransactionBehavior};

use super::{LOG_BYTES_MAX, Vault, disk, hold};
use crate::error::{StoreError, from_sql};

/// Reads of one moment: everything asked through it belongs to the same state.
#[derive(Debug)]
pub struct Reading<'a> {
    connection: &'a Connection,
    folder: &'a std::path::Path,
    /// Set by a failure after which nothing more may be written.
    must_stop: Cell<bool>,
}

/// One durable promise in the making; it can also read what it has written.
#[derive(Debug)]
pub struct Writing<'a>(Reading<'a>);

impl<'a> Deref for Writing<'a> {
    type Target = Reading<'a>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Reading<'_> {
    pub(crate) fn fault(&self, operation: &'static str, error: rusqlite::Error) -> StoreError {
        let named = from_sql(operation, error, || disk::probe(self.folder, operation));
        if named.forbids_writing() {
            self.must_stop.set(true);
        }
        named
    }

    /// The one row of a query, or nothing.
    pub(crate) fn one<T>(
        &self,
        operation: &'static str,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        let found =
            self.connection.prepare_cached(sql).and_then(|mut statement| statement.query_row(params, read));
        match found {
            Ok(value) => Ok(Some(value)),
            Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
            Err(error) => Err(self.fault(operation, error)),
        }
    }

    /// Every row of a query.
    pub(crate) fn all<T>(
        &self,
        operation: &'static str,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_map(params, read)?.collect())
            .map_err(|error| self.fault(operation, error))
    }

    /// Hands every row of a query to `take`, which may stop with an error of its own.
    pub(crate) fn each<T, E: From<StoreError>>(
        &self,
        operation: &'static str,
        sql: &str,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
        mut take: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let fault = |error| E::from(self.fault(operation, error));
        let mut statement = self.connection.prepare_cached(sql).map_err(fault)?;
        let mut rows = statement.query(params).map_err(fault)?;
        while let Some(row) = rows.next().map_err(fault)? {
            take(read(row).map_err(fault)?)?;
        }
        Ok(())
    }
}

impl Writing<'_> {
    /// Runs one statement; answers how many rows it touched.
    pub(crate) fn run(
        &mut self,
        operation: &'static str,
        sql: &str,
        params: impl Params,
    ) -> Result<usize, StoreError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(params))
            .map_err(|error| self.fault(operation, error))
    }

    /// Runs one statement that must touch exactly one row.
    pub(crate) fn run_on_one(
        &mut self,
        operation: &'static str,
        what: &'static str,
        sql: &str,
        params: impl Params,
    ) -> Result<(), StoreError> {
        match self.run(operation, sql, params)? {
            0 => Err(StoreError::NotFound { what }),
            _ => Ok(()),
        }
    }

    /// The id of the row that was inserted last.
    pub(crate) fn last_id(&self) -> i64 {
        self.connection.last_insert_rowid()
    }
}

impl Vault {
    /// One transaction, committed and synced before this returns; an error or a panic leaves nothing of it.
    pub(crate) fn write<T, E: From<StoreError>>(
        &self,
        act: impl FnOnce(&mut Writing<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        const BEGIN: &str = "begin to write";
        const COMMIT: &str = "commit";
        let mut writer = hold(&self.writer);
        if self.is_poisoned() {
            return Err(StoreError::Poisoned.into());
        }
        if self.log_bytes() > LOG_BYTES_MAX && self.log_in_use(&writer) > LOG_BYTES_MAX {
            match self.checkpoint_locked(&mut writer) {
                // A full disk must not keep a purge from being written; the log grows until there is room.
                Ok(()) | Err(StoreError::DiskFull { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let named = |operation, error| {
            let named = from_sql(operation, error, || disk::probe(&self.folder, operation));
            if named.forbids_writing() {
                self.poison();
            }
            named
        };
        if !writer.is_autocommit() {
            // A rollback that failed left the connection in the middle of something.
            self.poison();
            return Err(StoreError::Poisoned.into());
        }
        let transaction = writer
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| named(BEGIN, error))?;
        let mut writing =
            Writing(Reading { connection: &transaction, folder: &self.folder, must_stop: Cell::new(false) });
        let answer = act(&mut writing);
        if writing.must_stop.get() {
            self.poison();
        }
        let value = answer?;
        if self.is_poisoned() {
            // The act went on after a failure it was told of: nothing of it is kept.
            return Err(StoreError::Poisoned.into());
        }
        transaction.commit().map_err(|error| named(COMMIT, error))?;
        if !self.place.is_unchanged() {
            self.poison();
            return Err(StoreError::FolderMissing { operation: COMMIT }.into());
        }
        Ok(value)
    }

    /// Reads one state of the database, beside the writer.
    pub(crate) fn read<T, E: From<StoreError>>(
        &self,
        act: impl FnOnce(&Reading<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        const OPERATION: &str = "begin to read";
        let mut reader = hold(&self.reader);
        let transaction = reader
            .transaction_with_behavior(TransactionBehavior::Deferred)
            .map_err(|error| from_sql(OPERATION, error, || disk::probe(&self.folder, OPERATION)))?;
        act(&Reading { connection: &transaction, folder: &self.folder, must_stop: Cell::new(false) })
    }

    /// Moves the log into the database file; costs some 20 ms, so it belongs between two people.
    pub(crate) fn checkpoint(&self) -> Result<(), StoreError> {
        let mut writer = hold(&self.writer);
        if self.is_poisoned() {
            return Err(StoreError::Poisoned);
        }
        self.checkpoint_locked(&mut writer)
    }

    fn checkpoint_locked(&self, writer: &mut Connection) -> Result<(), StoreError> {
        const OPERATION: &str = "checkpoint";
        let fault = |error| {
            let named = from_sql(OPERATION, error, || disk::probe(&self.folder, OPERATION));
            if named.forbids_writing() {
                self.poison();
            }
            named
        };
        // A reader in the middle of something would keep the log from starting again.
        let _reader = hold(&self.reader);
        // RESTART keeps the file at its length: the next steps overwrite it, which is cheaper than growing it and
        // still possible on a full disk.
        writer.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(())).map_err(fault)?;
        // The first write into a restarted log syncs its header as well; this one is nobody's step.
        writer.execute("UPDATE checkpoint SET count = count + 1 WHERE one = 1", []).map_err(fault)?;
        Ok(())
    }

    /// Bytes of the log that a reopening would have to read.
    fn log_in_use(&self, writer: &Connection) -> u64 {
        let frames: i64 =
            writer.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| row.get(1)).unwrap_or(i64::MAX);
        u64::try_from(frames).unwrap_or(u64::MAX).saturating_mul(super::log::FRAME_BYTES)
    }

    /// Bytes of the log in use, for the one who plans checkpoints.
    pub(crate) fn log_waiting_bytes(&self) -> u64 {
        if self.is_poisoned() { 0 } else { self.log_in_use(&hold(&self.writer)) }
    }

    /// Looks at every page: seals first, then the structure.
    pub(crate) fn verify(&self) -> Result<(), StoreError> {
        const OPERATION: &str = "verify every page";
        let reader = hold(&self.reader);
        let fault = |error| from_sql(OPERATION, error, || disk::probe(&self.folder, OPERATION));
        let complaints = |sql: &str| -> rusqlite::Result<Vec<String>> {
            reader.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
        };
        let seals = complaints("PRAGMA cipher_integrity_check").map_err(fault)?;
        if let Some(first) = seals.first() {
            return Err(StoreError::damaged(format!("{} page(s): {first}", seals.len())));
        }
        let structure = complaints("PRAGMA quick_check").map_err(fault)?;
        match structure.iter().find(|line| line.as_str() != "ok") {
            Some(first) => Err(StoreError::damaged(first.clone())),
            None => Ok(()),
        }
    }
}
