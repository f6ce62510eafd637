//! Sealed packets travel to the office while people work, and while nobody does.
//!
//! A thread of its own drives the delivery engine (`rekam-sync`) and the link (`rekam-link`). It lives as long as the
//! station is open for work, locked or not: all it needs lies in the outbox, whose key needs nobody. What the engine
//! decides is durable in the outbox first; the station's own database takes it over when somebody signs in. A short
//! command that moves a packet drives the same engine without a thread and without a line.

mod content;
mod courier;
mod dispatch;
mod identity;
mod keeping;
mod show;
mod standing;
mod word;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rekam_domain::packet::{PacketEvent, PacketFacts};
use rekam_domain::role::{Role, RoleSet};
use rekam_link::{Event, Link, LinkConfig, LinkError};
use rekam_store::Uuid;
use rekam_sync::Config;

use self::content::Shelf;
use self::dispatch::{Dispatch, Ground, HOUR_CURSOR, Line};
use self::identity::{Admission, OFFICE_CURSOR};
use self::keeping::Keeping;
use self::standing::{Shared, Standing};
use crate::problem::{Code, Problem};
use crate::station::Station;

pub use courier::{CourierExported, CourierImported};
pub use rekam_sync::Hint;

/// Without an admission, with an outbox that cannot be read, or after a mistake of ours, delivery begins again after this.
const LOOK_AGAIN: Duration = Duration::from_secs(10);
const DAY_MS: i64 = 24 * 3_600_000;

type Act = Box<dyn FnOnce(Option<&mut Dispatch>) + Send>;
type OpenLine = Box<dyn FnMut(&LinkConfig) -> Result<Box<dyn Line>, LinkError> + Send>;

/// What the thread is told.
enum Order {
    /// What the line of this number tells.
    Line(u64, Event),
    /// Something to be done with the engine.
    Act(Act),
    /// The station has taken another admission.
    Office,
    /// Another version of the procedure is in use.
    Config(Config),
    Stop,
}

/// The delivery of a station. Ends, and lets go of the outbox, when dropped.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    shared: Arc<Shared>,
    is_wanted: bool,
    thread: Option<(Sender<Order>, JoinHandle<()>)>,
}

impl Delivery {
    fn begin(&mut self, ground: Ground) {
        let (orders, given) = channel();
        let tell = orders.clone();
        let thread = std::thread::Builder::new().name("delivery".into()).spawn(move || {
            let shelf = ground.shelf.clone();
            let mut lines = |number| over_the_link(shelf.clone(), tell.clone(), number);
            Round::new(ground, &given, &mut lines, LOOK_AGAIN).run();
        });
        // A machine without room for a thread says so in everything else; delivery begins with the next start.
        self.thread = thread.ok().map(|thread| (orders, thread));
    }

    fn send(&self, order: Order) -> bool {
        self.thread.as_ref().is_some_and(|(orders, _)| orders.send(order).is_ok())
    }

    pub(crate) fn standing(&self) -> Standing {
        self.shared.standing()
    }

    fn stop(&mut self) {
        if let Some((orders, thread)) = self.thread.take() {
            let _ = orders.send(Order::Stop);
            // A panic in there was reported where it happened; the outbox holds what was promised.
            let _ = thread.join();
            self.shared.change(|standing| standing.is_running = false);
        }
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        self.stop();
    }
}

/// How lines are opened that tell this thread, each under a number of its own.
fn over_the_link(shelf: Shelf, orders: Sender<Order>, number: u64) -> OpenLine {
    Box::new(move |config| {
        let (shelf, orders) = (shelf.clone(), orders.clone());
        let open = move |upload, offset| shelf.open(upload, offset);
        let tell = move |event| _ = orders.send(Order::Line(number, event));
        Ok(Box::new(Link::start(config, open, tell)?) as Box<dyn Line>)
    })
}

/// What the thread goes round with.
struct Round<'a> {
    ground: Ground,
    orders: &'a Receiver<Order>,
    lines: &'a mut dyn FnMut(u64) -> OpenLine,
    look_again: Duration,
    dispatch: Option<Dispatch>,
    /// The number of the line.
    number: u64,
    /// When delivery begins anew; nothing while it goes on as it is.
    begin_at: Option<Instant>,
}

impl<'a> Round<'a> {
    fn new(
        ground: Ground,
        orders: &'a Receiver<Order>,
        lines: &'a mut dyn FnMut(u64) -> OpenLine,
        look_again: Duration,
    ) -> Self {
        let begin_at = Some(Instant::now());
        Self { ground, orders, lines, look_again, dispatch: None, number: 0, begin_at }
    }

