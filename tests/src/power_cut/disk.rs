//! The recorded disk, the file system on it, and what has to be undone again however a test ends.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::Recording;
use crate::program::root;

/// Sparse, and large enough that no rule about free space ends the day early.
const DISK_BYTES: u64 = 2 << 30;
/// Mounting and letting go take milliseconds; whatever takes longer than this does not come any more.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs a system program; its own words are the error.
fn run<W: AsRef<OsStr>>(program: &str, words: &[W]) -> Result<String> {
    let answer = Command::new(program)
        .args(words)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{program} cannot be started"))?;
    let told = String::from_utf8_lossy(&answer.stderr);
    ensure!(answer.status.success(), "{program}: {}", told.trim());
    Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}

/// Tries again until it succeeds: a device is let go a moment after its last user has gone.
fn insist(mut attempt: impl FnMut() -> Result<String>) -> Result<String> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match attempt() {
            Err(error) if Instant::now() > deadline => return Err(error),
            Err(_) => std::thread::yield_now(),
            done => return done,
        }
    }
}

/// The two small C programs of the campaign, built into its own folder.
#[derive(Debug)]
pub struct Tools {
    logdisk: PathBuf,
    /// Loaded into a program, it swallows every sync of a write-ahead log.
    pub skipsync: PathBuf,
}

impl Tools {
    /// Builds them, after looking at everything the campaign needs.
    ///
    /// # Errors
    /// What is missing, and the package it comes in.
    pub fn build(folder: &Path) -> Result<Self> {
        ensure!(rustix::process::geteuid().is_root(), "only root can mount: run the power cuts as root");
        for device in ["/dev/fuse", "/dev/loop-control"] {
            ensure!(
                Path::new(device).exists(),
                "{device} is missing: this machine does not allow the disk below"
            );
        }
        for (program, package) in
            [("mkfs.ext4", "e2fsprogs"), ("losetup", "mount"), ("mount", "mount"), ("cc", "gcc")]
        {
            let there =
                Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
            ensure!(there.is_ok(), "{program} is missing: install the package {package}");
        }
        let header = Path::new("/usr/include/fuse3/fuse.h");
        ensure!(header.is_file(), "{} is missing: install the package libfuse3-dev", header.display());
        let source = root().join("tests/peers");
        let built = Self { logdisk: folder.join("logdisk"), skipsync: folder.join("skipsync.so") };
        let words = |target: &Path, name: &str, more: &[&str]| -> Vec<std::ffi::OsString> {
            let mut words: Vec<_> =
                ["-O1", "-Wall", "-Wextra", "-Werror", "-D_FILE_OFFSET_BITS=64", "-o"].map(Into::into).into();
            words.push(target.into());
            words.push(source.join(name).into());
            words.extend(more.iter().map(Into::into));
            words
        };
        run("cc", &words(&built.logdisk, "logdisk.c", &["-I/usr/include/fuse3", "-lfuse3"]))?;
        run("cc", &words(&built.skipsync, "skipsync.c", &["-shared", "-fPIC", "-ldl"]))?;
        Ok(built)
    }
}

/// A mounted file system; goes away with the value.
#[derive(Debug)]
pub struct Mounted(PathBuf);

impl Mounted {
    /// Mounts a device, or a file through a loop device of its own.
    ///
    /// # Errors
    /// The system's own words.
    pub fn mount(what: &Path, options: &str, place: &Path) -> Result<Self> {
        fs::create_dir_all(place)?;
        let words = [
            OsStr::new("-t"),
            "ext4".as_ref(),
            "-o".as_ref(),
            options.as_ref(),
            what.as_ref(),
            place.as_ref(),
        ];
        run("mount", &words)?;
        Ok(Self(place.to_path_buf()))
    }

    /// Where it is.
    #[must_use]
    pub fn place(&self) -> &Path {
        &self.0
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        if insist(|| run("umount", &[&self.0])).is_err() {
            drop(run("umount", &[OsStr::new("--lazy"), self.0.as_ref()]));
        }
    }
}

/// A loop device; goes away with the value.
#[derive(Debug)]
struct LoopDevice(PathBuf);

impl Drop for LoopDevice {
    fn drop(&mut self) {
        drop(insist(|| run("losetup", &[OsStr::new("--detach"), self.0.as_ref()])));
    }
}

/// The process that serves the recorded disk.
#[derive(Debug)]
struct Serving {
    process: Child,
    folder: PathBuf,
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It ends by itself, with a whole log, when its folder is unmounted.
        if insist(|| run("umount", &[&self.folder])).is_err() {
            drop(run("umount", &[OsStr::new("--lazy"), self.folder.as_ref()]));
            drop(self.process.kill());
        }
        drop(self.process.wait());
    }
}

/// A recorded disk with ext4 on it, mounted. Fields go in this order: file system, device, process.
#[derive(Debug)]
pub struct Disk {
    mounted: Mounted,
    _device: LoopDevice,
    _serving: Serving,
    folder: PathBuf,
}

impl Disk {
    /// Formats and mounts a disk in a new folder. Nothing is recorded of the formatting: the disk begins with it.
    ///
    /// # Errors
    /// What the system refused.
    pub fn begin(tools: &Tools, folder: &Path) -> Result<Self> {
        let (start, served) = (folder.join("start"), folder.join("served"));
        fs::create_dir_all(&served)?;
        File::create(&start)?.set_len(DISK_BYTES)?;
        // Everything is written now, so that no thread of the kernel goes on formatting during the recording.
        let layout = ["-q", "-F", "-b", "4096", "-N", "1024", "-J", "size=8", "-m", "0", "-E"];
        let mut words: Vec<&OsStr> = layout.iter().map(OsStr::new).collect();
        words.extend([OsStr::new("lazy_itable_init=0,lazy_journal_init=0,nodiscard"), start.as_ref()]);
        run("mkfs.ext4", &words)?;
        let process = Command::new(&tools.logdisk)
            .arg(DISK_BYTES.to_string())
            .args([&start, &folder.join("log"), &folder.join("ack"), &served])
            .stdin(Stdio::null())
            .spawn()?;
        let mut serving = Serving { process, folder: served };
        let disk = serving.folder.join("disk");
        let deadline = Instant::now() + PATIENCE;
        while !disk.exists() {
            if let Some(ended) = serving.process.try_wait()? {
                bail!("the recorded disk was not mounted: {ended}; is FUSE allowed on this machine?");
            }
            ensure!(Instant::now() < deadline, "the recorded disk does not appear");
            std::thread::yield_now();
        }
        let device = run("losetup", &[OsStr::new("--find"), "--show".as_ref(), disk.as_ref()])
            .context("no loop device for the recorded disk")?;
        let device = LoopDevice(device.into());
        let mounted = Mounted::mount(&device.0, "nodiscard", &folder.join("recorded"))?;
        Ok(Self { mounted, _device: device, _serving: serving, folder: folder.to_path_buf() })
    }

    /// Where the program under test writes.
    #[must_use]
    pub fn place(&self) -> &Path {
        self.mounted.place()
    }

    /// The file for acknowledgements; it lies beside the disk, never on it.
    #[must_use]
    pub fn ack(&self) -> PathBuf {
        self.folder.join("ack")
    }

    /// Unmounts, and reads what was recorded.
    ///
    /// # Errors
    /// The log cannot be read or is not whole.
    pub fn end(self) -> Result<Recording> {
        let folder = self.folder.clone();
        drop(self);
        Recording::read(&folder)
    }
}
