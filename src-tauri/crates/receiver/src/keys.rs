//! The private keys of the office, each in a file only the office's account may read.
//!
//! | Key | Where | Who can use it |
//! |---|---|---|
//! | receipts, statuses, bundles (Ed25519) | `keys/receipt.key` | the running program: ingest goes on by itself |
//! | opening packets (age) | `keys/identity.age`, under a passphrase as `age -p` writes it | whoever gives the passphrase |
//! | escrow (age) | only its public half stays; the private half is to be carried away | nobody here |

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use ed25519_dalek::SigningKey;
use rekam_packet::{IdentityKey, RecipientKey, Recipients, demonstration};

use crate::blob::sync_folder;
use crate::office::OfficeError;

/// The folder of the keys.
#[derive(Debug)]
pub struct Keys {
    folder: PathBuf,
}

/// Written at the first start when no passphrase was given; to be carried away.
pub const PASSPHRASE_LEFT: &str = "CARRY-AWAY-passphrase.txt";
/// Written at the first start when no escrow key was given; to be carried away.
pub const ESCROW_LEFT: &str = "CARRY-AWAY-escrow.key";

/// The passphrase of the demonstration office: it guards nothing.
pub const DEMONSTRATION_PASSPHRASE: &str = "peragaan";
/// So little scrypt (2 to this power) that nobody waits for it.
const DEMONSTRATION_WORK: u8 = 4;

/// The private key of the authority.
pub const AUTHORITY_KEY: &str = "authority.key";
/// Its certificate.
pub const AUTHORITY: &str = "authority.der";
const RECEIPT: &str = "receipt.key";
const IDENTITY: &str = "identity.age";
const ACTIVE: &str = "active.txt";
const ESCROW: &str = "escrow.txt";
const PAGE_TOKEN: &str = "page.token";

/// The largest key file, in bytes: hundreds of rotations.
const KEY_FILE_BYTES_MAX: u64 = 64 * 1024;

impl Keys {
    /// The keys below a data folder.
    #[must_use]
    pub fn at(data: &Path) -> Self {
        Self { folder: data.join("keys") }
    }

    /// Whether a first start has made them.
    #[must_use]
    pub fn exist(&self) -> bool {
        // Written last, so everything else is there when it is.
        self.folder.join(RECEIPT).exists()
    }

