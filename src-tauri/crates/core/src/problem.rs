//! What the station tells people when something does not go: one closed code, its values, one advice.

use std::collections::BTreeMap;

use serde::Serialize;

/// Why the station could not do what was asked. Every code has a cause (`code.<word>`) and a next action
/// (`code.<word>.next`) in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The secret is not the one of this account.
    WrongSecret,
    /// Too many wrong tries: wait.
    WaitBeforeNextTry,
    /// Too many wrong tries: a supervisor or the recovery key must reset it.
    AccountLocked,
    /// There is no such account here.
    UnknownAccount,
    /// The decree of this account has run out.
    AccountExpired,
    /// Nobody is signed in, or the screen is locked.
    SignInFirst,
    /// The role does not permit it.
    NotPermitted,
    /// The station's folder is missing or cannot be used.
    FolderUnusable,
    /// A file of the station is damaged.
    FileDamaged,
    /// The station's folder is in use by another program.
    AlreadyRunning,
    /// The station has not been set up, or the set-up was interrupted.
    NotSetUp,
    /// The profile of the office cannot be used.
    ProfileUnusable,
    /// What was typed cannot be understood.
    InputRefused,
    /// Our own mistake; nothing was changed.
    OurMistake,
}

/// A code with the values its two sentences name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Problem {
    /// What kind of problem.
    pub code: Code,
    /// Named values for the text; never personal data.
    pub values: BTreeMap<String, String>,
}
