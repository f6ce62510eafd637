//! The key of the outbox, which has to open while nobody is signed in: delivery, mirror and backup run at night.
//!
//! What it protects: a copy of the outbox alone (a backup disk, a mirror), and the outbox against other users of the
//! computer (the file is readable by the station's user only). What it does not protect: someone with the whole disk,
//! or a program running as the station's user, has it. So the outbox may hold only packets that are already sealed
//! to the office, receipts and chain state, never anything a person could be recognised by.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::disk;
use crate::error::FileError;
use crate::file::{Hex, VERSION, decode, encode};
use crate::opened::sqlcipher;
use crate::seal::{Key, key_from};

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
