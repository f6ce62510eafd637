//! The bytes of an upload on their way to the disk.

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Incoming};
use sha1::Digest as _;
use tokio::time::timeout;

use super::super::Line;
use super::super::slot::Turn;
use crate::blob::{Held, Name};

/// A body that stands still so long is given up; its bytes are kept.
const STILL: Duration = Duration::from_secs(30);
/// A request that must end reads on as long as bytes follow each other within this time: those have arrived.
const LAST: Duration = Duration::from_millis(50);
/// Bytes are gathered to this size before they are written: TLS hands them out 16 kB at a time.
const GATHER_BYTES: usize = 128 * 1024;
/// What was gathered is written when nothing follows for so long: on a slow line a program that is ended without
/// warning must not forget what took a second to arrive.
const GATHER: Duration = Duration::from_millis(10);
/// How much of an unwanted body is read so that the answer can be read at the other end.
const DRAIN_BYTES_MAX: usize = 1024 * 1024;
/// And for how long.
const DRAIN: Duration = Duration::from_secs(2);

/// How the body of a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// As it should.
    Whole,
    /// The connection broke.
    Cut,
    /// It goes on behind the end of the upload.
    TooLong,
    /// Nothing came for a while.
    Still,
    /// Its checksum does not fit; its bytes are dropped.
    ChecksumDiffers,
    /// The office stops.
    Stopping,
    /// A newer request wants the upload.
    Superseded,
}

/// A running checksum and what it must be.
pub(super) enum Checksum {
    Sha1(sha1::Sha1, Vec<u8>),
    Sha256(sha2::Sha256, Vec<u8>),
}

impl Checksum {
    /// Reads `Upload-Checksum`.
    pub(super) fn read(header: &str) -> Option<Self> {
        let (algorithm, value) = header.split_once(' ')?;
        let wanted = STANDARD.decode(value.trim()).ok()?;
        match algorithm {
            "sha1" => Some(Self::Sha1(sha1::Sha1::new(), wanted)),
            "sha256" => Some(Self::Sha256(sha2::Sha256::new(), wanted)),
            _ => None,
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(hash, _) => hash.update(bytes),
            Self::Sha256(hash, _) => hash.update(bytes),
        }
    }

    fn fits(self) -> bool {
        match self {
            Self::Sha1(hash, wanted) => hash.finalize().as_slice() == wanted,
            Self::Sha256(hash, wanted) => hash.finalize().as_slice() == wanted,
        }
    }
}

/// Writes what was gathered in few calls.
struct Gather {
    file: File,
    waiting: Vec<u8>,
    room: u64,
    checksum: Option<Checksum>,
}

impl Gather {
    /// `false`: there is more than the upload has room for. What fits is kept.
    fn add(&mut self, bytes: &Bytes) -> io::Result<bool> {
        let room = usize::try_from(self.room).unwrap_or(usize::MAX);
        let fitting = bytes.get(..bytes.len().min(room)).unwrap_or_default();
        if let Some(checksum) = &mut self.checksum {
            checksum.update(bytes);
        }
        self.waiting.extend_from_slice(fitting);
        self.room -= fitting.len() as u64;
        if self.waiting.len() >= GATHER_BYTES {
            self.flush()?;
        }
        Ok(fitting.len() == bytes.len())
    }

    /// How long the next bytes are waited for.
    const fn patience(&self) -> Duration {
        if self.waiting.is_empty() { STILL } else { GATHER }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.waiting)?;
        self.waiting.clear();
        Ok(())
    }
}

impl Line {
    /// Takes the body of a request in, from where the upload stands.
    pub(super) async fn take_body(
        &self,
        name: &Name,
        held: Held,
        turn: &mut Turn,
        checksum: Option<Checksum>,
        mut body: Incoming,
    ) -> io::Result<Ended> {
        let mut gather = Gather {
            file: self.office.blob.append(name, held.offset)?,
            waiting: Vec::with_capacity(GATHER_BYTES + 16 * 1024),
            room: held.length - held.offset,
            checksum,
        };
        let ended = self.gather_all(&mut gather, turn, &mut body).await;
        gather.flush()?;
        let taken = held.length - held.offset - gather.room;
        self.meter.bytes.fetch_add(taken, Relaxed);
        let ended = ended?;
        let Gather { file, checksum, .. } = gather;
        // A checksum speaks for the whole body or for nothing.
        if checksum.is_some_and(|checksum| ended != Ended::Whole || !checksum.fits()) {
            file.set_len(held.offset)?;
            return Ok(Ended::ChecksumDiffers);
        }
        Ok(ended)
    }

    async fn gather_all(
        &self,
        gather: &mut Gather,
        turn: &mut Turn,
        body: &mut Incoming,
    ) -> io::Result<Ended> {
        let mut stopping = self.stopping.subscribe();
        let stops = stopping.wait_for(|is_stopping| *is_stopping);
        let superseded = turn.superseded();
        tokio::pin!(stops, superseded);
        let mut leaving = None;
        loop {
            let frame = if let Some(why) = leaving {
                // What is here already is kept all the same.
                timeout(LAST, body.frame()).await.map_err(|_| why)
            } else {
                tokio::select! {
                    () = &mut superseded => {
                        leaving = Some(Ended::Superseded);
                        continue;
                    }
                    _ = &mut stops => {
                        leaving = Some(Ended::Stopping);
                        continue;
                    }
                    frame = timeout(gather.patience(), body.frame()) => frame.map_err(|_| Ended::Still),
                }
            };
            match frame {
                Err(Ended::Still) if !gather.waiting.is_empty() => gather.flush()?,
                Err(why) => return Ok(why),
                Ok(None) => return Ok(Ended::Whole),
                Ok(Some(Err(_))) => return Ok(Ended::Cut),
                Ok(Some(Ok(frame))) => {
                    let Ok(bytes) = frame.into_data() else { continue };
                    if !gather.add(&bytes)? {
                        return Ok(Ended::TooLong);
                    }
                }
            }
        }
    }
}

/// Reads a little of a body nobody wants: a connection that is closed on unread bytes loses the answer.
pub(crate) async fn drain(mut body: Incoming) {
    let mut left = DRAIN_BYTES_MAX;
    let all = async {
        while let Some(Ok(frame)) = body.frame().await {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            left = left.saturating_sub(bytes);
            if left == 0 {
                return;
            }
        }
    };
    // Whoever sends slower than this loses the answer and asks again.
    let _ = timeout(DRAIN, all).await;
}
