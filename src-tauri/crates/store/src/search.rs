//! Finding a case by what a person says at the desk: a part of the name or of a number.

use rusqlite::params;

use crate::case_file::{CaseRow, read_case};
use crate::database::{Reading, Writing};
use crate::error::StoreError;

/// The most cases a search answers with; who needs more must say more.
pub const FOUND_MAX: u32 = 50;

/// The longest text that is searched for; a full name has at most 60 letters (`domain.md` §4.3).
pub const SOUGHT_LETTERS_MAX: usize = 80;

/// The index knows runs of three letters; what is shorter is looked up as the beginning of a name or a whole number.
const RUN_LETTERS: usize = 3;

impl Writing<'_> {
    /// Makes a case findable by its present columns.
    pub(crate) fn index_case(&mut self, number: i64, case: &CaseRow) -> Result<(), StoreError> {
        const OPERATION: &str = "index a case";
        self.run(OPERATION, "DELETE FROM case_search WHERE rowid = ?1", [number])?;
        self.run(
            OPERATION,
            "INSERT INTO case_search (rowid, full_name, nik, registration_number, ticket)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![number, case.full_name, case.nik, case.registration_number, case.ticket],
        )?;
        Ok(())
    }
}

impl Reading<'_> {
    /// Cases with this text as a part of name, NIK, registration number or ticket; newest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_cases_found(&self, sought: &str) -> Result<Vec<CaseRow>, StoreError> {
        let sought: String = sought.trim().chars().take(SOUGHT_LETTERS_MAX).collect();
        if sought.is_empty() {
            return Ok(Vec::new());
        }
        if sought.chars().count() < RUN_LETTERS {
            return self.list_cases_found_short(&sought);
        }
        // One phrase: a quote inside it is doubled, so nothing typed is read as a search operator.
        let phrase = format!("\"{}\"", sought.replace('"', "\"\""));
        self.all(
            "search cases",
            "SELECT case_file.* FROM case_search JOIN case_file ON case_file.number = case_search.rowid
             WHERE case_search MATCH ?1 ORDER BY case_search.rowid DESC LIMIT ?2",
            params![phrase, FOUND_MAX],
            read_case,
        )
    }

    fn list_cases_found_short(&self, sought: &str) -> Result<Vec<CaseRow>, StoreError> {
        // The upper end of the names that begin like this, in the order the index keeps.
        let end = format!("{sought}\u{10ffff}");
        self.all(
            "search cases by a short text",
            "SELECT * FROM case_file WHERE number IN (
                 SELECT number FROM (SELECT number FROM case_file WHERE ticket = ?1 AND ticket <> ''
                     ORDER BY number DESC LIMIT ?3)
                 UNION SELECT number FROM (SELECT number FROM case_file
                     WHERE registration_number = ?1 AND registration_number <> '')
                 UNION SELECT number FROM (SELECT number FROM case_file
                     WHERE full_name COLLATE NOCASE >= ?1 AND full_name COLLATE NOCASE < ?2 LIMIT ?3)
             ) ORDER BY number DESC LIMIT ?3",
            params![sought, end, FOUND_MAX],
            read_case,
        )
    }
}
