//! The one API of the station, for the window and the command line alike.
//!
//! What it is: the owner of the station's folder, keys and clock; every permission is checked here, every problem gets
//! its one code here. What it must never do: draw a screen, parse a command line, or let anything about a person out
//! before somebody has signed in.
//!
//! ```
//! use rekam_core::clock::Clock;
//! use rekam_core::demonstration;
//! use rekam_core::problem::Code;
//! use rekam_core::station::Station;
//!
//! # let folder = tempfile::tempdir().unwrap();
//! demonstration::set_up(folder.path(), &Clock::System).unwrap();
//! let station = Station::open(folder.path(), Clock::System).unwrap();
//! assert!(station.welcome().unwrap().station.is_demonstration);
//! assert_eq!(station.home().unwrap_err().code, Code::SignInFirst);
//! ```

mod account;
mod arrival;
mod care;
mod config;
mod mending;
mod notice;
mod outlook;
mod replacement;
mod sealing;
mod task;
mod timekeeping;
mod withdrawal;

pub mod audit_export;
pub mod backup;
pub mod case_page;
pub mod clock;
pub mod delivery;
pub mod demonstration;
pub mod desk;
pub mod disk;
pub mod journey;
pub mod keeping;
pub mod knowledge;
pub mod master;
pub mod memory;
pub mod office;
pub mod oversight;
pub mod people;
pub mod problem;
pub mod roster_file;
pub mod roster_import;
pub mod roster_lookup;
pub mod setup;
pub mod station;
pub mod trail;
pub mod view;
pub mod walk;
