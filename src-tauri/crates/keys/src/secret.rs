//! What a person types, and which of it is good enough.

use std::fmt;

use zeroize::Zeroizing;

use crate::account::AccountId;
use crate::binding::TrustLevel;

/// Shortest passphrase: below this a stolen disk can be searched through, Argon2id or not.
pub const PASSPHRASE_LENGTH_MIN: usize = 10;
/// Shortest PIN where hardware limits the guesses.
pub const PIN_LENGTH_MIN: usize = 6;
/// Longest secret; more is a pasted file, not something a person knows.
pub const SECRET_BYTES_MAX: usize = 1024;
/// What must be left of a passphrase once the account id is taken out of it.
const OWN_PART_MIN: usize = 6;

/// A passphrase or PIN; wiped when dropped, never shown.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text exactly as typed; the caller trims nothing but the line end of a file.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// A new secret is not good enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// Fewer characters than needed.
    #[error("the secret has fewer than {min} characters")]
    TooShort {
        /// The fewest that are taken.
        min: usize,
    },
    /// More bytes than any person types.
    #[error("the secret has more than {max} bytes")]
    TooLong {
        /// The most that are taken.
        max: usize,
    },
    /// One character, repeated.
    #[error("the secret repeats one character")]
    AllSame,
    /// Characters that follow one another, such as `abcdefghij`.
    #[error("the secret is a plain sequence")]
    Sequence,
    /// Little more than the account id.
    #[error("the secret is little more than the account id")]
    LikeAccount,
    /// Digits only, and no hardware that limits guessing.
    #[error("a PIN needs hardware that limits guessing")]
    PinNeedsHardware,
}

impl SecretError {
    /// Key of the sentence for the person at the desk (`domain/text`).
    #[must_use]
    pub fn text_key(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "secret.too_short",
            Self::TooLong { .. } => "secret.too_long",
            Self::AllSame => "secret.all_same",
            Self::Sequence => "secret.sequence",
            Self::LikeAccount => "secret.like_account",
            Self::PinNeedsHardware => "secret.pin_needs_hardware",
        }
    }

    /// What stands in that sentence's places.
    #[must_use]
    pub fn text_values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooShort { min } => vec![("min", min.to_string())],
            Self::TooLong { max } => vec![("max", max.to_string())],
            Self::AllSame | Self::Sequence | Self::LikeAccount | Self::PinNeedsHardware => Vec::new(),
        }
    }
}

/// Whether `secret` may become the secret of account `id` on a station of this trust level.
///
/// # Errors
/// The first rule that is broken.
pub fn check_secret(secret: &Secret, id: &AccountId, trust: TrustLevel) -> Result<(), SecretError> {
    if secret.bytes().len() > SECRET_BYTES_MAX {
        return Err(SecretError::TooLong { max: SECRET_BYTES_MAX });
    }
    let characters = Zeroizing::new(secret.0.chars().map(u32::from).collect::<Vec<u32>>());
    let pin = !characters.is_empty() && secret.0.chars().all(|c| c.is_ascii_digit());
    let min = match (pin, trust) {
        (true, TrustLevel::Software) => return Err(SecretError::PinNeedsHardware),
        (true, TrustLevel::Hardware) => PIN_LENGTH_MIN,
        (false, _) => PASSPHRASE_LENGTH_MIN,
    };
    if characters.len() < min {
        return Err(SecretError::TooShort { min });
    }
    let steps = |by: i64| {
        characters.windows(2).all(|pair| match pair {
            [a, b] => i64::from(*b) - i64::from(*a) == by,
            _ => false,
        })
    };
    if steps(0) {
        return Err(SecretError::AllSame);
    }
    if steps(1) || steps(-1) {
        return Err(SecretError::Sequence);
    }
    let lower = Zeroizing::new(secret.0.to_lowercase());
    let own = Zeroizing::new(lower.replace(id.as_str(), ""));
    if own.len() != lower.len() && own.chars().count() < OWN_PART_MIN {
        return Err(SecretError::LikeAccount);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, trust: TrustLevel) -> Result<(), SecretError> {
        check_secret(&Secret::new(text.to_owned()), &"siti.rahma".parse().unwrap(), trust)
    }

    #[test]
    fn refuses_what_is_guessed_first() {
        use SecretError::*;
        for (text, error) in [
            ("", TooShort { min: 10 }),
            ("kopi susu", TooShort { min: 10 }),
            ("aaaaaaaaaaaa", AllSame),
            ("abcdefghijkl", Sequence),
            ("zyxwvutsrq", Sequence),
            ("siti.rahma", LikeAccount),
            ("Siti.Rahma2026", LikeAccount),
            ("siti.rahmasiti.rahma", LikeAccount),
            ("482915", PinNeedsHardware),
            ("4829150398127", PinNeedsHardware),
        ] {
            assert_eq!(check(text, TrustLevel::Software), Err(error), "{text}");
        }
        assert_eq!(check(&"ab".repeat(600), TrustLevel::Software), Err(TooLong { max: 1024 }));
        assert_eq!(check("kopi susu pagi", TrustLevel::Software), Ok(()));
        assert_eq!(check("rumah dekat siti.rahma", TrustLevel::Software), Ok(()));
    }

    #[test]
    fn counts_characters_not_bytes() {
        assert_eq!(check("éèêëàâäîï", TrustLevel::Software), Err(SecretError::TooShort { min: 10 }));
    }

    #[test]
    fn takes_a_pin_only_with_hardware() {
        assert_eq!(check("482915", TrustLevel::Hardware), Ok(()));
        assert_eq!(check("48291", TrustLevel::Hardware), Err(SecretError::TooShort { min: 6 }));
        assert_eq!(check("123456", TrustLevel::Hardware), Err(SecretError::Sequence));
        assert_eq!(check("000000", TrustLevel::Hardware), Err(SecretError::AllSame));
    }

    #[test]
    fn shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("kopi susu pagi".into())), "Secret(…)");
    }
}
