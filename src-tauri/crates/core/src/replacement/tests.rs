use std::fs::File;
use std::io::BufReader;

use rekam_domain::case::Facts as Said;
use rekam_domain::withdrawal::WithdrawalReason;
use rekam_packet::{PacketId, Trust, read_outline};

use super::*;
use crate::arrival::tests::pictures;
use crate::knowledge::kind;
use crate::station::tests::desk::Office as Desk;
use crate::station::tests::{operator, request};

fn named(desk: &Desk) -> Option<PacketId> {
    let trust = Trust::default().with_station(desk.station.station_id(), desk.station.station_key().unwrap());
    let path = desk.folder.path().join(desk.packet().path);
    read_outline(&mut BufReader::new(File::open(path).unwrap()), &trust).unwrap().manifest.supersedes
}

fn in_outbox(desk: &Desk, packet: Uuid) -> PacketState {
    desk.station.outbox().unwrap().read(|reading| reading.get_packet(packet)).unwrap().state
}

/// Goes with the new case to its sealed end.
fn record(desk: &mut Desk, case: Uuid) {
    desk.case = case;
    desk.go("recording.receive", &Said::default()).unwrap();
    desk.go_to_capture();
    desk.take_all_but_finger_three();
    desk.take(kind::FINGER, "3");
    desk.go("recording.seal", &Said::default()).unwrap();
}

#[test]
fn a_refused_recording_is_made_again_and_the_new_packet_names_the_old() {
    let mut desk = Desk::sealed();
    desk.turned_down();
    let (old, old_packet) = (desk.case, desk.packet().id);
    let (fresh, _) = desk.station.record_again(old).unwrap();
    let twice = desk.station.record_again(old).unwrap_err();
    assert_eq!(twice.code, Code::StepRefused, "it is being made again already");
    assert_eq!(desk.recording(), "Recorded", "the old one stands until the new one is sealed");
    record(&mut desk, fresh);
    assert_eq!(named(&desk), PacketId::from_bytes(*old_packet.as_bytes()));
    assert_eq!(desk.packet().supersedes, Some(old_packet));
    assert_eq!(desk.station.list_superseded().unwrap(), [old_packet]);
    desk.station.take_arrivals().unwrap();
    assert_eq!(in_outbox(&desk, old_packet), PacketState::Superseded, "delivery was told");
    desk.case = old;
    assert_eq!((desk.packet().state, desk.recording().as_str()), (PacketState::Superseded, "Superseded"));
    assert!(desk.tasks().is_empty());
    assert_eq!(desk.audited(AuditEvent::PacketSuperseded), 1);
    assert!(desk.station.record_again(old).is_err());
}

#[test]
fn what_stands_at_the_office_is_withdrawn_before_it_is_made_again() {
    let mut desk = Desk::sealed();
    desk.accepted();
    assert_eq!(desk.station.record_again(desk.case).unwrap_err().code, Code::StepRefused);
    desk.station.sign_in(request("pengawas", "buku merah lemari besi")).unwrap();
    desk.station.withdraw(desk.case, WithdrawalReason::WrongData).unwrap();
    assert_eq!(desk.station.record_again(desk.case).unwrap_err().code, Code::NotPermitted);
    desk.station.sign_in(operator()).unwrap();
    let (old, old_packet) = (desk.case, desk.packet().id);
    let (fresh, _) = desk.station.record_again(old).unwrap();
    assert!(desk.tasks().is_empty(), "the person is here");
    record(&mut desk, fresh);
    assert_eq!(named(&desk), PacketId::from_bytes(*old_packet.as_bytes()));
    desk.case = old;
    assert_eq!((desk.packet().state, desk.recording().as_str()), (PacketState::Superseded, "Withdrawn"));
    // The power went before delivery was told, and nothing has arrived since.
    desk.station.take_all(std::time::Duration::MAX).unwrap();
    assert_eq!(in_outbox(&desk, old_packet), PacketState::Acked);
    desk.station.sign_in(operator()).unwrap();
    assert_eq!(in_outbox(&desk, old_packet), PacketState::Superseded);
}

#[test]
fn a_packet_that_still_travels_ends_when_the_office_has_answered() {
    let mut desk = Desk::sealed();
    desk.station.sign_in(request("pengawas", "buku merah lemari besi")).unwrap();
    desk.station.withdraw(desk.case, WithdrawalReason::WrongCapture).unwrap();
    desk.station.sign_in(operator()).unwrap();
    let old = desk.case;
    let (fresh, _) = desk.station.record_again(old).unwrap();
    record(&mut desk, fresh);
    desk.case = old;
    assert_eq!(desk.packet().state, PacketState::Queued, "the chain of the station has no gap");
    desk.accepted();
    assert_eq!(desk.packet().state, PacketState::Superseded);
    assert_eq!(in_outbox(&desk, desk.packet().id), PacketState::Superseded);
    assert_eq!(desk.recording(), "Withdrawn");
}

#[test]
fn a_purged_old_packet_leaves_the_pictures_of_the_new_recording() {
    let mut desk = Desk::sealed();
    desk.accepted();
    let old_packet = desk.packet().id;
    let wire = crate::arrival::tests::Wire::new();
    desk.hear(&[wire.status(old_packet, "EFAC", 3), wire.status(old_packet, "BELUM REKAM", 4)]);
    desk.station.take_arrivals().unwrap();
    desk.station.sign_in(request("pengawas", "buku merah lemari besi")).unwrap();
    desk.go("recording.order_rerecord", &Said::default()).unwrap();
    desk.station.sign_in(operator()).unwrap();
    for event in ["arrive", "call"] {
        desk.go(&format!("recording.{event}"), &Said::default()).unwrap();
    }
    desk.open_camera();
    desk.take_all_but_finger_three();
    desk.take(kind::FINGER, "3");
    desk.go("recording.seal", &Said::default()).unwrap();
    assert_eq!(desk.packet().supersedes, Some(old_packet));
    let all = pictures(&desk);
    let purge = crate::arrival::tests::moved(old_packet, PacketEvent::Purge, PacketState::Purged, "");
    desk.hear(&[purge]);
    desk.station.take_arrivals().unwrap();
    let left = pictures(&desk);
    // What was taken twice was in both; the three papers serve both recordings.
    assert_eq!((all - left, left), (17, 20));
}
