//! How often a secret may be tried, remembered across restarts.
//!
//! A record has two lines of fixed width that are overwritten in turn, in place: counting needs no free disk space,
//! and the line not being written stays whole. It is written and synced *before* a secret is tried.

use crate::account::AccountId;
use crate::disk::Folder;
use crate::error::{FileError, UnlockError};
use crate::file::hex;
use crate::seal::checksum;

/// Tries that cost no waiting: a slip, the caps lock, the old passphrase.
pub const TRIES_FREE: u32 = 5;
/// Wrong tries after which only a reset helps.
pub const TRIES_MAX: u32 = 20;
/// The first wait.
pub const WAIT_MS_MIN: u64 = 30_000;
/// The longest wait: a person who does know the secret comes back within one coffee.
pub const WAIT_MS_MAX: u64 = 15 * 60_000;
/// Wrong tries put down when a record is gone or damaged: the longest wait, and half of the tries left.
const TRIES_AFTER_TAMPERING: u32 = 10;

const HEAD: &str = "rekam-attempts-1";
const LINE: usize = 256;

/// Why there is a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason {
    /// Wrong secrets were typed.
    WrongSecrets,
    /// The clock was set back during a wait, which therefore began anew.
    ClockSetBack,
    /// The record of tries was deleted.
    RecordMissing,
    /// The record of tries is damaged.
    RecordDamaged,
}

impl WaitReason {
    /// Key of the sentence for the person at the desk (`domain/text`).
    #[must_use]
    pub fn text_key(self) -> &'static str {
        match self {
            Self::WrongSecrets => "unlock.wait",
            Self::ClockSetBack => "unlock.wait_clock",
            Self::RecordMissing => "unlock.wait_record_missing",
            Self::RecordDamaged => "unlock.wait_record_damaged",
        }
    }
}

/// The wait that begins with the n-th wrong secret.
pub(crate) fn wait_after(wrong: u32) -> u64 {
    match wrong.checked_sub(TRIES_FREE) {
        None => 0,
        Some(doublings) => 2u64.saturating_pow(doublings).saturating_mul(WAIT_MS_MIN).min(WAIT_MS_MAX),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Record {
    sequence: u64,
    wrong: u32,
    seen_unix_ms: i64,
    wait_ms: u64,
    /// Tries that let nobody in and that nobody who may write the audit has been told of.
    untold: u32,
    /// When the first of them was; 0 while there is none.
    untold_since_unix_ms: i64,
}

impl Record {
    /// The same with one more try that let nobody in.
    fn refused(self, now_unix_ms: i64) -> Self {
        let since = if self.untold == 0 { now_unix_ms } else { self.untold_since_unix_ms };
        Self { untold: self.untold.saturating_add(1), untold_since_unix_ms: since, ..self }
    }
}

/// Tries at an account that let nobody in since they were last told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Untold {
    pub(crate) count: u32,
    pub(crate) since_unix_ms: i64,
    pub(crate) locked: bool,
}

enum Found {
    Whole(Record),
    Missing,
    Damaged { known: Record },
}

/// The record of one account. `-` stands for ids that do not exist, so that they cost the same time.
pub(crate) struct Attempts<'a> {
    folder: &'a Folder,
    ring: &'a str,
    owner: &'a str,
}

/// The name of an account's record.
pub(crate) fn file_name(owner: &str) -> String {
    format!("{owner}.attempts")
}

impl<'a> Attempts<'a> {
    pub(crate) fn of(folder: &'a Folder, ring: &'a str, id: &'a AccountId) -> Self {
        Self { folder, ring, owner: id.as_str() }
    }

    pub(crate) fn of_nobody(folder: &'a Folder, ring: &'a str) -> Self {
        Self { folder, ring, owner: "-" }
    }

    /// Starts from nothing: for a new account, and after a reset. What nobody was told of stays.
    pub(crate) fn start(&self, now_unix_ms: i64) -> Result<(), FileError> {
        let Record { untold, untold_since_unix_ms, .. } = self.known()?;
        let free = Record { seen_unix_ms: now_unix_ms, untold, untold_since_unix_ms, ..Record::default() };
        self.write_whole(free)
    }

    /// A try at an id that does not exist: remembered like any other, but never waited for.
    pub(crate) fn count_nobody(&self, now_unix_ms: i64) -> Result<(), FileError> {
        let counted = |record: Record| Record { seen_unix_ms: now_unix_ms, ..record.refused(now_unix_ms) };
        match self.read()? {
            Found::Whole(record) => self.write_next(counted(record)).map(|_| ()),
            Found::Damaged { known } => self.write_whole(counted(known)),
            Found::Missing => self.write_whole(counted(Record::default())),
        }
    }

