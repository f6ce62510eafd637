//! Eyes in near infrared light: fibres that never change, and pictures that are never the same.

use std::f32::consts::PI;

use rekam_driver_api::Eye;

use crate::chance::{Chance, cloud, grain};
use crate::detail::Detail;
use crate::raster::{Plane, step};

/// The iris of one eye, unrolled: x round, y from the pupil outwards.
#[derive(Debug)]
pub(crate) struct Fibres {
    texture: Plane,
    seed: u64,
    radius: f32,
}

/// One look into the scanner.
#[derive(Debug)]
pub(crate) struct Look {
    /// What the scanner sees.
    pub(crate) plane: Plane,
    /// 0 to 100.
    pub(crate) score: u8,
}

/// Smooth noise that closes after one turn.
fn ring(seed: u64, turn: f32, grains: i32, across: f32) -> f32 {
    let x = turn * grains as f32;
    let left = x.floor();
    let (dx, column) = (x - left, left as i32);
    let at = |column: i32| {
        let column = column.rem_euclid(grains);
        let low = across.floor();
        let share = across - low;
        grain(seed, column, low as i32) * (1.0 - share) + grain(seed, column, low as i32 + 1) * share
    };
    let soft = dx * dx * (3.0 - 2.0 * dx);
    at(column) * (1.0 - soft) + at(column + 1) * soft
}

impl Fibres {
    /// Draws the iris of a person.
    pub(crate) fn grow(person: u64, eye: Eye, detail: Detail) -> Self {
        let (round, across) = detail.fibres();
        let mut chance = Chance::new(
            person,
            match eye {
                Eye::Right => "right iris",
                Eye::Left => "left iris",
            },
        );
        let seed = chance.next();
        let tone = chance.between(92.0, 122.0);
        let collarette = chance.between(0.26, 0.40);
        let crypts: Vec<(f32, f32, f32)> = (0..chance.whole(14, 26))
            .map(|_| (chance.unit(), chance.between(0.18, 0.62), chance.between(0.5, 1.3)))
            .collect();
        let texture = Plane::from_fn(round, across, |column, row| {
            let turn = column as f32 / round as f32;
            let out = row as f32 / across as f32;
            // Fibres wander a little on their way outwards.
            let wander = 0.010 * (ring(seed ^ 5, turn, 24, 4.0 * out) - 0.5);
            let fine = ring(seed, turn + wander, 190, 2.2 * out) - 0.5;
            let coarse = ring(seed ^ 1, turn + wander, 72, 3.1 * out) - 0.5;
            let broad = ring(seed ^ 2, turn, 17, 2.6 * out) - 0.5;
            let edge = collarette + 0.06 * (ring(seed ^ 3, turn, 30, 0.0) - 0.5);
            let frill = (-((out - edge) / 0.035).powi(2)).exp();
            let furrow = 0.5 + 0.5 * (2.0 * PI * (out * 5.0 + 0.4 * ring(seed ^ 4, turn, 9, 0.0))).sin();
            let mut value = tone + 52.0 * fine + 44.0 * coarse + 26.0 * broad + 26.0 * frill;
            value -= 9.0 * furrow * step(0.55, 0.8, out);
            value -= 16.0 * step(0.16, 0.0, out) + 26.0 * step(0.84, 1.0, out);
            for (place, depth, size) in &crypts {
                let mut aside = (turn - place).abs();
                aside = aside.min(1.0 - aside);
                let distance = (aside / (0.012 * size)).powi(2) + ((out - depth) / (0.09 * size)).powi(2);
                if distance < 6.0 {
                    value -= 34.0 * (-distance).exp();
                }
            }
            value
        });
        Self { texture, seed, radius: chance.between(116.0, 126.0) }
    }

    /// The n-th look into the scanner.
    pub(crate) fn look(&self, number: u64, is_closed: bool, detail: Detail) -> Look {
        let mut chance = Chance::nth(self.seed, "look", number);
        let (width, height) = detail.iris_px();
        let scale = width as f32 / 640.0;
        let middle = (
            width as f32 / 2.0 + scale * 9.0 * chance.bell(),
            height as f32 / 2.0 + scale * 7.0 * chance.bell(),
        );
        let eye = Shape {
            radius: self.radius * chance.between(0.985, 1.015),
            pupil: chance.between(0.34, 0.46),
            turn: 0.03 * chance.bell(),
            opening: if is_closed { 0.0 } else { chance.between(0.96, 1.10) },
            noise: chance.next(),
        };
        let plane = Plane::from_fn(width, height, |column, row| {
            let x = (column as f32 - middle.0) / scale;
            let y = (row as f32 - middle.1) / scale;
            let value = self.shade(&eye, x, y);
            value + 5.0 * (grain(eye.noise, column as i32, row as i32) - 0.5)
        });
        let shift = (middle.0 / scale - 320.0).abs() + (middle.1 / scale - 240.0).abs();
        let score = if is_closed { 3.0 } else { 92.0 - 0.5 * shift - 60.0 * (eye.pupil - 0.40).abs() };
        Look { plane, score: score.clamp(1.0, 100.0) as u8 }
    }

