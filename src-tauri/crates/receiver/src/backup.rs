//! Backups: a copy of ledger, keys and packets in a folder, with a signed list.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rekam_packet::Digest;
use rekam_packet::notice::{CourierFile, CourierList, Payload as _, is_safe_name};
use rekam_packet::{PublicKey, Upload};

use crate::blob::{Blob, sync_folder};
use crate::check::{Finding, check};
use crate::keys::Keys;
use crate::ledger::Ledger;
use crate::office::{First, Office, OfficeError, now_ms};

const LIST: &str = "files.json";
const SIGNED: &str = "files.cose";

/// A file that is copied: its name in the backup and where it lies in the office.
type Copied = (String, PathBuf);

/// Makes a backup in a new folder and reads it back; says how many files it has.
///
/// # Errors
/// The disk or the ledger; the folder is there already.
pub fn create(office: &Office, to: &Path) -> Result<usize, OfficeError> {
    fs::create_dir(to)?;
    fs::create_dir(to.join("keys"))?;
    fs::create_dir(to.join("packet"))?;
    // The ledger first: every packet it names was on its shelf before it was named.
    office.ledger.copy_to(&to.join("ledger.db"))?;
    let mut files = vec![("office.json".to_owned(), office.dir.join("office.json"))];
    for path in office.keys.files()? {
        files.push((format!("keys/{}", file_name(&path)), path));
    }
    let copied = Ledger::open(&to.join("ledger.db"))?;
    for row in copied.read(|view| view.packets(None, None, u32::MAX))? {
        for part in Upload::ALL.iter().copied().filter(|part| row.length(*part) > 0) {
            files.push((format!("packet/{}.{}", row.id, part.word()), office.blob.kept_path(row.id, part)));
        }
    }
    drop(copied);
    let mut list = vec![entry(to, "ledger.db")?];
    for (name, from) in &files {
        list.push(copy(name, from, to)?);
    }
    let listed = serde_json::to_vec(&list)?;
    write_synced(&to.join(LIST), &listed)?;
    let signed = CourierList {
        version: 1,
        from: office.name.clone(),
        to: office.name.clone(),
        at_ms: now_ms(),
        files: vec![CourierFile {
            name: LIST.to_owned(),
            length: listed.len() as u64,
            sha256: Digest::of(&listed),
        }],
    };
    write_synced(&to.join(SIGNED), &signed.sign(office.signer())?)?;
    for folder in ["keys", "packet", "."] {
        sync_folder(&to.join(folder))?;
    }
    read_list(to, &office.public_key())?;
    Ok(list.len())
}

fn copy(name: &str, from: &Path, to: &Path) -> Result<CourierFile, OfficeError> {
    let target = to.join(name);
    fs::copy(from, &target)?;
    File::open(&target)?.sync_all()?;
    let (source, copied) = (digest(from)?, entry(to, name)?);
    if source == copied.sha256 { Ok(copied) } else { Err(io::Error::from(io::ErrorKind::InvalidData).into()) }
}

fn entry(folder: &Path, name: &str) -> Result<CourierFile, OfficeError> {
    let path = folder.join(name);
    Ok(CourierFile { name: name.to_owned(), length: fs::metadata(&path)?.len(), sha256: digest(&path)? })
}

fn digest(path: &Path) -> io::Result<Digest> {
    use sha2::Digest as _;
    let mut hash = sha2::Sha256::new();
    io::copy(&mut File::open(path)?, &mut HashWriter(&mut hash))?;
    Ok(Digest::from_bytes(hash.finalize().into()))
}

struct HashWriter<'h>(&'h mut sha2::Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        sha2::Digest::update(self.0, bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), OfficeError> {
    fs::write(path, bytes)?;
    Ok(File::open(path)?.sync_all()?)
}

/// Reads the list of a backup and compares every file with it.
fn read_list(from: &Path, key: &PublicKey) -> Result<Vec<Copied>, OfficeError> {
    let wrong = || OfficeError::Key("the list of the backup");
    let signed = CourierList::verify_by(&fs::read(from.join(SIGNED))?, [key]).map_err(|_| wrong())?;
    let listed = fs::read(from.join(LIST))?;
    if signed.files.first().is_none_or(|file| file.sha256 != Digest::of(&listed)) {
        return Err(wrong());
    }
    let list: Vec<serde_json::Value> = serde_json::from_slice(&listed)?;
    let mut files = Vec::new();
    for line in &list {
        let text = |key: &str| line.get(key).and_then(serde_json::Value::as_str);
        let (Some(name), Some(sha256)) = (text("name"), text("sha256")) else { return Err(wrong()) };
        if !is_safe_name(name) || digest(&from.join(name))?.to_string() != sha256 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("{name} is damaged")).into());
        }
        files.push((name.to_owned(), from.join(name)));
    }
    Ok(files)
}

/// Checks a backup: its list, every file, and everything [`check`] looks at.
///
/// # Errors
/// It cannot be read.
pub fn verify(from: &Path) -> Result<(u64, Vec<Finding>), OfficeError> {
    let scratch = from.join(format!("verifying-{}", std::process::id()));
    let checked = give_back(from, &scratch).and_then(|_| check(&Office::open(&scratch, &First::default())?));
    // Whatever the verdict, the copy goes.
    match fs::remove_dir_all(&scratch) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        _ => checked,
    }
}

/// Gives a backup back into a new folder. Positions go on far behind, so that none is ever given twice.
///
/// # Errors
/// The backup is damaged, or the folder is there already.
pub fn restore(from: &Path, data: &Path) -> Result<usize, OfficeError> {
    let count = give_back(from, data)?;
    let office = Office::open(data, &First::default())?;
    office.ledger.write(|view| -> Result<(), OfficeError> {
        view.jump_after_restore()?;
        Ok(view.audit(now_ms(), "restored", &count.to_string())?)
    })?;
    Ok(count)
}

fn give_back(from: &Path, data: &Path) -> Result<usize, OfficeError> {
    use rekam_packet::Signer as _;
    let keys = Keys::at(from);
    let files = read_list(from, &keys.signing()?.public_key())?;
    fs::create_dir(data)?;
    let blob = Blob::open(data)?;
    fs::create_dir(data.join("keys"))?;
    for (name, path) in &files {
        let to = match name.strip_prefix("packet/").and_then(|file| file.split_once('.')) {
            Some((item, part)) => {
                let named = rekam_packet::PacketId::parse(item).zip(Upload::from_word(part));
                let (item, part) = named.ok_or(OfficeError::Key("the list of the backup"))?;
                blob.kept_path(item, part)
            }
            None => data.join(name),
        };
        fs::create_dir_all(to.parent().unwrap_or(data))?;
        fs::copy(path, &to)?;
        File::open(&to)?.sync_all()?;
    }
    sync_folder(data)?;
    Ok(files.len())
}
