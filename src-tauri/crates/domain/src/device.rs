//! The state of a device.

mod rules;

pub use rules::DeviceFacts;

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

crate::word::words! {
    /// What can happen to a device.
    pub enum DeviceEvent {
        /// Plugged in.
        Appear => "appear",
        /// Unplugged.
        Vanish => "vanish",
        /// Begins to work.
        BeginWork => "begin_work",
        /// Has finished its work.
        FinishWork => "finish_work",
        /// Works in part from now on.
        Degrade => "degrade",
        /// Stopped working.
        Fail => "fail",
        /// Tested again after repair.
        Recover => "recover",
        /// Taken away to be replaced.
        Replace => "replace",
    }
}
