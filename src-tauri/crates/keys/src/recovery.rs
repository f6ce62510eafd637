//! The recovery key: printed once, kept in the office's safe, the way back when every account is lost.
//!
//! Forty characters in eight groups of five: 34 carry 170 random bits, 6 are a BCH checksum (the code of BIP 350),
//! which finds every slip of up to four characters and can name the group of a single one.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

use crate::error::FileError;
use crate::seal::fill_random;

/// Crockford's letters: no I, L, O or U, so that nothing on paper can be read two ways.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DATA: usize = 34;
const CHECK: usize = 6;
const GROUP: usize = 5;
/// Characters of a recovery key, without separators.
pub const RECOVERY_KEY_LENGTH: usize = DATA + CHECK;
/// Most characters looked at, separators included: a pasted file is refused at once.
const TYPED_BYTES_MAX: usize = 1024;

/// Opens the database of one station without any account. Wiped when dropped, never shown by `Debug`.
pub struct RecoveryKey(Box<Zeroizing<[u8; DATA]>>);

/// The text is no recovery key. It says where, never what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecoveryKeyError {
    /// A character that no recovery key has.
    #[error("character {position} is not used in recovery keys")]
    UnknownCharacter {
        /// Which one, counted from 1 without separators.
        position: usize,
    },
    /// Too few or too many characters.
    #[error("{found} characters, a recovery key has {RECOVERY_KEY_LENGTH}")]
    WrongLength {
        /// How many there are.
        found: usize,
    },
    /// The checksum does not fit: at least one character is wrong.
    #[error("a character is wrong, group {group:?}")]
    Typo {
        /// The group to look at (from 1), where one wrong character explains everything.
        group: Option<usize>,
    },
}

impl RecoveryKeyError {
    /// Key of the sentence for the person at the desk (`domain/text`).
    #[must_use]
    pub fn text_key(&self) -> &'static str {
        match self {
            Self::UnknownCharacter { .. } => "secret.recovery_character",
            Self::WrongLength { .. } => "secret.recovery_length",
            Self::Typo { group: Some(_) } => "secret.recovery_typo_group",
            Self::Typo { group: None } => "secret.recovery_typo",
        }
    }

    /// What stands in that sentence's places.
    #[must_use]
    pub fn text_values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::UnknownCharacter { position } => vec![("position", position.to_string())],
            Self::WrongLength { found } => vec![("found", found.to_string())],
            Self::Typo { group: Some(group) } => vec![("group", group.to_string())],
            Self::Typo { group: None } => Vec::new(),
        }
    }
}

impl RecoveryKey {
    pub(crate) fn random() -> Result<Self, FileError> {
        let mut key = Self(Box::new(Zeroizing::new([0; DATA])));
        fill_random(key.0.as_mut_slice())?;
        key.0.iter_mut().for_each(|symbol| *symbol &= 31);
        Ok(key)
    }

    /// Reads what a person typed: case, spaces and dashes do not matter, `O` is read as `0`, `I` and `L` as `1`.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn parse(typed: &str) -> Result<Self, RecoveryKeyError> {
        if typed.len() > TYPED_BYTES_MAX {
            return Err(RecoveryKeyError::WrongLength { found: typed.len() });
        }
        let mut symbols = Zeroizing::new(Vec::with_capacity(TYPED_BYTES_MAX));
        for character in typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '_' | '.'))
        {
            let letter = match character.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            match LETTERS.iter().position(|known| char::from(*known) == letter) {
                Some(symbol) => symbols.push(symbol as u8),
                None => return Err(RecoveryKeyError::UnknownCharacter { position: symbols.len() + 1 }),
            }
        }
        if symbols.len() != RECOVERY_KEY_LENGTH {
            return Err(RecoveryKeyError::WrongLength { found: symbols.len() });
        }
        if polymod(&symbols) != CONSTANT {
            return Err(RecoveryKeyError::Typo { group: suspect(&mut symbols) });
        }
        let mut key = Self(Box::new(Zeroizing::new([0; DATA])));
        key.0.iter_mut().zip(symbols.iter()).for_each(|(to, from)| *to = *from);
        Ok(key)
    }

    /// The text to print, eight groups of five symbols; the only way to see the key.
    #[must_use]
    pub fn printed(&self) -> Zeroizing<String> {
        let mut symbols = Zeroizing::new([0u8; RECOVERY_KEY_LENGTH]);
        symbols.iter_mut().zip(self.0.iter()).for_each(|(to, from)| *to = *from);
        let check = polymod(symbols.as_slice()) ^ CONSTANT;
        for (place, symbol) in symbols.iter_mut().skip(DATA).enumerate() {
            *symbol = (check >> (5 * (CHECK - 1 - place)) & 31) as u8;
        }
        let mut text =
            Zeroizing::new(String::with_capacity(RECOVERY_KEY_LENGTH + RECOVERY_KEY_LENGTH / GROUP));
        for (place, symbol) in symbols.iter().enumerate() {
            if place > 0 && place % GROUP == 0 {
                text.push('-');
            }
            text.push(LETTERS.get(usize::from(*symbol)).map_or('0', |letter| char::from(*letter)));
        }
        text
    }

    pub(crate) fn symbols(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl fmt::Debug for RecoveryKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RecoveryKey(…)")
    }
}

