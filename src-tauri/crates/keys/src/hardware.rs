//! Why the chip of this computer did not do its part.

use std::io;

/// A slot that is bound to a TPM could not be used. The secret was not looked at, unless the chip failed in the middle.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HardwareError {
    /// The chip cannot be reached: switched off, gone, not given to this program, or it stopped answering.
    #[error("the TPM is missing ({operation})")]
    Missing {
        /// What was being asked of it.
        operation: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// There is a chip, but not the one this slot was bound to: another computer, another board, or it was cleared.
    #[error("the TPM is not the one this account is bound to")]
    Changed,
    /// The chip takes no more tries, from anybody, until time has passed.
    #[error("the TPM is locked after too many wrong secrets, for up to {wait_ms} ms")]
    Locked {
        /// The longest time until it takes one more try, with the computer switched on.
        wait_ms: u64,
    },
    /// The chip answered with an error that has no other name here.
    #[error("the TPM refuses {operation} with {code:#x}")]
    Refused {
        /// The command.
        operation: &'static str,
        /// Its response code.
        code: u32,
    },
}

impl HardwareError {
    pub(crate) fn missing(operation: &'static str, source: io::Error) -> Self {
        Self::Missing { operation, source }
    }

    /// Key of the sentence for the person at the desk (`domain/text`).
    #[must_use]
    pub fn text_key(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "unlock.hardware_missing",
            Self::Changed => "unlock.hardware_changed",
            Self::Locked { .. } => "unlock.hardware_locked",
            Self::Refused { .. } => "unlock.hardware_refused",
        }
    }

    /// What stands in that sentence's places; minutes are rounded up, so that nobody comes back too early.
    #[must_use]
    pub fn text_values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Locked { wait_ms } => vec![("minutes", wait_ms.div_ceil(60_000).to_string())],
            Self::Refused { operation, code } => {
                vec![("detail", format!("{operation} {code:#x}"))]
            }
            Self::Missing { .. } | Self::Changed => Vec::new(),
        }
    }
}
