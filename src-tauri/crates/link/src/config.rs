//! What the link is told once.

use std::fmt;

use zeroize::Zeroizing;

/// With whom the link speaks, and as whom.
#[derive(Debug, Clone)]
pub struct LinkConfig {
    /// Where the office is reached, in the order to be tried: `https://host:port` or `host:port`.
    pub addresses: Vec<String>,
    /// The certificate of the office's own authority (DER), the only root that is trusted.
    pub office_root: Vec<u8>,
    /// As whom; a station without admission has none yet.
    pub identity: Option<Identity>,
    /// A proxy on the way out.
    pub proxy: Option<Proxy>,
}

/// What the station shows on the line.
#[derive(Clone)]
pub struct Identity {
    /// Its certificate (DER), then the chain.
    pub certificates: Vec<Vec<u8>>,
    /// The private half of its transport key: an Ed25519 seed.
    pub transport_seed: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.write_str("Identity")
    }
}

/// An HTTP proxy that is asked to CONNECT.
#[derive(Clone)]
pub struct Proxy {
    /// Where it is: `host:port`.
    pub address: String,
    /// Account and password, if it wants them.
    pub account: Option<(String, Zeroizing<String>)>,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(form, "Proxy({})", self.address)
    }
}

/// Why no link can be started.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// No address, or one that cannot be understood.
    #[error("not an address of an office: {0:?}")]
    Address(String),
    /// The proxy's address cannot be understood.
    #[error("not an address of a proxy: {0:?}")]
    Proxy(String),
    /// The office's root is no certificate.
    #[error("the office's root certificate cannot be used: {0}")]
    Root(rustls::Error),
    /// The station's certificate and key do not fit, or cannot be read.
    #[error("the station's certificate cannot be used: {0}")]
    Identity(rustls::Error),
    /// The machine has no room for another thread.
    #[error("the link's thread cannot be started: {0}")]
    Thread(std::io::Error),
}
