//! The link by itself, without an engine.

use std::io::{self, Cursor};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rekam_link::{Content, Event, Fetch, Fetched, Link, LinkConfig, LinkError};
use rekam_sync::{Exchange, Failure, Part, Request, Upload};
use uuid::Uuid;

use crate::office::{Mood, Office};
use crate::pki::{Authority, Valid};

const UPLOAD: Upload = Upload { item: Uuid::from_u128(1), part: Part::Facts };

fn begin(mood: Mood, open: fn() -> io::Result<Content>) -> (Office, Link, Receiver<Event>) {
    let authority = Authority::new();
    let office = Office::start(authority.server("rekam-office", &Valid::Now, &authority), mood);
    let config = authority.station(std::slice::from_ref(&office.address));
    let (tell, events) = channel();
    let link = Link::start(&config, move |_, _| open(), move |event| _ = tell.send(event)).unwrap();
    (office, link, events)
}

fn endless() -> io::Result<Content> {
    Ok(Box::new(io::repeat(7)))
}

fn next(events: &Receiver<Event>) -> Event {
    loop {
        match events.recv_timeout(Duration::from_secs(5)).unwrap() {
            Event::Connected { .. } | Event::Progress { .. } => {}
            event => return event,
        }
    }
}

fn probe(id: u64) -> Exchange {
    Exchange { id, request: Request::Probe { nonce: id }, bytes_per_second_max: None }
}

fn create(id: u64, length: u64, bytes_per_second_max: Option<u32>) -> Exchange {
    Exchange { id, request: Request::Create { upload: UPLOAD, length, send: length }, bytes_per_second_max }
}

#[test]
fn what_was_given_up_is_not_heard_of_and_the_next_is_carried() {
    let (office, link, events) = begin(Mood::Honest, endless);
    // An hour's work.
    link.carry(create(1, 36_000_000, Some(10_000)));
    link.carry(probe(2));
    while !matches!(events.recv_timeout(Duration::from_secs(5)).unwrap(), Event::Progress { exchange: 1, .. })
    {
    }
    let begun = Instant::now();
    link.abort(1);
    let event = next(&events);
    assert!(matches!(&event, Event::Answer { exchange: 2, answer } if answer.nonce == Some(2)), "{event:?}");
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(office.memory.lock().unwrap().connections, 2, "the connection of the first is gone");
}

#[test]
fn what_waits_and_is_given_up_never_leaves() {
    let (office, link, events) = begin(Mood::Honest, endless);
    link.carry(create(1, 20_000, Some(20_000)));
    link.carry(probe(2));
    link.carry(probe(3));
    link.abort(2);
    assert!(matches!(next(&events), Event::Answer { exchange: 1, .. }));
    assert!(matches!(next(&events), Event::Answer { exchange: 3, .. }));
    assert_eq!(office.memory.lock().unwrap().requests.len(), 2);
}

#[test]
fn an_outbox_that_does_not_give_its_bytes_is_named() {
    for open in
        [|| Err(io::ErrorKind::NotFound.into()), || Ok(Box::new(Cursor::new(vec![7_u8; 500])) as Content)]
            as [fn() -> io::Result<Content>; 2]
    {
        let (_office, link, events) = begin(Mood::Honest, open);
        link.carry(create(1, 1000, None));
        assert!(matches!(next(&events), Event::SourceFailed { exchange: 1, .. }));
        assert!(matches!(next(&events), Event::Failure { exchange: 1, failure: Failure::Cut }));
    }
}

#[test]
fn an_answer_in_the_middle_of_a_body_ends_the_body() {
    let refusal = "HTTP/1.1 413 Long\r\nTus-Resumable: 1.0.0\r\nContent-Length: 0\r\n\r\n";
    let (_office, link, events) = begin(Mood::Says(refusal), endless);
    let length = 100_000_000;
    link.carry(create(1, length, None));
    let mut written = 0;
    let status = loop {
        match events.recv_timeout(Duration::from_secs(5)).unwrap() {
            Event::Progress { written: now, .. } => written = now,
            Event::Connected { .. } => {}
            Event::Answer { answer, .. } => break answer.status,
            event => panic!("{event:?}"),
        }
    };
    assert_eq!(status, 413);
    assert!(written < length / 2, "{written} bytes left for nothing");
}

#[test]
fn fetches_the_bundle_and_believes_no_stranger() {
    let (office, link, events) = begin(Mood::Honest, endless);
    let fetch = || {
        link.fetch(Fetch::Bundle { held: None });
        match next(&events) {
            Event::Fetched { fetched, .. } => fetched,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(fetch(), Fetched::Bundle(b"bundle".to_vec()));
    let answers = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nbundle", Fetched::Stranger),
        ("HTTP/1.1 304 Same\r\nTus-Resumable: 1.0.0\r\n\r\n", Fetched::Unchanged),
        ("HTTP/1.1 404 None\r\nTus-Resumable: 1.0.0\r\nContent-Length: 0\r\n\r\n", Fetched::NotYet),
        ("HTTP/1.1 403 No\r\nTus-Resumable: 1.0.0\r\nContent-Length: 0\r\n\r\n", Fetched::Refused(403)),
        (
            "HTTP/1.1 200 OK\r\nTus-Resumable: 1.0.0\r\nContent-Length: 99999999\r\n\r\n",
            Fetched::Failed(Failure::Nonsense),
        ),
    ];
    for (says, expected) in answers {
        *office.mood.lock().unwrap() = Mood::Says(says);
        assert_eq!(fetch(), expected, "{says}");
    }
}

#[test]
fn a_configuration_that_cannot_work_is_refused_at_once() {
    let authority = Authority::new();
    let good = authority.station(&["127.0.0.1:1".to_owned()]);
    let start = |config: &LinkConfig| Link::start(config, |_, _| endless(), |_| ()).map(|_| ());
    assert!(start(&good).is_ok());
    assert!(matches!(start(&LinkConfig { addresses: vec![], ..good.clone() }), Err(LinkError::Address(_))));
    let plain = vec!["http://kantor:80".to_owned()];
    assert!(matches!(start(&LinkConfig { addresses: plain, ..good.clone() }), Err(LinkError::Address(_))));
    assert!(matches!(start(&LinkConfig { office_root: vec![1], ..good.clone() }), Err(LinkError::Root(_))));
    let mut other = good;
    let stranger = Authority::new().station(&["127.0.0.1:1".to_owned()]).identity;
    if let (Some(mine), Some(theirs)) = (&mut other.identity, stranger) {
        mine.transport_seed = theirs.transport_seed;
    }
    assert!(matches!(start(&other), Err(LinkError::Identity(_))), "a key that is not the certificate's");
}
