//! Decides what travels to the office, when, and what an answer means.
//!
//! What it is: a state machine without input or output. Events go in with the time, effects come out; the program
//! around it carries bytes, writes the outbox, checks signatures. What must be durable is durable before anything
//! later leaves: while a promise to the disk is open, no request, no cursor and no purge goes out.
//! What it must never do: read a clock, a file or the network, draw chance of its own, believe an answer that is not
//! signed more than it costs to ask again, or let bytes be deleted outside `purge.rs`.
//!
//! ```
//! use rekam_sync::{Config, Effect, Engine, Forged, Hint, Now, Request, Snapshot, Verify};
//!
//! let verify = Verify::new(|_bytes| Err(Forged));
//! let mut engine = Engine::new(Config::default(), verify, Snapshot::default());
//! let now = Now { mono_ms: 0, wall_ms: 1_790_000_000_000 };
//! engine.handle_hint(Hint::NetworkUp, now);
//! let mut requests = Vec::new();
//! while let Some(effect) = engine.poll_effect(now) {
//!     if let Effect::Start(exchange) = effect {
//!         requests.push(exchange.request);
//!     }
//! }
//! assert!(matches!(requests[..], [Request::Probe { .. }]), "first of all: is it the office?");
//! ```

mod answer;
mod backoff;
mod budget;
mod chance;
mod config;
mod effect;
mod engine;
mod finding;
mod item;
mod line;
mod promise;
mod purge;
mod queue;
mod signed;
mod size;

pub use answer::{Answer, Failure};
pub use config::{Config, Metered, Retention, Window};
pub use effect::{Change, Effect, Exchange, Request};
pub use engine::{Engine, EngineError, Hint, ITEMS_MAX, Now, Snapshot};
pub use finding::Finding;
pub use item::{ItemSnapshot, Kind, Part, PartSnapshot, Upload};
pub use line::{Cause, LineView};
pub use purge::Permit;
pub use signed::{Done, Forged, Hash, ReceiptVerdict, RefusalClass, Signed, StatusEntry, Verify, Way};
