//! The simulated devices of one desk, the person who sits there, and what goes wrong.

mod camera;
mod document_scanner;
mod fingerprint;
mod iris;
mod power;
mod run;
mod script;
mod signature;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rekam_domain::document::Document;
use rekam_domain::photo::BackgroundColour;
use rekam_driver_api::{
    Access, DeviceError, DeviceErrorKind, DeviceIdentity, DeviceKind, Listed, PowerReading, Selector, Supply,
};

use crate::body::Body;
use crate::detail::Detail;
use crate::person::SyntheticPerson;

pub use script::{Fault, Script, UnfittingFault};

/// The kinds of devices a bench has.
pub const BENCH_KINDS: [DeviceKind; 6] = [
    DeviceKind::Camera,
    DeviceKind::FingerprintScanner,
    DeviceKind::IrisScanner,
    DeviceKind::SignaturePad,
    DeviceKind::DocumentScanner,
    DeviceKind::PowerSource,
];

/// How time passes in a simulated capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Every event counts a tenth of a second towards the limit, and none is waited for.
    Counted,
    /// The same, and it is waited for: for demonstration and training, where a person watches.
    Real,
}

/// The desk: six simulated devices that share one person. Cloning gives another handle to the same desk.
///
/// The same seed, script and order of captures give the same bytes.
#[derive(Debug, Clone)]
pub struct SimBench(Arc<Mutex<Desk>>);

#[derive(Debug)]
struct Desk {
    detail: Detail,
    pace: Pace,
    seated: Option<Arc<Body>>,
    script: Script,
    captures: BTreeMap<DeviceKind, u64>,
    /// Everything that was ever captured of the seated person, so that no two impressions are the same.
    impressions: u64,
    unplugged: BTreeSet<DeviceKind>,
    /// How often each device was unplugged: a handle from before is spent.
    losses: BTreeMap<DeviceKind, u64>,
    access: BTreeMap<DeviceKind, Access>,
    open: BTreeSet<DeviceKind>,
    curtain: Option<BackgroundColour>,
    paper: VecDeque<Document>,
    power: PowerReading,
    takes_slaps: bool,
}

