//! Backups of the whole station, and a station given back from one. No key is needed for either: everything that is
//! copied is encrypted already.

use std::path::Path;

use rekam_domain::audit::AuditEvent;
use rekam_domain::permission::{Operation, Subject};
pub use rekam_store::{BackupEntry, CopyReport};
use serde_json::json;

use crate::problem::Problem;
use crate::station::Station;

impl Station {
    /// Copies the station to a folder on another disk, reads the copy back, and only then counts it.
    ///
    /// # Errors
    /// The role does not permit it, or one of the two disks refuses; older backups stay as they are.
    pub fn back_up(&mut self, target: &Path) -> Result<BackupEntry, Problem> {
        self.permit(Operation::Copy, Subject::Backup)?;
        let made = rekam_store::backup_create(self.folder(), target, self.now());
        let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match made {
            Ok(entry) => {
                self.care().backed_up(entry.made_ms);
                self.note(AuditEvent::BackupMade, json!({"disk": name}))?;
                Ok(entry)
            }
            Err(error) => {
                let problem = Problem::from(error);
                self.note(AuditEvent::BackupFailed, json!({"disk": name, "reason": problem.code.word()}))?;
                Err(problem)
            }
        }
    }
}

/// Reads a backup from end to end and compares every file with what was copied.
///
/// # Errors
/// It is damaged, or cannot be read.
pub fn verify(copy: &Path) -> Result<CopyReport, Problem> {
    Ok(rekam_store::backup_verify(copy)?)
}

/// Gives a station back into an empty folder, from a backup or from a mirror. Its people sign in as before.
///
/// # Errors
/// The copy is damaged, the folder is not empty, or a disk refuses.
pub fn restore(copy: &Path, folder: &Path) -> Result<CopyReport, Problem> {
    Ok(rekam_store::restore(copy, folder)?)
}
