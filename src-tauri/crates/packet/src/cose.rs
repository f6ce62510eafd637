//! COSE_Sign1 with Ed25519 (RFC 9052): every signature is made for one purpose, named in its external data.

use std::collections::BTreeMap;

use ed25519_dalek::{Signature as Ed25519Signature, SigningKey, VerifyingKey};
use minicbor::Decoder;
use minicbor::bytes::{ByteArray, ByteSlice};

use crate::bytes::{KeyId, PublicKey, Signature};

/// What a signature is for, with its version. No two purposes share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Context(&'static str);

impl Context {
    /// The station over the manifest of a packet.
    pub const PACKET_STATION: Self = Self("rekam/v1/packet/station");
    /// The operator over the manifest of a packet.
    pub const PACKET_OPERATOR: Self = Self("rekam/v1/packet/operator");
    /// An approver over the exceptions of a packet.
    pub const APPROVAL: Self = Self("rekam/v1/packet/approval");
    /// The station over an approval that follows its packet.
    pub const LATE_APPROVAL: Self = Self("rekam/v1/packet/late-approval");
    /// The office over what it did with a packet.
    pub const RECEIPT: Self = Self("rekam/v1/receipt");
    /// The office over a status of the centre.
    pub const STATUS: Self = Self("rekam/v1/status");
    /// An approver over the withdrawal of a packet.
    pub const WITHDRAWAL: Self = Self("rekam/v1/withdrawal/approver");
    /// The station over the same withdrawal.
    pub const WITHDRAWAL_STATION: Self = Self("rekam/v1/withdrawal/station");
    /// The office over its time.
    pub const HOUR: Self = Self("rekam/v1/hour");
    /// The office over the admission of a station.
    pub const PROVISIONING: Self = Self("rekam/v1/provisioning");
    /// Whoever filled a courier's disk, over the list of its files.
    pub const COURIER: Self = Self("rekam/v1/courier");

    /// Every purpose, for the test that keeps them apart.
    pub const ALL: &'static [Self] = &[
        Self::PACKET_STATION,
        Self::PACKET_OPERATOR,
        Self::APPROVAL,
        Self::LATE_APPROVAL,
        Self::RECEIPT,
        Self::STATUS,
        Self::WITHDRAWAL,
        Self::WITHDRAWAL_STATION,
        Self::HOUR,
        Self::PROVISIONING,
        Self::COURIER,
    ];

    /// The bytes that go into the signature.
    #[must_use]
    pub const fn word(self) -> &'static str {
        self.0
    }
}

/// The key did not sign; says why in the words of whoever holds it.
#[derive(Debug, thiserror::Error)]
#[error("the key did not sign: {0}")]
pub struct SignerError(pub String);

/// Whoever holds a private key. The key never comes here: the bytes to be signed go there.
pub trait Signer {
    /// The public half.
    fn public_key(&self) -> PublicKey;

    /// Signs a complete COSE `Sig_structure` with pure Ed25519, without any change.
    ///
    /// # Errors
    /// The key is locked, withdrawn or absent.
    fn sign(&self, sig_structure: &[u8]) -> Result<Signature, SignerError>;
}

impl Signer for SigningKey {
    fn public_key(&self) -> PublicKey {
        PublicKey::from_bytes(self.verifying_key().to_bytes())
    }

    fn sign(&self, sig_structure: &[u8]) -> Result<Signature, SignerError> {
        Ok(Signature::from_bytes(ed25519_dalek::Signer::sign(self, sig_structure).to_bytes()))
    }
}

/// Why a COSE_Sign1 is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CoseFault {
    /// Not a COSE_Sign1 as this format writes it.
    Shape,
    /// The signature does not fit key, purpose and bytes.
    Signature,
}

/// A COSE_Sign1 that was read but not yet checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sign1<'b> {
    protected: &'b [u8],
    pub(crate) payload: Option<&'b [u8]>,
    signature: Signature,
    pub(crate) key: KeyId,
}

/// The map of two, `1` (algorithm) is `-8` (EdDSA), `4` (key) is a string of eight bytes.
const PROTECTED_START: &[u8] = &[0xa2, 0x01, 0x27, 0x04, 0x48];

/// The protected header: algorithm EdDSA, and the short name of the key.
fn protected(key: KeyId) -> Vec<u8> {
    [PROTECTED_START, key.as_bytes()].concat()
}

/// The bytes that are really signed (RFC 9052 §4.4).
fn sig_structure(protected: &[u8], context: Context, payload: &[u8]) -> Vec<u8> {
    let fields: (&str, &ByteSlice, &ByteSlice, &ByteSlice) =
        ("Signature1", protected.into(), context.word().as_bytes().into(), payload.into());
    minicbor::to_vec(fields).unwrap_or_default()
}

/// Signs `payload` for `context`. With `attached` the result carries the payload, else the reader must know it.
pub(crate) fn sign1(
    context: Context,
    payload: &[u8],
    attached: bool,
    signer: &dyn Signer,
) -> Result<Vec<u8>, SignerError> {
    let protected = protected(signer.public_key().id());
    let signature = signer.sign(&sig_structure(&protected, context, payload))?;
    Ok(write(&protected, attached.then_some(payload), &signature))
}

fn write(protected: &[u8], payload: Option<&[u8]>, signature: &Signature) -> Vec<u8> {
    let unprotected = BTreeMap::<u8, u8>::new();
    let protected: &ByteSlice = protected.into();
    let payload: Option<&ByteSlice> = payload.map(Into::into);
    minicbor::to_vec((protected, unprotected, payload, signature)).unwrap_or_default()
}

impl<'b> Sign1<'b> {
    /// Reads the four fields and refuses every other spelling of them.
    pub(crate) fn read(bytes: &'b [u8]) -> Result<Self, CoseFault> {
        let mut from = Decoder::new(bytes);
        let sign1 = Self::fields(&mut from).map_err(|_| CoseFault::Shape)?.ok_or(CoseFault::Shape)?;
        if write(sign1.protected, sign1.payload, &sign1.signature) == bytes {
            Ok(sign1)
        } else {
            Err(CoseFault::Shape)
        }
    }

    fn fields(from: &mut Decoder<'b>) -> Result<Option<Self>, minicbor::decode::Error> {
        if from.array()? != Some(4) {
            return Ok(None);
        }
        let protected = from.bytes()?;
        if from.map()? != Some(0) {
            return Ok(None);
        }
        let payload = if from.datatype()? == minicbor::data::Type::Null {
            from.null()?;
            None
        } else {
            Some(from.bytes()?)
        };
        let signature = Signature::from_bytes(from.decode::<ByteArray<64>>()?.into());
        let Some(key) = protected
            .strip_prefix(PROTECTED_START)
            .and_then(|key| key.try_into().ok())
            .map(KeyId::from_bytes)
        else {
            return Ok(None);
        };
        Ok((self::protected(key) == protected).then_some(Self { protected, payload, signature, key }))
    }

    /// Checks the signature over `payload` for this key and purpose.
    pub(crate) fn check(&self, context: Context, payload: &[u8], key: &PublicKey) -> Result<(), CoseFault> {
        let verifying = VerifyingKey::from_bytes(key.as_bytes()).map_err(|_| CoseFault::Signature)?;
        let structure = sig_structure(self.protected, context, payload);
        let signature = Ed25519Signature::from_bytes(self.signature.as_bytes());
        if self.key != key.id() {
            return Err(CoseFault::Signature);
        }
        verifying.verify_strict(&structure, &signature).map_err(|_| CoseFault::Signature)
    }
}
