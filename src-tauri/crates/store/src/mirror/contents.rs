//! What a copy holds, file by file with hashes: the same for a mirror and a backup, so that both are given back alike.

use std::path::{Path, PathBuf};

use super::error::MirrorError;
use super::plain::{Plain, hash_file};
use super::replica::Replica;
use super::source::{KINDS, from_hex, log_of};
use super::state::State;

/// A file of the station as it lies in a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// Where it stands in the station's folder.
    pub(crate) path: String,
    pub(crate) parts: Vec<Part>,
}

/// A piece of a file: the first `bytes` of a file of the copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) hash: [u8; 32],
}

/// What a verified copy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyReport {
    /// Files of the station that are in it.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// When the original was copied last, in milliseconds.
    pub copied_ms: i64,
}

impl CopyReport {
    pub(crate) fn of(items: &[Item], copied_ms: i64) -> Self {
        let bytes = items.iter().flat_map(|item| &item.parts).map(|part| part.bytes).sum();
        Self { files: items.len(), bytes, copied_ms }
    }
}

/// The folder of a copied database in a mirror.
pub(super) fn replica_folder(root: &Path, word: &str, number: u64) -> PathBuf {
    root.join(format!("{word}-{number}"))
}

/// Verifies a mirror and lists what it holds.
pub(crate) fn of_mirror(root: &Path) -> Result<(Vec<Item>, i64), MirrorError> {
    let Some(state) = State::read(root)? else {
        return Err(MirrorError::ForeignFolder { what: "no mirror".into() });
    };
    let mut items = Vec::new();
    for kind in KINDS {
        let Some(note) = state.note(kind.word) else { continue };
        let damaged = || MirrorError::DamagedCopy { what: format!("the note about {}", kind.file) };
        let (at, next) = note.place().ok_or_else(damaged)?;
        let folder = replica_folder(root, kind.word, note.number);
        let mut replica = Replica::in_folder(kind, folder, u64::MAX, true);
        replica.at = at;
        replica.next = next;
        let (hash, log_bytes) = replica.verify()?;
        let path = replica.ground.path.clone();
        let ground = Part { bytes: replica.ground.bytes()?, hash, path };
        items.push(Item { path: kind.file.to_owned(), parts: vec![ground] });
        if log_bytes > 0 {
            let path = replica.log_path();
            let (hash, bytes) = hash_file(&path, log_bytes).map_err(super::error::on_reading(kind.file))?;
            let log = Part { path, bytes, hash };
            items.push(Item {
                path: log_of(Path::new(kind.file)).to_string_lossy().into_owned(),
                parts: vec![log],
            });
        }
    }
    if !items.iter().any(|item| item.path == "station.db") {
        return Err(MirrorError::Behind { what: "the first copy of the database is not whole yet" });
    }
    let plain = Plain::open(root)?;
    plain.verify()?;
    for file in plain.files() {
        let hash = from_hex(&file.hash)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| MirrorError::DamagedCopy { what: file.path.clone() })?;
        let part = Part { path: plain.path(file.number), bytes: file.bytes, hash };
        items.push(Item { path: file.path.clone(), parts: vec![part] });
    }
    Ok((items, state.copied_ms.unwrap_or_default()))
}
