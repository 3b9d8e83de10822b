//! Ctrl-C stops the running Lua code.

use perilune_vm::state::StopHandle;
use std::sync::OnceLock;

/// Stops the state of this process.
static STOP: OnceLock<StopHandle> = OnceLock::new();

/// To be called once, before any Lua code runs.
pub fn prepare(stop: StopHandle) {
    // There is one state in this process; a second call would change nothing.
    let _ = STOP.set(stop);
}

/// From here on, Ctrl-C raises an error in the running Lua code.
pub fn catch() {
    set(libc::SIGINT, on_interrupt as *const () as libc::sighandler_t);
}

/// From here on, Ctrl-C ends the process.
pub fn release() {
    set(libc::SIGINT, libc::SIG_DFL);
}

/// A second Ctrl-C before the first one is noticed ends the process: the code may be stuck in a native function.
extern "C" fn on_interrupt(_signal: libc::c_int) {
    release();
    if let Some(stop) = STOP.get() {
        stop.stop();
    }
}

fn set(signal: libc::c_int, handler: libc::sighandler_t) {
    // SAFETY: an all-zero `sigaction` is a valid one with an empty mask. The handler only calls `sigaction`, reads an
    // initialised `OnceLock` and sets an atomic flag: all of them are safe in a signal handler.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler;
        libc::sigaction(signal, &raw const action, std::ptr::null_mut());
    }
}
