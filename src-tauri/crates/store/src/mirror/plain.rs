//! The plain files of a station: settings, key files, sealed packets; each copied whole under a number.
//!
//! Not copied: databases and logs (they have their own way), locks, ballast, half-written files, what was set aside as
//! damaged, and the transport secret. That one opens the outbox without any person; on a disk that is carried about it
//! would open the copy of the outbox too. It stands sealed in the key ring and is written again after a restoration.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::contents::Part;
use super::error::{MirrorError, on_copy, on_original, on_reading};
use super::frame::read_up_to;
use super::hand::{Hand, forget};
use super::source::{KINDS, hex};
use super::state::{read_sealed, write_sealed};

/// Folder of the copied files.
pub(crate) const FOLDER: &str = "files";
const LIST: &str = "files.list";
/// A station of a quarter without network holds 15,000 packets.
pub(crate) const FILES_MAX: usize = 100_000;
const DEPTH_MAX: usize = 6;
/// What one step copies of plain files before the databases have their turn again.
pub(crate) const STEP_BYTES: u64 = 64 * 1024 * 1024;
/// A file that vanished from the original stays this long: vanishing may be the damage a mirror is for.
const GONE_KEPT_MS: i64 = 7 * 24 * 60 * 60 * 1000;
const PIECE: usize = 1024 * 1024;

/// A copied file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlainFile {
    /// Where it stands in the station's folder, with `/` between folders.
    pub(crate) path: String,
    pub(crate) number: u64,
    pub(crate) bytes: u64,
    pub(crate) hash: String,
    stamp: (i64, i64, u64),
    gone_ms: Option<i64>,
}

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    number_next: u64,
    files: Vec<PlainFile>,
}

/// The copied plain files of one mirror.
#[derive(Debug)]
pub(crate) struct Plain {
    root: PathBuf,
    list: List,
}

/// The office of a demonstration is served from there; it is no part of the station.
const DEMONSTRATION_OFFICE: &str = "demonstration-office";

fn is_copied(name: &str, is_top: bool) -> bool {
    let is_database = is_top && KINDS.iter().any(|kind| name.starts_with(kind.file));
    let is_left_out = is_top
        && (["ballast", "lost+found", "tmp", DEMONSTRATION_OFFICE].contains(&name)
            || name.starts_with("set-aside-"));
    let is_unfinished = [".lock", ".new", ".copying", ".restoring", ".unfinished", ".draft", ".parts"]
        .iter()
        .any(|end| name.ends_with(end));
    !(is_database || is_left_out || is_unfinished || name == "transport.secret")
}

/// What changes whenever a file is written: length, time and number.
fn stamp(meta: &Metadata) -> (i64, i64, u64) {
    (meta.mtime(), meta.mtime_nsec(), meta.ino())
}

