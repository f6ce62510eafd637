//! A whole working day at a demonstration station: made-up people, simulated devices, the real core.
//!
//! The same seed gives the same day. A day that was killed is gone on with: everybody who was left at some step is
//! served to the end from that very step, then the next people come.

mod capture;
mod visit;

use std::path::Path;

use jiff::civil::Date;
use rekam_core::clock::{Clock, SetClock, UnixMs, on_the_wall};
use rekam_core::demonstration;
use rekam_core::desk::{Acknowledged, CaseRow, Uuid};
use rekam_core::problem::Code;
use rekam_core::station::{Chance, Station};
use rekam_core::trail::LockReason;
use rekam_core::view::SignInRequest;
use rekam_domain::berkas::BerkasState;
use rekam_domain::case::Facts;
use rekam_domain::letter::LetterState;
use rekam_domain::machine::CaseEvent;
use rekam_domain::profile::TimeZone;
use rekam_domain::recording::{RecordingState, Stage};
pub use rekam_driver_sim::Detail;
use rekam_driver_sim::SimBench;
use serde::Serialize;

/// The first simulated day: Monday 23 November 2026, 08:00 in the demonstration office.
const FIRST_MORNING_MS: UnixMs = 1_795_392_000_000;
/// Between two steps of a person.
const STEP_MS: i64 = 7_000;

/// Told of every step the moment the core has acknowledged it.
pub type Saw<'a> = dyn FnMut(&Acknowledged) -> anyhow::Result<()> + 'a;

/// What day it is to be.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How many new people come.
    pub people: u32,
    /// What they are drawn from.
    pub seed: u64,
    /// Pictures as from real devices, or tiny ones of the same kind.
    pub detail: Detail,
}

/// How it went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// People who came, those left over from before included.
    pub served: u32,
    /// Recorded and sealed.
    pub recorded: u32,
    /// Did not answer their call.
    pub no_show: u32,
    /// Told where else to go, or not entitled.
    pub turned_away: u32,
    /// Recorded with an exception.
    pub exceptions: u32,
    /// Interrupted by a device and resumed.
    pub suspended: u32,
    /// Interrupted by a locked screen.
    pub locked: u32,
    /// Letters delivered.
    pub letters: u32,
    /// Steps acknowledged.
    pub steps: u32,
}

/// Runs a day in this folder; an empty one gets a demonstration station first.
///
/// # Errors
/// The station is a real one, or the core refused something that must work.
pub fn run_in(folder: &Path, plan: Plan, saw: &mut Saw<'_>) -> anyhow::Result<Summary> {
    let clock = SetClock::continuing(FIRST_MORNING_MS);
    let opened = Station::open(folder, Clock::Set(clock.clone()));
    let mut station = match opened {
        Ok(station) => station,
        Err(problem) if matches!(problem.code, Code::NotSetUp | Code::FolderUnusable) => {
            demonstration::set_up(folder, &Clock::Set(clock.clone()))?;
            Station::open(folder, Clock::Set(clock.clone()))?
        }
        Err(problem) => return Err(problem.into()),
    };
    run(&mut station, &clock, plan, saw)
}

/// Runs a day at an open station whose clock is ours to move.
///
/// # Errors
/// The station is a real one, or the core refused something that must work.
pub fn run(
    station: &mut Station,
    clock: &SetClock,
    plan: Plan,
    saw: &mut Saw<'_>,
) -> anyhow::Result<Summary> {
    if !station.is_demonstration() {
        anyhow::bail!("simulated people are let in only at a demonstration station");
    }
    station.set_chance(Chance::Seed(plan.seed));
    station.keep_copies();
    let bench = SimBench::new(plan.detail);
    let mut day =
        Day { station, clock, bench, plan, saw, account: String::new(), summary: Summary::default() };
    day.serve_everybody()?;
    day.write_letters()?;
    day.sign_in("pengawas")?;
    day.station.sign_audit()?;
    day.station.lock(LockReason::Chosen);
    Ok(day.summary)
}

struct Day<'a> {
    station: &'a mut Station,
    clock: &'a SetClock,
    bench: SimBench,
    plan: Plan,
    saw: &'a mut Saw<'a>,
    account: String,
    summary: Summary,
}

