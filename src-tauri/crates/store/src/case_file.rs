//! Cases: one person's way through the office, with the state of each of its four machines.

use std::fmt;

use rusqlite::{Row, params};
use serde_json::Value;
use uuid::Uuid;

use crate::database::{Reading, Writing};
use crate::error::StoreError;
use crate::sql::{Id, id, json};

/// A case as it stands.
#[derive(Clone, PartialEq)]
pub struct CaseRow {
    /// Id, given when the case is opened.
    pub id: Uuid,
    /// Profile the case was opened under.
    pub profile_id: String,
    /// Its version; a case keeps it.
    pub profile_version: u32,
    /// What the person comes for, as the domain spells it.
    pub purpose: String,
    /// Word of the recording machine.
    pub recording_state: String,
    /// Word of the card machine.
    pub card_state: String,
    /// Word of the letter machine.
    pub letter_state: String,
    /// Word of the machine of the paper file.
    pub berkas_state: String,
    /// Registration number, empty until received.
    pub registration_number: String,
    /// Label of the last queue ticket, or empty.
    pub ticket: String,
    /// Full name.
    pub full_name: String,
    /// NIK, or empty.
    pub nik: String,
    /// KK number, or empty.
    pub kk_number: String,
    /// Birth date `yyyy-mm-dd`, or empty.
    pub birth_date: String,
    /// Sex word, or empty.
    pub sex: String,
    /// Village, or empty.
    pub village: String,
    /// The full biodata.
    pub biodata: Value,
    /// The case as the rules see it: its machines, clock, exceptions and approvals.
    pub snapshot: Value,
    /// The step at which the desk reopens.
    pub open_step: String,
    /// Account of the operator who has it.
    pub operator: String,
    /// Wall time of opening.
    pub opened_ms: i64,
    /// Wall time of the last change.
    pub changed_ms: i64,
}

impl fmt::Debug for CaseRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CaseRow")
            .field("id", &self.id)
            .field("profile_id", &self.profile_id)
            .field("recording_state", &self.recording_state)
            .field("open_step", &self.open_step)
            .finish_non_exhaustive()
    }
}

/// Which cases are listed; what is not named does not restrict.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// Only in this state of the recording machine.
    pub recording_state: Option<String>,
    /// Only opened at or after.
    pub opened_from_ms: Option<i64>,
    /// Only opened before.
    pub opened_until_ms: Option<i64>,
}

pub(crate) const COLUMNS: &str = "id, profile_id, profile_version, purpose, recording_state, card_state, letter_state,
    berkas_state, registration_number, ticket, full_name, nik, kk_number, birth_date, sex, village, biodata, snapshot,
    open_step, operator, opened_ms, changed_ms FROM case_file";

pub(crate) fn read_case(row: &Row<'_>) -> rusqlite::Result<CaseRow> {
    Ok(CaseRow {
        id: id(row, "id")?,
        profile_id: row.get("profile_id")?,
        profile_version: row.get("profile_version")?,
        purpose: row.get("purpose")?,
        recording_state: row.get("recording_state")?,
        card_state: row.get("card_state")?,
        letter_state: row.get("letter_state")?,
        berkas_state: row.get("berkas_state")?,
        registration_number: row.get("registration_number")?,
        ticket: row.get("ticket")?,
        full_name: row.get("full_name")?,
        nik: row.get("nik")?,
        kk_number: row.get("kk_number")?,
        birth_date: row.get("birth_date")?,
        sex: row.get("sex")?,
        village: row.get("village")?,
        biodata: json(row, "biodata")?,
        snapshot: json(row, "snapshot")?,
        open_step: row.get("open_step")?,
        operator: row.get("operator")?,
        opened_ms: row.get("opened_ms")?,
        changed_ms: row.get("changed_ms")?,
    })
}

