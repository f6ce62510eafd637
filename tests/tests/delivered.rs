//! A day's packets travel from a station to an office, program to program over mutual TLS, and each arrives once
//! although the office is killed in the middle.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in the functions it shares")]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rekam_cli::day::{Detail, Plan, run_in};
use rekam_tests::program::built;
use rekam_tests::town::{Served, Town};
use serde_json::Value;

const PLAN: Plan = Plan { people: 14, seed: 77, detail: Detail::Tiny };
/// Everything takes seconds; a test that hangs ends here.
const SECONDS_MAX: &str = "120";
/// So slow that the office can be killed before all has arrived.
const REQUESTS_PER_SECOND: &str = "12";

fn serve(town: &Town, listen: &str) -> Served {
    let slow = ["--requests-per-second", REQUESTS_PER_SECOND];
    Served::start(&town.at("office"), listen, &[town.at("station")], &slow).unwrap()
}

fn deliver(data: &Path, more: &[&str]) -> Child {
    Command::new(built("rekam").unwrap())
        .args(["deliver", "--until-empty", "--json", "--for", SECONDS_MAX, "--data"])
        .arg(data)
        .args(more)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_day_arrives_once_although_the_office_is_killed() {
    let town = Town::new().unwrap();
    let data: PathBuf = town.at("station");
    let recorded = u64::from(run_in(&data, PLAN, &mut |_| Ok(())).unwrap().recorded);
    let mut served = Some(serve(&town, "127.0.0.1:0"));
    let listen = served.as_ref().unwrap().address.to_string();
    let mut delivering = deliver(&data, &["--at", &format!("https://{listen}")]);
    let (mut views, mut waited_at_kill): (Vec<Value>, _) = (Vec::new(), None);
    for line in BufReader::new(delivering.stdout.take().unwrap()).lines() {
        let view: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if waited_at_kill.is_none() && view["delivered_today"].as_u64().unwrap() >= 2 {
            waited_at_kill = view["waiting"].as_u64();
            drop(served.take());
        } else if served.is_none() && view["line"] == "offline" {
            served = Some(serve(&town, &listen));
        }
        views.push(view);
    }
    assert!(delivering.wait().unwrap().success(), "{:#?}", views.last());
    assert!(waited_at_kill.is_some_and(|count| count > 0), "the office was killed in the middle: {views:#?}");
    let last = views.last().unwrap();
    assert_eq!((last["waiting"].as_u64(), last["refused"].as_u64()), (Some(0), Some(0)), "{last}");
    assert_eq!(last["delivered_today"].as_u64(), Some(recorded));
    assert!(views.iter().any(|view| view["line"] == "offline" && view["cause"].is_string()), "it was named");

    let listed = town.office("packet list").unwrap().done().unwrap();
    assert_eq!(listed.len() as u64, recorded, "each once: {listed:#?}");
    town.office("verify-ledger").unwrap().done().unwrap();
    // Where the office is reached was remembered.
    assert!(deliver(&data, &[]).wait().unwrap().success(), "nothing is left to do");
}

#[test]
fn a_station_that_was_told_another_address_can_be_told_to_forget_it() {
    let town = Town::new().unwrap();
    town.rekam("station demonstrate --data @station").unwrap().done().unwrap();
    let settings = || std::fs::read_to_string(town.at("station/station.toml")).unwrap();
    let told =
        |at: &str| town.rekam(&format!("deliver --data @station --at {at} --until-empty --for 1")).unwrap();
    told("https://127.0.0.1:1");
    assert!(settings().contains("https://127.0.0.1:1"), "{}", settings());
    told("bundle");
    assert!(!settings().contains("https://127.0.0.1:1"), "{}", settings());
}