    /// Tries nobody has been told of. Those of a damaged record are told once the next try has made it whole.
    pub(crate) fn untold(&self) -> Result<Option<Untold>, FileError> {
        let Found::Whole(record) = self.read()? else { return Ok(None) };
        let Record { untold: count, untold_since_unix_ms: since_unix_ms, wrong, .. } = record;
        Ok((count > 0).then_some(Untold { count, since_unix_ms, locked: wrong >= TRIES_MAX }))
    }

    /// Forgets that many tries, which have been told of.
    pub(crate) fn told(&self, count: u32) -> Result<(), FileError> {
        let Found::Whole(record) = self.read()? else { return Ok(()) };
        let untold = record.untold.saturating_sub(count);
        let untold_since_unix_ms = if untold == 0 { 0 } else { record.untold_since_unix_ms };
        self.write_next(Record { untold, untold_since_unix_ms, ..record }).map(|_| ())
    }

    /// Whether a try is allowed now; changes nothing.
    pub(crate) fn look(&self, now_unix_ms: i64) -> Result<(), UnlockError> {
        let (_, verdict) = self.judge(now_unix_ms)?;
        verdict.map(|_| ())
    }

    /// Counts a try as wrong, durably. Only after this may the secret be looked at.
    pub(crate) fn count(&self, now_unix_ms: i64) -> Result<Counted, UnlockError> {
        let (seen, verdict) = self.judge(now_unix_ms)?;
        let record = match verdict {
            Ok(record) => record,
            Err(refusal) => {
                if let Some(seen) = seen {
                    self.write_whole_or_next(seen)?;
                }
                return Err(refusal);
            }
        };
        let wrong = record.wrong.saturating_add(1);
        let counted = Record { wrong, seen_unix_ms: now_unix_ms, wait_ms: wait_after(wrong), ..record };
        let counted = self.write_next(counted.refused(now_unix_ms))?;
        Ok(Counted { sequence: counted.sequence, wrong, before: record })
    }

    /// Forgets wrong tries after a right secret.
    pub(crate) fn succeed(&self, counted: &Counted, now_unix_ms: i64) -> Result<(), FileError> {
        let sequence = counted.sequence;
        let record = Record { sequence, wrong: 0, seen_unix_ms: now_unix_ms, wait_ms: 0, ..counted.before };
        self.write_next(record).map(|_| ())
    }

    /// What is to be remembered when the try is refused, and the record to count on when it is allowed.
    fn judge(&self, now: i64) -> Result<(Option<Record>, Result<Record, UnlockError>), FileError> {
        let longest = |known: Record, reason| {
            let wrong = known.wrong.saturating_add(1).max(TRIES_AFTER_TAMPERING);
            let record = Record { sequence: 0, wrong, seen_unix_ms: now, wait_ms: WAIT_MS_MAX, ..known };
            let refusal =
                if wrong >= TRIES_MAX { UnlockError::Locked } else { wait(now, WAIT_MS_MAX, reason) };
            Ok((Some(record.refused(now)), Err(refusal)))
        };
        let record = match self.read()? {
            Found::Whole(record) => record,
            Found::Missing => return longest(Record::default(), WaitReason::RecordMissing),
            Found::Damaged { known } => return longest(known, WaitReason::RecordDamaged),
        };
        if record.wrong >= TRIES_MAX {
            return Ok((Some(record.refused(now)), Err(UnlockError::Locked)));
        }
        if record.wait_ms == 0 {
            return Ok((None, Ok(record)));
        }
        let (left, reason) = match u64::try_from(now.saturating_sub(record.seen_unix_ms)) {
            Ok(passed) => (record.wait_ms.saturating_sub(passed), WaitReason::WrongSecrets),
            Err(_) => (wait_after(record.wrong).max(record.wait_ms), WaitReason::ClockSetBack),
        };
        if left == 0 {
            return Ok((None, Ok(record)));
        }
        let waiting = Record { seen_unix_ms: now, wait_ms: left, ..record.refused(now) };
        Ok((Some(waiting), Err(wait(now, left, reason))))
    }

