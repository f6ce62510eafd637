//! How this computer reaches the office, and on what terms: the part `[delivery]` of `station.toml`.

use jiff::civil::Time;
use rekam_sync::{Config, Metered, Window};
use serde::{Deserialize, Serialize};

const KILOBYTE: u32 = 1_000;
const MEGABYTE: u64 = 1_000_000;

/// How this computer reaches the office. What is not said is not limited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeliveryConfig {
    /// Addresses of the office in the order to be tried, instead of those it gave.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) addresses: Vec<String>,
    /// The line is paid by the byte, and this travels on it. It is never tried just to see whether it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) metered: Option<MeteredLine>,
    /// Packets travel from this time of the office on; urgent ones and notices always do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Time>,
    /// Until this time, which may be on the next day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Time>,
    /// No faster than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kilobytes_per_second: Option<u32>,
    /// No more than this in a day of the office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    megabytes_per_day: Option<u32>,
}

/// What travels on a line that is paid by the byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MeteredLine {
    /// Biodata and notices; pictures wait for another line or the stick.
    Facts,
    /// Everything, within the limit of the day.
    Everything,
}

impl DeliveryConfig {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The same terms in the engine's words.
    pub(crate) fn on_these_terms(&self, config: Config) -> Config {
        let minute =
            |time: Time| u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs());
        let window = |(from, until)| Window::new(minute(from), minute(until));
        Config {
            window: self.from.zip(self.until).and_then(window),
            bytes_per_second_max: self.kilobytes_per_second.map(|most| most.max(1).saturating_mul(KILOBYTE)),
            bytes_per_day_max: self.megabytes_per_day.map(|most| u64::from(most) * MEGABYTE),
            metered: match self.metered {
                Some(MeteredLine::Everything) => Metered::Everything,
                Some(MeteredLine::Facts) | None => Metered::FactsOnly,
            },
            ..config
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_what_somebody_wrote_down() {
        let text = "metered = \"everything\"\nfrom = \"20:00\"\nuntil = \"05:30\"\nkilobytes_per_second = 64\n\
                    megabytes_per_day = 500\n";
        let config: DeliveryConfig = toml::from_str(text).unwrap();
        let terms = config.on_these_terms(Config::default());
        assert_eq!(terms.window, Window::new(20 * 60, 5 * 60 + 30));
        assert_eq!(terms.bytes_per_second_max, Some(64_000));
        assert_eq!(terms.bytes_per_day_max, Some(500_000_000));
        assert_eq!(terms.metered, Metered::Everything);
    }

    #[test]
    fn without_a_word_nothing_is_limited() {
        assert_eq!(DeliveryConfig::default().on_these_terms(Config::default()), Config::default());
        assert!(
            toml::from_str::<DeliveryConfig>("metred = \"facts\"").is_err(),
            "a slip is named, not passed over"
        );
    }
}
