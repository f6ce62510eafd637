mod history;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::central_status::KnownStatus;
use crate::text::Language;

const DAY: Date = date(2025, 6, 1);

/// Somebody of 19 who comes for a first card with everything needed.
fn adult() -> EligibilityQuestion {
    EligibilityQuestion {
        service: Purpose::New,
        service_date: DAY,
        presence: Presence::AtDesk,
        nik: NikStanding::Sound,
        birth_date: Some(date(2006, 5, 1)),
        certificate_date: None,
        marital_status: Some(MaritalStatus::Single),
        nationality: Some(Nationality::Indonesian),
        permit: StayPermit::None,
        permit_end: None,
        data_wrong: false,
        lives_here: true,
        was_recorded: false,
        central: Some(CentralStatus::Known(KnownStatus::Unregistered)),
        documents: vec![Document::FormF102, Document::Kk],
    }
}

fn decide_for(
    rules: &EligibilityRules,
    change: impl FnOnce(&mut EligibilityQuestion),
) -> EligibilityDecision {
    let mut question = adult();
    change(&mut question);
    let decision = decide(&question, rules);
    for language in Language::ALL {
        assert!(!decision.next.text(language).contains('['), "{:?}", decision.next);
        assert!(
            decision.reasons.iter().all(|reason| !reason.text(language).contains('[')),
            "{:?}",
            decision.reasons
        );
        assert!(decision.missing.iter().all(|group| !group.text(language).contains('[')));
        assert!(!crate::text::text(language, &decision.verdict.text_key(), &[]).contains('['));
    }
    decision
}

/// Checks verdict, reasons and next action under the national rule.
fn expect(
    change: impl FnOnce(&mut EligibilityQuestion),
    verdict: Verdict,
    reasons: &[ReasonCode],
    next: NextCode,
) -> EligibilityDecision {
    expect_under(&EligibilityRules::default(), change, verdict, reasons, next)
}

fn expect_under(
    rules: &EligibilityRules,
    change: impl FnOnce(&mut EligibilityQuestion),
    verdict: Verdict,
    reasons: &[ReasonCode],
    next: NextCode,
) -> EligibilityDecision {
    let decision = decide_for(rules, change);
    let found: Vec<_> = decision.reasons.iter().map(|reason| reason.code).collect();
    assert_eq!((decision.verdict, found.as_slice(), decision.next.code), (verdict, reasons, next));
    decision
}

const ISSUANCE: Verdict = Verdict::Redirected(RedirectTarget::IssuanceOnly);
const OTHER: Verdict = Verdict::Redirected(RedirectTarget::OtherOffice);
const FIX_KK: Verdict = Verdict::Redirected(RedirectTarget::FixKk);

fn known(status: KnownStatus) -> Option<CentralStatus> {
    Some(CentralStatus::Known(status))
}

#[test]
fn records_an_adult() {
    expect(|_| {}, Verdict::RecordNow, &[ReasonCode::OldEnough], NextCode::Record);
    expect(
        |q| q.birth_date = Some(date(2008, 6, 1)),
        Verdict::RecordNow,
        &[ReasonCode::OldEnough],
        NextCode::Record,
    );
    expect(
        |q| q.central = None,
        Verdict::RecordNow,
        &[ReasonCode::StatusUnknown, ReasonCode::OldEnough],
        NextCode::Record,
    );
}

#[test]
fn rejects_who_is_too_young() {
    let decision = expect(
        |q| q.birth_date = Some(date(2008, 6, 2)),
        Verdict::Rejected,
        &[ReasonCode::UnderAge],
        NextCode::ComeBackOn,
    );
    assert!(decision.next.text(Language::Indonesian).contains("02-06-2025"));
    assert_eq!(format!("{decision:?}").find("2025"), None);
}

#[test]
fn records_sixteen_year_olds_only_where_the_profile_says_so() {
    let sixteen = |q: &mut EligibilityQuestion| q.birth_date = Some(date(2009, 3, 1));
    let fifteen = |q: &mut EligibilityQuestion| q.birth_date = Some(date(2009, 6, 2));
    expect(sixteen, Verdict::Rejected, &[ReasonCode::UnderAge], NextCode::ComeBackOn);
    for early in [16, 10] {
        let rules = EligibilityRules { pre_enroll_min_age: Some(early), ..EligibilityRules::default() };
        let decision = expect_under(
            &rules,
            sixteen,
            Verdict::RecordEarly,
            &[ReasonCode::EarlyAge],
            NextCode::RecordEarly,
        );
        assert!(decision.next.text(Language::Indonesian).contains("01-03-2026"));
        expect_under(&rules, fifteen, Verdict::Rejected, &[ReasonCode::UnderAge], NextCode::ComeBackOn);
    }
    let rules = EligibilityRules { min_age: 16, ..EligibilityRules::default() };
    expect_under(&rules, sixteen, Verdict::RecordEarly, &[ReasonCode::EarlyAge], NextCode::RecordEarly);
    let rules = EligibilityRules { min_age: 18, ..EligibilityRules::default() };
    expect_under(
        &rules,
        |q| q.birth_date = Some(date(2008, 1, 1)),
        Verdict::Rejected,
        &[ReasonCode::UnderAge],
        NextCode::ComeBackOn,
    );
}

