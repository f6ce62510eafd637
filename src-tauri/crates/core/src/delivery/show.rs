//! Delivery as the screen and the command line show it.

use rekam_domain::packet::PacketState;
use rekam_link::LinkError;
use rekam_packet::Refusal;
use rekam_store::Uuid;
use rekam_sync::{Finding, LineView};

use super::standing::Noticed;
use crate::clock::{office_time, on_the_wall};
use crate::problem::Problem;
use crate::station::Station;
use crate::view::{DeliveryFindingView, DeliveryView, RefusedPacketView};

/// Refused packets that are listed; the counts are of all.
const REFUSED_MAX: u32 = 100;

impl Station {
    /// How delivery stands; nobody has to be signed in.
    ///
    /// # Errors
    /// The outbox cannot be read.
    pub fn delivery_view(&self) -> Result<DeliveryView, Problem> {
        let standing = self.delivery().standing();
        let (now, zone) = (self.now(), self.profile().office.time_zone);
        let midnight_ms = midnight(now, zone);
        let mut view = DeliveryView {
            is_running: standing.is_running,
            line: line_word(standing.has_line, standing.line),
            cause: standing
                .line_problem
                .map(str::to_owned)
                .or_else(|| standing.line.and_then(|line| line.cause).map(|cause| cause.word().to_owned())),
            problem: standing.problem,
            contact: standing.contact_ms.map(|at_ms| office_time(at_ms, zone)),
            bundle_checked: standing.bundle_checked_ms.map(|at_ms| office_time(at_ms, zone)),
            findings: standing.findings.iter().map(|noticed| self.finding(noticed)).collect(),
            ..DeliveryView::default()
        };
        let Some(outbox) = self.outbox() else { return Ok(view) };
        let (counts, notices, delivered, refused) = outbox.read(|reading| {
            let refused = reading.list_packets(PacketState::Nacked, REFUSED_MAX)?;
            let notices = reading.count_waiting_notices()?;
            Ok((reading.count_packets()?, notices, reading.count_delivered(midnight_ms)?, refused))
        })?;
        let (mut bytes, mut oldest_ms) = (0, None::<i64>);
        for row in counts {
            let number = u32::try_from(row.count).unwrap_or(u32::MAX);
            if is_waiting(row.state) {
                view.waiting += number;
                bytes += row.bytes;
                oldest_ms = Some(oldest_ms.map_or(row.oldest_ms, |oldest| oldest.min(row.oldest_ms)));
            } else if row.state == PacketState::Nacked {
                view.refused += number;
            } else if row.state == PacketState::Quarantined {
                view.damaged += number;
            }
        }
        let whole = |number: i64| u32::try_from(number.max(0)).unwrap_or(u32::MAX);
        view.waiting_kb = whole(bytes.div_euclid(1_000));
        view.oldest_minutes = oldest_ms.map(|at_ms| whole(now.saturating_sub(at_ms) / 60_000));
        view.waiting_notices = whole(notices);
        view.delivered_today = whole(delivered);
        view.refused_packets =
            refused.into_iter().map(|packet| refused_packet(packet.id, &packet.reason)).collect();
        Ok(view)
    }

    fn finding(&self, noticed: &Noticed) -> DeliveryFindingView {
        let (word, value) = match &noticed.finding {
            Finding::ClockWrong { behind_ms } => ("clock_wrong", Some(("minutes", minutes(*behind_ms)))),
            Finding::ClockRight => ("clock_right", None),
            Finding::Forged { way } => ("forged", Some(("way", way.word().to_owned()))),
            Finding::WrongReceipt { packet } => ("wrong_receipt", Some(("packet", packet.to_string()))),
            Finding::OfficeForgot { packet } => ("office_forgot", Some(("packet", packet.to_string()))),
            Finding::Unreadable { packet } => ("unreadable", Some(("packet", packet.to_string()))),
            Finding::OutboxRefuses => ("outbox_refuses", None),
        };
        DeliveryFindingView {
            word: word.to_owned(),
            values: value.map(|(name, value)| (name.to_owned(), value)).into_iter().collect(),
            at: office_time(noticed.at_ms, self.profile().office.time_zone),
        }
    }
}

fn minutes(ms: i64) -> String {
    (ms / 60_000).unsigned_abs().to_string()
}

