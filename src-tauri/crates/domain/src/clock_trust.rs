//! How far the station's time can be trusted; written into packets.

crate::word::words! {
    /// What is known about the clock.
    pub enum ClockTrust {
        /// The wall clock agrees with the time elapsed.
        Steady => "steady",
        /// The wall clock stands behind; the station counts on by the time elapsed.
        SetBack => "set_back",
        /// The wall clock stands ahead; the station counts on by the time elapsed.
        SetForward => "set_forward",
        /// The station was off for so long that somebody must look at the date first.
        Unsure => "unsure",
    }
}
