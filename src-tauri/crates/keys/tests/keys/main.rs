//! The ring as its callers see it: real folders, given time, cheap parameters.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test that is wrong about its own data fails, and so it should"
)]

mod accounts;
mod processes;
mod recovery;
mod tamper;
mod text;
mod tries;

use std::fs;
use std::path::{Path, PathBuf};

use rekam_keys::{AccountId, Cost, Created, KeyRing, NewAccount, RecoveryKey, Secret};
use tempfile::TempDir;

/// Some day in 2026; tests count from here.
const NOW: i64 = 1_795_000_000_000;
const PASSPHRASE: &str = "kopi susu pagi hari";
const CARD: &[u8] = b"KANARI-NAMA Siti Rahmawati, SK 12/2026";

fn cost() -> Cost {
    Cost::new(8, 1, 1).unwrap()
}

fn id(text: &str) -> AccountId {
    text.parse().unwrap()
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

/// A folder in memory where there is one, for thousands of syncs; on the disk elsewhere.
fn temporary() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

struct Desk {
    root: TempDir,
    recovery: RecoveryKey,
}

impl Desk {
    fn new() -> Self {
        let root = temporary();
        let created = create(&root.path().join("keys"));
        Self { root, recovery: created.recovery }
    }

    fn path(&self) -> PathBuf {
        self.root.path().join("keys")
    }

    fn open(&self) -> KeyRing {
        KeyRing::open(&self.path(), cost()).unwrap()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }
}

fn create(path: &Path) -> Created {
    let first = NewAccount { id: &id("siti"), secret: &secret(PASSPHRASE), card: CARD };
    KeyRing::create(path, &first, cost(), NOW).unwrap()
}

fn names(path: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
