//! Why a key file could not be used, told without a name, a secret or a key.

use std::io;

use crate::account::AccountId;
use crate::attempts::WaitReason;
use crate::binding::KeyError;
use crate::hardware::HardwareError;
use crate::secret::SecretError;

/// A file of the ring could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The file does not hold what was written into it.
    #[error("key file {file} is damaged: {what}")]
    Damaged {
        /// Name inside the ring folder.
        file: String,
        /// What does not hold.
        what: &'static str,
    },
    /// The file was written by a newer program.
    #[error("key file {file} has version {version}, this program reads up to {known}", known = crate::file::VERSION)]
    NewerVersion {
        /// Name inside the ring folder.
        file: String,
        /// The version found.
        version: u32,
    },
    /// The disk or the system refused.
    #[error("{operation} {file}")]
    Io {
        /// What was being done.
        operation: &'static str,
        /// Name inside the ring folder, empty where no file is meant.
        file: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl FileError {
    pub(crate) fn damaged(file: &str, what: &'static str) -> Self {
        Self::Damaged { file: file.to_owned(), what }
    }

    pub(crate) fn io(operation: &'static str, file: &str, source: io::Error) -> Self {
        Self::Io { operation, file: file.to_owned(), source }
    }

    /// Key of the sentence for the person at the desk (`domain/text`).
    #[must_use]
    pub fn text_key(&self) -> &'static str {
        match self {
            Self::Damaged { .. } => "unlock.damaged",
            Self::NewerVersion { .. } => "unlock.newer_version",
            Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => "unlock.disk_full",
            Self::Io { .. } => "unlock.io",
        }
    }

    /// What stands in that sentence's places.
    #[must_use]
    pub fn text_values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Damaged { file, .. } | Self::Io { file, .. } => vec![("file", file.clone())],
            Self::NewerVersion { file, version } => {
                vec![("file", file.clone()), ("version", version.to_string())]
            }
        }
    }
}

/// A person could not be let in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnlockError {
    /// The secret does not open this account.
    #[error("wrong secret, {tries_left_before_wait} tries before a wait")]
    WrongSecret {
        /// Tries that cost no waiting; 0 when a wait has begun.
        tries_left_before_wait: u32,
        /// The wait that has begun with this try.
        wait_ms: u64,
    },
    /// Trying is not allowed yet; the secret was not looked at.
    #[error("no try before {until_unix_ms} ({wait_ms} ms): {reason:?}")]
    Wait {
        /// Wall time at which the next try is allowed, if the clock is left alone.
        until_unix_ms: i64,
        /// The same as a remaining time.
        wait_ms: u64,
        /// Why there is a wait.
        reason: WaitReason,
    },
    /// Too many wrong secrets: only a reset by a supervisor or with the recovery key helps.
    #[error("account is locked after too many wrong secrets")]
    Locked,
    /// The account was closed.
    #[error("account is closed")]
    Closed,
    /// No account of this id.
    #[error("no such account")]
    UnknownAccount,
    /// The recovery key is well formed but belongs to another station, or was replaced by a newer one.
    #[error("the recovery key does not open this ring")]
    WrongRecoveryKey,
    /// The new secret was refused.
    #[error("the new secret is refused")]
    Secret(#[from] SecretError),
    /// The account is bound to a TPM, which did not do its part.
    #[error(transparent)]
    Hardware(#[from] HardwareError),
    /// A file does not hold what was written into it.
    #[error("key file {file} is damaged: {what}")]
    Damaged {
        /// Name inside the ring folder.
        file: String,
        /// What does not hold.
        what: &'static str,
    },
    /// A file was written by a newer program.
    #[error("key file {file} has version {version}")]
    NewerVersion {
        /// Name inside the ring folder.
        file: String,
        /// The version found.
        version: u32,
    },
    /// The disk or the system refused; the secret counts as not tried.
    #[error("{operation} {file}")]
    Io {
        /// What was being done.
        operation: &'static str,
        /// Name inside the ring folder, empty where no file is meant.
        file: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl From<FileError> for UnlockError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Damaged { file, what } => Self::Damaged { file, what },
            FileError::NewerVersion { file, version } => Self::NewerVersion { file, version },
            FileError::Io { operation, file, source } => Self::Io { operation, file, source },
        }
    }
}

impl From<KeyError> for UnlockError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::File(error) => error.into(),
            KeyError::Hardware(error) => Self::Hardware(error),
        }
    }
}

