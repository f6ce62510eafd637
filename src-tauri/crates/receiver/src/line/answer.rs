//! Answers and their words.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Bytes;

use crate::office::now_ms;

/// The word of `Rekam-Refusal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is explained in WIRE.md, section 8, by its spelling")]
pub enum Word {
    UploadMalformed,
    RequestMalformed,
    ChecksumUnknown,
    UploadTooLong,
    CertificateMissing,
    StationRevoked,
    StationUnknown,
    UploadUnknown,
    ItemUnknown,
    BundleUnknown,
    PathUnknown,
    MethodUnknown,
    BodyStandsStill,
    OffsetDiffers,
    LengthDiffers,
    CursorUnknown,
    VersionUnknown,
    TypeUnknown,
    TooMany,
    ChecksumDiffers,
    NotWhatWasSealed,
    OfficeBroken,
    OfficeBusy,
    OfficeStops,
    OfficeFull,
}

impl Word {
    const fn word(self) -> &'static str {
        match self {
            Self::UploadMalformed => "upload_malformed",
            Self::RequestMalformed => "request_malformed",
            Self::ChecksumUnknown => "checksum_unknown",
            Self::UploadTooLong => "upload_too_long",
            Self::CertificateMissing => "certificate_missing",
            Self::StationRevoked => "station_revoked",
            Self::StationUnknown => "station_unknown",
            Self::UploadUnknown => "upload_unknown",
            Self::ItemUnknown => "item_unknown",
            Self::BundleUnknown => "bundle_unknown",
            Self::PathUnknown => "path_unknown",
            Self::MethodUnknown => "method_unknown",
            Self::BodyStandsStill => "body_stands_still",
            Self::OffsetDiffers => "offset_differs",
            Self::LengthDiffers => "length_differs",
            Self::CursorUnknown => "cursor_unknown",
            Self::VersionUnknown => "version_unknown",
            Self::TypeUnknown => "type_unknown",
            Self::TooMany => "too_many",
            Self::ChecksumDiffers => "checksum_differs",
            Self::NotWhatWasSealed => "not_what_was_sealed",
            Self::OfficeBroken => "office_broken",
            Self::OfficeBusy => "office_busy",
            Self::OfficeStops => "office_stops",
            Self::OfficeFull => "office_full",
        }
    }
}

/// An answer before it is sent.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
}

impl Answer {
    /// Only a status.
    #[must_use]
    pub const fn new(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// A refusal by its word.
    #[must_use]
    pub fn refuse(status: StatusCode, word: Word) -> Self {
        Self::new(status).with("rekam-refusal", word.word())
    }

    /// With one header more. What cannot stand in a header is left out: it is never ours.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        if let Ok(value) = HeaderValue::from_str(&value.to_string()) {
            self.headers.push((HeaderName::from_static(name), value));
        }
        self
    }

    /// With another status.
    #[must_use]
    pub const fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// With signed words.
    #[must_use]
    pub fn signed(self, words: &[Vec<u8>]) -> Self {
        words.iter().fold(self, |answer, word| answer.with("rekam-signed", URL_SAFE_NO_PAD.encode(word)))
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, media_type: &'static str, body: Vec<u8>) -> Self {
        self.body = body;
        self.with("content-type", media_type)
    }

    /// Marks it as the office's.
    pub(super) fn mark(&mut self) {
        let time = HeaderValue::from(now_ms());
        self.headers.push((HeaderName::from_static("tus-resumable"), HeaderValue::from_static("1.0.0")));
        self.headers.push((HeaderName::from_static("rekam-time"), time));
        self.headers.push((HeaderName::from_static("cache-control"), HeaderValue::from_static("no-store")));
    }

    pub(super) fn into_response(self, is_head: bool) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(if is_head { Bytes::new() } else { self.body.into() }));
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response
    }
}
