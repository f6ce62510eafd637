//! The word by which an account is known, in clear on the disk.

use std::fmt;
use std::str::FromStr;

/// Shortest id; one letter is too easily a slip of the finger.
pub const ID_LENGTH_MIN: usize = 2;
/// Longest id; it becomes a file name and a field of fixed width.
pub const ID_LENGTH_MAX: usize = 32;

/// An account id: `[a-z][a-z0-9._-]{1,31}`. It must not be a person's full name, for it lies on the disk in clear.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AccountId(String);

/// The text is no account id.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("an account id is 2 to 32 of a-z, 0-9, '.', '_' and '-', starting with a letter")]
pub struct AccountIdError;

impl AccountIdError {
    /// Key of the sentence for the person at the desk (`domain/text`).
    #[must_use]
    pub fn text_key(&self) -> &'static str {
        "unlock.account_id"
    }
}

impl AccountId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountId {
    type Err = AccountIdError;

    fn from_str(text: &str) -> Result<Self, AccountIdError> {
        let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
        let fits = (ID_LENGTH_MIN..=ID_LENGTH_MAX).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(known);
        if fits { Ok(Self(text.to_owned())) } else { Err(AccountIdError) }
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
