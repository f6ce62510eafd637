//! The offline budget of this station, reckoned from what is on its disk.

use jiff::civil::Date;
use rekam_domain::budget::{BudgetQuestion, budget};
use rekam_domain::effect::Series;
use rekam_domain::master_data::MasterDataKind;
use rekam_domain::packet::PacketState;

use crate::clock::on_the_wall;
use crate::problem::Problem;
use crate::station::Station;
use crate::view::{BudgetLineView, CopiesView, CopyView};

const DAY_MS: i64 = 86_400_000;

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
        let year = i32::from(on_the_wall(now, self.profile().office.time_zone).year());
        let (office_ms, numbers_left) = self.store()?.read(|reading| {
            let mut left = Vec::new();
            for series in Series::ALL {
                if !reading.list_number_blocks(series.word(), year)?.is_empty() {
                    left.push(reading.count_numbers_left(series.word(), year)?);
                }
            }
            Ok((reading.get_office_time()?.office_ms, left.into_iter().min()))
        })?;
        let copies = self.copies();
        let unsealed = self.waiting()?;
        Ok(BudgetQuestion {
            office_days_ago: (office_ms > 0).then(|| days_since(office_ms)),
            packets_waiting: self.packets_waiting()?,
            unsealed: unsealed.all,
            left_behind: unsealed.left_behind,
            free_disk_mb: self.free_disk_mb(),
            decree_days_left: self.decree_days_left()?,
            numbers_left,
            master_data_days_left: self.master_data_days_left()?,
            admission_days_left: self.admitted_until()?.map(|until| until.saturating_sub(now) / DAY_MS),
            mirror_days_ago: copies.mirror.made_ms.map(days_since),
            backup_days_ago: copies.backup.made_ms.map(days_since),
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
    fn packets_waiting(&self) -> Result<i64, Problem> {
        let Some(outbox) = self.outbox() else { return Ok(0) };
        let counted = outbox.read(|reading| reading.count_packets())?;
        let is_done = |state: PacketState| {
            matches!(state, PacketState::Acked | PacketState::Purged | PacketState::Superseded)
        };
        Ok(counted.into_iter().filter(|row| !is_done(row.state)).map(|row| row.count).sum())
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
