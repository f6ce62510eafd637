use rekam_domain::case::Facts;
use rekam_domain::exception::ExceptionCode;
use rekam_domain::machine::CaseEvent;
use rekam_domain::recording::RecordingEvent;

use super::view::JourneyView;
use super::*;
use crate::station::tests::desk::{Office, somebody};
use crate::station::tests::{demonstration, open, operator, request};

const READY: Ready = Ready { devices: true, power: true };
const PICTURE: &[u8] = &[1, 2, 3];

fn part(kind: &'static str, slot: &str, score: Option<u8>) -> TakenPart {
    TakenPart {
        kind,
        slot: slot.to_owned(),
        score: score.map(|score| (score, "test/1".to_owned())),
        body: json!({}),
        image: Some(("image/png", PICTURE.to_vec())),
    }
}

fn slap(office: &mut Office, group: &str, score: u8) -> JourneyView {
    let fingers = fingers_of(group).iter();
    let parts = fingers.map(|finger| part(kind::FINGER, &finger.number().to_string(), Some(score))).collect();
    office.station.keep_taken(office.case, &Taken { asked: group, hint: "press_harder", parts }).unwrap()
}

fn single(office: &mut Office, kind: &'static str, asked: &str) -> JourneyView {
    let parts = vec![part(kind, "", None)];
    office.station.keep_taken(office.case, &Taken { asked, hint: "", parts }).unwrap()
}

fn both_eyes(office: &mut Office) -> JourneyView {
    let parts = vec![part(kind::IRIS, "1", Some(90)), part(kind::IRIS, "2", Some(90))];
    office.station.keep_taken(office.case, &Taken { asked: EYES_TRY, hint: "", parts }).unwrap()
}

fn mark(office: &mut Office, position: u8, code: &str) -> Result<JourneyView, Problem> {
    let request = MarkRequest { kind: "finger".to_owned(), position, code: code.to_owned() };
    office.station.mark_part(office.case, &request)
}

fn to_the_fingers(office: &mut Office) {
    single(office, kind::PHOTO, "photo");
    assert_eq!(single(office, kind::SIGNATURE, "signature").now, "fingers");
}

#[test]
fn a_person_goes_from_the_papers_to_the_receipt_and_every_answer_names_what_is_next() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    let found = station.person_found(&somebody()).unwrap();
    assert_eq!((found.eligibility.standing.as_str(), found.papers.len()), ("papers", 3));
    let begun = station.begin_journey(&somebody(), None).unwrap();
    assert_eq!(begun.now, "papers");
    assert!(!begun.registration.is_empty());
    let case: Uuid = begun.case.parse().unwrap();
    let mut office = Office { station, case, folder };

    let refused = office.station.move_on(case, Move::Admit, READY).unwrap_err();
    assert_eq!(refused.code, Code::StepRefused, "papers are missing");
    for document in office.station.papers_missing(case).unwrap() {
        office.take(kind::DOCUMENT, &format!("{}.1", document.word()));
    }
    let scanned = office.station.journey(case).unwrap();
    assert!(scanned.papers.iter().all(|paper| paper.pages.len() == 1));
    assert_eq!(scanned.eligibility.standing, "yes");
    let queued = office.station.move_on(case, Move::Admit, READY).unwrap();
    assert_eq!((queued.now.as_str(), queued.ticket.as_str()), ("queue", "A001"));
    office.station.move_on(case, Move::Call, READY).unwrap();
    let refused = office.station.move_on(case, Move::Start, Ready::default()).unwrap_err();
    assert_eq!(refused.values["refusal"], "guard.DevicesNotReady");
    assert_eq!(office.station.move_on(case, Move::Start, READY).unwrap().now, "photo");

    to_the_fingers(&mut office);
    for (group, next) in [("right_four", "left_four"), ("left_four", "thumbs"), ("thumbs", "")] {
        assert_eq!(slap(&mut office, group, 80).group_now, next);
    }
    assert_eq!(both_eyes(&mut office).now, "confirm");
    assert_eq!(office.station.move_on(case, Move::Confirm, READY).unwrap().now, "truth");
    assert_eq!(single(&mut office, kind::TRUTH, "truth").now, "index");
    assert_eq!(single(&mut office, kind::INDEX, "index").now, "review");
    let refused = office.station.move_on(case, Move::Seal, READY).unwrap_err();
    assert_eq!(refused.values["word"], "image_broken", "these pictures are none");
}

