//! Numbers an office gives: blocks handed out beforehand, so that two stations offline never give the same one.

use thiserror::Error;

use crate::effect::Series;

mod format;
mod given;

pub use format::{FormatError, NumberFormat, NumberParts};
pub use given::{BlockRefusal, GivenBlock, GivenBlocks, RefusedBlock};

/// A run of numbers that belongs to one station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberBlock {
    series: Series,
    year: i16,
    first: u32,
    last: u32,
    next: Option<u32>,
    voided: Vec<u32>,
}

/// A number that was given. It is never given again, also when it is voided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GivenNumber {
    /// The series.
    pub series: Series,
    /// The year it counts in.
    pub year: i16,
    /// The number.
    pub number: u32,
}

/// Why a block cannot do what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NumberError {
    /// First is zero or after last.
    #[error("the block is empty or starts at zero")]
    EmptyBlock,
    /// No number is left.
    #[error("no number is left in the block")]
    Exhausted,
    /// The block belongs to another year: numbering starts again at one.
    #[error("the block is for the year {block}, not {asked}")]
    WrongYear {
        /// The year of the block.
        block: i16,
        /// The year asked for.
        asked: i16,
    },
    /// This number was not given from this block.
    #[error("number {0} was not given from this block")]
    NotGiven(u32),
    /// This number is already voided.
    #[error("number {0} is already void")]
    AlreadyVoid(u32),
    /// Two blocks hold the same numbers.
    #[error("the numbers {first} to {last} are in two blocks")]
    Overlap {
        /// First number both hold.
        first: u32,
        /// Last number both hold.
        last: u32,
    },
}

impl NumberBlock {
    /// A fresh block.
    ///
    /// # Errors
    /// `EmptyBlock` when it holds nothing or starts at zero.
    pub const fn new(series: Series, year: i16, first: u32, last: u32) -> Result<Self, NumberError> {
        if first == 0 || first > last {
            return Err(NumberError::EmptyBlock);
        }
        Ok(Self { series, year, first, last, next: Some(first), voided: Vec::new() })
    }

    /// Gives the next number.
    ///
    /// # Errors
    /// `WrongYear` after New Year, `Exhausted` when none is left.
    pub fn take(&mut self, year: i16) -> Result<GivenNumber, NumberError> {
        if year != self.year {
            return Err(NumberError::WrongYear { block: self.year, asked: year });
        }
        let number = self.next.ok_or(NumberError::Exhausted)?;
        self.next = number.checked_add(1).filter(|next| *next <= self.last);
        Ok(GivenNumber { series: self.series, year, number })
    }

    /// Voids a number that was given. The number stays used.
    ///
    /// # Errors
    /// `NotGiven` when it never was, `AlreadyVoid` when it is void already.
    pub fn void(&mut self, number: u32) -> Result<(), NumberError> {
        if number < self.first || number > self.last || self.next.is_some_and(|next| number >= next) {
            return Err(NumberError::NotGiven(number));
        }
        if self.voided.contains(&number) {
            return Err(NumberError::AlreadyVoid(number));
        }
        self.voided.push(number);
        Ok(())
    }

    /// Checks that this block and another do not hold the same numbers.
    ///
    /// # Errors
    /// `Overlap` with the numbers both hold.
    pub fn check_apart(&self, other: &Self) -> Result<(), NumberError> {
        let first = self.first.max(other.first);
        let last = self.last.min(other.last);
        if self.series == other.series && self.year == other.year && first <= last {
            return Err(NumberError::Overlap { first, last });
        }
        Ok(())
    }

    /// How many numbers are left.
    #[must_use]
    pub fn left(&self) -> u32 {
        self.next.map_or(0, |next| (self.last - next).saturating_add(1))
    }

    /// Whether a new block should be asked for: a tenth or less is left.
    #[must_use]
    pub fn is_nearly_exhausted(&self) -> bool {
        self.left() <= (self.last - self.first) / WARN_AT_ONE_OF
    }

    /// The series.
    #[must_use]
    pub const fn series(&self) -> Series {
        self.series
    }

    /// The year.
    #[must_use]
    pub const fn year(&self) -> i16 {
        self.year
    }

    /// First and last number.
    #[must_use]
    pub const fn range(&self) -> (u32, u32) {
        (self.first, self.last)
    }

    /// The next number, if one is left.
    #[must_use]
    pub const fn upcoming(&self) -> Option<u32> {
        self.next
    }

    /// The numbers voided, in the order they were.
    #[must_use]
    pub fn voided(&self) -> &[u32] {
        &self.voided
    }

    /// A block as it was stored.
    ///
    /// # Errors
    /// `EmptyBlock` for an impossible range, `NotGiven` when a stored number lies outside of what was given.
    pub fn restore(
        series: Series,
        year: i16,
        (first, last): (u32, u32),
        next: Option<u32>,
        voided: &[u32],
    ) -> Result<Self, NumberError> {
        let mut block = Self::new(series, year, first, last)?;
        if let Some(outside) = next.filter(|next| *next < first || *next > last) {
            return Err(NumberError::NotGiven(outside));
        }
        block.next = next;
        for number in voided {
            block.void(*number)?;
        }
        Ok(block)
    }
}

/// A tenth: at forty letters a day a block of a thousand then still lasts two days.
const WARN_AT_ONE_OF: u32 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_each_number_once_and_keeps_a_void_one() {
        let mut block = NumberBlock::new(Series::Letter, 2026, 11, 13).unwrap();
        assert_eq!(block.take(2026).unwrap().number, 11);
        block.void(11).unwrap();
        assert_eq!(block.void(11), Err(NumberError::AlreadyVoid(11)));
        assert_eq!(block.void(12), Err(NumberError::NotGiven(12)));
        assert_eq!(block.take(2027), Err(NumberError::WrongYear { block: 2026, asked: 2027 }));
        assert_eq!((block.take(2026).unwrap().number, block.take(2026).unwrap().number), (12, 13));
        assert_eq!(block.take(2026), Err(NumberError::Exhausted));
        assert!(block.is_nearly_exhausted());
        let again = NumberBlock::restore(Series::Letter, 2026, (11, 13), None, &[11]).unwrap();
        assert_eq!(again, block);
    }

    #[test]
    fn ends_at_the_largest_number() {
        let mut block = NumberBlock::new(Series::Card, 2026, u32::MAX, u32::MAX).unwrap();
        assert!(block.take(2026).is_ok());
        assert_eq!(block.take(2026), Err(NumberError::Exhausted));
    }

    #[test]
    fn names_the_numbers_two_blocks_share() {
        let a = NumberBlock::new(Series::Letter, 2026, 1, 100).unwrap();
        let b = NumberBlock::new(Series::Letter, 2026, 90, 200).unwrap();
        let next_year = NumberBlock::new(Series::Letter, 2027, 1, 100).unwrap();
        assert_eq!(a.check_apart(&b), Err(NumberError::Overlap { first: 90, last: 100 }));
        assert_eq!(a.check_apart(&next_year), Ok(()));
        assert_eq!(NumberBlock::new(Series::Letter, 2026, 5, 4), Err(NumberError::EmptyBlock));
    }
}
