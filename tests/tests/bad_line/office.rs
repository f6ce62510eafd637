//! The office's own program at the far end of a line, and a station that it has admitted.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use rekam_domain::packet::PacketState;
use rekam_link::{Identity, LinkConfig};
use rekam_packet::PublicKey;
use rekam_packet::notice::{Bundle, Done as Word, Hour, Payload as _, Receipt};
use rekam_receiver::admission::{AdmissionRequest, Terms, make_bundle};
use rekam_receiver::office::{First, Office as Founded};
use rekam_sync::{
    Done, Forged, ItemSnapshot, Kind, Part, PartSnapshot, ReceiptVerdict, RefusalClass, Signed, Upload,
    Verify,
};
use rekam_tests::bad_line::BadLine;
use rekam_tests::program::built;
use tempfile::TempDir;
use uuid::Uuid;

use crate::seal::Desk as Sealer;

const PORT: u16 = 8443;

pub(crate) struct Office {
    folder: TempDir,
    child: Child,
    /// How the station reaches it.
    pub(crate) link: LinkConfig,
    key: PublicKey,
    sealer: Sealer,
}

/// What is to be delivered.
pub(crate) struct Queue {
    pub(crate) items: Vec<ItemSnapshot>,
    pub(crate) contents: BTreeMap<Upload, Vec<u8>>,
    pub(crate) bytes: u64,
}

impl Office {
    /// Founds one, admits a station, and starts the program.
    pub(crate) fn open(line: &BadLine) -> Result<Self> {
        let folder = TempDir::new()?;
        let first = First { name: Some("disdukcapil-contoh"), passphrase: Some("kata sandi"), escrow: None };
        let office = Founded::open(folder.path(), &first)?;
        let sealer = Sealer::new("desk-1", 11, &office.keys.recipients()?);
        let request = AdmissionRequest::read(&sealer.request()).context("its own request")?;
        office
            .ledger
            .write(|view| view.add_station(&request.station, request.signing, request.transport, 0))?;
        let address = format!("https://{}", line.office(PORT));
        let terms = Terms {
            addresses: vec![address.clone()],
            profile: "[profile]\n".into(),
            roles: vec![],
            numbers: vec![],
            days: 30,
        };
        let key = office.public_key();
        let bundle = Bundle::verify_by(&make_bundle(&office, &sealer.id, &terms)?, [&key])?;
        drop(office);
        let certificates: Vec<Vec<u8>> = bundle.certificates.iter().map(|one| one.to_vec()).collect();
        let link = LinkConfig {
            addresses: vec![address],
            office_root: certificates.last().context("a chain")?.clone(),
            identity: Some(Identity { certificates, transport_seed: sealer.transport.to_bytes().into() }),
            proxy: None,
        };
        let child = start(line, folder.path().to_owned())?;
        Ok(Self { folder, child, link, key, sealer })
    }

    /// Seals so many packets with a photo of so many bytes, and as many large pages.
    pub(crate) fn queue(&mut self, count: usize, photo_bytes: usize, pages: usize) -> Queue {
        let photo: Vec<u8> = (0..photo_bytes).map(|place| (place * 31 + place / 251) as u8).collect();
        self.sealer.pages.extend(vec![photo.clone(); pages]);
        let mut queue = Queue { items: Vec::new(), contents: BTreeMap::new(), bytes: 0 };
        for _ in 0..count {
            let sealed = self.sealer.seal_raw(&photo);
            let id = Uuid::parse_str(&sealed.id.to_string()).unwrap();
            let names =
                [rekam_packet::Upload::Facts, rekam_packet::Upload::Images, rekam_packet::Upload::Documents];
            for (part, name) in Part::ALL.iter().zip(names) {
                queue.contents.insert(Upload { item: id, part: *part }, sealed.upload(name).to_vec());
            }
            let parts = Part::ALL.iter().map(|part| {
                let length = queue.contents[&Upload { item: id, part: *part }].len() as u64;
                PartSnapshot { part: *part, length, is_done: false }
            });
            queue.items.push(ItemSnapshot {
                id,
                kind: Kind::Packet,
                counter: i64::try_from(sealed.outline.manifest.counter).unwrap(),
                is_urgent: false,
                manifest_hash: *sealed.outline.manifest_hash.as_bytes(),
                blob_count: u32::try_from(sealed.outline.manifest.blobs.len()).unwrap(),
                state: PacketState::Queued,
                parts: parts.collect(),
                was_tried: false,
                is_approval_pending: false,
                signed: Vec::new(),
            });
            queue.bytes += sealed.bytes.len() as u64;
        }
        queue
    }

    /// Who checks what the office signs.
    pub(crate) fn verify(&self) -> Verify {
        let key = self.key;
        Verify::new(move |bytes| {
            if let Ok(hour) = Hour::verify_by(bytes, [&key]) {
                return Ok(Signed::Hour { time_ms: hour.at_ms });
            }
            let receipt = Receipt::verify_by(bytes, [&key]).map_err(|_| Forged)?;
            Ok(Signed::Receipt(ReceiptVerdict {
                packet: Uuid::parse_str(&receipt.packet_id.to_string()).map_err(|_| Forged)?,
                manifest_hash: *receipt.manifest.as_bytes(),
                blob_count: receipt.blobs.into(),
                done: match receipt.done {
                    Word::Stored => Done::Stored,
                    Word::OpenedAndVerified => Done::Opened,
                    Word::Refused { word, .. } => {
                        Done::Refused { class: RefusalClass::NeedsHuman, reason: word }
                    }
                },
                position: receipt.position,
                time_ms: receipt.at_ms,
            }))
        })
    }

    /// Ends it, and reads its ledger: every packet once, and whole.
    pub(crate) fn check(mut self, queue: &Queue) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        let office = Founded::open(self.folder.path(), &First::default())?;
        let rows = office.ledger.read(|view| view.packets(None, None, 1000))?;
        ensure!(rows.len() == queue.items.len(), "{} of {} packets", rows.len(), queue.items.len());
        let (_, findings) = rekam_receiver::check::check(&office)?;
        ensure!(findings.is_empty(), "{findings:?}");
        Ok(())
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts the program at the far end and waits until it listens.
fn start(line: &BadLine, folder: PathBuf) -> Result<Child> {
    let program = built("rekam-receiver")?;
    let mut child = line.at_office(|| {
        Command::new(program)
            .args(["serve", "--listen", &line.office(PORT), "--data"])
            .arg(&folder)
            .stderr(Stdio::piped())
            .spawn()
    })??;
    let mut said = BufReader::new(child.stderr.take().context("its log")?);
    let mut first = String::new();
    while !first.contains("\"listening\"") {
        first.clear();
        ensure!(said.read_line(&mut first)? > 0, "the office does not listen");
    }
    // A log that nobody reads would hold the program up.
    std::thread::spawn(move || said.lines().map_while(Result::ok).for_each(drop));
    Ok(child)
}
