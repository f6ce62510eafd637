//! The office: uploads with every byte kept, a ledger, receipts, statuses, and its own bad days.

use std::collections::BTreeMap;

use rekam_sync::{Answer, Part, Request, Upload};
use uuid::Uuid;

use super::chance::Chance;
use super::word;

/// What a packet or notice really is; only the judge and the opened office know.
#[derive(Debug, Clone)]
pub(crate) struct Truth {
    pub(crate) station: usize,
    pub(crate) parts: Vec<(Part, u64)>,
    pub(crate) blob_count: u32,
    /// The office holds it until this approval is there.
    pub(crate) waits_for: Option<Uuid>,
    pub(crate) is_packet: bool,
    /// The office refuses it for good.
    pub(crate) is_bad: bool,
}

impl Truth {
    pub(crate) fn bytes(&self) -> u64 {
        self.parts.iter().map(|(_, length)| length).sum()
    }
}

#[derive(Debug, Clone)]
struct Partial {
    /// The item whose bytes these really are.
    content: Uuid,
    length: u64,
    held: u64,
    synced: Option<u64>,
    touched_ms: u64,
}

/// A line of the ledger.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) item: Uuid,
    pub(crate) content: Uuid,
    pub(crate) opened_ms: Option<i64>,
    pub(crate) is_refused: bool,
    /// The centre has called it ready to print, be it that it took that back.
    pub(crate) was_print_ready: bool,
    last: Vec<u8>,
}

pub(crate) struct Office {
    pub(crate) is_up: bool,
    pub(crate) full_until_ms: u64,
    pub(crate) limit_until_ms: u64,
    pub(crate) revoked_until_ms: u64,
    /// Answers before its bytes are on the disk.
    pub(crate) is_lazy: bool,
    pub(crate) expire_ms: u64,
    /// Of a thousand completed packets, so many are sent away for a while.
    pub(crate) later_in_thousand: u64,
    /// Of a thousand finished uploads, so many are not what was sealed when the office hashes them.
    pub(crate) corrupt_in_thousand: u64,
    /// Of a thousand pages, so many carry an hour ten years ahead.
    pub(crate) ahead_in_thousand: u64,
    pub(crate) ledger: Vec<Entry>,
    uploads: BTreeMap<Upload, Partial>,
    feeds: Vec<Vec<Vec<u8>>>,
    /// Entries below are forgotten: the station said it has them.
    floors: Vec<usize>,
    position: u64,
    sent_away: BTreeMap<Uuid, u32>,
    /// Bytes it had and lost.
    pub(crate) lost_bytes: u64,
    /// Bytes it took.
    pub(crate) taken_bytes: u64,
}

/// What the office says to the beginning of a body.
pub(crate) enum Door {
    Open,
    Shut(Answer),
}

fn marked(status: u16) -> Answer {
    Answer { status, is_marked: true, ..Answer::default() }
}

impl Office {
    pub(crate) fn new(stations: usize, chance: &mut Chance) -> Self {
        Self {
            is_up: true,
            full_until_ms: 0,
            limit_until_ms: 0,
            revoked_until_ms: 0,
            is_lazy: chance.in_thousand(500),
            expire_ms: chance.spread(3_600_000, 24 * 3_600_000),
            later_in_thousand: chance.pick(&[0, 0, 100, 300]),
            corrupt_in_thousand: chance.pick(&[0, 0, 0, 100]),
            ahead_in_thousand: chance.pick(&[0, 0, 0, 20]),
            ledger: Vec::new(),
            uploads: BTreeMap::new(),
            feeds: vec![Vec::new(); stations],
            floors: vec![0; stations],
            position: 0,
            sent_away: BTreeMap::new(),
            lost_bytes: 0,
            taken_bytes: 0,
        }
    }

    /// The office dies: what was not synced may be gone.
    pub(crate) fn crash(&mut self, chance: &mut Chance) {
        self.is_up = false;
        let lost = &mut self.lost_bytes;
        self.uploads.retain(|_, partial| match partial.synced {
            Some(synced) => {
                let held = chance.range(synced, partial.held + 1);
                *lost += partial.held - held;
                partial.held = held;
                true
            }
            None => {
                *lost += partial.held;
                false
            }
        });
    }

    pub(crate) fn expire(&mut self, now_ms: u64) {
        let (expire_ms, lost) = (self.expire_ms, &mut self.lost_bytes);
        self.uploads.retain(|_, partial| {
            let is_kept = partial.touched_ms + expire_ms > now_ms;
            *lost += if is_kept { 0 } else { partial.held };
            is_kept
        });
    }

