//! A small file beside the database that tells a wrong key from a damaged first page.
//!
//! SQLCipher answers "not a database" to both. The file holds a hash of the key and a sum over that hash; the key is
//! 256 random bits, so its hash tells nobody anything.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use super::disk::sync_folder;
use crate::canonical::{Canonical, HASH_BYTES, Hash};
use crate::error::{StoreError, from_io};
use crate::key::RawKey;

/// What the check says about a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyCheck {
    /// This is the key.
    Fits,
    /// This is another key.
    DoesNotFit,
    /// The check is missing or damaged itself.
    Unknown,
}

/// Two hashes: of the key, and the sum over that.
const CHECK_BYTES: usize = 2 * HASH_BYTES;

fn expected(key: &dyn RawKey, what: &str) -> [u8; CHECK_BYTES] {
    let check = Canonical::new("rekam database key check v1").text(what).bytes(key.bytes()).finish();
    let sum = Hash::of(&check.0);
    let mut bytes = [0; CHECK_BYTES];
    for (place, byte) in bytes.iter_mut().zip(check.0.iter().chain(&sum.0)) {
        *place = *byte;
    }
    bytes
}

/// Asks the check file about a key.
pub(crate) fn ask(path: &Path, key: &dyn RawKey, what: &str) -> KeyCheck {
    let Ok(found) = std::fs::read(path) else { return KeyCheck::Unknown };
    let Some((check, sum)) = found.split_at_checked(HASH_BYTES) else { return KeyCheck::Unknown };
    if Hash::of(check).0.as_slice() != sum {
        return KeyCheck::Unknown;
    }
    if found.as_slice() == expected(key, what).as_slice() { KeyCheck::Fits } else { KeyCheck::DoesNotFit }
}

/// Writes the check file durably; called only while the key is known to fit.
pub(crate) fn write(folder: &Path, name: &str, key: &dyn RawKey, what: &str) -> Result<(), StoreError> {
    const OPERATION: &str = "write the key check";
    let path = folder.join(name);
    let fresh = folder.join(format!("{name}.new"));
    File::create(&fresh)
        .and_then(|mut file| file.write_all(&expected(key, what)).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&fresh, &path))
        .map_err(|error| from_io(OPERATION, error))?;
    sync_folder(folder)
}
