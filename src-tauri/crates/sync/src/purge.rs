//! The one place in the program that allows a packet's bytes to be deleted (`domain.md` §5.4).
//!
//! A packet the office refused is kept, also when another has replaced it: nobody but this station has it in readable
//! form, and only the office's word that it opened this very packet would end that. A withdrawn one goes like any
//! other: the office opens it too.

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

/// The time that ages are counted in: the latest hour the office has signed, and no later than the station's own clock
/// says. Either of them may have jumped ten years: alone it can only delay, never hasten.
pub(crate) fn time(office_ms: i64, wall_ms: i64) -> i64 {
    office_ms.min(wall_ms)
}

/// Whether the bytes may go at this [`time`].
pub(crate) fn allow(item: &Item, retention: Retention, time_ms: i64) -> Result<Permit, Refusal> {
    let opened_ms = match &item.receipt {
        Some(Taken { done: Done::Opened, time_ms: opened_ms, .. }) => Some(*opened_ms),
        Some(Taken { done: Done::Stored | Done::Refused { .. }, .. }) | None => None,
    };
    let age_ms = opened_ms.map_or(0, |opened_ms| time_ms.saturating_sub(opened_ms));
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
