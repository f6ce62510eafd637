//! Drives a made-up person, or a village's batch, through every step of a procedure.
//!
//! The steps and their events come from the profile; every event goes through the very machines, checks and
//! eligibility rules of a real case. What only a real day can show (devices that work, a centre that answers, hands
//! that sign) is taken as going well.

use jiff::civil::Date;
use rekam_domain::actor::{Actor, PersonId};
use rekam_domain::berkas::BerkasFacts;
use rekam_domain::biodata::Biodata;
use rekam_domain::card::CardFacts;
use rekam_domain::case::{Case, Facts, ProfileRef, Segments};
use rekam_domain::central_status::CentralStatus;
use rekam_domain::document::Document;
use rekam_domain::effect::Effect;
use rekam_domain::eligibility::{
    EligibilityDecision, EligibilityQuestion, EligibilityRules, NikStanding, Presence, StayPermit, Verdict,
    check_card_age, decide,
};
use rekam_domain::letter::LetterFacts;
use rekam_domain::machine::CaseEvent;
use rekam_domain::nik::{NumberContext, check_nik};
use rekam_domain::paper::Paper;
use rekam_domain::profile::{Channel, Members, PrintingPlace, Profile, ScheduleMode, Step, StepEvent};
use rekam_domain::purpose::Purpose;
use rekam_domain::recording::RecordingFacts;
use rekam_domain::refusal::Refusal;
use rekam_domain::region::RegionTable;
use rekam_domain::register::Book;
use rekam_domain::role::{Role, RoleSet};
use serde::{Deserialize, Serialize};

const PEOPLE: &str = include_str!("../../../../fixtures/person/walk.toml");
const MINUTE_MS: i64 = 60_000;
/// The book of the side exits: nothing is spoiled on a day that goes well.
const SIDE_EXIT_BOOK: Book = Book::Invalid;
/// Papers of the side exits: a step names them, but whoever goes straight on never gets one.
const SIDE_EXIT_PAPERS: [Paper; 3] = [Paper::ReturnNote, Paper::AdviceSlip, Paper::BatchReturnList];

/// A procedure that was walked to its end.
#[derive(Debug, Clone, Serialize)]
pub struct Walk {
    /// Id of the profile.
    pub profile: String,
    /// Version of the profile.
    pub version: u32,
    /// Title of the procedure.
    pub title: String,
    /// How many people were driven through it.
    pub people: usize,
    /// Every step, in order.
    pub steps: Vec<WalkStep>,
    /// Sum of the written times; `None` when none is written.
    pub stated_minutes_total: Option<u32>,
    /// Whether every machine of every case reached its end.
    pub closed: bool,
}

/// One step as it went.
#[derive(Debug, Clone, Serialize)]
pub struct WalkStep {
    /// Number as written.
    pub no: String,
    /// Id of the step.
    pub step: String,
    /// What is done.
    pub name: String,
    /// Who acts.
    pub role: Role,
    /// Written time.
    pub minutes: Option<u32>,
    /// Facts of this step that the written procedure does not state.
    pub inferred: Vec<String>,
    /// What moved, and whose case it was.
    pub moves: Vec<WalkMove>,
    /// Books that got a line.
    pub registers: Vec<String>,
    /// Papers that were printed.
    pub prints: Vec<String>,
    /// What was exchanged with the outside.
    pub sync: Vec<String>,
}

/// One event that was accepted.
#[derive(Debug, Clone, Serialize)]
pub struct WalkMove {
    /// Number of the person, from 1.
    pub person: usize,
    /// The event, `machine.event`.
    pub event: String,
    /// Who did it.
    pub role: Role,
    /// State of that machine before.
    pub from: String,
    /// State after.
    pub to: String,
}

/// A procedure that could not be walked: its profile names a step that the rules refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WalkError {
    /// An event was refused.
    #[error("step {no}: {event} by {role} refused in state {state}: {refusal}", role = role.word())]
    Refused {
        /// Number of the step.
        no: String,
        /// The event.
        event: String,
        /// Who did it.
        role: Role,
        /// State of that machine.
        state: String,
        /// Why.
        refusal: Refusal,
    },
    /// The last step left something open.
    #[error("after the last step the case of person {person} is still open: {open}")]
    StillOpen {
        /// Number of the person.
        person: usize,
        /// States of the machines it uses.
        open: String,
    },
    /// The embedded people cannot be read: our mistake, a test holds them.
    #[error("the people of the walk cannot be read")]
    NoPeople,
}

