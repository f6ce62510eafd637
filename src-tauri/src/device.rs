//! The devices of this desk, behind the traits every driver fulfils.
//!
//! At a demonstration station they are simulated and a made-up person sits before them; a real station never gets near
//! those. Drivers of real devices join the lists in [`Devices::real`].

use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use rekam_core::journey::Ready;
use rekam_domain::biodata::Biodata;
use rekam_domain::document::Document;
use rekam_driver_api::{
    Access, Camera, DeviceError, DeviceErrorKind, DeviceKind, DocumentScanner, Factory, FingerprintScanner,
    IrisScanner, SignaturePad,
};
use rekam_driver_sim::{Detail, Fault, Pace, SimBench, Situation, SyntheticPerson};

type Stacks<Device> = Vec<Arc<dyn Factory<Device>>>;

/// Where the made-up people of a demonstration begin.
const FIRST_SEED: u64 = 1;
/// How far is looked for somebody in a certain situation; two of a hundred are in each.
const SEEDS_MAX: u64 = 600;
/// Ordinary people offered at once.
const ORDINARY_OFFERED: usize = 3;

/// Every device of the desk.
pub(crate) struct Devices {
    cameras: Stacks<dyn Camera>,
    fingerprint_scanners: Stacks<dyn FingerprintScanner>,
    iris_scanners: Stacks<dyn IrisScanner>,
    signature_pads: Stacks<dyn SignaturePad>,
    document_scanners: Stacks<dyn DocumentScanner>,
    simulation: Option<Simulation>,
}

/// The simulated desk and who sits there.
pub(crate) struct Simulation {
    bench: SimBench,
    seated: Mutex<Option<u64>>,
}

impl Devices {
    /// A desk whose drivers are built in: none is yet.
    pub(crate) fn real() -> Self {
        Self {
            cameras: Vec::new(),
            fingerprint_scanners: Vec::new(),
            iris_scanners: Vec::new(),
            signature_pads: Vec::new(),
            document_scanners: Vec::new(),
            simulation: None,
        }
    }

    /// The desk of a demonstration, where time passes as people feel it.
    pub(crate) fn simulated() -> Self {
        let bench = SimBench::new(Detail::Full);
        bench.set_pace(Pace::Real);
        let stack = Arc::new(bench.clone());
        Self {
            cameras: vec![stack.clone()],
            fingerprint_scanners: vec![stack.clone()],
            iris_scanners: vec![stack.clone()],
            signature_pads: vec![stack.clone()],
            document_scanners: vec![stack],
            simulation: Some(Simulation { bench, seated: Mutex::new(None) }),
        }
    }

    pub(crate) fn camera(&self) -> Result<Box<dyn Camera>, DeviceError> {
        open(&self.cameras)
    }

    pub(crate) fn fingerprint_scanner(&self) -> Result<Box<dyn FingerprintScanner>, DeviceError> {
        open(&self.fingerprint_scanners)
    }

    pub(crate) fn iris_scanner(&self) -> Result<Box<dyn IrisScanner>, DeviceError> {
        open(&self.iris_scanners)
    }

    pub(crate) fn signature_pad(&self) -> Result<Box<dyn SignaturePad>, DeviceError> {
        open(&self.signature_pads)
    }

    pub(crate) fn document_scanner(&self) -> Result<Box<dyn DocumentScanner>, DeviceError> {
        open(&self.document_scanners)
    }

    /// Kinds a recording needs, and whether each can be used now.
    pub(crate) fn standing(&self) -> [(DeviceKind, bool); 4] {
        [
            (DeviceKind::Camera, is_usable(&self.cameras)),
            (DeviceKind::SignaturePad, is_usable(&self.signature_pads)),
            (DeviceKind::FingerprintScanner, is_usable(&self.fingerprint_scanners)),
            (DeviceKind::IrisScanner, is_usable(&self.iris_scanners)),
        ]
    }

    /// What the rules ask before a session opens. No power source is read yet: a desk that runs has power.
    pub(crate) fn ready(&self) -> Ready {
        Ready { devices: self.standing().iter().all(|(_, usable)| *usable), power: true }
    }

    pub(crate) fn simulation(&self) -> Option<&Simulation> {
        self.simulation.as_ref()
    }
}

impl Simulation {
    /// Lets the person of this seed sit down, unless that person sits there.
    pub(crate) fn seat(&self, seed: u64, today: Date) {
        let mut seated = self.seated.lock().unwrap_or_else(PoisonError::into_inner);
        if *seated != Some(seed) {
            let person = person(seed, today);
            self.bench.set_curtain(Some(person.curtain()));
            self.bench.seat(person);
            *seated = Some(seed);
        }
    }

