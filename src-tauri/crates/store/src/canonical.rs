//! One way to write a record as bytes before it is hashed: every field with its kind and its length.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// Bytes of a hash.
pub const HASH_BYTES: usize = 32;

/// A SHA-256 hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; HASH_BYTES]);

impl Hash {
    /// What the first link of every chain follows.
    pub const START: Self = Self([0; HASH_BYTES]);

    /// The hash of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Lower-case hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        self.to_string()
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A record being written canonically into a hash.
pub(crate) struct Canonical(Sha256);

impl Canonical {
    /// Starts a record; the context keeps records of different kinds apart.
    pub(crate) fn new(context: &str) -> Self {
        Self(Sha256::new()).field(b'c', context.as_bytes())
    }

    fn field(mut self, kind: u8, bytes: &[u8]) -> Self {
        self.0.update([kind]);
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// A text.
    pub(crate) fn text(self, text: &str) -> Self {
        self.field(b't', text.as_bytes())
    }

    /// A whole number.
    pub(crate) fn integer(self, number: i64) -> Self {
        self.field(b'i', &number.to_le_bytes())
    }

    /// A whole number that may be absent.
    pub(crate) fn optional_integer(self, number: Option<i64>) -> Self {
        match number {
            Some(number) => self.integer(number),
            None => self.field(b'n', &[]),
        }
    }

    /// Bytes.
    pub(crate) fn bytes(self, bytes: &[u8]) -> Self {
        self.field(b'b', bytes)
    }

    /// Bytes that may be absent.
    pub(crate) fn optional_bytes(self, bytes: Option<&[u8]>) -> Self {
        match bytes {
            Some(bytes) => self.bytes(bytes),
            None => self.field(b'n', &[]),
        }
    }

    /// The hash of the record.
    pub(crate) fn finish(self) -> Hash {
        Hash(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_no_byte_from_one_field_to_the_next_unseen() {
        let one = Canonical::new("test").text("ab").text("c").finish();
        let other = Canonical::new("test").text("a").text("bc").finish();
        assert_ne!(one, other);
        assert_ne!(
            Canonical::new("test").bytes(b"").finish(),
            Canonical::new("test").optional_bytes(None).finish()
        );
    }

    #[test]
    fn hashes_as_the_standard_says() {
        assert_eq!(
            Hash::of(b"abc").hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
