//! Finding a case and reading its page. Whoever reads one is in the audit.

mod delivery;

use rekam_domain::audit::AuditEvent;
use rekam_domain::case::{Case, CaseException, Decision};
use rekam_domain::nik::Nik;
use rekam_domain::permission::{Operation, Subject, is_allowed};
use rekam_domain::role::RoleSet;
use rekam_store::{CaseRow, NumberTakenRow, RegisterLineRow, StepRow, Uuid};
use serde::Serialize;
use serde_json::json;

use crate::clock::{UnixMs, on_the_wall};
use crate::knowledge::kind;
use crate::problem::{Code, Problem};
use crate::replacement::may_be_made_again;
use crate::station::Station;
pub use delivery::{PacketLine, PageDelivery};

/// A case in a list of cases that were found.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct FoundCase {
    /// The case.
    pub case: String,
    /// Registration number, or empty.
    pub registration: String,
    /// Label of the last queue ticket, or empty.
    pub ticket: String,
    /// Full name.
    pub name: String,
    /// NIK, with the birth date hidden; or empty.
    pub nik_masked: String,
    /// Where its four machines stand.
    pub states: CaseStates,
    /// When it was opened, on the office's wall.
    pub opened: String,
}

/// Where the four machines of a case stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseStates {
    /// The recording.
    pub recording: String,
    /// The card.
    pub card: String,
    /// The letter.
    pub letter: String,
    /// The paper file.
    pub berkas: String,
}

/// Everything a person at the desk reads of a case.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct CasePage {
    /// What a list shows of it.
    #[serde(flatten)]
    pub found: FoundCase,
    /// The NIK, to be compared with the person's papers.
    pub nik: String,
    /// Birth date `yyyy-mm-dd`, or empty.
    pub born: String,
    /// Sex word, or empty.
    pub sex: String,
    /// Village, or empty.
    pub village: String,
    /// What the person comes for.
    pub purpose: String,
    /// Id and version of its profile.
    pub profile: String,
    /// Its steps, replaced ones too.
    pub steps: Vec<PageStep>,
    /// Its exceptions; empty for a role that may not know of them.
    pub exceptions: Vec<PageException>,
    /// Account of whoever approved that it was withdrawn, or empty.
    pub withdrawn_by: String,
    /// Its numbers, void ones too.
    pub numbers: Vec<PageNumber>,
    /// Its lines in the books.
    pub register_lines: Vec<PageLine>,
    /// Through whose hands its paper file went.
    pub custody: Vec<PageStep>,
    /// What became of it after it was sealed, in order.
    pub delivery: Vec<PageDelivery>,
    /// What waits for a person: words of tasks.
    pub tasks: Vec<String>,
    /// The case whose recording this one makes again.
    pub replaces: Option<String>,
    /// The cases in which its recording is made again.
    pub replaced_by: Vec<String>,
    /// Whether its recording may be made again now.
    pub can_record_again: bool,
}

/// A step of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageStep {
    /// The step, unique in its case.
    pub step: String,
    /// Kind.
    pub kind: String,
    /// Which attempt, from 1.
    pub attempt: i64,
    /// Whether a later one stands in its place.
    pub replaced: bool,
    /// Account of the operator.
    pub operator: String,
    /// When, on the office's wall.
    pub at: String,
}

/// An exception of a case and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageException {
    /// Why the modality is missing.
    pub code: String,
    /// Finger or eye, else 0.
    pub position: u8,
    /// `reason_enough`, `open`, `deferred`, `approved` or `denied`.
    pub decision: String,
    /// Account of whoever decided, or empty.
    pub approver: String,
    /// When it was decided, or empty.
    pub at: String,
}

/// A number of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageNumber {
    /// Series.
    pub series: String,
    /// Year of the series.
    pub year: i32,
    /// The number.
    pub number: i64,
    /// Voided; it is never used again.
    pub void: bool,
}

/// A line of a book that tells of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageLine {
    /// The book.
    pub book: String,
    /// Year of the book.
    pub year: i32,
    /// Its number in the book.
    pub line: i64,
    /// The line that corrects it.
    pub corrected_by: Option<i64>,
    /// Account of who wrote it.
    pub operator: String,
    /// When, on the office's wall.
    pub at: String,
}

impl std::fmt::Debug for FoundCase {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "FoundCase({})", self.case)
    }
}

impl std::fmt::Debug for CasePage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "CasePage({})", self.found.case)
    }
}

impl Station {
    /// Cases with this text in name, NIK, registration number or ticket; newest first.
    ///
    /// # Errors
    /// The role may not see persons, or the disk refuses.
    pub fn search_cases(&mut self, text: &str) -> Result<Vec<FoundCase>, Problem> {
        self.permit(Operation::Read, Subject::Biodata)?;
        let found = self.store()?.read(|reading| reading.list_cases_found(text))?;
        self.note(AuditEvent::CaseSearched, json!({"count": found.len()}))?;
        Ok(found.iter().map(|row| self.found(row)).collect())
    }

