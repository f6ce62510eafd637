//! What the office's word changes: receipts, statuses, the stick, and the leave to forget.

use rekam_domain::central_status::CentralStatus;
use rekam_domain::packet::{PacketEvent, PacketFacts, PacketState};
use rekam_domain::refusal::Refusal;
use rekam_domain::role::{Role, RoleSet};
use rekam_sync::{
    Answer, Change, Config, Done, EngineError, Finding, Kind, Part, ReceiptVerdict, RefusalClass, Request,
    Retention, Signed, Snapshot, StatusEntry, Way,
};

use super::desk::{Desk, WALL_MS, id, marked, notice, packet};

const HOUR_MS: i64 = 3_600_000;

fn receipt(number: u128, done: Done, position: u64) -> Signed {
    Signed::Receipt(ReceiptVerdict {
        packet: id(number),
        manifest_hash: [number as u8; 32],
        blob_count: 18,
        done,
        position,
        time_ms: WALL_MS,
    })
}

fn refused(class: RefusalClass) -> Done {
    Done::Refused { class, reason: "why".to_owned() }
}

fn status(number: u128, text: &str, position: u64) -> Signed {
    let status = CentralStatus::read(text);
    Signed::Status(StatusEntry { packet: id(number), position, status, time_ms: WALL_MS })
}

const fn hour(hours: i64) -> Signed {
    Signed::Hour { time_ms: WALL_MS + hours * HOUR_MS }
}

fn receipts(desk: &Desk) -> usize {
    desk.changes.iter().filter(|change| matches!(change, Change::Receipt { .. })).count()
}

fn cursors(desk: &Desk) -> usize {
    desk.changes.iter().filter(|change| matches!(change, Change::Cursor(_))).count()
}

/// A desk whose packet 1 has sent everything.
/// The station's clock far ahead: only the office's hours say when a packet may go.
const AHEAD_MS: i64 = 3_650 * 24 * HOUR_MS;

fn sent(table: Vec<Signed>) -> Desk {
    let mut desk = Desk::with(vec![packet(1)], table);
    desk.drain();
    desk.now.wall_ms += AHEAD_MS;
    assert_eq!(desk.engine.state(id(1)), Some(PacketState::Sent));
    desk
}

#[test]
fn forgets_only_what_is_opened_graced_and_past_a_resend() {
    let table = || {
        vec![
            receipt(1, Done::Stored, 1),
            receipt(1, Done::Opened, 2),
            status(1, "PRR", 3),
            hour(23),
            hour(24),
            status(1, "SFE", 4),
            hour(30 * 24),
        ]
    };
    for (imports, is_forgotten) in [
        (&[0_usize, 2, 4][..], false),
        (&[1, 2, 3], false),
        (&[1, 4], false),
        (&[1, 2, 4], true),
        (&[4, 2, 1], true),
        (&[1, 2, 5, 4], false),
        (&[1, 6], true),
        (&[0, 6], false),
    ] {
        let mut desk = sent(table());
        imports.iter().for_each(|number| desk.import(*number));
        assert_eq!(!desk.purges.is_empty(), is_forgotten, "{imports:?}");
    }
}

#[test]
fn what_is_only_stored_is_kept_also_by_an_office_without_grace() {
    let config = Config { retention: Retention { grace_ms: 0, keep_ms: 0 }, ..Config::default() };
    let table = vec![receipt(1, Done::Stored, 1), status(1, "PRR", 2), receipt(1, Done::Opened, 3)];
    let mut desk = Desk::new(config, table, Snapshot { items: vec![packet(1)], ..Snapshot::default() });
    desk.drain();
    desk.import(0);
    desk.import(1);
    assert!(desk.purges.is_empty());
    desk.import(2);
    assert_eq!(desk.purges, [id(1)]);
}

#[test]
fn an_office_ten_years_ahead_hastens_nothing() {
    let mut desk = sent(vec![receipt(1, Done::Opened, 1), status(1, "PRR", 2), hour(3_650 * 24)]);
    desk.now.wall_ms -= AHEAD_MS;
    for number in 0..3 {
        desk.import(number);
    }
    desk.pass(20 * HOUR_MS as u64);
    assert!(desk.purges.is_empty(), "one hour signed in error empties no station");
    desk.now.wall_ms += 5 * HOUR_MS;
    desk.drain();
    assert_eq!(desk.purges, [id(1)], "it goes when its time has come by the clock here too");
}

#[test]
fn a_clock_ten_years_ahead_forgets_nothing() {
    let mut desk = sent(vec![receipt(1, Done::Opened, 1), status(1, "PRR", 2)]);
    desk.import(0);
    desk.import(1);
    desk.drain();
    assert!(desk.purges.is_empty());
}

