//! The simulated devices keep the contract of every capture, and show every error a device can have.

#![cfg(test)]

use std::collections::BTreeSet;

use jiff::civil::date;
use rekam_domain::document::Document;
use rekam_driver_api::{
    Access, Answer, Camera, CaptureEvent, DeviceError, DeviceErrorKind, DeviceKind, DocumentScanner, Eye,
    Factory, Finger, FingerGroup, FingerprintOrder, FingerprintScanner, IrisOrder, IrisScanner, PageColour,
    PageOrder, PageSource, PhotoOrder, PowerReading, PowerSource, Selector, SignatureOrder, SignaturePad,
    Supply, Terms, Trigger,
};
use rekam_driver_sim::{BENCH_KINDS, Detail, Fault, Script, SimBench, Situation, SyntheticPerson};

const CAPTURING: [DeviceKind; 5] = [
    DeviceKind::Camera,
    DeviceKind::FingerprintScanner,
    DeviceKind::IrisScanner,
    DeviceKind::SignaturePad,
    DeviceKind::DocumentScanner,
];

fn person(situation: Situation) -> SyntheticPerson {
    SyntheticPerson::in_situation(21, date(2026, 11, 21), situation)
}

fn bench() -> SimBench {
    let bench = SimBench::new(Detail::Tiny);
    bench.seat(person(Situation::Ordinary));
    bench.lay_paper(&[Document::Kk; 200]);
    bench
}

fn terms(limit_ms: u32) -> Terms {
    Terms { now_unix_ms: 1_795_219_200_000, limit_ms, trigger: Trigger::Auto }
}

fn selector(kind: DeviceKind) -> Selector {
    Selector(format!("sim:{}", kind.word()))
}

/// A device of any kind, with the order its tests give it.
enum Open {
    Camera(Box<dyn Camera>),
    Fingers(Box<dyn FingerprintScanner>),
    Irises(Box<dyn IrisScanner>),
    Pad(Box<dyn SignaturePad>),
    Scanner(Box<dyn DocumentScanner>),
    Power(Box<dyn PowerSource>),
}

fn open(bench: &SimBench, kind: DeviceKind) -> Result<Open, DeviceError> {
    let selector = selector(kind);
    Ok(match kind {
        DeviceKind::Camera => Open::Camera(Factory::<dyn Camera>::open(bench, &selector)?),
        DeviceKind::FingerprintScanner => {
            Open::Fingers(Factory::<dyn FingerprintScanner>::open(bench, &selector)?)
        }
        DeviceKind::IrisScanner => Open::Irises(Factory::<dyn IrisScanner>::open(bench, &selector)?),
        DeviceKind::SignaturePad => Open::Pad(Factory::<dyn SignaturePad>::open(bench, &selector)?),
        DeviceKind::DocumentScanner => Open::Scanner(Factory::<dyn DocumentScanner>::open(bench, &selector)?),
        DeviceKind::PowerSource => Open::Power(Factory::<dyn PowerSource>::open(bench, &selector)?),
        other @ (DeviceKind::CardReader
        | DeviceKind::Printer
        | DeviceKind::ReceiptPrinter
        | DeviceKind::Positioning
        | DeviceKind::Panel) => panic!("the bench has no {}", other.word()),
    })
}

fn slap(terms: Terms, group: FingerGroup) -> FingerprintOrder {
    FingerprintOrder { terms, group, absent: Vec::new(), score_wanted: 40 }
}

fn pages(terms: Terms, pages_max: u16) -> PageOrder {
    PageOrder { terms, source: PageSource::Feeder, dpi: 200, colour: PageColour::Grey, pages_max }
}

