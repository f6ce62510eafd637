//! The office's own authority: the one root a station trusts, and the certificates it gives.

use ed25519_dalek::VerifyingKey;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PublicKeyData, SanType, SignatureAlgorithm,
};
use rekam_packet::{Digest, PublicKey};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::keys::{AUTHORITY, AUTHORITY_KEY, Keys};
use crate::office::OfficeError;

/// The name every office's certificate carries, whatever its address.
pub const OFFICE_NAME: &str = "rekam-office";

/// How long the authority and the certificate for the office's own address are good, in days: twenty years. Stations
/// that come back from the field after years must still find their office.
const OFFICE_DAYS: i64 = 20 * 365;
/// A certificate may begin so long before it was made, in days: the station's clock may be behind.
const BEFORE_DAYS: i64 = 2;
const DAY_MS: i64 = 86_400_000;

/// The authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root: CertificateDer<'static>,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, form: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        form.write_str("Authority")
    }
}

/// A certificate with its private key, for the office's own address.
#[derive(Debug)]
pub struct OwnCertificate {
    /// The certificate, then the root.
    pub chain: Vec<CertificateDer<'static>>,
    /// The private key.
    pub key: PrivateKeyDer<'static>,
}

impl Authority {
    /// Makes the authority at the first start.
    ///
    /// # Errors
    /// The disk, or chance.
    pub fn make(keys: &Keys, office: &str, now_ms: i64) -> Result<(), OfficeError> {
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
        let root = root_params(office, now_ms)?.self_signed(&key)?;
        keys.write(AUTHORITY, root.der())?;
        keys.write(AUTHORITY_KEY, key.serialized_der())
    }

    /// Opens the authority.
    ///
    /// # Errors
    /// The disk, or what lies there is no authority.
    pub fn open(keys: &Keys, office: &str) -> Result<Self, OfficeError> {
        let key = KeyPair::try_from(keys.read(AUTHORITY_KEY)?)?;
        let root = CertificateDer::from(keys.read(AUTHORITY)?);
        Ok(Self { issuer: Issuer::new(root_params(office, 0)?, key), root })
    }

    /// The root.
    #[must_use]
    pub const fn root(&self) -> &CertificateDer<'static> {
        &self.root
    }

    /// A certificate for the office's own address, made anew at every start and before it ends.
    ///
    /// # Errors
    /// A name that cannot stand in a certificate.
    pub fn own(&self, names: &[String], now_ms: i64) -> Result<OwnCertificate, OfficeError> {
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
        let fixed = [OFFICE_NAME, "localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let mut params = CertificateParams::new([&fixed, names].concat())?;
        params.distinguished_name = common_name(OFFICE_NAME);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        // Browsers refuse longer ones; stations look at the root.
        set_validity(&mut params, now_ms, now_ms + 390 * DAY_MS)?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Ok(OwnCertificate { chain: vec![certificate.der().clone(), self.root.clone()], key })
    }

    /// A certificate for a station's transport key, which names the key it signs packets with.
    ///
    /// # Errors
    /// The key is none.
    pub fn admit(
        &self,
        station: &str,
        signing: &PublicKey,
        transport: &PublicKey,
        from_ms: i64,
        until_ms: i64,
    ) -> Result<(CertificateDer<'static>, Digest), OfficeError> {
        VerifyingKey::from_bytes(transport.as_bytes()).map_err(|_| OfficeError::Key("transport key"))?;
        let mut params = CertificateParams::default();
        params.distinguished_name = common_name(station);
        let uri = Ia5String::try_from(format!("rekam:station:{station}:{signing}"))?;
        params.subject_alt_names = vec![SanType::URI(uri)];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        set_validity(&mut params, from_ms, until_ms)?;
        let certificate = params.signed_by(&Transport(*transport), &self.issuer)?.der().clone();
        let digest = Digest::of(&certificate);
        Ok((certificate, digest))
    }
}

/// The public key of a station for the line.
struct Transport(PublicKey);

impl PublicKeyData for Transport {
    fn der_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

fn common_name(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

/// The same every time but for its dates, so that what it signs always names the same issuer.
fn root_params(office: &str, now_ms: i64) -> Result<CertificateParams, OfficeError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = common_name(&format!("Rekam {office}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    set_validity(&mut params, now_ms, now_ms + OFFICE_DAYS * DAY_MS)?;
    Ok(params)
}

fn set_validity(params: &mut CertificateParams, from_ms: i64, until_ms: i64) -> Result<(), OfficeError> {
    let day = |ms: i64| {
        let time = Timestamp::from_millisecond(ms).map_err(|_| OfficeError::Key("a date"))?;
        let date = time.to_zoned(TimeZone::UTC).date();
        let month = u8::try_from(date.month()).map_err(|_| OfficeError::Key("a date"))?;
        let day = u8::try_from(date.day()).map_err(|_| OfficeError::Key("a date"))?;
        Ok::<_, OfficeError>(rcgen::date_time_ymd(i32::from(date.year()), month, day))
    };
    params.not_before = day(from_ms - BEFORE_DAYS * DAY_MS)?;
    params.not_after = day(until_ms + DAY_MS)?;
    Ok(())
}
