//! `rekam nik`: one number, or a file of them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use rekam_domain::finding::{Finding, Grade};
use rekam_domain::nik::{Header, NikExplanation, NikReading, NumberContext, check_row};
use serde::Serialize;

use crate::args::NikArgs;
use crate::output::Output;
use crate::regions;

/// A row longer than this is not a NIK with a date and a sex.
const ROW_BYTES_MAX: usize = 4096;

#[derive(Serialize)]
struct BatchJson<'a> {
    nik: &'a str,
    findings: Vec<FindingJson>,
}

#[derive(Serialize)]
struct FindingJson {
    grade: Grade,
    code: &'static str,
    text: String,
}

#[derive(Serialize)]
struct NikJson<'a> {
    nik: &'a str,
    reading: &'static str,
    region: Option<RegionJson>,
    born: Option<String>,
    sex: Option<&'static str>,
    findings: Vec<FindingJson>,
}

#[derive(Serialize)]
struct RegionJson {
    code: String,
    names: Vec<String>,
}

pub(crate) fn run(wanted: &NikArgs, output: &mut Output) -> anyhow::Result<ExitCode> {
    let regions = regions::table(wanted.by.regions.as_deref(), &wanted.by.regions_historical)?;
    let station = regions::station(wanted.by.station.as_deref())?;
    let today = wanted.by.today.unwrap_or_else(rekam_core::clock::today_in_indonesia);
    let context = NumberContext { regions: &regions, station, today };
    match &wanted.batch {
        Some(file) => batch(file, wanted.json, &context, output)?,
        None => single(wanted, &context, output)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn single(wanted: &NikArgs, context: &NumberContext<'_>, output: &mut Output) -> anyhow::Result<()> {
    let nik = wanted.nik.as_deref().unwrap_or_default();
    let fields = [nik, wanted.born.as_deref().unwrap_or_default(), wanted.sex.as_deref().unwrap_or_default()];
    let header = Header::read(&["nik", "born", "sex"]).context("the three fields of a NIK check")?;
    let line = check_row(&fields, &header, context);
    if wanted.json {
        let explanation = line.explanation.as_ref();
        return output.json(&NikJson {
            nik: nik.trim(),
            reading: reading_word(&line.reading),
            region: explanation.map(region_json),
            born: explanation.and_then(|told| told.birth_date).map(|date| date.to_string()),
            sex: explanation.and_then(|told| told.sex).map(rekam_domain::biodata::Sex::word),
            findings: findings(&line.findings, output),
        });
    }
    output.line(
        output.say(&format!("cli.nik.reading.{}", reading_word(&line.reading)), &[("nik", nik.trim())]),
    )?;
    if let Some(explanation) = &line.explanation {
        for sentence in explanation.sentences(output.language) {
            output.line(format!("  {sentence}"))?;
        }
    }
    for finding in findings(&line.findings, output) {
        let grade = output.say(&format!("grade.{}", grade_word(finding.grade)), &[]);
        output.line(format!("  [{grade}] {}", finding.text))?;
    }
    if line.findings.is_empty() {
        output.line(format!("  {}", output.say("cli.nik.no_findings", &[])))?;
    }
    Ok(())
}

fn region_json(told: &NikExplanation) -> RegionJson {
    RegionJson { code: told.region.to_string(), names: told.region_names.clone() }
}

const fn reading_word(reading: &NikReading) -> &'static str {
    match reading {
        NikReading::Valid(_) => "nik",
        NikReading::Temporary => "temporary",
        NikReading::Unreadable => "unreadable",
    }
}

const fn grade_word(grade: Grade) -> &'static str {
    match grade {
        Grade::Error => "error",
        Grade::Warning => "warning",
        Grade::Information => "information",
    }
}

fn findings(findings: &[Finding], output: &Output) -> Vec<FindingJson> {
    findings
        .iter()
        .map(|finding| FindingJson {
            grade: finding.grade,
            code: finding.code,
            text: finding.text(output.language),
        })
        .collect()
}

fn batch(file: &Path, json: bool, context: &NumberContext<'_>, output: &mut Output) -> anyhow::Result<()> {
    let name = file.display();
    let source: Box<dyn Read> = if file.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(file).with_context(|| format!("{name}: cannot be opened"))?)
    };
    let mut start = io::BufReader::with_capacity(1 << 16, source);
    let delimiter = delimiter(&mut start).with_context(|| format!("{name}: cannot be read"))?;
    let mut rows = csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(start);
    let titles = rows.byte_headers().with_context(|| format!("{name}: cannot be read"))?.clone();
    let titles: Vec<String> =
        titles.iter().map(|title| String::from_utf8_lossy(title).into_owned()).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let header = Header::read(&titles).with_context(|| format!("{name}, line 1"))?;

    let mut row = csv::ByteRecord::new();
    while rows.read_byte_record(&mut row).with_context(|| format!("{name}: cannot be read further"))? {
        let number = row.position().map_or(0, csv::Position::line);
        if row.as_slice().len() > ROW_BYTES_MAX {
            bail!("{name}, line {number}: longer than {ROW_BYTES_MAX} bytes; this is not a list of NIKs");
        }
        // Bytes that are no text become a mark that no number contains, and so a finding, not a stop.
        let fields: Vec<_> = row.iter().map(String::from_utf8_lossy).collect();
        let fields: Vec<&str> = fields.iter().map(AsRef::as_ref).collect();
        let line = check_row(&fields, &header, context);
        let nik = header.nik(&fields);
        let findings = findings(&line.findings, output);
        if json {
            output.json(&BatchJson { nik, findings })?;
        } else if findings.is_empty() {
            output.line(format!("{number}: {}", output.say("cli.nik.no_findings", &[])))?;
        } else {
            for finding in findings {
                let grade = output.say(&format!("grade.{}", grade_word(finding.grade)), &[]);
                output.line(format!("{number}: [{grade}] {}", finding.text))?;
            }
        }
    }
    Ok(())
}

/// Semicolons, as spreadsheets write them here, or commas: whichever the header has.
fn delimiter(start: &mut impl io::BufRead) -> io::Result<u8> {
    let seen = start.fill_buf()?;
    let header = seen.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(if header.contains(&b';') { b';' } else { b',' })
}
