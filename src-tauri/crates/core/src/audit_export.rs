//! The audit as a file that another computer can check: every entry, every signed day, and the keys they were signed with.
//!
//! One JSON object a line: first whose audit it is, then the entries in order, then the signed days, and last how far it
//! goes, signed by whoever exports, so that nothing can be cut off unseen.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, ErrorKind, Write};
use std::path::Path;

use rekam_domain::audit::AuditEvent;
use rekam_domain::permission::{Operation, Subject};
use rekam_keys::{Context, PublicKey};
use rekam_store::{AuditDayRow, AuditRow, Hash};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::oversight::signed_bytes;
use crate::problem::{Code, Problem};
use crate::station::Station;

/// The shape this program writes and reads.
const VERSION: u32 = 1;
/// Entries read from the database at once.
const ENTRIES_AT_ONCE: u32 = 1_000;
/// A line longer than this was not written by us.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// What was written, or found whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditFile {
    /// The station.
    pub station: String,
    /// Entries.
    pub entries: i64,
    /// Signed ends of days.
    pub days_signed: usize,
    /// Who signed, with the key in hexadecimal digits: to be compared with what the office knows.
    pub signers: Vec<Signer>,
    /// The first thing that does not hold, with its place; nothing if all of it does.
    pub breach: Option<String>,
}

/// Somebody who signed, and a key of theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    /// The account.
    pub account: String,
    /// The public key.
    pub key: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    Audit {
        version: u32,
        station: String,
        signers: Vec<Signer>,
    },
    Entry {
        sequence: i64,
        wall_ms: i64,
        monotonic: i64,
        event: String,
        actor: String,
        subject: String,
        fields: Value,
        previous_hash: String,
        hash: String,
    },
    Day {
        day: String,
        last_sequence: i64,
        hash: String,
        signer: String,
        signature: String,
    },
    End(End),
}

/// The last line: how far the audit goes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    count: i64,
    hash: String,
    station: String,
    signer: String,
    signature: String,
}

impl Station {
    /// Writes the whole audit into a new file, its end signed by whoever asks.
    ///
    /// # Errors
    /// The role does not permit it, the file is there already, or a disk refuses.
    pub fn export_audit(&mut self, to: &Path) -> Result<AuditFile, Problem> {
        self.permit(Operation::Copy, Subject::Audit)?;
        let shown = to.display().to_string();
        let file = File::create_new(to).map_err(|error| {
            if error.kind() == ErrorKind::AlreadyExists {
                Problem::new(Code::FileExists).with("file", &shown)
            } else {
                Problem::of_disk("write", &shown, &error)
            }
        })?;
        let name = to.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let done = self
            .note(AuditEvent::AuditExported, json!({"file": name}))
            .and_then(|()| self.sign_audit())
            .and_then(|()| self.write_audit(file, to));
        if done.is_err() {
            // Half an audit would look like one that was cut.
            let _ = std::fs::remove_file(to);
        }
        done
    }

    fn write_audit(&self, file: File, to: &Path) -> Result<AuditFile, Problem> {
        let refused = |error: std::io::Error| Problem::of_disk("write", &to.display().to_string(), &error);
        let days = self.store()?.read(|reading| reading.list_audit_days())?;
        let signers = self.signers(&days)?;
        let mut writer = BufWriter::new(file);
        let mut line = |line: &Line| -> Result<(), Problem> {
            serde_json::to_writer(&mut writer, line).map_err(|error| refused(error.into()))?;
            writer.write_all(b"\n").map_err(refused)
        };
        line(&Line::Audit {
            version: VERSION,
            station: self.station_id().to_owned(),
            signers: signers.clone(),
        })?;
        let (mut entries, mut hash) = (0, Hash([0; 32]));
        loop {
            let rows = self.store()?.read(|reading| reading.list_audit(entries, ENTRIES_AT_ONCE))?;
            let Some(last) = rows.last() else { break };
            (entries, hash) = (last.sequence, last.hash);
            rows.into_iter().try_for_each(|row| line(&entry(row)))?;
        }
        for day in &days {
            line(&Line::Day {
                day: day.day.clone(),
                last_sequence: day.last_sequence,
                hash: day.hash.hex(),
                signer: day.signer.clone(),
                signature: hex(&day.signature),
            })?;
        }
        line(&Line::End(self.end_of_audit(entries, &hash.hex())?))?;
        let file = writer.into_inner().map_err(|error| refused(error.into_error()))?;
        file.sync_all().map_err(refused)?;
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(refused)?;
        let station = self.station_id().to_owned();
        Ok(AuditFile { station, entries, days_signed: days.len(), signers, breach: None })
    }

