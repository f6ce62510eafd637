//! The simulated fingerprint scanner.

use rekam_driver_api::{
    CaptureEvent, CaptureHint, CapturedFinger, CapturedFingers, DeviceError, DeviceErrorKind, DeviceIdentity,
    DeviceKind, Factory, Finger, FingerGroup, FingerprintOrder, FingerprintScanner, Image, Listed, Quality,
    Selector, Watch,
};

use crate::ALGORITHM;
use crate::bench::run::{Run, failure, garbled};
use crate::bench::{Fault, Handle, SimBench};
use crate::body::{Body, Skin};

/// Touches a scanner waits for when the first ones are poor.
const TOUCHES_MAX: u32 = 3;

struct SimFingerprintScanner(Handle);

impl Factory<dyn FingerprintScanner> for SimBench {
    fn list(&self) -> Vec<Listed> {
        self.list_kind(DeviceKind::FingerprintScanner)
    }

    fn open(&self, selector: &Selector) -> Result<Box<dyn FingerprintScanner>, DeviceError> {
        Ok(Box::new(SimFingerprintScanner(self.open_kind(DeviceKind::FingerprintScanner, selector)?)))
    }
}

impl FingerprintScanner for SimFingerprintScanner {
    fn identity(&self) -> &DeviceIdentity {
        &self.0.identity
    }

    fn takes(&self, group: FingerGroup) -> bool {
        matches!(group, FingerGroup::Single(_)) || self.0.bench.desk().takes_slaps
    }

    fn capture(
        &mut self,
        order: &FingerprintOrder,
        watch: &mut Watch<'_>,
    ) -> Result<CapturedFingers, DeviceError> {
        let wanted = order.wanted();
        if wanted.is_empty() || !self.takes(order.group) {
            return Err(failure(
                DeviceErrorKind::Unsupported,
                "no finger is wanted, or no slap can be taken",
            ));
        }
        let mut run = Run::begin(&self.0, order.terms, watch)?;
        run.show(CaptureEvent::Hint(CaptureHint::PlaceFingers))?;
        let Some(body) = run.seated.clone().filter(|_| run.fault != Some(Fault::Nobody)) else {
            return Err(run.wait_in_vain());
        };
        let there = wanted.iter().filter(|finger| !body.person().missing_fingers.contains(finger)).count();
        run.show(CaptureEvent::Presence { seen: u8::try_from(there).unwrap_or(u8::MAX) })?;
        if run.fault == Some(Fault::WrongHand) {
            run.show(CaptureEvent::Hint(CaptureHint::OtherHand))?;
            return Err(failure(DeviceErrorKind::WrongHand, "thumb side lies on the wrong edge"));
        }
        if there < wanted.len() {
            return Err(run.wait_in_vain());
        }
        take(&mut run, order, &wanted, &body)
    }
}

/// The fingers that lie on the glass where these are wanted.
fn lying(run: &Run<'_, '_>, wanted: &[Finger], group: FingerGroup) -> Vec<(usize, Finger)> {
    let is_swapped = run.fault == Some(Fault::UnseenWrongHand);
    wanted
        .iter()
        .map(|finger| {
            let place = group.fingers().iter().position(|member| member == finger).unwrap_or(0);
            (place, if is_swapped { finger.mirrored() } else { *finger })
        })
        .collect()
}

fn take(
    run: &mut Run<'_, '_>,
    order: &FingerprintOrder,
    wanted: &[Finger],
    body: &Body,
) -> Result<CapturedFingers, DeviceError> {
    let is_dry = run.fault == Some(Fault::DryFinger);
    let skin = if is_dry { Skin::Dry } else { Skin::Normal };
    let places = order.group.fingers().len();
    // Growing takes long enough to be felt: the watcher is asked after every finger.
    for (_, finger) in lying(run, wanted, order.group) {
        body.grow_finger(finger);
        run.show(CaptureEvent::Waiting)?;
    }
    let mut best: Option<CapturedFingers> = None;
    for touch in 1..=TOUCHES_MAX {
        let number = run.next_impression();
        let lying = lying(run, wanted, order.group);
        let captured = if places == 1 {
            single(run, wanted, &lying, body, number, skin)?
        } else {
            let touched = body.fingers(&lying, places, number, skin).map_err(garbled)?;
            let fingers = wanted
                .iter()
                .zip(touched.fingers)
                .map(|(finger, (_, rated, area))| CapturedFinger {
                    finger: *finger,
                    image: rated.image,
                    quality: quality(rated.score),
                    area: Some(area),
                })
                .collect();
            CapturedFingers { fingers, slap: Some(touched.glass), origin: run.origin() }
        };
        let is_better = best.as_ref().is_none_or(|before| lowest(before) < lowest(&captured));
        let shown = if is_better { best.insert(captured) } else { &captured };
        let result = show_touch(run, shown, order.score_wanted);
        let is_good = lowest(shown) >= order.score_wanted;
        match result {
            // At the limit the best that came is the result.
            Err(error) if error.kind == DeviceErrorKind::TimedOut => break,
            Err(error) => return Err(error),
            Ok(()) if is_good || run.is_finished || touch == TOUCHES_MAX => break,
            Ok(()) => {}
        }
        let hint = if is_dry { CaptureHint::MoistenFingers } else { CaptureHint::PressHarder };
        match run.show(CaptureEvent::Hint(hint)) {
            Err(error) if error.kind == DeviceErrorKind::TimedOut => break,
            Err(error) => return Err(error),
            Ok(()) if run.is_finished => break,
            Ok(()) => {}
        }
    }
    best.ok_or_else(|| failure(DeviceErrorKind::PoorCapture, "nothing was taken"))
}

fn show_touch(
    run: &mut Run<'_, '_>,
    captured: &CapturedFingers,
    score_wanted: u8,
) -> Result<(), DeviceError> {
    if let Some(image) = glass(captured) {
        run.show_until_taken(CaptureEvent::Preview(image))?;
    }
    let done = captured.fingers.iter().filter(|finger| finger.quality.score >= score_wanted).count();
    run.show(CaptureEvent::Progress {
        done: u16::try_from(done).unwrap_or(u16::MAX),
        of: u16::try_from(captured.fingers.len()).ok(),
    })
}

fn glass(captured: &CapturedFingers) -> Option<&Image> {
    captured.slap.as_ref().or_else(|| captured.fingers.first().map(|finger| &finger.image))
}

fn single(
    run: &Run<'_, '_>,
    wanted: &[Finger],
    lying: &[(usize, Finger)],
    body: &Body,
    number: u64,
    skin: Skin,
) -> Result<CapturedFingers, DeviceError> {
    let mut fingers = Vec::with_capacity(wanted.len());
    for (finger, (_, lies)) in wanted.iter().zip(lying) {
        let rated = body.finger(*lies, number, skin).map_err(garbled)?;
        let quality = quality(rated.score);
        fingers.push(CapturedFinger { finger: *finger, image: rated.image, quality, area: None });
    }
    Ok(CapturedFingers { fingers, slap: None, origin: run.origin() })
}

fn quality(score: u8) -> Quality {
    Quality { score, algorithm: ALGORITHM.to_owned() }
}

/// The poorest finger decides whether another touch is worth it.
fn lowest(captured: &CapturedFingers) -> u8 {
    captured.fingers.iter().map(|finger| finger.quality.score).min().unwrap_or(0)
}
