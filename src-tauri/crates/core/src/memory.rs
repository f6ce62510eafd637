//! Keeps the memory of a whole program, and with it keys and people, out of core dumps and out of swap, and wipes what
//! is given back.

use std::alloc::{GlobalAlloc, Layout, System};

use rustix::io;
use rustix::mm::{MlockAllFlags, mlockall};
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use rustix::thread::{CapabilitySet, capabilities};

/// The allocator of every program that opens a station: names, numbers and pictures that were in a block are gone when
/// the block is. Every value of ours would have to be remembered one by one otherwise, also those inside other packages.
#[derive(Debug, Clone, Copy)]
pub struct Wiping<A = System>(pub A);

#[expect(unsafe_code, reason = "an allocator is unsafe by its trait; it only hands on to the one below")]
// SAFETY: every block comes from the allocator below with the layout it was asked for, and goes back with it.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Wiping<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the promises of the same method.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the promises of the same method.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block is the caller's, this large, and nobody reads it any more.
        unsafe {
            block.write_bytes(0, layout.size());
            // Without it the compiler sees that nobody reads what was written, and leaves it out.
            std::hint::black_box(block);
            self.0.dealloc(block, layout);
        }
    }
}

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
    use std::sync::atomic::{AtomicUsize, Ordering};

    use rustix::process::{dumpable_behavior, getrlimit};

    use super::*;

    /// Counts what stands in the blocks it gets back.
    #[derive(Default)]
    struct Looking(AtomicUsize);

    #[expect(unsafe_code, reason = "an allocator is unsafe by its trait")]
    // SAFETY: every block comes from the system's allocator and goes back to it.
    unsafe impl GlobalAlloc for Looking {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: the caller keeps the promises of the same method.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: the block was written over all its length before it came back.
            let left = unsafe { std::slice::from_raw_parts(block, layout.size()) };
            self.0.fetch_add(left.iter().filter(|byte| **byte != 0).count(), Ordering::SeqCst);
            // SAFETY: the caller keeps the promises of the same method.
            unsafe { System.dealloc(block, layout) }
        }
    }

    #[test]
    #[expect(unsafe_code, reason = "asks an allocator for a block")]
    fn a_block_is_empty_when_it_is_given_back() {
        let memory = Wiping(Looking::default());
        let layout = Layout::from_size_align(4_096, 16).unwrap();
        // SAFETY: the layout is not empty, and the block is given back once with the same one.
        unsafe {
            let block = memory.alloc(layout);
            block.write_bytes(0x5a, layout.size());
            let grown = memory.realloc(block, layout, 8_192);
            grown.write_bytes(0x5a, 8_192);
            memory.dealloc(grown, Layout::from_size_align(8_192, 16).unwrap());
        }
        assert_eq!(memory.0.0.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn a_protected_program_leaves_no_core_dump() {
        assert!(protect().from_dumps);
        assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
        assert_eq!(getrlimit(Resource::Core).maximum, Some(0));
    }
}
