//! `rekam packet`: what a packet is worth, what is in it, what it says about itself.

use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use rekam_packet::{
    IdentityKey, Manifest, OpenError, OpenedPart, Outline, Refusal, Trust, VerifyError, open,
    read_unverified, verify,
};
use serde::Serialize;

use crate::args::At;
use crate::output::Output;
use crate::oversight::open as open_station;
use crate::station::explain;

#[derive(Subcommand)]
pub(crate) enum PacketCommand {
    /// Check a packet with public keys alone; opens nothing
    Verify {
        /// The packet
        file: PathBuf,
        /// Public keys of stations (FORMAT.md §13)
        #[arg(long, value_name = "FILE")]
        trust: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check a packet, decrypt it and write its parts into a new folder
    Open {
        /// The packet
        file: PathBuf,
        /// Age identity file of the office
        #[arg(long, value_name = "KEY")]
        identity: PathBuf,
        /// Folder to be made for the parts; readable by you alone
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Public keys of stations; without them the packet is only held against the key it names itself
        #[arg(long, value_name = "FILE")]
        trust: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// The packets of a station, oldest first
    List {
        #[command(flatten)]
        at: At,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what a packet says about itself; checks no signature
    Show {
        /// The packet
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Why there is no packet to tell of.
enum Failure {
    /// Refused, with the depth and the word.
    Refused(Refusal),
    /// A file or folder that is not what it should be.
    Unusable { code: &'static str, reason: String },
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        match (error.refusal(), error) {
            (Some(refusal), _) => Self::Refused(refusal),
            (None, error) => Self::Unusable { code: "read", reason: error.to_string() },
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match (error.refusal(), error) {
            (Some(refusal), _) => Self::Refused(refusal),
            (None, error) => Self::Unusable { code: "read_or_write", reason: error.to_string() },
        }
    }
}

#[derive(Serialize)]
struct AnswerJson<'a> {
    file: String,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    station_trusted: Option<bool>,
    manifest: Option<&'a Manifest>,
    manifest_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<Vec<String>>,
    refusal: Option<RefusalJson>,
    problem: Option<ProblemJson<'a>>,
}

#[derive(Serialize)]
struct RefusalJson {
    depth: &'static str,
    word: &'static str,
    text: String,
}

#[derive(Serialize)]
struct ProblemJson<'a> {
    code: &'static str,
    reason: &'a str,
}

/// What a command found.
struct Found {
    manifest: Manifest,
    station_trusted: Option<bool>,
    written: Option<Vec<String>>,
    /// The sentence above the facts.
    sentence: &'static str,
}

pub(crate) fn run(wanted: &PacketCommand, output: &mut Output) -> anyhow::Result<ExitCode> {
    let (file, json, found) = match wanted {
        PacketCommand::Verify { file, trust, json } => (file, *json, verify_file(file, trust)),
        PacketCommand::Open { file, identity, out, trust, json } => {
            (file, *json, open_file(file, identity, out, trust.as_deref()))
        }
        PacketCommand::Show { file, json } => (file, *json, show_file(file)),
        PacketCommand::List { at, json } => return list(at, *json, output),
    };
    if json {
        tell_json(file, &found, output)?
    } else {
        tell(file, &found, output)?
    }
    Ok(if found.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn list(at: &At, json: bool, output: &mut Output) -> anyhow::Result<ExitCode> {
    let packets = open_station(at, "operator").and_then(|station| station.list_packets());
    let packets = packets.map_err(|problem| explain(&problem, output))?;
    if json {
        output.json(&packets)?;
        return Ok(ExitCode::SUCCESS);
    }
    if packets.is_empty() {
        output.line(output.say("packets.none", &[]))?;
    }
    for packet in packets {
        let state = output.say(&format!("state.packet.{}", packet.state), &[]);
        let counter = packet.counter.map_or_else(|| "-".to_owned(), |counter| counter.to_string());
        let days = (packet.minutes_old / (24 * 60)).to_string();
        let age = output.say("packets.days", &[("count", &days)]);
        output.line(format!("{}  {counter:>6}  {state:<24} {age:<8} {}", packet.packet, packet.reason))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn verify_file(file: &Path, trust: &Path) -> Result<Found, Failure> {
    let trust = read_trust(trust)?;
    let Outline { manifest, .. } = verify(opened(file)?, &trust)?;
    Ok(Found { manifest, station_trusted: None, written: None, sentence: "cli.packet.verified" })
}

fn show_file(file: &Path) -> Result<Found, Failure> {
    let manifest = read_unverified(&mut opened(file)?)?;
    Ok(Found { manifest, station_trusted: None, written: None, sentence: "cli.packet.shown" })
}

fn open_file(file: &Path, identity: &Path, out: &Path, trust: Option<&Path>) -> Result<Found, Failure> {
    let keys = IdentityKey::read_file(&read_text(identity)?).ok_or_else(|| Failure::Unusable {
        code: "not_an_identity",
        reason: format!("{}: not an age identity file", identity.display()),
    })?;
    let station_trusted = trust.is_some();
    let trust = match trust {
        Some(trust) => read_trust(trust)?,
        None => {
            let station = read_unverified(&mut opened(file)?)?.station;
            Trust::default().with_station(station.id, station.key)
        }
    };
    let mut folder = Folder::begin(out)?;
    let packet = open(opened(file)?, &trust, &keys, &mut |part| folder.write(part))?;
    let written = folder.finish(out, &packet)?;
    Ok(Found {
        manifest: packet.outline.manifest,
        station_trusted: Some(station_trusted),
        written: Some(written),
        sentence: if station_trusted { "cli.packet.opened" } else { "cli.packet.opened_untrusted" },
    })
}

fn opened(file: &Path) -> Result<BufReader<File>, Failure> {
    File::open(file).map(BufReader::new).map_err(|error| unusable("open", file, &error))
}

fn unusable(code: &'static str, path: &Path, error: &io::Error) -> Failure {
    Failure::Unusable { code, reason: format!("{}: {error}", path.display()) }
}

fn read_text(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| unusable("open", path, &error))
}

fn read_trust(path: &Path) -> Result<Trust, Failure> {
    Trust::read(&read_text(path)?).map_err(|error| Failure::Unusable {
        code: "not_a_trust_file",
        reason: format!("{}: {error}", path.display()),
    })
}

/// Where opened parts wait under another name until the whole packet has passed; whoever looks in between finds nothing.
struct Folder {
    waiting: PathBuf,
    names: Vec<String>,
    is_kept: bool,
}

impl Folder {
    fn begin(out: &Path) -> Result<Self, Failure> {
        if out.exists() {
            let reason = format!("{}: already there; name a new folder", out.display());
            return Err(Failure::Unusable { code: "out_exists", reason });
        }
        let mut name = out.file_name().unwrap_or_default().to_os_string();
        name.push(".opening");
        let waiting = out.with_file_name(name);
        let made = fs::DirBuilder::new().mode(0o700).create(&waiting);
        made.map_err(|error| unusable("write", &waiting, &error))?;
        Ok(Self { waiting, names: Vec::new(), is_kept: false })
    }

    fn write(&mut self, part: &OpenedPart<'_>) -> io::Result<()> {
        let ending = match part.blob.media_type.as_str() {
            "image/jpeg" => "jpg",
            "image/png" => "png",
            _ => "json",
        };
        let position = part.part.provenance.position;
        let place = if position == 0 { String::new() } else { format!("-{position}") };
        self.put(format!("{:03}-{}{place}.{ending}", part.index, part.blob.role), part.plaintext)
    }

    fn put(&mut self, name: String, bytes: &[u8]) -> io::Result<()> {
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(self.waiting.join(&name))?;
        file.write_all(bytes)?;
        self.names.push(name);
        Ok(())
    }

    fn finish(mut self, out: &Path, packet: &rekam_packet::Opened) -> Result<Vec<String>, Failure> {
        let told = serde_json::to_vec_pretty(packet).unwrap_or_default();
        let done = self.put("packet.json".to_owned(), &told).and_then(|()| fs::rename(&self.waiting, out));
        done.map_err(|error| unusable("write", out, &error))?;
        self.is_kept = true;
        Ok(std::mem::take(&mut self.names))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.is_kept {
            // A packet that was refused leaves nothing readable behind.
            let _ = fs::remove_dir_all(&self.waiting);
        }
    }
}

fn tell_json(file: &Path, found: &Result<Found, Failure>, output: &mut Output) -> anyhow::Result<()> {
    let mut answer = AnswerJson {
        file: file.display().to_string(),
        ok: found.is_ok(),
        station_trusted: None,
        manifest: None,
        manifest_hash: None,
        written: None,
        refusal: None,
        problem: None,
    };
    match found {
        Ok(found) => {
            answer.station_trusted = found.station_trusted;
            answer.manifest = Some(&found.manifest);
            answer.manifest_hash = Some(found.manifest.hash().to_string());
            answer.written.clone_from(&found.written);
        }
        Err(Failure::Refused(refusal)) => {
            let (depth, word) = refusal.words();
            answer.refusal = Some(RefusalJson { depth, word, text: refusal.text(output.language) });
        }
        Err(Failure::Unusable { code, reason }) => answer.problem = Some(ProblemJson { code, reason }),
    }
    output.json(&answer)
}

fn tell(file: &Path, found: &Result<Found, Failure>, output: &mut Output) -> anyhow::Result<()> {
    let name = file.display().to_string();
    match found {
        Ok(found) => tell_found(&name, found, output)?,
        Err(Failure::Refused(refusal)) => {
            let (depth, word) = refusal.words();
            let values = [("file", name.as_str()), ("depth", depth), ("word", word)];
            output.line(output.say("cli.packet.refused", &values))?;
            output.line(format!("  {}", refusal.text(output.language)))?;
        }
        Err(Failure::Unusable { reason, .. }) => {
            output.line(output.say("cli.packet.unusable", &[("reason", reason)]))?;
        }
    }
    Ok(())
}

fn tell_found(file: &str, found: &Found, output: &mut Output) -> anyhow::Result<()> {
    let manifest = &found.manifest;
    output.line(output.say(found.sentence, &[("file", file)]))?;
    let wall_ms = manifest.clock.wall_ms;
    let sealed = jiff::Timestamp::from_millisecond(wall_ms)
        .map_or_else(|_| format!("{wall_ms} ms"), |time| time.to_string());
    let profile = format!("{} {}", manifest.profile.id, manifest.profile.version);
    let bytes: u64 = manifest.blobs.iter().map(|blob| blob.length).sum();
    let facts = [
        ("packet", manifest.packet_id.to_string()),
        ("hash", manifest.hash().to_string()),
        ("station", format!("{} ({})", manifest.station.id, manifest.station.trust)),
        ("operator", format!("{} ({})", manifest.operator.account, manifest.operator.trust)),
        ("number", manifest.counter.to_string()),
        ("sealed", format!("{sealed} ({})", manifest.clock.trust)),
        ("profile", profile),
        ("parts", format!("{}, {} kB", manifest.blobs.len(), bytes.div_ceil(1000))),
    ];
    for (fact, value) in facts {
        output.line(format!("  {}: {value}", output.say(&format!("cli.packet.fact.{fact}"), &[])))?;
    }
    if let Some(replaced) = manifest.supersedes {
        output.line(format!("  {}: {replaced}", output.say("cli.packet.fact.supersedes", &[])))?;
    }
    if manifest.approval_pending {
        output.line(format!("  {}", output.say("cli.packet.pending", &[])))?;
    }
    for blob in &manifest.blobs {
        output.line(format!("    {:<12} {:<36} {}", blob.role.word(), blob.media_type, blob.length))?;
    }
    Ok(())
}
