//! Lines to and from people: the command's own, through the buffers that Lua code uses.

use crate::{FAILURE, SUCCESS};
use perilune_host::output::{complain, deliver, flush, print};
use perilune_stdlib::io::stream::Stream;
use std::ffi::c_int;

/// Prints a line of its own and hands it to the system.
pub fn print_line(text: &[u8]) {
    print(text);
    print(b"\n");
    flush();
}

/// Prints what was asked for; the exit status of a command that does nothing else.
pub fn show(program: &[u8], text: &[u8]) -> c_int {
    match deliver(text) {
        Ok(()) => SUCCESS,
        Err(message) => {
            complain(Some(program), &[b"cannot write: ", message.as_slice()].concat());
            FAILURE
        }
    }
}

/// Whether both standard input and output are terminals.
#[must_use]
pub fn is_interactive() -> bool {
    is_terminal(libc::STDIN_FILENO) && is_terminal(libc::STDOUT_FILENO)
}

/// Whether a descriptor is a terminal.
#[must_use]
pub fn is_terminal(fd: libc::c_int) -> bool {
    // SAFETY: a query about a descriptor.
    unsafe { libc::isatty(fd) == 1 }
}

/// A line of input without its end; `None` at the end of the input or if it cannot be read.
pub fn read_line(stream: &mut Stream) -> Option<Vec<u8>> {
    let mut spill = Vec::new();
    let line = stream.read_line(&mut spill).ok()?;
    if line.is_empty() {
        return None;
    }
    Some(line.strip_suffix(b"\n").unwrap_or(line).to_vec())
}
