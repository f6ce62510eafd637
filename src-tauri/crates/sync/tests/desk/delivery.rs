//! What travels, when, and how it goes on after everything that can happen to a line.

use rekam_domain::network::NetworkState;
use rekam_domain::packet::PacketState;
use rekam_sync::{
    Answer, Cause, Change, Config, Effect, EngineError, Failure, Finding, Hint, Kind, Metered, Part, Request,
    Snapshot, Upload, Window,
};

use super::desk::{Desk, WALL_MS, good, id, marked, notice, packet};

fn names(requests: &[Request]) -> Vec<(u128, Part)> {
    requests.iter().filter_map(Request::upload).map(|upload| (upload.item.as_u128(), upload.part)).collect()
}

const fn is_body(request: &Request) -> bool {
    request.body_bytes() > 0
}

#[test]
fn sends_facts_of_all_before_any_image_urgent_ones_first_and_documents_last() {
    let mut urgent = packet(3);
    urgent.is_urgent = true;
    let approval = notice(9, Kind::Approval { of: id(1) });
    let mut desk = Desk::with(vec![packet(2), packet(1), urgent, approval], Vec::new());
    let bodies = desk.drain();
    let (facts, images, documents) = (Part::Facts, Part::Images, Part::Documents);
    let order = [(3, facts), (1, facts), (2, facts), (9, facts), (3, images), (1, images), (2, images)];
    assert_eq!(names(&bodies)[..7], order);
    assert_eq!(names(&bodies)[7..], [(3, documents), (1, documents), (2, documents)]);
    assert_eq!(desk.engine.state(id(1)), Some(PacketState::Sent));
}

#[test]
fn sends_nothing_before_the_outbox_has_kept_it() {
    let mut desk = Desk::with(vec![packet(1)], Vec::new());
    desk.good();
    let (exchange, request) = (desk.exchange(), desk.next());
    desk.engine.handle_answer(exchange, good(&request), desk.now);
    let mut open = None;
    while let Some(effect) = desk.engine.poll_effect(desk.now) {
        match effect {
            Effect::Persist { id, changes } => {
                if matches!(changes[..], [Change::State { state: PacketState::Sending, .. }]) {
                    open = Some(id);
                } else {
                    desk.engine.handle_persisted(id);
                }
            }
            Effect::Check { item } => desk.engine.handle_checked(item, true),
            Effect::Start(exchange) => panic!("{exchange:?} left too early"),
            Effect::Abort { .. } | Effect::AllowPurge(_) | Effect::Line(_) | Effect::Finding(_) => {}
        }
    }
    desk.engine.handle_persisted(open.unwrap());
    let Some(Effect::Start(exchange)) = desk.engine.poll_effect(desk.now) else { panic!("nothing leaves") };
    assert!(is_body(&exchange.request));
}

#[test]
fn tells_of_a_disk_that_refuses_and_tries_again_before_anything_is_sent() {
    let mut desk = Desk::with(vec![packet(1)], Vec::new());
    desk.good();
    let request = desk.next();
    desk.engine.handle_answer(2, good(&request), desk.now);
    let mut tries = 0;
    for _ in 0..1_000 {
        match desk.engine.poll_effect(desk.now) {
            Some(Effect::Persist { id, .. }) => {
                tries += 1;
                desk.engine.handle_persist_failed(id, desk.now);
            }
            Some(Effect::Check { item }) => desk.engine.handle_checked(item, true),
            Some(Effect::Finding(finding)) => desk.findings.push(finding),
            Some(Effect::Start(exchange)) => panic!("{exchange:?} left"),
            Some(Effect::Abort { .. } | Effect::AllowPurge(_) | Effect::Line(_)) => {}
            None => desk.now.mono_ms = desk.engine.poll_timeout(desk.now).unwrap(),
        }
    }
    assert!(tries > 10 && desk.findings.contains(&Finding::OutboxRefuses));
    assert!(desk.now.mono_ms > 1_000_000 + 600_000, "a refusing disk is not hammered");
}

#[test]
fn never_sends_bytes_that_are_not_what_was_sealed() {
    let mut desk = Desk::with(vec![packet(1)], Vec::new());
    desk.is_intact = false;
    assert!(desk.drain().is_empty());
    assert_eq!(desk.engine.state(id(1)), Some(PacketState::Quarantined));
}

