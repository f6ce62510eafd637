//! What has to be known of the copies while their disks are away: `copies.json` in the station's folder.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{NOTES_MAX, Note};
use crate::config;

const FILE: &str = "copies.json";

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    pub(super) mirror_made_ms: Option<i64>,
    pub(super) backup_made_ms: Option<i64>,
    /// Events the audit does not hold yet.
    pub(super) notes: Vec<Note>,
}

impl Record {
    /// Reads it; a file that is missing or damaged only makes the copies look as if they had never been made.
    pub(super) fn read(folder: &Path) -> Self {
        let read = config::read(folder, FILE).ok().and_then(|text| serde_json::from_str(&text).ok());
        let mut record: Self = read.unwrap_or_default();
        // The file lies open: only what this module could have written goes into the audit.
        record.notes.retain(Note::is_ours);
        record.notes.truncate(NOTES_MAX);
        record
    }

    /// Writes it, as far as the disk lets it: no copy depends on it.
    pub(super) fn write(&self, folder: &Path) {
        if let Ok(text) = serde_json::to_vec(self) {
            let _ = config::write(folder, FILE, &text);
        }
    }
}
