//! The common shape of key files: one line with a checksum, then versioned TOML.
//!
//! ```text
//! # rekam-keys check=<64 hex digits: BLAKE2b-256 of all that follows>
//! version = 1
//! …
//! ```

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::error::FileError;
use crate::seal::checksum;

/// The version this program writes, and the highest it reads. Since 2 a slot may be bound to a TPM; 1 is read as well.
pub const VERSION: u32 = 2;

const HEAD: &str = "# rekam-keys check=";

#[derive(Deserialize)]
struct Probe {
    version: u32,
}

/// The bytes of a file.
pub(crate) fn encode<T: Serialize>(name: &str, content: &T) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let body = toml::to_string(content).map_err(|error| {
        FileError::io("encode", name, std::io::Error::new(std::io::ErrorKind::InvalidData, error))
    })?;
    let body = Zeroizing::new(body);
    let check = hex(&checksum(body.as_bytes()));
    Ok(Zeroizing::new([HEAD, &check, "\n", &body].concat().into_bytes()))
}

/// The content of a file, if every byte is the one that was written.
pub(crate) fn decode<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, FileError> {
    let damaged = |what| FileError::damaged(name, what);
    let text = std::str::from_utf8(bytes).map_err(|_| damaged("not text"))?;
    let rest = text.strip_prefix(HEAD).ok_or(damaged("no head line"))?;
    let (check, body) = rest.split_once('\n').ok_or(damaged("no head line"))?;
    if check != hex(&checksum(body.as_bytes())).as_str() {
        return Err(damaged("checksum differs"));
    }
    let probe: Probe = toml::from_str(body).map_err(|_| damaged("no version"))?;
    if probe.version > VERSION {
        return Err(FileError::NewerVersion { file: name.to_owned(), version: probe.version });
    }
    toml::from_str(body).map_err(|_| damaged("fields differ from the format"))
}

/// Bytes as lower-case hex in a file.
#[derive(Clone)]
pub(crate) struct Hex(pub(crate) Zeroizing<Vec<u8>>);

impl Hex {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// The bytes, where exactly `N` are expected.
    pub(crate) fn array<const N: usize>(&self, file: &str) -> Result<[u8; N], FileError> {
        self.0.as_slice().try_into().map_err(|_| FileError::damaged(file, "a field has the wrong length"))
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        from_hex(&text).map(Self).ok_or_else(|| serde::de::Error::custom("not lower-case hex"))
    }
}

/// Lower-case hex, in a string that is wiped.
pub(crate) fn hex(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for byte in bytes {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
    }
    text
}

fn from_hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let half = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = Zeroizing::new(Vec::with_capacity(pairs.len()));
    for [high, low] in pairs {
        bytes.push(half(*high)? << 4 | half(*low)?);
    }
    rest.is_empty().then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        version: u32,
        data: Hex,
    }

    #[test]
    fn notices_every_flipped_bit() {
        let bytes = encode("x", &Sample { version: VERSION, data: Hex::new(&[0, 127, 255]) }).unwrap();
        assert_eq!(decode::<Sample>("x", &bytes).unwrap().data.0.as_slice(), [0, 127, 255]);
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(decode::<Sample>("x", &flipped), Err(FileError::Damaged { .. })), "bit {bit}");
        }
    }

    #[test]
    fn names_a_newer_version() {
        let bytes = encode("x", &Sample { version: VERSION + 1, data: Hex::new(&[]) }).unwrap();
        assert!(matches!(decode::<Sample>("x", &bytes), Err(FileError::NewerVersion { version: 3, .. })));
    }

    #[test]
    fn reads_only_canonical_hex() {
        for text in ["0", "0g", "0A", "+1", "é"] {
            assert!(from_hex(text).is_none(), "{text}");
        }
    }
}
