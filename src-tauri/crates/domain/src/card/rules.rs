//! The table of the card machine (`domain.md` §1.7.3, T28–T35 and T38).

use super::CardState::{
    AtPickup, BlankIssued, Closed, HandedOver, NotRequested, PrintApproved, Printed, QcFailed, QcPassed,
};
use super::{CardEvent, CardState};
use crate::effect::{Effect, Series, Task};
use crate::machine::{Check, Moved, Rule, decide};
use crate::paper::Paper;
use crate::refusal::{Guard, Refusal};
use crate::register::Book;
use crate::role::Role::{
    self, FrontDesk, IdentitySectionHead, PickupClerk, PrintOperator, Station, Supervisor,
};
use crate::role::RoleSet;

/// The facts a card's conditions are judged by. Nothing shown means nothing proven: the default refuses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardFacts {
    /// The centre has confirmed "ready to print" for this very case.
    pub print_ready: bool,
    /// The recording is sealed and not ended otherwise.
    pub recorded: bool,
    /// The office has the packet, or the person was recorded before this case.
    pub accepted: bool,
    /// The centre blocked the recording, and has not said "ready to print" since.
    pub recording_blocked: bool,
    /// The recording was rejected, cancelled, withdrawn, replaced or the like.
    pub recording_ended: bool,
    /// Age 17, or ever married, on the day of printing.
    pub age_rule_met_today: bool,
    /// Every additional approval of the profile is there.
    pub extra_approvals_given: bool,
    /// A blank is in stock.
    pub blank_in_stock: bool,
    /// A reason has been given.
    pub reason_given: bool,
    /// The card was compared with the data.
    pub proofread: bool,
    /// The profile lets a card go on without proofreading.
    pub qc_not_required: bool,
    /// Cards of this office are printed at the agency.
    pub printed_elsewhere: bool,
    /// The status or the bundle says that the card has come.
    pub arrived: bool,
    /// The identity of the person who collects was checked.
    pub holder_identified: bool,
    /// The person who collects is the bearer of the batch.
    pub bearer_on_batch: bool,
    /// The receiver has signed.
    pub receipt_signed: bool,
}

type Line = Rule<CardState, CardFacts>;
type Stop = Check<CardFacts>;

const NOT_PRINT_READY: Stop = Check::new(Guard::NotPrintReady, |f| !f.print_ready);
const NOT_RECORDED: Stop = Check::new(Guard::NotRecorded, |f| !f.recorded);
const NO_RECEIPT: Stop = Check::new(Guard::NoReceipt, |f| !f.accepted);
const RECORDING_BLOCKED: Stop = Check::new(Guard::RecordingBlocked, |f| f.recording_blocked);
const RECORDING_ENDED: Stop = Check::new(Guard::RecordingEnded, |f| f.recording_ended);
const RECORDING_OPEN: Stop = Check::new(Guard::RecordingStillOpen, |f| !f.recording_ended);
const UNDER_AGE: Stop = Check::new(Guard::UnderAge, |f| !f.age_rule_met_today);
const EXTRA_MISSING: Stop = Check::new(Guard::ExtraApprovalMissing, |f| !f.extra_approvals_given);
const NO_STOCK: Stop = Check::new(Guard::NoStock, |f| !f.blank_in_stock);
const NO_REASON: Stop = Check::new(Guard::NoReason, |f| !f.reason_given);
const NOT_PROOFREAD: Stop = Check::new(Guard::NotProofread, |f| !f.proofread);
const QC_REQUIRED: Stop = Check::new(Guard::QcRequired, |f| !f.qc_not_required);
const PRINTED_HERE: Stop = Check::new(Guard::NotPrintedElsewhere, |f| !f.printed_elsewhere);
const PRINTED_ELSEWHERE: Stop = Check::new(Guard::PrintedElsewhere, |f| f.printed_elsewhere);
const NOT_ARRIVED: Stop = Check::new(Guard::CardNotArrived, |f| !f.arrived);
const NOT_IDENTIFIED: Stop = Check::new(Guard::HolderNotIdentified, |f| !f.holder_identified);
const NOT_BEARER: Stop = Check::new(Guard::BearerNotOnBatch, |f| !f.bearer_on_batch);
const NO_SIGNATURE: Stop = Check::new(Guard::NoSignature, |f| !f.receipt_signed);

