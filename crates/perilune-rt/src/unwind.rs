//! The unwinder's interface, for a process in which nothing is unwound.
//!
//! Rust's standard library refers to the unwinder of `libgcc_s`, which is no part of the C library. A panic here ends the process:
//! the release profile says `panic = "abort"`, and where another profile does not, raising fails, which also aborts. Backtraces of
//! panics are empty.

use std::ffi::{c_int, c_void};

/// `_URC_END_OF_STACK`: there is nothing more to see.
const END_OF_STACK: c_int = 5;
/// `_URC_FATAL_PHASE1_ERROR`: nobody will catch it.
const FATAL: c_int = 3;

#[unsafe(no_mangle)]
extern "C" fn _Unwind_Backtrace(_visit: *const c_void, _context: *mut c_void) -> c_int {
    END_OF_STACK
}

#[unsafe(no_mangle)]
extern "C" fn _Unwind_RaiseException(_exception: *mut c_void) -> c_int {
    FATAL
}

#[unsafe(no_mangle)]
extern "C" fn _Unwind_DeleteException(_exception: *mut c_void) {}

/// Functions that are only called while a stack is unwound or looked at.
macro_rules! unreachable_functions {
    ($($name:ident)*) => {
        $(#[unsafe(no_mangle)]
        extern "C" fn $name() -> ! {
            std::process::abort()
        })*
    };
}

unreachable_functions! {
    _Unwind_Resume
    _Unwind_GetIP
    _Unwind_GetIPInfo
    _Unwind_GetCFA
    _Unwind_GetGR
    _Unwind_SetGR
    _Unwind_SetIP
    _Unwind_GetDataRelBase
    _Unwind_GetTextRelBase
    _Unwind_GetRegionStart
    _Unwind_GetLanguageSpecificData
    _Unwind_FindEnclosingFunction
}
