//! The signature pad.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{DeviceError, DeviceIdentity, Image, Origin, Terms, Watch};

/// The strongest pressure a point carries; pads with other steps are scaled to it.
pub const PRESSURE_MAX: u16 = 1023;

/// No signature has more points: two minutes of unbroken writing at 200 points a second.
pub const POINTS_MAX: usize = 24_000;

/// A place of the pen.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PenPoint {
    /// Hundredths of a millimetre from the left edge.
    pub x: u16,
    /// Hundredths of a millimetre from the upper edge.
    pub y: u16,
    /// Milliseconds since the first touch.
    pub t_ms: u32,
    /// 1 to [`PRESSURE_MAX`].
    pub pressure: u16,
}

impl fmt::Debug for PenPoint {
    /// Without the place: a signature is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PenPoint")
    }
}

/// What the pen wrote from touching to lifting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stroke {
    /// In the order of time, at least one.
    pub points: Vec<PenPoint>,
}

/// What the pad is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureOrder {
    /// Time, limit and trigger. `Auto` ends two seconds after the pen was lifted.
    pub terms: Terms,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapturedSignature {
    /// The strokes in the order in which they were written; at most [`POINTS_MAX`] points together.
    pub strokes: Vec<Stroke>,
    /// The same as a picture, dark on white.
    pub image: Image,
    /// Width of the pad in hundredths of a millimetre.
    pub pad_width: u16,
    /// Height of the pad in hundredths of a millimetre.
    pub pad_height: u16,
    /// Where it comes from.
    pub origin: Origin,
}

/// Takes the signature.
///
/// Events: `Started`, hint `Sign`, then `Ink` while the pen writes and `Waiting` while it rests.
/// [`crate::Answer::Finish`] ends it as "signed".
pub trait SignaturePad: Send {
    /// Who it is.
    fn identity(&self) -> &DeviceIdentity;

    /// Takes one signature.
    ///
    /// # Errors
    /// As the contract of every capture says (crate documentation).
    fn capture(
        &mut self,
        order: &SignatureOrder,
        watch: &mut Watch<'_>,
    ) -> Result<CapturedSignature, DeviceError>;
}
