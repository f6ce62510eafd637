//! The file of a roster: from a path to rows, one by one, whatever the file turns out to be.
//!
//! What a row means is decided in `rekam_domain::roster`. Here everything has a limit: a file from a stick may be
//! anything, an unpacking bomb included.

mod csv_rows;
mod xlsx_rows;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use rekam_domain::nik::NumberContext;
use rekam_domain::roster::{CELL_CHARS_MAX, RosterLine, RosterProblem, RosterReader, RosterSummary, Row};
use rekam_domain::text::{Language, text};
use thiserror::Error;

/// Largest file taken: a list of a million people as CSV is about half as large.
pub const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Largest workbook taken; it is held in memory while it is read. Half a million people need about this much.
pub const WORKBOOK_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// Most bytes all parts of a workbook may unpack to: half a million people need about this much.
pub const UNPACKED_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Most bytes of each part that is held in memory, such as the table of texts.
pub const HELD_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// Bytes of the start of a file that tell what it is.
const START_BYTES: usize = 1 << 16;

/// What some programs write before text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

const MEGABYTE: u64 = 1024 * 1024;

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RosterFileKind {
    /// Text with separators.
    Csv,
    /// A workbook.
    Xlsx,
}

impl RosterFileKind {
    /// Its fixed spelling.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// Why a file gives no list.
#[derive(Debug, Error)]
pub enum RosterFileError {
    /// It cannot be opened.
    #[error("open the file: {0}")]
    Open(#[source] io::Error),
    /// It cannot be read to its end.
    #[error("read the file: {0}")]
    Read(#[source] io::Error),
    /// It is larger than any list.
    #[error("the file is larger than {0} bytes")]
    TooBig(u64),
    /// It unpacks to more than any list.
    #[error("the file unpacks to more than {0} bytes")]
    UnpacksTooBig(u64),
    /// A workbook of the old kind, or one that is locked by a password.
    #[error("an old or locked workbook")]
    OldWorkbook,
    /// Neither text with separators nor a workbook.
    #[error("neither CSV nor XLSX")]
    NotATable,
    /// A workbook that cannot be read.
    #[error("{0} of the workbook is damaged")]
    Damaged(&'static str),
    /// A row that does not end, as after a quote that is never closed.
    #[error("row {0} does not end")]
    RowTooLong(u64),
    /// The list in it cannot be used.
    #[error(transparent)]
    List(#[from] RosterProblem),
}

impl RosterFileError {
    /// Every code, for the test that holds codes and texts together.
    pub const WORDS: [&'static str; 8] = [
        "open",
        "read",
        "too_big",
        "unpacks_too_big",
        "old_workbook",
        "not_a_table",
        "damaged",
        "row_too_long",
    ];

    /// Its stable code.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::Read(_) => "read",
            Self::TooBig(_) => "too_big",
            Self::UnpacksTooBig(_) => "unpacks_too_big",
            Self::OldWorkbook => "old_workbook",
            Self::NotATable => "not_a_table",
            Self::Damaged(_) => "damaged",
            Self::RowTooLong(_) => "row_too_long",
            Self::List(problem) => problem.word(),
        }
    }

    /// The sentence a person reads: cause and what to do.
    #[must_use]
    pub fn text(&self, language: Language, file: &str) -> String {
        let say = |name: &str, value: String| {
            text(language, &format!("roster_file.{}", self.word()), &[("file", file), (name, &value)])
        };
        match self {
            Self::List(problem) => format!("{file}: {}", problem.text(language)),
            Self::TooBig(bytes) | Self::UnpacksTooBig(bytes) => {
                say("megabytes", (bytes / MEGABYTE).to_string())
            }
            Self::RowTooLong(row) => say("row", row.to_string()),
            Self::Open(_) | Self::Read(_) | Self::OldWorkbook | Self::NotATable | Self::Damaged(_) => {
                say("", String::new())
            }
        }
    }
}

/// What takes the rows; it may stop the reading because the list cannot be used.
pub type TakeRow<'a> = dyn FnMut(&Row) -> Result<(), RosterProblem> + 'a;

/// Reads a list from a file: every line goes to `take`, in order. Nothing counts before the whole is known to be good.
///
/// # Errors
/// When the file cannot be read, or the list in it cannot be used.
pub fn read_roster(
    path: &Path,
    context: NumberContext<'_>,
    take: impl FnMut(RosterLine),
) -> Result<(RosterFileKind, RosterSummary), RosterFileError> {
    read_lines(context, take, |row| read_rows(path, row))
}

/// The same from anything that gives bytes.
///
/// # Errors
/// As [`read_roster`].
pub fn read_roster_from(
    source: impl Read,
    context: NumberContext<'_>,
    take: impl FnMut(RosterLine),
) -> Result<(RosterFileKind, RosterSummary), RosterFileError> {
    read_lines(context, take, |row| read_rows_from(source, row))
}

fn read_lines(
    context: NumberContext<'_>,
    mut take: impl FnMut(RosterLine),
    rows: impl FnOnce(&mut TakeRow<'_>) -> Result<RosterFileKind, RosterFileError>,
) -> Result<(RosterFileKind, RosterSummary), RosterFileError> {
    let mut reader = RosterReader::new(context);
    let kind = rows(&mut |row| {
        if let Some(line) = reader.row(row)? {
            take(line);
        }
        Ok(())
    })?;
    let (last, summary) = reader.end()?;
    if let Some(line) = last {
        take(line);
    }
    Ok((kind, summary))
}

/// Reads the rows of a file, whatever it is.
///
/// # Errors
/// When the file cannot be read, or whoever takes the rows stops.
pub fn read_rows(path: &Path, take: &mut TakeRow<'_>) -> Result<RosterFileKind, RosterFileError> {
    let file = File::open(path).map_err(RosterFileError::Open)?;
    let length = file.metadata().map_err(RosterFileError::Open)?.len();
    if length > FILE_BYTES_MAX {
        return Err(RosterFileError::TooBig(FILE_BYTES_MAX));
    }
    read_rows_from(file, take)
}

/// The same from anything that gives bytes.
///
/// # Errors
/// As [`read_rows`].
pub fn read_rows_from(source: impl Read, take: &mut TakeRow<'_>) -> Result<RosterFileKind, RosterFileError> {
    let mut source = BufReader::with_capacity(START_BYTES, source);
    let start = source.fill_buf().map_err(RosterFileError::Read)?;
    match kind(start)? {
        RosterFileKind::Csv => {
            let delimiter = csv_rows::delimiter(start);
            if start.starts_with(BYTE_ORDER_MARK) {
                source.consume(BYTE_ORDER_MARK.len());
            }
            // One byte more than allowed tells a file that grew while it was read from one that just fits.
            csv_rows::read(source.take(FILE_BYTES_MAX + 1), delimiter, take)?;
            Ok(RosterFileKind::Csv)
        }
        RosterFileKind::Xlsx => {
            let mut bytes = Vec::new();
            source.take(WORKBOOK_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(RosterFileError::Read)?;
            if bytes.len() as u64 > WORKBOOK_BYTES_MAX {
                return Err(RosterFileError::TooBig(WORKBOOK_BYTES_MAX));
            }
            xlsx_rows::read(&bytes, take)?;
            Ok(RosterFileKind::Xlsx)
        }
    }
}

/// What the first bytes tell.
fn kind(start: &[u8]) -> Result<RosterFileKind, RosterFileError> {
    if start.starts_with(b"PK\x03\x04") {
        return Ok(RosterFileKind::Xlsx);
    }
    if start.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(RosterFileError::OldWorkbook);
    }
    // Many a ".xls" is a web page; and text with zero bytes is no text in UTF-8.
    let visible = start.trim_ascii_start();
    if start.contains(&0) || visible.starts_with(b"<") || visible.starts_with(b"%PDF") {
        return Err(RosterFileError::NotATable);
    }
    Ok(RosterFileKind::Csv)
}

/// As much of a cell as is needed to see that it is too long.
fn cut(text: &str) -> String {
    match text.char_indices().nth(CELL_CHARS_MAX + 1) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
