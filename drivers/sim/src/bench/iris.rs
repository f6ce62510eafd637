//! The simulated iris scanner.

use rekam_driver_api::{
    CaptureEvent, CaptureHint, CapturedIris, CapturedIrises, DeviceError, DeviceErrorKind, DeviceIdentity,
    DeviceKind, Factory, IrisOrder, IrisScanner, Listed, Quality, Selector, Watch,
};

use crate::ALGORITHM;
use crate::bench::run::{Run, failure, garbled};
use crate::bench::{Fault, Handle, SimBench};

/// No person has more.
const EYES_MAX: usize = 2;

struct SimIrisScanner(Handle);

impl Factory<dyn IrisScanner> for SimBench {
    fn list(&self) -> Vec<Listed> {
        self.list_kind(DeviceKind::IrisScanner)
    }

    fn open(&self, selector: &Selector) -> Result<Box<dyn IrisScanner>, DeviceError> {
        Ok(Box::new(SimIrisScanner(self.open_kind(DeviceKind::IrisScanner, selector)?)))
    }
}

impl IrisScanner for SimIrisScanner {
    fn identity(&self) -> &DeviceIdentity {
        &self.0.identity
    }

    fn capture(&mut self, order: &IrisOrder, watch: &mut Watch<'_>) -> Result<CapturedIrises, DeviceError> {
        let is_twice = order.eyes.len() == EYES_MAX && order.eyes.first() == order.eyes.last();
        if order.eyes.is_empty() || order.eyes.len() > EYES_MAX || is_twice {
            return Err(failure(DeviceErrorKind::Unsupported, "one eye or both, each once"));
        }
        let mut run = Run::begin(&self.0, order.terms, watch)?;
        run.show(CaptureEvent::Hint(CaptureHint::ComeCloser))?;
        let Some(body) = run.seated.clone().filter(|_| run.fault != Some(Fault::Nobody)) else {
            return Err(run.wait_in_vain());
        };
        if order.eyes.iter().any(|eye| body.person().blind_eyes.contains(eye)) {
            return Err(run.wait_in_vain());
        }
        let number = run.next_impression();
        let is_closed = run.fault == Some(Fault::ClosedEyes);
        let mut irises = Vec::with_capacity(order.eyes.len());
        for eye in &order.eyes {
            let rated = body.iris(*eye, number, is_closed).map_err(garbled)?;
            run.show_until_taken(CaptureEvent::Preview(&rated.image))?;
            if is_closed {
                run.show(CaptureEvent::Hint(CaptureHint::OpenEyes))?;
                return Err(failure(DeviceErrorKind::PoorCapture, "no iris is seen"));
            }
            let quality = Quality { score: rated.score, algorithm: ALGORITHM.to_owned() };
            irises.push(CapturedIris { eye: *eye, image: rated.image, quality });
            run.show(CaptureEvent::Progress {
                done: u16::try_from(irises.len()).unwrap_or(u16::MAX),
                of: u16::try_from(order.eyes.len()).ok(),
            })?;
        }
        Ok(CapturedIrises { irises, origin: run.origin() })
    }
}
