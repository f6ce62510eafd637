//! Uploads: tus 1.0.0, every byte kept.

mod body;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Request, StatusCode};
use hyper::body::Incoming;
use jiff::Timestamp;
use rekam_packet::limit::{ENVELOPE_BYTES_MAX, PACKET_BYTES_MAX};
use rekam_packet::{PacketId, Upload};
use serde_json::json;
use tokio::task::spawn_blocking;

use super::answer::{Answer, Word};
use super::slot::Turn;
use super::{Failed, Line};
use crate::blob::{Held, Made, Name};
use crate::ingest::{Outcome, settle};
use crate::log::log;

pub(super) use body::drain;
use body::{Checksum, Ended};

/// The longest upload: the parts of the largest packet with its envelope.
const UPLOAD_BYTES_MAX: u64 = PACKET_BYTES_MAX + ENVELOPE_BYTES_MAX as u64;
/// Uploads one station may have under way, in bytes: a thousand large packets, and never the whole disk.
const PROMISED_BYTES_MAX: u64 = 8 * 1024 * 1024 * 1024;
/// An upload that stands still so long is forgotten, in days: a station may be in the field for weeks.
pub(crate) const EXPIRE_DAYS: u64 = 30;
const STREAM: &str = "application/offset+octet-stream";

/// What the office can.
pub(super) fn options() -> Answer {
    Answer::new(StatusCode::NO_CONTENT)
        .with("tus-version", "1.0.0")
        .with("tus-extension", "creation,creation-with-upload,checksum,expiration")
        .with("tus-max-size", UPLOAD_BYTES_MAX)
        .with("tus-checksum-algorithm", "sha1,sha256")
}

/// The method, also where something on the way lets only POST through.
pub(super) fn method<B>(request: &Request<B>) -> String {
    let given = request.headers().get("x-http-method-override").and_then(|value| value.to_str().ok());
    match given {
        Some(method) if request.method() == http::Method::POST => method.to_owned(),
        _ => request.method().as_str().to_owned(),
    }
}

