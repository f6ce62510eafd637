//! Demonstration stations and an office, each in a folder of its own, moved by the real programs.
//!
//! ```no_run
//! use rekam_tests::town::Town;
//!
//! let mut town = Town::new().unwrap();
//! town.rekam("station demonstrate --data @station").unwrap().done().unwrap();
//! town.serve("station").unwrap();
//! town.deliver("station", 60).unwrap().done().unwrap();
//! ```

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::program::{built, run};

/// What a program said and how it ended.
#[derive(Debug)]
pub struct Said {
    /// Whether it says that all went well.
    pub is_good: bool,
    /// Its lines of JSON.
    pub lines: Vec<Value>,
    /// Everything it printed, with its complaint.
    pub text: String,
}

impl Said {
    fn of(output: &Output) -> Self {
        let told = String::from_utf8_lossy(&output.stdout);
        let lines = told.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let text = format!("{told}{}", String::from_utf8_lossy(&output.stderr));
        Self { is_good: output.status.success(), lines, text }
    }

    /// The lines of a program that did what was asked.
    ///
    /// # Errors
    /// It did not.
    pub fn done(self) -> Result<Vec<Value>> {
        if self.is_good { Ok(self.lines) } else { bail!("{}", self.text) }
    }
}

/// The office's program, killed when dropped.
#[derive(Debug)]
pub struct Served {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Served {
    /// Serves the demonstration office in this folder for the stations in these.
    ///
    /// # Errors
    /// It does not come to listen.
    pub fn start(office: &Path, listen: &str, stations: &[PathBuf], more: &[&str]) -> Result<Self> {
        let mut command = Command::new(built("rekam-receiver")?);
        command.args(["serve", "--listen", listen]).args(more).arg("--data").arg(office);
        for station in stations {
            command.arg("--demonstration").arg(station.join("office.bundle"));
        }
        let mut child = command.stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().context("its log")?).lines();
        let first = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains("\"listening\"")));
        let said: Value = serde_json::from_str(&first.context("it does not listen")??)?;
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let address = said.get("address").and_then(Value::as_str).context("its address")?.parse()?;
        Ok(Self { child, address })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder with everything in it. In a line of words, `@name` stands for a file or folder of the town.
#[derive(Debug)]
pub struct Town {
    folder: tempfile::TempDir,
    served: Option<Served>,
}

impl Town {
    /// An empty one.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn new() -> Result<Self> {
        Ok(Self { folder: tempfile::tempdir()?, served: None })
    }

    /// Where something of the town lies.
    #[must_use]
    pub fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, program: &str, line: &str) -> Result<Said> {
        let place = |word: &str| match word.strip_prefix('@') {
            Some(name) => self.at(name).display().to_string(),
            None => word.to_owned(),
        };
        let words: Vec<String> = line.split_whitespace().map(place).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        Ok(Said::of(&run(program, &words)?))
    }

    /// Runs `rekam`.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn rekam(&self, line: &str) -> Result<Said> {
        self.run("rekam", line)
    }

    /// Runs `rekam-receiver` at the office in `@office`, for JSON.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn office(&self, line: &str) -> Result<Said> {
        self.run("rekam-receiver", &format!("{line} --data @office --json"))
    }

    /// A day with so many people at a station.
    ///
    /// # Errors
    /// The day did not go well.
    pub fn day(&self, station: &str, people: u32, seed: u64) -> Result<()> {
        let day = format!("day --data @{station} --people {people} --images tiny --seed {seed} --json");
        self.rekam(&day)?.done().map(drop)
    }

    /// The office in `@office` begins to serve, for the stations in these folders.
    ///
    /// # Errors
    /// It does not come to listen.
    pub fn serve(&mut self, stations: &str) -> Result<()> {
        let stations: Vec<PathBuf> = stations.split_whitespace().map(|name| self.at(name)).collect();
        self.served = Some(Served::start(&self.at("office"), "127.0.0.1:0", &stations, &[])?);
        Ok(())
    }

    /// The office stops to serve.
    pub fn stop(&mut self) {
        self.served = None;
    }

    /// A station delivers by the line until nothing waits, at most so many seconds.
    ///
    /// # Errors
    /// No office serves.
    pub fn deliver(&self, station: &str, seconds: u32) -> Result<Said> {
        self.deliver_with(station, &format!("--until-empty --for {seconds}"))
    }

    /// A station listens on the line for so many seconds, whether anything waits or not.
    ///
    /// # Errors
    /// No office serves.
    pub fn listen(&self, station: &str, seconds: u32) -> Result<Said> {
        self.deliver_with(station, &format!("--for {seconds}"))
    }

    fn deliver_with(&self, station: &str, how: &str) -> Result<Said> {
        let address = self.served.as_ref().context("no office serves")?.address;
        self.rekam(&format!("deliver --data @{station} --at https://{address} {how} --json"))
    }

    /// What a station says of its packets, the oldest first.
    ///
    /// # Errors
    /// It does not.
    pub fn packets(&self, station: &str) -> Result<Vec<Value>> {
        let mut lines = self.rekam(&format!("packet list --data @{station} --json"))?.done()?;
        let list = lines.pop().context("a list")?;
        list.as_array().cloned().context("a list")
    }

    /// Copies a station's folder, as somebody would who wants a second one.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn copy(&self, from: &str, to: &str) -> Result<()> {
        copy(&self.at(from), &self.at(to))
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
