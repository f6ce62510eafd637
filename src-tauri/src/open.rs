//! The one open station of this window: opened once, used by one command at a time, closed in order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use rekam_core::problem::{Code, Problem};

use crate::stand_in::Station;

/// The station, or why it could not be opened. Whoever asks first opens it; the others wait.
pub(crate) struct OpenStation {
    folder: Option<PathBuf>,
    station: OnceLock<Mutex<Result<Station, Problem>>>,
}

impl OpenStation {
    /// Names the folder; nothing is opened yet.
    pub(crate) fn at(folder: Option<PathBuf>) -> OpenStation {
        OpenStation { folder, station: OnceLock::new() }
    }

    /// Opens the station if nobody has yet.
    pub(crate) fn warm_up(&self) {
        drop(self.lock());
    }

    /// Asks the station. A mistake of ours inside becomes a problem that is shown, not the end of the desk.
    pub(crate) fn ask<T>(&self, question: impl FnOnce(&mut Station) -> Result<T, Problem>) -> Result<T, Problem> {
        let mut station = self.lock();
        match &mut *station {
            Ok(station) => catch_unwind(AssertUnwindSafe(|| question(station))).unwrap_or_else(|_| Err(our_mistake())),
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
            *station = Err(Problem { code: Code::SignInFirst, values: [].into() });
        }
    }

    fn lock(&self) -> MutexGuard<'_, Result<Station, Problem>> {
        self.station
            .get_or_init(|| {
                let folder = self.folder.clone();
                let opened = catch_unwind(AssertUnwindSafe(|| Station::open_or_demonstrate(folder)));
                Mutex::new(opened.unwrap_or_else(|_| Err(our_mistake())))
            })
            .lock()
            // What a broken question left behind is the store's to judge: it commits whole steps or nothing.
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The problem that stands for any mistake of ours.
pub(crate) fn our_mistake() -> Problem {
    Problem { code: Code::OurMistake, values: [].into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_a_mistake_of_ours_as_a_problem_and_goes_on() {
        let station = OpenStation::at(None);
        let broken: Result<(), Problem> = station.ask(|_| panic!("on purpose"));
        assert_eq!(broken.unwrap_err().code, Code::OurMistake);
        assert!(station.ask(|station| Ok(station.welcome())).is_ok());
    }

    #[test]
    fn answers_nothing_after_it_was_closed() {
        let station = OpenStation::at(None);
        station.warm_up();
        station.close();
        assert_eq!(station.ask(|station| Ok(station.welcome())).unwrap_err().code, Code::SignInFirst);
    }
}
