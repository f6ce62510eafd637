//! The house rules as data and pure functions: who may stand on whom, and who may own which package.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A crate of the workspace, as far as the house rules look at it.
#[derive(Debug, Clone)]
pub struct Member {
    /// Package name.
    pub name: String,
    /// Its layer, from `package.metadata.rekam.layer`.
    pub layer: Option<u8>,
    /// Names of the packages it names itself, of every kind (normal, build, dev).
    pub names: Vec<Named>,
    /// Folder of its manifest.
    pub folder: std::path::PathBuf,
}

/// One dependency line of a member.
#[derive(Debug, Clone)]
pub struct Named {
    /// Package name.
    pub package: String,
    /// Only for tests of that crate.
    pub for_tests: bool,
}

/// All crates of the workspace.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// The members.
    pub members: Vec<Member>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: Vec<String>,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    manifest_path: std::path::PathBuf,
    metadata: Option<serde_json::Value>,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

/// Crates below this layer are pure: no clock, no IO, no async, no chance of their own.
pub const FIRST_LAYER_WITH_IO: u8 = 3;

/// Packages that only the named crates may depend on. The tests (layer 6) may use any of them as an independent judge.
pub const OWNERS: &[(&str, &[&str])] = &[
    ("tauri", &["rekam-desk"]),
    ("tauri-build", &["rekam-desk"]),
    ("tauri-specta", &["rekam-desk"]),
    ("rusqlite", &["rekam-store", "rekam-receiver"]),
    ("refinery", &["rekam-store", "rekam-receiver"]),
    ("reqwest", &["rekam-link", "rekam-driver-sbi", "rekam-driver-printing"]),
    ("ureq", &["rekam-driver-sbi", "rekam-driver-printing"]),
    ("ipp", &["rekam-driver-printing"]),
    ("axum", &["rekam-receiver", "rekam-driver-sim"]),
    ("hyper", &["rekam-receiver", "rekam-driver-sim"]),
    // The link only in its tests, for the certificates of an office that breaks the rules; the core for demonstrations.
    ("rcgen", &["rekam-receiver", "rekam-link", "rekam-core"]),
    ("pcsc", &["rekam-driver-card-pcsc"]),
    ("serialport", &["rekam-driver-signature-serial", "rekam-driver-printing"]),
    ("rppal", &["rekam-driver-site"]),
    ("gpiocdev", &["rekam-driver-site"]),
    ("v4l", &["rekam-driver-camera-v4l"]),
    ("sane-scan", &["rekam-driver-scanner-sane"]),
    ("tss-esapi", &["rekam-keys"]),
    ("argon2", &["rekam-keys"]),
    ("typst", &["rekam-paper"]),
    ("krilla", &["rekam-paper"]),
    ("rust_xlsxwriter", &["rekam-paper"]),
    // The receiver keeps its opening key in a file as `age -p` writes it.
    ("age", &["rekam-packet", "rekam-receiver"]),
    ("calamine", &["rekam-core"]),
    ("clap", &["rekam-cli", "rekam-receiver"]),
    ("anyhow", &["rekam-cli", "rekam-desk", "rekam-receiver"]),
];

/// The packages the user fixed, each with the crates that must really depend on it once one of them stands.
pub const FIXED: &[(&str, &[&str])] = &[
    ("tauri", &["rekam-desk"]),
    ("rusqlite", &["rekam-store"]),
    ("serde", &["rekam-domain"]),
    ("image", &["rekam-biometric", "rekam-driver-sim"]),
    ("pcsc", &["rekam-driver-card-pcsc"]),
    ("serialport", &["rekam-driver-signature-serial"]),
    ("rppal", &["rekam-driver-site"]),
    // The keys sign, packets verify: nobody else needs the curve.
    ("ed25519-dalek", &["rekam-keys", "rekam-packet"]),
    ("tokio", &["rekam-link"]),
    ("thiserror", &["rekam-domain"]),
];

/// Packages that bring a clock, IO, async or chance, and so may not be named by a pure crate.
pub const IMPURE: &[&str] =
    &["tokio", "async-std", "smol", "rustix", "nix", "libc", "chrono", "time", "rand", "tempfile", "walkdir"];

