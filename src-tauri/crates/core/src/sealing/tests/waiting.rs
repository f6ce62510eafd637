use super::*;
use crate::people::{CardChange, WaitingRecordings};
use crate::view::{SignInRequest, TakenOver};

fn supervisor() -> SignInRequest {
    request("pengawas", "buku merah lemari besi")
}

/// Takes the office's admission away.
fn unadmitted(desk: &mut Desk) -> Vec<u8> {
    let path = desk.folder.path().join(OFFICE_FILE);
    let bundle = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    mark_admission(desk, "");
    bundle
}

fn admit(desk: &mut Desk, bundle: &[u8]) {
    fs::write(desk.folder.path().join(OFFICE_FILE), bundle).unwrap();
    mark_admission(desk, &Digest::of(bundle).to_string());
}

fn mark_admission(desk: &mut Desk, hash: &str) {
    desk.station.promise(|_, writing| Ok(writing.mark_setting("office.bundle", hash, 1)?)).unwrap();
}

/// A finished recording at a station that no office has admitted, and the admission that is to come.
fn waiting() -> (Desk, Vec<u8>) {
    let mut desk = ready();
    desk.take(kind::FINGER, "3");
    let bundle = unadmitted(&mut desk);
    desk.go("recording.seal", &Said::default()).unwrap();
    assert_eq!(state(&desk), PacketState::Building);
    (desk, bundle)
}

/// The level and count of a line of the budget, if it is shown.
fn line(desk: &Desk, kind: &str) -> Option<(String, Option<i32>)> {
    let line = desk.station.budget().unwrap().into_iter().find(|line| line.kind == kind)?;
    Some((line.level, line.count))
}

fn words_of_audit(desk: &Desk) -> Vec<String> {
    let case = desk.case.to_string();
    let listed = desk.station.store().unwrap().read(|reading| reading.list_audit_of(&case)).unwrap();
    listed.into_iter().map(|entry| entry.event).collect()
}

#[test]
fn before_an_office_admits_the_station_recordings_wait_and_are_sealed_afterwards() {
    let (mut desk, bundle) = waiting();
    assert_eq!(line(&desk, "unsealed"), Some(("soon".to_owned(), Some(1))));
    assert_eq!(line(&desk, "left_behind"), None);
    admit(&mut desk, &bundle);
    desk.station.sign_in(supervisor()).unwrap();
    assert_eq!(state(&desk), PacketState::Building, "it waits for the one who recorded");
    assert_eq!(
        desk.station.take_over_waiting().unwrap(),
        TakenOver::default(),
        "who can sign in does it alone"
    );
    desk.station.sign_in(operator()).unwrap();
    assert_eq!(opened(&desk).outline.manifest.operator.account, "operator");
    assert_ne!(state(&desk), PacketState::Building);
    assert_eq!(line(&desk, "unsealed"), None);
}

#[test]
fn an_account_with_recordings_that_wait_is_closed_only_when_somebody_says_what_becomes_of_them() {
    let (mut desk, _) = waiting();
    desk.station.sign_in(supervisor()).unwrap();
    let refused = desk.station.close_account("operator", WaitingRecordings::Keep).unwrap_err();
    assert_eq!((refused.code, refused.values["count"].as_str()), (Code::RecordingsWait, "1"));
    desk.station.close_account("operator", WaitingRecordings::TakeOver).unwrap();
    assert_eq!(line(&desk, "left_behind"), Some(("now".to_owned(), Some(1))));
}

#[test]
fn a_supervisor_takes_over_what_a_closed_account_recorded_and_the_packet_says_so() {
    let (mut desk, bundle) = waiting();
    assert_eq!(desk.station.take_over_waiting().unwrap_err().code, Code::NotPermitted);
    desk.station.sign_in(supervisor()).unwrap();
    desk.station.close_account("operator", WaitingRecordings::TakeOver).unwrap();
    // Before the office has admitted the station: it waits for the supervisor from here on.
    let taken = TakenOver { taken_over: 1, own_approval: 0 };
    assert_eq!(desk.station.take_over_waiting().unwrap(), taken);
    assert_eq!(desk.station.take_over_waiting().unwrap(), TakenOver::default(), "once is enough");
    assert_eq!((line(&desk, "left_behind"), state(&desk)), (None, PacketState::Building));
    admit(&mut desk, &bundle);
    desk.station.sign_in(supervisor()).unwrap();
    let packet = opened(&desk);
    assert_eq!(packet.outline.manifest.operator.account, "pengawas");
    let told = packet.inner.audit.iter().find(|line| line.event == "recording_taken_over");
    assert_eq!(told.map(|line| line.account.as_str()), Some("pengawas"));
    let steps = desk.station.store().unwrap().read(|reading| reading.list_steps(desk.case)).unwrap();
    let step = steps.iter().find(|step| step.kind == kind::TAKEN_OVER).unwrap();
    assert_eq!(step.body, json!({"from": "operator", "reason": "account_closed", "since": "2026-11-20"}));
    assert!(words_of_audit(&desk).contains(&"recording_taken_over".to_owned()));
    assert!(desk.station.verify().unwrap().intact);
}

#[test]
fn a_decree_that_ran_out_is_enough_and_one_that_is_renewed_gives_the_recording_back() {
    let (mut desk, bundle) = waiting();
    admit(&mut desk, &bundle);
    desk.station.sign_in(supervisor()).unwrap();
    let expires = desk.station.today().tomorrow().unwrap();
    let decree = CardChange { decree: Some(("SK-2".to_owned(), expires)), roles: None };
    desk.station.change_card("operator", &decree).unwrap();
    let Desk { station, case, folder } = desk;
    drop(station);
    let later = crate::station::tests::NOON + 3 * crate::station::tests::DAY_MS;
    let clock = crate::clock::SetClock::at(later);
    let mut desk = Desk { station: crate::station::tests::open(&folder, &clock), case, folder };
    desk.station.sign_in(supervisor()).unwrap();
    assert_eq!(line(&desk, "left_behind"), Some(("now".to_owned(), Some(1))));
    let renewed = desk.station.today().saturating_add(jiff::Span::new().days(300));
    let decree = CardChange { decree: Some(("SK-3".to_owned(), renewed)), roles: None };
    desk.station.change_card("operator", &decree).unwrap();
    assert_eq!((line(&desk, "left_behind"), line(&desk, "unsealed").is_some()), (None, true));
    assert_eq!(desk.station.take_over_waiting().unwrap(), TakenOver::default());
}

#[test]
fn nobody_answers_for_a_recording_whose_exception_they_approved() {
    let mut desk = ready();
    desk.raise();
    let bundle = unadmitted(&mut desk);
    desk.station.sign_in(supervisor()).unwrap();
    desk.go("recording.approve_exception", &Said::default()).unwrap();
    desk.station.sign_in(operator()).unwrap();
    desk.go("recording.seal", &Said::default()).unwrap();
    admit(&mut desk, &bundle);
    desk.station.sign_in(supervisor()).unwrap();
    desk.station.close_account("operator", WaitingRecordings::TakeOver).unwrap();
    let left = TakenOver { taken_over: 0, own_approval: 1 };
    assert_eq!(desk.station.take_over_waiting().unwrap(), left);
    assert_eq!(line(&desk, "left_behind"), Some(("now".to_owned(), Some(1))));
}
