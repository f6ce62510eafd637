//! A small office: tus over mutual TLS, in memory, and as bad as a test wants it.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

type Tls = StreamOwned<ServerConnection, TcpStream>;

/// What the office does instead of its work.
#[derive(Clone, Copy)]
pub(crate) enum Mood {
    Honest,
    /// These very bytes, whatever is asked.
    Says(&'static str),
    /// Endless fields.
    Floods,
    /// Closes after every answer without saying so.
    Closes,
}

#[derive(Default)]
pub(crate) struct Memory {
    /// By name: the length it should get, and what came.
    pub(crate) uploads: BTreeMap<String, (u64, Vec<u8>)>,
    pub(crate) requests: Vec<String>,
    pub(crate) connections: usize,
    /// Bytes of content that came twice or more.
    pub(crate) content_bytes: u64,
    /// Parts of each item.
    pub(crate) parts: BTreeMap<String, usize>,
}

pub(crate) struct Office {
    pub(crate) address: String,
    pub(crate) memory: Arc<Mutex<Memory>>,
    pub(crate) mood: Arc<Mutex<Mood>>,
}

impl Office {
    pub(crate) fn start(config: Arc<ServerConfig>, mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let office = Self { address, memory: Arc::default(), mood: Arc::new(Mutex::new(mood)) };
        let (memory, mood) = (Arc::clone(&office.memory), Arc::clone(&office.mood));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, memory, mood) = (Arc::clone(&config), Arc::clone(&memory), Arc::clone(&mood));
                std::thread::spawn(move || serve(config, stream, &memory, &mood));
            }
        });
        office
    }

    pub(crate) fn bytes_of(&self, name: &str) -> Vec<u8> {
        self.memory.lock().unwrap().uploads.get(name).map(|(_, bytes)| bytes.clone()).unwrap_or_default()
    }
}

fn serve(
    config: Arc<ServerConfig>,
    stream: TcpStream,
    memory: &Mutex<Memory>,
    mood: &Mutex<Mood>,
) -> io::Result<()> {
    memory.lock().unwrap().connections += 1;
    stream.set_nodelay(true)?;
    let mut tls = StreamOwned::new(ServerConnection::new(config).map_err(io::Error::other)?, stream);
    let mut unread = Vec::new();
    loop {
        let request = Asked::read(&mut tls, &mut unread)?;
        memory.lock().unwrap().requests.push(format!("{} {}", request.method, request.path));
        let now = *mood.lock().unwrap();
        match now {
            Mood::Honest | Mood::Closes => {
                let answer = request.answer(&mut tls, &mut unread, memory)?;
                tls.write_all(answer.as_bytes())?;
                if matches!(now, Mood::Closes) {
                    return Ok(());
                }
            }
            Mood::Says(text) => {
                tls.write_all(text.as_bytes())?;
                return Ok(());
            }
            Mood::Floods => loop {
                tls.write_all(b"HTTP/1.1 200 OK\r\nA: ")?;
                tls.write_all(&[b'x'; 65536])?;
            },
        }
    }
}

struct Asked {
    method: String,
    path: String,
    fields: BTreeMap<String, String>,
}

