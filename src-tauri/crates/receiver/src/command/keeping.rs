//! Checking, backups and removable disks.

use std::process::ExitCode;

use serde_json::json;

use rekam_receiver::backup;
use rekam_receiver::check::{Finding, check};
use rekam_receiver::courier;

use super::{OK, open};
use crate::args::{Backup, Courier, Data};
use crate::output::Output;

pub(super) fn verify(data: &Data, output: &mut Output) -> anyhow::Result<ExitCode> {
    let office = open(data)?;
    report(&check(&office)?, data.json, output)
}

fn report(found: &(u64, Vec<Finding>), json: bool, output: &mut Output) -> anyhow::Result<ExitCode> {
    let (checked, findings) = found;
    for finding in findings {
        if json {
            output.json(finding)?;
        } else {
            let sentence = output.say(&format!("check.{}", finding.word), &[("about", &finding.about)]);
            output.line(&sentence)?;
        }
    }
    let key = if findings.is_empty() { "check.good" } else { "check.bad" };
    let values = [("count", checked.to_string()), ("findings", findings.len().to_string())];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    output.tell(json, &json!({"checked": checked, "findings": findings.len()}), key, &values)?;
    Ok(if findings.is_empty() { OK } else { ExitCode::FAILURE })
}

pub(super) fn backup(asked: Backup, output: &mut Output) -> anyhow::Result<ExitCode> {
    match asked {
        Backup::Create { data, to } => {
            let files = backup::create(&open(&data)?, &to)?;
            let (count, folder) = (files.to_string(), to.display().to_string());
            output.tell(
                data.json,
                &json!({"files": files, "to": folder}),
                "backup.made",
                &[("count", &count), ("file", &folder)],
            )?;
            Ok(OK)
        }
        Backup::Verify { from, json } => report(&backup::verify(&from)?, json, output),
        Backup::Restore { from, data } => {
            let files = backup::restore(&from, &data.data)?;
            let (count, folder) = (files.to_string(), data.data.display().to_string());
            output.tell(
                data.json,
                &json!({"files": files, "to": folder}),
                "backup.restored",
                &[("count", &count), ("file", &folder)],
            )?;
            Ok(OK)
        }
    }
}

pub(super) fn courier(asked: Courier, output: &mut Output) -> anyhow::Result<ExitCode> {
    match asked {
        Courier::Import { data, from } => {
            let found = courier::import(&open(&data)?, &from)?;
            let is_whole = found.iter().all(|one| one.as_ref().is_ok_and(|taken| taken.refused.is_empty()));
            for one in &found {
                tell_folder(one.as_ref(), data.json, output)?;
            }
            Ok(if is_whole { OK } else { ExitCode::FAILURE })
        }
        Courier::Export { data, station, to } => {
            let count = courier::export(&open(&data)?, &station, &to)?;
            let counted = count.to_string();
            output.tell(
                data.json,
                &json!({"station": station, "messages": count}),
                "courier.exported",
                &[("station", &station), ("count", &counted)],
            )?;
            Ok(OK)
        }
    }
}

fn tell_folder(
    found: Result<&courier::Taken, &courier::CourierError>,
    json: bool,
    output: &mut Output,
) -> anyhow::Result<()> {
    let taken = match found {
        Ok(taken) => taken,
        Err(error) => {
            let why = error.to_string();
            let values = [("why", why.as_str())];
            return output.tell(json, &json!({"problem": why}), "courier.not_taken", &values);
        }
    };
    let counts = [taken.accepted.to_string(), taken.refused.len().to_string()];
    let values = [("station", taken.station.as_str()), ("accepted", &counts[0]), ("refused", &counts[1])];
    output.tell(json, taken, "courier.imported", &values)?;
    for (file, why) in taken.refused.iter().filter(|_| !json) {
        output.line(&format!("{file}: {why}"))?;
    }
    Ok(())
}
