//! How long bytes stay here after the office has them, and by which clock: the procedure in use says so, and only who is
//! signed in can read it. The outbox remembers it for the hours in which nobody is.

use rekam_domain::profile::Profile;
use rekam_store::Outbox;
use rekam_sync::{Config, Retention};

use super::{DAY_MS, Order};
use crate::station::Station;

/// The cursor of the outbox that holds what the procedure in use says.
const KEEPING_CURSOR: &str = "keeping";
/// Before anybody has signed in nothing is known, and nothing is forgotten: longer than any procedure asks for.
const UNTOLD_DAYS: u32 = 3_650;

/// What the procedure in use says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Keeping {
    days: u32,
    utc_offset_min: i16,
}

impl Keeping {
    fn of(profile: &Profile) -> Self {
        let utc_offset_min = i16::from(profile.office.time_zone.hours_ahead()) * 60;
        Self { days: profile.retention.purge_max_days, utc_offset_min }
    }

    /// As the outbox remembers it.
    pub(super) fn remembered(outbox: &Outbox, profile: &Profile) -> Self {
        let kept = outbox.read(|reading| reading.get_cursor(KEEPING_CURSOR)).ok().flatten();
        let read = |text: String| {
            let (days, offset) = text.split_once(' ')?;
            Some(Self { days: days.parse().ok()?, utc_offset_min: offset.parse().ok()? })
        };
        kept.and_then(read).unwrap_or(Self { days: UNTOLD_DAYS, ..Self::of(profile) })
    }

    pub(super) fn config(self) -> Config {
        let mut seed = [0; 8];
        // Without chance, stations march in step; that is all.
        let _ = getrandom::fill(&mut seed);
        let keep_ms = i64::from(self.days) * DAY_MS;
        Config {
            seed: u64::from_le_bytes(seed),
            utc_offset_min: self.utc_offset_min,
            retention: Retention { keep_ms, ..Retention::default() },
            ..Config::default()
        }
    }
}

impl Station {
    /// Delivery follows the version of the procedure that has come into use.
    pub(crate) fn tell_keeping_to_delivery(&self) {
        let Some(outbox) = self.outbox() else { return };
        let keeping = Keeping::of(self.profile());
        if Keeping::remembered(&outbox, self.profile()) == keeping {
            return;
        }
        let text = format!("{} {}", keeping.days, keeping.utc_offset_min);
        // What is not remembered now is told again with the next sign-in.
        let _ = outbox.write(|writing| writing.mark_cursor(KEEPING_CURSOR, &text, self.now()));
        let terms = &self.config().delivery;
        self.delivery().send(Order::Config(terms.on_these_terms(keeping.config())));
    }
}