#[test]
fn a_packet_the_disk_does_not_give_waits_while_the_others_go_on() {
    let mut desk = Desk::with(vec![packet(1), packet(2)], Vec::new());
    desk.unread = Some(id(1));
    let bodies = desk.drain();
    assert!(bodies.iter().filter_map(Request::upload).all(|upload| upload.item == id(2)));
    assert_eq!(desk.engine.state(id(2)), Some(PacketState::Sent));
    assert_eq!(desk.engine.state(id(1)), Some(PacketState::Queued), "nothing is known about it");
    assert!(desk.findings.contains(&Finding::Unreadable { packet: id(1) }));
    let tries = desk.findings.len();
    desk.pass(3_600_000);
    assert!(desk.findings.len() < tries + 20, "a broken disk is not hammered");
    desk.unread = None;
    desk.until(|request| request.upload() == Some(Upload { item: id(1), part: Part::Documents }));
}

#[test]
fn a_packet_that_cannot_be_read_under_way_is_checked_anew_before_it_goes_on() {
    let mut desk = Desk::with(vec![packet(1), packet(2)], Vec::new());
    let images = Upload { item: id(1), part: Part::Images };
    desk.until(|request| request.upload() == Some(images));
    desk.unread = Some(id(1));
    desk.engine.handle_unreadable(id(1), desk.now);
    desk.fail(400_000, Failure::Cut);
    let bodies = desk.drain();
    assert!(bodies.iter().filter_map(Request::upload).all(|upload| upload.item == id(2)));
    assert_eq!(desk.engine.state(id(2)), Some(PacketState::Sent));
    desk.unread = None;
    assert_eq!(desk.until(|request| request.upload() == Some(images)), Request::Head { upload: images });
}

#[test]
fn goes_on_after_a_cut_from_where_the_office_stands() {
    let mut desk = Desk::with(vec![packet(1)], Vec::new());
    let upload = Upload { item: id(1), part: Part::Images };
    desk.until(|request| request.upload() == Some(upload));
    desk.fail(400_000, Failure::Cut);
    let before_ms = desk.now.mono_ms;
    assert_eq!(desk.next(), Request::Head { upload });
    assert!(desk.now.mono_ms - before_ms < 200, "at once");
    desk.answer(Answer { offset: Some(340_000), ..marked(200) });
    assert_eq!(desk.request(), Some(Request::Patch { upload, offset: 340_000, send: 660_000 }));
}

#[test]
fn keeps_the_names_of_uploads_across_a_restart_and_asks_before_it_sends() {
    let mut tried = packet(1);
    tried.was_tried = true;
    tried.state = PacketState::Sending;
    tried.parts[1].is_done = true;
    let mut desk = Desk::with(vec![tried], Vec::new());
    let upload = Upload { item: id(1), part: Part::Images };
    let head = desk.until(|request| request.upload().is_some());
    assert_eq!(head, Request::Head { upload });
    assert_eq!(upload.path(), "00000000-0000-0000-0000-000000000001/images");
}

#[test]
fn an_office_that_takes_no_bytes_with_the_making_is_sent_none_next_time() {
    let mut desk = Desk::with(vec![packet(1)], Vec::new());
    desk.until(is_body);
    desk.answer(Answer { offset: Some(0), ..marked(201) });
    let next = desk.next();
    assert!(matches!(next, Request::Patch { offset: 0, send: 10_000, .. }), "{next:?}");
    desk.good();
    assert!(matches!(desk.next(), Request::Create { send: 0, length: 1_000_000, .. }));
}

#[test]
fn shrinks_requests_only_when_bodies_vanish_and_never_for_a_cut_that_brought_bytes() {
    let mut desk = Desk::with(vec![packet(1)], Vec::new());
    let upload = Upload { item: id(1), part: Part::Images };
    desk.until(|request| request.upload() == Some(upload));
    for (held, longest) in [(300_000, 700_000), (300_000, 700_000), (300_000, 175_000)] {
        desk.fail(700_000, Failure::Cut);
        assert_eq!(desk.next(), Request::Head { upload });
        desk.answer(Answer { offset: Some(held), ..marked(200) });
        assert_eq!(desk.next().body_bytes(), longest);
    }
}

