//! What is asked of every socket.

use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

/// Congestion control that does not take every lost segment for a full line: at 5 % loss it is twice as fast.
const CONGESTION: &[u8] = b"bbr";
/// Bytes that may lie unsent in the kernel: a line of 100 Mbit/s empties them in 3 ms, a cut wastes no more.
const UNSENT_BYTES_MAX: u32 = 32 * 1024;
/// An idle connection is tried after this, and given up after three tries: gates on the way forget silent ones.
const KEEPALIVE: Duration = Duration::from_secs(20);
const KEEPALIVE_TRIES: u32 = 3;

/// Prepares a socket before it connects. What the kernel does not have is done without.
pub(crate) fn prepare(socket: &impl AsFd) {
    let socket = SockRef::from(socket);
    let alive =
        TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE).with_retries(KEEPALIVE_TRIES);
    let _ = socket.set_tcp_congestion(CONGESTION);
    let _ = socket.set_tcp_notsent_lowat(UNSENT_BYTES_MAX);
    let _ = socket.set_tcp_nodelay(true);
    let _ = socket.set_tcp_keepalive(&alive);
}

/// The congestion control the kernel gave.
pub(crate) fn congestion(socket: &impl AsFd) -> String {
    let name = SockRef::from(socket).tcp_congestion().unwrap_or_default();
    let name: Vec<u8> = name.into_iter().take_while(|byte| *byte != 0).collect();
    String::from_utf8_lossy(&name).into_owned()
}

/// Lets the kernel forget what it has not sent yet, when the socket closes: it would travel beside what is sent again.
pub(crate) fn forget_unsent(socket: &impl AsFd) {
    let _ = SockRef::from(socket).set_linger(Some(Duration::ZERO));
}

/// Whether this machine has a way out at all. Asks the kernel for a route; nothing is sent.
pub(crate) fn has_route() -> bool {
    // Addresses set aside for documents: nobody has them, so they go the way of everything that is not near.
    let far = ["192.0.2.1:9", "[2001:db8::1]:9"];
    far.iter().filter_map(|address| address.parse::<SocketAddr>().ok()).any(|far| {
        let near = if far.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        UdpSocket::bind(near).and_then(|socket| socket.connect(far)).is_ok()
    })
}
