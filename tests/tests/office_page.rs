//! The page for the people of the office in a real browser: what it shows, and what it lets nobody do.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    dead_code,
    reason = "it shares a station and its client with the tests of the receiver, which fail by panicking"
)]

#[path = "../../src-tauri/crates/receiver/tests/receiver/client.rs"]
mod client;
#[path = "../../src-tauri/crates/receiver/tests/receiver/desk.rs"]
mod desk;

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use rekam_packet::Upload;
use rekam_packet::notice::{Bundle, Payload as _};
use rekam_receiver::admission::{AdmissionRequest, Terms, make_bundle};
use rekam_receiver::office::{First, Office};
use rekam_tests::gallery::Gallery;
use rekam_tests::program::{built, root};
use rekam_tests::real_window::RealWindow;
use rekam_tests::webdriver::Session;
use serde_json::{Value, json};

use client::{Way, pem};
use desk::{Desk, Sealed};

const PASSPHRASE: &str = "kata sandi uji";
/// What a hostile hand may have written.
const HOSTILE: &str = "hilang <script>window.ran = 1</script><img src=x onerror='window.ran = 1'>";

/// The office's program; ended with the value.
struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    fn start(folder: &Path) -> Result<Self> {
        let mut child = Command::new(built("rekam-receiver")?)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder)
            .env("REKAM_OFFICE_PASSPHRASE", PASSPHRASE)
            .stderr(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stderr.take().context("its log")?).lines();
        let first = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains("\"listening\"")));
        let said: Value = serde_json::from_str(&first.context("it does not listen")??)?;
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let address = said["address"].as_str().context("its address")?.parse()?;
        Ok(Self { child, address })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn admit(office: &Office, id: &str, seed: u8, address: SocketAddr) -> Result<(Desk, Way)> {
    let desk = Desk::new(id, seed, &office.keys.recipients()?);
    let request = AdmissionRequest::read(&desk.request()).context("its own request")?;
    office.ledger.write(|view| view.add_station(&request.station, request.signing, request.transport, 0))?;
    let terms = Terms {
        addresses: vec!["https://127.0.0.1".into()],
        profile: "[profile]\n".into(),
        roles: vec![],
        numbers: vec![],
        days: 30,
    };
    let bundle = Bundle::verify_by(&make_bundle(office, id, &terms)?, [&office.public_key()])?;
    let chain: Vec<Vec<u8>> = bundle.certificates.iter().map(|der| der.to_vec()).collect();
    let root = chain.last().context("a chain")?.clone();
    let way = Way::new(address, &root, Some((&chain, &desk.transport)), office.public_key());
    Ok((desk, way))
}

fn deliver(way: &Way, sealed: &Sealed) -> Result<()> {
    for part in Upload::ALL {
        let bytes = sealed.upload(*part);
        let reply = way.create(sealed.id, *part, bytes.len(), bytes);
        ensure!(matches!(reply.status, 200 | 201), "{reply:?}");
    }
    Ok(())
}

/// Arrivals, a gap, a packet that waits for an approval, two refusals, and a station that was revoked.
fn fill(office: &Office, address: SocketAddr) -> Result<Vec<u8>> {
    let (mut one, way) = admit(office, "loket-1", 11, address)?;
    deliver(&way, &one.seal())?;
    let _lost = one.seal();
    deliver(&way, &one.seal_pending().0)?;
    deliver(&way, &one.seal_raw(b"no picture"))?;
    let (mut two, other) = admit(office, "loket-2", 12, address)?;
    deliver(&other, &two.seal())?;
    let forged = Desk::new("loket-2", 99, &two.to).seal();
    let facts = forged.upload(Upload::Facts);
    other.create(forged.id, Upload::Facts, facts.len(), facts);
    office.ledger.write(|view| view.revoke_station("loket-2", 1, HOSTILE))?;
    let mut line = way.connect()?;
    line.ask("GET", "/health", &[], b"")?;
    line.certificate().map(<[u8]>::to_vec).context("a certificate")
}