    pub(crate) fn entry(&self, item: Uuid) -> Option<&Entry> {
        self.ledger.iter().find(|entry| entry.item == item)
    }

    fn entry_mut(&mut self, item: Uuid) -> Option<&mut Entry> {
        self.ledger.iter_mut().find(|entry| entry.item == item)
    }

    /// Whether a body may come in.
    pub(crate) fn knock(&mut self, request: &Request, content: Option<Uuid>, now_ms: u64) -> Door {
        if now_ms < self.revoked_until_ms {
            return Door::Shut(Answer { is_revoked: true, ..marked(403) });
        }
        if now_ms < self.limit_until_ms {
            let wait_s = (self.limit_until_ms - now_ms).div_ceil(1_000) as u32;
            return Door::Shut(Answer { retry_after_s: Some(wait_s), ..marked(429) });
        }
        let is_full = now_ms < self.full_until_ms;
        match request {
            Request::Create { .. } | Request::Patch { .. } if is_full => Door::Shut(marked(507)),
            Request::Create { upload, length, .. } => {
                if let Some(answer) = self.finished(*upload, *length) {
                    return Door::Shut(answer);
                }
                if let Some(partial) = self.uploads.get(upload) {
                    return Door::Shut(Answer { offset: Some(partial.held), ..marked(200) });
                }
                let synced = (!self.is_lazy).then_some(0);
                let content = content.unwrap_or(upload.item);
                let partial = Partial { content, length: *length, held: 0, synced, touched_ms: now_ms };
                self.uploads.insert(*upload, partial);
                Door::Open
            }
            Request::Patch { upload, offset, .. } => match self.uploads.get(upload) {
                None if self.entry(upload.item).is_some() => Door::Shut(marked(409)),
                None => Door::Shut(marked(404)),
                Some(partial) if partial.held != *offset => Door::Shut(marked(409)),
                Some(_) => Door::Open,
            },
            Request::Probe { .. } | Request::Head { .. } | Request::Ask { .. } | Request::Feed { .. } => {
                Door::Open
            }
        }
    }

    /// Uploads of what the ledger has are complete, whichever way it came.
    fn finished(&self, upload: Upload, length: u64) -> Option<Answer> {
        let entry = self.entry(upload.item)?;
        Some(Answer { offset: Some(length), signed: vec![entry.last.clone()], ..marked(200) })
    }

    /// Bytes come in; each is kept, if it follows the last.
    pub(crate) fn append(&mut self, upload: Upload, at: u64, bytes: u64, now_ms: u64) -> u64 {
        let Some(partial) = self.uploads.get_mut(&upload).filter(|partial| partial.held == at) else {
            return 0;
        };
        let bytes = bytes.min(partial.length - partial.held);
        partial.held += bytes;
        partial.touched_ms = now_ms;
        self.taken_bytes += bytes;
        bytes
    }

    /// The end of a request that was let in.
    pub(crate) fn answer(
        &mut self,
        request: &Request,
        truths: &BTreeMap<Uuid, Truth>,
        chance: &mut Chance,
        now: (u64, i64),
    ) -> Answer {
        match request {
            Request::Probe { nonce } => Answer { nonce: Some(*nonce), ..marked(200) },
            Request::Head { upload } => {
                if let Some(truth) = truths.get(&upload.item) {
                    let length =
                        truth.parts.iter().find(|(part, _)| *part == upload.part).map_or(0, |part| part.1);
                    if let Some(answer) = self.finished(*upload, length) {
                        return answer;
                    }
                }
                self.stand(*upload, truths, chance, now.1)
            }
            Request::Create { upload, .. } | Request::Patch { upload, .. } => {
                self.stand(*upload, truths, chance, now.1)
            }
            Request::Ask { item } => match self.entry(*item) {
                Some(entry) => Answer { signed: vec![entry.last.clone()], ..marked(200) },
                None => marked(404),
            },
            Request::Feed { .. } => marked(500),
        }
    }

    /// How much of an upload is there. Whoever asks, a packet that is whole is accepted: the request that brought its
    /// last byte may have died before its end.
    fn stand(
        &mut self,
        upload: Upload,
        truths: &BTreeMap<Uuid, Truth>,
        chance: &mut Chance,
        wall_ms: i64,
    ) -> Answer {
        let Some(partial) = self.uploads.get_mut(&upload) else { return marked(404) };
        if partial.held == partial.length && chance.in_thousand(self.corrupt_in_thousand) {
            self.lost_bytes += partial.held;
            self.uploads.remove(&upload);
            return marked(460);
        }
        if !self.is_lazy {
            partial.synced = Some(partial.held);
        }
        let (offset, content) = (Some(partial.held), partial.content);
        let signed = self.complete(upload.item, content, truths, chance, wall_ms);
        Answer { offset, signed: signed.into_iter().collect(), ..marked(204) }
    }

