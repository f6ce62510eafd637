//! What the station tells people when something does not go: one closed code, its values, one advice.

mod code;

use std::collections::BTreeMap;
use std::io;

use rekam_keys::{FileError, HardwareError, RingError, SecretError, UnlockError};
use rekam_store::{MirrorError, StoreError};
use serde::Serialize;

pub use code::Code;

use crate::config::ConfigError;

/// A code with the values its two sentences name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Problem {
    /// What kind of problem.
    pub code: Code,
    /// Named values for the text; never personal data.
    pub values: BTreeMap<String, String>,
}

impl Problem {
    /// A problem without values.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self { code, values: BTreeMap::new() }
    }

    /// The same problem with one more named value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }

    pub(crate) fn of_disk(operation: &str, file: &str, source: &io::Error) -> Self {
        let kind = source.kind();
        let code = if kind == io::ErrorKind::StorageFull { Code::DiskFull } else { Code::DiskRefused };
        Self::new(code).with("operation", operation).with("file", file)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let values: Vec<String> =
            self.values.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let (open, close) = if values.is_empty() { ("", "") } else { (" (", ")") };
        write!(formatter, "{}{open}{}{close}", self.code.word(), values.join(", "))
    }
}

impl std::error::Error for Problem {}

impl From<ConfigError> for Problem {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::Missing { .. } => Self::new(Code::NotSetUp),
            ConfigError::Disk { operation, file, source } => Self::of_disk(operation, file, &source),
            ConfigError::Damaged { file, .. } => Self::new(Code::FileDamaged).with("file", file),
        }
    }
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Damaged { file, .. } => Self::new(Code::FileDamaged).with("file", file),
            FileError::NewerVersion { file, .. } => Self::new(Code::NewerProgram).with("file", file),
            FileError::Io { operation, file, source } => Self::of_disk(operation, &file, &source),
            _ => Self::new(Code::OurMistake),
        }
    }
}

impl From<HardwareError> for Problem {
    fn from(error: HardwareError) -> Self {
        let code = match &error {
            HardwareError::Missing { .. } => Code::HardwareMissing,
            HardwareError::Changed => Code::HardwareChanged,
            HardwareError::Locked { .. } => Code::HardwareLocked,
            // What is left are refusals of the chip, by whatever name.
            HardwareError::Refused { .. } | _ => Code::HardwareRefused,
        };
        error
            .text_values()
            .into_iter()
            .fold(Self::new(code), |problem, (name, value)| problem.with(name, value))
    }
}

impl From<SecretError> for Problem {
    fn from(error: SecretError) -> Self {
        let refused = Self::new(Code::SecretRefused).with("why", error.text_key());
        error.text_values().into_iter().fold(refused, |problem, (name, value)| problem.with(name, value))
    }
}

