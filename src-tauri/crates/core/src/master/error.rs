//! Why something that was handed down is not taken over.

use std::io;

use jiff::civil::Date;
use rekam_domain::profile::ProfileProblem;
use rekam_domain::text::{Language, text};
use rekam_store::StoreError;
use thiserror::Error;

use crate::problem::Problem;
use crate::roster_file::RosterFileError;

const MEGABYTE: u64 = 1024 * 1024;

/// Why nothing was taken over.
#[derive(Debug, Error)]
pub enum MasterError {
    /// The station refuses: nobody signed in, not permitted, the disk.
    #[error(transparent)]
    Station(#[from] Problem),
    /// The list of people cannot be used.
    #[error(transparent)]
    Roster(#[from] RosterFileError),
    /// The file cannot be opened.
    #[error("open the file: {0}")]
    Open(#[source] io::Error),
    /// It cannot be read to its end.
    #[error("read the file: {0}")]
    Read(#[source] io::Error),
    /// It is larger than any file of its kind.
    #[error("the file is larger than {0} bytes")]
    TooBig(u64),
    /// It is no text.
    #[error("the file is not UTF-8")]
    NotText,
    /// A date in its head cannot be read.
    #[error("the date in line {0} cannot be read")]
    HeadUnreadable(usize),
    /// Nobody says when it was made.
    #[error("nobody says when it was made")]
    DateMissing,
    /// It was made before the list that is in use.
    #[error("older than the list of {0}")]
    Older(Date),
    /// Not one person of the list can be taken; every row was refused.
    #[error("nobody in the list can be taken")]
    NobodyTaken,
    /// The profile does not read; the first problem, if one is named.
    #[error("the profile cannot be used")]
    ProfileUnusable(Option<Box<ProfileProblem>>),
    /// The profile of another procedure.
    #[error("profile {given}, but the station works by {present}")]
    OtherProfile {
        /// Id of the one in use.
        present: String,
        /// Id of the one in the file.
        given: String,
    },
    /// A version that is not higher than the highest there is.
    #[error("version {given} is not higher than {present}")]
    VersionNotHigher {
        /// The highest there is.
        present: u32,
        /// The one in the file.
        given: u32,
    },
}

impl From<StoreError> for MasterError {
    fn from(error: StoreError) -> Self {
        Self::Station(error.into())
    }
}

impl MasterError {
    /// Every code that is not one of the station or of a roster's file, for the test that holds codes and texts together.
    pub const WORDS: [&'static str; 11] = [
        "open",
        "read",
        "too_big",
        "not_text",
        "head_unreadable",
        "date_missing",
        "older",
        "nobody_taken",
        "profile_unusable",
        "other_profile",
        "version_not_higher",
    ];

    /// Its stable code.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Station(problem) => problem.code.word(),
            Self::Roster(error) => error.word(),
            Self::Open(_) => "open",
            Self::Read(_) => "read",
            Self::TooBig(_) => "too_big",
            Self::NotText => "not_text",
            Self::HeadUnreadable(_) => "head_unreadable",
            Self::DateMissing => "date_missing",
            Self::Older(_) => "older",
            Self::NobodyTaken => "nobody_taken",
            Self::ProfileUnusable(_) => "profile_unusable",
            Self::OtherProfile { .. } => "other_profile",
            Self::VersionNotHigher { .. } => "version_not_higher",
        }
    }

    /// The sentence a person reads: cause and what to do.
    #[must_use]
    pub fn text(&self, language: Language, file: &str) -> String {
        let say = |values: &[(&str, &str)]| {
            let values = [&[("file", file)], values].concat();
            text(language, &format!("master_error.{}", self.word()), &values)
        };
        match self {
            Self::Station(problem) => {
                let values: Vec<(&str, &str)> =
                    problem.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let word = problem.code.word();
                let [cause, next] = [format!("code.{word}"), format!("code.{word}.next")];
                format!("{} {}", text(language, &cause, &values), text(language, &next, &values))
            }
            Self::Roster(error) => error.text(language, file),
            Self::Open(_) | Self::Read(_) | Self::NotText | Self::DateMissing | Self::NobodyTaken => say(&[]),
            Self::TooBig(bytes) => say(&[("megabytes", &(bytes / MEGABYTE).to_string())]),
            Self::HeadUnreadable(line) => say(&[("line", &line.to_string())]),
            Self::Older(date) => say(&[("date", &date.strftime("%d-%m-%Y").to_string())]),
            Self::ProfileUnusable(problem) => {
                let sentence = problem.as_ref().map(|problem| problem.sentence(language));
                say(&[("problem", &sentence.unwrap_or_default())])
            }
            Self::OtherProfile { present, given } => say(&[("present", present), ("given", given)]),
            Self::VersionNotHigher { present, given } => {
                say(&[("present", &present.to_string()), ("given", &given.to_string())])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_says_what_to_do_in_both_languages() {
        for word in MasterError::WORDS {
            for language in Language::ALL {
                let said = text(language, &format!("master_error.{word}"), &[]);
                assert!(said.len() > 30, "{language:?} {word}: {said}");
            }
        }
        let other = MasterError::VersionNotHigher { present: 3, given: 2 };
        let said = other.text(Language::English, "my.toml");
        assert!(said.contains("my.toml") && said.contains('3') && !said.contains('{'), "{said}");
    }
}
