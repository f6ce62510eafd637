//! The end of a recording: everything in the journal becomes one signed and sealed packet.
//!
//! The packet's file is on the disk, read back and opened by the office's own check, before the step is promised. The
//! promise in the database comes next, and the place in the outbox last: a packet that a power cut left between the two
//! is taken up by the next sign-in; a file without a promise was never told to anybody and goes.

mod approval;
mod contents;
mod refill;
mod signer;
mod waiting;

use std::fs::{self, File};
use std::io::{BufReader, Read as _};
use std::path::Path;

use rekam_domain::audit::AuditEvent;
use rekam_domain::case::{Case, CaseException, Decision};
use rekam_domain::packet::PacketState;
use rekam_packet::{
    Building, Clock, ClockTrust, Digest, Facts, KeyTrust, PacketId, PersonRef, Place, PlaceAbsence,
    ProfileRef, SealError, StationRef, Trust, Upload, VerifyError, read_outline, seal,
};
use rekam_store::outbox::SealedPacketRow;
use rekam_store::{CaseRow, Hash, PacketRow, StepRow, StoreError, Uuid, Writing};
use rekam_sync::{Part, PartSnapshot};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::arrival::standing;
use crate::disk::Room;
use crate::office::Office;
use crate::problem::{Code, Problem};
use crate::station::Station;
use contents::Contents;
pub(crate) use signer::{PersonSigner, StationSigner, public};

/// Folder of the packets in the station's folder.
pub(crate) const PACKETS_FOLDER: &str = "packets";
/// Ending of a packet's file.
const ENDING: &str = "rekam";
/// Ending of a packet that was put aside.
const ASIDE: &str = "aside";
/// Ending of a packet that is being written.
const DRAFT: &str = "draft";
/// Ending of the encrypted parts before the manifest is signed.
const PARTS: &str = "parts";
/// Why a packet waits without being sealed.
const NO_OFFICE: &str = "no_office";
/// Why a packet that was sealed is built once more: its file or its place in the chain is lost, and it never left.
const FILE_LOST: &str = "file_lost";
/// Stands for the packet before where nobody here knows it: only the first packet of a station may name none.
const UNKNOWN_BEFORE: &[u8] = b"rekam/v1/unknown-packet-before";
/// Packets taken up in one go after a start.
const SETTLED_MAX: u32 = 10_000;

impl Station {
    /// Gives the recording the name of its packet, so that an approval can name it.
    pub(crate) fn reserve_packet(&self, writing: &mut Writing<'_>, case: Uuid) -> Result<(), Problem> {
        let waits = |packet: &PacketRow| packet.state == PacketState::Building;
        if writing.list_packets_of(case)?.iter().any(waits) {
            return Ok(());
        }
        let now = self.now();
        Ok(writing.insert_packet(&PacketRow {
            id: self.fresh_id(now)?,
            case,
            state: PacketState::Building,
            hash: Hash([0; 32]),
            path: String::new(),
            size: 0,
            reason: String::new(),
            last_step: 0,
            supersedes: None,
            sealed_ms: now,
            changed_ms: now,
        })?)
    }

    /// Builds, signs, seals and proves the packet of a recording, inside the promise that calls it finished.
    pub(crate) fn seal_packet(
        &self,
        writing: &mut Writing<'_>,
        row: &CaseRow,
        case: &Case,
        steps: &[StepRow],
    ) -> Result<(), Problem> {
        let (mut packet, replaced) = self.packet_to_build(writing, row.id, steps)?;
        let Some(office) = self.pinned_office_by(writing)? else {
            // Nothing is lost: it is sealed as soon as the office has admitted this station.
            writing.mark_packet(packet.id, PacketState::Building, NO_OFFICE, self.now())?;
            return Ok(());
        };
        let folder = self.folder().join(PACKETS_FOLDER);
        fs::create_dir_all(&folder).map_err(|error| refused_by_disk("create", &error))?;
        let place = folder.join(format!("{}.{ENDING}", packet.id));
        let supersedes = replaced.as_ref().map(|replaced| packet_id(replaced.id)).transpose()?;
        let contents = Contents { station: self, writing, row, case, steps, packet: packet.id, supersedes };
        let sealed = self.write_packet(&office, &contents, &place)?;
        packet.hash = sealed.hash;
        packet.size = sealed.size;
        packet.path = format!("{PACKETS_FOLDER}/{}.{ENDING}", packet.id);
        packet.state = PacketState::Sealed;
        packet.sealed_ms = self.now();
        packet.changed_ms = packet.sealed_ms;
        packet.last_step = last_step(steps);
        packet.supersedes = replaced.as_ref().map(|replaced| replaced.id);
        writing.mark_packet_sealed(&packet)?;
        if let Some(replaced) = &replaced {
            self.supersede(writing, row.id, replaced)?;
        }
        let fields = json!({"packet": packet.id.to_string(), "hash": sealed.manifest.hex(), "counter": sealed.counter});
        self.audit(writing, AuditEvent::PacketSealed, row.id, fields)
    }

