//! The recording of a person in the real window, by keyboard alone, with every step saved on the way.

use std::cell::Cell;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use rekam_domain::body::Finger;
use rekam_driver_api::FingerGroup;
use rekam_driver_sim::{Situation, SyntheticPerson};
use rekam_tests::gallery::Gallery;
use rekam_tests::real_window::{RealWindow, program_at};
use rekam_tests::screen_check::{fits, is_open_to_everybody};
use rekam_tests::webdriver::{Session, key};
use rustix::process::{Signal, kill_process};

/// The most an officer may press, click or scan for an ordinary adult, from the call to the receipt.
const ACTIONS_MAX: u32 = 25;

fn fresh_home(test: &str) -> Result<PathBuf> {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("recording-{test}"));
    if home.exists() {
        std::fs::remove_dir_all(&home)?;
    }
    std::fs::create_dir_all(&home)?;
    Ok(home)
}

/// An officer at the keyboard; every press that is not text is counted.
struct Officer<'a> {
    page: &'a Session,
    gallery: Gallery,
    pressed: Cell<u32>,
}

impl<'a> Officer<'a> {
    fn at(page: &'a Session) -> Result<Self> {
        Ok(Self { page, gallery: Gallery::open()?, pressed: Cell::new(0) })
    }

    fn sign_in(&self) -> Result<()> {
        self.page.wait_for_text("main h1", "Masuk")?;
        self.page.click("section li button")?;
        self.page.click("#enter")?;
        self.page.wait_for("document.querySelector('#enter') === null")
    }

    fn press(&self, key: &str) -> Result<()> {
        self.pressed.set(self.pressed.get() + 1);
        self.page.press(&[key])
    }

    /// Presses Enter as soon as the next action says this and has the keyboard.
    fn enter(&self, word: &str) -> Result<()> {
        self.ready(word)?;
        self.press(key::ENTER)
    }

    fn ready(&self, word: &str) -> Result<()> {
        self.seen(self.page.wait_for_text("#next", word))?;
        self.seen(self.page.wait_for(
            "document.activeElement.id === 'next' && document.activeElement.ariaDisabled !== 'true'",
        ))
    }

    fn at_step(&self, title: &str) -> Result<()> {
        self.seen(self.page.wait_for_text("#step h1", title)).map(drop)
    }

    /// What did not come is told with what was there instead.
    fn seen<T>(&self, waited: Result<T>) -> Result<T> {
        waited.or_else(|reason| {
            self.gallery.keep("99-failed", self.page)?;
            Err(reason.context(self.page.text("body")?))
        })
    }

    fn keep(&self, name: &str) -> Result<()> {
        self.page.wait_for("[...document.images].every((image) => image.complete)")?;
        self.gallery.keep(name, self.page)
    }

    /// Lets a simulated device fail, as somebody who shows the program does.
    fn let_fail(&self, fault: &str) -> Result<()> {
        self.page.click("details summary")?;
        self.page.click(&format!("#fault-{fault}"))?;
        self.page.wait_for(&format!("document.querySelector('#fault-{fault}').ariaPressed === 'true'"))
    }

    fn sign_in_again(&self) -> Result<()> {
        let shown = self.page.text("section li b")?;
        self.page.fill("#passphrase", shown.trim())?;
        self.page.press(&[key::ENTER])
    }

    /// The scanner waits for a finger that is not there: broken off, marked on the drawing, taken without it.
    fn mark_missing(&self, finger: Finger) -> Result<()> {
        self.page.wait_for_text("#next", "Menunggu jari")?;
        self.press(key::F6)?;
        let choice = format!("#mark[open] input[name=mark-part][value='{}']", finger.number());
        self.page.find(&choice)?;
        self.page.run("document.querySelector(arguments[0]).click()", &[choice.into()])?;
        self.page.find("#mark-save")?;
        self.keep("43-mark-a-finger")?;
        is_open_to_everybody(self.page, "mark a finger")?;
        self.page.run("document.getElementById('mark-save').focus()", &[])?;
        self.press(key::ENTER)?;
        self.page.wait_for("document.querySelector('#mark') === null")?;
        self.ready("Mulai ambil sidik jari")?;
        self.keep("44-marked")?;
        self.enter("Mulai ambil sidik jari")
    }

