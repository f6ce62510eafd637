//! Late entries: what was done on paper during an outage, entered afterwards under its own date.

use crate::berkas::BerkasEvent;
use crate::card::CardEvent;
use crate::letter::LetterEvent;
use crate::machine::CaseEvent;
use crate::recording::RecordingEvent;
use crate::refusal::{Guard, Refusal};

/// When a step really happened, and whether its paper is in the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateEntry {
    /// The date on the paper, in milliseconds.
    pub happened_ms: i64,
    /// The paper has been scanned into the case.
    pub paper_scanned: bool,
}

/// The time a step counts from: now, or the date on its paper.
pub(super) fn time_of(
    event: CaseEvent,
    late: Option<LateEntry>,
    last_ms: i64,
    now_ms: i64,
) -> Result<i64, Refusal> {
    let Some(late) = late else { return Ok(now_ms) };
    if !may_be_late(event) {
        return Err(Refusal::GuardFailed(Guard::NotOnPaper));
    }
    if !late.paper_scanned {
        return Err(Refusal::GuardFailed(Guard::PaperNotScanned));
    }
    // A draft opened today may hold yesterday's paper, so only the first step may lie before the case itself.
    let first = event == CaseEvent::Recording(RecordingEvent::Receive);
    if late.happened_ms > now_ms || (!first && late.happened_ms < last_ms) {
        return Err(Refusal::GuardFailed(Guard::LateDateWrong));
    }
    Ok(late.happened_ms)
}

/// Whether a step can be done on paper. What needs a device, the centre or a second look at the person cannot.
#[must_use]
pub const fn may_be_late(event: CaseEvent) -> bool {
    match event {
        CaseEvent::Recording(event) => recording_may(event),
        CaseEvent::Card(event) => match event {
            CardEvent::Register | CardEvent::Transfer | CardEvent::HandOver | CardEvent::HandOverBatch => {
                true
            }
            CardEvent::Approve
            | CardEvent::IssueBlank
            | CardEvent::Print
            | CardEvent::FailQc
            | CardEvent::Reprint
            | CardEvent::PassQc
            | CardEvent::Arrive
            | CardEvent::Close => false,
        },
        CaseEvent::Letter(event) => match event {
            LetterEvent::Initial | LetterEvent::Sign | LetterEvent::Stamp | LetterEvent::Deliver => true,
            LetterEvent::Draft
            | LetterEvent::Redraft
            | LetterEvent::Number
            | LetterEvent::Return
            | LetterEvent::Void => false,
        },
        CaseEvent::Berkas(event) => match event {
            BerkasEvent::Receive
            | BerkasEvent::TakeUp
            | BerkasEvent::Archive
            | BerkasEvent::Borrow
            | BerkasEvent::PutBack
            | BerkasEvent::GiveBack => true,
        },
    }
}

const fn recording_may(event: RecordingEvent) -> bool {
    use RecordingEvent as E;
    match event {
        E::Receive
        | E::FindIncomplete
        | E::Complete
        | E::Verify
        | E::SecondCheck
        | E::RedirectNoNik
        | E::Reject
        | E::RedirectFixKk
        | E::RedirectOtherOffice
        | E::RedirectIssuance
        | E::Cancel => true,
        E::Start
        | E::Expire
        | E::Allow
        | E::AcceptRecorded
        | E::Schedule
        | E::ConfirmSchedule
        | E::Arrive
        | E::MissSlot
        | E::Call
        | E::MissCall
        | E::Recall
        | E::OpenCapture
        | E::Suspend
        | E::Resume
        | E::RaiseException
        | E::ApproveException
        | E::DenyException
        | E::DeferApproval
        | E::AttachApproval
        | E::RefuseApproval
        | E::Seal
        | E::Acknowledge
        | E::ReportPrintReady
        | E::ReportBlocked
        | E::OrderRerecord
        | E::OrderResend
        | E::ConfirmDuplicate
        | E::Abandon
        | E::Withdraw
        | E::Supersede
        | E::Wipe => false,
    }
}
