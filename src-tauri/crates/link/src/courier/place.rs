//! Where things are on a stick, and how they are opened without being led astray.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use rekam_packet::notice::{TO_OFFICE, TO_STATION, courier_folder};
use rustix::fs::{CWD, Mode, OFlags, openat};

/// The folder a station writes into.
pub(super) fn to_office(stick: &Path, station: &str) -> PathBuf {
    let [top, way] = TO_OFFICE;
    stick.join(top).join(way).join(courier_folder(station))
}

/// The parts of the way to the folder a station reads from.
pub(super) fn to_station(station: &str) -> [String; 3] {
    let [top, way] = TO_STATION;
    [top.to_owned(), way.to_owned(), courier_folder(station)]
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
