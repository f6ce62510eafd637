//! The office of the demonstration: keys that everybody knows, and demonstration stations that admitted themselves.
//!
//! A demonstration station makes its own admission with these keys (`rekam-core`), so that it works with no office at all.
//! Here is the office that goes with it: what such a station seals opens here. It can never become a real office.

use std::fs;
use std::path::Path;

use rekam_packet::notice::{Bundle, Payload as _};
use rekam_packet::{Digest, IdentityKey, PublicKey, demonstration as known};

use crate::keys::Keys;
use crate::office::{First, Office, OfficeError, Settings, now_ms, write_settings};

/// How an Ed25519 key begins in a certificate: its `SubjectPublicKeyInfo` (RFC 8410).
const SPKI_START: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// Opens the demonstration office in this folder, founding it when the folder is new, and takes in the stations whose
/// admissions these are (`office.bundle` in a station's folder). Twice is once.
///
/// # Errors
/// The folder holds a real office, a bundle is not one of the demonstration or of another station with an id that is known
/// here, or the disk refused.
pub fn office(folder: &Path, bundles: &[Vec<u8>]) -> Result<Office, OfficeError> {
    let keys = Keys::at(folder);
    if !keys.exist() {
        fs::create_dir_all(folder)?;
        write_settings(folder, &Settings { name: known::OFFICE.to_owned(), demonstration: true })?;
        keys.make_demonstration()?;
    }
    let office = Office::open(folder, &First::default())?;
    if !office.is_demonstration {
        return Err(OfficeError::NotDemonstration);
    }
    for bundle in bundles {
        take_in(&office, bundle)?;
    }
    Ok(office)
}

/// What opens the packets of a demonstration.
#[must_use]
pub fn identities() -> Vec<IdentityKey> {
    known::identities().map(Vec::from).unwrap_or_default()
}

fn take_in(office: &Office, bytes: &[u8]) -> Result<(), OfficeError> {
    let refused = |_| OfficeError::NotDemonstration;
    let bundle = Bundle::verify_by(bytes, [&office.public_key()]).map_err(refused)?;
    let certificate = bundle.certificates.first().ok_or(OfficeError::NotDemonstration)?;
    let line = key_of(certificate).ok_or(OfficeError::NotDemonstration)?;
    let station = bundle.station.as_str();
    office.ledger.write(|view| -> Result<(), OfficeError> {
        if let Some(known) = view.station(station)? {
            // Two stations with one id would look like one that was cloned.
            let is_same =
                known.transport_key == line && view.station_keys(station)?.contains(&bundle.station_key);
            return if is_same { Ok(()) } else { Err(OfficeError::NotDemonstration) };
        }
        view.add_station(station, bundle.station_key, line, now_ms())?;
        view.set_certificate(station, Digest::of(certificate))?;
        view.add_bundle(station, bundle.serial, bytes)?;
        Ok(view.audit(now_ms(), "station_added", &format!("{station} {}", bundle.station_key))?)
    })
}

/// The Ed25519 key a certificate is for. That of its issuer is of another kind.
fn key_of(certificate: &[u8]) -> Option<PublicKey> {
    let at =
        certificate.windows(SPKI_START.len()).position(|window| window == SPKI_START)? + SPKI_START.len();
    let key = certificate.get(at..at + 32)?;
    key.try_into().ok().map(PublicKey::from_bytes)
}
