//! What of the journal goes into the packet.

use std::collections::BTreeSet;
use std::fs::File;

use rekam_domain::approval::Decides;
use rekam_domain::case::{Case, CaseException};
use rekam_domain::exception::ExceptionCode;
use rekam_packet::{
    Approval, AuditLine, BIODATA_MEDIA_TYPE, Building, Digest, Exception, PacketId, Provenance, Quality,
    Recording, Role, Salt, VERSION,
};
use rekam_store::{ApprovalRow, CaseRow, StepRow, Uuid, Writing};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{packet_id, why};
use crate::journey::mark::EVIDENCE;
use crate::knowledge::kind;
use crate::problem::{Code, Problem};
use crate::sealing::PersonSigner;
use crate::station::Station;

/// What the salt of an exception is derived for; no other secret of the station is.
const SALT_PURPOSE: &[u8] = b"rekam/v1/exception-salt";
/// The kind under which approvals of exceptions are kept.
const EXCEPTION: &str = "exception";

/// A recording, with everything it is built from.
pub(super) struct Contents<'a, 'w> {
    pub(super) station: &'a Station,
    pub(super) writing: &'a Writing<'w>,
    pub(super) row: &'a CaseRow,
    pub(super) case: &'a Case,
    pub(super) steps: &'a [StepRow],
    pub(super) packet: Uuid,
    pub(super) supersedes: Option<PacketId>,
}

impl Contents<'_, '_> {
    /// The exceptions of this recording, not of one before it.
    pub(super) fn exceptions(&self) -> impl Iterator<Item = &CaseException> {
        self.case.current()
    }

    /// The steps of this recording that still count, each with its role in the packet.
    fn parts(&self) -> impl Iterator<Item = (&StepRow, Role)> {
        let begun = crate::knowledge::begun(self.steps);
        self.steps
            .iter()
            .filter(move |step| step.replaced_by.is_none() && step.image_hash.is_some())
            .filter_map(|step| Some((step, role(&step.kind)?)))
            // The papers of a person serve every recording of the case.
            .filter(move |(step, role)| *role == Role::Document || step.sequence > begun)
    }

    /// What the inner manifest says beside the parts.
    pub(super) fn recording(&self) -> Result<Recording, Problem> {
        let profile = self.station.profile_of(self.row.profile_version);
        let audit = self.writing.list_audit_of(&self.row.id.to_string())?;
        Ok(Recording {
            case: self.row.id.to_string(),
            modalities: profile.capture.modalities.clone(),
            exceptions: self
                .exceptions()
                .map(|exception| self.exception(exception))
                .collect::<Result<_, _>>()?,
            devices: Vec::new(),
            audit: audit
                .into_iter()
                .map(|line| AuditLine {
                    sequence: line.sequence.unsigned_abs(),
                    at_ms: line.wall_ms,
                    event: line.event,
                    account: line.actor,
                    hash: Digest::from_bytes(line.hash.0),
                })
                .collect(),
        })
    }

    /// Encrypts every part, one after the other.
    pub(super) fn add_to(&self, building: &mut Building<File>) -> Result<(), Problem> {
        let biodata = serde_json::to_vec(&self.row.biodata).map_err(|_| Problem::new(Code::OurMistake))?;
        let at = Provenance { captured_ms: self.row.opened_ms, ..Provenance::default() };
        building.add(Role::Biodata, BIODATA_MEDIA_TYPE, at, &mut biodata.as_slice()).map_err(why)?;
        for (step, role) in self.parts() {
            let image = self.writing.get_image(step.sequence)?;
            let image = image.ok_or_else(|| Problem::new(Code::FileDamaged).with("file", "station.db"))?;
            let provenance = provenance(step, role);
            building.add(role, image.media, provenance, &mut image.bytes.as_slice()).map_err(why)?;
        }
        Ok(())
    }

