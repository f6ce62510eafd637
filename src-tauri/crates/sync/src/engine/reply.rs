//! What an answer, or its absence, changes.

use rekam_domain::packet::{PacketEvent, PacketFacts, PacketState};
use uuid::Uuid;

use super::{Engine, Flight, Lost, Now, PATIENCE_MS};
use crate::answer::{Answer, Failure, Reply, judge};
use crate::backoff::{FEED, FEED_METERED, FULL, ITEM, Pace, WORK};
use crate::effect::{Change, Request};
use crate::finding::{CLOCK_TOLERANCE_MS, Finding};
use crate::item::{Held, Upload};
use crate::line::Cause;
use crate::signed::Way;

/// The most signed messages in one answer; our office sends fewer.
const SIGNED_MAX: usize = 512;
/// However long the office says, it is asked again after an hour.
const WAIT_MAX_S: u32 = 3_600;

impl Engine {
    /// So many bytes of the body of this exchange have left in all, or the link has another sign of life.
    pub fn handle_progress(&mut self, exchange: u64, written: u64, now: Now) {
        let Some(flight) = self.flight.as_mut().filter(|flight| flight.id == exchange) else { return };
        if written > flight.written {
            flight.written = written;
            let after_ms = now.mono_ms.saturating_sub(flight.heard_ms);
            flight.heard_ms = now.mono_ms;
            if std::mem::take(&mut flight.is_shown_silent) {
                self.line.alive(after_ms, None);
            }
        }
    }

    /// The exchange was answered. All bytes that left were reported as progress before.
    pub fn handle_answer(&mut self, exchange: u64, answer: Answer, now: Now) {
        let Some(flight) = self.flight.take_if(|flight| flight.id == exchange) else { return };
        self.settle_budget(&flight);
        self.line.heard_ms = now.mono_ms;
        let reply = judge(&flight.request, &answer);
        if let Reply::NotOffice(cause) = reply {
            self.lose(&flight);
            self.line.fail(cause, &mut self.chance, now.mono_ms);
            return;
        }
        self.patience_ms = PATIENCE_MS;
        let is_probe = matches!(flight.request, Request::Probe { .. } | Request::Head { .. });
        self.line.answered(now.mono_ms.saturating_sub(flight.heard_ms), cause_of(reply), is_probe);
        if answer.is_marked {
            self.compare_clocks(&answer, now);
        }
        self.take_reply(&flight, reply, answer, now);
    }

    /// The exchange ended without an answer.
    pub fn handle_failure(&mut self, exchange: u64, failure: Failure, now: Now) {
        if self.flight.as_ref().is_some_and(|flight| flight.id == exchange) {
            self.end_without_answer(failure.cause(), now);
        }
    }

    pub(super) fn end_without_answer(&mut self, cause: Cause, now: Now) {
        let Some(flight) = self.flight.take() else { return };
        self.settle_budget(&flight);
        self.line.heard_ms = now.mono_ms;
        self.lose(&flight);
        if cause == Cause::Cut && flight.written > 0 {
            // The line was there a moment ago: the same upload is asked for at once.
            self.work.fail(WORK, &mut self.chance, now.mono_ms);
        } else {
            self.line.fail(cause, &mut self.chance, now.mono_ms);
        }
    }

    /// How much of the body arrived is not known: it has to be asked.
    fn lose(&mut self, flight: &Flight) {
        let Some(upload) = flight.request.upload() else { return };
        let offset = match flight.request {
            Request::Patch { offset, .. } => offset,
            Request::Create { .. }
            | Request::Head { .. }
            | Request::Probe { .. }
            | Request::Ask { .. }
            | Request::Feed { .. } => 0,
        };
        if flight.written > 0 {
            self.lost = Some(Lost { upload, offset, written: flight.written });
        }
        self.set_held(upload, Held::Unknown);
    }

    fn settle_budget(&mut self, flight: &Flight) {
        let unsent = flight.request.body_bytes().saturating_sub(flight.written);
        if let Some(change) = self.budget.refund(unsent, &self.config) {
            self.promise.add(change);
        }
    }

    fn take_reply(&mut self, flight: &Flight, reply: Reply, answer: Answer, now: Now) {
        match reply {
            Reply::Alive | Reply::NotOffice(_) => {}
            Reply::Offset(offset) => self.take_offset(flight, offset, now),
            Reply::Gone => self.take_gone(flight, now),
            Reply::Told => {}
            Reply::Conflict => {
                self.lose(flight);
                self.hold_work(WORK, now);
            }
            Reply::Corrupt => self.take_corrupt(flight, now),
            Reply::TooLong => {
                self.lose(flight);
                self.size.shrink(flight.request.body_bytes());
                self.hold_work(WORK, now);
            }
            Reply::Full | Reply::Busy => {
                self.lose(flight);
                self.hold_work(if reply == Reply::Full { FULL } else { WORK }, now);
            }
            Reply::Wait { seconds } => {
                self.lose(flight);
                self.wait_until_ms = now.mono_ms + u64::from(seconds.clamp(1, WAIT_MAX_S)) * 1_000;
            }
            Reply::Revoked => {
                self.lose(flight);
                self.line.shut(&mut self.chance, now.mono_ms);
            }
            Reply::NotTaken => self.take_refusal(flight, now),
        }
        self.take_page(flight, reply, answer, now);
    }