impl UnlockError {
    /// Key of the sentence for the person at the desk (`domain/text`).
    #[must_use]
    pub fn text_key(&self) -> &'static str {
        match self {
            Self::WrongSecret { tries_left_before_wait: 0, .. } => "unlock.wrong_secret_wait",
            Self::WrongSecret { .. } => "unlock.wrong_secret",
            Self::Wait { reason, .. } => reason.text_key(),
            Self::Locked => "unlock.locked",
            Self::Closed => "unlock.closed",
            Self::UnknownAccount => "unlock.unknown_account",
            Self::WrongRecoveryKey => "unlock.wrong_recovery_key",
            Self::Secret(error) => error.text_key(),
            Self::Hardware(error) => error.text_key(),
            Self::Damaged { .. } => "unlock.damaged",
            Self::NewerVersion { .. } => "unlock.newer_version",
            Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => "unlock.disk_full",
            Self::Io { .. } => "unlock.io",
        }
    }

    /// What stands in that sentence's places; seconds are rounded up, so that nobody comes back too early.
    #[must_use]
    pub fn text_values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::WrongSecret { tries_left_before_wait: 0, wait_ms } | Self::Wait { wait_ms, .. } => {
                vec![("seconds", wait_ms.div_ceil(1000).to_string())]
            }
            Self::WrongSecret { tries_left_before_wait, .. } => {
                vec![("tries", tries_left_before_wait.to_string())]
            }
            Self::Secret(error) => error.text_values(),
            Self::Hardware(error) => error.text_values(),
            Self::Damaged { file, .. } | Self::Io { file, .. } => vec![("file", file.clone())],
            Self::NewerVersion { file, version } => {
                vec![("file", file.clone()), ("version", version.to_string())]
            }
            Self::Locked | Self::Closed | Self::UnknownAccount | Self::WrongRecoveryKey => Vec::new(),
        }
    }
}

/// The ring could not be opened, created or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RingError {
    /// No ring yet, or its creation was interrupted: create it (again).
    #[error("the key ring is not set up yet")]
    NotReady,
    /// There is a ring already; nothing was touched.
    #[error("there is a key ring already")]
    AlreadyThere,
    /// Another program has this ring open.
    #[error("the key ring is in use by another program")]
    InUse,
    /// The secret was refused.
    #[error("the secret is refused")]
    Secret(#[from] SecretError),
    /// An account of this id exists, open or closed; ids are never used twice.
    #[error("account {0} exists")]
    AccountExists(AccountId),
    /// No account of this id.
    #[error("no such account")]
    UnknownAccount,
    /// The account is closed and cannot be changed.
    #[error("account is closed")]
    Closed,
    /// The last open account cannot be closed, for nobody could sign in afterwards.
    #[error("the last open account cannot be closed")]
    LastAccount,
    /// The person who acts has opened another ring.
    #[error("opened with the keys of another ring")]
    OtherRing,
    /// The card is larger than a key file may hold.
    #[error("the account card has more than {max} bytes")]
    CardTooLarge {
        /// The most that is taken.
        max: usize,
    },
    /// The account has had as many signing keys as a file may hold.
    #[error("the account has had {max} signing keys")]
    TooManyKeys {
        /// The most that are kept.
        max: usize,
    },
    /// The TPM that new secrets are bound to did not do its part.
    #[error(transparent)]
    Hardware(#[from] HardwareError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

impl From<KeyError> for RingError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::File(error) => Self::File(error),
            KeyError::Hardware(error) => Self::Hardware(error),
        }
    }
}

impl RingError {
    /// Key of the sentence for the person at the desk (`domain/text`).
    #[must_use]
    pub fn text_key(&self) -> &'static str {
        match self {
            Self::NotReady => "unlock.not_ready",
            Self::AlreadyThere => "unlock.already_there",
            Self::InUse => "unlock.in_use",
            Self::Secret(error) => error.text_key(),
            Self::Hardware(error) => error.text_key(),
            Self::AccountExists(_) => "unlock.account_exists",
            Self::UnknownAccount => "unlock.unknown_account",
            Self::Closed => "unlock.closed",
            Self::LastAccount => "unlock.last_account",
            Self::OtherRing => "unlock.other_ring",
            Self::CardTooLarge { .. } => "unlock.card_too_large",
            Self::TooManyKeys { .. } => "unlock.too_many_keys",
            Self::File(error) => error.text_key(),
        }
    }

    /// What stands in that sentence's places.
    #[must_use]
    pub fn text_values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Secret(error) => error.text_values(),
            Self::Hardware(error) => error.text_values(),
            Self::CardTooLarge { max } | Self::TooManyKeys { max } => vec![("max", max.to_string())],
            Self::File(error) => error.text_values(),
            Self::NotReady
            | Self::AlreadyThere
            | Self::InUse
            | Self::AccountExists(_)
            | Self::UnknownAccount
            | Self::Closed
            | Self::LastAccount
            | Self::OtherRing => Vec::new(),
        }
    }
}
