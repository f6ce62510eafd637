//! Who waits for what. Every place of an item follows from the item alone, so nobody is forgotten or listed twice.

use std::collections::BTreeSet;

use rekam_domain::packet::PacketState;
use uuid::Uuid;

use crate::item::{Item, Turn};

/// The lists of waiting items.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    /// Parts that may travel, in their order.
    pub(crate) turns: BTreeSet<Turn>,
    /// Items that may travel again at a time.
    pub(crate) delayed: BTreeSet<(u64, Uuid)>,
    /// Items whose receipt is to be asked for by name at a time.
    pub(crate) asks: BTreeSet<(u64, Uuid)>,
    /// Items the feed may have news of.
    pub(crate) news: BTreeSet<Uuid>,
}

impl Queue {
    pub(crate) fn enter(&mut self, item: &Item) {
        if item.may_travel() && !item.is_all_there() {
            if item.backoff.not_before_ms > 0 {
                self.delayed.insert((item.backoff.not_before_ms, item.id));
            } else {
                self.turns.extend(turns(item));
            }
        }
        if item.is_awaited() {
            self.asks.insert((item.ask.not_before_ms, item.id));
        }
        if has_news(item) {
            self.news.insert(item.id);
        }
    }

    pub(crate) fn leave(&mut self, item: &Item) {
        self.delayed.remove(&(item.backoff.not_before_ms, item.id));
        for turn in turns(item) {
            self.turns.remove(&turn);
        }
        self.asks.remove(&(item.ask.not_before_ms, item.id));
        self.news.remove(&item.id);
    }

    /// The earliest time at which anything is to be sent or asked, or nothing when nothing waits.
    pub(crate) fn earliest_ms(&self) -> Option<u64> {
        let turn = (!self.turns.is_empty()).then_some(0);
        let delayed = self.delayed.first().map(|(at_ms, _)| *at_ms);
        let ask = self.asks.first().map(|(at_ms, _)| *at_ms);
        [turn, delayed, ask].into_iter().flatten().min()
    }
}

fn turns(item: &Item) -> impl Iterator<Item = Turn> {
    item.travels.iter().filter(|travel| !travel.is_done).map(|travel| item.turn(travel.part))
}

const fn has_news(item: &Item) -> bool {
    matches!(
        item.state,
        PacketState::Sending | PacketState::Sent | PacketState::ExportedToMedia | PacketState::Acked
    )
}
