//! One request and its answer on a connection. The answer is listened for while the body is still leaving.

use std::io::{self, Read};
use std::pin::pin;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::connect::Connection;
use crate::fault::Trouble;
use crate::http::body::Body;
use crate::http::head::Head;
use crate::outgoing::{Outgoing, Wants};
use crate::pace::Pace;

/// Bytes of a body that are in memory and leave as one record of TLS: a record that a cut tears arrived for nothing.
const CHUNK_BYTES: usize = 8 * 1024;
/// An office that closes its ear may have said why; it is listened to for so long.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// "Go on" and other answers before the answer.
const INTERIM_MAX: usize = 8;

/// What came back.
pub(crate) struct Reply {
    pub(crate) head: Head,
    /// The body, when it was wanted.
    pub(crate) body: Vec<u8>,
    /// The connection can carry the next request.
    pub(crate) can_stay: bool,
}

impl Reply {
    fn last(self) -> Self {
        Self { can_stay: false, ..self }
    }
}

/// The bytes of a body on their way.
pub(crate) struct Leaving<'l> {
    pub(crate) content: Box<dyn Read + Send>,
    pub(crate) length: u64,
    pub(crate) pace: Pace,
    /// Told how many have left.
    pub(crate) written: &'l mut (dyn FnMut(u64) + Send),
}

/// Sends a request and reads its answer.
pub(crate) async fn run(
    connection: &mut Connection,
    outgoing: &Outgoing,
    leaving: Option<Leaving<'_>>,
) -> Result<Reply, Trouble> {
    connection.begin();
    let reply = speak(&mut connection.stream, &mut connection.unread, outgoing, leaving).await?;
    if reply.can_stay {
        connection.rest();
    }
    Ok(reply)
}

async fn speak<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    unread: &mut Vec<u8>,
    outgoing: &Outgoing,
    leaving: Option<Leaving<'_>>,
) -> Result<Reply, Trouble> {
    let (listening, speaking) = tokio::io::split(stream);
    let mut answer = pin!(receive(listening, unread, outgoing));
    let request = pin!(send(speaking, &outgoing.head, leaving));
    let failure = tokio::select! {
        // An answer before the end of the body: the rest does not leave, and the connection is of no more use.
        reply = &mut answer => return reply.map(Reply::last),
        sent = request => match sent {
            Ok(()) => return answer.await,
            Err(Trouble::Failure(failure)) => failure,
            Err(trouble) => return Err(trouble),
        },
    };
    match timeout(LAST_WORDS, answer).await {
        Ok(Ok(reply)) => Ok(reply.last()),
        Ok(Err(_)) | Err(_) => Err(Trouble::Failure(failure)),
    }
}

async fn send<W: AsyncWrite + Unpin>(
    mut line: W,
    head: &str,
    leaving: Option<Leaving<'_>>,
) -> Result<(), Trouble> {
    line.write_all(head.as_bytes()).await?;
    let Some(mut leaving) = leaving else { return Ok(line.flush().await?) };
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut written = 0;
    while written < leaving.length {
        let left = usize::try_from(leaving.length - written).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
        let bytes = chunk.get_mut(..leaving.pace.portion(left)).unwrap_or_default();
        // The outbox is on this machine: a read takes no longer than the encryption of what was read.
        leaving.content.read_exact(bytes).map_err(Trouble::Source)?;
        leaving.pace.wait(bytes.len()).await;
        line.write_all(bytes).await?;
        // Only what the kernel has taken counts as gone.
        line.flush().await?;
        written += bytes.len() as u64;
        (leaving.written)(written);
    }
    Ok(())
}

async fn receive<R: AsyncRead + Unpin>(
    mut line: R,
    unread: &mut Vec<u8>,
    outgoing: &Outgoing,
) -> Result<Reply, Trouble> {
    let head = receive_head(&mut line, unread).await?;
    let framing = head.framing(outgoing.is_head)?;
    let is_wanted = outgoing.wants != Wants::Nothing && head.status == 200;
    let wants = if is_wanted { outgoing.wants } else { Wants::Nothing };
    let body = match Body::new(framing, wants.bytes_max()) {
        Ok(body) => receive_body(&mut line, unread, body).await,
        Err(fault) => Err(fault.into()),
    };
    match body {
        Ok((body, is_end)) => {
            let can_stay = head.keeps_alive() && !is_end && unread.is_empty();
            Ok(Reply { head, body, can_stay })
        }
        Err(trouble) if is_wanted => Err(trouble),
        // Nobody wanted this body; the head has said everything.
        Err(_) => Ok(Reply { head, body: Vec::new(), can_stay: false }),
    }
}

async fn receive_head<R: AsyncRead + Unpin>(line: &mut R, unread: &mut Vec<u8>) -> Result<Head, Trouble> {
    let mut interim = 0;
    loop {
        if let Some((head, length)) = Head::read(unread)? {
            unread.drain(..length);
            interim += 1;
            if head.status >= 200 || interim > INTERIM_MAX {
                return Ok(head);
            }
        } else if line.read_buf(unread).await? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
    }
}

/// Reads a body to its end. Also says whether the connection ended with it.
async fn receive_body<R: AsyncRead + Unpin>(
    line: &mut R,
    unread: &mut Vec<u8>,
    mut body: Body,
) -> Result<(Vec<u8>, bool), Trouble> {
    while !body.take(unread)? {
        let count = match line.read_buf(unread).await {
            Ok(count) => count,
            // Many gates end TLS without a word; where the body may end so, it has ended.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            Err(error) => return Err(error.into()),
        };
        if count == 0 {
            let is_end = body.end();
            return if is_end {
                Ok((body.into_bytes(), true))
            } else {
                Err(io::Error::from(io::ErrorKind::UnexpectedEof).into())
            };
        }
    }
    Ok((body.into_bytes(), false))
}
