//! Declares the commands of the window, so that the capability file decides which of them a page may call.

/// Every command of `src/commands.rs`; a command that is not named here cannot be called from the page.
const COMMANDS: &[&str] =
    &["check_nik", "confirm_clock", "give_back", "home", "lock", "look", "sign_in", "welcome"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The pages are part of the program: build it again when they change.
    println!("cargo:rerun-if-changed=../ui/dist");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}
