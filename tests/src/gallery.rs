//! Pictures of the screens a test has seen, and the page that shows them side by side.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use crate::program::target_folder;
use crate::webdriver::Session;

/// A folder of pictures under the target folder; never committed.
pub struct Gallery {
    folder: PathBuf,
}

impl Gallery {
    /// Opens `target/gallery`.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open() -> Result<Gallery> {
        let folder = target_folder()?.join("gallery");
        fs::create_dir_all(&folder)?;
        Ok(Gallery { folder })
    }

    /// Keeps a picture of the window under this name and lists it on the page.
    ///
    /// # Errors
    /// When there is no picture or no room for it.
    pub fn keep(&self, name: &str, page: &Session) -> Result<()> {
        // The driver pictures what was last painted, which may be older than what the page holds by now.
        page.run_async(
            "requestAnimationFrame(() => requestAnimationFrame(arguments[arguments.length - 1]))",
            &[],
        )?;
        fs::write(self.folder.join(format!("{name}.png")), page.picture()?)?;
        let mut names: Vec<String> = fs::read_dir(&self.folder)?
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".png").map(str::to_owned))
            .collect();
        names.sort();
        let figures: String = names
            .iter()
            .map(|name| {
                format!("<figure><img src=\"{name}.png\" alt=\"\"><figcaption>{name}</figcaption></figure>\n")
            })
            .collect();
        let page = format!(
            "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Rekam: screens</title>\n\
             <style>body{{font:16px sans-serif;background:#dfe6e4;margin:2rem}}figure{{margin:0 0 2rem}}\
             img{{max-width:100%;box-shadow:0 2px 12px #0003}}</style>\n{figures}"
        );
        fs::write(self.folder.join("index.html"), page)?;
        Ok(())
    }
}
