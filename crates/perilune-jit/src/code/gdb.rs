//! GDB's interface for compilers: a list of object files in this process's memory.
//!
//! GDB stops at `__jit_debug_register_code` and reads `__jit_debug_descriptor` when it is called; both names are given by
//! "JIT Compilation Interface" in GDB's manual. LLDB understands the same. The object files are made by [`super::elf`].

use std::ptr;
use std::sync::{Mutex, PoisonError};

use super::elf;
use super::options::About;

/// An object file in the list.
#[repr(C)]
struct Entry {
    next: *mut Entry,
    previous: *mut Entry,
    file: *const u8,
    length: u64,
}

/// The head of the list, and what has just changed.
#[repr(C)]
struct Descriptor {
    version: u32,
    action: u32,
    relevant: *mut Entry,
    first: *mut Entry,
}

const NOTHING: u32 = 0;
const REGISTER: u32 = 1;
const UNREGISTER: u32 = 2;

/// Held while the list changes, and until GDB has seen it.
static LIST: Mutex<()> = Mutex::new(());

#[unsafe(no_mangle)]
static mut __jit_debug_descriptor: Descriptor =
    Descriptor { version: 1, action: NOTHING, relevant: ptr::null_mut(), first: ptr::null_mut() };

/// Where GDB has a breakpoint. Its name has to stay and calls of it, too, so it may not be empty to the optimiser.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn __jit_debug_register_code() {
    // SAFETY: no instruction, only a statement about memory: whatever was stored is stored before.
    unsafe { std::arch::asm!("", options(nostack, preserves_flags)) };
}

/// An object file that GDB knows, until this is dropped.
#[derive(Debug)]
pub struct Registration {
    entry: *mut Entry,
    /// Read by GDB only.
    _file: Box<[u8]>,
}

// SAFETY: the entry belongs to this object and is reached by others only under `LIST`'s lock.
unsafe impl Send for Registration {}

impl Registration {
    /// Makes an object file for code and shows it to GDB. `None` if its rules for unwinding cannot be written down.
    pub fn new(about: &About<'_>, address: u64, length: u32) -> Option<Registration> {
        let file = elf::object_file(about, address, length)?.into_boxed_slice();
        let entry = Box::new(Entry {
            next: ptr::null_mut(),
            previous: ptr::null_mut(),
            file: file.as_ptr(),
            length: file.len() as u64,
        });
        let entry = Box::into_raw(entry);
        let _lock = LIST.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the lock is held, and every entry of the list lives until its registration has taken it out.
        unsafe {
            let first = __jit_debug_descriptor.first;
            (*entry).next = first;
            if !first.is_null() {
                (*first).previous = entry;
            }
            __jit_debug_descriptor.first = entry;
            announce(REGISTER, entry);
        }
        Some(Registration { entry, _file: file })
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let _lock = LIST.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the lock is held; the entry was made by `new` and is in the list, with its neighbours alive.
        unsafe {
            let Entry { next, previous, .. } = *self.entry;
            match previous.is_null() {
                true => __jit_debug_descriptor.first = next,
                false => (*previous).next = next,
            }
            if !next.is_null() {
                (*next).previous = previous;
            }
            announce(UNREGISTER, self.entry);
            drop(Box::from_raw(self.entry));
        }
    }
}

/// Lets GDB look at the list.
///
/// # Safety
/// The list's lock is held and `entry` is alive.
unsafe fn announce(action: u32, entry: *mut Entry) {
    // SAFETY: the descriptor changes under the lock only.
    unsafe {
        __jit_debug_descriptor.action = action;
        __jit_debug_descriptor.relevant = entry;
        __jit_debug_register_code();
        __jit_debug_descriptor.action = NOTHING;
        __jit_debug_descriptor.relevant = ptr::null_mut();
    }
}

/// The files in the list, copied, the newest first. Checks the links in both directions.
#[cfg(test)]
pub fn files() -> Vec<Vec<u8>> {
    let _lock = LIST.lock().unwrap_or_else(PoisonError::into_inner);
    let mut files = Vec::new();
    // SAFETY: the lock is held, so all entries are alive, and so are their files.
    unsafe {
        let version = __jit_debug_descriptor.version;
        assert_eq!(version, 1);
        let (mut previous, mut entry) = (ptr::null_mut(), __jit_debug_descriptor.first);
        while !entry.is_null() {
            assert_eq!((*entry).previous, previous);
            files.push(std::slice::from_raw_parts((*entry).file, (*entry).length as usize).to_vec());
            (previous, entry) = (entry, (*entry).next);
        }
    }
    files
}