#[derive(Deserialize)]
struct People {
    person: Vec<Person>,
}

#[derive(Deserialize)]
struct Person {
    recorded_before: bool,
    biodata: Biodata,
}

/// One person on the way, with what was found out about them.
struct Walker {
    case: Case,
    recorded_before: bool,
    decision: EligibilityDecision,
    nik: NikStanding,
    card_age: bool,
}

/// Walks a procedure on this day.
///
/// # Errors
/// The first event that the rules refuse, or a case that does not come to its end.
pub fn walk(profile: &Profile, today: Date, start_ms: i64) -> Result<Walk, WalkError> {
    let mut walkers = gather(profile, today, start_ms)?;
    let mut now_ms = start_ms;
    let mut steps = Vec::new();
    for step in profile.steps() {
        now_ms += i64::from(step.minutes.unwrap_or(0)) * MINUTE_MS;
        steps.push(take(profile, step, &mut walkers, now_ms)?);
    }
    for (index, walker) in walkers.iter().enumerate() {
        if !walker.case.is_closed() {
            return Err(WalkError::StillOpen { person: index + 1, open: states(&walker.case) });
        }
    }
    Ok(Walk {
        profile: profile.identity.id.clone(),
        version: profile.identity.version,
        title: profile.identity.title.clone(),
        people: walkers.len(),
        steps,
        stated_minutes_total: profile.stated_minutes(),
        closed: true,
    })
}

/// The whole batch for a collective procedure; otherwise the first person whom this office serves.
fn gather(profile: &Profile, today: Date, start_ms: i64) -> Result<Vec<Walker>, WalkError> {
    let people: People = toml::from_str(PEOPLE).map_err(|_| WalkError::NoPeople)?;
    let wanted =
        |person: &Person| profile.is_collective() || person.recorded_before != profile.uses_recording();
    let most = if profile.is_collective() { usize::MAX } else { 1 };
    let walkers: Vec<Walker> = people
        .person
        .iter()
        .filter(|person| wanted(person))
        .take(most)
        .map(|person| arrive(profile, person, today, start_ms))
        .collect();
    if walkers.is_empty() { Err(WalkError::NoPeople) } else { Ok(walkers) }
}

fn arrive(profile: &Profile, person: &Person, today: Date, start_ms: i64) -> Walker {
    let biodata = &person.biodata;
    let regions = RegionTable::starter();
    let context = NumberContext { regions: &regions, station: None, today };
    let nik = biodata.nik.as_ref().map_or(NikStanding::Missing, |nik| {
        NikStanding::of(&check_nik(nik, biodata.birth_date, biodata.sex, &context))
    });
    let question = EligibilityQuestion {
        service: Purpose::New,
        service_date: today,
        presence: Presence::AtDesk,
        nik,
        birth_date: biodata.birth_date,
        certificate_date: biodata.birth_date,
        marital_status: biodata.marital_status(),
        nationality: biodata.nationality,
        permit: StayPermit::None,
        permit_end: None,
        data_wrong: false,
        lives_here: true,
        was_recorded: person.recorded_before,
        central: Some(CentralStatus::read(if person.recorded_before { "PRR" } else { "BELUM REKAM" })),
        documents: brought(profile),
    };
    let segments = Segments {
        recording: profile.uses_recording(),
        card: profile.uses_card(),
        letter: profile.uses_letter(),
        berkas: true,
    };
    let reference =
        ProfileRef { id: profile.identity.id.clone(), version: profile.identity.version.to_string() };
    Walker {
        case: Case::open(reference, Purpose::New, segments, start_ms),
        recorded_before: person.recorded_before,
        decision: decide(&question, &EligibilityRules::of(profile)),
        nik,
        card_age: check_card_age(biodata.birth_date, biodata.marital_status(), today).is_ok(),
    }
}

