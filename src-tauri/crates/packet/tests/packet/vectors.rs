//! The vectors in `fixtures/packets/v1`: written with `REKAM_BLESS=1`, compared byte for byte, and judged by the library.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use rekam_packet::ledger::{Ledger, Standing, judge};
use rekam_packet::notice::*;
use rekam_packet::*;
use serde_json::{Value, json};

use crate::sample::{ACTIVE_FILE, ESCROW_FILE, SEALED_MS, STATION, STRANGER_FILE, identities, trust};
use crate::{accepted, rejected_inside, rejected_ledger, rejected_notices, rejected_outside};

/// What the office remembers when a vector arrives.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    /// Files received before, in this order.
    pub(crate) received: Vec<String>,
    pub(crate) withdrawn: Vec<String>,
    /// Station and the last number that is still accepted.
    pub(crate) revoked: Vec<(String, u64)>,
}

/// One file with what every reader must say about it.
pub(crate) struct Vector {
    name: String,
    pub(crate) bytes: Vec<u8>,
    /// The ledger's word, or the refusal.
    verdict: Result<&'static str, Refusal>,
    memory: Memory,
}

impl Vector {
    pub(crate) fn accept(name: &str, bytes: Vec<u8>, entry: &'static str, memory: Memory) -> Self {
        Self { name: name.into(), bytes, verdict: Ok(entry), memory }
    }

    pub(crate) fn reject(name: &str, bytes: Vec<u8>, refusal: Refusal) -> Self {
        Self::reject_with(name, bytes, refusal, Memory::default())
    }

    pub(crate) fn reject_with(name: &str, bytes: Vec<u8>, refusal: Refusal, memory: Memory) -> Self {
        Self { name: name.into(), bytes, verdict: Err(refusal), memory }
    }

    pub(crate) fn file(&self) -> String {
        format!("{}.rekam", self.name)
    }

    fn expected(&self) -> Value {
        let (depth, word) = match self.verdict {
            Ok(entry) => ("accept", entry),
            Err(refusal) => refusal.words(),
        };
        let Memory { received, withdrawn, revoked } = &self.memory;
        let revoked: BTreeMap<_, _> = revoked.iter().cloned().collect();
        let ledger = json!({"received": received, "withdrawn": withdrawn, "revoked": revoked});
        json!({"file": self.file(), "depth": depth, "word": word, "ledger": ledger})
    }
}

/// A receipt or another notice.
pub(crate) struct NoticeVector {
    kind: &'static str,
    name: String,
    bytes: Vec<u8>,
    refusal: Option<NoticeRefusal>,
    about: Option<String>,
}

impl NoticeVector {
    pub(crate) fn new(
        kind: &'static str,
        name: &str,
        bytes: Vec<u8>,
        refusal: Option<NoticeRefusal>,
    ) -> Self {
        Self { kind, name: name.into(), bytes, refusal, about: None }
    }

    pub(crate) fn about(mut self, packet: &str) -> Self {
        self.about = Some(packet.into());
        self
    }

    fn expected(&self) -> Value {
        let word = self.refusal.map_or("accept", NoticeRefusal::word);
        json!({"file": format!("{}.cose", self.name), "kind": self.kind, "word": word, "about": self.about})
    }
}

struct All {
    packets: Vec<Vector>,
    notices: Vec<NoticeVector>,
}

fn all() -> All {
    let mut packets = accepted::accepted();
    let notices = rejected_notices::notices(&packets[0], &packets[4]);
    let ledger = rejected_ledger::rejected(&packets);
    packets.extend(rejected_outside::rejected());
    packets.extend(rejected_inside::rejected());
    packets.extend(ledger);
    All { packets, notices }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../fixtures/packets/v1")
}

