//! The life of a packet at the station (`domain.md` §1.7.4).

crate::word::words! {
    /// Where a packet stands.
    pub enum PacketState {
        /// Being built.
        Building => "Building",
        /// Sealed and immutable.
        Sealed => "Sealed",
        /// Waiting for delivery.
        Queued => "Queued",
        /// Being sent.
        Sending => "Sending",
        /// All bytes sent, no receipt yet.
        Sent => "Sent",
        /// A signed receipt names it.
        Acked => "Acked",
        /// Deleted here after receipt, grace and status. End.
        Purged => "Purged",
        /// Refused by the office, with a reason.
        Nacked => "Nacked",
        /// Its bytes are no longer what was sealed.
        Quarantined => "Quarantined",
        /// Copied to a removable disk.
        ExportedToMedia => "ExportedToMedia",
        /// Replaced by a new recording. End.
        Superseded => "Superseded",
    }
}
