//! Keeps the memory of a whole program, and with it keys and people, out of core dumps and out of swap.

use rustix::io;
use rustix::mm::{MlockAllFlags, mlockall};
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use rustix::thread::{CapabilitySet, capabilities};

/// What could be had. Neither is a reason not to work: an office computer may not allow locking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protected {
    /// A crash writes no image of the memory, and another program of the same user cannot read it.
    pub from_dumps: bool,
    /// No page goes to the swap.
    pub from_swap: bool,
}

/// Called first thing by every program that opens a station; holds for the whole process, and the limit on core dumps
/// also for what it starts, which covers the process that draws the pages of the window.
pub fn protect() -> Protected {
    let no_dump = Rlimit { current: Some(0), maximum: Some(0) };
    let dumps = setrlimit(Resource::Core, no_dump)
        .and_then(|()| set_dumpable_behavior(DumpableBehavior::NotDumpable));
    Protected { from_dumps: dumps.is_ok(), from_swap: lock_pages().is_ok() }
}

/// Locks what is there and what comes, each page when it is first used.
///
/// Only where no limit holds: under one, the first allocation beyond it would end the program.
fn lock_pages() -> io::Result<()> {
    let may_lock = capabilities(None)?.effective.contains(CapabilitySet::IPC_LOCK);
    if !may_lock {
        setrlimit(Resource::Memlock, Rlimit { current: None, maximum: None })?;
    }
    mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT)
}

#[cfg(test)]
mod tests {
    use rustix::process::{dumpable_behavior, getrlimit};

    use super::*;

    #[test]
    fn a_protected_program_leaves_no_core_dump() {
        assert!(protect().from_dumps);
        assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
        assert_eq!(getrlimit(Resource::Core).maximum, Some(0));
    }
}
