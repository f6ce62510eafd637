//! Whether the station stands in the office or is out in the field (`domain.md` §1.7.5).

use crate::machine::{Check, Moved, Rule, decide};
use crate::refusal::{Guard, Refusal};
use crate::role::{Role, RoleSet};

crate::word::words! {
    /// Where the station works.
    pub enum StationMode {
        /// In the office.
        Desk => "Desk",
        /// In a village, a home, a prison or a school.
        Field => "Field",
    }
}

crate::word::words! {
    /// What changes where it works.
    pub enum StationModeEvent {
        /// Leaves for the field.
        GoOut => "go_out",
        /// Comes back to the office.
        ComeBack => "come_back",
    }
}

/// The facts a change of mode is judged by. The default refuses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StationModeFacts {
    /// No capture session is open.
    pub no_session_open: bool,
}

type Line = Rule<StationMode, StationModeFacts>;

const SESSION_OPEN: Check<StationModeFacts> = Check::new(Guard::SessionOpen, |f| !f.no_session_open);

const CREW: &[Role] = &[Role::CaptureOperator, Role::Supervisor];
const GO_OUT: &[Line] = &[Rule::to(&[StationMode::Desk], StationMode::Field, CREW).unless(&[SESSION_OPEN])];
const COME_BACK: &[Line] =
    &[Rule::to(&[StationMode::Field], StationMode::Desk, CREW).unless(&[SESSION_OPEN])];

impl StationMode {
    /// What this event does, line by line.
    #[must_use]
    pub const fn rules(event: StationModeEvent) -> &'static [Line] {
        match event {
            StationModeEvent::GoOut => GO_OUT,
            StationModeEvent::ComeBack => COME_BACK,
        }
    }

    /// The step this event makes, or why it is refused.
    ///
    /// # Errors
    /// The refusal names the first condition that is not met.
    pub fn next(
        self,
        event: StationModeEvent,
        roles: RoleSet,
        given: &StationModeFacts,
    ) -> Result<Moved<Self>, Refusal> {
        decide(self, Self::rules(event), roles, given)
    }
}