/// Every file of the folder, by name.
fn files(all: &All) -> BTreeMap<String, Vec<u8>> {
    let identity = |what: &str, key: &str| format!("# TEST KEY, worth nothing: {what}\n{key}\n").into_bytes();
    let expected = json!({
        "now_ms": SEALED_MS,
        "packets": all.packets.iter().map(Vector::expected).collect::<Vec<_>>(),
        "notices": all.notices.iter().map(NoticeVector::expected).collect::<Vec<_>>(),
    });
    let trusted = format!(
        "# TEST KEYS, worth nothing: one office and two stations that do not exist.\n{}",
        trust().write()
    );
    let mut files = BTreeMap::from([
        ("trust.pem".into(), trusted.into_bytes()),
        ("office.key".into(), identity("the office's active age key", ACTIVE_FILE)),
        ("escrow.key".into(), identity("the office's escrow age key", ESCROW_FILE)),
        ("stranger.key".into(), identity("an age key that opens nothing here", STRANGER_FILE)),
        ("expected.json".into(), (serde_json::to_string_pretty(&expected).unwrap() + "\n").into_bytes()),
    ]);
    files.extend(all.packets.iter().map(|vector| (vector.file(), vector.bytes.clone())));
    files.extend(all.notices.iter().map(|vector| (format!("{}.cose", vector.name), vector.bytes.clone())));
    files
}

#[test]
fn vectors_are_what_their_writer_writes() {
    let files = files(&all());
    if std::env::var_os("REKAM_BLESS").is_some() {
        fs::create_dir_all(folder()).unwrap();
        for (name, bytes) in &files {
            fs::write(folder().join(name), bytes).unwrap();
        }
    }
    for (name, bytes) in &files {
        let there = fs::read(folder().join(name)).unwrap_or_default();
        assert!(
            &there == bytes,
            "{name} is not what this program writes; vectors never change once published"
        );
    }
    let there: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(there.iter().all(|name| files.contains_key(name)), "a file nobody writes: {there:?}");
    let total: usize = files.values().map(Vec::len).sum();
    println!("{} files, {total} bytes", files.len());
    assert!(total < 3_000_000);
}

#[test]
fn enough_packets_are_refused_for_every_reason() {
    let all = all();
    let mut names: Vec<&str> = all.packets.iter().map(|vector| vector.name.as_str()).collect();
    names.extend(all.notices.iter().map(|vector| vector.name.as_str()));
    names.dedup();
    let refused: Vec<&Vector> = all.packets.iter().filter(|vector| vector.verdict.is_err()).collect();
    println!("{} packets refused, {} accepted", refused.len(), all.packets.len() - refused.len());
    assert!(refused.len() >= 40);
    let found: BTreeSet<_> =
        refused.iter().filter_map(|vector| vector.verdict.err()).map(Refusal::words).collect();
    let notices: BTreeSet<_> = all.notices.iter().filter_map(|vector| vector.refusal).collect();
    let missing = |depth: &str, words: &[&str]| -> Vec<String> {
        let missing = words.iter().filter(|word| !found.contains(&(depth, *word)));
        missing.map(|word| format!("{depth}.{word}")).collect()
    };
    let words = [
        missing("verify", &VerifyRefusal::ALL.iter().map(|r| r.word()).collect::<Vec<_>>()),
        missing("open", &OpenRefusal::ALL.iter().map(|r| r.word()).collect::<Vec<_>>()),
        missing("ledger", &LedgerRefusal::ALL.iter().map(|r| r.word()).collect::<Vec<_>>()),
    ];
    // Needs a part of 16 MiB; its own test makes one.
    assert_eq!(words.concat(), ["open.part_too_large"]);
    assert!(NoticeRefusal::ALL.iter().all(|refusal| notices.contains(refusal)), "{notices:?}");
}

/// The memory of an office, filled from vectors.
struct Office<'a> {
    memory: &'a Memory,
    manifests: Vec<Manifest>,
}

impl Ledger for Office<'_> {
    fn standing(&self, station: &str) -> Standing {
        let revoked = self.memory.revoked.iter().find(|(id, _)| id == station);
        revoked
            .map_or(Standing::Active, |(_, last_counter)| Standing::Revoked { last_counter: *last_counter })
    }

    fn by_id(&self, packet: PacketId) -> Option<(Digest, String)> {
        let known = self.manifests.iter().find(|manifest| manifest.packet_id == packet)?;
        Some((known.hash(), known.station.id.clone()))
    }

    fn by_counter(&self, station: &str, counter: u64) -> Option<Digest> {
        let mut own = self.manifests.iter().filter(|manifest| manifest.station.id == station);
        own.clone()
            .find(|manifest| manifest.counter == counter)
            .map(Manifest::hash)
            .or_else(|| own.find(|next| next.counter == counter + 1).map(|next| next.previous))
    }

    fn is_withdrawn(&self, packet: PacketId) -> bool {
        self.memory.withdrawn.contains(&packet.to_string())
    }
}

