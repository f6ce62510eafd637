//! A connection to the office: addresses in order, perhaps through a proxy, then TLS.

mod witness;

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rekam_sync::Failure;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use self::witness::Witness;
use crate::address::Address;
use crate::answer;
use crate::config::{LinkConfig, LinkError};
use crate::fault::Trouble;
use crate::http::head::{HEAD_BYTES_MAX, Head};
use crate::socket;
use crate::tls::{self, OFFICE_NAME};

/// The next address is tried beside the first ones when these have not answered for so long.
const NEXT_ADDRESS_AFTER: Duration = Duration::from_secs(2);
/// IP numbers of one name that are tried.
const NUMBERS_MAX: usize = 4;
/// A connection that was idle for so long is not used again: the office closes it after 30 s.
const IDLE_MAX: Duration = Duration::from_secs(25);

/// With whom to connect, and how.
pub(crate) struct Line {
    addresses: Vec<Address>,
    proxy: Option<(Address, Option<String>)>,
    tls: TlsConnector,
    name: ServerName<'static>,
}

/// A connection with the office at its end.
pub(crate) struct Connection {
    pub(crate) stream: TlsStream<Witness<TcpStream>>,
    /// What was read and not yet understood.
    pub(crate) unread: Vec<u8>,
    /// Which address it goes to.
    pub(crate) address: usize,
    idle_since: Option<Instant>,
}

impl Line {
    pub(crate) fn new(config: &LinkConfig) -> Result<Self, LinkError> {
        let read = |text: &String| Address::read(text).ok_or_else(|| LinkError::Address(text.clone()));
        let addresses = config.addresses.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        if addresses.is_empty() {
            return Err(LinkError::Address(String::new()));
        }
        let proxy = config.proxy.as_ref().map(|proxy| {
            let address =
                Address::read(&proxy.address).ok_or_else(|| LinkError::Proxy(proxy.address.clone()))?;
            let account = proxy
                .account
                .as_ref()
                .map(|(name, word)| STANDARD.encode(format!("{name}:{}", word.as_str())));
            Ok((address, account))
        });
        let name = ServerName::try_from(OFFICE_NAME).map_err(|_| LinkError::Address(OFFICE_NAME.into()))?;
        Ok(Self { addresses, proxy: proxy.transpose()?, tls: tls::config(config)?.into(), name })
    }

    /// Connects to the first address that answers as the office. Names the most telling failure when none does.
    pub(crate) async fn connect(self: &Arc<Self>) -> Result<Connection, Trouble> {
        let (mut tries, mut next) = (JoinSet::new(), 0);
        let mut worst = Trouble::Failure(Failure::NoNetwork);
        loop {
            let may_begin = next < self.addresses.len();
            if may_begin && tries.is_empty() {
                tries.spawn(Arc::clone(self).try_address(next));
                next += 1;
            }
            if tries.is_empty() {
                return Err(worst);
            }
            tokio::select! {
                Some(outcome) = tries.join_next() => match outcome {
                    Ok(Ok(connection)) => return Ok(connection),
                    Ok(Err(trouble)) if trouble.weight() >= worst.weight() => worst = trouble,
                    Ok(Err(_)) | Err(_) => {}
                },
                () = sleep(NEXT_ADDRESS_AFTER), if next < self.addresses.len() => {
                    tries.spawn(Arc::clone(self).try_address(next));
                    next += 1;
                }
            }
        }
    }

    async fn try_address(self: Arc<Self>, number: usize) -> Result<Connection, Trouble> {
        let address = self.addresses.get(number).ok_or(Trouble::Failure(Failure::NoNetwork))?;
        let tcp = match &self.proxy {
            None => reach(address).await?,
            Some((proxy, account)) => through(proxy, account.as_deref(), address).await?,
        };
        let witness = Witness::new(tcp);
        match self.tls.connect(self.name.clone(), witness).into_fallible().await {
            Ok(stream) => Ok(Connection { stream, unread: Vec::new(), address: number, idle_since: None }),
            // A gate that answers in plain HTTP, whatever it is asked.
            Err((error, witness)) => match Head::read(witness.seen()) {
                Ok(Some((head, _))) => Err(Trouble::Stranger(answer::read(&head))),
                Ok(None) | Err(_) => Err(error.into()),
            },
        }
    }
}

