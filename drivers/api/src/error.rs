//! Why a device failed.

use rekam_domain::device::DeviceErrorKind;

/// Why a device could not do its work: a cause the operator understands, and what the driver knows beyond it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", kind.word())]
pub struct DeviceError {
    /// The cause, in the operator's language.
    pub kind: DeviceErrorKind,
    /// What only this driver knows: an error number, a state of the protocol. For the log and the support bundle,
    /// so it never holds personal data.
    pub detail: String,
}

impl DeviceError {
    /// An error with the driver's own detail.
    #[must_use]
    pub fn new(kind: DeviceErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// Text key of the cause.
    #[must_use]
    pub fn cause_key(&self) -> String {
        format!("device_error.{}", self.kind.word())
    }

    /// Text key of the next action.
    #[must_use]
    pub fn next_key(&self) -> String {
        format!("device_error.{}.next", self.kind.word())
    }
}
