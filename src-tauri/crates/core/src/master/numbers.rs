//! Taking over blocks of numbers the office gives.

use jiff::civil::Date;
use rekam_domain::audit::AuditEvent;
use rekam_domain::effect::Series;
use rekam_domain::master_data::MasterDataKind;
use rekam_domain::number::{GivenBlocks, NumberBlock};
use rekam_domain::permission::{Operation, Subject};
use rekam_store::{NewAudit, NumberBlockRow};
use serde_json::json;

use super::file::GIVEN_BYTES_MAX;
use super::{
    BlockShare, Given, GivenFile, MasterChange, MasterError, MasterReport, RefusedMasterLine, SourceSaid,
    start_of_day_ms,
};
use crate::station::Station;

impl Station {
    /// Takes over the blocks of a file that are new, or tells which those are.
    ///
    /// # Errors
    /// Not permitted, the file cannot be read, or the disk refuses; nothing was changed.
    pub fn import_numbers(&mut self, given: &Given<'_>) -> Result<MasterReport, MasterError> {
        self.permit(Operation::Enter, Subject::Profile)?;
        let file = GivenFile::read(given, GIVEN_BYTES_MAX)?;
        let present: Vec<NumberBlock> = self
            .store()?
            .read(|reading| reading.list_number_shares())?
            .iter()
            .filter_map(|share| block_of(&share.block))
            .collect();
        let (table, lines_above) = file.table();
        let blocks = GivenBlocks::read(table, lines_above, &present);
        let last_year = blocks.new.iter().map(|given| given.block.year()).max();
        let last_day = last_year.and_then(|year| Date::new(year, 12, 31).ok());
        let said = SourceSaid { valid_until: last_day, ..SourceSaid::default() };
        let source = file.said.clone().or(said).source(MasterDataKind::NumberBlock);
        let source = source.ok_or(MasterError::DateMissing)?;
        let added: Vec<BlockShare> = blocks.new.iter().map(|given| BlockShare::of(&given.block)).collect();
        let mut report = MasterReport {
            is_known: added.is_empty() && blocks.refused.is_empty(),
            change: MasterChange::NumberBlock { added, unchanged: blocks.known },
            refused: blocks.refused.iter().copied().map(RefusedMasterLine::Block).collect(),
            hash: file.hash.hex(),
            is_imported: false,
            source,
        };
        if !given.dry_run && !report.change.is_empty() {
            self.keep_numbers(&blocks, &report)?;
            report.is_imported = true;
        }
        Ok(report)
    }

    fn keep_numbers(&mut self, blocks: &GivenBlocks, report: &MasterReport) -> Result<(), MasterError> {
        let now = self.now();
        self.promise(|station, writing| {
            for given in &blocks.new {
                let (first, last) = given.block.range();
                let series = given.block.series().word();
                writing.insert_number_block(&NumberBlockRow {
                    series: series.to_owned(),
                    year: given.block.year().into(),
                    first: first.into(),
                    last: last.into(),
                    source: report.source.label.clone(),
                    given_ms: start_of_day_ms(report.source.made_on),
                })?;
                writing.append_audit(&NewAudit {
                    event: AuditEvent::NumberBlockAdded.word(),
                    actor: station.signed_in()?.0,
                    subject: "",
                    fields: &json!({"series": series, "from": first, "to": last, "hash": report.hash}),
                    wall_ms: now,
                })?;
            }
            Ok(())
        })?;
        Ok(())
    }
}

/// A block of the database; one that no rule knows cannot overlap with one that is given.
pub(crate) fn block_of(row: &NumberBlockRow) -> Option<NumberBlock> {
    let series = Series::from_word(&row.series)?;
    let (first, last) = (row.first.try_into().ok()?, row.last.try_into().ok()?);
    NumberBlock::new(series, row.year.try_into().ok()?, first, last).ok()
}