    /// Goes round until it is told to stop. A mistake of ours ends nothing for good: what the outbox promises is whole,
    /// and delivery begins anew from there.
    fn run(mut self) {
        self.ground.shared.change(|standing| standing.is_running = true);
        loop {
            match catch_unwind(AssertUnwindSafe(|| self.turn())) {
                Ok(true) => {}
                Ok(false) => break,
                Err(_) => {
                    self.dispatch = None;
                    self.begin_at = Some(Instant::now() + self.look_again);
                    self.ground.shared.change(|standing| {
                        standing.problem = Some(Code::OurMistake);
                        standing.line = None;
                    });
                }
            }
        }
        if let Some(mut dispatch) = self.dispatch {
            dispatch.keep_hour(1);
        }
    }

    /// Carries out what the engine asks, then waits for an order or for the time the engine named; answers whether to go
    /// on.
    fn turn(&mut self) -> bool {
        if self.begin_at.is_some_and(|at| at <= Instant::now()) {
            // The old line goes first: the office sees one at a time.
            drop(self.dispatch.take());
            self.number += 1;
            self.dispatch = begin(&self.ground, &mut (self.lines)(self.number));
            self.begin_at = self.dispatch.is_none().then(|| Instant::now() + self.look_again);
        }
        let mut rest = self.dispatch.as_mut().map_or(self.look_again, Dispatch::settle);
        if self.dispatch.as_ref().is_some_and(Dispatch::is_renewed) {
            self.begin_at = Some(Instant::now());
        }
        if let Some(at) = self.begin_at {
            rest = rest.min(at.saturating_duration_since(Instant::now()));
        }
        match self.orders.recv_timeout(rest) {
            Ok(Order::Line(from, event)) => {
                // Words of a line that is gone are about requests that are gone.
                if let Some(dispatch) = self.dispatch.as_mut().filter(|_| from == self.number) {
                    dispatch.hear(event);
                }
            }
            Ok(Order::Act(act)) => act(self.dispatch.as_mut()),
            Ok(Order::Office) => self.begin_at = Some(Instant::now()),
            Ok(Order::Config(config)) => {
                self.ground.config = config;
                self.begin_at = Some(Instant::now());
            }
            Err(RecvTimeoutError::Timeout) => {}
            Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => return false,
        }
        true
    }
}

/// Delivery under the admission there is, or nothing without one; what is wrong is shown.
fn begin(ground: &Ground, open: &mut OpenLine) -> Option<Dispatch> {
    let admission = Admission::read(&ground.shelf.folder, &ground.shelf.outbox);
    let config = admission.as_ref().ok().and_then(Option::as_ref);
    let config = config.map_or(Ok(None), |admission| admission.line_identity(&ground.shelf.folder));
    let mut line_problem = None;
    let begun = config.and_then(|config| {
        let line = match config.map(|config| open(&config)).transpose() {
            Ok(line) => line,
            Err(error) => {
                line_problem = Some(show::link_word(&error));
                None
            }
        };
        let Some(admission) = admission? else { return Err(Problem::new(Code::NotAdmitted)) };
        Dispatch::begin(ground, admission, line)
    });
    let problem = begun.as_ref().err().map(|problem| problem.code);
    ground.shared.change(|standing| {
        standing.problem = problem;
        standing.line_problem = line_problem;
        standing.line = None;
    });
    begun.ok()
}

impl Station {
    /// Begins to deliver, and goes on until the station is closed, whoever signs in or out.
    pub fn deliver(&mut self) {
        self.delivery_mut().is_wanted = true;
        self.begin_delivery();
    }

    /// Starts the thread, if it is wanted, can work and does not run yet.
    pub(crate) fn begin_delivery(&mut self) {
        if self.delivery().is_wanted
            && self.delivery().thread.is_none()
            && let Some(ground) = self.ground()
        {
            self.delivery_mut().begin(ground);
        }
    }

    fn ground(&self) -> Option<Ground> {
        let outbox = self.outbox()?;
        let config = Keeping::remembered(&outbox, self.profile()).config();
        let terms = &self.config().delivery;
        Some(Ground {
            shelf: Shelf { folder: self.folder().to_owned(), outbox },
            clock: self.clock().clone(),
            shared: Arc::clone(&self.delivery().shared),
            config: terms.on_these_terms(config),
            is_metered: terms.metered.is_some(),
        })
    }

    /// What the machine or the desk knows about the line.
    pub fn hint_delivery(&self, hint: Hint) {
        self.delivery().send(Order::Act(Box::new(move |dispatch| {
            if let Some(dispatch) = dispatch {
                dispatch.hint(hint);
            }
        })));
    }

