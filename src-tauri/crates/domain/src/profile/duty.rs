//! Who acts in this office: a profile narrows the national table and never widens it.

use super::Profile;
use crate::actor::{Actor, PersonId};
use crate::letter::LetterEvent;
use crate::machine::CaseEvent;
use crate::recording::RecordingEvent;
use crate::refusal::{Guard, Refusal};
use crate::role::RoleSet;

/// Something that was done on a case: by whom, and in which roles it can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// The account.
    pub person: PersonId,
    /// The roles that may do it.
    pub roles: RoleSet,
}

impl Profile {
    /// The roles that may take this step in this office.
    #[must_use]
    pub fn roles_for(&self, event: CaseEvent) -> RoleSet {
        use RecordingEvent as R;
        let national = event.roles();
        match event {
            CaseEvent::Recording(
                R::ApproveException | R::DenyException | R::AttachApproval | R::RefuseApproval,
            ) => national.and(RoleSet::of(&self.approval.exception_by)),
            CaseEvent::Letter(LetterEvent::Initial) => {
                self.letter.initial_by.map_or(national, |role| national.and(RoleSet::of(&[role])))
            }
            CaseEvent::Letter(LetterEvent::Sign) => {
                self.letter.sign_by.map_or(national, |role| national.and(RoleSet::of(&[role])))
            }
            CaseEvent::Recording(_) | CaseEvent::Card(_) | CaseEvent::Letter(_) | CaseEvent::Berkas(_) => {
                national
            }
        }
    }

    /// Whether this office lets somebody take this step, after what they did on the same case before. Whoever may not
    /// take it anywhere is left to the machine.
    ///
    /// # Errors
    /// Another role does it here, or the person acted in the other half of a forbidden pair.
    pub fn admit(&self, event: CaseEvent, actor: &Actor, before: &[Deed]) -> Result<(), Refusal> {
        if event.roles().and(actor.roles).is_empty() {
            return Ok(());
        }
        let here = self.roles_for(event).and(actor.roles);
        if here.is_empty() {
            return Err(Refusal::GuardFailed(Guard::NotInThisOffice));
        }
        self.admit_in(here, actor, before)
    }

    /// The same for an act that is no step of a machine and can be done in one of these roles.
    ///
    /// # Errors
    /// The person acted in the other half of a forbidden pair.
    pub fn admit_in(&self, roles: RoleSet, actor: &Actor, before: &[Deed]) -> Result<(), Refusal> {
        let own = || before.iter().filter(|deed| deed.person == actor.person);
        // Who held several roles acted in the one that is harmless; who lost a role since acted in it all the same.
        let meant = |deed: &Deed| {
            let held = deed.roles.and(actor.roles);
            if held.is_empty() { deed.roles } else { held }
        };
        let clash = |role, deed: &Deed| meant(deed).iter().all(|other| self.approval.forbids(role, other));
        if roles.and(actor.roles).iter().any(|role| !own().any(|deed| clash(role, deed))) {
            Ok(())
        } else {
            Err(Refusal::GuardFailed(Guard::ForbiddenPair))
        }
    }
}
