//! One step of one machine, with what the case itself knows put over what the caller says.

use std::collections::BTreeSet;

use super::{Case, CaseException, Decision, Facts};
use crate::actor::Actor;
use crate::approval::{Approval, Decides};
use crate::card::{CardFacts, CardState};
use crate::effect::Effect;
use crate::exception::ExceptionCode;
use crate::letter::LetterFacts;
use crate::machine::CaseEvent;
use crate::purpose::Purpose;
use crate::recording::{RecordingEvent, RecordingFacts, RecordingState, Stage};
use crate::refusal::{Guard, Refusal};

impl Case {
    pub(super) fn step(
        &mut self,
        event: CaseEvent,
        actor: &Actor,
        facts: &Facts,
        at_ms: i64,
    ) -> Result<Vec<Effect>, Refusal> {
        let used = match event {
            CaseEvent::Recording(_) => true,
            CaseEvent::Card(_) => self.segments.card,
            CaseEvent::Letter(_) => self.segments.letter,
            CaseEvent::Berkas(_) => self.segments.berkas,
        };
        if !used {
            return Err(Refusal::NotInProfile);
        }
        match event {
            CaseEvent::Recording(event) => self.step_recording(event, actor, facts, at_ms),
            CaseEvent::Card(event) => {
                let moved = self.card.next(event, actor.roles, &self.card_facts(&facts.card))?;
                self.card = moved.state;
                Ok(moved.effects)
            }
            CaseEvent::Letter(event) => {
                let moved = self.letter.next(event, actor.roles, &self.letter_facts(&facts.letter))?;
                self.letter = moved.state;
                Ok(moved.effects)
            }
            CaseEvent::Berkas(event) => {
                let moved = self.berkas.next(event, actor.roles, &facts.berkas)?;
                self.berkas = moved.state;
                Ok(moved.effects)
            }
        }
    }

    fn step_recording(
        &mut self,
        event: RecordingEvent,
        actor: &Actor,
        facts: &Facts,
        at_ms: i64,
    ) -> Result<Vec<Effect>, Refusal> {
        let known = self.recording_facts(actor, facts);
        let moved = self.recording.next(event, actor.roles, &known)?;
        self.remember(event, actor, facts, at_ms)?;
        self.recording = moved.state;
        match self.recording.stage() {
            Stage::Through => {
                self.print_ready_ms = self.print_ready_ms.or(Some(at_ms));
                self.blocked = false;
            }
            Stage::BeforeCapture | Stage::InCapture | Stage::Sealed | Stage::Ended => {
                self.print_ready_ms = None
            }
        }
        if moved.effects.contains(&Effect::WipeCapturedData) {
            self.captured_data_kept = false;
        }
        Ok(moved.effects)
    }

    /// What the case keeps because of a step, beside its state.
    fn remember(
        &mut self,
        event: RecordingEvent,
        actor: &Actor,
        facts: &Facts,
        at_ms: i64,
    ) -> Result<(), Refusal> {
        use RecordingEvent as E;
        match event {
            E::OpenCapture | E::Resume | E::Seal => {
                self.operators.insert(actor.person.clone());
                self.captured_data_kept = true;
            }
            E::Recall => self.recalls_used = self.recalls_used.saturating_add(1),
            E::Arrive => self.recalls_used = 0,
            E::OrderRerecord => self.attempt = self.attempt.saturating_add(1),
            E::RaiseException => {
                self.operators.insert(actor.person.clone());
                self.note_exceptions(actor, facts, at_ms);
            }
            E::ApproveException => {
                let approval = self.decide_by(Decides::Exception, actor, at_ms)?;
                self.settle(&Decision::Open, &Decision::Approved(approval));
            }
            E::DenyException => {
                let approval = self.decide_by(Decides::Exception, actor, at_ms)?;
                self.settle(&Decision::Open, &Decision::Denied(approval));
            }
            E::AttachApproval => {
                let approval = self.decide_by(Decides::Exception, actor, at_ms)?;
                self.settle(&Decision::Deferred, &Decision::Approved(approval));
            }
            E::RefuseApproval => {
                let approval = self.decide_by(Decides::Exception, actor, at_ms)?;
                self.settle(&Decision::Deferred, &Decision::Denied(approval));
            }
            E::ReportBlocked => self.blocked = true,
            // A no stands: what was denied is not passed by leaving it for later.
            E::DeferApproval if self.asks_again() => {
                return Err(Refusal::GuardFailed(Guard::DeniedBefore));
            }
            E::DeferApproval => self.settle(&Decision::Open, &Decision::Deferred),
            E::Withdraw => self.withdrawal = Some(self.decide_by(Decides::Withdrawal, actor, at_ms)?),
            E::Start
            | E::Receive
            | E::FindIncomplete
            | E::Complete
            | E::Expire
            | E::Verify
            | E::SecondCheck
            | E::Allow
            | E::RedirectNoNik
            | E::Reject
            | E::RedirectFixKk
            | E::RedirectOtherOffice
            | E::RedirectIssuance
            | E::AcceptRecorded
            | E::Schedule
            | E::ConfirmSchedule
            | E::MissSlot
            | E::Call
            | E::MissCall
            | E::Suspend
            | E::Acknowledge
            | E::ReportPrintReady
            | E::OrderResend
            | E::ConfirmDuplicate
            | E::Abandon
            | E::Cancel
            | E::Supersede
            | E::Wipe => {}
        }
        Ok(())
    }

    fn decide_by(&self, decides: Decides, actor: &Actor, at_ms: i64) -> Result<Approval, Refusal> {
        Approval::new(decides, actor, &self.operators, at_ms)
    }