    fn end_of_audit(&self, count: i64, hash: &str) -> Result<End, Problem> {
        let (signer, _) = self.signed_in()?;
        let station = self.station_id();
        let signature = self.sign(Context::AUDIT_EXPORT, &end_bytes(station, count, hash))?;
        Ok(End {
            count,
            hash: hash.to_owned(),
            station: station.to_owned(),
            signer: signer.to_owned(),
            signature: hex(&signature),
        })
    }

    /// Everybody whose signature is in the file; whoever exports has just signed the last day.
    fn signers(&self, days: &[AuditDayRow]) -> Result<Vec<Signer>, Problem> {
        let mut signers = Vec::new();
        for day in days {
            for key in self.public_keys(&day.signer)? {
                let signer = Signer { account: day.signer.clone(), key: hex(key.as_bytes()) };
                if !signers.contains(&signer) {
                    signers.push(signer);
                }
            }
        }
        Ok(signers)
    }
}

/// Checks a file that was exported, without any station.
///
/// # Errors
/// It cannot be read, or is none of ours; a breach is an answer, not an error.
pub fn check_audit_file(path: &Path) -> Result<AuditFile, Problem> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| Problem::of_disk("open", &name, &error))?;
    let mut check = Check::default();
    for read in BufReader::new(file).split(b'\n') {
        let bytes = read.map_err(|error| Problem::of_disk("read", &name, &error))?;
        let line =
            (bytes.len() <= LINE_BYTES_MAX).then(|| serde_json::from_slice::<Line>(&bytes).ok()).flatten();
        let line = line.ok_or_else(|| Problem::new(Code::FileDamaged).with("file", &name))?;
        check.take(line);
    }
    check.finish(&name)
}

#[derive(Default)]
struct Check {
    station: Option<String>,
    signers: Vec<Signer>,
    hashes: Vec<Hash>,
    days: Vec<AuditDayRow>,
    /// Entries that say the audit was signed there: each has its signature.
    signed: Vec<i64>,
    end: Option<End>,
    breach: Option<String>,
}

impl Check {
    fn take(&mut self, line: Line) {
        if self.end.is_some() {
            self.breaks("something was added after the end of the file");
        }
        match line {
            Line::Audit { version: VERSION, station, signers } if self.station.is_none() => {
                self.station = Some(station);
                self.signers = signers;
            }
            Line::Audit { .. } => self.breaks("the head of the file is not what was written"),
            Line::Entry {
                sequence,
                wall_ms,
                monotonic,
                event,
                actor,
                subject,
                fields,
                previous_hash,
                hash,
            } => {
                let (Some(previous_hash), Some(hash)) = (read_hash(&previous_hash), read_hash(&hash)) else {
                    return self.breaks(&format!("audit, entry {sequence}: changed"));
                };
                let row = AuditRow {
                    sequence,
                    wall_ms,
                    monotonic,
                    event,
                    actor,
                    subject,
                    fields,
                    previous_hash,
                    hash,
                };
                let follows = self.hashes.last().copied().unwrap_or(Hash([0; 32])) == previous_hash;
                let expected = i64::try_from(self.hashes.len()).unwrap_or(i64::MAX) + 1;
                if sequence != expected || !follows || !self.days.is_empty() {
                    self.breaks(&format!("audit, entry {expected}: removed or out of order"));
                } else if !row.is_sound() {
                    self.breaks(&format!("audit, entry {sequence}: changed"));
                }
                if row.event == AuditEvent::AuditDaySigned.word() {
                    self.signed.push(sequence);
                }
                self.hashes.push(hash);
            }
            Line::Day { day, last_sequence, hash, signer, signature } => {
                match (read_hash(&hash), read_hex(&signature)) {
                    (Some(hash), Some(signature)) => {
                        self.days.push(AuditDayRow { day, last_sequence, hash, signer, signature });
                    }
                    _ => self.breaks(&format!("the signature of {day} does not fit")),
                }
            }
            Line::End(end) => self.end = Some(end),
        }
    }

