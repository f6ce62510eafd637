//! The camera for the portrait.

use crate::{DeviceError, DeviceIdentity, Image, Origin, Quality, Watch};

/// What the camera is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoOrder {
    /// Time, limit and trigger.
    pub terms: crate::Terms,
    /// Width of the picture; the camera may give more, never less, in the same proportion.
    pub width_px: u32,
    /// Height of the picture.
    pub height_px: u32,
}

/// A picture of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapturedPhoto {
    /// Colour picture, upright.
    pub image: Image,
    /// What the camera itself thinks of it, if it thinks.
    pub quality: Option<Quality>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Takes the portrait.
///
/// Events: `Started`, then `Preview` frames (JPEG) until the picture is taken, with hints `LookHere`, `OpenEyes`,
/// `HoldStill`. A camera that cannot judge treats [`crate::Trigger::Auto`] as "take the first sharp frame".
/// It takes what it sees: whether a person is in front of it and looks right is judged above.
pub trait Camera: Send {
    /// Who it is.
    fn identity(&self) -> &DeviceIdentity;

    /// Shows what it sees and takes one picture.
    ///
    /// # Errors
    /// As the contract of every capture says (crate documentation).
    fn capture(&mut self, order: &PhotoOrder, watch: &mut Watch<'_>) -> Result<CapturedPhoto, DeviceError>;
}