    /// New packets or notices are in the outbox.
    pub(crate) fn wake_delivery(&self) {
        self.delivery().send(Order::Act(Box::new(|dispatch| {
            if let Some(dispatch) = dispatch {
                dispatch.take_new();
            }
        })));
    }

    /// Waits until delivery has something new to show since then, at most so long; answers the number of the last news.
    #[must_use]
    pub fn wait_for_delivery(&self, seen: u64, most: Duration) -> u64 {
        self.delivery().shared.wait(seen, most)
    }

    /// What whoever is signed in does with a packet: send it again, put another in its place. Durable in the outbox when
    /// this returns; the audit is the caller's.
    ///
    /// # Errors
    /// Nobody is signed in, the packet's rules refuse, or the disk does.
    pub fn move_packet(&self, packet: Uuid, event: PacketEvent, facts: PacketFacts) -> Result<(), Problem> {
        let roles = RoleSet::of(self.signed_in()?.1);
        self.with_dispatch(move |dispatch| dispatch.move_item(packet, event, roles, &facts))
    }

    /// The same by the station itself.
    pub(crate) fn move_packet_here(
        &self,
        packet: Uuid,
        event: PacketEvent,
        facts: PacketFacts,
    ) -> Result<(), Problem> {
        let roles = RoleSet::of(&[Role::Station]);
        self.with_dispatch(move |dispatch| dispatch.move_item(packet, event, roles, &facts))
    }

    /// Whether the bytes of a packet here are still those that were sealed.
    ///
    /// # Errors
    /// The disk does not say.
    pub fn is_packet_intact(&self, packet: Uuid) -> Result<bool, Problem> {
        let ground = self.ground().ok_or_else(|| Problem::new(Code::DiskRefused).with("file", "outbox"))?;
        ground.shelf.is_intact(packet).map_err(|error| Problem::of_disk("read", "packets", &error))
    }

    /// Does something with the engine: in its thread, or, where none runs, here and without a line.
    fn with_dispatch<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Dispatch) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        if self.delivery().thread.is_some() {
            let (answer, answered) = channel();
            self.delivery().send(Order::Act(Box::new(move |dispatch| {
                let done = dispatch.map_or_else(|| Err(Problem::new(Code::NotAdmitted)), act);
                let _ = answer.send(done);
            })));
            return answered.recv().unwrap_or_else(|_| Err(Problem::new(Code::OurMistake)));
        }
        let ground = self.ground().ok_or_else(|| Problem::new(Code::DiskRefused).with("file", "outbox"))?;
        let admission = Admission::read(&ground.shelf.folder, &ground.shelf.outbox)?;
        let admission = admission.ok_or_else(|| Problem::new(Code::NotAdmitted))?;
        act(&mut Dispatch::begin(&ground, admission, None)?)
    }

    /// Whoever signs in takes over the time that the office has signed meanwhile. The outbox learns which admission is in
    /// use.
    pub(crate) fn take_over_delivery(&mut self) -> Result<(), Problem> {
        self.tell_office_to_delivery()?;
        let Some(outbox) = self.outbox() else { return Ok(()) };
        let kept = outbox.read(|reading| reading.get_cursor(HOUR_CURSOR))?;
        let kept_ms = kept.and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
        if kept_ms > self.store()?.read(|reading| reading.get_office_time())?.office_ms {
            self.promise(|_, writing| Ok(writing.mark_office_time(kept_ms)?))?;
        }
        Ok(())
    }

    /// The outbox learns which admission a person has taken, so that delivery trusts that one while nobody is here.
    pub(crate) fn tell_office_to_delivery(&mut self) -> Result<(), Problem> {
        let Some(outbox) = self.outbox() else { return Ok(()) };
        let Some(hash) = self.pinned_hash()? else { return Ok(()) };
        if outbox.read(|reading| reading.get_cursor(OFFICE_CURSOR))?.as_deref() != Some(&hash) {
            outbox.write(|writing| writing.mark_cursor(OFFICE_CURSOR, &hash, self.now()))?;
            self.begin_line_anew();
        }
        Ok(())
    }

    /// The office is reached elsewhere from here on.
    pub(crate) fn begin_line_anew(&self) {
        self.delivery().send(Order::Office);
    }

    /// The latest hour the office has signed, for the next promise.
    pub(crate) fn office_hour(&self) -> i64 {
        self.delivery().standing().hour_ms
    }
}

#[cfg(test)]
mod tests;
