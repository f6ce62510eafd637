//! Everything that travels signed and is not a packet: receipts, status entries, withdrawals, late approvals,
//! admissions of stations, and the list on a courier's disk.
//!
//! Each is a COSE_Sign1 that carries its payload, signed for a purpose of its own.

mod bundle;
mod courier;
mod hour;
mod receipt;
mod status;
mod withdrawal;

use minicbor::{Decode, Encode};

use crate::bytes::{KeyId, PublicKey};
use crate::cbor;
use crate::cose::{Context, Sign1, Signer, SignerError, sign1};
use crate::limit::NOTICE_BYTES_MAX;
use crate::refusal::NoticeRefusal;
use crate::trust::Trust;

pub use bundle::{AccountRole, Bundle, Expiry, NumberBlock};
pub use courier::{CourierFile, CourierList, TO_OFFICE, TO_STATION, courier_folder, is_safe_name};
pub use hour::Hour;
pub use receipt::{Done, Receipt};
pub use status::{StatusEntry, in_order};
pub use withdrawal::{LateApproval, Withdrawal, WithdrawalNotice};

/// What is signed for one purpose.
pub trait Payload: Encode<()> + for<'b> Decode<'b, ()> {
    /// What it is signed for.
    const CONTEXT: Context;
    /// The longest one that is read, in bytes.
    const BYTES_MAX: usize;

    /// The version it says it has.
    fn version(&self) -> u8;

    /// Texts and numbers are within bounds.
    fn is_sound(&self) -> bool;

    /// Signs it.
    ///
    /// # Errors
    /// The key did not sign.
    fn sign(&self, signer: &dyn Signer) -> Result<Vec<u8>, SignerError> {
        sign1(Self::CONTEXT, &cbor::encode(self), true, signer)
    }

    /// Reads it and checks that one of these keys signed it, whoever it says it comes from: for somebody who knows the
    /// keys by other means.
    ///
    /// # Errors
    /// The first thing that is wrong.
    fn verify_by<'k>(
        bytes: &[u8],
        keys: impl IntoIterator<Item = &'k PublicKey>,
    ) -> Result<Self, NoticeRefusal> {
        read(bytes, |_: &Self, id| keys.into_iter().copied().find(|key| key.id() == id))
    }
}

/// A payload that one signature is enough for, by whoever it says it comes from.
pub trait Notice: Payload {
    /// The keys that may sign it.
    fn keys<'t>(&'t self, trust: &'t Trust) -> Box<dyn Iterator<Item = &'t PublicKey> + 't>;

    /// Reads it and checks that whoever it says it comes from signed it for this purpose.
    ///
    /// # Errors
    /// The first thing that is wrong.
    fn verify(bytes: &[u8], trust: &Trust) -> Result<Self, NoticeRefusal> {
        read(bytes, |notice: &Self, id| notice.keys(trust).copied().find(|key| key.id() == id))
    }
}

/// Reads a notice whose key is found by what it says of itself.
pub(crate) fn read<T: Payload>(
    bytes: &[u8],
    key: impl FnOnce(&T, KeyId) -> Option<PublicKey>,
) -> Result<T, NoticeRefusal> {
    if bytes.len() > T::BYTES_MAX {
        return Err(NoticeRefusal::TooLarge);
    }
    let sign1 = Sign1::read(bytes).map_err(|_| NoticeRefusal::Malformed)?;
    let payload = sign1.payload.ok_or(NoticeRefusal::Malformed)?;
    let notice: T = cbor::decode(payload).map_err(|_| NoticeRefusal::Malformed)?;
    if notice.version() != crate::manifest::VERSION {
        return Err(NoticeRefusal::VersionUnknown);
    }
    if !notice.is_sound() {
        return Err(NoticeRefusal::Malformed);
    }
    let key = key(&notice, sign1.key).ok_or(NoticeRefusal::KeyUnknown)?;
    sign1.check(T::CONTEXT, payload, &key).map_err(|_| NoticeRefusal::Signature)?;
    Ok(notice)
}

/// A signed notice with the signature of the station over its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
struct Countersigned {
    /// The signed notice.
    #[cbor(n(0), with = "minicbor::bytes")]
    notice: Vec<u8>,
    /// The station's COSE_Sign1 over it, without payload.
    #[cbor(n(1), with = "minicbor::bytes")]
    station: Vec<u8>,
}

fn countersign(notice: Vec<u8>, context: Context, station: &dyn Signer) -> Result<Vec<u8>, SignerError> {
    let signature = sign1(context, &notice, false, station)?;
    Ok(cbor::encode(&Countersigned { notice, station: signature }))
}

/// Reads a countersigned notice and checks the outer signature with the keys `station` finds by what is inside.
fn read_countersigned<T>(
    bytes: &[u8],
    context: Context,
    inside: impl FnOnce(&[u8]) -> Result<T, NoticeRefusal>,
    station: impl FnOnce(&T, KeyId) -> Option<PublicKey>,
) -> Result<T, NoticeRefusal> {
    if bytes.len() > NOTICE_BYTES_MAX {
        return Err(NoticeRefusal::TooLarge);
    }
    let both: Countersigned = cbor::decode(bytes).map_err(|_| NoticeRefusal::Malformed)?;
    let sign1 = Sign1::read(&both.station).map_err(|_| NoticeRefusal::Malformed)?;
    if sign1.payload.is_some() {
        return Err(NoticeRefusal::Malformed);
    }
    let notice = inside(&both.notice)?;
    let key = station(&notice, sign1.key).ok_or(NoticeRefusal::KeyUnknown)?;
    sign1.check(context, &both.notice, &key).map_err(|_| NoticeRefusal::Countersignature)?;
    Ok(notice)
}
