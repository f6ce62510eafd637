//! The plain requests beside tus: probe, item, feed, bundle.

use std::sync::Arc;

use http::{Request, StatusCode};
use hyper::body::Incoming;
use minicbor::bytes::ByteSlice;
use rekam_packet::{Digest, PacketId};

use super::answer::{Answer, Word};
use super::{Failed, Line, Shown};
use crate::admission::current_bundle;
use crate::ledger::Peer;
use crate::office::OfficeError;

/// The most signed words on one page of the feed.
const PAGE_MAX: u32 = 256;

fn query<'r>(request: &'r Request<Incoming>, key: &str) -> Option<&'r str> {
    let pairs = request.uri().query()?.split('&');
    pairs.filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == key).map(|(_, value)| value)
}

fn missing(word: Word) -> Answer {
    Answer::refuse(StatusCode::NOT_FOUND, word)
}

impl Line {
    pub(super) fn probe(&self, shown: Shown, request: &Request<Incoming>) -> Result<Answer, Failed> {
        if let Some(certificate) = shown {
            let peer = self.office.ledger.read(|view| view.peer(certificate))?;
            if let Some(Peer { station, .. }) = &peer {
                self.seen.note(&self.office, station)?;
            }
            match peer {
                Some(Peer { is_revoked: false, .. }) => {}
                Some(_) => return Ok(Answer::refuse(StatusCode::FORBIDDEN, Word::StationRevoked)),
                None => return Ok(Answer::refuse(StatusCode::FORBIDDEN, Word::StationUnknown)),
            }
        }
        let Some(nonce) = query(request, "nonce").and_then(|nonce| nonce.parse().ok()) else {
            return Ok(Answer::refuse(StatusCode::BAD_REQUEST, Word::RequestMalformed));
        };
        let hour = self.office.hour(nonce).map_err(OfficeError::from)?;
        Ok(Answer::new(StatusCode::OK).with("rekam-nonce", nonce).signed(&[hour]))
    }

    pub(super) fn item(&self, station: &str, item: &str) -> Result<Answer, Failed> {
        let Some(item) = PacketId::parse(item) else { return Ok(missing(Word::ItemUnknown)) };
        let words = self.office.ledger.read(|view| view.words_about(station, item))?;
        if words.is_empty() {
            return Ok(missing(Word::ItemUnknown));
        }
        Ok(Answer::new(StatusCode::OK).signed(&words))
    }

    pub(super) fn feed(&self, station: &str, request: &Request<Incoming>) -> Result<Answer, Failed> {
        let after = match query(request, "after").unwrap_or_default() {
            "" => Some(0),
            cursor => cursor.parse::<u64>().ok(),
        };
        let (last, entries) = self.office.ledger.read(|view| {
            let entries = view.feed(station, after.unwrap_or(0), PAGE_MAX)?;
            Ok((view.last_position()?, entries))
        })?;
        let Some(after) = after.filter(|after| *after <= last) else {
            return Ok(Answer::refuse(StatusCode::GONE, Word::CursorUnknown));
        };
        let hour = self.office.hour(0).map_err(OfficeError::from)?;
        let cursor = entries.last().map_or(after, |entry| entry.position);
        let has_more = entries.len() == usize::try_from(PAGE_MAX).unwrap_or(usize::MAX);
        let words: Vec<&ByteSlice> = std::iter::once(&hour)
            .chain(entries.iter().map(|entry| &entry.bytes))
            .map(|w| w.as_slice().into())
            .collect();
        let body = minicbor::to_vec(words).unwrap_or_default();
        Ok(Answer::new(StatusCode::OK)
            .with("rekam-cursor", cursor)
            .with("rekam-more", has_more)
            .body("application/cbor", body))
    }

    pub(super) fn bundle(
        self: &Arc<Self>,
        station: &str,
        request: &Request<Incoming>,
    ) -> Result<Answer, Failed> {
        let Some((serial, bundle)) = current_bundle(&self.office, station)? else {
            return Ok(missing(Word::BundleUnknown));
        };
        let tag = format!("\"{serial}\"");
        let known = request.headers().get("if-none-match").and_then(|value| value.to_str().ok());
        if known == Some(&tag) {
            return Ok(Answer::new(StatusCode::NOT_MODIFIED).with("etag", tag));
        }
        Ok(Answer::new(StatusCode::OK).with("etag", tag).body("application/cose", bundle))
    }

    /// The first bundle of a station that has none yet, under a name only the station and the office can make.
    pub(super) fn admission(&self, key: &str) -> Result<Answer, Failed> {
        let found = self.office.ledger.read(|view| {
            let stations = view.stations()?;
            let station = stations.into_iter().find(|row| {
                row.revoked_after.is_none() && Digest::of(row.transport_key.as_bytes()).to_string() == key
            });
            station.map_or(Ok(None), |row| view.bundle(&row.id))
        })?;
        Ok(match found {
            Some(bundle) => Answer::new(StatusCode::OK).body("application/cose", bundle),
            None => missing(Word::BundleUnknown),
        })
    }
}
