//! The decision. Every rule adds a reason; the first rule that blocks decides.

use jiff::civil::Date;

use super::{
    AgeBasis, CARD_AGE_YEARS, EligibilityDecision, EligibilityQuestion, EligibilityRules, MissingDocuments,
    NextAction, NextCode, NikStanding, Presence, Reason, ReasonCode, RedirectTarget, StayPermit, Verdict,
    age_on, birthday,
};
use crate::biodata::{ITAP_REPORT_DAYS, MaritalStatus, Nationality, days_between};
use crate::central_status::{CentralStatus, Progress};
use crate::document::Document;
use crate::iso_date;
use crate::purpose::Purpose;

/// What the person needs: a recording, or only a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Path {
    Record,
    Issue,
}

/// What the age allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AgeStanding {
    Full,
    EarlyUntil(Date),
    Blocked,
}

#[derive(Default)]
struct Deliberation {
    reasons: Vec<Reason>,
    stop: Option<(Verdict, NextAction)>,
    missing: Vec<MissingDocuments>,
}

impl Deliberation {
    fn note(&mut self, code: ReasonCode) {
        self.reasons.push(code.reason());
    }

    fn stop(&mut self, verdict: Verdict, reason: Reason, next: NextAction) {
        self.reasons.push(reason);
        self.stop.get_or_insert((verdict, next));
    }

    fn stop_simply(&mut self, verdict: Verdict, code: ReasonCode, next: NextCode) {
        self.stop(verdict, code.reason(), NextAction::new(next));
    }
}

/// Decides whether and how a person is served.
#[must_use]
pub fn decide(question: &EligibilityQuestion, rules: &EligibilityRules) -> EligibilityDecision {
    let mut so_far = Deliberation::default();
    judge_presence(question, &mut so_far);
    // Without a NIK, or without a permit that counts, nothing else can be looked up or would matter.
    if judge_nik(question, rules, &mut so_far) && judge_permit(question, rules, &mut so_far) {
        judge_data(question, &mut so_far);
        judge_domicile(question, &mut so_far);
        let path = judge_history(question, rules, &mut so_far);
        let age = judge_age(question, rules, path, &mut so_far);
        judge_documents(question, rules, &mut so_far);
        if so_far.stop.is_none() {
            return conclude(path, age, rules, so_far);
        }
    }
    let (verdict, next) = so_far.stop.unwrap_or((Verdict::Wait, NextAction::new(NextCode::AskAgency)));
    EligibilityDecision { verdict, reasons: so_far.reasons, next, missing: so_far.missing }
}

fn conclude(
    path: Path,
    age: AgeStanding,
    rules: &EligibilityRules,
    so_far: Deliberation,
) -> EligibilityDecision {
    let (verdict, next) = match (path, age) {
        (Path::Record, AgeStanding::EarlyUntil(date)) => {
            (Verdict::RecordEarly, NextAction::new(NextCode::RecordEarly).with("date", iso_date::paper(date)))
        }
        (Path::Record, AgeStanding::Full | AgeStanding::Blocked) => {
            (Verdict::RecordNow, NextAction::new(NextCode::Record))
        }
        (Path::Issue, _) if rules.issues_here => (Verdict::IssueHere, NextAction::new(NextCode::IssueHere)),
        (Path::Issue, _) => {
            (Verdict::Redirected(RedirectTarget::IssuanceOnly), NextAction::new(NextCode::IssueElsewhere))
        }
    };
    EligibilityDecision { verdict, reasons: so_far.reasons, next, missing: so_far.missing }
}

fn judge_presence(question: &EligibilityQuestion, so_far: &mut Deliberation) {
    match question.presence {
        Presence::AtDesk => {}
        Presence::Visited => so_far.note(ReasonCode::Visited),
        Presence::CannotCome => {
            so_far.stop_simply(Verdict::Wait, ReasonCode::VisitNeeded, NextCode::ArrangeVisit);
        }
    }
}

fn judge_nik(question: &EligibilityQuestion, rules: &EligibilityRules, so_far: &mut Deliberation) -> bool {
    let code = match question.nik {
        NikStanding::Sound => return true,
        NikStanding::Faulty => {
            so_far.stop_simply(Verdict::Wait, ReasonCode::NikFaulty, NextCode::CallSupervisor);
            return true;
        }
        NikStanding::Missing => ReasonCode::NoNik,
        NikStanding::Temporary => ReasonCode::TemporaryNik,
    };
    let next = NextAction::new(NextCode::FillForm).with("form", &rules.no_nik_form);
    so_far.stop(Verdict::Redirected(RedirectTarget::NoNikBiodata), code.reason(), next);
    false
}