    /// Makes every key at the first start.
    ///
    /// # Errors
    /// The disk, or chance.
    pub fn make(&self, passphrase: Option<&str>, escrow: Option<&RecipientKey>) -> Result<(), OfficeError> {
        fs::create_dir_all(&self.folder)?;
        let chosen = match passphrase {
            Some(passphrase) => passphrase.to_owned(),
            None => {
                let made = random_words()?;
                self.write(PASSPHRASE_LEFT, made.as_bytes())?;
                made
            }
        };
        let escrow = match escrow {
            Some(escrow) => escrow.clone(),
            None => {
                let made = IdentityKey::generate();
                self.write(ESCROW_LEFT, made.expose().as_bytes())?;
                made.recipient()
            }
        };
        self.write(ESCROW, escrow.to_string().as_bytes())?;
        self.save_identities(&[IdentityKey::generate()], &chosen)?;
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|_| OfficeError::Key("no chance"))?;
        self.write(RECEIPT, &seed)?;
        Ok(sync_folder(&self.folder)?)
    }

    /// Makes the keys of the demonstration office, which everybody knows: under a passphrase that is shown, at little cost.
    ///
    /// # Errors
    /// The disk.
    pub fn make_demonstration(&self) -> Result<(), OfficeError> {
        let [active, escrow] =
            demonstration::identities().ok_or(OfficeError::Key("the demonstration's keys"))?;
        fs::create_dir_all(&self.folder)?;
        self.write(AUTHORITY_KEY, demonstration::AUTHORITY_KEY)?;
        self.write(AUTHORITY, demonstration::AUTHORITY)?;
        self.write(ESCROW, escrow.recipient().to_string().as_bytes())?;
        self.save_at(&[active], DEMONSTRATION_PASSPHRASE, Some(DEMONSTRATION_WORK))?;
        self.write(RECEIPT, demonstration::SEED)?;
        Ok(sync_folder(&self.folder)?)
    }

    fn save_identities(&self, identities: &[IdentityKey], passphrase: &str) -> Result<(), OfficeError> {
        self.save_at(identities, passphrase, None)
    }

    fn save_at(
        &self,
        identities: &[IdentityKey],
        passphrase: &str,
        work: Option<u8>,
    ) -> Result<(), OfficeError> {
        let first = identities.first().ok_or(OfficeError::Key(IDENTITY))?;
        let lines: String = identities.iter().map(|key| key.expose() + "\n").collect();
        let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase.to_owned()));
        if let Some(work) = work {
            recipient.set_work_factor(work);
        }
        let sealed = age::encrypt(&recipient, lines.as_bytes()).map_err(|_| OfficeError::Key(IDENTITY))?;
        self.write(IDENTITY, &sealed)?;
        self.write(ACTIVE, first.recipient().to_string().as_bytes())
    }

    /// The key that signs receipts, statuses and bundles.
    ///
    /// # Errors
    /// The disk, or it is no key.
    pub fn signing(&self) -> Result<SigningKey, OfficeError> {
        let seed: [u8; 32] = self.read(RECEIPT)?.try_into().map_err(|_| OfficeError::Key("receipt.key"))?;
        Ok(SigningKey::from_bytes(&seed))
    }

    /// The keys packets are to be sealed to.
    ///
    /// # Errors
    /// The disk, or they are no keys.
    pub fn recipients(&self) -> Result<Recipients, OfficeError> {
        let key = |file| -> Result<RecipientKey, OfficeError> {
            let text = String::from_utf8(self.read(file)?).map_err(|_| OfficeError::Key(file))?;
            RecipientKey::parse(&text).ok_or(OfficeError::Key(file))
        };
        Ok(Recipients { active: key(ACTIVE)?, escrow: key(ESCROW)? })
    }

    /// The keys that open packets, newest first.
    ///
    /// # Errors
    /// The passphrase does not fit, or the disk.
    pub fn identities(&self, passphrase: &str) -> Result<Vec<IdentityKey>, OfficeError> {
        let sealed = self.read(IDENTITY)?;
        let with = age::scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
        let lines = age::decrypt(&with, &sealed).map_err(|_| OfficeError::Passphrase)?;
        let text = String::from_utf8(lines).map_err(|_| OfficeError::Key(IDENTITY))?;
        IdentityKey::read_file(&text).ok_or(OfficeError::Key(IDENTITY))
    }

    /// Makes a new key to seal to. The old ones stay, so that old packets stay readable.
    ///
    /// # Errors
    /// The passphrase does not fit, or the disk.
    pub fn rotate(&self, passphrase: &str) -> Result<RecipientKey, OfficeError> {
        let mut identities = vec![IdentityKey::generate()];
        identities.extend(self.identities(passphrase)?);
        self.save_identities(&identities, passphrase)?;
        identities.first().map(IdentityKey::recipient).ok_or(OfficeError::Key(IDENTITY))
    }

    /// The passphrase a first start left here, if nobody has carried it away yet.
    #[must_use]
    pub fn left_passphrase(&self) -> Option<String> {
        let text = String::from_utf8(self.read(PASSPHRASE_LEFT).ok()?).ok()?;
        Some(text.trim().to_owned())
    }

    /// Secrets a first start left here that are still to be carried away.
    #[must_use]
    pub fn left(&self) -> Vec<&'static str> {
        let is_left = |file: &&str| self.folder.join(file).exists();
        [PASSPHRASE_LEFT, ESCROW_LEFT].into_iter().filter(is_left).collect()
    }

    /// What opens the page for people; made when it is first needed.
    ///
    /// # Errors
    /// The disk.
    pub fn page_token(&self) -> Result<String, OfficeError> {
        if !self.folder.join(PAGE_TOKEN).exists() {
            self.write(PAGE_TOKEN, random_words()?.as_bytes())?;
        }
        String::from_utf8(self.read(PAGE_TOKEN)?).map_err(|_| OfficeError::Key(PAGE_TOKEN))
    }

    /// Writes a file only this account can read: new beside old, synced, renamed.
    ///
    /// # Errors
    /// The disk.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), OfficeError> {
        let (path, fresh) = (self.folder.join(name), self.folder.join(format!("{name}.new")));
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&fresh, &path)?;
        Ok(sync_folder(&self.folder)?)
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// The disk, or it is too long for a key.
    pub fn read(&self, name: &'static str) -> Result<Vec<u8>, OfficeError> {
        let mut bytes = Vec::new();
        let file = File::open(self.folder.join(name))?;
        file.take(KEY_FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > KEY_FILE_BYTES_MAX {
            return Err(OfficeError::Key(name));
        }
        Ok(bytes)
    }

    /// Every file of the folder, for a backup.
    ///
    /// # Errors
    /// The disk.
    pub fn files(&self) -> io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let is_left = path.file_name().is_some_and(|name| name == PASSPHRASE_LEFT || name == ESCROW_LEFT);
            if !is_left {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }
}

/// A passphrase of 128 bits, in groups that can be written down.
fn random_words() -> Result<String, OfficeError> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let mut chance = [0; 26];
    getrandom::fill(&mut chance).map_err(|_| OfficeError::Key("no chance"))?;
    let letters: Vec<char> = chance
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte & 31)).map(|letter| char::from(*letter)))
        .collect();
    Ok(letters.chunks(5).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}