    fn breaks(&mut self, what: &str) {
        self.breach.get_or_insert_with(|| what.to_owned());
    }

    fn finish(mut self, name: &str) -> Result<AuditFile, Problem> {
        let station =
            self.station.take().ok_or_else(|| Problem::new(Code::FileDamaged).with("file", name))?;
        for day in std::mem::take(&mut self.days) {
            if !self.fits(&day) {
                self.breaks(&format!("the signature of {} does not fit", day.day));
            }
            self.days.push(day);
        }
        let entries = i64::try_from(self.hashes.len()).unwrap_or(i64::MAX);
        if !self.days.iter().map(|day| day.last_sequence).eq(self.signed.iter().copied()) {
            self.breaks("a signature of a day was removed or added");
        }
        match &self.end {
            None => self.breaks("the file was cut: its last line is missing"),
            Some(end) if !self.is_end(end, &station, entries) => {
                self.breaks("the last line does not fit: the file was cut, or is of another station");
            }
            Some(_) => {}
        }
        let (days_signed, signers) = (self.days.len(), self.signers);
        Ok(AuditFile { station, entries, days_signed, signers, breach: self.breach })
    }

    fn fits(&self, day: &AuditDayRow) -> bool {
        let place = usize::try_from(day.last_sequence - 1).ok();
        let is_there = place.and_then(|place| self.hashes.get(place)) == Some(&day.hash);
        let bytes = signed_bytes(&day.day, day.last_sequence, &day.hash.hex());
        is_there && self.is_signed(&day.signer, Context::AUDIT_DAY, &bytes, &day.signature)
    }

    fn is_end(&self, end: &End, station: &str, entries: i64) -> bool {
        let hash = self.hashes.last().map(Hash::hex);
        let bytes = end_bytes(&end.station, end.count, &end.hash);
        end.station == station
            && end.count == entries
            && hash.as_ref() == Some(&end.hash)
            && read_hex(&end.signature).is_some_and(|signature| {
                self.is_signed(&end.signer, Context::AUDIT_EXPORT, &bytes, &signature)
            })
    }

    fn is_signed(&self, account: &str, context: Context, bytes: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = signature.try_into() else { return false };
        let keys = self.signers.iter().filter(|signer| signer.account == account);
        let mut keys =
            keys.filter_map(|signer| read_hash(&signer.key)).map(|key| PublicKey::from_bytes(key.0));
        keys.any(|key| key.verify(context, bytes, &signature).is_ok())
    }
}

/// What the last line says: whose audit, how many entries, the hash of the last.
fn end_bytes(station: &str, count: i64, hash: &str) -> Vec<u8> {
    format!("{station} {count} {hash}").into_bytes()
}