#[test]
fn asks_the_office_after_every_answer_that_contradicts_it() {
    for answer in [marked(409), marked(460), marked(415), marked(500)] {
        let mut desk = Desk::with(vec![packet(1)], Vec::new());
        let upload = Upload { item: id(1), part: Part::Images };
        desk.until(|request| request.upload() == Some(upload));
        desk.answer(answer);
        let next = desk.until(|request| request.upload().is_some_and(|upload| upload.part == Part::Images));
        assert_eq!(next, Request::Head { upload });
    }
}

#[test]
fn a_line_that_carries_probes_and_nothing_else_costs_few_requests() {
    let mut desk = Desk::with(vec![packet(1)], Vec::new());
    let begun_ms = desk.now.mono_ms;
    let mut requests = 0;
    while desk.now.mono_ms < begun_ms + 3_600_000 {
        requests += 1;
        assert!(requests < 1_000, "a storm");
        if matches!(desk.next(), Request::Probe { .. }) {
            desk.good();
        } else {
            desk.fail(0, Failure::Cut);
        }
    }
    assert!(requests <= 120, "{requests}");
}

#[test]
fn gives_up_a_dead_connection_and_hears_no_late_answer() {
    let mut desk = Desk::with(vec![packet(1)], Vec::new());
    let exchange = desk.exchange();
    let request = desk.next();
    desk.pass(40_000);
    assert_eq!(desk.aborted, [exchange]);
    let shown = desk.line.unwrap();
    assert_eq!((shown.state, shown.cause), (NetworkState::Offline, Some(Cause::Silent)));
    desk.engine.handle_answer(exchange, good(&request), desk.now);
    desk.settle();
    assert_eq!(desk.line.unwrap().state, NetworkState::Offline);
}

#[test]
fn shows_a_change_of_the_line_within_five_seconds_while_somebody_looks() {
    let mut desk = Desk::with(Vec::new(), Vec::new());
    desk.engine.handle_hint(Hint::Watched(true), desk.now);
    desk.good();
    desk.drain();
    assert_eq!(desk.line.unwrap().state, NetworkState::Online);
    desk.pass(4_900);
    assert_eq!(desk.line.unwrap().state, NetworkState::Offline, "nobody answers any more");
    let mut waited_ms = 0;
    while desk.line.unwrap().state == NetworkState::Offline {
        assert!(waited_ms <= 5_000, "the office answers again");
        if let Some(request) = desk.request() {
            desk.answer(good(&request));
        }
        desk.pass(100);
        waited_ms += 100;
    }
}

#[test]
fn a_day_without_a_network_costs_few_requests() {
    let mut desk = Desk::with(vec![packet(1)], Vec::new());
    let begun_ms = desk.now.mono_ms;
    let mut hours = [0_u32; 24];
    while desk.now.mono_ms < begun_ms + 86_000_000 {
        desk.next();
        let hour = &mut hours[((desk.now.mono_ms - begun_ms) / 3_600_000) as usize % 24];
        *hour += 1;
        assert!(*hour < 1_000, "a storm");
        desk.fail(0, Failure::ConnectionRefused);
    }
    assert!(hours[0] <= 60 && hours[1..].iter().all(|count| *count <= 30), "{hours:?}");
    desk.engine.handle_hint(Hint::NetworkUp, desk.now);
    assert!(matches!(desk.request(), Some(Request::Probe { .. })), "a hint is heeded at once");
}

#[test]
fn names_whoever_answers_in_the_place_of_the_office() {
    let page = Answer { status: 200, is_html: true, ..Answer::default() };
    let lie = Answer { status: 200, offset: Some(10_000), ..Answer::default() };
    for (answer, cause) in [(page, Cause::CaptivePortal), (lie, Cause::ProxyLies)] {
        let mut desk = Desk::with(vec![packet(1)], Vec::new());
        desk.until(is_body);
        desk.answer(answer);
        let shown = desk.line.unwrap();
        assert_eq!((shown.state, shown.cause), (NetworkState::Offline, Some(cause)));
        desk.until(|request| matches!(request, Request::Head { .. }));
    }
}

