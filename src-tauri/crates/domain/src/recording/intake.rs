//! The lines of a recording before its session: intake, eligibility, queue, and every way to give up.

use super::RecordingState::{
    Abandoned, AwaitingDedup, Called, Cancelled, CaptureSuspended, Draft, ExceptionReview, InCapture, NoShow,
    PrintReady, Queued, ReadyToRecord, Recorded, Redirected, Rejected, Returned, Scheduled, Submitted,
    Verified,
};
use super::facts::*;
use super::{RecordingState, rules::Line};
use crate::effect::{Effect, RedirectTarget, Series};
use crate::machine::Rule;
use crate::paper::Paper;
use crate::register::Book;
use crate::role::Role::{
    self, Applicant, CaptureOperator, DataSectionHead, FrontDesk, PrintOperator, RegistrationClerk, Station,
    Supervisor,
};
use crate::sla::PauseReason;

/// Every state before the first byte is captured. A test holds it against [`RecordingState::stage`].
pub(super) const BEFORE_CAPTURE: &[RecordingState] =
    &[Draft, Submitted, Returned, Verified, ReadyToRecord, Scheduled, Queued, Called, NoShow];
/// Every state in which something captured may lie on the disk.
pub(super) const IN_CAPTURE: &[RecordingState] = &[InCapture, CaptureSuspended, ExceptionReview];

const DESK: &[Role] = &[FrontDesk, CaptureOperator, DataSectionHead, Supervisor];
const CHECKERS: &[Role] = &[CaptureOperator, DataSectionHead];

pub(super) const START: &[Line] = &[Rule::stay(&[Draft], &[FrontDesk, Station]).unless(&[CHANNEL_CLOSED])];
pub(super) const RECEIVE: &[Line] =
    &[Rule::to(&[Draft], Submitted, &[FrontDesk]).unless(&[CHANNEL_CLOSED, SERVICE_MISSING]).then(&[
        Effect::GiveNumber(Series::Registration),
        Effect::WriteBook(Book::Daftar),
        Effect::PrintPaper(Paper::QueueTicket),
    ])];
// The second checklist of a collective file may find what the first did not, hence `Verified`.
pub(super) const FIND_INCOMPLETE: &[Line] =
    &[Rule::to(&[Submitted, Verified], Returned, &[FrontDesk, RegistrationClerk])
        .unless(&[NOTHING_MISSING])
        .then(&[Effect::PrintPaper(Paper::ReturnNote), Effect::PauseClock(PauseReason::Applicant)])];
pub(super) const COMPLETE: &[Line] =
    &[Rule::to(&[Returned], Submitted, &[FrontDesk]).then(&[Effect::RestartClock])];
pub(super) const EXPIRE: &[Line] = &[Rule::to(&[Returned], Cancelled, &[Station]).unless(&[RETURN_RUNS])];
pub(super) const VERIFY: &[Line] =
    &[Rule::to(&[Submitted], Verified, &[FrontDesk]).unless(&[MISSING_DOCUMENT]).then(&[Effect::StartClock])];
pub(super) const SECOND_CHECK: &[Line] = &[
    // A collective file may reach the registration counter when its bearer has been recorded already.
    Rule::stay(&[Verified, Recorded, AwaitingDedup, PrintReady], &[RegistrationClerk])
        .unless(&[NO_SECOND_CHECK, MISSING_DOCUMENT])
        .then(&[Effect::GiveNumber(Series::RegistrationAgenda), Effect::WriteBook(Book::Daftar)]),
];
pub(super) const ALLOW: &[Line] = &[Rule::to(&[Verified], ReadyToRecord, CHECKERS)
    .unless(&[NO_CAPTURE, NIK_INVALID, UNDER_AGE, ALREADY_RECORDED, NOT_ELIGIBLE])
    .then(&[Effect::SnapshotBiodata])];
pub(super) const ACCEPT_RECORDED: &[Line] = &[
    Rule::to(&[Verified], PrintReady, &[PrintOperator, DataSectionHead])
        .unless(&[NOT_ISSUANCE, NOT_RECORDED, NOT_PRINT_READY])
        .then(&[Effect::SnapshotBiodata, Effect::NoteStatus]),
    Rule::to(&[Verified], AwaitingDedup, &[PrintOperator, DataSectionHead])
        .unless(&[NOT_ISSUANCE, NOT_RECORDED])
        .then(&[Effect::SnapshotBiodata]),
];

