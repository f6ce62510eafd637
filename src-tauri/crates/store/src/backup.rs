//! The backup: a dated copy of the whole station on a removable disk, complete in itself and encrypted as the station
//! is. It brings no secret of its own: to open what it holds takes a person of the station or the recovery key.
//!
//! Names and sizes are such that every FAT takes them: files are numbered, and large ones are cut.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::mirror::{
    CopyReport, Hand, Item, KINDS, MirrorError, Part, Source, copy_file, expect_room, from_hex, hash_file,
    hex, identity, lock, log_of, on_copy, on_reading, read_sealed, refuse_inside, snapshot, walk,
    write_sealed,
};

/// So many backups of a station stay on a disk: a week of evenings.
pub const BACKUPS_KEPT: usize = 7;
/// A file of a backup is at most this long: FAT ends at 4 GiB.
pub const PART_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// What a backup needs besides the bytes of the original.
const ROOM_BYTES: u64 = 16 * 1024 * 1024;

pub(crate) const MANIFEST_FILE: &str = "manifest.rkm";
const VERSION: u32 = 1;
const PREFIX: &str = "rekam-";
/// Ending of a backup that is not finished.
const UNFINISHED: &str = ".part";

/// A backup on a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupEntry {
    /// Where it lies.
    pub folder: PathBuf,
    /// Which station it is of: the name its database was born with.
    pub station: String,
    /// When it was made, in milliseconds.
    pub made_ms: i64,
    /// Its bytes.
    pub bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    version: u32,
    station: String,
    made_ms: i64,
    files: Vec<ManifestFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestFile {
    path: String,
    parts: Vec<ManifestPart>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestPart {
    name: String,
    bytes: u64,
    hash: String,
}

/// Makes a verified backup of a station's folder in a folder of a removable disk; older ones stay, up to a number.
///
/// # Errors
/// What the disks refuse; every earlier backup is untouched then.
pub fn backup_create(original: &Path, target: &Path, now_ms: i64) -> Result<BackupEntry, MirrorError> {
    backup_create_by(original, target, now_ms, PART_BYTES_MAX, &Hand::steady())
}

/// The same with files of another length, and a hand that a trial may stop.
///
/// # Errors
/// As for `backup_create`.
pub fn backup_create_by(
    original: &Path,
    target: &Path,
    now_ms: i64,
    part_bytes_max: u64,
    hand: &Hand,
) -> Result<BackupEntry, MirrorError> {
    identity(target)?;
    refuse_inside(original, target)?;
    let sources: Vec<Source> =
        KINDS.iter().map(|kind| Source::of(original, *kind)).filter(Source::is_there).collect();
    let station = sources
        .iter()
        .find(|source| source.is_station())
        .ok_or(MirrorError::OriginalMissing { operation: "look for the database" })?
        .name()?;
    let _lock = lock(target, false)?;
    clear_unfinished(hand, target, &station)?;
    expect_room(target, needed_bytes(original, &sources)?)?;
    let name = free_name(target, &station, now_ms)?;
    let unfinished = target.join(format!("{name}{UNFINISHED}"));
    hand.make_folder(&unfinished)?;
    // Whole pages only; a part of nothing would never end.
    let part_bytes = (part_bytes_max - part_bytes_max % 4096).max(4096);
    let mut files = copy_databases(hand, &sources, &unfinished, part_bytes)?;
    files.extend(copy_plain(hand, original, &unfinished)?);
    let manifest = Manifest { version: VERSION, station: station.clone(), made_ms: now_ms, files };
    write_sealed(hand, &unfinished, MANIFEST_FILE, &manifest)?;
    hand.sync_folder(&unfinished)?;
    let report = backup_verify(&unfinished)?;
    let folder = target.join(&name);
    hand.rename(&unfinished, &folder)?;
    hand.sync_folder(target)?;
    remove_oldest(hand, target, &station, &folder)?;
    Ok(BackupEntry { folder, station, made_ms: now_ms, bytes: report.bytes })
}

fn needed_bytes(original: &Path, sources: &[Source]) -> Result<u64, MirrorError> {
    let mut bytes = ROOM_BYTES;
    for source in sources {
        bytes += source.bytes()? + source.log_bytes();
    }
    Ok(bytes + walk(original)?.values().map(std::fs::Metadata::len).sum::<u64>())
}

fn copy_databases(
    hand: &Hand,
    sources: &[Source],
    folder: &Path,
    part_bytes: u64,
) -> Result<Vec<ManifestFile>, MirrorError> {
    let named = on_reading("a file of the backup");
    let mut files = Vec::new();
    for replica in snapshot(hand, sources, folder, part_bytes)? {
        let mut parts = Vec::new();
        for path in replica.ground_parts() {
            let (hash, bytes) = hash_file(&path, u64::MAX).map_err(&named)?;
            parts.push(ManifestPart { name: name_of(&path), bytes, hash: hex(&hash) });
        }
        files.push(ManifestFile { path: replica.file().to_owned(), parts });
        if let Some(path) = replica.trim_log(hand)? {
            let (hash, bytes) = hash_file(&path, u64::MAX).map_err(&named)?;
            let part = ManifestPart { name: name_of(&path), bytes, hash: hex(&hash) };
            files.push(ManifestFile { path: name_of(&log_of(Path::new(replica.file()))), parts: vec![part] });
        }
    }
    Ok(files)
}

fn copy_plain(hand: &Hand, original: &Path, folder: &Path) -> Result<Vec<ManifestFile>, MirrorError> {
    const TRIES_MAX: usize = 3;
    let mut files = Vec::new();
    for (number, (path, meta)) in walk(original)?.into_iter().enumerate() {
        let mut name = format!("file-{number:06}");
        if meta.len() > PART_BYTES_MAX {
            return Err(MirrorError::FileTooLarge { operation: "copy a plain file" });
        }
        let mut copied = None;
        for _ in 0..TRIES_MAX {
            copied = copy_file(hand, &original.join(&path), &folder.join(&name))?;
            if copied.is_some() {
                break;
            }
        }
        let Some((hash, meta)) = copied else {
            if !original.join(&path).exists() {
                // Purged since the folder was listed.
                hand.remove_file(&folder.join(std::mem::take(&mut name)))?;
                continue;
            }
            return Err(MirrorError::Behind { what: "a file of the original changes while it is copied" });
        };
        files.push(ManifestFile { path, parts: vec![ManifestPart { name, bytes: meta.len(), hash }] });
    }
    Ok(files)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn short(station: &str) -> &str {
    station.get(..8).unwrap_or(station)
}

/// Letters, digits and hyphens only, in lower case, so that every file system tells names apart alike.
fn free_name(target: &Path, station: &str, now_ms: i64) -> Result<String, MirrorError> {
    let date = jiff::Timestamp::from_millisecond(now_ms)
        .map_or_else(|_| now_ms.to_string(), |now| now.strftime("%Y%m%d-%H%M%S").to_string());
    let name = format!("{PREFIX}{}-{date}", short(station));
    (1..=99_u32)
        .map(|number| if number == 1 { name.clone() } else { format!("{name}-{number}") })
        .find(|name| !target.join(name).exists())
        .ok_or(MirrorError::TooMany { what: "backups of one second", count_max: 99 })
}

/// Removes what interrupted backups of this station left behind; they were never good.
fn clear_unfinished(hand: &Hand, target: &Path, station: &str) -> Result<(), MirrorError> {
    let named = on_copy("list the backups");
    let start = format!("{PREFIX}{}-", short(station));
    for entry in std::fs::read_dir(target).map_err(&named)? {
        let path = entry.map_err(&named)?.path();
        let name = name_of(&path);
        let is_left = name.ends_with(UNFINISHED) || !path.join(MANIFEST_FILE).exists();
        if name.starts_with(&start) && path.is_dir() && is_left {
            hand.remove_folder(&path)?;
        }
    }
    Ok(())
}

/// Removes the oldest backups of this station beyond the number that stays; the manifest first, so that a backup
/// that is half removed is none.
fn remove_oldest(hand: &Hand, target: &Path, station: &str, newest: &Path) -> Result<(), MirrorError> {
    let mut ours = backup_list(target)?;
    ours.retain(|entry| entry.station == station && entry.folder != newest);
    for old in ours.iter().skip(BACKUPS_KEPT - 1) {
        hand.remove_file(&old.folder.join(MANIFEST_FILE))?;
        hand.sync_folder(&old.folder)?;
        hand.remove_folder(&old.folder)?;
    }
    Ok(())
}

/// The finished backups in a folder, newest first; what cannot be read as one is left out.
///
/// # Errors
/// When the folder cannot be listed.
pub fn backup_list(target: &Path) -> Result<Vec<BackupEntry>, MirrorError> {
    let named = on_copy("list the backups");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(target).map_err(&named)? {
        let folder = entry.map_err(&named)?.path();
        let name = name_of(&folder);
        if !name.starts_with(PREFIX) || name.ends_with(UNFINISHED) {
            continue;
        }
        let Ok(Some(manifest)) = read_sealed::<Manifest>(&folder, MANIFEST_FILE) else { continue };
        let bytes = manifest.files.iter().flat_map(|file| &file.parts).map(|part| part.bytes).sum();
        found.push(BackupEntry { folder, station: manifest.station, made_ms: manifest.made_ms, bytes });
    }
    found.sort_by(|one, other| (other.made_ms, &other.folder).cmp(&(one.made_ms, &one.folder)));
    Ok(found)
}

/// Reads every byte of a backup.
///
/// # Errors
/// Which file is damaged, or that the folder holds no backup.
pub fn backup_verify(folder: &Path) -> Result<CopyReport, MirrorError> {
    let (items, made_ms) = contents_of_backup(folder)?;
    for part in items.iter().flat_map(|item| &item.parts) {
        let name = name_of(&part.path);
        let (hash, bytes) = hash_file(&part.path, u64::MAX).map_err(on_reading(&name))?;
        if hash != part.hash || bytes != part.bytes {
            return Err(MirrorError::DamagedCopy { what: name });
        }
    }
    Ok(CopyReport::of(&items, made_ms))
}

/// What the manifest says the backup holds; the manifest comes from outside, so its names are looked at first.
pub(crate) fn contents_of_backup(folder: &Path) -> Result<(Vec<Item>, i64), MirrorError> {
    identity(folder)?;
    let Some(manifest) = read_sealed::<Manifest>(folder, MANIFEST_FILE)? else {
        return Err(MirrorError::ForeignFolder { what: "no backup".into() });
    };
    if manifest.version != VERSION {
        return Err(MirrorError::ForeignFolder { what: "a backup of a newer program".into() });
    }
    let mut items: BTreeMap<String, Item> = BTreeMap::new();
    for file in manifest.files {
        let mut parts = Vec::new();
        for part in file.parts {
            let hash = from_hex(&part.hash).and_then(|bytes| bytes.try_into().ok());
            let (Some(hash), true) = (hash, is_inside(&part.name)) else {
                return Err(MirrorError::DamagedCopy { what: MANIFEST_FILE.into() });
            };
            parts.push(Part { path: folder.join(&part.name), bytes: part.bytes, hash });
        }
        if !is_inside(&file.path) || items.contains_key(&file.path) {
            return Err(MirrorError::DamagedCopy { what: MANIFEST_FILE.into() });
        }
        items.insert(file.path.clone(), Item { path: file.path, parts });
    }
    Ok((items.into_values().collect(), manifest.made_ms))
}

/// Whether a path of a foreign list stays inside the folder it is joined to.
pub(crate) fn is_inside(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}
