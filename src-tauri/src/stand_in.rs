//! A stand-in for the station of the core, with the signatures the window is built on.

use std::path::PathBuf;
use rekam_core::problem::{Code, Problem};
use rekam_core::view::*;

pub(crate) struct Station { who: Option<String>, tries: u8, at: String }

fn s(t: &str) -> String { t.to_owned() }
fn station() -> StationView { StationView { id: s("KRC-01"), is_demonstration: true, trust: s("software"), version: s(env!("CARGO_PKG_VERSION")), free_disk_mb: 75_310 } }
fn office() -> OfficeView { OfficeView { name: s("Kecamatan Karawaci"), kind: s("kecamatan"), region_code: s("36.71.09") } }
fn now() -> OfficeTimeView {
    let ms = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_millis() as u64);
    let zoned = jiff_less(ms / 1000 + 7 * 3600);
    OfficeTimeView { date: zoned.0, weekday: zoned.1, time: zoned.2, zone: s("WIB"), unix_ms: ms as f64, offset_minutes: 420 }
}
fn jiff_less(secs: u64) -> (String, u8, String) {
    let days = (secs / 86400) as i64; let z = days + 719468; let era = z / 146097; let doe = z - era * 146097;
    let yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365; let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153; let d = doy - (153 * mp + 2) / 5 + 1; let m = if mp < 10 { mp + 3 } else { mp - 9 };
    let y = yoe + era * 400 + i64::from(m <= 2);
    (format!("{y:04}-{m:02}-{d:02}"), ((days + 3) % 7 + 1) as u8, format!("{:02}:{:02}", secs / 3600 % 24, secs / 60 % 60))
}
fn problem(code: Code, values: &[(&str, &str)]) -> Problem { Problem { code, values: values.iter().map(|(a, b)| (s(a), s(b))).collect() } }

impl Station {
    pub(crate) fn open_or_demonstrate(folder: Option<PathBuf>) -> Result<Station, Problem> {
        if let Some(f) = folder && !f.is_dir() { return Err(problem(Code::FolderUnusable, &[("folder", &f.to_string_lossy())])); }
        Ok(Station { who: None, tries: 5, at: s("") })
    }
    pub(crate) fn welcome(&self) -> WelcomeView {
        let a = |id: &str, r: &[&str]| DemonstrationAccountView { account: s(id), roles: r.iter().map(|x| s(x)).collect(), passphrase: format!("{id} kopi sawah pagi") };
        WelcomeView { station: station(), office: office(), accounts: ["sari", "bagus", "lestari"].map(s).to_vec(),
            demonstration: vec![a("sari", &["FrontDesk", "CaptureOperator"]), a("bagus", &["GovernmentSectionHead"]), a("lestari", &["Supervisor"])], now: now() }
    }
    pub(crate) fn sign_in(&mut self, request: SignInRequest) -> Result<HomeView, Problem> {
        if request.secret != format!("{} kopi sawah pagi", request.account) {
            self.tries = self.tries.saturating_sub(1);
            if self.tries == 2 { self.tries = 5; return Err(problem(Code::WaitBeforeNextTry, &[("seconds", "30")])); }
            return Err(problem(Code::WrongSecret, &[("tries_left", &self.tries.to_string())]));
        }
        self.who = Some(request.account); self.at = now().time; self.home()
    }
    pub(crate) fn home(&self) -> Result<HomeView, Problem> {
        let Some(who) = &self.who else { return Err(problem(Code::SignInFirst, &[])) };
        let st = |no: &str, name: &str, role: &str, m: u32, mine: bool| StepView { no: s(no), name: s(name), role: s(role), minutes: Some(m), is_mine: mine };
        Ok(HomeView { station: station(), office: office(), now: now(), signed_in_at: self.at.clone(),
            person: PersonView { account: who.clone(), name: s("Sari Wulandari"), roles: vec![s("FrontDesk"), s("CaptureOperator")], decree: s("800/112/2026"), decree_expires: s("2026-12-11"), decree_days_left: 21 },
            profile: ProfileView { id: s("karawaci-dafduk-01"), version: 1, title: s("Perekaman KTP-el di kecamatan (DAFDUK-01)"), valid_from: s("2026-01-02"), stated_minutes_total: Some(90), steps: vec![
                st("1", "Pemohon mengajukan permohonan dan menyerahkan fotokopi Kartu Keluarga", "Applicant", 10, false),
                st("2", "Menerima dan memeriksa kelengkapan berkas", "FrontDesk", 10, true),
                st("3", "Merekam foto, sidik jari, iris mata, dan tanda tangan", "CaptureOperator", 30, true),
                st("4", "Memeriksa surat keterangan dan membubuhkan paraf", "GovernmentSectionHead", 15, false),
                st("5", "Menandatangani surat keterangan", "DistrictHead", 15, false),
                st("6", "Menyerahkan surat keterangan kepada pemohon", "FrontDesk", 10, true)] } })
    }
    pub(crate) fn lock(&mut self) { self.who = None; }
    pub(crate) fn check_nik(&self, request: NikRequest) -> NikView {
        let t = |l: &str, v: &str| TellView { label: s(l), value: s(v) };
        let f = |g: &str, c: &str| FindingView { grade: s(g), code: s(c), values: [].into() };
        let mut findings = vec![];
        if request.nik.get(8..10) == Some("13") { findings.push(f("error", "nik_month")); }
        if request.born.len() > 1 { findings.push(f("warning", "nik_birth_date_differs")); let mut e = f("information", "nik_region_elsewhere"); e.values.insert(s("region"), s("32.73.01")); findings.push(e); }
        NikView { reading: s(if request.nik.len() == 16 { "valid" } else { "unreadable" }), tells: vec![t("window.tell.region", "Karawaci, Kota Tangerang, Banten"), t("window.tell.sex", "Laki-laki"), t("window.tell.birth_date", "15-08-..06")], findings }
    }
}
