//! What waits for a person at this station, and what to do about it.

use rekam_domain::audit::AuditEvent;
use rekam_domain::case::{Case, Decision};
use rekam_domain::effect::Task;
use rekam_domain::packet::PacketState;
use rekam_domain::permission::{Operation, Subject, is_allowed};
use rekam_domain::recording::{RecordingState, Stage};
use rekam_domain::role::RoleSet;
use rekam_store::{PacketNoticeRow, Uuid, Writing};
use serde_json::json;

use crate::arrival::{current_packet, statuses_of};
use crate::clock::on_the_wall;
use crate::desk::STATION;
use crate::notice::WITHDRAWAL;
use crate::problem::{Code, Problem};
use crate::station::Station;
use crate::view::TaskView;

/// Tasks that are looked at for the home screen.
const TASKS_MAX: u32 = 500;
const DAY_MS: i64 = 86_400_000;

impl Station {
    /// What waits for whoever is signed in, the oldest first. Nobody is named: the registration number leads to the case.
    ///
    /// # Errors
    /// Nobody is signed in, or the disk refuses.
    pub fn list_tasks(&self) -> Result<Vec<TaskView>, Problem> {
        let roles = RoleSet::of(self.signed_in()?.1);
        if !is_allowed(roles, Operation::Read, Subject::Biodata) {
            return Ok(Vec::new());
        }
        let now = self.now();
        let zone = self.profile().office.time_zone;
        let open = self.store()?.read(|reading| reading.list_open_tasks(TASKS_MAX))?;
        let view = |row: rekam_store::TaskRow| {
            let task = Task::from_word(&row.kind).filter(|task| roles.any_of(task.roles()))?;
            Some(TaskView {
                case: row.case.to_string(),
                registration: row.registration,
                task: row.kind,
                reason: row.reason,
                since: on_the_wall(row.opened_ms, zone).date().to_string(),
                days: i32::try_from((now - row.opened_ms).max(0) / DAY_MS).unwrap_or(i32::MAX),
                can_be_closed: !task.ends_by_itself(),
            })
        };
        Ok(open.into_iter().filter_map(view).collect())
    }

    /// Says that a task is done.
    ///
    /// # Errors
    /// The role does not do such tasks, it ends by itself, there is none, or the disk refuses.
    pub fn close_task(&mut self, case: Uuid, task: Task) -> Result<(), Problem> {
        let (_, roles) = self.signed_in()?;
        if task.ends_by_itself() || !RoleSet::of(roles).any_of(task.roles()) {
            return Err(Problem::new(Code::NotPermitted));
        }
        self.promise(|station, writing| {
            let (account, _) = station.signed_in()?;
            if !writing.close_task(case, task.word(), account, station.now())? {
                return Err(Problem::new(Code::UnknownCase));
            }
            let fields = json!({"event": task.word(), "case": case.to_string()});
            station.audit(writing, AuditEvent::TaskClosed, case, fields)
        })
    }

    /// Opens and closes the tasks of a case that follow from how it stands.
    pub(crate) fn settle_tasks(
        &self,
        writing: &mut Writing<'_>,
        id: Uuid,
        case: &Case,
    ) -> Result<(), Problem> {
        let wanted = wanted(writing, id, case)?;
        let open = writing.list_open_tasks_of(id)?;
        let now = self.now();
        for task in Task::ALL.iter().filter(|task| task.ends_by_itself()) {
            let word = task.word();
            let known = open.iter().find(|row| row.kind == word);
            match wanted.iter().find(|(kind, _)| kind == task) {
                Some((_, reason)) if known.is_none_or(|known| known.reason != *reason) => {
                    writing.open_task(id, word, reason, now)?;
                }
                None if known.is_some() => {
                    writing.close_task(id, word, STATION, now)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn wanted(writing: &Writing<'_>, id: Uuid, case: &Case) -> Result<Vec<(Task, String)>, Problem> {
    let mut wanted = Vec::new();
    let stage = case.recording().stage();
    if case.recording() == RecordingState::Withdrawn {
        // A notice the office did not take leaves the recording standing there.
        let notices = writing.list_notices_of(id)?;
        let is_refused =
            |notice: &&PacketNoticeRow| notice.kind == WITHDRAWAL && notice.state == PacketState::Nacked;
        let refused = notices.iter().find(is_refused);
        wanted.extend(refused.map(|notice| (Task::ResolveRefusal, notice.reason.clone())));
    }
    if matches!(stage, Stage::BeforeCapture | Stage::Ended) {
        return Ok(wanted);
    }
    if case.current().any(|exception| exception.decision == Decision::Deferred) {
        wanted.push((Task::DecidePending, String::new()));
    }
    if stage == Stage::InCapture {
        return Ok(wanted);
    }
    let Some(packet) = current_packet(writing, id)? else { return Ok(wanted) };
    if case.recording() == RecordingState::DedupBlocked {
        let said = statuses_of(writing, id, packet.id)?.pop().map(|row| row.status);
        wanted.push((Task::ResolveBlock, said.unwrap_or_default()));
    }
    let notices = writing.list_notices_of(id)?;
    let refused = notices.iter().find(|notice| notice.state == PacketState::Nacked);
    if packet.state == PacketState::Nacked {
        wanted.push((Task::ResolveRefusal, packet.reason));
    } else if let Some(refused) = refused {
        wanted.push((Task::ResolveRefusal, refused.reason.clone()));
    } else if packet.state == PacketState::Quarantined {
        wanted.push((Task::ExaminePacket, packet.reason));
    }
    Ok(wanted)
}
