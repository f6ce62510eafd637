//! Simulated devices with synthetic people and scripted faults, for tests, training and demonstration.
//!
//! What it is: [`SyntheticPerson`], a person drawn from a seed who does not exist; [`Body`], what devices can see of
//! that person (fingers with ridges, irises, a face, a signature, documents); and [`SimBench`], the devices of a desk
//! with that person before them, which fail as a [`Script`] says.
//! What it must never do: hold or imitate anything of a real person, be reachable at a station that is not marked as
//! a demonstration, or behave in another way than the contract of `rekam-driver-api` lets a real device behave.
//! It touches no file and no network; it sleeps only at [`Pace::Real`].
//!
//! All pictures are drawn here from formulas and chance. The numbers of people end in serials that are never issued
//! ([`SERIAL_MIN`]), and every page of a document says that it is simulated.
//!
//! ```
//! use jiff::civil::date;
//! use rekam_driver_api::{Answer, Camera, DeviceKind, DeviceErrorKind, Factory, PhotoOrder, Terms, Trigger};
//! use rekam_driver_sim::{Detail, Fault, SimBench, SyntheticPerson};
//!
//! let bench = SimBench::new(Detail::Tiny);
//! bench.seat(SyntheticPerson::new(7, date(2026, 11, 21)));
//! let cameras: &dyn Factory<dyn Camera> = &bench;
//! let listed = cameras.list();
//! let mut camera = cameras.open(&listed[0].selector)?;
//! let terms = Terms { now_unix_ms: 1_795_219_200_000, limit_ms: 60_000, trigger: Trigger::Auto };
//! let order = PhotoOrder { terms, width_px: 480, height_px: 640 };
//!
//! bench.fail_next(DeviceKind::Camera, Fault::Hang)?;
//! let hung = camera.capture(&order, &mut |_| Answer::GoOn).unwrap_err();
//! assert_eq!(hung.kind, DeviceErrorKind::Hung);
//! let photo = camera.capture(&order, &mut |_| Answer::GoOn)?;
//! assert_eq!(photo.origin.taken_unix_ms, terms.now_unix_ms);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bench;
mod body;
mod chance;
mod detail;
mod encode;
mod face;
mod finger;
mod iris;
mod page;
mod person;
mod raster;
mod signature;
pub use bench::{BENCH_KINDS, Fault, Pace, Script, SimBench, UnfittingFault};
pub use body::{Body, Rated, Skin, Touched};
pub use detail::{Detail, FINGER_DPI, PAGE_DPI};
pub use encode::EncodeError;
pub use face::HeadCover;
pub use person::{REGION_CODE, SERIAL_MIN, Situation, SyntheticPerson};
pub use signature::{PAD_HEIGHT, PAD_WIDTH, SIGNATURE_DPI};
/// Name and version of the measure behind every quality figure of a simulated device.
pub const ALGORITHM: &str = "rekam-sim/1";