fn office<'a>(memory: &'a Memory, packets: &[Vector]) -> Office<'a> {
    let read = |file: &String| {
        let vector = packets.iter().find(|vector| vector.file() == *file).unwrap();
        read_unverified(&mut vector.bytes.as_slice()).unwrap()
    };
    Office { memory, manifests: memory.received.iter().map(read).collect() }
}

/// All three depths, as an office applies them.
fn judged(bytes: &[u8], office: &Office<'_>) -> Result<&'static str, Refusal> {
    let outline = verify(bytes, &trust()).map_err(|error| error.refusal().unwrap())?;
    let opened =
        open(bytes, &trust(), &identities(), &mut |_| Ok(())).map_err(|error| error.refusal().unwrap())?;
    assert_eq!(opened.outline, outline);
    judge(office, &outline.manifest, outline.manifest_hash).map(ledger::Entry::word).map_err(Refusal::Ledger)
}

#[test]
fn every_vector_gets_its_verdict() {
    let All { packets, .. } = all();
    for vector in &packets {
        let verdict = judged(&vector.bytes, &office(&vector.memory, &packets));
        assert_eq!(verdict, vector.verdict, "{}", vector.name);
    }
}

#[test]
fn what_the_outer_check_refuses_the_opening_refuses_alike() {
    let All { packets, .. } = all();
    for vector in &packets {
        let outside = verify(vector.bytes.as_slice(), &trust()).err().and_then(|error| error.refusal());
        let opened = open(vector.bytes.as_slice(), &trust(), &identities(), &mut |_| Ok(()));
        if let Some(refusal) = outside {
            assert_eq!(opened.err().and_then(|error| error.refusal()), Some(refusal), "{}", vector.name);
        }
    }
}

#[test]
fn every_notice_gets_its_verdict() {
    let All { packets, notices } = all();
    let trust = trust();
    let station = trust.station(STATION);
    for vector in &notices {
        let about = vector.about.as_ref().map(|file| {
            let packet = packets.iter().find(|packet| packet.file() == *file).unwrap();
            verify(packet.bytes.as_slice(), &trust).unwrap()
        });
        let bytes = vector.bytes.as_slice();
        let verdict = match (vector.kind, about) {
            ("receipt", Some(packet)) => {
                let Outline { manifest, manifest_hash, .. } = packet;
                let text = Receipt::from_text(&Receipt::to_text(bytes)).unwrap();
                Receipt::verify_for(&text, trust.office_keys(), manifest.packet_id, manifest_hash).err()
            }
            ("status", None) => StatusEntry::verify(bytes, trust.office_keys()).err(),
            ("withdrawal", None) => Withdrawal::verify(bytes, station).err(),
            ("late-approval", Some(packet)) => LateApproval::verify(bytes, &packet).err(),
            ("provisioning", None) => {
                Bundle::verify(bytes, trust.office_keys()).and_then(|bundle| bundle.expiry(SEALED_MS)).err()
            }
            ("courier", None) => CourierList::verify(bytes, station).err(),
            (kind, _) => panic!("{kind} is no kind of notice"),
        };
        assert_eq!(verdict, vector.refusal, "{}", vector.name);
    }
}

#[test]
fn a_late_approval_closes_what_was_open() {
    let All { packets, notices } = all();
    let opened = open(packets[4].bytes.as_slice(), &trust(), &identities(), &mut |_| Ok(())).unwrap();
    assert_eq!(opened.still_open(&[]).count(), 1);
    let late = notices.iter().find(|notice| notice.name == "accept-late-approval").unwrap();
    let approval = LateApproval::verify(&late.bytes, &opened.outline).unwrap();
    assert_eq!(opened.still_open(&[approval]).count(), 0);
}
