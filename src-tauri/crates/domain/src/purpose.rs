//! What a person comes for.

crate::word::words! {
    /// The purpose of a visit (`domain.md` §1.3, §3.1, §4.5).
    pub enum Purpose {
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
