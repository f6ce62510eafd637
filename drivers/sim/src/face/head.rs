//! The head in its own measure: 1 is half the width of the face, the origin lies between eyes and mouth, v downwards.

use crate::chance::{Chance, cloud};
use crate::face::{HeadCover, Looks, glow, mix, oval};
use crate::raster::{Colour, step};

/// A head, ready to be painted.
pub(super) struct Head {
    pub(super) size: f32,
    pub(super) shift: (f32, f32),
    pub(super) turn: f32,
    pub(super) eyes_are_closed: bool,
    seed: u64,
    skin: Colour,
    hair: Colour,
    cloth: Colour,
    scarf: Colour,
    lips: Colour,
    has_scarf: bool,
    has_long_hair: bool,
    moustache: f32,
    jaw: f32,
    eyes_apart: f32,
    eye_size: f32,
    brow: f32,
    nose: f32,
    mouth: f32,
    hairline: f32,
    age: f32,
}

const EYE_V: f32 = -0.30;
const MOUTH_V: f32 = 0.72;
const CHIN_V: f32 = 1.28;
const CROWN_V: f32 = -1.52;

impl Head {
    /// The features belong to the person; how the head is held belongs to the picture.
    pub(super) fn draw(looks: Looks, picture: &mut Chance) -> Self {
        let mut own = Chance::new(looks.person, "face");
        let tan = own.between(0.0, 1.0);
        let skin = mix([216.0, 168.0, 132.0], [150.0, 101.0, 72.0], tan);
        let age = f32::from(looks.age);
        let grey = step(45.0, 75.0, age) * own.between(0.3, 1.0);
        let cloth = own.pick(
            &[[236.0, 236.0, 232.0], [58.0, 70.0, 96.0], [122.0, 84.0, 60.0], [70.0, 96.0, 84.0]],
            [90.0, 90.0, 96.0],
        );
        let scarf = own.pick(
            &[[40.0, 44.0, 56.0], [206.0, 198.0, 186.0], [108.0, 84.0, 104.0], [96.0, 112.0, 100.0]],
            [60.0, 60.0, 66.0],
        );
        Self {
            size: 0.232 * own.between(0.97, 1.03) * picture.between(0.985, 1.015),
            shift: (0.012 * picture.bell(), 0.010 * picture.bell()),
            turn: 0.022 * picture.bell(),
            eyes_are_closed: false,
            seed: own.next(),
            skin,
            hair: mix([26.0, 22.0, 20.0], [176.0, 172.0, 168.0], grey),
            cloth,
            scarf,
            lips: mix(skin, [168.0, 72.0, 70.0], if looks.is_woman { 0.62 } else { 0.38 }),
            has_scarf: looks.cover == HeadCover::Scarf,
            has_long_hair: looks.is_woman,
            moustache: if looks.is_woman || age < 20.0 { 0.0 } else { own.between(0.0, 0.55) },
            jaw: if looks.is_woman { own.between(0.62, 0.74) } else { own.between(0.70, 0.84) },
            eyes_apart: own.between(0.41, 0.45),
            eye_size: own.between(0.185, 0.215),
            brow: if looks.is_woman { own.between(0.045, 0.06) } else { own.between(0.06, 0.08) },
            nose: own.between(0.22, 0.29),
            mouth: own.between(0.36, 0.44),
            hairline: own.between(-1.02, -0.90) - 0.12 * step(40.0, 70.0, age),
            age,
        }
    }

    /// Half the width of the face at a height.
    fn half_width(&self, v: f32) -> f32 {
        if v < 0.0 {
            (1.0 - (v / CROWN_V).powi(2)).max(0.0).sqrt()
        } else {
            let part = (v / CHIN_V).clamp(0.0, 1.0);
            let corner = 1.0 - (1.0 - self.jaw) * step(0.25, 0.85, part);
            corner * (1.0 - part.powi(6)).max(0.0).sqrt()
        }
    }

    fn lit(colour: Colour, light: f32) -> Colour {
        colour.map(|channel| channel * light)
    }