    /// The number of the made-up person in this situation, as the desk offers it.
    fn made_up(&self, situation: &str) -> Result<String> {
        let css = format!("button[data-situation={situation}] .number");
        Ok(self.page.text(&css)?.trim().to_owned())
    }

    /// From the home screen to the ticket: the number is typed, the papers are scanned.
    fn register(&self, situation: &str) -> Result<String> {
        self.page.wait_for("document.activeElement.id === 'new-recording'")?;
        self.press(key::F2)?;
        self.page.wait_for("document.activeElement.id === 'sought-number'")?;
        let nik = self.made_up(situation)?;
        self.page.type_text(&nik)?;
        self.press(key::ENTER)?;
        self.enter("Daftarkan")?;
        self.enter("Pindai berkas")?;
        self.enter("Beri nomor antrean")?;
        self.ready("Panggil pemohon")?;
        Ok(nik)
    }

    fn begin_capture(&self) -> Result<()> {
        self.enter("Panggil pemohon")?;
        self.enter("Pemohon duduk")?;
        self.at_step("Pas foto")?;
        self.enter("Ambil foto")?;
        self.enter("Lanjut")?;
        self.at_step("Tanda tangan")?;
        self.enter("Lanjut")
    }

    fn fingers(&self, group: &str) -> Result<()> {
        self.at_step(group)?;
        self.enter("Lanjut")
    }

    fn statement(&self) -> Result<()> {
        self.at_step("Bacakan data")?;
        self.enter("membenarkan")?;
        self.at_step("Pernyataan kebenaran")?;
        self.enter("Lanjut")?;
        self.at_step("Validasi telunjuk")?;
        self.enter("Lanjut")
    }

    fn seal(&self) -> Result<String> {
        self.at_step("Periksa dan segel")?;
        self.enter("Selesai dan segel")?;
        self.at_step("Tersimpan, menunggu dikirim")?;
        self.page.text("#receipt")
    }
}