/// The first document of every group the office asks for.
fn brought(profile: &Profile) -> Vec<Document> {
    profile.documents(Purpose::New).iter().filter_map(|group| group.first().copied()).collect()
}

fn take(profile: &Profile, step: &Step, walkers: &mut [Walker], now_ms: i64) -> Result<WalkStep, WalkError> {
    let mut moves = Vec::new();
    let written = step.registers.iter().filter(|book| **book != SIDE_EXIT_BOOK);
    let mut registers: Vec<String> = written.map(|book| book.word().to_owned()).collect();
    let straight_on = step.prints.iter().filter(|paper| !SIDE_EXIT_PAPERS.contains(paper));
    let mut prints: Vec<String> = straight_on.map(|paper| paper.word().to_owned()).collect();
    let add = |list: &mut Vec<String>, word: &str| {
        if !list.iter().any(|known| known == word) {
            list.push(word.to_owned());
        }
    };
    for (index, walker) in walkers.iter_mut().enumerate() {
        let is_for = |members: Option<Members>| match members {
            None => true,
            Some(Members::NeedsRecording) => !walker.recorded_before,
            Some(Members::AlreadyRecorded) => walker.recorded_before,
        };
        if !is_for(step.only) {
            continue;
        }
        let events: Vec<StepEvent> = step.events.iter().filter(|event| is_for(event.only)).copied().collect();
        for StepEvent { event, role, .. } in events {
            let from = state(&walker.case, event);
            let actor = Actor::new(PersonId::new(role.word().to_lowercase()), RoleSet::of(&[role]));
            let facts = facts(profile, walker);
            let effects =
                walker.case.apply(event, &actor, &facts, now_ms).map_err(|refusal| WalkError::Refused {
                    no: step.no.clone(),
                    event: event.word(),
                    role,
                    state: from.clone(),
                    refusal,
                })?;
            for effect in effects {
                if let Effect::WriteBook(book) = effect
                    && profile.registers.contains(&book)
                {
                    add(&mut registers, book.word());
                }
                if let Effect::PrintPaper(paper) = effect
                    && profile.switched_off_by(paper).is_none()
                {
                    add(&mut prints, paper.word());
                }
            }
            let to = state(&walker.case, event);
            moves.push(WalkMove { person: index + 1, event: event.word(), role, from, to });
        }
    }
    Ok(WalkStep {
        no: step.no.clone(),
        step: step.id.clone(),
        name: step.name.clone(),
        role: step.role,
        minutes: step.minutes,
        inferred: step.inferred.iter().map(|fact| fact.word().to_owned()).collect(),
        moves,
        registers,
        prints,
        sync: step.sync.iter().map(|exchange| exchange.word().to_owned()).collect(),
    })
}

/// What is known at this moment: the profile's switches, what was found out about the person, and a day that goes well.
fn facts(profile: &Profile, walker: &Walker) -> Facts {
    let is_complete = walker.decision.missing.is_empty();
    let may_be_recorded = matches!(walker.decision.verdict, Verdict::RecordNow | Verdict::RecordEarly);
    Facts {
        recording: RecordingFacts {
            channel_open: !profile.channels.is_empty(),
            service_chosen: profile.services.contains(&Purpose::New),
            document_missing: !is_complete,
            checklist_green: is_complete,
            second_check_in_profile: profile.second_check,
            nik_valid: walker.nik == NikStanding::Sound,
            eligible: may_be_recorded,
            age_rule_met: may_be_recorded || walker.card_age,
            not_recorded_before: !walker.recorded_before,
            recorded_before: walker.recorded_before,
            central_print_ready: true,
            schedule_in_profile: profile.schedule.mode == ScheduleMode::OnlineQueue
                || profile.channels.contains(&Channel::OnlineQueue),
            slot_free: true,
            devices_ready: true,
            power_enough: true,
            truth_signed: true,
            index_validated: true,
            modalities_complete: true,
            receipt_verified: true,
            ..RecordingFacts::default()
        },
        card: CardFacts {
            age_rule_met_today: walker.card_age,
            extra_approvals_given: true,
            blank_in_stock: true,
            proofread: true,
            printed_elsewhere: profile.printing.place == PrintingPlace::AtAgency,
            arrived: true,
            holder_identified: true,
            bearer_on_batch: profile.is_collective(),
            receipt_signed: true,
            ..CardFacts::default()
        },
        letter: LetterFacts {
            number_left: true,
            stamp_not_required: !profile.letter.stamp,
            receipt_signed: true,
            ..LetterFacts::default()
        },
        berkas: BerkasFacts { place_named: true, receipt_signed: true, ..BerkasFacts::default() },
        ..Facts::default()
    }
}