    /// The packet this recording becomes, and the one it replaces. A station that was given back from a mirror can
    /// have sealed the recording before: that packet may be on its way, so the new one has a name of its own.
    fn packet_to_build(
        &self,
        writing: &mut Writing<'_>,
        case: Uuid,
        steps: &[StepRow],
    ) -> Result<(PacketRow, Option<PacketRow>), Problem> {
        self.reserve_packet(writing, case)?;
        let packet = building(writing, case)?;
        let outbox = self.outbox().ok_or_else(|| Problem::new(Code::DiskRefused).with("file", "outbox"))?;
        let known = match outbox.read(|reading| reading.get_packet(packet.id)) {
            Ok(known) => known,
            Err(StoreError::NotFound { .. }) => {
                let replaced = Self::packet_replaced(writing, case)?;
                return Ok((packet, replaced));
            }
            Err(error) => return Err(error.into()),
        };
        writing.mark_packet_sealed(&PacketRow {
            hash: known.hash,
            path: known.path,
            size: known.size,
            last_step: last_step(steps),
            sealed_ms: known.sealed_ms,
            changed_ms: self.now(),
            ..packet.clone()
        })?;
        // What the office has said of it was kept when it arrived; the outbox will not tell it twice.
        let receipts = writing.list_receipts(packet.id)?;
        let (state, reason) = standing(known.state, &known.reason, &receipts, false);
        writing.mark_packet(packet.id, state, reason, known.changed_ms)?;
        self.reserve_packet(writing, case)?;
        Ok((building(writing, case)?, Some(writing.get_packet(packet.id)?)))
    }

