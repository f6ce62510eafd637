//! The recording of one person as a journey: where it is, what is next, and the steps an officer takes by one press.
//!
//! Nothing is decided here that the rules do not decide: a move names the events of the procedure, each of them is
//! judged and saved as any other, and the answer is read back from what was saved.

mod moves;
mod reading;
mod show;
pub mod view;

use rekam_domain::audit::AuditEvent;
use rekam_domain::biodata::Biodata;
use rekam_domain::case::Case;
use rekam_domain::eligibility::EligibilityDecision;
use rekam_domain::exception::ExceptionCode;
use rekam_domain::permission::{Operation, Subject};
use rekam_domain::purpose::Purpose;
use rekam_domain::recording::{RecordingState, Stage};
use rekam_store::{CaseFilter, CaseRow, PacketRow, StepRow, Uuid};
use serde_json::{Value, json};

pub use moves::{Move, Ready};
pub use reading::{EYES_TRY, GROUPS, Kept, PartStanding, Reading, Stop, eye_number, fingers_of, mark};

use crate::desk::Recorded;
use crate::knowledge::{Proven, Sources, kind};
use crate::problem::{Code, Problem};
use crate::station::Station;
use view::{DeskCaseView, FoundPersonView, JourneyView, MarkRequest};

/// Cases the list of the desk is drawn from, the newest: more than two busy days.
const DESK_CASES_MAX: u32 = 600;

/// What a device gave, to be saved.
pub struct Taken<'a> {
    /// What was asked for: a group of fingers, [`EYES_TRY`], or a kind.
    pub asked: &'a str,
    /// What the device last advised, the word of a hint; or empty.
    pub hint: &'a str,
    /// What came; nothing if the try gave nothing.
    pub parts: Vec<TakenPart>,
}

/// One picture, or one finding without a picture.
pub struct TakenPart {
    /// Kind, one of [`kind`].
    pub kind: &'static str,
    /// Which one of its kind.
    pub slot: String,
    /// Score and its measure, if the device gives them.
    pub score: Option<(u8, String)>,
    /// What else is known.
    pub body: Value,
    /// Media type and bytes.
    pub image: Option<(&'static str, Vec<u8>)>,
}

/// A case read from the disk, with everything a journey is told from.
struct Loaded {
    row: CaseRow,
    case: Case,
    biodata: Biodata,
    steps: Vec<StepRow>,
    packets: Vec<PacketRow>,
}

impl Loaded {
    fn of(row: CaseRow, steps: Vec<StepRow>, packets: Vec<PacketRow>) -> Result<Self, Problem> {
        let damaged = || Problem::new(Code::FileDamaged).with("file", "station.db");
        let case = serde_json::from_value(row.snapshot.clone()).map_err(|_| damaged())?;
        let biodata = serde_json::from_value(row.biodata.clone()).map_err(|_| damaged())?;
        Ok(Self { row, case, biodata, steps, packets })
    }

    /// Without its journal.
    fn unread(row: &CaseRow) -> Result<Self, Problem> {
        Self::of(row.clone(), Vec::new(), Vec::new())
    }

    fn reading<'a>(&'a self, station: &'a Station) -> Reading<'a> {
        Reading {
            case: &self.case,
            profile: station.profile_of(self.row.profile_version),
            steps: &self.steps,
        }
    }

    fn sources<'a>(&'a self, station: &'a Station) -> Sources<'a> {
        Sources {
            profile: station.profile_of(self.row.profile_version),
            regions: station.regions(),
            biodata: &self.biodata,
            steps: &self.steps,
            today: station.today(),
            proven: Proven::default(),
        }
    }
}

impl Station {
    fn load(&self, id: Uuid) -> Result<Loaded, Problem> {
        let (row, steps, packets) = self.store()?.read(|reading| {
            Ok((reading.get_case(id)?, reading.list_steps(id)?, reading.list_packets_of(id)?))
        })?;
        Loaded::of(row, steps, packets)
    }

    /// Where a recording is and what is next.
    ///
    /// # Errors
    /// The role may not see persons, there is no such case, it is damaged, or the disk refuses.
    pub fn journey(&self, case: Uuid) -> Result<JourneyView, Problem> {
        self.permit(Operation::Read, Subject::Biodata)?;
        let loaded = self.load(case)?;
        Ok(show::journey(self, &loaded))
    }

    /// The same, for somebody who takes it up again: that they looked is written down.
    ///
    /// # Errors
    /// As [`Station::journey`].
    pub fn take_up(&mut self, case: Uuid) -> Result<JourneyView, Problem> {
        self.permit(Operation::Read, Subject::Biodata)?;
        self.promise(|station, writing| {
            writing.get_case(case)?;
            station.audit(writing, AuditEvent::CaseViewed, case, json!({}))
        })?;
        self.journey(case)
    }

