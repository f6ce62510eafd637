//! The office of the demonstration really receives what a demonstration station sealed, and sees what one that was
//! withdrawn still owes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in the functions it shares")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rekam_link::{Event, Fetch, Fetched, Identity, Link, LinkConfig};
use rekam_packet::demonstration as known;
use rekam_packet::notice::Bundle;
use rekam_receiver::demonstration::{identities, office};
use rekam_receiver::embedded::Embedded;
use rekam_receiver::ingest::settle_file;
use rekam_receiver::opening::open_waiting;
use rekam_receiver::serving::Wish;
use rekam_sync::{Exchange, Request};
use rekam_tests::program::{built, rekam, run};
use serde_json::Value;

/// A demonstration station after a short day.
fn after_a_day() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    day(folder.path());
    folder
}

fn day(data: &Path) {
    let data = data.to_str().unwrap();
    let answer = rekam(&["day", "--data", data, "--people", "6", "--images", "tiny", "--json"]).unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
}

/// The packets of a station, the first one first.
fn packets(data: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(data.join("packets")).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|end| end == "rekam")).collect();
    found.sort();
    assert!(found.len() >= 2, "{found:?}");
    found
}

fn admission(data: &Path) -> Vec<u8> {
    fs::read(data.join("office.bundle")).unwrap()
}

fn wish() -> Wish {
    Wish {
        listen: "127.0.0.1:0".parse().unwrap(),
        names: Vec::new(),
        identities: identities(),
        requests_per_second: 1_000,
        page_token: "peragaan".to_owned(),
    }
}

/// The line of this station, as its delivery makes it.
fn line(data: &Path, address: &str) -> (Link, Receiver<Event>) {
    let bundle = Bundle::read_self_signed(&admission(data)).unwrap();
    let key = rekam_keys::TransportKey::read(&data.join("keys")).unwrap().unwrap();
    let certificates: Vec<Vec<u8>> = bundle.certificates.iter().map(|der| der.to_vec()).collect();
    let config = LinkConfig {
        addresses: vec![address.to_owned()],
        office_root: certificates.last().unwrap().clone(),
        identity: Some(Identity { certificates, transport_seed: *key.line_seed() }),
        proxy: None,
    };
    let (tell, events) = channel();
    let no_upload = |_, _| Err(std::io::ErrorKind::NotFound.into());
    let link = Link::start(&config, no_upload, move |event| _ = tell.send(event)).unwrap();
    (link, events)
}

fn next(events: &Receiver<Event>) -> Event {
    loop {
        let event = events.recv_timeout(Duration::from_secs(20)).unwrap();
        if !matches!(event, Event::Connected { .. } | Event::Progress { .. }) {
            return event;
        }
    }
}

fn probe() -> Exchange {
    Exchange { id: 1, request: Request::Probe { nonce: 7 }, bytes_per_second_max: None }
}

#[test]
fn the_demonstration_office_knows_its_station_on_the_line_and_opens_its_packets() {
    let station = after_a_day();
    let data = station.path();
    let office = Arc::new(office(&data.join("office"), &[admission(data)]).unwrap());
    let embedded = Embedded::start(Arc::clone(&office), wish()).unwrap();
    let address = format!("https://{}", embedded.address());
    let (link, events) = line(data, &address);
    link.carry(probe());
    let event = next(&events);
    let is_ours =
        matches!(&event, Event::Answer { answer, .. } if (answer.status, answer.nonce) == (200, Some(7)));
    assert!(is_ours, "{event:?}");
    link.fetch(Fetch::Bundle { held: None });
    let event = next(&events);
    assert!(matches!(&event, Event::Fetched { fetched: Fetched::Bundle(_), .. }), "{event:?}");

    let id = Bundle::read_self_signed(&admission(data)).unwrap().station;
    for packet in packets(data).iter().skip(1) {
        settle_file(&office, &id, || File::open(packet)).unwrap().unwrap();
    }
    let kept = packets(data).len() - 1;
    open_waiting(&office, &identities()).unwrap();
    let standing = office.ledger.read(|view| view.standing(&id)).unwrap().unwrap();
    assert_eq!((standing.chain.packets, standing.chain.missing.as_slice()), (kept as u64, [1].as_slice()));
    assert_eq!((standing.stored, standing.refused.len()), (0, 0), "{standing:?}");
    assert!(standing.station.seen_ms > 0);

    let folder = data.join("office");
    let ask = |words: &[&str]| {
        let data = ["--data", folder.to_str().unwrap(), "--json"];
        let answer = run("rekam-receiver", &[words, &data].concat()).unwrap();
        assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
        serde_json::from_slice::<Value>(&answer.stdout).unwrap()
    };
    ask(&["station", "revoke", &id, "--why", "uji"]);
    let shown = ask(&["station", "show", &id]);
    assert_eq!(shown["station"]["revoked_after"], shown["chain"]["last_counter"]);
    assert_eq!(
        (&shown["chain"]["missing"][0], &shown["highest_counter"]),
        (&Value::from(1), &shown["chain"]["last_counter"])
    );
    link.carry(probe());
    let event = next(&events);
    assert!(matches!(&event, Event::Answer { answer, .. } if answer.is_revoked), "{event:?}");
    drop(link);
    embedded.stop().unwrap();
}

#[test]
fn the_demonstration_office_is_served_by_its_program_for_one_station_alone() {
    let (station, other, place) = (after_a_day(), after_a_day(), tempfile::tempdir().unwrap());
    let folder = place.path().join("office");
    let bundle = station.path().join("office.bundle");
    let mut served = Command::new(built("rekam-receiver").unwrap())
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(&folder)
        .arg("--demonstration")
        .arg(&bundle)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(served.stderr.take().unwrap()).lines();
    let said: Value = lines
        .find_map(|line| {
            let said: Value = serde_json::from_str(&line.unwrap()).unwrap();
            (said["event"] == "listening").then_some(said)
        })
        .unwrap();
    assert_eq!((&said["office"], &said["demonstration"]), (&Value::from(known::OFFICE), &Value::Bool(true)));
    let (link, events) = line(station.path(), &format!("https://{}", said["address"].as_str().unwrap()));
    link.carry(probe());
    assert!(matches!(next(&events), Event::Answer { answer, .. } if answer.status == 200));
    drop(link);
    served.kill().unwrap();
    served.wait().unwrap();

    assert!(office(&folder, &[admission(station.path())]).is_ok(), "twice is once");
    assert!(office(&folder, &[admission(other.path())]).is_err(), "two stations with one id");
    let real = place.path().join("real");
    rekam_receiver::office::Office::open(&real, &rekam_receiver::office::First::default()).unwrap();
    assert!(office(&real, &[admission(station.path())]).is_err(), "a real office is left alone");
    day(station.path());
}
