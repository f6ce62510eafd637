//! Fingers: a master that never changes, and impressions of it that are never the same.

pub(crate) mod flow;
pub(crate) mod growth;
pub(crate) mod impression;
pub(crate) mod slap;

use rekam_driver_api::Finger;

use crate::chance::Chance;
use crate::detail::Detail;
use crate::raster::Plane;

use flow::Flow;

/// Masters are grown at half the resolution of the scanner: a ridge is still four pixels and more, and it takes an
/// eighth of the work.
pub(crate) const MASTER_SCALE: f32 = 0.5;

/// Pixels of the master beyond the picture, for impressions that are moved and turned.
const MARGIN_PX: usize = 14;

/// The skin of one finger.
#[derive(Debug)]
pub(crate) struct Master {
    /// Ridges positive, valleys negative, at half resolution.
    pub(crate) ridges: Plane,
    /// Size of the pad compared with an index finger.
    pub(crate) size: f32,
    /// What else is drawn from chance for this finger.
    pub(crate) seed: u64,
    /// Where pores sit is part of the finger.
    pub(crate) ridge_px: f32,
}

impl Master {
    /// Grows the finger of a person.
    pub(crate) fn grow(person: u64, finger: Finger, detail: Detail) -> Self {
        let mut chance = Chance::new(person, finger.word());
        let seed = chance.next();
        let size = match finger {
            Finger::RightThumb | Finger::LeftThumb => 1.16,
            Finger::RightLittle | Finger::LeftLittle => 0.84,
            Finger::RightIndex
            | Finger::RightMiddle
            | Finger::RightRing
            | Finger::LeftIndex
            | Finger::LeftMiddle
            | Finger::LeftRing => 1.0,
        };
        let ridge_px = chance.between(8.6, 10.0);
        let (width, height) = detail.finger_px();
        let margin = MARGIN_PX * detail.master_margin();
        let half = |pixels: usize| (pixels as f32 * MASTER_SCALE) as usize + 2 * margin / 2;
        let (width, height) = (half(width), half(height));
        let flow = Flow::draw(&mut chance, finger.hand(), size);
        let ridges = growth::grow(&flow, width, height, ridge_px * MASTER_SCALE, size, &mut chance);
        Self { ridges, size, seed, ridge_px }
    }
}
