//! Several fingers on one glass.

use rekam_driver_api::{Area, Finger};

use crate::detail::Detail;
use crate::raster::Plane;

/// A glass with the fingers that lie on it.
pub(crate) struct Slap {
    /// What the scanner sees.
    pub(crate) plane: Plane,
    /// Where each finger lies, in the order they were given.
    pub(crate) areas: Vec<Area>,
}

/// How far a finger reaches up, compared with the longest, as a share of the free height of the glass.
fn reach(finger: Finger) -> f32 {
    match finger {
        Finger::RightMiddle | Finger::LeftMiddle => 0.15,
        Finger::RightRing | Finger::LeftRing => 0.27,
        Finger::RightIndex | Finger::LeftIndex => 0.36,
        Finger::RightThumb | Finger::LeftThumb => 0.45,
        Finger::RightLittle | Finger::LeftLittle => 0.85,
    }
}

/// Lays the fingers on the glass, from left to right. Gaps stay where a finger is absent.
pub(crate) fn lay(places: usize, fingers: &[(usize, Finger, &Plane)], detail: Detail) -> Slap {
    let (glass_width, glass_height) = detail.glass_px();
    let mut plane = Plane::filled(glass_width, glass_height, 250.0);
    let (finger_width, finger_height) = detail.finger_px();
    let column = glass_width / places.max(1);
    let mut areas = Vec::with_capacity(fingers.len());
    for (place, finger, print) in fingers {
        let left = place * column + column.saturating_sub(finger_width) / 2;
        let top = (reach(*finger) * glass_height.saturating_sub(finger_height) as f32) as usize;
        plane.lay(print, left, top);
        let px = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        areas.push(Area {
            left_px: px(left),
            top_px: px(top),
            width_px: px(print.width()),
            height_px: px(print.height()),
        });
    }
    Slap { plane, areas }
}
