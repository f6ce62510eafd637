//! Declares the commands of the window, so that the capability file decides which of them a page may call.

/// Every command of `src/commands.rs` and the files below it; a command that is not named here cannot be called from the page.
const COMMANDS: &[&str] = &[
    "answer_capture",
    "begin_recording",
    "check_nik",
    "confirm_clock",
    "desk_cases",
    "device_standings",
    "find_person",
    "give_back",
    "home",
    "journey",
    "left_journey",
    "let_fail",
    "lock",
    "look",
    "look_at_capture",
    "made_up",
    "mark_part",
    "move_on",
    "sign_in",
    "start_capture",
    "take_up",
    "welcome",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The pages are part of the program: build it again when they change.
    println!("cargo:rerun-if-changed=../ui/dist");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}
