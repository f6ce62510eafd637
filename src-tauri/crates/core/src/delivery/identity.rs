//! With whom delivery speaks, and as whom, while nobody is signed in.
//!
//! Which bundle was taken, the encrypted database knows; it tells the outbox, whose key is there at night. A bundle that
//! the office renewed is signed by the keys of the one before: delivery uses it at once, and the station takes it over
//! when somebody signs in.

use std::path::Path;

use rekam_keys::TransportKey;
use rekam_link::{Identity, LinkConfig};
use rekam_packet::Trust;
use rekam_store::Outbox;

use crate::config::{self, KEYS_FOLDER, read_config};
use crate::office::{Office, WAITING_FILE, pinned, read_bytes};
use crate::problem::Problem;

/// The cursor of the outbox that holds the hash of the bundle in use.
pub(super) const OFFICE_CURSOR: &str = "office";

/// The office, and the keys whose word counts.
#[derive(Debug, Clone)]
pub(super) struct Admission {
    pub(super) office: Office,
    pub(super) trust: Trust,
}

impl Admission {
    /// What this folder knows of the office; nothing before the first bundle was taken.
    pub(super) fn read(folder: &Path, outbox: &Outbox) -> Result<Option<Self>, Problem> {
        let kept = outbox.read(|reading| reading.get_cursor(OFFICE_CURSOR))?;
        let Some(pinned) = pinned(folder, kept.as_deref())? else { return Ok(None) };
        let known = Self { trust: pinned.trust(), office: pinned };
        let renewed = read_bytes(&folder.join(WAITING_FILE))?;
        Ok(Some(match renewed.and_then(|bytes| known.renewed_by(&bytes)) {
            Some(renewed) => renewed,
            None => known,
        }))
    }

    /// The admission after this bundle, if the office signed it for this station and it is newer.
    pub(super) fn renewed_by(&self, bytes: &[u8]) -> Option<Self> {
        let renewed = Office::of(bytes, Some(&self.trust))?;
        let (before, after) = (&self.office.bundle, &renewed.bundle);
        let is_ours = after.station == before.station && after.station_key == before.station_key;
        let is_newer = after.office == before.office && after.serial > before.serial;
        let fold = |trust: Trust, key: &_| trust.with_office(after.office.clone(), *key);
        let trust = after.office_keys.iter().fold(self.trust.clone(), fold);
        (is_ours && is_newer).then_some(Self { office: renewed, trust })
    }

    /// Keeps a renewed bundle until somebody takes it over.
    pub(super) fn keep_renewed(folder: &Path, bytes: &[u8]) -> Result<(), Problem> {
        Ok(config::write(folder, WAITING_FILE, bytes)?)
    }

    /// What the link is told; nothing for an office that gave no address or no certificate. What this computer was told
    /// about where the office is comes before what the bundle says.
    pub(super) fn line_identity(&self, folder: &Path) -> Result<Option<LinkConfig>, Problem> {
        let bundle = &self.office.bundle;
        let certificates: Vec<Vec<u8>> = bundle.certificates.iter().map(|der| der.to_vec()).collect();
        let Some((root, chain)) = certificates.split_last() else { return Ok(None) };
        let Some(key) = TransportKey::read(&folder.join(KEYS_FOLDER))? else { return Ok(None) };
        let told = read_config(folder)?.delivery.addresses;
        let addresses = if told.is_empty() { bundle.addresses.clone() } else { told };
        if addresses.is_empty() || chain.is_empty() {
            return Ok(None);
        }
        let identity = Identity { certificates: chain.to_vec(), transport_seed: *key.line_seed() };
        Ok(Some(LinkConfig { addresses, office_root: root.clone(), identity: Some(identity), proxy: None }))
    }
}
