//! What, besides the secret, stands between a copied disk and its keys.

use crate::cost::Cost;
use crate::error::FileError;
use crate::hardware::HardwareError;
use crate::seal::{Key, derive, random_key};
use crate::station_file::no_key;
use crate::tpm::{Chip, SealedFactor, Tpm};

/// How well the keys of this station are guarded; shown to the operator and written into every packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrustLevel {
    /// Secrets only: a copied disk can be guessed at elsewhere.
    Software,
    /// A chip of this computer takes part in every unlock and limits the guesses.
    Hardware,
}

impl TrustLevel {
    /// The fixed spelling in files and packets.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Software => "software",
            Self::Hardware => "hardware",
        }
    }
}

/// What new secrets are worth, and the chip that takes part; a [`Cost`] alone means no chip.
#[derive(Debug, Clone)]
pub struct Protection {
    pub(crate) cost: Cost,
    pub(crate) tpm: Option<Tpm>,
}

impl From<Cost> for Protection {
    fn from(cost: Cost) -> Self {
        Self { cost, tpm: None }
    }
}

impl Cost {
    /// The same cost, together with the chip of this computer.
    #[must_use]
    pub fn with(self, tpm: Option<Tpm>) -> Protection {
        Protection { cost: self, tpm }
    }
}

/// What an account's slot is bound to, as its file says it.
#[derive(Clone)]
pub(crate) enum Binding {
    /// No chip: nothing is mixed in.
    Software,
    /// A random factor that only one chip unseals, and only for the right secret.
    Tpm2(SealedFactor),
}

impl Binding {
    pub(crate) const SOFTWARE: &'static str = "software";
    pub(crate) const TPM2: &'static str = "tpm2";

    /// Gets the chip ready for one try. No secret takes part, so this comes before the try is counted: whoever sits
    /// at a computer without its chip must not lose tries by it.
    pub(crate) fn ready(&self, tpm: Option<&Tpm>) -> Result<Ready, HardwareError> {
        let Self::Tpm2(sealed) = self else { return Ok(Ready::Software) };
        let none = || HardwareError::missing("find", std::io::ErrorKind::NotFound.into());
        let mut chip = Chip::open(tpm.ok_or_else(none)?)?;
        let handle = chip.load(sealed)?;
        Ok(Ready::Tpm2 { chip, handle })
    }
}

/// A slot whose chip waits for the secret.
pub(crate) enum Ready {
    Software,
    Tpm2 { chip: Chip, handle: u32 },
}

impl Ready {
    /// Mixes the hardware factor into a key derived from a secret; false when the chip says that the secret is wrong.
    pub(crate) fn mix_into(self, key: &mut Key) -> Result<bool, KeyError> {
        let Self::Tpm2 { mut chip, handle } = self else { return Ok(true) };
        let Some(factor) = chip.unseal(handle, &password(key)?)? else { return Ok(false) };
        mix(key, &factor);
        Ok(true)
    }
}

/// What a new slot can be bound to.
pub(crate) enum Offer {
    Software,
    Tpm2(Chip),
}

impl Offer {
    /// The chip, if it is there and limits guesses. One that does not is worth no more than software: any program on
    /// the computer could forgive all wrong tries.
    pub(crate) fn of(tpm: Option<&Tpm>) -> Result<Self, HardwareError> {
        let chip = tpm.map_or(Ok(None), Chip::find)?;
        Ok(chip.filter(|chip| chip.limits().holds()).map_or(Self::Software, Self::Tpm2))
    }

    pub(crate) fn trust_level(&self) -> TrustLevel {
        match self {
            Self::Software => TrustLevel::Software,
            Self::Tpm2(_) => TrustLevel::Hardware,
        }
    }

    /// Draws a factor for a new slot, mixes it into the key derived from its secret, and says what to keep.
    pub(crate) fn bind(&mut self, key: &mut Key) -> Result<Binding, KeyError> {
        let Self::Tpm2(chip) = self else { return Ok(Binding::Software) };
        let factor = random_key()?;
        let sealed = chip.seal(&factor, &password(key)?)?;
        mix(key, &factor);
        Ok(Binding::Tpm2(sealed))
    }
}

/// The one place where a chip enters: `argon2id(secret, salt) ⊕ hardware factor`.
fn mix(key: &mut Key, factor: &Key) {
    key.iter_mut().zip(factor.iter()).for_each(|(byte, other)| *byte ^= other);
}

/// The password of the sealed factor. Its last bit is set, because a TPM drops zero bytes at the end of a password.
fn password(key: &Key) -> Result<Key, FileError> {
    let mut password = derive(key.as_slice(), b"rekam/v1/tpm-password").ok_or_else(no_key)?;
    if let Some(last) = password.last_mut() {
        *last |= 1;
    }
    Ok(password)
}

/// A wrapping key did not come into being.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Hardware(#[from] HardwareError),
}