impl Day<'_> {
    fn today(&self) -> Date {
        on_the_wall(self.station.now(), TimeZone::Wita).date()
    }

    /// Another person sits down at the desk; nothing that is open is closed by it.
    fn sign_in(&mut self, account: &str) -> anyhow::Result<()> {
        if self.account != account {
            let shown = demonstration::accounts_shown();
            let passphrase =
                shown.iter().find(|shown| shown.account == account).map(|shown| &shown.passphrase);
            let secret = passphrase.cloned().unwrap_or_default();
            self.station.sign_in(SignInRequest { account: account.to_owned(), secret })?;
            account.clone_into(&mut self.account);
        }
        Ok(())
    }

    /// The screen locks in the middle of a person, and the operator comes back.
    fn lock_and_return(&mut self) -> anyhow::Result<()> {
        self.station.lock(LockReason::Idle);
        self.account.clear();
        self.summary.locked += 1;
        self.sign_in("operator")
    }

    fn advance(&mut self, case: Uuid, event: &str, who: &str, said: &Facts) -> anyhow::Result<()> {
        self.sign_in(who)?;
        self.clock.advance(STEP_MS);
        let known = CaseEvent::from_word(event).ok_or_else(|| anyhow::anyhow!("{event}: no such event"))?;
        let step = self.station.advance(case, known, said)?;
        self.acknowledged(&step)
    }

    fn acknowledged(&mut self, step: &Acknowledged) -> anyhow::Result<()> {
        self.summary.steps += 1;
        (self.saw)(step)
    }

    fn cases(&mut self) -> anyhow::Result<Vec<CaseRow>> {
        self.sign_in("operator")?;
        Ok(self.station.list_cases()?)
    }

    fn serve_everybody(&mut self) -> anyhow::Result<()> {
        let known = self.cases()?;
        for (index, case) in (0..).zip(&known) {
            if is_left_open(case) {
                self.serve(index, Some(case.id))?;
                self.between_people()?;
            }
        }
        let first = u64::try_from(known.len())?;
        for index in first..first + u64::from(self.plan.people) {
            self.serve(index, None)?;
            self.between_people()?;
        }
        Ok(())
    }

    /// The moment in which the window of a real desk lets the station rest.
    fn between_people(&mut self) -> anyhow::Result<()> {
        self.clock.advance(STEP_MS);
        self.station.rest()?;
        Ok(())
    }

    /// Initials, signatures, numbers and archive, as the office does them: in one go, each by whoever may.
    fn write_letters(&mut self) -> anyhow::Result<()> {
        let receipt = |facts: &mut Facts| facts.letter.receipt_signed = true;
        let rounds: [(LetterState, &str, &str); 5] = [
            (LetterState::Draft, "letter.initial", "kasi"),
            (LetterState::Initialled, "letter.sign", "camat"),
            (LetterState::Signed, "letter.number", "operator"),
            (LetterState::Numbered, "letter.stamp", "operator"),
            (LetterState::Stamped, "letter.deliver", "operator"),
        ];
        for (state, event, who) in rounds {
            for case in self.cases()?.iter().filter(|case| case.letter_state == state.word()) {
                let mut said = Facts::default();
                said.letter.number_left = true;
                receipt(&mut said);
                self.advance(case.id, event, who, &said)?;
                self.summary.letters += u32::from(event == "letter.deliver");
            }
        }
        for case in self.cases()?.iter().filter(|case| case.berkas_state == BerkasState::InUse.word()) {
            let mut said = Facts::default();
            said.berkas.place_named = true;
            self.advance(case.id, "berkas.archive", "operator", &said)?;
        }
        Ok(())
    }
}

/// Whether somebody was left at some step before the end of the recording.
fn is_left_open(case: &CaseRow) -> bool {
    match RecordingState::from_word(&case.recording_state).map(RecordingState::stage) {
        Some(Stage::Sealed | Stage::Through) => case.letter_state == LetterState::NotDrafted.word(),
        Some(Stage::Ended) => false,
        _ => true,
    }
}
