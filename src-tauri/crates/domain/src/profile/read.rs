//! From the text of a file to a profile, or to everything that is wrong with it.

use toml::de::DeTable;

use super::check;
use super::inspect::{self, Place};
use super::limit::{FILE_BYTES_MAX, SCHEMA};
use super::problem::{ProblemCode, ProfileProblem};
use super::reader::{Asked, Section};
use super::report::Report;
use super::section::{
    ApprovalRule, BackupRule, CaptureRule, DocumentRule, Eligibility, HandoverRule, Identity, LetterRule,
    Office, PowerRule, PrintingRule, QualityRule, QueueRule, ReceiptRule, RecordingRule, Retention, Schedule,
    Sla, SyncRule,
};
use super::step::Step;
use super::term::{
    AgeBasis, Channel, HandoverPlace, HandoverTo, Modality, OfficeKind, PhotoBackground, PrintingPlace,
    ResumeRule, ScheduleMode, TimeZone,
};
use super::{Profile, default, value};
use crate::purpose::Purpose;
use crate::register::Book;
use crate::role::Role;

/// What `toml` says of a key that is there twice.
const DUPLICATE: &str = "duplicate key";

pub(super) fn profile(file: &str, text: &str, asked: &Asked) -> Result<Profile, Vec<ProfileProblem>> {
    let mut report = Report::new(file, text);
    let Some(tree) = parse(text, &mut report) else { return Err(report.finish()) };
    inspect::table(&tree, &Place { path: "", pattern: "", offset: 0 }, &mut report);
    let profile = take(&Section::root(&tree, asked));
    check::rules(&profile, &tree, &mut report);
    let problems = report.finish();
    if problems.is_empty() { Ok(profile) } else { Err(problems) }
}

/// The tree, if there is one worth looking at.
fn parse<'t>(text: &'t str, report: &mut Report<'_>) -> Option<DeTable<'t>> {
    if text.len() > FILE_BYTES_MAX {
        let values = vec![("max", (FILE_BYTES_MAX / 1024).to_string().into())];
        report.add(0, "", ProblemCode::FileTooLarge, values);
        return None;
    }
    let (tree, errors) = DeTable::parse_recoverable(text);
    let mut broken = false;
    for error in &errors {
        let span = error.span().unwrap_or_default();
        if error.message().starts_with(DUPLICATE) {
            let name = text.get(span.clone()).unwrap_or_default().trim().to_owned();
            report.add(span.start, &name, ProblemCode::DuplicateKey, Vec::new());
        } else {
            broken = true;
            // The library tells its reason in English only.
            report.add(span.start, "", ProblemCode::Syntax, Vec::new());
        }
    }
    // What is left of a file that is no TOML would only produce echoes of the same mistake.
    if broken {
        return None;
    }
    let tree = tree.into_inner();
    let schema = tree.get("schema");
    let found = schema.and_then(|node| node.get_ref().as_integer()).and_then(value::whole);
    match (schema, found) {
        (Some(node), Some(found)) if found != SCHEMA => {
            let values = vec![("found", found.into()), ("allowed", SCHEMA.into())];
            report.add(node.span().start, "schema", ProblemCode::UnknownSchema, values);
            None
        }
        _ => Some(tree),
    }
}

