//! Cases at the desk: every step is judged, journaled and audited in one promise, and only then acknowledged.

mod step;

use jiff::civil::DateTime;
use rekam_domain::actor::{Actor, PersonId};
use rekam_domain::audit::AuditEvent;
use rekam_domain::biodata::Biodata;
use rekam_domain::budget::FREE_DISK_MB_MIN;
use rekam_domain::case::{Case, Facts, ProfileRef, Segments};
use rekam_domain::machine::CaseEvent;
use rekam_domain::permission::{Operation, Subject, who_may};
use rekam_domain::profile::Deed;
use rekam_domain::purpose::Purpose;
use rekam_domain::recording::RecordingEvent;
use rekam_domain::role::RoleSet;
use rekam_store::{CaseFilter, NewAudit, NewImage, NewStep, StepMark, StepRow, Writing};
pub use rekam_store::{CaseRow, Uuid};
use serde_json::{Value, json};
pub(crate) use step::{By, STATION, case_of};

use crate::clock::{UnixMs, on_the_wall};
use crate::knowledge::kind;
use crate::problem::{Code, Problem};
use crate::station::Station;

/// A step that is on the disk: from here on it is saved, whatever happens.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Acknowledged {
    /// The case.
    pub case: String,
    /// The step, unique in its case.
    pub step: String,
    /// Its hash.
    pub hash: String,
}

/// Something recorded at the desk: a confirmation, a picture, a page.
#[derive(Clone, Copy)]
pub struct Recorded<'a> {
    /// Kind, one of [`kind`].
    pub kind: &'a str,
    /// Which one of its kind, or empty.
    pub slot: &'a str,
    /// What was found, typed or measured.
    pub body: &'a Value,
    /// Media type and bytes, if there is a picture.
    pub image: Option<(&'a str, &'a [u8])>,
}

impl Station {
    /// Opens a case for a person who comes to the desk.
    ///
    /// # Errors
    /// Nobody is signed in, the role does not permit it, a rule refuses, or the disk does.
    pub fn open_case(
        &mut self,
        purpose: Purpose,
        biodata: &Biodata,
    ) -> Result<(Uuid, Acknowledged), Problem> {
        self.permit(Operation::Enter, Subject::Biodata)?;
        self.expect_sure_clock()?;
        let id = self.fresh_id(self.now())?;
        let mark = self.promise(|station, writing| station.begin_case(writing, id, purpose, biodata))?;
        Ok((id, mark))
    }

    /// Opens a case inside the promise of the caller.
    pub(crate) fn begin_case(
        &self,
        writing: &mut Writing<'_>,
        id: Uuid,
        purpose: Purpose,
        biodata: &Biodata,
    ) -> Result<Acknowledged, Problem> {
        let now = self.now();
        let profile = self.profile();
        let segments = Segments {
            recording: profile.uses_recording(),
            card: profile.uses_card(),
            letter: profile.uses_letter(),
            berkas: true,
        };
        let identity = &profile.identity;
        let reference = ProfileRef { id: identity.id.clone(), version: identity.version.to_string() };
        let case = Case::open(reference, purpose, segments, now);
        let row = row_of(id, identity.version, &case, biodata, &self.actor()?, now)?;
        let event = CaseEvent::Recording(RecordingEvent::Start);
        writing.insert_case(&row)?;
        let fields = json!({"profile": row.profile_id, "version": row.profile_version});
        self.audit(writing, AuditEvent::CaseOpened, id, fields)?;
        self.apply(writing, id, event, &Facts::default())
    }

    /// Takes one step of a procedure.
    ///
    /// # Errors
    /// The rules refuse it by name and nothing has changed; or nobody is signed in; or the disk refuses.
    pub fn advance(&mut self, case: Uuid, event: CaseEvent, said: &Facts) -> Result<Acknowledged, Problem> {
        self.expect_sure_clock()?;
        let seals = event == CaseEvent::Recording(RecordingEvent::Seal);
        if seals {
            // The next packet names the one before it.
            self.settle_packets()?;
        }
        let begins_capture = event == CaseEvent::Recording(RecordingEvent::OpenCapture);
        if begins_capture && self.free_disk_mb().is_some_and(|free| free < FREE_DISK_MB_MIN) {
            return Err(Problem::new(Code::DiskNearlyFull));
        }
        let done = self.promise(|station, writing| {
            let done = station.apply(writing, case, event, said)?;
            if event == CaseEvent::Recording(RecordingEvent::OrderResend) {
                station.send_again(writing, case)?;
            }
            Ok(done)
        })?;
        // It is saved; what keeps it from the outbox is found again with the next packet or sign-in.
        if seals {
            let _ = self.settle_packets();
        }
        if event == CaseEvent::Recording(RecordingEvent::AttachApproval) {
            let _ = self.settle_notices();
        }
        Ok(done)
    }

