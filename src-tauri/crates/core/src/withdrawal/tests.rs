use std::fs::File;
use std::io::BufReader;

use rekam_domain::audit::AuditEvent;
use rekam_domain::case::Facts as Said;
use rekam_packet::notice::{Done, LateApproval, Withdrawal};
use rekam_packet::{Outline, Trust, read_outline};
use rekam_store::{Hash, PacketNoticeRow};
use rekam_sync::Kind;

use super::*;
use crate::arrival::tests::{Wire, moved, refused};
use crate::knowledge::kind;
use crate::problem::Code;
use crate::station::tests::desk::Office as Desk;
use crate::station::tests::{operator, request};

fn supervisor() -> crate::view::SignInRequest {
    request("pengawas", "buku merah lemari besi")
}

fn trust(desk: &Desk) -> Trust {
    Trust::default().with_station(desk.station.station_id(), desk.station.station_key().unwrap())
}

fn outline(desk: &Desk) -> Outline {
    let path = desk.folder.path().join(desk.packet().path);
    read_outline(&mut BufReader::new(File::open(path).unwrap()), &trust(desk)).unwrap()
}

fn notices(desk: &Desk) -> Vec<PacketNoticeRow> {
    desk.station.store().unwrap().read(|reading| reading.list_notices_of(desk.case)).unwrap()
}

fn refusal(problem: &crate::problem::Problem) -> &str {
    assert_eq!(problem.code, Code::StepRefused, "{problem}");
    &problem.values["refusal"]
}

/// A person whose exception nobody was there to decide.
fn deferred() -> Desk {
    let mut desk = Desk::in_capture();
    desk.take_all_but_finger_three();
    desk.raise();
    let mut alone = Said::default();
    alone.recording.no_approver_present = true;
    desk.go("recording.defer_approval", &alone).unwrap();
    desk.go("recording.seal", &Said::default()).unwrap();
    desk
}

#[test]
fn a_withdrawal_names_packet_reason_and_approver_and_the_office_believes_it() {
    let mut desk = Desk::sealed();
    desk.station.sign_in(supervisor()).unwrap();
    desk.station.withdraw(desk.case, WithdrawalReason::WrongPerson).unwrap();
    assert_eq!(desk.recording(), "Withdrawn");
    let kept = notices(&desk);
    let sent = desk.station.outbox().unwrap().read(|reading| reading.get_notice(kept[0].id)).unwrap();
    assert_eq!((sent.kind, kept[0].state), (Kind::Notice, PacketState::Queued));
    let notice = Withdrawal::verify(&sent.bytes, &trust(&desk)).unwrap();
    notice.fits(&outline(&desk)).unwrap();
    assert_eq!((notice.reason.as_str(), notice.approver.account.as_str()), ("wrong_person", "pengawas"));
    assert_eq!(notice.operators, ["operator"]);
    assert_eq!(desk.tasks(), [("call_back".to_owned(), "wrong_person".to_owned())]);
    assert_eq!(desk.audited(AuditEvent::PacketWithdrawn), 1);
}

#[test]
fn whoever_recorded_does_not_withdraw_and_nothing_is_written() {
    let mut desk = Desk::sealed();
    let own = desk.station.withdraw(desk.case, WithdrawalReason::WrongData).unwrap_err();
    assert_eq!(refusal(&own), "refusal.WrongRole");
    desk.station.sign_in(request("camat", "pohon rindang depan kantor")).unwrap();
    assert!(desk.station.withdraw(desk.case, WithdrawalReason::WrongData).is_err());
    desk.station.sign_in(supervisor()).unwrap();
    // Somebody who holds the role of the approver and worked on it.
    let id = desk.case;
    desk.station
        .promise(|_, writing| {
            let mut row = writing.get_case(id)?;
            row.snapshot["operators"] = json!(["operator", "pengawas"]);
            Ok(writing.mark_case(&row)?)
        })
        .unwrap();
    let same = desk.station.withdraw(desk.case, WithdrawalReason::WrongData).unwrap_err();
    assert_eq!(refusal(&same), "guard.SamePersonApproves");
    assert!(notices(&desk).is_empty() && desk.tasks().is_empty());
    assert_eq!(desk.recording(), "Recorded");
}

#[test]
fn a_step_alone_withdraws_nothing() {
    let mut desk = Desk::sealed();
    desk.station.sign_in(supervisor()).unwrap();
    let mut said = Said::default();
    (said.recording.reason_given, said.recording.notice_signed) = (true, true);
    let refused = desk.go("recording.withdraw", &said).unwrap_err();
    assert_eq!(refusal(&refused), "guard.NoNotice");
}

#[test]
fn a_power_cut_between_notice_and_outbox_is_mended_by_the_next_sign_in() {
    let mut desk = Desk::sealed();
    desk.station.sign_in(supervisor()).unwrap();
    let id = desk.case;
    desk.station
        .promise(|station, writing| station.withdraw_in(writing, id, WithdrawalReason::WrongData))
        .unwrap();
    assert_eq!(notices(&desk)[0].state, PacketState::Sealed);
    desk.station.sign_in(operator()).unwrap();
    let notice = notices(&desk).remove(0);
    assert_eq!(notice.state, PacketState::Queued);
    assert!(desk.station.outbox().unwrap().read(|reading| reading.get_notice(notice.id)).is_ok());
}

