//! Reading a stick that comes back.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rekam_packet::limit::BUNDLE_BYTES_MAX;
use rekam_packet::notice::{CourierFile, CourierList, Notice as _};
use rekam_packet::{Digest, NoticeRefusal, Trust};

use super::{CourierError, FILES_MAX, on_disk, place};
use crate::answer::read_messages;

/// Signed words of one stick: what the office says of a hundred thousand packets fits twice.
const MESSAGES_BYTES_MAX: u64 = 64 * 1024 * 1024;
const MESSAGES_MAX: u64 = 200_000;

/// What was on the stick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The office it is from.
    pub from: String,
    /// When it was filled.
    pub at_ms: i64,
    /// How many messages were handed over.
    pub taken: usize,
    /// The station's newest bundle, signed and not yet checked.
    pub bundle: Option<Vec<u8>>,
    /// Files that were not as the list says, by name.
    pub spoilt: Vec<(String, Spoilt)>,
}

/// Why a file was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoilt {
    /// It is not there, is no plain file, or cannot be read.
    Unreadable,
    /// It is not what the office put there.
    Changed,
    /// It is longer than such a file can be.
    TooLarge,
    /// A file of this name means nothing to a station.
    Unknown,
    /// It is what the office put there, and no list of messages.
    Malformed,
}

/// Hands over every message that an office has put on the stick for this station. Each is signed by itself and still to be checked
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
    let list = read_list(&folder, station, trust)?;
    let mut done =
        Imported { from: list.from, at_ms: list.at_ms, taken: 0, bundle: None, spoilt: Vec::new() };
    for file in list.files.iter().take(FILES_MAX) {
        let read = match file.name.as_str() {
            place::MESSAGES => read_listed(&folder, file, MESSAGES_BYTES_MAX).and_then(|bytes| {
                let messages = read_messages(&bytes, MESSAGES_MAX).map_err(|_| Spoilt::Malformed)?;
                messages.iter().for_each(|message| take(message));
                done.taken += messages.len();
                Ok(())
            }),
            place::BUNDLE => {
                read_listed(&folder, file, BUNDLE_BYTES_MAX as u64).map(|bytes| done.bundle = Some(bytes))
            }
            _ => Err(Spoilt::Unknown),
        };
        if let Err(spoilt) = read {
            done.spoilt.push((file.name.clone(), spoilt));
        }
    }
    Ok(done)
}

/// The newest bundle an office has put on the stick for this station, or into this folder alone: for a station that knows
/// no office yet and so cannot check the list. The bundle is signed by itself and still to be checked.
///
/// # Errors
/// There is none, or the disk refused.
pub fn read_bundle(stick: &Path, station: &str) -> Result<Vec<u8>, CourierError> {
    let top = place::open_top(stick).map_err(on_disk("open"))?;
    let mut folder = top.try_clone().map_err(on_disk("open"))?;
    for part in place::to_station(station) {
        folder = match place::open_folder(&folder, &part) {
            Ok(folder) => folder,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                top.try_clone().map_err(on_disk("open"))?
            }
            Err(error) => return Err(on_disk("open a folder on")(error)),
        };
    }
    let (file, length) = match place::open_file(&folder, place::BUNDLE) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(CourierError::Nothing),
        Err(error) => return Err(on_disk("read the bundle on")(error)),
    };
    if length > BUNDLE_BYTES_MAX as u64 {
        return Err(CourierError::Nothing);
    }
    read_whole(file, length).map_err(on_disk("read the bundle on"))
}

fn read_list(folder: &File, station: &str, trust: &Trust) -> Result<CourierList, CourierError> {
    let (file, length) = match place::open_file(folder, place::LIST) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(CourierError::Nothing),
        Err(error) => return Err(on_disk("read the list on")(error)),
    };
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

fn read_listed(folder: &File, listed: &CourierFile, bytes_max: u64) -> Result<Vec<u8>, Spoilt> {
    if listed.length > bytes_max {
        return Err(Spoilt::TooLarge);
    }
    let (file, length) = place::open_file(folder, &listed.name).map_err(|_| Spoilt::Unreadable)?;
    if length != listed.length {
        return Err(Spoilt::Changed);
    }
    let bytes = read_whole(file, length).map_err(|_| Spoilt::Unreadable)?;
    if Digest::of(&bytes) == listed.sha256 { Ok(bytes) } else { Err(Spoilt::Changed) }
}

/// Reads so many bytes; a file that grows meanwhile is no bomb.
fn read_whole(file: File, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}
