//! Rules between keys. A rule is silent where one of its keys was already reported.

mod steps;

use toml::de::{DeTable, DeValue};

use super::Profile;
use super::problem::{ProblemCode, Values};
use super::report::Report;
use super::term::{Channel, HandoverTo, OfficeKind, PrintingPlace, ScheduleMode};
use crate::register::Book;
use crate::role::Role;

/// The file under check, and where to report.
struct Checked<'c, 't> {
    profile: &'c Profile,
    tree: &'c DeTable<'c>,
    report: &'c mut Report<'t>,
}

impl Checked<'_, '_> {
    fn add(&mut self, path: &str, code: ProblemCode, values: Values) {
        self.report.add(locate(self.tree, path), path, code, values);
    }

    fn touched(&self, keys: &[&str]) -> bool {
        self.report.touched(keys)
    }
}

/// Reports every rule the profile breaks.
pub(super) fn rules(profile: &Profile, tree: &DeTable<'_>, report: &mut Report<'_>) {
    let checked = &mut Checked { profile, tree, report };
    dates(checked);
    region(checked);
    channels(checked);
    age(checked);
    documents(checked);
    capture(checked);
    letter(checked);
    printing(checked);
    approval(checked);
    retention(checked);
    steps::rules(checked);
}

/// The offset of the value at a path, or of the last part of the path that is written.
fn locate(tree: &DeTable<'_>, path: &str) -> usize {
    let mut offset = 0;
    let mut table = Some(tree);
    for part in path.split('.') {
        let (name, indexes) = part.split_once('[').map_or((part, None), |(name, rest)| (name, Some(rest)));
        let Some(node) = table.and_then(|table| table.get(name)) else { return offset };
        offset = node.span().start;
        let mut value: &DeValue<'_> = node.get_ref();
        for index in indexes.into_iter().flat_map(|rest| rest.trim_end_matches(']').split("][")) {
            let index = index.parse::<usize>().ok().and_then(|index| index.checked_sub(1));
            let element = index.and_then(|index| value.as_array().and_then(|items| items.get(index)));
            let Some(element) = element else { return offset };
            offset = element.span().start;
            value = element.get_ref();
        }
        table = value.as_table();
    }
    offset
}

fn dates(checked: &mut Checked<'_, '_>) {
    if checked.touched(&["profile.valid_from", "profile.valid_until"]) {
        return;
    }
    let identity = &checked.profile.identity;
    if identity.valid_until.is_some_and(|until| until < identity.valid_from) {
        let values = vec![("from", identity.valid_from.to_string().into())];
        checked.add("profile.valid_until", ProblemCode::DateOrder, values);
    }
}

fn region(checked: &mut Checked<'_, '_>) {
    if checked.touched(&["office.kind", "office.region_code"]) {
        return;
    }
    let office = &checked.profile.office;
    let groups = match office.kind {
        OfficeKind::Kecamatan => 3,
        OfficeKind::Dinas => 2,
    };
    if office.region_code.split('.').count() != groups {
        let values = vec![("found", office.region_code.clone().into()), ("kind", office.kind.word().into())];
        checked.add("office.region_code", ProblemCode::RegionLevel, values);
    }
}

fn channels(checked: &mut Checked<'_, '_>) {
    let profile = checked.profile;
    let has = |channel| profile.channels.contains(&channel);
    if !checked.touched(&["channel", "schedule.mode"])
        && has(Channel::OnlineQueue) != (profile.schedule.mode == ScheduleMode::OnlineQueue)
    {
        checked.add("schedule.mode", ProblemCode::ScheduleMismatch, Vec::new());
    }
    if !checked.touched(&["channel", "handover.to"])
        && has(Channel::Collective) != (profile.handover.to == HandoverTo::Bearer)
    {
        checked.add("handover.to", ProblemCode::CollectiveWithoutBearer, Vec::new());
    }
}

fn age(checked: &mut Checked<'_, '_>) {
    if checked.touched(&["eligibility.min_age", "eligibility.pre_enroll_min_age"]) {
        return;
    }
    let eligibility = &checked.profile.eligibility;
    if eligibility.pre_enroll_min_age.is_some_and(|early| early >= eligibility.min_age) {
        let values = vec![("min_age", eligibility.min_age.to_string().into())];
        checked.add("eligibility.pre_enroll_min_age", ProblemCode::PreEnrollNotBelow, values);
    }
}

