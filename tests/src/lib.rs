//! What holds across crates: the house rules, journeys through the whole station, campaigns against real peers.
//!
//! It never ships. Its library holds what the tests share; each file in `tests/` is one campaign.
//!
//! ```
//! use rekam_tests::house::Workspace;
//!
//! let house = Workspace::from_metadata(r#"{"packages": [], "workspace_members": []}"#).unwrap();
//! assert!(house.layer_breaches().is_empty());
//! ```

pub mod bad_line;
pub mod campaign;
pub mod canary;
pub mod gallery;
pub mod house;
pub mod memory;
pub mod power_cut;
pub mod program;
pub mod promise;
pub mod real_window;
pub mod screen_check;
pub mod strace;
pub mod town;
pub mod webdriver;