    fn write_packet(
        &self,
        office: &Office,
        contents: &Contents<'_, '_>,
        place: &Path,
    ) -> Result<Sealed, Problem> {
        let (draft, parts) = (place.with_extension(DRAFT), place.with_extension(PARTS));
        let done = self.write_draft(office, contents, &draft, &parts).map_err(|problem| {
            // The package that encrypts tells of a full disk in words only; the disk is asked itself, before the draft
            // is removed.
            let is_full = problem.code == Code::DiskRefused && Room::Disk.free_mb(self.folder()) == Some(0);
            if is_full { Problem::new(Code::DiskFull) } else { problem }
        });
        // Encrypted parts without a manifest are of no use to anybody.
        let _ = fs::remove_file(&parts);
        let sealed = done.inspect_err(|_| drop(fs::remove_file(&draft)))?;
        fs::rename(&draft, place).map_err(|error| refused_by_disk("rename", &error))?;
        let folder = place.parent().unwrap_or(place);
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| refused_by_disk("sync", &error))?;
        Ok(sealed)
    }

    fn write_draft(
        &self,
        office: &Office,
        contents: &Contents<'_, '_>,
        draft: &Path,
        parts: &Path,
    ) -> Result<Sealed, Problem> {
        let to = office.bundle.recipients().ok_or_else(|| Problem::new(Code::BundleRefused))?;
        let facts = self.packet_facts(contents)?;
        let counter = facts.counter;
        let mut building = Building::begin(facts, contents.recording()?, &to, scratch(parts)?);
        contents.add_to(&mut building)?;
        let mut file = scratch(draft)?;
        let (station, person) = (StationSigner(self.opened()?), PersonSigner(self.person()?));
        let opened = seal(building, &station, &person, &mut file).map_err(why)?;
        file.sync_all().map_err(|error| refused_by_disk("sync", &error))?;
        let size = file.metadata().map_err(|error| refused_by_disk("read", &error))?.len();
        Ok(Sealed {
            hash: file_hash(draft)?,
            manifest: Hash(*opened.outline.manifest_hash.as_bytes()),
            counter,
            size: i64::try_from(size).unwrap_or(i64::MAX),
        })
    }

    fn packet_facts(&self, contents: &Contents<'_, '_>) -> Result<Facts, Problem> {
        let now = self.now();
        let outbox = self.outbox().ok_or_else(|| Problem::new(Code::DiskRefused).with("file", "outbox"))?;
        let chain = outbox.read(|reading| reading.get_packet_chain())?;
        let waits = |exception: &CaseException| exception.decision == Decision::Deferred;
        let person = self.person()?;
        Ok(Facts {
            packet_id: packet_id(contents.packet)?,
            station: StationRef {
                id: self.station_id().to_owned(),
                key: self.station_key()?,
                trust: self.key_trust(),
            },
            operator: PersonRef {
                account: person.account().as_str().to_owned(),
                key: signer::public(person.public_key()),
                trust: self.key_trust(),
            },
            approvals: contents.approvals()?,
            approval_pending: contents.exceptions().any(waits),
            profile: ProfileRef {
                id: contents.row.profile_id.clone(),
                version: contents.row.profile_version.to_string(),
            },
            counter: u64::try_from(chain.counter + 1).unwrap_or(u64::MAX),
            previous: if chain.counter > 0 && chain.manifest_hash == Hash([0; 32]) {
                // A station from a copy that was made before its first packet.
                Digest::of(UNKNOWN_BEFORE)
            } else {
                Digest::from_bytes(chain.manifest_hash.0)
            },
            clock: Clock { wall_ms: now, trust: self.clock_of_packet(contents)? },
            place: Place::Absent(PlaceAbsence::NotFitted),
            software: format!("rekam {}", env!("CARGO_PKG_VERSION")),
            supersedes: contents.supersedes,
        })
    }

    /// Where the private halves lie: what the station shows, and what it writes into packets.
    pub(crate) fn key_trust(&self) -> KeyTrust {
        match self.ring().trust_level() {
            rekam_keys::TrustLevel::Hardware => KeyTrust::Hardware,
            _ => KeyTrust::Software,
        }
    }

    fn clock_of_packet(&self, contents: &Contents<'_, '_>) -> Result<ClockTrust, Problem> {
        use rekam_domain::clock_trust::ClockTrust as Here;
        let office_ms = contents.writing.get_office_time()?.office_ms;
        let days_max = i64::from(self.profile().sync.max_offline_days.unwrap_or(CLOCK_DAYS_MAX));
        let is_fresh = office_ms > 0 && self.now() - office_ms <= days_max * 86_400_000;
        Ok(match self.clock_trust() {
            Here::Steady if is_fresh => ClockTrust::Trusted,
            Here::Steady => ClockTrust::Unchecked,
            Here::SetBack | Here::SetForward | Here::Unsure => ClockTrust::Doubtful,
        })
    }

    /// Puts packets that are promised into the outbox. Before the next one is sealed it is done, for the next one names
    /// this one.
    pub(crate) fn settle_packets(&mut self) -> Result<(), Problem> {
        for packet in self.queue_promised()? {
            self.build_again(&packet)?;
        }
        Ok(())
    }

    /// Queues the packets that are promised, and answers those that cannot be: the file is damaged or gone, or the chain
    /// has gone on without them since a station was given back from a copy.
    pub(crate) fn queue_promised(&self) -> Result<Vec<PacketRow>, Problem> {
        let sealed = self.store()?.read(|reading| reading.list_packets(PacketState::Sealed, SETTLED_MAX))?;
        if sealed.is_empty() {
            return Ok(Vec::new());
        }
        let outbox = self.outbox().ok_or_else(|| Problem::new(Code::DiskRefused).with("file", "outbox"))?;
        let (mut rows, mut lost) = (Vec::new(), Vec::new());
        for packet in sealed {
            match outbox.read(|reading| reading.get_packet(packet.id)) {
                Ok(_) => {}
                Err(StoreError::NotFound { .. }) => match self.queued(&packet) {
                    Ok(row) => rows.push((row, packet)),
                    Err(problem) if problem.code == Code::FileDamaged => lost.push(packet),
                    Err(problem) => return Err(problem),
                },
                Err(error) => return Err(error.into()),
            }
        }
        rows.sort_by_key(|(row, _)| row.counter);
        for (row, packet) in rows {
            let is_queued = outbox.write(|writing| {
                let next = writing.reading().get_packet_chain()?.counter + 1;
                // Numbers in between belong to packets that this outbox, being from a copy, does not know.
                writing.skip_packet_numbers(row.counter - next)?;
                if row.counter >= next { writing.insert_packet(&row).map(|()| true) } else { Ok(false) }
            })?;
            if !is_queued {
                lost.push(packet);
            }
        }
        self.wake_delivery();
        Ok(lost)
    }

    /// A promised packet that cannot be queued never left: everything it held is in the journal.
    fn build_again(&mut self, packet: &PacketRow) -> Result<(), Problem> {
        put_aside(&self.folder().join(&packet.path))?;
        let id = packet.id;
        self.promise(|station, writing| {
            Ok(writing.mark_packet(id, PacketState::Building, FILE_LOST, station.now())?)
        })
    }

    /// What is in the outbox is known to be there with the next promise.
    pub(crate) fn mark_settled(&self, writing: &mut Writing<'_>) -> Result<(), Problem> {
        let Some(outbox) = self.outbox() else { return Ok(()) };
        for packet in writing.list_packets(PacketState::Sealed, SETTLED_MAX)? {
            if outbox.read(|reading| reading.get_packet(packet.id)).is_ok() {
                writing.mark_packet(packet.id, PacketState::Queued, "", self.now())?;
            }
        }
        Ok(())
    }

    /// Clears away what was written for packets that were never promised: drafts go, a finished packet that neither
    /// database knows is put aside, for it may be all that is left of a lost database.
    pub(crate) fn clear_drafts(&self) -> Result<(), Problem> {
        let folder = self.folder().join(PACKETS_FOLDER);
        let Ok(entries) = fs::read_dir(&folder) else { return Ok(()) };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            match path.extension().and_then(|end| end.to_str()) {
                Some(DRAFT | PARTS) => {
                    fs::remove_file(&path).map_err(|error| refused_by_disk("remove", &error))?;
                }
                Some(ENDING) if !self.is_promised(&path)? => put_aside(&path)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn is_promised(&self, path: &Path) -> Result<bool, Problem> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let Ok(id) = name.parse::<Uuid>() else { return Ok(true) };
        let in_outbox =
            self.outbox().is_none_or(|outbox| outbox.read(|reading| reading.get_packet(id)).is_ok());
        let known = self.store()?.read(|reading| match reading.get_packet(id) {
            Ok(packet) => Ok(packet.state != PacketState::Building),
            Err(StoreError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        })?;
        Ok(in_outbox || known)
    }

    /// The place of a packet in the outbox, read from its own file. A file that is gone or changed is damaged; one that
    /// the disk does not give now is asked for again later.
    fn queued(&self, packet: &PacketRow) -> Result<SealedPacketRow, Problem> {
        let damaged = || Problem::new(Code::FileDamaged).with("file", &packet.path);
        let unread = |error: &std::io::Error| Problem::of_disk("read", &packet.path, error);
        let file = File::open(self.folder().join(&packet.path)).map_err(|error| {
            if error.kind() == std::io::ErrorKind::NotFound { damaged() } else { unread(&error) }
        })?;
        let trust = Trust::default().with_station(self.station_id(), self.station_key()?);
        let outline = read_outline(&mut BufReader::new(file), &trust).map_err(|error| match error {
            VerifyError::Refused(_) => damaged(),
            VerifyError::Io(error) => unread(&error),
        })?;
        let part = |part, upload| PartSnapshot { part, length: outline.upload_bytes(upload), is_done: false };
        Ok(SealedPacketRow {
            id: packet.id,
            counter: i64::try_from(outline.manifest.counter).unwrap_or(i64::MAX),
            manifest_hash: Hash(*outline.manifest_hash.as_bytes()),
            blob_count: u32::try_from(outline.manifest.blobs.len()).unwrap_or(u32::MAX),
            path: packet.path.clone(),
            hash: packet.hash,
            size: packet.size,
            parts: [
                part(Part::Facts, Upload::Facts),
                part(Part::Images, Upload::Images),
                part(Part::Documents, Upload::Documents),
            ],
            is_urgent: false,
            is_approval_pending: outline.manifest.approval_pending,
            state: PacketState::Queued,
            reason: String::new(),
            attempts: 0,
            sealed_ms: packet.sealed_ms,
            delivered_ms: None,
            changed_ms: packet.changed_ms,
            change: 0,
        })
    }
}

/// How much of a packet is in memory at once.
const CHUNK_BYTES: usize = 64 * 1024;
/// Days without the office after which a clock counts as unchecked, where the profile names none.
const CLOCK_DAYS_MAX: u32 = 7;

/// A packet that was written and proven.
struct Sealed {
    hash: Hash,
    manifest: Hash,
    counter: u64,
    size: i64,
}

/// Nothing that was sealed is deleted here; it gets an ending that nobody reads.
fn put_aside(path: &Path) -> Result<(), Problem> {
    match fs::rename(path, path.with_extension(ASIDE)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(refused_by_disk("rename", &error)),
        _ => Ok(()),
    }
}

fn building(writing: &Writing<'_>, case: Uuid) -> Result<PacketRow, Problem> {
    let waits = |packet: &PacketRow| packet.state == PacketState::Building;
    writing.list_packets_of(case)?.into_iter().find(waits).ok_or_else(|| Problem::new(Code::OurMistake))
}

fn last_step(steps: &[StepRow]) -> i64 {
    steps.iter().map(|step| step.sequence).max().unwrap_or(0)
}

pub(crate) fn packet_id(id: Uuid) -> Result<PacketId, Problem> {
    PacketId::from_bytes(*id.as_bytes()).ok_or_else(|| Problem::new(Code::OurMistake))
}

fn scratch(path: &Path) -> Result<File, Problem> {
    let mut options = File::options();
    let opened = options.read(true).write(true).create(true).truncate(true).open(path);
    opened.map_err(|error| refused_by_disk("create", &error))
}

fn file_hash(path: &Path) -> Result<Hash, Problem> {
    let read = |error: std::io::Error| refused_by_disk("read", &error);
    let mut file = File::open(path).map_err(read)?;
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk).map_err(read)? {
            0 => return Ok(Hash(hash.finalize().into())),
            count => hash.update(chunk.get(..count).unwrap_or_default()),
        }
    }
}

/// What the office would refuse is refused at the desk, by name.
fn why(error: SealError) -> Problem {
    match error {
        SealError::WouldBeRefused(refusal) => {
            let (depth, word) = refusal.words();
            refused_by_office(depth, word)
        }
        SealError::PartTooLarge => refused_by_office("open", "part_too_large"),
        SealError::Signer(_) => Problem::new(Code::SignInFirst),
        SealError::Io(error) => refused_by_disk("write", &error),
    }
}

/// With the sentence that says what is wrong with it.
fn refused_by_office(depth: &str, word: &str) -> Problem {
    let why = format!("packet.{depth}.{word}");
    Problem::new(Code::PacketRefused).with("depth", depth).with("word", word).with("why", why)
}

fn refused_by_disk(operation: &'static str, error: &std::io::Error) -> Problem {
    Problem::of_disk(operation, PACKETS_FOLDER, error)
}

#[cfg(test)]
mod tests;
