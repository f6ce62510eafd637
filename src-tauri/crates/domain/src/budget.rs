//! The offline budget: how long the station can go on before something runs out, said long before it does.
//!
//! It only warns (`domain.md` §6.4). The one thing that stops a new recording is the floor of free disk.

use crate::profile::SyncRule;

/// Below this no new recording is begun; what is open goes on.
pub const FREE_DISK_MB_MIN: u32 = 1_000;
/// What one recording may take on the disk until it is delivered: the largest packet, in the journal and in the outbox.
const RECORDING_MB_MAX: u32 = 10;
/// Recordings of a peak day.
const RECORDINGS_A_DAY: i64 = 250;
/// Days without the office that are warned of where the profile names none: the longest outage that is planned for.
const OFFLINE_DAYS_MAX: u32 = 60;
/// From this many days before the new year on its numbers are missed: an office hands them out in December.
const NEW_YEAR_DAYS: i64 = 31;

crate::word::words! {
    /// What can run out.
    pub enum BudgetKind {
        /// Days without the office.
        Days => "days",
        /// Packets that wait for delivery.
        Packets => "packets",
        /// Recordings that wait for their seal.
        Unsealed => "unsealed",
        /// Recordings that wait for the seal of somebody who cannot sign in any more.
        LeftBehind => "left_behind",
        /// Room on the disk, in recordings.
        Disk => "disk",
        /// Days until the decree of whoever sits here ends.
        Decree => "decree",
        /// Numbers left in the shortest series of this year.
        Numbers => "numbers",
        /// Days until the year for which a series has no numbers yet.
        NextNumbers => "next_numbers",
        /// Days until a list from the office is too old.
        MasterData => "master_data",
        /// Days until the office's admission of this station ends.
        Admission => "admission",
        /// Days since the copy on the second disk was complete.
        Mirror => "mirror",
        /// Days since the last backup.
        Backup => "backup",
        /// A copy that lies on the disk of the station or of the other copy.
        CopyPlace => "copy_place",
    }
}

crate::word::words! {
    /// How pressing it is.
    pub enum BudgetLevel {
        /// Nothing to do.
        Fine => "fine",
        /// To be seen to in the next days.
        Soon => "soon",
        /// To be seen to today.
        Now => "now",
    }
}

/// One line of the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct BudgetLine {
    /// What it is about.
    pub kind: BudgetKind,
    /// How pressing.
    pub level: BudgetLevel,
    /// What is left, or for copies how old the last one is; nothing where there never was any.
    pub count: Option<i64>,
}

/// What the budget is reckoned from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BudgetQuestion {
    /// Days since the office was last heard of; nothing if it never was.
    pub office_days_ago: Option<i64>,
    /// Packets that wait for delivery.
    pub packets_waiting: i64,
    /// Recordings that wait for their seal.
    pub unsealed: i64,
    /// Those of them whose person cannot sign in any more.
    pub left_behind: i64,
    /// Free megabytes, if the system tells.
    pub free_disk_mb: Option<u32>,
    /// Days until the decree of whoever sits here ends.
    pub decree_days_left: i64,
    /// Numbers left in the series of this year that runs out first; nothing if no series is in use.
    pub numbers_left: Option<i64>,
    /// Days until the new year, if a series of this year has no numbers for the next.
    pub next_numbers_days_left: Option<i64>,
    /// Days until the first list from the office is too old; nothing if there is none.
    pub master_data_days_left: Option<i64>,
    /// Days until the office's admission of this station ends; nothing if it was never admitted.
    pub admission_days_left: Option<i64>,
    /// Days since the mirror was complete; nothing if it never was.
    pub mirror_days_ago: Option<i64>,
    /// Days since the last backup; nothing if there is none.
    pub backup_days_ago: Option<i64>,
    /// A copy lies on the disk of the station or of the other copy.
    pub is_copy_on_same_disk: bool,
}