fn judge_permit(question: &EligibilityQuestion, rules: &EligibilityRules, so_far: &mut Deliberation) -> bool {
    let refusal = match question.nationality {
        None | Some(Nationality::Indonesian) => return true,
        Some(Nationality::Dual) => {
            let verdict = Verdict::Redirected(RedirectTarget::OtherOffice);
            so_far.stop_simply(verdict, ReasonCode::DualNationality, NextCode::AskAgency);
            return true;
        }
        Some(Nationality::Foreign) if rules.nationals_only => {
            let verdict = Verdict::Redirected(RedirectTarget::OtherOffice);
            so_far.stop_simply(verdict, ReasonCode::NationalsOnly, NextCode::AskAgency);
            return false;
        }
        Some(Nationality::Foreign) => match (question.permit, question.permit_end) {
            (StayPermit::Limited, _) => ReasonCode::ItasOnly,
            (StayPermit::None, _) => ReasonCode::NoPermit,
            (StayPermit::Permanent, Some(end)) if end < question.service_date => ReasonCode::ItapEnded,
            (StayPermit::Permanent, end) => {
                so_far.note(ReasonCode::ItapHolder);
                match end {
                    None => so_far.note(ReasonCode::ItapEndUnknown),
                    Some(end) if days_between(question.service_date, end) < ITAP_REPORT_DAYS => {
                        so_far.note(ReasonCode::ItapEndsSoon);
                    }
                    Some(_) => {}
                }
                return true;
            }
        },
    };
    so_far.stop_simply(Verdict::Rejected, refusal, NextCode::Immigration);
    false
}

/// The station does not edit data that came from SIAK.
fn judge_data(question: &EligibilityQuestion, so_far: &mut Deliberation) {
    let fix = Verdict::Redirected(RedirectTarget::FixKk);
    if question.data_wrong {
        so_far.stop_simply(fix, ReasonCode::DataWrong, NextCode::FixKk);
    }
    if question.birth_date.zip(question.certificate_date).is_some_and(|(known, proven)| known != proven) {
        so_far.stop_simply(fix, ReasonCode::BirthDatesDiffer, NextCode::FixKk);
    }
}

fn judge_domicile(question: &EligibilityQuestion, so_far: &mut Deliberation) {
    // Someone who moves in does not live in the old place any more, whatever the data still say.
    if question.service == Purpose::MovedIn {
        return;
    }
    if question.lives_here && question.service != Purpose::OutOfDomicile {
        return;
    }
    if question.service == Purpose::WrongData || question.data_wrong {
        let verdict = Verdict::Redirected(RedirectTarget::OtherOffice);
        so_far.stop_simply(verdict, ReasonCode::OutOfDomicileChange, NextCode::HomeOffice);
    } else {
        so_far.note(ReasonCode::OutOfDomicile);
    }
}

/// Whether the person was recorded: nobody is recorded twice.
fn judge_history(
    question: &EligibilityQuestion,
    rules: &EligibilityRules,
    so_far: &mut Deliberation,
) -> Path {
    let needs_recording_anyway = matches!(question.service, Purpose::New | Purpose::OutOfDomicile);
    let path = match question.central.as_ref().map(CentralStatus::progress) {
        None if question.was_recorded => recorded(question, so_far),
        None if question.service == Purpose::MovedIn => {
            so_far.note(ReasonCode::MovedNoRecording);
            so_far.note(ReasonCode::StatusUnknown);
            Path::Issue
        }
        None => {
            so_far.note(ReasonCode::StatusUnknown);
            // Whoever lost or damaged a card had one, and so was recorded.
            if needs_recording_anyway { Path::Record } else { Path::Issue }
        }
        Some(Progress::NotRecorded) if question.was_recorded => recorded(question, so_far),
        Some(Progress::NotRecorded) => {
            if !needs_recording_anyway {
                so_far.note(ReasonCode::RecordFirst);
            }
            Path::Record
        }
        Some(Progress::Done) => recorded(question, so_far),
        Some(Progress::UnderWay) => {
            so_far.stop_simply(Verdict::Wait, ReasonCode::RecordingInProcess, NextCode::AwaitCentre);
            Path::Issue
        }
        Some(Progress::Failed) => {
            so_far.stop_simply(Verdict::Wait, ReasonCode::RerecordNeedsOrder, NextCode::AskAgency);
            Path::Issue
        }
        Some(Progress::Duplicate) => {
            let verdict = Verdict::Redirected(RedirectTarget::OtherOffice);
            so_far.stop_simply(verdict, ReasonCode::DuplicateRecord, NextCode::AskAgency);
            Path::Issue
        }
        Some(Progress::NotUnderstood) => {
            let status = question.central.as_ref().map(CentralStatus::as_str).unwrap_or_default();
            let reason = ReasonCode::StatusNotUnderstood.reason().with("status", status);
            so_far.stop(Verdict::Wait, reason, NextAction::new(NextCode::AskAgency));
            Path::Issue
        }
    };
    if path == Path::Record && !rules.records_here {
        let verdict = Verdict::Redirected(RedirectTarget::OtherOffice);
        so_far.stop_simply(verdict, ReasonCode::RecordingElsewhere, NextCode::RecordingOffice);
    }
    path
}

fn recorded(question: &EligibilityQuestion, so_far: &mut Deliberation) -> Path {
    so_far.note(match question.service {
        Purpose::MovedIn => ReasonCode::MovedNoRecording,
        Purpose::New | Purpose::Lost | Purpose::Damaged | Purpose::WrongData | Purpose::OutOfDomicile => {
            ReasonCode::AlreadyRecorded
        }
    });
    Path::Issue
}

