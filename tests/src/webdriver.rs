//! A small WebDriver client: the dozen requests the tests of the real window need, over a plain socket.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// What the whole window may take to answer one request.
const ANSWER_MAX: Duration = Duration::from_secs(60);
/// How long a condition on the screen may take to become true; generous, because machines are busy.
const CONDITION_MAX: Duration = Duration::from_secs(30);
/// Between two looks at a condition.
const LOOK_AGAIN: Duration = Duration::from_millis(25);
/// The key under which WebDriver hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys as WebDriver writes them.
pub mod key {
    /// Tab.
    pub const TAB: &str = "\u{E004}";
    /// Enter.
    pub const ENTER: &str = "\u{E007}";
    /// Escape.
    pub const ESCAPE: &str = "\u{E00C}";
    /// Shift.
    pub const SHIFT: &str = "\u{E008}";
    /// Control.
    pub const CONTROL: &str = "\u{E009}";
    /// Alt.
    pub const ALT: &str = "\u{E00A}";
    /// Arrow down.
    pub const DOWN: &str = "\u{E015}";
    /// F1.
    pub const F1: &str = "\u{E031}";
    /// F2: a new recording.
    pub const F2: &str = "\u{E032}";
    /// F4: take it again.
    pub const F4: &str = "\u{E034}";
    /// F6: mark what cannot be taken.
    pub const F6: &str = "\u{E036}";
    /// F8: the home screen.
    pub const F8: &str = "\u{E038}";
    /// F9: suspend.
    pub const F9: &str = "\u{E039}";
}

/// Looks at `condition` until it gives something, or the time is up.
///
/// # Errors
/// When the time is up; the message names what was waited for and the last reason.
pub fn wait_until<T>(what: &str, mut condition: impl FnMut() -> Result<T>) -> Result<T> {
    let started = Instant::now();
    loop {
        match condition() {
            Ok(found) => return Ok(found),
            Err(reason) if started.elapsed() > CONDITION_MAX => {
                return Err(reason.context(format!("waited {CONDITION_MAX:?} for {what}")));
            }
            Err(_) => std::thread::sleep(LOOK_AGAIN),
        }
    }
}

/// One request to a WebDriver; the answer's `value`.
fn ask(port: u16, method: &str, path: &str, body: &Value) -> Result<Value> {
    let body = if method == "POST" { body.to_string() } else { String::new() };
    let mut socket = TcpStream::connect(("127.0.0.1", port)).context("the WebDriver does not answer")?;
    socket.set_read_timeout(Some(ANSWER_MAX))?;
    socket.write_all(
        format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .as_bytes(),
    )?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).with_context(|| format!("{method} {path}: no answer"))?;
    let answer = String::from_utf8(answer)?;
    let (_, content) = answer.split_once("\r\n\r\n").context("not an HTTP answer")?;
    let parsed: Value =
        serde_json::from_str(content).with_context(|| format!("{method} {path}: not JSON"))?;
    let value = parsed.get("value").cloned().unwrap_or(Value::Null);
    if let Some(error) = value.get("error").and_then(Value::as_str) {
        bail!(
            "{method} {path}: {error}: {}",
            value.get("message").and_then(Value::as_str).unwrap_or_default()
        );
    }
    Ok(value)
}

/// Whether a WebDriver listens on this port.
///
/// # Errors
/// When it does not.
pub fn is_ready(port: u16) -> Result<()> {
    let status = ask(port, "GET", "/status", &Value::Null)?;
    ensure!(status.get("ready") == Some(&Value::Bool(true)), "the WebDriver is not ready");
    Ok(())
}

/// A window under remote control; it is closed when this is dropped.
pub struct Session {
    port: u16,
    path: String,
}

impl Session {
    /// Starts the program and takes its window.
    ///
    /// # Errors
    /// When the program does not open a window.
    pub fn start(port: u16, binary: &str, arguments: &[String]) -> Result<Session> {
        Session::with(port, &json!({"binary": binary, "args": arguments}))
    }

    /// Starts a browser that knows the certificate of one machine.
    ///
    /// # Errors
    /// When it does not open a window.
    pub fn browse(port: u16, binary: &str, host: &str, certificate: &str) -> Result<Session> {
        let certificates = json!([{"host": host, "certificateFile": certificate}]);
        Session::with(
            port,
            &json!({"binary": binary, "args": ["--automation"], "certificates": certificates}),
        )
    }