/// The same, as spellings in source code.
pub const IMPURE_SPELLINGS: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
];

/// Words that say nothing, refused in names of crates, files and types.
pub const EMPTY_WORDS: &[&str] =
    &["manager", "service", "helper", "util", "utils", "common", "misc", "processor", "base", "impl"];

/// A source file longer than this has more than one reason to exist.
pub const FILE_LINES_MAX: usize = 500;

impl Workspace {
    /// Reads the answer of `cargo metadata --no-deps`.
    ///
    /// # Errors
    /// When the text is not that answer.
    pub fn from_metadata(json: &str) -> Result<Self, serde_json::Error> {
        let metadata: Metadata = serde_json::from_str(json)?;
        let members = metadata
            .packages
            .into_iter()
            .filter(|package| metadata.workspace_members.contains(&package.id))
            .map(|package| Member {
                layer: package
                    .metadata
                    .as_ref()
                    .and_then(|metadata| metadata.pointer("/rekam/layer"))
                    .and_then(serde_json::Value::as_u64)
                    .and_then(|layer| u8::try_from(layer).ok()),
                names: package
                    .dependencies
                    .into_iter()
                    .map(|dependency| Named {
                        for_tests: dependency.kind.as_deref() == Some("dev"),
                        package: dependency.name,
                    })
                    .collect(),
                folder: package.manifest_path.parent().map(Into::into).unwrap_or_default(),
                name: package.name,
            })
            .collect();
        Ok(Self { members })
    }

    fn layers(&self) -> BTreeMap<&str, u8> {
        self.members
            .iter()
            .filter_map(|member| member.layer.map(|layer| (member.name.as_str(), layer)))
            .collect()
    }

    /// Every crate that stands on a sibling or on something above it, and every crate without a layer.
    #[must_use]
    pub fn layer_breaches(&self) -> Vec<String> {
        let layers = self.layers();
        let mut breaches = Vec::new();
        for member in &self.members {
            let Some(own) = member.layer else {
                breaches.push(format!("{} names no layer (package.metadata.rekam.layer)", member.name));
                continue;
            };
            for named in &member.names {
                let Some(&other) = layers.get(named.package.as_str()) else { continue };
                if other >= own {
                    breaches.push(format!(
                        "{} (layer {own}) stands on {} (layer {other})",
                        member.name, named.package
                    ));
                }
                if member.name == "rekam-receiver" && other >= FIRST_LAYER_WITH_IO {
                    breaches.push(format!(
                        "{} may share formats only, but stands on {} (layer {other})",
                        member.name, named.package
                    ));
                }
            }
        }
        breaches
    }

    /// Every package that is used by a crate which does not own it, and every pure crate that names an impure package.
    #[must_use]
    pub fn ownership_breaches(&self) -> Vec<String> {
        let mut breaches = Vec::new();
        for member in self.members.iter().filter(|member| member.name != "rekam-tests") {
            for named in &member.names {
                let owners = OWNERS.iter().find(|(package, _)| *package == named.package);
                if let Some((package, owners)) = owners
                    && !owners.contains(&member.name.as_str())
                {
                    breaches.push(format!(
                        "{} uses {package}, which belongs to {} alone",
                        member.name,
                        owners.join(", ")
                    ));
                }
                let is_pure = member.layer.is_some_and(|layer| layer < FIRST_LAYER_WITH_IO);
                if is_pure && !named.for_tests && IMPURE.contains(&named.package.as_str()) {
                    breaches.push(format!("{} is pure, but uses {}", member.name, named.package));
                }
            }
        }
        breaches
    }

    /// Every package the user fixed that its standing owner does not really depend on.
    #[must_use]
    pub fn fixed_packages_missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for (package, owners) in FIXED {
            for owner in *owners {
                let Some(member) = self.members.iter().find(|member| member.name == *owner) else { continue };
                if !member.names.iter().any(|named| named.package == *package && !named.for_tests) {
                    missing.push(format!("{owner} must depend on {package}"));
                }
            }
        }
        missing
    }
}
