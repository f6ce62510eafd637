//! Removable disks: what a station put on one comes in, and what the office has to say goes back.
//!
//! A disk is a stranger's until its signed list says otherwise; nothing on it is executed, followed or believed.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use minicbor::bytes::ByteSlice;
use rekam_packet::limit::{BUNDLE_BYTES_MAX, NOTICE_BYTES_MAX, PACKET_BYTES_MAX};
use rekam_packet::notice::{CourierFile, CourierList, Payload as _, TO_OFFICE, TO_STATION, courier_folder};
use rekam_packet::{Digest, PacketId, Refusal};
use serde::Serialize;

use crate::admission::current_bundle;
use crate::blob::sync_folder;
use crate::ingest::{IngestError, settle_file, settle_notice};
use crate::office::{Office, OfficeError, now_ms};

/// Stations of one stick: more than any courier serves.
const FOLDERS_MAX: usize = 1_024;
/// The signed list on a disk.
const LIST: &str = "courier.cose";
/// Signed words of the office on a disk.
const MESSAGES: &str = "messages.cbor";
/// The most signed words that go on one disk: the newest.
const MESSAGES_MAX: u32 = 100_000;

/// A disk was not taken in at all.
#[derive(Debug, thiserror::Error)]
pub enum CourierError {
    /// The disk, ours or the other.
    #[error("disk: {0}")]
    Io(#[from] io::Error),
    /// The office.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// Something could not be settled.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// No station has put anything on it.
    #[error("nothing on this stick is for an office")]
    Nothing,
    /// The list is no list.
    #[error("{LIST}: not a courier's list")]
    NotAList,
    /// The list is signed by nobody this office knows.
    #[error("the disk says it is from {0}, but no station of this office signed it")]
    Stranger(String),
}

/// What was taken in.
#[derive(Debug, Serialize)]
pub struct Taken {
    /// From which station.
    pub station: String,
    /// Packets and notices that are in the ledger now, whether new or known before.
    pub accepted: usize,
    /// File and reason.
    pub refused: Vec<(String, String)>,
}

/// Takes in what stations put on a stick, each from its own folder. Twice is once, and the same packet by line is the
/// same packet. A folder that is not taken says why, and the others are taken.
///
/// # Errors
/// Nothing on it is for an office, or it cannot be read.
pub fn import(office: &Office, stick: &Path) -> Result<Vec<Result<Taken, CourierError>>, CourierError> {
    let mut way = stick.to_owned();
    for part in TO_OFFICE {
        way.push(part);
        match fs::symlink_metadata(&way) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => return Err(CourierError::Nothing),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(CourierError::Nothing),
            Err(error) => return Err(error.into()),
        }
    }
    let mut folders = Vec::new();
    for entry in fs::read_dir(&way)?.take(FOLDERS_MAX) {
        let entry = entry?;
        // A link is no folder here.
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
        }
    }
    folders.sort();
    if folders.is_empty() {
        return Err(CourierError::Nothing);
    }
    Ok(folders.iter().map(|folder| import_folder(office, folder)).collect())
}

fn import_folder(office: &Office, from: &Path) -> Result<Taken, CourierError> {
    let list = read_list(office, &read_bounded(&from.join(LIST), BUNDLE_BYTES_MAX as u64)?)?;
    let mut taken = Taken { station: list.from.clone(), accepted: 0, refused: Vec::new() };
    for file in &list.files {
        match import_file(office, &list.from, from, file)? {
            Ok(()) => taken.accepted += 1,
            Err(why) => taken.refused.push((file.name.clone(), why)),
        }
    }
    let about = format!("{} {} {}", taken.station, taken.accepted, taken.refused.len());
    office
        .ledger
        .write(|view| {
            view.see_station(&taken.station, now_ms())?;
            view.audit(now_ms(), "courier_imported", &about)
        })
        .map_err(OfficeError::from)?;
    Ok(taken)
}

fn read_list(office: &Office, bytes: &[u8]) -> Result<CourierList, CourierError> {
    let stations = office.ledger.read(|view| view.stations()).map_err(OfficeError::from)?;
    for station in stations {
        let keys = office.ledger.read(|view| view.station_keys(&station.id)).map_err(OfficeError::from)?;
        if let Ok(list) = CourierList::verify_by(bytes, &keys)
            && list.from == station.id
        {
            return Ok(list);
        }
    }
    let said = peek(bytes).ok_or(CourierError::NotAList)?;
    Err(CourierError::Stranger(said.from))
}

/// What a list says of itself, unchecked: for naming a stranger.
fn peek(bytes: &[u8]) -> Option<CourierList> {
    let mut sign1 = minicbor::Decoder::new(bytes);
    sign1.array().ok().filter(|length| *length == Some(4))?;
    sign1.bytes().ok()?;
    sign1.map().ok()?;
    minicbor::decode(sign1.bytes().ok()?).ok()
}

