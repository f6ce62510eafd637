//! The clock of the computer beside what the station knows: jumps are written down, and a doubtful date is looked at by
//! a person before anything is dated by it.

use rekam_domain::audit::AuditEvent;
use rekam_domain::clock_trust::ClockTrust;
use rekam_domain::permission::{Operation, Subject};
use serde_json::json;

use crate::clock::office_time;
use crate::problem::{Code, Problem};
use crate::station::Station;
use crate::view::ClockView;

/// Under which the doubt is kept: the last time that was sure.
const DOUBT: &str = "clock.doubt";

impl Station {
    /// How far the station's time can be trusted; written into packets.
    #[must_use]
    pub fn clock_trust(&self) -> ClockTrust {
        self.clock().trust().0
    }

    /// The clock as the screen shows it.
    pub(crate) fn clock_view(&self) -> ClockView {
        let (trust, apart_ms) = self.clock().trust();
        ClockView {
            trust: trust.word().to_owned(),
            minutes_apart: i32::try_from(apart_ms / 60_000).unwrap_or(i32::MAX),
            computer: office_time(self.clock().computer_ms(), self.profile().office.time_zone),
        }
    }

    /// Somebody has looked at the computer's clock and says that it is right; the station follows it from here on.
    ///
    /// # Errors
    /// After a long absence anybody who is signed in may say so; a clock that was set takes a supervisor or a
    /// technician.
    pub fn confirm_clock(&mut self) -> Result<(), Problem> {
        let before = self.now();
        let trust = self.clock_trust();
        self.signed_in()?;
        if trust == ClockTrust::Steady {
            return Ok(());
        }
        if trust != ClockTrust::Unsure && !self.may(Operation::Change, Subject::Devices)? {
            self.permit(Operation::Change, Subject::Profile)?;
        }
        let wall_ms = self.clock().computer_ms();
        self.note(AuditEvent::ClockSet, json!({"from": before, "to": wall_ms}))?;
        self.clock().confirm();
        // Written down at once: the next start must find neither the older time nor the doubt again.
        self.promise(|station, writing| Ok(writing.mark_setting(DOUBT, "", station.now())?))
    }

    /// A doubt stays until somebody has looked, also over a restart: signing in writes the new time down.
    pub(crate) fn keep_clock_doubt(&mut self) -> Result<(), Problem> {
        let (kept, last) =
            self.store()?.read(|reading| Ok((reading.get_setting(DOUBT)?, reading.get_office_time()?)))?;
        let floor_ms = kept.as_deref().and_then(|floor| floor.parse().ok());
        match floor_ms {
            Some(floor_ms) => self.clock().doubt(floor_ms),
            None if self.clock_trust() == ClockTrust::Unsure => {
                let floor = last.wall_ms.to_string();
                self.promise(|station, writing| Ok(writing.mark_setting(DOUBT, &floor, station.now())?))?;
            }
            None => {}
        }
        Ok(())
    }

    /// Nothing is dated by a clock that nobody has looked at after a long absence.
    pub(crate) fn expect_sure_clock(&self) -> Result<(), Problem> {
        if self.clock_trust() == ClockTrust::Unsure {
            let today = office_time(self.now(), self.profile().office.time_zone);
            return Err(Problem::new(Code::ClockUnsure).with("date", today.date).with("time", today.time));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
