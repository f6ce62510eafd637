//! What the station itself knows about a case: from its journal, its profile and the rules. It stands over whatever a
//! screen says.

use jiff::civil::Date;
use rekam_domain::biodata::Biodata;
use rekam_domain::card::CardFacts;
use rekam_domain::case::{Case, Facts};
use rekam_domain::document::Document;
use rekam_domain::eligibility::{
    EligibilityDecision, EligibilityQuestion, EligibilityRules, NikStanding, Presence, StayPermit,
    check_card_age, decide,
};
use rekam_domain::exception::ExceptionCode;
use rekam_domain::nik::{NumberContext, check_nik};
use rekam_domain::profile::{Modality, Profile, ScheduleMode};
use rekam_domain::purpose::Purpose;
use rekam_domain::recording::RecordingFacts;
use rekam_domain::region::RegionTable;
use rekam_store::StepRow;

/// Kinds of steps that the rules look for in the journal.
pub mod kind {
    /// A transition of a machine; the slot is the event.
    pub const EVENT: &str = "event";
    /// A page of a document; the slot is the document and the page, `kk.1`.
    pub const DOCUMENT: &str = "document";
    /// The person confirmed the biodata that were read aloud.
    pub const CONFIRM: &str = "confirm";
    /// The photo.
    pub const PHOTO: &str = "photo";
    /// The signature.
    pub const SIGNATURE: &str = "signature";
    /// A finger; the slot is its ISO number.
    pub const FINGER: &str = "finger";
    /// An eye; the slot is 1 for the right and 2 for the left.
    pub const IRIS: &str = "iris";
    /// The signed statement that the data are true.
    pub const TRUTH: &str = "truth";
    /// The validation with the index fingers.
    pub const INDEX: &str = "index";
    /// The seed of a simulated person; at demonstration stations alone.
    pub const SIMULATED: &str = "simulated";
    /// Somebody answers for the recording in the place of whoever ended it.
    pub const TAKEN_OVER: &str = "taken_over";
}

/// What is proven by a signature, of the office or of whoever decides. No screen can say it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Proven {
    /// The office has accepted the packet.
    pub(crate) receipt: bool,
    /// The centre says "ready to print".
    pub(crate) print_ready: bool,
    /// The centre holds it back.
    pub(crate) blocked: bool,
    /// The centre knows no recording any more.
    pub(crate) deleted: bool,
    /// The packet is still on this station.
    pub(crate) stored: bool,
    /// The notice of withdrawal is signed.
    pub(crate) notice: bool,
    /// The recording that replaces it is sealed.
    pub(crate) replaced: bool,
}

impl Proven {
    /// Both together.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self {
            receipt: self.receipt || other.receipt,
            print_ready: self.print_ready || other.print_ready,
            blocked: self.blocked || other.blocked,
            deleted: self.deleted || other.deleted,
            stored: self.stored || other.stored,
            notice: self.notice || other.notice,
            replaced: self.replaced || other.replaced,
        }
    }
}

/// Where the knowledge comes from.
pub(crate) struct Sources<'a> {
    /// The procedure of the case.
    pub(crate) profile: &'a Profile,
    /// The region table.
    pub(crate) regions: &'a RegionTable,
    /// The person.
    pub(crate) biodata: &'a Biodata,
    /// The journal of the case.
    pub(crate) steps: &'a [StepRow],
    /// What signatures prove.
    pub(crate) proven: Proven,
    /// The day in the office.
    pub(crate) today: Date,
}

