//! A list as JSON.

use std::collections::BTreeMap;
use std::path::Path;

use rekam_domain::master_data::Freshness;
use rekam_domain::roster::RosterField;
use serde::Serialize;

use super::Told;
use crate::output::Output;

/// Most changed rows that are listed; all are counted.
const ROWS_LISTED_MAX: usize = 10_000;

#[derive(Default, Serialize)]
pub(super) struct ListJson<'a> {
    file: String,
    ok: bool,
    kind: Option<&'static str>,
    source: Option<SourceJson<'a>>,
    rows: u32,
    families: u32,
    entries: u32,
    without_nik: u32,
    with_findings: u32,
    absent: Vec<&'static str>,
    findings: BTreeMap<&'a str, u32>,
    statuses: BTreeMap<&'a str, u32>,
    refused: u32,
    refused_rows: Vec<RefusedJson>,
    change: Option<ChangeJson<'a>>,
    problem: Option<ProblemJson>,
    #[serde(flatten)]
    import: Option<ImportJson<'a>>,
}

#[derive(Serialize)]
struct SourceJson<'a> {
    label: &'a str,
    made_on: String,
    valid_until: String,
    age_days: i32,
    freshness: Freshness,
    text: String,
}

#[derive(Serialize)]
struct RefusedJson {
    sheet: u16,
    row: u32,
    field: Option<&'static str>,
    code: &'static str,
    reason: String,
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    against: &'a str,
    added: usize,
    changed: usize,
    gone: usize,
    kept: usize,
    unchanged: u32,
    without_nik: u32,
    changed_rows: Vec<ChangedJson>,
}

#[derive(Serialize)]
struct ChangedJson {
    sheet: u16,
    row: u32,
    fields: Vec<&'static str>,
}

#[derive(Serialize)]
struct ProblemJson {
    code: &'static str,
    reason: String,
}

#[derive(Default, Serialize)]
struct ImportJson<'a> {
    hash: Option<&'a str>,
    known: bool,
    imported: bool,
}

pub(super) fn shape<'a>(told: &'a Told<'_>, output: &Output) -> ListJson<'a> {
    let Told { summary, tally, today, .. } = told;
    ListJson {
        file: told.file.display().to_string(),
        ok: true,
        kind: Some(told.kind.word()),
        source: told.source.as_ref().map(|source| SourceJson {
            label: &source.label,
            made_on: source.made_on.to_string(),
            valid_until: source.valid_until.to_string(),
            age_days: source.age_days(*today),
            freshness: source.freshness(*today),
            text: source.text(output.language, *today),
        }),
        rows: summary.rows,
        families: summary.families,
        entries: summary.entries,
        without_nik: summary.without_nik,
        with_findings: summary.with_findings,
        absent: words(&summary.absent),
        findings: tally.findings.iter().map(|(code, count)| (*code, *count)).collect(),
        statuses: tally.statuses.iter().map(|(status, count)| (status.as_str(), *count)).collect(),
        refused: summary.refused,
        refused_rows: tally
            .refused
            .iter()
            .map(|row| RefusedJson {
                sheet: row.place.sheet,
                row: row.place.row,
                field: row.field.map(RosterField::word),
                code: row.code(),
                reason: row.text(output.language),
            })
            .collect(),
        change: change(told),
        problem: None,
        import: told.import.as_ref().map(|import| ImportJson {
            hash: Some(&import.hash),
            known: import.is_known,
            imported: import.is_imported,
        }),
    }
}

fn change<'a>(told: &'a Told<'_>) -> Option<ChangeJson<'a>> {
    let (change, against) = told.change.as_ref()?;
    let changed_rows = change.changed.iter().take(ROWS_LISTED_MAX).map(|row| ChangedJson {
        sheet: row.place.sheet,
        row: row.place.row,
        fields: words(&row.fields),
    });
    Some(ChangeJson {
        against,
        added: change.added.len(),
        changed: change.changed.len(),
        gone: change.gone.len(),
        kept: change.kept.len(),
        unchanged: change.unchanged,
        without_nik: change.without_nik,
        changed_rows: changed_rows.collect(),
    })
}

/// A list that cannot be used.
pub(super) fn unusable(file: &Path, code: &'static str, reason: &str) -> ListJson<'static> {
    let problem = Some(ProblemJson { code, reason: reason.to_owned() });
    ListJson { file: file.display().to_string(), problem, ..ListJson::default() }
}

/// A list that is not taken over.
pub(super) fn unusable_import(file: &Path, code: &'static str, reason: &str) -> ListJson<'static> {
    ListJson { import: Some(ImportJson::default()), ..unusable(file, code, reason) }
}

fn words(fields: &[RosterField]) -> Vec<&'static str> {
    fields.iter().map(|field| field.word()).collect()
}
