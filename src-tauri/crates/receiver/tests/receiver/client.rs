//! A small HTTP client over mutual TLS, written from `WIRE.md`.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use rekam_packet::notice::{Payload as _, Receipt};
use rekam_packet::{PacketId, PublicKey, Upload};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// How to reach an office as one station.
#[derive(Clone)]
pub(crate) struct Way {
    pub(crate) address: SocketAddr,
    config: Arc<ClientConfig>,
    pub(crate) office_key: PublicKey,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn offset(&self) -> u64 {
        self.header("upload-offset").expect("an offset").parse().unwrap()
    }

    pub(crate) fn word(&self) -> &str {
        self.header("rekam-refusal").unwrap_or_default()
    }

    pub(crate) fn signed(&self) -> Vec<Vec<u8>> {
        let values = self.headers.iter().filter(|(name, _)| name == "rekam-signed");
        values.map(|(_, value)| URL_SAFE_NO_PAD.decode(value).unwrap()).collect()
    }

    /// The one receipt in this answer.
    pub(crate) fn receipt(&self, key: &PublicKey) -> Receipt {
        let receipts = self.signed();
        assert_eq!(receipts.len(), 1, "{self:?}");
        Receipt::verify_by(&receipts[0], [key]).unwrap()
    }
}

/// PKCS#8 of an Ed25519 key, as every TLS library reads it.
pub(crate) fn pkcs8(key: &SigningKey) -> Vec<u8> {
    const START: &[u8] =
        &[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    [START, &key.to_bytes()].concat()
}

pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<&str> =
        body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

impl Way {
    /// With the certificates of a bundle, or without one.
    pub(crate) fn new(
        address: SocketAddr,
        root: &[u8],
        shown: Option<(&[Vec<u8>], &SigningKey)>,
        office_key: PublicKey,
    ) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(root.to_vec())).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match shown {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => {
                let chain = chain.iter().map(|der| CertificateDer::from(der.clone())).collect();
                let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(pkcs8(key)));
                builder.with_client_auth_cert(chain, key).unwrap()
            }
        };
        Self { address, config: Arc::new(config), office_key }
    }

    pub(crate) fn connect(&self) -> io::Result<Line> {
        let tcp = TcpStream::connect(self.address)?;
        tcp.set_read_timeout(Some(Duration::from_secs(60)))?;
        tcp.set_nodelay(true)?;
        let name = ServerName::try_from("rekam-office").unwrap();
        let tls = ClientConnection::new(Arc::clone(&self.config), name).map_err(io::Error::other)?;
        Ok(Line { stream: StreamOwned::new(tls, tcp) })
    }

    /// One request on a connection of its own.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        self.connect().unwrap().ask(method, path, headers, body).unwrap()
    }

    /// Makes an upload and sends its first bytes with the same request.
    pub(crate) fn create(&self, item: PacketId, part: Upload, length: usize, body: &[u8]) -> Reply {
        self.connect().unwrap().create(item, part, length, body).unwrap()
    }

    pub(crate) fn head(&self, item: PacketId, part: Upload) -> Reply {
        self.ask("HEAD", &path(item, part), &[], b"")
    }

    pub(crate) fn patch(&self, item: PacketId, part: Upload, offset: usize, body: &[u8]) -> Reply {
        let offset = offset.to_string();
        self.ask("PATCH", &path(item, part), &[("Upload-Offset", &offset), STREAM], body)
    }
}

pub(crate) const STREAM: (&str, &str) = ("Content-Type", "application/offset+octet-stream");

pub(crate) fn path(item: PacketId, part: Upload) -> String {
    format!("/v1/uploads/{item}/{}", part.word())
}

/// One connection.
pub(crate) struct Line {
    stream: StreamOwned<ClientConnection, TcpStream>,
}

impl Line {
    pub(crate) fn create(
        &mut self,
        item: PacketId,
        part: Upload,
        length: usize,
        body: &[u8],
    ) -> io::Result<Reply> {
        let metadata =
            format!("packet {},part {}", STANDARD.encode(item.to_string()), STANDARD.encode(part.word()));
        let length = length.to_string();
        let headers = [("Upload-Length", length.as_str()), ("Upload-Metadata", &metadata), STREAM];
        let headers = if body.is_empty() { &headers[..2] } else { &headers[..] };
        self.ask("POST", "/v1/uploads", headers, body)
    }

    pub(crate) fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Reply> {
        self.begin(method, path, headers, body.len())?;
        self.stream.write_all(body)?;
        self.stream.flush()?;
        self.read(method == "HEAD")
    }

    /// Sends the head of a request and promises `length` bytes of body.
    pub(crate) fn begin(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        length: usize,
    ) -> io::Result<()> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: rekam-office\r\nTus-Resumable: 1.0.0\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("Content-Length: {length}\r\n\r\n");
        self.stream.write_all(head.as_bytes())
    }

    /// What the office showed; it was held against the root.
    pub(crate) fn certificate(&self) -> Option<&[u8]> {
        self.stream.conn.peer_certificates().and_then(|chain| chain.first()).map(AsRef::as_ref)
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    pub(crate) fn read(&mut self, is_head: bool) -> io::Result<Reply> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            self.stream.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let text = String::from_utf8(head).map_err(io::Error::other)?;
        let mut lines = text.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|word| word.parse().ok());
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let mut reply = Reply { status: status.expect("a status"), headers, body: Vec::new() };
        let length: usize =
            reply.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        if !is_head && reply.status != 204 {
            reply.body = vec![0; length];
            self.stream.read_exact(&mut reply.body)?;
        }
        Ok(reply)
    }
}
