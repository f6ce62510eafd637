//! The line between a station and the office.

use rekam_sync::{Answer, Cause, Failure};

use super::chance::Chance;

/// What the line does at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sky {
    /// It carries.
    Clear,
    /// No answer but an error.
    Broken(Failure),
    /// Takes everything, answers nothing.
    BlackHole,
    /// A sign-in page.
    Portal,
    /// Says yes to everything.
    Liar,
    /// Takes bodies up to a length and swallows longer ones.
    Swallower { longest: u64 },
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Weather {
    pub(crate) sky: Sky,
    pub(crate) bytes_per_s: u64,
    pub(crate) latency_ms: u64,
    /// Of a thousand requests, so many are cut at some byte.
    pub(crate) cuts: u64,
    /// Of a thousand cuts, so many are seen by nobody.
    pub(crate) half_open: u64,
    /// Of a thousand answers, so many are lost.
    pub(crate) lost_answers: u64,
    /// Of a thousand requests, so many come to the office once more, later.
    pub(crate) repeats: u64,
}

impl Weather {
    /// A usable line.
    pub(crate) fn fair(chance: &mut Chance) -> Self {
        Self {
            sky: Sky::Clear,
            bytes_per_s: chance.spread(16_000, 1_000_000),
            latency_ms: chance.spread(5, 400),
            cuts: 0,
            half_open: 0,
            lost_answers: 0,
            repeats: 0,
        }
    }

    /// Anything.
    pub(crate) fn any(chance: &mut Chance) -> Self {
        let broken = [
            Failure::NoNetwork,
            Failure::NameNotFound,
            Failure::ConnectionRefused,
            Failure::Cut,
            Failure::WrongCertificate,
            Failure::WrongTime,
            Failure::Revoked,
            Failure::Nonsense,
        ];
        let sky = match chance.range(0, 12) {
            0..=5 => Sky::Clear,
            6 | 7 => Sky::Broken(chance.pick(&broken)),
            8 => Sky::BlackHole,
            9 => Sky::Portal,
            10 => Sky::Liar,
            _ => Sky::Swallower { longest: chance.spread(32 * 1024, 1 << 20) },
        };
        Self {
            sky,
            bytes_per_s: chance.spread(4_000, 1_000_000),
            latency_ms: chance.spread(5, 4_000),
            cuts: chance.pick(&[0, 50, 200, 600]),
            half_open: chance.pick(&[0, 200, 1_000]),
            lost_answers: chance.pick(&[0, 50, 300]),
            repeats: chance.pick(&[0, 0, 50]),
        }
    }

    /// What a stranger on the way answers, and the name the desk must then show.
    pub(crate) fn stranger(&self, chance: &mut Chance) -> Option<(Answer, Cause)> {
        match self.sky {
            Sky::Portal => {
                let page = Answer { status: 200, is_html: true, ..Answer::default() };
                let redirect = Answer { status: 302, ..Answer::default() };
                Some((if chance.in_thousand(500) { page } else { redirect }, Cause::CaptivePortal))
            }
            Sky::Liar => {
                let yes = Answer { status: 200, offset: Some(1), ..Answer::default() };
                Some((yes, Cause::ProxyLies))
            }
            Sky::Clear | Sky::Broken(_) | Sky::BlackHole | Sky::Swallower { .. } => None,
        }
    }
}

/// The name the desk must show for a failure.
pub(crate) fn cause_of(failure: Failure) -> Cause {
    match failure {
        Failure::NoNetwork => Cause::NoNetwork,
        Failure::NameNotFound => Cause::NameNotFound,
        Failure::ConnectionRefused => Cause::ConnectionRefused,
        Failure::Cut => Cause::Cut,
        Failure::WrongCertificate => Cause::WrongCertificate,
        Failure::WrongTime => Cause::WrongTime,
        Failure::Revoked => Cause::Revoked,
        Failure::Nonsense => Cause::ProxyLies,
    }
}
