//! The recording machine: from the first word at the desk to "ready to print" (`domain.md` §1.7 with 1.7.0).

mod facts;
mod intake;
mod rules;
mod session;

pub use facts::RecordingFacts;

crate::word::words! {
    /// Where a recording stands.
    pub enum RecordingState {
        /// Being typed or imported; not counted.
        Draft => "Draft",
        /// Received, has a registration number.
        Submitted => "Submitted",
        /// Incomplete, waiting for the applicant.
        Returned => "Returned",
        /// Documents complete and correct.
        Verified => "Verified",
        /// NIK found, eligible, not recorded yet.
        ReadyToRecord => "ReadyToRecord",
        /// Slot given.
        Scheduled => "Scheduled",
        /// Waiting in the queue.
        Queued => "Queued",
        /// Called to the desk.
        Called => "Called",
        /// Did not come when called or when due.
        NoShow => "NoShow",
        /// Session open.
        InCapture => "InCapture",
        /// Interrupted, can be resumed on any later day.
        CaptureSuspended => "CaptureSuspended",
        /// A missing or poor modality waits for a decision.
        ExceptionReview => "ExceptionReview",
        /// Packet sealed and signed.
        Recorded => "Recorded",
        /// Packet accepted, the centre has not answered yet.
        AwaitingDedup => "AwaitingDedup",
        /// Duplicate, adjudication, or a failure at the centre.
        DedupBlocked => "DedupBlocked",
        /// The centre says ready to print. End, unless the centre takes it back.
        PrintReady => "PrintReady",
        /// Not eligible. End.
        Rejected => "Rejected",
        /// Given up by the applicant, expiry or a confirmed duplicate. End.
        Cancelled => "Cancelled",
        /// Sent to another desk or procedure. End.
        Redirected => "Redirected",
        /// Capture given up with a reason; kept encrypted for a while, then wiped. End.
        Abandoned => "Abandoned",
        /// Withdrawn after sealing by a signed notice. End.
        Withdrawn => "Withdrawn",
        /// Replaced by a new recording. End.
        Superseded => "Superseded",
    }
}

crate::word::words! {
    /// What can happen to a recording. The T numbers are those of `domain.md` §1.7.3.
    pub enum RecordingEvent {
        /// T01: intake begins, or a pre-application or roster row is imported.
        Start => "start",
        /// T02: received and numbered.
        Receive => "receive",
        /// T03: a required document is missing.
        FindIncomplete => "find_incomplete",
        /// T04: the applicant completed the file.
        Complete => "complete",
        /// T05: the return period has passed.
        Expire => "expire",
        /// T06: the checklist is all green.
        Verify => "verify",
        /// T07: second checklist of a collective file.
        SecondCheck => "second_check",
        /// T08: eligible and ready to record.
        Allow => "allow",
        /// T09: no NIK.
        RedirectNoNik => "redirect_no_nik",
        /// T10: not eligible.
        Reject => "reject",
        /// T11: the family card must be corrected first.
        RedirectFixKk => "redirect_fix_kk",
        /// Another office must serve.
        RedirectOtherOffice => "redirect_other_office",
        /// Already recorded: only a card is to be issued elsewhere.
        RedirectIssuance => "redirect_issuance",
        /// T12: already recorded, goes on to issuance here.
        AcceptRecorded => "accept_recorded",
        /// T13: a slot is given.
        Schedule => "schedule",
        /// The applicant confirmed the slot (or not: it stays valid).
        ConfirmSchedule => "confirm_schedule",
        /// T14: arrived, takes a ticket.
        Arrive => "arrive",
        /// T15: the slot was missed.
        MissSlot => "miss_slot",
        /// T16: called to the desk.
        Call => "call",
        /// Called and did not come.
        MissCall => "miss_call",
        /// Came back after a no-show.
        Recall => "recall",
        /// T16: the session opens.
        OpenCapture => "open_capture",
        /// T17: interruption by device, power or applicant.
        Suspend => "suspend",
        /// T18: resumed after the person was verified again.
        Resume => "resume",
        /// T19: a modality is missing or stays poor.
        RaiseException => "raise_exception",
        /// T20: approved by another person.
        ApproveException => "approve_exception",
        /// T20: denied by another person.
        DenyException => "deny_exception",
        /// 1.7.0 no. 4: no approver present, goes on with the approval pending.
        DeferApproval => "defer_approval",
        /// 1.7.0 no. 4: the pending approval arrives after sealing.
        AttachApproval => "attach_approval",
        /// 1.7.0 no. 4: the pending approval is refused before sealing.
        RefuseApproval => "refuse_approval",
        /// T21: packet sealed and signed.
        Seal => "seal",
        /// T22: the office acknowledged the packet.
        Acknowledge => "acknowledge",
        /// T23: the centre says ready to print.
        ReportPrintReady => "report_print_ready",
        /// T24: the centre blocks.
        ReportBlocked => "report_blocked",
        /// T25: a new recording is ordered.
        OrderRerecord => "order_rerecord",
        /// T26: the same packet is to be sent again.
        OrderResend => "order_resend",
        /// T27: the duplicate is confirmed.
        ConfirmDuplicate => "confirm_duplicate",
        /// 1.7.0 no. 2: capture given up, with a reason.
        Abandon => "abandon",
        /// The applicant gives up before recording.
        Cancel => "cancel",
        /// 1.7.0 no. 5: withdrawn after sealing.
        Withdraw => "withdraw",
        /// 1.7.0 no. 5: replaced by a new recording.
        Supersede => "supersede",
        /// 1.7.0 no. 2: what was captured is wiped after its limit.
        Wipe => "wipe",
    }
}

/// How far a recording has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Nothing has been captured.
    BeforeCapture,
    /// A session is open, suspended or under review.
    InCapture,
    /// Sealed, and the centre has not let it through yet.
    Sealed,
    /// The centre says ready to print. An end, unless withdrawn, superseded or taken back.
    Through,
    /// Any other end.
    Ended,
}

impl RecordingState {
    /// How far this state has come.
    #[must_use]
    pub const fn stage(self) -> Stage {
        match self {
            Self::Draft
            | Self::Submitted
            | Self::Returned
            | Self::Verified
            | Self::ReadyToRecord
            | Self::Scheduled
            | Self::Queued
            | Self::Called
            | Self::NoShow => Stage::BeforeCapture,
            Self::InCapture | Self::CaptureSuspended | Self::ExceptionReview => Stage::InCapture,
            Self::Recorded | Self::AwaitingDedup | Self::DedupBlocked => Stage::Sealed,
            Self::PrintReady => Stage::Through,
            Self::Rejected
            | Self::Cancelled
            | Self::Redirected
            | Self::Abandoned
            | Self::Withdrawn
            | Self::Superseded => Stage::Ended,
        }
    }

    /// Whether the recording has come to an end.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(self.stage(), Stage::Through | Stage::Ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_states_follow_their_stage() {
        let of = |stage| RecordingState::ALL.iter().copied().filter(move |s| s.stage() == stage);
        assert!(of(Stage::BeforeCapture).all(|s| intake::BEFORE_CAPTURE.contains(&s)));
        assert_eq!(of(Stage::BeforeCapture).count(), intake::BEFORE_CAPTURE.len());
        assert!(of(Stage::InCapture).all(|s| intake::IN_CAPTURE.contains(&s)));
        assert_eq!(of(Stage::InCapture).count(), intake::IN_CAPTURE.len());
        assert!(of(Stage::Sealed).all(|s| session::SEALED.contains(&s)));
        assert_eq!(of(Stage::Sealed).count(), session::SEALED.len());
    }
}
