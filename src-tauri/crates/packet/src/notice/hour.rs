//! The office's time under its signature: what a station's retention counts by, and the answer to "is it you?".

use minicbor::{Decode, Encode};
use serde::Serialize;

use super::{Notice, Payload};
use crate::bytes::PublicKey;
use crate::cose::Context;
use crate::limit::NOTICE_BYTES_MAX;
use crate::manifest::is_plain;
use crate::trust::Trust;

/// The hour.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct Hour {
    /// Version of this format.
    #[n(0)]
    pub version: u8,
    /// Milliseconds since 1970.
    #[n(1)]
    pub at_ms: i64,
    /// The number of the probe it answers, else 0.
    #[n(2)]
    pub nonce: u64,
    /// The office.
    #[n(3)]
    pub office: String,
}

impl Notice for Hour {
    fn keys<'t>(&'t self, trust: &'t Trust) -> Box<dyn Iterator<Item = &'t PublicKey> + 't> {
        Box::new(trust.office(&self.office).iter())
    }
}

impl Payload for Hour {
    const CONTEXT: Context = Context::HOUR;
    const BYTES_MAX: usize = NOTICE_BYTES_MAX;

    fn version(&self) -> u8 {
        self.version
    }

    fn is_sound(&self) -> bool {
        self.at_ms >= 0 && is_plain(&self.office)
    }
}
