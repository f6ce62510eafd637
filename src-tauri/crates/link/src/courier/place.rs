//! Where things are on a stick, and how they are opened without being led astray.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, openat};
use sha2::{Digest as _, Sha256};

const TOP: &str = "rekam";
/// An id longer than this is spelled as a hash, in bytes.
const FOLDER_BYTES_MAX: usize = 64;

/// The folder a station writes into.
pub(super) fn to_office(stick: &Path, station: &str) -> PathBuf {
    [stick, TOP.as_ref(), "to-office".as_ref(), folder(station).as_ref()].iter().collect()
}

/// The parts of the way to the folder a station reads from.
pub(super) fn to_station(station: &str) -> [String; 3] {
    [TOP.into(), "to-station".into(), folder(station)]
}

/// The signed list of a folder: the newest.
pub(super) const LIST: &str = "courier.cose";
/// Signed words of the office.
pub(super) const MESSAGES: &str = "messages.cbor";
/// The newest bundle of the station.
pub(super) const BUNDLE: &str = "bundle.cose";

/// The name under which a list stays when a newer one has come.
pub(super) fn kept_list(at_ms: i64) -> String {
    format!("courier-{at_ms:013}.cose")
}

fn folder(id: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    if (1..=FOLDER_BYTES_MAX).contains(&id.len()) && id.bytes().all(is_plain) && !id.starts_with("x-") {
        return id.to_owned();
    }
    let hash = Sha256::digest(id);
    let digits: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("x-{digits}")
}

/// Opens the stick's own folder, which a person chose.
pub(super) fn open_top(path: &Path) -> io::Result<File> {
    Ok(openat(CWD, path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?.into())
}

/// Opens a folder in a folder; a link is not followed.
pub(super) fn open_folder(below: impl AsFd, name: &str) -> io::Result<File> {
    let how = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(below, name, how, Mode::empty())?.into())
}

/// Opens a regular file in a folder; a link is not followed, a pipe does not hold us up. Also says how long it is.
pub(super) fn open_file(below: impl AsFd, name: &str) -> io::Result<(File, u64)> {
    let how = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(openat(below, name, how, Mode::empty())?);
    let state = file.metadata()?;
    if state.is_file() { Ok((file, state.len())) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_station_has_a_folder_that_stays_below() {
        assert_eq!(folder("desk-1"), "desk-1");
        for id in ["", "Desk 1", "../../etc", ".hidden", "x-1", &"a".repeat(65), "balai/1", "é"] {
            let folder = folder(id);
            assert!(folder.starts_with("x-") && folder.len() == 18, "{id:?} is {folder:?}");
        }
        assert_ne!(folder("Desk-1"), folder("DESK-1"));
    }
}