#[test]
fn of_a_finger_the_best_try_stays_and_tries_are_counted_all_the_same() {
    let mut office = Office::in_capture();
    to_the_fingers(&mut office);
    let score = |view: &JourneyView| view.fingers[1].score;
    assert_eq!(score(&slap(&mut office, "right_four", 20)), Some(20));
    let poor = office.station.journey(office.case).unwrap();
    assert_eq!(
        (poor.fingers[1].standing.as_str(), poor.fingers[1].advice.as_str()),
        ("poor", "press_harder")
    );
    assert!(poor.fingers[1].reasons.is_empty(), "there are tries left");
    assert_eq!(score(&slap(&mut office, "right_four", 30)), Some(30));
    let worse = slap(&mut office, "right_four", 10);
    assert_eq!((score(&worse), worse.groups[0].tries), (Some(30), 3));
    assert_eq!(worse.fingers[1].reasons, ["FP_WORN", "FP_PARTIAL"]);
}

#[test]
fn a_missing_finger_is_marked_raised_and_deferred_and_comes_before_the_statement() {
    let mut office = Office::in_capture();
    to_the_fingers(&mut office);
    let marked = mark(&mut office, 3, "FP_MISSING").unwrap();
    assert_eq!(marked.fingers[2].standing, "marked");
    let parts = [2, 4, 5].map(|finger: u8| part(kind::FINGER, &finger.to_string(), Some(80)));
    let taken = Taken { asked: "right_four", hint: "", parts: parts.into() };
    assert_eq!(office.station.keep_taken(office.case, &taken).unwrap().group_now, "left_four");
    slap(&mut office, "left_four", 80);
    slap(&mut office, "thumbs", 80);
    assert_eq!(both_eyes(&mut office).now, "exceptions");
    let raised = office.station.move_on(office.case, Move::Raise, READY).unwrap();
    assert_eq!((raised.now.as_str(), raised.exceptions[0].decision.as_str()), ("exceptions", "open"));
    assert!(mark(&mut office, 3, "").is_err(), "what was raised is not taken back");
    let deferred = office.station.move_on(office.case, Move::Defer, READY).unwrap();
    assert_eq!((deferred.now.as_str(), deferred.exceptions[0].decision.as_str()), ("confirm", "deferred"));
}

#[test]
fn what_was_denied_is_not_passed_by_leaving_it_for_later() {
    let mut office = Office::in_capture();
    to_the_fingers(&mut office);
    mark(&mut office, 3, "FP_MISSING").unwrap();
    office.station.move_on(office.case, Move::Raise, READY).unwrap();
    office.station.sign_in(request("kasi", "sungai tenang perahu lewat")).unwrap();
    let deny = CaseEvent::Recording(RecordingEvent::DenyException);
    let mut said = Facts::default();
    said.recording.reason_given = true;
    office.station.advance(office.case, deny, &said).unwrap();
    office.station.sign_in(crate::station::tests::operator()).unwrap();
    assert_eq!(office.station.journey(office.case).unwrap().exceptions[0].decision, "denied");
    let again = office.station.move_on(office.case, Move::Raise, READY).unwrap();
    assert_eq!(again.exceptions[0].decision, "open");
    let refused = office.station.move_on(office.case, Move::Defer, READY).unwrap_err();
    assert_eq!(refused.values["refusal"], "guard.DeniedBefore");
}

#[test]
fn a_reason_that_does_not_fit_is_refused_and_a_mark_can_be_taken_back() {
    let mut office = Office::in_capture();
    to_the_fingers(&mut office);
    for (position, code) in [(3, "FP_WORN"), (3, "IRIS_BLIND"), (11, "FP_MISSING"), (3, "nonsense"), (3, "")]
    {
        assert_eq!(
            mark(&mut office, position, code).unwrap_err().code,
            Code::InputRefused,
            "{position} {code}"
        );
    }
    mark(&mut office, 3, "FP_BANDAGED").unwrap();
    assert_eq!(mark(&mut office, 3, "").unwrap().fingers[2].standing, "waiting");
    slap(&mut office, "right_four", 80);
    assert!(mark(&mut office, 3, "FP_MISSING").is_err(), "there is a picture of it");
}

