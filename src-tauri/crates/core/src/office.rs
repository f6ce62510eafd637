//! The office this station delivers to: its keys, from the signed bundle that admitted the station.
//!
//! The bundle lies in the station's folder, where delivery reads it while nobody is signed in. Before anything is sealed
//! to it, it is held against the hash in the encrypted database: a bundle that was put there by another program seals
//! nothing.

mod admission;
mod content;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rekam_packet::notice::{Bundle, Notice};
use rekam_packet::{Digest, PublicKey, Trust};
use rekam_store::{Reading, StoreError, Writing};

pub use admission::AdmissionView;
pub(crate) use admission::line_key;
pub(crate) use content::OfficeRoles;

use crate::clock::UnixMs;
use crate::config;
use crate::problem::{Code, Problem};
use crate::station::Station;

/// Name of the bundle in the station's folder.
pub(crate) const OFFICE_FILE: &str = "office.bundle";
/// A new one, until the database has promised its hash.
const NEXT_FILE: &str = "office.bundle.next";
/// A newer one that delivery or a stick brought: taken by the next person who signs in.
pub(crate) const WAITING_FILE: &str = "office.bundle.waiting";
/// Under which its hash is kept in the database.
const OFFICE_SETTING: &str = "office.bundle";
/// Under which every key an office of this station ever signed with is kept.
const KEYS_SETTING: &str = "office.keys";
/// As many bytes as the format allows, and one more to see that there are more.
const BUNDLE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The office, as the bundle describes it.
#[derive(Debug, Clone)]
pub(crate) struct Office {
    pub(crate) bundle: Bundle,
    pub(crate) hash: Digest,
}

impl Office {
    /// The keys of the office that sign receipts and statuses.
    pub(crate) fn trust(&self) -> Trust {
        self.bundle
            .office_keys
            .iter()
            .fold(Trust::default(), |trust, key| trust.with_office(self.bundle.office.clone(), *key))
    }

    /// The bundle in this folder, if the station was admitted; one that is damaged is none.
    ///
    /// # Errors
    /// The disk refuses to read it.
    pub(crate) fn read(folder: &Path, name: &str) -> Result<Option<Self>, Problem> {
        Ok(read_bytes(&folder.join(name))?.and_then(|bytes| Self::of(&bytes, None)))
    }

    /// A bundle signed by the keys of an earlier one, or, for the first, by one it names itself.
    pub(crate) fn of(bytes: &[u8], trusted: Option<&Trust>) -> Option<Self> {
        let bundle = match trusted {
            Some(trusted) => Bundle::verify(bytes, trusted),
            None => Bundle::read_self_signed(bytes),
        };
        let bundle = bundle.ok()?;
        Some(Self { bundle, hash: Digest::of(bytes) })
    }
}

impl Station {
    /// The office in use: the bundle on the disk, if it is the one a person has taken.
    pub(crate) fn pinned_office(&self) -> Result<Option<Office>, Problem> {
        pinned(self.folder(), self.pinned_hash()?.as_deref())
    }

    /// The hash of the bundle a person has taken.
    pub(crate) fn pinned_hash(&self) -> Result<Option<String>, Problem> {
        Ok(self.store()?.read(|reading| reading.get_setting(OFFICE_SETTING))?)
    }

    /// The same inside a promise.
    pub(crate) fn pinned_office_by(&self, writing: &Writing<'_>) -> Result<Option<Office>, Problem> {
        pinned(self.folder(), writing.get_setting(OFFICE_SETTING)?.as_deref())
    }

    /// Until when the admission by the office holds; nothing before the first one, or where it is damaged: then a new
    /// one is asked for in the same words.
    pub(crate) fn admitted_until(&self) -> Result<Option<UnixMs>, Problem> {
        match self.pinned_office() {
            Ok(office) => Ok(office.map(|office| office.bundle.until_ms)),
            Err(problem) if problem.code == Code::FileDamaged => Ok(None),
            Err(problem) => Err(problem),
        }
    }

    /// Tells this computer where the office is reached, in the order to be tried, until it is told again; nothing: as the
    /// bundle says. So an office that stands elsewhere for a while needs no new one. No secret
    /// goes there, whoever listens: the office proves itself by its own certificate.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn reach_office_at(&mut self, addresses: Vec<String>) -> Result<(), Problem> {
        let mut config = self.config().clone();
        config.delivery.addresses = addresses;
        config::change_config(self.folder(), &config)?;
        self.set_config(config);
        self.begin_line_anew();
        Ok(())
    }

    /// The key this station signs packets with.
    pub(crate) fn station_key(&self) -> Result<PublicKey, Problem> {
        Ok(PublicKey::from_bytes(*self.ring().station_key()?.as_bytes()))
    }
}

/// Whose words about packets count: the keys in use, and those before them. What was signed before a key was changed may
/// arrive long after.
pub(crate) fn trust_ever(reading: &Reading<'_>, office: &Office) -> Result<Trust, StoreError> {
    let kept = reading.get_setting(KEYS_SETTING)?.and_then(|text| Trust::read(&text).ok());
    let name = &office.bundle.office;
    Ok(office.bundle.office_keys.iter().fold(kept.unwrap_or_default(), |trust, key| {
        if trust.office(name).contains(key) { trust } else { trust.with_office(name.clone(), *key) }
    }))
}

/// The bundle on the disk with this hash.
///
/// # Errors
/// There should be one and there is none, or the disk refuses.
pub(crate) fn pinned(folder: &Path, kept: Option<&str>) -> Result<Option<Office>, Problem> {
    let Some(hash) = kept.filter(|hash| !hash.is_empty()) else { return Ok(None) };
    for name in [OFFICE_FILE, NEXT_FILE] {
        if let Some(office) = Office::read(folder, name)?
            && office.hash.to_string() == hash
        {
            return Ok(Some(office));
        }
    }
    Err(Problem::new(Code::FileDamaged).with("file", OFFICE_FILE))
}

/// The bytes of a bundle, if the file is there; a longer file gives more bytes than any bundle has.
pub(crate) fn read_bytes(path: &Path) -> Result<Option<Vec<u8>>, Problem> {
    let refused = |error: std::io::Error| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Problem::of_disk("read", &name, &error)
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refused(error)),
    };
    let mut bytes = Vec::new();
    file.take(BUNDLE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(refused)?;
    Ok(Some(bytes))
}

/// For set-ups of demonstrations: the bundle is taken without a person who compares it.
pub(crate) fn put_bundle(folder: &Path, bytes: &[u8]) -> Result<(String, String), Problem> {
    config::write(folder, OFFICE_FILE, bytes)?;
    Ok((OFFICE_SETTING.to_owned(), Digest::of(bytes).to_string()))
}

#[cfg(test)]
mod tests;