#[test]
fn a_purge_is_allowed_once_until_it_is_answered_and_ends_the_packet() {
    let mut desk = sent(vec![receipt(1, Done::Opened, 1), status(1, "PRR", 2), hour(24), hour(25), hour(26)]);
    [0, 1, 2, 3].into_iter().for_each(|number| desk.import(number));
    assert_eq!(desk.purges, [id(1)]);
    desk.engine.handle_purge_failed(id(1));
    desk.import(4);
    assert_eq!(desk.purges, [id(1), id(1)]);
    desk.engine.handle_purged(id(1));
    desk.settle();
    assert!(matches!(desk.changes.last(), Some(Change::State { state: PacketState::Purged, .. })));
    assert_eq!(desk.engine.state(id(1)), None);
}

#[test]
fn nobody_can_end_a_packet_that_was_not_allowed_to_go() {
    let mut desk = sent(Vec::new());
    desk.engine.handle_purged(id(1));
    assert_eq!(desk.engine.state(id(1)), Some(PacketState::Sent));
}

#[test]
fn an_approval_that_was_opened_before_a_restart_holds_nothing_back_after_it() {
    let table = || vec![receipt(1, Done::Opened, 1), receipt(2, Done::Opened, 2), status(1, "PRR", 3)];
    let approval = |signed: &[u8]| {
        let mut approval = notice(2, Kind::Approval { of: id(1) });
        approval.blob_count = 18;
        approval.state = PacketState::Acked;
        approval.signed = vec![signed.to_vec()];
        approval
    };
    let held = || {
        let mut held = packet(1);
        held.is_approval_pending = true;
        held.state = PacketState::Acked;
        held.signed = vec![b"0".to_vec(), b"2".to_vec()];
        held
    };
    let config = || Config { retention: Retention { grace_ms: 0, keep_ms: 0 }, ..Config::default() };
    for (signed, is_forgotten) in [(&b"1"[..], true), (b"9", false)] {
        let snapshot = Snapshot { items: vec![held(), approval(signed)], ..Snapshot::default() };
        let mut desk = Desk::new(config(), table(), snapshot);
        desk.settle();
        assert_eq!(desk.engine.state(id(2)).is_none(), is_forgotten, "an opened notice needs nothing more");
        assert_eq!(!desk.purges.is_empty(), is_forgotten);
    }
    let mut desk = Desk::with(vec![], table());
    desk.engine.handle_item(&approval(b"1")).unwrap();
    assert_eq!(desk.engine.state(id(2)), None, "also when it is offered again");
}

#[test]
fn a_pending_approval_holds_the_packet_until_the_office_has_opened_it() {
    let mut held = packet(1);
    held.is_approval_pending = true;
    let Signed::Receipt(approval) = receipt(2, Done::Opened, 9) else { unreachable!() };
    let approval = Signed::Receipt(ReceiptVerdict { blob_count: 1, ..approval });
    let table = vec![receipt(1, Done::Opened, 1), status(1, "PRR", 2), hour(24), approval];
    let mut desk = Desk::with(vec![held, notice(2, Kind::Approval { of: id(1) })], table);
    desk.drain();
    desk.now.wall_ms += AHEAD_MS;
    [0, 1, 2].into_iter().for_each(|number| desk.import(number));
    assert!(desk.purges.is_empty());
    desk.import(3);
    assert_eq!(desk.purges, [id(1)]);
    assert_eq!(desk.engine.state(id(2)), None, "an opened notice needs nothing more");
}

#[test]
fn a_receipt_for_other_bytes_is_refused_by_name() {
    let Signed::Receipt(other) = receipt(1, Done::Opened, 5) else { unreachable!() };
    let hash = Signed::Receipt(ReceiptVerdict { manifest_hash: [0; 32], ..other.clone() });
    let count = Signed::Receipt(ReceiptVerdict { blob_count: 17, ..other });
    let mut desk = sent(vec![hash, count]);
    desk.import(0);
    desk.import(1);
    assert_eq!(
        desk.findings,
        [Finding::WrongReceipt { packet: id(1) }, Finding::WrongReceipt { packet: id(1) }]
    );
    assert_eq!((receipts(&desk), desk.engine.state(id(1))), (0, Some(PacketState::Sent)));
}

#[test]
fn a_forged_message_is_refused_by_name_and_its_page_is_not_passed() {
    let mut desk = sent(vec![receipt(1, Done::Stored, 1)]);
    assert_eq!(desk.engine.handle_import(b"false", Way::Code, desk.now), Err(EngineError::Forged));
    desk.until(|request| matches!(request, Request::Feed { .. }));
    let before = cursors(&desk);
    let signed = vec![b"0".to_vec(), b"false".to_vec()];
    desk.answer(Answer { signed, cursor: Some("7".to_owned()), ..marked(200) });
    assert_eq!(desk.findings, [Finding::Forged { way: Way::Code }, Finding::Forged { way: Way::Network }]);
    assert_eq!(cursors(&desk), before);
    assert_eq!(receipts(&desk), 1, "what the office did sign counts");
}

