//! The lists of people the office was given: one edition beside the other, each with its source, age and expiry.

use std::fmt;

use rusqlite::{Row, params};
use serde_json::Value;

use crate::canonical::Hash;
use crate::database::{Reading, Writing};
use crate::error::StoreError;
use crate::sql::json;

/// The most people of an edition: a kecamatan has 39,000 on average, a large one a few times that.
pub const ROSTER_PERSONS_MAX: usize = 500_000;

/// An edition of a roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterSourceRow {
    /// Number of the edition; 0 when it is new.
    pub id: i64,
    /// File or sender it came from.
    pub name: String,
    /// SHA-256 of what was imported.
    pub hash: Hash,
    /// The day the data tell of, `yyyy-mm-dd`; the age shown counts from here.
    pub data_day: String,
    /// How many people it holds.
    pub lines: i64,
    /// When it was imported.
    pub imported_ms: i64,
    /// When it expires.
    pub valid_until_ms: i64,
}

/// A person of a roster.
#[derive(Clone, PartialEq)]
pub struct RosterPersonRow {
    /// The edition; set by the store on import.
    pub source: i64,
    /// Line of the imported file.
    pub line: i64,
    /// NIK.
    pub nik: String,
    /// KK number.
    pub kk_number: String,
    /// Full name.
    pub full_name: String,
    /// Birth date `yyyy-mm-dd`.
    pub birth_date: String,
    /// Sex word.
    pub sex: String,
    /// Village.
    pub village: String,
    /// Recording status as the list spells it.
    pub status: String,
    /// Every column of the list by name.
    pub columns: Value,
}

impl fmt::Debug for RosterPersonRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RosterPersonRow({}, line {})", self.source, self.line)
    }
}

const SOURCE_COLUMNS: &str =
    "id, name, hash, data_day, lines, imported_ms, valid_until_ms FROM roster_source";
const PERSON_COLUMNS: &str =
    "source, line, nik, kk_number, full_name, birth_date, sex, village, status, columns FROM roster_person";

fn read_source(row: &Row<'_>) -> rusqlite::Result<RosterSourceRow> {
    Ok(RosterSourceRow {
        id: row.get("id")?,
        name: row.get("name")?,
        hash: row.get("hash")?,
        data_day: row.get("data_day")?,
        lines: row.get("lines")?,
        imported_ms: row.get("imported_ms")?,
        valid_until_ms: row.get("valid_until_ms")?,
    })
}

fn read_person(row: &Row<'_>) -> rusqlite::Result<RosterPersonRow> {
    Ok(RosterPersonRow {
        source: row.get("source")?,
        line: row.get("line")?,
        nik: row.get("nik")?,
        kk_number: row.get("kk_number")?,
        full_name: row.get("full_name")?,
        birth_date: row.get("birth_date")?,
        sex: row.get("sex")?,
        village: row.get("village")?,
        status: row.get("status")?,
        columns: json(row, "columns")?,
    })
}

impl Writing<'_> {
    /// Imports an edition with all its people in this one promise; answers its number.
    ///
    /// # Errors
    /// When a line stands twice, there are too many, or the disk refuses; nothing of the edition is kept then.
    pub fn insert_roster(
        &mut self,
        source: &RosterSourceRow,
        persons: impl IntoIterator<Item = RosterPersonRow>,
    ) -> Result<i64, StoreError> {
        const OPERATION: &str = "import a roster";
        self.run(
            OPERATION,
            "INSERT INTO roster_source (name, hash, data_day, lines, imported_ms, valid_until_ms)
             VALUES (?1, ?2, ?3, 0, ?4, ?5)",
            params![source.name, source.hash, source.data_day, source.imported_ms, source.valid_until_ms],
        )?;
        let id = self.last_id();
        let mut count = 0;
        for person in persons {
            count += 1;
            crate::sql::at_most("the roster", count, ROSTER_PERSONS_MAX)?;
            self.run(
                OPERATION,
                "INSERT INTO roster_person (source, line, nik, kk_number, full_name, birth_date, sex, village,
                     status, columns)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                params![
                    id,
                    person.line,
                    person.nik,
                    person.kk_number,
                    person.full_name,
                    person.birth_date,
                    person.sex,
                    person.village,
                    person.status,
                    person.columns.to_string()
                ],
            )?;
        }
        self.run(
            OPERATION,
            "UPDATE roster_source SET lines = ?2 WHERE id = ?1",
            params![id, i64::try_from(count).unwrap_or(i64::MAX)],
        )?;
        Ok(id)
    }

    /// Drops the people of an edition that a newer one has replaced; that it was there stays known.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn drop_roster_persons(&mut self, source: i64) -> Result<usize, StoreError> {
        self.run("drop the people of a roster", "DELETE FROM roster_person WHERE source = ?1", [source])
    }
}

impl Reading<'_> {
    /// Every edition, newest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_roster_sources(&self) -> Result<Vec<RosterSourceRow>, StoreError> {
        self.all("list rosters", &format!("SELECT {SOURCE_COLUMNS} ORDER BY id DESC"), [], read_source)
    }

    /// A person by NIK, from the newest edition that has the number.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn get_roster_person(&self, nik: &str) -> Result<Option<RosterPersonRow>, StoreError> {
        self.one(
            "look up a person in the roster",
            &format!("SELECT {PERSON_COLUMNS} WHERE nik = ?1 ORDER BY source DESC, line DESC LIMIT 1"),
            [nik],
            read_person,
        )
    }

    /// The people of a family card in one edition, in the order of the list.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_roster_family(
        &self,
        source: i64,
        kk_number: &str,
    ) -> Result<Vec<RosterPersonRow>, StoreError> {
        self.all(
            "list a family of the roster",
            &format!("SELECT {PERSON_COLUMNS} WHERE kk_number = ?1 AND source = ?2 ORDER BY line"),
            params![kk_number, source],
            read_person,
        )
    }

    /// People of one edition whose name begins like this, in the order of names, at most `count_max`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_roster_persons(
        &self,
        source: i64,
        name_begins: &str,
        count_max: u32,
    ) -> Result<Vec<RosterPersonRow>, StoreError> {
        self.all(
            "list people of the roster",
            &format!(
                "SELECT {PERSON_COLUMNS} WHERE full_name COLLATE NOCASE >= ?1 AND full_name COLLATE NOCASE < ?2
                     AND source = ?3
                 ORDER BY full_name COLLATE NOCASE LIMIT ?4"
            ),
            params![name_begins, format!("{name_begins}\u{10ffff}"), source, count_max],
            read_person,
        )
    }

    /// Hands every person of an edition to `take`, in the order of the list: what a dry run compares with.
    ///
    /// # Errors
    /// When they cannot be read, or `take` refuses.
    pub fn each_roster_person(
        &self,
        source: i64,
        take: impl FnMut(RosterPersonRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each(
            "read a roster",
            &format!("SELECT {PERSON_COLUMNS} WHERE source = ?1 ORDER BY line"),
            [source],
            read_person,
            take,
        )
    }
}
