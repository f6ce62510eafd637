//! What is there, who it is, and why it cannot be used.

use rekam_domain::device::{DeviceErrorKind, DeviceKind};
use serde::{Deserialize, Serialize};

use crate::DeviceError;

/// Who made a device and which one it is: what packets and the device register carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceIdentity {
    /// Maker.
    pub make: String,
    /// Model.
    pub model: String,
    /// Serial number, as the device itself tells it.
    pub serial: String,
}

/// Names one device to its factory: the text a listing gave out, kept as it is in the station's settings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Selector(pub String);

/// Whether a device that is there can be used, and if not, what is in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// It can be opened.
    Usable,
    /// The program may not open it.
    NoPermission {
        /// The udev rule that gives the permission.
        udev_rule: String,
    },
    /// Somebody else has it open.
    Busy {
        /// Name of the program, as far as known.
        by: String,
    },
    /// Device or vendor software has a version this driver cannot work with.
    WrongVersion {
        /// What is there.
        found: String,
        /// What the driver needs.
        needed: String,
    },
    /// It is plugged in, but does not answer.
    NotAnswering,
}

impl Access {
    /// Text key of this state; its named values are those of the variant.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Usable => "device_access.usable",
            Self::NoPermission { .. } => "device_access.no_permission",
            Self::Busy { .. } => "device_access.busy",
            Self::WrongVersion { .. } => "device_access.wrong_version",
            Self::NotAnswering => "device_access.not_answering",
        }
    }

    /// The values the text of this state names.
    #[must_use]
    pub fn values(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::Usable | Self::NotAnswering => Vec::new(),
            Self::NoPermission { udev_rule } => vec![("udev_rule", udev_rule)],
            Self::Busy { by } => vec![("by", by)],
            Self::WrongVersion { found, needed } => vec![("found", found), ("needed", needed)],
        }
    }

    /// The error that opening the device would give; nothing if it can be opened.
    #[must_use]
    pub fn refusal(&self) -> Option<DeviceError> {
        let (kind, detail) = match self {
            Self::Usable => return None,
            Self::NoPermission { udev_rule } => (DeviceErrorKind::NoPermission, udev_rule.clone()),
            Self::Busy { by } => (DeviceErrorKind::Busy, by.clone()),
            Self::WrongVersion { found, needed } => {
                (DeviceErrorKind::WrongVersion, format!("found {found}, needs {needed}"))
            }
            Self::NotAnswering => (DeviceErrorKind::Hung, "no answer when listed".to_owned()),
        };
        Some(DeviceError::new(kind, detail))
    }
}

/// One device that a factory found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Opens exactly this device.
    pub selector: Selector,
    /// Which kind it is.
    pub kind: DeviceKind,
    /// Who it is, as far as it can be known without opening it.
    pub identity: DeviceIdentity,
    /// Whether it can be used.
    pub access: Access,
}

/// Lists and opens the devices of one kind through one stack: `dyn Factory<dyn Camera>` is a camera driver.
///
/// Listing never fails and never disturbs a device in use: what cannot be reached is left out or listed with its
/// [`Access`]. It is bounded by [`crate::LIST_MS_MAX`]. Opening a selector that is gone is `NotPlugged`; opening
/// one that is listed as not usable gives the error of that state. A device can be open once; a second open is `Busy`.
pub trait Factory<Device: ?Sized>: Send + Sync {
    /// What is there now, usable or not.
    fn list(&self) -> Vec<Listed>;

    /// Opens one device for this program alone, until the handle is dropped.
    ///
    /// # Errors
    /// `NotPlugged`, or whatever [`Access::refusal`] says, or what the stack answers.
    fn open(&self, selector: &Selector) -> Result<Box<Device>, DeviceError>;
}
