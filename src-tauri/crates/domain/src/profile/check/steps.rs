//! Rules of the steps.

use super::Checked;
use crate::machine::CaseEvent;
use crate::profile::problem::ProblemCode;
use crate::recording::RecordingEvent;
use crate::role::Role;

pub(super) fn rules(checked: &mut Checked<'_, '_>) {
    names(checked);
    branches(checked);
    events(checked);
    books(checked);
    papers(checked);
}

/// The path of the step at an index.
fn at(index: usize) -> String {
    format!("step[{}]", index + 1)
}

fn names(checked: &mut Checked<'_, '_>) {
    let steps = &checked.profile.steps;
    for (index, step) in steps.iter().enumerate() {
        let before = || steps.iter().take(index);
        let (id, no) = (format!("{}.id", at(index)), format!("{}.no", at(index)));
        if before().any(|other| other.id == step.id) && !checked.touched(&[&id]) {
            checked.add(&id, ProblemCode::DuplicateStepId, vec![("found", step.id.clone().into())]);
        }
        if before().any(|other| other.no == step.no) && !checked.touched(&[&no]) {
            checked.add(&no, ProblemCode::DuplicateStepNo, vec![("found", step.no.clone().into())]);
        }
    }
}

fn branches(checked: &mut Checked<'_, '_>) {
    let steps = &checked.profile.steps;
    // A step whose id is wrong would make every branch to it wrong as well.
    let ids_known = (0..steps.len()).all(|index| !checked.touched(&[&format!("{}.id", at(index))]));
    if !ids_known {
        return;
    }
    let ids: Vec<&str> = steps.iter().map(|step| step.id.as_str()).collect();
    for (index, step) in steps.iter().enumerate() {
        for (number, branch) in step.branches.iter().enumerate() {
            let Some(to) = branch.to.as_deref() else { continue };
            let path = format!("{}.branch[{}].to", at(index), number + 1);
            if !ids.contains(&to) && !checked.touched(&[&path]) {
                let values = vec![("found", to.into()), ("allowed", ids.join(", ").into())];
                checked.add(&path, ProblemCode::BranchToNowhere, values);
            }
        }
    }
}

fn events(checked: &mut Checked<'_, '_>) {
    let steps = &checked.profile.steps;
    for (index, step) in steps.iter().enumerate() {
        for (number, done) in step.events.iter().enumerate() {
            let path = format!("{}.events[{}]", at(index), number + 1);
            event(checked, &path, done.event, done.role);
        }
        for (number, branch) in step.branches.iter().enumerate() {
            let Some(side) = branch.event else { continue };
            event(checked, &format!("{}.branch[{}].event", at(index), number + 1), side, branch.role);
        }
    }
}

fn event(checked: &mut Checked<'_, '_>, path: &str, event: CaseEvent, role: Role) {
    let step = path.split_once('.').map_or(path, |(step, _)| step);
    // Left-out events shift the rest of their list, so one bad word silences the rule for its step only.
    if checked.touched(&[step]) {
        return;
    }
    if let Some(key) = switched_off(checked, event) {
        let values = vec![("found", event.word().into()), ("key", key.into())];
        checked.add(path, ProblemCode::MachineNotUsed, values);
    } else if !role.has_login() && role != Role::Station {
        let values = vec![("found", role.word().into())];
        checked.add(path, ProblemCode::ActorWithoutLogin, values);
    }
}

/// The key that switches off what this event belongs to, if it is switched off.
fn switched_off(checked: &Checked<'_, '_>, event: CaseEvent) -> Option<&'static str> {
    let profile = checked.profile;
    let (used, key) = match event {
        CaseEvent::Card(_) if profile.printing.place == super::PrintingPlace::None => {
            (false, "printing.where")
        }
        CaseEvent::Card(_) => (profile.uses_card(), "handover.at"),
        CaseEvent::Letter(_) => (profile.uses_letter(), "letter.enabled"),
        CaseEvent::Recording(event) => (profile.uses_recording() || !records(event), "recording.enabled"),
        CaseEvent::Berkas(_) => (true, ""),
    };
    (!used && !checked.touched(&[key])).then_some(key)
}

/// Whether an event belongs to the part of the recording where a person is recorded here.
const fn records(event: RecordingEvent) -> bool {
    use RecordingEvent::{
        Abandon, Acknowledge, Allow, ApproveException, AttachApproval, DeferApproval, DenyException,
        OpenCapture, RaiseException, RefuseApproval, Resume, Seal, Supersede, Suspend, Withdraw,
    };
    matches!(
        event,
        Allow
            | OpenCapture
            | Suspend
            | Resume
            | RaiseException
            | ApproveException
            | DenyException
            | DeferApproval
            | AttachApproval
            | RefuseApproval
            | Seal
            | Acknowledge
            | Abandon
            | Withdraw
            | Supersede
    )
}

fn books(checked: &mut Checked<'_, '_>) {
    if checked.touched(&["registers"]) {
        return;
    }
    let profile = checked.profile;
    for (index, step) in profile.steps.iter().enumerate() {
        let list = format!("{}.registers", at(index));
        if checked.touched(&[&list]) {
            continue;
        }
        for (number, book) in step.registers.iter().enumerate() {
            if !profile.registers.contains(book) {
                let values = vec![("found", book.word().into())];
                checked.add(&format!("{list}[{}]", number + 1), ProblemCode::BookNotKept, values);
            }
        }
    }
}

fn papers(checked: &mut Checked<'_, '_>) {
    let profile = checked.profile;
    for (index, step) in profile.steps.iter().enumerate() {
        let list = format!("{}.prints", at(index));
        if checked.touched(&[&list]) {
            continue;
        }
        for (number, paper) in step.prints.iter().enumerate() {
            if let Some(key) = profile.switched_off_by(*paper)
                && !checked.touched(&[key])
            {
                let values = vec![("found", paper.word().into()), ("key", key.into())];
                checked.add(&format!("{list}[{}]", number + 1), ProblemCode::PaperSwitchedOff, values);
            }
        }
    }
}