fn documents(checked: &mut Checked<'_, '_>) {
    let profile = checked.profile;
    if checked.touched(&["documents", "services"]) {
        return;
    }
    for (service, _) in &profile.documents.written {
        if !profile.services.contains(service) {
            let path = format!("documents.{}", service.word());
            let values = vec![("found", service.word().into())];
            checked.add(&path, ProblemCode::ServiceNotOffered, values);
        }
    }
    let listed: Vec<_> =
        profile.documents.written.iter().flat_map(|(_, groups)| groups.iter().flatten()).collect();
    for (index, extra) in profile.documents.local_extra.iter().enumerate() {
        if !listed.contains(&extra) {
            let path = format!("documents.local_extra[{}]", index + 1);
            let values = vec![("found", extra.word().into())];
            checked.add(&path, ProblemCode::LocalExtraNotListed, values);
        }
    }
}

fn capture(checked: &mut Checked<'_, '_>) {
    let profile = checked.profile;
    if checked.touched(&["capture.modalities", "capture.order", "recording.enabled"]) {
        return;
    }
    if profile.recording.enabled && profile.capture.modalities.is_empty() {
        return checked.add("capture.modalities", ProblemCode::CaptureWithoutModalities, Vec::new());
    }
    let mut order = profile.capture.order.clone();
    let mut modalities = profile.capture.modalities.clone();
    order.sort_unstable();
    modalities.sort_unstable();
    if order != modalities {
        let words: Vec<&str> = modalities.iter().map(|modality| modality.word()).collect();
        let values = vec![("allowed", words.join(", ").into())];
        checked.add("capture.order", ProblemCode::OrderNotPermutation, values);
    }
}

fn letter(checked: &mut Checked<'_, '_>) {
    let letter = &checked.profile.letter;
    if !letter.enabled || checked.touched(&["letter.enabled"]) {
        return;
    }
    let uses = |token: &str| letter.number_format.as_deref().is_some_and(|pattern| pattern.contains(token));
    let needed = [
        ("letter.title", letter.title.is_some()),
        ("letter.template", letter.template.is_some()),
        ("letter.initial_by", letter.initial_by.is_some()),
        ("letter.sign_by", letter.sign_by.is_some()),
        ("letter.number_format", letter.number_format.is_some()),
        ("letter.class", letter.class.is_some() || !uses("{class}")),
        ("letter.unit", letter.unit.is_some() || !uses("{unit}")),
    ];
    for (key, there) in needed {
        if !there && !checked.touched(&[key]) {
            checked.add(key, ProblemCode::LetterIncomplete, vec![("needed", key.into())]);
        }
    }
}

fn printing(checked: &mut Checked<'_, '_>) {
    if checked.profile.printing.place != PrintingPlace::Local
        || checked.touched(&["printing.where", "registers"])
    {
        return;
    }
    let needed = [Book::Blanko, Book::Cetak];
    let lacking: Vec<&str> = needed
        .iter()
        .filter(|book| !checked.profile.registers.contains(book))
        .map(|book| book.word())
        .collect();
    if !lacking.is_empty() {
        checked.add(
            "registers",
            ProblemCode::PrintingWithoutBook,
            vec![("needed", lacking.join(", ").into())],
        );
    }
}

fn approval(checked: &mut Checked<'_, '_>) {
    let profile = checked.profile;
    if !profile.recording.enabled
        || checked.touched(&["approval.exception_by", "approval.forbidden_pairs", "recording.enabled"])
    {
        return;
    }
    for (index, role) in profile.approval.exception_by.iter().enumerate() {
        let operator = Role::CaptureOperator;
        if !role.has_login() {
            let path = format!("approval.exception_by[{}]", index + 1);
            checked.add(&path, ProblemCode::ActorWithoutLogin, vec![("found", role.word().into())]);
        } else if *role == operator {
            let path = format!("approval.exception_by[{}]", index + 1);
            checked.add(&path, ProblemCode::ApproverNotExcluded, vec![("found", role.word().into())]);
        } else if !profile.approval.forbids(operator, *role) {
            let values = vec![("found", role.word().into())];
            checked.add("approval.forbidden_pairs", ProblemCode::ApproverNotExcluded, values);
        }
    }
}

/// The shortest note that can name a rule, such as "UU 23/2006".
const BASIS_CHARS_MIN: usize = 8;

fn retention(checked: &mut Checked<'_, '_>) {
    if checked.touched(&["retention.basis"]) {
        return;
    }
    if checked.profile.retention.basis.trim().chars().count() < BASIS_CHARS_MIN {
        checked.add("retention.basis", ProblemCode::RetentionWithoutBasis, Vec::new());
    }
}
