//! Nothing leaves the engine while something it knows is not yet durable.

use crate::backoff::{Backoff, DISK};
use crate::chance::Chance;
use crate::effect::{Change, Effect};

/// More changes than this at once are not taken: the outbox must catch up first.
pub(crate) const CHANGES_MAX: usize = 4_096;

/// Changes on their way to the disk.
#[derive(Debug)]
pub(crate) struct Promise {
    last_id: u64,
    fresh: Vec<Change>,
    open: Option<(u64, Vec<Change>)>,
    backoff: Backoff,
}

impl Promise {
    pub(crate) const fn new() -> Self {
        Self { last_id: 0, fresh: Vec::new(), open: None, backoff: Backoff::new() }
    }

    pub(crate) fn add(&mut self, change: Change) {
        self.fresh.push(change);
    }

    pub(crate) fn is_kept(&self) -> bool {
        self.fresh.is_empty() && self.open.is_none()
    }

    pub(crate) fn has_room(&self) -> bool {
        self.fresh.len() < CHANGES_MAX
    }

    /// The next promise to make, if its time has come.
    pub(crate) fn poll(&mut self, mono_ms: u64) -> Option<Effect> {
        if self.open.is_some() || self.fresh.is_empty() || mono_ms < self.backoff.not_before_ms {
            return None;
        }
        self.last_id += 1;
        let changes = std::mem::take(&mut self.fresh);
        self.open = Some((self.last_id, changes.clone()));
        Some(Effect::Persist { id: self.last_id, changes })
    }

    /// When there is something to make durable and nobody is at it: the time of the next try.
    pub(crate) fn due_ms(&self) -> Option<u64> {
        (self.open.is_none() && !self.fresh.is_empty()).then_some(self.backoff.not_before_ms)
    }

    pub(crate) fn persisted(&mut self, id: u64) {
        if self.open.as_ref().is_some_and(|(open, _)| *open == id) {
            self.open = None;
            self.backoff.reset();
        }
    }

    /// Whether they are the open changes that failed. They are made again, before all later ones: every change is the
    /// same twice as once, because a promise that failed may have been kept all the same.
    pub(crate) fn failed(&mut self, id: u64, chance: &mut Chance, mono_ms: u64) -> bool {
        let Some((_, mut changes)) = self.open.take_if(|(open, _)| *open == id) else { return false };
        changes.append(&mut self.fresh);
        self.fresh = changes;
        self.backoff.fail(DISK, chance, mono_ms);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(text: &str) -> Change {
        Change::Cursor(text.to_owned())
    }

    #[test]
    fn a_failed_promise_is_made_again_before_later_ones() {
        let mut promise = Promise::new();
        let mut chance = Chance::new(1);
        promise.add(cursor("a"));
        assert!(matches!(promise.poll(0), Some(Effect::Persist { id: 1, .. })));
        promise.add(cursor("b"));
        assert_eq!(promise.poll(0), None, "one at a time");
        assert!(promise.failed(1, &mut chance, 0));
        assert!(!promise.is_kept());
        assert_eq!(promise.poll(0), None, "not at once");
        let due = promise.due_ms().unwrap();
        let changes = vec![cursor("a"), cursor("b")];
        assert_eq!(promise.poll(due), Some(Effect::Persist { id: 2, changes }));
        promise.persisted(1);
        assert!(!promise.is_kept(), "an old answer says nothing about the new promise");
        promise.persisted(2);
        assert!(promise.is_kept());
    }
}
