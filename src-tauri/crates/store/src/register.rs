//! The books of the office: lines are added or corrected by another line, never changed.

use std::fmt;

use rekam_domain::register::Book;
use rusqlite::{Row, params};
use serde_json::Value;
use uuid::Uuid;

use crate::canonical::{Canonical, Hash};
use crate::chain::{Chain, ChainError, ChainState, Link, Walk};
use crate::database::{Reading, Writing};
use crate::error::StoreError;
use crate::sql::{at_most, book, json, optional_id};

/// The largest line: the widest book has 21 columns of at most a few hundred letters.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// A line to be written.
#[derive(Clone, Copy)]
pub struct NewLine<'a> {
    /// The book.
    pub book: Book,
    /// Year of the book, in the office's zone.
    pub year: i32,
    /// The columns by name.
    pub columns: &'a Value,
    /// The case it tells of.
    pub case: Option<Uuid>,
    /// The line it corrects.
    pub correction_of: Option<i64>,
    /// Account of who writes it.
    pub operator: &'a str,
    /// Wall time.
    pub wall_ms: i64,
}

impl fmt::Debug for NewLine<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NewLine({}, {})", self.book.word(), self.year)
    }
}

/// A line of a book.
#[derive(Clone, PartialEq)]
pub struct RegisterLineRow {
    /// The book.
    pub book: Book,
    /// Year of the book.
    pub year: i32,
    /// Its number, without gaps from 1 in a book and year.
    pub line: i64,
    /// The columns by name.
    pub columns: Value,
    /// The case it tells of.
    pub case: Option<Uuid>,
    /// The line it corrects.
    pub correction_of: Option<i64>,
    /// The last line that corrects it.
    pub corrected_by: Option<i64>,
    /// Account of who wrote it.
    pub operator: String,
    /// Wall time.
    pub wall_ms: i64,
    /// Counter.
    pub monotonic: i64,
    /// Hash of the line before it.
    pub previous_hash: Hash,
    /// Its own hash.
    pub hash: Hash,
}

impl fmt::Debug for RegisterLineRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RegisterLineRow({}, {}, {})", self.book.word(), self.year, self.line)
    }
}

struct Hashed<'a> {
    book: Book,
    year: i32,
    line: i64,
    columns: &'a str,
    case: Option<Uuid>,
    correction_of: Option<i64>,
    operator: &'a str,
    wall_ms: i64,
    monotonic: i64,
    previous: Hash,
}

impl Hashed<'_> {
    fn hash(&self) -> Hash {
        Canonical::new("rekam register line v1")
            .text(self.book.word())
            .integer(self.year.into())
            .integer(self.line)
            .text(self.columns)
            .optional_bytes(self.case.as_ref().map(|case| case.as_bytes().as_slice()))
            .optional_integer(self.correction_of)
            .text(self.operator)
            .integer(self.wall_ms)
            .integer(self.monotonic)
            .bytes(&self.previous.0)
            .finish()
    }
}

const COLUMNS: &str = "one.book, one.year, one.line, one.columns, case_file.id AS case_id, one.correction_of,
    (SELECT max(later.line) FROM register_line AS later
     WHERE later.book = one.book AND later.year = one.year AND later.correction_of = one.line) AS corrected_by,
    one.operator, one.wall_ms, one.monotonic, one.previous_hash, one.hash
    FROM register_line AS one LEFT JOIN case_file ON case_file.number = one.case_number";

fn read_line(row: &Row<'_>) -> rusqlite::Result<(RegisterLineRow, Hash)> {
    let text: String = row.get("columns")?;
    let line = RegisterLineRow {
        book: book(row)?,
        year: row.get("year")?,
        line: row.get("line")?,
        // Columns that are no JSON any more show as a changed line, not as an unreadable one.
        columns: json(row, "columns").unwrap_or_default(),
        case: optional_id(row, "case_id")?,
        correction_of: row.get("correction_of")?,
        corrected_by: row.get("corrected_by")?,
        operator: row.get("operator")?,
        wall_ms: row.get("wall_ms")?,
        monotonic: row.get("monotonic")?,
        previous_hash: row.get("previous_hash")?,
        hash: row.get("hash")?,
    };
    let computed = Hashed {
        book: line.book,
        year: line.year,
        line: line.line,
        columns: &text,
        case: line.case,
        correction_of: line.correction_of,
        operator: &line.operator,
        wall_ms: line.wall_ms,
        monotonic: line.monotonic,
        previous: line.previous_hash,
    }
    .hash();
    Ok((line, computed))
}

