//! How the office admits this station: what the station hands in, what a person compares, what is taken.

use std::path::Path;

use rekam_domain::audit::AuditEvent;
use rekam_domain::permission::{Operation, Subject};
use rekam_keys::TransportKey;
use rekam_link::courier::CourierError;
use rekam_packet::notice::Bundle;
use rekam_packet::{PublicKey, SeedSigner, Signer as _, pem};
use rekam_store::Writing;
use serde::Serialize;
use serde_json::json;

use super::content::Content;
use super::{
    KEYS_SETTING, NEXT_FILE, OFFICE_FILE, OFFICE_SETTING, Office, WAITING_FILE, read_bytes, trust_ever,
};
use crate::clock::on_the_wall;
use crate::config::{self, KEYS_FOLDER};
use crate::problem::{Code, Problem};
use crate::station::Station;

const DAY_MS: i64 = 86_400_000;
/// How an Ed25519 key begins in a certificate: its `SubjectPublicKeyInfo` (RFC 8410).
const SPKI_START: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// What an admission says, for the person who compares it with the office's own word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdmissionView {
    /// The office.
    pub office: String,
    /// Fingerprints of the keys it signs with; one of them is compared.
    pub fingerprints: Vec<String>,
    /// Signed by the office this station knows: nothing is to be compared.
    pub is_known: bool,
    /// Its number.
    pub serial: u64,
    /// Its last day, `yyyy-mm-dd`.
    pub until: String,
    /// Days until then.
    pub days_left: i64,
    /// Where the office is reached.
    pub addresses: Vec<String>,
    /// The version of the procedure it brings, as `id/version`, if the station has no such version yet.
    pub profile: Option<String>,
    /// Blocks of numbers the station does not have yet, as `series year first-last`.
    pub numbers: Vec<String>,
    /// Accounts and the roles the office leaves them, as `account:Role`; none: the office decides nothing about them.
    pub roles: Vec<String>,
}

impl Station {
    /// What a new station hands to the office: who it is, the key it signs packets with, the key it shows on the line.
    ///
    /// # Errors
    /// A key is missing or damaged, or the disk refuses.
    pub fn admission_request(&self) -> Result<String, Problem> {
        let (id, signing, line) = (self.station_id(), self.station_key()?, line_key(self.folder())?);
        Ok(format!("station: {id}\n{}transport: {id}\n{}", pem(&signing), pem(&line)))
    }

    /// What a person compares and sees before a bundle is taken.
    ///
    /// # Errors
    /// Nobody is signed in; the bundle is none, is for another station, or does not hold now.
    pub fn read_bundle(&self, bytes: &[u8]) -> Result<AdmissionView, Problem> {
        let (office, before) = self.judge_bundle(bytes)?;
        let content = Content::of(self, &office.bundle)?;
        let bundle = office.bundle;
        let last = on_the_wall(bundle.until_ms - 1, self.profile().office.time_zone).date();
        Ok(AdmissionView {
            fingerprints: bundle.office_keys.iter().map(PublicKey::fingerprint).collect(),
            is_known: before.is_some(),
            serial: bundle.serial,
            until: last.to_string(),
            days_left: (bundle.until_ms - self.now()) / DAY_MS,
            profile: content.profile.as_ref().map(|row| format!("{}/{}", row.profile, row.version)),
            numbers: content
                .blocks
                .iter()
                .map(|row| format!("{} {} {}-{}", row.series, row.year, row.first, row.last))
                .collect(),
            roles: content.roles.words(),
            office: bundle.office,
            addresses: bundle.addresses,
        })
    }

    /// Takes the bundle of the office: the first one by a supervisor, with the fingerprint a person has compared; a later
    /// one by whoever is signed in, because the keys of the one before signed it.
    ///
    /// # Errors
    /// The role does not permit it, nobody compared the fingerprint, it is not for this station, does not hold now, is
    /// older than the one in use, brings what cannot be used; or the disk refuses. Nothing was changed then.
    pub fn take_bundle(&mut self, bytes: &[u8], compared: Option<&str>) -> Result<(), Problem> {
        let (office, before) = self.judge_bundle(bytes)?;
        if before.is_none() {
            self.permit(Operation::Enter, Subject::Profile)?;
            let typed: String = compared.unwrap_or_default().split_whitespace().collect();
            let plain = |key: &PublicKey| key.fingerprint().replace(' ', "");
            if !office.bundle.office_keys.iter().any(|key| plain(key).eq_ignore_ascii_case(&typed)) {
                return Err(Problem::new(Code::FingerprintDiffers));
            }
        } else if before.as_ref().is_some_and(|before| before.hash == office.hash) {
            return Ok(());
        }
        let content = Content::of(self, &office.bundle)?;
        // Beside the one in use first, then the two promises, then in its place: whenever the power goes, the bundle whose
        // hash is promised, here and to delivery, is there.
        if let Some(before) = &before {
            self.put_in_place(before)?;
        }
        config::write(self.folder(), NEXT_FILE, bytes)?;
        self.promise(|station, writing| station.keep_bundle(writing, &office, before.as_ref(), &content))?;
        self.tell_office_to_delivery()?;
        config::write(self.folder(), OFFICE_FILE, bytes)?;
        self.use_master_data()
    }

