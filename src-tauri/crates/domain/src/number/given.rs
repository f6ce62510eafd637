//! Blocks as the office gives them: a CSV file `series,year,first,last`, judged line by line.

use super::{NumberBlock, NumberError};
use crate::effect::Series;
use crate::text::{Language, text};

/// Most lines of such a file: a handful of series for a few years, in many small blocks.
const LINES_MAX: usize = 10_000;
/// The years a block can be for; others are typing mistakes.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2199;

crate::word::words! {
    /// Why a line of a file of blocks was refused.
    pub enum BlockRefusal {
        /// The first line does not name the four columns.
        HeaderMissing => "block_header_missing",
        /// The line is not readable as CSV.
        LineUnreadable => "block_line_unreadable",
        /// There is no such series.
        SeriesUnknown => "block_series_unknown",
        /// No year, or none a block can be for.
        YearUnreadable => "block_year_unreadable",
        /// First and last are no range of numbers.
        RangeUnreadable => "block_range_unreadable",
        /// It shares numbers with a block that is there, or stands above.
        Overlaps => "block_overlaps",
        /// More lines than any such file; the rest was left out.
        TooManyLines => "block_too_many_lines",
    }
}

/// A line that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedBlock {
    /// Number of the line in the file, from 1.
    pub line: u64,
    /// Why.
    pub refusal: BlockRefusal,
    /// First and last number that two blocks share.
    pub shared: Option<(u32, u32)>,
}

impl RefusedBlock {
    /// The sentence a person reads.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let (first, last) = self.shared.unwrap_or_default();
        let (line, first, last) = (self.line.to_string(), first.to_string(), last.to_string());
        let values = [("line", line.as_str()), ("first", &first), ("last", &last)];
        text(language, &format!("finding.{}", self.refusal.word()), &values)
    }
}

/// A block with the line that gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenBlock {
    /// Number of the line in the file, from 1.
    pub line: u64,
    /// The block.
    pub block: NumberBlock,
}

/// What a file of blocks gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GivenBlocks {
    /// Blocks that are new.
    pub new: Vec<GivenBlock>,
    /// How many were there already, to the number.
    pub known: usize,
    /// Lines that were refused.
    pub refused: Vec<RefusedBlock>,
}

impl GivenBlocks {
    /// Reads a file beside the blocks that are there. `lines_above` are those above the header.
    #[must_use]
    pub fn read(csv: &str, lines_above: u64, present: &[NumberBlock]) -> Self {
        let mut blocks = Self::default();
        let first_line = csv.lines().next().unwrap_or_default();
        let semicolons = first_line.matches(';').count() > first_line.matches(',').count();
        let mut columns = None;
        for (number, line) in (lines_above + 1..).zip(csv.lines()) {
            if line.trim().is_empty() {
                continue;
            }
            let cells: Vec<&str> = line
                .split(if semicolons { ';' } else { ',' })
                .map(|cell| cell.trim().trim_matches('"').trim())
                .collect();
            let Some(known) = columns else {
                columns = Columns::read(&cells);
                if columns.is_none() {
                    break;
                }
                continue;
            };
            if blocks.new.len() + blocks.known + blocks.refused.len() >= LINES_MAX {
                blocks.refuse(number, BlockRefusal::TooManyLines);
                break;
            }
            match known.block(&cells) {
                Err(refusal) => blocks.refuse(number, refusal),
                Ok(block) => blocks.take(number, block, present),
            }
        }
        if columns.is_none() {
            blocks.refuse(lines_above + 1, BlockRefusal::HeaderMissing);
        }
        blocks
    }

    fn refuse(&mut self, line: u64, refusal: BlockRefusal) {
        self.refused.push(RefusedBlock { line, refusal, shared: None });
    }

    fn take(&mut self, line: u64, block: NumberBlock, present: &[NumberBlock]) {
        let is_same = |other: &NumberBlock| {
            (other.series(), other.year(), other.range()) == (block.series(), block.year(), block.range())
        };
        if present.iter().any(is_same) {
            self.known += 1;
            return;
        }
        let above = self.new.iter().map(|given| &given.block);
        match present.iter().chain(above).find_map(|other| block.check_apart(other).err()) {
            Some(NumberError::Overlap { first, last }) => {
                let (refusal, shared) = (BlockRefusal::Overlaps, Some((first, last)));
                self.refused.push(RefusedBlock { line, refusal, shared });
            }
            Some(_) | None => self.new.push(GivenBlock { line, block }),
        }
    }
}

