//! The rules between the machines of a case, and the service clock that follows them.

use super::Case;
use crate::card::{CardEvent, CardFacts};
use crate::effect::{Effect, Task};
use crate::letter::{LetterEvent, LetterFacts, LetterState};
use crate::recording::Stage;
use crate::role::{Role, RoleSet};

const STATION: RoleSet = RoleSet::of(&[Role::Station]);

impl Case {
    /// A recording that ends otherwise takes its card and its letter with it.
    pub(super) fn couple(&mut self, effects: &mut Vec<Effect>) {
        if !self.recording_ended() {
            return;
        }
        self.close_card(effects);
        self.void_letter(effects);
    }

    fn close_card(&mut self, effects: &mut Vec<Effect>) {
        if !self.segments.card || self.card.is_end() {
            return;
        }
        let facts = self.card_facts(&CardFacts::default());
        match self.card.next(CardEvent::Close, STATION, &facts) {
            Ok(moved) => {
                self.card = moved.state;
                effects.extend(moved.effects);
            }
            // Something was printed: a person must take it in, and until then it cannot be handed over.
            Err(_) => add_once(effects, Effect::Task(Task::RecallCard)),
        }
    }

    fn void_letter(&mut self, effects: &mut Vec<Effect>) {
        if !self.segments.letter {
            return;
        }
        if self.letter == LetterState::Delivered {
            add_once(effects, Effect::Task(Task::RecallLetter));
            return;
        }
        let facts = self.letter_facts(&LetterFacts::default());
        if let Ok(moved) = self.letter.next(LetterEvent::Void, STATION, &facts) {
            self.letter = moved.state;
            effects.extend(moved.effects);
        }
    }

    /// Carries the clock's effects out on the clock, and stops it once the person has been served.
    pub(super) fn run_clock(&mut self, effects: &mut Vec<Effect>, at_ms: i64) {
        if self.is_served() && self.clock.is_running() {
            effects.push(Effect::StopClock);
        }
        for effect in effects.iter() {
            if let Effect::PauseClock(reason) = effect {
                self.clock.pause(*reason, at_ms);
            } else if *effect == Effect::StartClock {
                self.clock.start(at_ms);
            } else if *effect == Effect::RestartClock {
                self.clock.restart();
            } else if *effect == Effect::ResumeClock {
                self.clock.resume(at_ms);
            } else if *effect == Effect::StopClock {
                self.clock.stop(at_ms);
            }
        }
    }

    /// Whether the person has what they came for, or knows that they will not get it. Archiving is not waited for.
    #[must_use]
    pub const fn is_served(&self) -> bool {
        match self.recording.stage() {
            Stage::Ended => true,
            Stage::BeforeCapture | Stage::InCapture => false,
            Stage::Sealed | Stage::Through => {
                (!self.segments.card || self.card.is_end()) && (!self.segments.letter || self.letter.is_end())
            }
        }
    }
}

fn add_once(effects: &mut Vec<Effect>, effect: Effect) {
    if !effects.contains(&effect) {
        effects.push(effect);
    }
}
