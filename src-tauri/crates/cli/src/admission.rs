//! `rekam station request|admit`: how an office takes this station in.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use rekam_core::clock::Clock;
use rekam_core::office::AdmissionView;
use rekam_core::problem::{Code, Problem};
use rekam_core::station::Station;
use serde::Serialize;

use crate::args::AdmitArgs;
use crate::output::Output;
use crate::oversight::open;
use crate::recovery::{ask, has_terminal};
use crate::station::explain;

#[derive(Serialize)]
struct RequestJson<'a> {
    station: &'a str,
    file: &'a str,
}

#[derive(Serialize)]
struct AdmitJson<'a> {
    admitted: bool,
    #[serde(flatten)]
    view: &'a AdmissionView,
}

pub(crate) fn request(data: &Path, to: &Path, json: bool, output: &mut Output) -> anyhow::Result<ExitCode> {
    let station = Station::open(data, Clock::System);
    let made = station.and_then(|station| Ok((station.welcome()?.station.id, station.admission_request()?)));
    let (id, text) = made.map_err(|problem| explain(&problem, output))?;
    let refused = |_| {
        let problem = Problem::new(Code::DiskRefused).with("operation", "write").with("file", to.display());
        explain(&problem, output)
    };
    File::create(to)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .map_err(refused)?;
    let file = to.display().to_string();
    if json {
        output.json(&RequestJson { station: &id, file: &file })?;
    } else {
        output.line(output.say("cli.request.made", &[("station", &id), ("file", &file)]))?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn admit(wanted: &AdmitArgs, output: &mut Output) -> anyhow::Result<ExitCode> {
    let opened = open(&wanted.at, "pengawas").and_then(|station| {
        let bytes = match (&wanted.file, &wanted.from_stick) {
            (Some(file), _) => fs::read(file).map_err(|_| {
                Problem::new(Code::DiskRefused).with("operation", "read").with("file", file.display())
            })?,
            (None, stick) => station.bundle_on_stick(stick.as_deref().unwrap_or_else(|| Path::new(".")))?,
        };
        let view = station.read_bundle(&bytes)?;
        Ok((station, bytes, view))
    });
    let (mut station, bytes, view) = opened.map_err(|problem| explain(&problem, output))?;
    let mut typed = wanted.fingerprint.clone();
    if !wanted.json {
        print(&view, output)?;
    }
    if typed.is_none() && !view.is_known {
        if wanted.json || !has_terminal() {
            if wanted.json {
                output.json(&AdmitJson { admitted: false, view: &view })?;
            }
            anyhow::bail!(output.say("cli.admit.compare", &[]));
        }
        typed = Some(ask(output.say("cli.admit.type", &[]), output)?);
    }
    station.take_bundle(&bytes, typed.as_deref()).map_err(|problem| explain(&problem, output))?;
    if wanted.json {
        output.json(&AdmitJson { admitted: true, view: &view })?;
    } else {
        let id = station.welcome().map_err(|problem| explain(&problem, output))?.station.id;
        output.line(output.say("cli.admit.done", &[("station", &id), ("office", &view.office)]))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print(view: &AdmissionView, output: &mut Output) -> anyhow::Result<()> {
    let (days, serial) = (view.days_left.to_string(), view.serial.to_string());
    output.line(output.say("cli.admit.office", &[("office", &view.office)]))?;
    let values = [("until", view.until.as_str()), ("days", &days), ("serial", &serial)];
    output.line(output.say("cli.admit.until", &values))?;
    let lists = [
        ("address", view.addresses.iter().collect::<Vec<_>>()),
        ("profile", view.profile.iter().collect()),
        ("numbers", view.numbers.iter().collect()),
        ("role", view.roles.iter().collect()),
        ("fingerprint", if view.is_known { Vec::new() } else { view.fingerprints.iter().collect() }),
    ];
    for (name, values) in lists {
        for value in values {
            output.line(output.say(&format!("cli.admit.{name}"), &[(name, value)]))?;
        }
    }
    if view.is_known {
        output.line(output.say("cli.admit.known", &[]))?;
    }
    Ok(())
}
