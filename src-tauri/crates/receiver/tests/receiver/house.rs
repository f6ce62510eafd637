//! An office in a folder of its own, served in this process or by the program.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;

use rekam_packet::PublicKey;
use rekam_packet::notice::{Bundle, Payload as _};
use rekam_receiver::admission::{AdmissionRequest, Terms, make_bundle};
use rekam_receiver::office::{First, Office, OfficeError};
use rekam_receiver::serving::{Wish, serve};
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::client::Way;
use crate::desk::Desk;

pub(crate) const PASSPHRASE: &str = "kata sandi uji";
pub(crate) const PAGE_TOKEN: &str = "page-token";

/// An office that is served.
pub(crate) struct House {
    pub(crate) office: Arc<Office>,
    pub(crate) address: SocketAddr,
    _folder: TempDir,
    stop: Option<oneshot::Sender<()>>,
    served: Option<thread::JoinHandle<Result<(), OfficeError>>>,
}

pub(crate) fn found(folder: &Path) -> Office {
    let first = First { name: Some("disdukcapil-contoh"), passphrase: Some(PASSPHRASE), escrow: None };
    Office::open(folder, &first).unwrap()
}

impl House {
    /// An office that keeps packets and opens nothing.
    pub(crate) fn new() -> Self {
        Self::with(false, 1_000_000)
    }

    pub(crate) fn with(opens: bool, requests_per_second: u32) -> Self {
        let folder = TempDir::new().unwrap();
        let office = Arc::new(found(folder.path()));
        let identities = if opens { office.keys.identities(PASSPHRASE).unwrap() } else { Vec::new() };
        let wish = Wish {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            names: Vec::new(),
            identities,
            requests_per_second,
            page_token: PAGE_TOKEN.into(),
        };
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let serving = Arc::clone(&office);
        let served = thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(serve(serving, wish, |address| tell.send(address).unwrap(), async {
                let _ = stopped.await;
            }))
        });
        let address = told.recv().unwrap();
        Self { office, address, _folder: folder, stop: Some(stop), served: Some(served) }
    }

    /// A station that was admitted, and its way to this office.
    pub(crate) fn admit(&self, id: &str, seed: u8) -> (Desk, Way) {
        let desk = Desk::new(id, seed, &self.office.keys.recipients().unwrap());
        let way = admit(&self.office, &desk, self.address);
        (desk, way)
    }

    pub(crate) fn stranger(&self) -> Way {
        Way::new(self.address, self.office.authority.root(), None, self.office.public_key())
    }

    pub(crate) fn stop(&mut self) {
        self.stop.take().map(|stop| stop.send(()));
        if let Some(served) = self.served.take() {
            served.join().unwrap().unwrap();
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.stop();
        }
    }
}

pub(crate) fn terms() -> Terms {
    Terms {
        addresses: vec!["https://127.0.0.1".into()],
        profile: "[profile]\n".into(),
        roles: vec![],
        numbers: vec![],
        days: 365,
    }
}

/// Admits a station by its request, as the command does.
pub(crate) fn admit(office: &Office, desk: &Desk, address: SocketAddr) -> Way {
    let request = AdmissionRequest::read(&desk.request()).unwrap();
    office
        .ledger
        .write(|view| view.add_station(&request.station, request.signing, request.transport, 0))
        .unwrap();
    let bytes = make_bundle(office, &desk.id, &terms()).unwrap();
    way(&bytes, desk, address, office.public_key())
}

/// The way a bundle opens.
pub(crate) fn way(bundle: &[u8], desk: &Desk, address: SocketAddr, office: PublicKey) -> Way {
    let bundle = Bundle::verify_by(bundle, [&office]).unwrap();
    let chain: Vec<Vec<u8>> = bundle.certificates.iter().map(|der| der.to_vec()).collect();
    let root = chain.last().unwrap().clone();
    Way::new(address, &root, Some((&chain, &desk.transport)), office)
}

/// The program itself.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Program {
    /// Starts it and waits until it listens.
    pub(crate) fn start(folder: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rekam-receiver"))
            .args(["serve", "--listen", "127.0.0.1:0", "--requests-per-second", "1000000", "--data"])
            .arg(folder)
            .args(more)
            .env_remove("REKAM_OFFICE_PASSPHRASE")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("it says where it listens").unwrap();
            let said: serde_json::Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
            if said["event"] == "listening" {
                break said["address"].as_str().unwrap().parse().unwrap();
            }
        };
        thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end and says whether it was a good one.
    pub(crate) fn ends_well(mut self) -> bool {
        self.child.wait().unwrap().success()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
