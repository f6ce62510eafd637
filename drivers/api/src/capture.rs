//! What all captures have in common: terms, events, answers, limits.

use serde::{Deserialize, Serialize};

use rekam_domain::device::CaptureHint;

use crate::{DeviceIdentity, Image, PenPoint};

/// A driver calls its watcher at least this often, so that a cancel is never waited for longer than a person notices.
pub const HEARTBEAT_MS_MAX: u32 = 250;

/// A capture returns at most this long after its time limit: what a device takes to switch its light off.
pub const GRACE_MS_MAX: u32 = 1_000;

/// No capture runs longer: a restless person takes ten minutes for the irises (`domain.md` §4.6).
pub const LIMIT_MS_MAX: u32 = 10 * 60 * 1_000;

/// A listing returns within this time, even when a device does not answer.
pub const LIST_MS_MAX: u32 = 2_000;

/// Who decides that the picture is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// The device, as soon as what it sees is good.
    Auto,
    /// The operator, by [`Answer::Finish`]; until then the device only shows.
    Operator,
}

/// What every capture is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The station's time, written into the result: a device has no clock that is trusted.
    pub now_unix_ms: i64,
    /// How long it may take, at most [`LIMIT_MS_MAX`]; more is treated as that.
    pub limit_ms: u32,
    /// Who decides that it is taken.
    pub trigger: Trigger,
}

impl Terms {
    /// The time limit that holds.
    #[must_use]
    pub const fn limit_ms(&self) -> u32 {
        if self.limit_ms > LIMIT_MS_MAX { LIMIT_MS_MAX } else { self.limit_ms }
    }
}

/// What happens while a capture runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CaptureEvent<'a> {
    /// The device accepted the order. First event, exactly once.
    Started,
    /// What the device sees now. At most 30 a second.
    Preview(&'a Image),
    /// What the person should do.
    Hint(CaptureHint),
    /// Fingers lie on the glass, or do not.
    Presence {
        /// How many of the wanted parts are seen.
        seen: u8,
    },
    /// The pen moved: points since the last such event.
    Ink(&'a [PenPoint]),
    /// Parts that are complete: pages, fingers, eyes.
    Progress {
        /// Complete.
        done: u16,
        /// Of so many, when known.
        of: Option<u16>,
    },
    /// Nothing new, but the driver lives.
    Waiting,
}

/// What the watcher wants after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Go on.
    GoOn,
    /// Take what is there now.
    Finish,
    /// Stop and take nothing.
    Cancel,
}

/// The watcher of a capture: told of every event, asked every time whether to go on.
pub type Watch<'a> = dyn FnMut(CaptureEvent<'_>) -> Answer + 'a;

/// Where a capture comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The device.
    pub device: DeviceIdentity,
    /// [`Terms::now_unix_ms`] of the order.
    pub taken_unix_ms: i64,
}

/// How good something is, and who says so. Figures of different algorithms cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quality {
    /// 0 (useless) to 100.
    pub score: u8,
    /// Name and version of the measure.
    pub algorithm: String,
}
