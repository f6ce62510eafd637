//! A road of a given width and length between station and office, that can be cut.
//!
//! It ends TCP on both sides, so the kernel's own behaviour on loss is not tried here; what lies on the road when it is
//! cut is lost, as on a real one.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

/// What the near end of the road holds before its own queue: a modem, not a server.
const NEAR_BUFFER_BYTES: u32 = 16 * 1024;
const PIECE_BYTES: usize = 1448;

/// Width and length of a road.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) bytes_per_second: u64,
    /// There and back.
    pub(crate) round_trip: Duration,
}

pub(crate) struct Road {
    pub(crate) address: String,
    /// Bytes that left the station.
    pub(crate) sent: Arc<AtomicU64>,
    open: watch::Sender<bool>,
    _runtime: tokio::runtime::Runtime,
}

impl Road {
    pub(crate) fn build(shape: Shape, office: &str) -> Self {
        let office: SocketAddr = office.parse().unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let _inside = runtime.enter();
        let listener = listen("127.0.0.1:0".parse().unwrap());
        let address = listener.local_addr().unwrap();
        let sent = Arc::new(AtomicU64::new(0));
        let (open, is_open) = watch::channel(true);
        runtime.spawn(keep(listener, address, office, shape, Arc::clone(&sent), is_open));
        Self { address: address.to_string(), sent, open, _runtime: runtime }
    }

    /// Whatever is on the road is lost; for so long nobody answers at its end.
    pub(crate) fn cut(&self, outage: Duration) {
        self.open.send(false).unwrap();
        std::thread::sleep(outage);
        self.open.send(true).unwrap();
    }
}

fn listen(address: SocketAddr) -> TcpListener {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.set_recv_buffer_size(NEAR_BUFFER_BYTES).unwrap();
    socket.bind(address).unwrap();
    socket.listen(64).unwrap()
}

async fn keep(
    listener: TcpListener,
    address: SocketAddr,
    office: SocketAddr,
    shape: Shape,
    sent: Arc<AtomicU64>,
    mut is_open: watch::Receiver<bool>,
) {
    let mut listener = Some(listener);
    loop {
        let Some(here) = &listener else {
            until(&mut is_open, true).await;
            listener = Some(listen(address));
            continue;
        };
        let mut cut = is_open.clone();
        tokio::select! {
            Ok((near, _)) = here.accept() => {
                let far = TcpStream::connect(office).await.unwrap();
                let sent = Arc::clone(&sent);
                tokio::spawn(async move {
                    let ends = (dup(&near), dup(&far));
                    tokio::select! {
                        () = drive(near, far, shape, &sent) => {}
                        () = until(&mut cut, false) => {
                            for end in [&ends.0, &ends.1] {
                                end.set_linger(Some(Duration::ZERO)).unwrap();
                            }
                        }
                    }
                });
            }
            () = until(&mut is_open, false) => listener = None,
        }
    }
}

async fn until(is_open: &mut watch::Receiver<bool>, wanted: bool) {
    if is_open.wait_for(|is_open| *is_open == wanted).await.is_err() {
        // The test is over.
        std::future::pending::<()>().await;
    }
}

fn dup(stream: &TcpStream) -> socket2::Socket {
    SockRef::from(stream).try_clone().unwrap()
}

async fn drive(near: TcpStream, far: TcpStream, shape: Shape, sent: &AtomicU64) {
    near.set_nodelay(true).unwrap();
    far.set_nodelay(true).unwrap();
    // A handshake of TCP takes a round trip on a real road.
    sleep_until(Instant::now() + shape.round_trip).await;
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    let nobody = AtomicU64::new(0);
    tokio::select! {
        () = carry(near_in, far_out, shape, sent) => {}
        () = carry(far_in, near_out, shape, &nobody) => {}
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shape: Shape, count: &AtomicU64) {
    let (enter, mut leave) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let load = async move {
        let mut free_at = Instant::now();
        loop {
            let mut piece = vec![0; PIECE_BYTES];
            sleep_until(free_at).await;
            let read = from.read(&mut piece).await.unwrap_or(0);
            if read == 0 {
                return;
            }
            count.fetch_add(read as u64, Ordering::Relaxed);
            piece.truncate(read);
            let cost = Duration::from_secs_f64(read as f64 / shape.bytes_per_second as f64);
            free_at = free_at.max(Instant::now() - Duration::from_millis(25)) + cost;
            enter.send((free_at + shape.round_trip / 2, piece)).unwrap();
        }
    };
    let unload = async move {
        while let Some((at, piece)) = leave.recv().await {
            sleep_until(at).await;
            if to.write_all(&piece).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(load, unload);
}
