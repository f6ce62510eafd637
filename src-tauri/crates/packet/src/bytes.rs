//! Byte strings of a fixed length, each with a meaning of its own.

use std::fmt;

use minicbor::{Decode, Encode};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Lower-case hexadecimal digits.
#[must_use]
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        use fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

macro_rules! fixed_bytes {
    ($(#[$meta:meta])* pub struct $name:ident[$length:literal];) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[cbor(n(0), with = "minicbor::bytes")] [u8; $length]);

        impl $name {
            /// From its bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// Its bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
                form.write_str(&hex(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(form, "{}({self})", stringify!($name))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

fixed_bytes! {
    /// A SHA-256.
    pub struct Digest[32];
}

fixed_bytes! {
    /// An Ed25519 public key.
    pub struct PublicKey[32];
}

fixed_bytes! {
    /// The short name of a public key: the first eight bytes of its SHA-256.
    pub struct KeyId[8];
}

fixed_bytes! {
    /// Random bytes that keep a hash from being guessed.
    pub struct Salt[16];
}

fixed_bytes! {
    /// An Ed25519 signature.
    pub struct Signature[64];
}

impl Digest {
    /// What the first packet of a station names as the one before it.
    pub const NONE: Self = Self([0; 32]);

    /// The SHA-256 of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The end of a running hash.
    pub(crate) fn end_of(hash: Sha256) -> Self {
        Self(hash.finalize().into())
    }
}

impl PublicKey {
    /// The short name under which signatures refer to this key.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let mut id = [0; 8];
        id.iter_mut().zip(Digest::of(&self.0).0).for_each(|(to, from)| *to = from);
        KeyId(id)
    }

    /// What people compare by telephone: the first twelve bytes of its SHA-256, in groups that can be read aloud.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digits = Digest::of(&self.0).to_string();
        let groups: Vec<&str> = (0..6).filter_map(|group| digits.get(group * 4..group * 4 + 4)).collect();
        groups.join(" ")
    }
}

/// The name of a packet, a UUID of version 7; also the key that makes delivering it twice harmless.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct PacketId(#[cbor(n(0), with = "minicbor::bytes")] [u8; 16]);

impl PacketId {
    /// A new name from the time in milliseconds and ten bytes of chance.
    #[must_use]
    pub fn new(now_ms: u64, chance: &[u8; 10]) -> Self {
        Self(*uuid::Builder::from_unix_timestamp_millis(now_ms, chance).as_uuid().as_bytes())
    }

    /// From the bytes of a UUID; `None` when it is not of version 7.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Option<Self> {
        Self(bytes).is_version_7().then_some(Self(bytes))
    }

    /// Reads the hyphenated form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_bytes(*Uuid::try_parse(text).ok()?.as_bytes())
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Whether version and variant are those of RFC 9562.
    pub(crate) fn is_version_7(&self) -> bool {
        let uuid = Uuid::from_bytes(self.0);
        uuid.get_version_num() == 7 && uuid.get_variant() == uuid::Variant::RFC4122
    }
}

impl fmt::Display for PacketId {
    fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Uuid::from_bytes(self.0), form)
    }
}

impl fmt::Debug for PacketId {
    fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(form, "PacketId({self})")
    }
}

impl serde::Serialize for PacketId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
