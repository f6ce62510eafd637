//! `rekam deliver`, `rekam courier`: packets travel to the office by the line or on a stick.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use rekam_core::clock::Clock;
use rekam_core::problem::Problem;
use rekam_core::station::Station;
use rekam_core::view::DeliveryView;

use crate::args::{CourierCommand, DeliverArgs};
use crate::output::Output;
use crate::oversight::open;
use crate::station::explain;

/// In the place of an address: where the office's admission says.
const AS_THE_BUNDLE_SAYS: &str = "bundle";
/// The longest wait between two looks at what has changed.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Delivers without anybody signed in, until all is delivered, the time is over, or the program is ended.
pub(crate) fn deliver(wanted: &DeliverArgs, output: &mut Output) -> anyhow::Result<ExitCode> {
    let began = Instant::now();
    let mut station =
        Station::open(&wanted.data, Clock::System).map_err(|problem| explain(&problem, output))?;
    if !wanted.addresses.is_empty() {
        let told = wanted.addresses.iter().filter(|address| *address != AS_THE_BUNDLE_SAYS);
        station.reach_office_at(told.cloned().collect()).map_err(|problem| explain(&problem, output))?;
    }
    station.deliver();
    let (mut seen, mut said) = (0, None);
    let view = loop {
        let view = station.delivery_view().map_err(|problem| explain(&problem, output))?;
        let now = (view.line.clone(), view.cause.clone(), left(&view), view.delivered_today);
        if said.as_ref() != Some(&now) {
            tell(&station, &view, wanted.json, output)?;
            said = Some(now);
        }
        // Without an admission nothing will change by waiting.
        let is_done = wanted.until_empty && (left(&view) == 0 || view.problem.is_some());
        let rest = wanted.seconds.map(|seconds| Duration::from_secs(seconds).checked_sub(began.elapsed()));
        match rest {
            Some(None) => break view,
            _ if is_done => break view,
            Some(Some(rest)) => seen = station.wait_for_delivery(seen, rest.min(LOOK_EVERY)),
            None => seen = station.wait_for_delivery(seen, LOOK_EVERY),
        }
    };
    if let Some(code) = view.problem {
        return Err(explain(&Problem::new(code), output));
    }
    if !wanted.json {
        output.line(match left(&view) {
            0 => output.say("cli.deliver.all", &[]),
            waiting => output.say("cli.deliver.rest", &[("count", &waiting.to_string())]),
        })?;
    }
    Ok(if left(&view) == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What has not been answered yet: packets, withdrawals and late approvals.
const fn left(view: &DeliveryView) -> u32 {
    view.waiting.saturating_add(view.waiting_notices)
}

fn tell(station: &Station, view: &DeliveryView, json: bool, output: &mut Output) -> anyhow::Result<()> {
    if json {
        output.json(view)?;
    } else {
        let time = station.time_of_day();
        output
            .line(output.say("cli.deliver.line", &[("time", &time), ("line", &line_text(view, output))]))?;
        let (count, size) = (view.waiting.to_string(), view.waiting_kb.to_string());
        let delivered = view.delivered_today.to_string();
        let values = [("time", time.as_str()), ("count", &count), ("size", &size), ("delivered", &delivered)];
        output.line(output.say("cli.deliver.waiting", &values))?;
    }
    // Somebody may watch.
    output.flush()
}

/// How the line stands, why, and what to do.
pub(crate) fn line_text(view: &DeliveryView, output: &Output) -> String {
    let mut text = output.say(&format!("delivery.line.{}", view.line), &[]);
    if let Some(cause) = &view.cause {
        for key in [format!("delivery.cause.{cause}"), format!("delivery.cause.{cause}.next")] {
            text += &format!(" {}", output.say(&key, &[]));
        }
    }
    text
}

pub(crate) fn courier(wanted: &CourierCommand, output: &mut Output) -> anyhow::Result<ExitCode> {
    match wanted {
        CourierCommand::Export { at, to, json } => {
            let done = open(at, "operator").and_then(|mut station| station.export_to_courier(to));
            let done = done.map_err(|problem| explain(&problem, output))?;
            if *json {
                output.json(&done)?;
            } else {
                let (count, size) = (done.carried.to_string(), done.written_mb.to_string());
                output.line(output.say("cli.courier.exported", &[("count", &count), ("size", &size)]))?;
                say_count("cli.courier.left", done.left, output)?;
                say_count("cli.courier.damaged", done.damaged, output)?;
            }
            Ok(if done.left + done.damaged == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        CourierCommand::Import { at, from, json } => {
            let done = open(at, "operator").and_then(|mut station| station.import_from_courier(from));
            let done = done.map_err(|problem| explain(&problem, output))?;
            if *json {
                output.json(&done)?;
            } else {
                let count = done.taken.to_string();
                let values = [("count", count.as_str()), ("office", &done.office)];
                output.line(output.say("cli.courier.imported", &values))?;
                say_count("cli.courier.refused", done.refused, output)?;
                if done.is_renewed {
                    output.line(output.say("cli.courier.renewed", &[]))?;
                }
                for name in &done.spoilt {
                    output.line(output.say("cli.courier.spoilt", &[("name", name)]))?;
                }
            }
            let is_whole = done.refused == 0 && done.spoilt.is_empty();
            Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

fn say_count(key: &str, count: u32, output: &mut Output) -> anyhow::Result<()> {
    if count > 0 {
        output.line(output.say(key, &[("count", &count.to_string())]))?;
    }
    Ok(())
}
