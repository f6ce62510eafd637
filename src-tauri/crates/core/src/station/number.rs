//! A NIK that somebody reads out at the desk.

use rekam_domain::finding::Grade;
use rekam_domain::nik::{Header, NikReading, NumberContext, check_row};
use rekam_domain::region::RegionCode;

use super::Station;
use crate::problem::{Code, Problem};
use crate::view::{FindingView, NikRequest, NikView, TellView};

/// Longest text taken from a field of the screen; a number and a date need far less.
const FIELD_BYTES_MAX: usize = 256;

impl Station {
    /// Checks a NIK somebody reads out at the desk.
    ///
    /// # Errors
    /// Nobody is signed in, or a field is longer than any number or date.
    pub fn check_nik(&self, request: &NikRequest) -> Result<NikView, Problem> {
        self.session()?;
        let fields = [request.nik.as_str(), request.born.as_str(), request.sex.as_str()];
        if fields.iter().any(|field| field.len() > FIELD_BYTES_MAX) {
            return Err(Problem::new(Code::InputRefused));
        }
        let header = Header::read(&["nik", "born", "sex"]).map_err(|_| Problem::new(Code::OurMistake))?;
        let context = NumberContext {
            regions: &self.regions,
            station: RegionCode::parse(&self.profile.office.region_code),
            today: self.today(),
        };
        let line = check_row(&fields, &header, &context);
        let mut findings = line.findings;
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.grade));
        let mut tells = Vec::new();
        if let Some(told) = &line.explanation {
            let place = if told.region_names.is_empty() {
                told.region.to_string()
            } else {
                format!("{} ({})", told.region, told.region_names.join(", "))
            };
            tells.push(TellView::value("nik_tells.region", place));
            if let Some(date) = told.birth_date {
                tells.push(TellView::value("nik_tells.born", date.strftime("%d-%m-%Y").to_string()));
            }
            if let Some(sex) = told.sex {
                tells.push(TellView::key("nik_tells.sex", format!("sex.{}", sex.word())));
            }
            tells.push(TellView::value("nik_tells.serial", format!("{:04}", told.serial)));
        }
        Ok(NikView {
            reading: match line.reading {
                NikReading::Valid(_) => "nik",
                NikReading::Temporary => "temporary",
                NikReading::Unreadable => "unreadable",
            }
            .to_owned(),
            tells,
            findings: findings
                .into_iter()
                .map(|finding| FindingView {
                    grade: match finding.grade {
                        Grade::Error => "error",
                        Grade::Warning => "warning",
                        Grade::Information => "information",
                    }
                    .to_owned(),
                    code: finding.code.to_owned(),
                    values: finding
                        .values
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect(),
                })
                .collect(),
        })
    }
}
