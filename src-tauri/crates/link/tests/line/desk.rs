//! An engine and a link on one thread, with an outbox that keeps every promise at once.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rekam_domain::packet::PacketState;
use rekam_link::{Event, Link, LinkConfig};
use rekam_sync::{
    Cause, Config, Done, Effect, Engine, Forged, Hint, ItemSnapshot, Kind, Now, Part, PartSnapshot,
    ReceiptVerdict, Signed, Snapshot, Upload, Verify,
};
use uuid::Uuid;

pub(crate) struct Desk {
    pub(crate) engine: Engine,
    pub(crate) link: Link,
    events: Receiver<Event>,
    begun: Instant,
    pub(crate) contents: Arc<BTreeMap<Upload, Vec<u8>>>,
    /// What the desk showed, with the time.
    pub(crate) causes: Vec<(Duration, Option<Cause>)>,
    pub(crate) congestion: Vec<String>,
    pub(crate) addresses: Vec<usize>,
}

/// A packet with parts of these lengths.
pub(crate) fn packet(number: u128, lengths: &[u64]) -> ItemSnapshot {
    let part = |(part, length): (&Part, &u64)| PartSnapshot { part: *part, length: *length, is_done: false };
    ItemSnapshot {
        id: Uuid::from_u128(number),
        kind: Kind::Packet,
        counter: i64::try_from(number).unwrap(),
        is_urgent: false,
        manifest_hash: [0; 32],
        blob_count: 2,
        state: PacketState::Queued,
        parts: Part::ALL.iter().zip(lengths).map(part).collect(),
        was_tried: false,
        is_approval_pending: false,
        signed: Vec::new(),
    }
}

/// What a test office signs: `hour`, or the id of a packet that it has.
fn verify() -> Verify {
    Verify::new(|bytes| {
        if bytes == b"hour" {
            return Ok(Signed::Hour { time_ms: 0 });
        }
        let packet = std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok()).ok_or(Forged)?;
        Ok(Signed::Receipt(ReceiptVerdict {
            packet,
            manifest_hash: [0; 32],
            blob_count: 2,
            done: Done::Stored,
            position: 1,
            time_ms: 0,
        }))
    })
}

impl Desk {
    pub(crate) fn new(link: &LinkConfig, engine: Config, items: Vec<ItemSnapshot>) -> Self {
        let uploads = items.iter().flat_map(|item| item.parts.iter().map(|part| (item.id, *part)));
        let contents: BTreeMap<Upload, Vec<u8>> = uploads
            .map(|(item, part)| {
                let bytes = (0..part.length).map(|place| (place * 31 + place / 251) as u8).collect();
                (Upload { item, part: part.part }, bytes)
            })
            .collect();
        Self::with(link, engine, items, contents, verify())
    }

    /// With these bytes, and somebody who knows the office's signature.
    pub(crate) fn with(
        link: &LinkConfig,
        engine: Config,
        items: Vec<ItemSnapshot>,
        contents: BTreeMap<Upload, Vec<u8>>,
        verify: Verify,
    ) -> Self {
        let contents = Arc::new(contents);
        let outbox = Arc::clone(&contents);
        let (tell, events) = channel();
        let open = move |upload, offset| {
            let bytes: Vec<u8> = outbox[&upload][usize::try_from(offset).unwrap()..].to_vec();
            Ok(Box::new(Cursor::new(bytes)) as rekam_link::Content)
        };
        let link = Link::start(link, open, move |event| _ = tell.send(event)).unwrap();
        let engine = Engine::new(engine, verify, Snapshot { items, ..Snapshot::default() });
        let begun = Instant::now();
        Self {
            engine,
            link,
            events,
            begun,
            contents,
            causes: Vec::new(),
            congestion: Vec::new(),
            addresses: Vec::new(),
        }
    }

    fn now(&self) -> Now {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        Now {
            mono_ms: u64::try_from(self.begun.elapsed().as_millis()).unwrap(),
            wall_ms: i64::try_from(wall).unwrap(),
        }
    }

    /// Works until it is as the test wants it.
    pub(crate) fn run(&mut self, limit: Duration, is_enough: impl Fn(&Self) -> bool) {
        let end = Instant::now() + limit;
        let now = self.now();
        self.engine.handle_hint(Hint::Watched(true), now);
        while !is_enough(self) {
            assert!(
                Instant::now() < end,
                "not done in {limit:?}: {:?} {:?}",
                self.engine.line(),
                self.causes
            );
            self.settle();
            let now = self.now();
            let wake_ms = self.engine.poll_timeout(now).unwrap_or(now.mono_ms + 1000);
            let wait = Duration::from_millis(wake_ms.saturating_sub(now.mono_ms).min(1000));
            if let Ok(event) = self.events.recv_timeout(wait) {
                self.hear(event);
            }
        }
    }

    fn settle(&mut self) {
        while let Some(effect) = self.engine.poll_effect(self.now()) {
            match effect {
                Effect::Persist { id, .. } => self.engine.handle_persisted(id),
                Effect::Check { item } => self.engine.handle_checked(item, true),
                Effect::Start(exchange) => self.link.carry(exchange),
                Effect::Abort { exchange } => self.link.abort(exchange),
                Effect::Line(view) => self.causes.push((self.begun.elapsed(), view.cause)),
                Effect::AllowPurge(_) | Effect::Finding(_) => {}
            }
        }
    }

    fn hear(&mut self, event: Event) {
        let now = self.now();
        match event {
            Event::Connected { address, congestion } => {
                self.congestion.push(congestion);
                self.addresses.push(address);
            }
            Event::Progress { exchange, written } => self.engine.handle_progress(exchange, written, now),
            Event::Answer { exchange, answer } => self.engine.handle_answer(exchange, answer, now),
            Event::Failure { exchange, failure } => self.engine.handle_failure(exchange, failure, now),
            Event::SourceFailed { error, .. } => panic!("{error}"),
            Event::Fetched { .. } => {}
        }
    }

    /// Every packet is at the office.
    pub(crate) fn is_empty(&self) -> bool {
        self.contents.keys().all(|upload| {
            matches!(self.engine.state(upload.item), Some(PacketState::Acked | PacketState::Sent))
        })
    }
}
