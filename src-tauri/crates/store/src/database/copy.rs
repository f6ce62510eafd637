//! A copy of the whole database while it is in use, for the mirror and the backup.

use std::fs::File;
use std::path::Path;

use rusqlite::OpenFlags;
use rusqlite::backup::{Backup, StepResult};

use super::disk::{self, sync_folder};
use super::{Vault, check, hold, open, with_ending};
use crate::error::{StoreError, from_io, from_sql};
use crate::key::RawKey;

impl Vault {
    /// Writes a copy into another folder under the usual name, reads it back page by page, and only then lets it
    /// take the place of an earlier copy.
    pub(crate) fn copy_to(&self, folder: &Path, key: &dyn RawKey) -> Result<(), StoreError> {
        const OPERATION: &str = "copy the database";
        if !folder.is_dir() {
            return Err(StoreError::FolderMissing { operation: OPERATION });
        }
        let fault = |error| from_sql(OPERATION, error, || disk::probe(folder, OPERATION));
        let target = folder.join(self.plan.file);
        let fresh = with_ending(&target, ".copying");
        match std::fs::remove_file(&fresh) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(from_io(OPERATION, error));
            }
            _ => {}
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut copy = open::connect(&fresh, flags, key).map_err(fault)?;
        copy.execute_batch("PRAGMA synchronous = FULL").map_err(fault)?;
        let reader = hold(&self.reader);
        let done = Backup::new(&reader, &mut copy).and_then(|backup| backup.step(-1)).map_err(fault)?;
        drop(reader);
        if done != StepResult::Done {
            return Err(StoreError::WriteFailed {
                operation: OPERATION,
                source: "the copy did not end".into(),
            });
        }
        // As a plain file, without a log of its own, the copy can be carried anywhere.
        copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).map_err(fault)?;
        copy.close().map_err(|(_, error)| fault(error))?;
        let back = open::connect(&fresh, OpenFlags::SQLITE_OPEN_READ_ONLY, key).map_err(fault)?;
        let complaint: Option<String> = back
            .prepare("PRAGMA cipher_integrity_check")
            .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.next().transpose())
            .map_err(fault)?;
        if let Some(complaint) = complaint {
            return Err(StoreError::damaged(format!("the copy: {complaint}")));
        }
        drop(back);
        File::open(&fresh).and_then(|file| file.sync_all()).map_err(|error| from_io(OPERATION, error))?;
        check::write(folder, self.plan.check, key, self.plan.what)?;
        std::fs::rename(&fresh, &target).map_err(|error| from_io(OPERATION, error))?;
        sync_folder(folder)
    }
}
