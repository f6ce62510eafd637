//! The key of the outbox, which has to open while nobody is signed in: delivery, mirror and backup run at night.
//!
//! What it protects: a copy of the outbox alone (a backup disk, a mirror), and the outbox against other users of the
//! computer (the file is readable by the station's user only). What it does not protect: someone with the whole disk,
//! or a program running as the station's user, has it. So the outbox may hold only packets that are already sealed
//! to the office, receipts and chain state, never anything a person could be recognised by.

use std::fmt;
use std::path::Path;

use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::disk;
use crate::error::FileError;
use crate::file::{Hex, VERSION, decode, encode};
use crate::opened::sqlcipher;
use crate::seal::{Key, empty_key, key_from};

/// What the key for the line is derived for.
const LINE: &[u8] = b"rekam/v1/line";

pub(crate) const TRANSPORT_FILE: &str = "transport.secret";

/// Opens the outbox. Wiped when dropped.
pub struct TransportKey(pub(crate) Key);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TransportFile {
    version: u32,
    ring: String,
    key: Hex,
}

impl TransportKey {
    /// Reads the key of the ring in `folder`; needs no secret and no lock. Nothing where there is no such file.
    ///
    /// # Errors
    /// The file is damaged, or the disk refused.
    pub fn read(folder: &Path) -> Result<Option<Self>, FileError> {
        let Some(bytes) = disk::read(folder, TRANSPORT_FILE)? else { return Ok(None) };
        let file: TransportFile = decode(TRANSPORT_FILE, &bytes)?;
        match key_from(&file.key.0) {
            Some(key) => Ok(Some(Self(key))),
            None => Err(FileError::damaged(TRANSPORT_FILE, "the key has the wrong length")),
        }
    }

    pub(crate) fn file(&self, ring: &str) -> Result<Zeroizing<Vec<u8>>, FileError> {
        let file =
            TransportFile { version: VERSION, ring: ring.to_owned(), key: Hex::new(self.0.as_slice()) };
        encode(TRANSPORT_FILE, &file)
    }

    /// The key.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The seed of the Ed25519 key the station shows on the line. Another key than the one that signs packets, and there
    /// while the station is locked.
    #[must_use]
    pub fn line_seed(&self) -> Box<Zeroizing<[u8; 32]>> {
        let mut seed = empty_key();
        // Refused only for an output longer than 255 hashes.
        let expanded = Hkdf::<Sha256>::new(None, self.bytes()).expand(LINE, seed.as_mut_slice());
        debug_assert!(expanded.is_ok());
        seed
    }

    /// The key as SQLCipher takes a raw key: `x'…'`, to be put between double quotes.
    #[must_use]
    pub fn sqlcipher(&self) -> Zeroizing<String> {
        sqlcipher(self.bytes())
    }
}

impl fmt::Debug for TransportKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TransportKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derives_the_key_of_the_line_from_that_of_the_outbox() {
        let key = TransportKey(key_from(&[7; 32]).unwrap());
        let digits: String = key.line_seed().iter().map(|byte| format!("{byte:02x}")).collect();
        // Reckoned apart, by RFC 5869 with the `hmac` of Python's library.
        assert_eq!(digits, "562b4e433bb2629258602a9a15215f64b74d89143693c616b9f16af157dad664");
    }
}
