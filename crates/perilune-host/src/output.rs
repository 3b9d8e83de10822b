//! The process's own output, through the buffers that Lua code writes to: the order stays.

use perilune_stdlib::io::standard::{lock, stdout};

use std::io::Write;

/// Writes to the standard output.
pub fn print(text: &[u8]) {
    // What cannot be written is lost, as in C.
    let _ = lock(stdout()).write(text);
}

/// Writes all that was printed and then this to the standard output.
///
/// # Errors
/// The system's message, if it could not be written.
pub fn deliver(text: &[u8]) -> Result<(), Vec<u8>> {
    let mut out = lock(stdout());
    out.write(text).and_then(|()| out.flush()).map_err(|error| error.message())
}

/// Hands what was printed to the system.
pub fn flush() {
    let _ = lock(stdout()).flush();
}

/// Prints a line to the standard error output: `program: message`, or only the message if there is no program name.
pub fn complain(program: Option<&[u8]>, message: &[u8]) {
    let mut text = Vec::with_capacity(message.len() + 32);
    if let Some(program) = program {
        text.extend_from_slice(program);
        text.extend_from_slice(b": ");
    }
    text.extend_from_slice(message);
    text.push(b'\n');
    write_error(&text);
}

/// Writes to the standard error output, after all that was printed before. What cannot be written is lost: there is nobody
/// left to tell.
pub fn write_error(text: &[u8]) {
    flush();
    let _ = std::io::stderr().write_all(text);
}
