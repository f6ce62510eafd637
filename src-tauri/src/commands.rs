//! Every command a page may call, each one line into the core.
//!
//! The core works on its own threads: the thread that draws the window never waits for a disk or a key derivation.

pub(crate) mod journey;

use std::sync::Arc;

use rekam_core::delivery::Hint;
use rekam_core::problem::Problem;
use rekam_core::station::Station;
use rekam_core::trail::LockReason;
use rekam_core::view::{HomeView, NikRequest, NikView, SignInRequest, WelcomeView};
use rekam_driver_api::Answer;
use tauri::State;

use crate::capture::CaptureDesk;
use crate::open::{OpenStation, our_mistake};

type Desk<'a> = State<'a, Arc<OpenStation>>;

async fn ask<T: Send + 'static>(
    desk: Desk<'_>,
    question: impl FnOnce(&mut Station) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let station = Arc::clone(&desk);
    tauri::async_runtime::spawn_blocking(move || station.ask(question))
        .await
        .unwrap_or_else(|_| Err(our_mistake()))
}

/// Which station this is and who can sign in.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn welcome(desk: Desk<'_>) -> Result<WelcomeView, Problem> {
    ask(desk, |station| station.welcome()).await
}

/// Signs a person in.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn sign_in(desk: Desk<'_>, request: SignInRequest) -> Result<HomeView, Problem> {
    ask(desk, |station| station.sign_in(request)).await
}

/// Sets a damaged database aside, gives it back from the mirror, and signs the person in.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn give_back(desk: Desk<'_>, request: SignInRequest) -> Result<HomeView, Problem> {
    ask(desk, |station| station.give_back_from_mirror(request)).await
}

/// The home screen of the person who is signed in.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn home(desk: Desk<'_>) -> Result<HomeView, Problem> {
    ask(desk, |station| station.home()).await
}

/// The home screen again, every few seconds; says whether somebody has touched the screen since. An idle screen is
/// locked, and this is how the page learns of it.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn look(desk: Desk<'_>, touched: bool) -> Result<HomeView, Problem> {
    ask(desk, move |station| {
        if touched {
            station.active();
        }
        // Somebody sits here and sees the line: an idle one is tried more often.
        station.hint_delivery(Hint::Watched(true));
        station.home()
    })
    .await
}

/// Somebody has looked at the computer's clock and says that it is right.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn confirm_clock(desk: Desk<'_>) -> Result<HomeView, Problem> {
    ask(desk, |station| {
        station.confirm_clock()?;
        station.home()
    })
    .await
}

/// Locks the station; work stays where it is.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn lock(desk: Desk<'_>, capture: State<'_, Arc<CaptureDesk>>) -> Result<(), Problem> {
    capture.answer(Answer::Cancel);
    ask(desk, |station| {
        station.lock(LockReason::Chosen);
        Ok(())
    })
    .await
}

/// Says what a NIK tells and what is odd about it.
#[tauri::command]
#[cfg_attr(feature = "bindings", specta::specta)]
pub(crate) async fn check_nik(desk: Desk<'_>, request: NikRequest) -> Result<NikView, Problem> {
    ask(desk, move |station| station.check_nik(&request)).await
}

#[cfg(all(test, feature = "bindings"))]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_command_is_declared_permitted_and_handled() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
        let (declared, permitted, handled) =
            (read("build.rs"), read("capabilities/main.json"), read("src/lib.rs"));
        for (place, known) in [("commands", "welcome"), ("commands/journey", "move_on")] {
            let source = read(&format!("src/{place}.rs"));
            let commands: Vec<&str> = source
                .split("#[tauri::command]")
                .skip(1)
                .filter_map(|rest| rest.split_once("pub(crate) async fn ")?.1.split_once('('))
                .map(|(name, _)| name)
                .filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
                .collect();
            assert!(commands.contains(&known));
            for command in commands {
                assert!(declared.contains(&format!("\"{command}\"")), "build.rs lacks {command}");
                let permission = format!("\"allow-{}\"", command.replace('_', "-"));
                assert!(permitted.contains(&permission), "the capability lacks {permission}");
                let path = format!("{}::{command}", place.replace('/', "::"));
                assert!(handled.contains(&path), "the window lacks {path}");
            }
        }
    }

    #[test]
    fn writes_the_client_of_the_screen() {
        let commands = tauri_specta::Builder::<tauri::Wry>::new().disable_serde_phases().commands(
            tauri_specta::collect_commands![
                check_nik,
                confirm_clock,
                give_back,
                home,
                journey::answer_capture,
                journey::begin_recording,
                journey::desk_cases,
                journey::device_standings,
                journey::find_person,
                journey::journey,
                journey::left_journey,
                journey::let_fail,
                journey::look_at_capture,
                journey::made_up,
                journey::mark_part,
                journey::move_on,
                journey::start_capture,
                journey::take_up,
                lock,
                look,
                sign_in,
                welcome
            ],
        );
        let draft = std::env::temp_dir().join(format!("rekam-client-{}.ts", std::process::id()));
        commands
            .export(
                specta_typescript::Typescript::default()
                    .header("// Generated from the commands of the station.\n"),
                &draft,
            )
            .unwrap();
        let fresh = std::fs::read_to_string(&draft).unwrap();
        std::fs::remove_file(&draft).unwrap();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/api/client.ts");
        if std::env::var_os("REKAM_BLESS").is_some() {
            std::fs::write(&path, &fresh).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == fresh,
            "ui/src/api/client.ts is stale: run `REKAM_BLESS=1 cargo test -p rekam-desk` and commit it"
        );
    }
}
