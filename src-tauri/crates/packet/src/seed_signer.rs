//! A signing key that lies in a file: the office's, and that of demonstrations.

use ed25519_dalek::SigningKey;

use crate::bytes::{PublicKey, Signature};
use crate::cose::{Signer, SignerError};

/// Length of the seed of a key, in bytes.
pub const SEED_BYTES: usize = 32;

/// An Ed25519 key made from its seed. Wiped when dropped.
pub struct SeedSigner(SigningKey);

impl SeedSigner {
    /// The key of this seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; SEED_BYTES]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }
}

impl std::fmt::Debug for SeedSigner {
    fn fmt(&self, form: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        form.write_str("SeedSigner(..)")
    }
}

impl Signer for SeedSigner {
    fn public_key(&self) -> PublicKey {
        Signer::public_key(&self.0)
    }

    fn sign(&self, sig_structure: &[u8]) -> Result<Signature, SignerError> {
        Signer::sign(&self.0, sig_structure)
    }
}