fn take(root: &Section<'_>) -> Profile {
    // Asked for so that reader and list of keys name the same keys; its value was compared above.
    root.whole("schema");
    let eligibility = root.section("eligibility");
    Profile {
        identity: take_identity(&root.section("profile")),
        office: take_office(&root.section("office")),
        channels: root.words("channel", Channel::from_word),
        services: root.words("services", Purpose::from_word),
        registers: root.words("registers", Book::from_word),
        second_check: root.flag("second_check"),
        schedule: take_schedule(&root.section("schedule")),
        eligibility: Eligibility {
            min_age: eligibility.whole("min_age"),
            pre_enroll_min_age: eligibility.whole_if_any("pre_enroll_min_age"),
            ever_married: eligibility.flag("ever_married"),
            age_basis: eligibility.word("age_basis", AgeBasis::from_word).unwrap_or(AgeBasis::Biodata),
            no_nik_form: eligibility.text("no_nik_form"),
            nationals_only: eligibility.flag("nationals_only"),
        },
        documents: take_documents(&root.section("documents")),
        recording: take_recording(&root.section("recording")),
        queue: take_queue(&root.section("queue")),
        capture: take_capture(&root.section("capture")),
        letter: take_letter(&root.section("letter")),
        receipt: take_receipt(&root.section("receipt")),
        printing: take_printing(&root.section("printing")),
        handover: take_handover(&root.section("handover")),
        backup: take_backup(&root.section("backup")),
        power: take_power(&root.section("power")),
        sla: take_sla(&root.section("sla")),
        approval: take_approval(&root.section("approval")),
        retention: take_retention(&root.section("retention")),
        sync: take_sync(&root.section("sync")),
        steps: root.tables("step").iter().map(Step::read).collect(),
    }
}

fn take_identity(section: &Section<'_>) -> Identity {
    Identity {
        id: section.text("id"),
        version: section.whole("version"),
        title: section.text("title"),
        seed: section.text_if_any("seed"),
        sop_number: section.text_if_any("sop_number"),
        sop_date: section.text_if_any("sop_date"),
        valid_from: section.date("valid_from").unwrap_or(jiff::civil::Date::MIN),
        valid_until: section.date("valid_until"),
        related: section.texts("related"),
        inferred: section.texts("inferred"),
        note: section.text_if_any("note"),
    }
}

fn take_office(section: &Section<'_>) -> Office {
    Office {
        kind: section.word("kind", OfficeKind::from_word).unwrap_or(OfficeKind::Kecamatan),
        government: section.text("government"),
        name: section.text("name"),
        unit: section.text_if_any("unit"),
        region_code: section.text("region_code"),
        village_term: section.text("village_term"),
        time_zone: section.word("time_zone", TimeZone::from_word).unwrap_or(TimeZone::Wib),
        address: section.text_if_any("address"),
        postal_code: section.text_if_any("postal_code"),
        place: section.text_if_any("place"),
        complaint_contact: section.text_if_any("complaint_contact"),
    }
}

fn take_schedule(section: &Section<'_>) -> Schedule {
    Schedule {
        mode: section.word("mode", ScheduleMode::from_word).unwrap_or(ScheduleMode::None),
        slots_per_hour: section.whole("slots_per_hour"),
        grace_minutes: section.whole("grace_minutes"),
        portal: section.text_if_any("portal"),
    }
}

fn take_documents(section: &Section<'_>) -> DocumentRule {
    let written = Purpose::ALL.iter().filter_map(|service| {
        let groups = section.groups(service.word())?;
        Some((*service, groups))
    });
    DocumentRule {
        written: written.collect(),
        foreigner: section.groups("foreigner").unwrap_or_else(default::national_foreigner),
        if_married_under_age: section
            .groups("if_married_under_age")
            .unwrap_or_else(default::national_married),
        local_extra: section.words("local_extra", crate::document::Document::from_word),
        return_expiry_days: section.whole("return_expiry_days"),
    }
}

fn take_recording(section: &Section<'_>) -> RecordingRule {
    RecordingRule {
        enabled: section.flag("enabled"),
        prerequisite: section.flag("prerequisite"),
        resume: section.word("resume", ResumeRule::from_word).unwrap_or(ResumeRule::AnyDay),
        fresh_photo_on_resume: section.flag("fresh_photo_on_resume"),
        abandon_keep_days: section.whole("abandon_keep_days"),
        truth_statement: section.flag("truth_statement"),
        index_validation: section.flag("index_validation"),
        read_aloud: section.flag("read_aloud"),
    }
}

fn take_queue(section: &Section<'_>) -> QueueRule {
    QueueRule {
        audio: section.flag("audio"),
        recall_max: section.whole("recall_max"),
        no_show_minutes: section.whole("no_show_minutes"),
    }
}

