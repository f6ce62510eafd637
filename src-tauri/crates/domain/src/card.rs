//! The card machine: from approval to the hand of its holder (`domain.md` §1.7 with 1.7.0).

mod rules;

pub use rules::CardFacts;

crate::word::words! {
    /// Where a card stands.
    pub enum CardState {
        /// Nothing has been approved yet.
        NotRequested => "NotRequested",
        /// Approved to print.
        PrintApproved => "PrintApproved",
        /// A blank is allotted.
        BlankIssued => "BlankIssued",
        /// Printed, not proofread.
        Printed => "Printed",
        /// Proofread and wrong; the blank is spoiled.
        QcFailed => "QcFailed",
        /// Proofread and right.
        QcPassed => "QcPassed",
        /// Registered, waiting to be collected.
        AtPickup => "AtPickup",
        /// Given to the applicant or the bearer. End.
        HandedOver => "HandedOver",
        /// No card will be made for this case. End.
        Closed => "Closed",
    }
}

crate::word::words! {
    /// What can happen to a card.
    pub enum CardEvent {
        /// T28: the print request is approved.
        Approve => "approve",
        /// T29: a blank is issued.
        IssueBlank => "issue_blank",
        /// T30: printed, with the print-ready status confirmed.
        Print => "print",
        /// T31: misprint or encoding failure.
        FailQc => "fail_qc",
        /// T32: another blank for the reprint.
        Reprint => "reprint",
        /// T33: proofread and right.
        PassQc => "pass_qc",
        /// T33: registered and put to pickup.
        Register => "register",
        /// T38: printed elsewhere, arrived here.
        Arrive => "arrive",
        /// Passed from hand to hand inside the office.
        Transfer => "transfer",
        /// T34: collected by the applicant.
        HandOver => "hand_over",
        /// T35: collected by the bearer of a batch.
        HandOverBatch => "hand_over_batch",
        /// The case ended without a card.
        Close => "close",
    }
}