/// The office has not said yet what became of it.
const fn is_waiting(state: PacketState) -> bool {
    matches!(
        state,
        PacketState::Queued | PacketState::Sending | PacketState::Sent | PacketState::ExportedToMedia
    )
}

fn line_word(has_line: bool, line: Option<LineView>) -> String {
    let word = match line {
        _ if !has_line => "none",
        None => "untried",
        Some(line) => match line.state {
            rekam_domain::network::NetworkState::Online => "online",
            rekam_domain::network::NetworkState::Degraded => "degraded",
            rekam_domain::network::NetworkState::Offline => "offline",
        },
    };
    word.to_owned()
}

/// The tail of the text key of what keeps a line from being opened.
pub(super) const fn link_word(error: &LinkError) -> &'static str {
    match error {
        LinkError::Address(_) => "address_unusable",
        LinkError::Proxy(_) => "proxy_unusable",
        LinkError::Root(_) => "root_unusable",
        LinkError::Identity(_) => "certificate_unusable",
        LinkError::Thread(_) => "no_thread",
    }
}

/// The sentence of the refusal, and what it asks of the station.
fn refused_packet(packet: Uuid, reason: &str) -> RefusedPacketView {
    let (depth, word) = reason.split_once('.').unwrap_or_default();
    let text = match Refusal::from_words(depth, word) {
        Some(_) => format!("packet.{depth}.{word}"),
        None => "delivery.refused.unknown".to_owned(),
    };
    let class = super::word::class_word(depth, word);
    RefusedPacketView { packet: packet.to_string(), text, class: class.to_owned() }
}

fn midnight(now_ms: i64, zone: rekam_domain::profile::TimeZone) -> i64 {
    let wall = on_the_wall(now_ms, zone).time();
    let seconds = i64::from(wall.hour()) * 3_600 + i64::from(wall.minute()) * 60 + i64::from(wall.second());
    now_ms - seconds * 1_000 - now_ms.rem_euclid(1_000)
}

#[cfg(test)]
mod tests {
    use rekam_domain::text::{Language, text};
    use rekam_sync::Cause;

    use super::*;

    #[test]
    fn everything_that_is_shown_has_its_sentences_in_both_languages() {
        let links = ["address", "proxy", "root", "certificate"].map(|what| format!("{what}_unusable"));
        let causes = Cause::ALL.iter().map(|cause| cause.word().to_owned()).chain(links);
        let findings = [
            "clock_wrong",
            "clock_right",
            "forged",
            "wrong_receipt",
            "office_forgot",
            "unreadable",
            "outbox_refuses",
        ];
        let two = |kind: &str, word: &str| {
            [format!("delivery.{kind}.{word}"), format!("delivery.{kind}.{word}.next")]
        };
        let mut keys: Vec<String> = causes.flat_map(|cause| two("cause", &cause)).collect();
        keys.extend(two("cause", "no_thread"));
        keys.extend(findings.iter().flat_map(|finding| two("finding", finding)));
        let lines = ["none", "untried", "online", "degraded", "offline"];
        keys.extend(lines.map(|line| format!("delivery.line.{line}")));
        let refused = ["unknown", "retry_later", "needs_human", "superseded"];
        keys.extend(refused.map(|class| format!("delivery.refused.{class}")));
        for key in keys {
            for language in Language::ALL {
                assert!(!text(language, &key, &[]).starts_with('['), "{language:?} lacks {key}");
            }
        }
    }

    #[test]
    fn a_refusal_is_told_by_its_own_sentence_or_by_the_one_for_strangers() {
        let known = refused_packet(Uuid::nil(), "open.image_broken");
        assert_eq!((known.text.as_str(), known.class.as_str()), ("packet.open.image_broken", "needs_human"));
        let strange = refused_packet(Uuid::nil(), "moon.full");
        assert_eq!(strange.text, "delivery.refused.unknown");
        assert_eq!(refused_packet(Uuid::nil(), "office.not_kept").class, "retry_later");
    }

    #[test]
    fn a_day_begins_at_the_midnight_of_the_office() {
        let zone = rekam_domain::profile::TimeZone::Wib;
        // 2026-11-20 16:30 UTC is 23:30 in Jakarta.
        let now_ms = 1_795_192_200_000;
        assert_eq!(midnight(now_ms, zone), now_ms - (23 * 60 + 30) * 60_000);
    }
}
