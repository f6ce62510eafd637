//! Why a sealed recording is withdrawn: words of a closed list, because the notice travels unsealed and must say nothing
//! about a person.

crate::word::words! {
    /// The reason of a withdrawal.
    pub enum WithdrawalReason {
        /// Recorded under the data of another person.
        WrongPerson => "wrong_person",
        /// The biodata are wrong.
        WrongData => "wrong_data",
        /// Pictures or papers are mixed up or of no use.
        WrongCapture => "wrong_capture",
        /// The same person was recorded twice.
        RecordedTwice => "recorded_twice",
        /// The office refused the packet.
        RefusedByOffice => "refused_by_office",
        /// The approval that was still missing was declined.
        ApprovalDeclined => "approval_declined",
    }
}