    /// Journals something that was recorded. What was recorded in the same slot before stays listed as replaced.
    ///
    /// # Errors
    /// Nobody is signed in, the role does not permit it, no session is open for it, or the disk refuses.
    pub fn record(&mut self, case: Uuid, recorded: Recorded<'_>) -> Result<Acknowledged, Problem> {
        self.expect_sure_clock()?;
        let is_document = recorded.kind == kind::DOCUMENT;
        let is_simulated = recorded.kind == kind::SIMULATED;
        if is_simulated && !self.is_demonstration() {
            return Err(Problem::new(Code::NotPermitted));
        }
        let subject = if is_document { Subject::Documents } else { Subject::Biometrics };
        self.permit(Operation::Enter, subject)?;
        self.promise(|station, writing| {
            let row = writing.get_case(case)?;
            if !is_document && !is_simulated && row.recording_state != "InCapture" {
                return Err(Problem::new(Code::StepRefused).with("state", row.recording_state));
            }
            let steps = writing.list_steps(case)?;
            let roles = who_may(Operation::Enter, subject);
            station
                .profile_of(row.profile_version)
                .admit_in(roles, &station.actor()?, &deeds(&steps))
                .map_err(|refusal| {
                    Problem::new(Code::StepRefused)
                        .with("event", recorded.kind)
                        .with("refusal", refusal.key())
                })?;
            let replaces = steps
                .iter()
                .rfind(|step| {
                    step.kind == recorded.kind && step.slot == recorded.slot && step.replaced_by.is_none()
                })
                .map(|step| step.sequence);
            let (account, _) = station.signed_in()?;
            let mark = station.journal(writing, case, recorded, replaces, account)?;
            writing.mark_case_open_step(
                case,
                &label(recorded.kind, recorded.slot),
                account,
                station.now(),
            )?;
            let event = match recorded.kind {
                kind::DOCUMENT => AuditEvent::DocumentScanned,
                kind::TRUTH => AuditEvent::TruthSigned,
                _ => AuditEvent::ModalityCaptured,
            };
            let fields = if is_document {
                json!({"document": recorded.slot})
            } else {
                json!({"modality": recorded.kind})
            };
            station.audit(writing, event, case, fields)?;
            Ok(acknowledge(case, recorded.kind, recorded.slot, &mark))
        })
    }

    /// Every case of this station, oldest first. Who looked at how many is written down, as for a search.
    ///
    /// # Errors
    /// Nobody is signed in, or the disk refuses.
    pub fn list_cases(&mut self) -> Result<Vec<CaseRow>, Problem> {
        self.permit(Operation::Read, Subject::Biodata)?;
        let mut cases =
            self.store()?.read(|reading| reading.list_cases(&CaseFilter::default(), 0, u32::MAX))?;
        cases.reverse();
        self.note(AuditEvent::CaseSearched, json!({"count": cases.len()}))?;
        Ok(cases)
    }

    /// The steps of a case, each with its acknowledgement; replaced ones stay listed.
    ///
    /// # Errors
    /// Nobody is signed in, there is no such case, a step is damaged, or the disk refuses.
    pub fn list_steps(&self, case: Uuid) -> Result<Vec<Acknowledged>, Problem> {
        self.permit(Operation::Read, Subject::Biodata)?;
        let steps = self.store()?.read(|reading| reading.list_steps(case))?;
        Ok(steps.iter().map(|step| acknowledge_row(case, step)).collect())
    }

    /// The seed of the simulated person of a case, if it is one.
    ///
    /// # Errors
    /// Nobody is signed in, there is no such case, or the disk refuses.
    pub fn simulated_seed(&self, case: Uuid) -> Result<Option<u64>, Problem> {
        self.permit(Operation::Read, Subject::Biodata)?;
        let steps = self.store()?.read(|reading| reading.list_steps(case))?;
        let seed = steps
            .iter()
            .filter(|step| step.kind == kind::SIMULATED)
            .find_map(|step| step.body.get("seed")?.as_u64());
        Ok(seed)
    }

