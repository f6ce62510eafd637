//! The list itself, section by section. Bounds carry their reason where they are not plain.

use super::{Fallback, Key, Kind};
use crate::profile::limit::{COPIES_MAX, MINUTES_MAX, VERSION_MAX};
use crate::profile::term::Vocabulary;

use Fallback::{Absent, Derived, Flag as Yes, Number as N, Required, Text as T, Words as W};
use Kind::{
    Date, Events, Flag, Groups, Identifier, NumberFormat, Numbers, Pairs, RegionCode, Tables, Text, Texts,
    Word, Words,
};

const fn key(path: &'static str, kind: Kind, default: Fallback, meaning: &'static str) -> Key {
    Key { path, kind, default, meaning }
}

const fn number(min: i64, max: i64) -> Kind {
    Kind::Number { min, max }
}

const NATIONAL: Fallback = Derived("national rule");
const ALL_MODALITIES: &[&str] = &["photo", "signature", "fingers10", "iris2"];

/// Every key, in the order of the reference.
pub const KEYS: &[Key] = &[
    key("schema", number(1, VERSION_MAX), Required, "Shape of the file; this program reads schema 1"),
    key("channel", Words(Vocabulary::Channel), Required, "How people reach the desk"),
    key("services", Words(Vocabulary::Purpose), Required, "What the desk offers"),
    key("registers", Words(Vocabulary::Book), Required, "Books the office keeps, shows and exports"),
    key("second_check", Flag, Yes(false), "A second checklist by the registration clerk"),
    // Which procedure this is.
    key("profile.id", Identifier, Required, "Name of the profile, kept for ever"),
    key("profile.version", number(1, VERSION_MAX), Required, "Counts up with every change"),
    key("profile.title", Text, Required, "Title of the written procedure"),
    key("profile.seed", Text, Absent, "File the written procedure was taken from"),
    key("profile.sop_number", Text, Absent, "Number of the written procedure"),
    key("profile.sop_date", Text, Absent, "Dates of the written procedure, as written"),
    key("profile.valid_from", Date, Required, "First day it holds"),
    key("profile.valid_until", Date, Absent, "Last day it holds"),
    key("profile.related", Texts, W(&[]), "Procedures it refers to"),
    key(
        "profile.inferred",
        Words(Vocabulary::Path),
        W(&[]),
        "Keys whose value is not written in the procedure",
    ),
    key("profile.note", Text, Absent, "What a reader must know, such as pages lost"),
    // Where it holds.
    key("office.kind", Word(Vocabulary::OfficeKind), Required, "Kind of office"),
    key("office.government", Text, Required, "Regency or city, first line of the letterhead"),
    key("office.name", Text, Required, "Name of the office, second line of the letterhead"),
    key("office.unit", Text, Absent, "Section in charge"),
    key("office.region_code", RegionCode, Required, "Three groups for a kecamatan, two for a dinas"),
    key("office.village_term", Text, T("desa"), "What a village is called here"),
    key("office.time_zone", Word(Vocabulary::TimeZone), Required, "Time of every book and letter"),
    key("office.address", Text, Absent, "Street, for the letterhead"),
    key("office.postal_code", Text, Absent, "Postal code, for the letterhead"),
    key("office.place", Text, Absent, "Place written before the date of a letter"),
    key("office.complaint_contact", Text, Absent, "Number for complaints, printed on every slip"),
    // Slots.
    key("schedule.mode", Word(Vocabulary::ScheduleMode), T("none"), "Whether slots are given"),
    key("schedule.slots_per_hour", number(1, 60), N(4), "Slots of one desk in an hour"),
    key("schedule.grace_minutes", number(0, MINUTES_MAX), N(30), "How late still counts as come"),
    key("schedule.portal", Text, Absent, "Website the applications come from"),
    // Who may be served.
    key("eligibility.min_age", number(15, 17), N(17), "Age of the card"),
    key(
        "eligibility.pre_enroll_min_age",
        number(15, 20),
        Absent,
        "Age of early recording, where it is allowed",
    ),
    key("eligibility.ever_married", Flag, Yes(true), "Whoever is or was married is served below the age"),
    key("eligibility.age_basis", Word(Vocabulary::AgeBasis), T("biodata"), "Date that proves the age"),
    key("eligibility.no_nik_form", Text, T("F-1.01"), "Form advised to a person without NIK"),
    key("eligibility.nationals_only", Flag, Yes(false), "Only citizens are served"),
    // Which documents are asked for.
    key("documents.new", Groups, NATIONAL, "First recording and first card"),
    key("documents.lost", Groups, NATIONAL, "The card was lost"),
    key("documents.damaged", Groups, NATIONAL, "The card is damaged"),
    key("documents.wrong_data", Groups, NATIONAL, "The data on the card are wrong"),
    key("documents.moved_in", Groups, NATIONAL, "Moved in from another area"),
    key("documents.out_of_domicile", Groups, NATIONAL, "Lives elsewhere"),
    key("documents.foreigner", Groups, NATIONAL, "Foreigner with a permanent stay permit, instead of `new`"),
    key("documents.if_married_under_age", Groups, NATIONAL, "Besides, when marriage replaces the age"),
    key(
        "documents.local_extra",
        Words(Vocabulary::Document),
        W(&[]),
        "Which of these the national rule does not ask for; shown as local",
    ),
    key("documents.return_expiry_days", number(1, 365), N(30), "A returned file is cancelled after this"),
    // Recording.
    key("recording.enabled", Flag, Yes(true), "People are recorded here"),
    key("recording.prerequisite", Flag, Yes(false), "People must have been recorded before they come"),
    key("recording.resume", Word(Vocabulary::ResumeRule), T("any_day"), "When a suspended recording goes on"),
    key("recording.fresh_photo_on_resume", Flag, Yes(false), "A resumed recording takes the photo again"),
    key(
        "recording.abandon_keep_days",
        number(1, 365),
        N(30),
        "What an abandoned recording keeps is wiped after this",
    ),
    key("recording.truth_statement", Flag, Yes(true), "The applicant signs that the data are true"),
    key("recording.index_validation", Flag, Yes(true), "Both index fingers validate the recording"),
    key("recording.read_aloud", Flag, Yes(true), "The operator reads the biodata aloud"),
    // Queue.
    key("queue.audio", Flag, Yes(false), "Numbers are called by loudspeaker"),
    key("queue.recall_max", number(0, 10), N(3), "Calls before a person counts as absent"),
    key("queue.no_show_minutes", number(1, MINUTES_MAX), N(15), "Wait between the last call and no-show"),
    // Capture.
    key("capture.modalities", Words(Vocabulary::Modality), W(ALL_MODALITIES), "What is captured"),
    key("capture.order", Words(Vocabulary::Modality), Derived("as `capture.modalities`"), "In which order"),
    key("capture.max_retries", number(1, 10), N(3), "Tries before an exception may be raised"),
    key("capture.background", Word(Vocabulary::PhotoBackground), T("parity"), "Colour behind the person"),
    key("capture.quality.photo", number(0, 100), N(60), "Least quality of the photo"),
    key("capture.quality.signature", number(0, 100), N(40), "Least quality of the signature"),
    key("capture.quality.finger", number(0, 100), N(40), "Least quality of each finger"),
    key("capture.quality.iris", number(0, 100), N(60), "Least quality of each iris"),
    // Letter.
    key("letter.enabled", Flag, Yes(false), "The letter \"has been recorded\" is given"),
    key("letter.title", Text, Absent, "Title of the letter"),
    key("letter.template", Identifier, Absent, "Name of its template"),
    key("letter.initial_by", Word(Vocabulary::Role), Absent, "Who initials"),
    key("letter.sign_by", Word(Vocabulary::Role), Absent, "Who signs"),
    key("letter.allow_plt", Flag, Yes(false), "An acting officer (Plt.) may sign"),
    key("letter.stamp", Flag, Yes(true), "The letter is stamped"),
    key("letter.copies", number(1, COPIES_MAX), N(1), "Copies printed, the applicant's included"),
    key(
        "letter.number_format",
        NumberFormat,
        Absent,
        "`{seq}` or `{seq:03}` and `{year}` must stand in it; also `{class}`, `{unit}`, `{roman_month}`",
    ),
    key("letter.class", Text, Absent, "Classification code for `{class}`"),
    key("letter.unit", Text, Absent, "Code of the office for `{unit}`"),
    key("letter.contact_whatsapp", Text, Absent, "Number of the agency the applicant may ask"),
    // Receipt.
    key("receipt.enabled", Flag, Yes(false), "A receipt is given after recording"),
    key("receipt.title", Text, T("Bukti Perekaman"), "Title of the receipt"),
    key("receipt.template", Identifier, T("pickup-receipt"), "Name of its template"),
    // Cards.
    key("printing.where", Word(Vocabulary::PrintingPlace), T("none"), "Where cards are printed"),
    key("printing.require_qc", Flag, Yes(true), "Each card is proofread"),
    key(
        "printing.blank_issue_role",
        Word(Vocabulary::Role),
        T("IdentitySectionHead"),
        "Who gives out blanks",
    ),
    key("printing.blanks_equal_files", Flag, Yes(false), "As many blanks as files, no more"),
    key("printing.device", Text, Absent, "The card printer"),
    key("handover.to", Word(Vocabulary::HandoverTo), T("applicant"), "Who takes the card"),
    key("handover.at", Word(Vocabulary::HandoverPlace), T("office"), "Where the card is handed over"),
    key("handover.chip_check", Flag, Yes(false), "The chip is read before the card is given"),
    key("handover.proxy_allowed", Flag, Yes(true), "Family may collect with a power of attorney"),
    // The station.
    key("backup.external_disk", Flag, Yes(false), "Backups go to a removable disk"),
    key("backup.interval_hours", number(1, 168), N(24), "Longest time between backups"),
    key("power.ups_va", Numbers { min: 100, max: 100_000 }, W(&[]), "UPS of the office, in VA"),
    key("power.genset", Flag, Yes(false), "The office has a generator"),
    key("power.ups_min_minutes", number(1, 240), N(5), "No new recording below this much battery"),
    // Promise to the public.
    key("sla.total", Text, Absent, "The promised time, as written"),
    key("sla.condition", Text, Absent, "Under which condition"),
    // Who decides.
    key(
        "approval.exception_by",
        Words(Vocabulary::Role),
        W(&["GovernmentSectionHead", "Supervisor"]),
        "Who may approve a biometric exception",
    ),
    key(
        "approval.forbidden_pairs",
        Pairs,
        Derived("the operator with each role of `approval.exception_by`"),
        "Roles that one person may not act in for one case",
    ),
    key(
        "approval.extra_slots",
        Words(Vocabulary::Role),
        W(&[]),
        "Further approvals the office may switch on",
    ),
    key("approval.extra_slots_enabled", Flag, Yes(false), "The further approvals are asked for"),
    // Keeping and delivering.
    key("retention.basis", Text, Required, "Legal basis of the retention"),
    key(
        "retention.purge_max_days",
        number(1, 3650),
        N(30),
        "Days a delivered recording stays, once it may go",
    ),
    key("sync.max_pending", number(1, 100_000), Absent, "Warn above this many undelivered packets"),
    key("sync.max_offline_days", number(1, 365), Absent, "Warn after this many days without the office"),
    key("sync.batch", number(1, 100), N(5), "Packets delivered in one go"),
    // Steps.
    key("step", Tables, Required, "The steps, in the order of the procedure"),
    key("step[].no", Text, Required, "Number as written in the procedure"),
    key("step[].id", Identifier, Required, "Name of the step, unique in the file"),
    key("step[].name", Text, Required, "What is done"),
    key("step[].role", Word(Vocabulary::Role), Required, "Who acts"),
    key("step[].also", Words(Vocabulary::Role), W(&[]), "Who else acts"),
    key("step[].only", Word(Vocabulary::Members), Absent, "For which people; without it for all"),
    key("step[].minutes", number(1, MINUTES_MAX), Absent, "Time as written; without it none is written"),
    key("step[].inputs", Words(Vocabulary::Input), W(&[]), "What the step needs"),
    key("step[].output", Text, Absent, "What the step gives, as written"),
    key("step[].events", Events, W(&[]), "What it does on the main path, in order"),
    key("step[].events[].event", Word(Vocabulary::Event), Required, "The event"),
    key("step[].events[].role", Word(Vocabulary::Role), Derived("role of the step"), "Who acts"),
    key("step[].events[].only", Word(Vocabulary::Members), Absent, "For which people"),
    key("step[].registers", Words(Vocabulary::Book), W(&[]), "Books it writes"),
    key("step[].prints", Words(Vocabulary::Paper), W(&[]), "Papers it prints"),
    key("step[].sync", Words(Vocabulary::Exchange), W(&[]), "What it exchanges with the outside"),
    key("step[].branch", Tables, W(&[]), "Side exits"),
    key("step[].branch[].when", Identifier, Required, "Name of the condition"),
    key(
        "step[].branch[].event",
        Word(Vocabulary::Event),
        Absent,
        "What happens; without it people only wait",
    ),
    key("step[].branch[].role", Word(Vocabulary::Role), Derived("role of the step"), "Who acts"),
    key(
        "step[].branch[].to",
        Identifier,
        Absent,
        "Id of the step it leads to; without it the case leaves here",
    ),
    key("step[].branch[].say", Text, Required, "What the officer is told"),
    key("step[].inferred", Words(Vocabulary::StepFact), W(&[]), "Facts of the step that are not written"),
];
