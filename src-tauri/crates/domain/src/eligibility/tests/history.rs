//! Who was recorded before, moved, lives elsewhere, or lost a card.

use super::*;

#[test]
fn never_records_twice() {
    let reasons = [ReasonCode::AlreadyRecorded, ReasonCode::OldEnough];
    expect(|q| q.was_recorded = true, ISSUANCE, &reasons, NextCode::IssueElsewhere);
    expect(|q| (q.was_recorded, q.central) = (true, None), ISSUANCE, &reasons, NextCode::IssueElsewhere);
    let here = EligibilityRules { issues_here: true, ..EligibilityRules::default() };
    for status in [KnownStatus::PrintReadyRecord, KnownStatus::CardShipped, KnownStatus::CardIssued] {
        expect_under(&here, |q| q.central = known(status), Verdict::IssueHere, &reasons, NextCode::IssueHere);
    }
    for status in [KnownStatus::BioCaptured, KnownStatus::SentForEnrollment, KnownStatus::RequestValidation] {
        expect(
            |q| q.central = known(status),
            Verdict::Wait,
            &[ReasonCode::RecordingInProcess, ReasonCode::OldEnough],
            NextCode::AwaitCentre,
        );
    }
    for status in [KnownStatus::EnrollFailureAtCentral, KnownStatus::AdjudicateRecord] {
        expect(
            |q| q.central = known(status),
            Verdict::Wait,
            &[ReasonCode::RerecordNeedsOrder, ReasonCode::OldEnough],
            NextCode::AskAgency,
        );
    }
    expect(
        |q| q.central = known(KnownStatus::DuplicateRecord),
        OTHER,
        &[ReasonCode::DuplicateRecord, ReasonCode::OldEnough],
        NextCode::AskAgency,
    );
    let decision = expect(
        |q| q.central = Some(CentralStatus::Other("HAL BARU".to_owned())),
        Verdict::Wait,
        &[ReasonCode::StatusNotUnderstood, ReasonCode::OldEnough],
        NextCode::AskAgency,
    );
    assert!(decision.reasons[0].text(Language::Indonesian).contains("HAL BARU"));
}

#[test]
fn needs_no_new_recording_after_a_move() {
    let moved = |central, was_recorded| {
        move |q: &mut EligibilityQuestion| {
            (q.service, q.central, q.was_recorded, q.lives_here) =
                (Purpose::MovedIn, central, was_recorded, false);
            q.documents.push(Document::MovingLetter);
        }
    };
    let reasons = [ReasonCode::MovedNoRecording, ReasonCode::OldEnough];
    expect(moved(known(KnownStatus::CardIssued), false), ISSUANCE, &reasons, NextCode::IssueElsewhere);
    expect(moved(None, true), ISSUANCE, &reasons, NextCode::IssueElsewhere);
    expect(
        moved(None, false),
        ISSUANCE,
        &[ReasonCode::MovedNoRecording, ReasonCode::StatusUnknown, ReasonCode::OldEnough],
        NextCode::IssueElsewhere,
    );
    expect(
        moved(known(KnownStatus::Unregistered), false),
        Verdict::RecordNow,
        &[ReasonCode::RecordFirst, ReasonCode::OldEnough],
        NextCode::Record,
    );
    let decision =
        decide_for(&EligibilityRules::default(), |q| (q.service, q.was_recorded) = (Purpose::MovedIn, true));
    assert_eq!(decision.verdict, Verdict::Wait);
    assert_eq!(decision.missing[0].any_of, [Document::MovingLetter]);
}

#[test]
fn serves_other_areas_without_a_change_of_data() {
    let away = |q: &mut EligibilityQuestion| q.lives_here = false;
    let reasons = [ReasonCode::OutOfDomicile, ReasonCode::OldEnough];
    expect(away, Verdict::RecordNow, &reasons, NextCode::Record);
    expect(|q| q.service = Purpose::OutOfDomicile, Verdict::RecordNow, &reasons, NextCode::Record);
    let lost = |q: &mut EligibilityQuestion| {
        away(q);
        (q.service, q.was_recorded) = (Purpose::Lost, true);
        q.documents.push(Document::PoliceLossLetter);
    };
    let reasons = [ReasonCode::OutOfDomicile, ReasonCode::AlreadyRecorded, ReasonCode::OldEnough];
    expect(lost, ISSUANCE, &reasons, NextCode::IssueElsewhere);
    let decision = decide_for(&EligibilityRules::default(), |q| {
        away(q);
        (q.service, q.was_recorded) = (Purpose::WrongData, true);
    });
    assert_eq!((decision.verdict, decision.next.code), (OTHER, NextCode::HomeOffice));
    assert_eq!(decision.reasons[0].code, ReasonCode::OutOfDomicileChange);
}

#[test]
fn replaces_lost_and_damaged_cards_with_their_papers() {
    for (service, paper) in [
        (Purpose::Lost, Document::PoliceLossLetter),
        (Purpose::Damaged, Document::DamagedCard),
        (Purpose::Damaged, Document::OldCard),
    ] {
        let come = |with_paper: bool, central| {
            move |q: &mut EligibilityQuestion| {
                (q.service, q.central) = (service, central);
                q.documents.extend(with_paper.then_some(paper));
            }
        };
        let issued = || known(KnownStatus::CardIssued);
        let mut reasons = vec![ReasonCode::AlreadyRecorded, ReasonCode::OldEnough];
        expect(come(true, issued()), ISSUANCE, &reasons, NextCode::IssueElsewhere);
        let unknown = [ReasonCode::StatusUnknown, ReasonCode::OldEnough];
        expect(come(true, None), ISSUANCE, &unknown, NextCode::IssueElsewhere);
        let first = [ReasonCode::RecordFirst, ReasonCode::OldEnough];
        expect(come(true, known(KnownStatus::Unregistered)), Verdict::RecordNow, &first, NextCode::Record);
        reasons.push(ReasonCode::DocumentsMissing);
        expect(come(false, issued()), Verdict::Wait, &reasons, NextCode::BringDocuments);
    }
    let unrecorded = |q: &mut EligibilityQuestion| q.service = Purpose::Lost;
    let rules = EligibilityRules { records_here: false, issues_here: true, ..EligibilityRules::default() };
    let decision = decide_for(&rules, unrecorded);
    assert_eq!((decision.verdict, decision.next.code), (OTHER, NextCode::RecordingOffice));
}
