//! One encoding for every value: what does not read back to the very same bytes is refused.

use minicbor::{Decode, Encode};

/// Why bytes are not the one encoding of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CborFault {
    /// Not CBOR, or not of this shape.
    Shape,
    /// The right shape in another encoding: a longer number, an indefinite length, a field too many.
    Encoding,
}

/// The one encoding. Writing into memory cannot fail.
pub(crate) fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap_or_default()
}

/// Reads a value and holds the bytes against its one encoding.
pub(crate) fn decode<'b, T: Encode<()> + Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, CborFault> {
    let value: T = minicbor::decode(bytes).map_err(|_| CborFault::Shape)?;
    if encode(&value) == bytes { Ok(value) } else { Err(CborFault::Encoding) }
}
