//! The one open station of this window: opened once, used by one command at a time, closed in order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use rekam_core::clock::Clock;
use rekam_core::demonstration;
use rekam_core::problem::{Code, Problem};
use rekam_core::station::Station;

/// Which station to open.
pub(crate) enum Place {
    /// The station somebody set up in this folder.
    Station(PathBuf),
    /// The demonstration office in this folder, set up if it is not there yet.
    Demonstration(PathBuf),
}

impl Place {
    fn open(&self) -> Result<Station, Problem> {
        match self {
            Place::Station(folder) => Station::open(folder, Clock::System),
            Place::Demonstration(folder) => open_demonstration(folder),
        }
    }
}

fn open_demonstration(folder: &Path) -> Result<Station, Problem> {
    match demonstration::set_up(folder, &Clock::System) {
        // The recovery key of a demonstration protects nothing; it is forgotten here.
        Ok(_) => {}
        Err(problem) if problem.code == Code::AlreadySetUp => {}
        Err(problem) => return Err(problem),
    }
    Station::open(folder, Clock::System)
}

/// The station, or why it could not be opened. Whoever asks first opens it; the others wait.
pub(crate) struct OpenStation {
    place: Place,
    station: OnceLock<Mutex<Result<Station, Problem>>>,
}

impl OpenStation {
    /// Names the folder; nothing is opened yet.
    pub(crate) fn at(place: Place) -> OpenStation {
        OpenStation { place, station: OnceLock::new() }
    }

    /// Opens the station if nobody has yet.
    pub(crate) fn warm_up(&self) {
        drop(self.lock());
    }

    /// Asks the station. A mistake of ours inside becomes a problem that is shown, not the end of the desk.
    pub(crate) fn ask<T>(
        &self,
        question: impl FnOnce(&mut Station) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut station = self.lock();
        match &mut *station {
            Ok(station) => {
                catch_unwind(AssertUnwindSafe(|| question(station))).unwrap_or_else(|_| Err(our_mistake()))
            }
            Err(problem) => Err(problem.clone()),
        }
    }

    /// Locks and lets go of the station, so that its folder is free when the program ends.
    pub(crate) fn close(&self) {
        // A station that was never opened must not be opened to be closed.
        if self.station.get().is_some() {
            let mut station = self.lock();
            if let Ok(open) = &mut *station {
                open.lock();
            }
            *station = Err(Problem::new(Code::SignInFirst));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Result<Station, Problem>> {
        self.station
            .get_or_init(|| {
                let opened = catch_unwind(AssertUnwindSafe(|| self.place.open()));
                Mutex::new(opened.unwrap_or_else(|_| Err(our_mistake())))
            })
            .lock()
            // What a broken question left behind is the store's to judge: it commits whole steps or nothing.
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The problem that stands for any mistake of ours.
pub(crate) fn our_mistake() -> Problem {
    Problem::new(Code::OurMistake)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demonstration() -> (tempfile::TempDir, OpenStation) {
        let folder = tempfile::tempdir().unwrap();
        let station = OpenStation::at(Place::Demonstration(folder.path().to_owned()));
        (folder, station)
    }

    #[test]
    fn shows_a_mistake_of_ours_as_a_problem_and_goes_on() {
        let (_folder, station) = demonstration();
        let broken: Result<(), Problem> = station.ask(|_| panic!("on purpose"));
        assert_eq!(broken.unwrap_err().code, Code::OurMistake);
        assert!(station.ask(|station| station.welcome()).is_ok());
    }

    #[test]
    fn answers_nothing_after_it_was_closed() {
        let (_folder, station) = demonstration();
        station.warm_up();
        station.close();
        assert_eq!(station.ask(|station| station.welcome()).unwrap_err().code, Code::SignInFirst);
    }
}
