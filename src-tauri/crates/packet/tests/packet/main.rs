//! Packets made by hand, by the library, and damaged in every way that was thought of.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking, also in the functions it shares"
)]

mod accepted;
mod age_writer;
mod recipe;
mod rejected_inside;
mod rejected_ledger;
mod rejected_notices;
mod rejected_outside;
mod sample;
mod vectors;
