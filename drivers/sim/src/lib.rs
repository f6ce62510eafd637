//! Simulated devices with synthetic people and scripted faults.
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
pub use body::{Body, Rated, Skin, Touched};
pub use detail::{Detail, FINGER_DPI, PAGE_DPI};
pub use encode::EncodeError;
pub use face::{Curtain, HeadCover};
pub use person::{REGION_CODE, SERIAL_MIN, Sex, Situation, SyntheticPerson};
pub use signature::{PAD_HEIGHT, PAD_WIDTH, SIGNATURE_DPI};
/// Name and version of the measure behind every quality figure of a simulated device.
pub const ALGORITHM: &str = "rekam-sim/1";
