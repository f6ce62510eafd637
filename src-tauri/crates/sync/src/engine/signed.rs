//! What a signed word of the office changes. Lost, repeated or out of order, it ends the same.

use rekam_domain::central_status::Progress;
use rekam_domain::packet::{PacketEvent, PacketFacts, PacketState};
use uuid::Uuid;

use super::{Engine, Now};
use crate::backoff::{ASK, ASK_STORED};
use crate::effect::Change;
use crate::finding::Finding;
use crate::item::{Item, Kind, Taken};
use crate::signed::{Done, Forged, ReceiptVerdict, RefusalClass, Signed, StatusEntry, Way};

impl Engine {
    /// Reads a message that lay in the outbox; the disk is not believed more than the line.
    pub(super) fn recall(&mut self, item: &mut Item, bytes: &[u8]) {
        match self.verify.verify(bytes) {
            Ok(Signed::Receipt(receipt)) if is_about(item, &receipt) && is_news(item, &receipt) => {
                self.office_ms = self.office_ms.max(receipt.time_ms);
                item.receipt = Some(taken(receipt));
            }
            Ok(Signed::Status(status)) if status.packet == item.id && is_news_of(item, &status) => {
                self.office_ms = self.office_ms.max(status.time_ms);
                item.status = Some((status.position, is_past_resend(&status)));
            }
            Ok(Signed::Receipt(_) | Signed::Status(_) | Signed::Hour { .. }) | Err(Forged) => {}
        }
    }

    /// Takes a message in, whichever way it came.
    pub(super) fn take_signed(&mut self, bytes: &[u8], way: Way, now: Now) -> Result<(), Forged> {
        match self.verify.verify(bytes) {
            Ok(Signed::Receipt(receipt)) => self.take_receipt(receipt, bytes, way, now),
            Ok(Signed::Status(status)) => self.take_status(&status, bytes),
            Ok(Signed::Hour { time_ms }) => self.take_hour(time_ms),
            Err(forged) => {
                self.tell(Finding::Forged { way });
                return Err(forged);
            }
        }
        Ok(())
    }

    fn take_hour(&mut self, time_ms: i64) {
        self.office_ms = self.office_ms.max(time_ms);
    }

    fn take_receipt(&mut self, receipt: ReceiptVerdict, bytes: &[u8], way: Way, now: Now) {
        self.take_hour(receipt.time_ms);
        let packet = receipt.packet;
        let Some(item) = self.items.get(&packet) else { return };
        if !is_about(item, &receipt) {
            self.tell(Finding::WrongReceipt { packet });
            return;
        }
        if !is_news(item, &receipt) {
            self.take_again(packet, &receipt);
            return;
        }
        self.promise.add(Change::Receipt { packet, bytes: bytes.to_vec(), way });
        let taken = taken(receipt);
        let done = taken.done.clone();
        self.change(packet, |item| item.receipt = Some(taken));
        self.leaving.push_back(packet);
        match done {
            Done::Stored => self.accepted(packet),
            Done::Opened => {
                self.accepted(packet);
                self.close_notice(packet);
            }
            Done::Refused { class: RefusalClass::RetryLater, reason } => self.try_later(packet, &reason, now),
            Done::Refused { class: RefusalClass::NeedsHuman | RefusalClass::Superseded, reason } => {
                let facts = PacketFacts { refusal_verified: true, ..PacketFacts::default() };
                let _ = self.step_here(packet, PacketEvent::Refuse, &facts, &reason);
            }
        }
    }

    /// The last receipt once more. It says something new only when the packet was sent again since, and all of it:
    /// the office has what it had.
    fn take_again(&mut self, packet: Uuid, receipt: &ReceiptVerdict) {
        let is_answer = self.items.get(&packet).is_some_and(|item| {
            item.is_awaited() && item.receipt.as_ref().is_some_and(|last| last.position == receipt.position)
        });
        if is_answer && matches!(receipt.done, Done::Stored | Done::Opened) {
            self.accepted(packet);
        }
    }

    fn accepted(&mut self, packet: Uuid) {
        let facts = PacketFacts { receipt_verified: true, ..PacketFacts::default() };
        let _ = self.step_here(packet, PacketEvent::Acknowledge, &facts, "");
    }

    /// A notice the office has opened needs nothing more; the approval a packet waited for is there with it.
    pub(super) fn close_notice(&mut self, id: Uuid) {
        let Some(item) = self.items.get(&id) else { return };
        if !matches!(item.receipt, Some(Taken { done: Done::Opened, .. })) {
            return;
        }
        match item.kind {
            Kind::Packet => return,
            Kind::Approval { of } => {
                self.change(of, |packet| packet.is_approval_pending = false);
                self.leaving.push_back(of);
            }
            Kind::Notice => {}
        }
        if self.items.get(&id).is_some_and(|item| item.state == PacketState::Acked) {
            self.forget(id);
        }
    }

    /// The office did not keep it: the same bytes are sent again after a while.
    fn try_later(&mut self, packet: Uuid, reason: &str, now: Now) {
        self.doubt(packet);
        self.delay_item(packet, now);
        let _ = self.step_here(packet, PacketEvent::LoseLine, &PacketFacts::default(), reason);
    }

    fn take_status(&mut self, status: &StatusEntry, bytes: &[u8]) {
        self.take_hour(status.time_ms);
        let packet = status.packet;
        let is_new = self.items.get(&packet).is_some_and(|item| is_news_of(item, status));
        if !is_new {
            return;
        }
        self.promise.add(Change::Status { packet, bytes: bytes.to_vec() });
        let stand = (status.position, is_past_resend(status));
        self.change(packet, |item| item.status = Some(stand));
        self.leaving.push_back(packet);
    }

    /// When the engine asks for this item by name again.
    pub(super) fn ask_later(&mut self, id: Uuid, now: Now) {
        let chance = &mut self.chance;
        if let Some(item) = self.items.get_mut(&id) {
            self.queue.leave(item);
            let pace = if item.state == PacketState::Acked { ASK_STORED } else { ASK };
            item.ask.fail(pace, chance, now.mono_ms);
            self.queue.enter(item);
        }
    }
}

fn is_about(item: &Item, receipt: &ReceiptVerdict) -> bool {
    receipt.packet == item.id
        && receipt.manifest_hash == item.manifest_hash
        && receipt.blob_count == item.blob_count
}

fn is_news(item: &Item, receipt: &ReceiptVerdict) -> bool {
    item.receipt.as_ref().is_none_or(|last| receipt.position > last.position)
}

fn is_news_of(item: &Item, status: &StatusEntry) -> bool {
    item.status.is_none_or(|(position, _)| status.position > position)
}

fn is_past_resend(status: &StatusEntry) -> bool {
    status.status.progress() == Progress::Done
}

fn taken(receipt: ReceiptVerdict) -> Taken {
    Taken { position: receipt.position, time_ms: receipt.time_ms, done: receipt.done }
}
