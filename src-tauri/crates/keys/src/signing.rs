//! Signatures that mean one thing only: each is made over its context, a zero byte, and the bytes.

use std::fmt;

use ed25519_dalek::{Signature as Ed25519Signature, Signer, SigningKey, VerifyingKey};

use crate::file::hex;
use crate::seal::Key;

/// What a signature is for, with its version; no two purposes share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Context(&'static str);

impl Context {
    /// An approver's yes or no to an exception, correction or reprint of one case.
    pub const APPROVAL: Self = Self("rekam/v1/approval");
    /// An operator's word that a recording is finished as shown.
    pub const RECORDING: Self = Self("rekam/v1/recording");
    /// The day's end of the audit chain.
    pub const AUDIT_DAY: Self = Self("rekam/v1/audit-day");
    /// The end of an audit that was exported: whose it is, and how far it goes.
    pub const AUDIT_EXPORT: Self = Self("rekam/v1/audit-export");
    /// A page of a register that was closed.
    pub const REGISTER: Self = Self("rekam/v1/register");
    /// The list of files in a backup or mirror.
    pub const BACKUP: Self = Self("rekam/v1/backup");
    /// A station's request to its office.
    pub const STATION_REQUEST: Self = Self("rekam/v1/station-request");

    /// Every context, for the test that keeps them apart.
    pub const ALL: &'static [Self] = &[
        Self::APPROVAL,
        Self::RECORDING,
        Self::AUDIT_DAY,
        Self::AUDIT_EXPORT,
        Self::REGISTER,
        Self::BACKUP,
        Self::STATION_REQUEST,
    ];

    /// The string that is signed in front of the bytes.
    #[must_use]
    pub const fn word(self) -> &'static str {
        self.0
    }

    fn message(self, bytes: &[u8]) -> Vec<u8> {
        [self.0.as_bytes(), &[0], bytes].concat()
    }
}

/// An Ed25519 signature.
pub type Signature = [u8; 64];

/// The signature is not by this key over these bytes for this purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not fit key, context and bytes")]
pub struct SignatureError;

/// The bytes are no COSE signature structure, and nothing else is signed without a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a COSE Sig_structure")]
pub struct SigStructureError;

/// The public half of a person's or station's signing key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// A key as it came in a file or packet; a malformed one verifies nothing.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Checks a signature made by `sign` with the same context.
    ///
    /// # Errors
    /// The signature does not fit (also for weak keys and malleable forms).
    pub fn verify(
        &self,
        context: Context,
        bytes: &[u8],
        signature: &Signature,
    ) -> Result<(), SignatureError> {
        self.verify_message(&context.message(bytes), signature)
    }

    /// Checks a signature made by `sign_cose`.
    ///
    /// # Errors
    /// The signature does not fit.
    pub fn verify_cose(&self, sig_structure: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        check_cose(sig_structure).map_err(|_| SignatureError)?;
        self.verify_message(sig_structure, signature)
    }

    fn verify_message(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| SignatureError)?;
        key.verify_strict(message, &Ed25519Signature::from_bytes(signature)).map_err(|_| SignatureError)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PublicKey({})", *hex(&self.0))
    }
}

/// Starts of the two COSE structures that are signed (RFC 9052 §4.4): an array of four with `Signature1`,
/// an array of five with `Signature`. No context string starts like this.
const COSE_STARTS: [&[u8]; 2] = [b"\x84\x6aSignature1", b"\x85\x69Signature"];

fn check_cose(sig_structure: &[u8]) -> Result<(), SigStructureError> {
    COSE_STARTS.iter().any(|start| sig_structure.starts_with(start)).then_some(()).ok_or(SigStructureError)
}

/// A signing seed. The expanded key exists only while it signs.
pub(crate) struct Seed(pub(crate) Key);

impl Seed {
    pub(crate) fn public_key(&self) -> PublicKey {
        let public_key = public_half(&self.0);
        wash_stack();
        public_key
    }

    pub(crate) fn sign(&self, context: Context, bytes: &[u8]) -> Signature {
        self.sign_message(&context.message(bytes))
    }

    pub(crate) fn sign_cose(&self, sig_structure: &[u8]) -> Result<Signature, SigStructureError> {
        check_cose(sig_structure)?;
        Ok(self.sign_message(sig_structure))
    }

    fn sign_message(&self, message: &[u8]) -> Signature {
        let signature = signed(&self.0, message);
        wash_stack();
        signature
    }
}

/// Not inlined, so that the frame with the expanded key lies below the caller, where it is washed away.
#[inline(never)]
fn signed(seed: &Key, message: &[u8]) -> Signature {
    SigningKey::from_bytes(seed).sign(message).to_bytes()
}

/// Not inlined for the same reason.
#[inline(never)]
fn public_half(seed: &Key) -> PublicKey {
    PublicKey(SigningKey::from_bytes(seed).verifying_key().to_bytes())
}

/// More stack than a signature takes.
const STACK_BYTES: usize = 32 * 1024;

/// Overwrites what a signature left on the stack: the curve's package wipes its keys, but not the copies that moving
/// them made (the memory scan found a seed there).
#[inline(never)]
fn wash_stack() {
    std::hint::black_box(&mut [0u8; STACK_BYTES]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::random_key;

    #[test]
    fn signature_holds_for_its_context_only() {
        let seed = Seed(random_key().unwrap());
        let signature = seed.sign(Context::APPROVAL, b"berkas 7");
        for context in Context::ALL {
            let fits = seed.public_key().verify(*context, b"berkas 7", &signature).is_ok();
            assert_eq!(fits, *context == Context::APPROVAL);
        }
        assert!(seed.public_key().verify(Context::APPROVAL, b"berkas 8", &signature).is_err());
        assert!(
            Seed(random_key().unwrap())
                .public_key()
                .verify(Context::APPROVAL, b"berkas 7", &signature)
                .is_err()
        );
    }

    #[test]
    fn contexts_are_apart_and_versioned() {
        for (place, context) in Context::ALL.iter().enumerate() {
            assert!(context.word().starts_with("rekam/v1/") && !context.word().contains('\0'));
            assert!(Context::ALL.iter().skip(place + 1).all(|other| other != context));
            assert!(check_cose(&context.message(b"")).is_err());
        }
    }

    #[test]
    fn signs_without_context_only_what_cose_signs() {
        let seed = Seed(random_key().unwrap());
        assert_eq!(seed.sign_cose(b"rekam/v1/approval\0x"), Err(SigStructureError));
        let structure = b"\x84\x6aSignature1\x40\x40\x40";
        let signature = seed.sign_cose(structure).unwrap();
        assert!(seed.public_key().verify_cose(structure, &signature).is_ok());
        assert!(seed.public_key().verify(Context::APPROVAL, structure, &signature).is_err());
    }
}
