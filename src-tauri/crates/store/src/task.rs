//! What waits for a person: at most one open task of a kind for a case.

use rusqlite::{Row, params};
use uuid::Uuid;

use crate::database::{Reading, Writing};
use crate::error::StoreError;
use crate::sql::{Id, id};

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    /// Its number.
    pub id: i64,
    /// The case.
    pub case: Uuid,
    /// Registration number of the case, or empty.
    pub registration: String,
    /// Word of what is to be done.
    pub kind: String,
    /// Word of the reason, or empty.
    pub reason: String,
    /// When it was opened.
    pub opened_ms: i64,
}

const COLUMNS: &str =
    "task.id, case_file.id AS case_id, case_file.registration_number, task.kind, task.reason,
    task.opened_ms FROM task JOIN case_file ON case_file.number = task.case_number";

fn read_task(row: &Row<'_>) -> rusqlite::Result<TaskRow> {
    Ok(TaskRow {
        id: row.get("id")?,
        case: id(row, "case_id")?,
        registration: row.get("registration_number")?,
        kind: row.get("kind")?,
        reason: row.get("reason")?,
        opened_ms: row.get("opened_ms")?,
    })
}

impl Writing<'_> {
    /// Opens a task; one that is open already stays as it is, with the new reason.
    ///
    /// # Errors
    /// When the case does not exist, or the disk refuses.
    pub fn open_task(&mut self, case: Uuid, kind: &str, reason: &str, now_ms: i64) -> Result<(), StoreError> {
        let number = self.case_number(case)?;
        self.run(
            "open a task",
            "INSERT INTO task (case_number, kind, reason, opened_ms, closed_by) VALUES (?1, ?2, ?3, ?4, '')
             ON CONFLICT (case_number, kind) WHERE closed_ms IS NULL DO UPDATE SET reason = excluded.reason
             WHERE reason <> excluded.reason",
            params![number, kind, reason, now_ms],
        )?;
        Ok(())
    }

    /// Closes the open task of this kind of a case, if there is one; answers whether there was.
    ///
    /// # Errors
    /// When the case does not exist, or the disk refuses.
    pub fn close_task(&mut self, case: Uuid, kind: &str, by: &str, now_ms: i64) -> Result<bool, StoreError> {
        let number = self.case_number(case)?;
        let closed = self.run(
            "close a task",
            "UPDATE task SET closed_ms = ?3, closed_by = ?4
             WHERE case_number = ?1 AND kind = ?2 AND closed_ms IS NULL",
            params![number, kind, now_ms, by],
        )?;
        Ok(closed > 0)
    }
}

impl Reading<'_> {
    /// Open tasks, oldest first, at most `count_max`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_open_tasks(&self, count_max: u32) -> Result<Vec<TaskRow>, StoreError> {
        self.all(
            "list tasks",
            &format!(
                "SELECT {COLUMNS} WHERE task.closed_ms IS NULL ORDER BY task.opened_ms, task.id LIMIT ?1"
            ),
            [count_max],
            read_task,
        )
    }

    /// The open tasks of a case, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_open_tasks_of(&self, case: Uuid) -> Result<Vec<TaskRow>, StoreError> {
        self.all(
            "list the tasks of a case",
            &format!("SELECT {COLUMNS} WHERE case_file.id = ?1 AND task.closed_ms IS NULL ORDER BY task.id"),
            [Id(case)],
            read_task,
        )
    }
}
