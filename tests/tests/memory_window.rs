//! The memory of a locked window: of the program itself, and of the processes of the system that draw and load its
//! pages. No key is in any of them; how often typed text is left is told, for the web view does not wipe what it frees.
#![expect(clippy::print_stdout, reason = "what is left is shown")]

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use rekam_keys::{Cost, KeyRing, Secret};
use rekam_tests::campaign::{Campaign, Row};
use rekam_tests::memory::{count, writable_memory};
use rekam_tests::real_window::{RealWindow, program_at};
use rekam_tests::webdriver::{Session, key};

/// Synthetic; neither is anywhere in the program or its samples.
const NIK: &str = "3671095712930007";
const NAME: &str = "Rukmawati Semburat";
/// The morning of the other tests; only the limits on wrong tries ask for it.
const NOW_MS: i64 = 1_795_392_000_000;

/// How often a text stands in a memory: in single bytes, as Rust and the system keep it, or in pairs, as pages may.
fn times(memory: &[u8], text: &str) -> usize {
    let pairs: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    count(memory, text.as_bytes()) + count(memory, &pairs)
}

/// The program of this window and the processes it has started, each with its name.
fn processes(home: &Path) -> Result<Vec<(String, u32)>> {
    let program = program_at(home)?.as_raw_nonzero().get().cast_unsigned();
    let mut all = vec![("program".to_owned(), program)];
    let parent = format!("\nPPid:\t{program}\n");
    for entry in fs::read_dir("/proc")? {
        let place = entry?.path();
        let Some(number) = place.file_name().and_then(|name| name.to_str()?.parse().ok()) else { continue };
        // Processes come and go while they are looked at.
        let Ok(status) = fs::read_to_string(place.join("status")) else { continue };
        if status.contains(&parent)
            && let Some(name) = status.lines().next()
        {
            all.push((name.trim_start_matches("Name:\t").to_owned(), number));
        }
    }
    Ok(all)
}

/// How often the typed texts stand in each process, in words and in all.
fn typed_in(home: &Path, when: &str) -> Result<(usize, String)> {
    let (mut all, mut told) = (0, vec![format!("{when}:")]);
    for (name, process) in processes(home)? {
        let memory = writable_memory(process)?;
        let found = times(&memory, NIK) + times(&memory, NAME);
        all += found;
        told.push(format!("{name} {found}"));
    }
    let told = told.join(" ");
    println!("{told}");
    Ok((all, told))
}

/// Signs in, checks a NIK and looks for a name.
fn work(page: &Session) -> Result<()> {
    page.click("section li button")?;
    page.click("#enter")?;
    page.fill("#nik-number", NIK)?;
    page.press(&[key::ENTER])?;
    page.wait_for_text("#nik-result", "36.71.09")?;
    page.press(&[key::F2])?;
    page.fill("#sought-number", NAME)?;
    page.press(&[key::ENTER])?;
    page.wait_for(&format!("document.querySelector('#sought-number').value === '{NAME}'"))
}

/// The key of the database, from a copy of the ring, as the program has the ring itself.
fn database_key(home: &Path, account: &str, secret: &str) -> Result<[u8; 32]> {
    let keys = home.join("data/id.rekam.desk/demonstration/keys");
    let copy = home.join("keys");
    fs::create_dir(&copy)?;
    for entry in fs::read_dir(&keys).with_context(|| keys.display().to_string())? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), copy.join(entry.file_name()))?;
        }
    }
    let mut ring = KeyRing::open(&copy, Cost::STATION)?;
    let unlocked = ring.unlock(&account.parse()?, &Secret::new(secret.to_owned()), NOW_MS)?;
    Ok(*unlocked.opened().database_key())
}

#[test]
fn a_locked_window_holds_no_key_and_shows_nobody() -> Result<()> {
    let campaign = Campaign::begin("memory of the window", "all processes of a locked window searched")?;
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("window-memory");
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    let window = RealWindow::open(&home, &[])?;
    let page = &window.page;
    page.find("section li")?;
    let account = page.text("section li .id")?.trim().to_owned();
    let secret = page.text("section li b")?.trim().to_owned();
    work(page)?;
    let key = database_key(&home, &account, &secret)?;
    let program = program_at(&home)?.as_raw_nonzero().get().cast_unsigned();
    ensure!(count(&writable_memory(program)?, &key) > 0, "the search is blind for the database key");
    let (open, told_open) = typed_in(&home, "open")?;
    ensure!(open > 0, "the search is blind for what is typed");

    page.press(&[key::CONTROL, "l"])?;
    page.wait_for_text("main h1", "Layar terkunci")?;
    let shown = page.run("return document.documentElement.outerHTML", &[])?.to_string();
    ensure!(!shown.contains(NIK) && !shown.contains(NAME), "the locked page holds a person");
    let digits: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let searched = processes(&home)?;
    ensure!(searched.len() > 1, "the processes of the web view were not found");
    for (name, process) in &searched {
        let memory = writable_memory(*process)?;
        let found = count(&memory, &key) + times(&memory, &digits) + times(&memory, &digits.to_uppercase());
        ensure!(found == 0, "the database key stands {found} times in {name} after the lock");
    }
    let (_, told_locked) = typed_in(&home, "locked")?;
    // What a page that is loaded anew would leave (decision 0014).
    page.run("location.reload()", &[])?;
    page.wait_for_text("main h1", "Masuk")?;
    let (_, told_anew) = typed_in(&home, "loaded anew")?;
    let told = format!("typed NIK and name, {told_open}; {told_locked}; {told_anew}");
    campaign.end(&Row { count: searched.len() as u64, of: "processes", lost: 0, told })
}