impl Asked {
    fn read(tls: &mut Tls, unread: &mut Vec<u8>) -> io::Result<Self> {
        let end = loop {
            if let Some(end) = unread.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            let mut piece = [0; 4096];
            match tls.read(&mut piece)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => unread.extend(&piece[..count]),
            }
        };
        let head = String::from_utf8(unread.drain(..end + 4).collect()).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let mut start = lines.next().unwrap().split(' ').map(str::to_owned);
        let fields = lines.filter_map(|line| line.split_once(": "));
        Ok(Self {
            method: start.next().unwrap(),
            path: start.next().unwrap(),
            fields: fields.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect(),
        })
    }

    fn number(&self, name: &str) -> u64 {
        self.fields.get(name).and_then(|value| value.parse().ok()).unwrap_or(0)
    }

    fn answer(&self, tls: &mut Tls, unread: &mut Vec<u8>, memory: &Mutex<Memory>) -> io::Result<String> {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        if path == "/v1/probe" {
            return Ok(say(200, &format!("Rekam-Nonce: {}\r\n", query.trim_start_matches("nonce=")), ""));
        }
        if path == "/v1/feed" {
            let fields = "Rekam-Cursor: c1\r\nRekam-More: false\r\nContent-Type: application/cbor\r\n";
            // CBOR: an array of one byte string, `hour`.
            tls.write_all(say(200, fields, "......").trim_end_matches('.').as_bytes())?;
            tls.write_all(b"\x81\x44hour")?;
            return Ok(String::new());
        }
        if path == "/v1/bundle" {
            return Ok(say(200, "Content-Type: application/cose\r\n", "bundle"));
        }
        if self.method == "POST" {
            let name = name_in(self.fields.get("upload-metadata").unwrap());
            let length = self.number("upload-length");
            memory.lock().unwrap().uploads.entry(name.clone()).or_insert((length, Vec::new()));
            return self.take(tls, unread, memory, &name, 201);
        }
        let Some(name) = path.strip_prefix("/v1/uploads/").map(str::to_owned) else {
            return Ok(say(404, "Rekam-Refusal: path_unknown\r\n", ""));
        };
        let held = memory.lock().unwrap().uploads.get(&name).map(|(_, bytes)| bytes.len() as u64);
        match (self.method.as_str(), held) {
            (_, None) => Ok(say(404, "Rekam-Refusal: upload_unknown\r\n", "")),
            ("HEAD", Some(held)) => Ok(say(200, &self.told(memory, &name, held), "")),
            (_, Some(held)) if held != self.number("upload-offset") => {
                Ok(say(409, &format!("Upload-Offset: {held}\r\nRekam-Refusal: offset_differs\r\n"), ""))
            }
            (_, Some(_)) => self.take(tls, unread, memory, &name, 204),
        }
    }

    /// Every byte that arrives is kept.
    fn take(
        &self,
        tls: &mut Tls,
        unread: &mut Vec<u8>,
        memory: &Mutex<Memory>,
        name: &str,
        status: u16,
    ) -> io::Result<String> {
        let mut left = self.number("content-length");
        while left > 0 {
            if unread.is_empty() {
                let mut piece = [0; 16384];
                let count = tls.read(&mut piece)?;
                if count == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                unread.extend(&piece[..count]);
            }
            let count = unread.len().min(usize::try_from(left).unwrap());
            let mut memory = memory.lock().unwrap();
            memory.content_bytes += count as u64;
            memory.uploads.get_mut(name).unwrap().1.extend(unread.drain(..count));
            left -= count as u64;
        }
        let held = memory.lock().unwrap().uploads[name].1.len() as u64;
        Ok(say(status, &self.told(memory, name, held), ""))
    }

    /// The offset; and the receipt when all parts of the item are there.
    fn told(&self, memory: &Mutex<Memory>, name: &str, held: u64) -> String {
        let memory = memory.lock().unwrap();
        let item = name.split('/').next().unwrap();
        let is_whole = |(name, (length, bytes)): (&String, &(u64, Vec<u8>))| {
            name.starts_with(item) && bytes.len() as u64 == *length
        };
        let whole = memory.uploads.iter().filter(|upload| is_whole(*upload)).count();
        let receipt = if memory.parts.get(item) == Some(&whole) {
            format!("Rekam-Signed: {}\r\n", URL_SAFE_NO_PAD.encode(item))
        } else {
            String::new()
        };
        format!("Upload-Offset: {held}\r\n{receipt}")
    }
}

fn say(status: u16, fields: &str, body: &str) -> String {
    let length = if status == 204 { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    format!("HTTP/1.1 {status} X\r\nTus-Resumable: 1.0.0\r\n{fields}{length}\r\n{body}")
}

fn name_in(metadata: &str) -> String {
    let value = |key: &str| {
        let coded = metadata.split(',').find_map(|pair| pair.strip_prefix(&format!("{key} "))).unwrap();
        String::from_utf8(STANDARD.decode(coded).unwrap()).unwrap()
    };
    format!("{}/{}", value("packet"), value("part"))
}
