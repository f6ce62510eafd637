//! Rows of a workbook: every sheet that can be seen, cell by cell, after a look at how large it unpacks.

use std::io::{self, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use rekam_domain::roster::{CELLS_MAX, Row, RowPlace};
use zip::ZipArchive;
use zip::result::ZipError;

use super::{HELD_BYTES_MAX, RosterFileError, TakeRow, UNPACKED_BYTES_MAX, cut};

/// Parts of a workbook with pictures and notes are some dozens.
const PARTS_MAX: usize = 1_000;
/// Numbers from here on are written with an exponent, so that the digits which are known can be told from zeros
/// that a spreadsheet put in the place of others.
const EXPONENT_FROM: f64 = 1e15;

/// Reads every row of every sheet that can be seen.
pub(super) fn read(bytes: &[u8], take: &mut TakeRow<'_>) -> Result<(), RosterFileError> {
    measure(bytes)?;
    let mut book: Xlsx<_> = guarded("the list of sheets", || Xlsx::new(Cursor::new(bytes)))?;
    let is_read = |sheet: &&calamine::Sheet| {
        sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible
    };
    let names: Vec<String> =
        book.sheets_metadata().iter().filter(is_read).map(|sheet| sheet.name.clone()).collect();
    for (name, sheet) in names.iter().zip(1_u16..) {
        read_sheet(&mut book, name, sheet, take)?;
    }
    Ok(())
}

/// Unpacks every part once without keeping it: what a workbook says about its own size need not be true.
fn measure(bytes: &[u8]) -> Result<(), RosterFileError> {
    let broken = |_: ZipError| RosterFileError::Damaged("the package");
    let mut parts = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if parts.len() > PARTS_MAX {
        return Err(RosterFileError::Damaged("the number of parts"));
    }
    let mut left = UNPACKED_BYTES_MAX;
    for place in 0..parts.len() {
        let part = parts.by_index(place).map_err(broken)?;
        // Sheets are read as a stream, every other part is held in memory.
        let is_streamed = part.name().map_err(broken)?.starts_with("xl/worksheets/");
        let most = if is_streamed { left } else { left.min(HELD_BYTES_MAX) };
        let unpacked = io::copy(&mut part.take(most + 1), &mut io::sink())
            .map_err(|_| RosterFileError::Damaged("a part"))?;
        if unpacked > most {
            return Err(RosterFileError::UnpacksTooBig(if is_streamed { UNPACKED_BYTES_MAX } else { most }));
        }
        left -= unpacked;
    }
    Ok(())
}

fn read_sheet(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    sheet: u16,
    take: &mut TakeRow<'_>,
) -> Result<(), RosterFileError> {
    let mut cells = guarded("a sheet", || book.worksheet_cells_reader(name))?;
    let mut row = Row { place: RowPlace { sheet, row: 0 }, cells: Vec::new() };
    while let Some(cell) = guarded("a cell", || cells.next_cell())? {
        let (at, column) = cell.get_position();
        let Some(text) = text(cell.get_value()) else { continue };
        let number = at.saturating_add(1);
        if number != row.place.row {
            give(&row, take)?;
            row.place.row = number;
            row.cells.clear();
        }
        // One more than allowed is enough to be refused.
        let column = usize::try_from(column).unwrap_or(usize::MAX).min(CELLS_MAX);
        if row.cells.len() <= column {
            row.cells.resize(column + 1, String::new());
        }
        if let Some(place) = row.cells.get_mut(column) {
            *place = text;
        }
    }
    give(&row, take)
}

fn give(row: &Row, take: &mut TakeRow<'_>) -> Result<(), RosterFileError> {
    if row.cells.is_empty() { Ok(()) } else { Ok(take(row)?) }
}

/// The cell as text; nothing for an empty one.
fn text(value: &DataRef<'_>) -> Option<String> {
    let text = match value {
        DataRef::Empty => return None,
        DataRef::SharedString(text) => cut(text),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => cut(text),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::DateTime(moment) => date_text(moment),
        DataRef::Bool(value) => value.to_string(),
        DataRef::Error(error) => error.to_string(),
    };
    (!text.is_empty()).then_some(text)
}

fn number_text(number: f64) -> String {
    if number.abs() >= EXPONENT_FROM { format!("{number:e}") } else { number.to_string() }
}

/// A date without time; anything else stays the number that it is.
fn date_text(moment: &ExcelDateTime) -> String {
    let is_whole_day = moment.as_f64().fract() == 0.0 && moment.as_f64() > 0.0;
    if !moment.is_datetime() || !is_whole_day {
        return number_text(moment.as_f64());
    }
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}

/// Calls the workbook reader, which is known to calculate past its numbers on a damaged file where that is a panic.
/// Nothing of it is used again after that.
fn guarded<T>(
    place: &'static str,
    read: impl FnOnce() -> Result<T, XlsxError>,
) -> Result<T, RosterFileError> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(done) => done.map_err(|error| damaged(&error, place)),
        Err(_) => Err(RosterFileError::Damaged(place)),
    }
}

/// Only the place is told: what the reader complains about may be what stands in a cell.
fn damaged(error: &XlsxError, place: &'static str) -> RosterFileError {
    if matches!(error, XlsxError::Password) {
        return RosterFileError::OldWorkbook;
    }
    RosterFileError::Damaged(place)
}
