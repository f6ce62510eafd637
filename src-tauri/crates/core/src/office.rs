//! The office this station delivers to: its keys, from the signed bundle that admitted the station.
//!
//! The bundle lies in the station's folder, where delivery reads it while nobody is signed in. Before anything is sealed
//! to it, it is held against the hash in the encrypted database: a bundle that was put there by another program seals
//! nothing.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rekam_domain::audit::AuditEvent;
use rekam_domain::permission::{Operation, Subject};
use rekam_packet::notice::{Bundle, Notice};
use rekam_packet::{Digest, PublicKey, Trust};
use rekam_store::{NumberBlockRow, Writing};
use serde_json::json;

use crate::clock::{UnixMs, on_the_wall};
use crate::config;
use crate::problem::{Code, Problem};
use crate::station::Station;

/// Name of the bundle in the station's folder.
pub(crate) const OFFICE_FILE: &str = "office.bundle";
/// A new one, until the database has promised its hash.
const NEXT_FILE: &str = "office.bundle.next";
/// Under which its hash is kept in the database.
const OFFICE_SETTING: &str = "office.bundle";
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
        Ok(Self::bytes(folder, name)?.and_then(|bytes| Self::of(&bytes, None)))
    }

    /// The bytes of a bundle in this folder, whoever signed it.
    ///
    /// # Errors
    /// The disk refuses to read it.
    pub(crate) fn bytes(folder: &Path, name: &str) -> Result<Option<Vec<u8>>, Problem> {
        let refused = |error: std::io::Error| Problem::of_disk("read", name, &error);
        let file = match File::open(folder.join(name)) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(refused(error)),
        };
        let mut bytes = Vec::new();
        file.take(BUNDLE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(refused)?;
        Ok(Some(bytes))
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
    /// What a person compares with the office's own word before the first bundle is taken: the beginning of the hash of
    /// each key it signs with.
    ///
    /// # Errors
    /// It is no bundle, or it is for another station.
    pub fn read_bundle(&self, bytes: &[u8]) -> Result<Vec<String>, Problem> {
        let office = Office::of(bytes, None).ok_or_else(|| Problem::new(Code::BundleRefused))?;
        self.expect_for_us(&office)?;
        Ok(office.bundle.office_keys.iter().map(fingerprint).collect())
    }

    /// Takes the bundle of the office: the first one with the fingerprint a person has compared, a later one because the
    /// keys of the one before signed it.
    ///
    /// # Errors
    /// The role does not permit it, nobody compared the fingerprint, it is not for this station, or older than the one
    /// in use; or the disk refuses.
    pub fn take_bundle(&mut self, bytes: &[u8], compared: Option<&str>) -> Result<(), Problem> {
        self.permit(Operation::Enter, Subject::Profile)?;
        let refused = || Problem::new(Code::BundleRefused);
        let pinned = match self.pinned_office() {
            // A damaged one vouches for nobody: a person compares the fingerprint again.
            Err(problem) if problem.code == Code::FileDamaged => None,
            pinned => pinned?,
        };
        let office = match &pinned {
            Some(before) => {
                let office = Office::of(bytes, Some(&before.trust())).ok_or_else(refused)?;
                if office.bundle.serial < before.bundle.serial {
                    return Err(refused());
                }
                office
            }
            None => {
                let office = Office::of(bytes, None).ok_or_else(refused)?;
                let typed: String = compared.unwrap_or_default().split_whitespace().collect();
                let plain = |key: &PublicKey| fingerprint(key).replace(' ', "");
                if !office.bundle.office_keys.iter().any(|key| plain(key).eq_ignore_ascii_case(&typed)) {
                    return Err(Problem::new(Code::FingerprintDiffers));
                }
                office
            }
        };
        self.expect_for_us(&office)?;
        office.bundle.expiry(self.now()).map_err(|_| refused())?;
        self.put_in_place(&office, bytes)
    }

    /// Makes this bundle the one in use.
    pub(crate) fn put_in_place(&mut self, office: &Office, bytes: &[u8]) -> Result<(), Problem> {
        // Beside the one in use first, then the promise, then in its place: whenever the power goes, the bundle whose
        // hash is promised is there.
        config::write(self.folder(), NEXT_FILE, bytes)?;
        self.keep_bundle(office)?;
        config::write(self.folder(), OFFICE_FILE, bytes)?;
        self.tell_office_to_delivery()
    }

    fn keep_bundle(&mut self, office: &Office) -> Result<(), Problem> {
        let now = self.now();
        // Numbers belong to the year in which the bundle begins to hold.
        let year = i32::from(on_the_wall(office.bundle.from_ms, self.profile().office.time_zone).year());
        self.promise(|station, writing| {
            writing.mark_setting(OFFICE_SETTING, &office.hash.to_string(), now)?;
            for block in &office.bundle.numbers {
                let row = NumberBlockRow {
                    series: block.series.clone(),
                    year,
                    first: i64::try_from(block.first).unwrap_or(i64::MAX),
                    last: i64::try_from(block.last).unwrap_or(i64::MAX),
                    source: office.bundle.office.clone(),
                    given_ms: now,
                };
                let known = writing.list_number_blocks(&row.series, year)?;
                if !known.iter().any(|known| known.first == row.first && known.last == row.last) {
                    writing.insert_number_block(&row)?;
                }
            }
            let fields = json!({"office": office.bundle.office, "hash": office.hash.to_string()});
            station.audit(writing, AuditEvent::StationProvisioned, rekam_store::Uuid::nil(), fields)
        })
    }

    pub(crate) fn expect_for_us(&self, office: &Office) -> Result<(), Problem> {
        let bundle = &office.bundle;
        let key = self.station_key()?;
        if bundle.station == self.station_id() && bundle.station_key == key {
            Ok(())
        } else {
            Err(Problem::new(Code::BundleElsewhere).with("station", &bundle.station))
        }
    }

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

    /// The key this station signs packets with.
    pub(crate) fn station_key(&self) -> Result<PublicKey, Problem> {
        Ok(PublicKey::from_bytes(*self.ring().station_key()?.as_bytes()))
    }
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

/// The beginning of the hash of a key, in groups a person can read aloud.
fn fingerprint(key: &PublicKey) -> String {
    let digits = Digest::of(key.as_bytes()).to_string();
    let groups: Vec<&str> = (0..6).filter_map(|group| digits.get(group * 4..group * 4 + 4)).collect();
    groups.join(" ")
}

/// For set-ups of demonstrations: the bundle is taken without a person who compares it.
pub(crate) fn put_bundle(folder: &Path, bytes: &[u8]) -> Result<(String, String), Problem> {
    config::write(folder, OFFICE_FILE, bytes)?;
    Ok((OFFICE_SETTING.to_owned(), Digest::of(bytes).to_string()))
}
