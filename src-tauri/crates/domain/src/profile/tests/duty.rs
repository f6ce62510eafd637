use crate::actor::{Actor, PersonId};
use crate::machine::CaseEvent;
use crate::profile::{Deed, Profile};
use crate::refusal::{Guard, Refusal};
use crate::role::{Role, RoleSet};

fn profile(id: &str) -> Profile {
    Profile::shipped().into_iter().find(|profile| profile.identity.id == id).unwrap()
}

fn event(word: &str) -> CaseEvent {
    CaseEvent::from_word(word).unwrap()
}

fn actor(person: &str, roles: &[Role]) -> Actor {
    Actor::new(PersonId::new(person), RoleSet::of(roles))
}

fn deed(person: &str, word: &str) -> Deed {
    Deed { person: PersonId::new(person), roles: event(word).roles() }
}

const ELSEWHERE: Result<(), Refusal> = Err(Refusal::GuardFailed(Guard::NotInThisOffice));
const PAIR: Result<(), Refusal> = Err(Refusal::GuardFailed(Guard::ForbiddenPair));

#[test]
fn only_the_named_role_decides_exceptions_in_this_office() {
    let dinas = profile("tangerang-dinas-dafduk01-2021");
    for word in ["approve_exception", "deny_exception", "attach_approval", "refuse_approval"] {
        let event = event(&format!("recording.{word}"));
        assert_eq!(dinas.admit(event, &actor("a", &[Role::GovernmentSectionHead]), &[]), ELSEWHERE, "{word}");
        assert_eq!(dinas.admit(event, &actor("a", &[Role::Supervisor]), &[]), Ok(()), "{word}");
        let kecamatan = profile("tapin-candilarasutara-2023");
        assert_eq!(
            kecamatan.admit(event, &actor("a", &[Role::GovernmentSectionHead]), &[]),
            Ok(()),
            "{word}"
        );
    }
}

#[test]
fn only_the_named_roles_initial_and_sign_the_letter() {
    let mut tapin = profile("tapin-candilarasutara-2023");
    let [initial, sign] = ["letter.initial", "letter.sign"].map(event);
    assert_eq!(tapin.admit(initial, &actor("a", &[Role::GovernmentSectionHead]), &[]), Ok(()));
    assert_eq!(tapin.admit(sign, &actor("a", &[Role::DistrictHead]), &[]), Ok(()));
    assert_eq!(tapin.admit(sign, &actor("a", &[Role::AgencyHead]), &[]), ELSEWHERE);
    tapin.letter.initial_by = Some(Role::DivisionHead);
    assert_eq!(tapin.admit(initial, &actor("a", &[Role::GovernmentSectionHead]), &[]), ELSEWHERE);
}

#[test]
fn narrows_and_never_widens() {
    let mut tapin = profile("tapin-candilarasutara-2023");
    tapin.approval.exception_by = vec![Role::FrontDesk];
    let approve = event("recording.approve_exception");
    assert!(tapin.roles_for(approve).is_empty());
    // What the front desk may do nowhere is refused by the machine, under the machine's own name.
    assert_eq!(tapin.admit(approve, &actor("a", &[Role::FrontDesk]), &[]), Ok(()));
    assert_eq!(tapin.admit(approve, &actor("a", &[Role::Supervisor]), &[]), ELSEWHERE);
}

#[test]
fn one_person_does_not_do_both_halves_of_a_pair_on_one_case() {
    let mut office = profile("tapin-candilarasutara-2023");
    office.approval.forbidden_pairs = vec![(Role::FrontDesk, Role::PrintOperator)];
    let both = [Role::FrontDesk, Role::PrintOperator];
    let print = event("card.print");
    let numbered = [deed("a", "letter.number")];
    assert_eq!(office.admit(print, &actor("a", &both), &numbered), PAIR);
    assert_eq!(office.admit(print, &actor("b", &both), &numbered), Ok(()));
    assert_eq!(office.admit(print, &actor("a", &both), &[]), Ok(()));
    // A role that was taken away since was acted in all the same.
    assert_eq!(office.admit(print, &actor("a", &[Role::PrintOperator]), &numbered), PAIR);
    // The order of the two does not matter.
    let printed = [deed("a", "card.print")];
    assert_eq!(office.admit(event("letter.number"), &actor("a", &both), &printed), PAIR);
}

#[test]
fn whoever_could_act_in_a_harmless_role_did() {
    let mut office = profile("tapin-candilarasutara-2023");
    office.approval.forbidden_pairs =
        vec![(Role::CaptureOperator, Role::GovernmentSectionHead), (Role::CaptureOperator, Role::Supervisor)];
    let approve = event("recording.approve_exception");
    let all = [Role::FrontDesk, Role::CaptureOperator, Role::GovernmentSectionHead, Role::Supervisor];
    // Received at the front desk, which harms nobody; captured, which does, whichever of both roles approves.
    let received = [deed("a", "recording.receive")];
    assert_eq!(office.admit(approve, &actor("a", &all), &received), Ok(()));
    let captured = [deed("a", "recording.receive"), deed("a", "recording.open_capture")];
    assert_eq!(office.admit(approve, &actor("a", &all), &captured), PAIR);
    office.approval.forbidden_pairs.pop();
    assert_eq!(office.admit(approve, &actor("a", &all), &captured), Ok(()));
}

#[test]
fn every_pair_of_roles_is_kept_apart_on_one_case_and_only_there() {
    let mut office = profile("tapin-candilarasutara-2023");
    (office.letter.initial_by, office.letter.sign_by) = (None, None);
    let words = ["receive", "second_check", "open_capture", "approve_exception", "withdraw", "allow"];
    let mut events: Vec<CaseEvent> = words.map(|word| event(&format!("recording.{word}"))).into();
    events.extend(["card.approve", "card.print", "letter.initial", "letter.sign", "letter.stamp"].map(event));
    let mut kept_apart = 0;
    for (first, second) in events.iter().flat_map(|one| events.iter().map(move |other| (*one, *other))) {
        for (one, other) in first.roles().iter().flat_map(|one| second.roles().iter().map(move |b| (one, b)))
        {
            let both = RoleSet::of(&[one, other]);
            let alone = |event: CaseEvent, role| event.roles().and(both) == RoleSet::of(&[role]);
            office.approval.forbidden_pairs = vec![(other, one)];
            office.approval.exception_by = Role::ALL.to_vec();
            let before = [Deed { person: PersonId::new("a"), roles: first.roles() }];
            let admitted = office.admit(second, &actor("a", &[one, other]), &before);
            if one != other && alone(first, one) && alone(second, other) {
                assert_eq!(admitted, PAIR, "{} then {}", first.word(), second.word());
                kept_apart += 1;
            }
            assert_eq!(office.admit(second, &actor("b", &[one, other]), &before), Ok(()));
            office.approval.forbidden_pairs.clear();
            assert_eq!(office.admit(second, &actor("a", &[one, other]), &before), Ok(()));
        }
    }
    assert!(kept_apart > 50, "{kept_apart}");
}
