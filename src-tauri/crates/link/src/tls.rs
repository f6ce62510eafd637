//! TLS as the office wants it: its own root, one fixed name, and the station's certificate.

use std::sync::Arc;

use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore};
use zeroize::Zeroizing;

use crate::config::{Identity, LinkConfig, LinkError};

/// The name in every office's certificate, whatever its address.
pub(crate) const OFFICE_NAME: &str = "rekam-office";

/// What stands before the seed in the file form of an Ed25519 key (RFC 8410, PKCS #8).
const PKCS8_START: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// How the line is secured.
pub(crate) fn config(link: &LinkConfig) -> Result<Arc<ClientConfig>, LinkError> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(link.office_root.clone())).map_err(LinkError::Root)?;
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(LinkError::Root)?
        .with_root_certificates(roots);
    let mut config = match &link.identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let chain = identity.certificates.iter().cloned().map(CertificateDer::from).collect();
            builder.with_client_auth_cert(chain, key(identity)).map_err(LinkError::Identity)?
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn key(identity: &Identity) -> PrivateKeyDer<'static> {
    let bytes = Zeroizing::new([PKCS8_START.as_slice(), identity.transport_seed.as_slice()].concat());
    PrivateKeyDer::from(PrivatePkcs8KeyDer::from(bytes.to_vec()))
}
