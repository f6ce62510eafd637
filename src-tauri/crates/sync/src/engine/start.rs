//! How a step begins: what must be checked and durable first, and the request itself.

use rekam_domain::packet::{PacketEvent, PacketFacts, PacketState};
use uuid::Uuid;

use super::plan::{Plan, Step};
use super::{Engine, Flight, Grant, Now, PATIENCE_MAX_MS};
use crate::effect::{Effect, Exchange, Request};
use crate::item::{Held, Part, Upload};
use crate::line::{Cause, SILENCE_MS};

/// What beginning a step came to.
pub(super) enum Begun {
    Effect(Effect),
    /// Something has to be made durable first.
    Changed,
    Nothing,
}

impl Engine {
    pub(super) fn begin(&mut self, now: Now) -> Begun {
        let Plan::Do(step) = self.plan(now) else { return Begun::Nothing };
        let request = match step {
            Step::Probe => Request::Probe { nonce: self.chance.next() },
            Step::Feed => Request::Feed { cursor: self.feed.cursor.clone() },
            Step::Ask(item) => {
                self.asked_ms = Some(now.mono_ms);
                Request::Ask { item }
            }
            Step::Part(item, part) => return self.begin_part(Upload { item, part }, now),
        };
        Begun::Effect(self.start(request, now))
    }

    /// Before the first byte: the bytes are compared with their hash, the packet is marked as being sent, and the
    /// bytes of the request are counted, each durably.
    fn begin_part(&mut self, upload: Upload, now: Now) -> Begun {
        let Some(item) = self.items.get(&upload.item) else { return Begun::Nothing };
        let Some(travel) = item.travel(upload.part).copied() else { return Begun::Nothing };
        if !item.is_checked {
            self.checking = Some(upload.item);
            return Begun::Effect(Effect::Check { item: upload.item });
        }
        if item.state != PacketState::Sending {
            let facts = PacketFacts { intact: true, ..PacketFacts::default() };
            return self.mark_sending(upload.item, &facts);
        }
        let (offset, is_new) = match travel.held {
            Held::Unknown => return Begun::Effect(self.start(Request::Head { upload }, now)),
            Held::Nothing => (0, true),
            Held::Bytes(bytes) => (bytes, false),
        };
        let wanted = match is_new {
            true if !self.creates_with_body => 0,
            _ => self.size.of(travel.length.saturating_sub(offset)),
        };
        let Some(send) = self.granted(upload, wanted, now) else { return Begun::Changed };
        let request = if is_new {
            Request::Create { upload, length: travel.length, send }
        } else {
            Request::Patch { upload, offset, send }
        };
        Begun::Effect(self.start(request, now))
    }

    fn mark_sending(&mut self, item: Uuid, facts: &PacketFacts) -> Begun {
        match self.step_here(item, PacketEvent::BeginSend, facts, "") {
            Ok(()) => Begun::Changed,
            Err(_) => Begun::Nothing,
        }
    }

    /// The bytes this request may carry, or nothing when they have to be counted durably first.
    fn granted(&mut self, upload: Upload, wanted: u64, now: Now) -> Option<u64> {
        if let Some(grant) = self.grant.take() {
            if grant.upload == upload && grant.bytes <= wanted {
                return Some(grant.bytes);
            }
            let back = self.budget.refund(grant.bytes, &self.config);
            back.into_iter().for_each(|change| self.promise.add(change));
        }
        let bytes = self.budget.grant(wanted, &self.config, now.wall_ms);
        let Some(change) = self.budget.spend(bytes, &self.config, now.wall_ms) else { return Some(bytes) };
        self.promise.add(change);
        self.grant = Some(Grant { upload, bytes });
        None
    }

    fn start(&mut self, request: Request, now: Now) -> Effect {
        self.last_exchange += 1;
        self.flight = Some(Flight {
            id: self.last_exchange,
            request: request.clone(),
            heard_ms: now.mono_ms,
            written: 0,
            patience_ms: self.patience_ms,
            is_shown_silent: false,
        });
        Effect::Start(Exchange {
            id: self.last_exchange,
            request,
            bytes_per_second_max: self.config.bytes_per_second_max,
        })
    }

    /// What follows from time alone: silence is shown, dead exchanges are given up, delayed items get their turn.
    pub(super) fn pass_time(&mut self, now: Now) {
        while let Some((due_ms, id)) = self.queue.delayed.first().copied() {
            if due_ms > now.mono_ms {
                break;
            }
            self.change(id, |item| item.backoff.not_before_ms = 0);
        }
        let Some(flight) = &mut self.flight else { return };
        let silence_ms = now.mono_ms.saturating_sub(flight.heard_ms);
        if silence_ms >= flight.patience_ms {
            let id = flight.id;
            self.told.push_back(Effect::Abort { exchange: id });
            self.patience_ms = (self.patience_ms * 2).min(PATIENCE_MAX_MS);
            self.end_without_answer(Cause::Silent, now);
        } else if silence_ms >= SILENCE_MS && !flight.is_shown_silent {
            flight.is_shown_silent = true;
            self.line.show_silent(Cause::Silent);
        }
    }

    /// Whether a part of this upload is still to be sent; used when an answer comes late.
    pub(super) fn part_length(&self, upload: Upload) -> Option<u64> {
        let part: Part = upload.part;
        self.items.get(&upload.item)?.travel(part).map(|travel| travel.length)
    }
}
