//! The courier's stick: filled and read by somebody who is signed in.

use std::path::Path;

use rekam_domain::audit::AuditEvent;
use rekam_domain::packet::{PacketEvent, PacketFacts};
use rekam_domain::permission::{Operation, Subject};
use rekam_domain::role::RoleSet;
use rekam_link::courier::{self, CourierError, Item};
use rekam_sync::Way;
use serde::Serialize;
use serde_json::json;

use super::identity::Admission;
use crate::problem::{Code, Problem};
use crate::sealing::StationSigner;
use crate::station::Station;

/// What was put on a stick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CourierExported {
    /// Packets and notices that are on it.
    pub carried: u32,
    /// Those that found no room; another stick takes them.
    pub left: u32,
    /// Packets whose bytes are not what was sealed, or cannot be read; they stay here.
    pub damaged: u32,
    /// Megabytes that were written.
    pub written_mb: u32,
}

/// What was found on a stick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CourierImported {
    /// The office it came from.
    pub office: String,
    /// Signed words of the office that were taken.
    pub taken: u32,
    /// Words on it that the office did not sign.
    pub refused: u32,
    /// A newer admission was on it, and is in use.
    pub is_renewed: bool,
    /// Files that were not as the office's list says.
    pub spoilt: Vec<String>,
}

impl Station {
    /// Puts everything the office has not received on a stick, oldest first, and as much as there is room for.
    ///
    /// # Errors
    /// The role does not permit it, no office has admitted this station, or a disk refuses.
    pub fn export_to_courier(&mut self, stick: &Path) -> Result<CourierExported, Problem> {
        self.permit(Operation::Copy, Subject::Packets)?;
        let ground = self.ground().ok_or_else(|| Problem::new(Code::DiskRefused).with("file", "outbox"))?;
        let shelf = ground.shelf;
        let office = self.pinned_office()?.ok_or_else(|| Problem::new(Code::NotAdmitted))?;
        let listed = self.with_dispatch(|dispatch| Ok(dispatch.list_for_courier()))?;
        let (mut items, mut damaged): (Vec<Item>, u32) = (Vec::new(), 0);
        for id in listed {
            let item =
                shelf.is_intact(id).and_then(|is_intact| is_intact.then(|| shelf.on_stick(id)).transpose());
            match item {
                Ok(Some(item)) => items.push(item),
                // What the disk does not give stays here like what is damaged, and holds nothing else up.
                Ok(None) | Err(_) => damaged += 1,
            }
        }
        let (from, to) = (self.station_id().to_owned(), office.bundle.office);
        let signer = StationSigner(self.opened()?);
        let mut open = |id| shelf.open_whole(id);
        let done = courier::export(stick, (&from, &to), &items, self.now(), &signer, &mut open);
        let done = done.map_err(problem_of)?;
        let roles = RoleSet::of(self.signed_in()?.1);
        let carried = done.carried.clone();
        self.with_dispatch(move |dispatch| {
            let facts = PacketFacts { intact: true, ..PacketFacts::default() };
            carried.into_iter().try_for_each(|id| {
                match dispatch.move_item(id, PacketEvent::Export, roles, &facts) {
                    // Meanwhile the line delivered it: the copy on the stick does no harm.
                    Err(problem) if [Code::StepRefused, Code::UnknownPacket].contains(&problem.code) => {
                        Ok(())
                    }
                    done => done,
                }
            })
        })?;
        self.note(AuditEvent::PacketsExported, json!({"disk": name(stick), "count": done.carried.len()}))?;
        Ok(CourierExported {
            carried: count(done.carried.len()),
            left: count(done.left.len()),
            damaged,
            written_mb: u32::try_from(done.written.div_ceil(1_000_000)).unwrap_or(u32::MAX),
        })
    }

    /// Takes what the office has put on a stick for this station: receipts, statuses, a newer admission.
    ///
    /// # Errors
    /// The role does not permit it, nothing on it is for this station, a stranger filled it, or a disk refuses.
    pub fn import_from_courier(&mut self, stick: &Path) -> Result<CourierImported, Problem> {
        self.permit(Operation::Store, Subject::Packets)?;
        let outbox = self.outbox().ok_or_else(|| Problem::new(Code::DiskRefused).with("file", "outbox"))?;
        let admission = Admission::read(self.folder(), &outbox)?;
        let trust = admission.ok_or_else(|| Problem::new(Code::NotAdmitted))?.trust;
        let mut messages = Vec::new();
        let found = courier::import(stick, self.station_id(), &trust, &mut |message| {
            messages.push(message.to_vec());
        });
        let found = found.map_err(problem_of)?;
        let (all, bundle) = (messages.len(), found.bundle);
        let (taken, is_renewed) = self.with_dispatch(move |dispatch| {
            let is_renewed = match bundle {
                Some(bytes) => dispatch.take_renewed(&bytes)?,
                None => false,
            };
            Ok((dispatch.import(&messages, Way::Disk)?, is_renewed))
        })?;
        self.note(AuditEvent::ReceiptsImported, json!({"disk": name(stick), "count": taken}))?;
        self.take_over_delivery()?;
        Ok(CourierImported {
            office: found.from,
            taken: count(taken),
            refused: count(all - taken),
            is_renewed,
            spoilt: found.spoilt.into_iter().map(|(name, _)| name).collect(),
        })
    }
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The last part of the stick's name: enough to know it again, and nothing about the computer.
fn name(stick: &Path) -> String {
    stick.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn problem_of(error: CourierError) -> Problem {
    match error {
        CourierError::Full { needed, .. } => {
            Problem::new(Code::CourierFull).with("needed", needed.div_ceil(1_000_000))
        }
        CourierError::NotKept { name } => Problem::new(Code::CourierNotKept).with("name", name),
        CourierError::Nothing => Problem::new(Code::CourierNothing),
        CourierError::Stranger { from, .. } => Problem::new(Code::CourierStranger).with("office", from),
        CourierError::Elsewhere { to } => Problem::new(Code::CourierElsewhere).with("station", to),
        CourierError::List(_) => Problem::new(Code::CourierDamaged),
        CourierError::Signer(_) => Problem::new(Code::SignInFirst),
        CourierError::Source { error, .. } => Problem::of_disk("read", "packets", &error),
        CourierError::Disk { operation, .. } => {
            Problem::new(Code::CourierRefused).with("operation", operation)
        }
    }
}
