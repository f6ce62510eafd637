//! The source of power.

use crate::{DeviceError, DeviceIdentity};

/// What carries the station now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supply {
    /// The grid.
    Mains,
    /// The battery of the UPS or of the laptop.
    Battery,
    /// A generator.
    Genset,
    /// The battery says that power ends now.
    LastCall,
}

/// What the power source tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PowerReading {
    /// What carries the station.
    pub supply: Supply,
    /// Minutes the battery would last at this load, if it can tell.
    pub minutes_left: Option<u32>,
    /// Charge of the battery in percent, if there is one.
    pub charge_percent: Option<u8>,
}

/// Tells where the power comes from.
///
/// It is asked, it does not call: whoever watches power asks every few seconds. A reading takes at most
/// [`crate::HEARTBEAT_MS_MAX`]. A source that cannot be read says nothing about the power: the last reading stands,
/// and the loss of the source is shown as a device fault.
pub trait PowerSource: Send {
    /// Who it is.
    fn identity(&self) -> &DeviceIdentity;

    /// The state of the power now.
    ///
    /// # Errors
    /// `Unplugged`, `Garbage` or `Hung`, with the contract of every device for what follows.
    fn read(&mut self) -> Result<PowerReading, DeviceError>;
}
