//! `rekam case`: list, find and read cases.

use std::process::ExitCode;

use rekam_core::case_page::{CasePage, FoundCase, PageStep};
use rekam_core::desk::Uuid;
use rekam_core::problem::{Code, Problem};

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
        CaseCommand::Show { case, at, json } => {
            let id: Result<Uuid, Problem> = case.parse().map_err(|_| Problem::new(Code::UnknownCase));
            let page = id.and_then(|id| open(at, "operator")?.show_case(id));
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
    for number in &page.numbers {
        let mark = if number.void { "×" } else { " " };
        output.line(format!("  {mark} {} {}/{}", number.series, number.number, number.year))?;
    }
    for line in &page.register_lines {
        output.line(format!("  {} {}/{} {} {}", line.book, line.line, line.year, line.operator, line.at))?;
    }
    Ok(())
}
