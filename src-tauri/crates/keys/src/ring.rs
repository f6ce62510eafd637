//! The key ring: one folder, opened by one program at a time.

use std::path::Path;

mod change;
mod unlock;

use crate::account::AccountId;
use crate::account_file::{self, AccountFile, KeySpan, Sealing};
use crate::attempts::{self, Attempts};
use crate::binding::{Binding, Offer, Protection, TrustLevel};
use crate::disk::Folder;
use crate::error::{FileError, RingError};
use crate::hardware::HardwareError;
use crate::opened::{Opened, Unlocked};
use crate::recovery::RecoveryKey;
use crate::secret::{Secret, check_secret};
use crate::signing::PublicKey;
use crate::station_file::{STATION_FILE, StationFile};
use crate::transport::TRANSPORT_FILE;

/// There from the first to the last step of a creation: while it lies there, nobody was told that the ring exists.
const CREATING_FILE: &str = "ring.creating";

/// A person to be let in: the id in clear, the rest sealed.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// The word this person signs in with.
    pub id: &'a AccountId,
    /// The first secret.
    pub secret: &'a Secret,
    /// Name, roles, decree, expiry: any bytes, sealed under the database key.
    pub card: &'a [u8],
}

/// What comes out of setting up a station.
#[derive(Debug)]
pub struct Created {
    /// The new ring.
    pub ring: KeyRing,
    /// The first person, signed in.
    pub unlocked: Unlocked,
    /// To be printed once and kept by the office.
    pub recovery: RecoveryKey,
}

/// What the ring knows about an account, told to someone who is signed in: nothing here was changed from outside.
#[derive(Debug)]
pub struct AccountRecord {
    /// The word this person signs in with.
    pub id: AccountId,
    /// The card, opened.
    pub card: OpenedCard,
    /// All signing keys, oldest first; the last is in use unless the account is closed.
    pub keys: Vec<KeySpan>,
    /// Whether nobody can sign in with this account any more.
    pub closed: bool,
    /// How well its keys are guarded.
    pub trust: TrustLevel,
}

/// Tries that let nobody in, since they were last told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedTries {
    /// The account; none where no account of that id exists.
    pub account: Option<AccountId>,
    /// How many: wrong secrets, and tries during a wait or after the lock.
    pub count: u32,
    /// Wall time of the first.
    pub since_unix_ms: i64,
    /// Whether only a reset helps now.
    pub locked: bool,
}

/// The opened bytes of a card: wiped when dropped, not shown by `Debug`.
pub struct OpenedCard(zeroize::Zeroizing<Vec<u8>>);

impl OpenedCard {
    /// The bytes the caller once gave.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for OpenedCard {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("OpenedCard(…)")
    }
}

/// The accounts and keys of one station. Holds the folder's lock as long as it lives.
pub struct KeyRing {
    folder: Folder,
    station: StationFile,
    protection: Protection,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "KeyRing({})", self.station.ring)
    }
}

impl KeyRing {
    /// Sets up a station: draws all keys and lets the first person in. An interrupted creation is begun anew, a ring
    /// that exists is never touched. `protection` is what new secrets get from here on: a [`crate::Cost`], alone or with
    /// a TPM.
    ///
    /// # Errors
    /// There is a ring already, it is in use, the secret is refused, or the disk or the TPM refused.
    pub fn create(
        path: &Path,
        first: &NewAccount<'_>,
        protection: impl Into<Protection>,
        now_unix_ms: i64,
    ) -> Result<Created, RingError> {
        let protection = protection.into();
        let offer = Offer::of(protection.tpm.as_ref())?;
        check_secret(first.secret, first.id, offer.trust_level())?;
        Folder::make(path)?;
        let folder = Folder::lock(path)?;
        if !folder.has(CREATING_FILE) {
            refuse_existing(&folder)?;
        }
        let (station, opened, recovery) = StationFile::draw()?;
        let mut account = AccountFile::empty(&station.ring, first.id);
        let cost = protection.cost;
        let mut sealing = Sealing { secret: first.secret, cost, offer, database: &opened.database };
        let signing = account.set_new_key(&mut sealing, now_unix_ms)?;
        account.set_card(&opened.database, first.card)?;

        folder.replace(CREATING_FILE, b"")?;
        for name in folder.names()?.iter().filter(|name| name.as_str() != CREATING_FILE && is_ours(name)) {
            folder.remove(name)?;
        }
        folder.replace(TRANSPORT_FILE, &opened.transport.file(&station.ring)?)?;
        Attempts::of_nobody(&folder, &station.ring).start(now_unix_ms)?;
        Attempts::of(&folder, &station.ring, first.id).start(now_unix_ms)?;
        folder.replace(&account_file::file_name(first.id), &account.encode()?)?;
        folder.replace(STATION_FILE, &station.encode()?)?;
        folder.remove(CREATING_FILE)?;

        let card = zeroize::Zeroizing::new(first.card.to_vec());
        let unlocked = Unlocked { account: first.id.clone(), opened, signing, card };
        Ok(Created { ring: Self { folder, station, protection }, unlocked, recovery })
    }

