//! Which cell of a row is which: found by the titles, in any order.

use super::cell::is_blank;
use super::{RosterField, RosterProblem, Row};

/// A row with fewer known titles is a row of something else: single words of a person's row can look like a title.
const TITLES_MIN: usize = 4;
/// Digits from which on a number is not the running number of a person.
const LONG_NUMBER_DIGITS: usize = 10;
/// Digits left of a long number that a spreadsheet wrote with an exponent.
const EXPONENT_DIGITS: usize = 4;

/// The place of every column that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns(Vec<Option<usize>>);

impl Columns {
    /// Reads the titles; `None` if this is no row of titles.
    pub(super) fn find(row: &Row) -> Result<Option<Self>, RosterProblem> {
        // No title has a digit, and every person and family has many: this spares the long comparison below.
        if row.cells.iter().any(|cell| cell.bytes().any(|byte| byte.is_ascii_digit())) {
            return Ok(None);
        }
        let titles = || {
            let cells = row.cells.iter().enumerate();
            cells.filter_map(|(place, cell)| Some((RosterField::titled(cell)?, place)))
        };
        if titles().count() < TITLES_MIN {
            return Ok(None);
        }
        let mut places = vec![None; RosterField::ALL.len()];
        for (field, place) in titles() {
            let known = places.get_mut(field as usize);
            if known.is_some_and(|known| known.replace(place).is_some()) {
                return Err(RosterProblem::ColumnTwice { place: row.place, field });
            }
        }
        let columns = Self(places);
        match RosterField::NEEDED.into_iter().find(|field| !columns.has(*field)) {
            Some(field) => Err(RosterProblem::ColumnMissing { place: row.place, field }),
            None => Ok(Some(columns)),
        }
    }

    /// Whether there is such a column.
    pub(super) fn has(&self, field: RosterField) -> bool {
        self.place(field).is_some()
    }

    /// Columns that the list does not have.
    pub(super) fn absent(&self) -> Vec<RosterField> {
        let columns = RosterField::ALL.iter().copied().filter(|field| !field.titles().is_empty());
        columns.filter(|field| !self.has(*field)).collect()
    }

    fn place(&self, field: RosterField) -> Option<usize> {
        self.0.get(field as usize).copied().flatten()
    }

    /// The cell of a column; empty where the row ends before it.
    pub(super) fn cell<'r>(&self, row: &'r Row, field: RosterField) -> &'r str {
        self.place(field).and_then(|place| row.cells.get(place)).map_or("", String::as_str)
    }

    /// The place of the cell that holds the number of a family card in the row of a family.
    pub(super) fn family_place(&self) -> usize {
        self.place(RosterField::Number).unwrap_or(0)
    }

    /// Whether a family begins: a long number where people have their running number, and no name.
    pub(super) fn begins_family(&self, row: &Row) -> bool {
        let number = row.cells.get(self.family_place()).map_or("", String::as_str);
        is_blank(self.cell(row, RosterField::FullName)) && is_long_number(number)
    }

    /// Whether somebody stands in this row.
    pub(super) fn holds_person(&self, row: &Row) -> bool {
        [RosterField::FullName, RosterField::Nik].iter().any(|field| !is_blank(self.cell(row, *field)))
    }

    /// Whether the row holds nothing but the rest of a status.
    pub(super) fn is_spilled(&self, row: &Row) -> bool {
        let of_status = [self.place(RosterField::Status), self.place(RosterField::RecordingStatus)];
        let elsewhere =
            |(place, cell): (usize, &String)| !is_blank(cell) && !of_status.contains(&Some(place));
        !row.cells.iter().enumerate().any(elsewhere)
    }
}

/// Whether it is a number of a person or family, or what a spreadsheet left of one.
pub(super) fn is_long_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let has_exponent = text.split_once(['E', 'e']).is_some_and(|(mantissa, exponent)| {
        mantissa.ends_with(|last: char| last.is_ascii_digit()) && exponent.starts_with(['+', '1'])
    });
    digits >= LONG_NUMBER_DIGITS || (has_exponent && digits >= EXPONENT_DIGITS)
}
