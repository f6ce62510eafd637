//! One person at the desk, from the door to the seal. Every step knows whether it is done already, so that a visit can
//! be gone on with from wherever it was left.

use std::collections::BTreeSet;

use rekam_core::desk::Uuid;
use rekam_core::knowledge::kind;
use rekam_domain::body::{Eye, Finger};
use rekam_domain::case::{ExceptionNote, Facts};
use rekam_domain::document::Document;
use rekam_domain::exception::ExceptionCode;
use rekam_domain::purpose::Purpose;
use rekam_domain::sla::PauseReason;
use rekam_driver_sim::{Situation, SyntheticPerson};
use serde_json::json;

use super::Day;

/// One person, with what of the visit is done.
pub(super) struct Visit {
    pub(super) case: Uuid,
    pub(super) person: SyntheticPerson,
    pub(super) index: u64,
    done: BTreeSet<String>,
}

impl Visit {
    pub(super) fn is_done(&self, label: &str) -> bool {
        self.done.contains(label)
    }

    pub(super) fn mark_done(&mut self, label: String) {
        self.done.insert(label);
    }

    /// One person in so many, spread over the day.
    const fn is_one_in(&self, many: u64, which: u64) -> bool {
        self.index % many == which
    }

    fn papers(&self) -> Vec<Document> {
        let mut papers = vec![Document::VillageHeadCoverLetter, Document::BirthCertificate, Document::Kk];
        if self.person.situation == Situation::UnderAgeMarried {
            papers.push(Document::MarriageBook);
        }
        papers
    }

    fn exceptions(&self) -> Vec<ExceptionNote> {
        let fingers =
            self.person.missing_fingers.iter().map(|finger| (ExceptionCode::FpMissing, finger.number()));
        let eyes = self.person.blind_eyes.iter().map(|eye| (ExceptionCode::IrisBlind, eye_number(*eye)));
        let signature = (!self.person.can_sign()).then_some((ExceptionCode::SigUnable, 0));
        fingers
            .chain(eyes)
            .chain(signature)
            .map(|(code, position)| ExceptionNote { code, position })
            .collect()
    }
}

/// The number of an eye in steps and exceptions: 1 right, 2 left.
pub(super) const fn eye_number(eye: Eye) -> u8 {
    match eye {
        Eye::Right => 1,
        Eye::Left => 2,
    }
}

