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

const IMPORT: &str = "import a roster";
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
    /// Begins an edition; answers its number. Its people follow in the same promise.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn insert_roster_source(&mut self, source: &RosterSourceRow) -> Result<i64, StoreError> {
        self.run(
            IMPORT,
            "INSERT INTO roster_source (name, hash, data_day, lines, imported_ms, valid_until_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                source.name,
                source.hash,
                source.data_day,
                source.lines,
                source.imported_ms,
                source.valid_until_ms
            ],
        )?;
        Ok(self.last_id())
    }

    /// Adds a person to the edition that the person names.
    ///
    /// # Errors
    /// When the line stands there already, or the disk refuses.
    pub fn insert_roster_person(&mut self, person: &RosterPersonRow) -> Result<(), StoreError> {
        self.run(
            IMPORT,
            "INSERT INTO roster_person (source, line, nik, kk_number, full_name, birth_date, sex, village,
                 status, columns)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                person.source,
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
        Ok(())
    }

    /// Ends an edition: notes how many people it holds, and drops those of earlier ones except who is to be kept.
    /// That the earlier ones were there stays known.
    ///
    /// # Errors
    /// When there are too many people, or the disk refuses.
    pub fn mark_roster_complete(
        &mut self,
        source: i64,
        lines: usize,
        kept: &[&str],
    ) -> Result<(), StoreError> {
        crate::sql::at_most("the roster", lines, ROSTER_PERSONS_MAX)?;
        let lines = i64::try_from(lines).unwrap_or(i64::MAX);
        let sql = "UPDATE roster_source SET lines = ?2 WHERE id = ?1";
        self.run_on_one(IMPORT, "roster", sql, params![source, lines])?;
        self.run(
            "drop the people of a roster",
            "DELETE FROM roster_person WHERE source <> ?1 AND nik NOT IN (SELECT value FROM json_each(?2))",
            params![source, Value::from(kept).to_string()],
        )?;
        Ok(())
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

    /// The people of a family card, in the order of the list.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_roster_family(&self, kk_number: &str) -> Result<Vec<RosterPersonRow>, StoreError> {
        self.all(
            "list a family of the roster",
            &format!("SELECT {PERSON_COLUMNS} WHERE kk_number = ?1 ORDER BY source DESC, line"),
            [kk_number],
            read_person,
        )
    }

    /// People whose name begins like this, in the order of names, at most `count_max`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_roster_persons(
        &self,
        name_begins: &str,
        count_max: u32,
    ) -> Result<Vec<RosterPersonRow>, StoreError> {
        self.all(
            "list people of the roster",
            &format!(
                "SELECT {PERSON_COLUMNS} WHERE full_name COLLATE NOCASE >= ?1 AND full_name COLLATE NOCASE < ?2
                 ORDER BY full_name COLLATE NOCASE LIMIT ?3"
            ),
            params![name_begins, format!("{name_begins}\u{10ffff}"), count_max],
            read_person,
        )
    }

    /// Hands the NIK of everybody who has one to `take`, in the order of numbers.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn each_roster_nik(&self, mut take: impl FnMut(String)) -> Result<(), StoreError> {
        self.each(
            "read a roster",
            "SELECT DISTINCT nik FROM roster_person WHERE nik <> '' ORDER BY nik",
            [],
            |row| row.get("nik"),
            |nik| {
                take(nik);
                Ok(())
            },
        )
    }
}