impl Writing<'_> {
    /// Writes the next line of a book; answers its number.
    ///
    /// # Errors
    /// When the case or the corrected line does not exist, the line is too large, or the disk refuses.
    pub fn insert_register_line(&mut self, line: &NewLine<'_>) -> Result<i64, StoreError> {
        const OPERATION: &str = "write a register line";
        let columns = line.columns.to_string();
        at_most("a register line", columns.len(), LINE_BYTES_MAX)?;
        let case_number = line.case.map(|case| self.case_number(case)).transpose()?;
        let chain = Chain::Register { book: line.book, year: line.year };
        let ChainState { count, head: previous } = self.head(&chain)?;
        let number = count + 1;
        if line.correction_of.is_some_and(|corrected| !(1..number).contains(&corrected)) {
            return Err(StoreError::NotFound { what: "register line to correct" });
        }
        let monotonic = self.next_monotonic(line.wall_ms)?;
        let hash = Hashed {
            book: line.book,
            year: line.year,
            line: number,
            columns: &columns,
            case: line.case,
            correction_of: line.correction_of,
            operator: line.operator,
            wall_ms: line.wall_ms,
            monotonic,
            previous,
        }
        .hash();
        self.run(
            OPERATION,
            "INSERT INTO register_line (book, year, line, columns, case_number, correction_of, operator, wall_ms,
                 monotonic, previous_hash, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                line.book.word(),
                line.year,
                number,
                columns,
                case_number,
                line.correction_of,
                line.operator,
                line.wall_ms,
                monotonic,
                previous,
                hash
            ],
        )?;
        self.mark_head(&chain, number, hash)?;
        Ok(number)
    }
}

impl Reading<'_> {
    /// Lines of a book and year after a number, in order, at most `count_max`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_register_lines(
        &self,
        book: Book,
        year: i32,
        after: i64,
        count_max: u32,
    ) -> Result<Vec<RegisterLineRow>, StoreError> {
        self.all(
            "list register lines",
            &format!(
                "SELECT {COLUMNS} WHERE one.book = ?1 AND one.year = ?2 AND one.line > ?3 ORDER BY one.line LIMIT ?4"
            ),
            params![book.word(), year, after, count_max],
            |row| read_line(row).map(|(line, _)| line),
        )
    }

    /// Every line that tells of a case.
    ///
    /// # Errors
    /// When the case does not exist or the lines cannot be read.
    pub fn list_register_lines_of(&self, case: Uuid) -> Result<Vec<RegisterLineRow>, StoreError> {
        let number = self.case_number(case)?;
        self.all(
            "list register lines of a case",
            &format!("SELECT {COLUMNS} WHERE one.case_number = ?1 ORDER BY one.id"),
            [number],
            |row| read_line(row).map(|(line, _)| line),
        )
    }

    /// Walks every book of every year; answers each with its state.
    ///
    /// # Errors
    /// The first breach, or what kept a book from being read.
    pub fn verify_registers(&self) -> Result<Vec<(Chain, ChainState)>, ChainError> {
        const OPERATION: &str = "verify the registers";
        // Books that have lines, and books whose head says they should have some.
        let mut books = self.all(OPERATION, "SELECT DISTINCT book, year FROM register_line", [], |row| {
            Ok((book(row)?, row.get::<_, i32>("year")?))
        })?;
        let heads =
            self.all(OPERATION, "SELECT chain FROM head WHERE chain LIKE 'register/%'", [], |row| {
                row.get::<_, String>("chain")
            })?;
        books.extend(heads.iter().filter_map(|name| {
            let (book, year) = name.strip_prefix("register/")?.rsplit_once('/')?;
            Some((Book::from_word(book)?, year.parse().ok()?))
        }));
        books.sort();
        books.dedup();
        let mut states = Vec::new();
        for (book, year) in books {
            let chain = Chain::Register { book, year };
            let mut walk = Walk::new(chain);
            self.each(
                OPERATION,
                &format!("SELECT {COLUMNS} WHERE one.book = ?1 AND one.year = ?2 ORDER BY one.line"),
                params![book.word(), year],
                read_line,
                |(line, computed)| {
                    let link =
                        Link { sequence: line.line, previous: line.previous_hash, hash: line.hash, computed };
                    walk.take(&link, true)
                },
            )?;
            states.push((chain, walk.end(self)?));
        }
        Ok(states)
    }
}