    pub(crate) fn journal(
        &self,
        writing: &mut Writing<'_>,
        case: Uuid,
        recorded: Recorded<'_>,
        replaces: Option<i64>,
        operator: &str,
    ) -> Result<StepMark, Problem> {
        Ok(writing.append_step(&NewStep {
            case,
            kind: recorded.kind,
            slot: recorded.slot,
            replaces,
            body: recorded.body,
            image: recorded.image.map(|(media, bytes)| NewImage { media, bytes }),
            operator,
            wall_ms: self.now(),
        })?)
    }

    pub(crate) fn audit(
        &self,
        writing: &mut Writing<'_>,
        event: AuditEvent,
        case: Uuid,
        fields: Value,
    ) -> Result<(), Problem> {
        self.audit_by(writing, event, case, fields, self.signed_in()?.0)
    }

    /// The same for an act of somebody else than the person who is signed in: of the station itself.
    pub(crate) fn audit_by(
        &self,
        writing: &mut Writing<'_>,
        event: AuditEvent,
        case: Uuid,
        fields: Value,
        actor: &str,
    ) -> Result<(), Problem> {
        let subject = if case.is_nil() { String::new() } else { case.to_string() };
        writing.append_audit(&NewAudit {
            event: event.word(),
            actor,
            subject: &subject,
            fields: &fields,
            wall_ms: self.now(),
        })?;
        Ok(())
    }

    pub(crate) fn actor(&self) -> Result<Actor, Problem> {
        let (account, roles) = self.signed_in()?;
        Ok(Actor::new(PersonId::new(account), RoleSet::of(roles)))
    }

    pub(crate) fn wall(&self) -> DateTime {
        on_the_wall(self.now(), self.profile().office.time_zone)
    }
}

/// Who did what on a case, as its journal tells it.
fn deeds(steps: &[StepRow]) -> Vec<Deed> {
    let roles = |step: &StepRow| match step.kind.as_str() {
        kind::EVENT => CaseEvent::from_word(&step.slot).map(CaseEvent::roles),
        kind::SIMULATED => None,
        kind::DOCUMENT => Some(who_may(Operation::Enter, Subject::Documents)),
        _ => Some(who_may(Operation::Enter, Subject::Biometrics)),
    };
    let deed =
        |step: &StepRow| Some(Deed { person: PersonId::new(step.operator.as_str()), roles: roles(step)? });
    steps.iter().filter_map(deed).collect()
}

fn states(case: &Case) -> [String; 4] {
    [case.recording().word(), case.card().word(), case.letter().word(), case.berkas().word()]
        .map(str::to_owned)
}

fn label(kind: &str, slot: &str) -> String {
    if slot.is_empty() { kind.to_owned() } else { format!("{kind}.{slot}") }
}

fn acknowledge(case: Uuid, kind: &str, slot: &str, mark: &StepMark) -> Acknowledged {
    Acknowledged {
        case: case.to_string(),
        step: format!("{}@{}", label(kind, slot), mark.sequence),
        hash: mark.hash.hex(),
    }
}

fn acknowledge_row(case: Uuid, step: &StepRow) -> Acknowledged {
    let mark = StepMark { sequence: step.sequence, attempt: step.attempt, hash: step.hash };
    acknowledge(case, &step.kind, &step.slot, &mark)
}

fn to_json(value: &impl serde::Serialize) -> Result<Value, Problem> {
    serde_json::to_value(value).map_err(|_| Problem::new(Code::OurMistake))
}

fn row_of(
    id: Uuid,
    profile_version: u32,
    case: &Case,
    biodata: &Biodata,
    actor: &Actor,
    now: UnixMs,
) -> Result<CaseRow, Problem> {
    let [recording_state, card_state, letter_state, berkas_state] = states(case);
    Ok(CaseRow {
        id,
        profile_id: case.profile().id.clone(),
        profile_version,
        purpose: case.service().word().to_owned(),
        recording_state,
        card_state,
        letter_state,
        berkas_state,
        registration_number: String::new(),
        ticket: String::new(),
        full_name: biodata.full_name.clone(),
        nik: biodata.nik.as_ref().map(|nik| nik.expose().to_owned()).unwrap_or_default(),
        kk_number: biodata.kk_number.as_ref().map(|kk| kk.expose().to_owned()).unwrap_or_default(),
        birth_date: biodata.birth_date.map(|date| date.to_string()).unwrap_or_default(),
        sex: biodata.sex.map(|sex| sex.word().to_owned()).unwrap_or_default(),
        village: biodata.village.clone(),
        biodata: to_json(biodata)?,
        snapshot: to_json(case)?,
        open_step: String::new(),
        operator: actor.person.as_str().to_owned(),
        opened_ms: now,
        changed_ms: now,
    })
}