#[test]
fn an_adult_is_recorded_by_keyboard_alone_with_few_presses() -> Result<()> {
    let window = RealWindow::open(&fresh_home("adult")?, &[])?;
    let officer = Officer::at(&window.page)?;
    officer.sign_in()?;
    officer.page.wait_for("document.activeElement.id === 'new-recording'")?;
    officer.keep("20-home-empty-queue")?;
    officer.press(key::F2)?;
    officer.page.wait_for("document.activeElement.id === 'sought-number'")?;
    let nik = officer.made_up("ordinary")?;
    officer.keep("21-new-recording")?;
    officer.page.type_text(&nik)?;
    officer.press(key::ENTER)?;
    officer.ready("Daftarkan")?;
    officer.keep("22-person-found")?;
    officer.enter("Daftarkan")?;
    officer.ready("Pindai berkas")?;
    officer.keep("23-papers-missing")?;
    officer.enter("Pindai berkas")?;
    officer.ready("Beri nomor antrean")?;
    officer.keep("24-papers-complete")?;
    officer.enter("Beri nomor antrean")?;
    officer.ready("Panggil pemohon")?;
    officer.keep("25-queue")?;

    officer.pressed.set(0);
    officer.enter("Panggil pemohon")?;
    officer.ready("Pemohon duduk")?;
    officer.keep("26-called")?;
    officer.enter("Pemohon duduk")?;
    officer.ready("Ambil foto")?;
    officer.keep("27-photo-live")?;
    officer.enter("Ambil foto")?;
    officer.ready("Lanjut")?;
    officer.keep("28-photo-taken")?;
    ensure!(officer.page.text("#curtain")?.contains("sudah sesuai"), "the curtain was not checked");
    officer.enter("Lanjut")?;
    officer.at_step("Tanda tangan")?;
    officer.ready("Lanjut")?;
    officer.keep("29-signature")?;
    officer.enter("Lanjut")?;
    for (group, picture) in [
        ("Empat jari kanan", "30-right-four"),
        ("Empat jari kiri", "31-left-four"),
        ("Kedua jempol", "32-thumbs"),
    ] {
        officer.at_step(group)?;
        officer.ready("Lanjut")?;
        officer.keep(picture)?;
        officer.enter("Lanjut")?;
    }
    officer.at_step("Iris mata")?;
    officer.ready("Lanjut")?;
    officer.keep("33-irises")?;
    officer.enter("Lanjut")?;
    officer.ready("membenarkan")?;
    officer.keep("34-read-aloud")?;
    officer.enter("membenarkan")?;
    officer.at_step("Pernyataan kebenaran")?;
    officer.ready("Lanjut")?;
    officer.keep("35-truth")?;
    officer.enter("Lanjut")?;
    officer.at_step("Validasi telunjuk")?;
    officer.ready("Lanjut")?;
    officer.keep("36-index")?;
    officer.enter("Lanjut")?;
    officer.ready("Selesai dan segel")?;
    officer.keep("37-review")?;
    let receipt = officer.seal()?;
    let pressed = officer.pressed.get();
    officer.keep("38-receipt")?;
    ensure!(receipt.contains("630506-DEMO/"), "no registration number: {receipt}");
    ensure!(receipt.contains("Disegel") || receipt.contains("Antre kirim"), "not sealed: {receipt}");
    ensure!(pressed <= ACTIONS_MAX, "{pressed} actions from the call to the receipt");
    writeln!(std::io::stdout(), "an ordinary adult takes {pressed} actions from the call to the receipt")?;

    officer.enter("Pemohon berikutnya")?;
    officer.page.wait_for_text("#queue", "Sudah direkam")?;
    officer.keep("39-home-one-recorded")?;
    let text = officer.page.text("body")?;
    ensure!(!text.contains('['), "a text is missing: {text}");
    Ok(())
}

#[test]
fn every_screen_of_a_recording_is_open_to_everybody_and_fits() -> Result<()> {
    let window = RealWindow::open(&fresh_home("open")?, &[])?;
    let officer = Officer::at(&window.page)?;
    officer.sign_in()?;
    let check = |screen: &str| -> Result<()> {
        is_open_to_everybody(officer.page, screen)?;
        fits(officer.page, screen)
    };
    officer.press(key::F2)?;
    officer.made_up("ordinary")?;
    check("new recording")?;
    let nik = officer.made_up("ordinary")?;
    officer.page.type_text(&nik)?;
    officer.press(key::ENTER)?;
    officer.ready("Daftarkan")?;
    check("person found")?;
    officer.enter("Daftarkan")?;
    officer.ready("Pindai berkas")?;
    check("papers")?;
    officer.enter("Pindai berkas")?;
    officer.enter("Beri nomor antrean")?;
    officer.ready("Panggil pemohon")?;
    check("queue")?;
    officer.enter("Panggil pemohon")?;
    officer.enter("Pemohon duduk")?;
    officer.enter("Ambil foto")?;
    for screen in ["photo", "signature", "right four", "left four", "thumbs", "irises"] {
        officer.ready("Lanjut")?;
        check(screen)?;
        officer.enter("Lanjut")?;
    }
    officer.ready("membenarkan")?;
    check("read aloud")?;
    officer.enter("membenarkan")?;
    for screen in ["truth", "index"] {
        officer.ready("Lanjut")?;
        check(screen)?;
        officer.enter("Lanjut")?;
    }
    officer.ready("Selesai dan segel")?;
    check("review")?;
    officer.seal()?;
    check("receipt")
}

