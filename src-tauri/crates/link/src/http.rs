//! As much of HTTP/1.1 as a station reads: pure functions over bytes, each with a bound.

pub(crate) mod body;
pub(crate) mod head;

/// What came is not HTTP, or more of it than anybody would send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HttpFault {
    /// Not as HTTP/1.1 is written.
    Malformed,
    /// More than is read.
    TooLarge,
}