    fn take_offset(&mut self, flight: &Flight, offset: u64, now: Now) {
        let Some(upload) = flight.request.upload() else { return };
        let Some(length) = self.part_length(upload) else { return };
        if offset > length {
            self.set_held(upload, Held::Unknown);
            self.line.fail(Cause::ProxyLies, &mut self.chance, now.mono_ms);
            return;
        }
        self.learn_size(flight, upload, offset);
        let most = self.change(upload.item, |item| {
            let travel = item.travel_mut(upload.part)?;
            let most = travel.most;
            travel.held = Held::Bytes(offset);
            travel.most = most.max(offset);
            Some(most)
        });
        let before = match flight.request {
            Request::Patch { offset, .. } => offset,
            Request::Create { .. } => 0,
            Request::Head { .. } | Request::Probe { .. } | Request::Ask { .. } | Request::Feed { .. } => {
                most.flatten().unwrap_or(0)
            }
        };
        if offset > before {
            // More than ever is there: the line carries, however often it was cut.
            self.work.reset();
            self.line.backoff.reset();
        } else if matches!(flight.request, Request::Patch { .. }) {
            self.hold_work(WORK, now);
        }
        if offset == length {
            self.finish_part(upload, now);
        }
    }

    /// What the arrival of a body, or its vanishing, says about the way.
    fn learn_size(&mut self, flight: &Flight, upload: Upload, offset: u64) {
        if let Some(lost) = self.lost.take_if(|lost| lost.upload == upload) {
            if offset <= lost.offset {
                self.size.vanished(lost.written);
            } else {
                self.size.arrived(false);
            }
        }
        match flight.request {
            Request::Patch { offset: from, send, .. } => {
                if offset > from {
                    self.size.arrived(offset == from + send);
                }
            }
            Request::Create { send, .. } if send > 0 => {
                if offset > 0 {
                    self.size.arrived(offset == send);
                } else {
                    // This office takes no bytes with the making of an upload.
                    self.creates_with_body = false;
                }
            }
            Request::Create { .. }
            | Request::Head { .. }
            | Request::Probe { .. }
            | Request::Ask { .. }
            | Request::Feed { .. } => {}
        }
    }

    fn finish_part(&mut self, upload: Upload, now: Now) {
        let is_first = self.change(upload.item, |item| {
            item.backoff.reset();
            item.travel_mut(upload.part).is_some_and(|travel| !std::mem::replace(&mut travel.is_done, true))
        });
        if is_first != Some(true) {
            return;
        }
        self.promise.add(Change::Part { upload, is_done: true });
        if !self.items.get(&upload.item).is_some_and(crate::item::Item::is_all_there) {
            return;
        }
        let _ = self.step_here(upload.item, PacketEvent::FinishSend, &PacketFacts::default(), "");
        self.ask_later(upload.item, now);
        self.feed.backoff.reset();
        self.feed.backoff.fail(self.feed_pace(), &mut self.chance, now.mono_ms);
    }

    fn take_gone(&mut self, flight: &Flight, now: Now) {
        match &flight.request {
            Request::Head { upload } => {
                if let Some(lost) = self.lost.take_if(|lost| lost.upload == *upload) {
                    self.size.vanished(lost.written);
                }
                self.set_held(*upload, Held::Nothing);
            }
            Request::Create { upload, .. } | Request::Patch { upload, .. } => {
                self.set_held(*upload, Held::Nothing);
                self.hold_work(WORK, now);
            }
            Request::Feed { .. } => {
                self.feed.cursor.clear();
                self.promise.add(Change::Cursor(String::new()));
                self.hold_work(WORK, now);
            }
            Request::Ask { item } => self.take_unknown(*item, now),
            Request::Probe { .. } => self.line.fail(Cause::ProxyLies, &mut self.chance, now.mono_ms),
        }
    }

    /// The office does not know an item of which it should hold everything: it is sent again, under the same names.
    fn take_unknown(&mut self, id: Uuid, now: Now) {
        self.ask_later(id, now);
        let state = self.items.get(&id).map(|item| item.state);
        match state {
            Some(PacketState::Sent) => {
                self.doubt(id);
                let _ =
                    self.step_here(id, PacketEvent::LoseLine, &PacketFacts::default(), "unknown_at_office");
            }
            Some(PacketState::Queued | PacketState::Sending | PacketState::ExportedToMedia) => self.doubt(id),
            Some(PacketState::Acked) => self.tell(Finding::OfficeForgot { packet: id }),
            Some(
                PacketState::Building
                | PacketState::Sealed
                | PacketState::Purged
                | PacketState::Nacked
                | PacketState::Quarantined
                | PacketState::Superseded,
            )
            | None => {}
        }
    }