#[test]
fn a_window_that_was_killed_in_the_middle_comes_back_to_the_same_step() -> Result<()> {
    let home = fresh_home("killed")?;
    let kept = {
        let window = RealWindow::open(&home, &[])?;
        let officer = Officer::at(&window.page)?;
        officer.sign_in()?;
        officer.register("ordinary")?;
        officer.begin_capture()?;
        officer.fingers("Empat jari kanan")?;
        officer.at_step("Empat jari kiri")?;
        // The left hand is on the glass when the power goes.
        officer.page.wait_for_text("#next", "Menunggu jari")?;
        let kept = officer.page.text("aside .who")?;
        kill_process(program_at(&home)?, Signal::KILL)?;
        kept
    };
    let window = RealWindow::open(&home, &[])?;
    let officer = Officer::at(&window.page)?;
    officer.sign_in()?;
    officer.at_step("Empat jari kiri")?;
    ensure!(officer.page.text("aside .who")? == kept, "another person is on the screen");
    officer.keep("40-after-the-kill")?;
    officer.fingers("Empat jari kiri")?;

    // A lock does the same.
    officer.at_step("Kedua jempol")?;
    officer.ready("Lanjut")?;
    officer.page.press(&[key::CONTROL, "l"])?;
    officer.page.wait_for_text("main h1", "Layar terkunci")?;
    officer.sign_in_again()?;
    officer.at_step("Iris mata").map(drop)
}

#[test]
fn a_poor_finger_is_taken_again_and_the_best_stays() -> Result<()> {
    let window = RealWindow::open(&fresh_home("poor")?, &[])?;
    let officer = Officer::at(&window.page)?;
    officer.sign_in()?;
    officer.register("ordinary")?;
    officer.enter("Panggil pemohon")?;
    officer.enter("Pemohon duduk")?;
    officer.enter("Ambil foto")?;
    officer.ready("Lanjut")?;
    officer.let_fail("dry_fingers")?;
    officer.enter("Lanjut")?;
    officer.at_step("Tanda tangan")?;
    officer.enter("Lanjut")?;
    officer.at_step("Empat jari kanan")?;
    officer.ready("Ulangi sidik jari")?;
    ensure!(officer.page.text("#step")?.contains("Jari kering"), "{}", officer.page.text("#step")?);
    officer.keep("41-poor-fingers")?;
    is_open_to_everybody(officer.page, "poor fingers")?;
    officer.enter("Ulangi sidik jari")?;
    officer.ready("Lanjut")?;
    ensure!(officer.page.text("#step")?.contains("Percobaan 2 dari 3"), "{}", officer.page.text("#step")?);
    officer.keep("42-taken-again")?;

    // Once more by its key: whatever comes, what was saved stays good.
    officer.press(key::F4)?;
    officer.page.wait_for_text("#step", "Percobaan 3 dari 3")?;
    officer.ready("Lanjut")
}

#[test]
fn a_missing_finger_is_marked_shown_and_left_for_approval() -> Result<()> {
    let window = RealWindow::open(&fresh_home("missing")?, &[])?;
    let officer = Officer::at(&window.page)?;
    officer.sign_in()?;
    let nik = officer.register("missing_finger")?;
    let today = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).date();
    let missing = (0..1_000)
        .map(|seed| SyntheticPerson::in_situation(seed, today, Situation::draw(seed)))
        .find(|person| person.nik.as_ref() == Some(&nik))
        .and_then(|person| person.missing_fingers.first().copied())
        .context("this person has every finger")?;
    officer.begin_capture()?;
    for (title, group) in [
        ("Empat jari kanan", FingerGroup::RightFour),
        ("Empat jari kiri", FingerGroup::LeftFour),
        ("Kedua jempol", FingerGroup::Thumbs),
    ] {
        officer.at_step(title)?;
        if group.fingers().contains(&missing) {
            officer.mark_missing(missing)?;
        }
        officer.enter("Lanjut")?;
    }
    officer.at_step("Iris mata")?;
    officer.enter("Lanjut")?;
    officer.at_step("Pengecualian")?;
    officer.enter("Buka kamera")?;
    officer.enter("Ambil foto bukti")?;
    officer.ready("Ajukan pengecualian")?;
    officer.keep("45-exception-with-evidence")?;
    is_open_to_everybody(officer.page, "exception")?;
    officer.enter("Ajukan pengecualian")?;
    officer.ready("persetujuan menyusul")?;
    officer.keep("46-exception-open")?;
    officer.enter("persetujuan menyusul")?;
    officer.statement()?;
    officer.keep("47-review-with-exception")?;
    let receipt = officer.seal()?;
    ensure!(receipt.contains("menahan paket"), "the receipt does not say that the approval waits: {receipt}");
    officer.keep("48-receipt-waiting-for-approval")
}