fn judge_age(
    question: &EligibilityQuestion,
    rules: &EligibilityRules,
    path: Path,
    so_far: &mut Deliberation,
) -> AgeStanding {
    let born = match rules.age_basis {
        AgeBasis::Biodata => question.birth_date.or(question.certificate_date),
        AgeBasis::BirthCertificateDate => {
            if question.certificate_date.is_none() && question.birth_date.is_some() {
                so_far.note(ReasonCode::AgeFromBiodata);
            }
            question.certificate_date.or(question.birth_date)
        }
    };
    let Some(born) = born else {
        so_far.stop_simply(Verdict::Wait, ReasonCode::BirthDateMissing, NextCode::AskAgency);
        return AgeStanding::Blocked;
    };
    let age = age_on(born, question.service_date);
    let required = match path {
        Path::Record => rules.min_age.max(CARD_AGE_YEARS),
        Path::Issue => CARD_AGE_YEARS,
    };
    if age >= required {
        so_far.note(ReasonCode::OldEnough);
        return AgeStanding::Full;
    }
    if counts_as_married(question.marital_status, rules) {
        so_far.note(ReasonCode::EverMarried);
        return AgeStanding::Full;
    }
    let from = birthday(born, required);
    let come_back = || NextAction::new(NextCode::ComeBackOn).with("date", iso_date::paper(from));
    if path == Path::Issue {
        let reason = ReasonCode::CardOnlyAt17.reason().with("date", iso_date::paper(from));
        so_far.stop(Verdict::Wait, reason, come_back());
        return AgeStanding::Blocked;
    }
    if rules.early_age().is_some_and(|early| age >= early) {
        so_far.note(ReasonCode::EarlyAge);
        return AgeStanding::EarlyUntil(birthday(born, CARD_AGE_YEARS));
    }
    let reason =
        ReasonCode::UnderAge.reason().with("age", age.to_string()).with("date", iso_date::paper(from));
    so_far.stop(Verdict::Rejected, reason, come_back());
    AgeStanding::Blocked
}

fn counts_as_married(status: Option<MaritalStatus>, rules: &EligibilityRules) -> bool {
    status.is_some_and(|status| match status {
        MaritalStatus::Married => true,
        MaritalStatus::Divorced | MaritalStatus::Widowed => rules.ever_married,
        MaritalStatus::Single => false,
    })
}

fn judge_documents(question: &EligibilityQuestion, rules: &EligibilityRules, so_far: &mut Deliberation) {
    let is_foreign = question.nationality == Some(Nationality::Foreign);
    let of_service = rules.documents.get(&question.service).into_iter().flatten();
    let mut wanted: Vec<&Vec<Document>> =
        if is_foreign && question.service == Purpose::New { Vec::new() } else { of_service.collect() };
    if is_foreign {
        wanted.extend(&rules.foreigner_documents);
    }
    if so_far.reasons.iter().any(|reason| reason.code == ReasonCode::EverMarried) {
        wanted.extend(&rules.married_under_age);
    }
    let mut missing: Vec<MissingDocuments> = Vec::new();
    for group in wanted {
        let brought =
            group.iter().any(|document| question.documents.iter().any(|had| serves_as(*had, *document)));
        if !brought && !group.is_empty() && missing.iter().all(|other| other.any_of != *group) {
            let is_local = group.iter().all(|document| rules.local_extra.contains(document));
            missing.push(MissingDocuments { any_of: group.clone(), is_local });
        }
    }
    for (code, is_local) in [(ReasonCode::DocumentsMissing, false), (ReasonCode::LocalDocumentsMissing, true)]
    {
        if missing.iter().any(|group| group.is_local == is_local) {
            so_far.stop_simply(Verdict::Wait, code, NextCode::BringDocuments);
        }
    }
    so_far.missing = missing;
}

/// Whether a document that was brought does the work of one that is asked for.
fn serves_as(brought: Document, wanted: Document) -> bool {
    if brought == wanted {
        return true;
    }
    match wanted {
        Document::KkCopy => {
            matches!(brought, Document::Kk | Document::KkCopyStampedRecorded | Document::KkCopyCorrected)
        }
        Document::OldCard => matches!(brought, Document::DamagedCard | Document::WrongCard),
        Document::Diploma => brought == Document::LastDiploma,
        Document::SupportingDocument => matches!(
            brought,
            Document::BirthCertificate
                | Document::Diploma
                | Document::LastDiploma
                | Document::MarriageBook
                | Document::MarriageCertificate
        ),
        Document::FormF102
        | Document::KtpForm
        | Document::Kk
        | Document::KkCopyStampedRecorded
        | Document::KkCopyCorrected
        | Document::SummonsStampedRecorded
        | Document::BirthCertificate
        | Document::LastDiploma
        | Document::MarriageBook
        | Document::MarriageCertificate
        | Document::VillageHeadCoverLetter
        | Document::PoliceLossLetter
        | Document::DamagedCard
        | Document::WrongCard
        | Document::MovingLetter
        | Document::TravelDocument
        | Document::Kitap
        | Document::CollectiveList => false,
    }
}
