//! The table of the recording machine (`domain.md` §1.7.3, T01–T27, with the amendments of 1.7.0).

use super::intake::*;
use super::session::*;
use super::{RecordingEvent, RecordingFacts, RecordingState};
use crate::effect::Effect;
use crate::machine::{Moved, Rule, decide};
use crate::refusal::Refusal;
use crate::role::RoleSet;

pub(super) type Line = Rule<RecordingState, RecordingFacts>;

impl RecordingState {
    /// What this event does, line by line; a state no line starts from refuses it.
    #[must_use]
    pub const fn rules(event: RecordingEvent) -> &'static [Line] {
        use RecordingEvent as E;
        match event {
            E::Start => START,
            E::Receive => RECEIVE,
            E::FindIncomplete => FIND_INCOMPLETE,
            E::Complete => COMPLETE,
            E::Expire => EXPIRE,
            E::Verify => VERIFY,
            E::SecondCheck => SECOND_CHECK,
            E::Allow => ALLOW,
            E::RedirectNoNik => REDIRECT_NO_NIK,
            E::Reject => REJECT,
            E::RedirectFixKk => REDIRECT_FIX_KK,
            E::RedirectOtherOffice => REDIRECT_OTHER_OFFICE,
            E::RedirectIssuance => REDIRECT_ISSUANCE,
            E::AcceptRecorded => ACCEPT_RECORDED,
            E::Schedule => SCHEDULE,
            E::ConfirmSchedule => CONFIRM_SCHEDULE,
            E::Arrive => ARRIVE,
            E::MissSlot => MISS_SLOT,
            E::Call => CALL,
            E::MissCall => MISS_CALL,
            E::Recall => RECALL,
            E::OpenCapture => OPEN_CAPTURE,
            E::Suspend => SUSPEND,
            E::Resume => RESUME,
            E::RaiseException => RAISE_EXCEPTION,
            E::ApproveException => APPROVE_EXCEPTION,
            E::DenyException => DENY_EXCEPTION,
            E::DeferApproval => DEFER_APPROVAL,
            E::AttachApproval => ATTACH_APPROVAL,
            E::RefuseApproval => REFUSE_APPROVAL,
            E::Seal => SEAL,
            E::Acknowledge => ACKNOWLEDGE,
            E::ReportPrintReady => REPORT_PRINT_READY,
            E::ReportBlocked => REPORT_BLOCKED,
            E::OrderRerecord => ORDER_RERECORD,
            E::OrderResend => ORDER_RESEND,
            E::ConfirmDuplicate => CONFIRM_DUPLICATE,
            E::Abandon => ABANDON,
            E::Cancel => CANCEL,
            E::Withdraw => WITHDRAW,
            E::Supersede => SUPERSEDE,
            E::Wipe => WIPE,
        }
    }

    /// The step this event makes, or why it is refused.
    ///
    /// # Errors
    /// The refusal names the first condition that is not met.
    pub fn next(
        self,
        event: RecordingEvent,
        roles: RoleSet,
        given: &RecordingFacts,
    ) -> Result<Moved<Self>, Refusal> {
        let mut moved = decide(self, Self::rules(event), roles, given)?;
        // The reason of an interruption is only known from the facts, so the table cannot spell it.
        if event == RecordingEvent::Suspend
            && let Some(reason) = given.interruption
        {
            moved.effects.push(Effect::PauseClock(reason));
        }
        Ok(moved)
    }
}
