//! The table of the paper file (`domain.md` 1.7.0 no. 1, T37).

use super::BerkasState::{Archived, Borrowed, GivenBack, InUse, NotReceived, Received};
use super::{BerkasEvent, BerkasState};
use crate::effect::Effect;
use crate::machine::{Check, Moved, Rule, decide};
use crate::paper::Paper;
use crate::refusal::{Guard, Refusal};
use crate::register::Book;
use crate::role::Role::{
    self, Archivist, CaptureOperator, DataSectionHead, FrontDesk, GovernmentSectionHead, IdentitySectionHead,
    PickupClerk, PrintOperator, RegistrationClerk,
};
use crate::role::RoleSet;

/// The facts the paper file's conditions are judged by. The default refuses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BerkasFacts {
    /// Room, rack, shelf, box or folder is named.
    pub place_named: bool,
    /// The borrower is named.
    pub borrower_named: bool,
    /// A reason has been given.
    pub reason_given: bool,
    /// The receiver has signed.
    pub receipt_signed: bool,
}

type Line = Rule<BerkasState, BerkasFacts>;
type Stop = Check<BerkasFacts>;

const PLACE_MISSING: Stop = Check::new(Guard::PlaceMissing, |f| !f.place_named);
const BORROWER_MISSING: Stop = Check::new(Guard::BorrowerMissing, |f| !f.borrower_named);
const NO_REASON: Stop = Check::new(Guard::NoReason, |f| !f.reason_given);
const NO_SIGNATURE: Stop = Check::new(Guard::NoSignature, |f| !f.receipt_signed);

const KEEPERS: &[Role] = &[Archivist, FrontDesk];
const HANDS: &[Role] = &[
    FrontDesk,
    RegistrationClerk,
    CaptureOperator,
    DataSectionHead,
    IdentitySectionHead,
    GovernmentSectionHead,
    PrintOperator,
    PickupClerk,
    Archivist,
];

const RECEIVE: &[Line] =
    &[Rule::to(&[NotReceived], Received, &[FrontDesk, RegistrationClerk]).then(&[Effect::NoteCustody])];
const TAKE_UP: &[Line] = &[Rule::to(&[Received, InUse], InUse, HANDS).then(&[Effect::NoteCustody])];
const ARCHIVE: &[Line] = &[Rule::to(&[Received, InUse], Archived, KEEPERS).unless(&[PLACE_MISSING]).then(&[
    Effect::WriteBook(Book::Arsip),
    Effect::PrintPaper(Paper::RackLabel),
    Effect::NoteCustody,
])];
const BORROW: &[Line] = &[Rule::to(&[Archived], Borrowed, KEEPERS)
    .unless(&[BORROWER_MISSING, NO_REASON])
    .then(&[Effect::WriteBook(Book::Arsip), Effect::NoteCustody])];
const PUT_BACK: &[Line] = &[Rule::to(&[Borrowed], Archived, KEEPERS)
    .unless(&[PLACE_MISSING])
    .then(&[Effect::WriteBook(Book::Arsip), Effect::NoteCustody])];
const GIVE_BACK: &[Line] = &[Rule::to(&[Received, InUse], GivenBack, KEEPERS)
    .unless(&[NO_SIGNATURE])
    .then(&[Effect::WriteBook(Book::Kirim), Effect::NoteCustody])];

impl BerkasState {
    /// What this event does, line by line; a state no line starts from refuses it.
    #[must_use]
    pub const fn rules(event: BerkasEvent) -> &'static [Line] {
        match event {
            BerkasEvent::Receive => RECEIVE,
            BerkasEvent::TakeUp => TAKE_UP,
            BerkasEvent::Archive => ARCHIVE,
            BerkasEvent::Borrow => BORROW,
            BerkasEvent::PutBack => PUT_BACK,
            BerkasEvent::GiveBack => GIVE_BACK,
        }
    }

    /// The step this event makes, or why it is refused.
    ///
    /// # Errors
    /// The refusal names the first condition that is not met.
    pub fn next(
        self,
        event: BerkasEvent,
        roles: RoleSet,
        given: &BerkasFacts,
    ) -> Result<Moved<Self>, Refusal> {
        decide(self, Self::rules(event), roles, given)
    }

    /// Whether the paper is at rest: archived, given back, or never received.
    #[must_use]
    pub const fn is_end(self) -> bool {
        match self {
            NotReceived | Archived | GivenBack => true,
            Received | InUse | Borrowed => false,
        }
    }
}
