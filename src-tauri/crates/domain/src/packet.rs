//! The life of a packet at the station (`domain.md` §1.7.4).

mod rules;

pub use rules::PacketFacts;

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

crate::word::words! {
    /// What can happen to a packet.
    pub enum PacketEvent {
        /// Sealed and signed.
        Seal => "seal",
        /// Put in the queue for delivery.
        Queue => "queue",
        /// Its bytes begin to travel.
        BeginSend => "begin_send",
        /// Its last byte has left.
        FinishSend => "finish_send",
        /// The line broke, or the receipt does not come.
        LoseLine => "lose_line",
        /// Copied to a removable disk.
        Export => "export",
        /// A signed receipt accepts it.
        Acknowledge => "acknowledge",
        /// A signed receipt refuses it.
        Refuse => "refuse",
        /// The same bytes are to be sent again.
        Requeue => "requeue",
        /// Its bytes are not what was sealed.
        Quarantine => "quarantine",
        /// Replaced by the packet of a new recording.
        Supersede => "supersede",
        /// Forgotten here.
        Purge => "purge",
    }
}
