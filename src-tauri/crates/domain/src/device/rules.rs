//! The table of a device (`domain.md` §1.7.5). Unplug and replug never need a restart.

use super::DeviceState::{Absent, Busy, Degraded, Fault, Ready};
use super::{DeviceEvent, DeviceState};
use crate::effect::{Effect, Task};
use crate::machine::{Check, Moved, Rule, decide};
use crate::refusal::{Guard, Refusal};
use crate::role::Role::{Station, Technician};
use crate::role::RoleSet;

/// The facts a device's conditions are judged by. The default refuses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceFacts {
    /// The self-test has passed.
    pub self_test_passed: bool,
    /// Every part of the device works.
    pub whole: bool,
}

type Line = Rule<DeviceState, DeviceFacts>;
type Stop = Check<DeviceFacts>;

const SELF_TEST_FAILED: Stop = Check::new(Guard::SelfTestFailed, |f| !f.self_test_passed);
const PART_BROKEN: Stop = Check::new(Guard::PartBroken, |f| !f.whole);

const REPAIR: Effect = Effect::Task(Task::RepairDevice);

const APPEAR: &[Line] = &[
    Rule::to(&[Absent], Ready, &[Station]).unless(&[SELF_TEST_FAILED, PART_BROKEN]),
    Rule::to(&[Absent], Degraded, &[Station]).unless(&[SELF_TEST_FAILED]).then(&[REPAIR]),
    Rule::to(&[Absent], Fault, &[Station]).then(&[REPAIR]),
];
const VANISH: &[Line] = &[
    Rule::to(&[Busy], Absent, &[Station]).then(&[Effect::SuspendSession]),
    Rule::to(&[Ready, Degraded, Fault], Absent, &[Station]),
];
const BEGIN_WORK: &[Line] = &[Rule::to(&[Ready, Degraded], Busy, &[Station])];
const FINISH_WORK: &[Line] =
    &[Rule::to(&[Busy], Ready, &[Station]).unless(&[PART_BROKEN]), Rule::to(&[Busy], Degraded, &[Station])];
const DEGRADE: &[Line] = &[Rule::to(&[Ready, Busy], Degraded, &[Station]).then(&[REPAIR])];
const FAIL: &[Line] = &[
    Rule::to(&[Busy], Fault, &[Station]).then(&[Effect::SuspendSession, REPAIR]),
    Rule::to(&[Ready, Degraded], Fault, &[Station]).then(&[REPAIR]),
];
const RECOVER: &[Line] = &[
    Rule::to(&[Degraded, Fault], Ready, &[Station, Technician]).unless(&[SELF_TEST_FAILED, PART_BROKEN]),
    Rule::to(&[Fault], Degraded, &[Station, Technician]).unless(&[SELF_TEST_FAILED]),
];
const REPLACE: &[Line] = &[Rule::to(&[Ready, Degraded, Fault], Absent, &[Technician])];

impl DeviceState {
    /// What this event does, line by line; a state no line starts from refuses it.
    #[must_use]
    pub const fn rules(event: DeviceEvent) -> &'static [Line] {
        match event {
            DeviceEvent::Appear => APPEAR,
            DeviceEvent::Vanish => VANISH,
            DeviceEvent::BeginWork => BEGIN_WORK,
            DeviceEvent::FinishWork => FINISH_WORK,
            DeviceEvent::Degrade => DEGRADE,
            DeviceEvent::Fail => FAIL,
            DeviceEvent::Recover => RECOVER,
            DeviceEvent::Replace => REPLACE,
        }
    }

    /// The step this event makes, or why it is refused.
    ///
    /// # Errors
    /// The refusal names the first condition that is not met.
    pub fn next(
        self,
        event: DeviceEvent,
        roles: RoleSet,
        given: &DeviceFacts,
    ) -> Result<Moved<Self>, Refusal> {
        decide(self, Self::rules(event), roles, given)
    }
}