    /// Long hair or the scarf behind the head.
    pub(super) fn behind(&self, u: f32, v: f32, soft: f32) -> (Colour, f32) {
        if self.has_scarf {
            let share = oval(u, v, (0.0, -0.1), (1.32, 1.68), soft).max(
                step(0.0, 0.3, v)
                    * step(1.28 + 0.36 * v + soft, 1.28 + 0.36 * v - soft, u.abs())
                    * step(3.1, 2.9, v),
            );
            return (Self::lit(self.scarf, 0.82 - 0.12 * u.abs()), share);
        }
        if !self.has_long_hair {
            return (self.hair, 0.0);
        }
        let wave = 0.05 * (cloud(self.seed, u * 4.0, v * 3.0) - 0.5);
        let share = oval(u, v, (0.0, -0.25), (1.26 + wave, 1.42), soft).max(
            step(-0.4, -0.2, v)
                * step(1.24 + wave + soft, 1.24 + wave - soft, u.abs())
                * step(2.05, 1.8, v + 2.0 * wave),
        );
        (Self::lit(self.hair, 0.8 + 0.4 * cloud(self.seed, u * 22.0, v * 2.0)), share)
    }

    /// Clothes.
    pub(super) fn shoulders(&self, u: f32, v: f32, soft: f32) -> (Colour, f32) {
        let top = 2.02 + 0.16 * u.abs().powf(1.6);
        let share = step(top - soft, top + soft + 0.02, v) * step(2.55, 2.45, u.abs() - 0.1 * v);
        let fold = 0.9 + 0.12 * cloud(self.seed ^ 2, u * 3.0, v * 2.0) - 0.05 * u.abs();
        let collar = glow(u.abs(), v, (0.45 + 0.2 * (v - 2.1), 2.2), (0.10, 0.35));
        (Self::lit(self.cloth, fold - 0.14 * collar), share)
    }

    /// Neck, in the shadow of the chin.
    pub(super) fn neck(&self, u: f32, v: f32, soft: f32) -> (Colour, f32) {
        let half = 0.58 + 0.10 * step(1.3, 2.3, v);
        let low = 2.28 - 0.35 * (u / 0.6).powi(2);
        let share = step(half + soft, half - soft, u.abs()) * step(low + soft, low - soft, v);
        let shadow = 0.92 - 0.30 * step(1.75, 1.25, v) - 0.22 * (u / half).powi(2);
        (Self::lit(self.skin, shadow), share)
    }

    /// Ears.
    pub(super) fn ears(&self, u: f32, v: f32, soft: f32) -> (Colour, f32) {
        if self.has_scarf {
            return (self.skin, 0.0);
        }
        let share = oval(u.abs(), v, (1.0, -0.08), (0.14, 0.30), 4.0 * soft);
        let inside = glow(u.abs(), v, (1.02, -0.06), (0.05, 0.16));
        (Self::lit(self.skin, 0.86 - 0.28 * inside), share)
    }

    /// The face with everything in it.
    pub(super) fn face(&self, u: f32, v: f32, soft: f32) -> (Colour, f32) {
        let half = self.half_width(v);
        let share = if half <= 0.0 { 0.0 } else { step(half + soft, half - soft, u.abs()) };
        if share <= 0.0 {
            return (self.skin, 0.0);
        }
        let mut colour = Self::lit(self.skin, self.relief(u, v));
        let blush = glow(u.abs(), v, (0.52, 0.28), (0.24, 0.2));
        colour = mix(colour, [196.0, 110.0, 92.0], 0.13 * blush);
        colour = self.nose_holes(colour, u, v);
        colour = self.mouth_at(colour, u, v, soft);
        colour = self.brows(colour, u, v, soft);
        for side in [-1.0, 1.0] {
            colour = self.eye(colour, side * u - self.eyes_apart, v - EYE_V, side, soft);
        }
        let stubble = self.moustache * (cloud(self.seed ^ 4, u * 60.0, v * 60.0) * 0.5 + 0.6);
        let lip = glow(u, v, (0.0, MOUTH_V - 0.17), (0.36, 0.07));
        let chin = 0.55 * glow(u, v, (0.0, CHIN_V - 0.16), (0.34, 0.13));
        (mix(colour, self.hair, stubble * lip.max(chin)), share)
    }

