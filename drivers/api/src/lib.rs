//! The device API: what the station asks of a device, and what a driver promises.
//!
//! What it is: for each kind of device a trait that operates it, one [`Factory`] form that lists and opens it,
//! the closed set of reasons why it fails, and the values it hands over.
//! What it must never do: touch a device, read a clock, start a thread, or keep personal data in an error.
//!
//! The kinds that have a trait are those a recording needs: [`Camera`], [`FingerprintScanner`], [`IrisScanner`],
//! [`SignaturePad`], [`DocumentScanner`] and [`PowerSource`]. [`DeviceKind`] names the others; their traits come
//! with their first driver.
//!
//! # The contract of every capture
//!
//! A capture takes an order with its [`Terms`] and a callback, runs on the thread that called it, and returns once.
//! 1. **First event** is [`CaptureEvent::Started`], exactly once, when the device has accepted the order.
//!    An order the device can never fulfil is refused as `Unsupported` before it.
//! 2. **Then** previews, hints, ink and progress in any number and order. Between two calls of the callback at most
//!    [`HEARTBEAT_MS_MAX`] pass; a driver with nothing to tell sends [`CaptureEvent::Waiting`]. A driver that is
//!    silent for longer counts as hung, and whoever watches its thread may give it up.
//! 3. **Every call is answered.** [`Answer::Cancel`] ends the capture with `Cancelled`, without a further event and
//!    with the device ready for the next order. [`Answer::Finish`] takes what is there now: the shutter of the
//!    camera, "enough" on the glass, "signed" on the pad. With nothing there it is `PoorCapture`.
//! 4. **Time limit.** At [`Terms::limit_ms`] the best that is complete is returned; if nothing is, it is `TimedOut`
//!    (the person gave nothing, or the operator did not take it), and if the device itself fell silent it is `Hung`.
//!    At most [`GRACE_MS_MAX`] late.
//! 5. **Quality never refuses.** A poor but usable capture is a result with a low figure: whether it is good enough
//!    is decided above, where the exceptions are.
//! 6. **No event** after the return or after a cancel. After `Finish` a driver may still tell what it completes.
//! 7. **After `Unplugged`** the handle is spent: every further call is `Unplugged`. Drop it and open again through
//!    the factory; until the device is back that is `NotPlugged`. After every other error the same handle works
//!    again as soon as the cause is gone.
//!
//! ```
//! use rekam_driver_api::{Answer, CaptureEvent, DeviceErrorKind, Trigger, Terms};
//!
//! // The operator's side of a capture: show what comes, stop when asked to.
//! let is_cancelled = true;
//! let mut watch = |event: CaptureEvent<'_>| match event {
//!     CaptureEvent::Preview(_) if is_cancelled => Answer::Cancel,
//!     _ => Answer::GoOn,
//! };
//! assert_eq!(watch(CaptureEvent::Started), Answer::GoOn);
//! let terms = Terms { now_unix_ms: 1_796_000_000_000, limit_ms: 60_000, trigger: Trigger::Auto };
//! assert_eq!(terms.limit_ms, 60_000);
//! assert_eq!(DeviceErrorKind::Jammed.word(), "jammed");
//! ```

mod camera;
mod capture;
mod document_scanner;
mod error;
mod fingerprint;
mod image;
mod iris;
mod listing;
mod power;
mod signature;

pub use camera::{Camera, CapturedPhoto, PhotoOrder};
pub use capture::{
    Answer, CaptureEvent, GRACE_MS_MAX, HEARTBEAT_MS_MAX, LIMIT_MS_MAX, LIST_MS_MAX, Origin, Quality, Terms,
    Trigger, Watch,
};
pub use document_scanner::{CapturedPages, DocumentScanner, PAGES_MAX, PageColour, PageOrder, PageSource};
pub use error::DeviceError;
pub use fingerprint::{
    Area, CapturedFinger, CapturedFingers, FingerGroup, FingerprintOrder, FingerprintScanner,
};
pub use image::{IMAGE_BYTES_MAX, Image, MediaType};
pub use iris::{CapturedIris, CapturedIrises, IrisOrder, IrisScanner};
pub use listing::{Access, DeviceIdentity, Factory, Listed, Selector};
pub use power::{PowerReading, PowerSource, Supply};
pub use rekam_domain::body::{Eye, Finger, Hand};
pub use rekam_domain::device::{CaptureHint, DeviceErrorKind, DeviceKind, DeviceState};
pub use signature::{
    CapturedSignature, POINTS_MAX, PRESSURE_MAX, PenPoint, SignatureOrder, SignaturePad, Stroke,
};

#[cfg(test)]
mod tests;
