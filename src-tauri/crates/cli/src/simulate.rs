//! `rekam day`: a simulated working day through the real core.

use std::fs::OpenOptions;
use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use rekam_cli::day::{Detail, Plan, Summary, run_in};
use rekam_core::problem::Problem;

use crate::args::{DayArgs, ImagesArg};
use crate::output::Output;
use crate::station::explain;

pub(crate) fn run(wanted: &DayArgs, output: &mut Output) -> anyhow::Result<ExitCode> {
    let mut ack = wanted
        .ack
        .as_ref()
        .map(|file| {
            let opened = OpenOptions::new().create(true).append(true).open(file);
            opened.with_context(|| format!("{}: cannot be opened", file.display()))
        })
        .transpose()?;
    let detail = match wanted.images {
        ImagesArg::Full => Detail::Full,
        ImagesArg::Tiny => Detail::Tiny,
    };
    let plan = Plan { people: wanted.people, seed: wanted.seed, detail };
    let done = run_in(&wanted.data, plan, &mut |step| {
        if let Some(file) = &mut ack {
            // One write for the whole line, and not before the core has acknowledged the step.
            let mut line = serde_json::to_string(step)?;
            line.push('\n');
            file.write_all(line.as_bytes()).context("the acknowledgement cannot be written")?;
        }
        Ok(())
    });
    let summary = done.map_err(|error| match error.downcast_ref::<Problem>() {
        Some(problem) => explain(problem, output),
        None => error,
    })?;
    if wanted.json {
        output.json(&summary)?;
    } else {
        print(&summary, output)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print(summary: &Summary, output: &mut Output) -> anyhow::Result<()> {
    let rows = [
        ("served", summary.served),
        ("recorded", summary.recorded),
        ("no_show", summary.no_show),
        ("turned_away", summary.turned_away),
        ("exceptions", summary.exceptions),
        ("suspended", summary.suspended),
        ("locked", summary.locked),
        ("letters", summary.letters),
        ("steps", summary.steps),
    ];
    output.line(output.say("cli.day.title", &[]))?;
    for (key, count) in rows {
        output.line(format!("  {:<46} {count:>6}", output.say(&format!("cli.day.{key}"), &[])))?;
    }
    Ok(())
}
