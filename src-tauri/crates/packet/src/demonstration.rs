//! The office of the demonstration, the same at the station and at the office: every key of it is public, so that anybody
//! can open what a demonstration seals. Nothing real is ever signed by it or sealed to it.

use crate::age_key::IdentityKey;
use crate::seed_signer::{SEED_BYTES, SeedSigner};

/// Its name in everything it signs.
pub const OFFICE: &str = "DEMO";
/// The seed of the key it signs with.
pub const SEED: &[u8; SEED_BYTES] = b"rekam demonstration office key 1";
/// The private key of its authority for the line (PKCS #8).
pub const AUTHORITY_KEY: &[u8] = include_bytes!("../../../../fixtures/office/demonstration.authority.key");
/// The certificate of that authority (X.509).
pub const AUTHORITY: &[u8] = include_bytes!("../../../../fixtures/office/demonstration.authority.der");

/// The key packets are sealed to, and the one a real office keeps away from its machines.
const IDENTITIES: &str = include_str!("../../../../fixtures/office/demonstration.identity");

/// What it signs with.
#[must_use]
pub fn signer() -> SeedSigner {
    SeedSigner::from_seed(SEED)
}

/// The key packets are sealed to, then the one a real office keeps away from its machines.
#[must_use]
pub fn identities() -> Option<[IdentityKey; 2]> {
    IdentityKey::read_file(IDENTITIES)?.try_into().ok()
}
