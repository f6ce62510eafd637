//! The head of an answer: status and header fields.

use super::HttpFault;

/// A head, in bytes: eight signed messages of 4 kB in base64 and the rest.
pub(crate) const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Fields of a head.
const FIELDS_MAX: usize = 128;

/// The head of an answer. Names are in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    is_http_11: bool,
    fields: Vec<(String, String)>,
}

/// How the end of the body is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    Length(u64),
    Chunked,
    UntilClose,
}

impl Head {
    /// Reads a head from the beginning of `bytes`; nothing when it has not all come. Also says how long it is.
    pub(crate) fn read(bytes: &[u8]) -> Result<Option<(Self, usize)>, HttpFault> {
        // What cannot become HTTP any more is refused at once.
        if !bytes.iter().zip(b"HTTP/1.").all(|(got, wanted)| got == wanted) {
            return Err(HttpFault::Malformed);
        }
        let seen = bytes.get(..bytes.len().min(HEAD_BYTES_MAX)).unwrap_or_default();
        let Some(end) = seen.windows(4).position(|four| four == b"\r\n\r\n") else {
            return if bytes.len() >= HEAD_BYTES_MAX { Err(HttpFault::TooLarge) } else { Ok(None) };
        };
        let text = seen.get(..end).unwrap_or_default();
        let text = std::str::from_utf8(text).map_err(|_| HttpFault::Malformed)?;
        let mut lines = text.split("\r\n");
        let (is_http_11, status) = read_status(lines.next().unwrap_or_default())?;
        let fields = lines.map(read_field).collect::<Result<Vec<_>, _>>()?;
        if fields.len() > FIELDS_MAX {
            return Err(HttpFault::TooLarge);
        }
        Ok(Some((Self { status, is_http_11, fields }, end + 4)))
    }

    /// The value of a field that stands once; of one that stands several times the first.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a field.
    pub(crate) fn fields_of<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h str> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the connection may carry another request.
    pub(crate) fn keeps_alive(&self) -> bool {
        let mut words = self.fields_of("connection").flat_map(|value| value.split(','));
        self.is_http_11 && !words.any(|word| word.trim().eq_ignore_ascii_case("close"))
    }

    /// How the body ends. An answer to HEAD has none.
    pub(crate) fn framing(&self, answers_head: bool) -> Result<Framing, HttpFault> {
        if answers_head || matches!(self.status, 100..=199 | 204 | 304) {
            return Ok(Framing::Length(0));
        }
        let mut lengths = self.fields_of("content-length").flat_map(|value| value.split(',')).map(str::trim);
        let length = lengths.next();
        if let Some(coding) = self.field("transfer-encoding") {
            // Both at once is how requests are smuggled; no honest office sends it.
            let is_chunked = coding.trim().eq_ignore_ascii_case("chunked") && length.is_none();
            return if is_chunked { Ok(Framing::Chunked) } else { Err(HttpFault::Malformed) };
        }
        let Some(length) = length else { return Ok(Framing::UntilClose) };
        let is_number = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || lengths.any(|other| other != length) {
            return Err(HttpFault::Malformed);
        }
        length.parse().map(Framing::Length).map_err(|_| HttpFault::TooLarge)
    }
}

fn read_status(line: &str) -> Result<(bool, u16), HttpFault> {
    let rest = line.strip_prefix("HTTP/1.").ok_or(HttpFault::Malformed)?;
    let (minor, rest) = rest.split_once(' ').ok_or(HttpFault::Malformed)?;
    let code = rest.split(' ').next().unwrap_or_default();
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    let status = code.parse().ok().filter(|status| is_code && (100..=599).contains(status));
    match minor {
        "1" => Ok((true, status.ok_or(HttpFault::Malformed)?)),
        "0" => Ok((false, status.ok_or(HttpFault::Malformed)?)),
        _ => Err(HttpFault::Malformed),
    }
}

fn read_field(line: &str) -> Result<(String, String), HttpFault> {
    let (name, value) = line.split_once(':').ok_or(HttpFault::Malformed)?;
    let is_token = |byte: u8| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?={}".contains(&byte);
    let is_good = !name.is_empty()
        && name.bytes().all(is_token)
        && value.bytes().all(|byte| byte == b'\t' || (byte >= b' ' && byte != 0x7f));
    if !is_good {
        return Err(HttpFault::Malformed);
    }
    Ok((name.to_ascii_lowercase(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests;
