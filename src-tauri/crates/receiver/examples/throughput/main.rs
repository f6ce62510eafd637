//! Durable 2 MB packets from 16 connections: how many a second, and what each costs the office's processor.
//!
//! `throughput [PACKETS [FOLDER [PEERS]]]` starts the program of this build in a folder below FOLDER and delivers sealed
//! packets to it, outer-verified and receipted as `stored`. With PEERS (`target/peers`) two other servers follow, in the
//! same run. Prints one line of JSON for each.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    dead_code,
    reason = "a measurement ends by panicking, and shares its station with the tests"
)]

#[path = "../../tests/receiver/client.rs"]
mod client;
#[path = "../../tests/receiver/desk.rs"]
mod desk;
mod rival;

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use client::Way;
use desk::Desk;
use rekam_packet::Upload;
use rekam_packet::notice::{Bundle, Done, Payload as _};
use rekam_receiver::admission::{AdmissionRequest, Terms, make_bundle};
use rekam_receiver::office::{First, Office};

const CONNECTIONS: u8 = 16;
const PHOTO_BYTES: usize = 2_000_000;

/// Processor time of a process, in milliseconds.
fn cpu_ms(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = |at: usize| fields[at].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) * 10.0
}

fn main() {
    let packets: usize = std::env::args().nth(1).map_or(25, |count| count.parse().unwrap());
    let place = std::env::args().nth(2).map_or_else(|| PathBuf::from("."), PathBuf::from);
    let folder = tempfile::tempdir_in(&place).unwrap();
    let first = First { name: Some("kantor"), passphrase: Some("uji"), escrow: None };
    let office = Office::open(folder.path(), &first).unwrap();
    let terms = Terms { addresses: vec![], profile: String::new(), roles: vec![], numbers: vec![], days: 30 };
    let mut desks: Vec<(Desk, Bundle)> = (0..CONNECTIONS)
        .map(|seed| {
            let desk = Desk::new(&format!("desk-{seed}"), 30 + seed, &office.keys.recipients().unwrap());
            let asked = AdmissionRequest::read(&desk.request()).unwrap();
            let add = |view: &rekam_receiver::ledger::View<'_>| {
                view.add_station(&asked.station, asked.signing, asked.transport, 0)
            };
            office.ledger.write(add).unwrap();
            let bytes = make_bundle(&office, &desk.id, &terms).unwrap();
            (desk, Bundle::verify_by(&bytes, [&office.public_key()]).unwrap())
        })
        .collect();
    let key = office.public_key();
    drop(office);
    let program = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("rekam-receiver");
    let mut child = Command::new(program)
        .args(["serve", "--listen", "127.0.0.1:0", "--requests-per-second", "100000", "--data"])
        .arg(folder.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let said: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    let address = said["address"].as_str().unwrap().parse().unwrap();
    thread::spawn(move || lines.for_each(drop));

    let photo = vec![7; PHOTO_BYTES];
    let sealed: Vec<Vec<_>> =
        desks.iter_mut().map(|(desk, _)| (0..packets).map(|_| desk.seal_raw(&photo)).collect()).collect();
    let times = Mutex::new(Vec::new());
    let (begun, cpu) = (Instant::now(), cpu_ms(child.id()));
    thread::scope(|scope| {
        for ((desk, bundle), sealed) in desks.iter().zip(&sealed) {
            let chain: Vec<Vec<u8>> = bundle.certificates.iter().map(|der| der.to_vec()).collect();
            let way = Way::new(address, chain.last().unwrap(), Some((&chain, &desk.transport)), key);
            let times = &times;
            scope.spawn(move || {
                let mut line = way.connect().unwrap();
                for packet in sealed {
                    let begun = Instant::now();
                    for part in Upload::ALL {
                        let bytes = packet.upload(*part);
                        let reply = line.create(packet.id, *part, bytes.len(), bytes).unwrap();
                        if *part == Upload::Documents {
                            assert_eq!(reply.receipt(&key).done, Done::Stored);
                        }
                    }
                    times.lock().unwrap().push(begun.elapsed());
                }
            });
        }
    });
    let (wall, cpu) = (begun.elapsed(), cpu_ms(child.id()) - cpu);
    child.kill().unwrap();
    child.wait().unwrap();
    let what = "rekam-receiver, TLS, durable, outer-verified, receipted as stored, three uploads each";
    report(what, times.into_inner().unwrap(), sealed[0][0].bytes.len(), wall, cpu);
    if let Some(peers) = std::env::args().nth(3) {
        for kind in ["put", "tus"] {
            rival::measure(kind, packets, &place, std::path::Path::new(&peers));
        }
    }
}

fn report(what: &str, mut times: Vec<Duration>, bytes: usize, wall: Duration, cpu: f64) {
    times.sort();
    let count = times.len() as f64;
    println!(
        "{}",
        serde_json::json!({
            "what": what,
            "packets": times.len(),
            "packet_bytes": bytes,
            "per_second": (count / wall.as_secs_f64() * 10.0).round() / 10.0,
            "server_cpu_ms_each": (cpu / count * 100.0).round() / 100.0,
            "p99_ms": times[times.len() * 99 / 100].as_millis(),
        })
    );
}
