//! The keys of the ring as the packet format asks for them.

use rekam_keys::{Opened, Unlocked};
use rekam_packet::{PublicKey, Signature, Signer, SignerError};

/// The station's own key.
pub(crate) struct StationSigner<'a>(pub(crate) &'a Opened);

/// The key of whoever is signed in.
pub(crate) struct PersonSigner<'a>(pub(crate) &'a Unlocked);

/// The same key in the format's own type.
pub(crate) fn public(key: rekam_keys::PublicKey) -> PublicKey {
    PublicKey::from_bytes(*key.as_bytes())
}

impl Signer for StationSigner<'_> {
    fn public_key(&self) -> PublicKey {
        public(self.0.station_key())
    }

    fn sign(&self, sig_structure: &[u8]) -> Result<Signature, SignerError> {
        let signature = self.0.sign_cose_as_station(sig_structure);
        signature.map(Signature::from_bytes).map_err(|error| SignerError(error.to_string()))
    }
}

impl Signer for PersonSigner<'_> {
    fn public_key(&self) -> PublicKey {
        public(self.0.public_key())
    }

    fn sign(&self, sig_structure: &[u8]) -> Result<Signature, SignerError> {
        let signature = self.0.sign_cose(sig_structure);
        signature.map(Signature::from_bytes).map_err(|error| SignerError(error.to_string()))
    }
}
