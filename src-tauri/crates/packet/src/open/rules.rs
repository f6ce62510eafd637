//! What must be there, what may not be there twice, and who may let something be missing.

use std::collections::BTreeSet;

use rekam_domain::approval::Decides;
use rekam_domain::exception::ExceptionCode;
use rekam_domain::profile::Modality;

use super::placed;
use crate::bytes::Digest;
use crate::inner::Inner;
use crate::manifest::Role;
use crate::refusal::OpenRefusal;
use crate::verify::Outline;

/// Fingers of a person.
const FINGERS: u16 = 10;
/// Eyes of a person.
const EYES: u16 = 2;

/// Holds the inner manifest against the rules, before any picture is decrypted.
pub(super) fn check(outline: &Outline, inner: &Inner) -> Result<(), OpenRefusal> {
    check_positions(outline, inner)?;
    check_exceptions(outline, inner)?;
    check_modalities(outline, inner)?;
    check_approvals(outline, inner)
}

const fn highest_position(role: Role) -> (u16, u16) {
    match role {
        Role::Finger | Role::IndexCheck => (1, FINGERS),
        Role::Iris => (1, EYES),
        Role::Document => (1, u16::MAX),
        // Right four, left four, both thumbs.
        Role::Slap => (1, 3),
        Role::Evidence => (0, u16::MAX),
        Role::Inner | Role::Biodata | Role::Photo | Role::Signature | Role::Truth | Role::Strokes => (0, 0),
    }
}

fn check_positions(outline: &Outline, inner: &Inner) -> Result<(), OpenRefusal> {
    let mut seen = BTreeSet::new();
    for (role, part) in placed(outline, inner) {
        let (least, most) = highest_position(role);
        let provenance = &part.provenance;
        let is_named = (role == Role::Document) != provenance.document.is_empty();
        if !(least..=most).contains(&provenance.position) || !is_named {
            return Err(OpenRefusal::PositionWrong);
        }
        let may_repeat = matches!(role, Role::IndexCheck | Role::Evidence);
        if !may_repeat && !seen.insert((role, provenance.position, &provenance.document)) {
            return Err(OpenRefusal::PartTwice);
        }
    }
    Ok(())
}

/// What an exception is about, and whether nothing of it can be recorded.
const fn about(code: ExceptionCode) -> (Option<Role>, u16, bool) {
    match code {
        ExceptionCode::FpMissing => (Some(Role::Finger), FINGERS, true),
        ExceptionCode::FpBandaged
        | ExceptionCode::FpDeformed
        | ExceptionCode::FpWorn
        | ExceptionCode::FpPartial => (Some(Role::Finger), FINGERS, false),
        ExceptionCode::IrisMissing => (Some(Role::Iris), EYES, true),
        ExceptionCode::IrisBlind | ExceptionCode::IrisUncooperative => (Some(Role::Iris), EYES, false),
        ExceptionCode::SigUnable => (Some(Role::Signature), 0, true),
        ExceptionCode::FaceLying
        | ExceptionCode::FaceCoverReligious
        | ExceptionCode::FaceMedical
        | ExceptionCode::VerifyIndexFailed => (None, 0, false),
    }
}

fn has(outline: &Outline, inner: &Inner, role: Role, position: u16) -> bool {
    placed(outline, inner).any(|(other, part)| other == role && part.provenance.position == position)
}

fn is_excepted(inner: &Inner, role: Role, position: u16) -> bool {
    inner.exceptions.iter().any(|exception| {
        // A partial finger leaves a picture; it excuses none.
        exception.code != ExceptionCode::FpPartial
            && about(exception.code).0 == Some(role)
            && exception.position == position
    })
}

fn check_exceptions(outline: &Outline, inner: &Inner) -> Result<(), OpenRefusal> {
    let mut seen = BTreeSet::new();
    for exception in &inner.exceptions {
        let (role, most, is_absent) = about(exception.code);
        let least = u16::from(most > 0);
        if !(least..=most).contains(&exception.position) {
            return Err(OpenRefusal::PositionWrong);
        }
        if !seen.insert((exception.code, exception.position)) {
            return Err(OpenRefusal::PartTwice);
        }
        let is_there = role.is_some_and(|role| has(outline, inner, role, exception.position));
        if is_absent && is_there {
            return Err(OpenRefusal::ExceptionContradicted);
        }
    }
    Ok(())
}

fn check_modalities(outline: &Outline, inner: &Inner) -> Result<(), OpenRefusal> {
    let there = |role, position| has(outline, inner, role, position) || is_excepted(inner, role, position);
    let is_complete = inner.modalities.iter().all(|modality| match modality {
        Modality::Photo => has(outline, inner, Role::Photo, 0),
        // Who cannot sign for the card cannot sign the truth statement either.
        Modality::Signature => {
            there(Role::Signature, 0)
                && (has(outline, inner, Role::Truth, 0) || is_excepted(inner, Role::Signature, 0))
        }
        Modality::Fingers10 => (1..=FINGERS).all(|finger| there(Role::Finger, finger)),
        Modality::Iris2 => (1..=EYES).all(|eye| there(Role::Iris, eye)),
    });
    if is_complete { Ok(()) } else { Err(OpenRefusal::ModalityMissing) }
}

fn check_approvals(outline: &Outline, inner: &Inner) -> Result<(), OpenRefusal> {
    let manifest = &outline.manifest;
    let known: BTreeSet<Digest> = inner.exceptions.iter().map(crate::Exception::commitment).collect();
    let mut approved = BTreeSet::new();
    for approval in &outline.approvals {
        if !approval.exceptions.iter().all(|hash| known.contains(hash)) {
            return Err(OpenRefusal::ApprovalUnmatched);
        }
        let approver = &approval.approver;
        if approver.account == manifest.operator.account || approver.key == manifest.operator.key {
            return Err(OpenRefusal::SamePersonApproves);
        }
        if !Decides::Exception.roles().contains(&approval.role) {
            return Err(OpenRefusal::ApproverRole);
        }
        approved.extend(approval.exceptions.iter().copied());
    }
    let waits = inner
        .exceptions
        .iter()
        .any(|exception| exception.code.needs_approval() && !approved.contains(&exception.commitment()));
    match (waits, manifest.approval_pending) {
        (true, false) => Err(OpenRefusal::ExceptionNotApproved),
        (false, true) => Err(OpenRefusal::NothingPending),
        _ => Ok(()),
    }
}
