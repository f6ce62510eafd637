//! One request at a time on one thing, and the newest goes first: a station that asks again has lost the connection
//! on which the older request still waits.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedMutexGuard, watch};

/// Things that are worked on now.
#[derive(Debug)]
pub(super) struct Slots<K>(Mutex<BTreeMap<K, Arc<Slot>>>);

impl<K> Default for Slots<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

#[derive(Debug)]
struct Slot {
    busy: Arc<tokio::sync::Mutex<()>>,
    newest: watch::Sender<u64>,
}

/// The right to work on one thing.
#[derive(Debug)]
pub(super) struct Turn {
    number: u64,
    newest: watch::Receiver<u64>,
    _busy: OwnedMutexGuard<()>,
    _slot: Arc<Slot>,
}

impl<K: Ord + Clone> Slots<K> {
    /// Waits for the turn; whoever works on it now is told to stop.
    pub(super) async fn take(&self, key: &K) -> Turn {
        let slot = {
            let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Those nobody holds any more.
            slots.retain(|_, slot| Arc::strong_count(slot) > 1);
            let fresh = || Arc::new(Slot { busy: Arc::default(), newest: watch::Sender::new(0) });
            Arc::clone(slots.entry(key.clone()).or_insert_with(fresh))
        };
        let mut number = 0;
        slot.newest.send_modify(|newest| {
            *newest += 1;
            number = *newest;
        });
        let newest = slot.newest.subscribe();
        let busy = Arc::clone(&slot.busy).lock_owned().await;
        Turn { number, newest, _busy: busy, _slot: slot }
    }
}

impl Turn {
    /// Returns when a newer request wants the same thing.
    pub(super) async fn superseded(&mut self) {
        let own = self.number;
        // The sender lives in the slot this turn holds.
        let _ = self.newest.wait_for(|newest| *newest > own).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_newest_request_ends_the_one_before_it() {
        let slots = Arc::new(Slots::<u8>::default());
        let mut first = slots.take(&1).await;
        let second = tokio::spawn({
            let slots = Arc::clone(&slots);
            async move { slots.take(&1).await }
        });
        first.superseded().await;
        assert!(!second.is_finished(), "it waits until the first has kept its bytes");
        drop(first);
        let second = second.await.unwrap();
        drop(slots.take(&2).await);
        drop(second);
        drop(slots.take(&3).await);
        assert_eq!(slots.0.lock().unwrap().len(), 1, "forgets what nobody works on");
    }
}
