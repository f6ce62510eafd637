//! The signed word of whoever decides about exceptions: in the packet, or behind it when it was sealed without.

use std::collections::BTreeSet;

use rekam_domain::case::{Case, CaseException, Decision};
use rekam_domain::packet::PacketState;
use rekam_domain::recording::Stage;
use rekam_store::{CaseRow, PacketRow, StepRow, Writing};

use super::building;
use super::contents::Contents;
use crate::arrival::current_packet;
use crate::problem::Problem;
use crate::station::Station;

impl Station {
    /// Signs the approval of whoever decides, for the exceptions that were decided by it.
    pub(crate) fn sign_approval(
        &self,
        writing: &mut Writing<'_>,
        row: &CaseRow,
        before: &[CaseException],
        case: &Case,
        steps: &[StepRow],
    ) -> Result<(), Problem> {
        let approved: BTreeSet<_> = case
            .exceptions()
            .iter()
            .filter(|one| matches!(one.decision, Decision::Approved(_)))
            .filter(|one| {
                !before.iter().any(|known| known.note == one.note && known.decision == one.decision)
            })
            .map(|one| (one.note.code, one.note.position))
            .collect();
        if approved.is_empty() {
            return Ok(());
        }
        // Behind a recording that waits for its office, the approval still goes into the packet.
        let waits = |packet: &PacketRow| packet.state == PacketState::Building;
        let is_late =
            case.recording().stage() == Stage::Sealed && !writing.list_packets_of(row.id)?.iter().any(waits);
        let sealed = if is_late { current_packet(writing, row.id)? } else { None };
        let (packet, manifest) = match sealed {
            Some(packet) => (packet.id, Some(self.manifest_of(packet.id)?)),
            None => {
                self.reserve_packet(writing, row.id)?;
                (building(writing, row.id)?.id, None)
            }
        };
        let contents = Contents { station: self, writing, row, case, steps, packet, supersedes: None };
        let signed = contents.approval(&approved, manifest)?;
        let approval = contents.approval_row(signed.clone());
        writing.insert_approval(&approval)?;
        if manifest.is_some() {
            self.send_approval(writing, &writing.get_packet(packet)?, signed)?;
        }
        Ok(())
    }
}