/// Every plain file of the original, by its path.
pub(crate) fn walk(original: &Path) -> Result<BTreeMap<String, Metadata>, MirrorError> {
    let named = on_original("list the files of the original");
    let mut found = BTreeMap::new();
    let mut waiting = vec![(original.to_owned(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = waiting.pop() {
        for entry in fs::read_dir(&folder).map_err(&named)? {
            let entry = entry.map_err(&named)?;
            // A name that is no text is nothing the station has written.
            let Ok(name) = entry.file_name().into_string() else { continue };
            if !is_copied(&name, depth == 0) {
                continue;
            }
            let meta = match entry.metadata() {
                Ok(meta) => meta,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(named(error)),
            };
            let path = format!("{prefix}{name}");
            if meta.is_dir() && depth < DEPTH_MAX {
                waiting.push((entry.path(), format!("{path}/"), depth + 1));
            } else if meta.is_file() {
                found.insert(path, meta);
            }
            if found.len() > FILES_MAX {
                return Err(MirrorError::TooMany {
                    what: "the folder of the original",
                    count_max: FILES_MAX,
                });
            }
        }
    }
    Ok(found)
}

/// Hash and length of a file as it is read from the disk.
pub(crate) fn hash_file(path: &Path, bytes_max: u64) -> std::io::Result<([u8; 32], u64)> {
    hash_range(path, 0, bytes_max)
}

/// The same from a place on.
pub(crate) fn hash_range(path: &Path, from: u64, bytes_max: u64) -> std::io::Result<([u8; 32], u64)> {
    let file = File::open(path)?;
    forget(&file, 0, 0);
    let (mut hash, mut at, mut piece) = (Sha256::new(), 0, vec![0; PIECE]);
    while at < bytes_max {
        let wanted = usize::try_from(bytes_max - at).unwrap_or(PIECE).min(PIECE);
        let read = read_up_to(&file, piece.get_mut(..wanted).unwrap_or_default(), from + at)?;
        hash.update(piece.get(..read).unwrap_or_default());
        at += read as u64;
        if read < wanted {
            break;
        }
    }
    Ok((hash.finalize().into(), at))
}

/// Copies one file, synced and read back; nothing if it changed meanwhile.
pub(crate) fn copy_file(
    hand: &Hand,
    from: &Path,
    to: &Path,
) -> Result<Option<(String, Metadata)>, MirrorError> {
    let named = on_original("read a file of the original");
    let source = match File::open(from) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(named(error)),
    };
    let before = source.metadata().map_err(&named)?;
    let target = hand.open(to)?;
    hand.set_length(&target, 0)?;
    let (mut hash, mut at, mut piece) = (Sha256::new(), 0, vec![0; PIECE]);
    loop {
        let read = read_up_to(&source, &mut piece, at).map_err(&named)?;
        let part = piece.get(..read).unwrap_or_default();
        if read > 0 {
            hand.write(&target, to, part, at)?;
        }
        hash.update(part);
        at += read as u64;
        if read < PIECE {
            break;
        }
    }
    hand.sync(&target, to)?;
    let hash: [u8; 32] = hash.finalize().into();
    let after = source.metadata().map_err(&named)?;
    if stamp(&before) != stamp(&after) || before.len() != at {
        return Ok(None);
    }
    if hash_file(to, u64::MAX).map_err(on_copy("read the copy back"))? != (hash, at) {
        return Err(MirrorError::DamagedCopy { what: "a file does not read back as it was written".into() });
    }
    Ok(Some((hex(&hash), after)))
}

/// Writes one part of a copied file behind another; answers its bytes.
pub(crate) fn copy_part(
    hand: &Hand,
    part: &Part,
    target: &File,
    path: &Path,
    at: u64,
) -> Result<u64, MirrorError> {
    let what = part.path.file_name().unwrap_or_default().to_string_lossy();
    let named = on_reading(&what);
    let source = File::open(&part.path).map_err(&named)?;
    let (mut hash, mut done, mut piece) = (Sha256::new(), 0, vec![0; PIECE]);
    while done < part.bytes {
        let wanted = usize::try_from(part.bytes - done).unwrap_or(PIECE).min(PIECE);
        let read = read_up_to(&source, piece.get_mut(..wanted).unwrap_or_default(), done).map_err(&named)?;
        let bytes = piece.get(..read).unwrap_or_default();
        if read == 0 {
            break;
        }
        hash.update(bytes);
        hand.write(target, path, bytes, at + done)?;
        done += read as u64;
    }
    let hash: [u8; 32] = hash.finalize().into();
    if hash != part.hash || done != part.bytes {
        return Err(MirrorError::DamagedCopy { what: what.to_string() });
    }
    Ok(done)
}

impl Plain {
    pub(super) fn open(root: &Path) -> Result<Self, MirrorError> {
        let list: List = read_sealed(root, LIST)?.unwrap_or_default();
        Ok(Self { root: root.to_owned(), list })
    }

    pub(super) fn files(&self) -> &[PlainFile] {
        &self.list.files
    }

    pub(super) fn path(&self, number: u64) -> PathBuf {
        self.root.join(FOLDER).join(format!("{number:08}"))
    }

    /// Forgets when each file was copied, so that all are copied again.
    pub(super) fn doubt(&mut self) {
        for file in &mut self.list.files {
            file.stamp = (0, 0, 0);
        }
    }

    /// Copies what is new or changed; answers how many bytes wait for the next step.
    pub(super) fn catch_up(&mut self, hand: &Hand, original: &Path, now_ms: i64) -> Result<u64, MirrorError> {
        let found = walk(original)?;
        let known: BTreeMap<&str, &PlainFile> =
            self.list.files.iter().map(|file| (file.path.as_str(), file)).collect();
        let is_known = |path: &str, meta: &Metadata| {
            known.get(path).is_some_and(|file| {
                file.stamp == stamp(meta) && file.bytes == meta.len() && file.gone_ms.is_none()
            })
        };
        let changed: Vec<(&String, &Metadata)> =
            found.iter().filter(|(path, meta)| !is_known(path, meta)).collect();
        let has_gone = |file: &PlainFile| !found.contains_key(&file.path);
        let is_over = |file: &PlainFile| file.gone_ms.is_some_and(|gone| now_ms - gone > GONE_KEPT_MS);
        let goes =
            self.list.files.iter().any(|file| has_gone(file) && (file.gone_ms.is_none() || is_over(file)));
        if changed.is_empty() && !goes {
            return Ok(0);
        }
        let mut list = self.list.clone();
        let mut old = Vec::new();
        let (mut copied, mut waiting) = (0, 0);
        hand.make_folder(&self.root.join(FOLDER))?;
        for (path, meta) in changed {
            if copied >= STEP_BYTES {
                waiting += meta.len();
                continue;
            }
            let number = list.number_next;
            list.number_next += 1;
            let target = self.path(number);
            let Some((hash, meta)) = copy_file(hand, &original.join(path), &target)? else {
                // Changed while it was read: the next step takes it as it is then.
                waiting += meta.len();
                old.push(number);
                continue;
            };
            copied += meta.len();
            old.extend(list.files.iter().filter(|file| file.path == *path).map(|file| file.number));
            list.files.retain(|file| file.path != *path);
            let (bytes, stamp) = (meta.len(), stamp(&meta));
            list.files.push(PlainFile { path: path.clone(), number, bytes, hash, stamp, gone_ms: None });
        }
        for file in list.files.iter_mut().filter(|file| has_gone(file)) {
            file.gone_ms = file.gone_ms.or(Some(now_ms));
        }
        old.extend(list.files.iter().filter(|file| is_over(file)).map(|file| file.number));
        list.files.retain(|file| !is_over(file));
        hand.sync_folder(&self.root.join(FOLDER))?;
        write_sealed(hand, &self.root, LIST, &list)?;
        self.list = list;
        for number in old {
            hand.remove_file(&self.path(number))?;
        }
        Ok(waiting)
    }

    /// Removes what an interrupted step left behind.
    pub(super) fn clear(&self, hand: &Hand) -> Result<(), MirrorError> {
        let Ok(entries) = fs::read_dir(self.root.join(FOLDER)) else { return Ok(()) };
        let named = on_copy("list the files of the copy");
        for entry in entries {
            let path = entry.map_err(&named)?.path();
            if !self.list.files.iter().any(|file| self.path(file.number) == path) {
                hand.remove_file(&path)?;
            }
        }
        Ok(())
    }

    /// Reads every file and compares it with its hash.
    pub(super) fn verify(&self) -> Result<(), MirrorError> {
        for file in &self.list.files {
            let (hash, bytes) =
                hash_file(&self.path(file.number), u64::MAX).map_err(on_reading(&file.path))?;
            if hex(&hash) != file.hash || bytes != file.bytes {
                return Err(MirrorError::DamagedCopy { what: file.path.clone() });
            }
        }
        Ok(())
    }
}