    /// Opens the ring, still locked, and clears away what a killed program left half written.
    /// `protection` is what new secrets get from here on; existing ones keep theirs until they change. It names the TPM
    /// for those that are bound to one; whether it is there is found out when somebody comes.
    ///
    /// # Errors
    /// No ring yet, in use by another program, damaged, or the disk refused.
    pub fn open(path: &Path, protection: impl Into<Protection>) -> Result<Self, RingError> {
        if !path.is_dir() {
            return Err(RingError::NotReady);
        }
        let folder = Folder::lock(path)?;
        if folder.has(CREATING_FILE) {
            return Err(RingError::NotReady);
        }
        let Some(bytes) = folder.read(STATION_FILE)? else {
            refuse_existing(&folder)?;
            return Err(RingError::NotReady);
        };
        let station = StationFile::decode(&bytes)?;
        folder.clear_leftovers()?;
        for id in orphans(&folder.names()?) {
            folder.remove(&attempts::file_name(&id))?;
        }
        folder.tighten()?;
        Ok(Self { folder, station, protection: protection.into() })
    }

    /// How well the keys are guarded; to be shown, and written into packets. The weakest account decides, because each
    /// opens the database; and the chip must be there now.
    #[must_use]
    pub fn trust_level(&self) -> TrustLevel {
        let bound = self.ids().is_ok_and(|ids| {
            let mut open = ids.iter().filter_map(|id| self.load(id).ok()??.binding().ok()?).peekable();
            open.peek().is_some() && open.all(|binding| matches!(binding, Binding::Tpm2(_)))
        });
        match Offer::of(self.protection.tpm.as_ref()) {
            Ok(offer) if bound => offer.trust_level(),
            _ => TrustLevel::Software,
        }
    }

    /// How good a secret given to somebody now is guarded, for a screen that says whether a PIN is taken.
    ///
    /// # Errors
    /// The TPM is there and refuses.
    pub fn trust_offered(&self) -> Result<TrustLevel, HardwareError> {
        Ok(Offer::of(self.protection.tpm.as_ref())?.trust_level())
    }

    /// The station's public key; it can be read while locked.
    ///
    /// # Errors
    /// Never for a ring that was opened; the key was checked then.
    pub fn station_key(&self) -> Result<PublicKey, FileError> {
        self.station.public_key()
    }

    /// Ids of all accounts that are not closed, in order; a damaged one is listed, and named when it is unlocked.
    ///
    /// # Errors
    /// The disk refused.
    pub fn accounts(&self) -> Result<Vec<AccountId>, FileError> {
        let mut open = Vec::new();
        for id in self.ids()? {
            match self.load(&id) {
                Ok(Some(file)) if !file.is_closed() => open.push(id),
                Ok(_) => {}
                Err(FileError::Damaged { .. } | FileError::NewerVersion { .. }) => open.push(id),
                Err(error @ FileError::Io { .. }) => return Err(error),
            }
        }
        Ok(open)
    }

    /// Ids of all accounts that ever were, closed ones included.
    ///
    /// # Errors
    /// The disk refused.
    pub fn ids(&self) -> Result<Vec<AccountId>, FileError> {
        let names = self.folder.names()?;
        Ok(names.iter().filter_map(|name| name.strip_suffix(".key")?.parse().ok()).collect())
    }

    /// Everything about one account, for someone who is signed in.
    ///
    /// # Errors
    /// No such account, its file is damaged, `by` belongs to another ring, or the disk refused.
    pub fn record(&self, by: &Opened, id: &AccountId) -> Result<AccountRecord, RingError> {
        self.same_ring(by)?;
        let file = self.load(id)?.ok_or(RingError::UnknownAccount)?;
        let card = OpenedCard(file.card(&by.database)?);
        let trust = match file.binding()? {
            Some(Binding::Tpm2(_)) => TrustLevel::Hardware,
            Some(Binding::Software) | None => TrustLevel::Software,
        };
        Ok(AccountRecord { id: id.clone(), card, keys: file.key_spans()?, closed: file.is_closed(), trust })
    }

    fn load(&self, id: &AccountId) -> Result<Option<AccountFile>, FileError> {
        let bytes = self.folder.read(&account_file::file_name(id))?;
        bytes.map(|bytes| AccountFile::decode(&self.station.ring, id, &bytes)).transpose()
    }

    fn same_ring(&self, by: &Opened) -> Result<(), RingError> {
        if by.ring == self.station.ring { Ok(()) } else { Err(RingError::OtherRing) }
    }
}

/// Refuses to begin where a ring is or was: keys that are left may be the only way to the database.
fn refuse_existing(folder: &Folder) -> Result<(), RingError> {
    if folder.has(STATION_FILE) {
        return Err(RingError::AlreadyThere);
    }
    let whole = |name: &String| is_ours(name) && !name.ends_with(".new");
    if folder.names()?.iter().any(whole) {
        return Err(FileError::damaged(STATION_FILE, "missing beside other key files").into());
    }
    Ok(())
}

fn is_ours(name: &str) -> bool {
    let fixed = [STATION_FILE, TRANSPORT_FILE, CREATING_FILE];
    fixed.contains(&name) || [".key", ".attempts", ".new"].iter().any(|ending| name.ends_with(ending))
}

/// Records of tries whose account was never finished.
fn orphans(names: &[String]) -> Vec<String> {
    let owner = |name: &String| {
        let owner = name.strip_suffix(".attempts")?;
        let key = format!("{owner}.key");
        (owner.parse::<AccountId>().is_ok() && !names.contains(&key)).then(|| owner.to_owned())
    };
    names.iter().filter_map(owner).collect()
}
