//! Taking over a version of the office's profile.

use rekam_domain::audit::AuditEvent;
use rekam_domain::master_data::MasterDataKind;
use rekam_domain::permission::{Operation, Subject};
use rekam_domain::profile::Profile;
use rekam_store::{NewAudit, PROFILE_BYTES_MAX, ProfileVersionRow};
use serde_json::json;

use super::{Given, GivenFile, MasterChange, MasterError, MasterReport, SourceSaid, end_of_day_ms};
use crate::station::Station;

impl Station {
    /// Takes over a version of the profile, or tells what that would change. Cases keep the version they were opened
    /// with; new ones get this one from the first sign-in on its first day.
    ///
    /// # Errors
    /// Not permitted, the profile cannot be used or is not newer, or the disk refuses; nothing was changed.
    pub fn import_profile(&mut self, given: &Given<'_>) -> Result<MasterReport, MasterError> {
        self.permit(Operation::Enter, Subject::Profile)?;
        let file = GivenFile::read(given, PROFILE_BYTES_MAX as u64)?;
        let name = given.file.file_name().unwrap_or_default().to_string_lossy();
        let profile = Profile::read(&name, &file.text)
            .map_err(|problems| MasterError::ProfileUnusable(problems.into_iter().next().map(Box::new)))?;
        let identity = &profile.identity;
        // A profile that says nothing else was made at the latest when it began to hold.
        let begun = SourceSaid { made_on: Some(identity.valid_from), ..SourceSaid::default() };
        let source = file.said.clone().or(begun).source(MasterDataKind::Profile);
        let source = source.ok_or(MasterError::DateMissing)?;
        let present = &self.profile().identity.id;
        if *present != identity.id {
            let (present, given) = (present.clone(), identity.id.clone());
            return Err(MasterError::OtherProfile { present, given });
        }
        let rows = self.store()?.read(|reading| reading.list_profile_versions())?;
        let is_known = rows.iter().any(|row| row.version == identity.version && row.text == file.text);
        let highest = rows.iter().filter(|row| row.profile == identity.id).map(|row| row.version).max();
        let highest = highest.unwrap_or_default().max(self.profile().identity.version);
        if !is_known && identity.version <= highest {
            return Err(MasterError::VersionNotHigher { present: highest, given: identity.version });
        }
        let mut report = MasterReport {
            change: MasterChange::Profile {
                profile: identity.id.clone(),
                from: highest,
                to: identity.version,
                valid_from: identity.valid_from.to_string(),
            },
            hash: file.hash.hex(),
            refused: Vec::new(),
            is_known,
            is_imported: false,
            source,
        };
        if !given.dry_run && !is_known {
            self.keep_profile(&profile, file, &report)?;
            report.is_imported = true;
            self.use_master_data()?;
        }
        Ok(report)
    }

    fn keep_profile(
        &mut self,
        profile: &Profile,
        file: GivenFile,
        report: &MasterReport,
    ) -> Result<(), MasterError> {
        let (identity, source) = (&profile.identity, &report.source);
        let now = self.now();
        let row = ProfileVersionRow {
            profile: identity.id.clone(),
            version: identity.version,
            text: file.text,
            hash: file.hash,
            source: source.label.clone(),
            made_on: source.made_on.to_string(),
            imported_ms: now,
            valid_until_ms: end_of_day_ms(source.valid_until),
        };
        self.promise(|station, writing| {
            writing.insert_profile_version(&row)?;
            writing.append_audit(&NewAudit {
                event: AuditEvent::ProfileImported.word(),
                actor: station.signed_in()?.0,
                subject: "",
                fields: &json!({"profile": row.profile, "version": row.version, "hash": row.hash.hex()}),
                wall_ms: now,
            })?;
            Ok(())
        })?;
        Ok(())
    }
}