impl Sources<'_> {
    /// What a screen says, with what the station knows put over it.
    pub(crate) fn over(&self, case: &Case, said: &Facts) -> Facts {
        let decision = self.eligibility(case.service(), said.recording.recorded_before);
        let is_complete = decision.missing.is_empty();
        let profile = self.profile;
        let card_age =
            check_card_age(self.biodata.birth_date, self.biodata.marital_status(), self.today).is_ok();
        let mut facts = said.clone();
        facts.recording = RecordingFacts {
            channel_open: !profile.channels.is_empty(),
            service_chosen: profile.services.contains(&case.service()),
            document_missing: !is_complete,
            checklist_green: is_complete,
            second_check_in_profile: profile.second_check,
            nik_valid: self.nik() == NikStanding::Sound,
            eligible: decision.verdict.may_record(),
            age_rule_met: decision.verdict.may_record() || card_age,
            not_recorded_before: !said.recording.recorded_before,
            schedule_in_profile: profile.schedule.mode == ScheduleMode::OnlineQueue,
            recall_max: profile.queue.recall_max,
            truth_signed: !profile.recording.truth_statement || self.has(kind::TRUTH, ""),
            index_validated: !profile.recording.index_validation
                || self.has(kind::INDEX, "")
                || case.is_excepted(0, &[ExceptionCode::VerifyIndexFailed]),
            modalities_complete: self.is_captured(case),
            // What only the office can say comes from its signed receipts and statuses; a screen cannot say it.
            receipt_verified: self.proven.receipt,
            central_print_ready: self.proven.print_ready,
            central_blocked: self.proven.blocked,
            central_deletion_confirmed: self.proven.deleted,
            packet_stored: self.proven.stored,
            notice_signed: self.proven.notice,
            replacement_named: self.proven.replaced,
            ..said.recording.clone()
        };
        // The same for cards: nothing a screen says lets one be printed or handed over.
        facts.card = CardFacts { age_rule_met_today: card_age, ..CardFacts::default() };
        facts.letter.stamp_not_required = !profile.letter.stamp;
        facts
    }

    /// Whether this person may be recorded, and why.
    pub(crate) fn eligibility(&self, service: Purpose, was_recorded: bool) -> EligibilityDecision {
        let biodata = self.biodata;
        let papers = biodata.foreigner.as_ref().filter(|papers| !papers.itap_no.is_empty());
        let question = EligibilityQuestion {
            service,
            service_date: self.today,
            presence: Presence::AtDesk,
            nik: self.nik(),
            birth_date: biodata.birth_date,
            certificate_date: biodata.birth_date,
            marital_status: biodata.marital_status(),
            nationality: biodata.nationality,
            permit: if papers.is_some() { StayPermit::Permanent } else { StayPermit::None },
            permit_end: papers.and_then(|papers| papers.itap_expiry),
            data_wrong: false,
            lives_here: true,
            was_recorded,
            central: None,
            documents: self.documents(),
        };
        decide(&question, &EligibilityRules::of(self.profile))
    }

    fn nik(&self) -> NikStanding {
        let context = NumberContext { regions: self.regions, station: None, today: self.today };
        self.biodata.nik.as_ref().map_or(NikStanding::Missing, |nik| {
            NikStanding::of(&check_nik(nik, self.biodata.birth_date, self.biodata.sex, &context))
        })
    }

    fn documents(&self) -> Vec<Document> {
        let slots = self.steps.iter().filter(|step| step.kind == kind::DOCUMENT);
        slots.filter_map(|step| Document::from_word(step.slot.rsplit_once('.')?.0)).collect()
    }

    /// Whether this was recorded for the recording that runs now: what was taken before a new one was ordered is old.
    fn has(&self, kind: &str, slot: &str) -> bool {
        let begun = begun(self.steps);
        self.steps
            .iter()
            .filter(|step| step.sequence > begun && step.replaced_by.is_none())
            .any(|step| step.kind == kind && (slot.is_empty() || step.slot == slot))
    }

    /// Every modality of the profile is in the journal, or excepted by name.
    fn is_captured(&self, case: &Case) -> bool {
        use ExceptionCode as E;
        let finger = [E::FpMissing, E::FpBandaged, E::FpDeformed, E::FpWorn, E::FpPartial];
        let eye = [E::IrisBlind, E::IrisMissing, E::IrisUncooperative];
        let each = |kind: &str, count: u8, codes: &[E]| {
            (1..=count).all(|place| self.has(kind, &place.to_string()) || case.is_excepted(place, codes))
        };
        self.profile.capture.modalities.iter().all(|modality| match modality {
            Modality::Photo => self.has(kind::PHOTO, ""),
            Modality::Signature => self.has(kind::SIGNATURE, "") || case.is_excepted(0, &[E::SigUnable]),
            Modality::Fingers10 => each(kind::FINGER, 10, &finger),
            Modality::Iris2 => each(kind::IRIS, 2, &eye),
        })
    }
}

/// The step after which the recording that runs now began.
pub(crate) fn begun(steps: &[StepRow]) -> i64 {
    let ordered = |step: &&StepRow| step.kind == kind::EVENT && step.slot == "recording.order_rerecord";
    steps.iter().filter(ordered).map(|step| step.sequence).max().unwrap_or(0)
}
