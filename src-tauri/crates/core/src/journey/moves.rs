//! What an officer does by one press: the events of the procedure behind it, in their order.
//!
//! A move that was interrupted is taken again: what is behind it already is not asked for twice.

use rekam_domain::berkas::BerkasState;
use rekam_domain::case::Facts;
use rekam_domain::eligibility::Verdict;
use rekam_domain::letter::LetterState;
use rekam_domain::machine::CaseEvent;
use rekam_domain::recording::{RecordingEvent, RecordingState};
use rekam_domain::sla::PauseReason;
use rekam_store::Uuid;
use serde_json::json;

use super::reading::Stop;
use super::view::JourneyView;
use crate::desk::Recorded;
use crate::knowledge::kind;
use crate::problem::{Code, Problem};
use crate::station::Station;

/// A move of the officer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// The papers are complete: verified, allowed, a ticket given.
    Admit,
    /// Called to the desk.
    Call,
    /// The person sits there: the session opens.
    Start,
    /// The data were read aloud and confirmed.
    Confirm,
    /// The truth statement by thumb print on paper: the person cannot sign.
    ThumbPrint,
    /// What was marked is raised for a decision.
    Raise,
    /// Nobody is there to decide: goes on, the approval follows.
    Defer,
    /// Sealed; the letter is drafted where the procedure has one.
    Seal,
    /// May not be recorded: ended with a slip that says where to go.
    TurnAway,
    /// Interrupted; the person comes back later.
    Suspend,
    /// The person is back and was verified again.
    Resume,
}

impl Move {
    /// Every move.
    pub const ALL: [Move; 11] = [
        Self::Admit,
        Self::Call,
        Self::Start,
        Self::Confirm,
        Self::ThumbPrint,
        Self::Raise,
        Self::Defer,
        Self::Seal,
        Self::TurnAway,
        Self::Suspend,
        Self::Resume,
    ];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Call => "call",
            Self::Start => "start",
            Self::Confirm => "confirm",
            Self::ThumbPrint => "thumb_print",
            Self::Raise => "raise",
            Self::Defer => "defer",
            Self::Seal => "seal",
            Self::TurnAway => "turn_away",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
        }
    }

    /// The move with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

/// What the devices of the desk say before a session opens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ready {
    /// Those this recording needs can be used.
    pub devices: bool,
    /// The power lets a recording begin.
    pub power: bool,
}

impl Ready {
    fn said(self) -> Facts {
        let mut said = Facts::default();
        said.recording.devices_ready = self.devices;
        said.recording.power_enough = self.power;
        said
    }
}

impl Station {
    /// Takes a move; each event of it is saved before the next one.
    ///
    /// # Errors
    /// A rule refuses an event by name, the role does not permit it, or the disk refuses. What was saved before stays.
    pub fn move_on(&mut self, case: Uuid, chosen: Move, ready: Ready) -> Result<JourneyView, Problem> {
        let plain = Facts::default();
        match chosen {
            Move::Admit => self.admit(case)?,
            Move::Call => self.go(case, RecordingEvent::Call, &plain)?,
            Move::Start => {
                if self.load(case)?.case.berkas() == BerkasState::Received {
                    self.go_word(case, "berkas.take_up", &plain)?;
                }
                self.go(case, RecordingEvent::OpenCapture, &ready.said())?;
            }
            Move::Confirm => self.note_step(case, kind::CONFIRM, &json!({"read_aloud": true}))?,
            Move::ThumbPrint => self.note_step(case, kind::TRUTH, &json!({"by": "thumb_print"}))?,
            Move::Raise => {
                let exceptions = self.load(case)?.reading(self).unraised();
                let mut said = Facts { exceptions, ..Facts::default() };
                // A reason is only let in once it fits: used-up tries, or none that could help.
                said.recording.retries_used_up = true;
                self.go(case, RecordingEvent::RaiseException, &said)?;
            }
            Move::Defer => {
                let mut said = Facts::default();
                said.recording.no_approver_present = true;
                self.go(case, RecordingEvent::DeferApproval, &said)?;
            }
            Move::Seal => self.seal_journey(case)?,
            Move::TurnAway => self.turn_away(case)?,
            Move::Suspend => {
                let mut said = Facts::default();
                said.recording.interruption = Some(PauseReason::Applicant);
                self.go(case, RecordingEvent::Suspend, &said)?;
            }
            Move::Resume => {
                let mut said = ready.said();
                said.recording.person_reverified = true;
                said.recording.photo_fresh_enough =
                    !self.load(case)?.reading(self).profile.recording.fresh_photo_on_resume;
                self.go(case, RecordingEvent::Resume, &said)?;
            }
        }
        self.journey(case)
    }

