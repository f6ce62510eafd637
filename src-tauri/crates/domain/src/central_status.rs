//! Statuses the centre reports for a packet (`domain.md` §4.7). A status we do not know is kept as it is.

crate::word::words! {
    /// A known central status.
    pub enum KnownStatus {
        /// Exists in SIAK, not recorded.
        Unregistered => "UNREGISTERED",
        /// Not yet obliged to hold a card.
        NotYetObliged => "BELUM WAJIB",
        /// Captured, not yet sent to the data centre.
        BioCaptured => "BIO_CAPTURED",
        /// Being prepared for sending.
        Processing => "PROCESSING",
        /// Sent from the regional server.
        SentForEnrollment => "SENT_FOR_ENROLLMENT",
        /// Arrived at the centre.
        ReceivedAtCentral => "RECEIVED_AT_CENTRAL",
        /// Unreadable or incomplete at the regency.
        EnrollFailureAtRegional => "ENROLL_FAILURE_AT_REGIONAL",
        /// Unreadable or incomplete at the centre.
        EnrollFailureAtCentral => "ENROLL_FAILURE_AT_CENTRAL",
        /// The centre could not search.
        SearchFailureAtCentral => "SEARCH_FAILURE_AT_CENTRAL",
        /// Needs validation.
        RequestValidation => "REQUEST_VALIDATION",
        /// Similar to another record, an expert decides.
        AdjudicateRecord => "ADJUDICATE_RECORD",
        /// The same person was recorded before.
        DuplicateRecord => "DUPLICATE_RECORD",
        /// Unique, ready to print.
        PrintReadyRecord => "PRINT_READY_RECORD",
        /// Sent to printing.
        SentForCardPrinting => "SENT_FOR_CARD_PRINTING",
        /// Printed.
        CardPrinted => "CARD_PRINTED",
        /// Shipped.
        CardShipped => "CARD_SHIPPED",
        /// Given to its holder.
        CardIssued => "CARD_ISSUED",
    }
}
