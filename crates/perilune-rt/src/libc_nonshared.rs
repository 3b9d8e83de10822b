//! Functions of the C library that are not in `libc.so.6`, but in the static part of it that only development packages have.

use std::ffi::{c_int, c_void};

unsafe extern "C" {
    fn __cxa_atexit(function: extern "C" fn(*mut c_void), argument: *mut c_void, library: *mut c_void) -> c_int;
}

/// Registers a function that is called when the process exits: of the executable, not of a library that may be unloaded.
#[unsafe(no_mangle)]
extern "C" fn atexit(function: extern "C" fn(*mut c_void)) -> c_int {
    // SAFETY: callers give a function without parameters; by the calling convention it does not see the one it gets.
    unsafe { __cxa_atexit(function, std::ptr::null_mut(), std::ptr::null_mut()) }
}
