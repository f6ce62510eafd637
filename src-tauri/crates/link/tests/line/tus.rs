//! Our client against the tus server by its own makers, through cuts.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rekam_domain::packet::PacketState;
use rekam_sync::Config;

use crate::desk::{Desk, packet};
use crate::pki::{Authority, Valid};
use crate::road::{Road, Shape};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").canonicalize().unwrap()
}

/// The server of somebody else; its input is held open as long as it is wanted.
struct Peer {
    child: Child,
    address: String,
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

impl Peer {
    fn start(authority: &Authority, folder: &Path) -> Self {
        let prepared = Command::new(root().join("tests/peers/prepare.sh")).status().unwrap();
        assert!(prepared.success(), "the peers are there");
        let pem = |kind: &str, der: &[u8]| {
            let lines = STANDARD.encode(der);
            let lines: Vec<&str> =
                lines.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
            format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", lines.join("\n"))
        };
        let (chain, key) = authority.server_files("rekam-office", &Valid::Now);
        let chain: String = chain.iter().map(|one| pem("CERTIFICATE", one)).collect();
        std::fs::write(folder.join("chain.pem"), chain).unwrap();
        std::fs::write(folder.join("key.pem"), pem("PRIVATE KEY", key.secret_der())).unwrap();
        std::fs::write(folder.join("root.pem"), pem("CERTIFICATE", &authority.root)).unwrap();
        let mut child = Command::new("node")
            .arg(root().join("tests/peers/tus_office.mjs"))
            .arg(root().join("target/peers"))
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Self { child, address: format!("127.0.0.1:{}", port.trim()) }
    }
}

#[test]
fn the_tus_server_gets_every_byte_through_cuts() {
    let folder = tempfile::TempDir::new().unwrap();
    let authority = Authority::new();
    let peer = Peer::start(&authority, folder.path());
    let shape = Shape { bytes_per_second: 1_500_000, round_trip: Duration::from_millis(20) };
    let road = Road::build(shape, &peer.address);
    let link = authority.station(std::slice::from_ref(&road.address));
    let lengths = [10_000, 1_800_000, 700_000];
    let total: u64 = lengths.iter().sum();
    let mut desk = Desk::new(&link, Config::default(), vec![packet(1, &lengths)]);
    std::thread::scope(|scope| {
        let killer = scope.spawn(|| {
            for kill in 1..=3 {
                while road.sent.load(Ordering::Relaxed) < total * kill / 4 {
                    std::thread::sleep(Duration::from_millis(2));
                }
                road.cut(Duration::from_millis(200));
            }
        });
        // This server signs no receipts: a packet of which it says it has every byte waits for one.
        desk.run(Duration::from_secs(60), |desk| {
            desk.contents.keys().all(|upload| desk.engine.state(upload.item) == Some(PacketState::Sent))
        });
        killer.join().unwrap();
    });
    for (upload, bytes) in desk.contents.iter() {
        let name = format!("uploads/{}.{}", upload.item, upload.part.word());
        assert!(std::fs::read(folder.path().join(name)).unwrap() == *bytes, "{upload:?} arrived otherwise");
    }
    assert!(desk.congestion.len() >= 4, "cut three times");
}