const STOCK_KEEPERS: &[Role] = &[IdentitySectionHead, Supervisor];
const COUNTER: &[Role] = &[FrontDesk, PickupClerk];

const APPROVE: &[Line] = &[Rule::to(&[NotRequested], PrintApproved, &[IdentitySectionHead])
    .unless(&[NOT_PRINT_READY, PRINTED_ELSEWHERE, EXTRA_MISSING])
    .then(&[Effect::NoteApproval])];
const ISSUE_BLANK: &[Line] = &[Rule::to(&[PrintApproved], BlankIssued, STOCK_KEEPERS)
    .unless(&[NOT_PRINT_READY, UNDER_AGE, NO_STOCK])
    .then(&[Effect::WriteBook(Book::Blanko), Effect::PrintPaper(Paper::BlankSlip)])];
// Asked again at the printer, whatever was approved before: there is no override, online or offline.
const PRINT: &[Line] = &[Rule::to(&[BlankIssued], Printed, &[PrintOperator])
    .unless(&[NOT_PRINT_READY, UNDER_AGE])
    .then(&[Effect::PrintPaper(Paper::Card), Effect::WriteBook(Book::Cetak)])];
// A chip that turns out dead at the counter goes back the same way as a misprint.
const FAIL_QC: &[Line] = &[
    Rule::to(&[Printed, QcPassed], QcFailed, &[PrintOperator])
        .unless(&[NO_REASON])
        .then(&[Effect::SpoilBlank, Effect::WriteBook(Book::Invalid)]),
    Rule::to(&[AtPickup], QcFailed, &[PrintOperator, PickupClerk, FrontDesk])
        .unless(&[NO_REASON, PRINTED_HERE])
        .then(&[Effect::WriteBook(Book::Invalid), Effect::Task(Task::AskReplacement)]),
    Rule::to(&[AtPickup], QcFailed, &[PrintOperator, PickupClerk, FrontDesk])
        .unless(&[NO_REASON, PRINTED_ELSEWHERE])
        .then(&[Effect::SpoilBlank, Effect::WriteBook(Book::Invalid)]),
];
const REPRINT: &[Line] = &[Rule::to(&[QcFailed], BlankIssued, STOCK_KEEPERS)
    .unless(&[NOT_PRINT_READY, PRINTED_ELSEWHERE, UNDER_AGE, NO_STOCK])
    .then(&[Effect::WriteBook(Book::Blanko), Effect::PrintPaper(Paper::BlankSlip)])];
const PASS_QC: &[Line] = &[Rule::to(&[Printed], QcPassed, &[PrintOperator]).unless(&[NOT_PROOFREAD])];
const REGISTER: &[Line] = &[
    Rule::to(&[Printed], AtPickup, &[PrintOperator, PickupClerk])
        .unless(&[QC_REQUIRED, RECORDING_ENDED, RECORDING_BLOCKED])
        .then(&[Effect::GiveNumber(Series::Card), Effect::WriteBook(Book::Cetak), Effect::NoteCustody]),
    Rule::to(&[QcPassed], AtPickup, &[PrintOperator, PickupClerk])
        .unless(&[RECORDING_ENDED, RECORDING_BLOCKED])
        .then(&[Effect::GiveNumber(Series::Card), Effect::WriteBook(Book::Cetak), Effect::NoteCustody]),
];
const ARRIVE: &[Line] = &[Rule::to(&[NotRequested, QcFailed], AtPickup, &[Station, FrontDesk, PickupClerk])
    .unless(&[PRINTED_HERE, RECORDING_BLOCKED, NOT_RECORDED, NO_RECEIPT, NOT_ARRIVED])
    .then(&[Effect::WriteBook(Book::Kirim), Effect::NoteCustody])];
const TRANSFER: &[Line] = &[Rule::stay(&[QcPassed, AtPickup], &[PrintOperator, FrontDesk, PickupClerk])
    .then(&[Effect::WriteBook(Book::Kirim), Effect::NoteCustody])];
