//! The recording of a person is made again, in a case of its own that names the one before: after a withdrawal, after a
//! refusal of the office, or when a packet's bytes were damaged. The new packet says which one it replaces.

use rekam_domain::audit::AuditEvent;
use rekam_domain::biodata::Biodata;
use rekam_domain::effect::Task;
use rekam_domain::machine::CaseEvent;
use rekam_domain::packet::{PacketEvent, PacketFacts, PacketState};
use rekam_domain::permission::{Operation, Subject};
use rekam_domain::purpose::Purpose;
use rekam_domain::recording::{RecordingEvent, RecordingState, Stage};
use rekam_domain::refusal::Refusal;
use rekam_domain::role::{Role, RoleSet};
use rekam_store::{CaseRow, PacketRow, Reading, Uuid, Writing};
use serde_json::json;

use crate::arrival::current_packet;
use crate::desk::{Acknowledged, By, case_of};
use crate::knowledge::Proven;
use crate::problem::{Code, Problem};
use crate::station::Station;

impl Station {
    /// Opens a case in which the recording of this one is made again, with the same person and purpose.
    ///
    /// # Errors
    /// The role does not permit it, the recording still stands (it is withdrawn first), it is being made again already,
    /// or the disk refuses.
    pub fn record_again(&mut self, replaced: Uuid) -> Result<(Uuid, Acknowledged), Problem> {
        self.permit(Operation::Enter, Subject::Biodata)?;
        self.expect_sure_clock()?;
        let id = self.fresh_id(self.now())?;
        let mark = self.promise(|station, writing| {
            let row = writing.get_case(replaced)?;
            if !may_be_made_again(writing, &row)? {
                let refusal = Refusal::WrongState.key();
                return Err(Problem::new(Code::StepRefused)
                    .with("event", "recording.supersede")
                    .with("refusal", refusal));
            }
            let damaged = || Problem::new(Code::FileDamaged).with("file", "station.db");
            let biodata: Biodata = serde_json::from_value(row.biodata.clone()).map_err(|_| damaged())?;
            let purpose = Purpose::from_word(&row.purpose).ok_or_else(damaged)?;
            let mark = station.begin_case(writing, id, purpose, &biodata)?;
            writing.insert_replacement(id, replaced)?;
            let (account, _) = station.signed_in()?;
            writing.close_task(replaced, Task::CallBack.word(), account, station.now())?;
            let fields = json!({"account": account, "case": id.to_string(), "target": replaced.to_string()});
            station.audit(writing, AuditEvent::RecordingOrderedAgain, id, fields)?;
            Ok(mark)
        })?;
        Ok((id, mark))
    }

    /// Tells delivery, which alone moves packets in the outbox, of those that are replaced here.
    ///
    /// # Errors
    /// Nobody is signed in, or a disk refuses; the next sign-in tries again.
    pub(crate) fn settle_superseded(&self) -> Result<(), Problem> {
        for packet in self.list_superseded()? {
            match self.move_packet_here(packet, PacketEvent::Supersede, is_replaced()) {
                // It moved meanwhile; the next look at it decides again.
                Err(problem) if [Code::StepRefused, Code::UnknownPacket].contains(&problem.code) => {}
                done => done?,
            }
        }
        Ok(())
    }

    /// Packets that are replaced here and that the outbox does not know to be.
    fn list_superseded(&self) -> Result<Vec<Uuid>, Problem> {
        let Some(outbox) = self.outbox() else { return Ok(Vec::new()) };
        let known = self.store()?.read(|reading| reading.list_packets(PacketState::Superseded, u32::MAX))?;
        let mut open = Vec::new();
        for packet in known {
            let there = outbox.read(|reading| reading.get_packet(packet.id));
            if there.is_ok_and(|row| superseded(row.state).is_some()) {
                open.push(packet.id);
            }
        }
        Ok(open)
    }

    /// What the packet that is being sealed replaces: an earlier one of the same case, else that of the case it makes
    /// again.
    pub(crate) fn packet_replaced(reading: &Reading<'_>, case: Uuid) -> Result<Option<PacketRow>, Problem> {
        let own = current_packet(reading, case)?;
        match (own, reading.get_replaced_case(case)?) {
            (Some(own), _) => Ok(Some(own)),
            (None, Some(replaced)) => current_packet(reading, replaced),
            (None, None) => Ok(None),
        }
    }

    /// The new packet is sealed: the one before it and its case end here.
    pub(crate) fn supersede(
        &self,
        writing: &mut Writing<'_>,
        case: Uuid,
        packet: &PacketRow,
    ) -> Result<(), Problem> {
        // One that still travels goes on travelling, and ends when the office has answered.
        if let Some(state) = superseded(packet.state) {
            writing.mark_packet(packet.id, state, &packet.reason, self.now())?;
            self.tell_move(writing, packet, state, &packet.reason)?;
        }
        if packet.case == case {
            return Ok(());
        }
        let old = case_of(&writing.get_case(packet.case)?)?;
        if matches!(old.recording().stage(), Stage::Sealed | Stage::Through) {
            let by = By::station(Proven { replaced: true, ..Proven::default() });
            let event = CaseEvent::Recording(RecordingEvent::Supersede);
            self.apply_by(writing, packet.case, event, &Default::default(), &by)?;
        }
        Ok(())
    }
}

fn is_replaced() -> PacketFacts {
    PacketFacts { replacement_named: true, ..PacketFacts::default() }
}

/// Where a packet that is replaced goes from here, if it goes at all.
fn superseded(state: PacketState) -> Option<PacketState> {
    let moved = state.next(PacketEvent::Supersede, RoleSet::of(&[Role::Station]), &is_replaced());
    moved.ok().map(|moved| moved.state)
}

/// Whether nothing of the recording stands at the office, or will, and nobody is at it already.
pub(crate) fn may_be_made_again(reading: &Reading<'_>, row: &CaseRow) -> Result<bool, Problem> {
    let case = case_of(row)?;
    let packet = current_packet(reading, row.id)?;
    let is_lost = packet
        .is_some_and(|packet| matches!(packet.state, PacketState::Nacked | PacketState::Quarantined))
        && matches!(case.recording().stage(), Stage::Sealed);
    if case.recording() != RecordingState::Withdrawn && !is_lost {
        return Ok(false);
    }
    for fresh in reading.list_replacing_cases(row.id)? {
        let fresh = case_of(&reading.get_case(fresh)?)?;
        if fresh.recording().stage() != Stage::Ended {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests;
