//! One step of a machine, with everything it entails.

use jiff::civil::DateTime;
use rekam_domain::actor::{Actor, PersonId};
use rekam_domain::audit::AuditEvent;
use rekam_domain::biodata::Biodata;
use rekam_domain::case::{Case, Facts};
use rekam_domain::effect::{Effect, Series};
use rekam_domain::machine::CaseEvent;
use rekam_domain::refusal::Refusal;
use rekam_domain::register::Book;
use rekam_domain::role::{Role, RoleSet};
use rekam_store::{CaseRow, NewLine, Uuid, Writing};
use serde_json::{Value, json};

use super::{Acknowledged, Recorded, acknowledge, deeds, states, to_json};
use crate::knowledge::{Proven, Sources, kind};
use crate::problem::{Code, Problem};
use crate::station::Station;

/// How the station itself is named where it acts.
pub(crate) const STATION: &str = "station";

/// Who takes a step, and what is proven for it.
pub(crate) struct By {
    actor: Actor,
    proven: Proven,
}

impl By {
    /// The person who is signed in.
    pub(crate) fn person(station: &Station, proven: Proven) -> Result<Self, Problem> {
        Ok(Self { actor: station.actor()?, proven })
    }

    /// The station itself.
    pub(crate) fn station(proven: Proven) -> Self {
        Self { actor: Actor::new(PersonId::new(STATION), RoleSet::of(&[Role::Station])), proven }
    }

    fn is_station(&self) -> bool {
        self.actor.roles.has(Role::Station)
    }
}

impl Station {
    /// One step of a machine by whoever is signed in, inside the promise of the caller.
    pub(crate) fn apply(
        &self,
        writing: &mut Writing<'_>,
        id: Uuid,
        event: CaseEvent,
        said: &Facts,
    ) -> Result<Acknowledged, Problem> {
        self.apply_by(writing, id, event, said, &By::person(self, Proven::default())?)
    }

    /// The same by anybody.
    pub(crate) fn apply_by(
        &self,
        writing: &mut Writing<'_>,
        id: Uuid,
        event: CaseEvent,
        said: &Facts,
        by: &By,
    ) -> Result<Acknowledged, Problem> {
        let now = self.now();
        let mut row = writing.get_case(id)?;
        let mut case = case_of(&row)?;
        let biodata: Biodata = serde_json::from_value(row.biodata.clone()).map_err(|_| damaged())?;
        let steps = writing.list_steps(id)?;
        let wall = self.wall();
        let sources = Sources {
            profile: self.profile_of(row.profile_version),
            regions: self.regions(),
            biodata: &biodata,
            steps: &steps,
            proven: self.proven_by_office(writing, id, &case)?.and(by.proven),
            today: wall.date(),
        };
        let before = states(&case);
        let decided = case.exceptions().to_vec();
        let refused = |refusal: Refusal| {
            Problem::new(Code::StepRefused).with("event", event.word()).with("refusal", refusal.key())
        };
        self.profile_of(row.profile_version).admit(event, &by.actor, &deeds(&steps)).map_err(refused)?;
        let effects = case.apply(event, &by.actor, &sources.over(&case, said), now).map_err(refused)?;
        let after = states(&case);

        row.snapshot = to_json(&case)?;
        [row.recording_state, row.card_state, row.letter_state, row.berkas_state] = after.clone();
        row.changed_ms = now;
        let word = event.word();
        // What the station does by itself does not move the person at the desk to another step.
        if !by.is_station() {
            row.operator = by.actor.person.as_str().to_owned();
            row.open_step.clone_from(&word);
        }
        for effect in &effects {
            self.carry_out(writing, id, &mut row, *effect, wall)?;
        }
        if effects.contains(&Effect::OpenSession) {
            self.reserve_packet(writing, id)?;
        }
        if effects.contains(&Effect::SignDecision) {
            self.sign_approval(writing, &row, &decided, &case, &steps)?;
        }
        if effects.contains(&Effect::SealPacket) {
            self.seal_packet(writing, &row, &case, &steps)?;
        }
        writing.mark_case(&row)?;
        self.wipe_papers(writing, id, &case)?;
        self.settle_tasks(writing, id, &case)?;
        let body = json!({"from": before, "to": after});
        let recorded = Recorded { kind: kind::EVENT, slot: &word, body: &body, image: None };
        let who = by.actor.person.as_str();
        let mark = self.journal(writing, id, recorded, None, who)?;
        let (audited, place) = match event {
            CaseEvent::Recording(_) => (AuditEvent::RecordingMoved, 0),
            CaseEvent::Card(_) => (AuditEvent::CardMoved, 1),
            CaseEvent::Letter(_) => (AuditEvent::LetterMoved, 2),
            CaseEvent::Berkas(_) => (AuditEvent::BerkasMoved, 3),
        };
        let fields = json!({"event": word, "from": before.get(place), "to": after.get(place)});
        self.audit_by(writing, audited, id, fields, who)?;
        Ok(acknowledge(id, kind::EVENT, &word, &mark))
    }

