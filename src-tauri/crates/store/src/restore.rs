//! Giving a station back from a mirror or a backup: into a new folder, every byte compared, nothing opened.
//!
//! What is not given back is the transport secret: it was never copied. The first person who signs in, or the
//! recovery key, has the key ring write it again.

use std::fs;
use std::path::{Path, PathBuf};

use crate::backup::{MANIFEST_FILE, backup_verify, contents_of_backup, is_inside};
use crate::mirror::{
    CopyReport, Hand, Item, MirrorError, STATE_FILE, contents_of_mirror, copy_part, expect_room, hash_range,
    identity, on_copy,
};

/// Lies in a folder from the first to the last step of a restoration; with it the folder is no station yet.
const UNFINISHED_FILE: &str = "restore.unfinished";
/// The database gets its name last: a folder without it holds no station.
const LAST_FILE: &str = "station.db";
/// All that belongs to the database.
const DATABASE_FILES: [&str; 3] = ["station.db", "station.db-wal", "station.check"];
/// Ending of the database until then.
const RESTORING: &str = ".restoring";
/// What a restoration needs besides the bytes it gives back.
const ROOM_BYTES: u64 = 16 * 1024 * 1024;

/// Gives a station back from a mirror or a backup into an empty or new folder; an interrupted one is begun anew.
///
/// # Errors
/// What is damaged or refused; a folder that holds a station is never touched.
pub fn restore(copy: &Path, folder: &Path) -> Result<CopyReport, MirrorError> {
    restore_by(copy, folder, &Hand::steady())
}

/// The same with a hand that a trial may stop.
///
/// # Errors
/// As for `restore`.
pub fn restore_by(copy: &Path, folder: &Path, hand: &Hand) -> Result<CopyReport, MirrorError> {
    identity(copy)?;
    let (items, copied_ms) = if copy.join(MANIFEST_FILE).exists() {
        backup_verify(copy)?;
        contents_of_backup(copy)?
    } else if copy.join(STATE_FILE).exists() {
        contents_of_mirror(copy)?
    } else {
        return Err(MirrorError::ForeignFolder { what: "neither a mirror nor a backup".into() });
    };
    if items.iter().any(|item| !is_inside(&item.path)) {
        return Err(MirrorError::DamagedCopy { what: "the list of files".into() });
    }
    let report = CopyReport::of(&items, copied_ms);
    if !folder.is_dir() {
        hand.make_folder(folder)?;
        let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
        hand.sync_folder(above.unwrap_or(Path::new(".")))?;
    }
    expect_empty(folder)?;
    hand.replace(folder, UNFINISHED_FILE, b"a restoration was begun here and is not finished\n")?;
    clear(hand, folder)?;
    expect_room(folder, report.bytes + ROOM_BYTES)?;
    for item in &items {
        give_back(hand, item, folder)?;
    }
    hand.rename(&folder.join(format!("{LAST_FILE}{RESTORING}")), &folder.join(LAST_FILE))?;
    hand.sync_folder(folder)?;
    hand.remove_file(&folder.join(UNFINISHED_FILE))?;
    hand.sync_folder(folder)?;
    Ok(report)
}

/// Gives back the database of the station alone, from its mirror, into the folder it was set aside in: keys, outbox and
/// settings there stay as they are. Interrupted, it is begun anew.
///
/// # Errors
/// What is damaged or refused; a database that lies there is never touched.
pub fn restore_database(mirror: &Path, folder: &Path) -> Result<CopyReport, MirrorError> {
    if folder.join(LAST_FILE).exists() {
        return Err(MirrorError::NotEmpty);
    }
    let hand = Hand::steady();
    let (mut items, copied_ms) = contents_of_mirror(mirror)?;
    items.retain(|item| DATABASE_FILES.contains(&item.path.as_str()));
    if !items.iter().any(|item| item.path == LAST_FILE) {
        return Err(MirrorError::DamagedCopy { what: "it holds no database".into() });
    }
    let report = CopyReport::of(&items, copied_ms);
    expect_room(folder, report.bytes + ROOM_BYTES)?;
    for item in &items {
        give_back(&hand, item, folder)?;
    }
    hand.rename(&folder.join(format!("{LAST_FILE}{RESTORING}")), &folder.join(LAST_FILE))?;
    hand.sync_folder(folder)?;
    Ok(report)
}

/// Whether a restoration into this folder was begun and never finished.
#[must_use]
pub fn is_restore_unfinished(folder: &Path) -> bool {
    folder.join(UNFINISHED_FILE).exists() && !folder.join(LAST_FILE).exists()
}

fn expect_empty(folder: &Path) -> Result<(), MirrorError> {
    if is_restore_unfinished(folder) {
        return Ok(());
    }
    let named = on_copy("list the folder to restore into");
    for entry in fs::read_dir(folder).map_err(&named)? {
        let name = entry.map_err(&named)?.file_name();
        if name != "lost+found" && name != format!("{UNFINISHED_FILE}.new").as_str() {
            return Err(MirrorError::NotEmpty);
        }
    }
    Ok(())
}

/// Removes what an interrupted restoration has left; only called under its own mark.
fn clear(hand: &Hand, folder: &Path) -> Result<(), MirrorError> {
    let named = on_copy("list the folder to restore into");
    let mut folders = vec![folder.to_owned()];
    let mut waiting = vec![folder.to_owned()];
    while let Some(inner) = waiting.pop() {
        for entry in fs::read_dir(&inner).map_err(&named)? {
            let entry = entry.map_err(&named)?;
            let path = entry.path();
            if entry.file_name() == UNFINISHED_FILE || entry.file_name() == "lost+found" {
                continue;
            }
            if entry.file_type().map_err(&named)?.is_dir() {
                waiting.push(path.clone());
                folders.push(path);
            } else {
                hand.remove_file(&path)?;
            }
        }
    }
    for inner in folders.iter().skip(1).rev() {
        hand.remove_folder(inner)?;
    }
    Ok(())
}

fn give_back(hand: &Hand, item: &Item, folder: &Path) -> Result<(), MirrorError> {
    let mut inner = folder.to_owned();
    let path = Path::new(&item.path);
    for part in path.parent().into_iter().flat_map(Path::components) {
        let above = inner.clone();
        inner.push(part);
        if !inner.is_dir() {
            hand.make_folder(&inner)?;
            hand.sync_folder(&above)?;
        }
    }
    let mut target: PathBuf = folder.join(path);
    if item.path == LAST_FILE {
        target = folder.join(format!("{LAST_FILE}{RESTORING}"));
    }
    let file = hand.open(&target)?;
    hand.set_length(&file, 0)?;
    let mut at = 0;
    for part in &item.parts {
        at += copy_part(hand, part, &file, &target, at)?;
    }
    hand.sync(&file, &target)?;
    hand.sync_folder(&inner)?;
    let mut at = 0;
    for part in &item.parts {
        let read = hash_range(&target, at, part.bytes).map_err(on_copy("read back what was given back"))?;
        if read != (part.hash, part.bytes) {
            return Err(MirrorError::DamagedCopy { what: format!("{} does not read back", item.path) });
        }
        at += part.bytes;
    }
    Ok(())
}
