//! A network namespace of its own, kept alive by a process that does nothing.

use std::fs::{File, read_link};
use std::io;
use std::os::fd::AsFd as _;
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Result, anyhow, ensure};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::webdriver::wait_until;

/// The namespace; it ends with the value.
#[derive(Debug)]
pub(super) struct Place {
    keeper: Child,
    entrance: File,
}

impl Place {
    pub(super) fn make() -> Result<Self> {
        // Reads until its input is closed.
        let keeper = Command::new("unshare")
            .args(["-n", "cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .context("the program unshare")?;
        let path = format!("/proc/{}/ns/net", keeper.id());
        let ours = read_link("/proc/self/ns/net")?;
        wait_until("a network namespace", || {
            ensure!(read_link(&path)? != ours, "it is still ours");
            Ok(())
        })?;
        Ok(Self { keeper, entrance: File::open(path)? })
    }

    /// Runs something on a thread that stands in this place.
    pub(super) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T> {
        let inside = || -> io::Result<T> {
            move_into_link_name_space(self.entrance.as_fd(), Some(LinkNameSpaceType::Network))?;
            Ok(work())
        };
        let ended = thread::scope(|scope| scope.spawn(inside).join());
        Ok(ended.map_err(|_| anyhow!("what was done there panicked"))??)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}
