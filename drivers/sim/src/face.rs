//! Portraits: a head drawn from shapes, lit from the front, before a red or blue curtain.

mod head;

use rekam_domain::photo::BackgroundColour;

use crate::chance::{Chance, grain};
use crate::raster::{Colour, Painting, Rect, step};

use head::Head;

/// Colour of the curtain: between what a screen hints at and what a photograph of cloth shows.
const fn cloth(curtain: BackgroundColour) -> Colour {
    match curtain {
        BackgroundColour::Red => [219.0, 21.0, 20.0],
        BackgroundColour::Blue => [0.0, 144.0, 255.0],
        BackgroundColour::Orange => [255.0, 140.0, 0.0],
    }
}

/// What is on the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HeadCover {
    /// Hair only.
    None,
    /// A head scarf that leaves the face free.
    Scarf,
}

/// What a portrait shows of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Looks {
    pub(crate) person: u64,
    pub(crate) is_woman: bool,
    pub(crate) age: u8,
    pub(crate) cover: HeadCover,
}

/// The n-th portrait. Without a person only the curtain is seen.
pub(crate) fn portrait(
    looks: Option<Looks>,
    number: u64,
    eyes_are_closed: bool,
    curtain: BackgroundColour,
    (width, height): (usize, usize),
) -> Painting {
    let person = looks.map_or(0, |looks| looks.person);
    let mut chance = Chance::nth(person, "portrait", number);
    let mut painting = Painting::filled(width, height, cloth(curtain));
    let whole = painting.area();
    let light = chance.between(0.96, 1.04);
    let (across, down) = (width as f32, height as f32);
    painting.paint(whole, |x, y| {
        let aside = (x / across - 0.5).abs() + 0.4 * (y / down - 0.4).abs();
        let fall = light * (1.02 - 0.16 * aside);
        (cloth(curtain).map(|channel| channel * fall + 3.0 * (1.0 - fall)), 1.0)
    });
    if let Some(looks) = looks {
        let mut head = Head::draw(looks, &mut chance);
        head.eyes_are_closed = eyes_are_closed;
        paint_person(&mut painting, &head);
    }
    let noise = chance.next();
    painting.brighten(|x, y| 5.0 * (grain(noise, x, y) - 0.5));
    painting
}

/// A part of the head: colour and share at a place, with edges as soft as told.
type Layer = fn(&Head, f32, f32, f32) -> (Colour, f32);

fn paint_person(painting: &mut Painting, head: &Head) {
    let scale = painting.width() as f32 * head.size;
    let middle =
        (painting.width() as f32 * (0.5 + head.shift.0), painting.height() as f32 * (0.455 + head.shift.1));
    let (sin, cos) = head.turn.sin_cos();
    // From pixels to the head's own measure: 1 is half the width of the face.
    let own = move |x: f32, y: f32| {
        let (x, y) = ((x - middle.0) / scale, (y - middle.1) / scale);
        (x * cos + y * sin, y * cos - x * sin)
    };
    let round = |across: f32, top: f32, bottom: f32| Rect {
        left: middle.0 - across * scale,
        top: middle.1 + top * scale,
        right: middle.0 + across * scale,
        bottom: middle.1 + bottom * scale,
    };
    let soft = 1.6 / scale;
    let layers: [(Rect, Layer); 6] = [
        (round(2.2, -1.9, 3.4), Head::behind),
        (round(3.4, 1.0, 4.2), Head::shoulders),
        (round(1.2, 0.6, 2.6), Head::neck),
        (round(1.5, -0.8, 0.9), Head::ears),
        (round(1.5, -1.8, 1.6), Head::face),
        (round(2.2, -2.0, 3.2), Head::front),
    ];
    for (area, layer) in layers {
        painting.paint(area, |x, y| {
            let (u, v) = own(x, y);
            layer(head, u, v, soft)
        });
    }
}

/// 1 inside an ellipse, 0 outside, soft between.
pub(super) fn oval(u: f32, v: f32, middle: (f32, f32), size: (f32, f32), soft: f32) -> f32 {
    let distance = (((u - middle.0) / size.0).powi(2) + ((v - middle.1) / size.1).powi(2)).sqrt();
    step(1.0 + soft, 1.0 - soft, distance)
}

/// 1 in the middle, falling like a bell.
pub(super) fn glow(u: f32, v: f32, middle: (f32, f32), size: (f32, f32)) -> f32 {
    let distance = ((u - middle.0) / size.0).powi(2) + ((v - middle.1) / size.1).powi(2);
    if distance > 9.0 { 0.0 } else { (-distance).exp() }
}

/// Mixes a colour over another.
pub(super) fn mix(under: Colour, over: Colour, share: f32) -> Colour {
    let [r, g, b] = under;
    let [or, og, ob] = over;
    let share = share.clamp(0.0, 1.0);
    [r + (or - r) * share, g + (og - g) * share, b + (ob - b) * share]
}
