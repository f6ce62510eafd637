//! One step of a procedure.

use super::reader::Section;
use super::term::{Exchange, Members, StepFact, Thing};
use crate::document::Document;
use crate::machine::CaseEvent;
use crate::paper::Paper;
use crate::register::Book;
use crate::role::Role;

/// What a step needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepInput {
    /// A document of the person.
    Document(Document),
    /// Anything else.
    Thing(Thing),
}

impl StepInput {
    /// Reads a document or a thing.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Document::from_word(word).map(Self::Document).or_else(|| Thing::from_word(word).map(Self::Thing))
    }

    /// Its spelling.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Document(document) => document.word(),
            Self::Thing(thing) => thing.word(),
        }
    }
}

/// An event on the main path of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepEvent {
    /// The event.
    pub event: CaseEvent,
    /// Who acts; the role of the step, unless another is written.
    pub role: Role,
    /// For which people; `None` for all the step is for.
    pub only: Option<Members>,
}

/// A side exit of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Name of the condition.
    pub when: String,
    /// What happens; `None` if people only wait.
    pub event: Option<CaseEvent>,
    /// Who acts.
    pub role: Role,
    /// Id of the step it leads to; `None` if the case leaves here.
    pub to: Option<String>,
    /// What the officer is told, in Indonesian.
    pub say: String,
}

/// One step of a procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Number as written in the procedure.
    pub no: String,
    /// Name of the step.
    pub id: String,
    /// What is done, in Indonesian.
    pub name: String,
    /// Who acts.
    pub role: Role,
    /// Who else acts.
    pub also: Vec<Role>,
    /// For which people; `None` for all.
    pub only: Option<Members>,
    /// Time as written; `None` if none is written.
    pub minutes: Option<u32>,
    /// What it needs.
    pub inputs: Vec<StepInput>,
    /// What it gives.
    pub output: Option<String>,
    /// What it does on the main path, in order.
    pub events: Vec<StepEvent>,
    /// Books it writes.
    pub registers: Vec<Book>,
    /// Papers it prints.
    pub prints: Vec<Paper>,
    /// What it exchanges with the outside.
    pub sync: Vec<Exchange>,
    /// Side exits.
    pub branches: Vec<Branch>,
    /// Facts that are not written in the procedure.
    pub inferred: Vec<StepFact>,
}

impl Step {
    /// Whether a fact was read out of the procedure instead of being written in it.
    #[must_use]
    pub fn is_inferred(&self, fact: StepFact) -> bool {
        self.inferred.contains(&fact)
    }

    pub(super) fn read(section: &Section<'_>) -> Self {
        let role = section.word("role", Role::from_word).unwrap_or(Role::FrontDesk);
        Self {
            no: section.text("no"),
            id: section.text("id"),
            name: section.text("name"),
            role,
            also: section.words("also", Role::from_word),
            only: section.word("only", Members::from_word),
            minutes: section.whole_if_any("minutes"),
            inputs: section.words("inputs", StepInput::from_word),
            output: section.text_if_any("output"),
            events: read_events(section, role),
            registers: section.words("registers", Book::from_word),
            prints: section.words("prints", Paper::from_word),
            sync: section.words("sync", Exchange::from_word),
            branches: section.tables("branch").iter().map(|branch| read_branch(branch, role)).collect(),
            inferred: section.words("inferred", StepFact::from_word),
        }
    }
}

/// An event that cannot be read was reported when the shape was checked, and is left out here.
fn read_events(section: &Section<'_>, role: Role) -> Vec<StepEvent> {
    let read = |item: super::reader::Item<'_>| match item {
        super::reader::Item::Word(word) => {
            CaseEvent::from_word(word).map(|event| StepEvent { event, role, only: None })
        }
        super::reader::Item::Table(inner) => {
            let event = inner.word("event", CaseEvent::from_word);
            let role = inner.word("role", Role::from_word).unwrap_or(role);
            let only = inner.word("only", Members::from_word);
            event.map(|event| StepEvent { event, role, only })
        }
    };
    section.items("events").into_iter().filter_map(read).collect()
}

fn read_branch(section: &Section<'_>, role: Role) -> Branch {
    Branch {
        when: section.text("when"),
        event: section.word("event", CaseEvent::from_word),
        role: section.word("role", Role::from_word).unwrap_or(role),
        to: section.text_if_any("to"),
        say: section.text("say"),
    }
}