pub(super) const SCHEDULE: &[Line] = &[Rule::to(&[ReadyToRecord, NoShow], Scheduled, &[FrontDesk, Station])
    .unless(&[NO_SCHEDULE, NO_SLOT])
    .then(&[Effect::PrintPaper(Paper::DaySchedule)])];
pub(super) const CONFIRM_SCHEDULE: &[Line] =
    &[Rule::stay(&[Scheduled], &[Applicant, FrontDesk, Station]).unless(&[NO_SCHEDULE])];
// Who missed every call takes a new ticket and goes to the end of the line, hence `NoShow`.
pub(super) const ARRIVE: &[Line] = &[Rule::to(&[ReadyToRecord, Scheduled, NoShow], Queued, &[FrontDesk])
    .then(&[
        Effect::GiveNumber(Series::Ticket),
        Effect::PrintPaper(Paper::QueueTicket),
        Effect::WriteBook(Book::Daftar),
    ])];
pub(super) const MISS_SLOT: &[Line] =
    &[Rule::to(&[Scheduled], NoShow, &[Station, FrontDesk]).unless(&[GRACE_RUNS])];
pub(super) const CALL: &[Line] =
    &[Rule::to(&[Queued], Called, &[CaptureOperator, FrontDesk]).then(&[Effect::QueueAudioCall])];
pub(super) const MISS_CALL: &[Line] =
    &[Rule::to(&[Queued, Called], NoShow, &[Station, CaptureOperator, FrontDesk]).unless(&[GRACE_RUNS])];
pub(super) const RECALL: &[Line] =
    &[Rule::to(&[NoShow], Queued, &[CaptureOperator, FrontDesk]).unless(&[RECALLS_USED_UP])];

const ADVICE: Effect = Effect::PrintPaper(Paper::AdviceSlip);
macro_rules! redirect {
    ($target:expr) => {
        &[
            Rule::to(BEFORE_CAPTURE, Redirected, DESK)
                .unless(&[NO_REASON])
                .then(&[Effect::Redirect($target), ADVICE]),
            Rule::to(IN_CAPTURE, Redirected, CHECKERS).unless(&[NO_REASON]).then(&[
                Effect::Redirect($target),
                ADVICE,
                Effect::KeepCapturedData,
            ]),
        ]
    };
}
pub(super) const REDIRECT_NO_NIK: &[Line] = redirect!(RedirectTarget::NoNikBiodata);
pub(super) const REDIRECT_FIX_KK: &[Line] = redirect!(RedirectTarget::FixKk);
pub(super) const REDIRECT_OTHER_OFFICE: &[Line] = redirect!(RedirectTarget::OtherOffice);
pub(super) const REDIRECT_ISSUANCE: &[Line] = redirect!(RedirectTarget::IssuanceOnly);
pub(super) const REJECT: &[Line] = &[
    Rule::to(BEFORE_CAPTURE, Rejected, DESK).unless(&[NO_REASON]).then(&[ADVICE]),
    Rule::to(IN_CAPTURE, Rejected, CHECKERS).unless(&[NO_REASON]).then(&[ADVICE, Effect::KeepCapturedData]),
];
pub(super) const CANCEL: &[Line] = &[
    Rule::to(BEFORE_CAPTURE, Cancelled, DESK).unless(&[NO_REASON]),
    Rule::to(IN_CAPTURE, Cancelled, DESK).unless(&[NO_REASON]).then(&[Effect::KeepCapturedData]),
];
pub(super) const ABANDON: &[Line] = &[Rule::to(IN_CAPTURE, Abandoned, &[CaptureOperator, Supervisor])
    .unless(&[NO_REASON])
    .then(&[Effect::KeepCapturedData])];
// Whatever end came without sealing, what was captured must go once its limit has passed.
pub(super) const WIPE: &[Line] = &[Rule::stay(&[Abandoned, Cancelled, Rejected, Redirected], &[Station])
    .unless(&[NOTHING_TO_WIPE, LIMIT_RUNS])
    .then(&[Effect::WipeCapturedData])];
