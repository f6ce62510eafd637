//! An engine with a patient program around it: the disk keeps every promise, the office says what the test says.

use std::collections::VecDeque;

use rekam_domain::packet::PacketState;
use rekam_sync::{
    Answer, Change, Config, Effect, Engine, Exchange, Failure, Finding, Forged, ItemSnapshot, Kind, LineView,
    Now, Part, PartSnapshot, Request, Signed, Snapshot, Verify,
};
use uuid::Uuid;

pub(crate) const WALL_MS: i64 = 1_790_000_000_000;

/// Signed messages of these tests: a number in a table, so that every byte string is one message.
pub(crate) fn verify(table: Vec<Signed>) -> Verify {
    Verify::new(move |bytes| {
        let number: usize =
            std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok()).ok_or(Forged)?;
        table.get(number).cloned().ok_or(Forged)
    })
}

pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// A packet of three parts.
pub(crate) fn packet(number: u128) -> ItemSnapshot {
    let part = |part, length| PartSnapshot { part, length, is_done: false };
    ItemSnapshot {
        id: id(number),
        kind: Kind::Packet,
        counter: number as i64,
        is_urgent: false,
        manifest_hash: [number as u8; 32],
        blob_count: 18,
        state: PacketState::Queued,
        parts: vec![
            part(Part::Documents, 3_000_000),
            part(Part::Facts, 10_000),
            part(Part::Images, 1_000_000),
        ],
        was_tried: false,
        is_approval_pending: false,
        signed: Vec::new(),
    }
}

/// A small signed item.
pub(crate) fn notice(number: u128, kind: Kind) -> ItemSnapshot {
    let parts = vec![PartSnapshot { part: Part::Facts, length: 500, is_done: false }];
    ItemSnapshot { kind, parts, blob_count: 1, ..packet(number) }
}

pub(crate) struct Desk {
    pub(crate) engine: Engine,
    pub(crate) now: Now,
    pub(crate) changes: Vec<Change>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) line: Option<LineView>,
    pub(crate) purges: Vec<Uuid>,
    pub(crate) aborted: Vec<u64>,
    pub(crate) is_intact: bool,
    /// A packet the disk does not give.
    pub(crate) unread: Option<Uuid>,
    open: VecDeque<Exchange>,
}

impl Desk {
    pub(crate) fn new(config: Config, table: Vec<Signed>, snapshot: Snapshot) -> Self {
        Self {
            engine: Engine::new(config, verify(table), snapshot),
            now: Now { mono_ms: 1_000_000, wall_ms: WALL_MS },
            changes: Vec::new(),
            findings: Vec::new(),
            line: None,
            purges: Vec::new(),
            aborted: Vec::new(),
            is_intact: true,
            unread: None,
            open: VecDeque::new(),
        }
    }

    pub(crate) fn with(items: Vec<ItemSnapshot>, table: Vec<Signed>) -> Self {
        Self::new(Config::default(), table, Snapshot { items, ..Snapshot::default() })
    }

    /// Does all there is to do at this moment; exchanges wait for the test.
    pub(crate) fn settle(&mut self) {
        while let Some(effect) = self.engine.poll_effect(self.now) {
            match effect {
                Effect::Persist { id, changes } => {
                    self.changes.extend(changes);
                    self.engine.handle_persisted(id);
                }
                Effect::Check { item } if self.unread == Some(item) => {
                    self.engine.handle_unreadable(item, self.now);
                }
                Effect::Check { item } => self.engine.handle_checked(item, self.is_intact),
                Effect::Start(exchange) => self.open.push_back(exchange),
                Effect::Abort { exchange } => {
                    self.aborted.push(exchange);
                    self.open.retain(|open| open.id != exchange);
                }
                Effect::AllowPurge(permit) => self.purges.push(permit.packet()),
                Effect::Line(view) => self.line = Some(view),
                Effect::Finding(finding) => self.findings.push(finding),
            }
        }
        assert!(self.open.len() <= 1, "one exchange at a time");
    }

