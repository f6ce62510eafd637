//! The one capture that runs at this desk: what the page sees of it, and what the officer answers.
//!
//! A capture runs on a thread of its own and is saved by that thread before the page is told that it is saved. The page
//! asks what is new and waits for the answer; pictures go to it by their own way, never as text.

mod order;
mod picture;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use rekam_core::desk::Uuid;
use rekam_core::journey::Taken;
use rekam_core::problem::{Code, Problem};
use rekam_domain::device::DeviceErrorKind;
use rekam_driver_api::{Answer, CaptureEvent, DeviceError};
use serde::Serialize;

use crate::device::Devices;
use crate::open::{OpenStation, our_mistake};
use order::Order;
pub(crate) use picture::Frame;

/// A device that was told to break off does so within this time.
const LET_GO_WITHIN: Duration = Duration::from_secs(5);
/// A page that asks what is new gets an answer after this time in any case.
const ANSWER_AFTER: Duration = Duration::from_secs(2);

/// What the page sees of the capture.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub(crate) struct CaptureView {
    /// Counts up with everything that is new.
    pub(crate) number: u32,
    /// What was asked for.
    pub(crate) asked: String,
    /// `idle`, `running`, `saving`, `saved`, `failed` or `cancelled`.
    pub(crate) phase: String,
    /// Word of what the person should do, or empty.
    pub(crate) hint: String,
    /// How many fingers lie on the glass.
    pub(crate) seen: Option<u8>,
    /// Parts that are complete.
    pub(crate) done: u16,
    /// Of so many, when known.
    pub(crate) of: Option<u16>,
    /// Number of the live picture; nothing while there is none.
    pub(crate) frame: Option<u32>,
    /// Strokes of the pen as x and y in turn, in hundredths of a millimetre.
    pub(crate) ink: Vec<Vec<u16>>,
    /// Why the device failed, by its word; or empty.
    pub(crate) failure: String,
    /// Why the station did not save it.
    pub(crate) problem: Option<Problem>,
}

struct Running {
    /// Whose capture it is.
    case: Uuid,
    view: CaptureView,
    frame: Option<Frame>,
    answer: Answer,
}

impl Running {
    fn is_under_way(&self) -> bool {
        matches!(self.view.phase.as_str(), "running" | "saving")
    }
}

/// The capture of this desk.
pub(crate) struct CaptureDesk {
    station: Arc<OpenStation>,
    devices: OnceLock<Devices>,
    running: Mutex<Running>,
    news: Condvar,
}

impl CaptureDesk {
    /// A desk where nothing runs.
    pub(crate) fn of(station: Arc<OpenStation>) -> Self {
        let view = CaptureView { phase: "idle".to_owned(), ..CaptureView::default() };
        let running = Mutex::new(Running { case: Uuid::nil(), view, frame: None, answer: Answer::GoOn });
        Self { station, devices: OnceLock::new(), running, news: Condvar::new() }
    }

