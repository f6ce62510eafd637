//! The people of a real station, from outside: set up, let in, forgotten, reset, closed, recovered.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in the functions it shares")]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rekam_tests::program::rekam;
use serde_json::Value;

const BOSS: &str = "pagar besi pintu kayu";
const OPERATOR: &str = "lampu kuning meja panjang";
const NEW: &str = "gelas retak air tumpah";

struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    /// A folder with the secrets of everybody in files, and no station yet.
    fn empty() -> Self {
        let office = Self { folder: tempfile::tempdir().unwrap() };
        for (file, secret) in
            [("boss", BOSS), ("operator", OPERATOR), ("new", NEW), ("wrong", "bukan yang benar")]
        {
            fs::write(office.at(file), format!("{secret}\n")).unwrap();
        }
        office
    }

    fn set_up() -> Self {
        let office = Self::empty();
        office.done(&office.init("Supervisor", "key"));
        office
    }

    fn at(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn init(&self, role: &str, key: &str) -> String {
        format!(
            "station init --station 630506-01 --profile tapin-candilarasutara-2023 --account kepala \
             --name Contoh --role {role} --decree 800/1 --decree-expires 2090-12-31 --secret-file @boss \
             --recovery-file @{key} --without-chip --json"
        )
    }

    /// Runs a command on this station; `@name` stands for a file of this office.
    fn run(&self, line: &str) -> (bool, String, String) {
        let mut arguments: Vec<String> = line
            .split_whitespace()
            .map(|word| word.strip_prefix('@').map_or_else(|| word.to_owned(), |name| self.at(name)))
            .collect();
        arguments.extend(["--data".to_owned(), self.at("station")]);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let answer = rekam(&arguments).unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (answer.status.success(), text(answer.stdout), text(answer.stderr))
    }

    fn done(&self, line: &str) -> Value {
        let (done, told, complaint) = self.run(line);
        assert!(done, "{line}: {complaint}");
        serde_json::from_str(&told).unwrap_or(Value::String(told))
    }

    fn refused(&self, line: &str) -> String {
        let (done, told, complaint) = self.run(line);
        assert!(!done, "{line} must be refused: {told}");
        complaint
    }

    fn add_operator(&self) {
        self.done(
            "account add siti --account kepala --secret-file @boss --name Contoh --role FrontDesk,CaptureOperator \
             --decree 800/2 --decree-expires 2090-12-31 --new-secret-file @operator",
        );
    }
}

#[test]
fn an_operator_is_let_in_forgets_is_reset_and_leaves() {
    let office = Office::set_up();
    office.add_operator();
    let as_operator = |secret: &str| format!("case list --account siti --secret-file @{secret} --json");
    assert_eq!(office.done(&as_operator("operator")), Value::Array(vec![]));
    let listed = office.done("account list --account kepala --secret-file @boss --json");
    let accounts: Vec<&str> =
        listed.as_array().unwrap().iter().map(|one| one["account"].as_str().unwrap()).collect();
    assert_eq!(accounts, ["kepala", "siti"]);
    let denied = office.refused("account list --account siti --secret-file @operator --json");
    assert!(denied.contains("not_permitted"), "{denied}");

    office.done("account reset siti --account kepala --secret-file @boss --new-secret-file @new");
    assert!(office.refused(&as_operator("operator")).contains("wrong_secret"));
    office.done(&as_operator("new"));
    office.done("account secret --account siti --secret-file @new --new-secret-file @operator");
    office.done(&as_operator("operator"));
    office.done(
        "account decree siti --account kepala --secret-file @boss --decree 800/9 --decree-expires 2091-12-31 \
         --role FrontDesk",
    );
    for own in ["reset kepala --new-secret-file @new", "close kepala", "decree kepala --role FrontDesk"] {
        let told = office.refused(&format!("account {own} --account kepala --secret-file @boss"));
        assert!(told.contains("own_account"), "{told}");
    }
    office.done("account close siti --account kepala --secret-file @boss");
    assert!(office.refused(&as_operator("operator")).contains("account_closed"));
    let verified = office.done("audit verify --account kepala --secret-file @boss --json");
    assert_eq!(verified["intact"], true);
    assert!(office.refused("day --people 1").contains("demonstration"));
}

#[test]
fn a_station_begins_with_a_supervisor_and_a_recovery_key_in_somebodys_hands() {
    let office = Office::empty();
    assert!(office.refused(&office.init("FrontDesk", "key")).contains("supervisor_needed"));
    let without_file = office.init("Supervisor", "key").replace("--recovery-file @key", "");
    assert!(office.refused(&without_file).contains("--recovery-file"));
    assert!(!fs::exists(office.at("key")).unwrap());
    let made = office.done(&office.init("Supervisor", "key"));
    assert_eq!((&made["station"], &made["account"]), (&Value::from("630506-01"), &Value::from("kepala")));
    assert_eq!(fs::metadata(office.at("key")).unwrap().permissions().mode() & 0o777, 0o600);
    let key = fs::read_to_string(office.at("key")).unwrap();
    assert_eq!(key.trim().len(), 47);
    assert!(office.refused(&office.init("Supervisor", "key")).contains("input_refused"));
    assert_eq!(fs::read_to_string(office.at("key")).unwrap(), key);
    assert!(office.refused(&office.init("Supervisor", "other")).contains("already_set_up"));
}

#[test]
fn the_recovery_key_lets_a_supervisor_in_when_everybody_is_lost() {
    let office = Office::set_up();
    office.add_operator();
    let recover = |account: &str, key: &str| {
        format!("station recover --recovery-file @{key} --account {account} --new-secret-file @new")
    };
    assert!(office.refused(&recover("siti", "key")).contains("supervisor_needed"));
    assert!(office.refused(&recover("kepala", "wrong")).contains("wrong_recovery_key"));
    office.done(&recover("kepala", "key"));
    assert!(office.refused("status --account kepala --secret-file @boss").contains("wrong_secret"));
    office.done("status --account kepala --secret-file @new");
    let add = " --name Contoh --decree 800/3 --decree-expires 2090-12-31";
    office.done(&(recover("kepala2", "key") + add));
    office.done("station renew-recovery --account kepala2 --secret-file @new --recovery-file @key2");
    assert!(office.refused(&recover("kepala", "key")).contains("wrong_recovery_key"));
    office.done(&recover("kepala", "key2"));
}

#[test]
fn wrong_secrets_are_slowed_across_restarts_and_stand_in_the_audit() {
    let office = Office::set_up();
    office.add_operator();
    let wrong = "case list --account siti --secret-file @wrong";
    for _ in 0..4 {
        assert!(office.refused(wrong).contains("wrong_secret"));
    }
    assert!(office.refused(wrong).contains("wait_before_next_try"));
    let right = "case list --account siti --secret-file @operator";
    assert!(office.refused(right).contains("wait_before_next_try"));
    let status = "audit verify --account kepala --secret-file @boss --json";
    let before = office.done(status)["audit_entries"].as_i64().unwrap();
    // Signed in and out: the refused tries were told of once.
    assert_eq!(office.done(status)["audit_entries"].as_i64().unwrap(), before + 2);
}
