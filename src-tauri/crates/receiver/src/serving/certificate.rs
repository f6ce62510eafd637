//! The certificate the office shows, made anew while the office runs.

use std::sync::{Arc, PoisonError, RwLock};

use rustls::crypto::ring::sign::any_supported_type;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::authority::Authority;
use crate::office::OfficeError;

/// A new one is made at this age, in days: long before the old one's 390 are over.
const RENEW_DAYS: i64 = 260;
const DAY_MS: i64 = 86_400_000;

/// The one that is shown now.
#[derive(Debug)]
pub(super) struct Certificate {
    names: Vec<String>,
    current: RwLock<(Arc<CertifiedKey>, i64)>,
}

impl Certificate {
    pub(super) fn make(authority: &Authority, names: Vec<String>, now_ms: i64) -> Result<Self, OfficeError> {
        let current = RwLock::new((Arc::new(certify(authority, &names, now_ms)?), now_ms));
        Ok(Self { names, current })
    }

    /// Makes a new one when the time has come, for all connections from now on. Also when the clock was set back: what
    /// begins in the future is good for nobody.
    pub(super) fn renew(&self, authority: &Authority, now_ms: i64) -> Result<bool, OfficeError> {
        let made_ms = self.current.read().unwrap_or_else(PoisonError::into_inner).1;
        if (made_ms - DAY_MS..made_ms + RENEW_DAYS * DAY_MS).contains(&now_ms) {
            return Ok(false);
        }
        let fresh = Arc::new(certify(authority, &self.names, now_ms)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = (fresh, now_ms);
        Ok(true)
    }
}

fn certify(authority: &Authority, names: &[String], now_ms: i64) -> Result<CertifiedKey, OfficeError> {
    let own = authority.own(names, now_ms)?;
    let key = any_supported_type(&own.key).map_err(|_| OfficeError::Key("the office's certificate"))?;
    Ok(CertifiedKey::new(own.chain, key))
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner).0))
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
    use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};

    use super::*;
    use crate::office::{First, Office, now_ms};

    /// A clock that stands where the test wants it.
    #[derive(Debug)]
    struct Clock(i64);

    impl rustls::time_provider::TimeProvider for Clock {
        fn current_time(&self) -> Option<UnixTime> {
            Some(UnixTime::since_unix_epoch(std::time::Duration::from_millis(self.0.unsigned_abs())))
        }
    }

    /// What a station sees at this time, or why it turns away.
    fn seen(office: &Office, server: &Arc<ServerConfig>, at_ms: i64) -> io::Result<CertificateDer<'static>> {
        let mut roots = RootCertStore::empty();
        roots.add(office.authority.root().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let client = ClientConfig::builder_with_details(provider, Arc::new(Clock(at_ms)))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(crate::authority::OFFICE_NAME).unwrap();
        let mut near = ClientConnection::new(Arc::new(client), name).unwrap();
        let mut far = ServerConnection::new(Arc::clone(server)).unwrap();
        while near.is_handshaking() || far.is_handshaking() {
            let (mut up, mut down) = (Vec::new(), Vec::new());
            near.write_tls(&mut up)?;
            far.read_tls(&mut up.as_slice())?;
            far.process_new_packets().map_err(io::Error::other)?;
            far.write_tls(&mut down)?;
            near.read_tls(&mut down.as_slice())?;
            near.process_new_packets().map_err(io::Error::other)?;
        }
        Ok(near.peer_certificates().unwrap()[0].clone())
    }

    #[test]
    fn is_renewed_while_the_office_runs_and_long_before_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let office = Office::open(folder.path(), &First::default()).unwrap();
        let begun = now_ms();
        let shown = Arc::new(Certificate::make(&office.authority, Vec::new(), begun).unwrap());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&shown) as Arc<dyn ResolvesServerCert>);
        let server = Arc::new(server);
        let at = |days: i64| begun + days * DAY_MS;
        let first = seen(&office, &server, at(0)).unwrap();
        assert!(!shown.renew(&office.authority, at(259)).unwrap());
        assert!(seen(&office, &server, at(400)).is_err(), "without renewal it would have ended");
        assert!(shown.renew(&office.authority, at(261)).unwrap());
        let second = seen(&office, &server, at(400)).unwrap();
        assert_ne!(first, second);
        assert!(shown.renew(&office.authority, at(3)).unwrap(), "the clock was set right");
        seen(&office, &server, at(3)).unwrap();
    }
}
