//! What a request of the engine is on the line.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rekam_packet::limit::{BUNDLE_BYTES_MAX, NOTICE_BYTES_MAX};
use rekam_sync::{Request, Upload};
use sha2::{Digest as _, Sha256};

use crate::link::Fetch;
use crate::tls::OFFICE_NAME;

/// Where uploads live.
const UPLOADS: &str = "/v1/uploads";
/// Signed messages on one page of the feed; our office sends at most 256.
pub(crate) const PAGE_MESSAGES_MAX: usize = 512;
/// A body nobody reads is taken to its end only when it is short, so that the connection can stay.
const UNREAD_BYTES_MAX: usize = 64 * 1024;

/// A part of an upload that leaves with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) upload: Upload,
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

/// A request, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outgoing {
    pub(crate) head: String,
    pub(crate) is_head: bool,
    pub(crate) piece: Option<Piece>,
    /// What the body of the answer holds, if anybody reads it.
    pub(crate) wants: Wants,
}

/// What is read from the body of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    Nothing,
    /// A page of signed messages.
    Page,
    /// A signed bundle.
    Bundle,
}

impl Wants {
    /// The longest body that is read.
    pub(crate) const fn bytes_max(self) -> usize {
        match self {
            Self::Nothing => UNREAD_BYTES_MAX,
            Self::Page => PAGE_MESSAGES_MAX * (NOTICE_BYTES_MAX + 8),
            Self::Bundle => BUNDLE_BYTES_MAX,
        }
    }
}

impl Outgoing {
    /// What a request of the engine is.
    pub(crate) fn of(request: &Request) -> Self {
        match request {
            Request::Probe { nonce } => Self::get(&format!("/v1/probe?nonce={nonce}"), "", Wants::Nothing),
            Request::Create { upload, length, send } => Self::create(*upload, *length, *send),
            Request::Head { upload } => {
                let head = start("HEAD", &format!("{UPLOADS}/{}", upload.path())) + "\r\n";
                Self { head, is_head: true, piece: None, wants: Wants::Nothing }
            }
            Request::Patch { upload, offset, send } => {
                let fields = format!("Upload-Offset: {offset}\r\n{}", content(*send));
                let head = start("PATCH", &format!("{UPLOADS}/{}", upload.path())) + &fields + "\r\n";
                let piece = Some(Piece { upload: *upload, offset: *offset, length: *send });
                Self { head, is_head: false, piece, wants: Wants::Nothing }
            }
            Request::Ask { item } => Self::get(&format!("/v1/items/{item}"), "", Wants::Nothing),
            Request::Feed { cursor } => {
                Self::get(&format!("/v1/feed?after={}", in_query(cursor)), "", Wants::Page)
            }
        }
    }

    /// What is fetched for the admission of the station.
    pub(crate) fn fetching(fetch: &Fetch) -> Self {
        match fetch {
            Fetch::Bundle { held: None } => Self::get("/v1/bundle", "", Wants::Bundle),
            Fetch::Bundle { held: Some(serial) } => {
                Self::get("/v1/bundle", &format!("If-None-Match: \"{serial}\"\r\n"), Wants::Bundle)
            }
            Fetch::Admission { transport } => {
                let digest = Sha256::digest(transport);
                let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
                Self::get(&format!("/v1/admission/{hex}"), "", Wants::Bundle)
            }
        }
    }

    fn get(path: &str, fields: &str, wants: Wants) -> Self {
        let head = start("GET", path) + fields + "\r\n";
        Self { head, is_head: false, piece: None, wants }
    }

    fn create(upload: Upload, length: u64, send: u64) -> Self {
        let item = STANDARD.encode(upload.item.to_string());
        let part = STANDARD.encode(upload.part.word());
        let content = if send > 0 { content(send) } else { "Content-Length: 0\r\n".into() };
        let fields =
            format!("Upload-Length: {length}\r\nUpload-Metadata: packet {item},part {part}\r\n{content}");
        let piece = (send > 0).then_some(Piece { upload, offset: 0, length: send });
        let head = start("POST", UPLOADS) + &fields + "\r\n";
        Self { head, is_head: false, piece, wants: Wants::Nothing }
    }
}

fn start(method: &str, path: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: {OFFICE_NAME}\r\nTus-Resumable: 1.0.0\r\n")
}

fn content(length: u64) -> String {
    format!("Content-Type: application/offset+octet-stream\r\nContent-Length: {length}\r\n")
}

/// A cursor is the office's and may hold anything.
fn in_query(cursor: &str) -> String {
    let spell = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    cursor.bytes().map(spell).collect()
}

#[cfg(test)]
mod tests {
    use rekam_sync::Part;
    use uuid::Uuid;

    use super::*;

    const UPLOAD: Upload = Upload { item: Uuid::from_u128(7), part: Part::Images };

    #[test]
    fn names_an_upload_by_packet_and_part() {
        let outgoing = Outgoing::of(&Request::Create { upload: UPLOAD, length: 9, send: 4 });
        assert_eq!(
            outgoing.head,
            "POST /v1/uploads HTTP/1.1\r\nHost: rekam-office\r\nTus-Resumable: 1.0.0\r\nUpload-Length: 9\r\n\
             Upload-Metadata: packet MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDA3,part aW1hZ2Vz\r\n\
             Content-Type: application/offset+octet-stream\r\nContent-Length: 4\r\n\r\n"
        );
        let outgoing = Outgoing::of(&Request::Patch { upload: UPLOAD, offset: 4, send: 5 });
        assert!(outgoing.head.starts_with("PATCH /v1/uploads/00000000-0000-0000-0000-000000000007/images "));
        assert_eq!(outgoing.piece, Some(Piece { upload: UPLOAD, offset: 4, length: 5 }));
    }

    #[test]
    fn an_empty_creation_names_no_content() {
        let outgoing = Outgoing::of(&Request::Create { upload: UPLOAD, length: 9, send: 0 });
        assert!(outgoing.piece.is_none() && !outgoing.head.contains("Content-Type"));
    }

    #[test]
    fn a_cursor_cannot_break_out_of_its_request() {
        let outgoing = Outgoing::of(&Request::Feed { cursor: "a b&c\r\nX: y".into() });
        assert!(outgoing.head.starts_with("GET /v1/feed?after=a%20b%26c%0D%0AX%3A%20y HTTP/1.1\r\n"));
    }

    #[test]
    fn a_bundle_that_is_held_is_not_sent_again() {
        let outgoing = Outgoing::fetching(&Fetch::Bundle { held: Some(3) });
        assert!(outgoing.head.contains("If-None-Match: \"3\"\r\n"), "{}", outgoing.head);
        let outgoing = Outgoing::fetching(&Fetch::Admission { transport: [0; 32] });
        assert!(outgoing.head.starts_with("GET /v1/admission/66687aadf862bd776c8fc18b8e9f8e20089714856ee"));
    }
}
