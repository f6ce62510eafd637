//! The line to the stations, as `WIRE.md` says.

pub mod answer;
mod meter;
mod page;
mod rate;
mod read;
mod seen;
mod slot;
mod upload;
pub(crate) use upload::EXPIRE_DAYS;

use std::convert::Infallible;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Weak};

use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use rekam_packet::{Digest, PacketId};
use serde_json::json;
use tokio::sync::watch;

use crate::blob::Name;
use crate::ingest::Writer;
use crate::ledger::{LedgerError, Peer};
use crate::log::log;
use crate::office::{Office, OfficeError};

use answer::{Answer, Word};
pub use meter::Meter;
pub use rate::Rate;
use seen::Seen;
use slot::Slots;

/// What all requests share.
#[derive(Debug)]
pub struct Line {
    /// The office.
    pub office: Arc<Office>,
    /// The way to the ledger for packets.
    pub writer: Writer,
    /// There as long as the opener's thread is.
    pub opener: Weak<()>,
    /// Figures for whoever watches.
    pub meter: Arc<Meter>,
    /// How fast one station may ask.
    pub rate: Rate,
    /// The office stops.
    pub stopping: watch::Sender<bool>,
    /// What opens the page for people.
    pub page_token: String,
    /// Below this, nothing more is taken in.
    pub reserve_bytes: u64,
    seen: Seen,
    uploads: Slots<Name>,
    items: Slots<(String, PacketId)>,
}

/// Who asks: the digest of the certificate shown, if one was.
pub type Shown = Option<Digest>;

impl Line {
    /// A line of this office.
    #[must_use]
    pub fn new(
        office: Arc<Office>,
        writer: Writer,
        opener: Weak<()>,
        meter: Arc<Meter>,
        rate: Rate,
        page_token: String,
    ) -> Self {
        Self {
            office,
            writer,
            opener,
            meter,
            rate,
            stopping: watch::Sender::new(false),
            page_token,
            reserve_bytes: RESERVE_BYTES,
            seen: Seen::default(),
            uploads: Slots::default(),
            items: Slots::default(),
        }
    }

    /// Answers one request.
    ///
    /// # Errors
    /// Never: what goes wrong is an answer too.
    pub async fn answer(
        self: Arc<Self>,
        shown: Shown,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        self.meter.requests.fetch_add(1, Relaxed);
        let is_head = request.method() == Method::HEAD;
        let answer = if request.uri().path().starts_with("/v1/") {
            let mut answer = self.route(shown, request).await.unwrap_or_else(|failed| {
                log("office_broken", &[("why", json!(failed.to_string()))]);
                failed.into_answer()
            });
            answer.mark();
            answer
        } else {
            page::answer(&self, &request)
        };
        self.meter.count(answer.status);
        Ok(answer.into_response(is_head))
    }

    /// The station that asks, when it may.
    fn admit(&self, shown: Shown) -> Result<Result<String, Answer>, OfficeError> {
        let Some(certificate) = shown else {
            return Ok(Err(Answer::refuse(StatusCode::UNAUTHORIZED, Word::CertificateMissing)));
        };
        let peer = self.office.ledger.read(|view| view.peer(certificate))?;
        if let Some(Peer { station, .. }) = &peer {
            self.seen.note(&self.office, station)?;
        }
        let refuse = |word| Ok(Err(Answer::refuse(StatusCode::FORBIDDEN, word)));
        match peer {
            None => refuse(Word::StationUnknown),
            Some(Peer { station, is_revoked: true }) => {
                log("station_refused", &[("station", json!(station))]);
                refuse(Word::StationRevoked)
            }
            Some(Peer { station, .. }) => match self.rate.take(&station) {
                Ok(()) => Ok(Ok(station)),
                Err(wait) => {
                    let answer = Answer::refuse(StatusCode::TOO_MANY_REQUESTS, Word::TooMany);
                    Ok(Err(answer.with("retry-after", wait.as_secs().max(1))))
                }
            },
        }
    }

    async fn route(self: &Arc<Self>, shown: Shown, request: Request<Incoming>) -> Result<Answer, Failed> {
        let path = request.uri().path().to_owned();
        let mut steps = path.trim_start_matches("/v1/").split('/');
        let steps = [steps.next(), steps.next(), steps.next(), steps.next()];
        // Open to whoever comes, as far as this office knows nothing against them.
        match (request.method(), steps) {
            (&Method::GET, [Some("probe"), None, ..]) => return self.probe(shown, &request),
            (&Method::GET, [Some("admission"), Some(key), None, _]) => return self.admission(key),
            (&Method::OPTIONS, [Some("uploads"), ..]) => return Ok(upload::options()),
            _ => {}
        }
        let station = match self.admit(shown)? {
            Ok(station) => station,
            Err(answer) => {
                let (_, body) = request.into_parts();
                upload::drain(body).await;
                return Ok(answer);
            }
        };
        let method = upload::method(&request);
        match (method.as_str(), steps) {
            ("POST", [Some("uploads"), None, ..]) => self.create(&station, request).await,
            ("HEAD", [Some("uploads"), Some(item), Some(part), None]) => {
                self.head(upload::name(&station, item, part)).await
            }
            ("PATCH", [Some("uploads"), Some(item), Some(part), None]) => {
                let name = upload::name(&station, item, part);
                self.patch(name, request).await
            }
            ("GET", [Some("items"), Some(item), None, _]) => self.item(&station, item),
            ("GET", [Some("feed"), None, ..]) => self.feed(&station, &request),
            ("GET", [Some("bundle"), None, ..]) => self.bundle(&station, &request),
            (_, [Some("uploads" | "items" | "feed" | "bundle" | "probe" | "admission"), ..]) => {
                Ok(Answer::refuse(StatusCode::METHOD_NOT_ALLOWED, Word::MethodUnknown))
            }
            _ => Ok(Answer::refuse(StatusCode::NOT_FOUND, Word::PathUnknown)),
        }
    }
}

/// The office keeps so much room for what it must still write: ledger, log, the packets under way.
const RESERVE_BYTES: u64 = 256 * 1024 * 1024;

/// The office could not answer as it should.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The office.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// What came in could not be settled.
    #[error(transparent)]
    Ingest(#[from] crate::ingest::IngestError),
    /// A task was lost.
    #[error("task: {0}")]
    Task(#[from] tokio::task::JoinError),
}

impl From<LedgerError> for Failed {
    fn from(error: LedgerError) -> Self {
        Self::Office(error.into())
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::Office(error.into())
    }
}

impl Failed {
    fn into_answer(self) -> Answer {
        let io = match &self {
            Self::Office(OfficeError::Io(error)) | Self::Ingest(crate::ingest::IngestError::Io(error)) => {
                Some(error.kind())
            }
            Self::Office(_) | Self::Ingest(_) | Self::Task(_) => None,
        };
        match io {
            Some(std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) => {
                Answer::refuse(StatusCode::INSUFFICIENT_STORAGE, Word::OfficeFull)
            }
            _ => Answer::refuse(StatusCode::INTERNAL_SERVER_ERROR, Word::OfficeBroken),
        }
    }
}