impl SimBench {
    /// A desk with all devices plugged in and nobody there.
    #[must_use]
    pub fn new(detail: Detail) -> Self {
        Self(Arc::new(Mutex::new(Desk {
            detail,
            pace: Pace::Counted,
            seated: None,
            script: Script::default(),
            captures: BTreeMap::new(),
            impressions: 0,
            unplugged: BTreeSet::new(),
            losses: BTreeMap::new(),
            access: BTreeMap::new(),
            open: BTreeSet::new(),
            curtain: None,
            paper: VecDeque::new(),
            power: PowerReading { supply: Supply::Mains, minutes_left: None, charge_percent: Some(100) },
            takes_slaps: true,
        })))
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        // A panic in a watcher leaves plain values behind, which stay usable.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seats a person. Captures of a person are numbered from the first, so the same visit gives the same pictures.
    pub fn seat(&self, person: SyntheticPerson) {
        let mut desk = self.desk();
        desk.seated = Some(Arc::new(Body::new(person, desk.detail)));
        desk.impressions = 0;
    }

    /// The person leaves.
    pub fn stand_up(&self) {
        let mut desk = self.desk();
        desk.seated = None;
        desk.paper.clear();
    }

    /// How time passes from now on.
    pub fn set_pace(&self, pace: Pace) {
        self.desk().pace = pace;
    }

    /// Hangs up a curtain; nothing means "the one this person needs".
    pub fn set_curtain(&self, curtain: Option<BackgroundColour>) {
        self.desk().curtain = curtain;
    }

    /// Lays documents of the seated person into the scanner, behind those that lie there.
    pub fn lay_paper(&self, documents: &[Document]) {
        self.desk().paper.extend(documents);
    }

    /// Sets what the power source tells from now on.
    pub fn set_power(&self, reading: PowerReading) {
        self.desk().power = reading;
    }

    /// Exchanges the fingerprint scanner for one that takes slaps, or for one that takes single fingers only.
    pub fn set_takes_slaps(&self, takes_slaps: bool) {
        self.desk().takes_slaps = takes_slaps;
    }

    /// What will go wrong. Replaces the script before; captures go on being counted.
    pub fn set_script(&self, script: Script) {
        self.desk().script = script;
    }

    /// Lets the next capture of this device go wrong.
    ///
    /// # Errors
    /// When this fault cannot happen to that kind of device.
    pub fn fail_next(&self, kind: DeviceKind, fault: Fault) -> Result<(), UnfittingFault> {
        let mut desk = self.desk();
        let next = desk.captures.get(&kind).copied().unwrap_or(0) + 1;
        desk.script.insert(kind, next, fault)
    }

    /// Pulls the cable, at any moment: a running capture ends with `Unplugged` at its next event.
    pub fn unplug(&self, kind: DeviceKind) {
        self.desk().unplug(kind);
    }

    /// Plugs the device in again.
    pub fn plug_in(&self, kind: DeviceKind) {
        self.desk().unplugged.remove(&kind);
    }

    /// Whether the device is plugged in.
    #[must_use]
    pub fn is_plugged_in(&self, kind: DeviceKind) -> bool {
        !self.desk().unplugged.contains(&kind)
    }

    /// Whether a device that is plugged in can be opened.
    pub fn set_access(&self, kind: DeviceKind, access: Access) {
        self.desk().access.insert(kind, access);
    }

    fn list_kind(&self, kind: DeviceKind) -> Vec<Listed> {
        let desk = self.desk();
        if desk.unplugged.contains(&kind) || !BENCH_KINDS.contains(&kind) {
            return Vec::new();
        }
        vec![Listed { selector: selector(kind), kind, identity: identity(kind), access: desk.access(kind) }]
    }

    fn open_kind(&self, kind: DeviceKind, wanted: &Selector) -> Result<Handle, DeviceError> {
        let mut desk = self.desk();
        if desk.unplugged.contains(&kind) || *wanted != selector(kind) {
            return Err(DeviceError::new(DeviceErrorKind::NotPlugged, format!("sim: no {}", wanted.0)));
        }
        if let Some(refusal) = desk.access(kind).refusal() {
            return Err(refusal);
        }
        desk.open.insert(kind);
        let losses = desk.losses.get(&kind).copied().unwrap_or(0);
        drop(desk);
        Ok(Handle { bench: self.clone(), kind, losses, identity: identity(kind) })
    }
}

impl Desk {
    fn unplug(&mut self, kind: DeviceKind) {
        if self.unplugged.insert(kind) {
            *self.losses.entry(kind).or_default() += 1;
            // The system takes the device away from whoever had it open.
            self.open.remove(&kind);
        }
    }

    fn access(&self, kind: DeviceKind) -> Access {
        match self.access.get(&kind) {
            Some(access) if *access != Access::Usable => access.clone(),
            _ if self.open.contains(&kind) => Access::Busy { by: "rekam".to_owned() },
            _ => Access::Usable,
        }
    }
}

/// An open simulated device. Dropping it closes it.
#[derive(Debug)]
struct Handle {
    bench: SimBench,
    kind: DeviceKind,
    losses: u64,
    identity: DeviceIdentity,
}

impl Handle {
    fn is_spent(&self) -> bool {
        self.bench.desk().losses.get(&self.kind).copied().unwrap_or(0) != self.losses
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // A spent handle has nothing to close: the device may be open again for somebody else.
        if !self.is_spent() {
            self.bench.desk().open.remove(&self.kind);
        }
    }
}

fn selector(kind: DeviceKind) -> Selector {
    Selector(format!("sim:{}", kind.word()))
}

fn identity(kind: DeviceKind) -> DeviceIdentity {
    DeviceIdentity {
        make: "Rekam".to_owned(),
        model: format!("Simulated {}", kind.word().replace('_', " ")),
        serial: format!("SIM-{}", kind.word().to_uppercase().replace('_', "-")),
    }
}
