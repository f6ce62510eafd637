//! The table of the letter machine (`domain.md` §1.7.5): check, sign, number, stamp, deliver.

use super::LetterState::{
    Delivered, Draft, Initialled, NotDrafted, Numbered, ReturnedToDraft, Signed, Stamped, Voided,
};
use super::{LetterEvent, LetterState};
use crate::effect::{Effect, Series};
use crate::machine::{Check, Moved, Rule, decide};
use crate::paper::Paper;
use crate::refusal::{Guard, Refusal};
use crate::register::Book;
use crate::role::Role::{
    self, AgencyHead, CaptureOperator, DistrictHead, DivisionHead, FrontDesk, GovernmentSectionHead,
    IdentitySectionHead, PickupClerk, Station, Supervisor,
};
use crate::role::RoleSet;

/// The facts a letter's conditions are judged by. Nothing shown means nothing proven: the default refuses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LetterFacts {
    /// The recording is sealed and not ended otherwise.
    pub recorded: bool,
    /// The recording was rejected, cancelled, withdrawn, replaced or the like.
    pub recording_ended: bool,
    /// A reason has been given.
    pub reason_given: bool,
    /// The block of this station has a number left.
    pub number_left: bool,
    /// The profile asks for no stamp.
    pub stamp_not_required: bool,
    /// The receiver has signed.
    pub receipt_signed: bool,
}

type Line = Rule<LetterState, LetterFacts>;
type Stop = Check<LetterFacts>;

const NOT_RECORDED: Stop = Check::new(Guard::NotRecorded, |f| !f.recorded);
const RECORDING_ENDED: Stop = Check::new(Guard::RecordingEnded, |f| f.recording_ended);
const RECORDING_OPEN: Stop = Check::new(Guard::RecordingStillOpen, |f| !f.recording_ended);
const NO_REASON: Stop = Check::new(Guard::NoReason, |f| !f.reason_given);
const NO_NUMBER: Stop = Check::new(Guard::NoNumberLeft, |f| !f.number_left);
const STAMP_REQUIRED: Stop = Check::new(Guard::StampRequired, |f| !f.stamp_not_required);
const NO_SIGNATURE: Stop = Check::new(Guard::NoSignature, |f| !f.receipt_signed);

const INITIALLERS: &[Role] = &[GovernmentSectionHead, IdentitySectionHead, DivisionHead];
const SIGNERS: &[Role] = &[DistrictHead, AgencyHead];
const VOIDERS: &[Role] = &[GovernmentSectionHead, DistrictHead, AgencyHead, Supervisor];
const UNNUMBERED: &[LetterState] = &[NotDrafted, Draft, Initialled, Signed, ReturnedToDraft];

const DRAFT: &[Line] =
    &[Rule::to(&[NotDrafted], Draft, &[CaptureOperator, FrontDesk]).unless(&[NOT_RECORDED])];
const REDRAFT: &[Line] =
    &[Rule::to(&[ReturnedToDraft], Draft, &[CaptureOperator, FrontDesk]).unless(&[NOT_RECORDED])];
const INITIAL: &[Line] = &[Rule::to(&[Draft], Initialled, INITIALLERS).unless(&[RECORDING_ENDED])];
const SIGN: &[Line] = &[Rule::to(&[Initialled], Signed, SIGNERS).unless(&[RECORDING_ENDED])];
// The number comes after the signature, so that no number is spent on a letter nobody signs.
const NUMBER: &[Line] =
    &[Rule::to(&[Signed], Numbered, &[FrontDesk]).unless(&[RECORDING_ENDED, NO_NUMBER]).then(&[
        Effect::GiveNumber(Series::Letter),
        Effect::WriteBook(Book::Agenda),
        Effect::PrintPaper(Paper::RecordingLetter),
    ])];
const STAMP: &[Line] = &[Rule::to(&[Numbered], Stamped, &[FrontDesk]).unless(&[RECORDING_ENDED])];
const DELIVERED: &[Effect] = &[Effect::WriteBook(Book::Agenda), Effect::WriteBook(Book::Ambil)];
const DELIVER: &[Line] = &[
    Rule::to(&[Numbered], Delivered, &[FrontDesk, PickupClerk])
        .unless(&[RECORDING_ENDED, STAMP_REQUIRED, NO_SIGNATURE])
        .then(DELIVERED),
    Rule::to(&[Stamped], Delivered, &[FrontDesk, PickupClerk])
        .unless(&[RECORDING_ENDED, NO_SIGNATURE])
        .then(DELIVERED),
];
const RETURN: &[Line] = &[
    Rule::to(&[Draft], ReturnedToDraft, INITIALLERS).unless(&[NO_REASON]),
    Rule::to(&[Initialled], ReturnedToDraft, SIGNERS).unless(&[NO_REASON]),
    Rule::to(&[Signed], ReturnedToDraft, &[FrontDesk, DistrictHead, AgencyHead]).unless(&[NO_REASON]),
];
const GIVE_NUMBER_UP: &[Effect] = &[Effect::VoidNumber(Series::Letter), Effect::WriteBook(Book::Agenda)];
const VOID: &[Line] = &[
    Rule::to(UNNUMBERED, Voided, &[Station]).unless(&[RECORDING_OPEN]),
    Rule::to(&[Numbered, Stamped], Voided, &[Station]).unless(&[RECORDING_OPEN]).then(GIVE_NUMBER_UP),
    Rule::to(UNNUMBERED, Voided, VOIDERS).unless(&[NO_REASON]),
    Rule::to(&[Numbered, Stamped], Voided, VOIDERS).unless(&[NO_REASON]).then(GIVE_NUMBER_UP),
];

impl LetterState {
    /// What this event does, line by line; a state no line starts from refuses it.
    #[must_use]
    pub const fn rules(event: LetterEvent) -> &'static [Line] {
        match event {
            LetterEvent::Draft => DRAFT,
            LetterEvent::Redraft => REDRAFT,
            LetterEvent::Initial => INITIAL,
            LetterEvent::Sign => SIGN,
            LetterEvent::Number => NUMBER,
            LetterEvent::Stamp => STAMP,
            LetterEvent::Deliver => DELIVER,
            LetterEvent::Return => RETURN,
            LetterEvent::Void => VOID,
        }
    }

    /// The step this event makes, or why it is refused.
    ///
    /// # Errors
    /// The refusal names the first condition that is not met.
    pub fn next(
        self,
        event: LetterEvent,
        roles: RoleSet,
        given: &LetterFacts,
    ) -> Result<Moved<Self>, Refusal> {
        decide(self, Self::rules(event), roles, given)
    }

    /// Whether the letter has come to an end.
    #[must_use]
    pub const fn is_end(self) -> bool {
        match self {
            Delivered | Voided => true,
            NotDrafted | Draft | Initialled | Signed | Numbered | Stamped | ReturnedToDraft => false,
        }
    }
}