    /// How light the eye is at a place, in pixels of a full picture from its middle.
    fn shade(&self, eye: &Shape, x: f32, y: f32) -> f32 {
        let lids = eye.lids(x, y);
        let skin = 172.0 - 0.05 * y.abs()
            + 16.0 * (cloud(self.seed ^ 9, x / 34.0, y / 21.0) - 0.5)
            + 9.0 * (cloud(self.seed ^ 10, x / 5.0, y / 5.0) - 0.5);
        let crease = 30.0 * (-((y + 152.0 - 0.0011 * x * x) / 7.0).powi(2)).exp();
        let skin = skin - crease;
        if lids <= 0.0 {
            return skin - eye.lashes(self.seed, x, y);
        }
        let ball = self.ball(eye, x, y) - 26.0 * step(26.0, 0.0, eye.below_lid(x, y));
        let open = skin + (ball - skin) * lids;
        open - eye.lashes(self.seed, x, y)
    }

    fn ball(&self, eye: &Shape, x: f32, y: f32) -> f32 {
        let distance = (x * x + y * y).sqrt();
        let pupil_px = eye.radius * eye.pupil;
        let lamp = |at_x: f32, at_y: f32| (-((x - at_x).powi(2) + (y - at_y).powi(2)) / 22.0).exp();
        let lamps = 235.0 * (lamp(-13.0, -9.0) + lamp(13.0, -9.0)).min(1.0);
        let pupil = 16.0;
        if distance < pupil_px - 3.0 {
            return pupil + lamps;
        }
        let white = 196.0 - 0.00022 * x * x + 10.0 * (cloud(self.seed ^ 11, x / 9.0, y / 30.0) - 0.5);
        if distance > eye.radius + 9.0 {
            return white;
        }
        let turn = ((y.atan2(x) + eye.turn) / (2.0 * PI)).rem_euclid(1.0);
        let out = ((distance - pupil_px) / (eye.radius - pupil_px)).clamp(0.0, 1.0);
        let texture = self
            .texture
            .linear(turn * (self.texture.width() - 1) as f32, out * (self.texture.height() - 1) as f32);
        let rim = step(eye.radius - 5.0, eye.radius + 8.0, distance);
        let iris = texture + (white - texture) * rim;
        let hole = step(pupil_px - 1.5, pupil_px + 2.0, distance);
        pupil + (iris - pupil) * hole + lamps
    }
}

/// How the eye stands in one picture.
struct Shape {
    radius: f32,
    /// Of the pupil, as a share of the iris.
    pupil: f32,
    turn: f32,
    opening: f32,
    noise: u64,
}

impl Shape {
    /// Distance from the edge of the upper lid, downwards.
    fn below_lid(&self, x: f32, y: f32) -> f32 {
        let arch = 1.0 - (x / 285.0).powi(2);
        y + 112.0 * self.opening * arch - 60.0 * (1.0 - self.opening).max(0.0)
    }

    /// 1 where the eye is open, 0 on the skin.
    fn lids(&self, x: f32, y: f32) -> f32 {
        let arch = 1.0 - (x / 285.0).powi(2);
        if arch <= 0.0 || self.opening <= 0.0 {
            return 0.0;
        }
        let lower = 122.0 * self.opening * arch - y;
        step(-2.0, 3.0, self.below_lid(x, y)) * step(-2.0, 3.0, lower)
    }

    /// Lashes grow from the upper lid, upwards and outwards; with the eye closed they hang down.
    fn lashes(&self, seed: u64, x: f32, y: f32) -> f32 {
        let out = if self.opening <= 0.0 { self.below_lid(x, y) } else { -self.below_lid(x, y) };
        if !(-6.0..46.0).contains(&out) || x.abs() > 270.0 {
            return 0.0;
        }
        let root = (x - 0.0016 * x * out.max(0.0)) / 8.0;
        let number = root.round() as i32;
        let length = 24.0 + 20.0 * grain(seed, number, 3);
        let lean = 0.25 * (grain(seed, number, 4) - 0.5) * out / 8.0;
        let aside = (root - number as f32 - lean).abs() * 8.0;
        let line = 70.0 * (-(out / 3.0).powi(2)).exp();
        line + 88.0 * step(1.6, 0.5, aside) * step(length, 0.55 * length, out)
    }
}
