//! How an office takes a station in and lets it go, by the real programs of both ends.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::fs;
use std::path::PathBuf;

use rekam_packet::notice::{Bundle, Payload};
use rekam_packet::{SeedSigner, Signer};
use rekam_tests::program::{root, run};
use serde_json::Value;

const PROFILE: &str = "packaging/profiles/tapin-candilarasutara-2023.toml";
const STATION: &str = "630506-01";
const SECRETS: [(&str, &str); 2] =
    [("boss", "pagar besi pintu kayu"), ("operator", "lampu kuning meja panjang")];

/// An office and the stations it has to do with, each in a folder of its own.
struct Town(tempfile::TempDir);

impl Town {
    /// A station that was set up and handed its request to the office.
    fn with_station() -> Self {
        let town = Self(tempfile::tempdir().unwrap());
        for (file, secret) in SECRETS {
            fs::write(town.0.path().join(file), format!("{secret}\n")).unwrap();
        }
        town.found_office();
        town.set_up("station", STATION);
        town
    }

    /// Founded by the first command that may: serving begins, and is told to end at once.
    fn found_office(&self) {
        let first = rekam_receiver::office::First { name: Some("disdukcapil-contoh"), ..Default::default() };
        rekam_receiver::office::Office::open(&self.0.path().join("office"), &first).unwrap();
    }

