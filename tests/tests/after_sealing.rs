//! What becomes of a recording after its seal, from the real programs of both ends: the centre's answers, an approval that
//! was given later, a withdrawal, and the recording that is made again.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::fs;

use anyhow::ensure;
use rekam_driver_sim::Situation;
use rekam_tests::town::Town;
use rekam_tests::webdriver::wait_until;
use serde_json::Value;

/// Everything takes seconds; a test that hangs ends here.
const SECONDS_MAX: u32 = 60;
/// Long enough for a station to read what the office has to say, in seconds.
const LISTEN_SECONDS: u32 = 3;

/// Four people of whom the second lacks a finger; nobody was there to decide.
fn seed() -> u64 {
    let is_wanted = |seed: &u64| {
        (0..4).all(|index| {
            let wanted = if index == 1 { Situation::MissingFinger } else { Situation::Ordinary };
            Situation::draw(seed + index) == wanted
        })
    };
    (0..).find(is_wanted).unwrap()
}

/// A packet, and the case it was made from.
struct Made {
    packet: String,
    case: String,
}

fn made(town: &Town) -> Vec<Made> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let packets = town.packets("station").unwrap();
    packets.iter().map(|row| Made { packet: word(&row["packet"]), case: word(&row["case"]) }).collect()
}

fn page(town: &Town, made: &Made) -> Value {
    let shown = town.rekam(&format!("case show {} --data @station --json", made.case)).unwrap();
    shown.done().unwrap().remove(0)
}

/// Waits until the office says this of a packet.
fn at_office(town: &Town, made: &Made, key: &str, wanted: &Value) {
    wait_until("the office", || {
        let rows = town.office("packet list")?.done()?;
        let row = rows.iter().find(|row| row["id"] == made.packet.as_str());
        ensure!(row.is_some_and(|row| row[key] == *wanted), "{key} {wanted}: {row:?}");
        Ok(())
    })
    .unwrap();
}

fn deliver(town: &Town) {
    town.deliver("station", SECONDS_MAX).unwrap().done().unwrap();
}

#[test]
fn a_sealed_recording_has_a_way_on_at_both_ends() {
    let mut town = Town::new().unwrap();
    town.rekam("station demonstrate --data @station").unwrap().done().unwrap();
    town.day("station", 4, seed()).unwrap();
    town.serve("station").unwrap();
    deliver(&town);
    let all = made(&town);
    let [ready, pending, blocked, mistaken] = &all[..] else { panic!("four were recorded") };
    for one in [ready, blocked, mistaken] {
        at_office(&town, one, "state", &"opened".into());
    }
    at_office(&town, pending, "state", &"held".into());
    the_centre_answers(&town, ready, blocked);
    an_approval_follows(&town, pending);
    a_mistake_is_withdrawn_and_made_again(&town, mistaken);
    let checked = town.office("verify-ledger").unwrap().done().unwrap();
    assert_eq!(checked.last().unwrap()["findings"], 0);
    let audit = town.rekam("audit verify --data @station --json").unwrap().done().unwrap();
    assert_eq!(audit[0]["intact"], true);
    let handed = town.office("packet hand-on --to @next").unwrap().done().unwrap();
    assert_eq!(handed[0]["handed_on"], 4, "the one that was a mistake stays behind");
}

fn the_centre_answers(town: &Town, ready: &Made, blocked: &Made) {
    let unknown = "01a205b5-1820-7185-941d-af13c14d2365";
    let line = |packet: &str, status: &str| format!("{packet},{status}\n");
    let good =
        line(&ready.packet, "PRINT_READY_RECORD") + &line(&blocked.packet, "ENROLL_FAILURE_AT_CENTRAL");
    let half = format!("packet,status\n{good}{}", line(unknown, "PRINT_READY_RECORD"));
    fs::write(town.at("half.csv"), half).unwrap();
    assert!(!town.office("status import @half.csv").unwrap().is_good, "all of it or nothing");
    town.listen("station", LISTEN_SECONDS).unwrap().done().unwrap();
    assert_eq!(page(town, ready)["states"]["recording"], "AwaitingDedup");

    fs::write(town.at("good.csv"), format!("packet,status\n{good}")).unwrap();
    let told = town.office("status import @good.csv").unwrap().done().unwrap();
    assert_eq!(told[0]["published"], 2);
    town.listen("station", LISTEN_SECONDS).unwrap().done().unwrap();
    let (ready, blocked) = (page(town, ready), page(town, blocked));
    assert_eq!(ready["states"]["recording"], "PrintReady", "{ready:#}");
    assert_eq!(blocked["states"]["recording"], "DedupBlocked", "{blocked:#}");
    let told =
        |page: &Value, word: &str| page["delivery"].as_array().unwrap().iter().any(|one| one["word"] == word);
    assert!(told(&ready, "PRINT_READY_RECORD") && told(&blocked, "ENROLL_FAILURE_AT_CENTRAL"));
    assert_eq!(blocked["tasks"], Value::from(vec!["resolve_block"]));
}

fn an_approval_follows(town: &Town, pending: &Made) {
    let waiting = town.office("packet list --waiting").unwrap().done().unwrap();
    assert_eq!((waiting.len(), &waiting[0]["id"]), (1, &pending.packet.as_str().into()));
    let by_whom = format!("case approve {} --data @station", pending.case);
    town.rekam(&by_whom).unwrap().done().unwrap();
    assert!(!town.rekam(&by_whom).unwrap().is_good, "nothing is pending any more");
    deliver(town);
    at_office(town, pending, "state", &"opened".into());
    assert!(town.office("packet list --waiting").unwrap().done().unwrap().is_empty());
    assert_eq!(page(town, pending)["tasks"], Value::Array(Vec::new()));
}

fn a_mistake_is_withdrawn_and_made_again(town: &Town, mistaken: &Made) {
    let case = &mistaken.case;
    town.rekam(&format!("case withdraw {case} --reason wrong_data --data @station")).unwrap().done().unwrap();
    deliver(town);
    at_office(town, mistaken, "is_withdrawn", &true.into());
    let shown = page(town, mistaken);
    assert_eq!(shown["states"]["recording"], "Withdrawn");
    assert_eq!(shown["withdrawn_by"], "pengawas");

    let again = town.rekam(&format!("case again {case} --data @station --json")).unwrap().done().unwrap();
    // A day with nobody new serves whoever was left.
    town.day("station", 0, seed()).unwrap();
    let fresh = made(town).pop().unwrap();
    assert_eq!(again[0]["case"], fresh.case.as_str());
    assert_eq!(town.packets("station").unwrap().pop().unwrap()["supersedes"], mistaken.packet.as_str());
    deliver(town);
    at_office(town, &fresh, "state", &"opened".into());
    at_office(town, mistaken, "is_superseded", &true.into());
    let old = town.packets("station").unwrap();
    let old = old.iter().find(|row| row["packet"] == mistaken.packet.as_str()).unwrap();
    assert_eq!(old["state"], "Superseded");
}
