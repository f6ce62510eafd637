//! Starts the built program in a real window: a display of its own, the driver of the web view, and guards that end
//! all of it, also when a test fails half-way.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::program::built;
use crate::webdriver::{Session, is_ready, wait_until};

/// The size of the small screens at the counters.
const SCREEN: &str = "1366x768x24";

/// Where Debian puts it.
const BROWSERS: &[&str] = &[
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
];

/// A process and everything it started; ended when this is dropped.
pub struct Guarded(Child);

impl Guarded {
    /// Starts a program of a Debian package in a group of its own.
    ///
    /// # Errors
    /// When it cannot be started; the message names the package.
    pub fn start(command: &mut Command, package: &str) -> Result<Guarded> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.process_group(0).spawn();
        Ok(Guarded(
            child.with_context(|| format!("cannot start {name}: install the Debian package {package}"))?,
        ))
    }

    /// The process itself.
    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if let Some(group) = Pid::from_raw(self.0.id().cast_signed()) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.0.wait();
    }
}

/// A screen to show windows on: the one there is, or a virtual one.
pub struct Screen {
    /// What `DISPLAY` has to be.
    pub display: String,
    _virtual: Option<Guarded>,
}

impl Screen {
    /// Takes the screen of the session, or starts a virtual one on a free number.
    ///
    /// # Errors
    /// When there is none and none can be started.
    pub fn take() -> Result<Screen> {
        if let Some(display) = std::env::var("DISPLAY").ok().filter(|display| !display.is_empty()) {
            return Ok(Screen { display, _virtual: None });
        }
        let mut server = Guarded::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
            "xvfb",
        )?;
        let mut number = String::new();
        BufReader::new(server.child().stdout.take().context("Xvfb has no output")?).read_line(&mut number)?;
        ensure!(!number.trim().is_empty(), "Xvfb did not name its display");
        Ok(Screen { display: format!(":{}", number.trim()), _virtual: Some(server) })
    }
}

/// The window of the built program under remote control.
pub struct RealWindow {
    /// The page in the window.
    pub page: Session,
    // Dropped after the page, in this order.
    _driver: Guarded,
    _screen: Screen,
}

impl RealWindow {
    /// Opens the window with an empty home folder and these arguments.
    ///
    /// # Errors
    /// When a package or the program is missing, or no window appears.
    pub fn open(home: &Path, arguments: &[String]) -> Result<RealWindow> {
        let binary = built("rekam-desk")?;
        Self::drive(home, |port| Session::start(port, &binary.to_string_lossy(), arguments))
    }

    /// Opens the small browser that comes with the web view, which knows the certificate of one machine.
    ///
    /// # Errors
    /// When a package is missing, or no window appears.
    pub fn browse(home: &Path, host: &str, certificate: &Path) -> Result<RealWindow> {
        let known = BROWSERS.iter().map(Path::new).find(|path| path.exists());
        let browser = known.context("no MiniBrowser: install the Debian package libwebkit2gtk-4.1-0")?;
        let certificate = certificate.to_string_lossy();
        Self::drive(home, |port| Session::browse(port, &browser.to_string_lossy(), host, &certificate))
    }

    fn drive(home: &Path, start: impl FnOnce(u16) -> Result<Session>) -> Result<RealWindow> {
        let screen = Screen::take()?;
        std::fs::create_dir_all(home)?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut driver = Command::new("WebKitWebDriver");
        driver.arg(format!("--port={port}")).stdout(Stdio::null());
        at_home(&mut driver, home, &screen).env("TAURI_WEBVIEW_AUTOMATION", "true");
        let driver = Guarded::start(&mut driver, "webkit2gtk-driver")?;
        wait_until("the WebDriver", || is_ready(port))?;
        Ok(RealWindow { page: start(port)?, _driver: driver, _screen: screen })
    }
}

/// The running program whose home is this folder; the driver that started it does not say which one it is.
///
/// # Errors
/// When it does not run, or the system does not tell.
pub fn program_at(home: &Path) -> Result<Pid> {
    let binary = built("rekam-desk")?;
    let wanted = format!("HOME={}", home.display());
    for entry in std::fs::read_dir("/proc")? {
        let place = entry?.path();
        let Some(number) = place.file_name().and_then(|name| name.to_str()?.parse().ok()) else { continue };
        // Processes come and go while they are looked at.
        let is_ours = std::fs::read_link(place.join("exe")).is_ok_and(|path| path == binary)
            && std::fs::read(place.join("environ"))
                .is_ok_and(|text| text.split(|byte| *byte == 0).any(|line| line == wanted.as_bytes()));
        if is_ours && let Some(pid) = Pid::from_raw(number) {
            return Ok(pid);
        }
    }
    anyhow::bail!("no rekam-desk runs with {wanted}")
}

/// Gives a program its own empty home and this screen, so that nothing of the machine or of an earlier run is seen.
pub fn at_home<'a>(command: &'a mut Command, home: &Path, screen: &Screen) -> &'a mut Command {
    for variable in ["WAYLAND_DISPLAY", "WEBKIT_DISABLE_DMABUF_RENDERER", "WEBKIT_DISABLE_COMPOSITING_MODE"] {
        command.env_remove(variable);
    }
    command
        .env("DISPLAY", &screen.display)
        .env("GDK_BACKEND", "x11")
        .env("NO_AT_BRIDGE", "1")
        .env("HOME", home)
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_DATA_HOME", home.join("data"))
}
