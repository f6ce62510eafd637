//! What a person comes for.

crate::word::words! {
    /// The kind of service asked for (`domain.md` §1.3, §3.1, §4.5).
    pub enum Service {
        /// First recording and first card.
        New => "new",
        /// The card was lost.
        Lost => "lost",
        /// The card is damaged.
        Damaged => "damaged",
        /// The data on the card are wrong.
        WrongData => "wrong_data",
        /// Moved in from another area.
        MovedIn => "moved_in",
        /// Lives elsewhere, is served here.
        OutOfDomicile => "out_of_domicile",
    }
}
