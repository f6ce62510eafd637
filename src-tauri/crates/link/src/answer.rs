//! What a head and a body say, in the words of the engine.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::Decoder;
use rekam_packet::limit::NOTICE_BYTES_MAX;
use rekam_sync::Answer;

use crate::http::HttpFault;
use crate::http::head::Head;
use crate::outgoing::PAGE_MESSAGES_MAX;

/// Signed messages in the head of one answer; the head's own bound allows no more.
const HEAD_MESSAGES_MAX: usize = 32;
/// A cursor, in bytes: it is kept in the outbox.
const CURSOR_BYTES_MAX: usize = 256;

/// Reads a head. What stands in it and cannot be understood is left out: the engine then finds it missing.
pub(crate) fn read(head: &Head) -> Answer {
    let number = |name: &str| head.field(name).and_then(|value| value.parse::<u64>().ok());
    let refusal = head.field("rekam-refusal").unwrap_or_default();
    let kind = head.field("content-type").unwrap_or_default();
    Answer {
        status: head.status,
        is_marked: head.field("tus-resumable") == Some("1.0.0"),
        is_revoked: head.status == 403 && ["station_revoked", "station_unknown"].contains(&refusal),
        offset: number("upload-offset"),
        nonce: number("rekam-nonce"),
        retry_after_s: number("retry-after").map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX)),
        office_ms: head.field("rekam-time").and_then(|value| value.parse().ok()),
        is_html: kind.to_ascii_lowercase().starts_with("text/html"),
        signed: head
            .fields_of("rekam-signed")
            .flat_map(|value| value.split(','))
            .take(HEAD_MESSAGES_MAX)
            .filter_map(|value| URL_SAFE_NO_PAD.decode(value.trim()).ok())
            .collect(),
        cursor: head
            .field("rekam-cursor")
            .filter(|cursor| cursor.len() <= CURSOR_BYTES_MAX)
            .map(str::to_owned),
        has_more: head.field("rekam-more") == Some("true"),
    }
}

/// Reads a page of the feed.
pub(crate) fn read_page(body: &[u8]) -> Result<Vec<Vec<u8>>, HttpFault> {
    read_messages(body, PAGE_MESSAGES_MAX as u64)
}

/// Reads signed messages: one CBOR array of byte strings.
pub(crate) fn read_messages(body: &[u8], count_max: u64) -> Result<Vec<Vec<u8>>, HttpFault> {
    let malformed = |_| HttpFault::Malformed;
    let mut from = Decoder::new(body);
    let count = from.array().map_err(malformed)?.ok_or(HttpFault::Malformed)?;
    if count > count_max {
        return Err(HttpFault::TooLarge);
    }
    let mut messages = Vec::new();
    for _ in 0..count {
        let message = from.bytes().map_err(malformed)?;
        if message.len() > NOTICE_BYTES_MAX {
            return Err(HttpFault::TooLarge);
        }
        messages.push(message.to_vec());
    }
    if from.position() == body.len() { Ok(messages) } else { Err(HttpFault::Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(fields: &str) -> Answer {
        read(&Head::read(format!("HTTP/1.1 {fields}\r\n\r\n").as_bytes()).unwrap().unwrap().0)
    }

    #[test]
    fn reads_every_field_of_the_office() {
        let answer = answer(
            "429 Slow\r\nTus-Resumable: 1.0.0\r\nRekam-Time: 1790000000000\r\nRekam-Signed: AQI\r\n\
             Rekam-Signed: Aw\r\nRetry-After: 7\r\nUpload-Offset: 12\r\nRekam-Nonce: 18446744073709551615\r\n\
             Rekam-Cursor: c9\r\nRekam-More: true\r\nContent-Type: Text/HTML; charset=utf-8",
        );
        let expected = Answer {
            status: 429,
            is_marked: true,
            is_revoked: false,
            offset: Some(12),
            nonce: Some(u64::MAX),
            retry_after_s: Some(7),
            office_ms: Some(1_790_000_000_000),
            is_html: true,
            signed: vec![vec![1, 2], vec![3]],
            cursor: Some("c9".into()),
            has_more: true,
        };
        assert_eq!(answer, expected);
    }

    #[test]
    fn only_a_refusal_by_name_means_revoked() {
        assert!(answer("403 No\r\nRekam-Refusal: station_revoked").is_revoked);
        assert!(answer("403 No\r\nRekam-Refusal: station_unknown").is_revoked);
        assert!(!answer("403 No\r\nRekam-Refusal: other").is_revoked);
        assert!(!answer("200 Yes\r\nRekam-Refusal: station_revoked").is_revoked);
    }

    #[test]
    fn nonsense_in_a_field_is_as_if_it_were_not_there() {
        let answer =
            answer("200 OK\r\nUpload-Offset: -5\r\nRekam-Signed: ***\r\nRetry-After: soon\r\nRekam-Time: x");
        assert_eq!(answer, Answer { status: 200, ..Answer::default() });
    }

    #[test]
    fn reads_a_page_and_refuses_bombs() {
        let page = minicbor::to_vec([minicbor::bytes::ByteVec::from(vec![1]), vec![2, 3].into()]).unwrap();
        assert_eq!(read_page(&page), Ok(vec![vec![1], vec![2, 3]]));
        assert_eq!(read_page(page.get(..page.len() - 1).unwrap()), Err(HttpFault::Malformed));
        assert_eq!(read_page(&[page, vec![0]].concat()), Err(HttpFault::Malformed));
        assert_eq!(read_page(&[0x9b, 255, 255, 255, 255, 255, 255, 255, 255]), Err(HttpFault::TooLarge));
        assert_eq!(read_page(&[0x81, 0x5b, 0, 0, 0, 1, 0, 0, 0, 0]), Err(HttpFault::Malformed));
        assert_eq!(read_page(&[0x9f, 0xff]), Err(HttpFault::Malformed), "without a length");
        assert_eq!(read_page(b""), Err(HttpFault::Malformed));
    }
}