impl Writing<'_> {
    /// Opens a case.
    ///
    /// # Errors
    /// When the id or the registration number is taken, or the disk refuses.
    pub fn insert_case(&mut self, case: &CaseRow) -> Result<(), StoreError> {
        self.run(
            "open a case",
            "INSERT INTO case_file (id, profile_id, profile_version, purpose, recording_state, card_state,
                 letter_state, berkas_state, registration_number, ticket, full_name, nik, kk_number, birth_date, sex,
                 village, biodata, snapshot, open_step, operator, opened_ms, changed_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
                 ?22)",
            params![
                Id(case.id),
                case.profile_id,
                case.profile_version,
                case.purpose,
                case.recording_state,
                case.card_state,
                case.letter_state,
                case.berkas_state,
                case.registration_number,
                case.ticket,
                case.full_name,
                case.nik,
                case.kk_number,
                case.birth_date,
                case.sex,
                case.village,
                case.biodata.to_string(),
                case.snapshot.to_string(),
                case.open_step,
                case.operator,
                case.opened_ms,
                case.changed_ms
            ],
        )?;
        let number = self.last_id();
        self.index_case(number, case)
    }

    /// Writes everything about a case that may change; id, profile and time of opening stay.
    ///
    /// # Errors
    /// When the case does not exist, the registration number is taken, or the disk refuses.
    pub fn mark_case(&mut self, case: &CaseRow) -> Result<(), StoreError> {
        let before = self.get_case(case.id)?;
        let number = self.case_number(case.id)?;
        self.run(
            "change a case",
            "UPDATE case_file SET purpose = ?2, recording_state = ?3, card_state = ?4, letter_state = ?5,
                 berkas_state = ?6, registration_number = ?7, ticket = ?8, full_name = ?9, nik = ?10, kk_number = ?11,
                 birth_date = ?12, sex = ?13, village = ?14, biodata = ?15, snapshot = ?16, open_step = ?17,
                 operator = ?18, changed_ms = ?19
             WHERE number = ?1",
            params![
                number,
                case.purpose,
                case.recording_state,
                case.card_state,
                case.letter_state,
                case.berkas_state,
                case.registration_number,
                case.ticket,
                case.full_name,
                case.nik,
                case.kk_number,
                case.birth_date,
                case.sex,
                case.village,
                case.biodata.to_string(),
                case.snapshot.to_string(),
                case.open_step,
                case.operator,
                case.changed_ms
            ],
        )?;
        let is_found_the_same = before.full_name == case.full_name
            && before.nik == case.nik
            && before.registration_number == case.registration_number
            && before.ticket == case.ticket;
        if is_found_the_same { Ok(()) } else { self.index_case(number, case) }
    }

    /// Moves the place where the desk reopens; the small change that goes with most steps.
    ///
    /// # Errors
    /// When the case does not exist, or the disk refuses.
    pub fn mark_case_open_step(
        &mut self,
        case: Uuid,
        open_step: &str,
        operator: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        self.run_on_one(
            "move the open step of a case",
            "case",
            "UPDATE case_file SET open_step = ?2, operator = ?3, changed_ms = ?4 WHERE id = ?1",
            params![Id(case), open_step, operator, now_ms],
        )
    }

    /// Sets the words of the four machines: recording, card, letter, paper file.
    ///
    /// # Errors
    /// When the case does not exist, or the disk refuses.
    pub fn mark_case_states(&mut self, case: Uuid, states: [&str; 4], now_ms: i64) -> Result<(), StoreError> {
        let [recording, card, letter, berkas] = states;
        self.run_on_one(
            "move the states of a case",
            "case",
            "UPDATE case_file SET recording_state = ?2, card_state = ?3, letter_state = ?4, berkas_state = ?5,
                 changed_ms = ?6
             WHERE id = ?1",
            params![Id(case), recording, card, letter, berkas, now_ms],
        )
    }
}

impl Reading<'_> {
    /// The number a case has inside the database.
    pub(crate) fn case_number(&self, case: Uuid) -> Result<i64, StoreError> {
        self.one("find a case", "SELECT number FROM case_file WHERE id = ?1", [Id(case)], |row| {
            row.get("number")
        })?
        .ok_or(StoreError::NotFound { what: "case" })
    }

    /// A case.
    ///
    /// # Errors
    /// When it does not exist or cannot be read.
    pub fn get_case(&self, case: Uuid) -> Result<CaseRow, StoreError> {
        self.one("read a case", &format!("SELECT {COLUMNS} WHERE id = ?1"), [Id(case)], read_case)?
            .ok_or(StoreError::NotFound { what: "case" })
    }

    /// Cases, newest first, `count_max` of them after skipping `skipped`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_cases(
        &self,
        filter: &CaseFilter,
        skipped: u32,
        count_max: u32,
    ) -> Result<Vec<CaseRow>, StoreError> {
        const OPERATION: &str = "list cases";
        let from_ms = filter.opened_from_ms.unwrap_or(i64::MIN);
        let until_ms = filter.opened_until_ms.unwrap_or(i64::MAX);
        let has_times = filter.opened_from_ms.is_some() || filter.opened_until_ms.is_some();
        // Each question has an index that answers it in its own order; one statement for all would read every case.
        match (&filter.recording_state, has_times) {
            (Some(state), false) => self.all(
                OPERATION,
                &format!(
                    "SELECT {COLUMNS} WHERE recording_state = ?1 ORDER BY number DESC LIMIT ?2 OFFSET ?3"
                ),
                params![state, count_max, skipped],
                read_case,
            ),
            (None, false) => self.all(
                OPERATION,
                &format!("SELECT {COLUMNS} ORDER BY number DESC LIMIT ?1 OFFSET ?2"),
                params![count_max, skipped],
                read_case,
            ),
            (state, true) => self.all(
                OPERATION,
                &format!(
                    "SELECT {COLUMNS} WHERE opened_ms >= ?1 AND opened_ms < ?2
                         AND (?3 IS NULL OR recording_state = ?3)
                     ORDER BY opened_ms DESC, number DESC LIMIT ?4 OFFSET ?5"
                ),
                params![from_ms, until_ms, state, count_max, skipped],
                read_case,
            ),
        }
    }

    /// How many cases stand in each state of the recording machine.
    ///
    /// # Errors
    /// When they cannot be counted.
    pub fn count_cases(&self) -> Result<Vec<(String, i64)>, StoreError> {
        self.all(
            "count cases",
            "SELECT recording_state, count(*) AS count FROM case_file GROUP BY recording_state",
            [],
            |row| Ok((row.get("recording_state")?, row.get("count")?)),
        )
    }
}
