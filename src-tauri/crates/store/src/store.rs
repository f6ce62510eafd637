//! The station's database: opened with the key of a person who signed in.

use std::path::{Path, PathBuf};

use crate::ballast;
use crate::chain::{ChainError, ChainState};
use crate::database::{self, Migration, Plan, Reading, Vault, Writing};
use crate::error::StoreError;
use crate::key::DatabaseKey;

static PLAN: Plan = Plan {
    what: "station database",
    file: "station.db",
    lock: "station.lock",
    check: "station.check",
    application_id: 0x524b_4d31,
    migrations: &[
        Migration { sql: include_str!("../migrations/station/0001_case.sql") },
        Migration { sql: include_str!("../migrations/station/0002_office.sql") },
        Migration { sql: include_str!("../migrations/station/0003_master_data.sql") },
        Migration { sql: include_str!("../migrations/station/0004_master_source.sql") },
        Migration { sql: include_str!("../migrations/station/0005_delivery.sql") },
    ],
    // The search index of 100,000 cases fits, so that finding a person does not wait for the cipher.
    reader_cache_kib: 64 * 1024,
};

/// The open database of a station.
#[derive(Debug)]
pub struct Store(Vault);

impl Store {
    /// Creates the database in an existing folder that has none, and opens it.
    ///
    /// # Errors
    /// When there is one already, or the disk refuses; an interrupted creation is begun anew.
    pub fn create(folder: &Path, key: &DatabaseKey) -> Result<Self, StoreError> {
        let store = Self(database::create(folder, &PLAN, key)?);
        ballast::restore_ballast(folder)?;
        Ok(store)
    }

    /// Opens the database of a folder and brings its schema up to date.
    ///
    /// # Errors
    /// Each condition by its name; nothing is overwritten.
    pub fn open(folder: &Path, key: &DatabaseKey) -> Result<Self, StoreError> {
        database::open(folder, &PLAN, key).map(Self)
    }

    /// Whether the folder holds a finished database.
    #[must_use]
    pub fn is_created(folder: &Path) -> bool {
        std::fs::metadata(folder.join(PLAN.file)).is_ok_and(|meta| meta.len() > 0)
    }

    /// Moves a damaged database into a dated folder beside it, so that a new one or a mirror can take its place.
    ///
    /// # Errors
    /// When there is none, it is open, or the disk refuses.
    pub fn set_aside(folder: &Path, now_ms: i64) -> Result<PathBuf, StoreError> {
        database::set_aside(folder, &PLAN, now_ms)
    }

    /// One durable promise: everything written in `act` is on the disk when this returns, or nothing of it is.
    ///
    /// # Errors
    /// What `act` answers, or what kept the promise from being kept.
    pub fn write<T>(
        &self,
        act: impl FnOnce(&mut Writing<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.0.write(act)
    }

    /// The same for an act with refusals of its own.
    ///
    /// # Errors
    /// What `act` answers, or what kept the promise from being kept.
    pub fn write_or<T, E: From<StoreError>>(
        &self,
        act: impl FnOnce(&mut Writing<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.0.write(act)
    }

    /// Reads one state of the database; the writer goes on beside it.
    ///
    /// # Errors
    /// What `act` answers, or what kept the database from being read.
    pub fn read<T>(&self, act: impl FnOnce(&Reading<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.0.read(act)
    }

    /// The same for an act that also fails for reasons of its own.
    ///
    /// # Errors
    /// What `act` answers, or what kept the database from being read.
    pub fn read_or<T, E: From<StoreError>>(
        &self,
        act: impl FnOnce(&Reading<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.0.read(act)
    }

    /// Moves the log into the database file; costs some 20 ms, so it belongs between two people.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        self.0.checkpoint()
    }

    /// Bytes of the log that wait for a checkpoint.
    #[must_use]
    pub fn log_waiting_bytes(&self) -> u64 {
        self.0.log_waiting_bytes()
    }

    /// Looks at every page of the database: its seal, then its structure.
    ///
    /// # Errors
    /// What was found damaged.
    pub fn verify(&self) -> Result<(), StoreError> {
        self.0.verify()
    }

    /// Walks the whole audit.
    ///
    /// # Errors
    /// The first breach, or what kept the audit from being read.
    pub fn verify_audit(&self) -> Result<ChainState, ChainError> {
        self.0.read(|reading| reading.verify_audit())
    }

    /// Walks the whole journal with its images.
    ///
    /// # Errors
    /// The first breach, or what kept the journal from being read.
    pub fn verify_journal(&self) -> Result<ChainState, ChainError> {
        self.0.read(|reading| reading.verify_journal())
    }

    /// Walks every book.
    ///
    /// # Errors
    /// The first breach, or what kept a book from being read.
    pub fn verify_registers(&self) -> Result<Vec<(crate::chain::Chain, ChainState)>, ChainError> {
        self.0.read(|reading| reading.verify_registers())
    }

    /// Writes a verified copy of the database into another folder; an earlier copy there stays good until then.
    ///
    /// # Errors
    /// When either disk refuses, or the copy does not read back.
    pub fn copy_to(&self, folder: &Path, key: &DatabaseKey) -> Result<(), StoreError> {
        self.0.copy_to(folder, key)
    }

    /// Whether an earlier failure forbids writing until the store is opened again.
    #[must_use]
    pub fn is_poisoned(&self) -> bool {
        self.0.is_poisoned()
    }

    /// Bytes that are free on the disk of the station.
    ///
    /// # Errors
    /// When the folder is gone.
    pub fn free_bytes(&self) -> Result<u64, StoreError> {
        database::free_bytes(&self.0.folder)
    }

    /// Gives up the ballast, so that purging and delivery work on a full disk; answers whether there was any.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn release_ballast(&self) -> Result<bool, StoreError> {
        ballast::release_ballast(&self.0.folder)
    }

    /// Takes the ballast again when there is room; answers whether it is held now.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn restore_ballast(&self) -> Result<bool, StoreError> {
        ballast::restore_ballast(&self.0.folder)
    }
}