    fn read(&self) -> Result<Found, FileError> {
        let Some(bytes) = self.folder.read(&file_name(self.owner))? else { return Ok(Found::Missing) };
        let (lines, rest) = bytes.as_chunks::<LINE>();
        let records: Vec<_> = lines.iter().map(|line| self.decode(line)).collect();
        let whole = match records.as_slice() {
            [Some(a), Some(b)] if rest.is_empty() => {
                // Two whole lines that do not follow each other were put together by hand.
                let (older, newer) = if a.sequence < b.sequence { (a, b) } else { (b, a) };
                (newer.sequence.checked_sub(older.sequence) == Some(1)).then_some(*newer)
            }
            _ => None,
        };
        let most = |of: fn(&Record) -> u32| records.iter().flatten().max_by_key(|record| of(record));
        let known = Record {
            wrong: most(|record| record.wrong).map_or(0, |record| record.wrong),
            ..most(|record| record.untold).copied().unwrap_or_default()
        };
        Ok(whole.map_or(Found::Damaged { known }, Found::Whole))
    }

    /// What the record says as far as it can be read.
    fn known(&self) -> Result<Record, FileError> {
        Ok(match self.read()? {
            Found::Whole(record) | Found::Damaged { known: record } => record,
            Found::Missing => Record::default(),
        })
    }

    fn write_whole_or_next(&self, record: Record) -> Result<(), FileError> {
        // Sequence 0 marks a record made up after tampering: its file has no line worth keeping.
        if record.sequence == 0 { self.write_whole(record) } else { self.write_next(record).map(|_| ()) }
    }

    fn write_whole(&self, record: Record) -> Result<(), FileError> {
        let lines = [Record { sequence: 2, ..record }, Record { sequence: 1, ..record }];
        let bytes = lines.map(|line| self.encode(line)).concat();
        self.folder.replace(&file_name(self.owner), &bytes)
    }

    /// Writes the line whose turn it is: even sequences first, odd ones second.
    fn write_next(&self, record: Record) -> Result<Record, FileError> {
        let next = Record { sequence: record.sequence.saturating_add(1), ..record };
        let offset = (next.sequence % 2) * LINE as u64;
        self.folder.overwrite(&file_name(self.owner), offset, &self.encode(next))?;
        Ok(next)
    }

    fn encode(&self, record: Record) -> Vec<u8> {
        let Record { sequence, wrong, seen_unix_ms, wait_ms, untold, untold_since_unix_ms } = record;
        let mut body = format!(
            "{HEAD} {} {:32} {sequence:020} {wrong:010} {seen_unix_ms:020} {wait_ms:020}",
            self.ring, self.owner
        );
        // Left out while there are none, as in lines of before they were kept.
        if untold > 0 {
            body.push_str(&format!(" {untold:010} {untold_since_unix_ms:020}"));
        }
        let check = hex(&checksum(body.as_bytes()));
        format!("{:width$}\n", format!("{body} {}", *check), width = LINE - 1).into_bytes()
    }

    fn decode(&self, line: &[u8; LINE]) -> Option<Record> {
        let text = std::str::from_utf8(line).ok()?;
        let mut fields = text.split_ascii_whitespace().skip(3);
        let mut record = Record {
            sequence: fields.next()?.parse().ok()?,
            wrong: fields.next()?.parse().ok()?,
            seen_unix_ms: fields.next()?.parse().ok()?,
            wait_ms: fields.next()?.parse().ok()?,
            ..Record::default()
        };
        // What follows is the checksum, or first what nobody was told of.
        if let (Some(untold), Some(since), Some(_)) = (fields.next(), fields.next(), fields.next()) {
            record.untold = untold.parse().ok()?;
            record.untold_since_unix_ms = since.parse().ok()?;
        }
        // Encoding again compares owner, ring, checksum and every space at once.
        (self.encode(record) == line).then_some(record)
    }
}

/// A try that has been counted.
pub(crate) struct Counted {
    sequence: u64,
    wrong: u32,
    before: Record,
}

impl Counted {
    /// What to tell when the secret was wrong.
    pub(crate) fn refusal(&self) -> UnlockError {
        if self.wrong >= TRIES_MAX {
            return UnlockError::Locked;
        }
        UnlockError::WrongSecret {
            tries_left_before_wait: TRIES_FREE.saturating_sub(self.wrong),
            wait_ms: wait_after(self.wrong),
        }
    }
}

fn wait(now: i64, wait_ms: u64, reason: WaitReason) -> UnlockError {
    let until_unix_ms = now.saturating_add(i64::try_from(wait_ms).unwrap_or(i64::MAX));
    UnlockError::Wait { until_unix_ms, wait_ms, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let seconds: Vec<_> = (0..13).map(|wrong| wait_after(wrong) / 1000).collect();
        assert_eq!(seconds, [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(wait_after(u32::MAX), WAIT_MS_MAX);
    }
}
