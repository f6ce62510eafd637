//! `<id>.key`: one person's slot, public keys and sealed card.
//!
//! The slot (database key and signing seed) opens with the secret. The card opens with the database key, and everything
//! else in the file is its associated data: whoever changes a public key or the history breaks the card.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::account::AccountId;
use crate::binding::{Binding, KeyError, Offer, Ready};
use crate::cost::{Cost, SALT_BYTES, stretched};
use crate::error::{FileError, RingError};
use crate::file::{Hex, VERSION, decode, encode};
use crate::opened::file_key;
use crate::seal::{Key, fill_random, joined, key_from, open, random_key, seal};
use crate::secret::Secret;
use crate::signing::{PublicKey, Seed};
use crate::station_file::no_key;
use crate::tpm::{BLOB_BYTES_MAX, SealedFactor};

/// Largest card; a name, roles and a decree take a few hundred bytes.
pub const CARD_BYTES_MAX: usize = 16 * 1024;
/// Most signing keys one account may have had: a reset every week for five years.
pub const KEYS_MAX: usize = 260;

/// A signing key of an account and when it was in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySpan {
    /// The public key.
    pub public_key: PublicKey,
    /// Wall time of its first day.
    pub since_unix_ms: i64,
    /// Wall time at which it was replaced or its account closed; none while it is in use.
    pub until_unix_ms: Option<i64>,
}

#[derive(Serialize, Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct KeyRow {
    verifying_key: Hex,
    since_unix_ms: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    until_unix_ms: Option<i64>,
}

#[derive(Serialize, Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Slot {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    binding: String,
    /// What the chip gave out for safe-keeping; there where `binding` is `tpm2`, and only there.
    #[serde(skip_serializing_if = "Option::is_none")]
    tpm_public: Option<Hex>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tpm_private: Option<Hex>,
    salt: Hex,
    sealed: Hex,
}

#[derive(Serialize, Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountFile {
    version: u32,
    ring: String,
    account: String,
    card: Hex,
    /// Absent once the account is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    slot: Option<Slot>,
    keys: Vec<KeyRow>,
}

pub(crate) fn file_name(id: &AccountId) -> String {
    format!("{id}.key")
}

impl AccountFile {
    pub(crate) fn empty(ring: &str, id: &AccountId) -> Self {
        Self {
            version: VERSION,
            ring: ring.to_owned(),
            account: id.as_str().to_owned(),
            card: Hex::new(&[]),
            slot: None,
            keys: Vec::new(),
        }
    }

    pub(crate) fn decode(ring: &str, id: &AccountId, bytes: &[u8]) -> Result<Self, FileError> {
        let name = file_name(id);
        let file: Self = decode(&name, bytes)?;
        if file.ring != ring || file.account != id.as_str() {
            return Err(FileError::damaged(&name, "belongs to another ring or account"));
        }
        if let Some(slot) = &file.slot {
            slot.cost(&name)?;
            slot.binding(&name)?;
            slot.salt.array::<SALT_BYTES>(&name)?;
        }
        file.key_spans()?;
        Ok(file)
    }

    pub(crate) fn encode(&self) -> Result<Zeroizing<Vec<u8>>, FileError> {
        encode(&format!("{}.key", self.account), self)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.slot.is_none()
    }

    pub(crate) fn key_spans(&self) -> Result<Vec<KeySpan>, FileError> {
        let name = format!("{}.key", self.account);
        let span = |row: &KeyRow| {
            Ok(KeySpan {
                public_key: PublicKey::from_bytes(row.verifying_key.array(&name)?),
                since_unix_ms: row.since_unix_ms,
                until_unix_ms: row.until_unix_ms,
            })
        };
        self.keys.iter().map(span).collect()
    }

    /// A new signing key under a new secret; the key before it goes into the history.
    pub(crate) fn set_new_key(&mut self, new: &mut Sealing<'_>, now_unix_ms: i64) -> Result<Seed, RingError> {
        if self.keys.len() >= KEYS_MAX {
            return Err(RingError::TooManyKeys { max: KEYS_MAX });
        }
        let seed = Seed(random_key()?);
        self.end_key(now_unix_ms);
        self.keys.push(KeyRow {
            verifying_key: Hex::new(seed.public_key().as_bytes()),
            since_unix_ms: now_unix_ms,
            until_unix_ms: None,
        });
        self.set_secret(new, &seed)?;
        Ok(seed)
    }

    /// The same signing key under another secret.
    pub(crate) fn set_secret(&mut self, new: &mut Sealing<'_>, seed: &Seed) -> Result<(), KeyError> {
        let mut salt = [0u8; SALT_BYTES];
        fill_random(&mut salt)?;
        let [memory_kib, passes, lanes] = new.cost.parts();
        let mut under = stretched(new.secret, &salt, new.cost)?;
        let (binding, tpm_public, tpm_private) = match new.offer.bind(&mut under)? {
            Binding::Software => (Binding::SOFTWARE, None, None),
            Binding::Tpm2(SealedFactor { public, private }) => {
                (Binding::TPM2, Some(Hex::new(&public)), Some(Hex::new(&private)))
            }
        };
        let (binding, salt, sealed) = (binding.to_owned(), Hex::new(&salt), Hex::new(&[]));
        let mut slot = Slot { memory_kib, passes, lanes, binding, tpm_public, tpm_private, salt, sealed };
        let mut plain = Zeroizing::new([0u8; 64]);
        plain.iter_mut().zip(new.database.iter().chain(seed.0.iter())).for_each(|(to, from)| *to = *from);
        slot.sealed = Hex::new(&seal(&under, &self.slot_context(&slot), plain.as_slice())?);
        self.slot = Some(slot);
        Ok(())
    }