#[test]
fn names_every_failure_of_the_line() {
    for (failure, cause) in [
        (Failure::NoNetwork, Cause::NoNetwork),
        (Failure::NameNotFound, Cause::NameNotFound),
        (Failure::ConnectionRefused, Cause::ConnectionRefused),
        (Failure::WrongCertificate, Cause::WrongCertificate),
        (Failure::WrongTime, Cause::WrongTime),
        (Failure::Revoked, Cause::Revoked),
        (Failure::Nonsense, Cause::ProxyLies),
    ] {
        let mut desk = Desk::with(vec![packet(1)], Vec::new());
        desk.fail(0, failure);
        assert_eq!(desk.line.unwrap().cause, Some(cause));
    }
}

#[test]
fn a_revoked_station_knocks_seldom_and_says_why() {
    let mut desk = Desk::with(vec![packet(1)], Vec::new());
    desk.good();
    desk.answer(Answer { is_revoked: true, ..marked(403) });
    let shown = desk.line.unwrap();
    assert_eq!((shown.state, shown.cause), (NetworkState::Online, Some(Cause::Revoked)));
    desk.pass(14_000);
    assert_eq!(desk.request(), None);
}

#[test]
fn waits_as_long_as_the_office_says_also_when_the_network_comes_back() {
    let mut desk = Desk::with(vec![packet(1)], Vec::new());
    desk.until(is_body);
    desk.answer(Answer { retry_after_s: Some(120), ..marked(429) });
    assert_eq!(desk.line.unwrap().cause, Some(Cause::RateLimited));
    desk.engine.handle_hint(Hint::NetworkUp, desk.now);
    desk.engine.handle_hint(Hint::Watched(true), desk.now);
    desk.pass(119_000);
    assert_eq!(desk.request(), None);
    desk.pass(2_000);
    assert!(desk.request().is_some());
}

#[test]
fn a_full_office_is_named_and_given_time() {
    let mut desk = Desk::with(vec![packet(1)], Vec::new());
    desk.until(is_body);
    desk.answer(marked(507));
    assert_eq!(desk.line.unwrap().cause, Some(Cause::OfficeFull));
    desk.pass(14_000);
    assert_eq!(desk.request(), None);
    assert!(matches!(desk.next(), Request::Head { .. } | Request::Feed { .. }));
}

#[test]
fn outside_its_window_only_urgent_packets_and_notices_travel() {
    let minute = u16::try_from(WALL_MS.rem_euclid(86_400_000) / 60_000).unwrap();
    let window = Window::new((minute + 30) % 1_440, (minute + 90) % 1_440);
    let config = Config { window, ..Config::default() };
    let mut urgent = packet(2);
    urgent.is_urgent = true;
    let items = vec![packet(1), urgent, notice(3, Kind::Notice)];
    let mut desk = Desk::new(config, Vec::new(), Snapshot { items, ..Snapshot::default() });
    let bodies = names(&desk.drain());
    assert!(bodies.iter().all(|(item, _)| *item != 1) && bodies.len() == 4, "{bodies:?}");
    let begun_ms = desk.now.mono_ms;
    desk.until(|request| request.upload().is_some_and(|upload| upload.item == id(1)));
    let waited_min = (desk.now.mono_ms - begun_ms) / 60_000;
    assert!((28..=31).contains(&waited_min), "{waited_min}");
}

#[test]
fn a_day_never_carries_more_than_its_budget_also_across_a_restart() {
    let config = Config { bytes_per_day_max: Some(1_500_000), ..Config::default() };
    let mut desk =
        Desk::new(config.clone(), Vec::new(), Snapshot { items: vec![packet(1)], ..Snapshot::default() });
    desk.until(|request| request.upload().is_some_and(|upload| upload.part == Part::Documents));
    // The station dies with the request under way.
    let spent = desk.changes.iter().rev().find_map(|change| match change {
        Change::Spent { day, bytes } => Some((*day, *bytes)),
        Change::State { .. }
        | Change::Part { .. }
        | Change::Receipt { .. }
        | Change::Status { .. }
        | Change::Cursor(_) => None,
    });
    assert_eq!(spent.map(|(_, bytes)| bytes), Some(1_500_000), "counted before it left");
    let snapshot = Snapshot { items: vec![packet(2)], spent: spent.unwrap(), ..Snapshot::default() };
    let mut desk = Desk::new(config, Vec::new(), snapshot);
    assert!(desk.drain().is_empty());
    let left_ms = 86_400_000 - WALL_MS.rem_euclid(86_400_000);
    desk.pass(left_ms.unsigned_abs());
    desk.until(is_body);
}

