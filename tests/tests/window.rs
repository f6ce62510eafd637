//! The real window, driven as an officer drives it: the built program, the web view of the system, a screen.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use rekam_tests::gallery::Gallery;
use rekam_tests::program::built;
use rekam_tests::real_window::{Guarded, RealWindow, Screen, at_home};
use rekam_tests::screen_check::{choose, fits, is_grave, is_open_to_everybody, violations};
use rekam_tests::webdriver::{Session, key};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

const WELL_FORMED: &str = "3671091508060001";
const MONTH_13: &str = "3671091513060008";

/// A folder that is empty at the start of this test.
fn fresh_home(test: &str) -> Result<PathBuf> {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("window-{test}"));
    if home.exists() {
        std::fs::remove_dir_all(&home)?;
    }
    std::fs::create_dir_all(&home)?;
    Ok(home)
}

/// The first sample account and its passphrase, as the screen tells them.
fn sample_account(page: &Session) -> Result<(String, String)> {
    page.find("section li")?;
    let read = |css: &str| -> Result<String> { Ok(page.text(css)?.trim().to_owned()) };
    Ok((read("section li .id")?, read("section li b")?))
}

fn sign_in_by_mouse(page: &Session) -> Result<()> {
    page.click("section li button")?;
    page.click("#enter")?;
    page.find("#nik-number").map(drop)
}

fn check_nik(page: &Session, nik: &str) -> Result<String> {
    page.fill("#nik-number", nik)?;
    page.press(&[key::ENTER])?;
    page.wait_for(
        "document.querySelector('#nik-result .status') && !document.querySelector('#nik [aria-disabled]')",
    )?;
    page.text("#nik-result")
}

#[test]
fn an_officer_signs_in_checks_a_nik_locks_and_comes_back() -> Result<()> {
    let home = fresh_home("officer")?;
    let window = RealWindow::open(&home, &[])?;
    let page = &window.page;
    let gallery = Gallery::open()?;

    // What the station says about itself before anybody signs in.
    page.wait_for_text("main h1", "Masuk")?;
    page.wait_for_text(".banner", "DEMONSTRASI")?;
    let office = page.text(".office")?;
    ensure!(!office.is_empty(), "the office is called {office:?}");
    ensure!(page.text("#clock")?.contains(" WI"));
    let (account, passphrase) = sample_account(page)?;
    page.wait_for("document.fonts.status === 'loaded'")?;
    gallery.keep("1-sign-in", page)?;
    is_open_to_everybody(page, "sign-in")?;
    fits(page, "sign-in")?;

    // A wrong passphrase: what happened, and what to do.
    page.run(
        "const s = document.querySelector('#account'); s.value = arguments[0]; s.dispatchEvent(new Event('change', {bubbles: true}))",
        &[account.clone().into()],
    )?;
    page.fill("#passphrase", "bukan frasa sandi ini")?;
    page.click("#enter")?;
    page.wait_for_text("[role=alert] .cause", "tidak cocok")?;
    page.wait_for_text("[role=alert] .next", "ketik kembali")?;
    ensure!(page.focused()? == "passphrase", "the keyboard is at {:?}", page.focused()?);
    gallery.keep("2-wrong-passphrase", page)?;
    is_open_to_everybody(page, "wrong passphrase")?;

    // The home screen, with what the core knows.
    sign_in_by_mouse(page)?;
    ensure!(page.text("header .office")? == office, "another office after the sign-in");
    page.wait_for("document.activeElement.id === 'new-recording'")?;
    page.wait_for_text("#flow", "Langkah Anda")?;
    page.wait_for_text("#station", "Ruang penyimpanan")?;
    page.wait_for_text("#account", "SK")?;
    ensure!(!page.text("body")?.contains('['), "a text is missing: {}", page.text("body")?);
    gallery.keep("3-home", page)?;

    // A well-formed number tells a region; month 13 is refused.
    let fine = check_nik(page, WELL_FORMED)?;
    ensure!(fine.contains("36.71.09"), "{fine}");
    ensure!(
        page.run("return document.querySelector('#nik-result .error') === null", &[])? == Value::Bool(true)
    );
    let wrong = check_nik(page, MONTH_13)?;
    ensure!(
        page.run("return document.querySelector('#nik-result .error') !== null", &[])? == Value::Bool(true),
        "{wrong}"
    );
    ensure!(wrong.contains("Salah"), "{wrong}");
    page.fill("#nik-born", "16-08-2006")?;
    check_nik(page, WELL_FORMED)?;
    gallery.keep("4-nik-findings", page)?;
    is_open_to_everybody(page, "home")?;
    fits(page, "home")?;
    choose(page, "size", "large")?;
    page.run("scrollTo(0, 0)", &[])?;
    gallery.keep("5-home-large-text", page)?;
    choose(page, "size", "usual")?;

    // High contrast, and what is left of it after a lock.
    choose(page, "theme", "contrast")?;
    page.run("scrollTo(0, 0)", &[])?;
    gallery.keep("6-home-high-contrast", page)?;

    // Locked: the same account waits, nothing else is on the screen, and what was typed is still there afterwards.
    page.press(&[key::CONTROL, "l"])?;
    page.wait_for_text("main h1", "Layar terkunci")?;
    ensure!(!page.text("body")?.contains(WELL_FORMED), "a NIK is readable while the screen is locked");
    ensure!(page.focused()? == "passphrase");
    gallery.keep("7-locked-high-contrast", page)?;
    choose(page, "theme", "light")?;
    page.fill("#passphrase", &passphrase)?;
    page.press(&[key::ENTER])?;
    page.find("#nik-number")?;
    let kept = page.run("return document.querySelector('#nik-number').value", &[])?;
    ensure!(kept == WELL_FORMED, "after unlocking the field holds {kept}");

    // English, on the same screen.
    choose(page, "language", "en")?;
    page.wait_for("document.documentElement.lang === 'en'")?;
    page.wait_for_text("#flow h2", "Procedure of this office")?;
    ensure!(!page.text("body")?.contains('['), "a text is missing: {}", page.text("body")?);
    fits(page, "home in English")?;
    page.run("scrollTo(0, 0)", &[])?;
    gallery.keep("8-home-english", page)
}

