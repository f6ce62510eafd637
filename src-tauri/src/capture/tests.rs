use std::sync::Arc;

use rekam_core::demonstration;
use rekam_core::journey::{Move, Ready};
use rekam_core::view::SignInRequest;

use super::*;
use crate::device::{made_up_people, made_up_person};
use crate::open::Place;

const READY: Ready = Ready { devices: true, power: true };

/// An ordinary made-up person before the camera of a demonstration desk.
fn in_capture() -> (tempfile::TempDir, Arc<OpenStation>, Arc<CaptureDesk>, Uuid) {
    let folder = tempfile::tempdir().unwrap();
    let station = Arc::new(OpenStation::at(Place::Demonstration(folder.path().to_owned())));
    let shown = demonstration::accounts_shown().remove(0);
    let request = SignInRequest { account: shown.account, secret: shown.passphrase };
    station.ask(|station| station.sign_in(request).map(drop)).unwrap();
    let case = station
        .ask(|station| {
            let nik = made_up_people(station.today(), |_| false).remove(0).nik.unwrap();
            let (seed, biodata) = made_up_person(&nik, station.today()).unwrap();
            Ok(station.begin_journey(&biodata, Some(seed))?.case.parse().unwrap())
        })
        .unwrap();
    let desk = Arc::new(CaptureDesk::of(Arc::clone(&station)));
    let scanned = finish(&desk, case, "papers");
    assert_eq!((scanned.phase.as_str(), scanned.problem.map(|problem| problem.code)), ("saved", None));
    station
        .ask(|station| {
            for chosen in [Move::Admit, Move::Call, Move::Start] {
                station.move_on(case, chosen, READY)?;
            }
            Ok(())
        })
        .unwrap();
    (folder, station, desk, case)
}

/// Runs a capture to its end as the page would.
fn finish(desk: &Arc<CaptureDesk>, case: Uuid, asked: &str) -> CaptureView {
    let mut view = Arc::clone(desk).start(case, asked.to_owned()).unwrap();
    while matches!(view.phase.as_str(), "running" | "saving") {
        if asked == "photo" && view.frame.is_some() {
            desk.answer(Answer::Finish);
        }
        view = desk.look(view.number);
    }
    view
}

#[test]
fn a_capture_is_saved_before_the_page_is_told_and_leaves_no_picture_behind() {
    let (_folder, station, desk, case) = in_capture();
    assert_eq!(finish(&desk, case, "photo").phase, "saved");
    assert!(desk.frame().is_none(), "the live picture is gone with the capture");
    let journey = station.ask(|station| station.journey(case)).unwrap();
    assert_eq!(journey.now, "signature");
    assert_eq!(journey.curtain_seen, journey.curtain, "the camera saw the curtain this person needs");
    let signed = finish(&desk, case, "signature");
    assert!(!signed.ink.is_empty());
    let fingers = finish(&desk, case, "right_four");
    assert_eq!((fingers.phase.as_str(), fingers.seen), ("saved", Some(4)));
}

#[test]
fn what_is_broken_off_saves_nothing_and_the_next_capture_begins_afresh() {
    let (_folder, station, desk, case) = in_capture();
    let started = Arc::clone(&desk).start(case, "photo".to_owned()).unwrap();
    assert_eq!(started.phase, "running");
    desk.answer(Answer::Cancel);
    let mut view = desk.look(started.number);
    while view.phase == "running" {
        view = desk.look(view.number);
    }
    assert_eq!(view.phase, "cancelled");
    assert_eq!(station.ask(|station| station.journey(case)).unwrap().now, "photo");
    assert_eq!(finish(&desk, case, "photo").phase, "saved");
}

#[test]
fn a_device_that_goes_away_is_named_and_works_again_when_it_is_back() {
    let (_folder, station, desk, case) = in_capture();
    desk.devices().unwrap().simulation().unwrap().let_fail("scanner_unplugged");
    let lost = finish(&desk, case, "right_four");
    assert_eq!((lost.phase.as_str(), lost.failure.as_str()), ("failed", "unplugged"));
    assert_eq!(finish(&desk, case, "right_four").failure, "not_plugged");
    desk.devices().unwrap().simulation().unwrap().let_fail("plugged_in");
    assert_eq!(finish(&desk, case, "right_four").phase, "saved");
    let tries = station.ask(|station| station.journey(case)).unwrap().groups[0].tries;
    assert_eq!(tries, 1, "a lost cable is no try of the person");
}

#[test]
fn a_capture_nobody_knows_and_one_after_the_lock_are_refused() {
    let (_folder, station, desk, case) = in_capture();
    assert!(Arc::clone(&desk).start(case, "nonsense".to_owned()).is_err());
    assert_eq!(desk.look(0).phase, "failed");
    station
        .ask(|station| {
            station.lock(rekam_core::trail::LockReason::Chosen);
            Ok(())
        })
        .unwrap();
    let refused = Arc::clone(&desk).start(case, "photo".to_owned()).unwrap_err();
    assert_eq!(refused.code, rekam_core::problem::Code::SignInFirst);
}
