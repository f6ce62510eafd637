//! The sections of a profile, typed. What each field means stands in the key list.

use jiff::civil::Date;

use super::default::Group;
use super::term::{
    AgeBasis, HandoverPlace, HandoverTo, Modality, OfficeKind, PhotoBackground, PrintingPlace, ResumeRule,
    ScheduleMode, TimeZone,
};
use crate::document::Document;
use crate::role::Role;

/// Where the procedure holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Kind of office.
    pub kind: OfficeKind,
    /// Regency or city.
    pub government: String,
    /// Name of the office.
    pub name: String,
    /// Section in charge.
    pub unit: Option<String>,
    /// Kemendagri code.
    pub region_code: String,
    /// What a village is called here.
    pub village_term: String,
    /// Time of every book and letter.
    pub time_zone: TimeZone,
    /// Street.
    pub address: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Place written before the date of a letter.
    pub place: Option<String>,
    /// Number for complaints.
    pub complaint_contact: Option<String>,
}

/// Slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Whether slots are given.
    pub mode: ScheduleMode,
    /// Slots of one desk in an hour.
    pub slots_per_hour: u32,
    /// How late still counts as come.
    pub grace_minutes: u32,
    /// Website the applications come from.
    pub portal: Option<String>,
}

/// Who may be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Eligibility {
    /// Age of the card.
    pub min_age: u32,
    /// Age of early recording, where it is allowed.
    pub pre_enroll_min_age: Option<u32>,
    /// Whoever is or was married is served below the age.
    pub ever_married: bool,
    /// Date that proves the age.
    pub age_basis: AgeBasis,
    /// Form advised to a person without NIK.
    pub no_nik_form: String,
    /// Only citizens are served.
    pub nationals_only: bool,
}

/// Which documents are asked for, where the national rule is not enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRule {
    /// Written lists by service; a service without one follows the national rule.
    pub(super) written: Vec<(crate::purpose::Purpose, Vec<Group>)>,
    /// Instead of the list for new cards, for a foreigner.
    pub foreigner: Vec<Group>,
    /// Besides, when marriage replaces the age.
    pub if_married_under_age: Vec<Group>,
    /// Which of these the national rule does not ask for.
    pub local_extra: Vec<Document>,
    /// A returned file is cancelled after this.
    pub return_expiry_days: u32,
}

/// Recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingRule {
    /// People are recorded here.
    pub enabled: bool,
    /// People must have been recorded before they come.
    pub prerequisite: bool,
    /// When a suspended recording goes on.
    pub resume: ResumeRule,
    /// A resumed recording takes the photo again.
    pub fresh_photo_on_resume: bool,
    /// What an abandoned recording keeps is wiped after this.
    pub abandon_keep_days: u32,
    /// The applicant signs that the data are true.
    pub truth_statement: bool,
    /// Both index fingers validate the recording.
    pub index_validation: bool,
    /// The operator reads the biodata aloud.
    pub read_aloud: bool,
}

/// Queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueRule {
    /// Numbers are called by loudspeaker.
    pub audio: bool,
    /// Calls before a person counts as absent.
    pub recall_max: u32,
    /// Wait between the last call and no-show.
    pub no_show_minutes: u32,
}

/// Capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureRule {
    /// What is captured.
    pub modalities: Vec<Modality>,
    /// In which order.
    pub order: Vec<Modality>,
    /// Tries before an exception may be raised.
    pub max_retries: u32,
    /// Colour behind the person.
    pub background: PhotoBackground,
    /// Least qualities, 0 to 100.
    pub quality: QualityRule,
}

/// Least qualities, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QualityRule {
    /// Of the photo.
    pub photo: u8,
    /// Of the signature.
    pub signature: u8,
    /// Of each finger.
    pub finger: u8,
    /// Of each iris.
    pub iris: u8,
}

