//! Admits stations: the request they hand in, the bundle they get, and its renewal.

use rekam_packet::notice::{AccountRole, Bundle, NumberBlock, Payload as _};
use rekam_packet::{PublicKey, Trust};

use crate::office::{Office, OfficeError, now_ms};

const DAY_MS: i64 = 86_400_000;
/// The longest year.
const YEAR_MS: i64 = 366 * DAY_MS;

/// What a new station hands in: who it is, the key it signs with, the key it shows on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdmissionRequest {
    /// Its id.
    pub station: String,
    /// Signs packets.
    pub signing: PublicKey,
    /// Shown on the line.
    pub transport: PublicKey,
}

/// The longest id of a station, in letters: it is a folder name and stands in certificates.
const ID_LETTERS_MAX: usize = 64;

/// Whether a station may have this id: letters, digits and `-`.
#[must_use]
pub fn is_station_id(id: &str) -> bool {
    (1..=ID_LETTERS_MAX).contains(&id.len())
        && !id.starts_with('-')
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

impl AdmissionRequest {
    /// Reads the text a station wrote: a trust file with one `station` and one `transport`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        // The words of a trust file are `station` and `office`; `transport` takes the place of the second.
        let trust = Trust::read(&text.replace("transport:", "office:")).ok()?;
        let mut stations = trust.stations();
        let (id, keys) = stations.next()?;
        let transport = trust.office(id);
        let read = Self { station: id.to_owned(), signing: *keys.first()?, transport: *transport.first()? };
        let is_one = stations.next().is_none() && transport.len() == 1 && keys.len() == 1;
        (is_one && is_station_id(id)).then_some(read)
    }
}

/// What an office decides about a station.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Where the office is reached.
    pub addresses: Vec<String>,
    /// The profile, as its file.
    pub profile: String,
    /// Who may do what.
    pub roles: Vec<AccountRole>,
    /// Numbers that belong to the station.
    pub numbers: Vec<NumberBlock>,
    /// How long it holds.
    pub days: u32,
}

/// Makes the next bundle of a station and admits its certificate.
///
/// # Errors
/// The station is not known, or the office failed.
pub fn make_bundle(office: &Office, station: &str, terms: &Terms) -> Result<Vec<u8>, OfficeError> {
    let from_ms = now_ms();
    check_numbers(office, station, &terms.numbers, from_ms)?;
    make(office, station, from_ms, from_ms + i64::from(terms.days) * DAY_MS, |_| terms.clone())
}

/// Numbers belong to one station alone, also to one that was revoked: it may have given them. They begin anew each year,
/// so those of a bundle that ended more than a year ago are free again.
fn check_numbers(
    office: &Office,
    station: &str,
    numbers: &[NumberBlock],
    now: i64,
) -> Result<(), OfficeError> {
    for (other, bytes) in office.ledger.read(|view| view.bundles_of_others(station))? {
        let Ok(bundle) = Bundle::verify_by(&bytes, [&office.public_key()]) else { continue };
        let is_free = bundle.until_ms < now - YEAR_MS;
        let is_shared = |block: &NumberBlock| {
            let mut given = bundle.numbers.iter().filter(|known| known.series == block.series);
            given.any(|known| known.first <= block.last && block.first <= known.last)
        };
        if !is_free && numbers.iter().any(is_shared) {
            return Err(OfficeError::NumbersGiven(other));
        }
    }
    Ok(())
}

fn make(
    office: &Office,
    station: &str,
    from_ms: i64,
    until_ms: i64,
    terms: impl FnOnce(Option<Bundle>) -> Terms,
) -> Result<Vec<u8>, OfficeError> {
    let keys = office.keys.recipients()?;
    office.ledger.write(|view| -> Result<Vec<u8>, OfficeError> {
        let row = view.station(station)?.ok_or(OfficeError::Key("station"))?;
        let signing = view.station_keys(station)?.last().copied().ok_or(OfficeError::Key("station"))?;
        let last =
            view.bundle(station)?.and_then(|bytes| Bundle::verify_by(&bytes, [&office.public_key()]).ok());
        let serial = last.as_ref().map_or(1, |bundle| bundle.serial + 1);
        let (certificate, digest) =
            office.authority.admit(station, &signing, &row.transport_key, from_ms, until_ms)?;
        let terms = terms(last);
        let bundle = Bundle {
            version: 1,
            office: office.name.clone(),
            serial,
            station: station.to_owned(),
            station_key: signing,
            certificates: vec![certificate.to_vec().into(), office.authority.root().to_vec().into()],
            office_keys: vec![office.public_key()],
            active: keys.active.to_string(),
            escrow: keys.escrow.to_string(),
            addresses: terms.addresses,
            profile: terms.profile,
            roles: terms.roles,
            numbers: terms.numbers,
            from_ms,
            until_ms,
        };
        let bytes = bundle.sign(office.signer())?;
        // What no station could read must not leave.
        Bundle::verify_by(&bytes, [&office.public_key()]).map_err(|_| OfficeError::Key("bundle"))?;
        view.set_certificate(station, digest)?;
        view.add_bundle(station, serial, &bytes)?;
        view.audit(from_ms, "bundle_made", &format!("{station} {serial}"))?;
        Ok(bytes)
    })
}

/// The newest bundle of a station; when two thirds of its time have passed, the next one.
///
/// # Errors
/// The office failed.
pub fn current_bundle(office: &Office, station: &str) -> Result<Option<(u64, Vec<u8>)>, OfficeError> {
    let Some(bytes) = office.ledger.read(|view| view.bundle(station))? else { return Ok(None) };
    let bundle = Bundle::verify_by(&bytes, [&office.public_key()]).map_err(|_| OfficeError::Key("bundle"))?;
    let now = now_ms();
    let is_new_key = office.keys.recipients()?.active.to_string() != bundle.active;
    if !is_new_key && bundle.expiry(now).is_ok_and(|expiry| !expiry.is_renewal_due) {
        return Ok(Some((bundle.serial, bytes)));
    }
    let (serial, until_ms) = (bundle.serial + 1, now + (bundle.until_ms - bundle.from_ms));
    let bytes = make(office, station, now, until_ms, move |last| {
        let last = last.unwrap_or(bundle);
        Terms {
            addresses: last.addresses,
            profile: last.profile,
            roles: last.roles,
            numbers: last.numbers,
            days: 0,
        }
    })?;
    Ok(Some((serial, bytes)))
}
