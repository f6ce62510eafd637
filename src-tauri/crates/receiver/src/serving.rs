//! The program that listens: TLS, limits, a graceful stop.

mod certificate;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::{Duration, SystemTime};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rekam_packet::{Digest, IdentityKey};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{Acceptor, ResolvesServerCert, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use crate::authority::OFFICE_NAME;
use crate::ingest::Writer;
use crate::line::{Line, Meter, Rate};
use crate::log::log;
use crate::office::{Office, OfficeError, now_ms};
use crate::opening::{Opener, open_packet};

use certificate::Certificate;

/// Connections at a time: a whole province's stations, and little enough memory.
const CONNECTIONS_MAX: usize = 1_024;
/// For agreeing on TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// For the next request's header to be complete.
const HEADER: Duration = Duration::from_secs(30);
/// Read from a connection at once, in bytes: four records of TLS.
const READ_BYTES: usize = 64 * 1024;
/// A request's header, in bytes.
const HEADER_BYTES_MAX: usize = 16 * 1024;
/// For requests that are answered while the office stops.
const STOP: Duration = Duration::from_secs(10);
/// How often old uploads are looked for, and waiting packets that a failed disk left.
const SWEEP: Duration = Duration::from_secs(60);

/// How the office is to serve.
#[derive(Debug)]
pub struct Wish {
    /// Where to listen; port 0 takes any.
    pub listen: SocketAddr,
    /// Further names and addresses for the certificate.
    pub names: Vec<String>,
    /// What opens packets; without it they wait.
    pub identities: Vec<IdentityKey>,
    /// Requests a second of one station.
    pub requests_per_second: u32,
    /// What opens the page for people.
    pub page_token: String,
}

/// Serves until `stop` is there. `listening` is told the address once.
///
/// # Errors
/// It cannot begin.
pub async fn serve(
    office: Arc<Office>,
    wish: Wish,
    listening: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()>,
) -> Result<(), OfficeError> {
    let _claim = office.claim()?;
    let certificate = Arc::new(Certificate::make(&office.authority, wish.names, now_ms())?);
    let tls = Arc::new(Tls::new(&office, &certificate)?);
    let meter = Arc::new(Meter::default());
    let (wake, woken) = std::sync::mpsc::sync_channel::<()>(1);
    let counted = Arc::clone(&meter);
    let writer = Writer::start(&office, move |packets| {
        counted.packets.fetch_add(packets as u64, Relaxed);
        counted.commits.fetch_add(1, Relaxed);
        // One wish to look is enough for all that wait.
        let _ = wake.try_send(());
    })?;
    settle_left_over(&office, &writer);
    let (opening, counted) = (Arc::downgrade(&office), Arc::clone(&meter));
    let alive = Arc::new(());
    let opener = Arc::downgrade(&alive);
    thread::Builder::new().name("opener".into()).spawn(move || {
        let _alive = alive;
        let mut opener = Opener::default();
        loop {
            let _ = woken.recv_timeout(SWEEP);
            let Some(office) = opening.upgrade() else { return };
            let turn = catch_unwind(AssertUnwindSafe(|| {
                renew(&office, &certificate);
                keep_house(&office, &wish.identities, &mut opener, &counted);
            }));
            if turn.is_err() {
                log("opener_panicked", &[]);
            }
        }
    })?;
    let rate = Rate::new(wish.requests_per_second);
    let line =
        Arc::new(Line::new(Arc::clone(&office), writer, opener, Arc::clone(&meter), rate, wish.page_token));
    let listener = TcpListener::bind(wish.listen).await?;
    listening(listener.local_addr()?);
    accept_all(&listener, &line, &tls, stop).await;
    Ok(())
}

/// What was complete when the office was last ended without warning.
fn settle_left_over(office: &Office, writer: &Writer) {
    for (station, item) in office.blob.whole_items().unwrap_or_default() {
        if let Err(error) = crate::ingest::settle(office, writer, &station, item) {
            log("settle_failed", &[("item", json!(item)), ("why", json!(error.to_string()))]);
        }
    }
}

fn renew(office: &Office, certificate: &Certificate) {
    match certificate.renew(&office.authority, now_ms()) {
        Ok(false) => {}
        Ok(true) => log("certificate_renewed", &[]),
        Err(error) => log("certificate_not_renewed", &[("why", json!(error.to_string()))]),
    }
}

fn keep_house(office: &Office, identities: &[IdentityKey], opener: &mut Opener, meter: &Meter) {
    let days = Duration::from_secs(crate::line::EXPIRE_DAYS * 86_400);
    if let Err(error) = office.blob.expire(SystemTime::now() - days) {
        log("expire_failed", &[("why", json!(error.to_string()))]);
    }
    if identities.is_empty() {
        return;
    }
    match opener.sweep(office, &|row| open_packet(office, row, identities)) {
        Ok(opened) => {
            meter.opened.fetch_add(opened as u64, Relaxed);
        }
        Err(error) => log("open_failed", &[("why", json!(error.to_string()))]),
    }
    meter.unopened.store(opener.failed() as u64, Relaxed);
}

/// How TLS is agreed on.
struct Tls {
    /// With whom calls the office by the name that stations know: they show a certificate.
    stations: Arc<ServerConfig>,
    /// With a browser, which would only ask its user for one.
    people: Arc<ServerConfig>,
}

impl Tls {
    fn new(office: &Office, certificate: &Arc<Certificate>) -> Result<Self, OfficeError> {
        let broken = |_| OfficeError::Key("the office's certificate");
        let mut roots = RootCertStore::empty();
        roots.add(office.authority.root().clone()).map_err(broken)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            // Whoever has none is told so by name.
            .allow_unauthenticated()
            .build()
            .map_err(|_| OfficeError::Key("the office's authority"))?;
        let config = |clients: Arc<dyn ClientCertVerifier>| -> Result<Arc<ServerConfig>, OfficeError> {
            let mut config = ServerConfig::builder_with_provider(Arc::clone(&provider))
                .with_safe_default_protocol_versions()
                .map_err(broken)?
                .with_client_cert_verifier(clients)
                .with_cert_resolver(Arc::clone(certificate) as Arc<dyn ResolvesServerCert>);
            config.alpn_protocols = vec![b"http/1.1".to_vec()];
            Ok(Arc::new(config))
        };
        Ok(Self { stations: config(verifier)?, people: config(WebPkiClientVerifier::no_client_auth())? })
    }

