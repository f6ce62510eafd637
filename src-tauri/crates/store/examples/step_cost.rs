//! What a journaled step with a 150 kB image costs, beside writing and syncing the same bytes without any database,
//! in the same run and turn by turn. `cargo run -p rekam-store --example step_cost -- FOLDER [STEPS]`

use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use rekam_store::{CaseRow, DatabaseKey, NewAudit, NewImage, NewStep, Store, id_of};
use serde_json::json;

const IMAGE_BYTES: usize = 150_000;
const STEPS_DEFAULT: usize = 400;
/// Steps of one person; a checkpoint between two people is not part of any step.
const STEPS_OF_A_PERSON: usize = 20;

struct Series(&'static str, Vec<Duration>);

impl Series {
    fn at(&mut self, hundredth: usize) -> Duration {
        self.1.sort();
        let place = self.1.len().saturating_sub(1) * hundredth / 100;
        self.1.get(place).copied().unwrap_or_default()
    }

    fn timed(&mut self, act: impl FnOnce() -> Result<(), Box<dyn Error>>) -> Result<(), Box<dyn Error>> {
        let start = Instant::now();
        act()?;
        self.1.push(start.elapsed());
        Ok(())
    }
}

fn image(seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut bytes = Vec::with_capacity(IMAGE_BYTES + 8);
    while bytes.len() < IMAGE_BYTES {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(IMAGE_BYTES);
    bytes
}

/// A file that survives a power cut: written under another name, synced, renamed, its folder synced.
fn durable_file(folder: &Path, number: usize, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let (fresh, path) = (folder.join("image.new"), folder.join(format!("image-{number}")));
    let mut file = File::create(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(fresh, path)?;
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn case(number: u64) -> CaseRow {
    CaseRow {
        id: id_of(1_795_140_000_000 + number, &[7; 10]),
        profile_id: "000".into(),
        profile_version: 1,
        purpose: "new".into(),
        recording_state: "InCapture".into(),
        card_state: "NotPrinted".into(),
        letter_state: "NotDrafted".into(),
        berkas_state: "NotReceived".into(),
        registration_number: format!("R-{number}"),
        ticket: String::new(),
        full_name: format!("PERCOBAAN SINTETIS {number}"),
        nik: String::new(),
        kk_number: String::new(),
        birth_date: String::new(),
        sex: String::new(),
        village: String::new(),
        biodata: json!({}),
        snapshot: json!({}),
        open_step: String::new(),
        operator: "op-1".into(),
        opened_ms: 0,
        changed_ms: 0,
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let folder = words.next().ok_or("name a folder on the disk that is to be measured")?;
    let steps = words.next().map_or(Ok(STEPS_DEFAULT), |text| text.parse())?;
    let place = Path::new(&folder).join(format!("step-cost-{}", std::process::id()));
    fs::create_dir_all(&place)?;
    let result = measure(&place, steps);
    fs::remove_dir_all(&place)?;
    result
}

fn measure(place: &Path, steps: usize) -> Result<(), Box<dyn Error>> {
    let store = Store::create(place, &DatabaseKey::from_bytes(&[3; 32]))?;
    let mut appended = OpenOptions::new().create(true).append(true).open(place.join("raw"))?;
    let mut append = Series("append to an open file, sync", Vec::new());
    let mut whole = Series("a file of its own: write, sync, rename, sync the folder", Vec::new());
    let mut bare = Series("journaled step: step, image, chain, counter", Vec::new());
    let mut full = Series("the same with case and audit in the promise", Vec::new());
    let mut checkpoint = Series("checkpoint, between two people", Vec::new());
    let mut current = case(0);
    for number in 0..steps {
        let bytes = image(number as u64 + 1);
        let body = json!({ "quality": 61, "algorithm": "nfiq" });
        if number % STEPS_OF_A_PERSON == 0 {
            current = case(number as u64);
            store.write(|writing| writing.insert_case(&current))?;
        }
        let step = NewStep {
            case: current.id,
            kind: "finger",
            slot: "3",
            replaces: None,
            body: &body,
            image: Some(NewImage { media: "image/x-wsq", bytes: &bytes }),
            operator: "op-1",
            wall_ms: 1_795_140_000_000,
        };
        append.timed(|| {
            appended.write_all(&bytes)?;
            Ok(appended.sync_all()?)
        })?;
        whole.timed(|| durable_file(place, number, &bytes))?;
        bare.timed(|| Ok(store.write(|writing| writing.append_step(&step)).map(|_| ())?))?;
        full.timed(|| {
            Ok(store
                .write(|writing| {
                    let mark = writing.append_step(&step)?;
                    writing.mark_case_open_step(current.id, "finger.4", "op-1", 0)?;
                    writing.append_audit(&NewAudit {
                        event: "step.saved",
                        actor: "op-1",
                        subject: "case",
                        fields: &json!({ "step": mark.sequence }),
                        wall_ms: 1_795_140_000_000,
                    })
                })
                .map(|_| ())?)
        })?;
        if (number + 1) % STEPS_OF_A_PERSON == 0 {
            checkpoint.timed(|| Ok(store.checkpoint()?))?;
        }
    }
    print("in turn, as at a desk that also writes other files", [append, whole, bare, full, checkpoint])?;

    // Each way for itself: the disk has nothing else to do, which is the hardest comparison for a cipher.
    let mut append = Series("append to an open file, sync", Vec::new());
    let mut whole = Series("a file of its own: write, sync, rename, sync the folder", Vec::new());
    let mut bare = Series("journaled step: step, image, chain, counter", Vec::new());
    for number in 0..steps {
        let bytes = image(number as u64 + 1);
        append.timed(|| {
            appended.write_all(&bytes)?;
            Ok(appended.sync_all()?)
        })?;
    }
    for number in 0..steps {
        let bytes = image(number as u64 + 1);
        whole.timed(|| durable_file(place, number, &bytes))?;
    }
    for number in 0..steps {
        let bytes = image(number as u64 + 1);
        let step = NewStep {
            case: current.id,
            kind: "finger",
            slot: "3",
            replaces: None,
            body: &json!({ "quality": 61 }),
            image: Some(NewImage { media: "image/x-wsq", bytes: &bytes }),
            operator: "op-1",
            wall_ms: 1_795_140_000_000,
        };
        bare.timed(|| Ok(store.write(|writing| writing.append_step(&step)).map(|_| ())?))?;
        if (number + 1) % STEPS_OF_A_PERSON == 0 {
            store.checkpoint()?;
        }
    }
    print("each way for itself, on a disk with nothing else to do", [append, whole, bare])
}

/// Prints a table; the first two rows are the raw ways the others are compared with.
fn print<const ROWS: usize>(title: &str, mut rows: [Series; ROWS]) -> Result<(), Box<dyn Error>> {
    let mut medians = rows.iter_mut().map(|row| row.at(50).as_secs_f64());
    let (raw, file) = (medians.next().unwrap_or_default(), medians.next().unwrap_or_default());
    let mut out = std::io::stdout().lock();
    writeln!(out, "{title}; images of {IMAGE_BYTES} bytes; ms")?;
    for series in &mut rows {
        let (median, p99) = (series.at(50).as_secs_f64(), series.at(99).as_secs_f64());
        writeln!(
            out,
            "{:<58} median {:7.2}  p99 {:7.2}  x append {:5.2}  x file {:5.2}",
            series.0,
            median * 1e3,
            p99 * 1e3,
            median / raw,
            median / file
        )?;
    }
    writeln!(out, "syncs of one journaled step: 1 (counted by the test `syncs_once_for_each_step`)\n")?;
    Ok(())
}
