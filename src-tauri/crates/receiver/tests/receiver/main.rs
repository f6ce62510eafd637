//! The receiver, from outside: over TLS, on a disk, killed, and beside programs that are not ours.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking, also in the functions it shares"
)]

mod client;
mod desk;
mod house;

mod couriered;
mod delivered;
mod keeping;
mod killed;
mod opened;
mod page;
mod peers;
mod silent;
mod storage;