#[test]
fn records_the_married_under_seventeen_with_proof() {
    let young = |status, documents: &[Document]| {
        let documents = documents.to_vec();
        move |q: &mut EligibilityQuestion| {
            q.birth_date = Some(date(2009, 3, 1));
            q.marital_status = Some(status);
            q.documents.extend(documents);
        }
    };
    use MaritalStatus::{Divorced, Married, Widowed};
    for (status, proof) in [
        (Married, Document::MarriageBook),
        (Married, Document::MarriageCertificate),
        (Divorced, Document::MarriageBook),
        (Widowed, Document::MarriageBook),
    ] {
        expect(young(status, &[proof]), Verdict::RecordNow, &[ReasonCode::EverMarried], NextCode::Record);
    }
    let decision = expect(
        young(Married, &[]),
        Verdict::Wait,
        &[ReasonCode::EverMarried, ReasonCode::DocumentsMissing],
        NextCode::BringDocuments,
    );
    assert_eq!(decision.missing.len(), 1);
    assert_eq!(decision.missing[0].text(Language::Indonesian), "buku nikah atau akta perkawinan");

    let rules = EligibilityRules { ever_married: false, ..EligibilityRules::default() };
    expect_under(
        &rules,
        young(Divorced, &[]),
        Verdict::Rejected,
        &[ReasonCode::UnderAge],
        NextCode::ComeBackOn,
    );
    let proof = young(Married, &[Document::MarriageBook]);
    expect_under(&rules, proof, Verdict::RecordNow, &[ReasonCode::EverMarried], NextCode::Record);
}

#[test]
fn records_a_foreigner_with_a_permanent_permit_only() {
    let foreigner = |permit, end, documents: &[Document]| {
        let documents = documents.to_vec();
        move |q: &mut EligibilityQuestion| {
            q.nationality = Some(Nationality::Foreign);
            (q.permit, q.permit_end, q.documents) = (permit, end, documents);
        }
    };
    let papers = [Document::FormF102, Document::Kk, Document::TravelDocument, Document::Kitap];
    let later = Some(date(2028, 1, 1));
    let itap = |end, reasons: &[ReasonCode]| {
        let reasons: Vec<_> =
            [ReasonCode::ItapHolder].iter().chain(reasons).chain(&[ReasonCode::OldEnough]).copied().collect();
        expect(
            foreigner(StayPermit::Permanent, end, &papers),
            Verdict::RecordNow,
            &reasons,
            NextCode::Record,
        );
    };
    itap(later, &[]);
    itap(None, &[ReasonCode::ItapEndUnknown]);
    itap(Some(date(2025, 6, 30)), &[ReasonCode::ItapEndsSoon]);
    itap(Some(date(2025, 7, 1)), &[]);
    for (permit, end, reason) in [
        (StayPermit::Limited, later, ReasonCode::ItasOnly),
        (StayPermit::None, None, ReasonCode::NoPermit),
        (StayPermit::Permanent, Some(date(2025, 5, 31)), ReasonCode::ItapEnded),
    ] {
        expect(foreigner(permit, end, &papers), Verdict::Rejected, &[reason], NextCode::Immigration);
    }
    let decision = expect(
        foreigner(StayPermit::Permanent, later, &papers[..3]),
        Verdict::Wait,
        &[ReasonCode::ItapHolder, ReasonCode::OldEnough, ReasonCode::DocumentsMissing],
        NextCode::BringDocuments,
    );
    assert_eq!(decision.missing[0].any_of, [Document::Kitap]);
    expect(
        |q| {
            foreigner(StayPermit::Permanent, later, &papers)(q);
            q.birth_date = Some(date(2010, 1, 1));
        },
        Verdict::Rejected,
        &[ReasonCode::ItapHolder, ReasonCode::UnderAge],
        NextCode::ComeBackOn,
    );
    expect(
        |q| q.nationality = Some(Nationality::Dual),
        OTHER,
        &[ReasonCode::DualNationality, ReasonCode::OldEnough],
        NextCode::AskAgency,
    );
}

