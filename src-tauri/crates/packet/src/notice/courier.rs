//! The list on a courier's disk: what was put there, by whom.

use minicbor::{Decode, Encode};
use serde::Serialize;

use super::Notice;
use crate::bytes::Digest;
use crate::cose::Context;
use crate::limit::{BUNDLE_BYTES_MAX, TEXT_BYTES_MAX};
use crate::manifest::is_plain;

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

impl Notice for CourierList {
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