    fn go(&mut self, case: Uuid, event: RecordingEvent, said: &Facts) -> Result<(), Problem> {
        self.advance(case, CaseEvent::Recording(event), said).map(drop)
    }

    fn go_word(&mut self, case: Uuid, event: &str, said: &Facts) -> Result<(), Problem> {
        let event = CaseEvent::from_word(event).ok_or_else(|| Problem::new(Code::OurMistake))?;
        self.advance(case, event, said).map(drop)
    }

    fn note_step(&mut self, case: Uuid, kind: &str, body: &serde_json::Value) -> Result<(), Problem> {
        self.record(case, Recorded { kind, slot: "", body, image: None }).map(drop)
    }

    /// Received: the case gets its number and its paper file.
    pub(super) fn receive_papers(&mut self, case: Uuid) -> Result<(), Problem> {
        let plain = Facts::default();
        let loaded = self.load(case)?;
        if loaded.case.recording() == RecordingState::Draft {
            self.go(case, RecordingEvent::Receive, &plain)?;
        }
        if loaded.case.segments().berkas && loaded.case.berkas() == BerkasState::NotReceived {
            self.go_word(case, "berkas.receive", &plain)?;
        }
        Ok(())
    }

    /// From wherever the papers stand to the ticket.
    fn admit(&mut self, case: Uuid) -> Result<(), Problem> {
        use RecordingState as S;
        self.receive_papers(case)?;
        loop {
            let event = match self.load(case)?.case.recording() {
                S::Returned => RecordingEvent::Complete,
                S::Submitted => RecordingEvent::Verify,
                S::Verified => RecordingEvent::Allow,
                S::ReadyToRecord | S::Scheduled | S::NoShow => RecordingEvent::Arrive,
                S::Draft
                | S::Queued
                | S::Called
                | S::InCapture
                | S::CaptureSuspended
                | S::ExceptionReview
                | S::Recorded
                | S::AwaitingDedup
                | S::DedupBlocked
                | S::PrintReady
                | S::Rejected
                | S::Cancelled
                | S::Redirected
                | S::Abandoned
                | S::Withdrawn
                | S::Superseded => return Ok(()),
            };
            let mut said = Facts::default();
            said.recording.recorded_before = self.was_recorded_here(&self.load(case)?.biodata, Some(case));
            self.go(case, event, &said)?;
        }
    }

    fn seal_journey(&mut self, case: Uuid) -> Result<(), Problem> {
        let loaded = self.load(case)?;
        if loaded.case.recording() == RecordingState::InCapture {
            // Poor fingers nobody marked, or data nobody confirmed: a page that is behind does not seal over them.
            let stop = loaded.reading(self).now();
            if stop != Stop::Review {
                return Err(Problem::new(Code::StepRefused).with("stop", stop.word()));
            }
            self.go(case, RecordingEvent::Seal, &Facts::default())?;
        }
        let sealed = self.load(case)?.case;
        if sealed.segments().letter && sealed.letter() == LetterState::NotDrafted {
            self.go_word(case, "letter.draft", &Facts::default())?;
        }
        Ok(())
    }

    /// The event that fits the verdict; a verdict that only waits ends nothing.
    fn turn_away(&mut self, case: Uuid) -> Result<(), Problem> {
        use rekam_domain::eligibility::RedirectTarget as T;
        self.receive_papers(case)?;
        let loaded = self.load(case)?;
        let event = match self.decision(&loaded).verdict {
            Verdict::Rejected => RecordingEvent::Reject,
            Verdict::Redirected(T::NoNikBiodata) => RecordingEvent::RedirectNoNik,
            Verdict::Redirected(T::FixKk) => RecordingEvent::RedirectFixKk,
            Verdict::Redirected(T::IssuanceOnly) => RecordingEvent::RedirectIssuance,
            Verdict::Redirected(T::OtherOffice) => RecordingEvent::RedirectOtherOffice,
            Verdict::RecordNow | Verdict::RecordEarly | Verdict::IssueHere | Verdict::Wait => {
                return Err(Problem::new(Code::StepRefused).with("refusal", "guard.NoReason"));
            }
        };
        let mut said = Facts::default();
        said.recording.reason_given = true;
        self.go(case, event, &said)
    }
}
