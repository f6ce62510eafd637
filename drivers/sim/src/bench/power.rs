//! The simulated power source.

use rekam_driver_api::{
    Answer, DeviceError, DeviceIdentity, DeviceKind, Factory, Listed, PowerReading, PowerSource, Selector,
    Terms, Trigger,
};

use crate::bench::run::Run;
use crate::bench::{Handle, SimBench};

/// A reading is a capture of this length that nobody watches.
const READING: Terms =
    Terms { now_unix_ms: 0, limit_ms: rekam_driver_api::HEARTBEAT_MS_MAX, trigger: Trigger::Auto };

struct SimPowerSource(Handle);

impl Factory<dyn PowerSource> for SimBench {
    fn list(&self) -> Vec<Listed> {
        self.list_kind(DeviceKind::PowerSource)
    }

    fn open(&self, selector: &Selector) -> Result<Box<dyn PowerSource>, DeviceError> {
        Ok(Box::new(SimPowerSource(self.open_kind(DeviceKind::PowerSource, selector)?)))
    }
}

impl PowerSource for SimPowerSource {
    fn identity(&self) -> &DeviceIdentity {
        &self.0.identity
    }

    fn read(&mut self) -> Result<PowerReading, DeviceError> {
        Run::begin(&self.0, READING, &mut |_| Answer::GoOn)?;
        Ok(self.0.bench.desk().power)
    }
}