/// Every line, the most pressing first.
#[must_use]
pub fn budget(question: &BudgetQuestion, rule: &SyncRule) -> Vec<BudgetLine> {
    use BudgetKind as K;
    let days_max = i64::from(rule.max_offline_days.unwrap_or(OFFLINE_DAYS_MAX));
    let mut lines = vec![
        left(K::Days, question.office_days_ago.map(|ago| days_max - ago), days_max / 4, 2),
        left(K::Decree, Some(question.decree_days_left), 30, 7),
        // Without a number nobody is registered.
        left(K::Numbers, Some(question.numbers_left.unwrap_or(0)), 4 * RECORDINGS_A_DAY, RECORDINGS_A_DAY),
        left(K::Admission, question.admission_days_left, 60, 14),
        age(K::Mirror, question.mirror_days_ago, 1, 3),
        age(K::Backup, question.backup_days_ago, 7, 14),
    ];
    if let Some(max) = rule.max_pending.map(i64::from) {
        lines.push(left(K::Packets, Some(max - question.packets_waiting), max / 4, 0));
    }
    for (kind, level, count) in [
        (K::Unsealed, BudgetLevel::Soon, question.unsealed),
        // Nothing happens to these by itself.
        (K::LeftBehind, BudgetLevel::Now, question.left_behind),
    ] {
        if count > 0 {
            lines.push(BudgetLine { kind, level, count: Some(count) });
        }
    }
    if let Some(free) = question.free_disk_mb {
        let recordings = i64::from(free.saturating_sub(FREE_DISK_MB_MIN) / RECORDING_MB_MAX);
        lines.push(left(K::Disk, Some(recordings), 10 * RECORDINGS_A_DAY, RECORDINGS_A_DAY));
    }
    let new_year = question.next_numbers_days_left.filter(|left| *left <= NEW_YEAR_DAYS);
    if new_year.is_some() {
        lines.push(left(K::NextNumbers, new_year, NEW_YEAR_DAYS, 7));
    }
    if question.is_copy_on_same_disk {
        // Where a computer has only one disk nothing can be done today, and a copy there is better than none.
        lines.push(BudgetLine { kind: K::CopyPlace, level: BudgetLevel::Soon, count: None });
    }
    if question.master_data_days_left.is_some() {
        lines.push(left(K::MasterData, question.master_data_days_left, 14, 0));
    }
    lines.sort_by_key(|line| (std::cmp::Reverse(line.level), line.kind));
    lines
}

/// Something that gets less; where nobody knows how much, somebody should see to it.
fn left(kind: BudgetKind, count: Option<i64>, soon_max: i64, now_max: i64) -> BudgetLine {
    let level = match count {
        Some(count) if count > soon_max => BudgetLevel::Fine,
        Some(count) if count <= now_max => BudgetLevel::Now,
        _ => BudgetLevel::Soon,
    };
    BudgetLine { kind, level, count }
}

