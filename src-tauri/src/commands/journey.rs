//! The commands of a recording: the person, the moves, the captures.

use std::collections::HashSet;
use std::sync::Arc;

use rekam_core::desk::Uuid;
use rekam_core::journey::Move;
use rekam_core::journey::view::{DeskCaseView, FoundPersonView, JourneyView, MarkRequest};
use rekam_core::problem::{Code, Problem};
use rekam_core::station::Station;
use rekam_domain::biodata::Biodata;
use rekam_driver_api::Answer;
use serde::Serialize;
use tauri::State;

use super::{Desk, ask};
use crate::capture::{CaptureDesk, CaptureView};
use crate::device::{made_up_people, made_up_person};
use crate::open::our_mistake;

type Capture<'a> = State<'a, Arc<CaptureDesk>>;

/// Somebody who does not exist and may come to a demonstration.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub(crate) struct MadeUpPersonView {
    /// NIK.
    nik: String,
    /// Full name.
    name: String,
    /// Word of what is special; its text is `situation.<word>`.
    situation: String,
}

fn case_of(text: &str) -> Result<Uuid, Problem> {
    text.parse().map_err(|_| Problem::new(Code::UnknownCase))
}

/// Numbers of people who have a case already.
fn taken_numbers(station: &mut Station) -> Result<HashSet<String>, Problem> {
    Ok(station.list_cases()?.into_iter().map(|case| case.nik).collect())
}

/// People by NIK, family card or name: from the lists of the office, at a demonstration also the made-up ones.
fn look_up(station: &mut Station, sought: &str) -> Result<Vec<(Biodata, Option<u64>)>, Problem> {
    let hits = station.find_in_roster(sought)?;
    let mut found: Vec<_> = hits.into_iter().map(|hit| (hit.entry.biodata, None)).collect();
    if found.is_empty() && station.is_demonstration() {
        found.extend(
            made_up_person(sought.trim(), station.today()).map(|(seed, biodata)| (biodata, Some(seed))),
        );
    }
    Ok(found)
}

/// Finds people, and says of each whether that person may be recorded and which papers it takes. Nothing sought is
/// somebody who has no number yet.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn find_person(desk: Desk<'_>, sought: String) -> Result<Vec<FoundPersonView>, Problem> {
    ask(desk, move |station| {
        if sought.trim().is_empty() {
            return Ok(vec![station.person_found(&Biodata::default())?]);
        }
        let found = look_up(station, &sought)?;
        found.iter().map(|(biodata, _)| station.person_found(biodata)).collect()
    })
    .await
}

/// Registers the person with this NIK, or takes up the case that is open for that person.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn begin_recording(desk: Desk<'_>, nik: String) -> Result<JourneyView, Problem> {
    ask(desk, move |station| {
        let open: Vec<String> =
            station.desk_cases()?.into_iter().filter(|case| case.is_open).map(|case| case.case).collect();
        let known = station
            .list_cases()?
            .into_iter()
            .find(|case| case.nik == nik && open.contains(&case.id.to_string()));
        if let Some(case) = known {
            return station.take_up(case.id);
        }
        let found = look_up(station, &nik)?;
        let own = found
            .into_iter()
            .find(|(biodata, _)| biodata.nik.as_ref().is_some_and(|known| known.expose() == nik));
        let (biodata, seed) = own.ok_or_else(|| Problem::new(Code::InputRefused).with("field", "nik"))?;
        station.begin_journey(&biodata, seed)
    })
    .await
}

/// Takes up a recording that was begun.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn take_up(desk: Desk<'_>, id: String) -> Result<JourneyView, Problem> {
    ask(desk, move |station| station.take_up(case_of(&id)?)).await
}

/// Where a recording is now.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn journey(desk: Desk<'_>, id: String) -> Result<JourneyView, Problem> {
    ask(desk, move |station| station.journey(case_of(&id)?)).await
}

/// The recording this person was in the middle of, if there is one.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn left_journey(desk: Desk<'_>) -> Result<Option<JourneyView>, Problem> {
    ask(desk, Station::left_journey).await
}

/// The people of today and everybody who still waits.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn desk_cases(desk: Desk<'_>) -> Result<Vec<DeskCaseView>, Problem> {
    ask(desk, |station| station.desk_cases()).await
}

