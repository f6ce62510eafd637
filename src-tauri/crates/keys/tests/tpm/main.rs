//! The ring bound to a TPM: a real software TPM for each test, with real counting, real lockout and real power cuts.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test that is wrong about its own data fails, and so it should"
)]

mod bound;
mod chip;
mod forged;
mod limits;
mod power;

use std::fs;
use std::path::{Path, PathBuf};

use rekam_keys::{
    AccountId, Cost, Created, HardwareError, KeyRing, NewAccount, RecoveryKey, Secret, Tpm, UnlockError,
    Unlocked,
};
use tempfile::TempDir;

use chip::SoftwareTpm;

/// Some day in 2026; tests count from here.
const NOW: i64 = 1_795_000_000_000;
const PIN: &str = "482915";
const PASSPHRASE: &str = "kopi susu pagi hari";

fn cost() -> Cost {
    Cost::new(8, 1, 1).unwrap()
}

fn id(text: &str) -> AccountId {
    text.parse().unwrap()
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

/// A short path, because the names of sockets are limited, and in memory, because everything is synced.
fn temporary() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A ring of Siti, and what was printed for the office.
struct Desk {
    root: TempDir,
    recovery: RecoveryKey,
    key: [u8; 32],
}

impl Desk {
    fn new(tpm: Option<Tpm>, text: &str) -> Self {
        let root = temporary();
        let Created { unlocked, recovery, .. } = create(&root.path().join("keys"), tpm, text).unwrap();
        Self { key: *unlocked.opened().database_key(), root, recovery }
    }

    fn path(&self) -> PathBuf {
        self.root.path().join("keys")
    }

    fn open(&self, tpm: Option<Tpm>) -> KeyRing {
        KeyRing::open(&self.path(), cost().with(tpm)).unwrap()
    }

    fn unlock(&self, tpm: Option<Tpm>, text: &str) -> Result<Unlocked, UnlockError> {
        let unlocked = self.open(tpm).unlock(&id("siti"), &secret(text), NOW)?;
        assert_eq!(*unlocked.opened().database_key(), self.key);
        Ok(unlocked)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Every byte of the folder, as a thief or a backup takes it.
    fn copied(&self) -> Self {
        let root = temporary();
        let keys = root.path().join("keys");
        fs::create_dir(&keys).unwrap();
        for entry in fs::read_dir(self.path()).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), keys.join(entry.file_name())).unwrap();
        }
        Self { root, recovery: RecoveryKey::parse(&self.recovery.printed()).unwrap(), key: self.key }
    }
}

fn create(path: &Path, tpm: Option<Tpm>, text: &str) -> Result<Created, rekam_keys::RingError> {
    let first = NewAccount { id: &id("siti"), secret: &secret(text), card: b"siti" };
    KeyRing::create(path, &first, cost().with(tpm), NOW)
}

/// What the chip did not do.
fn hardware(result: Result<Unlocked, UnlockError>) -> HardwareError {
    match result.unwrap_err() {
        UnlockError::Hardware(error) => error,
        other => panic!("{other}"),
    }
}

/// A chip that limits guesses, with room for the slips of a test.
fn guarded() -> SoftwareTpm {
    SoftwareTpm::owned(64, 600)
}