    /// The page of a case.
    ///
    /// # Errors
    /// The role may not see persons, there is no such case, it is damaged, or the disk refuses.
    pub fn show_case(&mut self, id: Uuid) -> Result<CasePage, Problem> {
        self.permit(Operation::Read, Subject::Biodata)?;
        // First the entry: nobody sees what they were not seen to look at.
        self.promise(|station, writing| {
            writing.get_case(id)?;
            station.audit(writing, AuditEvent::CaseViewed, id, json!({}))
        })?;
        let (row, steps, numbers, lines) = self.store()?.read(|reading| {
            let (row, steps) = (reading.get_case(id)?, reading.list_steps(id)?);
            Ok((row, steps, reading.list_numbers_of(id)?, reading.list_register_lines_of(id)?))
        })?;
        let (delivery, tasks, replaces, replaced_by) = self.store()?.read(|reading| {
            let tasks = reading.list_open_tasks_of(id)?;
            let (replaces, replaced_by) = (reading.get_replaced_case(id)?, reading.list_replacing_cases(id)?);
            Ok((self.page_delivery(reading, id)?, tasks, replaces, replaced_by))
        })?;
        let can_record_again = self.store()?.read_or(|reading| may_be_made_again(reading, &row))?;
        let case: Case = serde_json::from_value(row.snapshot.clone())
            .map_err(|_| Problem::new(Code::FileDamaged).with("file", "station.db"))?;
        let roles = RoleSet::of(self.signed_in()?.1);
        let knows_reasons = is_allowed(roles, Operation::Read, Subject::ExceptionReasons);
        let exceptions = if knows_reasons { case.exceptions() } else { &[] };
        let of_berkas = |step: &&StepRow| step.kind == kind::EVENT && step.slot.starts_with("berkas.");
        Ok(CasePage {
            found: self.found(&row),
            exceptions: exceptions.iter().map(|one| self.page_exception(one)).collect(),
            withdrawn_by: case.withdrawal().map(|one| one.approver().as_str().to_owned()).unwrap_or_default(),
            numbers: numbers.iter().map(page_number).collect(),
            register_lines: lines.iter().map(|line| self.page_line(line)).collect(),
            delivery,
            tasks: tasks.into_iter().map(|task| task.kind).collect(),
            replaces: replaces.map(|case| case.to_string()),
            replaced_by: replaced_by.iter().map(Uuid::to_string).collect(),
            can_record_again,
            custody: steps.iter().filter(of_berkas).map(|step| self.page_step(step)).collect(),
            steps: steps.iter().map(|step| self.page_step(step)).collect(),
            profile: format!("{} {}", row.profile_id, row.profile_version),
            nik: row.nik,
            born: row.birth_date,
            sex: row.sex,
            village: row.village,
            purpose: row.purpose,
        })
    }

    fn found(&self, row: &CaseRow) -> FoundCase {
        FoundCase {
            case: row.id.to_string(),
            registration: row.registration_number.clone(),
            ticket: row.ticket.clone(),
            name: row.full_name.clone(),
            nik_masked: Nik::parse(&row.nik).map(|nik| nik.masked()).unwrap_or_default(),
            states: CaseStates {
                recording: row.recording_state.clone(),
                card: row.card_state.clone(),
                letter: row.letter_state.clone(),
                berkas: row.berkas_state.clone(),
            },
            opened: self.at(row.opened_ms),
        }
    }

    fn page_step(&self, step: &StepRow) -> PageStep {
        PageStep {
            step: if step.slot.is_empty() {
                step.kind.clone()
            } else {
                format!("{}.{}", step.kind, step.slot)
            },
            kind: step.kind.clone(),
            attempt: step.attempt,
            replaced: step.replaced_by.is_some(),
            operator: step.operator.clone(),
            at: self.at(step.wall_ms),
        }
    }

    fn page_exception(&self, exception: &CaseException) -> PageException {
        let (decision, approval) = match &exception.decision {
            Decision::ReasonEnough => ("reason_enough", None),
            Decision::Open => ("open", None),
            Decision::Deferred => ("deferred", None),
            Decision::Approved(approval) => ("approved", Some(approval)),
            Decision::Denied(approval) => ("denied", Some(approval)),
        };
        PageException {
            code: exception.note.code.word().to_owned(),
            position: exception.note.position,
            decision: decision.to_owned(),
            approver: approval.map(|approval| approval.approver().as_str().to_owned()).unwrap_or_default(),
            at: approval.map(|approval| self.at(approval.at_ms())).unwrap_or_default(),
        }
    }

    fn page_line(&self, line: &RegisterLineRow) -> PageLine {
        PageLine {
            book: line.book.word().to_owned(),
            year: line.year,
            line: line.line,
            corrected_by: line.corrected_by,
            operator: line.operator.clone(),
            at: self.at(line.wall_ms),
        }
    }

    fn at(&self, when: UnixMs) -> String {
        on_the_wall(when, self.profile().office.time_zone).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }
}

fn page_number(number: &NumberTakenRow) -> PageNumber {
    PageNumber {
        series: number.series.clone(),
        year: number.year,
        number: number.number,
        void: number.is_void,
    }
}
