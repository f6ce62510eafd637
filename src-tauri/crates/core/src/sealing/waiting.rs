//! Recordings that wait for their seal: the office has not admitted the station yet, or a packet was lost before it
//! left. Each waits for the person who answers for it; where that person cannot sign in any more, a supervisor takes it
//! over (decision 0013).

use rekam_domain::audit::AuditEvent;
use rekam_domain::case::Case;
use rekam_domain::packet::PacketState;
use rekam_domain::permission::{Operation, Subject};
use rekam_keys::AccountId;
use rekam_store::{PacketRow, StepRow, Uuid, Writing};
use serde_json::json;

use super::{FILE_LOST, NO_OFFICE, SETTLED_MAX};
use crate::account::AccountCard;
use crate::clock::on_the_wall;
use crate::desk::Recorded;
use crate::knowledge::kind;
use crate::problem::{Code, Problem};
use crate::station::Station;
use crate::view::TakenOver;

/// The step that ends a recording; who took it answers for the recording.
const SEAL: &str = "recording.seal";

/// How many recordings wait for their seal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// All of them.
    pub(crate) all: i64,
    /// Those whose person cannot sign in any more.
    pub(crate) left_behind: i64,
}

/// Why somebody cannot seal any more, and since when.
struct Absence {
    reason: &'static str,
    since: String,
}

impl Station {
    /// Seals what whoever is signed in recorded before the office had admitted this station.
    pub(crate) fn seal_waiting(&mut self) -> Result<(), Problem> {
        let waiting = self.waiting_packets()?;
        if waiting.is_empty() || self.pinned_office()?.is_none() {
            return Ok(());
        }
        for packet in waiting {
            self.promise(|station, writing| station.seal_if_own(writing, packet.case))?;
            self.settle_packets()?;
        }
        Ok(())
    }

    /// How many recordings wait for their seal, and how many of them for nobody.
    pub(crate) fn waiting(&self) -> Result<Waiting, Problem> {
        let mut waiting = Waiting::default();
        for packet in self.waiting_packets()? {
            waiting.all += 1;
            let account = self.who_answers(packet.case)?;
            if self.absence(&account)?.is_some() {
                waiting.left_behind += 1;
            }
        }
        Ok(waiting)
    }

    /// How many recordings wait for this account to seal them.
    pub(crate) fn waiting_for(&self, account: &str) -> Result<usize, Problem> {
        let mut count = 0;
        for packet in self.waiting_packets()? {
            count += usize::from(self.who_answers(packet.case)? == account);
        }
        Ok(count)
    }

    /// Takes over every recording that waits for somebody who cannot sign in any more: journal and audit say from whom
    /// and why, and the supervisor seals it as the one who answers for it, now or once the office has admitted the
    /// station.
    ///
    /// # Errors
    /// The role may not, or the disk refuses.
    pub fn take_over_waiting(&mut self) -> Result<TakenOver, Problem> {
        self.permit(Operation::Change, Subject::Packets)?;
        let me = self.signed_in()?.0.to_owned();
        let mut done = TakenOver::default();
        for packet in self.waiting_packets()? {
            let from = self.who_answers(packet.case)?;
            let Some(absence) = self.absence(&from)? else { continue };
            let approvals = self.store()?.read(|reading| reading.list_approvals(packet.case))?;
            if approvals.iter().any(|approval| approval.approver == me) {
                done.own_approval += 1;
                continue;
            }
            self.promise(|station, writing| station.take_over(writing, packet.case, &from, &absence))?;
            done.taken_over += 1;
        }
        self.seal_waiting()?;
        Ok(done)
    }

    fn take_over(
        &self,
        writing: &mut Writing<'_>,
        case: Uuid,
        from: &str,
        absence: &Absence,
    ) -> Result<(), Problem> {
        let body = json!({"from": from, "reason": absence.reason, "since": absence.since});
        let recorded = Recorded { kind: kind::TAKEN_OVER, slot: "", body: &body, image: None };
        self.journal(writing, case, recorded, None, self.signed_in()?.0)?;
        let fields = json!({"target": from, "reason": absence.reason, "since": absence.since});
        self.audit(writing, AuditEvent::RecordingTakenOver, case, fields)
    }

    /// The operator's signature is the word of the person who answers for the recording; nobody gives it for another.
    fn seal_if_own(&self, writing: &mut Writing<'_>, id: Uuid) -> Result<(), Problem> {
        let steps = writing.list_steps(id)?;
        let (account, _) = self.signed_in()?;
        if answers(&steps).is_none_or(|person| person != account) {
            return Ok(());
        }
        let row = writing.get_case(id)?;
        let case: Case = serde_json::from_value(row.snapshot.clone())
            .map_err(|_| Problem::new(Code::FileDamaged).with("file", "station.db"))?;
        self.seal_packet(writing, &row, &case, &steps)
    }

    fn waiting_packets(&self) -> Result<Vec<PacketRow>, Problem> {
        let mut packets =
            self.store()?.read(|reading| reading.list_packets(PacketState::Building, SETTLED_MAX))?;
        packets.retain(|packet| [NO_OFFICE, FILE_LOST].contains(&packet.reason.as_str()));
        Ok(packets)
    }

    fn who_answers(&self, case: Uuid) -> Result<String, Problem> {
        let steps = self.store()?.read(|reading| reading.list_steps(case))?;
        Ok(answers(&steps).unwrap_or_default().to_owned())
    }

    /// Why this account cannot sign in any more; nothing if it can.
    fn absence(&self, account: &str) -> Result<Option<Absence>, Problem> {
        let gone = |reason, since: String| Ok(Some(Absence { reason, since }));
        let Ok(id) = account.parse::<AccountId>() else { return gone("account_damaged", String::new()) };
        let Ok(record) = self.ring().record(self.opened()?, &id) else {
            return gone("account_damaged", String::new());
        };
        if record.closed {
            let until_ms = record.keys.last().and_then(|span| span.until_unix_ms);
            let day = |ms| on_the_wall(ms, self.profile().office.time_zone).date().to_string();
            return gone("account_closed", until_ms.map(day).unwrap_or_default());
        }
        let Some(card) = AccountCard::decode(record.card.as_bytes()) else {
            return gone("account_damaged", String::new());
        };
        if card.decree_days_left(self.today()) < 0 {
            return gone("account_expired", card.decree_expires.to_string());
        }
        Ok(None)
    }
}

/// Who answers for a recording: whoever ended it, or took it over since.
fn answers(steps: &[StepRow]) -> Option<&str> {
    let is_word =
        |step: &&StepRow| (step.kind == kind::EVENT && step.slot == SEAL) || step.kind == kind::TAKEN_OVER;
    steps.iter().rfind(is_word).map(|step| step.operator.as_str())
}
