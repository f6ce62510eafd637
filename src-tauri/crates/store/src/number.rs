//! Numbers given out in blocks, and queue tickets: none is ever used twice.

use rusqlite::{Row, params};
use uuid::Uuid;

use crate::database::{Reading, Writing};
use crate::error::StoreError;
use crate::sql::{Id, optional_id};

/// A block of numbers this station may give out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberBlockRow {
    /// Series, for example of registration or of letters.
    pub series: String,
    /// Year of the series.
    pub year: i32,
    /// First number.
    pub first: i64,
    /// Last number.
    pub last: i64,
    /// Who gave it.
    pub source: String,
    /// When it was given.
    pub given_ms: i64,
}

/// A block with what became of its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberShareRow {
    /// The block.
    pub block: NumberBlockRow,
    /// How many were given, void ones included.
    pub used: i64,
    /// How many can still be given.
    pub left: i64,
}

/// A number that was taken out of its block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberTakenRow {
    /// Series.
    pub series: String,
    /// Year of the series.
    pub year: i32,
    /// The number.
    pub number: i64,
    /// The case it belongs to.
    pub case: Option<Uuid>,
    /// Voided numbers stay taken.
    pub is_void: bool,
    /// Why it was voided, or empty.
    pub reason: String,
    /// When it was taken.
    pub taken_ms: i64,
}

/// A queue ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRow {
    /// Day, `yyyy-mm-dd`.
    pub day: String,
    /// Place of that day, from 1.
    pub sequence: i64,
    /// What is printed and called.
    pub label: String,
    /// The case, if it is known already.
    pub case: Option<Uuid>,
    /// When it was drawn.
    pub taken_ms: i64,
}

fn read_number_taken(row: &Row<'_>) -> rusqlite::Result<NumberTakenRow> {
    Ok(NumberTakenRow {
        series: row.get("series")?,
        year: row.get("year")?,
        number: row.get("number")?,
        case: optional_id(row, "case_id")?,
        is_void: row.get("is_void")?,
        reason: row.get("reason")?,
        taken_ms: row.get("taken_ms")?,
    })
}

fn read_block(row: &Row<'_>) -> rusqlite::Result<NumberBlockRow> {
    Ok(NumberBlockRow {
        series: row.get("series")?,
        year: row.get("year")?,
        first: row.get("first")?,
        last: row.get("last")?,
        source: row.get("source")?,
        given_ms: row.get("given_ms")?,
    })
}

fn read_ticket(row: &Row<'_>) -> rusqlite::Result<TicketRow> {
    Ok(TicketRow {
        day: row.get("day")?,
        sequence: row.get("sequence")?,
        label: row.get("label")?,
        case: optional_id(row, "case_id")?,
        taken_ms: row.get("taken_ms")?,
    })
}

impl Writing<'_> {
    /// Adds a block of numbers.
    ///
    /// # Errors
    /// When it shares a number with another block, or the disk refuses.
    pub fn insert_number_block(&mut self, block: &NumberBlockRow) -> Result<(), StoreError> {
        const OPERATION: &str = "add a block of numbers";
        let shared = self.one(
            OPERATION,
            "SELECT 1 FROM number_block WHERE series = ?1 AND year = ?2 AND first <= ?4 AND last >= ?3",
            params![block.series, block.year, block.first, block.last],
            |_| Ok(()),
        )?;
        if shared.is_some() {
            return Err(StoreError::BlockOverlaps { series: block.series.clone(), year: block.year });
        }
        self.run(
            OPERATION,
            "INSERT INTO number_block (series, year, first, last, source, given_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![block.series, block.year, block.first, block.last, block.source, block.given_ms],
        )?;
        Ok(())
    }

    /// Takes the next number of a series.
    ///
    /// # Errors
    /// When every block is used up, the case does not exist, or the disk refuses.
    pub fn insert_number_taken(
        &mut self,
        series: &str,
        year: i32,
        case: Option<Uuid>,
        now_ms: i64,
    ) -> Result<i64, StoreError> {
        const OPERATION: &str = "take a number";
        let case_number = case.map(|case| self.case_number(case)).transpose()?;
        let number = self
            .one(
                OPERATION,
                "SELECT next FROM (
                     SELECT number_block.first, number_block.last, coalesce(
                         (SELECT max(number) + 1 FROM number_taken WHERE number_taken.series = number_block.series
                          AND number_taken.year = number_block.year
                          AND number BETWEEN number_block.first AND number_block.last),
                         number_block.first) AS next
                     FROM number_block WHERE series = ?1 AND year = ?2)
                 WHERE next <= last ORDER BY first LIMIT 1",
                params![series, year],
                |row| row.get::<_, i64>("next"),
            )?
            .ok_or_else(|| StoreError::NumbersExhausted { series: series.into(), year })?;
        self.run(
            OPERATION,
            "INSERT INTO number_taken (series, year, number, case_number, state, reason, taken_ms, void_ms)
             VALUES (?1, ?2, ?3, ?4, 'taken', '', ?5, 0)",
            params![series, year, number, case_number, now_ms],
        )?;
        Ok(number)
    }

    /// Voids a number; it stays taken.
    ///
    /// # Errors
    /// When it is not taken, is void already, or the disk refuses.
    pub fn mark_number_void(
        &mut self,
        series: &str,
        year: i32,
        number: i64,
        reason: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.run_on_one(
            "void a number",
            "number in use",
            "UPDATE number_taken SET state = 'void', reason = ?4, void_ms = ?5
             WHERE series = ?1 AND year = ?2 AND number = ?3 AND state = 'taken'",
            params![series, year, number, reason, now_ms],
        )
    }

    /// Draws the next ticket of a day; its label is the prefix and the place of three digits.
    ///
    /// # Errors
    /// When the case does not exist, or the disk refuses.
    pub fn insert_ticket(
        &mut self,
        day: &str,
        prefix: &str,
        case: Option<Uuid>,
        now_ms: i64,
    ) -> Result<TicketRow, StoreError> {
        const OPERATION: &str = "draw a ticket";
        let case_number = case.map(|case| self.case_number(case)).transpose()?;
        let sequence = self
            .one(
                OPERATION,
                "SELECT coalesce(max(sequence), 0) + 1 AS next FROM ticket WHERE day = ?1",
                [day],
                |row| row.get::<_, i64>("next"),
            )?
            .unwrap_or(1);
        let label = format!("{prefix}{sequence:03}");
        self.run(
            OPERATION,
            "INSERT INTO ticket (day, sequence, label, case_number, taken_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![day, sequence, label, case_number, now_ms],
        )?;
        Ok(TicketRow { day: day.into(), sequence, label, case, taken_ms: now_ms })
    }
}