/// The letter "has been recorded".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterRule {
    /// The letter is given.
    pub enabled: bool,
    /// Title of the letter.
    pub title: Option<String>,
    /// Name of its template.
    pub template: Option<String>,
    /// Who initials.
    pub initial_by: Option<Role>,
    /// Who signs.
    pub sign_by: Option<Role>,
    /// An acting officer may sign.
    pub allow_plt: bool,
    /// The letter is stamped.
    pub stamp: bool,
    /// Copies printed.
    pub copies: u32,
    /// Pattern of its number.
    pub number_format: Option<String>,
    /// Classification code.
    pub class: Option<String>,
    /// Code of the office.
    pub unit: Option<String>,
    /// Number of the agency the applicant may ask.
    pub contact_whatsapp: Option<String>,
}

/// The receipt after recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRule {
    /// A receipt is given.
    pub enabled: bool,
    /// Its title.
    pub title: String,
    /// Name of its template.
    pub template: String,
}

/// Printing of cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintingRule {
    /// Where cards are printed.
    pub place: PrintingPlace,
    /// Each card is proofread.
    pub require_qc: bool,
    /// Who gives out blanks.
    pub blank_issue_role: Role,
    /// As many blanks as files.
    pub blanks_equal_files: bool,
    /// The card printer.
    pub device: Option<String>,
}

/// Handing over of cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoverRule {
    /// Who takes the card.
    pub to: HandoverTo,
    /// Where it is handed over.
    pub at: HandoverPlace,
    /// The chip is read before the card is given.
    pub chip_check: bool,
    /// Family may collect.
    pub proxy_allowed: bool,
}

/// Backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupRule {
    /// To a removable disk.
    pub external_disk: bool,
    /// Longest time between backups.
    pub interval_hours: u32,
}

/// Power.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PowerRule {
    /// UPS of the office, in VA.
    pub ups_va: Vec<u32>,
    /// The office has a generator.
    pub genset: bool,
    /// No new recording below this much battery.
    pub ups_min_minutes: u32,
}

/// The promise to the public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sla {
    /// The promised time, as written.
    pub total: Option<String>,
    /// Under which condition.
    pub condition: Option<String>,
}

/// Who decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalRule {
    /// Who may approve a biometric exception.
    pub exception_by: Vec<Role>,
    /// Roles that one person may not act in for one case.
    pub forbidden_pairs: Vec<(Role, Role)>,
    /// Further approvals the office may switch on.
    pub extra_slots: Vec<Role>,
    /// The further approvals are asked for.
    pub extra_slots_enabled: bool,
}

impl ApprovalRule {
    /// Whether one person may not act in both roles for one case.
    #[must_use]
    pub fn forbids(&self, one: Role, other: Role) -> bool {
        self.forbidden_pairs.iter().any(|pair| *pair == (one, other) || *pair == (other, one))
    }
}

/// Keeping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// Legal basis.
    pub basis: String,
    /// Days a delivered recording stays, once it may go.
    pub purge_max_days: u32,
}

/// Delivering.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncRule {
    /// Warn above this many undelivered packets.
    pub max_pending: Option<u32>,
    /// Warn after this many days without the office.
    pub max_offline_days: Option<u32>,
    /// Packets delivered in one go.
    pub batch: u32,
}

/// Which procedure a profile follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Name of the profile.
    pub id: String,
    /// Counts up with every change.
    pub version: u32,
    /// Title of the written procedure.
    pub title: String,
    /// File the written procedure was taken from.
    pub seed: Option<String>,
    /// Number of the written procedure.
    pub sop_number: Option<String>,
    /// Dates of the written procedure, as written.
    pub sop_date: Option<String>,
    /// First day it holds.
    pub valid_from: Date,
    /// Last day it holds.
    pub valid_until: Option<Date>,
    /// Procedures it refers to.
    pub related: Vec<String>,
    /// Keys whose value is not written in the procedure.
    pub inferred: Vec<String>,
    /// What a reader must know.
    pub note: Option<String>,
}