const HAND_OVER: &[Line] = &[Rule::to(&[AtPickup], HandedOver, COUNTER)
    .unless(&[RECORDING_ENDED, RECORDING_BLOCKED, NOT_IDENTIFIED, NO_SIGNATURE])
    .then(&[Effect::WriteBook(Book::Ambil), Effect::NoteCustody])];
const HAND_OVER_BATCH: &[Line] = &[Rule::to(&[AtPickup], HandedOver, &[PickupClerk])
    .unless(&[RECORDING_ENDED, RECORDING_BLOCKED, NOT_BEARER, NO_SIGNATURE])
    .then(&[
        Effect::WriteBook(Book::Ambil),
        Effect::WriteBook(Book::Kirim),
        Effect::PrintPaper(Paper::CollectiveReceipt),
        Effect::NoteCustody,
    ])];
const SPOIL: &[Effect] = &[Effect::SpoilBlank, Effect::WriteBook(Book::Invalid)];
const RETURN: &[Effect] = &[Effect::ReturnBlank, Effect::WriteBook(Book::Blanko)];
// The station closes only what nothing was printed for; a printed card needs a person who takes it in.
const CLOSE: &[Line] = &[
    Rule::to(&[NotRequested, PrintApproved], Closed, &[Station]).unless(&[RECORDING_OPEN]),
    Rule::to(&[BlankIssued], Closed, &[Station]).unless(&[RECORDING_OPEN]).then(RETURN),
    Rule::to(&[NotRequested, PrintApproved], Closed, STOCK_KEEPERS).unless(&[NO_REASON]),
    Rule::to(&[BlankIssued], Closed, STOCK_KEEPERS).unless(&[NO_REASON]).then(RETURN),
    Rule::to(&[QcFailed], Closed, STOCK_KEEPERS).unless(&[NO_REASON]),
    Rule::to(&[Printed, QcPassed, AtPickup], Closed, STOCK_KEEPERS)
        .unless(&[NO_REASON, RECORDING_OPEN, PRINTED_ELSEWHERE])
        .then(SPOIL),
    Rule::to(&[Printed, QcPassed, AtPickup], Closed, STOCK_KEEPERS)
        .unless(&[NO_REASON, RECORDING_OPEN])
        .then(&[Effect::WriteBook(Book::Invalid)]),
];

impl CardState {
    /// What this event does, line by line; a state no line starts from refuses it.
    #[must_use]
    pub const fn rules(event: CardEvent) -> &'static [Line] {
        match event {
            CardEvent::Approve => APPROVE,
            CardEvent::IssueBlank => ISSUE_BLANK,
            CardEvent::Print => PRINT,
            CardEvent::FailQc => FAIL_QC,
            CardEvent::Reprint => REPRINT,
            CardEvent::PassQc => PASS_QC,
            CardEvent::Register => REGISTER,
            CardEvent::Arrive => ARRIVE,
            CardEvent::Transfer => TRANSFER,
            CardEvent::HandOver => HAND_OVER,
            CardEvent::HandOverBatch => HAND_OVER_BATCH,
            CardEvent::Close => CLOSE,
        }
    }

    /// The step this event makes, or why it is refused.
    ///
    /// # Errors
    /// The refusal names the first condition that is not met.
    pub fn next(self, event: CardEvent, roles: RoleSet, given: &CardFacts) -> Result<Moved<Self>, Refusal> {
        decide(self, Self::rules(event), roles, given)
    }

    /// Whether the card has come to an end.
    #[must_use]
    pub const fn is_end(self) -> bool {
        match self {
            HandedOver | Closed => true,
            NotRequested | PrintApproved | BlankIssued | Printed | QcFailed | QcPassed | AtPickup => false,
        }
    }

    /// Whether a printed card exists that nobody has collected.
    #[must_use]
    pub const fn is_printed_here(self) -> bool {
        match self {
            Printed | QcPassed | AtPickup => true,
            NotRequested | PrintApproved | BlankIssued | QcFailed | HandedOver | Closed => false,
        }
    }
}
