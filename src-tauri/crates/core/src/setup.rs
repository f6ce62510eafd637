//! Setting up a station, real or for demonstration: keys, an empty database, the procedure, and its settings last.
//!
//! Without settings there is no station: a set-up that was interrupted, or never finished, is begun anew. A station that
//! exists, or that lost its settings, is never touched.

use std::path::{Path, PathBuf};

use rekam_domain::audit::AuditEvent;
use rekam_domain::profile::Profile;
use rekam_domain::role::Role;
use rekam_keys::{Cost, Created, HardwareError, KeyRing, NewAccount, Protection};
pub use rekam_keys::{RecoveryKey, Tpm};
use rekam_store::{DatabaseKey, NewAudit, Store};
use serde_json::json;

use crate::clock::{Clock, UnixMs, on_the_wall};
use crate::config::{self, CONFIG_FILE, KEYS_FOLDER, PROFILE_FILE, StationConfig, UNFINISHED_FILE};
use crate::people::NewPerson;
use crate::problem::{Code, Problem};

/// Longest id of a station; it stands in every registration number.
const STATION_ID_BYTES_MAX: usize = 32;

/// What an office decides before it has a station.
#[derive(Debug)]
pub struct NewStation<'a> {
    /// Id that packets and registers carry: letters, digits and hyphens.
    pub station: &'a str,
    /// The text of the profile.
    pub profile: &'a str,
    /// The first person; must be a supervisor, who lets the others in.
    pub first: NewPerson,
}

/// A station whose recovery key nobody holds yet. Without [`Unfinished::finish`] it is none.
#[derive(Debug)]
pub struct Unfinished {
    folder: PathBuf,
    profile: String,
    pub(crate) now: UnixMs,
    pub(crate) created: Created,
    pub(crate) store: Store,
}

/// Begins a real station in a folder that holds none, bound to this chip if there is one ([`Tpm::detect`]). Numbers and
/// regions come later, from the office.
///
/// # Errors
/// There is a station already, something an office decides is refused by name, or the disk or the chip refused.
pub fn begin(
    folder: &Path,
    clock: &Clock,
    new: &NewStation<'_>,
    tpm: Option<Tpm>,
) -> Result<Unfinished, Problem> {
    if let Some(chip) = &tpm {
        // Once in the life of a chip: from here on it limits guesses. One that cannot be reached takes no part, and the
        // station shows its lower trust.
        match chip.guard() {
            Ok(_) | Err(HardwareError::Missing { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    begin_at(folder, clock, new, Cost::STATION.with(tpm))
}

pub(crate) fn begin_at(
    folder: &Path,
    clock: &Clock,
    new: &NewStation<'_>,
    protection: impl Into<Protection>,
) -> Result<Unfinished, Problem> {
    if !new.first.roles.contains(&Role::Supervisor) {
        return Err(Problem::new(Code::SupervisorNeeded));
    }
    begin_any(folder, clock, new, StationConfig::new(new.station, false), protection.into())
}

/// The part that a real and a demonstration station have in common.
pub(crate) fn begin_any(
    folder: &Path,
    clock: &Clock,
    new: &NewStation<'_>,
    config: StationConfig,
    protection: Protection,
) -> Result<Unfinished, Problem> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let fits = (1..=STATION_ID_BYTES_MAX).contains(&new.station.len()) && new.station.bytes().all(known);
    if !fits {
        return Err(Problem::new(Code::InputRefused).with("field", "station"));
    }
    let unusable = || Problem::new(Code::FolderUnusable).with("folder", folder.display());
    let profile = Profile::read(PROFILE_FILE, new.profile).map_err(|problems| {
        let first = problems.first().map(ToString::to_string).unwrap_or_default();
        Problem::new(Code::ProfileUnusable).with("problem", first)
    })?;
    let now = clock.now();
    let today = on_the_wall(now, profile.office.time_zone).date();
    let (id, card) = (new.first.id()?, new.first.card(today)?);
    std::fs::create_dir_all(folder).map_err(|_| unusable())?;
    if folder.join(CONFIG_FILE).exists() {
        return Err(Problem::new(Code::AlreadySetUp));
    }
    let keys = folder.join(KEYS_FOLDER);
    let is_used = keys.exists() || Store::is_created(folder);
    if is_used && !folder.join(UNFINISHED_FILE).exists() {
        return Err(Problem::new(Code::FileDamaged).with("file", CONFIG_FILE));
    }
    config::begin_config(folder, &config)?;
    clear_unfinished(folder, &keys).map_err(|_| unusable())?;
    let encoded = card.encode().map_err(|_| Problem::new(Code::OurMistake))?;
    let first = NewAccount { id: &id, secret: &new.first.secret, card: encoded.as_bytes() };
    let created = KeyRing::create(&keys, &first, protection, now)?;
    let store = Store::create(folder, &DatabaseKey::from_bytes(created.unlocked.opened().database_key()))?;
    store.write(|writing| {
        let entries = [
            (
                AuditEvent::StationCreated,
                json!({"station": config.station, "version": env!("CARGO_PKG_VERSION")}),
            ),
            (AuditEvent::AccountCreated, card.created_fields(id.as_str())),
        ];
        for (event, fields) in &entries {
            let (event, actor) = (event.word(), "station");
            writing.append_audit(&NewAudit { event, actor, subject: "", fields, wall_ms: now })?;
        }
        Ok(())
    })?;
    Ok(Unfinished { folder: folder.to_owned(), profile: new.profile.to_owned(), now, created, store })
}

impl Unfinished {
    /// The recovery key: to be printed, put into the office's safe, and shown never again.
    #[must_use]
    pub fn recovery(&self) -> &RecoveryKey {
        &self.created.recovery
    }

    /// Whether somebody who has the print typed the key back.
    #[must_use]
    pub fn is_recovery(&self, typed: &str) -> bool {
        RecoveryKey::parse(typed).is_ok_and(|key| *key.printed() == *self.recovery().printed())
    }

    /// From here on the station exists.
    ///
    /// # Errors
    /// The disk refused; there is no station, and the set-up is begun anew.
    pub fn finish(self) -> Result<RecoveryKey, Problem> {
        config::write(&self.folder, PROFILE_FILE, self.profile.as_bytes())?;
        config::finish_config(&self.folder)?;
        Ok(self.created.recovery)
    }
}

/// Keys and databases that lie here beside unfinished settings are left of a set-up that did not finish. Nothing else
/// in the folder is touched.
fn clear_unfinished(folder: &Path, keys: &Path) -> std::io::Result<()> {
    if keys.exists() {
        std::fs::remove_dir_all(keys)?;
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_ours = ["station.db", "station.check", "station.lock", "ballast"]
            .iter()
            .any(|begin| name.to_string_lossy().starts_with(begin));
        if is_ours && entry.file_type()?.is_file() {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
