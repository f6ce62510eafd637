//! A software TPM of a test's own, and questions to it that do not go through the code under test.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rekam_keys::Tpm;
use tempfile::TempDir;

const STARTS_WITHIN: Duration = Duration::from_secs(20);
const LOCKOUT: u32 = 0x4000_000a;
const PASSWORD: &[u8] = b"kata sandi pemilik";

/// What a kill has to reach from another thread.
type Process = Arc<Mutex<Option<Child>>>;

/// Killed, and its state removed, when dropped.
pub(crate) struct SoftwareTpm {
    folder: TempDir,
    process: Process,
}

impl SoftwareTpm {
    /// A chip as it comes from the factory: nobody has set its lockout password.
    pub(crate) fn fresh() -> Self {
        let tpm = Self { folder: crate::temporary(), process: Process::default() };
        tpm.start();
        tpm
    }

    /// A chip whose owner lets `tries` wrong passwords pass, and forgives one every `seconds`.
    pub(crate) fn owned(tries: u32, seconds: u32) -> Self {
        let tpm = Self::fresh();
        let numbers = [tries, seconds, 1000].map(u32::to_be_bytes).concat();
        tpm.as_owner(0x13a, b"", &numbers);
        let password = [&(PASSWORD.len() as u16).to_be_bytes(), PASSWORD].concat();
        tpm.as_owner(0x129, b"", &password);
        tpm
    }