impl Open {
    /// Captures, and says how many pieces came.
    fn capture(
        &mut self,
        terms: Terms,
        watch: &mut dyn FnMut(CaptureEvent<'_>) -> Answer,
    ) -> Result<usize, DeviceError> {
        match self {
            Open::Camera(device) => {
                device.capture(&PhotoOrder { terms, width_px: 480, height_px: 640 }, watch).map(|_| 1)
            }
            Open::Fingers(device) => {
                device.capture(&slap(terms, FingerGroup::RightFour), watch).map(|taken| taken.fingers.len())
            }
            Open::Irises(device) => {
                let order = IrisOrder { terms, eyes: vec![Eye::Right, Eye::Left], score_wanted: 40 };
                device.capture(&order, watch).map(|taken| taken.irises.len())
            }
            Open::Pad(device) => {
                device.capture(&SignatureOrder { terms }, watch).map(|taken| taken.strokes.len())
            }
            Open::Scanner(device) => {
                let taken = device.capture(&pages(terms, 2), watch)?;
                taken.stopped_by.map_or(Ok(taken.pages.len()), Err)
            }
            Open::Power(device) => device.read().map(|_| 1),
        }
    }
}

fn go_on(_: CaptureEvent<'_>) -> Answer {
    Answer::GoOn
}

fn kind_of(result: Result<usize, DeviceError>) -> Option<DeviceErrorKind> {
    result.err().map(|error| error.kind)
}

#[test]
fn every_capture_begins_with_started_once_and_gives_all_pieces() {
    let bench = bench();
    for (kind, wanted) in CAPTURING.into_iter().zip([1, 4, 2, 1, 2]) {
        let mut events = Vec::new();
        let taken = open(&bench, kind).expect("opens").capture(terms(60_000), &mut |event| {
            events.push(event == CaptureEvent::Started);
            Answer::GoOn
        });
        assert!(taken.expect("taken") >= wanted, "{}", kind.word());
        assert_eq!(events.iter().position(|is_start| *is_start), Some(0));
        assert_eq!(events.iter().filter(|is_start| **is_start).count(), 1);
        assert!(events.len() > 2, "{}", kind.word());
    }
}

#[test]
fn a_cancel_at_any_event_ends_the_capture_and_leaves_the_device_ready() {
    let bench = bench();
    for kind in CAPTURING {
        let mut device = open(&bench, kind).expect("opens");
        let mut all = 0;
        device
            .capture(terms(60_000), &mut |_| {
                all += 1;
                Answer::GoOn
            })
            .expect("taken");
        for last in 1..=all {
            let mut seen = 0;
            let result = device.capture(terms(60_000), &mut |_| {
                seen += 1;
                if seen == last { Answer::Cancel } else { Answer::GoOn }
            });
            assert_eq!(kind_of(result), Some(DeviceErrorKind::Cancelled), "{} at {last}", kind.word());
            assert_eq!(seen, last, "{}: an event after the cancel", kind.word());
        }
        device.capture(terms(60_000), &mut go_on).expect("ready again");
    }
}

#[test]
fn a_cable_that_comes_loose_at_any_event_is_found_again_after_plugging_in() {
    let bench = bench();
    for kind in CAPTURING {
        for after_events in 1..8 {
            let mut device = open(&bench, kind).expect("opens");
            bench.fail_next(kind, Fault::Unplugged { after_events }).expect("fits");
            let result = device.capture(terms(60_000), &mut go_on);
            if result.is_ok() {
                // The capture was over before the cable came loose.
                assert!(after_events > 3, "{}", kind.word());
                continue;
            }
            assert_eq!(kind_of(result), Some(DeviceErrorKind::Unplugged), "{}", kind.word());
            assert!(!bench.is_plugged_in(kind));
            assert_eq!(open(&bench, kind).err().map(|error| error.kind), Some(DeviceErrorKind::NotPlugged));
            bench.plug_in(kind);
            let spent = device.capture(terms(60_000), &mut go_on);
            assert_eq!(kind_of(spent), Some(DeviceErrorKind::Unplugged), "a spent handle stays spent");
            let mut again = open(&bench, kind).expect("found again");
            drop(device);
            again.capture(terms(60_000), &mut go_on).expect("works again");
        }
    }
}

#[test]
fn every_fault_gives_its_error_and_the_next_capture_works() {
    use DeviceErrorKind as Kind;
    let faults = [
        (Fault::Hang, Some(Kind::Hung)),
        (Fault::Slow { times: 2 }, None),
        (Fault::Slow { times: 10_000 }, Some(Kind::TimedOut)),
        (Fault::Garbage, Some(Kind::Garbage)),
        (Fault::Nobody, Some(Kind::TimedOut)),
        (Fault::WrongHand, Some(Kind::WrongHand)),
        (Fault::UnseenWrongHand, None),
        (Fault::DryFinger, None),
        (Fault::Jam { after_pages: 0 }, Some(Kind::Jammed)),
        (Fault::Jam { after_pages: 1 }, Some(Kind::Jammed)),
        (Fault::CoverOpen, Some(Kind::CoverOpen)),
        (Fault::NoPaper, Some(Kind::OutOfPaper)),
    ];
    let bench = bench();
    for kind in CAPTURING {
        let mut device = open(&bench, kind).expect("opens");
        for (fault, expected) in faults {
            if bench.fail_next(kind, fault).is_err() {
                assert!(!fault.fits(kind));
                continue;
            }
            let result = device.capture(terms(30_000), &mut go_on);
            assert_eq!(kind_of(result), expected, "{} {fault:?}", kind.word());
            device.capture(terms(30_000), &mut go_on).expect("works again");
        }
    }
}

#[test]
fn closed_eyes_are_no_iris_but_a_photo() {
    let bench = bench();
    bench.fail_next(DeviceKind::IrisScanner, Fault::ClosedEyes).expect("fits");
    let mut irises = open(&bench, DeviceKind::IrisScanner).expect("opens");
    assert_eq!(kind_of(irises.capture(terms(9_000), &mut go_on)), Some(DeviceErrorKind::PoorCapture));
    irises.capture(terms(9_000), &mut go_on).expect("eyes open again");
    bench.fail_next(DeviceKind::Camera, Fault::ClosedEyes).expect("fits");
    open(&bench, DeviceKind::Camera).expect("opens").capture(terms(9_000), &mut go_on).expect("a photo");
}

#[test]
fn a_time_limit_holds_at_every_length() {
    let bench = bench();
    for kind in CAPTURING {
        let mut device = open(&bench, kind).expect("opens");
        for limit_ms in [1, 100, 250] {
            let result = device.capture(terms(limit_ms), &mut go_on);
            if let Some(error) = kind_of(result) {
                assert_eq!(error, DeviceErrorKind::TimedOut, "{} {limit_ms}", kind.word());
            }
        }
        assert_eq!(kind_of(device.capture(terms(1), &mut go_on)), Some(DeviceErrorKind::TimedOut));
    }
}

#[test]
fn the_operator_takes_the_picture() {
    let bench = bench();
    let by_hand = Terms { trigger: Trigger::Operator, ..terms(3_000) };
    let mut device = open(&bench, DeviceKind::Camera).expect("opens");
    assert_eq!(kind_of(device.capture(by_hand, &mut go_on)), Some(DeviceErrorKind::TimedOut));
    let mut frames = 0;
    device
        .capture(by_hand, &mut |event| {
            let is_frame = matches!(event, CaptureEvent::Preview(_));
            if is_frame && frames == 4 {
                return Answer::Finish;
            }
            frames += u32::from(is_frame);
            Answer::GoOn
        })
        .expect("taken by hand");
    assert_eq!(frames, 4);
}

#[test]
fn dry_fingers_are_tried_again_and_the_best_is_kept() {
    let bench = bench();
    let mut device =
        Factory::<dyn FingerprintScanner>::open(&bench, &selector(DeviceKind::FingerprintScanner))
            .expect("opens");
    let order = slap(terms(60_000), FingerGroup::LeftFour);
    bench.fail_next(DeviceKind::FingerprintScanner, Fault::DryFinger).expect("fits");
    let mut touches = 0;
    let dry = device
        .capture(&order, &mut |event| {
            touches += u32::from(matches!(event, CaptureEvent::Preview(_)));
            Answer::GoOn
        })
        .expect("poor, but taken");
    assert_eq!(touches, 3);
    let good = device.capture(&order, &mut go_on).expect("taken");
    for (dry, good) in dry.fingers.iter().zip(&good.fingers) {
        assert!(dry.quality.score < good.quality.score, "{:?} {:?}", dry.quality, good.quality);
        assert_eq!(good.quality.algorithm, "rekam-sim/1");
    }
    assert_eq!(good.origin.taken_unix_ms, 1_795_219_200_000);
}

#[test]
fn a_missing_finger_is_not_waited_for_once_it_is_said_to_be_absent() {
    let bench = SimBench::new(Detail::Tiny);
    let person = person(Situation::MissingFinger);
    let missing = person.missing_fingers[0];
    bench.seat(person);
    let mut device =
        Factory::<dyn FingerprintScanner>::open(&bench, &selector(DeviceKind::FingerprintScanner))
            .expect("opens");
    let group = FingerGroup::SLAPS
        .into_iter()
        .find(|group| group.fingers().contains(&missing))
        .expect("every finger is in a slap");
    let mut order = slap(terms(5_000), group);
    let error = device.capture(&order, &mut go_on).expect_err("one finger never comes");
    assert_eq!(error.kind, DeviceErrorKind::TimedOut);
    order.absent = vec![missing];
    let taken = device.capture(&order, &mut go_on).expect("the others are taken");
    let fingers: Vec<Finger> = taken.fingers.iter().map(|finger| finger.finger).collect();
    assert_eq!(fingers, order.wanted());
}

#[test]
fn an_unseen_wrong_hand_shows_the_other_fingers() {
    let bench = bench();
    let mut device =
        Factory::<dyn FingerprintScanner>::open(&bench, &selector(DeviceKind::FingerprintScanner))
            .expect("opens");
    let order = slap(terms(60_000), FingerGroup::Single(Finger::RightIndex));
    bench.fail_next(DeviceKind::FingerprintScanner, Fault::UnseenWrongHand).expect("fits");
    let swapped = device.capture(&order, &mut go_on).expect("taken");
    assert_eq!(swapped.fingers[0].finger, Finger::RightIndex, "the device believes the order");
    let body = rekam_driver_sim::Body::new(person(Situation::Ordinary), Detail::Tiny);
    let left = body.finger(Finger::LeftIndex, 1, rekam_driver_sim::Skin::Normal).expect("drawn");
    assert_eq!(swapped.fingers[0].image, left.image);
}

#[test]
fn pages_before_a_jam_are_kept_and_the_rest_stays_in_the_feeder() {
    let bench = SimBench::new(Detail::Tiny);
    bench.seat(person(Situation::Ordinary));
    bench.lay_paper(&[Document::Kk, Document::BirthCertificate, Document::Diploma]);
    bench.fail_next(DeviceKind::DocumentScanner, Fault::Jam { after_pages: 1 }).expect("fits");
    let mut device =
        Factory::<dyn DocumentScanner>::open(&bench, &selector(DeviceKind::DocumentScanner)).expect("opens");
    let first = device.capture(&pages(terms(9_000), 20), &mut go_on).expect("one page came");
    assert_eq!(first.pages.len(), 1);
    assert_eq!(first.stopped_by.map(|error| error.kind), Some(DeviceErrorKind::Jammed));
    let rest = device.capture(&pages(terms(9_000), 20), &mut go_on).expect("two more");
    assert_eq!((rest.pages.len(), rest.stopped_by), (2, None));
    let error = device.capture(&pages(terms(9_000), 20), &mut go_on).expect_err("empty");
    assert_eq!(error.kind, DeviceErrorKind::OutOfPaper);
}

#[test]
fn a_listing_says_why_a_device_cannot_be_used() {
    let bench = bench();
    let listed = || Factory::<dyn Camera>::list(&bench)[0].access.clone();
    assert_eq!(listed(), Access::Usable);
    let held = open(&bench, DeviceKind::Camera).expect("opens");
    assert_eq!(listed(), Access::Busy { by: "rekam".to_owned() });
    assert_eq!(open(&bench, DeviceKind::Camera).err().map(|error| error.kind), Some(DeviceErrorKind::Busy));
    drop(held);
    assert_eq!(listed(), Access::Usable);
    let denied = Access::NoPermission { udev_rule: "70-rekam-camera.rules".to_owned() };
    bench.set_access(DeviceKind::Camera, denied.clone());
    assert_eq!(listed(), denied);
    bench.set_access(DeviceKind::Camera, Access::Usable);
    bench.unplug(DeviceKind::Camera);
    assert!(Factory::<dyn Camera>::list(&bench).is_empty());
}

#[test]
fn power_is_told_as_it_is_set() {
    let bench = bench();
    let mut power =
        Factory::<dyn PowerSource>::open(&bench, &selector(DeviceKind::PowerSource)).expect("opens");
    assert_eq!(power.read().expect("read").supply, Supply::Mains);
    let battery = PowerReading { supply: Supply::Battery, minutes_left: Some(14), charge_percent: Some(61) };
    bench.set_power(battery);
    assert_eq!(power.read().expect("read"), battery);
    bench.fail_next(DeviceKind::PowerSource, Fault::Hang).expect("fits");
    assert_eq!(power.read().expect_err("silent").kind, DeviceErrorKind::Hung);
    assert_eq!(power.read().expect("read"), battery);
    bench.unplug(DeviceKind::PowerSource);
    assert_eq!(power.read().expect_err("gone").kind, DeviceErrorKind::Unplugged);
}

#[test]
fn the_simulator_can_show_every_error() {
    let bench = bench();
    let mut shown = BTreeSet::new();
    let mut run = |fault: Option<Fault>, kind: DeviceKind, answer: Answer| {
        if let Some(fault) = fault {
            bench.fail_next(kind, fault).expect("fits");
        }
        let result = open(&bench, kind).and_then(|mut device| device.capture(terms(20_000), &mut |_| answer));
        shown.extend(kind_of(result));
    };
    let (fingers, scanner) = (DeviceKind::FingerprintScanner, DeviceKind::DocumentScanner);
    run(Some(Fault::Hang), fingers, Answer::GoOn);
    run(Some(Fault::Garbage), fingers, Answer::GoOn);
    run(Some(Fault::Nobody), fingers, Answer::GoOn);
    run(Some(Fault::Nobody), fingers, Answer::Finish);
    run(Some(Fault::WrongHand), fingers, Answer::GoOn);
    run(None, fingers, Answer::Cancel);
    run(Some(Fault::Jam { after_pages: 0 }), scanner, Answer::GoOn);
    run(Some(Fault::CoverOpen), scanner, Answer::GoOn);
    run(Some(Fault::NoPaper), scanner, Answer::GoOn);
    run(Some(Fault::Unplugged { after_events: 2 }), scanner, Answer::GoOn);
    run(None, scanner, Answer::GoOn);
    bench.set_access(fingers, Access::Busy { by: "another program".to_owned() });
    run(None, fingers, Answer::GoOn);
    bench.set_access(fingers, Access::NoPermission { udev_rule: "70-rekam.rules".to_owned() });
    run(None, fingers, Answer::GoOn);
    bench.set_access(fingers, Access::WrongVersion { found: "1".to_owned(), needed: "2".to_owned() });
    run(None, fingers, Answer::GoOn);
    bench.set_access(fingers, Access::Usable);
    bench.set_takes_slaps(false);
    run(None, fingers, Answer::GoOn);
    let missing: Vec<_> = DeviceErrorKind::ALL.iter().filter(|kind| !shown.contains(kind)).collect();
    assert!(missing.is_empty(), "never shown: {missing:?}");
}

#[test]
fn a_day_is_the_same_for_the_same_seeds_and_script() {
    let day = || {
        let bench = SimBench::new(Detail::Tiny);
        bench.set_script(
            Script::default()
                .at(DeviceKind::FingerprintScanner, 2, Fault::DryFinger)
                .and_then(|script| script.at(DeviceKind::Camera, 3, Fault::Garbage))
                .expect("fits"),
        );
        let mut camera = Factory::<dyn Camera>::open(&bench, &selector(DeviceKind::Camera)).expect("opens");
        let mut scanner =
            Factory::<dyn FingerprintScanner>::open(&bench, &selector(DeviceKind::FingerprintScanner))
                .expect("opens");
        let mut taken = Vec::new();
        for seed in 0..5 {
            bench.seat(SyntheticPerson::new(seed, date(2026, 11, 21)));
            let photo = PhotoOrder { terms: terms(9_000), width_px: 480, height_px: 640 };
            taken.push(format!(
                "{:?}",
                camera.capture(&photo, &mut go_on).map(|photo| photo.image.bytes).map_err(|error| error.kind)
            ));
            for group in FingerGroup::SLAPS {
                let fingers = scanner.capture(&slap(terms(9_000), group), &mut go_on).expect("taken").fingers;
                taken.extend(fingers.into_iter().map(|finger| format!("{:?}", finger.image.bytes)));
            }
        }
        taken
    };
    assert_eq!(day(), day());
}

#[test]
fn a_fault_is_refused_where_it_cannot_happen() {
    let refused =
        Script::default().at(DeviceKind::Camera, 1, Fault::CoverOpen).expect_err("cameras have no cover");
    assert_eq!(refused.to_string(), "CoverOpen cannot happen to the camera");
    assert!(BENCH_KINDS.into_iter().all(|kind| Fault::Hang.fits(kind)));
}
