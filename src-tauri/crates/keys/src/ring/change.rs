//! Changing who is let in. Each change replaces one file whole: after a kill the old or the new state is there.
//!
//! Whether `by` is allowed to do this (a supervisor, another person) is decided by the core, which knows roles.

use super::{KeyRing, NewAccount};
use crate::account::AccountId;
use crate::account_file::{self, AccountFile, Sealing};
use crate::attempts::Attempts;
use crate::binding::Offer;
use crate::error::{FileError, RingError, UnlockError};
use crate::opened::Opened;
use crate::recovery::RecoveryKey;
use crate::secret::{Secret, check_secret};
use crate::signing::PublicKey;
use crate::station_file::STATION_FILE;
use crate::transport::TRANSPORT_FILE;

impl KeyRing {
    /// Lets one more person in. A damaged file of the same id is set aside, never overwritten.
    ///
    /// # Errors
    /// The id was used before, the secret is refused, `by` belongs to another ring, or the disk refused.
    pub fn add_account(
        &mut self,
        by: &Opened,
        new: &NewAccount<'_>,
        now_unix_ms: i64,
    ) -> Result<PublicKey, RingError> {
        self.same_ring(by)?;
        let mut sealing = self.sealing(by, new.id, new.secret)?;
        let damaged = match self.load(new.id) {
            Ok(None) => false,
            Ok(Some(_)) => return Err(RingError::AccountExists(new.id.clone())),
            Err(FileError::Damaged { .. }) => true,
            Err(error) => return Err(error.into()),
        };
        let mut file = AccountFile::empty(&self.station.ring, new.id);
        let signing = file.set_new_key(&mut sealing, now_unix_ms)?;
        file.set_card(&by.database, new.card)?;
        if damaged {
            self.folder.set_aside(&account_file::file_name(new.id))?;
        }
        // The record of tries first: an account without one would count as tampered with.
        Attempts::of(&self.folder, &self.station.ring, new.id).start(now_unix_ms)?;
        self.store(new.id, &file)?;
        Ok(signing.public_key())
    }

    /// A person changes their own secret; the signing key stays. The old secret counts as a try like any other.
    /// An account of before there was a TPM is bound to it by this, also when the secret stays the same.
    ///
    /// # Errors
    /// The new secret is refused, or the old one does not unlock.
    pub fn change_secret(
        &mut self,
        id: &AccountId,
        old: &Secret,
        new: &Secret,
        now_unix_ms: i64,
    ) -> Result<(), UnlockError> {
        check_secret(new, id, self.trust_offered()?)?;
        let unlocked = self.unlock(id, old, now_unix_ms)?;
        let mut file = self.load(id)?.ok_or(UnlockError::UnknownAccount)?;
        let changed = self.sealing(&unlocked.opened, id, new).and_then(|mut sealing| {
            file.set_secret(&mut sealing, &unlocked.signing)?;
            file.set_card(&unlocked.opened.database, &unlocked.card)
        });
        match changed {
            Ok(()) => Ok(self.store(id, &file)?),
            Err(RingError::File(error)) => Err(error.into()),
            Err(RingError::Hardware(error)) => Err(error.into()),
            Err(RingError::Secret(error)) => Err(error.into()),
            Err(_) => Err(FileError::damaged(&account_file::file_name(id), "the card is too large").into()),
        }
    }

    /// Gives a person who forgot the secret a new one, and a new signing key: nobody but the person may ever have
    /// known the old one. The old public key stays in the history, and a locked account is free again. An account
    /// bound to a TPM that is gone or was replaced is bound to the present one, or to none.
    ///
    /// # Errors
    /// No such account, closed, the secret is refused, `by` belongs to another ring, or the disk refused.
    pub fn reset_secret(
        &mut self,
        by: &Opened,
        id: &AccountId,
        new: &Secret,
        now_unix_ms: i64,
    ) -> Result<PublicKey, RingError> {
        self.same_ring(by)?;
        let mut sealing = self.sealing(by, id, new)?;
        let mut file = self.load_open(by, id)?;
        let card = file.card(&by.database)?;
        let signing = file.set_new_key(&mut sealing, now_unix_ms)?;
        file.set_card(&by.database, &card)?;
        self.store(id, &file)?;
        // Tries are freed last: a kill in between must not give new tries at the old secret.
        Attempts::of(&self.folder, &self.station.ring, id).start(now_unix_ms)?;
        Ok(signing.public_key())
    }

    /// Replaces what is sealed about a person (another role, a longer decree).
    ///
    /// # Errors
    /// No such account, closed, the card is too large, `by` belongs to another ring, or the disk refused.
    pub fn set_card(&mut self, by: &Opened, id: &AccountId, card: &[u8]) -> Result<(), RingError> {
        let mut file = self.load_open(by, id)?;
        file.card(&by.database)?;
        file.set_card(&by.database, card)?;
        Ok(self.store(id, &file)?)
    }

    /// Closes an account for good: removed or expired, nobody signs in with it again. Its public keys stay, so that
    /// what it signed can be verified, and its id is not given to another person.
    ///
    /// # Errors
    /// No such account, closed already, the last open one, `by` belongs to another ring, or the disk refused.
    pub fn close_account(&mut self, by: &Opened, id: &AccountId, now_unix_ms: i64) -> Result<(), RingError> {
        let mut file = self.load_open(by, id)?;
        if self.accounts()?.iter().all(|other| other == id) {
            return Err(RingError::LastAccount);
        }
        let card = file.card(&by.database)?;
        file.close(now_unix_ms);
        file.set_card(&by.database, &card)?;
        Ok(self.store(id, &file)?)
    }

    /// Draws a new recovery key; the one before opens nothing any more (except older copies of the folder).
    ///
    /// # Errors
    /// `by` belongs to another ring, or the disk refused.
    pub fn renew_recovery(&mut self, by: &Opened) -> Result<RecoveryKey, RingError> {
        self.same_ring(by)?;
        let (station, recovery) = self.station.renewed(by)?;
        self.folder.replace(STATION_FILE, &station.encode()?)?;
        self.station = station;
        Ok(recovery)
    }

    /// Writes the transport key's file again, should it be lost or damaged.
    ///
    /// # Errors
    /// `by` belongs to another ring, or the disk refused.
    pub fn restore_transport_key(&mut self, by: &Opened) -> Result<(), RingError> {
        self.same_ring(by)?;
        Ok(self.folder.replace(TRANSPORT_FILE, &by.transport.file(&self.station.ring)?)?)
    }

    /// The rules for a secret and the chip it gets belong together: a PIN must not end in a slot without a chip.
    fn sealing<'a>(
        &self,
        by: &'a Opened,
        id: &AccountId,
        secret: &'a Secret,
    ) -> Result<Sealing<'a>, RingError> {
        let offer = Offer::of(self.protection.tpm.as_ref())?;
        check_secret(secret, id, offer.trust_level())?;
        Ok(Sealing { secret, cost: self.protection.cost, offer, database: &by.database })
    }

    fn load_open(&self, by: &Opened, id: &AccountId) -> Result<AccountFile, RingError> {
        self.same_ring(by)?;
        let file = self.load(id)?.ok_or(RingError::UnknownAccount)?;
        if file.is_closed() { Err(RingError::Closed) } else { Ok(file) }
    }

    fn store(&self, id: &AccountId, file: &AccountFile) -> Result<(), FileError> {
        self.folder.replace(&account_file::file_name(id), &file.encode()?)
    }
}
