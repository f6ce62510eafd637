//! Holds everything the office ever said against everything it has.

use rekam_packet::notice::{Done, Payload as _, Receipt, StatusEntry};
use serde::Serialize;

use crate::ledger::{Entry, LedgerError, View};
use crate::office::{Office, OfficeError};
use crate::opening::check_kept;

/// Something is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What is wrong.
    pub word: &'static str,
    /// Where.
    pub about: String,
}

/// Checks the chain and signature of every signed word, that every promise has its packet, that every kept packet
/// still verifies, and the audit. Says how many things were looked at.
///
/// # Errors
/// The ledger cannot be read.
pub fn check(office: &Office) -> Result<(u64, Vec<Finding>), OfficeError> {
    let mut findings = Vec::new();
    let mut checked = 0;
    let rows = office.ledger.read(|view| {
        view.each_entry(|entry, holds| {
            checked += 1;
            let about = format!("{} {}", entry.position, entry.item);
            if !holds {
                findings.push(Finding { word: "entry_chain", about: about.clone() });
            }
            if let Some(word) = check_entry(office, view, &entry)? {
                findings.push(Finding { word, about });
            }
            Ok(())
        })?;
        if let Some(line) = view.audit_break()? {
            findings.push(Finding { word: "audit_broken", about: line.to_string() });
        }
        view.packets(None, None, u32::MAX)
    })?;
    for row in rows {
        checked += 1;
        if let Err(error) = check_kept(office, &row) {
            findings.push(Finding { word: "packet_damaged", about: format!("{} ({error})", row.id) });
        }
    }
    Ok((checked, findings))
}

fn check_entry(office: &Office, view: &View<'_>, entry: &Entry) -> Result<Option<&'static str>, LedgerError> {
    let key = office.public_key();
    if entry.kind == "status" {
        let is_good = StatusEntry::verify_by(&entry.bytes, [&key])
            .is_ok_and(|status| status.cursor == entry.position && status.packet_id == entry.item);
        return Ok((!is_good).then_some("entry_signature"));
    }
    let Ok(receipt) = Receipt::verify_by(&entry.bytes, [&key]) else { return Ok(Some("entry_signature")) };
    if receipt.position != entry.position || receipt.packet_id != entry.item {
        return Ok(Some("entry_signature"));
    }
    if matches!(receipt.done, Done::Refused { .. }) {
        return Ok(None);
    }
    let is_packet = view.packet(entry.item)?.is_some_and(|row| row.manifest == receipt.manifest);
    let is_kept = is_packet || view.notice_length(&entry.station, entry.item)?.is_some();
    Ok((!is_kept).then_some("receipt_without_packet"))
}