    /// Nothing about its uploads is certain any more, also after a restart.
    pub(super) fn doubt(&mut self, id: Uuid) {
        let uploads: Option<Vec<Upload>> = self.change(id, |item| {
            let done = item.travels.iter().filter(|travel| travel.is_done);
            let uploads = done.map(|travel| Upload { item: id, part: travel.part }).collect();
            item.doubt();
            uploads
        });
        for upload in uploads.unwrap_or_default() {
            self.promise.add(Change::Part { upload, is_done: false });
        }
    }

    fn take_corrupt(&mut self, flight: &Flight, now: Now) {
        let Some(upload) = flight.request.upload() else { return };
        self.set_held(upload, Held::Unknown);
        self.change(upload.item, |item| item.is_checked = false);
        self.delay_item(upload.item, now);
    }

    fn take_refusal(&mut self, flight: &Flight, now: Now) {
        match &flight.request {
            Request::Create { upload, .. } | Request::Head { upload } | Request::Patch { upload, .. } => {
                self.set_held(*upload, Held::Unknown);
                self.delay_item(upload.item, now);
            }
            Request::Ask { item } => self.ask_later(*item, now),
            Request::Feed { .. } => self.delay_feed(now),
            Request::Probe { .. } => self.line.fail(Cause::ProxyLies, &mut self.chance, now.mono_ms),
        }
    }

    /// Signed messages may come with any answer. A page of the feed counts only when all of it is the office's.
    fn take_page(&mut self, flight: &Flight, reply: Reply, answer: Answer, now: Now) {
        let is_short = answer.signed.len() <= SIGNED_MAX;
        let mut is_trusted = is_short;
        for bytes in answer.signed.iter().take(SIGNED_MAX) {
            is_trusted &= self.take_signed(bytes, Way::Network, now).is_ok();
        }
        if reply != Reply::Told {
            return;
        }
        match &flight.request {
            Request::Ask { item } => self.ask_later(*item, now),
            Request::Feed { cursor } => {
                let next = answer.cursor.filter(|next| is_trusted && next != cursor);
                self.feed.has_more = is_trusted && next.is_some() && answer.has_more;
                match next {
                    Some(next) => {
                        self.feed.cursor.clone_from(&next);
                        self.promise.add(Change::Cursor(next));
                        self.feed.backoff.reset();
                        if !self.feed.has_more {
                            self.delay_feed(now);
                        }
                    }
                    None => self.delay_feed(now),
                }
            }
            Request::Create { .. } | Request::Head { .. } | Request::Patch { .. } | Request::Probe { .. } => {
            }
        }
    }

    fn compare_clocks(&mut self, answer: &Answer, now: Now) {
        let Some(office_ms) = answer.office_ms else { return };
        let behind_ms = office_ms.saturating_sub(now.wall_ms);
        let is_wrong = behind_ms.saturating_abs() > CLOCK_TOLERANCE_MS;
        if is_wrong != std::mem::replace(&mut self.is_clock_wrong, is_wrong) {
            self.tell(if is_wrong { Finding::ClockWrong { behind_ms } } else { Finding::ClockRight });
        }
    }

    fn set_held(&mut self, upload: Upload, held: Held) {
        self.change(upload.item, |item| {
            if let Some(travel) = item.travel_mut(upload.part) {
                travel.held = held;
            }
        });
    }

    fn hold_work(&mut self, pace: Pace, now: Now) {
        self.work.fail(pace, &mut self.chance, now.mono_ms);
    }

    pub(super) fn delay_item(&mut self, id: Uuid, now: Now) {
        let chance = &mut self.chance;
        if let Some(item) = self.items.get_mut(&id) {
            self.queue.leave(item);
            item.backoff.fail(ITEM, chance, now.mono_ms);
            self.queue.enter(item);
        }
    }

    fn delay_feed(&mut self, now: Now) {
        self.feed.has_more = false;
        self.feed.backoff.fail(self.feed_pace(), &mut self.chance, now.mono_ms);
    }

    const fn feed_pace(&self) -> Pace {
        if self.is_metered { FEED_METERED } else { FEED }
    }
}

const fn cause_of(reply: Reply) -> Option<Cause> {
    match reply {
        Reply::Full => Some(Cause::OfficeFull),
        Reply::Busy => Some(Cause::OfficeBusy),
        Reply::Wait { .. } => Some(Cause::RateLimited),
        Reply::Revoked => Some(Cause::Revoked),
        Reply::NotOffice(cause) => Some(cause),
        Reply::Alive
        | Reply::Offset(_)
        | Reply::Gone
        | Reply::Told
        | Reply::Conflict
        | Reply::Corrupt
        | Reply::TooLong
        | Reply::NotTaken => None,
    }
}
