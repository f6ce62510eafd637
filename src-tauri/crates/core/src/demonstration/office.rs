//! The office of the demonstration admits its stations by itself: its keys are public, as `rekam_packet::demonstration`
//! has them.

use rcgen::string::Ia5String;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair, PublicKeyData,
    SanType, SignatureAlgorithm, date_time_ymd,
};
use rekam_packet::notice::{Bundle, Payload};
use rekam_packet::{PublicKey, Signer, VERSION, demonstration as office};

use crate::clock::UnixMs;
use crate::problem::{Code, Problem};

const VALID_MS: i64 = 3 * 365 * 86_400_000;

/// The keys of a station: the one it signs packets with, and the one it shows on the line.
pub(super) struct Keys {
    pub(super) signing: PublicKey,
    pub(super) line: PublicKey,
}

/// The admission of a demonstration station. Where the office is reached is said elsewhere: its port changes.
pub(super) fn bundle(station: &str, keys: &Keys, now: UnixMs) -> Result<Vec<u8>, Problem> {
    let mistake = || Problem::new(Code::OurMistake);
    let signer = office::signer();
    let [active, escrow] = office::identities().ok_or_else(mistake)?;
    let certificate = certificate(station, keys).map_err(|_| mistake())?;
    let bundle = Bundle {
        version: VERSION,
        office: office::OFFICE.to_owned(),
        serial: 1,
        station: station.to_owned(),
        station_key: keys.signing,
        certificates: vec![certificate.into(), office::AUTHORITY.to_vec().into()],
        office_keys: vec![signer.public_key()],
        active: active.recipient().to_string(),
        escrow: escrow.recipient().to_string(),
        addresses: Vec::new(),
        profile: String::new(),
        roles: Vec::new(),
        numbers: Vec::new(),
        from_ms: now.max(0),
        until_ms: now.max(0) + VALID_MS,
    };
    bundle.sign(&signer).map_err(|_| mistake())
}

/// The station's certificate for the line, as `WIRE.md` §1 says. Its dates are fixed, so that a simulated day of any year
/// can be delivered on any other.
fn certificate(station: &str, keys: &Keys) -> Result<Vec<u8>, rcgen::Error> {
    let named = |name: String| {
        let mut params = CertificateParams::default();
        let mut names = DistinguishedName::new();
        names.push(DnType::CommonName, name);
        params.distinguished_name = names;
        params
    };
    let authority =
        Issuer::new(named(format!("Rekam {}", office::OFFICE)), KeyPair::try_from(office::AUTHORITY_KEY)?);
    let mut params = named(station.to_owned());
    let uri = Ia5String::try_from(format!("rekam:station:{station}:{}", keys.signing))?;
    params.subject_alt_names = vec![SanType::URI(uri)];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2080, 1, 1));
    Ok(params.signed_by(&LineKey(keys.line), &authority)?.der().to_vec())
}

/// The public key of a station for the line.
struct LineKey(PublicKey);

impl PublicKeyData for LineKey {
    fn der_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}
