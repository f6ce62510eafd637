//! The two keys a station's databases are opened with; they leave memory with the value that holds them.

use std::fmt;

use zeroize::Zeroizing;

/// Length of a database key: SQLCipher takes exactly 256 bits as a raw key.
pub const KEY_BYTES: usize = 32;

/// A key as the database takes it.
pub(crate) trait RawKey {
    /// The key's bytes.
    fn bytes(&self) -> &[u8];
}

macro_rules! key {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        pub struct $name(Zeroizing<Box<[u8]>>);

        impl $name {
            /// Takes the key's bytes; the caller wipes its own copy.
            #[must_use]
            pub fn from_bytes(bytes: &[u8; KEY_BYTES]) -> Self {
                // On the heap, where it stays: a key that is moved about leaves copies on the stack.
                let mut own = Zeroizing::new(vec![0; KEY_BYTES].into_boxed_slice());
                own.copy_from_slice(bytes);
                Self(own)
            }
        }

        impl RawKey for $name {
            fn bytes(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    };
}

key! {
    /// Opens the station's database: only ever in memory while a person is signed in.
    DatabaseKey
}

key! {
    /// Opens the outbox, also while the screen is locked.
    TransportKey
}

impl TransportKey {
    /// The same key once more, for whoever has to open the outbox again.
    pub(crate) fn copy(&self) -> Self {
        Self(self.0.clone())
    }
}

/// The key as SQLCipher reads a raw key, `x'…'`.
pub(crate) fn raw_key_text(key: &dyn RawKey) -> Zeroizing<String> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    // Reserved in full, so that growing never leaves a part of the key behind.
    let mut text = Zeroizing::new(String::with_capacity(2 * KEY_BYTES + 3));
    text.push_str("x'");
    for byte in key.bytes() {
        for half in [byte >> 4, byte & 15] {
            text.push(DIGITS.get(usize::from(half)).map_or('0', |digit| char::from(*digit)));
        }
    }
    text.push('\'');
    text
}