#[test]
fn people_see_what_arrived_and_the_page_runs_and_loads_nothing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("office");
    let office = Office::open(
        &data,
        &First { name: Some("disdukcapil-contoh"), passphrase: Some(PASSPHRASE), escrow: None },
    )?;
    let program = Program::start(&data)?;
    let (address, certificate) = (program.address, folder.path().join("office.pem"));
    std::fs::write(&certificate, pem("CERTIFICATE", &fill(&office, address)?))?;
    let window = RealWindow::browse(&folder.path().join("home"), "127.0.0.1", &certificate)?;
    let page = &window.page;
    page.go(&format!("https://kantor:{}@{address}/", office.keys.page_token()?))?;

    page.wait_for_text("h1", "Paket yang tiba")?;
    rekam_tests::webdriver::wait_until("the opened packets", || {
        page.run("location.reload()", &[])?;
        page.wait_for("document.readyState === 'complete'")?;
        let text = page.text("main")?;
        ensure!(text.contains("dibuka dan diperiksa") && text.contains("menunggu persetujuan"), "{text}");
        Ok(())
    })?;
    let text = page.text("main")?;
    for part in
        ["loket-1", "loket-2", "Nomor yang belum tiba", "Menunggu persetujuan", "Ditolak", "Waktu tunggu"]
    {
        ensure!(text.contains(part), "{part:?} is missing in {text}");
    }
    let gap = "[...document.querySelectorAll('table')[0].rows].some(r => r.cells[0].innerText === 'loket-1' && r.cells[5].innerText === '2')";
    page.wait_for(gap)?;
    ensure!(text.contains(HOSTILE), "shown as it was written: {text}");
    let held = "return document.querySelectorAll('table')[1].rows.length";
    ensure!(page.run(held, &[])? == json!(2), "one packet waits for an approval");
    Gallery::open()?.keep("office-1-page", page)?;
    is_readable(page)?;
    is_shut(page)?;
    page.go(&format!("https://{address}/?lang=en"))?;
    page.wait_for_text("h1", "What arrived").map(drop)
}

/// No script of the page's own runs, and nothing is fetched from anywhere else.
fn is_shut(page: &Session) -> Result<()> {
    let elsewhere = TcpListener::bind("127.0.0.1:0")?;
    elsewhere.set_nonblocking(true)?;
    let port = elsewhere.local_addr()?.port();
    page.run(
        "window.violations = [];
         document.addEventListener('securitypolicyviolation', e => window.violations.push(e.effectiveDirective));
         const add = (name, put) => { const e = document.createElement(name); put(e); document.body.append(e); };
         add('script', e => { e.textContent = 'window.ran = 1'; });
         add('img', e => { e.src = `https://127.0.0.1:${arguments[0]}/x.png`; });
         add('style', e => { e.textContent = 'h1 { display: none }'; });
         add('iframe', e => { e.src = `https://127.0.0.1:${arguments[0]}/`; });",
        &[port.into()],
    )?;
    page.wait_for("window.violations.length >= 4")?;
    let found =
        page.run("return [window.ran ?? null, getComputedStyle(document.querySelector('h1')).display]", &[])?;
    ensure!(found == json!([null, "block"]), "something ran: {found}");
    ensure!(elsewhere.accept().is_err(), "somebody else was asked");
    let foreign = "return performance.getEntriesByType('resource').map(e => e.name).filter(n => new URL(n).origin !== location.origin && !n.includes(arguments[0]))";
    let foreign = page.run(foreign, &[format!("127.0.0.1:{port}").into()])?;
    ensure!(foreign == json!([]), "{foreign}");
    Ok(())
}

/// Everybody can read it: by the rules of axe, and without scrolling sideways on a small screen.
fn is_readable(page: &Session) -> Result<()> {
    let axe = std::fs::read_to_string(root().join("ui/node_modules/axe-core/axe.min.js"));
    page.run(&axe.context("axe-core is missing: run `npm ci` in ui/")?, &[])?;
    let found = page.run_async(include_str!("../../ui/e2e/axe.js"), &[])?;
    let grave = |one: &&Value| matches!(one["impact"].as_str(), Some("serious" | "critical"));
    let grave: Vec<&Value> = found.as_array().context("a list")?.iter().filter(grave).collect();
    ensure!(grave.is_empty(), "{grave:#?}");
    let fits = page.run("return document.documentElement.scrollWidth <= window.innerWidth", &[])?;
    ensure!(fits == json!(true), "it is wider than the window");
    let torn = "return [...document.querySelectorAll('th')].filter(h => h.innerText.length < 20 && h.offsetHeight > 40).map(h => h.innerText)";
    let torn = page.run(torn, &[])?;
    ensure!(torn == json!([]), "words are torn: {torn}");
    let is_dressed =
        page.run("return getComputedStyle(document.querySelector('table')).borderCollapse", &[])?;
    ensure!(is_dressed == json!("collapse"), "its own style does not count: {is_dressed}");
    Ok(())
}
