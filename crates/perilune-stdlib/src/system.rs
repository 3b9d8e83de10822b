//! Errors of the operating system and the ways Lua reports them.

use perilune_vm::{NativeResult, Thread, Throw, Value};
use std::ffi::CString;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// An error number of the operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Errno(pub i32);

impl Errno {
    /// The number of the last failed system call of this thread.
    #[must_use]
    pub fn last() -> Errno {
        Errno(std::io::Error::last_os_error().raw_os_error().unwrap_or(0))
    }

    /// The system's message.
    #[must_use]
    pub fn message(self) -> Vec<u8> {
        if self.0 == 0 {
            return b"(no extra info)".to_vec();
        }
        let mut buffer = [0u8; 256];
        // SAFETY: the buffer's length is passed along; the result is NUL-terminated within it.
        let failed = unsafe { libc::strerror_r(self.0, buffer.as_mut_ptr().cast(), buffer.len()) } != 0;
        let length = buffer.iter().position(|&byte| byte == 0).unwrap_or(0);
        if failed && length == 0 { format!("Unknown error {}", self.0).into_bytes() } else { buffer[..length].to_vec() }
    }
}

impl From<std::io::Error> for Errno {
    fn from(error: std::io::Error) -> Errno {
        Errno(error.raw_os_error().unwrap_or(libc::EIO))
    }
}

/// A result of the operating system.
pub type SystemResult<T> = Result<T, Errno>;

/// The result of a system call that returns -1 for errors.
pub fn check(result: i32) -> SystemResult<i32> {
    if result == -1 { Err(Errno::last()) } else { Ok(result) }
}

/// A path or other text for the system: like a C string it ends at the first NUL.
#[must_use]
pub fn c_string(text: &[u8]) -> CString {
    CString::new(until_nul(text)).unwrap_or_default()
}

/// The text before the first NUL.
#[must_use]
pub fn until_nul(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|&byte| byte == 0).unwrap_or(text.len());
    &text[..end]
}

/// What I/O functions return for errors: nil, a message (after `name: ` if there is one) and the error number.
pub fn push_failure(t: &mut Thread, errno: Errno, name: Option<&[u8]>) -> NativeResult {
    let message = match name {
        Some(name) => [until_nul(name), b": ", &errno.message()].concat(),
        None => errno.message(),
    };
    t.push(Value::NIL);
    t.push_bytes(&message)?;
    t.push_int(i64::from(errno.0));
    Ok(3)
}

/// `true`, or what [`push_failure`] gives.
pub fn push_outcome(t: &mut Thread, outcome: SystemResult<()>, name: Option<&[u8]>) -> NativeResult {
    match outcome {
        Ok(()) => {
            t.push_bool(true);
            Ok(1)
        }
        Err(errno) => push_failure(t, errno, name),
    }
}

/// How a command ended: `true` or nil, "exit" or "signal", and the code.
pub fn push_exit_status(t: &mut Thread, status: ExitStatus) -> NativeResult {
    let (kind, code) = match (status.code(), status.signal()) {
        (Some(code), _) => ("exit", code),
        (None, signal) => ("signal", signal.unwrap_or(0)),
    };
    if status.success() {
        t.push_bool(true);
    } else {
        t.push(Value::NIL);
    }
    t.push_bytes(kind.as_bytes())?;
    t.push_int(i64::from(code));
    Ok(3)
}

/// Creates an empty file with a unique name in the directory for temporary files; its descriptor and name.
pub fn make_temporary() -> SystemResult<(i32, CString)> {
    let mut name = *b"/tmp/lua_XXXXXX\0";
    // SAFETY: the template is writable and NUL-terminated.
    let fd = check(unsafe { libc::mkstemp(name.as_mut_ptr().cast()) })?;
    Ok((fd, c_string(&name)))
}

/// An error whose text is a message and the system's explanation.
#[cold]
pub fn raise(t: &mut Thread, message: &[u8], errno: Errno) -> Throw {
    t.error([message, b" (", &errno.message(), b")"].concat())
}
