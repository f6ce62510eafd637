//! `station.ring`: the station's public key, its sealed keys, and the slot of the recovery key.

use serde::{Deserialize, Serialize};

use crate::error::{FileError, UnlockError};
use crate::file::{Hex, VERSION, decode, encode, hex};
use crate::opened::{Opened, file_key};
use crate::recovery::RecoveryKey;
use crate::seal::{Key, derive, fill_random, joined, key_from, open, random_key, seal};
use crate::signing::{PublicKey, Seed};
use crate::transport::TransportKey;

pub(crate) const STATION_FILE: &str = "station.ring";
/// Bytes of the random word that ties all files of a ring together.
const RING_BYTES: usize = 16;

#[derive(Serialize, Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct StationFile {
    version: u32,
    /// Which ring this is; every other file names the same.
    pub(crate) ring: String,
    verifying_key: Hex,
    /// Station signing seed and transport key, under the file key.
    keys: Hex,
    /// The database key, under the recovery key.
    recovery: Hex,
}

impl StationFile {
    /// Draws everything a new station needs.
    pub(crate) fn draw() -> Result<(Self, Opened, RecoveryKey), FileError> {
        let mut ring = [0u8; RING_BYTES];
        fill_random(&mut ring)?;
        let opened = Opened {
            ring: hex(&ring).to_string(),
            database: random_key()?,
            station: Seed(random_key()?),
            transport: TransportKey(random_key()?),
        };
        let verifying_key = opened.station.public_key();
        let mut keys = zeroize::Zeroizing::new([0u8; 64]);
        let parts = opened.station.0.iter().chain(opened.transport.0.iter());
        keys.iter_mut().zip(parts).for_each(|(to, from)| *to = *from);
        let under = file_key(&opened.database).ok_or_else(no_key)?;
        let sealed = seal(&under, &keys_context(&opened.ring, verifying_key), keys.as_slice())?;
        let recovery = RecoveryKey::random()?;
        let slot = recovery_slot(&opened, &recovery)?;
        let file = Self {
            version: VERSION,
            ring: opened.ring.clone(),
            verifying_key: Hex::new(verifying_key.as_bytes()),
            keys: Hex::new(&sealed),
            recovery: slot,
        };
        Ok((file, opened, recovery))
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, FileError> {
        let file: Self = decode(STATION_FILE, bytes)?;
        file.public_key()?;
        Ok(file)
    }

    pub(crate) fn encode(&self) -> Result<zeroize::Zeroizing<Vec<u8>>, FileError> {
        encode(STATION_FILE, self)
    }

    pub(crate) fn public_key(&self) -> Result<PublicKey, FileError> {
        self.verifying_key.array(STATION_FILE).map(PublicKey::from_bytes)
    }

    /// The station's keys, for someone who has the database key.
    pub(crate) fn open(&self, database: Key) -> Result<Opened, FileError> {
        let damaged = || FileError::damaged(STATION_FILE, "the station keys do not open");
        let public_key = self.public_key()?;
        let under = file_key(&database).ok_or_else(damaged)?;
        let keys = open(&under, &keys_context(&self.ring, public_key), &self.keys.0).ok_or_else(damaged)?;
        let (station, transport) = keys.split_at_checked(32).ok_or_else(damaged)?;
        let station = Seed(key_from(station).ok_or_else(damaged)?);
        let transport = TransportKey(key_from(transport).ok_or_else(damaged)?);
        if station.public_key() != public_key {
            return Err(damaged());
        }
        Ok(Opened { ring: self.ring.clone(), database, station, transport })
    }

    pub(crate) fn recover(&self, recovery: &RecoveryKey) -> Result<Opened, UnlockError> {
        let under = recovery_key(recovery).ok_or(UnlockError::WrongRecoveryKey)?;
        let plain = open(&under, &recovery_context(&self.ring), &self.recovery.0);
        let database = plain.and_then(|plain| key_from(&plain)).ok_or(UnlockError::WrongRecoveryKey)?;
        Ok(self.open(database)?)
    }

    /// The same file with a new recovery key.
    pub(crate) fn renewed(&self, opened: &Opened) -> Result<(Self, RecoveryKey), FileError> {
        let recovery = RecoveryKey::random()?;
        Ok((Self { recovery: recovery_slot(opened, &recovery)?, ..self.clone() }, recovery))
    }
}

fn recovery_slot(opened: &Opened, recovery: &RecoveryKey) -> Result<Hex, FileError> {
    let under = recovery_key(recovery).ok_or_else(no_key)?;
    let sealed = seal(&under, &recovery_context(&opened.ring), opened.database.as_slice())?;
    Ok(Hex::new(&sealed))
}

/// No Argon2 here: 170 random bits cannot be guessed. No hardware factor either: it must open on another computer.
fn recovery_key(recovery: &RecoveryKey) -> Option<Key> {
    derive(recovery.symbols(), b"rekam/v1/recovery")
}

fn recovery_context(ring: &str) -> Vec<u8> {
    joined("rekam/v1/recovery-slot", &[ring.as_bytes()])
}

fn keys_context(ring: &str, public_key: PublicKey) -> Vec<u8> {
    joined("rekam/v1/station-keys", &[ring.as_bytes(), public_key.as_bytes()])
}

pub(crate) fn no_key() -> FileError {
    FileError::io("derive key", "", std::io::Error::other("the hash refused the key"))
}
