//! `rekam case`: list, find and read cases.

use std::process::ExitCode;

use rekam_core::case_page::{CasePage, FoundCase, PageDelivery, PageStep};
use rekam_core::desk::Uuid;
use rekam_core::problem::{Code, Problem};
use rekam_domain::case::Facts;
use rekam_domain::machine::CaseEvent;
use rekam_domain::recording::RecordingEvent;
use serde_json::json;

use crate::args::CaseCommand;
use crate::output::Output;
use crate::oversight::{list_cases, open};
use crate::station::explain;

pub(crate) fn run(wanted: &CaseCommand, output: &mut Output) -> anyhow::Result<ExitCode> {
    match wanted {
        CaseCommand::List { at, steps, json } => return list_cases(at, *steps, *json, output),
        CaseCommand::Search { text, at, json } => {
            let found = open(at, "operator").and_then(|mut station| station.search_cases(text));
            let found = found.map_err(|problem| explain(&problem, output))?;
            if *json {
                output.json(&found)?;
            } else {
                found.iter().try_for_each(|case| line(case, output))?;
            }
        }
        CaseCommand::TakeOver { at, json } => {
            let done = open(at, "pengawas").and_then(|mut station| station.take_over_waiting());
            let done = done.map_err(|problem| explain(&problem, output))?;
            if *json {
                output.json(&done)?;
            } else {
                let (count, own) = (done.taken_over.to_string(), done.own_approval.to_string());
                output.line(output.say("cli.case.taken_over", &[("count", &count)]))?;
                if done.own_approval > 0 {
                    output.line(output.say("cli.case.own_approval", &[("count", &own)]))?;
                }
            }
        }
        CaseCommand::Withdraw { case, reason, at } => {
            let done = id(case).and_then(|id| open(at, "pengawas")?.withdraw(id, (*reason).into()));
            done.map_err(|problem| explain(&problem, output))?;
            output.line(output.say("case.withdrawn", &[]))?;
        }
        CaseCommand::Approve { case, at } => {
            let event = CaseEvent::Recording(RecordingEvent::AttachApproval);
            let done = id(case).and_then(|id| open(at, "pengawas")?.advance(id, event, &Facts::default()));
            done.map_err(|problem| explain(&problem, output))?;
            output.line(output.say("case.approved", &[]))?;
        }
        CaseCommand::Again { case, at, json } => {
            let opened = id(case).and_then(|id| open(at, "operator")?.record_again(id));
            let (fresh, _) = opened.map_err(|problem| explain(&problem, output))?;
            let fresh = fresh.to_string();
            if *json {
                output.json(&json!({"case": fresh, "replaces": case}))?;
            } else {
                output.line(output.say("case.again", &[("case", &fresh)]))?;
            }
        }
        CaseCommand::Show { case, at, json } => {
            let page = id(case).and_then(|id| open(at, "operator")?.show_case(id));
            let page = page.map_err(|problem| explain(&problem, output))?;
            if *json {
                output.json(&page)?;
            } else {
                print(&page, output)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn id(case: &str) -> Result<Uuid, Problem> {
    case.parse().map_err(|_| Problem::new(Code::UnknownCase))
}

fn line(case: &FoundCase, output: &mut Output) -> anyhow::Result<()> {
    let state = output.say(&format!("state.recording.{}", case.states.recording), &[]);
    let FoundCase { case, registration, name, nik_masked, .. } = case;
    output.line(format!("{case}  {registration:<24} {name:<30} {nik_masked}  {state}"))?;
    Ok(())
}

fn print(page: &CasePage, output: &mut Output) -> anyhow::Result<()> {
    line(&page.found, output)?;
    output.line(format!("  {} {} {} {}", page.nik, page.born, page.sex, page.village))?;
    let states = &page.found.states;
    let machines = [("card", &states.card), ("letter", &states.letter), ("berkas", &states.berkas)];
    for (machine, state) in machines {
        output.line(format!("  {}", output.say(&format!("state.{machine}.{state}"), &[])))?;
    }
    for PageStep { step, operator, at, replaced, attempt, .. } in &page.steps {
        let mark = if *replaced { "×" } else { " " };
        output.line(format!("  {at} {mark} {step:<40} {attempt:>2} {operator}"))?;
    }
    for one in &page.exceptions {
        output
            .line(format!("  {} {} {} {} {}", one.code, one.position, one.decision, one.approver, one.at))?;
    }
    for told in &page.delivery {
        output.line(format!("  {} {}", told.at, delivery(told, output)))?;
    }
    for task in &page.tasks {
        output.line(format!("  {}", output.say(&format!("task.{task}"), &[])))?;
    }
    if let Some(case) = &page.replaces {
        output.line(format!("  {}", output.say("case.delivery.replaces", &[("case", case)])))?;
    }
    for case in &page.replaced_by {
        output.line(format!("  {}", output.say("case.delivery.replaced", &[("case", case)])))?;
    }
    for number in &page.numbers {
        let mark = if number.void { "×" } else { " " };
        output.line(format!("  {mark} {} {}/{}", number.series, number.number, number.year))?;
    }
    for line in &page.register_lines {
        output.line(format!("  {} {}/{} {} {}", line.book, line.line, line.year, line.operator, line.at))?;
    }
    Ok(())
}

fn delivery(told: &PageDelivery, output: &Output) -> String {
    let state = || {
        let state = output.say(&format!("state.packet.{}", told.word), &[]);
        if told.reason.is_empty() { state } else { format!("{state} ({})", told.reason) }
    };
    let key = format!("case.delivery.{}", told.kind);
    match told.kind.as_str() {
        "receipt" => output.say(&format!("{key}.{}", told.word), &[("reason", &told.reason)]),
        "status" => output.say(&key, &[("status", &told.word)]),
        "packet" => output.say(&key, &[("packet", &told.item), ("state", &state())]),
        _ => output.say(&key, &[("state", &state())]),
    }
}
