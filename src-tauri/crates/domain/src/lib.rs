//! The vocabulary and every rule of the recording procedures, as pure code.
//!
//! What it is: person numbers, biodata, eligibility, process profiles, the state machines of a case,
//! roles and permissions, and the catalogue of audit events.
//! What it must never do: read a clock, a file, the network, the environment or a source of chance.
//! Time comes in as an argument, data as text.
//!
//! ```
//! use rekam_domain::finding::Grade;
//! use rekam_domain::role::Role;
//!
//! assert_eq!(Role::from_word("CaptureOperator"), Some(Role::CaptureOperator));
//! assert!(Grade::Error > Grade::Warning);
//! ```

mod id_number;
mod iso_date;
mod label;
#[cfg(test)]
mod person_texts;
mod redact;
mod word;

pub mod actor;
pub mod approval;
pub mod audit;
pub mod berkas;
pub mod biodata;
pub mod blank;
pub mod body;
pub mod budget;
pub mod card;
pub mod case;
pub mod central_status;
pub mod clock_trust;
pub mod device;
pub mod document;
pub mod effect;
pub mod eligibility;
pub mod exception;
pub mod family_card;
pub mod finding;
pub mod letter;
pub mod machine;
pub mod master_data;
pub mod network;
pub mod nik;
pub mod number;
pub mod packet;
pub mod paper;
pub mod permission;
pub mod photo;
pub mod power;
pub mod profile;
pub mod purpose;
pub mod recording;
pub mod refusal;
pub mod region;
pub mod register;
pub mod role;
pub mod roster;
pub mod sla;
pub mod station_mode;
pub mod text;
pub mod withdrawal;
