//! Whether the office can be reached.

mod rules;

crate::word::words! {
    /// The state of the line to the office.
    pub enum NetworkState {
        /// The office answers.
        Online => "Online",
        /// The line is there, but slow or lossy.
        Degraded => "Degraded",
        /// The office does not answer.
        Offline => "Offline",
    }
}

crate::word::words! {
    /// What a probe of the line found.
    pub enum NetworkEvent {
        /// The office answered in time.
        Answer => "answer",
        /// The office answered late, or with losses.
        AnswerBadly => "answer_badly",
        /// The office did not answer.
        Silence => "silence",
    }
}