    /// Light on the skin: a rounded head, eye hollows, the ridge of the nose, cheeks, chin.
    fn relief(&self, u: f32, v: f32) -> f32 {
        let half = self.half_width(v).max(0.05);
        let edge = (u / half).powi(2);
        let mut light = 1.08 - 0.26 * edge.powf(1.4) - 0.10 * step(0.6, 1.3, v) - 0.08 * step(-0.8, -1.4, v);
        light += 0.06 * glow(u, v, (-0.1, -0.78), (0.6, 0.26));
        light -= 0.30 * glow(u.abs(), v, (self.eyes_apart - 0.03, EYE_V - 0.02), (0.27, 0.15));
        light -= 0.12 * glow(u.abs(), v, (0.17, EYE_V + 0.02), (0.07, 0.22));
        light += 0.11 * glow(u, v, (0.0, 0.02), (0.075, 0.36));
        light -= 0.13 * glow(u.abs(), v, (0.17, 0.16), (0.07, 0.22));
        light += 0.10 * glow(u, v, (0.0, 0.27), (0.10, 0.09));
        light -= 0.24 * glow(u, v, (0.0, 0.44), (self.nose * 0.95, 0.05));
        light += 0.07 * glow(u.abs(), v, (0.50, 0.16), (0.22, 0.18));
        light -= 0.10 * glow(u, v, (0.0, MOUTH_V + 0.19), (0.26, 0.05));
        light += 0.05 * glow(u, v, (0.0, CHIN_V - 0.25), (0.2, 0.12));
        // The fold from nose to mouth deepens with age.
        let fold =
            (0.05 + 0.0022 * self.age) * glow(u.abs() - 0.18 * (v - 0.35), v, (0.31, 0.5), (0.035, 0.2));
        let lines = step(40.0, 75.0, self.age)
            * 0.05
            * ((v * 52.0 + u * 2.0).sin() * glow(u, v, (0.0, -0.78), (0.5, 0.16)));
        light - fold + lines + 0.05 * (cloud(self.seed ^ 3, u * 42.0, v * 42.0) - 0.5)
    }

    fn nose_holes(&self, colour: Colour, u: f32, v: f32) -> Colour {
        let hole = glow(u.abs(), v, (self.nose * 0.42, 0.405), (0.055, 0.03));
        let wing = glow(u.abs(), v, (self.nose * 0.95, 0.33), (0.03, 0.075));
        let colour = mix(colour, [52.0, 28.0, 22.0], 0.8 * hole);
        mix(colour, Self::lit(self.skin, 0.62), 0.55 * wing)
    }

    fn mouth_at(&self, colour: Colour, u: f32, v: f32, soft: f32) -> Colour {
        let across = (u / self.mouth).clamp(-1.2, 1.2);
        let line = MOUTH_V + 0.02 * (across * across);
        let upper = 0.085 * (1.0 - across * across).max(0.0) * (1.0 - 0.35 * (-(u / 0.07).powi(2)).exp());
        let lower = 0.125 * (1.0 - across * across).max(0.0).sqrt();
        let inside = step(line - upper - 2.0 * soft, line - upper + 2.0 * soft, v)
            * step(line + lower + 2.0 * soft, line + lower - 2.0 * soft, v)
            * step(1.04, 0.94, across.abs());
        let shade =
            0.86 + 0.24 * glow(u, v, (0.0, line + 0.07), (0.2, 0.035)) - 0.14 * step(line, line - 0.05, v);
        let colour = mix(colour, Self::lit(self.lips, shade), inside);
        let gap = (-((v - line) / 0.016).powi(2)).exp() * step(1.06, 0.92, across.abs());
        mix(colour, [58.0, 26.0, 24.0], 0.85 * gap)
    }

    fn brows(&self, colour: Colour, u: f32, v: f32, soft: f32) -> Colour {
        let along = (u.abs() - 0.17) / 0.52;
        if !(-0.1..=1.1).contains(&along) {
            return colour;
        }
        let middle = EYE_V - 0.26 - 0.10 * (1.0 - (along - 0.62).powi(2) / 0.4) + 0.03;
        let thick = self.brow * (1.1 - 0.75 * along) + soft;
        let hair = 0.75 + 0.25 * cloud(self.seed ^ 5, u * 70.0, v * 24.0);
        let share = step(1.25, 0.55, ((v - middle) / thick).abs())
            * step(-0.08, 0.05, along)
            * step(1.06, 0.85, along);
        mix(colour, self.hair, 0.88 * share * hair)
    }

