//! What an answer means: whether it is the office's at all, and what follows.
//!
//! The link hands over status and the few headers that count; all judgement is here, where it can be tried.

use crate::effect::Request;
use crate::line::Cause;

/// An answer as it came over the line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// It carries `Tus-Resumable: 1.0.0`, which every answer of the office does.
    pub is_marked: bool,
    /// The office says that this station is revoked or unknown.
    pub is_revoked: bool,
    /// `Upload-Offset`.
    pub offset: Option<u64>,
    /// The number of the probe.
    pub nonce: Option<u64>,
    /// `Retry-After`, in seconds.
    pub retry_after_s: Option<u32>,
    /// The office's time, to the second.
    pub office_ms: Option<i64>,
    /// A page for people (`text/html`), which our office never sends.
    pub is_html: bool,
    /// Signed messages in it.
    pub signed: Vec<Vec<u8>>,
    /// The cursor after this page of the feed.
    pub cursor: Option<String>,
    /// The page is not the last one.
    pub has_more: bool,
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No route, no address.
    NoNetwork,
    /// The name is not found.
    NameNotFound,
    /// Nobody listens.
    ConnectionRefused,
    /// The connection broke before the answer.
    Cut,
    /// The certificate is not the office's.
    WrongCertificate,
    /// The certificate is not valid at this clock's time.
    WrongTime,
    /// The office refused our certificate.
    Revoked,
    /// What came is no HTTP.
    Nonsense,
}

impl Failure {
    pub(crate) const fn cause(self) -> Cause {
        match self {
            Self::NoNetwork => Cause::NoNetwork,
            Self::NameNotFound => Cause::NameNotFound,
            Self::ConnectionRefused => Cause::ConnectionRefused,
            Self::Cut => Cause::Cut,
            Self::WrongCertificate => Cause::WrongCertificate,
            Self::WrongTime => Cause::WrongTime,
            Self::Revoked => Cause::Revoked,
            Self::Nonsense => Cause::ProxyLies,
        }
    }
}

/// What an answer means for the request it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// The office is there.
    Alive,
    /// It holds so many bytes of the upload.
    Offset(u64),
    /// It knows no such upload, packet or cursor.
    Gone,
    /// It knows the packet; what it has to say of it, it signed.
    Told,
    /// It holds another number of bytes than we thought.
    Conflict,
    /// What it holds is not what was sealed; it has forgotten it.
    Corrupt,
    /// Too long for something on the way.
    TooLong,
    /// No room at the office.
    Full,
    /// Trouble at the office or before its door.
    Busy,
    /// Wait so long.
    Wait { seconds: u32 },
    /// This station is not admitted.
    Revoked,
    /// The office does not take this, without a signature: a delay, never an end.
    NotTaken,
    /// Somebody else answered.
    NotOffice(Cause),
}

/// How long to wait when the office says wait but not how long.
const WAIT_S: u32 = 30;

/// Judges an answer.
pub(crate) fn judge(request: &Request, answer: &Answer) -> Reply {
    if !answer.is_marked {
        return judge_stranger(answer);
    }
    if answer.is_revoked {
        return Reply::Revoked;
    }
    match answer.status {
        200..=299 => judge_success(request, answer),
        404 | 410 => Reply::Gone,
        409 => Reply::Conflict,
        413 => Reply::TooLong,
        429 => Reply::Wait { seconds: answer.retry_after_s.unwrap_or(WAIT_S) },
        460 => Reply::Corrupt,
        507 => Reply::Full,
        500..=599 => answer.retry_after_s.map_or(Reply::Busy, |seconds| Reply::Wait { seconds }),
        _ => Reply::NotTaken,
    }
}

