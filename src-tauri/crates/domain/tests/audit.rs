//! The audit catalogue: everything made from `data/audit-event.toml` is committed, and this finds it stale.
//!
//! `REKAM_BLESS=1` writes `src/audit/event.rs`, the texts under `audit.` and `AUDIT_EVENTS.md`.

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fmt::Write as _;
    use std::path::PathBuf;

    use rekam_domain::audit::{AuditSubject, Field, Severity};

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Catalogue {
        event: Vec<Event>,
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Event {
        id: String,
        severity: Severity,
        subject: AuditSubject,
        fields: Vec<String>,
        text_id: String,
        text_en: String,
        since: String,
    }

    impl Event {
        fn variant(&self) -> String {
            let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
            self.id.split('_').map(capital).collect()
        }
    }

    fn at(path: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
    }

    fn catalogue() -> Catalogue {
        toml::from_str(&std::fs::read_to_string(at("data/audit-event.toml")).unwrap()).unwrap()
    }

    fn hold(path: &str, text: &str) {
        if std::env::var_os("REKAM_BLESS").is_some() {
            std::fs::write(at(path), text).unwrap();
        }
        let committed = std::fs::read_to_string(at(path)).unwrap_or_default();
        assert!(committed == text, "{path} is stale: REKAM_BLESS=1 cargo test -p rekam-domain --test audit");
    }

    fn placeholders(text: &str) -> BTreeSet<String> {
        text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect()
    }

    #[test]
    fn events_carry_only_allowed_fields_and_say_the_same_in_both_languages() {
        let allowed: BTreeSet<_> = Field::ALL.iter().map(|field| field.word()).collect();
        let mut ids = BTreeSet::new();
        let mut used = BTreeSet::new();
        for event in catalogue().event {
            assert!(ids.insert(event.id.clone()), "{} stands twice", event.id);
            let fields: BTreeSet<_> = event.fields.iter().cloned().collect();
            assert_eq!(fields.len(), event.fields.len(), "{} names a field twice", event.id);
            for field in &fields {
                assert!(allowed.contains(field.as_str()), "{}: {field} may carry a person", event.id);
            }
            assert_eq!(placeholders(&event.text_id), placeholders(&event.text_en), "{}", event.id);
            assert!(
                placeholders(&event.text_id).is_subset(&fields),
                "{} says more than it records",
                event.id
            );
            used.extend(fields);
        }
        assert_eq!(used, allowed.iter().map(|word| (*word).to_owned()).collect(), "a field nobody uses");
    }

    #[test]
    fn enum_is_fresh() {
        let events = catalogue().event;
        let mut code = String::from(
            "//! The audit events. Generated from `data/audit-event.toml` by `tests/audit.rs`: do not edit.\n\n\
             use super::AuditSubject as S;\nuse super::Field as F;\nuse super::{Entry, Severity as W};\n\n\
             crate::word::words! {\n    /// An event the station writes into its audit.\n    pub enum AuditEvent {\n",
        );
        for event in &events {
            let _ = writeln!(code, "        /// {}.", event.text_en);
            let _ = writeln!(code, "        {} => \"{}\",", event.variant(), event.id);
        }
        code.push_str("    }\n}\n\nimpl AuditEvent {\n    /// What the catalogue says about it.\n");
        code.push_str("    #[must_use]\n    #[rustfmt::skip]\n    pub const fn entry(self) -> Entry {\n");
        code.push_str("        match self {\n");
        for event in &events {
            let fields: Vec<_> = event
                .fields
                .iter()
                .filter_map(|word| Field::from_word(word))
                .map(|field| format!("F::{field:?}"))
                .collect();
            let _ = writeln!(
                code,
                "            Self::{} => Entry {{ severity: W::{:?}, subject: S::{:?}, fields: &[{}], since: \"{}\" }},",
                event.variant(),
                event.severity,
                event.subject,
                fields.join(", "),
                event.since
            );
        }
        code.push_str("        }\n    }\n}\n");
        hold("src/audit/event.rs", &code);
    }

    #[test]
    fn texts_are_fresh() {
        for (path, indonesian) in [("text/id.json", true), ("text/en.json", false)] {
            let mut texts: BTreeMap<String, String> =
                serde_json::from_str(&std::fs::read_to_string(at(path)).unwrap()).unwrap();
            texts.retain(|key, _| !key.starts_with("audit."));
            for event in catalogue().event {
                let text = if indonesian { event.text_id } else { event.text_en };
                texts.insert(format!("audit.{}", event.id), text);
            }
            hold(path, &(serde_json::to_string_pretty(&texts).unwrap() + "\n"));
        }
    }

    #[test]
    fn list_for_the_auditor_is_fresh() {
        let mut page = String::from(
            "# Daftar kejadian audit\n\nHalaman ini dibuat dari `data/audit-event.toml`. Setiap kejadian dicatat \
             bersama nomor urut, waktu, dan id stasiun.\nTidak ada NIK, nama, foto, atau sidik jari di dalamnya. \
             `protected` adalah rujukan ke simpanan terlindung\nyang hanya dapat dibuka dengan hak tersendiri. \
             `reason` selalu kata dari daftar tertutup.\n\n\
             Tingkat: info = pekerjaan harian · notice = patut dibaca · warning = perlu penjelasan · \
             alarm = perlu tindakan.\n",
        );
        for subject in AuditSubject::ALL {
            let _ = writeln!(page, "\n## {}\n", subject.word());
            page.push_str("| Kejadian | Tingkat | Kalimat | Yang dicatat | Sejak |\n|---|---|---|---|---|\n");
            for event in catalogue().event.iter().filter(|event| event.subject == *subject) {
                let _ = writeln!(
                    page,
                    "| `{}` | {} | {} | {} | {} |",
                    event.id,
                    event.severity.word(),
                    event.text_id,
                    event.fields.join(", "),
                    event.since
                );
            }
        }
        hold("AUDIT_EVENTS.md", &page);
    }
}
