//! Why a store could not do what was asked: each condition named, none carrying a word about a person.

use std::error::Error;
use std::io;

/// What lies under a store error: the database's or the operating system's own words.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Why the store could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The key is not the one the database was made with.
    #[error("the key does not fit the database")]
    WrongKey,
    /// Stored bytes are no longer what was written.
    #[error("damaged: {what}")]
    Damaged {
        /// Which part was found damaged.
        what: String,
    },
    /// A newer program has written here.
    #[error("the database has schema {found}, this program knows {known}")]
    NewerSchema {
        /// Schema of the file.
        found: i64,
        /// Newest schema of this program.
        known: i64,
    },
    /// The file opens with this key, but it is some other database.
    #[error("the file is not a {expected}")]
    ForeignFile {
        /// What was expected.
        expected: &'static str,
    },
    /// There is no room on the disk.
    #[error("the disk is full: {operation}")]
    DiskFull {
        /// What was being done.
        operation: &'static str,
    },
    /// The disk or the folder cannot be written.
    #[error("the disk cannot be written: {operation}")]
    DiskReadOnly {
        /// What was being done.
        operation: &'static str,
    },
    /// The folder, or a file that was open in it, is gone.
    #[error("the folder is missing: {operation}")]
    FolderMissing {
        /// What was being done.
        operation: &'static str,
    },
    /// The folder holds no database yet.
    #[error("there is no database in the folder")]
    NotCreated,
    /// The folder holds a database already.
    #[error("there is a database in the folder already")]
    AlreadyCreated,
    /// Writing or syncing failed; whether the bytes reached the disk is not known.
    #[error("writing failed: {operation}")]
    WriteFailed {
        /// What was being done.
        operation: &'static str,
        /// Why.
        source: Cause,
    },
    /// Reading failed.
    #[error("reading failed: {operation}")]
    ReadFailed {
        /// What was being done.
        operation: &'static str,
        /// Why.
        source: Cause,
    },
    /// Another program has this folder open.
    #[error("another program has the folder open")]
    AlreadyOpen,
    /// A write or a sync has failed before: nothing more is written until the store is opened again.
    #[error("an earlier write failed; the store must be opened again")]
    Poisoned,
    /// A rule of the database refuses the act.
    #[error("refused by a rule of the database: {operation}")]
    Refused {
        /// What was being done.
        operation: &'static str,
        /// The rule.
        source: Cause,
    },
    /// What was named does not exist.
    #[error("there is no such {what}")]
    NotFound {
        /// What was looked for.
        what: &'static str,
    },
    /// No block of this series has a number left.
    #[error("no number is left in series {series} of {year}")]
    NumbersExhausted {
        /// The series.
        series: String,
        /// The year.
        year: i32,
    },
    /// A block shares numbers with one that is already there.
    #[error("the block shares numbers with another block of series {series} of {year}")]
    BlockOverlaps {
        /// The series.
        series: String,
        /// The year.
        year: i32,
    },
    /// Something is larger than the store takes.
    #[error("{what} has {size} bytes, at most {size_max} are taken")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size.
        size: usize,
        /// The limit.
        size_max: usize,
    },
}

impl StoreError {
    /// A stored value that cannot be what was written.
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }

    /// Whether nothing more may be written after this.
    pub(crate) fn forbids_writing(&self) -> bool {
        matches!(self, Self::WriteFailed { .. } | Self::Damaged { .. } | Self::DiskReadOnly { .. })
    }
}

/// Names an error of the operating system while something is written.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the list is open: whatever is new there is a failed write until it is named"
)]
pub(crate) fn from_io(operation: &'static str, error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::DiskFull { operation },
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            StoreError::DiskReadOnly { operation }
        }
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => StoreError::FolderMissing { operation },
        _ => StoreError::WriteFailed { operation, source: Box::new(error) },
    }
}

/// Names an error of the database; `probe` looks at the disk when the database only says "I/O error".
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the lists are open: whatever is new there is a refusal until it is named"
)]
pub(crate) fn from_sql(
    operation: &'static str,
    error: rusqlite::Error,
    probe: impl FnOnce() -> Option<StoreError>,
) -> StoreError {
    use rusqlite::ErrorCode as Code;
    let code = match &error {
        rusqlite::Error::SqliteFailure(failure, _) => *failure,
        rusqlite::Error::QueryReturnedNoRows => return StoreError::NotFound { what: operation },
        rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::Utf8Error(..) => {
            return StoreError::damaged(format!("a value read for: {operation}"));
        }
        _ => return StoreError::Refused { operation, source: Box::new(error) },
    };
    let is_sync = matches!(
        code.extended_code,
        rusqlite::ffi::SQLITE_IOERR_FSYNC | rusqlite::ffi::SQLITE_IOERR_DIR_FSYNC
    );
    match code.code {
        Code::DiskFull => StoreError::DiskFull { operation },
        Code::ReadOnly => StoreError::DiskReadOnly { operation },
        Code::DatabaseCorrupt | Code::NotADatabase => {
            StoreError::damaged(format!("a page read for: {operation}"))
        }
        // A failed sync is what it is: a look at the disk afterwards must not turn it into something milder.
        Code::SystemIoFailure if is_sync => StoreError::WriteFailed { operation, source: Box::new(error) },
        Code::SystemIoFailure if is_reading(code.extended_code) => {
            StoreError::ReadFailed { operation, source: Box::new(error) }
        }
        Code::SystemIoFailure | Code::CannotOpen => {
            probe().unwrap_or_else(|| StoreError::WriteFailed { operation, source: Box::new(error) })
        }
        _ => StoreError::Refused { operation, source: Box::new(error) },
    }
}

fn is_reading(extended_code: std::ffi::c_int) -> bool {
    matches!(
        extended_code,
        rusqlite::ffi::SQLITE_IOERR_READ
            | rusqlite::ffi::SQLITE_IOERR_SHORT_READ
            | rusqlite::ffi::SQLITE_IOERR_CORRUPTFS
    )
}
