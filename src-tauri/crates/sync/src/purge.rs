//! The one place in the program that allows a packet's bytes to be deleted (`domain.md` §5.4).

use rekam_domain::effect::Effect as Consequence;
use rekam_domain::packet::{PacketEvent, PacketFacts};
use rekam_domain::refusal::Refusal;
use rekam_domain::role::{Role, RoleSet};
use uuid::Uuid;

use crate::config::Retention;
use crate::item::{Item, Kind, Taken};
use crate::signed::Done;

/// The leave to delete the bytes of one packet. Only this module can make one.
#[derive(Debug, PartialEq, Eq)]
pub struct Permit {
    packet: Uuid,
    consequences: Vec<Consequence>,
}

impl Permit {
    /// The packet whose bytes may be deleted.
    #[must_use]
    pub const fn packet(&self) -> Uuid {
        self.packet
    }

    /// What the rules of a packet say goes with it.
    #[must_use]
    pub fn consequences(&self) -> &[Consequence] {
        &self.consequences
    }
}

/// Whether the bytes may go. `office_ms` is the latest time the office has signed: the station's own clock, which
/// may have jumped ten years, has no say.
pub(crate) fn allow(item: &Item, retention: Retention, office_ms: i64) -> Result<Permit, Refusal> {
    let opened_ms = match &item.receipt {
        Some(Taken { done: Done::Opened, time_ms, .. }) => Some(*time_ms),
        Some(Taken { done: Done::Stored | Done::Refused { .. }, .. }) | None => None,
    };
    let age_ms = opened_ms.map_or(0, |time_ms| office_ms.saturating_sub(time_ms));
    let facts = PacketFacts {
        receipt_verified: item.receipt.is_some(),
        opened_at_office: opened_ms.is_some(),
        grace_passed: age_ms >= retention.grace_ms,
        status_past_resend: item.status.is_some_and(|(_, is_past)| is_past),
        keep_limit_passed: age_ms >= retention.keep_ms,
        approvals_complete: !item.is_approval_pending,
        ..PacketFacts::default()
    };
    if item.kind != Kind::Packet {
        return Err(Refusal::WrongState);
    }
    let moved = item.state.next(PacketEvent::Purge, RoleSet::of(&[Role::Station]), &facts)?;
    Ok(Permit { packet: item.id, consequences: moved.effects })
}
