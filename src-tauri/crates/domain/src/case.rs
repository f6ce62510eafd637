//! A case: one person, one service, the machines its profile uses, and the rules that couple them.
//!
//! A step is taken on a copy, so that a refused step changes nothing at all.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::actor::{Actor, PersonId};
use crate::approval::Approval;
use crate::berkas::{BerkasFacts, BerkasState};
use crate::card::{CardFacts, CardState};
use crate::effect::Effect;
use crate::exception::ExceptionCode;
use crate::letter::{LetterFacts, LetterState};
use crate::machine::CaseEvent;
use crate::purpose::Purpose;
use crate::recording::{RecordingFacts, RecordingState};
use crate::refusal::Refusal;
use crate::sla::{PauseReason, SlaClock};

mod couple;
mod late;
mod step;

pub use late::{LateEntry, may_be_late};

/// Which parts the profile of a case uses. Intake always runs, on the recording machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segments {
    /// People are recorded here; without it only cards are issued.
    pub recording: bool,
    /// A card is printed or handed over here.
    pub card: bool,
    /// A letter is issued.
    pub letter: bool,
    /// The paper file is followed.
    pub berkas: bool,
}

/// The profile a case started with. It never changes, whatever is imported later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileRef {
    /// The id of the profile.
    pub id: String,
    /// Its version.
    pub version: String,
}

/// A modality that is missing, poor or different, as the operator names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExceptionNote {
    /// The reason.
    pub code: ExceptionCode,
    /// Finger 1 to 10 in ISO order, eye 1 right and 2 left, otherwise 0.
    pub position: u8,
}

/// What became of an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decision {
    /// A reason is enough for this code.
    ReasonEnough,
    /// Waits for a decision, capture cannot be sealed.
    Open,
    /// Nobody was there to decide; capture may be sealed.
    Deferred,
    /// Approved by another person.
    Approved(Approval),
    /// Denied by another person.
    Denied(Approval),
}

/// One exception of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseException {
    /// What is missing and why.
    pub note: ExceptionNote,
    /// Who raised it.
    pub operator: PersonId,
    /// When, in milliseconds.
    pub at_ms: i64,
    /// In which recording of this case; a new one is counted when the centre asks for it.
    pub attempt: u32,
    /// What became of it.
    pub decision: Decision,
}

/// What the caller knows. What the case itself knows (states, approvals, print-ready) it never asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// About the recording.
    pub recording: RecordingFacts,
    /// About the card.
    pub card: CardFacts,
    /// About the letter.
    pub letter: LetterFacts,
    /// About the paper file.
    pub berkas: BerkasFacts,
    /// The exceptions raised in this step.
    pub exceptions: Vec<ExceptionNote>,
    /// Set when the step happened earlier, on paper.
    pub late: Option<LateEntry>,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    profile: ProfileRef,
    service: Purpose,
    segments: Segments,
    recording: RecordingState,
    card: CardState,
    letter: LetterState,
    berkas: BerkasState,
    clock: SlaClock,
    exceptions: Vec<CaseException>,
    operators: BTreeSet<PersonId>,
    attempt: u32,
    recalls_used: u32,
    print_ready_ms: Option<i64>,
    /// Stays while a block is being mended, until the centre says "ready to print" again.
    #[serde(default)]
    blocked: bool,
    captured_data_kept: bool,
    withdrawal: Option<Approval>,
    last_ms: i64,
}

impl Case {
    /// A new case, still a draft.
    #[must_use]
    pub fn open(profile: ProfileRef, service: Purpose, segments: Segments, now_ms: i64) -> Self {
        Self {
            profile,
            service,
            segments,
            recording: RecordingState::Draft,
            card: CardState::NotRequested,
            letter: LetterState::NotDrafted,
            berkas: BerkasState::NotReceived,
            clock: SlaClock::default(),
            exceptions: Vec::new(),
            operators: BTreeSet::new(),
            attempt: 1,
            recalls_used: 0,
            print_ready_ms: None,
            blocked: false,
            captured_data_kept: false,
            withdrawal: None,
            last_ms: now_ms,
        }
    }

    /// Takes one step, or refuses it and changes nothing.
    ///
    /// # Errors
    /// The refusal names what is wrong: profile, state, role or the first condition that is not met.
    pub fn apply(
        &mut self,
        event: CaseEvent,
        actor: &Actor,
        facts: &Facts,
        now_ms: i64,
    ) -> Result<Vec<Effect>, Refusal> {
        let mut after = self.clone();
        let at_ms = late::time_of(event, facts.late, self.last_ms, now_ms)?;
        let mut effects = after.step(event, actor, facts, at_ms)?;
        after.couple(&mut effects);
        after.run_clock(&mut effects, at_ms);
        if facts.late.is_some() {
            effects.push(Effect::WriteLateEntry);
            // The paper may be older than the draft it is typed into; from here on its date is the last one.
            after.last_ms = at_ms;
        } else {
            after.last_ms = after.last_ms.max(at_ms);
        }
        *self = after;
        Ok(effects)
    }

    /// Pauses the service clock for something outside this case, such as an outage of the whole office.
    pub fn pause_clock(&mut self, reason: PauseReason, now_ms: i64) {
        self.clock.pause(reason, now_ms);
    }

    /// Lets the service clock run again after such a pause.
    pub fn resume_clock(&mut self, now_ms: i64) {
        self.clock.resume(now_ms);
    }

    /// Whether every machine the profile uses has reached an end.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.recording.is_end()
            && (!self.segments.card || self.card.is_end())
            && (!self.segments.letter || self.letter.is_end())
            && (!self.segments.berkas || self.berkas.is_end())
    }

    /// The profile it started with.
    #[must_use]
    pub const fn profile(&self) -> &ProfileRef {
        &self.profile
    }

    /// What the person came for.
    #[must_use]
    pub const fn service(&self) -> Purpose {
        self.service
    }

    /// The parts its profile uses.
    #[must_use]
    pub const fn segments(&self) -> Segments {
        self.segments
    }

    /// Where the recording stands.
    #[must_use]
    pub const fn recording(&self) -> RecordingState {
        self.recording
    }

    /// Where the card stands.
    #[must_use]
    pub const fn card(&self) -> CardState {
        self.card
    }

    /// Where the letter stands.
    #[must_use]
    pub const fn letter(&self) -> LetterState {
        self.letter
    }

    /// Where the paper file stands.
    #[must_use]
    pub const fn berkas(&self) -> BerkasState {
        self.berkas
    }

    /// The service clock.
    #[must_use]
    pub const fn clock(&self) -> &SlaClock {
        &self.clock
    }

    /// Every exception, also those of earlier recordings of this case.
    #[must_use]
    pub fn exceptions(&self) -> &[CaseException] {
        &self.exceptions
    }

    /// Everybody who worked on a recording of this case.
    #[must_use]
    pub const fn operators(&self) -> &BTreeSet<PersonId> {
        &self.operators
    }

    /// When the centre said "ready to print", unless it took that back or the recording ended otherwise since.
    #[must_use]
    pub const fn print_ready_ms(&self) -> Option<i64> {
        self.print_ready_ms
    }

    /// Who approved the withdrawal, if it was withdrawn.
    #[must_use]
    pub const fn withdrawal(&self) -> Option<&Approval> {
        self.withdrawal.as_ref()
    }

    /// Since when the oldest deferred approval waits.
    #[must_use]
    pub fn pending_since_ms(&self) -> Option<i64> {
        self.exceptions.iter().filter(|e| e.decision == Decision::Deferred).map(|e| e.at_ms).min()
    }
}
