//! Rows of text with separators, in memory that does not grow with the file.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{self, Read};

use rekam_domain::roster::{CELLS_MAX, Row, RowPlace};

use super::{FILE_BYTES_MAX, RosterFileError, TakeRow, cut};

/// Most bytes between the beginnings of two rows: 64 cells of 400 letters, with room for the reader's buffer.
const ROW_BYTES_MAX: u64 = 128 * 1024;
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// The separator that the start of the file has most of, outside quotes.
pub(super) fn delimiter(start: &[u8]) -> u8 {
    let mut is_quoted = false;
    let mut counts = [0_usize; SEPARATORS.len()];
    for byte in start {
        is_quoted ^= *byte == b'"';
        let found = SEPARATORS.iter().position(|separator| separator == byte).filter(|_| !is_quoted);
        if let Some(count) = found.and_then(|found| counts.get_mut(found)) {
            *count += 1;
        }
    }
    let most = counts.iter().zip(SEPARATORS).max_by_key(|(count, separator)| (**count, *separator == b','));
    most.map_or(b',', |(_, separator)| separator)
}

/// Gives the reader only so many bytes before the next row must have come, and notes where lines begin: the reader
/// skips empty lines without counting them, and a refused row must be found again by its number.
struct Rationed<'c, R> {
    source: R,
    left: &'c Cell<u64>,
    lines: &'c RefCell<Lines>,
}

/// Where the lines begin that were given out and not yet passed.
struct Lines {
    /// Bytes seen so far.
    bytes: u64,
    /// Number of the line they end in.
    line: u64,
    is_empty: bool,
    /// First byte and number of every line that is not empty.
    begins: VecDeque<(u64, u64)>,
}

impl Lines {
    const fn new() -> Self {
        Self { bytes: 0, line: 1, is_empty: true, begins: VecDeque::new() }
    }

    fn see(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\n' => (self.line, self.is_empty) = (self.line + 1, true),
                b'\r' => {}
                _ if self.is_empty => {
                    self.is_empty = false;
                    self.begins.push_back((self.bytes, self.line));
                }
                _ => {}
            }
            self.bytes += 1;
        }
    }

    /// The number of the first line that is not empty from this byte on; those before are passed.
    fn line_from(&mut self, byte: u64) -> Option<u64> {
        while self.begins.front().is_some_and(|(begin, _)| *begin < byte) {
            self.begins.pop_front();
        }
        self.begins.front().map(|(_, line)| *line)
    }
}

impl<R: Read> Read for Rationed<'_, R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let given = self.source.read(to)?;
        let Some(left) = self.left.get().checked_sub(given as u64) else {
            return Err(io::ErrorKind::FileTooLarge.into());
        };
        self.left.set(left);
        self.lines.borrow_mut().see(to.get(..given).unwrap_or_default());
        Ok(given)
    }
}

/// Reads every row. Bytes that are no text become a mark that the domain refuses, cell by cell.
pub(super) fn read(source: impl Read, delimiter: u8, take: &mut TakeRow<'_>) -> Result<(), RosterFileError> {
    let (left, lines) = (Cell::new(ROW_BYTES_MAX), RefCell::new(Lines::new()));
    let source = Rationed { source, left: &left, lines: &lines };
    let mut rows =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(source);
    let mut record = csv::ByteRecord::new();
    let mut row = Row { place: RowPlace { sheet: 1, row: 0 }, cells: Vec::new() };
    loop {
        match rows.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => return Err(failure(error, u64::from(row.place.row) + 1)),
        }
        left.set(ROW_BYTES_MAX);
        if lines.borrow().bytes > FILE_BYTES_MAX {
            return Err(RosterFileError::TooBig(FILE_BYTES_MAX));
        }
        let line = record.position().and_then(|place| lines.borrow_mut().line_from(place.byte()));
        row.place.row = line.and_then(|line| u32::try_from(line).ok()).unwrap_or(row.place.row);
        row.cells.clear();
        // One more than allowed is enough to be refused.
        row.cells.extend(record.iter().take(CELLS_MAX + 1).map(|cell| cut(&String::from_utf8_lossy(cell))));
        take(&row)?;
    }
}

fn failure(error: csv::Error, line: u64) -> RosterFileError {
    let csv::ErrorKind::Io(error) = error.into_kind() else { return RosterFileError::NotATable };
    if error.kind() == io::ErrorKind::FileTooLarge {
        return RosterFileError::RowTooLong(line);
    }
    RosterFileError::Read(error)
}
