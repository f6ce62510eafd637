//! The fingerprint scanner.

use rekam_domain::body::{Finger, Hand};

use crate::{DeviceError, DeviceIdentity, Image, Origin, Quality, Terms, Watch};

/// Fingers that are taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FingerGroup {
    /// Index to little finger of the right hand.
    RightFour,
    /// Index to little finger of the left hand.
    LeftFour,
    /// Both thumbs.
    Thumbs,
    /// One finger.
    Single(Finger),
}

impl FingerGroup {
    /// The three slaps 4-4-2, in the order in which they are taken.
    pub const SLAPS: [FingerGroup; 3] = [Self::RightFour, Self::LeftFour, Self::Thumbs];

    /// The fingers of the group, from left to right as they lie on the glass.
    #[must_use]
    pub const fn fingers(self) -> &'static [Finger] {
        use Finger::{
            LeftIndex, LeftLittle, LeftMiddle, LeftRing, LeftThumb, RightIndex, RightLittle, RightMiddle,
            RightRing, RightThumb,
        };
        match self {
            Self::RightFour => &[RightIndex, RightMiddle, RightRing, RightLittle],
            Self::LeftFour => &[LeftLittle, LeftRing, LeftMiddle, LeftIndex],
            Self::Thumbs => &[LeftThumb, RightThumb],
            Self::Single(RightThumb) => &[RightThumb],
            Self::Single(RightIndex) => &[RightIndex],
            Self::Single(RightMiddle) => &[RightMiddle],
            Self::Single(RightRing) => &[RightRing],
            Self::Single(RightLittle) => &[RightLittle],
            Self::Single(LeftThumb) => &[LeftThumb],
            Self::Single(LeftIndex) => &[LeftIndex],
            Self::Single(LeftMiddle) => &[LeftMiddle],
            Self::Single(LeftRing) => &[LeftRing],
            Self::Single(LeftLittle) => &[LeftLittle],
        }
    }

    /// The hand that is asked for; nothing for the thumbs, which come from both.
    #[must_use]
    pub const fn hand(self) -> Option<Hand> {
        match self {
            Self::RightFour => Some(Hand::Right),
            Self::LeftFour => Some(Hand::Left),
            Self::Thumbs => None,
            Self::Single(finger) => Some(finger.hand()),
        }
    }
}

/// What the scanner is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FingerprintOrder {
    /// Time, limit and trigger.
    pub terms: Terms,
    /// Which fingers.
    pub group: FingerGroup,
    /// Fingers of the group that the person cannot give: they are neither waited for nor returned.
    pub absent: Vec<Finger>,
    /// The scanner keeps trying for this quality (0 to 100) of every finger until the time limit.
    pub score_wanted: u8,
}

impl FingerprintOrder {
    /// The fingers that are really to be taken.
    #[must_use]
    pub fn wanted(&self) -> Vec<Finger> {
        self.group.fingers().iter().copied().filter(|finger| !self.absent.contains(finger)).collect()
    }
}

/// A rectangle in an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// Left edge.
    pub left_px: u32,
    /// Upper edge.
    pub top_px: u32,
    /// Width.
    pub width_px: u32,
    /// Height.
    pub height_px: u32,
}

/// One finger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapturedFinger {
    /// Which finger it is said to be.
    pub finger: Finger,
    /// Grey, 8 bits, dark ridges on light ground, at least 500 dpi.
    pub image: Image,
    /// How good it is.
    pub quality: Quality,
    /// Where it lies in the slap, if there is one.
    pub area: Option<Area>,
}

/// The fingers of one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapturedFingers {
    /// One entry for every wanted finger, in the order of the group.
    pub fingers: Vec<CapturedFinger>,
    /// The whole glass, if several fingers lay on it.
    pub slap: Option<Image>,
    /// Where they come from.
    pub origin: Origin,
}

/// Takes fingerprints: slaps 4-4-2 or single fingers.
///
/// Events: `Started`, hint `PlaceFingers`, `Presence` as fingers come and go, `Preview` of the glass, hints on
/// pressure, moisture and hand, `Progress` with the fingers that reached the wanted score.
/// `WrongHand` is returned when the device can tell; a device that cannot returns what lay on the glass.
pub trait FingerprintScanner: Send {
    /// Who it is.
    fn identity(&self) -> &DeviceIdentity;

    /// Whether it can take this group. An order for another one is `Unsupported`.
    fn takes(&self, group: FingerGroup) -> bool;

    /// Takes the fingers of one order.
    ///
    /// # Errors
    /// As the contract of every capture says (crate documentation); `Unsupported` also when no finger is wanted.
    fn capture(
        &mut self,
        order: &FingerprintOrder,
        watch: &mut Watch<'_>,
    ) -> Result<CapturedFingers, DeviceError>;
}
