//! The letter machine: drafted, initialled, signed, numbered, stamped, delivered (`domain.md` §1.7.5).

mod rules;

pub use rules::LetterFacts;

crate::word::words! {
    /// Where a letter stands.
    pub enum LetterState {
        /// No letter has been drafted.
        NotDrafted => "NotDrafted",
        /// Drafted, also after a return.
        Draft => "Draft",
        /// Checked and initialled.
        Initialled => "Initialled",
        /// Signed.
        Signed => "Signed",
        /// Has its number, given after the signature.
        Numbered => "Numbered",
        /// Stamped.
        Stamped => "Stamped",
        /// Handed to the applicant. End.
        Delivered => "Delivered",
        /// Sent back to be corrected.
        ReturnedToDraft => "ReturnedToDraft",
        /// Given up; a number it had is kept and never used again. End.
        Voided => "Voided",
    }
}

crate::word::words! {
    /// What can happen to a letter.
    pub enum LetterEvent {
        /// The draft is made.
        Draft => "draft",
        /// The draft is corrected after a return.
        Redraft => "redraft",
        /// Initialled.
        Initial => "initial",
        /// Signed.
        Sign => "sign",
        /// Numbered.
        Number => "number",
        /// Stamped.
        Stamp => "stamp",
        /// Delivered.
        Deliver => "deliver",
        /// Sent back, with a reason.
        Return => "return",
        /// Given up, with a reason.
        Void => "void",
    }
}
