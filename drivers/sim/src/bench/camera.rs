//! The simulated camera.

use rekam_domain::photo::BackgroundColour;
use rekam_driver_api::{
    Camera, CaptureEvent, CaptureHint, CapturedPhoto, DeviceError, DeviceIdentity, DeviceKind, Factory,
    Listed, PhotoOrder, Selector, Watch,
};

use crate::bench::run::{Run, garbled};
use crate::bench::{Fault, Handle, SimBench};
use crate::body::empty_portrait;

struct SimCamera(Handle);

impl Factory<dyn Camera> for SimBench {
    fn list(&self) -> Vec<Listed> {
        self.list_kind(DeviceKind::Camera)
    }

    fn open(&self, selector: &Selector) -> Result<Box<dyn Camera>, DeviceError> {
        Ok(Box::new(SimCamera(self.open_kind(DeviceKind::Camera, selector)?)))
    }
}

impl Camera for SimCamera {
    fn identity(&self) -> &DeviceIdentity {
        &self.0.identity
    }

    fn capture(&mut self, order: &PhotoOrder, watch: &mut Watch<'_>) -> Result<CapturedPhoto, DeviceError> {
        let mut run = Run::begin(&self.0, order.terms, watch)?;
        let (detail, curtain) = {
            let desk = self.0.bench.desk();
            (desk.detail, desk.curtain)
        };
        let eyes_are_closed = run.fault == Some(Fault::ClosedEyes);
        let size = |share: u32| {
            (
                (order.width_px / share).try_into().unwrap_or(usize::MAX),
                (order.height_px / share).try_into().unwrap_or(usize::MAX),
            )
        };
        let seated = run.seated.clone();
        let number = run.next_impression();
        let picture = |number, size| match &seated {
            Some(body) => {
                let curtain = curtain.unwrap_or_else(|| body.person().curtain());
                body.portrait(number, eyes_are_closed, curtain, size)
            }
            None => empty_portrait(number, curtain.unwrap_or(BackgroundColour::Red), size, detail),
        };
        run.show(CaptureEvent::Hint(CaptureHint::LookHere))?;
        // The live view is a quarter of the picture's surface and one frame: what costs time is drawing it.
        let frame = picture(number, size(2)).map_err(garbled)?;
        run.show_until_taken(CaptureEvent::Preview(&frame))?;
        let image = picture(number, size(1)).map_err(garbled)?;
        Ok(CapturedPhoto { image, quality: None, origin: run.origin() })
    }
}
