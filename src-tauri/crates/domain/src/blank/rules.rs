//! The table of one card blank (`domain.md` §1.7.5, SE 470.13/11176/SJ on destruction).

use super::BlankState::{Destroyed, HandedOver, InStock, Issued, Printed, Spoiled};
use super::{BlankEvent, BlankState};
use crate::effect::Effect;
use crate::machine::{Check, Moved, Rule, decide};
use crate::paper::Paper;
use crate::refusal::{Guard, Refusal};
use crate::register::Book;
use crate::role::Role::{self, FrontDesk, IdentitySectionHead, PickupClerk, PrintOperator, Supervisor};
use crate::role::RoleSet;

/// The facts a blank's conditions are judged by. The default refuses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlankFacts {
    /// The centre has confirmed "ready to print" for the case the blank is for.
    pub print_ready: bool,
    /// A reason has been given.
    pub reason_given: bool,
    /// The minutes of the destruction are there.
    pub minutes_made: bool,
    /// A witness who is another person has signed.
    pub witnessed: bool,
}

type Line = Rule<BlankState, BlankFacts>;
type Stop = Check<BlankFacts>;

const NOT_PRINT_READY: Stop = Check::new(Guard::NotPrintReady, |f| !f.print_ready);
const NO_REASON: Stop = Check::new(Guard::NoReason, |f| !f.reason_given);
const NO_MINUTES: Stop = Check::new(Guard::NoMinutes, |f| !f.minutes_made);
const NO_WITNESS: Stop = Check::new(Guard::WitnessMissing, |f| !f.witnessed);

const STOCK_KEEPERS: &[Role] = &[IdentitySectionHead, Supervisor];

const ISSUE: &[Line] = &[Rule::to(&[InStock], Issued, STOCK_KEEPERS)
    .unless(&[NOT_PRINT_READY])
    .then(&[Effect::WriteBook(Book::Blanko)])];
const RETURN_TO_STOCK: &[Line] = &[Rule::to(&[Issued], InStock, STOCK_KEEPERS)
    .unless(&[NO_REASON])
    .then(&[Effect::WriteBook(Book::Blanko)])];
const PRINT: &[Line] = &[Rule::to(&[Issued], Printed, &[PrintOperator])
    .unless(&[NOT_PRINT_READY])
    .then(&[Effect::WriteBook(Book::Blanko)])];
const SPOIL: &[Line] = &[
    Rule::to(&[InStock], Spoiled, STOCK_KEEPERS)
        .unless(&[NO_REASON])
        .then(&[Effect::WriteBook(Book::Blanko), Effect::WriteBook(Book::Invalid)]),
    Rule::to(&[Issued, Printed], Spoiled, &[PrintOperator, IdentitySectionHead, Supervisor])
        .unless(&[NO_REASON])
        .then(&[Effect::WriteBook(Book::Blanko), Effect::WriteBook(Book::Invalid)]),
];
const HAND_OVER: &[Line] = &[Rule::to(&[Printed], HandedOver, &[FrontDesk, PickupClerk])];
const DESTROY: &[Line] = &[Rule::to(&[Spoiled], Destroyed, STOCK_KEEPERS)
    .unless(&[NO_MINUTES, NO_WITNESS])
    .then(&[Effect::WriteBook(Book::Invalid), Effect::PrintPaper(Paper::OfficialMinutes)])];

impl BlankState {
    /// What this event does, line by line; a state no line starts from refuses it.
    #[must_use]
    pub const fn rules(event: BlankEvent) -> &'static [Line] {
        match event {
            BlankEvent::Issue => ISSUE,
            BlankEvent::ReturnToStock => RETURN_TO_STOCK,
            BlankEvent::Print => PRINT,
            BlankEvent::Spoil => SPOIL,
            BlankEvent::HandOver => HAND_OVER,
            BlankEvent::Destroy => DESTROY,
        }
    }

    /// The step this event makes, or why it is refused.
    ///
    /// # Errors
    /// The refusal names the first condition that is not met.
    pub fn next(self, event: BlankEvent, roles: RoleSet, given: &BlankFacts) -> Result<Moved<Self>, Refusal> {
        decide(self, Self::rules(event), roles, given)
    }

    /// Whether the blank has left the office for good.
    #[must_use]
    pub const fn is_end(self) -> bool {
        match self {
            HandedOver | Destroyed => true,
            InStock | Issued | Printed | Spoiled => false,
        }
    }
}