    fn with(port: u16, options: &Value) -> Result<Session> {
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "webkitgtk:browserOptions": options,
            "timeouts": {"script": 60_000, "pageLoad": 60_000, "implicit": 0},
        }}});
        let session = ask(port, "POST", "/session", &wanted)?;
        let id = session.get("sessionId").and_then(Value::as_str).context("no session")?;
        Ok(Session { port, path: format!("/session/{id}") })
    }

    /// Goes to a page and waits until it is there.
    ///
    /// # Errors
    /// When it does not load.
    pub fn go(&self, address: &str) -> Result<()> {
        self.post("/url", &json!({"url": address})).map(drop)
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        ask(self.port, "POST", &format!("{}{path}", self.path), body)
    }

    fn get(&self, path: &str) -> Result<Value> {
        ask(self.port, "GET", &format!("{}{path}", self.path), &Value::Null)
    }

    /// Runs a function body in the page.
    ///
    /// # Errors
    /// When it throws.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        self.post("/execute/sync", &json!({"script": script, "args": arguments}))
    }

    /// Runs a function body in the page that calls its last argument when it is done.
    ///
    /// # Errors
    /// When it throws or never calls.
    pub fn run_async(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        self.post("/execute/async", &json!({"script": script, "args": arguments}))
    }

    /// The element, as soon as it is there.
    ///
    /// # Errors
    /// When it does not appear.
    pub fn find(&self, css: &str) -> Result<String> {
        wait_until(css, || {
            let found = self.post("/element", &json!({"using": "css selector", "value": css}))?;
            found
                .get(ELEMENT)
                .and_then(Value::as_str)
                .map(str::to_owned)
                .ok_or_else(|| anyhow!("no element {css}"))
        })
    }

    /// The visible text of an element.
    ///
    /// # Errors
    /// When it does not appear.
    pub fn text(&self, css: &str) -> Result<String> {
        let element = self.find(css)?;
        Ok(self.get(&format!("/element/{element}/text"))?.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the visible text of an element contains this.
    ///
    /// # Errors
    /// When it does not; the message quotes what was there.
    pub fn wait_for_text(&self, css: &str, part: &str) -> Result<String> {
        wait_until(&format!("{part:?} in {css}"), || {
            let text = self.text(css)?;
            ensure!(text.contains(part), "{css} says {text:?}");
            Ok(text)
        })
    }

    /// Waits until an expression of the page is true.
    ///
    /// # Errors
    /// When it stays false.
    pub fn wait_for(&self, expression: &str) -> Result<()> {
        wait_until(expression, || {
            let answer = self.run(&format!("return Boolean({expression})"), &[])?;
            ensure!(answer == Value::Bool(true), "still false: {expression}");
            Ok(())
        })
    }

    /// Clicks in the middle of an element.
    ///
    /// # Errors
    /// When it is not there or is covered.
    pub fn click(&self, css: &str) -> Result<()> {
        let element = self.find(css)?;
        self.post(&format!("/element/{element}/click"), &json!({})).map(drop)
    }

    /// Empties a field and types into it.
    ///
    /// # Errors
    /// When it is not there.
    pub fn fill(&self, css: &str, text: &str) -> Result<()> {
        let element = self.find(css)?;
        self.post(&format!("/element/{element}/clear"), &json!({}))?;
        self.post(&format!("/element/{element}/value"), &json!({"text": text})).map(drop)
    }

    /// Presses keys together, the last one while the others are held; goes to whatever has the keyboard.
    ///
    /// # Errors
    /// When the driver refuses.
    pub fn press(&self, keys: &[&str]) -> Result<()> {
        let down = keys.iter().map(|key| json!({"type": "keyDown", "value": key}));
        let up = keys.iter().rev().map(|key| json!({"type": "keyUp", "value": key}));
        let actions: Vec<Value> = down.chain(up).collect();
        self.post("/actions", &json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]}))
            .map(drop)
    }

    /// Types text to whatever has the keyboard.
    ///
    /// # Errors
    /// When the driver refuses.
    pub fn type_text(&self, text: &str) -> Result<()> {
        text.chars().try_for_each(|character| self.press(&[&character.to_string()]))
    }

    /// The id of the element that has the keyboard.
    ///
    /// # Errors
    /// When the page does not answer.
    pub fn focused(&self) -> Result<String> {
        let id = self.run("return document.activeElement?.id ?? ''", &[])?;
        Ok(id.as_str().unwrap_or_default().to_owned())
    }

    /// A picture of the window, as PNG.
    ///
    /// # Errors
    /// When the driver gives none.
    pub fn picture(&self) -> Result<Vec<u8>> {
        let encoded = self.get("/screenshot")?;
        Ok(STANDARD.decode(encoded.as_str().context("no picture")?)?)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The processes are ended by their own guard; here the program only gets the chance to end in order.
        let _ = ask(self.port, "DELETE", &self.path, &Value::Null);
    }
}
