//! The simulated signature pad.

use rekam_driver_api::{
    CaptureEvent, CaptureHint, CapturedSignature, DeviceError, DeviceIdentity, DeviceKind, Factory, Listed,
    Selector, SignatureOrder, SignaturePad, Watch,
};

use crate::bench::run::{Run, garbled};
use crate::bench::{Fault, Handle, SimBench};
use crate::signature::{PAD_HEIGHT, PAD_WIDTH};

struct SimSignaturePad(Handle);

impl Factory<dyn SignaturePad> for SimBench {
    fn list(&self) -> Vec<Listed> {
        self.list_kind(DeviceKind::SignaturePad)
    }

    fn open(&self, selector: &Selector) -> Result<Box<dyn SignaturePad>, DeviceError> {
        Ok(Box::new(SimSignaturePad(self.open_kind(DeviceKind::SignaturePad, selector)?)))
    }
}

impl SignaturePad for SimSignaturePad {
    fn identity(&self) -> &DeviceIdentity {
        &self.0.identity
    }

    fn capture(
        &mut self,
        order: &SignatureOrder,
        watch: &mut Watch<'_>,
    ) -> Result<CapturedSignature, DeviceError> {
        let mut run = Run::begin(&self.0, order.terms, watch)?;
        run.show(CaptureEvent::Hint(CaptureHint::Sign))?;
        let Some(body) =
            run.seated.clone().filter(|body| body.person().can_sign() && run.fault != Some(Fault::Nobody))
        else {
            return Err(run.wait_in_vain());
        };
        let number = run.next_impression();
        let (strokes, image) = body.signature(number).map_err(garbled)?;
        for stroke in &strokes {
            run.show(CaptureEvent::Ink(&stroke.points))?;
        }
        run.show_until_taken(CaptureEvent::Waiting)?;
        Ok(CapturedSignature {
            strokes,
            image,
            pad_width: PAD_WIDTH,
            pad_height: PAD_HEIGHT,
            origin: run.origin(),
        })
    }
}
