//! What the digits of a NIK tell, in words.

use jiff::civil::Date;

use super::CenturyChoice;
use crate::biodata::Sex;
use crate::iso_date;
use crate::redact::redacted;
use crate::region::{RegionCode, RegionKnowledge, RegionLevel, RegionReading};
use crate::text::{Language, text};

/// What the digits of a NIK tell.
#[derive(Clone, PartialEq, Eq)]
pub struct NikExplanation {
    /// The region prefix.
    pub region: RegionCode,
    /// Names of the regions as far as the table knows them, province first.
    pub region_names: Vec<String>,
    /// Where the table ends, if it ends above the prefix.
    pub region_reaches: Option<RegionLevel>,
    /// The sex, unless the day is wrong.
    pub sex: Option<Sex>,
    /// The birth date, unless it is wrong.
    pub birth_date: Option<Date>,
    /// How the century was chosen.
    pub century: Option<CenturyChoice>,
    /// The serial.
    pub serial: u32,
}

redacted!(NikExplanation);

impl NikExplanation {
    pub(super) fn new(
        region: &RegionReading<'_>,
        sex: Option<Sex>,
        date: Option<(Date, CenturyChoice)>,
        serial: u32,
    ) -> Self {
        Self {
            region: region.code,
            region_names: region.names.iter().map(|region| region.name.to_owned()).collect(),
            region_reaches: match region.knowledge {
                RegionKnowledge::NotCovered { reaches } => Some(reaches),
                RegionKnowledge::Current | RegionKnowledge::Historical { .. } | RegionKnowledge::Unknown => {
                    None
                }
            },
            sex,
            birth_date: date.map(|(date, _)| date),
            century: date.map(|(_, choice)| choice),
            serial,
        }
    }

    /// The explanation as short sentences for the screen.
    #[must_use]
    pub fn sentences(&self, language: Language) -> Vec<String> {
        let say =
            |key: &str, values: &[(&str, &str)]| text(language, &format!("nik_explanation.{key}"), values);
        let region = self.region.to_string();
        let mut sentences = Vec::new();
        if self.region_names.is_empty() {
            sentences.push(say("region_unnamed", &[("region", &region)]));
        } else {
            let names = self.region_names.join(", ");
            sentences.push(say("region", &[("region", &region), ("names", &names)]));
        }
        if let Some(reaches) = self.region_reaches {
            let level = text(language, &format!("region_level.{}", reaches.word()), &[]);
            sentences.push(say("region_reaches", &[("level", &level)]));
        }
        if let Some(sex) = self.sex {
            let sex = text(language, &format!("sex.{}", sex.word()), &[]);
            sentences.push(say("sex", &[("sex", &sex)]));
        }
        if let (Some(date), Some(century)) = (self.birth_date, self.century) {
            let key = match century {
                CenturyChoice::FromBiodata => "birth_date_from_biodata",
                CenturyChoice::LatestPast => "birth_date_latest_past",
            };
            sentences.push(say(key, &[("date", &iso_date::paper(date))]));
        }
        sentences.push(say("serial", &[("serial", &format!("{:04}", self.serial))]));
        sentences
    }
}
