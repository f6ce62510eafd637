//! The list on a courier's disk: what was put there, by whom.

use minicbor::{Decode, Encode};
use serde::Serialize;

use super::{Notice, Payload};
use crate::bytes::{Digest, PublicKey};
use crate::cose::Context;
use crate::limit::{BUNDLE_BYTES_MAX, TEXT_BYTES_MAX};
use crate::manifest::is_plain;
use crate::trust::Trust;

/// The folder on a stick in which the stations write.
pub const TO_OFFICE: [&str; 2] = ["rekam", "to-office"];
/// The folder on a stick from which the stations read.
pub const TO_STATION: [&str; 2] = ["rekam", "to-station"];
/// An id longer than this is spelled as a hash, in bytes.
const FOLDER_BYTES_MAX: usize = 64;
/// Enough of a hash to keep the folders of one stick apart.
const FOLDER_HASH_DIGITS: usize = 16;

/// One file on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct CourierFile {
    /// Its name below the folder of the list.
    #[n(0)]
    pub name: String,
    /// Its length in bytes.
    #[n(1)]
    pub length: u64,
    /// Its SHA-256.
    #[n(2)]
    pub sha256: Digest,
}

/// The list: from a station to the office with packets and notices, or back with receipts and status entries.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct CourierList {
    /// Version of this format.
    #[n(0)]
    pub version: u8,
    /// Who filled the disk: a station or an office.
    #[n(1)]
    pub from: String,
    /// Whom it is for.
    #[n(2)]
    pub to: String,
    /// When, in milliseconds since 1970.
    #[n(3)]
    pub at_ms: i64,
    /// The files, in the order to be read.
    #[n(4)]
    pub files: Vec<CourierFile>,
}

/// Whether a name stays below its folder on every system: letters, digits, `-`, `_`, `.`, at most one folder deep,
/// no part beginning with a dot.
#[must_use]
pub fn is_safe_name(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    name.len() <= TEXT_BYTES_MAX && name.split('/').count() <= 2 && name.split('/').all(is_part)
}

/// The folder of a station on a stick (`STICK.md` of the link): its id where that is a plain name on every file system,
/// else made of its hash. It only keeps folders apart; who filled one, the list's signature says.
#[must_use]
pub fn courier_folder(station: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    let fits = (1..=FOLDER_BYTES_MAX).contains(&station.len()) && !station.starts_with("x-");
    if fits && station.bytes().all(is_plain) {
        return station.to_owned();
    }
    let hash = Digest::of(station.as_bytes()).to_string();
    format!("x-{}", hash.get(..FOLDER_HASH_DIGITS).unwrap_or_default())
}

impl Notice for CourierList {
    fn keys<'t>(&'t self, trust: &'t Trust) -> Box<dyn Iterator<Item = &'t PublicKey> + 't> {
        Box::new(trust.station(&self.from).iter().chain(trust.office(&self.from)))
    }
}

impl Payload for CourierList {
    const CONTEXT: Context = Context::COURIER;
    const BYTES_MAX: usize = BUNDLE_BYTES_MAX;

    fn version(&self) -> u8 {
        self.version
    }

    fn is_sound(&self) -> bool {
        let mut names: Vec<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
        names.sort_unstable();
        is_plain(&self.from)
            && is_plain(&self.to)
            && self.at_ms >= 0
            && names.iter().all(|name| is_safe_name(name))
            && names.windows(2).all(|pair| pair.first() != pair.last())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_station_has_a_folder_that_stays_below() {
        assert_eq!(courier_folder("desk-1"), "desk-1");
        for id in ["", "Desk 1", "../../etc", ".hidden", "x-1", &"a".repeat(65), "balai/1", "é"] {
            let folder = courier_folder(id);
            assert!(folder.starts_with("x-") && folder.len() == 18, "{id:?} is {folder:?}");
        }
        assert_ne!(courier_folder("Desk-1"), courier_folder("DESK-1"));
    }
}
