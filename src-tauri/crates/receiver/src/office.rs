//! One office: its folder, its keys, its memory, and what it says under its signature.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use ed25519_dalek::SigningKey;
use rekam_packet::notice::{Done, Hour, Payload as _, Receipt, StatusEntry};
use rekam_packet::{Digest, PacketId, PublicKey, RecipientKey, Signer as _, SignerError};
use serde::{Deserialize, Serialize};

use crate::authority::Authority;
use crate::blob::Blob;
use crate::keys::Keys;
use crate::ledger::{EntryKind, Ledger, LedgerError, View};

/// The office cannot work.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// The disk.
    #[error("disk: {0}")]
    Io(#[from] io::Error),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A key or a date is not one.
    #[error("{0} cannot be used")]
    Key(&'static str),
    /// The passphrase does not fit.
    #[error("the passphrase does not open the office's key")]
    Passphrase,
    /// A certificate cannot be made.
    #[error("certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A key did not sign.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// Numbers are given to one station alone.
    #[error("station {0} has some of these numbers already")]
    NumbersGiven(String),
    /// The folder is not that of the demonstration, or knows another station with this id.
    #[error("this folder is not for this demonstration station")]
    NotDemonstration,
    /// Another program serves this folder.
    #[error("another program serves this folder")]
    InUse,
    /// `office.json` is not the office's.
    #[error("office.json: {0}")]
    Settings(#[from] serde_json::Error),
}

/// What is fixed at the first start.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Settings {
    /// The office's name, which stands in everything it signs.
    pub name: String,
    /// It is the office of the demonstration, whose keys everybody knows.
    #[serde(default)]
    pub demonstration: bool,
}

/// What a first start may be given.
#[derive(Debug, Default)]
pub struct First<'a> {
    /// The office's name.
    pub name: Option<&'a str>,
    /// The passphrase for its opening key.
    pub passphrase: Option<&'a str>,
    /// The public half of a key that is kept elsewhere.
    pub escrow: Option<&'a RecipientKey>,
}

/// The office.
#[derive(Debug)]
pub struct Office {
    /// Its folder.
    pub dir: PathBuf,
    /// Its name.
    pub name: String,
    /// It is the office of the demonstration, whose keys everybody knows.
    pub is_demonstration: bool,
    /// Its keys.
    pub keys: Keys,
    /// Its memory.
    pub ledger: Ledger,
    /// Its bytes.
    pub blob: Blob,
    /// Its authority.
    pub authority: Authority,
    signing: SigningKey,
}

/// Where the settings are.
const SETTINGS: &str = "office.json";

/// Writes what is fixed at the first start.
pub(crate) fn write_settings(dir: &Path, settings: &Settings) -> Result<(), OfficeError> {
    let path = dir.join(SETTINGS);
    fs::write(&path, serde_json::to_vec(settings)?)?;
    Ok(File::open(&path)?.sync_all()?)
}

/// The office's time, in milliseconds since 1970.
#[must_use]
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

impl Office {
    /// Opens the office, and founds it when the folder is new.
    ///
    /// # Errors
    /// The disk, the ledger, the keys.
    pub fn open(dir: &Path, first: &First<'_>) -> Result<Self, OfficeError> {
        fs::create_dir_all(dir)?;
        let keys = Keys::at(dir);
        if !keys.exist() {
            let name = first.name.unwrap_or("office").to_owned();
            write_settings(dir, &Settings { name: name.clone(), demonstration: false })?;
            fs::create_dir_all(dir.join("keys"))?;
            Authority::make(&keys, &name, now_ms())?;
            keys.make(first.passphrase, first.escrow)?;
        }
        let settings: Settings = serde_json::from_slice(&fs::read(dir.join(SETTINGS))?)?;
        let ledger = Ledger::open(&dir.join("ledger.db"))?;
        let blob = Blob::open(dir)?;
        Ok(Self {
            dir: dir.to_owned(),
            authority: Authority::open(&keys, &settings.name)?,
            signing: keys.signing()?,
            name: settings.name,
            is_demonstration: settings.demonstration,
            keys,
            ledger,
            blob,
        })
    }

    /// Makes this the only program that serves the folder, as long as the file is held.
    ///
    /// # Errors
    /// Another program does.
    pub fn claim(&self) -> Result<File, OfficeError> {
        let file = File::create(self.dir.join("serving.lock"))?;
        rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive)
            .map_err(|_| OfficeError::InUse)?;
        Ok(file)
    }

    /// The public key of everything the office signs.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.signing.public_key()
    }

    /// The key itself, for bundles and couriers.
    #[must_use]
    pub const fn signer(&self) -> &SigningKey {
        &self.signing
    }

    /// The time, signed.
    ///
    /// # Errors
    /// The key did not sign.
    pub fn hour(&self, nonce: u64) -> Result<Vec<u8>, SignerError> {
        Hour { version: 1, at_ms: now_ms(), nonce, office: self.name.clone() }.sign(&self.signing)
    }

    /// Gives a receipt.
    ///
    /// # Errors
    /// The ledger, or the key did not sign.
    pub fn receipt(
        &self,
        view: &View<'_>,
        station: &str,
        of: (PacketId, Digest, u16),
        done: Done,
        at_ms: i64,
    ) -> Result<Vec<u8>, LedgerError> {
        let (packet_id, manifest, blobs) = of;
        view.give(station, packet_id, EntryKind::Receipt, |position| {
            let office = self.name.clone();
            Receipt { version: 1, packet_id, manifest, blobs, done, position, at_ms, office }
                .sign(&self.signing)
        })
    }

    /// Publishes what the centre says of a packet.
    ///
    /// # Errors
    /// The ledger, or the key did not sign.
    pub fn status(
        &self,
        view: &View<'_>,
        station: &str,
        packet_id: PacketId,
        status: &str,
        at_ms: i64,
    ) -> Result<Vec<u8>, LedgerError> {
        view.give(station, packet_id, EntryKind::Status, |cursor| {
            let (status, office) = (status.to_owned(), self.name.clone());
            StatusEntry { version: 1, cursor, packet_id, status, at_ms, office }.sign(&self.signing)
        })
    }
}
