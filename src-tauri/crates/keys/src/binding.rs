//! What, besides the secret, stands between a copied disk and its keys.

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

/// What an account's slot is bound to. The one place where a TPM enters: a variant here, its factor below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binding {
    /// No chip: the factor is zero and changes nothing.
    Software,
}

impl Binding {
    /// What this computer offers.
    pub(crate) fn present() -> Self {
        Self::Software
    }

    pub(crate) fn trust_level(self) -> TrustLevel {
        match self {
            Self::Software => TrustLevel::Software,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Software => "software",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        (word == Self::Software.word()).then_some(Self::Software)
    }

    /// Mixes the hardware factor into a key derived from a secret.
    pub(crate) fn mix_into(self, key: &mut [u8; 32]) {
        let factor = match self {
            Self::Software => [0u8; 32],
        };
        key.iter_mut().zip(factor).for_each(|(byte, other)| *byte ^= other);
    }
}
