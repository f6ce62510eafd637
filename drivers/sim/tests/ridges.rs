//! Ridges: what makes a fingerprint one, measured on the encoded picture and not on the formulas behind it.

#![cfg(test)]

use std::f32::consts::PI;

use image::GrayImage;
use jiff::civil::date;
use rekam_driver_api::Finger;
use rekam_driver_sim::{Body, Detail, Skin, SyntheticPerson};

const BLOCK: u32 = 40;

fn print(body: &Body, finger: Finger, number: u64, skin: Skin) -> (GrayImage, u8) {
    let rated = body.finger(finger, number, skin).expect("drawn");
    (image::load_from_memory(&rated.image.bytes).expect("decodes").to_luma8(), rated.score)
}

fn body(seed: u64) -> Body {
    Body::new(SyntheticPerson::new(seed, date(2026, 11, 21)), Detail::Full)
}

/// Ridge direction and its certainty (0 to 1) of every block, from the gradients.
fn directions(print: &GrayImage) -> Vec<(f32, f32)> {
    let mut list = Vec::new();
    // The middle of the pad, which every impression shows.
    for top in (100..400).step_by(BLOCK as usize) {
        for left in (80..320).step_by(BLOCK as usize) {
            let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
            for y in top..top + BLOCK {
                for x in left..left + BLOCK {
                    let at = |x: u32, y: u32| f32::from(print.get_pixel(x, y)[0]);
                    let (dx, dy) = (at(x + 1, y) - at(x - 1, y), at(x, y + 1) - at(x, y - 1));
                    xx += dx * dx;
                    yy += dy * dy;
                    xy += dx * dy;
                }
            }
            let certainty = ((xx - yy).powi(2) + 4.0 * xy * xy).sqrt() / (xx + yy).max(1.0);
            list.push((0.5 * (2.0 * xy).atan2(xx - yy), certainty));
        }
    }
    list
}

/// The wave length with the most power in a square of 64 pixels.
fn wave_length(print: &GrayImage, left: u32, top: u32) -> f32 {
    let side = 64.0;
    let (mut strongest, mut length) = (0.0, 0.0);
    for v in -14_i32..=14 {
        for u in 0_i32..=14 {
            let frequency = ((u * u + v * v) as f32).sqrt();
            if !(4.0..=14.0).contains(&frequency) {
                continue;
            }
            let (mut real, mut imaginary) = (0.0, 0.0);
            for y in 0..64_u32 {
                for x in 0..64_u32 {
                    let value = f32::from(print.get_pixel(left + x, top + y)[0]) - 128.0;
                    let angle = 2.0 * PI * (u as f32 * x as f32 + v as f32 * y as f32) / side;
                    real += value * angle.cos();
                    imaginary += value * angle.sin();
                }
            }
            let power = real * real + imaginary * imaginary;
            if power > strongest {
                (strongest, length) = (power, side / frequency);
            }
        }
    }
    length
}

#[test]
fn ridges_lie_about_nine_pixels_apart() {
    let body = body(11);
    let mut lengths = Vec::new();
    for finger in [Finger::RightThumb, Finger::RightIndex, Finger::LeftMiddle, Finger::LeftLittle] {
        let (print, _) = print(&body, finger, 1, Skin::Normal);
        for (left, top) in [(100, 120), (230, 120), (168, 300)] {
            lengths.push(wave_length(&print, left, top));
        }
    }
    lengths.sort_by(f32::total_cmp);
    assert!((8.0..=10.5).contains(&lengths[6]), "{lengths:?}");
    assert!(lengths[1] > 7.0 && lengths[10] < 12.5, "{lengths:?}");
}

#[test]
fn ridges_run_in_one_direction_almost_everywhere() {
    let body = body(12);
    for finger in Finger::ALL {
        let (print, _) = print(&body, *finger, 1, Skin::Normal);
        let blocks = directions(&print);
        let clear = blocks.iter().filter(|(_, certainty)| *certainty > 0.4).count();
        assert!(clear * 10 >= blocks.len() * 7, "{}: {clear} of {}", finger.word(), blocks.len());
    }
}

/// Mean angle between the ridges of two prints.
fn difference(one: &GrayImage, other: &GrayImage) -> f32 {
    let angles: Vec<f32> = directions(one)
        .iter()
        .zip(directions(other))
        .map(|((first, _), (second, _))| {
            let turn = (first - second).rem_euclid(PI);
            turn.min(PI - turn)
        })
        .collect();
    angles.iter().sum::<f32>() / angles.len() as f32
}

#[test]
fn impressions_of_a_finger_are_alike_and_those_of_other_fingers_are_not() {
    let body = body(13);
    let prints: Vec<(GrayImage, GrayImage)> = Finger::ALL
        .iter()
        .map(|finger| (print(&body, *finger, 1, Skin::Normal).0, print(&body, *finger, 2, Skin::Normal).0))
        .collect();
    let mut same = Vec::new();
    let mut other = Vec::new();
    for (row, (one, _)) in prints.iter().enumerate() {
        for (column, (_, two)) in prints.iter().enumerate() {
            let list = if row == column { &mut same } else { &mut other };
            list.push(difference(one, two));
        }
    }
    let mean = |list: &[f32]| list.iter().sum::<f32>() / list.len() as f32;
    assert!(mean(&same) * 2.0 < mean(&other), "{} {}", mean(&same), mean(&other));
}

#[test]
fn no_two_masters_are_the_same() {
    // Two people, same finger, same touch: the pixels must not agree better than by chance.
    let (one, other) = (body(14), body(15));
    for finger in Finger::ALL {
        let (first, _) = print(&one, *finger, 1, Skin::Normal);
        let (second, _) = print(&other, *finger, 1, Skin::Normal);
        let inside = |x: u32, y: u32| (100..300).contains(&x) && (120..380).contains(&y);
        let mut agreeing = 0;
        let mut all = 0;
        for (x, y, pixel) in first.enumerate_pixels().filter(|(x, y, _)| inside(*x, *y)) {
            all += 1;
            agreeing += u32::from((pixel[0] > 140) == (second.get_pixel(x, y)[0] > 140));
        }
        assert!(agreeing * 100 < all * 64, "{}: {agreeing} of {all}", finger.word());
    }
}

#[test]
fn dry_and_worn_fingers_are_called_poor() {
    let body = body(16);
    for finger in Finger::ALL {
        for number in 0..5 {
            let (_, normal) = print(&body, *finger, number, Skin::Normal);
            let (_, dry) = print(&body, *finger, number, Skin::Dry);
            assert!(normal >= 50 && dry < 45, "{}: {normal} {dry}", finger.word());
        }
    }
}
