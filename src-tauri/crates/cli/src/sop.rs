//! `rekam sop walk`: a procedure from its first to its last step.

use std::process::ExitCode;

use anyhow::Context;
use rekam_core::clock::{Clock, today_in_indonesia};
use rekam_core::walk::{Walk, WalkMove, WalkStep, walk};

use crate::args::SopCommand;
use crate::output::Output;
use crate::profile;

pub(crate) fn run(wanted: &SopCommand, output: &mut Output) -> anyhow::Result<ExitCode> {
    let SopCommand::Walk { profile: wanted, json } = wanted;
    let profile = profile::find(wanted, output)?;
    let walked = walk(&profile, today_in_indonesia(), Clock::System.now())
        .with_context(|| format!("{}: this procedure cannot be walked", profile.identity.id))?;
    if *json {
        output.json(&walked)?;
    } else {
        print(&walked, &profile::total(&profile, output), output)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print(walked: &Walk, total: &str, output: &mut Output) -> anyhow::Result<()> {
    let people = walked.people.to_string();
    output.line(format!("{} ({})", walked.title, walked.profile))?;
    output.line(output.say("cli.walk.people", &[("count", &people)]))?;
    for step in &walked.steps {
        print_step(step, walked.people > 1, output)?;
    }
    output.line(total)?;
    output.line(output.say("cli.walk.closed", &[]))?;
    Ok(())
}

fn print_step(step: &WalkStep, is_batch: bool, output: &mut Output) -> anyhow::Result<()> {
    let role = output.say(&format!("role.{}", step.role.word()), &[]);
    let minutes = profile::minutes(step.minutes, output);
    output.line(format!("{:>4}  {} · {role} · {minutes}", step.no, step.name))?;
    for one in &step.moves {
        output.line(format!("        {}", describe(one, is_batch, output)))?;
    }
    let lines = [
        ("cli.walk.registers", "book", &step.registers),
        ("cli.walk.prints", "paper", &step.prints),
        ("cli.walk.sync", "exchange", &step.sync),
        ("cli.walk.inferred", "step_fact", &step.inferred),
    ];
    for (key, kind, words) in lines {
        if !words.is_empty() {
            let things: Vec<String> =
                words.iter().map(|word| output.say(&format!("{kind}.{word}"), &[])).collect();
            output.line(format!("        {}", output.say(key, &[("things", &things.join(", "))])))?;
        }
    }
    Ok(())
}

fn describe(one: &WalkMove, is_batch: bool, output: &Output) -> String {
    let machine = one.event.split('.').next().unwrap_or_default();
    let state = |word: &str| output.say(&format!("state.{machine}.{word}"), &[]);
    let event = output.say(&format!("event.{}", one.event), &[]);
    let who = if is_batch {
        output.say("cli.walk.person", &[("number", &one.person.to_string())])
    } else {
        String::new()
    };
    let moved = if one.from == one.to {
        state(&one.to)
    } else {
        format!("{} → {}", state(&one.from), state(&one.to))
    };
    format!("{who}{event}: {moved}")
}
