//! The iris scanner.

use rekam_domain::body::Eye;

use crate::{DeviceError, DeviceIdentity, Image, Origin, Quality, Terms, Watch};

/// What the iris scanner is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IrisOrder {
    /// Time, limit and trigger.
    pub terms: Terms,
    /// The eyes to take: one or both, each once. Blind and missing eyes are left out by the caller.
    pub eyes: Vec<Eye>,
    /// The scanner keeps trying for this quality (0 to 100) until the time limit.
    pub score_wanted: u8,
}

/// One eye.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapturedIris {
    /// Which eye it is said to be.
    pub eye: Eye,
    /// Grey, 8 bits, at least 640×480, uncropped.
    pub image: Image,
    /// How good it is.
    pub quality: Quality,
}

/// The eyes of one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapturedIrises {
    /// One entry for every eye, in the order of the order.
    pub irises: Vec<CapturedIris>,
    /// Where they come from.
    pub origin: Origin,
}

/// Takes one iris or both.
///
/// Events: `Started`, hints `ComeCloser`, `OpenEyes`, `HoldStill`, `Preview` frames, `Progress` with the eyes done.
/// Closed eyes until the limit are `PoorCapture`.
pub trait IrisScanner: Send {
    /// Who it is.
    fn identity(&self) -> &DeviceIdentity;

    /// Takes the eyes of one order.
    ///
    /// # Errors
    /// As the contract of every capture says (crate documentation); `Unsupported` also when no eye is wanted.
    fn capture(&mut self, order: &IrisOrder, watch: &mut Watch<'_>) -> Result<CapturedIrises, DeviceError>;
}
