//! Engine and link against offices that are honest, bad, far away, or somebody else's.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a test waits for one event and tells any other")]

#[path = "line/desk.rs"]
mod desk;
#[path = "line/fault.rs"]
mod fault;
#[path = "line/kill.rs"]
mod kill;
#[path = "line/link.rs"]
mod link;
#[path = "line/office.rs"]
mod office;
#[path = "line/pki.rs"]
mod pki;
#[path = "line/road.rs"]
mod road;
#[path = "line/tus.rs"]
mod tus;
