//! Taking over a version of the office's profile.

use rekam_domain::audit::AuditEvent;
use rekam_domain::master_data::MasterDataKind;
use rekam_domain::permission::{Operation, Subject};
use rekam_domain::profile::Profile;
use rekam_store::{NewAudit, PROFILE_BYTES_MAX, ProfileVersionRow, Writing};
use serde_json::json;

use super::{Given, GivenFile, MasterChange, MasterError, MasterReport, SourceSaid, end_of_day_ms};
use crate::problem::Problem;
use crate::station::Station;

/// A version that was given, beside those there are.
pub(crate) struct GivenVersion {
    /// The version.
    pub(crate) profile: Profile,
    /// The highest version there is.
    pub(crate) highest: u32,
    /// This version is there already, to the letter.
    pub(crate) is_known: bool,
}

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
        let GivenVersion { profile, highest, is_known } = self.judge_profile(&name, &file.text)?;
        let identity = &profile.identity;
        // A profile that says nothing else was made at the latest when it began to hold.
        let begun = SourceSaid { made_on: Some(identity.valid_from), ..SourceSaid::default() };
        let source = file.said.clone().or(begun).source(MasterDataKind::Profile);
        let source = source.ok_or(MasterError::DateMissing)?;
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

    /// Reads a version and holds it against those there are.
    pub(crate) fn judge_profile(&self, name: &str, text: &str) -> Result<GivenVersion, MasterError> {
        let profile = Profile::read(name, text)
            .map_err(|problems| MasterError::ProfileUnusable(problems.into_iter().next().map(Box::new)))?;
        let identity = &profile.identity;
        let present = &self.profile().identity.id;
        if *present != identity.id {
            let (present, given) = (present.clone(), identity.id.clone());
            return Err(MasterError::OtherProfile { present, given });
        }
        let rows = self.store()?.read(|reading| reading.list_profile_versions())?;
        let is_known = rows.iter().any(|row| row.version == identity.version && row.text == text);
        let highest = rows.iter().filter(|row| row.profile == identity.id).map(|row| row.version).max();
        let highest = highest.unwrap_or_default().max(self.profile().identity.version);
        Ok(GivenVersion { profile, highest, is_known })
    }

    /// Keeps a version, with its entry in the audit.
    pub(crate) fn keep_version(
        &self,
        writing: &mut Writing<'_>,
        row: &ProfileVersionRow,
    ) -> Result<(), Problem> {
        writing.insert_profile_version(row)?;
        writing.append_audit(&NewAudit {
            event: AuditEvent::ProfileImported.word(),
            actor: self.signed_in()?.0,
            subject: "",
            fields: &json!({"profile": row.profile, "version": row.version, "hash": row.hash.hex()}),
            wall_ms: row.imported_ms,
        })?;
        Ok(())
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
        self.promise(|station, writing| station.keep_version(writing, &row))?;
        Ok(())
    }
}