/// The name of an upload from the words of its path.
pub(super) fn name(station: &str, item: &str, part: &str) -> Option<Name> {
    Some(Name { station: station.to_owned(), item: PacketId::parse(item)?, part: Upload::from_word(part)? })
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

/// Checks what every tus request says of itself.
fn check_version(headers: &HeaderMap) -> Result<(), Answer> {
    match text(headers, "tus-resumable") {
        None | Some("1.0.0") => Ok(()),
        Some(_) => Err(Answer::refuse(StatusCode::PRECONDITION_FAILED, Word::VersionUnknown)
            .with("tus-version", "1.0.0")),
    }
}

fn read_metadata(station: &str, metadata: &str) -> Option<Name> {
    let value = |key: &str| {
        let pair = metadata.split(',').map(str::trim).find_map(|pair| pair.strip_prefix(key));
        let decoded = STANDARD.decode(pair?.strip_prefix(' ')?.trim()).ok()?;
        String::from_utf8(decoded).ok()
    };
    name(station, &value("packet")?, &value("part")?)
}

/// What is settled is complete, whichever way it came.
struct Settled {
    length: Option<u64>,
    words: Vec<Vec<u8>>,
}

impl Line {
    fn settled(&self, name: &Name) -> Result<Option<Settled>, Failed> {
        Ok(self.office.ledger.read(|view| {
            let words = view.words_about(&name.station, name.item)?;
            if words.is_empty() {
                return Ok(None);
            }
            let own = view.packet(name.item)?.filter(|row| row.station == name.station);
            let length = match own {
                Some(row) => Some(row.length(name.part)),
                None => view.notice_length(&name.station, name.item)?,
            };
            Ok(Some(Settled { length, words }))
        })?)
    }

    fn is_full(&self) -> bool {
        self.office.blob.free_bytes().is_ok_and(|free| free < self.reserve_bytes)
    }

    pub(super) async fn create(
        self: &Arc<Self>,
        station: &str,
        request: Request<Incoming>,
    ) -> Result<Answer, Failed> {
        let (head, body) = request.into_parts();
        let early = match self.begin(station, &head.headers).await? {
            Ok((name, turn, made)) => {
                let at = format!("/v1/uploads/{}/{}", name.item, name.part.word());
                let is_stream = text(&head.headers, "content-type") == Some(STREAM);
                let held = match made {
                    Made::Before(held) => held,
                    Made::New | Made::OtherLength => {
                        Held { offset: 0, ..self.office.blob.held(&name)?.unwrap_or(NOTHING) }
                    }
                };
                let status = if made == Made::New { StatusCode::CREATED } else { StatusCode::OK };
                let answer = if is_stream && held.offset == 0 && held.length > 0 {
                    self.append(name, held, turn, &head.headers, body).await?
                } else {
                    drain(body).await;
                    self.look(name, turn).await?
                };
                let is_good = answer.status == StatusCode::NO_CONTENT || answer.status == StatusCode::OK;
                if is_good {
                    return Ok(answer.status(status).with("location", at));
                }
                return Ok(answer);
            }
            Err(answer) => answer,
        };
        drain(body).await;
        Ok(early)
    }

    /// Makes the upload a request asks for, or says why not.
    async fn begin(
        &self,
        station: &str,
        headers: &HeaderMap,
    ) -> Result<Result<(Name, Turn, Made), Answer>, Failed> {
        if let Err(answer) = check_version(headers) {
            return Ok(Err(answer));
        }
        let wanted = text(headers, "upload-metadata").and_then(|data| read_metadata(station, data));
        let (Some(name), Some(length)) = (wanted, number(headers, "upload-length")) else {
            return Ok(Err(Answer::refuse(StatusCode::BAD_REQUEST, Word::UploadMalformed)));
        };
        if length > UPLOAD_BYTES_MAX {
            return Ok(Err(Answer::refuse(StatusCode::PAYLOAD_TOO_LARGE, Word::UploadTooLong)));
        }
        if let Some(settled) = self.settled(&name)? {
            let at = format!("/v1/uploads/{}/{}", name.item, name.part.word());
            let answer = Answer::new(StatusCode::OK).with("location", at).with("upload-offset", length);
            return Ok(Err(answer.signed(&settled.words)));
        }
        if self.is_full() {
            return Ok(Err(Answer::refuse(StatusCode::INSUFFICIENT_STORAGE, Word::OfficeFull)));
        }
        if self.office.blob.promised_bytes(station).saturating_add(length) > PROMISED_BYTES_MAX {
            let answer = Answer::refuse(StatusCode::TOO_MANY_REQUESTS, Word::TooMany);
            return Ok(Err(answer.with("retry-after", 60)));
        }
        let turn = self.uploads.take(&name).await;
        match self.office.blob.create(&name, length)? {
            Made::OtherLength => Ok(Err(Answer::refuse(StatusCode::CONFLICT, Word::LengthDiffers))),
            made @ (Made::New | Made::Before(_)) => Ok(Ok((name, turn, made))),
        }
    }

    pub(super) async fn head(self: &Arc<Self>, name: Option<Name>) -> Result<Answer, Failed> {
        let Some(name) = name else { return Ok(unknown()) };
        let turn = self.uploads.take(&name).await;
        self.look(name, turn).await
    }

    pub(super) async fn patch(
        self: &Arc<Self>,
        name: Option<Name>,
        request: Request<Incoming>,
    ) -> Result<Answer, Failed> {
        let (head, body) = request.into_parts();
        let early = match self.go_on(name, &head.headers).await? {
            Ok((name, held, turn)) => return self.append(name, held, turn, &head.headers, body).await,
            Err(answer) => answer,
        };
        drain(body).await;
        Ok(early)
    }

    /// Finds the upload a request wants to go on with, or says why not.
    async fn go_on(
        &self,
        name: Option<Name>,
        headers: &HeaderMap,
    ) -> Result<Result<(Name, Held, Turn), Answer>, Failed> {
        if let Err(answer) = check_version(headers) {
            return Ok(Err(answer));
        }
        if text(headers, "content-type") != Some(STREAM) {
            return Ok(Err(Answer::refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, Word::TypeUnknown)));
        }
        let (Some(name), Some(offset)) = (name, number(headers, "upload-offset")) else {
            return Ok(Err(Answer::refuse(StatusCode::BAD_REQUEST, Word::RequestMalformed)));
        };
        let turn = self.uploads.take(&name).await;
        let differs =
            |held: u64| Answer::refuse(StatusCode::CONFLICT, Word::OffsetDiffers).with("upload-offset", held);
        if let Some(settled) = self.settled(&name)? {
            return Ok(Err(differs(settled.length.unwrap_or(offset)).signed(&settled.words)));
        }
        if self.is_full() {
            return Ok(Err(Answer::refuse(StatusCode::INSUFFICIENT_STORAGE, Word::OfficeFull)));
        }
        match self.office.blob.held(&name)? {
            None => Ok(Err(unknown())),
            Some(held) if held.offset != offset => Ok(Err(differs(held.offset))),
            Some(held) => Ok(Ok((name, held, turn))),
        }
    }

    async fn append(
        self: &Arc<Self>,
        name: Name,
        held: Held,
        mut turn: Turn,
        headers: &HeaderMap,
        body: Incoming,
    ) -> Result<Answer, Failed> {
        let checksum = match text(headers, "upload-checksum").map(Checksum::read) {
            Some(None) => return Ok(Answer::refuse(StatusCode::BAD_REQUEST, Word::ChecksumUnknown)),
            checksum => checksum.flatten(),
        };
        let refuse = |status, word| Ok(Answer::refuse(status, word));
        match self.take_body(&name, held, &mut turn, checksum, body).await? {
            Ended::Whole | Ended::Cut => self.look(name, turn).await,
            Ended::TooLong => refuse(StatusCode::BAD_REQUEST, Word::UploadTooLong),
            Ended::Still => refuse(StatusCode::REQUEST_TIMEOUT, Word::BodyStandsStill),
            Ended::ChecksumDiffers => {
                refuse(StatusCode::from_u16(460).unwrap_or(StatusCode::CONFLICT), Word::ChecksumDiffers)
            }
            Ended::Stopping => refuse(StatusCode::SERVICE_UNAVAILABLE, Word::OfficeStops)
                .map(|answer| answer.with("retry-after", 5)),
            Ended::Superseded => refuse(StatusCode::CONFLICT, Word::OffsetDiffers),
        }
    }

    /// How an upload stands; one that is whole is settled first, whoever asks.
    async fn look(self: &Arc<Self>, name: Name, turn: Turn) -> Result<Answer, Failed> {
        if let Some(settled) = self.settled(&name)? {
            let length = settled.length.unwrap_or(0);
            return Ok(offset(length, length).signed(&settled.words));
        }
        let Some(held) = self.office.blob.held(&name)? else { return Ok(unknown()) };
        if !held.is_whole() {
            let expires = held.changed + std::time::Duration::from_secs(EXPIRE_DAYS * 86_400);
            return Ok(offset(held.offset, held.length).with("upload-expires", http_date(expires)));
        }
        // The upload may change hands now; the item may not.
        drop(turn);
        let item = self.items.take(&(name.station.clone(), name.item)).await;
        let (line, asked) = (Arc::clone(self), name.clone());
        let outcome =
            spawn_blocking(move || settle(&line.office, &line.writer, &asked.station, asked.item)).await??;
        drop(item);
        match outcome {
            Outcome::Waiting => Ok(offset(held.offset, held.length)),
            Outcome::Told(words) => Ok(offset(held.length, held.length).signed(&words)),
            Outcome::Damaged => {
                log(
                    "upload_damaged",
                    &[
                        ("station", json!(name.station)),
                        ("item", json!(name.item)),
                        ("part", json!(name.part)),
                    ],
                );
                let status = StatusCode::from_u16(460).unwrap_or(StatusCode::CONFLICT);
                Ok(Answer::refuse(status, Word::NotWhatWasSealed))
            }
        }
    }
}

const NOTHING: Held = Held { length: 0, offset: 0, changed: std::time::SystemTime::UNIX_EPOCH };

fn unknown() -> Answer {
    Answer::refuse(StatusCode::NOT_FOUND, Word::UploadUnknown)
}

fn offset(offset: u64, length: u64) -> Answer {
    Answer::new(StatusCode::NO_CONTENT).with("upload-offset", offset).with("upload-length", length)
}

fn http_date(time: std::time::SystemTime) -> String {
    let stamp = Timestamp::try_from(time).unwrap_or(Timestamp::UNIX_EPOCH);
    stamp.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
