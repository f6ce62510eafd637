//! What a station knows about the person behind an account. Lies on the disk only sealed under the database key.

use jiff::civil::Date;
use rekam_domain::role::Role;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The card of an account: who it is, what they may do, and by which decree.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountCard {
    /// Full name.
    pub(crate) name: String,
    /// Roles held.
    pub(crate) roles: Vec<Role>,
    /// Number of the decree that gives access.
    pub(crate) decree: String,
    /// Last day of that decree.
    pub(crate) decree_expires: Date,
}

impl std::fmt::Debug for AccountCard {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("AccountCard").field("roles", &self.roles).finish_non_exhaustive()
    }
}

impl AccountCard {
    /// The bytes that are sealed.
    ///
    /// # Errors
    /// Never for a card that was read or built here; TOML can hold all of it.
    pub(crate) fn encode(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    /// Reads the bytes that were sealed.
    #[must_use]
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        toml::from_str(std::str::from_utf8(bytes).ok()?).ok()
    }

    /// What the audit says when this person is let in: never the name.
    #[must_use]
    pub(crate) fn created_fields(&self, account: &str) -> Value {
        json!({
            "target": account,
            "roles": role_words(&self.roles),
            "decree": self.decree,
            "until": self.decree_expires.to_string(),
        })
    }

    /// Days from `today` to the last day of the decree; negative once it has passed.
    #[must_use]
    pub(crate) fn decree_days_left(&self, today: Date) -> i32 {
        (self.decree_expires - today).get_days()
    }
}

/// The words of roles, as the audit writes them.
#[must_use]
pub(crate) fn role_words(roles: &[Role]) -> String {
    roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn card() -> AccountCard {
        AccountCard {
            name: "Nama Contoh".to_owned(),
            roles: vec![Role::FrontDesk, Role::CaptureOperator],
            decree: "SK-001".to_owned(),
            decree_expires: date(2027, 6, 30),
        }
    }

    #[test]
    fn reads_what_was_sealed() {
        let sealed = card().encode().unwrap();
        assert_eq!(AccountCard::decode(sealed.as_bytes()), Some(card()));
        assert_eq!(AccountCard::decode(b"name = 1"), None);
    }

    #[test]
    fn shows_no_name_where_it_might_be_logged() {
        assert!(!format!("{:?}", card()).contains("Contoh"));
    }

    #[test]
    fn counts_days_to_the_end_of_the_decree() {
        assert_eq!(card().decree_days_left(date(2027, 6, 30)), 0);
        assert_eq!(card().decree_days_left(date(2027, 6, 1)), 29);
        assert_eq!(card().decree_days_left(date(2026, 6, 30)), 365);
        assert_eq!(card().decree_days_left(date(2027, 7, 1)), -1);
    }
}
