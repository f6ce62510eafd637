//! A card blank: one piece of stock (`domain.md` §1.7.5).

mod rules;

pub use rules::BlankFacts;

crate::word::words! {
    /// Where a blank stands.
    pub enum BlankState {
        /// In the safe.
        InStock => "InStock",
        /// Given out for a case.
        Issued => "Issued",
        /// Printed.
        Printed => "Printed",
        /// Spoiled.
        Spoiled => "Spoiled",
        /// In the hand of its holder. End.
        HandedOver => "HandedOver",
        /// Destroyed, with minutes. End.
        Destroyed => "Destroyed",
    }
}

crate::word::words! {
    /// What can happen to a blank.
    pub enum BlankEvent {
        /// Given out for a case.
        Issue => "issue",
        /// Put back unused.
        ReturnToStock => "return_to_stock",
        /// Printed.
        Print => "print",
        /// Spoiled.
        Spoil => "spoil",
        /// In the hand of its holder.
        HandOver => "hand_over",
        /// Destroyed, with minutes.
        Destroy => "destroy",
    }
}
