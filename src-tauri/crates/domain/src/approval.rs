//! The decision of a second person. One can only be built by somebody who did not do the work.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::actor::{Actor, PersonId};
use crate::refusal::{Guard, Refusal};
use crate::role::{Role, RoleSet};

/// What is decided: each asks for its own roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decides {
    /// A biometric exception.
    Exception,
    /// The withdrawal of a sealed recording.
    Withdrawal,
}

impl Decides {
    /// Who may decide it.
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::Exception => &[Role::GovernmentSectionHead, Role::Supervisor],
            Self::Withdrawal => &[Role::GovernmentSectionHead, Role::IdentitySectionHead, Role::Supervisor],
        }
    }
}

/// A decision with its author. The fields are private: [`Approval::new`] is the only way to one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    approver: PersonId,
    operators: BTreeSet<PersonId>,
    at_ms: i64,
}

impl Approval {
    /// The decision of `approver` about the work of `operators`.
    ///
    /// # Errors
    /// `WrongRole` when none of the roles may decide, `SamePersonApproves` when the approver worked on it,
    /// or when nobody is known to have worked on it: then nobody can be known to be another person.
    pub fn new(
        decides: Decides,
        approver: &Actor,
        operators: &BTreeSet<PersonId>,
        at_ms: i64,
    ) -> Result<Self, Refusal> {
        if !approver.roles.any_of(decides.roles()) {
            return Err(Refusal::WrongRole);
        }
        if operators.is_empty() || operators.contains(&approver.person) {
            return Err(Refusal::GuardFailed(Guard::SamePersonApproves));
        }
        Ok(Self { approver: approver.person.clone(), operators: operators.clone(), at_ms })
    }

    /// Who decided.
    #[must_use]
    pub const fn approver(&self) -> &PersonId {
        &self.approver
    }

    /// Whose work it was.
    #[must_use]
    pub const fn operators(&self) -> &BTreeSet<PersonId> {
        &self.operators
    }

    /// When, in milliseconds.
    #[must_use]
    pub const fn at_ms(&self) -> i64 {
        self.at_ms
    }

    /// The roles that may ever decide, as a set.
    #[must_use]
    pub const fn roles(decides: Decides) -> RoleSet {
        RoleSet::of(decides.roles())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(id: &str, role: Role) -> Actor {
        Actor::new(PersonId::new(id), RoleSet::of(&[role]))
    }

    #[test]
    fn needs_another_person_with_the_right_role() {
        let worked = BTreeSet::from([PersonId::new("a"), PersonId::new("b")]);
        let decide =
            |id, role, who: &BTreeSet<PersonId>| Approval::new(Decides::Exception, &actor(id, role), who, 1);
        assert!(decide("c", Role::Supervisor, &worked).is_ok());
        assert_eq!(
            decide("b", Role::Supervisor, &worked),
            Err(Refusal::GuardFailed(Guard::SamePersonApproves))
        );
        assert_eq!(decide("c", Role::CaptureOperator, &worked), Err(Refusal::WrongRole));
        assert!(decide("c", Role::Supervisor, &BTreeSet::new()).is_err());
    }
}
