//! The service clock: it starts when the file is complete, and pauses only for what the minister named.
//!
//! Time is milliseconds since 1970, given as an argument. A time before the last one counts as the last one, so a
//! clock that is set back never makes time run backwards here.

use serde::{Deserialize, Serialize};

crate::word::words! {
    /// Why the clock may pause (`domain.md` §5.1).
    pub enum PauseReason {
        /// Power failure.
        Power => "POWER",
        /// A long queue.
        Queue => "QUEUE",
        /// A device is broken.
        Device => "DEVICE",
        /// The network is down.
        Network => "NETWORK",
        /// The applicant is away or has something to bring.
        Applicant => "APPLICANT",
    }
}

crate::word::words! {
    /// How a step or a service did against its standard.
    pub enum Verdict {
        /// Within its time.
        Met => "met",
        /// Over its time.
        Missed => "missed",
        /// No standard was set.
        NoStandard => "no_standard",
    }
}

/// One pause, from and to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Why.
    pub reason: PauseReason,
    /// Begin, in milliseconds.
    pub from_ms: i64,
    /// End, in milliseconds; none while it lasts.
    pub to_ms: Option<i64>,
}

/// The clock of one service. Several clocks of steps may run beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlaClock {
    started_ms: Option<i64>,
    stopped_ms: Option<i64>,
    last_ms: Option<i64>,
    pauses: Vec<Pause>,
    restarts: u32,
}

impl SlaClock {
    fn tick(&mut self, now_ms: i64) -> i64 {
        let now_ms = self.last_ms.map_or(now_ms, |last| last.max(now_ms));
        self.last_ms = Some(now_ms);
        now_ms
    }

    /// Starts. A clock that runs or has stopped is left as it is.
    pub fn start(&mut self, now_ms: i64) {
        if self.started_ms.is_none() {
            let now_ms = self.tick(now_ms);
            self.started_ms = Some(now_ms);
        }
    }

    /// Forgets what ran: time counts from the completeness that is verified next (T04).
    pub fn restart(&mut self) {
        if self.stopped_ms.is_none() {
            self.started_ms = None;
            self.pauses.clear();
            self.restarts = self.restarts.saturating_add(1);
        }
    }

    /// Pauses. Another pause that lasts ends first, so that no minute counts twice.
    pub fn pause(&mut self, reason: PauseReason, now_ms: i64) {
        if self.started_ms.is_none() || self.stopped_ms.is_some() {
            return;
        }
        self.resume(now_ms);
        let from_ms = self.tick(now_ms);
        self.pauses.push(Pause { reason, from_ms, to_ms: None });
    }

    /// Runs again.
    pub fn resume(&mut self, now_ms: i64) {
        if self.stopped_ms.is_none() {
            let now_ms = self.tick(now_ms);
            self.close_pause(now_ms);
        }
    }

    /// Stops for good.
    pub fn stop(&mut self, now_ms: i64) {
        if self.started_ms.is_some() && self.stopped_ms.is_none() {
            let now_ms = self.tick(now_ms);
            self.close_pause(now_ms);
            self.stopped_ms = Some(now_ms);
        }
    }

    fn close_pause(&mut self, now_ms: i64) {
        if let Some(open) = self.pauses.last_mut().filter(|pause| pause.to_ms.is_none()) {
            open.to_ms = Some(now_ms);
        }
    }

    fn until(&self, now_ms: i64) -> i64 {
        self.stopped_ms.unwrap_or_else(|| self.last_ms.map_or(now_ms, |last| last.max(now_ms)))
    }

    /// Everything between start and stop.
    #[must_use]
    pub fn raw_ms(&self, now_ms: i64) -> i64 {
        self.started_ms.map_or(0, |start| self.until(now_ms).saturating_sub(start))
    }

    /// What was paused for one reason.
    #[must_use]
    pub fn paused_ms(&self, reason: PauseReason, now_ms: i64) -> i64 {
        let until = self.until(now_ms);
        self.pauses
            .iter()
            .filter(|pause| pause.reason == reason)
            .map(|pause| pause.to_ms.unwrap_or(until).saturating_sub(pause.from_ms))
            .fold(0, i64::saturating_add)
    }

    /// Raw time without the pauses.
    #[must_use]
    pub fn net_ms(&self, now_ms: i64) -> i64 {
        let paused = PauseReason::ALL
            .iter()
            .map(|reason| self.paused_ms(*reason, now_ms))
            .fold(0, i64::saturating_add);
        self.raw_ms(now_ms).saturating_sub(paused)
    }

    /// How the net time stands against a standard in minutes.
    #[must_use]
    pub fn verdict(&self, standard_minutes: Option<u32>, now_ms: i64) -> Verdict {
        match standard_minutes {
            None => Verdict::NoStandard,
            Some(minutes) if self.net_ms(now_ms) <= i64::from(minutes) * MINUTE_MS => Verdict::Met,
            Some(_) => Verdict::Missed,
        }
    }

    /// Whether it has started and not stopped, paused or not.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.started_ms.is_some() && self.stopped_ms.is_none()
    }

    /// The pauses, in order.
    #[must_use]
    pub fn pauses(&self) -> &[Pause] {
        &self.pauses
    }

    /// How often the file had to be completed.
    #[must_use]
    pub const fn restarts(&self) -> u32 {
        self.restarts
    }
}

const MINUTE_MS: i64 = 60_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_net_without_pauses_and_restarts_at_completeness() {
        let mut clock = SlaClock::default();
        clock.start(0);
        clock.pause(PauseReason::Power, 60_000);
        clock.pause(PauseReason::Network, 90_000);
        clock.resume(120_000);
        assert_eq!((clock.raw_ms(180_000), clock.net_ms(180_000)), (180_000, 120_000));
        assert_eq!(clock.paused_ms(PauseReason::Power, 180_000), 30_000);
        assert_eq!(clock.verdict(Some(2), 180_000), Verdict::Met);
        assert_eq!(clock.verdict(Some(1), 180_000), Verdict::Missed);
        assert_eq!(clock.verdict(None, 180_000), Verdict::NoStandard);
        clock.restart();
        assert_eq!((clock.raw_ms(200_000), clock.restarts()), (0, 1));
        clock.start(200_000);
        clock.stop(260_000);
        clock.pause(PauseReason::Queue, 270_000);
        assert_eq!((clock.raw_ms(999_000), clock.net_ms(999_000)), (60_000, 60_000));
    }

    #[test]
    fn never_runs_backwards() {
        let mut clock = SlaClock::default();
        clock.start(100_000);
        clock.pause(PauseReason::Device, 50_000);
        clock.resume(20_000);
        assert_eq!((clock.raw_ms(10_000), clock.net_ms(10_000)), (0, 0));
    }
}
