//! `rekam task`: what waits for a person, and what to do about it.

use std::process::ExitCode;

use rekam_core::desk::Uuid;
use rekam_core::problem::{Code, Problem};

use crate::args::TaskCommand;
use crate::output::Output;
use crate::oversight::open;
use crate::station::explain;

pub(crate) fn run(wanted: &TaskCommand, output: &mut Output) -> anyhow::Result<ExitCode> {
    match wanted {
        TaskCommand::List { at, json } => {
            let tasks = open(at, "pengawas").and_then(|station| station.list_tasks());
            let tasks = tasks.map_err(|problem| explain(&problem, output))?;
            if *json {
                output.json(&tasks)?;
                return Ok(ExitCode::SUCCESS);
            }
            if tasks.is_empty() {
                output.line(output.say("tasks.none", &[]))?;
            }
            for task in tasks {
                let what = output.say(&format!("task.{}", task.task), &[]);
                output.line(format!("{}  {:<24} {what} {}", task.case, task.registration, task.reason))?;
                output.line(format!("  {}", output.say(&format!("task_action.{}", task.task), &[])))?;
            }
        }
        TaskCommand::Done { case, task, at } => {
            let case: Result<Uuid, Problem> = case.parse().map_err(|_| Problem::new(Code::UnknownCase));
            case.and_then(|case| open(at, "pengawas")?.close_task(case, (*task).into()))
                .map_err(|problem| explain(&problem, output))?;
            output.line(output.say("tasks.done", &[]))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
