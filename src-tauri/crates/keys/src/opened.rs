//! What is in memory while the station is open. Dropping it locks the station.

use std::fmt;

use zeroize::Zeroizing;

use crate::account::AccountId;
use crate::file::hex;
use crate::seal::{Key, derive};
use crate::signing::{Context, PublicKey, Seed, SigStructureError, Signature};
use crate::transport::TransportKey;

/// The station's own keys, opened by a person or by the recovery key. Wiped when dropped.
pub struct Opened {
    pub(crate) ring: String,
    pub(crate) database: Key,
    pub(crate) station: Seed,
    pub(crate) transport: TransportKey,
}

/// The key under which the ring's own files are sealed: never the database key itself.
pub(crate) fn file_key(database: &Key) -> Option<Key> {
    derive(database.as_slice(), b"rekam/v1/ring-files")
}

impl Opened {
    /// The database key.
    #[must_use]
    pub fn database_key(&self) -> &[u8; 32] {
        &self.database
    }

    /// The database key as SQLCipher takes a raw key: `x'…'`, to be put between double quotes.
    #[must_use]
    pub fn database_key_sqlcipher(&self) -> Zeroizing<String> {
        sqlcipher(self.database_key())
    }

    /// The key of the outbox, the same that [`TransportKey::read`] finds while the station is locked.
    #[must_use]
    pub fn transport_key(&self) -> &TransportKey {
        &self.transport
    }

    /// The station's public key.
    #[must_use]
    pub fn station_key(&self) -> PublicKey {
        self.station.public_key()
    }

    /// Signs in the name of the station.
    #[must_use]
    pub fn sign_as_station(&self, context: Context, bytes: &[u8]) -> Signature {
        self.station.sign(context, bytes)
    }

    /// Signs a COSE `Sig_structure` in the name of the station; its own external data is the context.
    ///
    /// # Errors
    /// The bytes are no `Sig_structure`.
    pub fn sign_cose_as_station(&self, sig_structure: &[u8]) -> Result<Signature, SigStructureError> {
        self.station.sign_cose(sig_structure)
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Opened(…)")
    }
}

/// A person who is signed in: the station's keys, and this person's own. Wiped when dropped.
pub struct Unlocked {
    pub(crate) account: AccountId,
    pub(crate) opened: Opened,
    pub(crate) signing: Seed,
    pub(crate) card: Zeroizing<Vec<u8>>,
}

impl Unlocked {
    /// Who this is.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// What the caller once sealed about this person: name, roles, decree, expiry.
    #[must_use]
    pub fn card(&self) -> &[u8] {
        &self.card
    }

    /// The station's keys.
    #[must_use]
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    /// This person's public key.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.signing.public_key()
    }

    /// Signs in the name of this person.
    #[must_use]
    pub fn sign(&self, context: Context, bytes: &[u8]) -> Signature {
        self.signing.sign(context, bytes)
    }

    /// Signs a COSE `Sig_structure` in the name of this person; its own external data is the context.
    ///
    /// # Errors
    /// The bytes are no `Sig_structure`.
    pub fn sign_cose(&self, sig_structure: &[u8]) -> Result<Signature, SigStructureError> {
        self.signing.sign_cose(sig_structure)
    }
}

impl fmt::Debug for Unlocked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Unlocked({}, …)", self.account)
    }
}

pub(crate) fn sqlcipher(key: &[u8; 32]) -> Zeroizing<String> {
    let digits = hex(key);
    let mut text = Zeroizing::new(String::with_capacity(digits.len() + 3));
    text.push_str("x'");
    text.push_str(&digits);
    text.push('\'');
    text
}
