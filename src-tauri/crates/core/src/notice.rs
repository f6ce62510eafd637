//! Signed notices that follow a packet: its withdrawal, and an approval that was still missing when it was sealed.

use rekam_domain::approval::Decides;
use rekam_domain::audit::AuditEvent;
use rekam_domain::case::Case;
use rekam_domain::packet::PacketState;
use rekam_domain::role::Role;
use rekam_domain::withdrawal::WithdrawalReason;
use rekam_packet::notice::{LateApproval, Withdrawal, WithdrawalNotice};
use rekam_packet::{Digest, PersonRef, VERSION};
use rekam_store::outbox::NoticeRow;
use rekam_store::{PacketNoticeRow, PacketRow, StoreError, Uuid, Writing};
use rekam_sync::Kind;
use serde_json::json;

use crate::problem::{Code, Problem};
use crate::sealing::{PersonSigner, StationSigner, packet_id, public};
use crate::station::Station;

/// Notices put into the outbox in one go after a start.
const SETTLED_MAX: u32 = 10_000;
/// As many operators as a notice names.
const OPERATORS_MAX: usize = 16;
/// The kind of a notice that withdraws.
pub(crate) const WITHDRAWAL: &str = "withdrawal";
/// The kind of a notice that approves.
pub(crate) const APPROVAL: &str = "approval";

impl Station {
    /// Puts signed notices into the outbox; one that a power cut left between the two databases is taken up by the next
    /// sign-in.
    pub(crate) fn settle_notices(&mut self) -> Result<(), Problem> {
        let waiting = self.store()?.read(|reading| reading.list_notices(PacketState::Sealed, SETTLED_MAX))?;
        if waiting.is_empty() {
            return Ok(());
        }
        let outbox = self.outbox().ok_or_else(|| Problem::new(Code::DiskRefused).with("file", "outbox"))?;
        for notice in &waiting {
            match outbox.read(|reading| reading.get_notice(notice.id)) {
                Ok(_) => {}
                Err(StoreError::NotFound { .. }) => {
                    let kind = if notice.kind == APPROVAL {
                        Kind::Approval { of: notice.packet }
                    } else {
                        Kind::Notice
                    };
                    let (id, bytes, made_ms) = (notice.id, notice.bytes.clone(), notice.made_ms);
                    outbox.write(|writing| writing.insert_notice(&NoticeRow { id, kind, bytes, made_ms }))?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        self.wake_delivery();
        // The outbox counts them as changes, so the station learns of it as of everything else there.
        self.take_arrivals().map(|_| ())
    }

    /// The withdrawal of a packet, signed by whoever is signed in and by the station.
    pub(crate) fn sign_withdrawal(
        &self,
        case: &Case,
        packet: &PacketRow,
        reason: WithdrawalReason,
    ) -> Result<Vec<u8>, Problem> {
        let notice = WithdrawalNotice {
            version: VERSION,
            packet_id: packet_id(packet.id)?,
            manifest: self.manifest_of(packet.id)?,
            station: self.station_id().to_owned(),
            reason: reason.word().to_owned(),
            operators: case
                .operators()
                .iter()
                .map(|person| person.as_str().to_owned())
                .take(OPERATORS_MAX)
                .collect(),
            approver: self.decider()?,
            role: self.role_for(Decides::Withdrawal)?,
            at_ms: self.now(),
        };
        let (person, station) = (PersonSigner(self.person()?), StationSigner(self.opened()?));
        Withdrawal::sign(&notice, &person, &station).map_err(|_| Problem::new(Code::SignInFirst))
    }

    /// An approval that follows its packet, with the station's signature around it.
    pub(crate) fn send_approval(
        &self,
        writing: &mut Writing<'_>,
        packet: &PacketRow,
        approval: Vec<u8>,
    ) -> Result<(), Problem> {
        let signed = LateApproval::sign(approval, &StationSigner(self.opened()?))
            .map_err(|_| Problem::new(Code::SignInFirst))?;
        self.keep_notice(writing, packet, APPROVAL, signed)?;
        let (account, _) = self.signed_in()?;
        let case = packet.case.to_string();
        let fields =
            json!({"account": account, "target": "office", "case": case, "packet": packet.id.to_string()});
        self.audit(writing, AuditEvent::ApprovalAttached, packet.case, fields)
    }

    /// Keeps a signed notice until it is in the outbox; answers its name.
    pub(crate) fn keep_notice(
        &self,
        writing: &mut Writing<'_>,
        packet: &PacketRow,
        kind: &str,
        bytes: Vec<u8>,
    ) -> Result<Uuid, Problem> {
        let now = self.now();
        let id = self.fresh_id(now)?;
        writing.insert_notice(&PacketNoticeRow {
            id,
            case: packet.case,
            packet: packet.id,
            kind: kind.to_owned(),
            bytes,
            state: PacketState::Sealed,
            reason: String::new(),
            made_ms: now,
            changed_ms: now,
        })?;
        Ok(id)
    }

    /// The hash by which everybody speaks of a sealed packet.
    pub(crate) fn manifest_of(&self, packet: Uuid) -> Result<Digest, Problem> {
        let outbox = self.outbox().ok_or_else(|| Problem::new(Code::DiskRefused).with("file", "outbox"))?;
        match outbox.read(|reading| reading.get_packet(packet)) {
            Ok(known) => Ok(Digest::from_bytes(known.manifest_hash.0)),
            Err(StoreError::NotFound { .. }) => {
                Err(Problem::new(Code::FileDamaged).with("file", "outbox.db"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whoever is signed in, as a notice names them.
    pub(crate) fn decider(&self) -> Result<PersonRef, Problem> {
        let person = self.person()?;
        Ok(PersonRef {
            account: person.account().as_str().to_owned(),
            key: public(person.public_key()),
            trust: self.key_trust(),
        })
    }

    /// The role in which whoever is signed in decides.
    pub(crate) fn role_for(&self, decides: Decides) -> Result<Role, Problem> {
        let (_, roles) = self.signed_in()?;
        let role = decides.roles().iter().find(|role| roles.contains(role));
        role.copied().ok_or_else(|| Problem::new(Code::NotPermitted))
    }
}
