//! The day of the office around the cases: slots, devices, outages.

use std::fmt;

use rusqlite::params;
use serde_json::Value;
use uuid::Uuid;

use crate::database::{Reading, Writing};
use crate::error::StoreError;
use crate::sql::{id, json};

/// A slot that was given to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleSlotRow {
    /// Number of the slot; 0 when it is new.
    pub id: i64,
    /// Day, `yyyy-mm-dd`.
    pub day: String,
    /// Minute of the day it begins at.
    pub start_minute: u32,
    /// Its length.
    pub duration_minutes: u32,
    /// The case it is for.
    pub case: Uuid,
    /// Word of its state (`given`, `confirmed`, `kept`, `missed`, `moved` …).
    pub state: String,
    /// Wall time of the last change.
    pub changed_ms: i64,
}

/// A device as it was seen last.
#[derive(Clone, PartialEq)]
pub struct DeviceRow {
    /// Stable id of the device.
    pub id: String,
    /// What it is for.
    pub kind: String,
    /// Which driver speaks with it.
    pub driver: String,
    /// Word of its state.
    pub state: String,
    /// Serial number, firmware, calibration and the like.
    pub detail: Value,
    /// Wall time of the last change.
    pub changed_ms: i64,
}

impl fmt::Debug for DeviceRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DeviceRow({}, {}, {})", self.id, self.kind, self.state)
    }
}

/// A time in which something did not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutageRow {
    /// Number of the outage; 0 when it is new.
    pub id: i64,
    /// What failed (`power`, `network`, `centre`, a device).
    pub kind: String,
    /// What was noted.
    pub note: String,
    /// When it began.
    pub began_ms: i64,
    /// When it ended, if it has.
    pub ended_ms: Option<i64>,
}

impl Writing<'_> {
    /// Gives a slot; answers its number.
    ///
    /// # Errors
    /// When the case does not exist, or the disk refuses.
    pub fn insert_schedule_slot(&mut self, slot: &ScheduleSlotRow) -> Result<i64, StoreError> {
        let case_number = self.case_number(slot.case)?;
        self.run(
            "give a slot",
            "INSERT INTO schedule_slot (day, start_minute, duration_minutes, case_number, state, changed_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                slot.day,
                slot.start_minute,
                slot.duration_minutes,
                case_number,
                slot.state,
                slot.changed_ms
            ],
        )?;
        Ok(self.last_id())
    }

    /// Moves the state of a slot.
    ///
    /// # Errors
    /// When there is no such slot, or the disk refuses.
    pub fn mark_schedule_slot(&mut self, slot: i64, state: &str, now_ms: i64) -> Result<(), StoreError> {
        self.run_on_one(
            "move a slot",
            "slot",
            "UPDATE schedule_slot SET state = ?2, changed_ms = ?3 WHERE id = ?1",
            params![slot, state, now_ms],
        )
    }

    /// Keeps what is known of a device, new or seen before.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn mark_device(&mut self, device: &DeviceRow) -> Result<(), StoreError> {
        self.run(
            "keep a device",
            "INSERT INTO device (id, kind, driver, state, detail, changed_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, driver = excluded.driver, state = excluded.state,
                 detail = excluded.detail, changed_ms = excluded.changed_ms",
            params![
                device.id,
                device.kind,
                device.driver,
                device.state,
                device.detail.to_string(),
                device.changed_ms
            ],
        )?;
        Ok(())
    }

    /// Notes the beginning of an outage; answers its number.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn insert_outage(&mut self, kind: &str, note: &str, began_ms: i64) -> Result<i64, StoreError> {
        self.run(
            "note an outage",
            "INSERT INTO outage (kind, note, began_ms, ended_ms) VALUES (?1, ?2, ?3, NULL)",
            params![kind, note, began_ms],
        )?;
        Ok(self.last_id())
    }

    /// Notes the end of an outage.
    ///
    /// # Errors
    /// When there is no such outage that still lasts, or the disk refuses.
    pub fn mark_outage_ended(&mut self, outage: i64, ended_ms: i64) -> Result<(), StoreError> {
        self.run_on_one(
            "note the end of an outage",
            "outage that still lasts",
            "UPDATE outage SET ended_ms = ?2 WHERE id = ?1 AND ended_ms IS NULL",
            params![outage, ended_ms],
        )
    }
}

impl Reading<'_> {
    /// The slots of a day, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_schedule_slots(&self, day: &str) -> Result<Vec<ScheduleSlotRow>, StoreError> {
        self.all(
            "list slots",
            "SELECT schedule_slot.id, day, start_minute, duration_minutes, case_file.id AS case_id, state,
                 schedule_slot.changed_ms
             FROM schedule_slot JOIN case_file ON case_file.number = schedule_slot.case_number
             WHERE day = ?1 ORDER BY start_minute, schedule_slot.id",
            [day],
            |row| {
                Ok(ScheduleSlotRow {
                    id: row.get("id")?,
                    day: row.get("day")?,
                    start_minute: row.get("start_minute")?,
                    duration_minutes: row.get("duration_minutes")?,
                    case: id(row, "case_id")?,
                    state: row.get("state")?,
                    changed_ms: row.get("changed_ms")?,
                })
            },
        )
    }

    /// Every device ever seen.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_devices(&self) -> Result<Vec<DeviceRow>, StoreError> {
        self.all(
            "list devices",
            "SELECT id, kind, driver, state, detail, changed_ms FROM device ORDER BY kind, id",
            [],
            |row| {
                Ok(DeviceRow {
                    id: row.get("id")?,
                    kind: row.get("kind")?,
                    driver: row.get("driver")?,
                    state: row.get("state")?,
                    detail: json(row, "detail")?,
                    changed_ms: row.get("changed_ms")?,
                })
            },
        )
    }

    /// Outages that began at or after a time, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_outages(&self, from_ms: i64) -> Result<Vec<OutageRow>, StoreError> {
        self.all(
            "list outages",
            "SELECT id, kind, note, began_ms, ended_ms FROM outage WHERE began_ms >= ?1 ORDER BY began_ms, id",
            [from_ms],
            |row| {
                Ok(OutageRow {
                    id: row.get("id")?,
                    kind: row.get("kind")?,
                    note: row.get("note")?,
                    began_ms: row.get("began_ms")?,
                    ended_ms: row.get("ended_ms")?,
                })
            },
        )
    }
}