/// Takes a move of a recording.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn move_on(
    desk: Desk<'_>,
    capture: Capture<'_>,
    id: String,
    chosen: String,
) -> Result<JourneyView, Problem> {
    let capture = Arc::clone(&capture);
    let ready = blocking(move || Ok(capture.devices()?.ready())).await?;
    ask(desk, move |station| {
        let chosen =
            Move::from_word(&chosen).ok_or_else(|| Problem::new(Code::InputRefused).with("field", "move"))?;
        station.move_on(case_of(&id)?, chosen, ready)
    })
    .await
}

/// Marks what cannot be taken, or takes the mark back.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn mark_part(
    desk: Desk<'_>,
    id: String,
    request: MarkRequest,
) -> Result<JourneyView, Problem> {
    ask(desk, move |station| station.mark_part(case_of(&id)?, &request)).await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tauri::async_runtime::spawn_blocking(work).await.unwrap_or_else(|_| Err(our_mistake()))
}

/// Begins a capture for a recording.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn start_capture(
    desk: Desk<'_>,
    capture: Capture<'_>,
    id: String,
    asked: String,
) -> Result<CaptureView, Problem> {
    let case = ask(desk, move |station| {
        station.active();
        case_of(&id)
    })
    .await?;
    let capture = Arc::clone(&capture);
    blocking(move || capture.start(case, asked)).await
}

/// The capture as soon as something is new since this number, or after a while.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn look_at_capture(capture: Capture<'_>, seen: u32) -> Result<CaptureView, Problem> {
    let capture = Arc::clone(&capture);
    blocking(move || Ok(capture.look(seen))).await
}

/// Takes what is there now, or breaks the capture off.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn answer_capture(capture: Capture<'_>, is_taken: bool) -> Result<(), Problem> {
    capture.answer(if is_taken { Answer::Finish } else { Answer::Cancel });
    Ok(())
}

/// Which devices a recording needs, and whether each can be used now.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn device_standings(capture: Capture<'_>) -> Result<Vec<DeviceStandingView>, Problem> {
    let capture = Arc::clone(&capture);
    let show = |(kind, is_usable): (rekam_driver_api::DeviceKind, bool)| DeviceStandingView {
        device: kind.word().to_owned(),
        is_usable,
    };
    blocking(move || Ok(capture.devices()?.standing().into_iter().map(show).collect())).await
}

/// A device of the desk.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub(crate) struct DeviceStandingView {
    /// Word of its kind.
    device: String,
    /// It can be used now.
    is_usable: bool,
}

/// People who may come to a demonstration; nobody at a real station.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn made_up(desk: Desk<'_>) -> Result<Vec<MadeUpPersonView>, Problem> {
    ask(desk, |station| {
        if !station.is_demonstration() {
            return Ok(Vec::new());
        }
        let taken = taken_numbers(station)?;
        let people = made_up_people(station.today(), |nik| taken.contains(nik));
        let show = |person: rekam_driver_sim::SyntheticPerson| MadeUpPersonView {
            nik: person.nik.unwrap_or_default(),
            name: person.full_name,
            situation: situation(person.situation).to_owned(),
        };
        Ok(people.into_iter().map(show).collect())
    })
    .await
}

/// Lets a simulated device fail, at a demonstration alone.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn let_fail(desk: Desk<'_>, capture: Capture<'_>, fault: String) -> Result<(), Problem> {
    ask(desk, |station| station.home().map(drop)).await?;
    let capture = Arc::clone(&capture);
    blocking(move || {
        let simulation = capture.devices()?.simulation().ok_or_else(|| Problem::new(Code::NotPermitted))?;
        simulation.let_fail(&fault);
        Ok(())
    })
    .await
}

const fn situation(situation: rekam_driver_sim::Situation) -> &'static str {
    use rekam_driver_sim::Situation as S;
    match situation {
        S::Ordinary => "ordinary",
        S::UnderAge => "under_age",
        S::UnderAgeMarried => "under_age_married",
        S::WithoutNik => "without_nik",
        S::MissingFinger => "missing_finger",
        S::WornFingers => "worn_fingers",
        S::BlindEye => "blind_eye",
        S::CannotSign => "cannot_sign",
    }
}
