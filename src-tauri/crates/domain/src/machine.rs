//! What the state machines share: the event of any machine, by name.
//!
//! Every machine is a total function: state, event, role and given facts in; a new state with effects, or a named
//! refusal, out. Events are plain words, so that a profile can name the events of a step.

use crate::berkas::{BerkasEvent, BerkasState};
use crate::card::{CardEvent, CardState};
use crate::effect::Effect;
use crate::letter::{LetterEvent, LetterState};
use crate::recording::{RecordingEvent, RecordingState};
use crate::refusal::{Guard, Refusal};
use crate::role::{Role, RoleSet};

/// An event of one of the four machines of a case, spelled `machine.event`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseEvent {
    /// Of the recording.
    Recording(RecordingEvent),
    /// Of the card.
    Card(CardEvent),
    /// Of the letter.
    Letter(LetterEvent),
    /// Of the paper file.
    Berkas(BerkasEvent),
}

impl CaseEvent {
    /// Reads `machine.event`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let (machine, event) = word.split_once('.')?;
        match machine {
            "recording" => RecordingEvent::from_word(event).map(Self::Recording),
            "card" => CardEvent::from_word(event).map(Self::Card),
            "letter" => LetterEvent::from_word(event).map(Self::Letter),
            "berkas" => BerkasEvent::from_word(event).map(Self::Berkas),
            _ => None,
        }
    }

    /// Spells it `machine.event`.
    #[must_use]
    pub fn word(self) -> String {
        let (machine, event) = match self {
            Self::Recording(event) => ("recording", event.word()),
            Self::Card(event) => ("card", event.word()),
            Self::Letter(event) => ("letter", event.word()),
            Self::Berkas(event) => ("berkas", event.word()),
        };
        format!("{machine}.{event}")
    }

    /// Every role that may do this from some state: a profile may narrow it, never widen it.
    #[must_use]
    pub fn roles(self) -> RoleSet {
        match self {
            Self::Recording(event) => every_role(RecordingState::rules(event)),
            Self::Card(event) => every_role(CardState::rules(event)),
            Self::Letter(event) => every_role(LetterState::rules(event)),
            Self::Berkas(event) => every_role(BerkasState::rules(event)),
        }
    }
}

fn every_role<S, F>(rules: &[Rule<S, F>]) -> RoleSet {
    rules.iter().fold(RoleSet::default(), |roles, rule| roles.with(RoleSet::of(rule.by)))
}

/// An accepted step: the new state and what the station must do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved<S> {
    /// The new state.
    pub state: S,
    /// What follows from it, in order.
    pub effects: Vec<Effect>,
}

/// One condition of a step: its name, and how the given facts fail it.
#[derive(Debug)]
pub struct Check<F> {
    /// The word that names what is wrong.
    pub guard: Guard,
    /// Whether these facts stop the step.
    pub stops: fn(&F) -> bool,
}

impl<F> Check<F> {
    /// A condition under its name.
    pub(crate) const fn new(guard: Guard, stops: fn(&F) -> bool) -> Self {
        Self { guard, stops }
    }
}

/// Where a step leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goes<S> {
    /// To this state.
    To(S),
    /// Stays where it is.
    Stay,
}

/// One line of a machine's table: from these states, by these roles, unless a condition stops it.
#[derive(Debug)]
pub struct Rule<S: 'static, F: 'static> {
    /// The states it starts from.
    pub from: &'static [S],
    /// Where it leads.
    pub goes: Goes<S>,
    /// Who may do it.
    pub by: &'static [Role],
    /// What stops it, in the order it is asked.
    pub unless: &'static [Check<F>],
    /// What follows.
    pub effects: &'static [Effect],
}

impl<S: Copy + 'static, F: 'static> Rule<S, F> {
    /// A step from one of these states to another.
    pub(crate) const fn to(from: &'static [S], to: S, by: &'static [Role]) -> Self {
        Self { from, goes: Goes::To(to), by, unless: &[], effects: &[] }
    }

    /// A step that leaves the state as it is.
    pub(crate) const fn stay(from: &'static [S], by: &'static [Role]) -> Self {
        Self { from, goes: Goes::Stay, by, unless: &[], effects: &[] }
    }

    /// The same step with conditions.
    pub(crate) const fn unless(mut self, unless: &'static [Check<F>]) -> Self {
        self.unless = unless;
        self
    }

    /// The same step with effects.
    pub(crate) const fn then(mut self, effects: &'static [Effect]) -> Self {
        self.effects = effects;
        self
    }
}

/// Takes the first line that fits. When none does, the last line that came nearest names the reason:
/// state before role, role before condition.
pub(crate) fn decide<S: Copy + PartialEq, F>(
    state: S,
    rules: &[Rule<S, F>],
    roles: RoleSet,
    given: &F,
) -> Result<Moved<S>, Refusal> {
    let mut refusal = Refusal::WrongState;
    for rule in rules.iter().filter(|rule| rule.from.contains(&state)) {
        if !roles.any_of(rule.by) {
            if refusal == Refusal::WrongState {
                refusal = Refusal::WrongRole;
            }
            continue;
        }
        match rule.unless.iter().find(|check| (check.stops)(given)) {
            Some(check) => refusal = Refusal::GuardFailed(check.guard),
            None => {
                let state = match rule.goes {
                    Goes::To(to) => to,
                    Goes::Stay => state,
                };
                return Ok(Moved { state, effects: rule.effects.to_vec() });
            }
        }
    }
    Err(refusal)
}