    /// Takes the slot away; nobody signs in with this account again, and its public keys stay.
    pub(crate) fn close(&mut self, now_unix_ms: i64) {
        self.slot = None;
        self.end_key(now_unix_ms);
    }

    /// Seals the card, and with it the rest of the file: to be called last before every write.
    pub(crate) fn set_card(&mut self, database: &Key, card: &[u8]) -> Result<(), RingError> {
        if card.len() > CARD_BYTES_MAX {
            return Err(RingError::CardTooLarge { max: CARD_BYTES_MAX });
        }
        let under = file_key(database).ok_or_else(no_key)?;
        self.card = Hex::new(&seal(&under, &self.card_context(), card)?);
        self.version = VERSION;
        Ok(())
    }

    pub(crate) fn card(&self, database: &Key) -> Result<Zeroizing<Vec<u8>>, FileError> {
        let under = file_key(database).ok_or_else(no_key)?;
        open(&under, &self.card_context(), &self.card.0)
            .ok_or_else(|| FileError::damaged(&format!("{}.key", self.account), "the card does not open"))
    }

    /// What the slot is bound to; nothing once the account is closed.
    pub(crate) fn binding(&self) -> Result<Option<Binding>, FileError> {
        let name = format!("{}.key", self.account);
        self.slot.as_ref().map(|slot| slot.binding(&name)).transpose()
    }

    /// Database key and signing seed; nothing when the secret is wrong.
    pub(crate) fn open(&self, secret: &Secret, ready: Ready) -> Result<Option<(Key, Seed)>, KeyError> {
        let name = format!("{}.key", self.account);
        let Some(slot) = &self.slot else { return Ok(None) };
        let salt = slot.salt.array(&name)?;
        let mut under = stretched(secret, &salt, slot.cost(&name)?)?;
        if !ready.mix_into(&mut under)? {
            return Ok(None);
        }
        let Some(plain) = open(&under, &self.slot_context(slot), &slot.sealed.0) else { return Ok(None) };
        let keys = plain.split_at_checked(32);
        let keys = keys.and_then(|(database, seed)| Some((key_from(database)?, Seed(key_from(seed)?))));
        keys.map(Some).ok_or_else(|| FileError::damaged(&name, "the slot has the wrong length").into())
    }

    fn end_key(&mut self, now_unix_ms: i64) {
        if let Some(last) = self.keys.last_mut() {
            last.until_unix_ms.get_or_insert(now_unix_ms);
        }
    }

    fn slot_context(&self, slot: &Slot) -> Vec<u8> {
        let numbers = [slot.memory_kib, slot.passes, slot.lanes].map(u32::to_be_bytes).concat();
        let key = self.keys.last().map_or(&[] as &[u8], |row| &row.verifying_key.0);
        let (ring, account) = (self.ring.as_bytes(), self.account.as_bytes());
        let mut parts = vec![ring, account, &numbers, slot.binding.as_bytes(), &slot.salt.0, key];
        // Nothing is added for an unbound slot, so that slots of before there was a binding still open.
        parts.extend(
            [&slot.tpm_public, &slot.tpm_private].into_iter().flatten().map(|blob| blob.0.as_slice()),
        );
        joined("rekam/v1/slot", &parts)
    }

    fn card_context(&self) -> Vec<u8> {
        let mut rest = joined("slot", &[]);
        if let Some(slot) = &self.slot {
            rest.extend(joined("sealed", &[&self.slot_context(slot), &slot.sealed.0]));
        }
        for row in &self.keys {
            let until = row.until_unix_ms.map(i64::to_be_bytes);
            let until = until.as_ref().map_or(&[] as &[u8], |bytes| bytes);
            rest.extend(joined("key", &[&row.verifying_key.0, &row.since_unix_ms.to_be_bytes(), until]));
        }
        joined("rekam/v1/card", &[self.ring.as_bytes(), self.account.as_bytes(), &rest])
    }
}

/// What a slot is sealed with.
pub(crate) struct Sealing<'a> {
    pub(crate) secret: &'a Secret,
    pub(crate) cost: Cost,
    pub(crate) offer: Offer,
    pub(crate) database: &'a Key,
}

impl Slot {
    fn cost(&self, file: &str) -> Result<Cost, FileError> {
        Cost::new(self.memory_kib, self.passes, self.lanes)
            .map_err(|_| FileError::damaged(file, "asks for more work than any station does"))
    }

    fn binding(&self, file: &str) -> Result<Binding, FileError> {
        let fits = |blob: &&Hex| !blob.0.is_empty() && blob.0.len() <= BLOB_BYTES_MAX;
        let (public, private) = (self.tpm_public.as_ref(), self.tpm_private.as_ref());
        match (self.binding.as_str(), public, private) {
            (Binding::SOFTWARE, None, None) => Ok(Binding::Software),
            (Binding::TPM2, Some(public), Some(private)) if fits(&public) && fits(&private) => {
                Ok(Binding::Tpm2(SealedFactor { public: public.0.to_vec(), private: private.0.to_vec() }))
            }
            _ => Err(FileError::damaged(file, "unknown hardware binding")),
        }
    }
}