/// A TCP connection to the first number of a host that answers.
async fn reach(address: &Address) -> Result<TcpStream, Trouble> {
    let found = lookup_host((address.host.as_str(), address.port)).await.map_err(|_| {
        // Without a way out no name is found either; then the name is not to blame.
        Trouble::Failure(if socket::has_route() { Failure::NameNotFound } else { Failure::NoNetwork })
    })?;
    let numbers: Vec<SocketAddr> = found.take(NUMBERS_MAX).collect();
    let mut worst = Trouble::Failure(Failure::NameNotFound);
    for (place, number) in numbers.iter().enumerate() {
        let is_last = place + 1 == numbers.len();
        let reached = if is_last {
            dial(*number).await
        } else {
            timeout(NEXT_ADDRESS_AFTER, dial(*number)).await.unwrap_or_else(|late| Err(late.into()))
        };
        match reached {
            Ok(stream) => return Ok(stream),
            Err(error) => worst = error.into(),
        }
    }
    Err(worst)
}

async fn dial(number: SocketAddr) -> io::Result<TcpStream> {
    let socket = if number.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket::prepare(&socket);
    socket.connect(number).await
}

/// A way to the office through a proxy.
async fn through(proxy: &Address, account: Option<&str>, office: &Address) -> Result<TcpStream, Trouble> {
    let mut stream = reach(proxy).await?;
    let place = office.authority();
    let account = account.map(|word| format!("Proxy-Authorization: Basic {word}\r\n")).unwrap_or_default();
    let request = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{account}\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut seen = Vec::new();
    loop {
        // The office says nothing before we do, so all that comes now is the proxy's.
        let mut piece = [0; 1024];
        let count = stream.read(&mut piece).await?;
        if count == 0 {
            return Err(Trouble::Failure(Failure::Cut));
        }
        seen.extend_from_slice(piece.get(..count).unwrap_or_default());
        match Head::read(&seen)? {
            None if seen.len() > HEAD_BYTES_MAX => return Err(Trouble::Failure(Failure::Nonsense)),
            None => {}
            Some((head, length)) if (200..300).contains(&head.status) => {
                let is_all = length == seen.len();
                return if is_all { Ok(stream) } else { Err(Trouble::Failure(Failure::Nonsense)) };
            }
            Some((head, _)) => return Err(Trouble::Stranger(answer::read(&head))),
        }
    }
}

impl Connection {
    /// The congestion control of its socket.
    pub(crate) fn congestion(&self) -> String {
        socket::congestion(self.stream.get_ref().0.inner())
    }

    /// An exchange begins: until it ends well, what lies unsent here is not to be sent later.
    pub(crate) fn begin(&mut self) {
        self.idle_since = None;
    }

    /// An exchange ended well: another may follow.
    pub(crate) fn rest(&mut self) {
        self.idle_since = Some(Instant::now());
    }

    /// Whether the office still holds it open, as far as one can know without asking.
    pub(crate) async fn is_open(&mut self) -> bool {
        if !self.unread.is_empty() || self.idle_since.is_none_or(|since| since.elapsed() > IDLE_MAX) {
            return false;
        }
        let mut byte = [0];
        let stream = &mut self.stream;
        std::future::poll_fn(|context| {
            let mut buffer = ReadBuf::new(&mut byte);
            // Anything that comes unasked, an end included, makes it unusable.
            Poll::Ready(Pin::new(&mut *stream).poll_read(context, &mut buffer).is_pending())
        })
        .await
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.idle_since.is_none() {
            socket::forget_unsent(self.stream.get_ref().0.inner());
        }
    }
}
