//! Who acts: a person at the station with the roles of this session.

use serde::{Deserialize, Serialize};

use crate::role::{Role, RoleSet};

/// The account of an officer. Never a NIK, never a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PersonId(String);

impl PersonId {
    /// The account with this id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A person together with the roles they act in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub person: PersonId,
    /// The roles of this session.
    pub roles: RoleSet,
}

impl Actor {
    /// A person in these roles.
    #[must_use]
    pub const fn new(person: PersonId, roles: RoleSet) -> Self {
        Self { person, roles }
    }

    /// The station itself.
    #[must_use]
    pub fn station() -> Self {
        Self { person: PersonId::new("station"), roles: RoleSet::of(&[Role::Station]) }
    }
}
