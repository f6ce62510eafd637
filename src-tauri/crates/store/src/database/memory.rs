//! Gives SQLite the allocator of the program in place of its own, so that what it gives back is wiped as well.
//!
//! The cipher can wipe too (`cipher_memory_security`), but locks and unlocks every block with a system call as well
//! (decision 0014).

use std::alloc::{Layout, alloc, dealloc, realloc};
use std::ffi::{c_int, c_void};
use std::sync::Once;

use rusqlite::ffi::{SQLITE_CONFIG_MALLOC, SQLITE_OK, sqlite3_config, sqlite3_mem_methods};

/// SQLite asks a block how long it is; the length stands in front of it, and this keeps the block aligned.
const FRONT_BYTES: usize = 16;

/// SQLite wants lengths that are multiples of this.
const GRAIN_BYTES: c_int = 8;

fn layout(length: c_int) -> Option<Layout> {
    let bytes = usize::try_from(length).ok()?.checked_add(FRONT_BYTES)?;
    Layout::from_size_align(bytes, FRONT_BYTES).ok()
}

/// Writes the length in front and hands out what is behind it.
#[expect(unsafe_code, clippy::cast_ptr_alignment, reason = "an allocator works on bare memory")]
unsafe fn behind_front(start: *mut u8, length: c_int) -> *mut c_void {
    if start.is_null() {
        return start.cast();
    }
    // SAFETY: the block begins with its front, which is aligned for every number.
    unsafe {
        start.cast::<c_int>().write(length);
        start.add(FRONT_BYTES).cast()
    }
}

#[expect(unsafe_code, reason = "called by SQLite")]
unsafe extern "C" fn take(length: c_int) -> *mut c_void {
    let Some(layout) = layout(length) else { return std::ptr::null_mut() };
    // SAFETY: the layout holds the front at least, and behind it as much as was asked for.
    unsafe { behind_front(alloc(layout), length) }
}

#[expect(unsafe_code, clippy::cast_ptr_alignment, reason = "called by SQLite")]
unsafe extern "C" fn length_of(block: *mut c_void) -> c_int {
    if block.is_null() {
        return 0;
    }
    // SAFETY: SQLite only asks about blocks from here, and those have their front.
    unsafe { block.cast::<u8>().sub(FRONT_BYTES).cast::<c_int>().read() }
}

#[expect(unsafe_code, reason = "called by SQLite")]
unsafe extern "C" fn give_back(block: *mut c_void) {
    // SAFETY: the block is from here and has its front; its layout is the one it was taken with.
    unsafe {
        if let Some(layout) = layout(length_of(block)).filter(|_| !block.is_null()) {
            dealloc(block.cast::<u8>().sub(FRONT_BYTES), layout);
        }
    }
}

#[expect(unsafe_code, reason = "called by SQLite")]
unsafe extern "C" fn resize(block: *mut c_void, length: c_int) -> *mut c_void {
    // SAFETY: as above; the old layout is the one the block was taken with.
    unsafe {
        match (layout(length_of(block)), layout(length)) {
            (Some(old), Some(new)) => {
                behind_front(realloc(block.cast::<u8>().sub(FRONT_BYTES), old, new.size()), length)
            }
            _ => std::ptr::null_mut(),
        }
    }
}

#[expect(unsafe_code, reason = "called by SQLite")]
unsafe extern "C" fn round_up(length: c_int) -> c_int {
    length.saturating_add(GRAIN_BYTES - 1) & -GRAIN_BYTES
}

#[expect(unsafe_code, reason = "called by SQLite")]
unsafe extern "C" fn begin(_: *mut c_void) -> c_int {
    SQLITE_OK
}

#[expect(unsafe_code, reason = "called by SQLite")]
unsafe extern "C" fn end(_: *mut c_void) {}

/// Called before every connection; the first call of the process counts. SQLite refuses, without harm, where something
/// else has used it before, which happens in tests only.
#[expect(unsafe_code, reason = "SQLite takes an allocator through its C interface only")]
pub(super) fn share_allocator() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let methods = sqlite3_mem_methods {
            xMalloc: Some(take),
            xFree: Some(give_back),
            xRealloc: Some(resize),
            xSize: Some(length_of),
            xRoundup: Some(round_up),
            xInit: Some(begin),
            xShutdown: Some(end),
            pAppData: std::ptr::null_mut(),
        };
        // SAFETY: SQLite copies the table before it returns.
        unsafe { sqlite3_config(SQLITE_CONFIG_MALLOC, &raw const methods) };
    });
}