fn entry(row: AuditRow) -> Line {
    Line::Entry {
        sequence: row.sequence,
        wall_ms: row.wall_ms,
        monotonic: row.monotonic,
        event: row.event,
        actor: row.actor,
        subject: row.subject,
        fields: row.fields,
        previous_hash: row.previous_hash.hex(),
        hash: row.hash.hex(),
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn read_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn read_hash(text: &str) -> Option<Hash> {
    Some(Hash(read_hex(text)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::station::tests::{demonstration, open, operator, request};

    const SUPERVISOR: (&str, &str) = ("pengawas", "buku merah lemari besi");

    /// An audit that was signed, went on, and was signed again by the export.
    fn exported() -> (tempfile::TempDir, PathBuf, AuditFile) {
        let (folder, clock) = demonstration();
        let mut station = open(&folder, &clock);
        station.sign_in(operator()).unwrap();
        let path = folder.path().join("audit.jsonl");
        assert_eq!(station.export_audit(&path).unwrap_err().code, Code::NotPermitted);
        station.sign_in(request(SUPERVISOR.0, SUPERVISOR.1)).unwrap();
        station.sign_audit().unwrap();
        let file = station.export_audit(&path).unwrap();
        let again = station.export_audit(&path).unwrap_err();
        assert_eq!((again.code, again.values["file"].as_str()), (Code::FileExists, path.to_str().unwrap()));
        (folder, path, file)
    }

    fn breach(path: &Path, lines: &[&str]) -> Option<String> {
        fs::write(path, format!("{}\n", lines.join("\n"))).unwrap();
        check_audit_file(path).unwrap().breach
    }

    #[test]
    fn another_computer_finds_the_file_whole() {
        let (_folder, path, written) = exported();
        assert!(
            written.entries > 5 && written.days_signed == 3,
            "the station's own signature of the day, and two"
        );
        assert_eq!(check_audit_file(&path).unwrap(), written);
    }

    #[test]
    fn leaves_no_half_file_where_something_refuses() {
        let (folder, clock) = demonstration();
        let mut station = open(&folder, &clock);
        station.sign_in(request(SUPERVISOR.0, SUPERVISOR.1)).unwrap();
        let path = folder.path().join("audit.jsonl");
        let key = folder.path().join("keys").join("pengawas.key");
        fs::rename(&key, key.with_extension("away")).unwrap();
        station.export_audit(&path).unwrap_err();
        assert!(!path.exists());
        fs::rename(key.with_extension("away"), &key).unwrap();
        station.export_audit(&path).unwrap();
    }

    #[test]
    fn every_change_in_the_file_is_found() {
        let (_folder, path, _) = exported();
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(breach(&path, &lines), None);
        for line in 1..lines.len() {
            let mut changed = lines.clone();
            changed.remove(line);
            assert!(breach(&path, &changed).is_some(), "line {line} removed");
            let mut changed = lines.clone();
            changed.insert(line, lines[line]);
            assert!(breach(&path, &changed).is_some(), "line {line} twice");
            if line + 1 < lines.len() {
                let mut changed = lines.clone();
                changed.swap(line, line + 1);
                assert!(breach(&path, &changed).is_some(), "line {line} moved");
            }
        }
        let event = lines[2].replace("\"actor\":\"", "\"actor\":\"x");
        let mut changed = lines.clone();
        changed[2] = &event;
        assert_eq!(breach(&path, &changed).unwrap(), "audit, entry 2: changed");
    }

    #[test]
    fn a_file_cut_back_to_an_earlier_signed_day_is_found() {
        let (_folder, path, written) = exported();
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let entries = usize::try_from(written.entries).unwrap();
        let (first_day, end) = (lines[entries + 1], lines[lines.len() - 1]);
        let first: Value = serde_json::from_str(first_day).unwrap();
        let first_end = usize::try_from(first["day"]["last_sequence"].as_u64().unwrap()).unwrap();
        let mut cut = lines[..=first_end].to_vec();
        cut.push(first_day);
        assert_eq!(breach(&path, &cut).unwrap(), "the file was cut: its last line is missing");
        cut.push(end);
        assert!(breach(&path, &cut).unwrap().starts_with("the last line does not fit"));
        let own = end.replace(&format!("\"count\":{entries}"), &format!("\"count\":{first_end}"));
        let own = own.replace(&written_hash(end), first["day"]["hash"].as_str().unwrap());
        assert_ne!(own, end);
        cut.pop();
        cut.push(&own);
        assert!(breach(&path, &cut).unwrap().starts_with("the last line does not fit"), "only its signature");
    }

    fn written_hash(end: &str) -> String {
        let end: Value = serde_json::from_str(end).unwrap();
        end["end"]["hash"].as_str().unwrap().to_owned()
    }

    #[test]
    fn another_station_in_the_head_is_found() {
        let (_folder, path, written) = exported();
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let renamed = |line: &str| line.replace(&written.station, "another");
        let (head, end) = (renamed(lines[0]), renamed(lines[lines.len() - 1]));
        let mut changed = lines.clone();
        changed[0] = &head;
        assert!(breach(&path, &changed).unwrap().starts_with("the last line does not fit"));
        *changed.last_mut().unwrap() = &end;
        assert!(breach(&path, &changed).unwrap().starts_with("the last line does not fit"), "in both places");
    }
}