fn take_capture(section: &Section<'_>) -> CaptureRule {
    let modalities = section.words("modalities", Modality::from_word);
    let order = section.words("order", Modality::from_word);
    let quality = section.section("quality");
    CaptureRule {
        order: if section.is_written("order") { order } else { modalities.clone() },
        modalities,
        max_retries: section.whole("max_retries"),
        background: section.word("background", PhotoBackground::from_word).unwrap_or(PhotoBackground::Parity),
        quality: QualityRule {
            photo: quality.percent("photo"),
            signature: quality.percent("signature"),
            finger: quality.percent("finger"),
            iris: quality.percent("iris"),
        },
    }
}

fn take_letter(section: &Section<'_>) -> LetterRule {
    LetterRule {
        enabled: section.flag("enabled"),
        title: section.text_if_any("title"),
        template: section.text_if_any("template"),
        initial_by: section.word("initial_by", Role::from_word),
        sign_by: section.word("sign_by", Role::from_word),
        allow_plt: section.flag("allow_plt"),
        stamp: section.flag("stamp"),
        copies: section.whole("copies"),
        number_format: section.text_if_any("number_format"),
        class: section.text_if_any("class"),
        unit: section.text_if_any("unit"),
        contact_whatsapp: section.text_if_any("contact_whatsapp"),
    }
}

fn take_receipt(section: &Section<'_>) -> ReceiptRule {
    ReceiptRule {
        enabled: section.flag("enabled"),
        title: section.text("title"),
        template: section.text("template"),
    }
}

fn take_printing(section: &Section<'_>) -> PrintingRule {
    let blank_issue_role = section.word("blank_issue_role", Role::from_word);
    PrintingRule {
        place: section.word("where", PrintingPlace::from_word).unwrap_or(PrintingPlace::None),
        require_qc: section.flag("require_qc"),
        blank_issue_role: blank_issue_role.unwrap_or(Role::IdentitySectionHead),
        blanks_equal_files: section.flag("blanks_equal_files"),
        device: section.text_if_any("device"),
    }
}

fn take_handover(section: &Section<'_>) -> HandoverRule {
    HandoverRule {
        to: section.word("to", HandoverTo::from_word).unwrap_or(HandoverTo::Applicant),
        at: section.word("at", HandoverPlace::from_word).unwrap_or(HandoverPlace::Office),
        chip_check: section.flag("chip_check"),
        proxy_allowed: section.flag("proxy_allowed"),
    }
}

fn take_backup(section: &Section<'_>) -> BackupRule {
    BackupRule {
        external_disk: section.flag("external_disk"),
        interval_hours: section.whole("interval_hours"),
    }
}

fn take_power(section: &Section<'_>) -> PowerRule {
    PowerRule {
        ups_va: section.numbers("ups_va"),
        genset: section.flag("genset"),
        ups_min_minutes: section.whole("ups_min_minutes"),
    }
}

fn take_sla(section: &Section<'_>) -> Sla {
    Sla { total: section.text_if_any("total"), condition: section.text_if_any("condition") }
}

fn take_approval(section: &Section<'_>) -> ApprovalRule {
    let exception_by = section.words("exception_by", Role::from_word);
    let derived = || exception_by.iter().map(|role| (Role::CaptureOperator, *role)).collect();
    ApprovalRule {
        forbidden_pairs: section.pairs("forbidden_pairs").unwrap_or_else(derived),
        extra_slots: section.words("extra_slots", Role::from_word),
        extra_slots_enabled: section.flag("extra_slots_enabled"),
        exception_by,
    }
}

fn take_retention(section: &Section<'_>) -> Retention {
    Retention { basis: section.text("basis"), purge_max_days: section.whole("purge_max_days") }
}

fn take_sync(section: &Section<'_>) -> SyncRule {
    SyncRule {
        max_pending: section.whole_if_any("max_pending"),
        max_offline_days: section.whole_if_any("max_offline_days"),
        batch: section.whole("batch"),
    }
}