#[derive(Clone, Copy)]
struct Columns {
    series: usize,
    year: usize,
    first: usize,
    last: usize,
}

impl Columns {
    fn read(cells: &[&str]) -> Option<Self> {
        let place = |wanted: [&str; 2]| {
            cells.iter().position(|cell| wanted.iter().any(|name| cell.eq_ignore_ascii_case(name)))
        };
        Some(Self {
            series: place(["series", "seri"])?,
            year: place(["year", "tahun"])?,
            first: place(["first", "awal"])?,
            last: place(["last", "akhir"])?,
        })
    }

    fn block(self, cells: &[&str]) -> Result<NumberBlock, BlockRefusal> {
        let cell = |place| cells.get(place).copied().ok_or(BlockRefusal::LineUnreadable);
        let series = Series::from_word(cell(self.series)?).ok_or(BlockRefusal::SeriesUnknown)?;
        let year = cell(self.year)?.parse().ok().filter(|year| YEARS.contains(year));
        let year = year.ok_or(BlockRefusal::YearUnreadable)?;
        let number = |place| cell(place)?.parse::<u32>().map_err(|_| BlockRefusal::RangeUnreadable);
        NumberBlock::new(series, year, number(self.first)?, number(self.last)?)
            .map_err(|_| BlockRefusal::RangeUnreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(first: u32, last: u32) -> NumberBlock {
        NumberBlock::new(Series::Letter, 2026, first, last).unwrap()
    }

    fn refused(blocks: &GivenBlocks) -> Vec<(u64, &'static str)> {
        blocks.refused.iter().map(|refused| (refused.line, refused.refusal.word())).collect()
    }

    #[test]
    fn takes_what_is_new_and_names_every_line_it_refuses() {
        let csv = "series,year,first,last\n\
            letter,2026,1,100\n\
            letter,2026,150,250\n\
            letter,2026,301,400\n\
            letter,2026,400,401\n\
            letter,2027,1,100\n\
            \n\
            ballot,2026,1,9\n\
            card,26,1,9\n\
            card,2026,0,9\n\
            card,2026,9,1\n\
            card,2026,1\n";
        let blocks = GivenBlocks::read(csv, 3, &[block(1, 100), block(101, 200)]);
        assert_eq!(blocks.known, 1);
        assert_eq!(blocks.new.iter().map(|given| given.line).collect::<Vec<_>>(), [7, 9]);
        let expected = [
            (6, "block_overlaps"),
            (8, "block_overlaps"),
            (11, "block_series_unknown"),
            (12, "block_year_unreadable"),
            (13, "block_range_unreadable"),
            (14, "block_range_unreadable"),
            (15, "block_line_unreadable"),
        ];
        assert_eq!(refused(&blocks), expected);
        assert_eq!(blocks.refused[0].shared, Some((150, 200)));
        assert_eq!(blocks.refused[1].shared, Some((400, 400)));
    }

    #[test]
    fn wants_its_four_columns_in_any_order() {
        let blocks = GivenBlocks::read("akhir;awal;tahun;seri\n\"20\";1;2026;card", 0, &[]);
        assert_eq!(blocks.new[0].block.range(), (1, 20));
        for wrong in ["", "series,year,first\n", "letter,2026,1,100\n"] {
            assert_eq!(refused(&GivenBlocks::read(wrong, 2, &[])), [(3, "block_header_missing")], "{wrong}");
        }
        let many = format!("series,year,first,last\n{}", "x\n".repeat(LINES_MAX + 5));
        assert_eq!(GivenBlocks::read(&many, 0, &[]).refused.len(), LINES_MAX + 1);
    }

    #[test]
    fn every_refusal_has_its_sentence() {
        for refusal in BlockRefusal::ALL {
            for language in Language::ALL {
                let said = RefusedBlock { line: 7, refusal: *refusal, shared: Some((1, 2)) }.text(language);
                assert!(said.contains('7') && !said.contains(['[', '{']), "{said}");
            }
        }
    }
}