    /// Carries out what a step entails in the database. What leaves the database (paper, sound, packets) waits for the
    /// parts that own it, and is in the journal until then.
    fn carry_out(
        &self,
        writing: &mut Writing<'_>,
        id: Uuid,
        row: &mut CaseRow,
        effect: Effect,
        wall: DateTime,
    ) -> Result<(), Problem> {
        if let Effect::GiveNumber(series) = effect {
            self.give_number(writing, id, row, series, wall)?;
        }
        if let Effect::Task(task) = effect {
            writing.open_task(id, task.word(), "", self.now())?;
        }
        if let Effect::WriteBook(book) = effect {
            let columns = columns(book, row, wall);
            self.write_book(writing, row, book, &columns)?;
        }
        Ok(())
    }

    /// A line about a case, in a book that its profile keeps.
    pub(crate) fn write_book(
        &self,
        writing: &mut Writing<'_>,
        row: &CaseRow,
        book: Book,
        columns: &Value,
    ) -> Result<(), Problem> {
        if self.profile_of(row.profile_version).registers.contains(&book) {
            writing.insert_register_line(&NewLine {
                book,
                year: i32::from(self.wall().year()),
                columns,
                case: Some(row.id),
                correction_of: None,
                operator: &row.operator,
                wall_ms: self.now(),
            })?;
        }
        Ok(())
    }

    fn give_number(
        &self,
        writing: &mut Writing<'_>,
        id: Uuid,
        row: &mut CaseRow,
        series: Series,
        wall: DateTime,
    ) -> Result<(), Problem> {
        let now = self.now();
        if series == Series::Ticket {
            row.ticket = writing.insert_ticket(&wall.date().to_string(), "A", Some(id), now)?.label;
            return Ok(());
        }
        let year = i32::from(wall.year());
        let number = writing.insert_number_taken(series.word(), year, Some(id), now)?;
        if series == Series::Registration {
            row.registration_number = format!("{}/{year}/{number:05}", self.station_id());
        }
        self.audit(writing, AuditEvent::NumberGiven, id, json!({"series": series.word(), "number": number}))
    }
}

/// A case as it was kept.
pub(crate) fn case_of(row: &CaseRow) -> Result<Case, Problem> {
    serde_json::from_value(row.snapshot.clone()).map_err(|_| damaged())
}

fn damaged() -> Problem {
    Problem::new(Code::FileDamaged).with("file", "station.db")
}

/// The columns of a book that a case fills by itself (`domain.md` §3.1).
fn columns(book: Book, row: &CaseRow, wall: DateTime) -> Value {
    let mut columns = json!({
        "tanggal": wall.date().to_string(),
        "jam": format!("{:02}:{:02}", wall.hour(), wall.minute()),
        "no_registrasi": row.registration_number,
        "nik": row.nik,
        "nama": row.full_name,
        "tgl_lahir": row.birth_date,
        "desa": row.village,
        "petugas": row.operator,
    });
    if let (Book::Daftar, Some(columns)) = (book, columns.as_object_mut()) {
        columns.insert("no_kk".to_owned(), json!(row.kk_number));
        columns.insert("jenis_kelamin".to_owned(), json!(row.sex));
        columns.insert("jenis_layanan".to_owned(), json!(row.purpose));
    }
    columns
}
