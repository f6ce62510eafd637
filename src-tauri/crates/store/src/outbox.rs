//! What has to travel: sealed packets, receipts and the packet chain, usable while the station is locked.
//!
//! It is opened with the transport key, not with a person's secret, so it never holds anything about a person: ids,
//! hashes, counters and bytes that others have sealed or signed. After a packet is queued, only the delivery engine
//! decides where it stands: its changes are made by [`OutboxWriting::apply`].

mod read;
mod row;
mod write;

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

pub use row::{
    ItemChangeRow, MessageKind, MessageRow, NoticeRow, PacketChainRow, PacketCountRow, SealedPacketRow,
};

use crate::database::{self, Migration, Plan, Reading, Vault, Writing};
use crate::error::StoreError;
use crate::key::TransportKey;

static PLAN: Plan = Plan {
    what: "outbox",
    file: "outbox.db",
    lock: "outbox.lock",
    check: "outbox.check",
    application_id: 0x524b_4d32,
    migrations: &[Migration { sql: include_str!("../migrations/outbox/0001_outbox.sql") }],
    // A few thousand short rows.
    reader_cache_kib: 4 * 1024,
};

/// The largest receipt, status entry or notice: all are short signed messages.
pub const SIGNED_BYTES_MAX: usize = 64 * 1024;

/// The cursor of the status feed, which the engine moves.
const FEED_CURSOR: &str = "feed";

/// The open outbox of a station. After a write that failed it opens itself again with the next one: delivery goes on by
/// itself, and trusts the disk alone.
#[derive(Debug)]
pub struct Outbox {
    folder: PathBuf,
    key: TransportKey,
    vault: RwLock<Option<Vault>>,
}

/// One durable promise about what travels.
#[derive(Debug)]
pub struct OutboxWriting<'w, 'a>(&'w mut Writing<'a>);

/// Reads of one moment of the outbox.
#[derive(Debug)]
pub struct OutboxReading<'r, 'a>(&'r Reading<'a>);

impl Outbox {
    /// Creates the outbox in an existing folder that has none, and opens it.
    ///
    /// # Errors
    /// When there is one already, or the disk refuses.
    pub fn create(folder: &Path, key: &TransportKey) -> Result<Self, StoreError> {
        Ok(Self::of(folder, key, database::create(folder, &PLAN, key)?))
    }

    /// Opens the outbox of a folder and brings its schema up to date.
    ///
    /// # Errors
    /// Each condition by its name; nothing is overwritten.
    pub fn open(folder: &Path, key: &TransportKey) -> Result<Self, StoreError> {
        Ok(Self::of(folder, key, database::open(folder, &PLAN, key)?))
    }

    /// Whether the folder holds a finished outbox.
    #[must_use]
    pub fn is_created(folder: &Path) -> bool {
        std::fs::metadata(folder.join(PLAN.file)).is_ok_and(|meta| meta.len() > 0)
    }

    /// Moves a damaged outbox into a dated folder beside it.
    ///
    /// # Errors
    /// When there is none, it is open, or the disk refuses.
    pub fn set_aside(folder: &Path, now_ms: i64) -> Result<PathBuf, StoreError> {
        database::set_aside(folder, &PLAN, now_ms)
    }

    /// One durable promise, as in the station's database.
    ///
    /// # Errors
    /// What `act` answers, or what kept the promise from being kept.
    pub fn write<T>(
        &self,
        act: impl FnOnce(&mut OutboxWriting<'_, '_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.on(|vault| vault.write(|writing| act(&mut OutboxWriting(writing))))
    }

    /// Reads one state of the outbox.
    ///
    /// # Errors
    /// What `act` answers, or what kept the outbox from being read.
    pub fn read<T>(
        &self,
        act: impl FnOnce(&OutboxReading<'_, '_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.on(|vault| vault.read(|reading| act(&OutboxReading(reading))))
    }

    /// Moves the log into the database file.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        self.on(Vault::checkpoint)
    }

    /// Looks at every page: its seal, then its structure.
    ///
    /// # Errors
    /// What was found damaged.
    pub fn verify(&self) -> Result<(), StoreError> {
        self.on(Vault::verify)
    }

    /// Writes a verified copy into another folder.
    ///
    /// # Errors
    /// When either disk refuses, or the copy does not read back.
    pub fn copy_to(&self, folder: &Path, key: &TransportKey) -> Result<(), StoreError> {
        self.on(|vault| vault.copy_to(folder, key))
    }

    fn of(folder: &Path, key: &TransportKey, vault: Vault) -> Self {
        Self { folder: folder.to_owned(), key: key.copy(), vault: RwLock::new(Some(vault)) }
    }

    fn on<T>(&self, act: impl FnOnce(&Vault) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let is_sound = |vault: &Option<Vault>| vault.as_ref().is_some_and(|vault| !vault.is_poisoned());
        if !is_sound(&self.vault.read().unwrap_or_else(PoisonError::into_inner)) {
            let mut vault = self.vault.write().unwrap_or_else(PoisonError::into_inner);
            if !is_sound(&vault) {
                // Its lock goes with it, or it could not be opened again.
                drop(vault.take());
                *vault = Some(database::open(&self.folder, &PLAN, &self.key)?);
            }
        }
        let vault = self.vault.read().unwrap_or_else(PoisonError::into_inner);
        act(vault.as_ref().ok_or(StoreError::Poisoned)?)
    }
}