#[test]
fn a_lost_or_repeated_page_changes_nothing() {
    let mut desk = sent(vec![receipt(1, Done::Stored, 1), receipt(1, Done::Opened, 2), status(1, "XYZ", 3)]);
    let page = |numbers: &[usize], cursor: &str| Answer {
        signed: numbers.iter().map(|number| number.to_string().into_bytes()).collect(),
        cursor: Some(cursor.to_owned()),
        ..marked(200)
    };
    for (numbers, cursor) in [(&[0_usize, 1][..], "2"), (&[0, 1], "2"), (&[1, 0, 2, 2], "3"), (&[0], "3")] {
        desk.until(|request| matches!(request, Request::Feed { .. }));
        desk.answer(page(numbers, cursor));
    }
    assert_eq!(receipts(&desk), 2);
    let statuses = desk.changes.iter().filter(|change| matches!(change, Change::Status { .. })).count();
    assert_eq!((statuses, cursors(&desk)), (1, 2));
    assert_eq!(desk.engine.state(id(1)), Some(PacketState::Acked));
}

#[test]
fn a_cursor_is_durable_with_what_lies_before_it() {
    let mut desk = sent(vec![receipt(1, Done::Stored, 1)]);
    desk.until(|request| matches!(request, Request::Feed { .. }));
    let exchange = desk.exchange();
    let answer = Answer { signed: vec![b"0".to_vec()], cursor: Some("1".to_owned()), ..marked(200) };
    desk.engine.handle_answer(exchange, answer, desk.now);
    let mut promises = Vec::new();
    while let Some(effect) = desk.engine.poll_effect(desk.now) {
        if let rekam_sync::Effect::Persist { changes, .. } = effect {
            promises.push(changes);
        }
    }
    assert_eq!(promises.len(), 1);
    assert!(matches!(promises[0][..], [Change::Receipt { .. }, Change::State { .. }, Change::Cursor(_)]));
}

#[test]
fn a_feed_that_does_not_know_the_cursor_is_read_from_its_start() {
    let mut desk = sent(Vec::new());
    desk.until(|request| matches!(request, Request::Feed { .. }));
    desk.answer(Answer { cursor: Some("5".to_owned()), ..marked(200) });
    desk.until(|request| matches!(request, Request::Feed { .. }));
    desk.answer(marked(410));
    let again = desk.until(|request| matches!(request, Request::Feed { .. }));
    assert_eq!(again, Request::Feed { cursor: String::new() });
}

#[test]
fn an_older_receipt_never_stands_over_a_later_one() {
    let mut desk = sent(vec![receipt(1, refused(RefusalClass::NeedsHuman), 1), receipt(1, Done::Opened, 2)]);
    desk.import(1);
    desk.import(0);
    assert_eq!(desk.engine.state(id(1)), Some(PacketState::Acked));
}

#[test]
fn a_refusal_stops_the_packet_until_a_supervisor_sends_it_again() {
    for class in [RefusalClass::NeedsHuman, RefusalClass::Superseded] {
        let mut desk = sent(vec![receipt(1, Done::Stored, 1), receipt(1, refused(class), 2)]);
        desk.import(0);
        desk.import(1);
        assert_eq!(desk.engine.state(id(1)), Some(PacketState::Nacked), "also after it was stored");
        assert!(desk.drain().is_empty());
        let facts = PacketFacts { stored: true, intact: true, ..PacketFacts::default() };
        let event = PacketEvent::Requeue;
        let operator = RoleSet::of(&[Role::CaptureOperator]);
        let refusal = desk.engine.handle_event(id(1), event, operator, &facts);
        assert_eq!(refusal, Err(EngineError::Refused(Refusal::WrongRole)));
        desk.engine.handle_event(id(1), event, RoleSet::of(&[Role::Supervisor]), &facts).unwrap();
        assert_eq!(desk.drain().len(), 3, "the same bytes, under the same names");
    }
}

#[test]
fn what_is_sent_again_by_order_ends_with_the_receipt_it_had() {
    let mut desk = sent(vec![receipt(1, Done::Stored, 1)]);
    desk.import(0);
    let facts = PacketFacts { stored: true, intact: true, ..PacketFacts::default() };
    desk.engine.handle_event(id(1), PacketEvent::Requeue, RoleSet::of(&[Role::Supervisor]), &facts).unwrap();
    desk.import(0);
    assert_ne!(desk.engine.state(id(1)), Some(PacketState::Acked), "an old word does not call the order off");
    assert_eq!(desk.drain().len(), 3);
    desk.import(0);
    assert_eq!((desk.engine.state(id(1)), receipts(&desk)), (Some(PacketState::Acked), 1));
}

