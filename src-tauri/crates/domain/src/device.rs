//! The state of a device.

crate::word::words! {
    /// Whether a device can work.
    pub enum DeviceState {
        /// Not plugged in.
        Absent => "Absent",
        /// Works and waits.
        Ready => "Ready",
        /// Working.
        Busy => "Busy",
        /// Works in part.
        Degraded => "Degraded",
        /// Does not work.
        Fault => "Fault",
    }
}
