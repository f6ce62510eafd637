//! The stick between the real programs: what it carries ends as by the line, twice is once, and strangers are named.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::fs;

use anyhow::ensure;
use rekam_receiver::office::{First, Office};
use rekam_tests::town::Town;
use rekam_tests::webdriver::wait_until;
use serde_json::Value;

const STATION: &str = "630506-DEMO";

/// A station with a recorded day, and its office, which was founded and serves nobody.
fn recorded() -> Town {
    let mut town = Town::new().unwrap();
    town.rekam("station demonstrate --data @one").unwrap().done().unwrap();
    town.day("one", 4, 3).unwrap();
    town.serve("one").unwrap();
    town.stop();
    town
}

/// The ledger without the moments at which something arrived.
fn ledger(town: &Town) -> Vec<Value> {
    let mut rows = town.office("packet list").unwrap().done().unwrap();
    for row in &mut rows {
        let row = row.as_object_mut().unwrap();
        for moment in ["stored_ms", "opened_ms"] {
            assert!(row.remove(moment).unwrap().is_number());
        }
    }
    let checked = town.office("verify-ledger").unwrap().done().unwrap();
    assert_eq!(checked.last().unwrap()["findings"], 0);
    rows
}

fn states(town: &Town, station: &str) -> Vec<Value> {
    town.packets(station).unwrap().into_iter().map(|packet| packet["state"].clone()).collect()
}

#[test]
fn a_stick_ends_in_the_same_ledger_as_the_line_and_twice_is_once() {
    let mut town = recorded();
    town.copy("one", "two").unwrap();
    let count = town.packets("one").unwrap().len();
    assert!(count >= 2, "{count}");
    let there = town.rekam("courier export --data @one --to @stick --json").unwrap().done().unwrap();
    assert_eq!(there[0]["carried"], count);
    let mut ledgers = Vec::new();
    for _ in 0..2 {
        let taken = town.office("courier import @stick").unwrap().done().unwrap();
        assert_eq!((&taken[0]["station"], &taken[0]["accepted"]), (&STATION.into(), &count.into()));
        town.office("packet open").unwrap().done().unwrap();
        ledgers.push(ledger(&town));
        let back = format!("courier export --station {STATION} --to @stick");
        town.office(&back).unwrap().done().unwrap();
        let heard = town.rekam("courier import --data @one --from @stick --json").unwrap().done().unwrap();
        assert!(heard[0]["taken"].as_u64().unwrap() > count as u64 && heard[0]["refused"] == 0, "{heard:?}");
        assert_eq!(states(&town, "one"), vec![Value::from("Acked"); count]);
    }
    let again = town.rekam("courier export --data @one --to @stick --json").unwrap().done().unwrap();
    assert_eq!(again[0]["carried"], 0, "nothing is owed any more");

    fs::rename(town.at("office"), town.at("office-by-stick")).unwrap();
    town.serve("two").unwrap();
    town.deliver("two", 60).unwrap().done().unwrap();
    wait_until("the office to open them", || {
        let rows = town.office("packet list")?.done()?;
        ensure!(rows.iter().all(|row| row["state"] == "opened"), "{rows:#?}");
        Ok(())
    })
    .unwrap();
    ledgers.push(ledger(&town));
    assert_eq!(states(&town, "two"), states(&town, "one"));
    assert_eq!(ledgers[0].len(), count);
    assert!(ledgers[0].iter().all(|row| row["state"] == "opened"), "{:#?}", ledgers[0]);
    assert_eq!(ledgers[0], ledgers[1], "a replay changes nothing");
    assert_eq!(ledgers[0], ledgers[2], "line and stick end in one ledger");
}

#[test]
fn a_strangers_stick_is_refused_by_name_and_keeps_no_other_back() {
    let town = recorded();
    town.rekam("station demonstrate --data @stranger --station 630506-LAIN").unwrap().done().unwrap();
    town.day("stranger", 1, 3).unwrap();
    town.rekam("courier export --data @stranger --to @stick --json").unwrap().done().unwrap();
    town.rekam("courier export --data @one --to @stick --json").unwrap().done().unwrap();
    let told = town.office("courier import @stick").unwrap();
    assert!(!told.is_good && told.lines.len() == 2, "{}", told.text);
    let named = |line: &Value| line["problem"].as_str().is_some_and(|why| why.contains("630506-LAIN"));
    assert!(told.lines.iter().any(named), "{}", told.text);
    assert!(told.lines.iter().any(|line| line["station"] == STATION), "{}", told.text);
    let rows = ledger(&town);
    assert!(!rows.is_empty() && rows.iter().all(|row| row["station"] == STATION), "{rows:#?}");

    // And an office that has not admitted this station fills a stick for it.
    let first = First { name: Some("dinas-lain"), ..First::default() };
    drop(Office::open(&town.at("elsewhere/office"), &first).unwrap());
    fs::rename(town.at("office"), town.at("office-at-home")).unwrap();
    fs::rename(town.at("elsewhere/office"), town.at("office")).unwrap();
    town.rekam("station request --data @one --to @request --json").unwrap().done().unwrap();
    town.office("station add @request").unwrap().done().unwrap();
    town.office(&format!("courier export --station {STATION} --to @other-stick")).unwrap().done().unwrap();
    let told = town.rekam("courier import --data @one --from @other-stick --json").unwrap();
    assert!(!told.is_good, "{}", told.text);
    assert!(told.text.contains("courier_stranger") && told.text.contains("dinas-lain"), "{}", told.text);
    assert!(states(&town, "one").iter().all(|state| state == "ExportedToMedia"));
}
