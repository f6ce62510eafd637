//! Chance of a run, all of it from one seed.

pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x5851_f42d_4c95_7f2d)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From `low` to below `high`.
    pub(crate) fn range(&mut self, low: u64, high: u64) -> u64 {
        if high <= low { low } else { low + self.next() % (high - low) }
    }

    /// The same, small and large alike: every doubling is as likely.
    pub(crate) fn spread(&mut self, low: u64, high: u64) -> u64 {
        let doublings = 64 - (high / low.max(1)).leading_zeros();
        let low = low << self.range(0, u64::from(doublings.max(1)));
        self.range(low, (low * 2).min(high.max(low + 1)))
    }

    /// True `parts` times in a thousand.
    pub(crate) fn in_thousand(&mut self, parts: u64) -> bool {
        self.next() % 1_000 < parts
    }

    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[(self.next() % choices.len() as u64) as usize]
    }
}
