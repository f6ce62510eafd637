//! What the command line can do that tests want as a library: a whole simulated day through the real core.
//!
//! It holds no rule of its own and reaches the station through `rekam-core` alone. Simulated people are let in only at
//! a station that is marked as a demonstration.
//!
//! ```no_run
//! use rekam_cli::day::{Detail, Plan, run_in};
//!
//! let plan = Plan { people: 3, seed: 7, detail: Detail::Tiny };
//! let summary = run_in(std::path::Path::new("demo"), plan, &mut |_| Ok(())).unwrap();
//! assert_eq!(summary.served, 3);
//! ```

pub mod day;
