//! The window of the station: it shows what the core says and passes on what people do.
//!
//! It decides nothing, keeps nothing and reaches no file or network of its own; every rule, permission and record is in
//! `rekam_core`. Devices are reached through the drivers' traits (`device.rs`), one capture at a time (`capture.rs`). What
//! a page may call is in `commands.rs` and below it, and nowhere else; pictures go to the page by `private.rs`.
//!
//! ```no_run
//! // What `rekam-desk --data /srv/rekam` does.
//! let start = rekam_desk::Start::from_arguments(["--data".into(), "/srv/rekam".into()]);
//! assert!(start.is_ok());
//! ```

mod capture;
mod commands;
mod demonstration;
mod device;
mod error;
mod open;
mod private;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use gtk::glib;
use tauri::{AppHandle, Manager, RunEvent};

use capture::CaptureDesk;
pub use error::{StartError, report};
use open::{OpenStation, Place};

/// The signals by which a session or an init system asks a program to end (`SIGTERM`, `SIGINT`, `SIGHUP`).
const END_SIGNALS: [i32; 3] = [15, 2, 1];

/// How often the station looks after itself between two questions: an idle screen locks within this time.
const REST_EVERY: Duration = Duration::from_secs(1);

/// Where the demonstration office lives, below the folder for data of programs of the person at this computer.
const DEMONSTRATION_FOLDER: &str = "id.rekam.desk/demonstration";

/// What the window is started with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Start {
    /// Folder of the station; without it the window opens the demonstration office.
    pub folder: Option<PathBuf>,
}

impl Start {
    /// Reads the arguments that follow the program's name: nothing, or `--data DIR`.
    ///
    /// # Errors
    /// When there is any other argument, or no folder after `--data`.
    pub fn from_arguments(arguments: impl IntoIterator<Item = OsString>) -> Result<Start, StartError> {
        let mut start = Start::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            if argument != "--data" {
                return Err(StartError::UnknownArgument(argument.to_string_lossy().into_owned()));
            }
            let folder =
                arguments.next().filter(|folder| !folder.is_empty()).ok_or(StartError::FolderMissing)?;
            start.folder = Some(PathBuf::from(folder));
        }
        Ok(start)
    }
}

/// Shows the window and returns when it has been closed in order.
///
/// A station that cannot be opened is no error here: the window says what to do.
///
/// # Errors
/// When there is no screen to show it on, or the system refuses a window.
pub fn run(start: Start) -> Result<(), StartError> {
    // Asked first, because the windowing layer ends the program with a trace when there is no screen.
    gtk::init().map_err(|_| StartError::NoScreen)?;
    keep_data_out_of_crash_messages();

    let place = start.folder.map_or_else(
        || Place::Demonstration(glib::user_data_dir().join(DEMONSTRATION_FOLDER)),
        Place::Station,
    );
    let station = Arc::new(OpenStation::at(place));
    let app = tauri::Builder::default()
        .manage(Arc::clone(&station))
        .manage(Arc::new(CaptureDesk::of(Arc::clone(&station))))
        .register_asynchronous_uri_scheme_protocol(private::SCHEME, private::answer)
        .invoke_handler(tauri::generate_handler![
            commands::check_nik,
            commands::confirm_clock,
            commands::give_back,
            commands::home,
            commands::journey::answer_capture,
            commands::journey::begin_recording,
            commands::journey::desk_cases,
            commands::journey::device_standings,
            commands::journey::find_person,
            commands::journey::journey,
            commands::journey::left_journey,
            commands::journey::let_fail,
            commands::journey::look_at_capture,
            commands::journey::made_up,
            commands::journey::mark_part,
            commands::journey::move_on,
            commands::journey::start_capture,
            commands::journey::take_up,
            commands::lock,
            commands::look,
            commands::sign_in,
            commands::welcome
        ])
        .build(tauri::generate_context!())
        .map_err(|source| StartError::NoWindow(source.to_string()))?;

    // Opening takes longer than drawing: both begin now, and the first command waits for the slower one.
    let opening = Arc::clone(&station);
    std::thread::spawn(move || {
        opening.warm_up();
        while opening.rest() {
            std::thread::sleep(REST_EVERY);
        }
    });
    end_in_order_on_signals(app.handle());

    let code = app.run_return(|handle, event| {
        if let RunEvent::Exit = event {
            handle.state::<Arc<OpenStation>>().close();
        }
    });
    if code == 0 { Ok(()) } else { Err(StartError::NoWindow(format!("exit code {code}"))) }
}

/// A signal ends the window as closing it does: the event loop stops, then the station is closed.
fn end_in_order_on_signals(handle: &AppHandle) {
    for signal in END_SIGNALS {
        let handle = handle.clone();
        glib::unix_signal_add(signal, move || {
            handle.exit(0);
            glib::ControlFlow::Break
        });
    }
}

/// A crash message may quote what was typed; only the place in the code is written.
fn keep_data_out_of_crash_messages() {
    std::panic::set_hook(Box::new(|crash| {
        let place = crash.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        error::say(&format!("rekam-desk: a mistake of the program at {place}; nothing was changed"));
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(arguments: &[&str]) -> Result<Start, StartError> {
        Start::from_arguments(arguments.iter().map(OsString::from))
    }

    #[test]
    fn starts_without_arguments() {
        assert_eq!(start(&[]).unwrap(), Start { folder: None });
    }

    #[test]
    fn takes_the_folder_after_data() {
        assert_eq!(start(&["--data", "x"]).unwrap().folder, Some(PathBuf::from("x")));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert!(matches!(start(&["--dta"]), Err(StartError::UnknownArgument(_))));
        assert!(matches!(start(&["--data"]), Err(StartError::FolderMissing)));
        assert!(matches!(start(&["--data", ""]), Err(StartError::FolderMissing)));
    }
}