#[test]
fn sends_a_foreigner_elsewhere_where_only_citizens_are_served() {
    let rules = EligibilityRules { nationals_only: true, ..EligibilityRules::default() };
    let foreigner = |q: &mut EligibilityQuestion| {
        (q.nationality, q.permit) = (Some(Nationality::Foreign), StayPermit::Permanent);
    };
    expect_under(&rules, foreigner, OTHER, &[ReasonCode::NationalsOnly], NextCode::AskAgency);
    expect_under(&rules, |_| {}, Verdict::RecordNow, &[ReasonCode::OldEnough], NextCode::Record);
}

#[test]
fn sends_people_without_nik_to_the_form_of_the_profile() {
    let rules = EligibilityRules { no_nik_form: "F1.07".to_owned(), ..EligibilityRules::default() };
    for (nik, reason) in
        [(NikStanding::Missing, ReasonCode::NoNik), (NikStanding::Temporary, ReasonCode::TemporaryNik)]
    {
        let verdict = Verdict::Redirected(RedirectTarget::NoNikBiodata);
        let decision = expect_under(&rules, |q| q.nik = nik, verdict, &[reason], NextCode::FillForm);
        assert!(decision.next.text(Language::Indonesian).contains("F1.07"));
    }
    expect(
        |q| q.nik = NikStanding::Faulty,
        Verdict::Wait,
        &[ReasonCode::NikFaulty, ReasonCode::OldEnough],
        NextCode::CallSupervisor,
    );
}

#[test]
fn values_a_nik_by_its_check() {
    let regions = crate::region::RegionTable::starter();
    let context = crate::nik::NumberContext { regions: &regions, station: None, today: DAY };
    let standing = |text| NikStanding::of(&crate::nik::check_nik_text(text, None, None, &context));
    assert_eq!(standing("3671091508060000"), NikStanding::Sound);
    assert_eq!(standing("3671092902070005"), NikStanding::Faulty);
    assert_eq!(standing("36710915"), NikStanding::Faulty);
    assert_eq!(standing("0367109200000001"), NikStanding::Temporary);
}

#[test]
fn takes_the_age_from_the_basis_of_the_profile() {
    let rules = EligibilityRules { age_basis: AgeBasis::BirthCertificateDate, ..EligibilityRules::default() };
    let reasons = [ReasonCode::AgeFromBiodata, ReasonCode::OldEnough];
    expect_under(&rules, |_| {}, Verdict::RecordNow, &reasons, NextCode::Record);
    let certificate = |q: &mut EligibilityQuestion| q.certificate_date = q.birth_date;
    expect_under(&rules, certificate, Verdict::RecordNow, &[ReasonCode::OldEnough], NextCode::Record);
    let only =
        |q: &mut EligibilityQuestion| (q.certificate_date, q.birth_date) = (Some(date(2009, 1, 1)), None);
    expect_under(&rules, only, Verdict::Rejected, &[ReasonCode::UnderAge], NextCode::ComeBackOn);
    let differ = |q: &mut EligibilityQuestion| q.certificate_date = Some(date(2006, 5, 2));
    expect(differ, FIX_KK, &[ReasonCode::BirthDatesDiffer, ReasonCode::OldEnough], NextCode::FixKk);
    expect(|q| q.birth_date = None, Verdict::Wait, &[ReasonCode::BirthDateMissing], NextCode::AskAgency);
}

#[test]
fn leads_wrong_data_to_the_family_card() {
    expect(|q| q.data_wrong = true, FIX_KK, &[ReasonCode::DataWrong, ReasonCode::OldEnough], NextCode::FixKk);
}

#[test]
fn visits_who_cannot_come() {
    let reasons = [ReasonCode::VisitNeeded, ReasonCode::OldEnough];
    expect(|q| q.presence = Presence::CannotCome, Verdict::Wait, &reasons, NextCode::ArrangeVisit);
    let reasons = [ReasonCode::Visited, ReasonCode::OldEnough];
    expect(|q| q.presence = Presence::Visited, Verdict::RecordNow, &reasons, NextCode::Record);
}

