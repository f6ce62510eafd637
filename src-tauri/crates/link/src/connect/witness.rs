//! A stream that remembers how it began: a gate that answers in plain HTTP is known by its first words.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// So much of the beginning is remembered, in bytes: the head of a short page.
const SEEN_BYTES_MAX: usize = 4096;

/// The stream.
#[derive(Debug)]
pub(crate) struct Witness<S> {
    inner: S,
    seen: Vec<u8>,
}

impl<S> Witness<S> {
    pub(crate) const fn new(inner: S) -> Self {
        Self { inner, seen: Vec::new() }
    }

    pub(crate) const fn inner(&self) -> &S {
        &self.inner
    }

    /// How it began.
    pub(crate) fn seen(&self) -> &[u8] {
        &self.seen
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Witness<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(context, buffer);
        let room = SEEN_BYTES_MAX.saturating_sub(self.seen.len());
        let fresh = buffer.filled().get(before..).unwrap_or_default();
        self.seen.extend(fresh.iter().take(room));
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Witness<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