    /// The bundle in use lies beside its place since a power cut: it must not be overwritten there.
    fn put_in_place(&self, pinned: &Office) -> Result<(), Problem> {
        let in_place = Office::read(self.folder(), OFFICE_FILE)?;
        if in_place.is_none_or(|office| office.hash != pinned.hash)
            && let Some(bytes) = read_bytes(&self.folder().join(NEXT_FILE))?
        {
            config::write(self.folder(), OFFICE_FILE, &bytes)?;
        }
        Ok(())
    }

    /// The newest bundle for this station on a stick that comes from the office.
    ///
    /// # Errors
    /// There is none, or the stick refuses.
    pub fn bundle_on_stick(&self, stick: &Path) -> Result<Vec<u8>, Problem> {
        rekam_link::courier::read_bundle(stick, self.station_id()).map_err(|error| {
            if let CourierError::Disk { operation, .. } = error {
                let refused = Problem::new(Code::DiskRefused).with("operation", operation);
                return refused.with("file", stick.display());
            }
            Problem::new(Code::StickEmpty).with("station", self.station_id())
        })
    }

    /// Takes what was laid by while nobody was signed in; a bundle that cannot be taken is left behind.
    pub(crate) fn take_waiting_bundle(&mut self) -> Result<(), Problem> {
        let path = self.folder().join(WAITING_FILE);
        let Some(bytes) = read_bytes(&path)? else { return Ok(()) };
        // A first one is never taken without a person who compares it.
        let taken = match self.pinned_office() {
            Ok(Some(_)) => self.take_bundle(&bytes, None),
            Ok(None) => Ok(()),
            Err(problem) => Err(problem),
        };
        let is_settled = taken
            .as_ref()
            .err()
            .is_none_or(|problem| !matches!(problem.code, Code::DiskFull | Code::DiskRefused));
        if is_settled {
            std::fs::remove_file(&path).map_err(|error| Problem::of_disk("remove", WAITING_FILE, &error))?;
        }
        taken
    }

    /// The bundle, and the one in use before it if that vouches for it.
    fn judge_bundle(&self, bytes: &[u8]) -> Result<(Office, Option<Office>), Problem> {
        let before = match self.pinned_office() {
            // A damaged one vouches for nobody: a person compares the fingerprint again.
            Err(problem) if problem.code == Code::FileDamaged => None,
            pinned => pinned?,
        };
        let trust = before.as_ref().map(Office::trust);
        // It must also stand by itself: that is how it is read once it is the one in use.
        let office = Office::of(bytes, trust.as_ref()).filter(|_| Office::of(bytes, None).is_some());
        let office = office.ok_or_else(|| Problem::new(Code::BundleRefused))?;
        let bundle = &office.bundle;
        check_for(bundle, self.station_id(), &self.station_key()?, &line_key(self.folder())?)?;
        if let Some(before) = &before
            && bundle.serial < before.bundle.serial
        {
            let values = Problem::new(Code::BundleOlder).with("given", bundle.serial);
            return Err(values.with("present", before.bundle.serial));
        }
        if bundle.expiry(self.now()).is_err() {
            let day = |ms| on_the_wall(ms, self.profile().office.time_zone).date();
            let problem = Problem::new(Code::BundleExpired).with("from", day(bundle.from_ms));
            return Err(problem.with("until", day(bundle.until_ms - 1)));
        }
        Ok((office, before))
    }

    fn keep_bundle(
        &self,
        writing: &mut Writing<'_>,
        office: &Office,
        before: Option<&Office>,
        content: &Content,
    ) -> Result<(), Problem> {
        let (bundle, hash) = (&office.bundle, office.hash.to_string());
        writing.mark_setting(OFFICE_SETTING, &hash, self.now())?;
        let audit = |writing: &mut Writing<'_>, event, fields| {
            self.audit(writing, event, rekam_store::Uuid::nil(), fields)
        };
        let fields = json!({"station": bundle.station, "hash": hash});
        audit(writing, AuditEvent::StationProvisioned, fields)?;
        if before.is_some_and(|before| before.bundle.office_keys != bundle.office_keys) {
            audit(writing, AuditEvent::KeyChanged, json!({"code": "office", "hash": hash}))?;
            crate::arrival::look_anew(writing, self.now())?;
        }
        for office in before.into_iter().chain([office]) {
            let keys = trust_ever(writing, office)?.write();
            writing.mark_setting(KEYS_SETTING, &keys, self.now())?;
        }
        if before.is_some_and(|before| before.bundle.active != bundle.active) {
            audit(writing, AuditEvent::KeyChanged, json!({"code": "recipient", "hash": hash}))?;
        }
        content.keep(self, writing, &hash)
    }
}

/// The public half of the key the station in this folder shows on the line.
pub(crate) fn line_key(folder: &Path) -> Result<PublicKey, Problem> {
    let missing = || Problem::new(Code::FileDamaged).with("file", "transport.secret");
    let key = TransportKey::read(&folder.join(KEYS_FOLDER))?.ok_or_else(missing)?;
    Ok(SeedSigner::from_seed(&key.line_seed()).public_key())
}

/// Whether it admits this station with these keys.
fn check_for(bundle: &Bundle, station: &str, signing: &PublicKey, line: &PublicKey) -> Result<(), Problem> {
    let spki = [SPKI_START.as_slice(), line.as_bytes()].concat();
    let is_shown = bundle
        .certificates
        .first()
        .is_none_or(|certificate| certificate.windows(spki.len()).any(|window| window == spki));
    if bundle.station == station && bundle.station_key == *signing && is_shown {
        Ok(())
    } else {
        Err(Problem::new(Code::BundleElsewhere).with("station", &bundle.station))
    }
}