#[test]
fn marks_what_only_this_office_asks_for() {
    let rules = EligibilityRules {
        documents: [(
            Purpose::New,
            vec![
                vec![Document::VillageHeadCoverLetter],
                vec![Document::BirthCertificate],
                vec![Document::Kk],
            ],
        )]
        .into(),
        local_extra: vec![Document::VillageHeadCoverLetter, Document::BirthCertificate],
        ..EligibilityRules::default()
    };
    let local = [ReasonCode::OldEnough, ReasonCode::LocalDocumentsMissing];
    let decision = expect_under(&rules, |_| {}, Verdict::Wait, &local, NextCode::BringDocuments);
    assert!(decision.missing.iter().all(|group| group.is_local));
    assert_eq!(decision.missing.len(), 2);
    let both = [ReasonCode::OldEnough, ReasonCode::DocumentsMissing, ReasonCode::LocalDocumentsMissing];
    expect_under(&rules, |q| q.documents.clear(), Verdict::Wait, &both, NextCode::BringDocuments);
    let local: Vec<_> = ReasonCode::ALL.iter().copied().filter(|code| code.is_local()).collect();
    assert_eq!(local, [ReasonCode::NationalsOnly, ReasonCode::LocalDocumentsMissing]);
}

#[test]
fn checks_the_age_again_on_the_print_date() {
    let born = Some(date(2008, 2, 29));
    let reason = |day, status| check_card_age(born, status, day).err().map(|reason| reason.code);
    assert_eq!(reason(date(2025, 2, 28), None), Some(ReasonCode::CardOnlyAt17));
    assert_eq!(reason(date(2025, 3, 1), None), None);
    assert_eq!(reason(date(2024, 1, 1), Some(MaritalStatus::Widowed)), None);
    assert_eq!(reason(date(2024, 1, 1), Some(MaritalStatus::Single)), Some(ReasonCode::CardOnlyAt17));
    let unknown = check_card_age(None, None, DAY).err().map(|reason| reason.code);
    assert_eq!(unknown, Some(ReasonCode::BirthDateMissing));
    let recorded_early = |q: &mut EligibilityQuestion| {
        (q.birth_date, q.central) = (Some(date(2008, 6, 2)), known(KnownStatus::PrintReadyRecord));
    };
    let reasons = [ReasonCode::AlreadyRecorded, ReasonCode::CardOnlyAt17];
    expect(recorded_early, Verdict::Wait, &reasons, NextCode::ComeBackOn);
}

#[test]
fn counts_birthdays() {
    assert_eq!(birthday(date(2008, 2, 29), 17), date(2025, 3, 1));
    assert_eq!(birthday(date(2008, 2, 29), 16), date(2024, 2, 29));
    assert_eq!(age_on(date(2008, 2, 29), date(2025, 2, 28)), 16);
    assert_eq!(age_on(date(2008, 6, 1), date(2025, 6, 1)), 17);
    assert_eq!(age_on(date(2008, 6, 1), date(2008, 5, 1)), -1);
}

proptest! {
    #[test]
    fn decides_for_every_combination(
        service in proptest::sample::select(Purpose::ALL),
        status in proptest::option::of(proptest::sample::select(KnownStatus::ALL)),
        permit in proptest::sample::select(StayPermit::ALL),
        nationality in proptest::option::of(proptest::sample::select(Nationality::ALL)),
        marital in proptest::option::of(proptest::sample::select(MaritalStatus::ALL)),
        nik in proptest::sample::select(NikStanding::ALL),
        (year, was_recorded, lives_here, data_wrong, early) in (1930_i16..2030, any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()),
        documents in proptest::collection::vec(proptest::sample::select(Document::ALL), 0..8),
    ) {
        let rules = EligibilityRules { pre_enroll_min_age: early.then_some(16), ..EligibilityRules::default() };
        let born = date(year, 2, 28);
        let decision = decide_for(&rules, |q| {
            (q.service, q.permit, q.nationality, q.marital_status, q.nik) = (service, permit, nationality, marital, nik);
            (q.was_recorded, q.lives_here, q.data_wrong, q.documents) = (was_recorded, lives_here, data_wrong, documents);
            (q.birth_date, q.central) = (Some(born), status.map(CentralStatus::Known));
        });
        prop_assert!(!decision.reasons.is_empty());
        if decision.verdict.may_record() {
            prop_assert!(!was_recorded && !data_wrong && nik == NikStanding::Sound && decision.missing.is_empty());
            let married = marital.is_some_and(MaritalStatus::ever_married);
            let age = age_on(born, DAY);
            prop_assert!(age >= CARD_AGE_YEARS || married || (early && age >= 16));
            prop_assert_eq!(decision.verdict == Verdict::RecordEarly, age < CARD_AGE_YEARS && !married);
        } else if decision.verdict != Verdict::IssueHere && decision.verdict != Verdict::Redirected(RedirectTarget::IssuanceOnly) {
            prop_assert!(decision.reasons.iter().any(|reason| reason.code.grade() == crate::finding::Grade::Error));
        }
    }
}
