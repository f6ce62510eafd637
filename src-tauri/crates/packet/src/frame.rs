//! The file: a mark, the length of the envelope, the envelope, and every part without a gap.

use std::io::{self, Read};

use minicbor::{Decode, Encode};

use crate::cbor;
use crate::limit::ENVELOPE_BYTES_MAX;
use crate::refusal::{VerifyError, VerifyRefusal};

/// How every packet of version 1 begins.
pub const MARK: &[u8; 8] = b"rekam-p1";

/// The bytes of the mark that do not change from version to version.
const MARK_OF_ALL_VERSIONS: usize = 7;

/// Manifest and signatures. Each is a byte string, because each is signed or hashed as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Envelope {
    /// The outer manifest.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub manifest: Vec<u8>,
    /// The station's COSE_Sign1 over it, without payload.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub station: Vec<u8>,
    /// The operator's COSE_Sign1 over it, without payload.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub operator: Vec<u8>,
    /// The approvals: COSE_Sign1 with their payload.
    #[n(3)]
    pub approvals: Vec<minicbor::bytes::ByteVec>,
}

impl Envelope {
    /// Mark, length and envelope: what stands before the first part.
    #[must_use]
    pub fn framed(&self) -> Vec<u8> {
        let envelope = cbor::encode(self);
        let length = u32::try_from(envelope.len()).unwrap_or(u32::MAX);
        [MARK.as_slice(), &length.to_be_bytes(), &envelope].concat()
    }

    /// Reads mark, length and envelope, and nothing behind them.
    pub(crate) fn read(input: &mut impl Read) -> Result<Self, VerifyError> {
        let mut mark = [0; MARK.len()];
        let got = read_up_to(input, &mut mark)?;
        let is_ours = mark.get(..MARK_OF_ALL_VERSIONS) == MARK.get(..MARK_OF_ALL_VERSIONS);
        if got < mark.len() && MARK.starts_with(mark.get(..got).unwrap_or_default()) && got > 0 {
            return Err(VerifyRefusal::Truncated.into());
        }
        if !is_ours || got < mark.len() {
            return Err(VerifyRefusal::NotAPacket.into());
        }
        if &mark != MARK {
            return Err(VerifyRefusal::VersionUnknown.into());
        }
        let mut length = [0; 4];
        fill(input, &mut length)?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length > ENVELOPE_BYTES_MAX {
            return Err(VerifyRefusal::TooLarge.into());
        }
        let mut bytes = vec![0; length];
        fill(input, &mut bytes)?;
        Ok(cbor::decode(&bytes).map_err(|_| VerifyRefusal::EnvelopeMalformed)?)
    }
}

/// Fills the buffer, or says that the packet ends too early.
pub(crate) fn fill(input: &mut impl Read, buffer: &mut [u8]) -> Result<(), VerifyError> {
    if read_up_to(input, buffer)? == buffer.len() { Ok(()) } else { Err(VerifyRefusal::Truncated.into()) }
}

/// Reads until the buffer is full or the input ends.
pub(crate) fn read_up_to(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while let Some(rest) = buffer.get_mut(got..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(read) => got += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}
