//! What the words of the office say together, in whatever order they came.

use rekam_domain::case::Case;
use rekam_domain::central_status::{CentralStatus, Progress};
use rekam_domain::packet::{PacketEvent, PacketFacts, PacketState};
use rekam_domain::recording::Stage;
use rekam_store::{CentralStatusRow, PacketRow, Reading, TakenReceiptRow, Uuid, Writing};

use crate::knowledge::Proven;
use crate::problem::{Code, Problem};
use crate::station::Station;

/// A receipt that says: kept, not opened.
pub(super) const STORED: &str = "stored";
/// A receipt that says: opened and verified.
pub(super) const OPENED: &str = "opened";
/// A receipt that says: not accepted.
pub(super) const REFUSED: &str = "refused";
/// The outbox says more than a receipt proves.
const UNPROVEN: &str = "receipt_missing";

/// Whether the office holds it by the last of its words, which are in the order of its ledger.
pub(crate) fn is_accepted(receipts: &[TakenReceiptRow]) -> bool {
    receipts.last().is_some_and(|last| last.done != REFUSED)
}

/// Where a packet or notice stands, and why. What the outbox says of the office's words counts only with the words
/// themselves: anybody who can write into that file can write a state into it.
pub(crate) fn standing<'a>(
    heard: PacketState,
    reason: &'a str,
    receipts: &[TakenReceiptRow],
    is_replaced: bool,
) -> (PacketState, &'a str) {
    let is_accepted = is_accepted(receipts);
    let is_opened = is_accepted && receipts.iter().any(|receipt| receipt.done == OPENED);
    let is_refused = receipts.last().is_some_and(|last| last.done == REFUSED);
    let is_unproven =
        (heard == PacketState::Acked && !is_accepted) || (heard == PacketState::Nacked && !is_refused);
    let (state, reason) = if is_unproven {
        (PacketState::Sent, UNPROVEN)
    } else if heard == PacketState::Purged && !is_opened {
        // Its bytes are gone and nothing proves that the office has them: the pictures here are all that is left.
        (PacketState::Quarantined, UNPROVEN)
    } else {
        (heard, reason)
    };
    let is_answered = matches!(state, PacketState::Acked | PacketState::Nacked | PacketState::Quarantined);
    (if is_replaced && is_answered { PacketState::Superseded } else { state }, reason)
}

/// The packet a recording became last.
pub(crate) fn current_packet(reading: &Reading<'_>, case: Uuid) -> Result<Option<PacketRow>, Problem> {
    let packets = reading.list_packets_of(case)?;
    Ok(packets.into_iter().rfind(|packet| packet.state != PacketState::Building))
}

/// What the centre said of a packet, in the order of the office's feed.
pub(crate) fn statuses_of(
    reading: &Reading<'_>,
    case: Uuid,
    packet: Uuid,
) -> Result<Vec<CentralStatusRow>, Problem> {
    let mut statuses = reading.list_central_statuses(case)?;
    statuses.retain(|status| status.packet == Some(packet));
    statuses.sort_by_key(|status| status.position);
    Ok(statuses)
}

/// The setting that holds the place in the feed up to which the centre has answered a packet that was sent again since.
fn resent(packet: Uuid) -> String {
    format!("resent.{packet}")
}

impl Station {
    /// The packet of a case travels once more; what the centre has said of it until now is no answer any more. Without
    /// the outbox nothing of it is promised.
    pub(crate) fn send_again(&self, writing: &mut Writing<'_>, case: Uuid) -> Result<(), Problem> {
        let missing = || Problem::new(Code::UnknownPacket);
        let packet = current_packet(writing, case)?.ok_or_else(missing)?;
        let last = statuses_of(writing, case, packet.id)?.last().map_or(0, |status| status.position);
        writing.mark_setting(&resent(packet.id), &last.to_string(), self.now())?;
        let intact = self.is_packet_intact(packet.id)?;
        let facts = PacketFacts { stored: true, intact, ..PacketFacts::default() };
        self.move_packet(packet.id, PacketEvent::Requeue, facts)
    }

    /// What the words of the office prove about the recording that runs now.
    pub(crate) fn proven_by_office(
        &self,
        writing: &Writing<'_>,
        id: Uuid,
        case: &Case,
    ) -> Result<Proven, Problem> {
        if !matches!(case.recording().stage(), Stage::Sealed | Stage::Through) {
            return Ok(Proven::default());
        }
        let Some(packet) = current_packet(writing, id)? else { return Ok(Proven::default()) };
        let receipts = writing.list_receipts(packet.id)?;
        let mut statuses = statuses_of(writing, id, packet.id)?;
        let answered = writing.get_setting(&resent(packet.id))?.and_then(|text| text.parse::<i64>().ok());
        statuses.retain(|status| answered.is_none_or(|position| status.position > position));
        let said = || statuses.iter().rev().map(|row| CentralStatus::read(&row.status));
        // What is only under way does not take back an answer that was given.
        let answer = said().find(|status| status.allows_print() || status.blocks());
        Ok(Proven {
            receipt: is_accepted(&receipts),
            print_ready: answer.as_ref().is_some_and(CentralStatus::allows_print),
            blocked: answer.as_ref().is_some_and(CentralStatus::blocks),
            deleted: said().next().is_some_and(|status| status.progress() == Progress::NotRecorded),
            stored: packet.state != PacketState::Purged,
            ..Proven::default()
        })
    }
}
