//! The house rules, held against the tree as it stands.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use rekam_tests::house::{EMPTY_WORDS, FILE_LINES_MAX, FIRST_LAYER_WITH_IO, IMPURE_SPELLINGS, Workspace};
use rekam_tests::program::root;

fn workspace() -> Workspace {
    let answer = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo answers");
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    Workspace::from_metadata(&String::from_utf8_lossy(&answer.stdout)).expect("cargo metadata is JSON")
}

/// Every file of ours with one of these endings.
fn files(endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![root()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the tree can be read") {
            let path = entry.expect("an entry of the tree can be read").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                let is_foreign = ["target", "node_modules", "dist", "gen", ".git"].contains(&name.as_str())
                    || path.is_symlink();
                if !is_foreign {
                    waiting.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no file with the endings {endings:?}: the walk is blind");
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn refuse(breaches: Vec<String>) {
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

#[test]
fn crates_stand_only_on_lower_layers() {
    refuse(workspace().layer_breaches());
}

#[test]
fn packages_are_used_only_by_their_owners() {
    refuse(workspace().ownership_breaches());
}

#[test]
fn packages_fixed_by_the_user_are_real_dependencies() {
    refuse(workspace().fixed_packages_missing());
}

#[test]
fn a_breach_names_both_crates() {
    let metadata = r#"{"workspace_members": ["low", "side", "high"], "packages": [
        {"id": "low", "name": "rekam-low", "manifest_path": "low/Cargo.toml",
         "metadata": {"rekam": {"layer": 1}}, "dependencies": [
            {"name": "rekam-high", "kind": null}, {"name": "rekam-side", "kind": "dev"},
            {"name": "tauri", "kind": null}, {"name": "tokio", "kind": null}]},
        {"id": "side", "name": "rekam-side", "manifest_path": "side/Cargo.toml",
         "metadata": {"rekam": {"layer": 1}}, "dependencies": []},
        {"id": "high", "name": "rekam-high", "manifest_path": "high/Cargo.toml",
         "metadata": null, "dependencies": [{"name": "rekam-low", "kind": null}]}]}"#;
    let house = Workspace::from_metadata(metadata).expect("the sketch is JSON");
    let layers = house.layer_breaches().join("\n");
    assert!(layers.contains("rekam-low (layer 1) stands on rekam-side (layer 1)"), "{layers}");
    assert!(layers.contains("rekam-high names no layer"), "{layers}");
    let owners = house.ownership_breaches().join("\n");
    assert!(owners.contains("rekam-low uses tauri, which belongs to rekam-desk alone"), "{owners}");
    assert!(owners.contains("rekam-low is pure, but uses tokio"), "{owners}");
}

#[test]
fn pure_crates_read_no_clock_and_touch_nothing() {
    let mut breaches = Vec::new();
    for member in workspace().members {
        if member.layer.is_none_or(|layer| layer >= FIRST_LAYER_WITH_IO) {
            continue;
        }
        let source = member.folder.join("src");
        for path in files(&[".rs"]).into_iter().filter(|path| path.starts_with(&source)) {
            let is_test = path.components().any(|part| part.as_os_str() == "tests")
                || path.file_name().is_some_and(|name| name == "tests.rs");
            if is_test {
                continue;
            }
            let text = read(&path);
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for (number, line) in code.lines().enumerate() {
                let line = line.trim_start();
                if line.starts_with("//") {
                    continue;
                }
                for spelling in IMPURE_SPELLINGS.iter().filter(|spelling| line.contains(**spelling)) {
                    breaches.push(format!("{}:{}: {spelling} in a pure crate", path.display(), number + 1));
                }
            }
        }
    }
    refuse(breaches);
}

#[test]
fn source_files_have_one_reason_to_exist() {
    let mut breaches = Vec::new();
    for path in files(&[".rs", ".ts", ".svelte", ".css", ".sh"]) {
        let lines = read(&path).lines().count();
        if lines > FILE_LINES_MAX && !path.ends_with("ui/src/api/client.ts") {
            breaches.push(format!("{}: {lines} lines, at most {FILE_LINES_MAX}", path.display()));
        }
    }
    refuse(breaches);
}

#[test]
fn names_explain_themselves() {
    let mut breaches = Vec::new();
    for member in workspace().members {
        if member.name.split('-').any(|word| EMPTY_WORDS.contains(&word)) {
            breaches.push(format!("crate {}: a name that says nothing", member.name));
        }
    }
    for path in files(&[".rs", ".ts", ".svelte"]) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
        if stem.split(['_', '-', '.']).any(|word| EMPTY_WORDS.contains(&word)) {
            breaches.push(format!("{}: a file name that says nothing", path.display()));
        }
        if stem == "mod" {
            breaches.push(format!("{}: write foo.rs beside foo/", path.display()));
        }
        if path.extension().is_some_and(|ending| ending == "rs") {
            breaches.extend(empty_type_names(&path));
        }
    }
    refuse(breaches);
}

/// Types declared in a file whose name ends in a word that says nothing.
fn empty_type_names(path: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in read(path).lines().enumerate() {
        let mut words =
            line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ").split(' ');
        if !matches!(words.next(), Some("struct" | "enum" | "trait")) {
            continue;
        }
        let name: String =
            words.next().unwrap_or_default().chars().take_while(|letter| letter.is_alphanumeric()).collect();
        let lower = name.to_lowercase();
        if EMPTY_WORDS.iter().any(|word| lower.ends_with(word)) {
            found.push(format!("{}:{}: type {name} says nothing", path.display(), number + 1));
        }
    }
    found
}

#[test]
fn nothing_is_left_for_later() {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX"), concat!("#[", "ignore")];
    let mut breaches = Vec::new();
    for path in files(&[".rs", ".ts", ".svelte", ".css", ".sh", ".toml"]) {
        for (number, line) in read(&path).lines().enumerate() {
            for mark in marks.iter().filter(|mark| line.contains(**mark)) {
                breaches.push(format!("{}:{}: {mark}", path.display(), number + 1));
            }
        }
    }
    refuse(breaches);
}

#[test]
fn no_file_names_a_machine_or_a_package_source() {
    let places = [
        concat!("/", "work/"),
        concat!("/", "root/"),
        concat!("registry.", "npmjs"),
        concat!("pypi", ".org"),
        concat!("crates", ".io"),
        concat!("deb.", "debian"),
    ];
    let mut breaches = Vec::new();
    for path in files(&[".rs", ".ts", ".svelte", ".json", ".toml", ".md", ".sh", ".txt", ".html", "run"]) {
        for (number, line) in read(&path).lines().enumerate() {
            for place in places.iter().filter(|place| line.contains(**place)) {
                breaches.push(format!("{}:{}: {place}", path.display(), number + 1));
            }
        }
    }
    refuse(breaches);
}

#[test]
fn top_level_holds_what_was_agreed() {
    let agreed = [
        "Cargo.toml",
        "Cargo.lock",
        "LICENSE",
        "README.md",
        "src-tauri",
        "ui",
        "drivers",
        "fixtures",
        "tests",
        "packaging",
    ];
    let mut breaches = Vec::new();
    for entry in std::fs::read_dir(root()).expect("the root can be read") {
        let name =
            entry.expect("an entry of the root can be read").file_name().to_string_lossy().into_owned();
        let is_settings = name.starts_with('.') || name == "target";
        if !is_settings && !agreed.contains(&name.as_str()) {
            breaches.push(format!("{name} does not belong at the top level"));
        }
    }
    for name in agreed {
        if !root().join(name).exists() {
            breaches.push(format!("{name} is missing at the top level"));
        }
    }
    refuse(breaches);
}
