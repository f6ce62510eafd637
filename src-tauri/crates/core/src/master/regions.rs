//! Taking over an edition of the official region table.

use rekam_domain::audit::AuditEvent;
use rekam_domain::master_data::{MasterDataKind, MasterSource};
use rekam_domain::permission::{Operation, Subject};
use rekam_domain::region::{RefusedLine, RegionEdition};
use rekam_store::{NewAudit, RegionEditionRow, RegionRow};
use serde_json::json;

use super::file::GIVEN_BYTES_MAX;
use super::{
    Given, GivenFile, MasterChange, MasterError, MasterReport, RefusedMasterLine, end_of_day_ms, newest,
};
use crate::problem::Problem;
use crate::station::Station;

impl Station {
    /// Takes over an edition of the region table, or tells what that would change. Older editions stay beside it.
    ///
    /// # Errors
    /// Not permitted, the file cannot be used, or the disk refuses; nothing was changed.
    pub fn import_regions(&mut self, given: &Given<'_>) -> Result<MasterReport, MasterError> {
        self.permit(Operation::Enter, Subject::Profile)?;
        let file = GivenFile::read(given, GIVEN_BYTES_MAX)?;
        let source = file.source(MasterDataKind::RegionTable)?;
        let (table, lines_above) = file.table();
        let (edition, refused) = RegionEdition::import(table, &source.label, source.made_on);
        let editions = self.store()?.read(|reading| reading.list_region_editions())?;
        let current = self.regions().current();
        let made_on = source.made_on.to_string();
        let row = RegionEditionRow {
            id: 0,
            name: source.label.clone(),
            hash: file.hash,
            made_on: made_on.clone(),
            imported_ms: self.now(),
            valid_until_ms: end_of_day_ms(source.valid_until),
        };
        let is_same = |known: &RegionEditionRow| {
            RegionEditionRow { id: 0, imported_ms: row.imported_ms, ..known.clone() } == row
        };
        let mut report = MasterReport {
            change: MasterChange::RegionTable {
                regions: edition.len(),
                against: current.label().to_owned(),
                is_current: newest(&editions).is_none_or(|newest| newest.made_on <= made_on),
                change: edition.changes_from(current),
            },
            is_known: editions.iter().any(is_same),
            refused: refused
                .into_iter()
                .map(|line| RefusedLine { line: line.line + lines_above, ..line })
                .map(RefusedMasterLine::Region)
                .collect(),
            hash: file.hash.hex(),
            is_imported: false,
            source,
        };
        if !given.dry_run && !report.is_known && !report.change.is_empty() {
            self.keep_regions(&row, &report.source, &edition)?;
            report.is_imported = true;
            self.use_master_data()?;
        }
        Ok(report)
    }

    fn keep_regions(
        &mut self,
        row: &RegionEditionRow,
        source: &MasterSource,
        edition: &RegionEdition,
    ) -> Result<(), Problem> {
        let now = self.now();
        let mut regions: Vec<_> = edition.regions().collect();
        regions.sort_unstable_by_key(|(code, ..)| *code);
        self.promise(|station, writing| {
            let regions = regions.into_iter().map(|(code, name, is_partial)| RegionRow {
                code: code.to_string(),
                name: name.to_owned(),
                is_partial,
            });
            writing.insert_regions(row, regions)?;
            writing.append_audit(&NewAudit {
                event: AuditEvent::RegionsImported.word(),
                actor: station.signed_in()?.0,
                subject: "",
                fields: &json!({"version": source.made_on.to_string(), "hash": row.hash.hex()}),
                wall_ms: now,
            })?;
            Ok(())
        })
    }
}