impl From<RingError> for Problem {
    fn from(error: RingError) -> Self {
        match error {
            RingError::NotReady => Self::new(Code::NotSetUp),
            RingError::InUse => Self::new(Code::AlreadyRunning),
            RingError::AlreadyThere => Self::new(Code::AlreadySetUp),
            RingError::AccountExists(_) => Self::new(Code::AccountTaken),
            RingError::UnknownAccount => Self::new(Code::UnknownAccount),
            RingError::File(error) => error.into(),
            RingError::Hardware(error) => error.into(),
            RingError::Secret(error) => error.into(),
            RingError::Closed => Self::new(Code::AccountClosed),
            // What is left are calls that the core itself must not make.
            RingError::LastAccount | RingError::OtherRing | _ => Self::new(Code::OurMistake),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let disk =
            |operation: &str| Self::new(Code::DiskRefused).with("operation", operation).with("file", "store");
        match error {
            StoreError::DiskFull { .. } => Self::new(Code::DiskFull),
            StoreError::DiskReadOnly { operation } => disk(operation),
            StoreError::WriteFailed { operation, .. } | StoreError::ReadFailed { operation, .. } => {
                disk(operation)
            }
            StoreError::Poisoned => disk("write"),
            StoreError::FolderMissing { .. } => Self::new(Code::FolderUnusable).with("folder", "store"),
            StoreError::Damaged { .. } | StoreError::WrongKey | StoreError::ForeignFile { .. } => {
                Self::new(Code::FileDamaged).with("file", "station.db")
            }
            StoreError::NewerSchema { .. } => Self::new(Code::NewerProgram).with("file", "station.db"),
            StoreError::AlreadyOpen => Self::new(Code::AlreadyRunning),
            StoreError::NotCreated => Self::new(Code::NotSetUp),
            StoreError::AlreadyCreated => Self::new(Code::AlreadySetUp),
            StoreError::NotFound { .. } => Self::new(Code::UnknownCase),
            StoreError::NumbersExhausted { series, .. } => {
                Self::new(Code::NumbersUsedUp).with("series", series)
            }
            StoreError::TooLarge { .. } => Self::new(Code::InputRefused),
            // What is left are calls that the core itself must not make.
            StoreError::Refused { .. } | StoreError::BlockOverlaps { .. } => Self::new(Code::OurMistake),
        }
    }
}

impl From<MirrorError> for Problem {
    fn from(error: MirrorError) -> Self {
        use MirrorError as E;
        let operation = |code: Code, operation: &str| Self::new(code).with("operation", operation);
        match error {
            E::DiskGone { .. } => Self::new(Code::CopyDiskGone),
            E::DiskFull { needed_bytes, .. } => {
                // A disk that filled up on the way does not tell how much is missing.
                Self::new(Code::CopyDiskFull).with("needed", needed_bytes.div_ceil(1_000_000).max(1))
            }
            E::DiskReadOnly { operation: at } => operation(Code::CopyDiskRefused, at),
            E::FileTooLarge { operation: at } => operation(Code::CopyDiskRefused, at),
            E::WriteFailed { operation: at, .. } | E::ReadFailed { operation: at, .. } => {
                operation(Code::CopyDiskRefused, at)
            }
            E::ForeignFolder { .. } | E::InsideOriginal => Self::new(Code::CopyForeign),
            E::DamagedCopy { what } => Self::new(Code::CopyDamaged).with("what", what),
            E::Behind { what } => Self::new(Code::CopyDamaged).with("what", what),
            E::DamagedOriginal { .. } => Self::new(Code::FileDamaged).with("file", "station.db"),
            E::OriginalMissing { .. } => Self::new(Code::NotSetUp),
            E::InUse => Self::new(Code::AlreadyRunning),
            E::NotEmpty => Self::new(Code::FolderNotEmpty),
            _ => Self::new(Code::OurMistake),
        }
    }
}

impl From<UnlockError> for Problem {
    fn from(error: UnlockError) -> Self {
        let wait = |wait_ms: u64| Self::new(Code::WaitBeforeNextTry).with("seconds", wait_ms.div_ceil(1000));
        match error {
            UnlockError::WrongSecret { tries_left_before_wait: 0, wait_ms } => wait(wait_ms),
            UnlockError::WrongSecret { tries_left_before_wait, .. } => {
                Self::new(Code::WrongSecret).with("count", tries_left_before_wait)
            }
            UnlockError::Wait { wait_ms, .. } => wait(wait_ms),
            UnlockError::Locked => Self::new(Code::AccountLocked),
            UnlockError::Closed => Self::new(Code::AccountClosed),
            UnlockError::UnknownAccount => Self::new(Code::UnknownAccount),
            UnlockError::WrongRecoveryKey => Self::new(Code::WrongRecoveryKey),
            UnlockError::Secret(error) => error.into(),
            UnlockError::Hardware(error) => error.into(),
            UnlockError::Damaged { file, .. } => Self::new(Code::FileDamaged).with("file", file),
            UnlockError::NewerVersion { file, .. } => Self::new(Code::NewerProgram).with("file", file),
            UnlockError::Io { operation, file, source } => Self::of_disk(operation, &file, &source),
            _ => Self::new(Code::OurMistake),
        }
    }
}

#[cfg(test)]
mod tests {
    use rekam_domain::text::{Language, text};

    use super::*;

    #[test]
    fn every_code_has_a_cause_and_a_next_action_in_both_languages() {
        for code in Code::ALL {
            assert_eq!(serde_json_word(*code), code.word());
            for language in Language::ALL {
                for key in [format!("code.{}", code.word()), format!("code.{}.next", code.word())] {
                    assert!(!text(language, &key, &[]).starts_with('['), "{language:?} lacks {key}");
                }
            }
        }
    }

    fn serde_json_word(code: Code) -> String {
        #[derive(Serialize)]
        struct Holder {
            code: Code,
        }
        let toml = toml::to_string(&Holder { code }).unwrap();
        toml.trim().trim_start_matches("code = ").trim_matches('"').to_owned()
    }

    #[test]
    fn a_full_disk_of_a_copy_says_how_much_is_missing() {
        for (needed_bytes, told) in [(0, "1"), (2_500_000, "3")] {
            let problem = Problem::from(MirrorError::DiskFull { operation: "write", needed_bytes });
            let values: Vec<_> = problem.values.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            let next = text(Language::Indonesian, "code.copy_disk_full.next", &values);
            assert!(next.contains(&format!(" {told} MB")), "{next}");
        }
    }

    #[test]
    fn a_full_disk_is_told_apart_from_a_refusing_one() {
        let full = FileError::Io {
            operation: "write",
            file: "a.key".to_owned(),
            source: io::Error::from(io::ErrorKind::StorageFull),
        };
        assert_eq!(Problem::from(full).code, Code::DiskFull);
        let other = FileError::Io {
            operation: "write",
            file: "a.key".to_owned(),
            source: io::Error::from(io::ErrorKind::PermissionDenied),
        };
        assert_eq!(Problem::from(other).to_string(), "disk_refused (file: a.key, operation: write)");
    }
}
