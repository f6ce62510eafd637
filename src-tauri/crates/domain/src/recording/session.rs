//! The lines of a recording from its session to the answer of the centre.

use super::RecordingState::{
    AwaitingDedup, Called, Cancelled, CaptureSuspended, DedupBlocked, ExceptionReview, InCapture, PrintReady,
    ReadyToRecord, Recorded, Superseded, Withdrawn,
};
use super::facts::*;
use super::{RecordingState, rules::Line};
use crate::effect::{Effect, Task};
use crate::machine::Rule;
use crate::paper::Paper;
use crate::register::Book;
use crate::role::Role::{
    self, CaptureOperator, DataSectionHead, GovernmentSectionHead, IdentitySectionHead, Station, Supervisor,
};

/// Every state after sealing that is not an end.
pub(super) const SEALED: &[RecordingState] = &[Recorded, AwaitingDedup, DedupBlocked];

const DECIDERS: &[Role] = &[GovernmentSectionHead, Supervisor];
const CENTRE: &[Role] = &[Station, CaptureOperator, DataSectionHead];
const HEADS: &[Role] = &[IdentitySectionHead, Supervisor];

pub(super) const OPEN_CAPTURE: &[Line] = &[Rule::to(&[Called], InCapture, &[CaptureOperator])
    .unless(&[DEVICES_NOT_READY, POWER_TOO_LOW])
    .then(&[Effect::OpenSession])];
// The clock's pause is added by `next`, with the reason of the interruption.
pub(super) const SUSPEND: &[Line] =
    &[Rule::to(&[InCapture, ExceptionReview], CaptureSuspended, &[CaptureOperator, Station])
        .unless(&[NO_INTERRUPTION])
        .then(&[Effect::SuspendSession, Effect::KeepCapturedData])];
// Whatever waited for a decision before the interruption still waits for it afterwards.
pub(super) const RESUME: &[Line] = &[
    Rule::to(&[CaptureSuspended], InCapture, &[CaptureOperator])
        .unless(&[NOT_REVERIFIED, PHOTO_NOT_FRESH, DEVICES_NOT_READY, POWER_TOO_LOW, EXCEPTION_OPEN])
        .then(&[Effect::OpenSession, Effect::ResumeClock]),
    Rule::to(&[CaptureSuspended], ExceptionReview, &[CaptureOperator])
        .unless(&[NOT_REVERIFIED, PHOTO_NOT_FRESH, DEVICES_NOT_READY, POWER_TOO_LOW])
        .then(&[Effect::OpenSession, Effect::ResumeClock]),
];

pub(super) const RAISE_EXCEPTION: &[Line] = &[
    Rule::stay(&[InCapture], &[CaptureOperator])
        .unless(&[NOT_CODED, RETRIES_LEFT, APPROVAL_NEEDED])
        .then(&[Effect::NoteException]),
    Rule::to(&[InCapture], ExceptionReview, &[CaptureOperator])
        .unless(&[NOT_CODED, RETRIES_LEFT])
        .then(&[Effect::NoteException, Effect::PrintPaper(Paper::OfficialMinutes)]),
];
pub(super) const APPROVE_EXCEPTION: &[Line] =
    &[Rule::to(&[ExceptionReview], InCapture, DECIDERS).unless(&[SAME_PERSON]).then(&[Effect::SignDecision])];
pub(super) const DENY_EXCEPTION: &[Line] = &[Rule::to(&[ExceptionReview], InCapture, DECIDERS)
    .unless(&[SAME_PERSON, NO_REASON])
    .then(&[Effect::SignDecision])];
pub(super) const DEFER_APPROVAL: &[Line] = &[Rule::to(&[ExceptionReview], InCapture, &[CaptureOperator])
    .unless(&[APPROVER_PRESENT])
    .then(&[Effect::MarkApprovalPending, Effect::Task(Task::DecidePending)])];