#[test]
fn on_a_paid_line_only_facts_travel_and_nobody_probes() {
    let config = Config { metered: Metered::FactsOnly, ..Config::default() };
    let mut desk = Desk::new(config, Vec::new(), Snapshot { items: vec![packet(1)], ..Snapshot::default() });
    desk.engine.handle_hint(Hint::Metered(true), desk.now);
    desk.engine.handle_hint(Hint::Watched(true), desk.now);
    assert_eq!(names(&desk.drain()), [(1, Part::Facts)]);
    let begun_ms = desk.now.mono_ms;
    let mut requests = 0;
    while desk.now.mono_ms < begun_ms + 3_600_000 {
        desk.pass(1_000);
        requests += u32::from(desk.request().is_some());
        if let Some(request) = desk.request() {
            desk.answer(good(&request));
        }
    }
    assert!(requests <= 12, "{requests} in an hour");
    desk.engine.handle_hint(Hint::Metered(false), desk.now);
    assert_eq!(names(&desk.drain()), [(1, Part::Images), (1, Part::Documents)]);
}

#[test]
fn tells_once_that_the_clock_is_wrong_and_once_that_it_is_right() {
    let mut desk = Desk::with(vec![packet(1)], Vec::new());
    for off_ms in [-31_536_000_000, -31_536_000_000, 0, 1_000] {
        let request = desk.next();
        let office_ms = Some(desk.now.wall_ms - off_ms);
        desk.answer(Answer { office_ms, ..good(&request) });
    }
    assert_eq!(desk.findings, [Finding::ClockWrong { behind_ms: 31_536_000_000 }, Finding::ClockRight]);
}

#[test]
fn drains_a_quarter_of_a_year_in_order() {
    let mut desk = Desk::with((1..=15_000).map(packet).collect(), Vec::new());
    let mut bodies = Vec::new();
    while bodies.len() < 45_000 {
        let request = desk.next();
        desk.answer(good(&request));
        bodies.extend(request.upload().filter(|_| is_body(&request)));
        desk.changes.clear();
    }
    let order = bodies.iter().map(|upload| (upload.part, upload.item));
    assert!(order.is_sorted(), "part by part, oldest first");
}

#[test]
fn a_packet_offered_twice_is_one_and_too_many_are_refused() {
    let mut desk = Desk::with(vec![packet(1)], Vec::new());
    desk.engine.handle_item(&packet(1)).unwrap();
    assert_eq!(names(&desk.drain()).len(), 3);
    for number in 2..=rekam_sync::ITEMS_MAX as u128 {
        desk.engine.handle_item(&packet(number)).unwrap();
    }
    assert_eq!(desk.engine.handle_item(&packet(0)), Err(EngineError::TooManyItems));
    assert_eq!(desk.engine.bytes_left(), 4_010_000 * (rekam_sync::ITEMS_MAX as u64 - 1));
}

#[test]
fn many_short_cuts_in_one_upload_cost_little_time_each() {
    let mut long = packet(1);
    long.parts.retain(|part| part.part == Part::Images);
    let mut desk = Desk::with(vec![long], Vec::new());
    for cut in 1..=20 {
        let request = desk.until(is_body);
        assert!(cut == 1 || matches!(request, Request::Patch { .. }), "{request:?}");
        desk.fail(40_000, Failure::Cut);
        // Nobody is there for a second.
        let back_ms = desk.now.mono_ms + 1_000;
        while desk.now.mono_ms < back_ms {
            assert!(matches!(desk.next(), Request::Head { .. }), "to ask where to go on tries the line too");
            if desk.now.mono_ms < back_ms {
                desk.fail(0, Failure::ConnectionRefused);
            }
        }
        assert!(desk.now.mono_ms <= back_ms + 100, "cut {cut}: {} ms late", desk.now.mono_ms - back_ms);
        desk.answer(Answer { offset: Some(cut * 40_000), ..marked(200) });
        let request = desk.next();
        assert!(matches!(request, Request::Patch { .. }), "first of all it goes on: {request:?}");
    }
}
