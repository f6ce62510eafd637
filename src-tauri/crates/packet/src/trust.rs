//! The public keys somebody trusts: offices and stations, as a text file with PEM keys.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::bytes::PublicKey;

/// The start of an Ed25519 key as `SubjectPublicKeyInfo` (RFC 8410), before its 32 bytes.
const SPKI_START: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// Why a trust file cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// Neither a comment, nor `station: ID`, nor `office: ID`, nor a key.
    #[error("line {0}: not a line of a trust file")]
    Line(usize),
    /// A key without a name above it, or a name without a key below it.
    #[error("line {0}: a name and its key belong together")]
    Alone(usize),
    /// Not an Ed25519 public key.
    #[error("line {0}: not an Ed25519 public key")]
    Key(usize),
    /// The file names nobody.
    #[error("the file names no key")]
    Empty,
}

/// Who is trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    stations: BTreeMap<String, Vec<PublicKey>>,
    offices: BTreeMap<String, Vec<PublicKey>>,
}

impl Trust {
    /// Trusts this key of a station. A station has several when its key was renewed.
    #[must_use]
    pub fn with_station(mut self, id: impl Into<String>, key: PublicKey) -> Self {
        self.stations.entry(id.into()).or_default().push(key);
        self
    }

    /// Trusts this key of an office.
    #[must_use]
    pub fn with_office(mut self, id: impl Into<String>, key: PublicKey) -> Self {
        self.offices.entry(id.into()).or_default().push(key);
        self
    }

    /// The keys of a station; empty when it is not known.
    #[must_use]
    pub fn station(&self, id: &str) -> &[PublicKey] {
        self.stations.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The keys of every office.
    pub fn office_keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.offices.values().flatten()
    }

    /// Every station and its keys.
    pub fn stations(&self) -> impl Iterator<Item = (&str, &[PublicKey])> {
        self.stations.iter().map(|(id, keys)| (id.as_str(), keys.as_slice()))
    }

    /// Reads a trust file: lines `station: ID` or `office: ID`, each followed by a PEM public key; `#` begins a comment.
    ///
    /// # Errors
    /// The first line that cannot be understood.
    pub fn read(text: &str) -> Result<Self, TrustError> {
        let mut trust = Self::default();
        let mut named: Option<(bool, String)> = None;
        let mut lines = text.lines().enumerate();
        while let Some((place, line)) = lines.next() {
            let (number, line) = (place + 1, line.trim());
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line == BEGIN {
                let body: Vec<&str> =
                    lines.by_ref().map(|(_, line)| line.trim()).take_while(|line| *line != END).collect();
                let key = read_key(&body.concat()).ok_or(TrustError::Key(number))?;
                let (is_station, id) = named.take().ok_or(TrustError::Alone(number))?;
                trust = if is_station { trust.with_station(id, key) } else { trust.with_office(id, key) };
                continue;
            }
            let (kind, id) = line.split_once(':').ok_or(TrustError::Line(number))?;
            let is_station = match kind.trim() {
                "station" => true,
                "office" => false,
                _ => return Err(TrustError::Line(number)),
            };
            if named.replace((is_station, id.trim().to_owned())).is_some() || id.trim().is_empty() {
                return Err(TrustError::Alone(number));
            }
        }
        if named.is_some() {
            return Err(TrustError::Alone(text.lines().count()));
        }
        if trust == Self::default() { Err(TrustError::Empty) } else { Ok(trust) }
    }

    /// Writes the same file.
    #[must_use]
    pub fn write(&self) -> String {
        let lines = |kind: &str, of: &BTreeMap<String, Vec<PublicKey>>| {
            of.iter()
                .flat_map(|(id, keys)| keys.iter().map(move |key| (id, key)))
                .map(|(id, key)| format!("{kind}: {id}\n{}", pem(key)))
                .collect::<String>()
        };
        lines("office", &self.offices) + &lines("station", &self.stations)
    }
}

fn read_key(body: &str) -> Option<PublicKey> {
    let der = STANDARD.decode(body).ok()?;
    der.strip_prefix(&SPKI_START)?.try_into().ok().map(PublicKey::from_bytes)
}

/// A public key as PEM.
#[must_use]
pub fn pem(key: &PublicKey) -> String {
    let der = [SPKI_START.as_slice(), key.as_bytes()].concat();
    format!("{BEGIN}\n{}\n{END}\n", STANDARD.encode(der))
}