// An approver who comes back before sealing decides at once; after sealing the approval follows its packet.
pub(super) const ATTACH_APPROVAL: &[Line] = &[
    Rule::stay(&[InCapture, CaptureSuspended], DECIDERS)
        .unless(&[NOTHING_PENDING, SAME_PERSON])
        .then(&[Effect::SignDecision]),
    Rule::stay(SEALED, DECIDERS)
        .unless(&[NOTHING_PENDING, SAME_PERSON])
        .then(&[Effect::SignDecision, Effect::SendApproval]),
];
// Before sealing the approver may also say no: then nothing is sealed with the exception. Afterwards only a
// withdrawal mends it.
pub(super) const REFUSE_APPROVAL: &[Line] = &[Rule::stay(&[InCapture, CaptureSuspended], DECIDERS)
    .unless(&[NOTHING_PENDING, SAME_PERSON, NO_REASON])
    .then(&[Effect::SignDecision])];
pub(super) const SEAL: &[Line] = &[Rule::to(&[InCapture], Recorded, &[CaptureOperator])
    .unless(&[MODALITY_MISSING, EXCEPTION_OPEN, AGENCY_NOT_CALLED, NO_INDEX, NO_TRUTH])
    .then(&[
        Effect::SealPacket,
        Effect::QueuePacket,
        Effect::WriteBook(Book::Rekam),
        Effect::PrintPaper(Paper::PickupReceipt),
    ])];

pub(super) const ACKNOWLEDGE: &[Line] =
    &[Rule::to(&[Recorded], AwaitingDedup, &[Station]).unless(&[NO_RECEIPT]).then(&[Effect::NoteDelivery])];
// The centre may lift its own block, so a later "ready to print" also frees a blocked recording.
pub(super) const REPORT_PRINT_READY: &[Line] =
    &[Rule::to(&[AwaitingDedup, DedupBlocked], PrintReady, CENTRE)
        .unless(&[NOT_PRINT_READY])
        .then(&[Effect::NoteStatus])];
// The centre may also take its "ready to print" back, as long as the card is not in the hand of its holder.
pub(super) const REPORT_BLOCKED: &[Line] = &[Rule::to(&[AwaitingDedup, PrintReady], DedupBlocked, CENTRE)
    .unless(&[NOT_BLOCKED, HANDED_OVER])
    .then(&[Effect::NoteStatus, Effect::Task(Task::ResolveBlock)])];
pub(super) const ORDER_RERECORD: &[Line] = &[Rule::to(&[DedupBlocked], ReadyToRecord, HEADS)
    .unless(&[NOT_DELETED, CARD_STILL_HERE])
    .then(&[Effect::SupersedePacket, Effect::Task(Task::CallBack), Effect::PrintPaper(Paper::Summons)])];
pub(super) const ORDER_RESEND: &[Line] = &[Rule::to(&[DedupBlocked], AwaitingDedup, &[Supervisor])
    .unless(&[NOT_STORED])
    .then(&[Effect::QueuePacket])];
pub(super) const CONFIRM_DUPLICATE: &[Line] = &[Rule::to(&[DedupBlocked], Cancelled, &[IdentitySectionHead])
    .then(&[Effect::NoteStatus, Effect::PrintPaper(Paper::AdviceSlip)])];

const WITHDRAWERS: &[Role] = &[GovernmentSectionHead, IdentitySectionHead, Supervisor];
pub(super) const WITHDRAW: &[Line] =
    &[Rule::to(&[Recorded, AwaitingDedup, DedupBlocked, PrintReady], Withdrawn, WITHDRAWERS)
        .unless(&[NO_REASON, NO_NOTICE, SAME_PERSON, HANDED_OVER])
        .then(&[Effect::SendWithdrawal, Effect::Task(Task::CallBack), Effect::PrintPaper(Paper::Summons)])];
// What the office refused is replaced by the station itself, once the new recording is sealed.
const REPLACERS: &[Role] = &[IdentitySectionHead, Supervisor, Station];
pub(super) const SUPERSEDE: &[Line] =
    &[Rule::to(&[Recorded, AwaitingDedup, DedupBlocked, PrintReady], Superseded, REPLACERS)
        .unless(&[NO_REPLACEMENT, HANDED_OVER])
        .then(&[Effect::SupersedePacket])];