    async fn accept<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) -> io::Result<TlsStream<S>> {
        let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let is_station = hello.client_hello().server_name() == Some(OFFICE_NAME);
        let config = if is_station { &self.stations } else { &self.people };
        hello.into_stream(Arc::clone(config)).await
    }
}

async fn accept_all(
    listener: &TcpListener,
    line: &Arc<Line>,
    tls: &Arc<Tls>,
    stop: impl Future<Output = ()>,
) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = take(listener, &room) => accepted,
        };
        match accepted {
            Ok((stream, permit)) => {
                line.meter.connections.fetch_add(1, Relaxed);
                let (line, tls) = (Arc::clone(line), Arc::clone(tls));
                tokio::spawn(async move {
                    connection(&line, &tls, stream).await;
                    drop(permit);
                });
            }
            Err(error) => {
                // Out of files or memory: others must end first.
                log("accept_failed", &[("why", json!(error.to_string()))]);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    line.stopping.send_replace(true);
    let all = u32::try_from(CONNECTIONS_MAX).unwrap_or(u32::MAX);
    let _ = timeout(STOP, room.acquire_many(all)).await;
}

async fn take(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let permit = Arc::clone(room).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, permit))
}

async fn connection(line: &Arc<Line>, tls: &Tls, stream: TcpStream) {
    // TLS alone would ask the kernel for 4 kB at a time.
    let stream = BufReader::with_capacity(READ_BYTES, stream);
    let Ok(Ok(stream)) = timeout(HANDSHAKE, tls.accept(stream)).await else {
        line.meter.handshakes_failed.fetch_add(1, Relaxed);
        return;
    };
    let certificates = stream.get_ref().1.peer_certificates();
    let shown = certificates.and_then(|chain| chain.first()).map(|certificate| Digest::of(certificate));
    let answering = Arc::clone(line);
    let service = service_fn(move |request| Arc::clone(&answering).answer(shown, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER)
        .max_header_size(HEADER_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service);
    let mut stopping = line.stopping.subscribe();
    tokio::pin!(connection);
    tokio::select! {
        // How a connection ends is its own affair; what arrived is kept.
        _ = &mut connection => return,
        _ = stopping.wait_for(|is_stopping| *is_stopping) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}