    /// The devices; which ones is known from the station.
    pub(crate) fn devices(&self) -> Result<&Devices, Problem> {
        let is_demonstration = self.station.ask(|station| Ok(station.is_demonstration()))?;
        let choose = || if is_demonstration { Devices::simulated() } else { Devices::real() };
        Ok(self.devices.get_or_init(choose))
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        // What a broken capture left behind is a view, and the next capture begins with a fresh one.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a capture for a case; the answer comes before the device does. The same one that runs already is left
    /// alone; any other is broken off first, so that nobody is recorded into the case of somebody else.
    pub(crate) fn start(self: Arc<Self>, case: Uuid, asked: String) -> Result<CaptureView, Problem> {
        {
            let mut running = self.running();
            let is_same =
                running.case == case && running.view.asked == asked && running.answer != Answer::Cancel;
            if running.is_under_way() && is_same {
                return Ok(running.view.clone());
            }
            if running.is_under_way() {
                running.answer = Answer::Cancel;
            }
            let waited =
                self.news.wait_timeout_while(running, LET_GO_WITHIN, |running| running.is_under_way());
            running = waited.unwrap_or_else(PoisonError::into_inner).0;
            if running.is_under_way() {
                return Err(Problem::new(Code::StepRefused).with("asked", asked));
            }
            let number = running.view.number + 1;
            let phase = "running".to_owned();
            *running = Running {
                case,
                view: CaptureView { number, asked: asked.clone(), phase, ..CaptureView::default() },
                frame: None,
                answer: Answer::GoOn,
            };
            self.news.notify_all();
        }
        let order = self.order(case, &asked).inspect_err(|problem| self.end_with(problem.clone()))?;
        let desk = Arc::clone(&self);
        std::thread::spawn(move || {
            // A mistake in a driver ends this capture, not the next ones.
            if catch_unwind(AssertUnwindSafe(|| desk.run(case, &order))).is_err() {
                desk.end_with(our_mistake());
            }
        });
        Ok(self.running().view.clone())
    }

    fn order(&self, case: Uuid, asked: &str) -> Result<Order, Problem> {
        let devices = self.devices()?;
        let (order, seed, today) = self.station.ask(|station| {
            let order = Order::read(station, case, asked)?;
            Ok((order, station.simulated_seed(case)?, station.today()))
        })?;
        if let (Some(simulation), Some(seed)) = (devices.simulation(), seed) {
            simulation.seat(seed, today);
            simulation.lay_paper(order.papers());
        }
        Ok(order)
    }

    fn run(&self, case: Uuid, order: &Order) {
        let Ok(devices) = self.devices() else { return };
        let taken = order.carry_out(devices, &mut |event| self.tell(event));
        let hint = self.running().view.hint.clone();
        let (parts, failure) = match taken {
            Ok(parts) => (parts, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        // A try that gave nothing counts as a try; one the device or the officer broke off does not.
        let counts = failure.as_ref().is_none_or(|error| {
            matches!(error.kind, DeviceErrorKind::TimedOut | DeviceErrorKind::PoorCapture)
        });
        if counts {
            self.change(|running| running.view.phase = "saving".to_owned());
            let taken = Taken { asked: order.asked(), hint: &hint, parts };
            if let Err(problem) = self.station.ask(|station| station.keep_taken(case, &taken).map(drop)) {
                self.end_with(problem);
                return;
            }
        }
        self.change(|running| {
            running.frame = None;
            running.view.frame = None;
            running.view.phase = phase_after(failure.as_ref()).to_owned();
            running.view.failure = failure.map(|error| error.kind.word().to_owned()).unwrap_or_default();
        });
    }

    fn tell(&self, event: CaptureEvent<'_>) -> Answer {
        // Encoding a picture takes longer than anybody should wait for the view.
        let frame = if let CaptureEvent::Preview(image) = event { Frame::small(image) } else { None };
        let mut answer = Answer::GoOn;
        self.change(|running| {
            let view = &mut running.view;
            match event {
                CaptureEvent::Preview(_) => {
                    view.frame = frame.as_ref().map(|_| view.number + 1);
                    running.frame = frame;
                }
                CaptureEvent::Hint(hint) => hint.word().clone_into(&mut view.hint),
                CaptureEvent::Presence { seen } => view.seen = Some(seen),
                CaptureEvent::Ink(points) => {
                    view.ink.push(points.iter().flat_map(|point| [point.x, point.y]).collect());
                }
                CaptureEvent::Progress { done, of } => (view.done, view.of) = (done, of),
                CaptureEvent::Started | CaptureEvent::Waiting => {}
            }
            answer = running.answer;
        });
        answer
    }

    fn change(&self, act: impl FnOnce(&mut Running)) {
        let mut running = self.running();
        act(&mut running);
        running.view.number += 1;
        self.news.notify_all();
    }

    fn end_with(&self, problem: Problem) {
        self.change(|running| {
            running.frame = None;
            running.view.frame = None;
            running.view.phase = "failed".to_owned();
            running.view.problem = Some(problem);
        });
    }

    /// What the officer wants: take it now, or break it off. What was broken off stays so.
    pub(crate) fn answer(&self, answer: Answer) {
        let mut running = self.running();
        if running.answer != Answer::Cancel {
            running.answer = answer;
        }
    }

    /// The capture as soon as something is new, or after a while.
    pub(crate) fn look(&self, seen: u32) -> CaptureView {
        let running = self.running();
        let waited =
            self.news.wait_timeout_while(running, ANSWER_AFTER, |running| running.view.number == seen);
        waited.unwrap_or_else(PoisonError::into_inner).0.view.clone()
    }

    /// The live picture, if there is one now.
    pub(crate) fn frame(&self) -> Option<Frame> {
        self.running().frame.clone()
    }
}

const fn phase_after(failure: Option<&DeviceError>) -> &'static str {
    match failure {
        None => "saved",
        Some(DeviceError { kind: DeviceErrorKind::Cancelled, .. }) => "cancelled",
        Some(_) => "failed",
    }
}

#[cfg(test)]
mod tests;
