//! The office of the demonstration: its keys are public, so that anybody can open what a demonstration seals.

use rekam_packet::notice::{Bundle, Payload};
use rekam_packet::{IdentityKey, PublicKey, SeedSigner, Signer, VERSION};

use crate::clock::UnixMs;
use crate::problem::{Code, Problem};

/// Name of the office in everything it signs.
const OFFICE: &str = "DEMO";
/// Known to everybody; it signs for demonstrations alone.
const SEED: &[u8; 32] = b"rekam demonstration office key 1";
/// The key packets are sealed to, and the one kept away; `fixtures/office` holds the same for `rekam packet open`.
const IDENTITIES: &str = include_str!("../../../../../fixtures/office/demonstration.identity");
const VALID_MS: i64 = 3 * 365 * 86_400_000;

/// The admission of a demonstration station.
pub(super) fn bundle(station: &str, station_key: PublicKey, now: UnixMs) -> Result<Vec<u8>, Problem> {
    let mistake = || Problem::new(Code::OurMistake);
    let office = SeedSigner::from_seed(SEED);
    let keys = IdentityKey::read_file(IDENTITIES).ok_or_else(mistake)?;
    let [active, escrow] = keys.as_slice() else { return Err(mistake()) };
    let bundle = Bundle {
        version: VERSION,
        office: OFFICE.to_owned(),
        serial: 1,
        station: station.to_owned(),
        station_key,
        certificates: Vec::new(),
        office_keys: vec![office.public_key()],
        active: active.recipient().to_string(),
        escrow: escrow.recipient().to_string(),
        addresses: Vec::new(),
        profile: String::new(),
        roles: Vec::new(),
        numbers: Vec::new(),
        from_ms: now.max(0),
        until_ms: now.max(0) + VALID_MS,
    };
    bundle.sign(&office).map_err(|_| mistake())
}
