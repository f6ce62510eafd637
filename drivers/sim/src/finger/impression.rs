//! One touch of the glass: moved, turned, stretched, pressed, dry or moist, with pores and the noise of the sensor.

use std::f32::consts::PI;

use crate::chance::{Chance, cloud, grain};
use crate::detail::Detail;
use crate::finger::growth::bend;
use crate::finger::{MASTER_SCALE, Master};
use crate::raster::{Plane, step};

/// Below this, dryness changes nothing that can be seen.
const DRY_MIN: f32 = 0.2;

/// What the skin was like when it touched the glass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skin {
    /// As most people's.
    Normal,
    /// Too dry: the ridges break up.
    Dry,
}

/// One touch.
#[derive(Debug)]
pub(crate) struct Impression {
    /// What the scanner sees of the finger.
    pub(crate) plane: Plane,
    /// 0 to 100.
    pub(crate) score: u8,
}

struct Touch {
    shift: (f32, f32),
    sin: f32,
    cos: f32,
    pressure: f32,
    dryness: f32,
    waves: Vec<Wave>,
    seed: u64,
}

/// A smooth pull of the skin.
struct Wave {
    along: (f32, f32),
    start: f32,
    pull: (f32, f32),
}

impl Touch {
    fn draw(chance: &mut Chance, skin: Skin) -> Self {
        let turn = 0.055 * chance.bell();
        let waves = (0..4)
            .map(|_| Wave {
                along: (0.011 * chance.bell(), 0.011 * chance.bell()),
                start: chance.between(0.0, 2.0 * PI),
                pull: (2.2 * chance.bell(), 2.2 * chance.bell()),
            })
            .collect();
        Self {
            shift: (6.0 * chance.bell(), 7.0 * chance.bell()),
            sin: turn.sin(),
            cos: turn.cos(),
            pressure: 0.16 * chance.bell(),
            dryness: match skin {
                Skin::Normal => 0.10 * chance.unit(),
                Skin::Dry => chance.between(0.95, 1.12),
            },
            waves,
            seed: chance.next(),
        }
    }

    /// Where on the finger the skin lies that touches the glass at this place; both from the middle, in pixels.
    fn skin_at(&self, x: f32, y: f32) -> (f32, f32) {
        let (mut skin_x, mut skin_y) =
            (x * self.cos - y * self.sin + self.shift.0, x * self.sin + y * self.cos + self.shift.1);
        for wave in &self.waves {
            let pull = (wave.along.0 * x + wave.along.1 * y + wave.start).sin();
            skin_x += wave.pull.0 * pull;
            skin_y += wave.pull.1 * pull;
        }
        (skin_x, skin_y)
    }

    /// How good a scanner would call it.
    fn score(&self) -> u8 {
        (88.0 - 24.0 * self.pressure.abs() / 0.3 - 72.0 * self.dryness).clamp(1.0, 100.0) as u8
    }
}

/// The n-th touch of a finger.
pub(crate) fn touch(master: &Master, number: u64, skin: Skin, detail: Detail) -> Impression {
    let mut chance = Chance::nth(master.seed, "touch", number);
    let touch = Touch::draw(&mut chance, skin);
    let (width, height) = detail.finger_px();
    let (middle_x, middle_y) = (width as f32 / 2.0, height as f32 / 2.0);
    let pad = Pad::new(&touch, master.size, &mut chance);
    let plane = Plane::from_fn(width, height, |column, row| {
        let (x, y) = (column as f32 - middle_x, row as f32 - middle_y);
        let contact = pad.contact(x, y);
        if contact <= 0.0 {
            return 250.0;
        }
        let (skin_x, skin_y) = touch.skin_at(x, y);
        250.0 - contact * darkness(master, &touch, skin_x, skin_y)
            + 5.0 * (grain(touch.seed, column as i32, row as i32) - 0.5)
    });
    Impression { plane, score: touch.score() }
}

/// How dark the skin at this place of the finger prints.
fn darkness(master: &Master, touch: &Touch, x: f32, y: f32) -> f32 {
    let ridges = &master.ridges;
    let ridge = ridges.smooth(
        ridges.width() as f32 / 2.0 + x * MASTER_SCALE,
        ridges.height() as f32 / 2.0 + y * MASTER_SCALE,
    );
    let blotch = cloud(touch.seed, x / 26.0, y / 26.0) - 0.5;
    let crumbs = cloud(touch.seed ^ 1, x / 3.1, y / 3.1) - 0.5;
    let dry = if touch.dryness > DRY_MIN { dryness(touch, x, y, blotch, crumbs) } else { 0.0 };
    let height = 1.9 * ridge + touch.pressure + 0.45 * blotch + 0.25 * crumbs - dry;
    let pore = pore(master, x, y);
    let ink = 0.5 + 0.5 * bend(1.25 * height);
    (22.0 + 178.0 * ink) * (1.0 - pore * 0.55 * ink)
}

/// How much less a place touches. Dry skin touches with its highest grains only: ridges fall apart into dots, and
/// whole patches stay light.
fn dryness(touch: &Touch, x: f32, y: f32, blotch: f32, crumbs: f32) -> f32 {
    let flakes = cloud(touch.seed ^ 2, x / 5.2, y / 5.2) - 0.5;
    touch.dryness * touch.dryness * (1.0 + 7.0 * blotch + 10.0 * crumbs.abs() + 9.0 * flakes)
}

/// Pores sit on ridges, about one in every ridge width, always at the same place of the finger.
fn pore(master: &Master, x: f32, y: f32) -> f32 {
    let cell = master.ridge_px * 1.05;
    let (column, row) = ((x / cell).floor(), (y / cell).floor());
    let (at_column, at_row) = (column as i32, row as i32);
    let pore_x = (column + 0.2 + 0.6 * grain(master.seed, at_column, at_row)) * cell;
    let pore_y = (row + 0.2 + 0.6 * grain(master.seed ^ 7, at_column, at_row)) * cell;
    let distance = (x - pore_x).powi(2) + (y - pore_y).powi(2);
    if distance > 6.0 { 0.0 } else { (-0.55 * distance).exp() }
}

/// The part of the finger that touches the glass.
struct Pad {
    across: f32,
    up: f32,
    down: f32,
    seed: u64,
}

impl Pad {
    fn new(touch: &Touch, size: f32, chance: &mut Chance) -> Self {
        let pressed = size * (1.0 + 0.10 * touch.pressure);
        Self {
            across: pressed * (158.0 + 6.0 * chance.bell()),
            up: pressed * (208.0 + 8.0 * chance.bell()),
            down: pressed * (216.0 + 10.0 * chance.bell()),
            seed: chance.next(),
        }
    }

    /// 1 inside, 0 outside, ragged between.
    fn contact(&self, x: f32, y: f32) -> f32 {
        let tall = if y < 0.0 { self.up } else { self.down };
        let (across, along) = ((x / self.across).abs(), (y / tall).abs());
        // Between an ellipse and a rectangle: fingers are boxy.
        let (across, along) = (across * across, along * along);
        let distance = 0.5 * ((across + along).sqrt() + (across * across + along * along).sqrt().sqrt());
        if distance > 1.1 {
            return 0.0;
        }
        if distance < 0.88 {
            return 1.0;
        }
        let ragged = distance + 0.10 * (cloud(self.seed, x / 9.0, y / 9.0) - 0.5);
        step(1.02, 0.94, ragged)
    }
}