fn judge_success(request: &Request, answer: &Answer) -> Reply {
    match request {
        Request::Probe { nonce } if answer.nonce == Some(*nonce) => Reply::Alive,
        Request::Create { length, .. } => in_length(answer.offset.unwrap_or(0), *length),
        Request::Head { .. } | Request::Patch { .. } => {
            answer.offset.map_or(Reply::NotOffice(Cause::ProxyLies), Reply::Offset)
        }
        Request::Ask { .. } => Reply::Told,
        Request::Feed { .. } if answer.cursor.is_some() => Reply::Told,
        Request::Probe { .. } | Request::Feed { .. } => Reply::NotOffice(Cause::ProxyLies),
    }
}

const fn in_length(offset: u64, length: u64) -> Reply {
    if offset <= length { Reply::Offset(offset) } else { Reply::NotOffice(Cause::ProxyLies) }
}

/// An answer without the office's mark: a gate before the office, a sign-in page, or a lie.
const fn judge_stranger(answer: &Answer) -> Reply {
    match answer.status {
        300..=399 | 511 => Reply::NotOffice(Cause::CaptivePortal),
        413 => Reply::TooLong,
        429 => Reply::Wait {
            seconds: match answer.retry_after_s {
                Some(seconds) => seconds,
                None => WAIT_S,
            },
        },
        502..=504 => Reply::Busy,
        _ if answer.is_html => Reply::NotOffice(Cause::CaptivePortal),
        _ => Reply::NotOffice(Cause::ProxyLies),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::{Part, Upload};

    fn patch() -> Request {
        let upload = Upload { item: uuid::Uuid::from_u128(1), part: Part::Facts };
        Request::Patch { upload, offset: 0, send: 10 }
    }

    fn marked(status: u16) -> Answer {
        Answer { status, is_marked: true, ..Answer::default() }
    }

    #[test]
    fn a_stranger_who_says_yes_to_everything_is_not_believed() {
        let yes = Answer { status: 200, offset: Some(10), ..Answer::default() };
        for request in [patch(), Request::Probe { nonce: 5 }, Request::Feed { cursor: String::new() }] {
            assert_eq!(judge(&request, &yes), Reply::NotOffice(Cause::ProxyLies));
        }
    }

    #[test]
    fn a_sign_in_page_is_named() {
        let redirect = Answer { status: 302, ..Answer::default() };
        let page = Answer { status: 200, is_html: true, ..Answer::default() };
        assert_eq!(judge(&patch(), &redirect), Reply::NotOffice(Cause::CaptivePortal));
        assert_eq!(judge(&patch(), &page), Reply::NotOffice(Cause::CaptivePortal));
    }

    #[test]
    fn an_old_answer_to_a_probe_proves_nothing() {
        let old = Answer { nonce: Some(4), ..marked(200) };
        assert_eq!(judge(&Request::Probe { nonce: 5 }, &old), Reply::NotOffice(Cause::ProxyLies));
        let new = Answer { nonce: Some(5), ..marked(200) };
        assert_eq!(judge(&Request::Probe { nonce: 5 }, &new), Reply::Alive);
    }

    #[test]
    fn every_status_of_the_protocol_has_its_meaning() {
        for (status, reply) in [
            (404, Reply::Gone),
            (410, Reply::Gone),
            (409, Reply::Conflict),
            (413, Reply::TooLong),
            (460, Reply::Corrupt),
            (500, Reply::Busy),
            (507, Reply::Full),
            (415, Reply::NotTaken),
            (429, Reply::Wait { seconds: WAIT_S }),
        ] {
            assert_eq!(judge(&patch(), &marked(status)), reply, "{status}");
        }
        assert_eq!(judge(&patch(), &Answer { offset: Some(7), ..marked(204) }), Reply::Offset(7));
        assert_eq!(judge(&patch(), &marked(204)), Reply::NotOffice(Cause::ProxyLies), "no offset");
        assert_eq!(judge(&patch(), &Answer { is_revoked: true, ..marked(403) }), Reply::Revoked);
        let wait = Answer { retry_after_s: Some(9), ..marked(503) };
        assert_eq!(judge(&patch(), &wait), Reply::Wait { seconds: 9 });
    }
}
