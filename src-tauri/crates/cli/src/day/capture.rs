//! What the simulated devices take, and how it is saved: each picture as a step of its own.

use rekam_core::desk::Recorded;
use rekam_core::knowledge::kind;
use rekam_domain::body::{Eye, Finger};
use rekam_domain::device::{DeviceErrorKind, DeviceKind};
use rekam_driver_api::{
    Answer, Camera, DeviceError, DocumentScanner, Factory, FingerGroup, FingerprintOrder, FingerprintScanner,
    Image, IrisOrder, IrisScanner, PageColour, PageOrder, PageSource, PhotoOrder, SignatureOrder,
    SignaturePad, Terms, Trigger,
};
use rekam_driver_sim::{Fault, SimBench};
use serde_json::{Value, json};

use super::Day;
use super::visit::{Visit, eye_number};

/// Longer than any simulated capture; a hung one is found by it.
const LIMIT_MS: u32 = 60_000;
/// What a capture is asked to reach; a poorer one is kept with its figure.
const SCORE_WANTED: u8 = 40;

/// A finger as it was taken, with its score.
type Taken = (Finger, Image, u8);

/// Opens the one device of a kind that stands on the simulated desk.
fn open<Device: ?Sized>(bench: &SimBench) -> Result<Box<Device>, anyhow::Error>
where
    SimBench: Factory<Device>,
{
    let listed = Factory::<Device>::list(bench);
    let first = listed.first().ok_or_else(|| anyhow::anyhow!("no such simulated device"))?;
    Ok(Factory::<Device>::open(bench, &first.selector)?)
}

impl Day<'_> {
    /// Saves one thing, unless it is saved already.
    pub(super) fn record(
        &mut self,
        visit: &mut Visit,
        kind: &str,
        slot: &str,
        body: &Value,
        image: Option<&Image>,
    ) -> anyhow::Result<()> {
        let label = if slot.is_empty() { kind.to_owned() } else { format!("{kind}.{slot}") };
        if visit.is_done(&label) {
            return Ok(());
        }
        self.sign_in("operator")?;
        self.clock.advance(super::STEP_MS);
        let image = image.map(|image| (image.media.name(), image.bytes.as_slice()));
        let step = self.station.record(visit.case, Recorded { kind, slot, body, image })?;
        visit.mark_done(label);
        self.acknowledged(&step)
    }

    fn terms(&self) -> Terms {
        Terms { now_unix_ms: self.station.now(), limit_ms: LIMIT_MS, trigger: Trigger::Auto }
    }

    pub(super) fn scan_papers(&mut self, visit: &mut Visit) -> anyhow::Result<()> {
        let papers = Self::papers_of(visit);
        let slots: Vec<String> = papers.iter().map(|paper| format!("{}.1", paper.word())).collect();
        if slots.iter().all(|slot| visit.is_done(&format!("{}.{slot}", kind::DOCUMENT))) {
            return Ok(());
        }
        self.bench.lay_paper(&papers);
        let order = PageOrder {
            terms: self.terms(),
            source: PageSource::Feeder,
            dpi: 200,
            colour: PageColour::Grey,
            pages_max: 20,
        };
        let taken = open::<dyn DocumentScanner>(&self.bench)?.capture(&order, &mut |_| Answer::GoOn)?;
        for (slot, page) in slots.iter().zip(&taken.pages) {
            self.record(visit, kind::DOCUMENT, slot, &json!({"dpi": page.dpi}), Some(page))?;
        }
        Ok(())
    }

    pub(super) fn take_photo(&mut self, visit: &mut Visit) -> anyhow::Result<()> {
        if visit.is_done(kind::PHOTO) {
            return Ok(());
        }
        let order = PhotoOrder { terms: self.terms(), width_px: 480, height_px: 640 };
        let taken = open::<dyn Camera>(&self.bench)?.capture(&order, &mut |_| Answer::GoOn)?;
        let score = taken.quality.as_ref().map(|quality| quality.score);
        self.record(visit, kind::PHOTO, "", &json!({"score": score}), Some(&taken.image))
    }

    pub(super) fn take_signature(&mut self, visit: &mut Visit, kind: &str) -> anyhow::Result<()> {
        if visit.is_done(kind) {
            return Ok(());
        }
        let order = SignatureOrder { terms: self.terms() };
        let taken = open::<dyn SignaturePad>(&self.bench)?.capture(&order, &mut |_| Answer::GoOn)?;
        self.record(visit, kind, "", &json!({"strokes": taken.strokes.len()}), Some(&taken.image))
    }

    fn fingers(&self, visit: &Visit, group: FingerGroup) -> anyhow::Result<Result<Vec<Taken>, DeviceError>> {
        let order = FingerprintOrder {
            terms: self.terms(),
            group,
            absent: visit.person.missing_fingers.clone(),
            score_wanted: SCORE_WANTED,
        };
        let mut scanner = open::<dyn FingerprintScanner>(&self.bench)?;
        Ok(scanner.capture(&order, &mut |_| Answer::GoOn).map(|taken| {
            taken.fingers.into_iter().map(|one| (one.finger, one.image, one.quality.score)).collect()
        }))
    }

    pub(super) fn take_fingers(&mut self, visit: &mut Visit) -> anyhow::Result<()> {
        for group in FingerGroup::SLAPS {
            let wanted =
                group.fingers().iter().filter(|finger| !visit.person.missing_fingers.contains(finger));
            let is_left = |finger: &&Finger| !visit.is_done(&format!("{}.{}", kind::FINGER, finger.number()));
            if wanted.filter(is_left).count() == 0 {
                continue;
            }
            for (finger, image, score) in self.fingers(visit, group)?? {
                let slot = finger.number().to_string();
                self.record(visit, kind::FINGER, &slot, &json!({"score": score}), Some(&image))?;
            }
        }
        Ok(())
    }

    /// The cable comes loose in the middle of a capture, and is put back.
    pub(super) fn fail_fingers(&mut self, visit: &Visit) -> anyhow::Result<()> {
        self.bench.fail_next(DeviceKind::FingerprintScanner, Fault::Unplugged { after_events: 1 })?;
        let failed = self.fingers(visit, FingerGroup::LeftFour)?;
        self.bench.plug_in(DeviceKind::FingerprintScanner);
        match failed {
            Err(error) if error.kind == DeviceErrorKind::Unplugged => Ok(()),
            Err(error) => Err(error.into()),
            Ok(_) => anyhow::bail!("a scanner without its cable must not answer"),
        }
    }

    pub(super) fn take_irises(&mut self, visit: &mut Visit) -> anyhow::Result<()> {
        let is_left = |eye: &Eye| !visit.is_done(&format!("{}.{}", kind::IRIS, eye_number(*eye)));
        let blind = &visit.person.blind_eyes;
        let eyes: Vec<Eye> =
            [Eye::Right, Eye::Left].into_iter().filter(|eye| !blind.contains(eye)).filter(is_left).collect();
        if eyes.is_empty() {
            return Ok(());
        }
        let order = IrisOrder { terms: self.terms(), eyes, score_wanted: SCORE_WANTED };
        let taken = open::<dyn IrisScanner>(&self.bench)?.capture(&order, &mut |_| Answer::GoOn)?;
        for one in taken.irises {
            let slot = eye_number(one.eye).to_string();
            self.record(visit, kind::IRIS, &slot, &json!({"score": one.quality.score}), Some(&one.image))?;
        }
        Ok(())
    }
}