#[test]
fn a_scanner_that_is_unplugged_says_so_and_goes_on_when_it_is_back() -> Result<()> {
    let window = RealWindow::open(&fresh_home("unplugged")?, &[])?;
    let officer = Officer::at(&window.page)?;
    officer.sign_in()?;
    officer.register("ordinary")?;
    officer.enter("Panggil pemohon")?;
    officer.enter("Pemohon duduk")?;
    officer.enter("Ambil foto")?;
    officer.ready("Lanjut")?;
    officer.let_fail("scanner_unplugged")?;
    officer.enter("Lanjut")?;
    officer.enter("Lanjut")?;
    officer.at_step("Empat jari kanan")?;
    officer.page.wait_for_text("[role=alert] .cause", "terlepas")?;
    officer.page.wait_for_text("[role=alert] .next", "Colokkan kembali")?;
    officer.keep("49-unplugged")?;

    // Home and back again: the desk is where it was.
    officer.press(key::F8)?;
    officer.page.wait_for_text("#queue", "Sidik jari")?;
    officer.keep("50-home-open-recording")?;
    is_open_to_everybody(officer.page, "home with a queue")?;
    fits(officer.page, "home with a queue")?;
    officer.page.click("#queue td button")?;
    officer.at_step("Empat jari kanan")?;
    officer.page.wait_for_text("[role=alert] .cause", "tidak ditemukan")?;
    officer.let_fail("plugged_in")?;
    officer.enter("Mulai ambil")?;
    officer.fingers("Empat jari kanan")?;

    // Suspended, and taken up again after the person was compared with the data.
    officer.at_step("Empat jari kiri")?;
    officer.ready("Lanjut")?;
    officer.press(key::F9)?;
    officer.at_step("Perekaman ditunda")?;
    officer.keep("51-suspended")?;
    is_open_to_everybody(officer.page, "suspended")?;
    officer.enter("Orangnya cocok")?;
    officer.at_step("Kedua jempol").map(drop)
}

#[test]
fn whoever_may_not_be_recorded_is_told_why_and_what_to_bring() -> Result<()> {
    let window = RealWindow::open(&fresh_home("away")?, &[])?;
    let officer = Officer::at(&window.page)?;
    officer.sign_in()?;
    officer.page.wait_for("document.activeElement.id === 'new-recording'")?;
    officer.press(key::F2)?;
    officer.page.wait_for("document.activeElement.id === 'sought-number'")?;
    let nik = officer.made_up("under_age")?;
    officer.page.type_text("3671090101019999")?;
    officer.press(key::ENTER)?;
    officer.page.wait_for_text("#sought", "Tidak ada dalam daftar")?;
    officer.press(key::F6)?;
    officer.page.wait_for_text("#eligibility", "formulir")?;
    officer.keep("52-no-nik")?;
    officer.enter("Pemohon berikutnya")?;
    officer.page.wait_for("document.activeElement.id === 'sought-number'")?;
    officer.page.type_text(&nik)?;
    officer.press(key::ENTER)?;
    officer.page.wait_for_text("#eligibility", "Baru 15 tahun")?;
    officer.keep("53-under-age")?;
    is_open_to_everybody(officer.page, "under age")?;
    officer.enter("Daftarkan")?;
    officer.enter("Catat dan beri lembar petunjuk")?;
    officer.at_step("Ditolak")?;
    officer.page.wait_for_text("#ended", "datang lagi mulai")?;
    officer.keep("54-turned-away")?;
    officer.enter("Pemohon berikutnya")?;
    officer.page.wait_for_text("#queue", "Ditolak").map(drop)
}