#[test]
fn the_whole_flow_needs_no_mouse() -> Result<()> {
    let window = RealWindow::open(&fresh_home("keyboard")?, &[])?;
    let page = &window.page;
    page.wait_for_text("main h1", "Masuk")?;
    let (account, passphrase) = sample_account(page)?;

    // The list has the keyboard; the arrow opens it, typing the name finds the entry.
    page.wait_for("document.activeElement.id === 'account'")?;
    page.type_text(&account)?;
    page.wait_for(&format!("document.querySelector('#account').value === '{account}'"))?;
    page.press(&[key::TAB])?;
    ensure!(page.focused()? == "passphrase");
    page.type_text(&passphrase)?;
    page.press(&[key::ENTER])?;

    page.wait_for("document.activeElement.id === 'new-recording'")?;
    page.press(&[key::ALT, "2"])?;
    ensure!(page.focused()? == "nik-number", "Alt+2 went to {:?}", page.focused()?);
    page.type_text(MONTH_13)?;
    page.press(&[key::ENTER])?;
    page.wait_for_text("#nik-result", "Salah")?;
    page.type_text(WELL_FORMED)?;
    page.press(&[key::TAB])?;
    ensure!(page.focused()? == "nik-born");
    page.press(&[key::ENTER])?;
    page.wait_for_text("#nik-result", "36.71.09")?;

    // The keys page opens and closes, and gives the keyboard back.
    let before = page.focused()?;
    page.press(&[key::F1])?;
    page.wait_for_text("#keys", "Ctrl")?;
    let found = violations(page)?;
    ensure!(!found.iter().any(is_grave), "keys page: {found:#?}");
    Gallery::open()?.keep("9-keys", page)?;
    page.press(&[key::ESCAPE])?;
    page.wait_for("!document.querySelector('#keys').open")?;
    ensure!(page.focused()? == before, "the keyboard went to {:?}", page.focused()?);

    // The areas, and everything else by Tab alone: each stop shows itself and none is a trap.
    page.press(&[key::ALT, "3"])?;
    ensure!(page.focused()? == "flow-title", "Alt+3 went to {:?}", page.focused()?);
    page.press(&[key::ALT, "4"])?;
    ensure!(page.focused()? == "account-title");
    page.press(&[key::ALT, "1"])?;
    ensure!(page.focused()? == "new-recording");
    let mut stops = BTreeSet::new();
    for _ in 0..30 {
        page.press(&[key::TAB])?;
        let stop = page.run(
            "const e = document.activeElement; const ring = e.type === 'radio' ? e.parentElement : e; \
             return [e.tagName + (e.name ?? '') + (e.id ?? '') + (e.textContent ?? '').trim().slice(0, 20), \
             getComputedStyle(ring).outlineStyle]",
            &[],
        )?;
        let name = stop[0].as_str().unwrap_or_default().to_owned();
        ensure!(name.starts_with("BODY") || stop[1] != "none", "no focus ring at {name}");
        stops.insert(name);
    }
    let all: String = stops.iter().map(String::as_str).collect();
    for wanted in ["Kunci layar", "Periksa NIK", "Tombol cepat", "theme", "language", "size", "nik-born"] {
        ensure!(all.contains(wanted), "Tab never reaches {wanted}: {stops:#?}");
    }

    page.press(&[key::CONTROL, "l"])?;
    page.wait_for_text("main h1", "Layar terkunci").map(drop)
}

