//! A day's packets travel from a station to an office, program to program over mutual TLS, and each arrives once
//! although the office is killed in the middle.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use rekam_cli::day::{Detail, Plan, run_in};
use rekam_core::clock::Clock;
use rekam_core::demonstration;
use rekam_core::station::Station;
use rekam_core::view::SignInRequest;
use rekam_keys::{Cost, KeyRing, TransportKey};
use rekam_packet::{PublicKey, SeedSigner, Signer as _, pem};
use rekam_tests::program::{built, root};
use serde_json::Value;

const PLAN: Plan = Plan { people: 14, seed: 77, detail: Detail::Tiny };
/// Everything takes seconds; a test that hangs ends here.
const SECONDS_MAX: &str = "120";
/// The demonstration office signs with this; a station follows only the office it knows.
const OFFICE_SEED: &[u8; 32] = b"rekam demonstration office key 1";
/// So slow that the office can be killed before all has arrived.
const REQUESTS_PER_SECOND: &str = "12";

/// The office's program, killed at the end.
struct Served {
    child: Child,
    address: SocketAddr,
}

impl Served {
    fn start(office: &Path, listen: &str) -> Self {
        let mut child = Command::new(built("rekam-receiver").unwrap())
            .args(["serve", "--office", "DEMO", "--listen", listen])
            .args(["--requests-per-second", REQUESTS_PER_SECOND, "--data"])
            .arg(office)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = loop {
            let said: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
            if said["event"] == "listening" {
                break said["address"].as_str().unwrap().parse().unwrap();
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn receiver(office: &Path, arguments: &[&str]) -> Output {
    let done = Command::new(built("rekam-receiver").unwrap())
        .args(arguments)
        .args(["--json", "--data"])
        .arg(office)
        .output()
        .unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    done
}

/// What a new station hands in.
fn request(data: &Path, file: &Path) {
    let keys = data.join("keys");
    let signing = KeyRing::open(&keys, Cost::STATION).unwrap().station_key().unwrap();
    let seed = TransportKey::read(&keys).unwrap().unwrap().line_seed();
    let (signing, line) =
        (PublicKey::from_bytes(*signing.as_bytes()), SeedSigner::from_seed(&seed).public_key());
    let (signing, line) = (pem(&signing), pem(&line));
    fs::write(file, format!("station: 630506-DEMO\n{signing}transport: 630506-DEMO\n{line}")).unwrap();
}

/// The demonstration station, admitted by an office of its own that listens at this address.
fn admitted(folder: &Path) -> (PathBuf, PathBuf, String) {
    let (data, office) = (folder.join("station"), folder.join("office"));
    fs::create_dir(&data).unwrap();
    demonstration::set_up(&data, &Clock::System).unwrap();
    let listen = Served::start(&office, "127.0.0.1:0").address.to_string();
    fs::write(office.join("keys/receipt.key"), OFFICE_SEED).unwrap();
    let (asked, given) = (folder.join("request"), folder.join("bundle"));
    request(&data, &asked);
    receiver(&office, &["station", "add", asked.to_str().unwrap()]);
    let profile = root().join("packaging/profiles/tapin-candilarasutara-2023.toml");
    let address = format!("https://{listen}");
    let made = ["bundle", "make", "--station", "630506-DEMO", "--profile", profile.to_str().unwrap()];
    receiver(&office, &[&made[..], &["--address", &address, "--out", given.to_str().unwrap()]].concat());
    let mut station = Station::open(&data, Clock::System).unwrap();
    let shown = demonstration::accounts_shown().into_iter().find(|one| one.account == "pengawas").unwrap();
    let supervisor = SignInRequest { account: shown.account, secret: shown.passphrase };
    station.sign_in(supervisor).unwrap();
    station.take_bundle(&fs::read(given).unwrap(), None).unwrap();
    (data, office, listen)
}

fn deliver(data: &Path) -> Child {
    Command::new(built("rekam").unwrap())
        .args(["deliver", "--until-empty", "--json", "--for", SECONDS_MAX, "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_day_arrives_once_although_the_office_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let (data, office, listen) = admitted(folder.path());
    let recorded = u64::from(run_in(&data, PLAN, &mut |_| Ok(())).unwrap().recorded);
    let mut served = Some(Served::start(&office, &listen));
    let mut delivering = deliver(&data);
    let (mut views, mut waited_at_kill): (Vec<Value>, _) = (Vec::new(), None);
    for line in BufReader::new(delivering.stdout.take().unwrap()).lines() {
        let view: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if waited_at_kill.is_none() && view["delivered_today"].as_u64().unwrap() >= 2 {
            waited_at_kill = view["waiting"].as_u64();
            drop(served.take());
        } else if served.is_none() && view["line"] == "offline" {
            served = Some(Served::start(&office, &listen));
        }
        views.push(view);
    }
    assert!(delivering.wait().unwrap().success(), "{:#?}", views.last());
    assert!(waited_at_kill.is_some_and(|count| count > 0), "the office was killed in the middle: {views:#?}");
    let last = views.last().unwrap();
    assert_eq!((last["waiting"].as_u64(), last["refused"].as_u64()), (Some(0), Some(0)), "{last}");
    assert_eq!(last["delivered_today"].as_u64(), Some(recorded));
    assert!(views.iter().any(|view| view["line"] == "offline" && view["cause"].is_string()), "it was named");

    let listed = String::from_utf8(receiver(&office, &["packet", "list"]).stdout).unwrap();
    assert_eq!(listed.lines().count() as u64, recorded, "each once: {listed}");
    receiver(&office, &["verify-ledger"]);
    assert!(deliver(&data).wait().unwrap().success(), "nothing is left to do");
}