    fn note_exceptions(&mut self, actor: &Actor, facts: &Facts, at_ms: i64) {
        for note in &facts.exceptions {
            let decision = if note.code.needs_approval() { Decision::Open } else { Decision::ReasonEnough };
            // The same modality raised again is asked again, so the newest note stands.
            let attempt = self.attempt;
            self.exceptions.retain(|known| {
                known.attempt != attempt
                    || known.note != *note
                    || matches!(known.decision, Decision::Denied(_))
            });
            self.exceptions.push(CaseException {
                note: *note,
                operator: actor.person.clone(),
                at_ms,
                attempt,
                decision,
            });
        }
    }

    fn settle(&mut self, from: &Decision, to: &Decision) {
        let attempt = self.attempt;
        for exception in &mut self.exceptions {
            if exception.attempt == attempt && exception.decision == *from {
                exception.decision = to.clone();
            }
        }
    }

    /// Whether something that was denied in this recording waits for a decision once more.
    fn asks_again(&self) -> bool {
        let is_denied = |open: &CaseException| {
            self.current()
                .any(|known| matches!(known.decision, Decision::Denied(_)) && known.note == open.note)
        };
        self.current().any(|open| open.decision == Decision::Open && is_denied(open))
    }

    /// The exceptions of the recording that runs now.
    pub fn current(&self) -> impl Iterator<Item = &CaseException> {
        self.exceptions.iter().filter(|exception| exception.attempt == self.attempt)
    }

    /// Whether what should be at this place is excepted in the recording that runs now, and nobody denied it.
    #[must_use]
    pub fn is_excepted(&self, position: u8, codes: &[ExceptionCode]) -> bool {
        self.current()
            .filter(|exception| !matches!(exception.decision, Decision::Denied(_)))
            .any(|exception| exception.note.position == position && codes.contains(&exception.note.code))
    }

    fn recording_facts(&self, actor: &Actor, facts: &Facts) -> RecordingFacts {
        RecordingFacts {
            capture_in_profile: self.segments.recording,
            // A first visit is for a card alone when the person was recorded before and cards are made here.
            service_is_issuance: self.service != Purpose::New || self.segments.card,
            recalls_used: self.recalls_used,
            exception_coded: !facts.exceptions.is_empty(),
            reason_is_enough: facts.exceptions.iter().all(|note| !note.code.needs_approval()),
            decided_by_another: !self.operators.is_empty() && !self.operators.contains(&actor.person),
            approval_pending: self.current().any(|e| e.decision == Decision::Deferred),
            exceptions_decided: self.current().all(|e| e.decision != Decision::Open),
            some_biometric_left: self.some_biometric_left(),
            no_printed_card: !self.card.is_printed_here(),
            card_not_handed_over: self.card != CardState::HandedOver,
            captured_data_kept: self.captured_data_kept,
            ..facts.recording.clone()
        }
    }

    /// Whether a finger or an iris is left that no exception of this recording takes away.
    fn some_biometric_left(&self) -> bool {
        let mut fingers = BTreeSet::new();
        let mut eyes = BTreeSet::new();
        for exception in self.current().filter(|e| !matches!(e.decision, Decision::Denied(_))) {
            match exception.note.code.absent() {
                Some(Absent::Finger) => fingers.insert(exception.note.position),
                Some(Absent::Iris) => eyes.insert(exception.note.position),
                None => continue,
            };
        }
        !((1..=10).all(|finger| fingers.contains(&finger)) && (1..=2).all(|eye| eyes.contains(&eye)))
    }

    pub(super) fn recording_ended(&self) -> bool {
        self.recording.stage() == Stage::Ended
    }

    fn recorded(&self) -> bool {
        matches!(self.recording.stage(), Stage::Sealed | Stage::Through)
    }

    fn is_blocked(&self) -> bool {
        self.blocked || self.recording == RecordingState::DedupBlocked
    }

    pub(super) fn card_facts(&self, given: &CardFacts) -> CardFacts {
        CardFacts {
            print_ready: self.print_ready_ms.is_some(),
            recorded: self.recorded(),
            accepted: matches!(
                self.recording,
                RecordingState::AwaitingDedup | RecordingState::DedupBlocked | RecordingState::PrintReady
            ),
            recording_blocked: self.is_blocked(),
            recording_ended: self.recording_ended(),
            ..given.clone()
        }
    }

    pub(super) fn letter_facts(&self, given: &LetterFacts) -> LetterFacts {
        LetterFacts { recorded: self.recorded(), recording_ended: self.recording_ended(), ..given.clone() }
    }
}

enum Absent {
    Finger,
    Iris,
}

impl ExceptionCode {
    /// Whether another person must approve it (`domain.md` §4.6).
    #[must_use]
    pub const fn needs_approval(self) -> bool {
        match self {
            Self::FpMissing
            | Self::FpBandaged
            | Self::FpDeformed
            | Self::FpWorn
            | Self::FpPartial
            | Self::IrisBlind
            | Self::IrisMissing
            | Self::IrisUncooperative
            | Self::VerifyIndexFailed => true,
            Self::SigUnable | Self::FaceLying | Self::FaceCoverReligious | Self::FaceMedical => false,
        }
    }

    /// What cannot be recorded at all because of it. A partial finger still leaves something.
    const fn absent(self) -> Option<Absent> {
        match self {
            Self::FpMissing | Self::FpBandaged | Self::FpDeformed | Self::FpWorn => Some(Absent::Finger),
            Self::IrisBlind | Self::IrisMissing | Self::IrisUncooperative => Some(Absent::Iris),
            Self::FpPartial
            | Self::SigUnable
            | Self::FaceLying
            | Self::FaceCoverReligious
            | Self::FaceMedical
            | Self::VerifyIndexFailed => None,
        }
    }
}