#[test]
fn the_other_hand_validates_with_another_finger_when_an_index_is_missing() {
    let mut office = Office::in_capture();
    to_the_fingers(&mut office);
    let marked = mark(&mut office, 2, "FP_MISSING").unwrap();
    assert_eq!(marked.index_fingers, ["right_thumb", "left_index"]);
}

#[test]
fn whoever_cannot_sign_gives_a_thumb_print_and_the_journey_goes_on() {
    let mut office = Office::in_capture();
    single(&mut office, kind::PHOTO, "photo");
    let request = MarkRequest { kind: "signature".to_owned(), position: 0, code: "SIG_UNABLE".to_owned() };
    assert_eq!(office.station.mark_part(office.case, &request).unwrap().now, "fingers");
    assert_eq!(office.station.journey(office.case).unwrap().exceptions[0].decision, "marked");
    office.station.move_on(office.case, Move::Raise, READY).unwrap();
    let view = office.station.move_on(office.case, Move::ThumbPrint, READY).unwrap();
    assert_eq!(view.exceptions[0].decision, "reason_enough");
    let notes: Vec<ExceptionCode> =
        office.station.load(office.case).unwrap().case.current().map(|one| one.note.code).collect();
    assert_eq!(notes, [ExceptionCode::SigUnable]);
}

#[test]
fn a_desk_that_went_down_in_the_middle_reopens_at_the_same_step() {
    let mut office = Office::in_capture();
    to_the_fingers(&mut office);
    slap(&mut office, "right_four", 80);
    let (folder, case) = (office.folder, office.case);
    let now = office.station.now();
    drop(office.station);
    let mut station = open(&folder, &crate::clock::SetClock::at(now));
    station.sign_in(request("kasi", "sungai tenang perahu lewat")).unwrap();
    assert!(station.left_journey().unwrap().is_none(), "it is not theirs");
    station.sign_in(operator()).unwrap();
    let listed = station.desk_cases().unwrap();
    assert_eq!((listed.len(), listed[0].stop.as_str(), listed[0].is_open), (1, "fingers", true));
    let left = station.left_journey().unwrap().unwrap();
    assert_eq!(
        (left.case.parse().unwrap(), left.now.as_str(), left.group_now.as_str()),
        (case, "fingers", "left_four")
    );
}

#[test]
fn whoever_is_too_young_is_told_when_to_come_and_the_case_ends() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    let mut child = somebody();
    child.birth_date = Some(station.today().saturating_sub(jiff::ToSpan::years(15)));
    child.nik = None;
    let view = station.begin_journey(&child, None).unwrap();
    assert_eq!(
        (view.eligibility.standing.as_str(), view.eligibility.next.code.as_str()),
        ("no", "fill_form")
    );
    let case = view.case.parse().unwrap();
    let ended = station.move_on(case, Move::TurnAway, READY).unwrap();
    assert_eq!(ended.now, "ended");
    let stops: Vec<&str> = ended.stops.iter().map(|stop| stop.stop.as_str()).collect();
    assert_eq!(stops, ["papers", "ended"], "nothing that was not done is shown as done");
    let listed = station.desk_cases().unwrap();
    assert_eq!((listed.len(), listed[0].is_open), (1, false));
}

#[test]
fn a_picture_is_shown_only_with_its_own_case_and_role() {
    let mut office = Office::in_capture();
    let view = single(&mut office, kind::PHOTO, "photo");
    let step = i64::from(view.photo.unwrap().picture);
    assert_eq!(office.station.picture(office.case, step).unwrap().1, PICTURE);
    assert!(office.station.picture(Uuid::nil(), step).is_err());
    office.station.sign_in(request("pengawas", "buku merah lemari besi")).unwrap();
    assert_eq!(office.station.picture(office.case, step).unwrap_err().code, Code::NotPermitted);
}

#[test]
fn a_suspended_recording_goes_on_where_it_was() {
    let mut office = Office::in_capture();
    to_the_fingers(&mut office);
    let suspended = office.station.move_on(office.case, Move::Suspend, READY).unwrap();
    assert_eq!((suspended.state.as_str(), suspended.now.as_str()), ("CaptureSuspended", "fingers"));
    let resumed = office.station.move_on(office.case, Move::Resume, READY).unwrap();
    assert_eq!((resumed.state.as_str(), resumed.now.as_str()), ("InCapture", "fingers"));
}