#[test]
fn a_thousand_unopened_packets_are_not_asked_for_in_one_go() {
    let stored = |number| {
        let mut item = packet(number);
        item.state = PacketState::Acked;
        item
    };
    let mut desk = Desk::with((1..=1_000).map(stored).collect(), Vec::new());
    let begun_ms = desk.now.mono_ms;
    let mut asks = 0;
    while desk.now.mono_ms < begun_ms + 600_000 {
        let request = desk.next();
        asks += u32::from(matches!(request, Request::Ask { .. }));
        desk.answer(super::desk::good(&request));
    }
    assert!((50..=61).contains(&asks), "{asks}");
}

#[test]
fn what_the_office_could_not_keep_is_sent_again_after_a_while() {
    let mut desk = sent(vec![receipt(1, refused(RefusalClass::RetryLater), 1)]);
    desk.import(0);
    assert_eq!(desk.engine.state(id(1)), Some(PacketState::Queued));
    let doubted = |change: &&Change| matches!(change, Change::Part { is_done: false, .. });
    assert_eq!(desk.changes.iter().filter(doubted).count(), 3, "also after a restart");
    let begun_ms = desk.now.mono_ms;
    desk.until(|request| request.body_bytes() > 0);
    assert!(desk.now.mono_ms >= begun_ms + 15_000);
}

#[test]
fn a_packet_without_a_receipt_is_asked_for_and_sent_again_when_nobody_knows_it() {
    let mut desk = sent(Vec::new());
    let ask = desk.until(|request| matches!(request, Request::Ask { .. }));
    assert_eq!(ask, Request::Ask { item: id(1) });
    desk.answer(marked(404));
    let is_lost = |change: &Change| matches!(change, Change::State { event: PacketEvent::LoseLine, .. });
    assert!(desk.changes.iter().any(is_lost));
    assert_eq!(desk.drain().len(), 3);
}

#[test]
fn an_office_that_forgot_what_it_had_signed_is_told_of() {
    let mut desk = sent(vec![receipt(1, Done::Stored, 1)]);
    desk.import(0);
    desk.until(|request| matches!(request, Request::Ask { .. }));
    desk.answer(marked(404));
    assert_eq!(desk.findings, [Finding::OfficeForgot { packet: id(1) }]);
    assert_eq!(desk.engine.state(id(1)), Some(PacketState::Acked));
}

#[test]
fn a_receipt_in_the_answer_to_the_last_bytes_counts_at_once() {
    let mut desk = Desk::with(vec![packet(1)], vec![receipt(1, Done::Stored, 1)]);
    let last = desk.until(|request| request.upload().is_some_and(|upload| upload.part == Part::Documents));
    let offset = Some(last.body_bytes());
    desk.answer(Answer { offset, signed: vec![b"0".to_vec()], ..marked(201) });
    assert_eq!(desk.engine.state(id(1)), Some(PacketState::Acked));
}

#[test]
fn what_the_disk_remembers_is_checked_again() {
    let mut acked = packet(1);
    acked.state = PacketState::Acked;
    acked.signed = vec![b"false".to_vec(), b"1".to_vec()];
    let table = vec![receipt(1, Done::Opened, 1), status(1, "PRR", 2), hour(24)];
    let mut desk = Desk::with(vec![acked.clone()], table.clone());
    desk.now.wall_ms += AHEAD_MS;
    desk.import(2);
    assert!(desk.purges.is_empty(), "no receipt that verifies");
    acked.signed.push(b"0".to_vec());
    let mut desk = Desk::with(vec![acked], table);
    desk.now.wall_ms += AHEAD_MS;
    desk.import(2);
    assert_eq!(desk.purges, [id(1)]);
}

#[test]
fn a_stick_carries_what_the_office_has_not_opened_and_both_ways_are_one() {
    let mut urgent = packet(3);
    urgent.is_urgent = true;
    let mut acked = packet(4);
    acked.state = PacketState::Acked;
    let mut desk = Desk::with(vec![packet(2), packet(1), urgent, acked], vec![receipt(1, Done::Opened, 1)]);
    assert_eq!(desk.engine.list_for_courier(), [id(3), id(1), id(2)]);
    let facts = PacketFacts { intact: true, ..PacketFacts::default() };
    let roles = RoleSet::of(&[Role::CaptureOperator]);
    desk.engine.handle_event(id(1), PacketEvent::Export, roles, &facts).unwrap();
    desk.settle();
    assert_eq!(desk.engine.state(id(1)), Some(PacketState::ExportedToMedia));
    desk.import(0);
    assert_eq!(desk.engine.state(id(1)), Some(PacketState::Acked));
    let bodies = desk.drain();
    let items = bodies.iter().filter_map(Request::upload).map(|upload| upload.item);
    assert!(items.clone().all(|item| item != id(1)) && items.count() == 6, "it need not travel twice");
}
