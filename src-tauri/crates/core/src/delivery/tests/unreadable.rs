//! A disk that does not give one packet's bytes holds up neither the line nor the stick.

use super::*;

/// A file that is there and cannot be read: a folder in its place.
fn hide(path: &std::path::Path) -> std::path::PathBuf {
    let away = path.with_extension("away");
    fs::rename(path, &away).unwrap();
    fs::create_dir(path).unwrap();
    away
}

fn give_back(path: &std::path::Path, away: &std::path::Path) {
    fs::remove_dir(path).unwrap();
    fs::rename(away, path).unwrap();
}

fn is_told(house: &House, number: u8) -> bool {
    let findings = house.ground.shared.standing().findings;
    findings.iter().any(|noticed| noticed.finding == Finding::Unreadable { packet: id(number) })
}

#[test]
fn an_unreadable_packet_waits_and_the_others_go_on() {
    let mut house = House::new();
    let path = house.seal(1);
    house.seal(2);
    let away = hide(&path);
    let mut dispatch = house.begin();
    house.pass(&mut dispatch, 5);
    assert_eq!([1, 2].map(|number| house.state(number)), [PacketState::Queued, PacketState::Acked]);
    assert!(is_told(&house, 1));
    give_back(&path, &away);
    house.pass(&mut dispatch, 60);
    assert_eq!(house.state(1), PacketState::Acked);
    assert!(!is_told(&house, 1), "what is over goes");
}

#[test]
fn a_packet_that_becomes_unreadable_under_way_lets_the_others_pass() {
    let mut house = House::new();
    let path = house.seal(1);
    house.seal(2);
    let mut dispatch = house.begin();
    house.cut_after = Some(700);
    while house.held.is_empty() {
        dispatch.settle();
        let asked = house.wire.0.lock().unwrap().pop();
        match asked {
            Some(exchange) => house.answer(&mut dispatch, &exchange),
            None => house.clock.advance(100),
        }
    }
    let away = hide(&path);
    house.pass(&mut dispatch, 10);
    assert_eq!([1, 2].map(|number| house.state(number)), [PacketState::Sending, PacketState::Acked]);
    assert!(is_told(&house, 1));
    give_back(&path, &away);
    house.pass(&mut dispatch, 60);
    assert_eq!(house.state(1), PacketState::Acked);
}

#[test]
fn a_stick_takes_what_can_be_read() {
    let mut desk = Desk::in_capture();
    desk.take_all_but_finger_three();
    desk.take(crate::knowledge::kind::FINGER, "3");
    desk.go("recording.seal", &rekam_domain::case::Facts::default()).unwrap();
    let outbox = desk.station.outbox().unwrap();
    let sealed = outbox.read(|reading| reading.list_packets(PacketState::Queued, 9)).unwrap().remove(0);
    let path = format!("packets/{}.rekam", id(7));
    fs::create_dir(desk.station.folder().join(&path)).unwrap();
    let unreadable = SealedPacketRow { id: id(7), counter: sealed.counter + 1, path, ..sealed };
    outbox.write(|writing| writing.insert_packet(&unreadable)).unwrap();
    let stick = tempfile::tempdir().unwrap();
    let done = desk.station.export_to_courier(stick.path()).unwrap();
    assert_eq!((done.carried, done.left, done.damaged), (1, 0, 1));
}