    /// Lets time pass, as the engine asks to be woken.
    pub(crate) fn pass(&mut self, wait_ms: u64) {
        let until_ms = self.now.mono_ms + wait_ms;
        loop {
            self.settle();
            let wake_ms = self.engine.poll_timeout(self.now).unwrap_or(u64::MAX).min(until_ms);
            if wake_ms >= until_ms || !self.open.is_empty() && wake_ms <= self.now.mono_ms {
                break;
            }
            self.jump(wake_ms - self.now.mono_ms);
        }
        self.jump(until_ms - self.now.mono_ms);
        self.settle();
    }

    fn jump(&mut self, wait_ms: u64) {
        self.now.mono_ms += wait_ms;
        self.now.wall_ms += wait_ms as i64;
    }

    /// The request under way now, if any.
    pub(crate) fn request(&mut self) -> Option<Request> {
        self.settle();
        self.open.front().map(|exchange| exchange.request.clone())
    }

    /// The next request, however long the engine waits before it: at most a day.
    pub(crate) fn next(&mut self) -> Request {
        let end_ms = self.now.mono_ms + 86_400_000;
        loop {
            if let Some(request) = self.request() {
                return request;
            }
            let wake_ms = self.engine.poll_timeout(self.now).unwrap_or(u64::MAX);
            assert!(wake_ms < end_ms, "the engine waits for ever");
            self.jump(wake_ms.saturating_sub(self.now.mono_ms).max(1));
        }
    }

    pub(crate) fn exchange(&mut self) -> u64 {
        self.next();
        self.open.front().map_or_else(|| panic!("no exchange"), |exchange| exchange.id)
    }

    /// All bytes of the request leave, and this is the answer.
    pub(crate) fn answer(&mut self, answer: Answer) {
        let request = self.next();
        let exchange = self.open.pop_front().map_or(0, |exchange| exchange.id);
        self.engine.handle_progress(exchange, request.body_bytes(), self.now);
        self.engine.handle_answer(exchange, answer, self.now);
        self.settle();
    }

    /// The office answers as it should.
    pub(crate) fn good(&mut self) -> Request {
        let request = self.next();
        self.answer(good(&request));
        request
    }

    /// So many bytes leave, then the line fails.
    pub(crate) fn fail(&mut self, written: u64, failure: Failure) {
        self.next();
        let exchange = self.open.pop_front().map_or(0, |exchange| exchange.id);
        self.engine.handle_progress(exchange, written, self.now);
        self.engine.handle_failure(exchange, failure, self.now);
        self.settle();
    }

    /// Answers well until a request of this kind comes.
    pub(crate) fn until(&mut self, wanted: impl Fn(&Request) -> bool) -> Request {
        for _ in 0..200 {
            let request = self.next();
            if wanted(&request) {
                return request;
            }
            self.answer(good(&request));
        }
        panic!("no such request came");
    }

    /// Answers well until the engine rests for a second, and returns what carried content.
    pub(crate) fn drain(&mut self) -> Vec<Request> {
        let mut bodies = Vec::new();
        for _ in 0..10_000 {
            self.pass(1_000);
            let Some(request) = self.request() else { return bodies };
            self.answer(good(&request));
            if request.body_bytes() > 0 {
                bodies.push(request);
            }
        }
        panic!("never rests");
    }

    /// Imports message n of the table from a stick.
    pub(crate) fn import(&mut self, number: usize) {
        let bytes = number.to_string().into_bytes();
        self.engine
            .handle_import(&bytes, rekam_sync::Way::Disk, self.now)
            .unwrap_or_else(|error| panic!("{error}"));
        self.settle();
    }
}

pub(crate) fn marked(status: u16) -> Answer {
    Answer { status, is_marked: true, ..Answer::default() }
}

/// What the office answers on a good day.
pub(crate) fn good(request: &Request) -> Answer {
    match request {
        Request::Probe { nonce } => Answer { nonce: Some(*nonce), ..marked(200) },
        Request::Create { send, .. } => Answer { offset: Some(*send), ..marked(201) },
        Request::Patch { offset, send, .. } => Answer { offset: Some(offset + send), ..marked(204) },
        Request::Head { .. } => marked(404),
        Request::Ask { .. } => marked(200),
        Request::Feed { cursor } => Answer { cursor: Some(cursor.clone()), ..marked(200) },
    }
}