    fn set_up(&self, folder: &str, id: &str) {
        self.rekam(&format!(
            "station init --station {id} --profile tapin-candilarasutara-2023 --account kepala --name Contoh \
             --role Supervisor --decree 800/1 --decree-expires 2090-12-31 --secret-file @boss \
             --recovery-file @{folder}.recovery --without-chip --data @{folder} --json"
        ))
        .unwrap();
        self.rekam(&format!("station request --data @{folder} --to @{folder}.request --json")).unwrap();
        self.office(&format!("station add @{folder}.request")).unwrap();
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// What a program says, or its complaint; `@name` stands for a file of this town.
    fn run(&self, program: &str, line: &str) -> Result<Value, String> {
        let words: Vec<String> = line
            .split_whitespace()
            .map(|word| {
                word.strip_prefix('@').map_or(word.to_owned(), |name| self.at(name).display().to_string())
            })
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let answer = run(program, &words).unwrap();
        if !answer.status.success() {
            return Err(String::from_utf8(answer.stderr).unwrap());
        }
        let told = String::from_utf8(answer.stdout).unwrap();
        Ok(serde_json::from_str(&told).unwrap_or(Value::String(told)))
    }

    fn rekam(&self, line: &str) -> Result<Value, String> {
        self.run("rekam", line)
    }

    fn office(&self, line: &str) -> Result<Value, String> {
        self.run("rekam-receiver", &format!("{line} --data @office --json"))
    }

    /// Makes a bundle and says the fingerprint, without its spaces.
    fn bundle(&self, id: &str, file: &str, more: &str) -> Result<String, String> {
        let made = self.office(&format!(
            "bundle make --station {id} --profile {PROFILE} --address https://127.0.0.1:1 --out @{file} {more}"
        ))?;
        Ok(made["fingerprint"].as_str().unwrap().replace(' ', ""))
    }

    fn admit(&self, what: &str) -> Result<Value, String> {
        self.rekam(&format!(
            "station admit {what} --data @station --account kepala --secret-file @boss --json"
        ))
    }

    fn read(&self, file: &str) -> Bundle {
        Bundle::read_self_signed(&fs::read(self.at(file)).unwrap()).unwrap()
    }

    /// The office's own key: for bundles that its program would not make.
    fn key(&self) -> SeedSigner {
        let seed = fs::read(self.at("office/keys/receipt.key")).unwrap();
        SeedSigner::from_seed(&seed.try_into().unwrap())
    }

    fn write(&self, file: &str, bundle: &Bundle, key: &SeedSigner) {
        fs::write(self.at(file), bundle.sign(key).unwrap()).unwrap();
    }
}

fn refused(told: Result<Value, String>, word: &str) {
    match told {
        Err(complaint) => assert!(complaint.contains(word), "{word}: {complaint}"),
        Ok(told) => panic!("{word} was expected: {told}"),
    }
}

#[test]
fn a_station_is_admitted_by_the_office_whose_fingerprint_was_compared() {
    let town = Town::with_station();
    let fingerprint = town.bundle(STATION, "one", "").unwrap();
    refused(town.admit("@one"), "--fingerprint");
    refused(town.admit("@one --fingerprint 00112233445566778899aabb"), "fingerprint_differs");
    let told = town.admit(&format!("@one --fingerprint {fingerprint}")).unwrap();
    assert_eq!((&told["admitted"], &told["is_known"]), (&Value::Bool(true), &Value::Bool(false)));
    assert_eq!(told["office"], "disdukcapil-contoh");
    assert_eq!(town.read("station/office.bundle").serial, 1);
    let status = town.rekam("status --data @station --account kepala --secret-file @boss --json").unwrap();
    let budget = status["budget"].as_array().unwrap();
    let admission = budget.iter().find(|line| line["kind"] == "admission").unwrap();
    assert!(admission["count"].as_i64().unwrap() >= 363, "{admission}");
    let verified = "audit verify --data @station --account kepala --secret-file @boss --json";
    assert_eq!(town.rekam(verified).unwrap()["intact"], true);
}

#[test]
fn what_is_not_for_this_station_now_is_refused_by_name() {
    let town = Town::with_station();
    town.set_up("other", "630506-02");
    let fingerprint = town.bundle(STATION, "one", "").unwrap();
    town.bundle("630506-02", "elsewhere", "").unwrap();
    let with = |file: &str| town.admit(&format!("@{file} --fingerprint {fingerprint}"));
    refused(with("elsewhere"), "bundle_elsewhere");

    let one = town.read("one");
    let other_line = Bundle { certificates: town.read("elsewhere").certificates, ..one.clone() };
    town.write("other-line", &other_line, &town.key());
    refused(with("other-line"), "bundle_elsewhere");
    let ran_out = Bundle { from_ms: one.from_ms - 1_000, until_ms: one.from_ms, ..one.clone() };
    town.write("ran-out", &ran_out, &town.key());
    refused(with("ran-out"), "bundle_expired");
    town.write("stranger", &one, &SeedSigner::from_seed(&[9; 32]));
    refused(with("stranger"), "bundle_refused");
    assert!(!town.at("station/office.bundle").exists(), "nothing was changed");
}

#[test]
fn a_newer_bundle_of_the_known_office_is_taken_without_comparing_and_announces_a_new_key() {
    let town = Town::with_station();
    let fingerprint = town.bundle(STATION, "one", "").unwrap();
    town.bundle(STATION, "two", "").unwrap();
    town.admit(&format!("@one --fingerprint {fingerprint}")).unwrap();
    assert_eq!(town.admit("@two").unwrap()["is_known"], true);
    refused(town.admit("@one"), "bundle_older");

    let next = SeedSigner::from_seed(&[9; 32]);
    let three = Bundle { serial: 3, ..town.read("two") };
    town.write("unannounced", &Bundle { office_keys: vec![next.public_key()], ..three.clone() }, &next);
    refused(town.admit("@unannounced"), "bundle_refused");
    let both = vec![town.key().public_key(), next.public_key()];
    town.write("announced", &Bundle { office_keys: both, ..three.clone() }, &town.key());
    town.admit("@announced").unwrap();
    let four = Bundle { serial: 4, office_keys: vec![next.public_key()], ..three };
    town.write("four", &four, &next);
    town.admit("@four").unwrap();

    town.office(&format!("courier export --station {STATION} --to @stick")).unwrap();
    refused(town.admit("--from-stick @stick"), "bundle_refused");
    refused(town.admit("--from-stick @office"), "stick_empty");
}

#[test]
fn a_bundle_comes_by_stick() {
    let town = Town::with_station();
    let fingerprint = town.bundle(STATION, "one", "").unwrap();
    town.office(&format!("courier export --station {STATION} --to @stick")).unwrap();
    town.admit(&format!("--from-stick @stick --fingerprint {fingerprint}")).unwrap();
}

#[test]
fn what_a_bundle_brings_has_its_effect() {
    let town = Town::with_station();
    town.rekam(
        "account add siti --account kepala --secret-file @boss --name Contoh --role FrontDesk,CaptureOperator \
         --decree 800/2 --decree-expires 2090-12-31 --new-secret-file @operator --data @station",
    )
    .unwrap();
    let text = fs::read_to_string(root().join(PROFILE)).unwrap();
    let newer: String = text.replacen("\nversion = 1\n", "\nversion = 2\n", 1);
    assert_ne!(text, newer);
    fs::write(town.at("newer.toml"), newer).unwrap();
    let make = |file: &str, more: &str| {
        let profile = town.at("newer.toml").display().to_string();
        let made = town.office(&format!(
            "bundle make --station {STATION} --profile {profile} --address https://127.0.0.1:1 --out @{file} {more}"
        ))?;
        Ok::<_, String>(made["fingerprint"].as_str().unwrap().replace(' ', ""))
    };
    let fingerprint = make("mistake", "--role siti:FrontDesk").unwrap();
    refused(town.admit(&format!("@mistake --fingerprint {fingerprint}")), "bundle_unusable");
    make("one", "--role kepala:Supervisor --role siti:FrontDesk --numbers letter:501:700").unwrap();
    let told = town.admit(&format!("@one --fingerprint {fingerprint}")).unwrap();
    assert_eq!(told["profile"], "tapin-candilarasutara-2023/2");
    assert_eq!(told["numbers"].as_array().unwrap().len(), 2, "a year's bundle holds in two years: {told}");

    let master = "master list --data @station --account kepala --secret-file @boss --json";
    let listed = town.rekam(master).unwrap();
    let kinds = |kind: &str| -> Vec<&Value> {
        listed.as_array().unwrap().iter().filter(|one| one["kind"] == kind).collect()
    };
    assert_eq!(
        kinds("number_block").iter().filter(|one| one["block"]["first"] == 501).count(),
        2,
        "{listed}"
    );
    assert!(kinds("profile").iter().any(|one| one["version"] == 2), "{listed}");

    let as_siti = "case list --data @station --account siti --secret-file @operator --json";
    town.rekam(as_siti).unwrap();
    make("two", "--role kepala:Supervisor --numbers letter:501:700").unwrap();
    assert_eq!(town.admit("@two").unwrap()["numbers"].as_array().unwrap().len(), 0, "they are here");
    refused(town.rekam(as_siti), "account_withdrawn");
    make("three", "").unwrap();
    town.admit("@three").unwrap();
    town.rekam(as_siti).unwrap();

    town.set_up("other", "630506-02");
    refused(town.bundle("630506-02", "shared", "--numbers letter:700:800").map(Value::from), STATION);
    town.bundle("630506-02", "apart", "--numbers letter:701:800").unwrap();
}
