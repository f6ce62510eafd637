//! Whether the office can be reached.

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