#[test]
fn a_notice_the_office_refuses_is_seen() {
    let mut desk = Desk::sealed();
    desk.station.sign_in(supervisor()).unwrap();
    desk.station.withdraw(desk.case, WithdrawalReason::WrongPerson).unwrap();
    let notice = notices(&desk).remove(0);
    let receipt = Wire::new().receipt(notice.id, Hash::of(&notice.bytes), refused("elsewhere"), 12);
    let event = rekam_domain::packet::PacketEvent::Refuse;
    desk.hear(&[receipt, moved(notice.id, event, PacketState::Nacked, "elsewhere")]);
    desk.station.take_arrivals().unwrap();
    assert!(desk.tasks().contains(&("resolve_refusal".to_owned(), "elsewhere".to_owned())));
    let receipt = Wire::new().receipt(notice.id, Hash::of(&notice.bytes), Done::OpenedAndVerified, 13);
    let event = rekam_domain::packet::PacketEvent::Acknowledge;
    desk.hear(&[receipt, moved(notice.id, event, PacketState::Acked, "")]);
    desk.station.take_arrivals().unwrap();
    assert_eq!(
        (notices(&desk)[0].state, desk.tasks().len()),
        (PacketState::Acked, 1),
        "the call alone is left"
    );
}

#[test]
fn an_approval_given_later_follows_its_packet_and_covers_the_exception() {
    let mut desk = deferred();
    let home = desk.station.sign_in(supervisor()).unwrap();
    assert_eq!(home.tasks[0].task, "decide_pending");
    assert!(desk.station.sign_in(operator()).unwrap().tasks.is_empty(), "only who may decide is asked");
    desk.station.sign_in(supervisor()).unwrap();
    desk.go("recording.attach_approval", &Said::default()).unwrap();
    let notice = notices(&desk).remove(0);
    let packet = desk.packet();
    let sent = desk.station.outbox().unwrap().read(|reading| reading.get_notice(notice.id)).unwrap();
    assert_eq!(sent.kind, Kind::Approval { of: packet.id });
    let outline = outline(&desk);
    let approval = LateApproval::verify(&sent.bytes, &outline).unwrap();
    assert_eq!((approval.approver.account.as_str(), approval.exceptions.len()), ("pengawas", 1));
    let identities = rekam_packet::IdentityKey::read_file(include_str!(
        "../../../../../fixtures/office/demonstration.identity"
    ))
    .unwrap();
    let file = BufReader::new(File::open(desk.folder.path().join(&packet.path)).unwrap());
    let opened = rekam_packet::open(file, &trust(&desk), &identities, &mut |_| Ok(())).unwrap();
    assert_eq!(opened.still_open(&[approval]).count(), 0, "the office lets the packet go");
    assert!(desk.tasks().is_empty());
    let packets = desk.station.store().unwrap().read(|reading| reading.list_packets_of(desk.case)).unwrap();
    assert_eq!(packets.len(), 1, "no second packet is begun");
    assert_eq!(desk.audited(AuditEvent::ApprovalAttached), 1);
    assert!(desk.go("recording.attach_approval", &Said::default()).is_err(), "nothing is pending any more");
}

#[test]
fn an_approval_declined_later_withdraws() {
    let mut desk = deferred();
    desk.station.sign_in(request("kasi", "sungai tenang perahu lewat")).unwrap();
    desk.station.decline_approval(desk.case).unwrap();
    assert_eq!(desk.recording(), "Withdrawn");
    assert_eq!(desk.tasks(), [("call_back".to_owned(), "approval_declined".to_owned())]);
}

#[test]
fn a_recording_that_waits_for_its_office_is_withdrawn_without_a_notice_and_never_sealed() {
    let mut desk = Desk::in_capture();
    desk.take_all_but_finger_three();
    desk.take(kind::FINGER, "3");
    let admit = |desk: &mut Desk, hash: &str| {
        desk.station.promise(|_, writing| Ok(writing.mark_setting("office.bundle", hash, 1)?)).unwrap();
    };
    let store =
        |desk: &Desk| desk.station.store().unwrap().read(|reading| reading.get_setting("office.bundle"));
    let hash = store(&desk).unwrap().unwrap();
    admit(&mut desk, "");
    desk.go("recording.seal", &Said::default()).unwrap();
    desk.station.sign_in(supervisor()).unwrap();
    desk.station.withdraw(desk.case, WithdrawalReason::RecordedTwice).unwrap();
    assert!(notices(&desk).is_empty());
    admit(&mut desk, &hash);
    desk.station.sign_in(operator()).unwrap();
    assert_eq!(desk.packet().state, PacketState::Building);
}
