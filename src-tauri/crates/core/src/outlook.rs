//! The offline budget of this station, reckoned from what is on its disk.

use jiff::civil::Date;
use rekam_domain::budget::{BudgetQuestion, budget};
use rekam_domain::effect::Series;
use rekam_domain::master_data::MasterDataKind;
use rekam_domain::packet::PacketState;

use crate::clock::UnixMs;
use crate::problem::Problem;
use crate::station::Station;
use crate::view::{BudgetLineView, CopiesView, CopyView};

const DAY_MS: i64 = 86_400_000;

/// Whole days until then; what ended an hour ago ended a day ago, not today.
fn days_until(now: UnixMs, then: UnixMs) -> i64 {
    then.saturating_sub(now).div_euclid(DAY_MS)
}

fn days_to_new_year(today: Date) -> i64 {
    i64::from(today.days_in_year() - today.day_of_year()) + 1
}

impl Station {
    /// How long the station can go on, the most pressing first.
    ///
    /// # Errors
    /// Nobody is signed in, or the disk refuses.
    pub fn budget(&self) -> Result<Vec<BudgetLineView>, Problem> {
        let question = self.budget_question()?;
        Ok(budget(&question, &self.profile().sync)
            .into_iter()
            .map(|line| BudgetLineView {
                kind: line.kind.word().to_owned(),
                level: line.level.word().to_owned(),
                count: line.count.map(|count| i32::try_from(count).unwrap_or(i32::MAX)),
            })
            .collect())
    }

    fn budget_question(&self) -> Result<BudgetQuestion, Problem> {
        let now = self.now();
        let days_since = |then: i64| now.saturating_sub(then).max(0) / DAY_MS;
        let today = self.today();
        let year = i32::from(today.year());
        let (office_ms, numbers_left, next_is_missing) = self.store()?.read(|reading| {
            let (mut left, mut next_is_missing) = (Vec::new(), false);
            for series in Series::ALL {
                if !reading.list_number_blocks(series.word(), year)?.is_empty() {
                    left.push(reading.count_numbers_left(series.word(), year)?);
                    next_is_missing |= reading.list_number_blocks(series.word(), year + 1)?.is_empty();
                }
            }
            Ok((reading.get_office_time()?.office_ms, left.into_iter().min(), next_is_missing))
        })?;
        let copies = self.copies();
        let unsealed = self.waiting()?;
        Ok(BudgetQuestion {
            office_days_ago: (office_ms > 0).then(|| days_since(office_ms)),
            packets_waiting: self.packets_waiting(),
            unsealed: unsealed.all,
            left_behind: unsealed.left_behind,
            free_disk_mb: self.free_disk_mb(),
            decree_days_left: self.decree_days_left()?,
            numbers_left,
            master_data_days_left: self.master_data_days_left()?,
            admission_days_left: self.admitted_until()?.map(|until| days_until(now, until)),
            mirror_days_ago: copies.mirror.made_ms.map(days_since),
            backup_days_ago: copies.backup.made_ms.map(days_since),
            next_numbers_days_left: next_is_missing.then(|| days_to_new_year(today)),
            is_copy_on_same_disk: copies.mirror.is_same_disk || copies.backup.is_same_disk,
        })
    }

    /// Days until the first list in use is too old; numbers have a line of their own.
    fn master_data_days_left(&self) -> Result<Option<i64>, Problem> {
        let today = self.today();
        let dated =
            self.master_ages()?.into_iter().filter(|age| age.kind != MasterDataKind::NumberBlock.word());
        let ends = dated.filter_map(|age| age.valid_until?.parse::<Date>().ok());
        Ok(ends.map(|end| i64::from((end - today).get_days())).min())
    }

    /// Packets that the office has not acknowledged.
    fn packets_waiting(&self) -> i64 {
        // What keeps it from being read is said beside it.
        let Some(Ok(counted)) = self.outbox().map(|outbox| outbox.read(|reading| reading.count_packets()))
        else {
            return 0;
        };
        let is_done = |state: PacketState| {
            matches!(state, PacketState::Acked | PacketState::Purged | PacketState::Superseded)
        };
        counted.into_iter().filter(|row| !is_done(row.state)).map(|row| row.count).sum()
    }

    /// Mirror and backup as the screen shows them; nobody has to be signed in to see how old they are.
    #[must_use]
    pub fn copies_view(&self) -> CopiesView {
        let now = self.now();
        let standing = self.copies();
        let view = |copy: crate::care::CopyStanding| CopyView {
            is_kept: copy.folder.is_some(),
            minutes_old: copy
                .made_ms
                .map(|made| i32::try_from(now.saturating_sub(made).max(0) / 60_000).unwrap_or(i32::MAX)),
            is_same_disk: copy.is_same_disk,
            problem: copy.problem,
        };
        CopiesView { mirror: view(standing.mirror), backup: view(standing.backup) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::station::tests::{demonstration, open, operator, request};

    #[test]
    fn what_ended_an_hour_ago_is_over() {
        assert_eq!([DAY_MS, DAY_MS - 1, 0, -1, -DAY_MS].map(|left| days_until(0, left)), [1, 0, 0, -1, -1]);
    }

    #[test]
    fn counts_the_days_to_the_new_year() {
        assert_eq!(days_to_new_year(date(2026, 12, 31)), 1);
        assert_eq!(days_to_new_year(date(2028, 1, 1)), 366);
    }

    /// Level and count of a line of the budget, if it is shown.
    fn line(station: &Station, kind: &str) -> Option<(String, Option<i32>)> {
        let line = station.budget().unwrap().into_iter().find(|line| line.kind == kind)?;
        Some((line.level, line.count))
    }

    #[test]
    fn december_misses_the_numbers_of_january() {
        let (folder, clock) = demonstration();
        let mut station = open(&folder, &clock);
        station.sign_in(operator()).unwrap();
        assert_eq!(line(&station, "next_numbers"), None);
        // The demonstration has numbers for this year and the next.
        clock.advance(36 * DAY_MS);
        station.sign_in(operator()).unwrap();
        assert_eq!(line(&station, "next_numbers"), None);
        clock.advance(365 * DAY_MS);
        station.sign_in(operator()).unwrap();
        assert_eq!(line(&station, "next_numbers"), Some(("now".to_owned(), Some(6))));
    }

    #[test]
    fn copies_on_the_disk_of_the_station_or_of_each_other_are_said() {
        let (folder, clock) = demonstration();
        let mut station = open(&folder, &clock);
        station.sign_in(request("pengawas", "buku merah lemari besi")).unwrap();
        assert_eq!(line(&station, "copy_place"), None);
        let near = tempfile::tempdir().unwrap();
        station.keep_mirror_in(Some(near.path())).unwrap();
        assert_eq!(line(&station, "copy_place"), Some(("soon".to_owned(), None)));
        station.keep_mirror_in(None).unwrap();
        // Memory is never the disk of the station.
        let far = tempfile::tempdir_in("/dev/shm").unwrap();
        station.back_up_to(Some(far.path()), 24).unwrap();
        assert_eq!(line(&station, "copy_place"), None);
        let beside = tempfile::tempdir_in("/dev/shm").unwrap();
        station.keep_mirror_in(Some(beside.path())).unwrap();
        assert_eq!(line(&station, "copy_place"), Some(("soon".to_owned(), None)));
    }
}