impl Reading<'_> {
    /// The blocks of a series and year, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_number_blocks(&self, series: &str, year: i32) -> Result<Vec<NumberBlockRow>, StoreError> {
        self.all(
            "list blocks of numbers",
            "SELECT series, year, first, last, source, given_ms FROM number_block
             WHERE series = ?1 AND year = ?2 ORDER BY first",
            params![series, year],
            read_block,
        )
    }

    /// Every block with what is left of it, by series and year.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_number_shares(&self) -> Result<Vec<NumberShareRow>, StoreError> {
        self.all(
            "list blocks of numbers",
            "SELECT series, year, first, last, source, given_ms,
                 (SELECT count(*) FROM number_taken WHERE number_taken.series = number_block.series
                  AND number_taken.year = number_block.year AND number BETWEEN first AND last) AS used,
                 last - coalesce((SELECT max(number) FROM number_taken
                  WHERE number_taken.series = number_block.series AND number_taken.year = number_block.year
                  AND number BETWEEN first AND last), first - 1) AS unused
             FROM number_block ORDER BY series, year, first",
            [],
            |row| {
                Ok(NumberShareRow {
                    block: read_block(row)?,
                    used: row.get("used")?,
                    left: row.get("unused")?,
                })
            },
        )
    }

    /// The numbers of a series and year that were taken, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_numbers_taken(&self, series: &str, year: i32) -> Result<Vec<NumberTakenRow>, StoreError> {
        self.all(
            "list numbers taken",
            "SELECT series, year, number_taken.number, case_file.id AS case_id, state = 'void' AS is_void, reason,
                 taken_ms
             FROM number_taken LEFT JOIN case_file ON case_file.number = number_taken.case_number
             WHERE series = ?1 AND year = ?2 ORDER BY number_taken.number",
            params![series, year],
            read_number_taken,
        )
    }

    /// The numbers a case has or had, in the order they were taken.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_numbers_of(&self, case: Uuid) -> Result<Vec<NumberTakenRow>, StoreError> {
        self.all(
            "list the numbers of a case",
            "SELECT series, year, number_taken.number, case_file.id AS case_id, state = 'void' AS is_void, reason,
                 taken_ms
             FROM number_taken JOIN case_file ON case_file.number = number_taken.case_number
             WHERE case_file.id = ?1 ORDER BY taken_ms, series, number_taken.number",
            [Id(case)],
            read_number_taken,
        )
    }

    /// How many numbers of a series and year are left in all blocks.
    ///
    /// # Errors
    /// When they cannot be counted.
    pub fn count_numbers_left(&self, series: &str, year: i32) -> Result<i64, StoreError> {
        let left = self.one(
            "count the numbers left",
            "SELECT coalesce(sum(last - coalesce(
                 (SELECT max(number) FROM number_taken WHERE number_taken.series = number_block.series
                  AND number_taken.year = number_block.year AND number BETWEEN first AND last), first - 1)), 0) AS left
             FROM number_block WHERE series = ?1 AND year = ?2",
            params![series, year],
            |row| row.get("left"),
        )?;
        Ok(left.unwrap_or_default())
    }

    /// The tickets of a day, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_tickets(&self, day: &str) -> Result<Vec<TicketRow>, StoreError> {
        self.all(
            "list tickets",
            "SELECT day, sequence, label, case_file.id AS case_id, taken_ms
             FROM ticket LEFT JOIN case_file ON case_file.number = ticket.case_number
             WHERE day = ?1 ORDER BY sequence",
            [day],
            read_ticket,
        )
    }
}