    /// Lays papers of the seated person into the scanner.
    pub(crate) fn lay_paper(&self, papers: &[Document]) {
        self.bench.lay_paper(papers);
    }

    /// Lets something go wrong, by its word; a word that is not known does nothing.
    pub(crate) fn let_fail(&self, word: &str) {
        let (kind, fault) = match word {
            "dry_fingers" => (DeviceKind::FingerprintScanner, Fault::DryFinger),
            "wrong_hand" => (DeviceKind::FingerprintScanner, Fault::WrongHand),
            "scanner_unplugged" => (DeviceKind::FingerprintScanner, Fault::Unplugged { after_events: 3 }),
            "closed_eyes" => (DeviceKind::IrisScanner, Fault::ClosedEyes),
            "plugged_in" => {
                rekam_driver_sim::BENCH_KINDS.into_iter().for_each(|kind| self.bench.plug_in(kind));
                return;
            }
            _ => return,
        };
        // Each fault stands beside its own device.
        let _ = self.bench.fail_next(kind, fault);
    }
}

/// The made-up person of a seed; the same at every station and after every restart.
fn person(seed: u64, today: Date) -> SyntheticPerson {
    SyntheticPerson::in_situation(seed, today, Situation::draw(seed))
}

/// Made-up people who may come to a demonstration: some ordinary ones and one in each other situation, without those
/// whose number is taken.
pub(crate) fn made_up_people(today: Date, is_taken: impl Fn(&str) -> bool) -> Vec<SyntheticPerson> {
    let mut people: Vec<SyntheticPerson> = Vec::new();
    for seed in FIRST_SEED..FIRST_SEED + SEEDS_MAX {
        let situation = Situation::draw(seed);
        let wanted = if situation == Situation::Ordinary { ORDINARY_OFFERED } else { 1 };
        if people.iter().filter(|known| known.situation == situation).count() >= wanted {
            continue;
        }
        let person = person(seed, today);
        if person.nik.as_deref().is_some_and(|nik| !is_taken(nik)) {
            people.push(person);
        }
    }
    people
}

/// The made-up person with this number, with the seed.
pub(crate) fn made_up_person(nik: &str, today: Date) -> Option<(u64, Biodata)> {
    (FIRST_SEED..FIRST_SEED + SEEDS_MAX)
        .map(|seed| person(seed, today))
        .find(|person| person.nik.as_deref() == Some(nik))
        .map(|person| (person.seed, person.biodata()))
}

fn is_usable<Device: ?Sized>(stacks: &Stacks<Device>) -> bool {
    stacks.iter().flat_map(|stack| stack.list()).any(|listed| listed.access == Access::Usable)
}

/// Opens the first device that can be used; where there is none, the reason of the first that is there.
fn open<Device: ?Sized>(stacks: &Stacks<Device>) -> Result<Box<Device>, DeviceError> {
    let mut refusal = DeviceError::new(DeviceErrorKind::NotPlugged, "no such device");
    for stack in stacks {
        for listed in stack.list() {
            match stack.open(&listed.selector) {
                Ok(device) => return Ok(device),
                Err(error) => refusal = error,
            }
        }
    }
    Err(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_desk_has_no_simulated_device() {
        let real = Devices::real();
        assert_eq!(real.camera().err().map(|error| error.kind), Some(DeviceErrorKind::NotPlugged));
        assert!(real.simulation().is_none() && !real.ready().devices);
        assert!(Devices::simulated().ready().devices);
    }

    #[test]
    fn everybody_who_is_offered_is_found_by_number_and_nobody_twice() {
        let today = jiff::civil::date(2026, 11, 21);
        let people = made_up_people(today, |_| false);
        assert!(people.iter().filter(|person| person.situation == Situation::Ordinary).count() >= 2);
        assert!(people.iter().any(|person| person.situation == Situation::MissingFinger));
        for person in &people {
            let nik = person.nik.clone().unwrap();
            let (seed, biodata) = made_up_person(&nik, today).unwrap();
            assert_eq!((seed, biodata.full_name), (person.seed, person.full_name.clone()));
        }
        let first = people[0].nik.clone().unwrap();
        assert!(
            made_up_people(today, |nik| nik == first)
                .iter()
                .all(|person| person.nik.as_ref() != Some(&first))
        );
    }
}