    /// One eye; u from its middle, outwards positive.
    fn eye(&self, colour: Colour, u: f32, v: f32, side: f32, soft: f32) -> Colour {
        let half = self.eye_size;
        let along = u / half;
        if along.abs() > 1.35 || v.abs() > 0.35 {
            return colour;
        }
        let arch = (1.0 - along * along).max(0.0);
        let slant = -0.018 * along;
        let upper = slant - 0.098 * arch.powf(0.72);
        let lower = slant + 0.062 * arch.powf(0.9);
        if self.eyes_are_closed {
            let lash = (-((v - lower) / 0.020).powi(2)).exp() * step(1.15, 0.9, along.abs());
            return mix(colour, [34.0, 24.0, 22.0], 0.8 * lash);
        }
        let open = step(upper - soft, upper + soft, v)
            * step(lower + soft, lower - soft, v)
            * step(1.02, 0.97, along.abs());
        let mut ball = [226.0, 220.0, 214.0].map(|channel: f32| channel * (0.95 - 0.24 * along * along));
        ball = mix(ball, [70.0, 60.0, 56.0], 0.5 * step(0.05, 0.0, v - upper));
        let iris = oval(u, v, (0.0, -0.015), (0.098, 0.098), 6.0 * soft);
        let ring = ((u * u + (v + 0.015).powi(2)).sqrt() / 0.098).clamp(0.0, 1.0);
        ball = mix(ball, Self::lit([74.0, 46.0, 32.0], 1.15 - 0.55 * ring.powi(4)), iris);
        ball = mix(ball, [12.0, 10.0, 10.0], oval(u, v, (0.0, -0.015), (0.042, 0.042), 8.0 * soft));
        ball = mix(ball, [255.0, 255.0, 255.0], 0.9 * glow(side * u, v, (-0.028, -0.048), (0.017, 0.017)));
        let colour = mix(colour, ball, open);
        let lash = (-((v - upper) / 0.022).powi(2)).exp() * step(1.18, 0.95, along.abs());
        let crease = (-((v - upper + 0.075) / 0.016).powi(2)).exp() * step(1.2, 0.7, along.abs());
        let under = (-((v - lower) / 0.014).powi(2)).exp() * step(1.1, 0.9, along.abs());
        let colour = mix(colour, Self::lit(self.skin, 0.55), 0.6 * crease);
        let colour = mix(colour, Self::lit(self.skin, 0.5), 0.45 * under);
        mix(colour, [24.0, 18.0, 16.0], 0.92 * lash)
    }

    /// Hair over the forehead, or the scarf round the face.
    pub(super) fn front(&self, u: f32, v: f32, soft: f32) -> (Colour, f32) {
        if self.has_scarf {
            let opening = oval(u, v, (0.0, 0.12), (0.97, 1.22), soft);
            let outer = oval(u, v, (0.0, -0.1), (1.30, 1.62), soft).max(
                step(0.2, 0.6, v)
                    * step(1.15 + 0.3 * v + soft, 1.15 + 0.3 * v - soft, u.abs())
                    * step(2.9, 2.6, v + 0.3 * u.abs()),
            );
            let rim = glow(
                ((u / 0.97).powi(2) + ((v - 0.12) / 1.22).powi(2)).sqrt(),
                0.0,
                (1.03, 0.0),
                (0.05, 1.0),
            );
            let fold =
                0.96 + 0.16 * (cloud(self.seed ^ 6, u * 2.2, v * 5.0) - 0.5) - 0.12 * u.abs() - 0.2 * rim;
            return (Self::lit(self.scarf, fold), outer * (1.0 - opening));
        }
        let strand = cloud(self.seed ^ 7, u * 30.0 + v * 6.0, v * 3.0);
        let line = self.hairline
            + 0.62 * (u.abs() / 1.0).powf(2.6)
            + 0.05 * (cloud(self.seed ^ 8, u * 7.0, 0.0) - 0.5);
        let cap = oval(u, v, (0.0, -0.32), (1.10, 1.34), soft);
        let share = cap * step(line + 0.05, line - 0.05, v) * step(-0.05, -0.2, v);
        let light = 0.75 + 0.55 * strand + 0.5 * glow(u, v, (-0.25, -1.3), (0.5, 0.16));
        (Self::lit(self.hair, light), share)
    }
}
