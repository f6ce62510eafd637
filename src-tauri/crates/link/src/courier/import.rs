//! Reading a stick that comes back.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rekam_packet::limit::BUNDLE_BYTES_MAX;
use rekam_packet::notice::{CourierFile, CourierList, Notice as _};
use rekam_packet::{Digest, NoticeRefusal, Trust};
use rustix::fs::Dir;

use super::{CourierError, FILES_MAX, on_disk, place};

/// Lists of one folder that are looked at; a stick that came and went every day for two months has fewer.
const LISTS_MAX: usize = 64;
/// Names of one folder that are read, so that a folder without end does not hold us.
const NAMES_MAX: usize = 4 * FILES_MAX;
/// Bytes of all messages of one stick together.
const STICK_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// What was on the stick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The office it is from.
    pub from: String,
    /// When it was filled.
    pub at_ms: i64,
    /// How many messages were handed over.
    pub taken: usize,
    /// Files that were not as the list says.
    pub spoilt: Vec<Spoilt>,
}

/// A file that was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoilt {
    /// It is not there, is no plain file, or cannot be read.
    Unreadable {
        /// Its place in the list.
        place: usize,
    },
    /// It is not what the office put there.
    Changed {
        /// Its place in the list.
        place: usize,
    },
    /// It is longer than any message.
    TooLarge {
        /// Its place in the list.
        place: usize,
    },
}

/// Hands over every message on the newest good list for this station. Each is signed by itself and still to be checked
/// by whoever takes it.
///
/// # Errors
/// Nothing for this station, a stranger's stick, somebody else's, or the disk refused.
pub fn import(
    stick: &Path,
    station: &str,
    trust: &Trust,
    take: &mut dyn FnMut(&[u8]),
) -> Result<Imported, CourierError> {
    let mut folder = place::open_top(stick).map_err(on_disk("open"))?;
    for part in place::to_station(station) {
        folder = match place::open_folder(&folder, &part) {
            Ok(folder) => folder,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(CourierError::Nothing),
            Err(error) => return Err(on_disk("open a folder on")(error)),
        };
    }
    let list = newest_list(&folder, station, trust)?;
    let mut done = Imported { from: list.from, at_ms: list.at_ms, taken: 0, spoilt: Vec::new() };
    let mut left = STICK_BYTES_MAX;
    for (place, file) in list.files.iter().enumerate().take(FILES_MAX) {
        match read_listed(&folder, file, place, &mut left) {
            Ok(bytes) => {
                take(&bytes);
                done.taken += 1;
            }
            Err(spoilt) => done.spoilt.push(spoilt),
        }
    }
    Ok(done)
}

/// The good list with the latest time. When none is good, the reason of the one with the latest name is told.
fn newest_list(folder: &File, station: &str, trust: &Trust) -> Result<CourierList, CourierError> {
    let mut names = list_names(folder)?;
    names.sort_unstable_by(|one, other| other.cmp(one));
    let mut refused = None;
    let mut newest: Option<CourierList> = None;
    for name in names.iter().take(LISTS_MAX) {
        match read_list(folder, name, station, trust) {
            Ok(list) if newest.as_ref().is_none_or(|newest| list.at_ms > newest.at_ms) => newest = Some(list),
            Ok(_) => {}
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    newest.ok_or(refused.unwrap_or(CourierError::Nothing))
}

fn list_names(folder: &File) -> Result<Vec<String>, CourierError> {
    let mut names = Vec::new();
    for entry in Dir::read_from(folder).map_err(on_disk("read"))?.take(NAMES_MAX) {
        let entry = entry.map_err(on_disk("read"))?;
        let name = entry.file_name().to_str().ok().filter(|name| place::is_list(name));
        names.extend(name.map(str::to_owned));
    }
    Ok(names)
}

fn read_list(folder: &File, name: &str, station: &str, trust: &Trust) -> Result<CourierList, CourierError> {
    let (file, length) = place::open_file(folder, name).map_err(on_disk("read the list on"))?;
    if length > BUNDLE_BYTES_MAX as u64 {
        return Err(CourierError::List(NoticeRefusal::TooLarge));
    }
    let bytes = read_whole(file, length).map_err(on_disk("read the list on"))?;
    let list = CourierList::verify(&bytes, trust).map_err(|refusal| match refusal {
        NoticeRefusal::KeyUnknown | NoticeRefusal::Signature => {
            CourierError::Stranger { from: claimed(&bytes), refusal }
        }
        NoticeRefusal::Malformed
        | NoticeRefusal::VersionUnknown
        | NoticeRefusal::TooLarge
        | NoticeRefusal::Countersignature
        | NoticeRefusal::Elsewhere
        | NoticeRefusal::NotValidNow
        | NoticeRefusal::WrongPerson => CourierError::List(refusal),
    })?;
    // A station signs lists too; back to a station only an office writes.
    if trust.office(&list.from).is_empty() {
        return Err(CourierError::Stranger { from: list.from, refusal: NoticeRefusal::KeyUnknown });
    }
    if list.to != station {
        return Err(CourierError::Elsewhere { to: list.to });
    }
    Ok(list)
}

/// Whom an unknown list says it is from: to be shown, never to be believed.
fn claimed(bytes: &[u8]) -> String {
    let payload = || {
        let mut from = minicbor::Decoder::new(bytes);
        from.array().ok()?;
        from.bytes().ok()?;
        from.skip().ok()?;
        minicbor::decode::<CourierList>(from.bytes().ok()?).ok()
    };
    payload().map(|list| list.from).unwrap_or_default()
}

fn read_listed(folder: &File, listed: &CourierFile, place: usize, left: &mut u64) -> Result<Vec<u8>, Spoilt> {
    if listed.name.contains('/') {
        return Err(Spoilt::Unreadable { place });
    }
    if listed.length > BUNDLE_BYTES_MAX as u64 || listed.length > *left {
        return Err(Spoilt::TooLarge { place });
    }
    let (file, length) = place::open_file(folder, &listed.name).map_err(|_| Spoilt::Unreadable { place })?;
    if length != listed.length {
        return Err(Spoilt::Changed { place });
    }
    let bytes = read_whole(file, length).map_err(|_| Spoilt::Unreadable { place })?;
    *left -= length;
    if Digest::of(&bytes) == listed.sha256 { Ok(bytes) } else { Err(Spoilt::Changed { place }) }
}

/// Reads so many bytes; a file that grows meanwhile is no bomb.
fn read_whole(file: File, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}