    pub(crate) fn start(&self) {
        let socket = self.socket();
        let _ = std::fs::remove_file(&socket);
        let child = Command::new("swtpm")
            .args(["socket", "--tpm2", "--flags", "not-need-init,startup-clear", "--tpmstate"])
            .arg(format!("dir={}", self.folder.path().display()))
            .arg("--server")
            .arg(format!("type=unixio,path={}", socket.display()))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let child = child.unwrap_or_else(|error| {
            panic!(
                "The software TPM \"swtpm\" could not be started ({error}). Install what \
                 packaging/apt-packages-test.txt lists, then run the tests again."
            )
        });
        *self.process.lock().unwrap() = Some(child);
        let begun = Instant::now();
        while UnixStream::connect(&socket).is_err() {
            assert!(begun.elapsed() < STARTS_WITHIN, "swtpm does not listen on {}", socket.display());
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// The current fails.
    pub(crate) fn cut(&self) {
        cut(&self.process);
    }

    pub(crate) fn tpm(&self) -> Tpm {
        Tpm::Socket(self.socket())
    }

    /// Wrong passwords the chip remembers, and how many it takes.
    pub(crate) fn tries(&self) -> (u32, u32) {
        (self.property(0x20e), self.property(0x20f))
    }

    /// Seconds until it forgives one.
    pub(crate) fn seconds(&self) -> u32 {
        self.property(0x210)
    }

    pub(crate) fn forgive(&self) {
        self.as_owner(0x139, PASSWORD, b"");
    }

    /// What the firmware does when the office clears the chip: a new seed for everything.
    pub(crate) fn clear(&self) {
        self.as_owner(0x126, PASSWORD, b"");
    }

    /// Things the chip holds that nobody has taken out again.
    pub(crate) fn held(&self) -> u32 {
        let answer = self.ask(0x17a, &[1, 0x8000_0000, 16].map(u32::to_be_bytes).concat());
        u32::from_be_bytes(answer[15..19].try_into().unwrap())
    }

    fn property(&self, property: u32) -> u32 {
        let answer = self.ask(0x17a, &[6, property, 1].map(u32::to_be_bytes).concat());
        assert_eq!(answer[19..23], property.to_be_bytes());
        u32::from_be_bytes(answer[23..27].try_into().unwrap())
    }

    fn as_owner(&self, code: u32, password: &[u8], parameters: &[u8]) {
        let mut session = [&0x4000_0009u32.to_be_bytes() as &[u8], &[0, 0, 0]].concat();
        session.extend((password.len() as u16).to_be_bytes());
        session.extend(password);
        let mut fields = LOCKOUT.to_be_bytes().to_vec();
        fields.extend((session.len() as u32).to_be_bytes());
        fields.extend(session);
        fields.extend(parameters);
        self.ask_tagged(0x8002, code, &fields);
    }

    fn ask(&self, code: u32, fields: &[u8]) -> Vec<u8> {
        self.ask_tagged(0x8001, code, fields)
    }

    fn ask_tagged(&self, tag: u16, code: u32, fields: &[u8]) -> Vec<u8> {
        let size = 10 + fields.len() as u32;
        let mut command = tag.to_be_bytes().to_vec();
        command.extend([size, code].map(u32::to_be_bytes).concat());
        command.extend(fields);
        let mut stream = UnixStream::connect(self.socket()).unwrap();
        stream.write_all(&command).unwrap();
        let answer = message(&mut stream).unwrap();
        assert_eq!(answer[6..10], [0; 4], "command {code:#x}");
        answer
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("tpm")
    }
}

impl Drop for SoftwareTpm {
    fn drop(&mut self) {
        self.cut();
    }
}

fn cut(process: &Process) {
    if let Some(mut child) = process.lock().unwrap().take() {
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// One command or answer, whole; nothing when the other side is gone.
fn message(stream: &mut UnixStream) -> Option<Vec<u8>> {
    let mut bytes = vec![0; 10];
    stream.read_exact(&mut bytes).ok()?;
    let size = u32::from_be_bytes(bytes[2..6].try_into().unwrap()) as usize;
    bytes.resize(size, 0);
    stream.read_exact(&mut bytes[10..]).ok()?;
    Some(bytes)
}

/// When the current fails: counted in commands, before the chip has seen the command or after it has answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cut {
    Never,
    Before(usize),
    After(usize),
}

/// Wires to the chip on which the current can fail at a chosen command.
pub(crate) struct Wires {
    path: PathBuf,
    cut: Arc<Mutex<Cut>>,
}

impl Wires {
    pub(crate) fn to(chip: &SoftwareTpm) -> Self {
        let path = chip.folder.path().join("wires");
        let listener = UnixListener::bind(&path).unwrap();
        let cut = Arc::new(Mutex::new(Cut::Never));
        let (process, socket, when) = (Arc::clone(&chip.process), chip.socket(), Arc::clone(&cut));
        thread::spawn(move || {
            for client in listener.incoming() {
                let _ = carry(client.unwrap(), &socket, &process, &when);
            }
        });
        Self { path, cut }
    }

    pub(crate) fn tpm(&self) -> Tpm {
        Tpm::Socket(self.path.clone())
    }

    pub(crate) fn plan(&self, cut: Cut) {
        *self.cut.lock().unwrap() = cut;
    }

    /// Whether the current failed as planned.
    pub(crate) fn has_cut(&self) -> bool {
        *self.cut.lock().unwrap() == Cut::Never
    }
}

/// Carries commands to the chip and answers back, until either side is gone.
fn carry(mut client: UnixStream, socket: &Path, process: &Process, when: &Mutex<Cut>) -> Option<()> {
    let mut chip = UnixStream::connect(socket).ok()?;
    loop {
        let command = message(&mut client)?;
        let planned = *when.lock().unwrap();
        let (now, next) = match planned {
            Cut::Before(0) | Cut::After(0) => (true, Cut::Never),
            Cut::Before(left) => (false, Cut::Before(left - 1)),
            Cut::After(left) => (false, Cut::After(left - 1)),
            Cut::Never => (false, Cut::Never),
        };
        if now && planned == Cut::Before(0) {
            cut(process);
            *when.lock().unwrap() = next;
            return None;
        }
        chip.write_all(&command).ok()?;
        let answer = message(&mut chip)?;
        if now {
            cut(process);
        }
        *when.lock().unwrap() = next;
        if now {
            return None;
        }
        client.write_all(&answer).ok()?;
    }
}
