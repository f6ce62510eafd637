//! A card blank: one piece of stock (`domain.md` §1.7.5).

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
