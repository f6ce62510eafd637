//! Letting people in.

use super::{KeyRing, RefusedTries};
use crate::account::AccountId;
use crate::account_file::AccountFile;
use crate::attempts::Attempts;
use crate::binding::Ready;
use crate::cost::{SALT_BYTES, stretched};
use crate::error::{FileError, UnlockError};
use crate::opened::{Opened, Unlocked};
use crate::recovery::RecoveryKey;
use crate::secret::Secret;

impl KeyRing {
    /// Lets a person in. The try is counted on the disk before the secret is looked at.
    ///
    /// A slot that was changed on purpose, with its checksum, looks like a wrong secret: it cannot be told apart.
    ///
    /// # Errors
    /// See [`UnlockError`].
    pub fn unlock(
        &mut self,
        id: &AccountId,
        secret: &Secret,
        now_unix_ms: i64,
    ) -> Result<Unlocked, UnlockError> {
        let Some(file) = self.load(id)? else {
            // The same writes and the same work as for a wrong secret, so that time does not tell which ids exist.
            self.attempts_of(None).count_nobody(now_unix_ms)?;
            stretched(secret, &[0; SALT_BYTES], self.protection.cost)?;
            return Err(UnlockError::UnknownAccount);
        };
        let attempts = Attempts::of(&self.folder, &self.station.ring, id);
        let ready = self.ready(&file)?;
        let counted = attempts.count(now_unix_ms)?;
        let Some((database, signing)) = file.open(secret, ready)? else { return Err(counted.refusal()) };
        // The secret was right: a damaged card or station file must not lock its owner out as well.
        attempts.succeed(&counted, now_unix_ms)?;
        let card = file.card(&database)?;
        let opened = self.station.open(database)?;
        Ok(Unlocked { account: id.clone(), opened, signing, card })
    }

    /// Whether a try is allowed now, for a screen that says so before anything is typed; counts nothing.
    ///
    /// # Errors
    /// What [`KeyRing::unlock`] would refuse with before looking at the secret.
    pub fn may_try(&self, id: &AccountId, now_unix_ms: i64) -> Result<(), UnlockError> {
        let file = self.load(id)?.ok_or(UnlockError::UnknownAccount)?;
        self.ready(&file)?;
        Attempts::of(&self.folder, &self.station.ring, id).look(now_unix_ms)
    }

    /// Tries that let nobody in and that nobody was told of yet, by account. They happen while the audit is locked: who
    /// comes in next writes them there, durably, and then calls [`KeyRing::forget_refused`]. A kill in between tells of
    /// them twice, never not at all.
    ///
    /// # Errors
    /// The disk refused.
    pub fn refused_tries(&self) -> Result<Vec<RefusedTries>, FileError> {
        let ids = self.ids()?;
        let mut refused = Vec::new();
        for account in ids.iter().map(Some).chain([None]) {
            if let Some(untold) = self.attempts_of(account).untold()? {
                let (count, since_unix_ms, locked) = (untold.count, untold.since_unix_ms, untold.locked);
                refused.push(RefusedTries { account: account.cloned(), count, since_unix_ms, locked });
            }
        }
        Ok(refused)
    }

    /// Forgets tries that have been written into the audit.
    ///
    /// # Errors
    /// The disk refused; they will be told of again.
    pub fn forget_refused(&mut self, told: &RefusedTries) -> Result<(), FileError> {
        self.attempts_of(told.account.as_ref()).told(told.count)
    }

    fn attempts_of<'a>(&'a self, account: Option<&'a AccountId>) -> Attempts<'a> {
        match account {
            Some(id) => Attempts::of(&self.folder, &self.station.ring, id),
            None => Attempts::of_nobody(&self.folder, &self.station.ring),
        }
    }

    /// Opens the station with the office's recovery key, without any account; not limited, for it cannot be guessed.
    ///
    /// # Errors
    /// The key is another station's, or was replaced by [`KeyRing::renew_recovery`].
    pub fn recover(&self, recovery: &RecoveryKey) -> Result<Opened, UnlockError> {
        self.station.recover(recovery)
    }

    fn ready(&self, file: &AccountFile) -> Result<Ready, UnlockError> {
        let binding = file.binding()?.ok_or(UnlockError::Closed)?;
        Ok(binding.ready(self.protection.tpm.as_ref())?)
    }
}
