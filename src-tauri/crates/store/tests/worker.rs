//! A station in a process of its own: it works, says what was acknowledged, and may die at any moment.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use rekam_domain::register::Book;
use rekam_store::{NewAudit, NewLine, NumberBlockRow, Store, StoreError};
use serde_json::json;

use crate::desk::{NOW_MS, id, image, key, person, step};

const FOLDER: &str = "REKAM_STORE_WORKER_FOLDER";
const STEPS: &str = "REKAM_STORE_WORKER_STEPS";
const IMAGE_BYTES: &str = "REKAM_STORE_WORKER_IMAGE_BYTES";
const SYNCS: &str = "REKAM_SHIM_SYNCS";

fn say(line: &str) {
    let mut output = std::io::stdout().lock();
    if writeln!(output, "{line}").and_then(|()| output.flush()).is_err() {
        // Nobody listens any more: the one who started this was stopped.
        std::process::exit(1);
    }
}

fn number_of(name: &str) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn syncs() -> u64 {
    std::env::var(SYNCS).ok().and_then(|path| std::fs::metadata(path).ok()).map_or(0, |meta| meta.len())
}

fn name_of(error: &StoreError) -> String {
    format!("{error:?}").chars().take_while(|letter| letter.is_alphanumeric()).collect()
}

/// Works when it was started for that, and does nothing otherwise.
#[test]
fn station_in_a_process() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let folder = Path::new(&folder);
    // The test harness has begun a line of its own.
    say("");
    let opened =
        if Store::is_created(folder) { Store::open(folder, &key()) } else { Store::create(folder, &key()) };
    let store = match opened {
        Ok(store) => store,
        Err(error) => return say(&format!("error {}", name_of(&error))),
    };
    say("open");
    let first = store.read(|reading| reading.get_audit_head()).expect("readable").count;
    for number in (first + 1)..=(first + i64::try_from(number_of(STEPS)).expect("small")) {
        let before = syncs();
        match one_step(&store, number) {
            Ok((case, sequence, hash, taken)) => {
                say(&format!("ack {case} {sequence} {hash} {taken} {}", syncs() - before));
            }
            Err(error) => {
                say(&format!("error {}", name_of(&error)));
                let again =
                    one_step(&store, number).err().map_or("nothing".to_owned(), |error| name_of(&error));
                say(&format!("again {again}"));
                return;
            }
        }
        if number % 7 == 0
            && let Err(error) = store.checkpoint()
        {
            say(&format!("error {}", name_of(&error)));
            let again = one_step(&store, number).err().map_or("nothing".to_owned(), |error| name_of(&error));
            return say(&format!("again {again}"));
        }
    }
}

/// One step of a recording as the desk makes it: journal, image, audit, number, book and place in one promise.
fn one_step(store: &Store, number: i64) -> Result<(u64, i64, String, i64), StoreError> {
    let case = u64::try_from(number).expect("positive") / 20 + 1;
    let bytes = image(case, usize::try_from(number_of(IMAGE_BYTES)).expect("small"));
    let body = json!({ "quality": number });
    store.write(|writing| {
        if writing.list_number_blocks("registration", 2026)?.is_empty() {
            writing.insert_number_block(&NumberBlockRow {
                series: "registration".into(),
                year: 2026,
                first: 1,
                last: 1_000_000,
                source: "office".into(),
                given_ms: NOW_MS,
            })?;
        }
        if matches!(writing.get_case(id(case)), Err(StoreError::NotFound { .. })) {
            writing.insert_case(&person(case))?;
        }
        let slot = (number % 10 + 1).to_string();
        let mark = writing.append_step(&step(id(case), "finger", &slot, &body, Some(&bytes)))?;
        writing.mark_case_open_step(id(case), &format!("finger.{slot}"), "op-1", NOW_MS)?;
        writing.append_audit(&NewAudit {
            event: "step.saved",
            actor: "op-1",
            subject: &id(case).to_string(),
            fields: &json!({ "step": mark.sequence }),
            wall_ms: NOW_MS,
        })?;
        let taken = writing.insert_number_taken("registration", 2026, Some(id(case)), NOW_MS)?;
        writing.insert_register_line(&NewLine {
            book: Book::Rekam,
            year: 2026,
            columns: &json!({ "no": taken }),
            case: Some(id(case)),
            correction_of: None,
            operator: "op-1",
            wall_ms: NOW_MS,
        })?;
        Ok((case, mark.sequence, mark.hash.hex(), taken))
    })
}

/// What the process was told is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ack {
    pub(crate) case: u64,
    pub(crate) sequence: i64,
    pub(crate) hash: String,
    pub(crate) number: i64,
    pub(crate) syncs: u64,
}

/// Reads one whole line of the process.
pub(crate) fn read_ack(line: &str) -> Option<Ack> {
    let words: Vec<&str> = line.strip_suffix('\n')?.split(' ').collect();
    let ["ack", case, sequence, hash, number, syncs] = words[..] else { return None };
    Some(Ack {
        case: case.parse().ok()?,
        sequence: sequence.parse().ok()?,
        hash: hash.to_owned(),
        number: number.parse().ok()?,
        syncs: syncs.parse().ok()?,
    })
}

pub(crate) struct Worker {
    pub(crate) child: Child,
    pub(crate) output: BufReader<ChildStdout>,
}

impl Worker {
    pub(crate) fn start(folder: &Path, steps: u64, image_bytes: u64, environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "worker::station_in_a_process", "--nocapture", "--test-threads=1"])
            .env(FOLDER, folder)
            .env(STEPS, steps.to_string())
            .env(IMAGE_BYTES, image_bytes.to_string())
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("this program can be started again");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, output }
    }

    pub(crate) fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        (self.output.read_line(&mut line).expect("readable") > 0).then_some(line)
    }

    /// Everything it says until it ends.
    pub(crate) fn rest(mut self) -> Vec<String> {
        let lines = std::iter::from_fn(|| self.line()).collect();
        self.child.wait().expect("ended");
        lines
    }
}

/// Opens the folder again and finds every acknowledged step, every chain whole and no number twice.
pub(crate) fn expect_all(folder: &Path, acks: &[Ack]) -> std::time::Duration {
    let start = std::time::Instant::now();
    let store = Store::open(folder, &key()).expect("opens again");
    let time = start.elapsed();
    let mut cases: Vec<u64> = acks.iter().map(|ack| ack.case).collect();
    cases.sort_unstable();
    cases.dedup();
    let mut found = std::collections::HashMap::new();
    for case in cases {
        for step in store.read(|reading| reading.list_steps(id(case))).expect("the case is readable") {
            found.insert(step.sequence, (case, step.hash.hex()));
        }
    }
    for ack in acks {
        assert_eq!(found.get(&ack.sequence), Some(&(ack.case, ack.hash.clone())), "step {}", ack.sequence);
    }
    let mut numbers: Vec<i64> = acks.iter().map(|ack| ack.number).collect();
    numbers.sort_unstable();
    let count = numbers.len();
    numbers.dedup();
    assert_eq!(numbers.len(), count, "a number was given twice");
    let journal = store.verify_journal().expect("the journal is whole");
    let audit = store.verify_audit().expect("the audit is whole");
    assert_eq!(journal.count, audit.count, "a step and its audit entry are one promise");
    store.verify_registers().expect("the books are whole");
    time
}