/// What the checksum of a right key comes to (BIP 350).
const CONSTANT: u32 = 0x2bc8_30a3;

/// The checksum of BIP 173 and 350 over five-bit symbols, prefix `rekam`.
fn polymod(symbols: &[u8]) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let prefix = b"rekam";
    let high = prefix.iter().map(|letter| letter >> 5);
    let low = prefix.iter().map(|letter| letter & 31);
    let mut check = 1u32;
    for symbol in high.chain([0]).chain(low).chain(symbols.iter().copied()) {
        let top = check >> 25;
        check = (check & 0x01ff_ffff) << 5 ^ u32::from(symbol);
        for (bit, term) in GENERATOR.iter().enumerate() {
            if top >> bit & 1 == 1 {
                check ^= term;
            }
        }
    }
    check
}

/// The group (from 1) in which changing one character makes the checksum fit, if there is one.
fn suspect(symbols: &mut [u8]) -> Option<usize> {
    let mut found = None;
    for place in 0..symbols.len() {
        for change in 1..32u8 {
            let mut flip = || symbols.get_mut(place).map_or((), |symbol| *symbol ^= change);
            flip();
            let fits = polymod(symbols) == CONSTANT;
            let mut flip_back = || symbols.get_mut(place).map_or((), |symbol| *symbol ^= change);
            flip_back();
            if fits {
                found = Some(place / GROUP + 1);
            }
        }
    }
    symbols.zeroize();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> String {
        RecoveryKey::random().unwrap().printed().to_string()
    }

    #[test]
    fn reads_back_what_it_prints() {
        for _ in 0..200 {
            let key = RecoveryKey::random().unwrap();
            let text = key.printed();
            assert_eq!(text.split('-').map(str::len).collect::<Vec<_>>(), [5; 8]);
            assert_eq!(RecoveryKey::parse(&text).unwrap().symbols(), key.symbols());
        }
    }

    #[test]
    fn reads_as_people_write() {
        let text = sample();
        let sloppy = text.to_lowercase().replace('-', "  ").replace('0', "o").replace('1', "l");
        assert_eq!(RecoveryKey::parse(&sloppy).unwrap().printed().as_str(), text);
        assert_eq!(RecoveryKey::parse(&text.replace('1', "I")).unwrap().printed().as_str(), text);
    }

    #[test]
    fn finds_every_single_wrong_character_and_its_group() {
        let text = sample().replace('-', "");
        for place in 0..RECOVERY_KEY_LENGTH {
            for letter in LETTERS {
                let mut typed = text.clone().into_bytes();
                if typed[place] == *letter {
                    continue;
                }
                typed[place] = *letter;
                let error = RecoveryKey::parse(std::str::from_utf8(&typed).unwrap()).unwrap_err();
                assert_eq!(error, RecoveryKeyError::Typo { group: Some(place / 5 + 1) });
            }
        }
    }

    #[test]
    fn finds_swapped_neighbours() {
        let text = sample().replace('-', "");
        for place in 1..RECOVERY_KEY_LENGTH {
            let mut typed = text.clone().into_bytes();
            typed.swap(place - 1, place);
            let same = typed == text.as_bytes();
            assert_eq!(RecoveryKey::parse(std::str::from_utf8(&typed).unwrap()).is_ok(), same);
        }
    }

    #[test]
    fn names_what_is_missing_or_foreign() {
        let text = sample();
        assert_eq!(
            RecoveryKey::parse(&text[..text.len() - 1]).unwrap_err(),
            RecoveryKeyError::WrongLength { found: 39 }
        );
        assert_eq!(
            RecoveryKey::parse(&format!("U{text}")).unwrap_err(),
            RecoveryKeyError::UnknownCharacter { position: 1 }
        );
        assert!(RecoveryKey::parse(&"0".repeat(5000)).is_err());
        assert_eq!(RecoveryKey::parse("").unwrap_err(), RecoveryKeyError::WrongLength { found: 0 });
    }

    #[test]
    fn shows_nothing() {
        let key = RecoveryKey::random().unwrap();
        assert_eq!(format!("{key:?}"), "RecoveryKey(…)");
    }
}
