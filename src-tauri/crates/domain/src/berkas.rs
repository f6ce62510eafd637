//! The paper file (berkas): where it is and who has it (`domain.md` 1.7.0 no. 1).

mod rules;

pub use rules::BerkasFacts;

crate::word::words! {
    /// Where the paper file stands.
    pub enum BerkasState {
        /// No paper has been received.
        NotReceived => "NotReceived",
        /// Received at the desk.
        Received => "Received",
        /// Being worked with.
        InUse => "InUse",
        /// Archived at a named place. End, until borrowed.
        Archived => "Archived",
        /// Borrowed from the archive.
        Borrowed => "Borrowed",
        /// Given back to the applicant. End.
        GivenBack => "GivenBack",
    }
}

crate::word::words! {
    /// What can happen to the paper file.
    pub enum BerkasEvent {
        /// Received at the desk.
        Receive => "receive",
        /// Taken up for work, or passed to the next hand.
        TakeUp => "take_up",
        /// Archived at a named place.
        Archive => "archive",
        /// Borrowed from the archive.
        Borrow => "borrow",
        /// Returned to its place in the archive.
        PutBack => "put_back",
        /// Given back to the applicant.
        GiveBack => "give_back",
    }
}
