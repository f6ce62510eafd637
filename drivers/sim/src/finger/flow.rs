//! Which way the ridges run: the model of Sherlock and Monro, in which the direction turns half round every core
//! and half back round every delta.

use rekam_driver_api::Hand;

use crate::chance::Chance;

/// The class of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// Ridges rise and fall.
    Arch,
    /// They turn back round one core.
    Loop,
    /// They turn round two cores.
    Whorl,
}

/// The directions of one finger, in pixels of the scanner from the middle of the pad, y upwards.
#[derive(Debug, Clone)]
pub(crate) struct Flow {
    cores: Vec<(f32, f32)>,
    deltas: Vec<(f32, f32)>,
    /// How strongly the ridges bend over the tip.
    arching: f32,
    /// Height of the bump of an arch.
    bump: f32,
    tilt: f32,
}

impl Flow {
    /// A pattern as frequent as among people: about two thirds loops, three tenths whorls, the rest arches.
    pub(crate) fn draw(chance: &mut Chance, hand: Hand, size: f32) -> Self {
        let pattern = match chance.whole(0, 99) {
            0..=64 => Pattern::Loop,
            65..=93 => Pattern::Whorl,
            _ => Pattern::Arch,
        };
        // Most loops open towards the little finger.
        let towards_little = if chance.percent(94) { 1.0 } else { -1.0 };
        let side = if hand == Hand::Right { towards_little } else { -towards_little };
        let mut place =
            |x: f32, y: f32| ((x + 12.0 * chance.bell()) * size, (y + 12.0 * chance.bell()) * size);
        let (cores, deltas) = match pattern {
            Pattern::Arch => (Vec::new(), Vec::new()),
            Pattern::Loop => (vec![place(0.0, 28.0)], vec![place(-105.0 * side, -92.0)]),
            Pattern::Whorl => (
                vec![place(0.0, 46.0), place(4.0 * side, 2.0)],
                vec![place(-112.0, -98.0), place(112.0, -98.0)],
            ),
        };
        Self {
            cores,
            deltas,
            arching: chance.between(0.42, 0.62),
            bump: if pattern == Pattern::Arch { chance.between(0.7, 1.15) } else { 0.0 },
            tilt: 0.06 * chance.bell(),
        }
    }

    /// Direction of the ridge at a place, in radians from the x axis; only its value modulo half a turn counts.
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let angle = |(place_x, place_y): &(f32, f32)| (y - place_y).atan2(x - place_x);
        let turning =
            0.5 * (self.cores.iter().map(angle).sum::<f32>() - self.deltas.iter().map(angle).sum::<f32>());
        // The two halves of the pad lean outwards towards the tip, and only there.
        let upper = ((y + 60.0) / 160.0).clamp(0.0, 1.3);
        let across = (x / 130.0).clamp(-1.2, 1.2);
        let arching = -self.arching * across * upper;
        let bump =
            self.bump * (-(y / 110.0).powi(2)).exp() * -(across * 2.2).sin() * (-across * across).exp();
        turning + arching + bump + self.tilt
    }
}
