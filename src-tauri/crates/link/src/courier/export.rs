//! Filling a stick.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use rekam_packet::notice::{CourierFile, CourierList, Payload as _};
use rekam_packet::{Digest, Signer};
use rustix::fs::{Advice, fadvise, statvfs};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{CourierError, FILES_MAX, on_disk, place};
use crate::link::Content;

/// Left free on the stick for folders and the list, in bytes.
const SPARE_BYTES: u64 = 1024 * 1024;
/// What is in memory of a file.
const CHUNK_BYTES: usize = 64 * 1024;

/// What an item is on the stick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// A packet in its single-file form.
    Packet,
    /// A notice, as it would be uploaded.
    Notice,
}

/// Something to carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// The packet or notice.
    pub id: Uuid,
    /// Which of them.
    pub kind: ItemKind,
    /// Its bytes.
    pub length: u64,
}

impl Item {
    fn name(&self) -> String {
        match self.kind {
            ItemKind::Packet => format!("{}.rekam", self.id),
            ItemKind::Notice => format!("{}.cose", self.id),
        }
    }
}

/// What is on the stick now, durable and read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Items that are on it; those of an earlier export are among them.
    pub carried: Vec<Uuid>,
    /// Items that found no room, or came after one that did not.
    pub left: Vec<Uuid>,
    /// Bytes that were written.
    pub written: u64,
}

/// Puts items on a stick, in the order given and as many as there is room for, and signs the list. Everything is read
/// back from the disk before the list is written; earlier exports stay whole whatever happens.
///
/// # Errors
/// No room for anything, the stick or the outbox refused, or what was read back is not what was written.
pub fn export(
    stick: &Path,
    (station, office): (&str, &str),
    items: &[Item],
    at_ms: i64,
    signer: &dyn Signer,
    open: &mut dyn FnMut(Uuid) -> io::Result<Content>,
) -> Result<Exported, CourierError> {
    let folder = place::to_office(stick, station);
    fs::create_dir_all(&folder).map_err(on_disk("make a folder on"))?;
    let mut done = Exported { carried: Vec::new(), left: Vec::new(), written: 0 };
    let mut files = Vec::new();
    for item in items {
        let fits = done.left.is_empty() && files.len() < FILES_MAX;
        match if fits { put(&folder, item, open)? } else { None } {
            Some((file, written)) => {
                files.push(file);
                done.carried.push(item.id);
                done.written += written;
            }
            None => done.left.push(item.id),
        }
    }
    if let (true, Some(first)) = (files.is_empty(), items.first()) {
        return Err(CourierError::Full {
            free: free(&folder)?,
            needed: first.length.saturating_add(SPARE_BYTES),
        });
    }
    sync_way(stick, &folder)?;
    for file in &files {
        read_back(&folder, file)?;
    }
    let list = CourierList { version: 1, from: station.into(), to: office.into(), at_ms, files };
    write_list(&folder, &list, signer)?;
    Ok(done)
}

