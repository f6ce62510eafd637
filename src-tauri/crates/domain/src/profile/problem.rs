//! What is wrong with a profile file, where, and what to do about it.

use std::fmt;

use crate::text::{Language, text};

crate::word::words! {
    /// The kinds of problem; the word is the code and, after `problem.`, the key of its text.
    pub enum ProblemCode {
        /// The file is not TOML.
        Syntax => "syntax",
        /// The file is larger than a profile may be.
        FileTooLarge => "file_too_large",
        /// A key or table is there twice.
        DuplicateKey => "duplicate_key",
        /// No such key.
        UnknownKey => "unknown_key",
        /// A key that must be there is not.
        MissingKey => "missing_key",
        /// The value is of another type.
        WrongType => "wrong_type",
        /// The text is empty.
        EmptyText => "empty_text",
        /// The text is too long.
        TextTooLong => "text_too_long",
        /// Not a plain identifier.
        BadIdentifier => "bad_identifier",
        /// The number is too small or too large.
        OutOfRange => "out_of_range",
        /// The list is empty.
        EmptyList => "empty_list",
        /// The list is too long.
        ListTooLong => "list_too_long",
        /// The list names something twice.
        RepeatedWord => "repeated_word",
        /// Not a date.
        BadDate => "bad_date",
        /// Not a region code.
        BadRegionCode => "bad_region_code",
        /// A role nobody knows.
        UnknownRole => "unknown_role",
        /// A document nobody knows.
        UnknownDocument => "unknown_document",
        /// Neither a document nor a thing.
        UnknownInput => "unknown_input",
        /// A book nobody knows.
        UnknownBook => "unknown_book",
        /// A paper nobody knows.
        UnknownPaper => "unknown_paper",
        /// An event nobody knows.
        UnknownEvent => "unknown_event",
        /// A service nobody knows.
        UnknownService => "unknown_service",
        /// An office kind nobody knows.
        UnknownOfficeKind => "unknown_office_kind",
        /// A time zone nobody knows.
        UnknownTimeZone => "unknown_time_zone",
        /// A channel nobody knows.
        UnknownChannel => "unknown_channel",
        /// A modality nobody knows.
        UnknownModality => "unknown_modality",
        /// A fact that cannot be marked as inferred.
        UnknownFact => "unknown_fact",
        /// None of the choices of this key.
        UnknownChoice => "unknown_choice",
        /// A schema of another time.
        UnknownSchema => "unknown_schema",
        /// The end of validity lies before its beginning.
        DateOrder => "date_order",
        /// The region code is of another level than the office.
        RegionLevel => "region_level",
        /// Slots without an online queue, or the other way round.
        ScheduleMismatch => "schedule_mismatch",
        /// Early recording does not begin before the age of the card.
        PreEnrollNotBelow => "pre_enroll_not_below",
        /// Documents for a service that is not offered.
        ServiceNotOffered => "service_not_offered",
        /// A local document that no list asks for.
        LocalExtraNotListed => "local_extra_not_listed",
        /// Recording without anything to capture.
        CaptureWithoutModalities => "capture_without_modalities",
        /// The order does not name each modality once.
        OrderNotPermutation => "order_not_permutation",
        /// The letter lacks something.
        LetterIncomplete => "letter_incomplete",
        /// A token of the number format nobody knows.
        NumberFormatToken => "number_format_token",
        /// The number format has no running number.
        NumberFormatWithoutSeq => "number_format_without_seq",
        /// The number format has no year.
        NumberFormatWithoutYear => "number_format_without_year",
        /// Cards are printed here but their books are not kept.
        PrintingWithoutBook => "printing_without_book",
        /// Collective files without a bearer, or the other way round.
        CollectiveWithoutBearer => "collective_without_bearer",
        /// A pair is not two different roles.
        BadPair => "bad_pair",
        /// The operator could approve an exception of their own.
        ApproverNotExcluded => "approver_not_excluded",
        /// The retention names no legal basis.
        RetentionWithoutBasis => "retention_without_basis",
        /// There is no step.
        NoSteps => "no_steps",
        /// Two steps with one id.
        DuplicateStepId => "duplicate_step_id",
        /// Two steps with one number.
        DuplicateStepNo => "duplicate_step_no",
        /// A branch leads to no step.
        BranchToNowhere => "branch_to_nowhere",
        /// An event of a machine that is switched off here.
        MachineNotUsed => "machine_not_used",
        /// An event done by somebody who never signs in.
        ActorWithoutLogin => "actor_without_login",
        /// A step writes a book that is not kept.
        BookNotKept => "book_not_kept",
        /// A step prints a paper that is switched off.
        PaperSwitchedOff => "paper_switched_off",
    }
}

/// A value in the sentence of a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemValue {
    /// The same in every language.
    Plain(String),
    /// A word that each language has its own for, by the key of its text.
    Named(&'static str),
    /// Words that each language has its own for, with values of their own in them.
    Phrase(&'static str, Vec<(&'static str, String)>),
    /// The same as a whole sentence before another one: a space follows it.
    Sentence(&'static str, Vec<(&'static str, String)>),
}

impl ProblemValue {
    fn told(&self, language: Language) -> String {
        let phrase = |key: &str, values: &[(&'static str, String)]| {
            let values: Vec<(&str, &str)> =
                values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            text(language, key, &values)
        };
        match self {
            Self::Plain(value) => value.clone(),
            Self::Named(key) => text(language, key, &[]),
            Self::Phrase(key, values) => phrase(key, values),
            Self::Sentence(key, values) => phrase(key, values) + " ",
        }
    }
}

impl From<&str> for ProblemValue {
    fn from(value: &str) -> Self {
        Self::Plain(value.to_owned())
    }
}

impl From<String> for ProblemValue {
    fn from(value: String) -> Self {
        Self::Plain(value)
    }
}

impl From<i64> for ProblemValue {
    fn from(value: i64) -> Self {
        Self::Plain(value.to_string())
    }
}

/// The named values of one sentence.
pub(super) type Values = Vec<(&'static str, ProblemValue)>;

/// One thing that is wrong with a profile file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileProblem {
    /// The name the file was given to the reader by.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The key, as a path; the first step is `step[1]`.
    pub key: String,
    /// What kind of problem.
    pub code: ProblemCode,
    /// What its sentence names.
    pub values: Values,
}

impl ProfileProblem {
    /// What is wrong and what is allowed, in one language.
    #[must_use]
    pub fn reason(&self, language: Language) -> String {
        let told: Vec<(&str, String)> =
            self.values.iter().map(|(name, value)| (*name, value.told(language))).collect();
        let values: Vec<(&str, &str)> = told.iter().map(|(name, value)| (*name, value.as_str())).collect();
        text(language, &format!("problem.{}", self.code.word()), &values)
    }

    /// The whole line for a person: the place, the key, or that it is about the file, and the reason.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        let Self { file, line, column, .. } = self;
        let whole_file = || text(language, "problem_part.file", &[]);
        let key = if self.key.is_empty() { whole_file() } else { self.key.clone() };
        format!("{file}:{line}:{column}: {key}: {}", self.reason(language))
    }
}

impl fmt::Display for ProfileProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sentence(Language::Indonesian))
    }
}

impl std::error::Error for ProfileProblem {}
