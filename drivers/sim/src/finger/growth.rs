//! Ridges that grow out of noise: again and again every place takes the wave that runs across the ridge direction
//! there, until the waves have found each other. Where they cannot, minutiae are left, as in the womb.

use std::collections::BTreeSet;
use std::f32::consts::PI;

use crate::chance::Chance;
use crate::finger::MASTER_SCALE;
use crate::finger::flow::Flow;
use crate::raster::Plane;

/// Directions that are told apart.
const DIRECTIONS: usize = 48;
/// Ridge distances that are told apart within one finger.
const DISTANCES: usize = 3;
/// Half the side of a filter.
const RADIUS: usize = 5;
const SIDE: usize = 2 * RADIUS + 1;
/// Width of a stored line: one more than needed, because twelve is three times four and that is what a processor
/// multiplies at once.
const LANES: usize = SIDE + 1;
/// Rounds until the waves have settled.
const ROUNDS: usize = 12;

/// One filter: a short wave across a direction.
struct Filter([[f32; LANES]; SIDE]);

impl Filter {
    fn new(direction: f32, ridge_px: f32) -> Self {
        let (sin, cos) = direction.sin_cos();
        let spread_across = 0.42 * ridge_px;
        let spread_along = 0.52 * ridge_px;
        let mut weights = [[0.0; SIDE]; SIDE];
        let mut sum = 0.0;
        for (row, y) in weights.iter_mut().zip(-(RADIUS as i32)..) {
            for (weight, x) in row.iter_mut().zip(-(RADIUS as i32)..) {
                let (x, y) = (x as f32, -y as f32);
                let along = x * cos + y * sin;
                let across = y * cos - x * sin;
                let window =
                    (-0.5 * ((across / spread_across).powi(2) + (along / spread_along).powi(2))).exp();
                *weight = window * (2.0 * PI * across / ridge_px).cos();
                sum += *weight;
            }
        }
        // Without the mean, flat places stay flat.
        let mean = sum / (SIDE * SIDE) as f32;
        let mut power = 0.0;
        for weight in weights.iter_mut().flatten() {
            *weight -= mean;
            power += weight.abs();
        }
        for weight in weights.iter_mut().flatten() {
            *weight /= power;
        }
        let mut lines = [[0.0; LANES]; SIDE];
        for (line, row) in lines.iter_mut().zip(weights) {
            for (weight, value) in line.iter_mut().zip(row) {
                *weight = value;
            }
        }
        Self(lines)
    }
}

/// Grows the ridges of one finger. The pad is an ellipse; outside it nothing grows.
pub(crate) fn grow(
    flow: &Flow,
    width: usize,
    height: usize,
    ridge_px: f32,
    size: f32,
    chance: &mut Chance,
) -> Plane {
    let choice = choose(flow, width, height, size, chance);
    // Only the filters this finger needs: a small picture needs few.
    let used: BTreeSet<u16> = choice.iter().flatten().copied().collect();
    let bank: Vec<Option<Filter>> = (0_u16..)
        .take(DISTANCES * DIRECTIONS)
        .map(|number| {
            let stretch = 0.94 + 0.06 * (usize::from(number) / DIRECTIONS) as f32;
            let direction = PI * (usize::from(number) % DIRECTIONS) as f32 / DIRECTIONS as f32;
            used.contains(&number).then(|| Filter::new(direction, ridge_px * stretch))
        })
        .collect();
    // One more than pixels: the last lane of the last line reads one too far.
    let mut now: Vec<f32> = (0..=width * height).map(|_| 0.5 * chance.bell()).collect();
    let mut next = vec![0.0; width * height + 1];
    for _ in 0..ROUNDS {
        round(&now, &mut next, &choice, &bank, width);
        std::mem::swap(&mut now, &mut next);
    }
    let mut pixels = now.into_iter();
    Plane::from_fn(width, height, |_, _| pixels.next().unwrap_or_default())
}

/// Which filter each place takes; none outside the pad and at the border.
fn choose(flow: &Flow, width: usize, height: usize, size: f32, chance: &mut Chance) -> Vec<Option<u16>> {
    let (middle_x, middle_y) = (width as f32 / 2.0, height as f32 / 2.0);
    let waves: Vec<(f32, f32, f32)> =
        (0..3).map(|_| (0.02 * chance.bell(), 0.02 * chance.bell(), chance.between(0.0, 2.0 * PI))).collect();
    let mut choice = Vec::with_capacity(width * height);
    for row in 0..height {
        for column in 0..width {
            let is_border =
                row < RADIUS || column < RADIUS || row + RADIUS >= height || column + RADIUS >= width;
            let x = (column as f32 - middle_x) / MASTER_SCALE;
            let y = (middle_y - row as f32) / MASTER_SCALE;
            let (across, down) = (x / (215.0 * size), y / (275.0 * size));
            if is_border || across * across + down * down > 1.0 {
                choice.push(None);
                continue;
            }
            let direction = flow.at(x, y).rem_euclid(PI) / PI * DIRECTIONS as f32;
            let wave: f32 = waves.iter().map(|(a, b, start)| (a * x + b * y + start).sin()).sum();
            // Ridges lie wider below the core, as they do towards the crease.
            let distance =
                (1.0 + 0.55 * wave - y / 260.0).round().clamp(0.0, (DISTANCES - 1) as f32) as usize;
            let number = distance * DIRECTIONS + (direction.round() as usize % DIRECTIONS);
            choice.push(u16::try_from(number).ok());
        }
    }
    choice
}

fn round(now: &[f32], next: &mut [f32], choice: &[Option<u16>], bank: &[Option<Filter>], width: usize) {
    for (place, (value, chosen)) in next.iter_mut().zip(choice).enumerate() {
        let Some(filter) = chosen.and_then(|number| bank.get(usize::from(number))?.as_ref()) else {
            *value = 0.0;
            continue;
        };
        let first = place.saturating_sub(RADIUS * width + RADIUS);
        let mut lanes = [0.0_f32; LANES];
        for (line, weights) in filter.0.iter().enumerate() {
            let pixels = now.get(first + line * width..).and_then(|rest| rest.first_chunk::<LANES>());
            let Some(pixels) = pixels else { continue };
            for ((lane, pixel), weight) in lanes.iter_mut().zip(pixels).zip(weights) {
                *lane += pixel * weight;
            }
        }
        let sum: f32 = lanes.iter().sum();
        *value = bend(4.5 * sum);
    }
}

/// Near the hyperbolic tangent, at a fraction of its price.
pub(crate) fn bend(value: f32) -> f32 {
    let value = value.clamp(-3.0, 3.0);
    let square = value * value;
    value * (27.0 + square) / (27.0 + 9.0 * square)
}
