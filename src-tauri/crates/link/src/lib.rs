//! Carries the requests of the delivery engine to the office, and fills and reads the courier's stick.
//!
//! What it is: one thread that speaks HTTP/1.1 (tus 1.0.0) over mutual TLS with the office, streams bodies from the
//! outbox, and tells progress, answers and failures; and functions that write and read a stick (`STICK.md`).
//! What it must never do: decide what travels or when (the engine does), trust any root but the office's own, hold a
//! packet in memory, follow a redirect, or try again on its own what may have reached the office.
//!
//! * **Carrier.** [`Link`] is the only thing others see; sockets, TLS and HTTP are private modules below it. A carrier
//!   over QUIC would take the place of `connect.rs` and `exchange.rs`; nothing above them would change.
//! * **Network state** is learned from attempts alone. The kernel tells a change of routes only over netlink, which is
//!   not worth its code: a failed attempt names its cause at once, and while somebody looks at the desk the engine
//!   tries an idle line every two seconds (never on a metered one).
//! * **Socket.** BBR is asked for on every socket and what the kernel gave is told ([`Event::Connected`]). Little lies
//!   unsent in the kernel, so that a cut wastes little and progress is honest.
//!
//! ```no_run
//! use std::sync::mpsc;
//! use std::time::Duration;
//! use rekam_link::{Event, Identity, Link, LinkConfig};
//! use rekam_sync::{Exchange, Request};
//!
//! let (root, certificate, seed) = (vec![], vec![], [7; 32]);
//! let config = LinkConfig {
//!     addresses: vec!["https://10.1.2.3:8443".into()],
//!     office_root: root,
//!     identity: Some(Identity { certificates: vec![certificate], transport_seed: seed.into() }),
//!     proxy: None,
//! };
//! let (events, heard) = mpsc::channel();
//! let open = |_upload, _offset| Ok(Box::new(std::io::empty()) as rekam_link::Content);
//! let link = Link::start(&config, open, move |event| _ = events.send(event))?;
//! link.carry(Exchange { id: 1, request: Request::Probe { nonce: 5 }, bytes_per_second_max: None });
//! match heard.recv_timeout(Duration::from_secs(5)) {
//!     Ok(Event::Answer { answer, .. }) => assert_eq!(answer.nonce, Some(5)),
//!     other => println!("{other:?}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
mod answer;
mod carrier;
mod config;
mod connect;
pub mod courier;

mod exchange;
mod fault;
mod http;
mod link;
mod outgoing;
mod pace;
mod socket;
mod tls;

pub use config::{Identity, LinkConfig, LinkError, Proxy};
pub use link::{Content, Event, Fetch, Fetched, Link};