fn read_bounded(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// The inner error is why this file was refused; the others are looked at all the same.
fn import_file(
    office: &Office,
    station: &str,
    from: &Path,
    file: &CourierFile,
) -> Result<Result<(), String>, CourierError> {
    let path = from.join(&file.name);
    let word = |refusal: Refusal| {
        let (depth, word) = refusal.words();
        Err(format!("{depth}:{word}"))
    };
    let stem = file.name.rsplit('/').next().and_then(|name| name.split_once('.'));
    let named = stem.and_then(|(stem, ending)| Some((PacketId::parse(stem)?, ending)));
    let Some((item, ending)) = named else { return Ok(Err("name".into())) };
    if ending == "cose" {
        let bytes = match read_bounded(&path, NOTICE_BYTES_MAX as u64) {
            Ok(bytes) if Digest::of(&bytes) == file.sha256 => bytes,
            Ok(_) => return Ok(Err("changed".into())),
            Err(error) => return Ok(Err(error.to_string())),
        };
        let settled = settle_notice(office, station, item, &bytes)?;
        return Ok(settled.map(|_| ()).ok_or_else(|| "malformed".into()));
    }
    if ending != "rekam" || file.length > PACKET_BYTES_MAX * 2 {
        return Ok(Err("name".into()));
    }
    // Copied first: a disk that changes under our hands must not get past the check.
    let scratch = office.dir.join(format!("courier-{}.part", std::process::id()));
    let copied = copy_checked(&path, &scratch, file);
    let settled = match copied {
        Ok(true) => settle_file(office, station, || File::open(&scratch)),
        Ok(false) => return remove(&scratch).map(|()| Err("changed".into())),
        Err(error) => return remove(&scratch).map(|()| Err(error.to_string())),
    };
    remove(&scratch)?;
    Ok(match settled? {
        Ok(_) => Ok(()),
        Err(refusal) => word(refusal),
    })
}

fn remove(path: &Path) -> Result<(), CourierError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn copy_checked(from: &Path, to: &Path, file: &CourierFile) -> io::Result<bool> {
    use sha2::Digest as _;
    if !fs::symlink_metadata(from)?.is_file() {
        return Ok(false);
    }
    let mut source = File::open(from)?.take(file.length + 1);
    let mut target = File::create(to)?;
    let (mut hash, mut chunk, mut length) = (sha2::Sha256::new(), vec![0; 64 * 1024], 0_u64);
    loop {
        let got = source.read(&mut chunk)?;
        let Some(bytes) = chunk.get(..got).filter(|bytes| !bytes.is_empty()) else { break };
        hash.update(bytes);
        io::Write::write_all(&mut target, bytes)?;
        length += got as u64;
    }
    Ok(length == file.length && Digest::from_bytes(hash.finalize().into()) == file.sha256)
}

/// Puts receipts, statuses and the newest bundle of a station into its folder on a stick, and reads it back. Says how many
/// signed words.
///
/// # Errors
/// A disk or the ledger.
pub fn export(office: &Office, station: &str, stick: &Path) -> Result<usize, CourierError> {
    let (entries, known) = office
        .ledger
        .read(|view| Ok((view.feed(station, 0, MESSAGES_MAX)?, view.station(station)?)))
        .map_err(OfficeError::from)?;
    if known.is_none() {
        return Err(OfficeError::Key("station").into());
    }
    let to = &make_folder(stick, station)?;
    let hour = office.hour(0).map_err(OfficeError::from)?;
    let words: Vec<&ByteSlice> = std::iter::once(&hour)
        .chain(entries.iter().map(|entry| &entry.bytes))
        .map(|word| word.as_slice().into())
        .collect();
    let mut files = vec![put(to, MESSAGES, &minicbor::to_vec(&words).unwrap_or_default())?];
    if let Some((_, bundle)) = current_bundle(office, station)? {
        files.push(put(to, "bundle.cose", &bundle)?);
    }
    let list =
        CourierList { version: 1, from: office.name.clone(), to: station.to_owned(), at_ms: now_ms(), files };
    put(to, LIST, &list.sign(office.signer()).map_err(OfficeError::from)?)?;
    for folder in to.ancestors().take_while(|above| above.starts_with(stick)) {
        sync_folder(folder)?;
    }
    Ok(words.len())
}

/// The folder of a station on a stick. A link in its place leads elsewhere, and is refused.
fn make_folder(stick: &Path, station: &str) -> Result<PathBuf, CourierError> {
    fs::create_dir_all(stick)?;
    let mut folder = stick.to_owned();
    for part in TO_STATION.map(str::to_owned).into_iter().chain([courier_folder(station)]) {
        folder.push(part);
        match fs::create_dir(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
            _ if fs::symlink_metadata(&folder)?.is_dir() => {}
            _ => return Err(io::Error::from(io::ErrorKind::NotADirectory).into()),
        }
    }
    Ok(folder)
}

/// Writes a file under a name of its own, synced and read back.
fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<CourierFile, CourierError> {
    let (path, fresh) = (folder.join(name), folder.join(format!("{name}.part")));
    // Whatever lies there under that name, a link too, is of a broken export.
    let _ = fs::remove_file(&fresh);
    let mut file = File::create_new(&fresh)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, &path)?;
    if fs::read(&path)? != bytes {
        return Err(io::Error::from(io::ErrorKind::InvalidData).into());
    }
    Ok(CourierFile { name: name.to_owned(), length: bytes.len() as u64, sha256: Digest::of(bytes) })
}
