//! The body of an answer, as it comes in.

use super::HttpFault;
use super::head::Framing;

/// The line before a chunk, in bytes: a length and perhaps an extension.
const CHUNK_LINE_BYTES_MAX: usize = 256;
/// The fields after the last chunk, in bytes; nobody reads them.
const TRAILER_BYTES_MAX: usize = 8 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Left(u64),
    UntilClose,
    ChunkLine,
    Chunk(u64),
    ChunkEnd,
    Trailer { seen: usize },
    Done,
}

/// A body that is coming in. It never holds more than its bound.
#[derive(Debug)]
pub(crate) struct Body {
    state: State,
    bytes: Vec<u8>,
    bytes_max: usize,
}

impl Body {
    /// A body that ends like this and is refused beyond `bytes_max`.
    pub(crate) fn new(framing: Framing, bytes_max: usize) -> Result<Self, HttpFault> {
        let state = match framing {
            Framing::Length(0) => State::Done,
            Framing::Length(length) if length > bytes_max as u64 => return Err(HttpFault::TooLarge),
            Framing::Length(length) => State::Left(length),
            Framing::Chunked => State::ChunkLine,
            Framing::UntilClose => State::UntilClose,
        };
        Ok(Self { state, bytes: Vec::new(), bytes_max })
    }

    /// Takes what belongs to it from the front of `input`. True when it is all there.
    pub(crate) fn take(&mut self, input: &mut Vec<u8>) -> Result<bool, HttpFault> {
        while self.state != State::Done {
            let before = (self.state, input.len());
            self.step(input)?;
            if before == (self.state, input.len()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The connection ended. True when the body may end so.
    pub(crate) fn end(&self) -> bool {
        matches!(self.state, State::UntilClose | State::Done)
    }

    /// The bytes.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn step(&mut self, input: &mut Vec<u8>) -> Result<(), HttpFault> {
        self.state = match self.state {
            State::Left(left) => match left - self.copy(left, input)? {
                0 => State::Done,
                left => State::Left(left),
            },
            State::UntilClose => {
                self.copy(u64::MAX, input)?;
                State::UntilClose
            }
            State::ChunkLine => match take_line(input, CHUNK_LINE_BYTES_MAX)? {
                None => State::ChunkLine,
                Some(line) => match read_chunk_length(&line)? {
                    0 => State::Trailer { seen: 0 },
                    length => State::Chunk(length),
                },
            },
            State::Chunk(left) => match left - self.copy(left, input)? {
                0 => State::ChunkEnd,
                left => State::Chunk(left),
            },
            State::ChunkEnd => match take_line(input, 2).map_err(|_| HttpFault::Malformed)? {
                None => State::ChunkEnd,
                Some(_) => State::ChunkLine,
            },
            State::Trailer { seen } => match take_line(input, TRAILER_BYTES_MAX.saturating_sub(seen))? {
                None => State::Trailer { seen },
                Some(line) if line.is_empty() => State::Done,
                Some(line) => State::Trailer { seen: seen + line.len() + 2 },
            },
            State::Done => State::Done,
        };
        Ok(())
    }

    fn copy(&mut self, most: u64, input: &mut Vec<u8>) -> Result<u64, HttpFault> {
        let count = usize::try_from(most).unwrap_or(usize::MAX).min(input.len());
        if self.bytes.len() + count > self.bytes_max {
            return Err(HttpFault::TooLarge);
        }
        self.bytes.extend(input.drain(..count));
        Ok(count as u64)
    }
}

/// A line without its end, if it has come.
fn take_line(input: &mut Vec<u8>, bytes_max: usize) -> Result<Option<Vec<u8>>, HttpFault> {
    let seen = input.get(..input.len().min(bytes_max)).unwrap_or_default();
    let Some(end) = seen.windows(2).position(|two| two == b"\r\n") else {
        return if input.len() >= bytes_max { Err(HttpFault::TooLarge) } else { Ok(None) };
    };
    let line = input.drain(..end + 2).take(end).collect();
    Ok(Some(line))
}

fn read_chunk_length(line: &[u8]) -> Result<u64, HttpFault> {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
    let text = std::str::from_utf8(digits).map_err(|_| HttpFault::Malformed)?.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_number {
        return Err(HttpFault::Malformed);
    }
    u64::from_str_radix(text, 16).map_err(|_| HttpFault::TooLarge)
}

#[cfg(test)]
mod tests;