/// The state of the machine this event belongs to.
fn state(case: &Case, event: CaseEvent) -> String {
    match event {
        CaseEvent::Recording(_) => case.recording().word(),
        CaseEvent::Card(_) => case.card().word(),
        CaseEvent::Letter(_) => case.letter().word(),
        CaseEvent::Berkas(_) => case.berkas().word(),
    }
    .to_owned()
}

fn states(case: &Case) -> String {
    let segments = case.segments();
    let mut open = vec![format!("recording {}", case.recording().word())];
    if segments.card {
        open.push(format!("card {}", case.card().word()));
    }
    if segments.letter {
        open.push(format!("letter {}", case.letter().word()));
    }
    if segments.berkas {
        open.push(format!("berkas {}", case.berkas().word()));
    }
    open.join(", ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_shipped_procedure_comes_to_its_end() {
        let mut totals = Vec::new();
        for profile in Profile::shipped() {
            let walk = walk(&profile, date(2026, 11, 20), 1_795_000_000_000)
                .unwrap_or_else(|error| panic!("{}: {error}", profile.identity.id));
            assert_eq!(walk.steps.len(), profile.steps().len());
            assert_eq!(walk.people, if profile.is_collective() { 3 } else { 1 });
            totals.push((walk.profile, walk.stated_minutes_total));
        }
        totals.sort();
        let expected = [
            ("kapuas-issuance", Some(14)),
            ("tangerang-cibodas-2018", None),
            ("tangerang-dinas-dafduk01-2021", Some(90)),
            ("tanggamus-kolektif", None),
            ("tapin-candilarasutara-2023", Some(29)),
        ];
        assert_eq!(totals, expected.map(|(id, total)| (id.to_owned(), total)));
    }

    #[test]
    fn no_card_is_printed_before_the_centre_answered() {
        for profile in Profile::shipped() {
            let walk = walk(&profile, date(2026, 11, 20), 0).unwrap();
            let moves: Vec<&WalkMove> = walk.steps.iter().flat_map(|step| &step.moves).collect();
            for printed in moves.iter().filter(|one| one.event == "card.print") {
                let before = moves.iter().take_while(|one| !std::ptr::eq(**one, *printed));
                let ready =
                    before.filter(|one| one.person == printed.person).any(|one| one.to == "PrintReady");
                assert!(ready, "{}", profile.identity.id);
            }
        }
    }

    #[test]
    fn a_child_is_stopped_by_name() {
        let profile =
            Profile::shipped().into_iter().find(|profile| profile.identity.id.starts_with("tapin")).unwrap();
        // The walker was born in 2006: sixteen on this day.
        let error = walk(&profile, date(2022, 11, 20), 0).unwrap_err();
        let WalkError::Refused { event, refusal, .. } = error else { panic!("{error}") };
        assert_eq!((event.as_str(), refusal.key().as_str()), ("recording.allow", "guard.UnderAge"));
    }

    #[test]
    fn a_good_day_spoils_nothing_and_prints_nothing_that_is_switched_off() {
        for profile in Profile::shipped() {
            for step in walk(&profile, date(2026, 11, 20), 0).unwrap().steps {
                assert!(!step.registers.contains(&Book::Invalid.word().to_owned()), "{}", step.no);
                for paper in step.prints.iter().filter_map(|paper| Paper::from_word(paper)) {
                    assert_eq!(profile.switched_off_by(paper), None, "{}", step.no);
                }
            }
        }
    }

    #[test]
    fn only_registers_of_the_office_are_written() {
        for profile in Profile::shipped() {
            for step in walk(&profile, date(2026, 11, 20), 0).unwrap().steps {
                for book in step.registers {
                    assert!(profile.registers.iter().any(|known| known.word() == book), "{book}");
                }
            }
        }
    }
}
