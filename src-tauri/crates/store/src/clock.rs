//! The counter that only goes forward, and the last time the office confirmed.

use rusqlite::params;

use crate::database::{Reading, Writing};
use crate::error::StoreError;
use crate::sql::Id;

/// What the station knows about time beyond its own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfficeTimeRow {
    /// The last value of the counter.
    pub monotonic: i64,
    /// Wall time when the counter moved last; a jump against it is a jump of the clock.
    pub wall_ms: i64,
    /// The last time an office confirmed, 0 if none ever did.
    pub office_ms: i64,
}

impl Reading<'_> {
    /// The counter and the two times.
    ///
    /// # Errors
    /// When the row cannot be read.
    pub fn get_office_time(&self) -> Result<OfficeTimeRow, StoreError> {
        self.one(
            "read the counter",
            "SELECT monotonic, wall_ms, office_ms FROM office_time WHERE one = 1",
            [],
            |row| {
                Ok(OfficeTimeRow {
                    monotonic: row.get("monotonic")?,
                    wall_ms: row.get("wall_ms")?,
                    office_ms: row.get("office_ms")?,
                })
            },
        )?
        .ok_or_else(|| StoreError::damaged("the counter"))
    }

    /// The time inside the largest id of a case or packet, 0 where there is none: later ids sort behind it.
    ///
    /// # Errors
    /// When the ids cannot be read.
    pub fn get_last_id_ms(&self) -> Result<i64, StoreError> {
        let largest: Option<Id> = self
            .one(
                "read the largest id",
                "SELECT max(id) AS id FROM (
                     SELECT max(id) AS id FROM case_file UNION ALL SELECT max(id) AS id FROM packet)",
                [],
                |row| row.get("id"),
            )?
            .flatten();
        Ok(largest
            .map_or(0, |Id(id)| id.as_bytes().iter().take(6).fold(0, |ms, byte| ms << 8 | i64::from(*byte))))
    }
}

impl Writing<'_> {
    /// The next value of the counter: larger than every value of every promise before, whatever the clock says.
    ///
    /// # Errors
    /// When the counter cannot be moved.
    pub fn next_monotonic(&mut self, wall_ms: i64) -> Result<i64, StoreError> {
        let next = self.get_office_time()?.monotonic + 1;
        self.run_on_one(
            "move the counter",
            "counter",
            "UPDATE office_time SET monotonic = ?1, wall_ms = ?2 WHERE one = 1",
            params![next, wall_ms],
        )?;
        Ok(next)
    }

    /// Keeps a time that an office has confirmed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn mark_office_time(&mut self, office_ms: i64) -> Result<(), StoreError> {
        self.run_on_one(
            "keep the office's time",
            "counter",
            "UPDATE office_time SET office_ms = max(office_ms, ?1) WHERE one = 1",
            [office_ms],
        )
    }
}
