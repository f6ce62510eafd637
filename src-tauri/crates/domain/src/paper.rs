//! The papers a procedure prints for people (`domain.md` §3.2).

crate::word::words! {
    /// A letter, slip, list or label.
    pub enum Paper {
        /// Number in the queue.
        QueueTicket => "queue_ticket",
        /// What is missing from a file.
        ReturnNote => "return_note",
        /// Where to go instead, with the form to fill in.
        AdviceSlip => "advice_slip",
        /// The day's appointments.
        DaySchedule => "day_schedule",
        /// Proof of recording or of pickup.
        PickupReceipt => "pickup_receipt",
        /// "Has been recorded".
        RecordingLetter => "recording_letter",
        /// Summons to be recorded.
        Summons => "summons",
        /// Label of an archived file.
        RackLabel => "rack_label",
        /// Receipt for a collective batch.
        BatchReceipt => "batch_receipt",
        /// Files a village must complete.
        BatchReturnList => "batch_return_list",
        /// Cover list of a registered batch.
        BatchCoverList => "batch_cover_list",
        /// Cards bundled for the pickup counter.
        BundleList => "bundle_list",
        /// Collective acknowledgement of receipt.
        CollectiveReceipt => "collective_receipt",
        /// Blanks handed to the print operator.
        BlankSlip => "blank_slip",
        /// Official minutes (exception, outage, destruction).
        OfficialMinutes => "official_minutes",
        /// The identity card itself.
        Card => "card",
    }
}