    fn exception(&self, exception: &CaseException) -> Result<Exception, Problem> {
        let (code, position) = (exception.note.code, exception.note.position);
        let kind = match code {
            ExceptionCode::IrisBlind | ExceptionCode::IrisMissing | ExceptionCode::IrisUncooperative => {
                kind::IRIS
            }
            ExceptionCode::SigUnable => kind::SIGNATURE,
            ExceptionCode::FaceLying | ExceptionCode::FaceCoverReligious | ExceptionCode::FaceMedical => {
                kind::PHOTO
            }
            ExceptionCode::VerifyIndexFailed => kind::INDEX,
            ExceptionCode::FpMissing
            | ExceptionCode::FpBandaged
            | ExceptionCode::FpDeformed
            | ExceptionCode::FpWorn
            | ExceptionCode::FpPartial => kind::FINGER,
        };
        let slot = if position == 0 { String::new() } else { position.to_string() };
        let tries = self.steps.iter().filter(|step| step.kind == kind && step.slot == slot).count();
        Ok(Exception {
            salt: self.salt(code, position)?,
            code,
            position: position.into(),
            tries: u32::try_from(tries).unwrap_or(u32::MAX),
        })
    }

    /// Chance that only this station knows and always knows again: the approver signs it, and the packet holds it.
    fn salt(&self, code: ExceptionCode, position: u8) -> Result<Salt, Problem> {
        let secret = self.station.opened()?.database_key();
        let hash = Sha256::new()
            .chain_update(SALT_PURPOSE)
            .chain_update(secret)
            .chain_update(self.packet.as_bytes())
            .chain_update(code.word())
            .chain_update([0, position])
            .finalize();
        let mut salt = [0; 16];
        salt.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Ok(Salt::from_bytes(salt))
    }

    /// The word of whoever is signed in to these exceptions.
    pub(super) fn approval(
        &self,
        approved: &BTreeSet<(ExceptionCode, u8)>,
        manifest: Option<Digest>,
    ) -> Result<Vec<u8>, Problem> {
        let chosen = self
            .exceptions()
            .filter(|exception| approved.contains(&(exception.note.code, exception.note.position)))
            .map(|exception| Ok(self.exception(exception)?.commitment()))
            .collect::<Result<Vec<_>, Problem>>()?;
        let approval = Approval {
            version: VERSION,
            packet_id: packet_id(self.packet)?,
            manifest,
            exceptions: chosen,
            approver: self.station.decider()?,
            role: self.station.role_for(Decides::Exception)?,
            at_ms: self.station.now(),
        };
        approval.sign(&PersonSigner(self.station.person()?)).map_err(|_| Problem::new(Code::SignInFirst))
    }

    /// How an approval is kept.
    pub(super) fn approval_row(&self, signed: Vec<u8>) -> ApprovalRow {
        ApprovalRow {
            id: 0,
            case: self.row.id,
            step: None,
            kind: EXCEPTION.to_owned(),
            decision: "approved".to_owned(),
            approver: self.row.operator.clone(),
            record: json!({"packet": self.packet.to_string()}),
            signature: signed,
            wall_ms: self.station.now(),
        }
    }

    /// Every approval that was signed for this packet.
    pub(super) fn approvals(&self) -> Result<Vec<Vec<u8>>, Problem> {
        let packet = self.packet.to_string();
        let kept = self.writing.list_approvals(self.row.id)?;
        let ours = kept.into_iter().filter(|row| {
            row.kind == EXCEPTION
                && row.record.get("packet").and_then(|named| named.as_str()) == Some(&packet)
        });
        Ok(ours.map(|row| row.signature).collect())
    }
}

/// Which part of a packet a kind of step is; most kinds are none.
fn role(step_kind: &str) -> Option<Role> {
    match step_kind {
        kind::PHOTO => Some(Role::Photo),
        kind::SIGNATURE => Some(Role::Signature),
        kind::TRUTH => Some(Role::Truth),
        kind::FINGER => Some(Role::Finger),
        kind::IRIS => Some(Role::Iris),
        kind::DOCUMENT => Some(Role::Document),
        EVIDENCE => Some(Role::Evidence),
        _ => None,
    }
}

fn provenance(step: &StepRow, role: Role) -> Provenance {
    let (document, position) = if role == Role::Document {
        step.slot.rsplit_once('.').unwrap_or((&step.slot, "1"))
    } else {
        ("", step.slot.as_str())
    };
    let score = step.body.get("score").and_then(serde_json::Value::as_i64);
    let algorithm = step.body.get("algorithm").and_then(serde_json::Value::as_str);
    Provenance {
        position: position.parse().unwrap_or(0),
        document: document.to_owned(),
        captured_ms: step.wall_ms,
        device: None,
        proof: Vec::new(),
        quality: score
            .zip(algorithm)
            .map(|(score, algorithm)| Quality { algorithm: algorithm.to_owned(), milli: score * 1_000 })
            .into_iter()
            .collect(),
    }
}
