//! Signatures: a movement that belongs to the person, written a little differently every time.

use std::f32::consts::PI;

use rekam_driver_api::{PRESSURE_MAX, PenPoint, Stroke};

use crate::chance::Chance;
use crate::detail::Detail;
use crate::raster::{Plane, Rect, step};

/// Width of the pad in hundredths of a millimetre.
pub const PAD_WIDTH: u16 = 10_000;
/// Height of the pad in hundredths of a millimetre.
pub const PAD_HEIGHT: u16 = 4_000;
/// Resolution of the picture.
pub const SIGNATURE_DPI: u16 = 150;
/// Milliseconds between two points.
const BEAT_MS: u32 = 10;

/// Loops along a line: the movement of one stroke.
struct Movement {
    from: (f32, f32),
    to: (f32, f32),
    loops: f32,
    swing: (f32, f32),
    phase: f32,
    decay: f32,
    unrest: (f32, f32),
    beats: u32,
}

fn movements(person: u64) -> Vec<Movement> {
    let mut chance = Chance::new(person, "signature");
    let count = chance.whole(2, 4);
    let mut x = chance.between(900.0, 1_700.0);
    let mut list = Vec::new();
    for number in 0..count {
        let is_flourish = number + 1 == count;
        let length =
            if is_flourish { chance.between(-5_200.0, -2_800.0) } else { chance.between(1_700.0, 3_000.0) };
        let y = if is_flourish { chance.between(2_750.0, 3_150.0) } else { chance.between(1_800.0, 2_200.0) };
        list.push(Movement {
            from: (x, y),
            to: (x + length, y + chance.between(-420.0, 260.0)),
            loops: if is_flourish { chance.between(0.4, 0.9) } else { chance.between(2.2, 4.8) },
            swing: if is_flourish {
                (chance.between(100.0, 300.0), chance.between(90.0, 260.0))
            } else {
                (chance.between(260.0, 520.0), chance.between(520.0, 1_080.0))
            },
            phase: chance.between(0.0, 2.0 * PI),
            decay: chance.between(0.2, 0.75),
            unrest: (chance.between(0.15, 0.6), chance.between(0.35, 0.85)),
            beats: chance.whole(70, 150).unsigned_abs(),
        });
        x = (x + length + chance.between(-200.0, 500.0)).clamp(1_200.0, 8_600.0);
    }
    list
}

/// The n-th signature of a person.
pub(crate) fn write(person: u64, number: u64, detail: Detail) -> Vec<Stroke> {
    let mut chance = Chance::nth(person, "signing", number);
    let size = chance.between(0.92, 1.08);
    let slant = 0.10 * chance.bell();
    let shift = (260.0 * chance.bell(), 140.0 * chance.bell());
    let mut t_ms = 0;
    let mut strokes = Vec::new();
    for movement in movements(person) {
        let beats = match detail {
            Detail::Full => movement.beats,
            Detail::Tiny => 12,
        };
        let jitter = (1.0 + 0.05 * chance.bell(), 1.0 + 0.05 * chance.bell(), 0.12 * chance.bell());
        let mut points = Vec::new();
        for beat in 0..=beats {
            let part = beat as f32 / beats as f32;
            // The hand starts and ends slowly.
            let way = part * part * (3.0 - 2.0 * part);
            let angle = 2.0 * PI * movement.loops * way + movement.phase + jitter.2;
            let unrest = 1.0 + movement.unrest.0 * (movement.unrest.1 * angle + 2.0 * movement.phase).sin();
            let fading = (1.0 - movement.decay * way) * unrest;
            let x = movement.from.0
                + (movement.to.0 - movement.from.0) * way
                + movement.swing.0 * jitter.0 * fading * angle.cos();
            let y = movement.from.1
                + (movement.to.1 - movement.from.1) * way
                + movement.swing.1 * jitter.1 * fading * angle.sin();
            let x = 5_000.0 + (x - 5_000.0 - slant * (y - 2_000.0)) * size + shift.0;
            let y = 2_000.0 + (y - 2_000.0) * size + shift.1;
            let pressed = step(0.0, 0.12, part) * step(1.04, 0.9, part);
            let pressure = 90.0 + pressed * (520.0 + 220.0 * angle.sin());
            points.push(PenPoint {
                x: x.clamp(0.0, f32::from(PAD_WIDTH)) as u16,
                y: y.clamp(0.0, f32::from(PAD_HEIGHT)) as u16,
                t_ms,
                pressure: pressure.clamp(1.0, f32::from(PRESSURE_MAX)) as u16,
            });
            t_ms += BEAT_MS;
        }
        t_ms += 60 + chance.whole(0, 12).unsigned_abs() * BEAT_MS;
        strokes.push(Stroke { points });
    }
    strokes
}

/// The signature as a picture, dark on white.
pub(crate) fn picture(strokes: &[Stroke], detail: Detail) -> Plane {
    let shrink = match detail {
        Detail::Full => 1.0,
        Detail::Tiny => 0.2,
    };
    let px = |hundredths: f32| hundredths / 2_540.0 * f32::from(SIGNATURE_DPI) * shrink;
    let mut plane =
        Plane::filled(px(f32::from(PAD_WIDTH)) as usize, px(f32::from(PAD_HEIGHT)) as usize, 255.0);
    for stroke in strokes {
        for (from, to) in stroke.points.iter().zip(stroke.points.iter().skip(1)) {
            let start = (px(f32::from(from.x)), px(f32::from(from.y)));
            let end = (px(f32::from(to.x)), px(f32::from(to.y)));
            let half = (0.7 + 1.5 * f32::from(to.pressure) / f32::from(PRESSURE_MAX)) * shrink.max(0.4);
            line(&mut plane, start, end, half);
        }
    }
    plane
}

fn line(plane: &mut Plane, start: (f32, f32), end: (f32, f32), half: f32) {
    let reach = half + 1.5;
    let area = Rect {
        left: start.0.min(end.0) - reach,
        top: start.1.min(end.1) - reach,
        right: start.0.max(end.0) + reach,
        bottom: start.1.max(end.1) + reach,
    };
    let way = (end.0 - start.0, end.1 - start.1);
    let length = (way.0 * way.0 + way.1 * way.1).max(1e-6);
    plane.change(area, |x, y, pixel| {
        let (x, y) = (x as f32, y as f32);
        let along = (((x - start.0) * way.0 + (y - start.1) * way.1) / length).clamp(0.0, 1.0);
        let distance = ((x - start.0 - along * way.0).powi(2) + (y - start.1 - along * way.1).powi(2)).sqrt();
        let ink = 255.0 - 235.0 * step(half + 0.6, half - 0.6, distance);
        *pixel = pixel.min(ink);
    });
}
