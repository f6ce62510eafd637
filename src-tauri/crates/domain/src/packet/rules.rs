//! The table of a packet's life at the station (`domain.md` §1.7.4 and §5.4, `packet.md` on receipts).

use super::PacketState::{
    Acked, Building, ExportedToMedia, Nacked, Purged, Quarantined, Queued, Sealed, Sending, Sent, Superseded,
};
use super::{PacketEvent, PacketState};
use crate::effect::{Effect, Task};
use crate::machine::{Check, Moved, Rule, decide};
use crate::refusal::{Guard, Refusal};
use crate::register::Book;
use crate::role::Role::{CaptureOperator, IdentitySectionHead, Station, Supervisor};
use crate::role::RoleSet;

/// The facts a packet's conditions are judged by. Nothing shown means nothing proven: the default refuses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PacketFacts {
    /// The bytes on the disk are still those that were sealed.
    pub intact: bool,
    /// A verified receipt of the office names this packet's hash and accepts it.
    pub receipt_verified: bool,
    /// A verified receipt of the office names this packet's hash and refuses it.
    pub refusal_verified: bool,
    /// The receipt says "opened and verified", not only "stored".
    pub opened_at_office: bool,
    /// The grace after the receipt has passed.
    pub grace_passed: bool,
    /// The central status is past the risk of a resend.
    pub status_past_resend: bool,
    /// The longest time a packet is kept after its receipt has passed.
    pub keep_limit_passed: bool,
    /// No approval is pending for this packet.
    pub approvals_complete: bool,
    /// The packet is still on this station.
    pub stored: bool,
    /// The recording that replaces it is named.
    pub replacement_named: bool,
}

type Line = Rule<PacketState, PacketFacts>;
type Stop = Check<PacketFacts>;

const NOT_INTACT: Stop = Check::new(Guard::IntegrityFailed, |f| !f.intact);
const NO_RECEIPT: Stop = Check::new(Guard::NoReceipt, |f| !f.receipt_verified);
const NO_REFUSAL: Stop = Check::new(Guard::NoReceipt, |f| !f.refusal_verified);
const NOT_OPENED: Stop = Check::new(Guard::NotOpenedAtOffice, |f| !f.opened_at_office);
const GRACE_RUNS: Stop = Check::new(Guard::GraceNotPassed, |f| !f.grace_passed);
const NOT_PURGEABLE: Stop =
    Check::new(Guard::StatusNotPurgeable, |f| !f.status_past_resend && !f.keep_limit_passed);
const PENDING: Stop = Check::new(Guard::ApprovalPending, |f| !f.approvals_complete);
const NOT_STORED: Stop = Check::new(Guard::PacketNotStored, |f| !f.stored);
const NO_REPLACEMENT: Stop = Check::new(Guard::NoReplacement, |f| !f.replacement_named);

/// Where a receipt can still arrive: by network, by disk or as a code, in any order.
const UNDERWAY: &[PacketState] = &[Queued, Sending, Sent, ExportedToMedia];

const SEAL: &[Line] = &[Rule::to(&[Building], Sealed, &[CaptureOperator])];
const QUEUE: &[Line] = &[Rule::to(&[Sealed], Queued, &[Station]).then(&[Effect::WakeDelivery])];
const BEGIN_SEND: &[Line] =
    &[Rule::to(&[Queued, ExportedToMedia], Sending, &[Station]).unless(&[NOT_INTACT])];
const FINISH_SEND: &[Line] = &[Rule::to(&[Sending], Sent, &[Station])];
const LOSE_LINE: &[Line] = &[Rule::to(&[Sending, Sent], Queued, &[Station])];
const EXPORT: &[Line] = &[Rule::to(
    &[Sealed, Queued, Sending, Sent, ExportedToMedia],
    ExportedToMedia,
    &[Supervisor, CaptureOperator],
)
.unless(&[NOT_INTACT])
.then(&[Effect::WriteBook(Book::Kirim)])];
const ACKNOWLEDGE: &[Line] =
    &[Rule::to(UNDERWAY, Acked, &[Station]).unless(&[NO_RECEIPT]).then(&[Effect::NoteDelivery])];
// What was stored may still be refused when it is opened.
const REFUSE: &[Line] = &[Rule::to(&[Queued, Sending, Sent, ExportedToMedia, Acked], Nacked, &[Station])
    .unless(&[NO_REFUSAL])
    .then(&[Effect::Task(Task::ResolveRefusal)])];
const REQUEUE: &[Line] = &[Rule::to(&[Nacked, Acked], Queued, &[Supervisor])
    .unless(&[NOT_STORED, NOT_INTACT])
    .then(&[Effect::WakeDelivery])];
const QUARANTINE: &[Line] =
    &[Rule::to(&[Sealed, Queued, Sending, Sent, ExportedToMedia, Acked, Nacked], Quarantined, &[Station])
        .then(&[Effect::SetPacketAside, Effect::Task(Task::ExaminePacket)])];
// A packet that still travels goes on travelling: the office reports every gap in the chain.
const SUPERSEDE: &[Line] =
    &[Rule::to(&[Acked, Nacked, Quarantined], Superseded, &[Station, Supervisor, IdentitySectionHead])
        .unless(&[NO_REPLACEMENT])
        .then(&[Effect::SupersedePacket])];
// A packet the office refused stays, also one it refused because it was withdrawn: what the office never opened is the
// only copy there is, and to keep it is the safe side (§5.4).
const PURGE: &[Line] = &[Rule::to(&[Acked, Superseded], Purged, &[Station])
    .unless(&[NO_RECEIPT, NOT_OPENED, PENDING, GRACE_RUNS, NOT_PURGEABLE])
    .then(&[Effect::DeletePacket, Effect::WipeCapturedData])];

impl PacketState {
    /// What this event does, line by line; a state no line starts from refuses it.
    #[must_use]
    pub const fn rules(event: PacketEvent) -> &'static [Line] {
        match event {
            PacketEvent::Seal => SEAL,
            PacketEvent::Queue => QUEUE,
            PacketEvent::BeginSend => BEGIN_SEND,
            PacketEvent::FinishSend => FINISH_SEND,
            PacketEvent::LoseLine => LOSE_LINE,
            PacketEvent::Export => EXPORT,
            PacketEvent::Acknowledge => ACKNOWLEDGE,
            PacketEvent::Refuse => REFUSE,
            PacketEvent::Requeue => REQUEUE,
            PacketEvent::Quarantine => QUARANTINE,
            PacketEvent::Supersede => SUPERSEDE,
            PacketEvent::Purge => PURGE,
        }
    }

    /// The step this event makes, or why it is refused.
    ///
    /// # Errors
    /// The refusal names the first condition that is not met.
    pub fn next(
        self,
        event: PacketEvent,
        roles: RoleSet,
        given: &PacketFacts,
    ) -> Result<Moved<Self>, Refusal> {
        decide(self, Self::rules(event), roles, given)
    }

    /// Whether nothing more is expected of the packet. A superseded one may still be forgotten.
    #[must_use]
    pub const fn is_end(self) -> bool {
        match self {
            Purged | Superseded => true,
            Building | Sealed | Queued | Sending | Sent | Acked | Nacked | Quarantined | ExportedToMedia => {
                false
            }
        }
    }
}
