//! The way to the chip: a command goes in whole, its answer comes out whole.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use super::Tpm;
use super::wire::{Answer, Command, HEAD_BYTES, MESSAGE_BYTES_MAX};

/// How long a software TPM may take for one command; the kernel has limits of its own for a chip.
const SOCKET_TIMEOUT: Duration = Duration::from_secs(30);
/// Pauses before a command is sent again that the chip has not begun: it was busy, testing itself, or writing.
const RETRY_PAUSES_MS: [u64; 8] = [5, 10, 20, 50, 100, 200, 400, 800];

/// The chip has not begun the command: it may be sent again (yielded, testing, writing, busy).
const NOT_BEGUN: [u32; 4] = [0x908, 0x90a, 0x920, 0x922];

pub(crate) enum Link {
    Device(File),
    Socket(UnixStream),
}

impl Link {
    pub(crate) fn open(tpm: &Tpm) -> io::Result<Self> {
        match tpm {
            Tpm::Device(path) => OpenOptions::new().read(true).write(true).open(path).map(Self::Device),
            Tpm::Socket(path) => {
                let stream = UnixStream::connect(path)?;
                stream.set_read_timeout(Some(SOCKET_TIMEOUT))?;
                stream.set_write_timeout(Some(SOCKET_TIMEOUT))?;
                Ok(Self::Socket(stream))
            }
        }
    }

    /// Sends a command until the chip has begun it; gives the response code, and the answer behind it.
    pub(crate) fn ask(&mut self, command: &Command) -> io::Result<(u32, Answer)> {
        for pause_ms in RETRY_PAUSES_MS {
            let (code, answer) = self.ask_once(command)?;
            if !NOT_BEGUN.contains(&code) {
                return Ok((code, answer));
            }
            thread::sleep(Duration::from_millis(pause_ms));
        }
        self.ask_once(command)
    }

    fn ask_once(&mut self, command: &Command) -> io::Result<(u32, Answer)> {
        let foreign = || io::Error::new(io::ErrorKind::InvalidData, "not an answer of a TPM");
        // One write: the device takes a command only whole.
        self.pipe().write_all(&command.bytes)?;
        let mut bytes = Zeroizing::new(vec![0; MESSAGE_BYTES_MAX]);
        let mut length = 0;
        let mut wanted = HEAD_BYTES;
        while length < wanted {
            let room = bytes.get_mut(length..).unwrap_or_default();
            match self.pipe().read(room) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            if length >= HEAD_BYTES {
                wanted = Answer::stated_length(&bytes).ok_or_else(foreign)?;
                if !(HEAD_BYTES..=MESSAGE_BYTES_MAX).contains(&wanted) {
                    return Err(foreign());
                }
            }
        }
        bytes.truncate(length);
        let mut answer = Answer::new(bytes);
        let code = answer.head().ok_or_else(foreign)?;
        Ok((code, answer))
    }

    fn pipe(&mut self) -> &mut dyn Pipe {
        match self {
            Self::Device(file) => file,
            Self::Socket(stream) => stream,
        }
    }
}

trait Pipe: Read + Write {}
impl Pipe for File {}
impl Pipe for UnixStream {}
