//! Pixels while they are drawn: floats, 0 black to 255 white, every access held inside the picture.

/// One channel.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plane {
    width: usize,
    height: usize,
    pixels: Vec<f32>,
}

impl Plane {
    /// A plane of one value.
    pub(crate) fn filled(width: usize, height: usize, value: f32) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        Self { width, height, pixels: vec![value; width * height] }
    }

    /// A plane whose every pixel is computed.
    pub(crate) fn from_fn(width: usize, height: usize, mut value: impl FnMut(usize, usize) -> f32) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            pixels.extend((0..width).map(|x| value(x, y)));
        }
        Self { width, height, pixels }
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    /// The pixel nearest to this place.
    #[expect(
        clippy::indexing_slicing,
        reason = "both coordinates are clamped to the size the constructor gave"
    )]
    pub(crate) fn at(&self, x: i32, y: i32) -> f32 {
        let x = usize::try_from(x).unwrap_or(0).min(self.width - 1);
        let y = usize::try_from(y).unwrap_or(0).min(self.height - 1);
        self.pixels[y * self.width + x]
    }

    /// Between pixels, straight.
    pub(crate) fn linear(&self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (dx, dy) = (x - left, y - top);
        let (left, top) = (left as i32, top as i32);
        let upper = self.at(left, top) * (1.0 - dx) + self.at(left + 1, top) * dx;
        let lower = self.at(left, top + 1) * (1.0 - dx) + self.at(left + 1, top + 1) * dx;
        upper * (1.0 - dy) + lower * dy
    }

    /// Between pixels, smooth: a wave of four pixels keeps its shape.
    pub(crate) fn smooth(&self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (across, down) = (weights(x - left), weights(y - top));
        let (left, top) = (left as i32, top as i32);
        if let Some(rows) = self.block(left - 1, top - 1) {
            let line =
                |row: &[f32]| -> f32 { row.iter().zip(across).map(|(pixel, weight)| pixel * weight).sum() };
            return rows.into_iter().zip(down).map(|(row, weight)| weight * line(row)).sum();
        }
        let mut sum = 0.0;
        for (step_y, weight_y) in (-1..).zip(down) {
            let mut line = 0.0;
            for (step_x, weight_x) in (-1..).zip(across) {
                line += weight_x * self.at(left + step_x, top + step_y);
            }
            sum += weight_y * line;
        }
        sum
    }

    /// Four rows of four pixels; nothing if they reach over the edge.
    fn block(&self, left: i32, top: i32) -> Option<[&[f32]; 4]> {
        let (left, top) = (usize::try_from(left).ok()?, usize::try_from(top).ok()?);
        if left + 4 > self.width || top + 4 > self.height {
            return None;
        }
        let row = |y: usize| self.pixels.get(y * self.width + left..y * self.width + left + 4);
        Some([row(top)?, row(top + 1)?, row(top + 2)?, row(top + 3)?])
    }

    /// Changes every pixel of a rectangle, as far as it lies inside.
    pub(crate) fn change(&mut self, area: Rect, mut change: impl FnMut(i32, i32, &mut f32)) {
        let (xs, ys) = area.within(self.width, self.height);
        for (y, row) in self.pixels.chunks_exact_mut(self.width).enumerate().skip(ys.0).take(ys.1) {
            for (x, pixel) in row.iter_mut().enumerate().skip(xs.0).take(xs.1) {
                change(x as i32, y as i32, pixel);
            }
        }
    }

    /// Lays another plane over this one; what leaves the picture is cut off.
    pub(crate) fn lay(&mut self, other: &Plane, left: usize, top: usize) {
        let width = other.width;
        for (row, from) in
            self.pixels.chunks_exact_mut(self.width).skip(top).zip(other.pixels.chunks_exact(width))
        {
            for (pixel, value) in row.iter_mut().skip(left).zip(from) {
                *pixel = *value;
            }
        }
    }

    /// Eight bits a pixel.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.pixels.iter().map(|value| value.clamp(0.0, 255.0) as u8).collect()
    }
}

/// Weights of four neighbours for a smooth curve through them (Catmull and Rom).
fn weights(t: f32) -> [f32; 4] {
    let (square, cube) = (t * t, t * t * t);
    [
        0.5 * (-cube + 2.0 * square - t),
        0.5 * (3.0 * cube - 5.0 * square + 2.0),
        0.5 * (-3.0 * cube + 4.0 * square + t),
        0.5 * (cube - square),
    ]
}

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rect {
    pub(crate) left: f32,
    pub(crate) top: f32,
    pub(crate) right: f32,
    pub(crate) bottom: f32,
}

impl Rect {
    /// First and count of the columns and rows that lie inside a picture.
    fn within(self, width: usize, height: usize) -> ((usize, usize), (usize, usize)) {
        let span = |low: f32, high: f32, size: usize| {
            let low = (low.floor().max(0.0) as usize).min(size);
            let high = (high.ceil().max(0.0) as usize).min(size);
            (low, high.saturating_sub(low))
        };
        (span(self.left, self.right, width), span(self.top, self.bottom, height))
    }
}

/// A colour: red, green, blue.
pub(crate) type Colour = [f32; 3];

/// Three channels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Painting {
    width: usize,
    height: usize,
    pixels: Vec<Colour>,
}

impl Painting {
    /// A picture of one colour.
    pub(crate) fn filled(width: usize, height: usize, colour: Colour) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        Self { width, height, pixels: vec![colour; width * height] }
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    /// Mixes a colour over every pixel of a rectangle, by the share (0 to 1) that `ink` gives.
    pub(crate) fn paint(&mut self, area: Rect, mut ink: impl FnMut(f32, f32) -> (Colour, f32)) {
        let (xs, ys) = area.within(self.width, self.height);
        for (y, row) in self.pixels.chunks_exact_mut(self.width).enumerate().skip(ys.0).take(ys.1) {
            for (x, pixel) in row.iter_mut().enumerate().skip(xs.0).take(xs.1) {
                let (colour, share) = ink(x as f32, y as f32);
                if share > 0.0 {
                    for (own, new) in pixel.iter_mut().zip(colour) {
                        *own += (new - *own) * share.min(1.0);
                    }
                }
            }
        }
    }

    /// Adds the same to all channels of every pixel.
    pub(crate) fn brighten(&mut self, mut by: impl FnMut(i32, i32) -> f32) {
        for (y, row) in (0..).zip(self.pixels.chunks_exact_mut(self.width)) {
            for (x, pixel) in (0..).zip(row) {
                let added = by(x, y);
                for channel in pixel {
                    *channel += added;
                }
            }
        }
    }

    /// The whole picture as a rectangle.
    pub(crate) fn area(&self) -> Rect {
        Rect { left: 0.0, top: 0.0, right: self.width as f32, bottom: self.height as f32 }
    }

    /// Eight bits a channel.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.pixels.iter().flatten().map(|value| value.clamp(0.0, 255.0) as u8).collect()
    }
}

/// 0 below `low`, 1 above `high`, smooth between; turned round when `low` is the larger.
pub(crate) fn step(low: f32, high: f32, value: f32) -> f32 {
    let t = ((value - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
