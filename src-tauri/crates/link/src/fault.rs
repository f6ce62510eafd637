//! Every way in which a line fails, by its name.

use std::io;

use rekam_sync::{Answer, Failure};
use rustls::{AlertDescription, CertificateError, Error as TlsError};

use crate::http::HttpFault;

/// Why an exchange came to nothing.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// By one of the engine's names.
    Failure(Failure),
    /// Somebody on the way answered before there was any TLS.
    Stranger(Answer),
    /// Our own disk did not give the bytes.
    Source(io::Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Failure(name(&error))
    }
}

impl From<HttpFault> for Trouble {
    fn from(_: HttpFault) -> Self {
        Self::Failure(Failure::Nonsense)
    }
}

impl Trouble {
    /// Of several addresses that failed, the most telling: what only a person can mend stands over what may pass.
    pub(crate) const fn weight(&self) -> u8 {
        match self {
            Self::Source(_) => 9,
            Self::Failure(Failure::Revoked) => 8,
            Self::Failure(Failure::WrongTime) => 7,
            Self::Failure(Failure::WrongCertificate) => 6,
            Self::Stranger(_) => 5,
            Self::Failure(Failure::Nonsense) => 4,
            Self::Failure(Failure::Cut) => 3,
            Self::Failure(Failure::ConnectionRefused) => 2,
            Self::Failure(Failure::NameNotFound) => 1,
            Self::Failure(Failure::NoNetwork) => 0,
        }
    }
}

/// The name of what went wrong on a socket or in TLS.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the kinds of io errors are open, and a cut is what is left"
)]
pub(crate) fn name(error: &io::Error) -> Failure {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>());
    if let Some(tls) = inner {
        return name_tls(tls);
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Failure::ConnectionRefused,
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => Failure::NoNetwork,
        io::ErrorKind::InvalidData => Failure::Nonsense,
        _ => Failure::Cut,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the errors of TLS are open; what has no name here is nonsense"
)]
fn name_tls(error: &TlsError) -> Failure {
    match error {
        TlsError::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        ) => Failure::WrongTime,
        TlsError::InvalidCertificate(_) | TlsError::NoCertificatesPresented => Failure::WrongCertificate,
        TlsError::AlertReceived(alert) => name_alert(*alert),
        _ => Failure::Nonsense,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "alerts are an open list; what is not about us is nonsense"
)]
const fn name_alert(alert: AlertDescription) -> Failure {
    match alert {
        // About the certificate we showed.
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::CertificateRequired
        | AlertDescription::AccessDenied
        | AlertDescription::UnknownCA
        | AlertDescription::DecryptError => Failure::Revoked,
        // Another office, or somebody who does not know the name of ours.
        AlertDescription::UnrecognisedName | AlertDescription::HandshakeFailure => Failure::WrongCertificate,
        AlertDescription::CloseNotify => Failure::Cut,
        _ => Failure::Nonsense,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_its_own_name() {
        let wrapped = |error: TlsError| name(&io::Error::new(io::ErrorKind::InvalidData, error));
        let plain = |kind: io::ErrorKind| name(&kind.into());
        for (got, expected) in [
            (plain(io::ErrorKind::ConnectionRefused), Failure::ConnectionRefused),
            (plain(io::ErrorKind::NetworkUnreachable), Failure::NoNetwork),
            (plain(io::ErrorKind::ConnectionReset), Failure::Cut),
            (plain(io::ErrorKind::UnexpectedEof), Failure::Cut),
            (plain(io::ErrorKind::TimedOut), Failure::Cut),
            (wrapped(TlsError::InvalidCertificate(CertificateError::Expired)), Failure::WrongTime),
            (wrapped(TlsError::InvalidCertificate(CertificateError::NotValidYet)), Failure::WrongTime),
            (
                wrapped(TlsError::InvalidCertificate(CertificateError::UnknownIssuer)),
                Failure::WrongCertificate,
            ),
            (
                wrapped(TlsError::InvalidCertificate(CertificateError::NotValidForName)),
                Failure::WrongCertificate,
            ),
            (wrapped(TlsError::AlertReceived(AlertDescription::CertificateRevoked)), Failure::Revoked),
            (wrapped(TlsError::AlertReceived(AlertDescription::UnknownCA)), Failure::Revoked),
            (wrapped(TlsError::AlertReceived(AlertDescription::UnrecognisedName)), Failure::WrongCertificate),
            (wrapped(TlsError::AlertReceived(AlertDescription::DecodeError)), Failure::Nonsense),
        ] {
            assert_eq!(got, expected);
        }
    }
}
