//! An office's authority for tests, made anew each time.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rekam_link::{Identity, LinkConfig};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// Where the seed lies in the file form of an Ed25519 key.
const SEED: std::ops::Range<usize> = 16..48;

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) root: CertificateDer<'static>,
}

/// A year far behind or before every clock.
pub(crate) enum Valid {
    Now,
    Past,
    Future,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.not_before = rcgen::date_time_ymd(1990, 1, 1);
        params.not_after = rcgen::date_time_ymd(2200, 1, 1);
        let root = params.self_signed(&key).unwrap().der().clone();
        Self { issuer: Issuer::new(params, key), root }
    }

    fn leaf(&self, name: &str, key: &KeyPair, valid: &Valid) -> CertificateDer<'static> {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let (from, until) = match valid {
            Valid::Now => (2000, 2199),
            Valid::Past => (2000, 2001),
            Valid::Future => (2198, 2199),
        };
        params.not_before = rcgen::date_time_ymd(from, 1, 1);
        params.not_after = rcgen::date_time_ymd(until, 1, 1);
        params.signed_by(key, &self.issuer).unwrap().der().clone()
    }

    /// An office with a certificate of this name, which asks for certificates of `stations`.
    pub(crate) fn server(&self, name: &str, valid: &Valid, stations: &Self) -> Arc<ServerConfig> {
        let (chain, key) = self.server_files(name, valid);
        let mut roots = RootCertStore::empty();
        roots.add(stations.root.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone()).build().unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)
            .unwrap();
        Arc::new(config)
    }

    pub(crate) fn server_files(
        &self,
        name: &str,
        valid: &Valid,
    ) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let key = KeyPair::generate().unwrap();
        let chain = vec![self.leaf(name, &key, valid), self.root.clone()];
        (chain, PrivatePkcs8KeyDer::from(key.serialize_der()).into())
    }

    /// A station this authority admitted.
    pub(crate) fn station(&self, addresses: &[String]) -> LinkConfig {
        let key = KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
        let seed: [u8; 32] = key.serialize_der()[SEED].try_into().unwrap();
        let certificate = self.leaf("desk-1", &key, &Valid::Now);
        LinkConfig {
            addresses: addresses.to_vec(),
            office_root: self.root.to_vec(),
            identity: Some(Identity {
                certificates: vec![certificate.to_vec()],
                transport_seed: seed.into(),
            }),
            proxy: None,
        }
    }
}