    /// Once every part is there: synced, in the ledger, and only then receipted.
    fn complete(
        &mut self,
        item: Uuid,
        content: Uuid,
        truths: &BTreeMap<Uuid, Truth>,
        chance: &mut Chance,
        wall_ms: i64,
    ) -> Option<Vec<u8>> {
        let truth = truths.get(&content)?;
        let is_whole = truth.parts.iter().all(|(part, length)| {
            self.uploads.get(&Upload { item, part: *part }).is_some_and(|partial| partial.held == *length)
        });
        if !is_whole || self.entry(item).is_some() {
            return None;
        }
        let away = self.sent_away.entry(item).or_insert(0);
        if *away < 2 && chance.in_thousand(self.later_in_thousand) {
            *away += 1;
            self.lost_bytes += truth.bytes();
            self.uploads.retain(|upload, _| upload.item != item);
            let word = self.publish_receipt(item, truth, "later", wall_ms);
            return Some(word);
        }
        Some(self.enter(item, content, truth, wall_ms))
    }

    fn enter(&mut self, item: Uuid, content: Uuid, truth: &Truth, wall_ms: i64) -> Vec<u8> {
        self.ledger.push(Entry {
            item,
            content,
            opened_ms: None,
            is_refused: false,
            was_print_ready: false,
            last: Vec::new(),
        });
        self.uploads.retain(|upload, _| upload.item != item);
        self.publish_receipt(item, truth, "stored", wall_ms)
    }

    /// A packet came on a stick.
    pub(crate) fn import(&mut self, item: Uuid, truth: &Truth, wall_ms: i64) -> Vec<u8> {
        match self.entry(item) {
            Some(entry) => entry.last.clone(),
            None => self.enter(item, item, truth, wall_ms),
        }
    }

    /// Opens what can be opened; true when something was.
    pub(crate) fn open(&mut self, item: Uuid, truth: &Truth, wall_ms: i64) -> bool {
        let is_held = truth
            .waits_for
            .is_some_and(|approval| self.entry(approval).is_none_or(|entry| entry.opened_ms.is_none()));
        let Some(entry) = self.entry_mut(item) else { return false };
        if entry.opened_ms.is_some() || entry.is_refused || is_held {
            return false;
        }
        if truth.is_bad {
            entry.is_refused = true;
            self.publish_receipt(item, truth, "unreadable", wall_ms);
        } else {
            entry.opened_ms = Some(wall_ms);
            self.publish_receipt(item, truth, "opened", wall_ms);
        }
        true
    }

    fn publish_receipt(&mut self, item: Uuid, truth: &Truth, done: &str, wall_ms: i64) -> Vec<u8> {
        self.position += 1;
        let bytes = word::receipt(item, truth.blob_count, done, self.position, wall_ms);
        self.feeds[truth.station].push(bytes.clone());
        if let Some(entry) = self.entry_mut(item) {
            entry.last.clone_from(&bytes);
        }
        bytes
    }

    pub(crate) fn publish_status(&mut self, item: Uuid, truth: &Truth, status: &str, wall_ms: i64) {
        self.position += 1;
        let bytes = word::status(item, status, self.position, wall_ms);
        self.feeds[truth.station].push(bytes);
        if let Some(entry) = self.entry_mut(item) {
            entry.was_print_ready |= status == "PRR";
        }
    }

    /// A page of the feed. What lies before the cursor is forgotten here: the station said it is durable there.
    pub(crate) fn page(&mut self, station: usize, cursor: &str, chance: &mut Chance, wall_ms: i64) -> Answer {
        const PAGE: usize = 4;
        let after: usize = cursor.parse().unwrap_or(0);
        let feed = &self.feeds[station];
        self.floors[station] = self.floors[station].max(after).min(feed.len());
        let mut from = self.floors[station];
        if chance.in_thousand(50) {
            from = from.saturating_sub(2);
        }
        let end = (self.floors[station] + PAGE).min(feed.len());
        let ahead_ms = if chance.in_thousand(self.ahead_in_thousand) { super::TEN_YEARS_MS } else { 0 };
        let mut signed = vec![word::hour(wall_ms + ahead_ms)];
        signed.extend(feed[from..end].iter().cloned());
        Answer { signed, cursor: Some(end.to_string()), has_more: end < feed.len(), ..marked(200) }
    }

    /// Every signed word for a station, as a stick carries it back.
    pub(crate) fn words_for(&self, station: usize) -> Vec<Vec<u8>> {
        self.feeds[station].clone()
    }
}
