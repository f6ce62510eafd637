//! A second writer of age files, from the specification and with chance that is given: vectors must come out the same
//! every time, and whatever the library opens was not written by itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use curve25519_dalek::MontgomeryPoint;
use sha2::{Digest as _, Sha256};

/// Bytes that look like chance and are the same for the same seed.
#[derive(Clone)]
pub(crate) struct Chance {
    seed: String,
    drawn: u32,
}

impl Chance {
    pub(crate) fn new(seed: impl Into<String>) -> Self {
        Self { seed: seed.into(), drawn: 0 }
    }

    pub(crate) fn draw<const N: usize>(&mut self) -> [u8; N] {
        self.drawn += 1;
        Sha256::digest(format!("{}/{}", self.seed, self.drawn))[..N].try_into().unwrap()
    }
}

fn hmac(key: &[u8], message: &[&[u8]]) -> [u8; 32] {
    assert!(key.len() <= 64);
    let pad = |with: u8| -> [u8; 64] { std::array::from_fn(|at| key.get(at).copied().unwrap_or(0) ^ with) };
    let mut inner = Sha256::new_with_prefix(pad(0x36));
    message.iter().for_each(|part| inner.update(part));
    Sha256::new_with_prefix(pad(0x5c)).chain_update(inner.finalize()).finalize().into()
}

/// HKDF-SHA-256 for one block.
fn derive(secret: &[u8], salt: &[u8], info: &[u8]) -> [u8; 32] {
    hmac(&hmac(salt, &[secret]), &[info, &[1]])
}

fn encrypt(key: [u8; 32], nonce: [u8; 12], plaintext: &[u8]) -> Vec<u8> {
    ChaCha20Poly1305::new(&Key::from(key)).encrypt(&Nonce::from(nonce), plaintext).unwrap()
}

/// The public half of an X25519 key.
fn public(secret: [u8; 32]) -> [u8; 32] {
    MontgomeryPoint::mul_base_clamped(secret).to_bytes()
}

/// An age file for these recipients, given by their private halves.
pub(crate) fn age_file(plaintext: &[u8], recipients: &[[u8; 32]], chance: &mut Chance) -> Vec<u8> {
    let file_key: [u8; 16] = chance.draw();
    let mut header = "age-encryption.org/v1\n".to_owned();
    for recipient in recipients.iter().map(|secret| public(*secret)) {
        let ephemeral: [u8; 32] = chance.draw();
        let share = public(ephemeral);
        let shared = MontgomeryPoint(recipient).mul_clamped(ephemeral).to_bytes();
        let wrap = derive(&shared, &[share, recipient].concat(), b"age-encryption.org/v1/X25519");
        let body = encrypt(wrap, [0; 12], &file_key);
        header += &format!("-> X25519 {}\n{}\n", STANDARD_NO_PAD.encode(share), STANDARD_NO_PAD.encode(body));
    }
    header += "---";
    let mac = hmac(&derive(&file_key, b"", b"header"), &[header.as_bytes()]);
    let nonce: [u8; 16] = chance.draw();
    let key = derive(&file_key, &nonce, b"payload");
    let mut file = format!("{header} {}\n", STANDARD_NO_PAD.encode(mac)).into_bytes();
    file.extend(nonce);
    let mut chunks: Vec<&[u8]> = plaintext.chunks(64 * 1024).collect();
    if chunks.is_empty() {
        chunks.push(b"");
    }
    for (number, chunk) in chunks.iter().enumerate() {
        let mut nonce = [0; 12];
        nonce[3..11].copy_from_slice(&(number as u64).to_be_bytes());
        nonce[11] = u8::from(number + 1 == chunks.len());
        file.extend(encrypt(key, nonce, chunk));
    }
    file
}
