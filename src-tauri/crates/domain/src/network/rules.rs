//! The table of the line to the office. Recording never waits for it.

use super::NetworkState::{Degraded, Offline, Online};
use super::{NetworkEvent, NetworkState};
use crate::effect::Effect;
use crate::machine::{Moved, Rule, decide};
use crate::refusal::Refusal;
use crate::role::Role::Station;
use crate::role::RoleSet;

type Line = Rule<NetworkState, ()>;

const BACK: &[Effect] = &[Effect::CloseOutage, Effect::WakeDelivery];

const ANSWER: &[Line] = &[
    Rule::to(&[Offline], Online, &[Station]).then(BACK),
    Rule::to(&[Degraded], Online, &[Station]).then(&[Effect::WakeDelivery]),
    Rule::stay(&[Online], &[Station]),
];
const ANSWER_BADLY: &[Line] = &[
    Rule::to(&[Offline], Degraded, &[Station]).then(BACK),
    Rule::to(&[Online, Degraded], Degraded, &[Station]),
];
const SILENCE: &[Line] = &[
    Rule::to(&[Online, Degraded], Offline, &[Station]).then(&[Effect::OpenOutage]),
    Rule::stay(&[Offline], &[Station]),
];

impl NetworkState {
    /// What this event does, line by line.
    #[must_use]
    pub const fn rules(event: NetworkEvent) -> &'static [Line] {
        match event {
            NetworkEvent::Answer => ANSWER,
            NetworkEvent::AnswerBadly => ANSWER_BADLY,
            NetworkEvent::Silence => SILENCE,
        }
    }

    /// The step this event makes, or why it is refused.
    ///
    /// # Errors
    /// Only the station itself may report its line.
    pub fn next(self, event: NetworkEvent, roles: RoleSet) -> Result<Moved<Self>, Refusal> {
        decide(self, Self::rules(event), roles, &())
    }
}