/// A copy that gets older.
fn age(kind: BudgetKind, days: Option<i64>, fine_max: i64, soon_max: i64) -> BudgetLine {
    let level = match days {
        Some(days) if days <= fine_max => BudgetLevel::Fine,
        Some(days) if days > soon_max => BudgetLevel::Now,
        _ => BudgetLevel::Soon,
    };
    BudgetLine { kind, level, count: days }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fine() -> BudgetQuestion {
        BudgetQuestion {
            office_days_ago: Some(0),
            packets_waiting: 0,
            unsealed: 0,
            left_behind: 0,
            free_disk_mb: Some(128_000),
            decree_days_left: 300,
            numbers_left: Some(90_000),
            master_data_days_left: Some(80),
            admission_days_left: Some(300),
            mirror_days_ago: Some(0),
            backup_days_ago: Some(1),
            next_numbers_days_left: None,
            is_copy_on_same_disk: false,
        }
    }

    fn level_of(question: &BudgetQuestion, kind: BudgetKind) -> BudgetLevel {
        let rule = SyncRule { max_pending: Some(100), max_offline_days: Some(20), ..SyncRule::default() };
        budget(question, &rule).into_iter().find(|line| line.kind == kind).unwrap().level
    }

    #[test]
    fn a_station_in_order_has_nothing_to_do() {
        use BudgetKind as K;
        let shown_only_when_there_are_any = [K::Unsealed, K::LeftBehind, K::NextNumbers, K::CopyPlace];
        for kind in BudgetKind::ALL.iter().filter(|kind| !shown_only_when_there_are_any.contains(kind)) {
            assert_eq!(level_of(&fine(), *kind), BudgetLevel::Fine, "{kind:?}");
        }
        let lines = budget(&fine(), &SyncRule::default());
        assert!(!lines.iter().any(|line| shown_only_when_there_are_any.contains(&line.kind)));
    }

    #[test]
    fn recordings_without_a_seal_are_counted_and_those_of_nobody_are_pressing() {
        let question = BudgetQuestion { unsealed: 5, left_behind: 2, ..fine() };
        let lines = budget(&question, &SyncRule::default());
        let line = |kind| lines.iter().find(|line| line.kind == kind).map(|line| (line.level, line.count));
        assert_eq!(line(BudgetKind::Unsealed), Some((BudgetLevel::Soon, Some(5))));
        assert_eq!(line(BudgetKind::LeftBehind), Some((BudgetLevel::Now, Some(2))));
    }

    #[test]
    fn everything_is_announced_before_it_runs_out() {
        use BudgetKind as K;
        use BudgetLevel::{Now, Soon};
        type Set = fn(&mut BudgetQuestion, i64);
        let cases: [(K, Set, i64, i64); 9] = [
            (K::Days, |q, ago| q.office_days_ago = Some(ago), 15, 18),
            (K::Packets, |q, waiting| q.packets_waiting = waiting, 75, 100),
            (K::Disk, |q, free| q.free_disk_mb = u32::try_from(free).ok(), 26_000, 3_400),
            (K::Decree, |q, left| q.decree_days_left = left, 30, 7),
            (K::Numbers, |q, left| q.numbers_left = Some(left), 1_000, 250),
            (K::MasterData, |q, left| q.master_data_days_left = Some(left), 14, -3),
            (K::Admission, |q, left| q.admission_days_left = Some(left), 60, 14),
            (K::Mirror, |q, ago| q.mirror_days_ago = Some(ago), 2, 4),
            (K::Backup, |q, ago| q.backup_days_ago = Some(ago), 8, 15),
        ];
        for (kind, set, soon, now) in cases {
            let mut question = fine();
            set(&mut question, soon);
            assert_eq!(level_of(&question, kind), Soon, "{kind:?} at {soon}");
            set(&mut question, now);
            assert_eq!(level_of(&question, kind), Now, "{kind:?} at {now}");
        }
    }

    #[test]
    fn numbers_of_the_next_year_are_missed_in_december_and_not_before() {
        let level = |days| {
            let question = BudgetQuestion { next_numbers_days_left: Some(days), ..fine() };
            let lines = budget(&question, &SyncRule::default());
            lines.iter().find(|line| line.kind == BudgetKind::NextNumbers).map(|line| line.level)
        };
        assert_eq!(
            [32, 31, 8, 7].map(level),
            [None, Some(BudgetLevel::Soon), Some(BudgetLevel::Soon), Some(BudgetLevel::Now)]
        );
    }

    #[test]
    fn a_copy_on_the_disk_it_should_guard_against_is_said() {
        let question = BudgetQuestion { is_copy_on_same_disk: true, ..fine() };
        let lines = budget(&question, &SyncRule::default());
        let line = lines.iter().find(|line| line.kind == BudgetKind::CopyPlace).unwrap();
        assert_eq!((line.level, line.count), (BudgetLevel::Soon, None));
    }

    #[test]
    fn what_never_was_is_to_be_seen_to() {
        let question = BudgetQuestion { decree_days_left: 300, ..BudgetQuestion::default() };
        for kind in [BudgetKind::Days, BudgetKind::Mirror, BudgetKind::Backup, BudgetKind::Admission] {
            assert_eq!(level_of(&question, kind), BudgetLevel::Soon, "{kind:?}");
        }
    }

    #[test]
    fn the_most_pressing_comes_first() {
        let mut question = fine();
        question.backup_days_ago = Some(30);
        question.office_days_ago = Some(50);
        let lines = budget(&question, &SyncRule::default());
        assert_eq!((lines[0].kind, lines[1].kind), (BudgetKind::Backup, BudgetKind::Days));
    }
}