#[test]
fn too_many_wrong_tries_make_everybody_wait() -> Result<()> {
    const TRIES_MAX: usize = 20;
    let window = RealWindow::open(&fresh_home("tries")?, &[])?;
    let page = &window.page;
    page.click("section li button")?;
    for _ in 0..TRIES_MAX {
        page.wait_for("document.querySelector('#enter').ariaDisabled !== 'true'")?;
        page.fill("#passphrase", "bukan frasa sandi ini")?;
        page.press(&[key::ENTER])?;
        page.wait_for(
            "document.querySelector('[role=alert]') && document.querySelector('#passphrase').value === ''",
        )?;
        if page.run("return document.querySelector('#enter').disabled", &[])? == Value::Bool(true) {
            page.wait_for_text("[role=alert] .cause", "Terlalu banyak percobaan")?;
            let left = page.wait_for_text(".status.warning", "detik lagi")?;
            return page
                .wait_for(&format!("document.querySelector('.status.warning').innerText !== {left:?}"));
        }
        page.wait_for_text("[role=alert]", "Sisa percobaan")?;
    }
    bail!("{TRIES_MAX} wrong tries and no waiting")
}

#[test]
fn the_accessibility_check_can_fail() -> Result<()> {
    let window = RealWindow::open(&fresh_home("sabotage")?, &[])?;
    let page = &window.page;
    page.wait_for_text("main h1", "Masuk")?;
    ensure!(!violations(page)?.iter().any(is_grave));
    page.run(
        "document.querySelector('label[for=passphrase]').remove(); \
         document.querySelector('.soft').style.color = '#bbbbbb'; \
         document.querySelector('h1').style.minWidth = '3000px'",
        &[],
    )?;
    let rules: BTreeSet<String> = violations(page)?
        .iter()
        .filter(|violation| is_grave(violation))
        .filter_map(|violation| violation["rule"].as_str().map(str::to_owned))
        .collect();
    ensure!(rules.contains("label"), "{rules:?}");
    ensure!(rules.contains("color-contrast"), "{rules:?}");
    ensure!(fits(page, "sabotaged").is_err(), "the check for cut-off text cannot fail");
    Ok(())
}

#[test]
fn a_station_that_cannot_be_opened_says_so_in_the_window() -> Result<()> {
    let home = fresh_home("unusable")?;
    let file = home.join("a-file");
    std::fs::write(&file, "no folder")?;
    let below = file.join("station").to_string_lossy().into_owned();
    let window = RealWindow::open(&home, &["--data".to_owned(), below])?;
    let page = &window.page;
    page.wait_for_text("h1", "belum dapat dibuka")?;
    page.wait_for_text("[role=alert] .cause", "Folder data")?;
    page.wait_for_text("[role=alert] .next", "coba lagi")?;
    is_open_to_everybody(page, "start problem")?;
    fits(page, "start problem")?;
    Gallery::open()?.keep("10-start-problem", page)
}

#[test]
fn the_page_can_reach_nothing_but_the_station() -> Result<()> {
    let window = RealWindow::open(&fresh_home("page")?, &[])?;
    let page = &window.page;
    page.wait_for_text("main h1", "Masuk")?;
    let inline = page.run(
        "const s = document.createElement('script'); s.textContent = 'window.inlineRan = true'; \
         document.body.append(s); return window.inlineRan === true",
        &[],
    )?;
    ensure!(inline == Value::Bool(false), "inline code runs in the page");
    let called = page.run_async(
        "const done = arguments[arguments.length - 1]; \
         window.__TAURI_INTERNALS__.invoke('plugin:window|close').then(() => done('allowed'), () => done('refused'))",
        &[],
    )?;
    ensure!(called == "refused", "the page may call the system: {called}");
    let fetched = page.run_async(
        "const done = arguments[arguments.length - 1]; \
         fetch('http://127.0.0.1:9/').then(() => done('fetched'), () => done('refused')); \
         document.addEventListener('securitypolicyviolation', () => done('forbidden'))",
        &[],
    )?;
    ensure!(fetched != "fetched", "the page reaches the network");
    Ok(())
}

#[test]
fn without_a_screen_it_says_so() -> Result<()> {
    let ended = Command::new(built("rekam-desk")?)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env("XDG_RUNTIME_DIR", fresh_home("no-screen")?)
        .output()?;
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    ensure!(ended.status.code() == Some(2), "ended with {:?}: {said}", ended.status);
    ensure!(said.contains("no screen") && !said.contains("panicked"), "{said}");
    Ok(())
}

#[test]
fn a_signal_ends_it_in_order() -> Result<()> {
    let home = fresh_home("signal")?;
    let screen = Screen::take()?;
    let mut desk = Command::new(built("rekam-desk")?);
    let mut desk =
        Guarded::start(at_home(&mut desk, &home, &screen).stderr(Stdio::null()), "libwebkit2gtk-4.1-0")?;
    let seen = Command::new("xdotool")
        .args(["search", "--sync", "--onlyvisible", "--name", "^Rekam$"])
        .env("DISPLAY", &screen.display)
        .output()
        .context("cannot start xdotool: install the Debian package xdotool")?;
    ensure!(seen.status.success(), "no window appeared");
    let Some(pid) = Pid::from_raw(desk.child().id().cast_signed()) else { bail!("no process id") };
    kill_process(pid, Signal::TERM)?;
    let status = desk.child().wait()?;
    ensure!(status.code() == Some(0), "ended with {status:?}");
    Ok(())
}
