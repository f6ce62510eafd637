//! What goes wrong, and when.

use std::collections::BTreeMap;

use rekam_driver_api::DeviceKind;

/// Something that goes wrong with one capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The cable comes loose after so many events; `Unplugged`, and `NotPlugged` until it is plugged in again.
    Unplugged {
        /// Events before it.
        after_events: u32,
    },
    /// The device falls silent until cancelled or `Hung`.
    Hang,
    /// Everything takes so many times longer; the result comes if the limit allows, else `TimedOut`.
    Slow {
        /// How many times.
        times: u32,
    },
    /// The device sends what makes no sense: `Garbage`.
    Garbage,
    /// Nobody touches, looks, signs: `TimedOut`.
    Nobody,
    /// The other hand lies on the glass and the device sees it: `WrongHand`.
    WrongHand,
    /// The other hand lies on the glass and the device does not see it: a result with the wrong fingers in it.
    UnseenWrongHand,
    /// The fingers are dry: a poor result.
    DryFinger,
    /// The eyes are closed: the iris scanner gives `PoorCapture`, the camera a picture with closed eyes.
    ClosedEyes,
    /// The paper jams after so many complete pages: `Jammed`.
    Jam {
        /// Complete pages before it.
        after_pages: u16,
    },
    /// The cover is open: `CoverOpen`.
    CoverOpen,
    /// The feeder takes no paper: `OutOfPaper`.
    NoPaper,
}

impl Fault {
    /// Whether this can happen to that kind of device.
    #[must_use]
    pub const fn fits(self, kind: DeviceKind) -> bool {
        match self {
            Self::Unplugged { .. } | Self::Hang | Self::Slow { .. } | Self::Garbage => true,
            Self::Nobody => matches!(
                kind,
                DeviceKind::FingerprintScanner | DeviceKind::IrisScanner | DeviceKind::SignaturePad
            ),
            Self::WrongHand | Self::UnseenWrongHand | Self::DryFinger => {
                matches!(kind, DeviceKind::FingerprintScanner)
            }
            Self::ClosedEyes => matches!(kind, DeviceKind::IrisScanner | DeviceKind::Camera),
            Self::Jam { .. } | Self::CoverOpen | Self::NoPaper => matches!(kind, DeviceKind::DocumentScanner),
        }
    }
}

/// A fault was written for a device it cannot happen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnfittingFault {
    /// The device.
    pub kind: DeviceKind,
    /// The fault.
    pub fault: Fault,
}

impl std::fmt::Display for UnfittingFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} cannot happen to the {}", self.fault, self.kind.word())
    }
}

impl std::error::Error for UnfittingFault {}

/// Which capture of which device goes wrong in which way. Captures are counted from 1, for each kind by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script(BTreeMap<(DeviceKind, u64), Fault>);

impl Script {
    /// Adds one line.
    ///
    /// # Errors
    /// When this fault cannot happen to that kind of device.
    pub fn at(mut self, kind: DeviceKind, capture: u64, fault: Fault) -> Result<Self, UnfittingFault> {
        self.insert(kind, capture, fault)?;
        Ok(self)
    }

    pub(super) fn insert(
        &mut self,
        kind: DeviceKind,
        capture: u64,
        fault: Fault,
    ) -> Result<(), UnfittingFault> {
        if !fault.fits(kind) {
            return Err(UnfittingFault { kind, fault });
        }
        self.0.insert((kind, capture), fault);
        Ok(())
    }

    pub(super) fn get(&self, kind: DeviceKind, capture: u64) -> Option<Fault> {
        self.0.get(&(kind, capture)).copied()
    }
}
