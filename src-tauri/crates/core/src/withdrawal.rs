//! A sealed recording that was a mistake is withdrawn: nothing of it is changed, a signed notice says so.

use rekam_domain::audit::AuditEvent;
use rekam_domain::case::Facts;
use rekam_domain::effect::Task;
use rekam_domain::machine::CaseEvent;
use rekam_domain::packet::PacketState;
use rekam_domain::recording::RecordingEvent;
use rekam_domain::withdrawal::WithdrawalReason;
use rekam_store::{ApprovalRow, Uuid, Writing};
use serde_json::json;

use crate::arrival::current_packet;
use crate::desk::{Acknowledged, By, case_of};
use crate::knowledge::Proven;
use crate::notice::WITHDRAWAL;
use crate::problem::Problem;
use crate::station::Station;

impl Station {
    /// Withdraws the recording of a case: whoever is signed in approves it and must not have worked on it. The person to
    /// be called back becomes a task.
    ///
    /// # Errors
    /// The role does not permit it, the same person recorded, the recording is not sealed, its card was handed over; or
    /// the disk refuses. Nothing has changed then.
    pub fn withdraw(&mut self, case: Uuid, reason: WithdrawalReason) -> Result<Acknowledged, Problem> {
        self.expect_sure_clock()?;
        // The notice names the manifest, which the outbox knows.
        self.settle_packets()?;
        let done = self.promise(|station, writing| station.withdraw_in(writing, case, reason))?;
        // It is saved; what keeps it from the outbox is found again with the next sign-in.
        let _ = self.settle_notices();
        Ok(done)
    }

    /// Says no to an exception whose packet was sealed before anybody decided: the recording is withdrawn.
    ///
    /// # Errors
    /// As for a withdrawal.
    pub fn decline_approval(&mut self, case: Uuid) -> Result<Acknowledged, Problem> {
        self.withdraw(case, WithdrawalReason::ApprovalDeclined)
    }

    fn withdraw_in(
        &self,
        writing: &mut Writing<'_>,
        id: Uuid,
        reason: WithdrawalReason,
    ) -> Result<Acknowledged, Problem> {
        let mut said = Facts::default();
        said.recording.reason_given = true;
        let event = CaseEvent::Recording(RecordingEvent::Withdraw);
        // The rules judge as if it were signed; nothing of it is kept unless it is, for all of it is one promise.
        let by = By::person(self, Proven { notice: true, ..Proven::default() })?;
        let done = self.apply_by(writing, id, event, &said, &by)?;
        let now = self.now();
        writing.open_task(id, Task::CallBack.word(), reason.word(), now)?;
        for packet in writing.list_packets_of(id)? {
            if packet.state == PacketState::Building {
                // Not sealed yet, for want of an office: it never will be.
                writing.mark_packet(packet.id, PacketState::Building, WITHDRAWAL, now)?;
            }
        }
        let Some(packet) = current_packet(writing, id)? else { return Ok(done) };
        let case = case_of(&writing.get_case(id)?)?;
        let signed = self.sign_withdrawal(&case, &packet, reason)?;
        let notice = self.keep_notice(writing, &packet, WITHDRAWAL, signed.clone())?;
        let (account, _) = self.signed_in()?;
        let named = packet.id.to_string();
        writing.insert_approval(&ApprovalRow {
            id: 0,
            case: id,
            step: None,
            kind: WITHDRAWAL.to_owned(),
            decision: reason.word().to_owned(),
            approver: account.to_owned(),
            record: json!({"packet": named, "notice": notice.to_string()}),
            signature: signed,
            wall_ms: now,
        })?;
        let operators: Vec<&str> = case.operators().iter().map(|person| person.as_str()).collect();
        let fields = json!({
            "account": account, "target": operators.join(" "), "packet": named, "reason": reason.word(),
        });
        self.audit(writing, AuditEvent::PacketWithdrawn, id, fields)?;
        Ok(done)
    }
}

#[cfg(test)]
mod tests;