    /// The recording whoever is signed in was in the middle of, if there is one: the desk reopens there.
    ///
    /// # Errors
    /// Nobody is signed in, a case is damaged, or the disk refuses.
    pub fn left_journey(&mut self) -> Result<Option<JourneyView>, Problem> {
        if self.permit(Operation::Read, Subject::Biodata).is_err() {
            return Ok(None);
        }
        let account = self.signed_in()?.0.to_owned();
        let mut left = Vec::new();
        for state in [RecordingState::InCapture, RecordingState::ExceptionReview] {
            let filter =
                CaseFilter { recording_state: Some(state.word().to_owned()), ..CaseFilter::default() };
            left.extend(self.store()?.read(|reading| reading.list_cases(&filter, 0, DESK_CASES_MAX))?);
        }
        let own = left.into_iter().filter(|row| row.operator == account);
        own.max_by_key(|row| row.changed_ms).map(|row| self.take_up(row.id)).transpose()
    }

    /// The people of today and everybody who still waits, in the order in which they came.
    ///
    /// # Errors
    /// The role may not see persons, or the disk refuses.
    pub fn desk_cases(&self) -> Result<Vec<DeskCaseView>, Problem> {
        self.permit(Operation::Read, Subject::Biodata)?;
        let rows =
            self.store()?.read(|reading| reading.list_cases(&CaseFilter::default(), 0, DESK_CASES_MAX))?;
        let zone = self.profile().office.time_zone;
        let today = self.today();
        let mut cases = Vec::new();
        for row in rows.into_iter().rev() {
            let stage = RecordingState::from_word(&row.recording_state).map(RecordingState::stage);
            let is_open = matches!(stage, Some(Stage::BeforeCapture | Stage::InCapture));
            if !is_open && crate::clock::on_the_wall(row.changed_ms, zone).date() != today {
                continue;
            }
            // Only a running capture is somewhere its state does not tell; its journal is read, the others' is not.
            let loaded =
                if stage == Some(Stage::InCapture) { self.load(row.id)? } else { Loaded::unread(&row)? };
            cases.push(DeskCaseView {
                case: row.id.to_string(),
                stop: loaded.reading(self).now().word().to_owned(),
                name: row.full_name,
                ticket: row.ticket,
                registration: row.registration_number,
                state: row.recording_state,
                is_open,
            });
        }
        Ok(cases)
    }

    /// What the desk says about somebody who is not registered yet: data, papers to bring, eligibility.
    ///
    /// # Errors
    /// The role may not see persons.
    pub fn person_found(&self, biodata: &Biodata) -> Result<FoundPersonView, Problem> {
        self.permit(Operation::Read, Subject::Biodata)?;
        Ok(show::found(self, biodata))
    }

    /// Registers a person who stands at the desk: a case, its number, its paper file.
    ///
    /// # Errors
    /// The role does not permit it, a rule refuses, or the disk does. What was done before stays.
    pub fn begin_journey(&mut self, biodata: &Biodata, seed: Option<u64>) -> Result<JourneyView, Problem> {
        let (case, _) = self.open_case(Purpose::New, biodata)?;
        if let Some(seed) = seed {
            let body = json!({"seed": seed});
            self.record(case, Recorded { kind: kind::SIMULATED, slot: "", body: &body, image: None })?;
        }
        self.receive_papers(case)?;
        self.journey(case)
    }

    /// Saves what a device gave. Of fingers and eyes the best stays; of everything else the newest.
    ///
    /// # Errors
    /// The role does not permit it, no session is open, or the disk refuses.
    pub fn keep_taken(&mut self, case: Uuid, taken: &Taken<'_>) -> Result<JourneyView, Problem> {
        let scores: Vec<Value> = taken
            .parts
            .iter()
            .map(|part| json!({"slot": part.slot, "score": part.score.as_ref().map(|(score, _)| score)}))
            .collect();
        if !taken.asked.is_empty() {
            let body = json!({"scores": scores, "hint": taken.hint});
            self.record(case, Recorded { kind: mark::TRY, slot: taken.asked, body: &body, image: None })?;
        }
        for part in &taken.parts {
            if self.is_better_kept(case, part)? {
                continue;
            }
            let mut body = part.body.clone();
            if let (Some(fields), Some((score, algorithm))) = (body.as_object_mut(), &part.score) {
                fields.insert("score".to_owned(), json!(score));
                fields.insert("algorithm".to_owned(), json!(algorithm));
                fields.insert("hint".to_owned(), json!(taken.hint));
            }
            let image = part.image.as_ref().map(|(media, bytes)| (*media, bytes.as_slice()));
            self.record(case, Recorded { kind: part.kind, slot: &part.slot, body: &body, image })?;
        }
        self.journey(case)
    }