/// Writes an item, or finds it there already. Nothing when there is no room.
fn put(
    folder: &Path,
    item: &Item,
    open: &mut dyn FnMut(Uuid) -> io::Result<Content>,
) -> Result<Option<(CourierFile, u64)>, CourierError> {
    let name = item.name();
    let source = |error| CourierError::Source { name: item.name(), error };
    let target = folder.join(&name);
    let held = fs::symlink_metadata(&target).is_ok_and(|held| held.is_file() && held.len() == item.length);
    if held {
        let sha256 = hash(open(item.id).map_err(source)?, item.length).map_err(source)?;
        let there = File::open(&target).and_then(|file| hash(Box::new(file), item.length));
        if there.is_ok_and(|there| there == sha256) {
            return Ok(Some((CourierFile { name, length: item.length, sha256 }, 0)));
        }
    }
    if free(folder)? < item.length.saturating_add(SPARE_BYTES) {
        return Ok(None);
    }
    let fresh = folder.join(format!("{name}.part"));
    // Whatever lies there under that name, a link too, is of a broken export.
    let _ = fs::remove_file(&fresh);
    let mut file = File::create_new(&fresh).map_err(on_disk("write to"))?;
    let mut content = open(item.id).map_err(source)?;
    let (mut hash, mut left) = (Sha256::new(), item.length);
    let mut chunk = vec![0; CHUNK_BYTES];
    while left > 0 {
        let count = usize::try_from(left).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
        let bytes = chunk.get_mut(..count).unwrap_or_default();
        content.read_exact(bytes).map_err(source)?;
        hash.update(&*bytes);
        file.write_all(bytes).map_err(on_disk("write to"))?;
        left -= count as u64;
    }
    file.sync_all().map_err(on_disk("sync"))?;
    fs::rename(&fresh, &target).map_err(on_disk("rename a file on"))?;
    let sha256 = Digest::from_bytes(hash.finalize().into());
    Ok(Some((CourierFile { name, length: item.length, sha256 }, item.length)))
}

/// Compares a file with its line in the list, from the disk and not from memory.
fn read_back(folder: &Path, listed: &CourierFile) -> Result<(), CourierError> {
    let file = File::open(folder.join(&listed.name)).map_err(on_disk("read back from"))?;
    // The kernel may decline; then memory is what is compared.
    let _ = fadvise(&file, 0, None, Advice::DontNeed);
    let is_as_long = file.metadata().is_ok_and(|state| state.len() == listed.length);
    let read = hash(Box::new(file), listed.length).map_err(on_disk("read back from"))?;
    if is_as_long && read == listed.sha256 {
        Ok(())
    } else {
        Err(CourierError::NotKept { name: listed.name.clone() })
    }
}

/// Writes the list under a name of its own, which is never written over, and then in the place of the last one.
fn write_list(folder: &Path, list: &CourierList, signer: &dyn Signer) -> Result<(), CourierError> {
    let bytes = list.sign(signer)?;
    let kept = place::kept_list(list.at_ms);
    if folder.join(&kept).symlink_metadata().is_ok() {
        // Two exports in one millisecond, or a clock that went back.
        return Err(on_disk("write the list to")(io::Error::from(io::ErrorKind::AlreadyExists)));
    }
    for name in [kept, place::LIST.into()] {
        let fresh = folder.join(format!("{name}.part"));
        let _ = fs::remove_file(&fresh);
        let written = File::create_new(&fresh).and_then(|mut file| {
            file.write_all(&bytes)?;
            file.sync_all()
        });
        written.map_err(on_disk("write the list to"))?;
        fs::rename(&fresh, folder.join(&name)).map_err(on_disk("rename the list on"))?;
        sync_folder(folder)?;
        let listed = CourierFile { name, length: bytes.len() as u64, sha256: Digest::of(&bytes) };
        read_back(folder, &listed)?;
    }
    Ok(())
}

fn hash(content: Content, length: u64) -> io::Result<Digest> {
    let mut hash = Sha256::new();
    let mut content = content.take(length);
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = content.read(&mut chunk)?;
        if count == 0 {
            return Ok(Digest::from_bytes(hash.finalize().into()));
        }
        hash.update(chunk.get(..count).unwrap_or_default());
    }
}

fn free(folder: &Path) -> Result<u64, CourierError> {
    let state = statvfs(folder).map_err(on_disk("look at the room on"))?;
    Ok(state.f_bavail.saturating_mul(state.f_frsize))
}

/// Makes the names of the folder, and of the folders it lies in up to the stick, durable.
fn sync_way(stick: &Path, folder: &Path) -> Result<(), CourierError> {
    folder.ancestors().take_while(|above| above.starts_with(stick)).try_for_each(sync_folder)
}

fn sync_folder(folder: &Path) -> Result<(), CourierError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(on_disk("sync"))
}
