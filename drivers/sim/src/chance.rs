//! Chance that is always the same for a seed.
//!
//! Written here instead of taken from a library, because a seed must draw the same person in every later version.

/// A source of numbers that a seed and a purpose determine.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    /// The numbers of a seed for one purpose; other purposes of the same seed get others.
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        let mut state = seed ^ 0x9e37_79b9_7f4a_7c15;
        for byte in purpose.bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        let mut chance = Self(state);
        chance.next();
        chance
    }

    /// The same, for the n-th time something is done for that purpose.
    pub(crate) fn nth(seed: u64, purpose: &str, number: u64) -> Self {
        let mut chance = Self::new(seed ^ number.wrapping_mul(0xd6e8_feb8_6659_fd93), purpose);
        chance.next();
        chance
    }

    /// Any number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to, but not including, 1.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / 16_777_216.0
    }

    /// From `low` to `high`.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Around 0, mostly within ±1, never beyond ±3: the sum of four draws, which is bell shaped enough here.
    pub(crate) fn bell(&mut self) -> f32 {
        let bits = self.next();
        let sum: u64 = (0..4).map(|part| (bits >> (16 * part)) & 0xffff).sum();
        (sum as f32 / 65_536.0 - 2.0) * 1.5
    }

    /// A whole number from `low` to `high`, both included.
    pub(crate) fn whole(&mut self, low: i32, high: i32) -> i32 {
        let span = u64::try_from(i64::from(high) - i64::from(low) + 1).unwrap_or(1);
        low + i32::try_from(self.next() % span).unwrap_or(0)
    }

    /// One of the list.
    pub(crate) fn pick<T: Copy>(&mut self, list: &[T], otherwise: T) -> T {
        let length = u64::try_from(list.len()).unwrap_or(1).max(1);
        usize::try_from(self.next() % length).ok().and_then(|at| list.get(at)).copied().unwrap_or(otherwise)
    }

    /// True in `percent` of a hundred draws.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }
}

/// A number from 0 to 1 that a place of a grid always gets: noise that needs no memory.
pub(crate) fn grain(seed: u64, x: i32, y: i32) -> f32 {
    let place = (u64::from(x.cast_unsigned()) << 32) | u64::from(y.cast_unsigned());
    let mut mixed = (seed ^ place).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed >> 40) as f32 / 16_777_216.0
}

/// Smooth noise from 0 to 1 with a grain of one unit.
pub(crate) fn cloud(seed: u64, x: f32, y: f32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let (dx, dy) = (x - left, y - top);
    let (column, row) = (left as i32, top as i32);
    let upper = grain(seed, column, row) * (1.0 - dx) + grain(seed, column + 1, row) * dx;
    let lower = grain(seed, column, row + 1) * (1.0 - dx) + grain(seed, column + 1, row + 1) * dx;
    upper * (1.0 - dy) + lower * dy
}