    fn is_better_kept(&self, case: Uuid, part: &TakenPart) -> Result<bool, Problem> {
        if ![kind::FINGER, kind::IRIS].contains(&part.kind) {
            return Ok(false);
        }
        let loaded = self.load(case)?;
        let kept = loaded.reading(self).kept(part.kind, &part.slot).and_then(|kept| kept.score);
        Ok(kept.is_some_and(|kept| part.score.as_ref().is_some_and(|(score, _)| *score <= kept)))
    }

    /// Marks what cannot be taken, or takes the mark back.
    ///
    /// # Errors
    /// The reason does not fit, or fits no more; the role does not permit it; or the disk refuses.
    pub fn mark_part(&mut self, case: Uuid, request: &MarkRequest) -> Result<JourneyView, Problem> {
        let refused = || Problem::new(Code::InputRefused).with("field", "code");
        let slot = match (request.kind.as_str(), request.position) {
            (kind::FINGER, 1..=10) | (kind::IRIS, 1..=2) => format!("{}.{}", request.kind, request.position),
            (kind::SIGNATURE, 0) => kind::SIGNATURE.to_owned(),
            _ => return Err(refused()),
        };
        let loaded = self.load(case)?;
        let reading = loaded.reading(self);
        if request.code.is_empty() {
            let marked = reading.marked(&slot).ok_or_else(refused)?;
            if reading.case.is_excepted(request.position, &[marked]) {
                // It was raised; only whoever decides can take it back.
                return Err(refused());
            }
        } else {
            let code = ExceptionCode::from_word(&request.code).ok_or_else(refused)?;
            if !show::reasons(&reading, &request.kind, request.position).contains(&code) {
                return Err(refused());
            }
        }
        let body = json!({"code": request.code});
        self.record(case, Recorded { kind: mark::MARK, slot: &slot, body: &body, image: None })?;
        self.journey(case)
    }

    /// A picture of a case, for whoever may see it.
    ///
    /// # Errors
    /// The role may not see it, there is no such picture in this case, or the disk refuses.
    pub fn picture(&self, case: Uuid, step: i64) -> Result<(String, Vec<u8>), Problem> {
        let (steps, image) =
            self.store()?.read(|reading| Ok((reading.list_steps(case)?, reading.get_image(step)?)))?;
        let of_case = steps.iter().find(|known| known.sequence == step);
        let subject = match of_case.map(|step| step.kind.as_str()) {
            Some(kind::DOCUMENT) => Subject::Documents,
            _ => Subject::Biometrics,
        };
        self.permit(Operation::Read, subject)?;
        let image = image.filter(|_| of_case.is_some()).ok_or_else(|| Problem::new(Code::UnknownCase))?;
        Ok((image.media, image.bytes))
    }

    /// Whether the person of a case may be recorded.
    fn decision(&self, loaded: &Loaded) -> EligibilityDecision {
        let was_recorded = self.was_recorded_here(&loaded.biodata, Some(loaded.row.id));
        loaded.sources(self).eligibility(loaded.case.service(), was_recorded)
    }

    /// Whether our own books say that this person was recorded, in another case than this one.
    fn was_recorded_here(&self, biodata: &Biodata, except: Option<Uuid>) -> bool {
        let Some(nik) = &biodata.nik else { return false };
        let found =
            self.store().and_then(|store| Ok(store.read(|reading| reading.list_cases_found(nik.expose()))?));
        let is_recorded = |row: &CaseRow| {
            let stage = RecordingState::from_word(&row.recording_state).map(RecordingState::stage);
            matches!(stage, Some(Stage::Sealed | Stage::Through))
        };
        found.is_ok_and(|rows| {
            rows.iter().any(|row| row.nik == nik.expose() && Some(row.id) != except && is_recorded(row))
        })
    }

    /// The documents that are asked for and not there yet: the first of each group.
    ///
    /// # Errors
    /// The role may not see persons, there is no such case, or the disk refuses.
    pub fn papers_missing(&self, case: Uuid) -> Result<Vec<rekam_domain::document::Document>, Problem> {
        self.permit(Operation::Read, Subject::Biodata)?;
        let missing = self.decision(&self.load(case)?).missing;
        Ok(missing.iter().filter_map(|group| group.any_of.first().copied()).collect())
    }
}

#[cfg(test)]
mod tests;
