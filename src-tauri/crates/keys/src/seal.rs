//! Sealing small things under a 32-byte key, and deriving one key from another.

use std::io;

use blake2::digest::{KeyInit, Mac, consts::U32};
use blake2::{Blake2b256, Blake2bMac, Digest};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::error::FileError;

const NONCE_BYTES: usize = 24;

/// A key on the heap: it stays at one address until it is wiped, so no copy is left behind by a move.
pub(crate) type Key = Box<Zeroizing<[u8; 32]>>;

pub(crate) fn empty_key() -> Key {
    Box::new(Zeroizing::new([0; 32]))
}

/// A key from exactly 32 bytes.
pub(crate) fn key_from(bytes: &[u8]) -> Option<Key> {
    let mut key = empty_key();
    if bytes.len() != key.len() {
        return None;
    }
    key.copy_from_slice(bytes);
    Some(key)
}

pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), FileError> {
    getrandom::fill(bytes).map_err(|error| FileError::io("draw random bytes", "", io::Error::from(error)))
}

pub(crate) fn random_key() -> Result<Key, FileError> {
    let mut key = empty_key();
    fill_random(key.as_mut_slice())?;
    Ok(key)
}

/// Another key for another purpose; knowing it tells nothing about `key`.
pub(crate) fn derive(key: &[u8], purpose: &[u8]) -> Option<Key> {
    let mut mac = Blake2bMac::<U32>::new_from_slice(key).ok()?;
    mac.update(purpose);
    let mut output = mac.finalize().into_bytes();
    let derived = key_from(&output);
    zeroize::Zeroize::zeroize(output.as_mut_slice());
    derived
}

/// A plain checksum: it tells bit rot from a wrong secret, and is no protection against a person.
pub(crate) fn checksum(bytes: &[u8]) -> [u8; 32] {
    Blake2b256::digest(bytes).into()
}

/// Joins parts so that no two different lists give the same bytes.
pub(crate) fn joined(context: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in std::iter::once(context.as_bytes()).chain(parts.iter().copied()) {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

/// Nonce and ciphertext in one piece.
pub(crate) fn seal(key: &Key, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, FileError> {
    let mut nonce = [0u8; NONCE_BYTES];
    fill_random(&mut nonce)?;
    let refused = |_| FileError::io("seal", "", io::Error::other("the cipher refused"));
    let cipher = XChaCha20Poly1305::new((&***key).into());
    let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: plain, aad }).map_err(refused)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// What was sealed, or nothing when key, context or bytes differ.
pub(crate) fn open(key: &Key, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, body) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let cipher = XChaCha20Poly1305::new((&***key).into());
    cipher.decrypt(&XNonce::from(*nonce), Payload { msg: body, aad }).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_the_same_key_and_context() {
        let (key, other) = (random_key().unwrap(), random_key().unwrap());
        let sealed = seal(&key, b"a", b"isi").unwrap();
        assert_eq!(open(&key, b"a", &sealed).unwrap().as_slice(), b"isi");
        assert!(open(&other, b"a", &sealed).is_none());
        assert!(open(&key, b"b", &sealed).is_none());
        assert!(open(&key, b"a", &sealed[..10]).is_none());
    }

    #[test]
    fn joins_without_ambiguity() {
        assert_ne!(joined("x", &[b"ab", b"c"]), joined("x", &[b"a", b"bc"]));
        assert_ne!(joined("x", &[b""]), joined("x", &[]));
    }

    #[test]
    fn derives_apart() {
        let key = random_key().unwrap();
        assert_ne!(*derive(key.as_slice(), b"a").unwrap(), *derive(key.as_slice(), b"b").unwrap());
        assert_ne!(*derive(key.as_slice(), b"a").unwrap(), *key);
    }
}
