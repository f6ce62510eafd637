//! The one open station of this window: opened once, used by one command at a time, closed in order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rekam_core::clock::Clock;
use rekam_core::demonstration;
use rekam_core::problem::{Code, Problem};
use rekam_core::station::Station;
use rekam_core::trail::LockReason;
use rekam_receiver::embedded::Embedded;

use crate::demonstration as demonstration_office;

/// Which station to open.
pub(crate) enum Place {
    /// The station somebody set up in this folder.
    Station(PathBuf),
    /// The demonstration office in this folder, set up if it is not there yet.
    Demonstration(PathBuf),
}

impl Place {
    fn folder(&self) -> &Path {
        match self {
            Place::Station(folder) | Place::Demonstration(folder) => folder,
        }
    }

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

/// The station of this window. Whoever asks first opens it; the others wait.
pub(crate) struct OpenStation {
    place: Place,
    state: Mutex<State>,
}

enum State {
    /// Nobody has asked yet, or it could not be opened; the next question tries again.
    Shut,
    /// The station, and at a demonstration its office, which goes after it.
    Open(Box<Station>, Option<Embedded>),
    /// The window is going away.
    Ended,
}

impl OpenStation {
    /// Names the place; nothing is opened yet.
    pub(crate) fn at(place: Place) -> OpenStation {
        OpenStation { place, state: Mutex::new(State::Shut) }
    }

    /// Opens the station if nobody has yet; why it does not open is told to whoever asks.
    pub(crate) fn warm_up(&self) {
        let _ = self.ask(|_| Ok(()));
    }

    /// Lets the station look after itself for a moment; false once the window is going away.
    pub(crate) fn rest(&self) -> bool {
        let mut state = self.lock();
        match &mut *state {
            // What the disk refuses here is found again, and said, with the next thing somebody does.
            State::Open(station, _) => drop(catch_unwind(AssertUnwindSafe(|| station.rest()))),
            State::Shut => {}
            State::Ended => return false,
        }
        true
    }

    /// Asks the station. A mistake of ours inside becomes a problem that is shown, not the end of the desk.
    pub(crate) fn ask<T>(
        &self,
        question: impl FnOnce(&mut Station) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut state = self.lock();
        catch_unwind(AssertUnwindSafe(|| {
            if let State::Shut = *state {
                let mut station = self.place.open()?;
                station.keep_copies();
                let office = if station.is_demonstration() {
                    demonstration_office::serve(&mut station, self.place.folder())
                } else {
                    None
                };
                station.deliver();
                *state = State::Open(Box::new(station), office);
            }
            match &mut *state {
                State::Open(station, _) => question(station),
                State::Shut | State::Ended => Err(Problem::new(Code::SignInFirst)),
            }
        }))
        .unwrap_or_else(|_| Err(our_mistake()))
    }

    /// Locks and lets go of the station, so that its folder is free when the program ends.
    pub(crate) fn close(&self) {
        let ended = std::mem::replace(&mut *self.lock(), State::Ended);
        if let State::Open(mut station, office) = ended {
            station.lock(LockReason::Closing);
            // Its line first: an office stops once nobody asks any more.
            drop(station);
            drop(office);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // What a broken question left behind is the store's to judge: it commits whole steps or nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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

    #[test]
    fn opens_when_asked_again_after_the_reason_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let station = OpenStation::at(Place::Station(folder.path().to_owned()));
        assert_eq!(station.ask(|station| station.welcome()).unwrap_err().code, Code::NotSetUp);
        demonstration::set_up(folder.path(), &Clock::System).unwrap();
        assert!(station.ask(|station| station.welcome()).is_ok());
    }

    #[test]
    fn shows_the_demonstration_again_where_it_was_left() {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let station = OpenStation::at(Place::Demonstration(folder.path().to_owned()));
            assert!(station.ask(|station| station.welcome()).unwrap().station.is_demonstration);
            station.close();
        }
    }
}