impl Day<'_> {
    /// Serves a person to the end of the visit; `case` is where somebody was left.
    pub(super) fn serve(&mut self, index: u64, case: Option<Uuid>) -> anyhow::Result<()> {
        self.sign_in("operator")?;
        self.summary.served += 1;
        let mut visit = self.welcome(index, case)?;
        self.bench.seat(visit.person.clone());
        self.bench.set_curtain(Some(visit.person.curtain()));
        let comes = self.take_papers(&mut visit)? && self.call(&mut visit)?;
        if comes {
            self.capture_all(&mut visit)?;
            self.seal(&mut visit)?;
        }
        self.bench.stand_up();
        Ok(())
    }

    fn welcome(&mut self, index: u64, case: Option<Uuid>) -> anyhow::Result<Visit> {
        let Some(case) = case else {
            let seed = self.plan.seed.wrapping_add(index);
            let person = SyntheticPerson::in_situation(seed, self.today(), Situation::draw(seed));
            let (case, step) = self.station.open_case(Purpose::New, &person.biodata())?;
            self.acknowledged(&step)?;
            let mut visit = Visit { case, person, index, done: BTreeSet::new() };
            self.record(&mut visit, kind::SIMULATED, "", &json!({"seed": seed}), None)?;
            return Ok(visit);
        };
        // Whoever was left is the same person again: drawn from the seed that lies in the journal.
        let kept = self.station.simulated_seed(case)?;
        let seed = kept.unwrap_or_else(|| self.plan.seed.wrapping_add(index));
        let person = SyntheticPerson::in_situation(seed, self.today(), Situation::draw(seed));
        let steps = self.station.list_steps(case)?;
        let labels = steps.into_iter().filter_map(|step| Some(step.step.rsplit_once('@')?.0.to_owned()));
        let mut visit = Visit { case, person, index, done: labels.collect() };
        self.record(&mut visit, kind::SIMULATED, "", &json!({"seed": seed}), None)?;
        Ok(visit)
    }

    fn event(&mut self, visit: &mut Visit, event: &str, who: &str, said: &Facts) -> anyhow::Result<()> {
        let label = format!("event.{event}");
        if !visit.is_done(&label) {
            self.advance(visit.case, event, who, said)?;
            visit.mark_done(label);
        }
        Ok(())
    }

    fn plain(&mut self, visit: &mut Visit, event: &str) -> anyhow::Result<()> {
        self.event(visit, event, "operator", &Facts::default())
    }

    /// Registration, papers, eligibility; whether the person may wait for the camera.
    fn take_papers(&mut self, visit: &mut Visit) -> anyhow::Result<bool> {
        self.plain(visit, "recording.receive")?;
        self.plain(visit, "berkas.receive")?;
        self.scan_papers(visit)?;
        let mut reason = Facts::default();
        reason.recording.reason_given = true;
        let away = match visit.person.situation {
            Situation::WithoutNik => Some("recording.redirect_no_nik"),
            Situation::UnderAge => Some("recording.reject"),
            Situation::Ordinary
            | Situation::UnderAgeMarried
            | Situation::MissingFinger
            | Situation::WornFingers
            | Situation::BlindEye
            | Situation::CannotSign => None,
        };
        if let Some(event) = away {
            self.event(visit, event, "operator", &reason)?;
            self.summary.turned_away += 1;
            return Ok(false);
        }
        self.plain(visit, "recording.verify")?;
        self.plain(visit, "recording.allow")?;
        self.plain(visit, "recording.arrive")?;
        Ok(true)
    }

    pub(super) fn papers_of(visit: &Visit) -> Vec<Document> {
        visit.papers()
    }

    /// Called to the desk; whether the person comes.
    fn call(&mut self, visit: &mut Visit) -> anyhow::Result<bool> {
        self.plain(visit, "recording.call")?;
        if visit.is_one_in(17, 11) {
            let mut waited = Facts::default();
            waited.recording.grace_passed = true;
            self.event(visit, "recording.miss_call", "operator", &waited)?;
            self.summary.no_show += 1;
            return Ok(false);
        }
        self.plain(visit, "berkas.take_up")?;
        self.event(visit, "recording.open_capture", "operator", &ready())?;
        Ok(true)
    }

    fn capture_all(&mut self, visit: &mut Visit) -> anyhow::Result<()> {
        self.record(visit, kind::CONFIRM, "", &json!({"read_aloud": true}), None)?;
        self.take_photo(visit)?;
        if visit.is_one_in(7, 3) {
            self.lock_and_return()?;
        }
        if visit.person.can_sign() {
            self.take_signature(visit, kind::SIGNATURE)?;
        }
        if visit.is_one_in(9, 5) && !visit.is_done("event.recording.suspend") {
            self.lose_the_scanner(visit)?;
        }
        if visit.is_one_in(9, 5) {
            self.resume(visit)?;
        }
        self.take_fingers(visit)?;
        self.take_irises(visit)
    }

    /// The scanner's cable comes loose; what was captured stays, the person waits.
    fn lose_the_scanner(&mut self, visit: &mut Visit) -> anyhow::Result<()> {
        self.fail_fingers(visit)?;
        let mut said = Facts::default();
        said.recording.interruption = Some(PauseReason::Device);
        self.event(visit, "recording.suspend", "operator", &said)
    }

    fn resume(&mut self, visit: &mut Visit) -> anyhow::Result<()> {
        let mut said = ready();
        said.recording.person_reverified = true;
        said.recording.photo_fresh_enough = true;
        if !visit.is_done("event.recording.resume") {
            self.summary.suspended += 1;
        }
        self.event(visit, "recording.resume", "operator", &said)
    }

    fn seal(&mut self, visit: &mut Visit) -> anyhow::Result<()> {
        let exceptions = visit.exceptions();
        if !exceptions.is_empty() {
            self.decide(visit, exceptions)?;
        }
        if visit.person.can_sign() {
            self.take_signature(visit, kind::TRUTH)?;
        } else {
            self.record(visit, kind::TRUTH, "", &json!({"by": "thumb_print"}), None)?;
        }
        self.record(
            visit,
            kind::INDEX,
            "",
            &json!({"fingers": [Finger::RightIndex.number(), Finger::LeftIndex.number()]}),
            None,
        )?;
        self.plain(visit, "recording.seal")?;
        self.summary.recorded += 1;
        self.plain(visit, "letter.draft")
    }

    /// What is missing is named; another person decides, or the approval stays pending.
    fn decide(&mut self, visit: &mut Visit, exceptions: Vec<ExceptionNote>) -> anyhow::Result<()> {
        let needs_approval = exceptions.iter().any(|note| note.code.needs_approval());
        let mut said = Facts { exceptions, ..Facts::default() };
        said.recording.retries_used_up = true;
        if !visit.is_done("event.recording.raise_exception") {
            self.summary.exceptions += 1;
        }
        self.event(visit, "recording.raise_exception", "operator", &said)?;
        if !needs_approval {
            return Ok(());
        }
        if visit.is_one_in(2, 0) {
            self.plain_by(visit, "recording.approve_exception", "kasi")
        } else {
            let mut alone = Facts::default();
            alone.recording.no_approver_present = true;
            self.event(visit, "recording.defer_approval", "operator", &alone)
        }
    }

    fn plain_by(&mut self, visit: &mut Visit, event: &str, who: &str) -> anyhow::Result<()> {
        self.event(visit, event, who, &Facts::default())?;
        self.sign_in("operator")
    }
}

fn ready() -> Facts {
    let mut said = Facts::default();
    said.recording.devices_ready = true;
    said.recording.power_enough = true;
    said
}
