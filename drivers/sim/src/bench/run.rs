//! One running capture: the watcher, the clock that counts, the fault of the script.

use std::sync::Arc;
use std::time::Duration;

use rekam_driver_api::{Answer, CaptureEvent, DeviceError, DeviceErrorKind, Origin, Terms, Trigger, Watch};

use crate::bench::{Fault, Handle, Pace};
use crate::body::Body;
use crate::encode::EncodeError;

/// What one event counts towards the time limit.
const BEAT_MS: u32 = 100;

/// A capture between its first event and its return.
pub(super) struct Run<'run, 'watch> {
    handle: &'run Handle,
    watch: &'run mut Watch<'watch>,
    terms: Terms,
    pace: Pace,
    /// Beats every event takes: one, unless the device is slow.
    beats: u32,
    elapsed_ms: u32,
    events: u32,
    /// The operator said "take it".
    pub(super) is_finished: bool,
    /// What goes wrong this time.
    pub(super) fault: Option<Fault>,
    /// Who sits there.
    pub(super) seated: Option<Arc<Body>>,
}

/// An error of the simulator, told as a device would.
pub(super) fn failure(kind: DeviceErrorKind, detail: &str) -> DeviceError {
    DeviceError::new(kind, format!("sim: {detail}"))
}

/// A mistake of ours in an encoder looks like a device that sends nonsense.
pub(super) fn garbled(error: EncodeError) -> DeviceError {
    failure(DeviceErrorKind::Garbage, &error.to_string())
}

impl<'run, 'watch> Run<'run, 'watch> {
    /// Accepts the order: counts the capture, looks into the script, tells the watcher.
    pub(super) fn begin(
        handle: &'run Handle,
        terms: Terms,
        watch: &'run mut Watch<'watch>,
    ) -> Result<Self, DeviceError> {
        if handle.is_spent() {
            return Err(failure(DeviceErrorKind::Unplugged, "the handle is from before the loss"));
        }
        let mut desk = handle.bench.desk();
        let count = desk.captures.entry(handle.kind).or_default();
        *count += 1;
        let number = *count;
        let fault = desk.script.get(handle.kind, number);
        let (pace, seated) = (desk.pace, desk.seated.clone());
        drop(desk);
        let beats = match fault {
            Some(Fault::Slow { times }) => times.max(1),
            _ => 1,
        };
        let mut run = Self {
            handle,
            watch,
            terms,
            pace,
            beats,
            elapsed_ms: 0,
            events: 0,
            is_finished: false,
            fault,
            seated,
        };
        run.show(CaptureEvent::Started)?;
        match fault {
            Some(Fault::Hang) => Err(run.hang()),
            Some(Fault::Garbage) => {
                run.show(CaptureEvent::Waiting)?;
                Err(failure(DeviceErrorKind::Garbage, "bytes that fit no message"))
            }
            _ => Ok(run),
        }
    }

    /// A number that no other impression of this person has.
    pub(super) fn next_impression(&self) -> u64 {
        let mut desk = self.handle.bench.desk();
        desk.impressions += 1;
        desk.impressions
    }

    /// Tells the watcher, then lets the time of one event pass; a slow device goes on for more beats with nothing new.
    pub(super) fn show(&mut self, event: CaptureEvent<'_>) -> Result<(), DeviceError> {
        self.tell(event)?;
        for _ in 1..self.beats {
            self.tell(CaptureEvent::Waiting)?;
        }
        Ok(())
    }

    fn tell(&mut self, event: CaptureEvent<'_>) -> Result<(), DeviceError> {
        self.check_cable()?;
        self.events += 1;
        match (self.watch)(event) {
            Answer::GoOn => {}
            Answer::Finish => self.is_finished = true,
            Answer::Cancel => return Err(failure(DeviceErrorKind::Cancelled, "by the operator")),
        }
        if self.pace == Pace::Real {
            std::thread::sleep(Duration::from_millis(u64::from(BEAT_MS)));
        }
        self.elapsed_ms = self.elapsed_ms.saturating_add(BEAT_MS);
        self.check_cable()?;
        if self.elapsed_ms >= self.terms.limit_ms() { Err(self.timed_out()) } else { Ok(()) }
    }

    /// Shows an event again and again until the operator takes the picture; once with an automatic trigger.
    pub(super) fn show_until_taken(&mut self, event: CaptureEvent<'_>) -> Result<(), DeviceError> {
        loop {
            self.show(event)?;
            if self.is_finished || self.terms.trigger == Trigger::Auto {
                return Ok(());
            }
        }
    }

    /// Nothing comes: waits until cancelled or over. The operator's "take it" finds nothing to take.
    pub(super) fn wait_in_vain(&mut self) -> DeviceError {
        loop {
            if let Err(error) = self.show(CaptureEvent::Waiting) {
                return error;
            }
            if self.is_finished {
                return failure(DeviceErrorKind::PoorCapture, "there was nothing to take");
            }
        }
    }

    /// Says nothing useful any more; a driver notices that at the limit.
    fn hang(&mut self) -> DeviceError {
        loop {
            match self.show(CaptureEvent::Waiting) {
                Ok(()) => {}
                Err(error) if error.kind == DeviceErrorKind::TimedOut => {
                    return failure(DeviceErrorKind::Hung, "no answer until the limit");
                }
                Err(error) => return error,
            }
        }
    }

    fn timed_out(&self) -> DeviceError {
        failure(DeviceErrorKind::TimedOut, &format!("after {} ms", self.elapsed_ms))
    }

    /// Starts the limit anew: a scanner has it for every page.
    pub(super) fn restart_limit(&mut self) {
        self.elapsed_ms = 0;
    }

    fn check_cable(&mut self) -> Result<(), DeviceError> {
        if let Some(Fault::Unplugged { after_events }) = self.fault
            && self.events >= after_events.max(1)
        {
            self.handle.bench.unplug(self.handle.kind);
        }
        if self.handle.is_spent() {
            return Err(failure(DeviceErrorKind::Unplugged, "the cable came loose"));
        }
        Ok(())
    }

    /// Where the result comes from.
    pub(super) fn origin(&self) -> Origin {
        Origin { device: self.handle.identity.clone(), taken_unix_ms: self.terms.now_unix_ms }
    }
}
