//! What the state machines share: the event of any machine, by name.
//!
//! Every machine is a total function: state, event, role and given facts in; a new state with effects, or a named
//! refusal, out. Events are plain words, so that a profile can name the events of a step.

use crate::berkas::BerkasEvent;
use crate::card::CardEvent;
use crate::letter::LetterEvent;
use crate::recording::RecordingEvent;

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
}
