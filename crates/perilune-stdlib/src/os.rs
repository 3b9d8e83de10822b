//! The `os` library, but for dates, whose rules are in [`crate::datetime`].

use crate::io::file::shell;
use crate::io::standard::flush_all;
use crate::system::{self, Errno, check, c_string, push_outcome, until_nul};
use perilune_vm::api::LibFunction;
use perilune_vm::{NativeResult, Table, Thread, Value};

const FUNCTIONS: &[LibFunction] = &[
    ("clock", clock),
    ("difftime", difftime),
    ("execute", execute),
    ("exit", exit),
    ("getenv", getenv),
    ("remove", remove),
    ("rename", rename),
    ("setlocale", setlocale),
    ("tmpname", tmpname),
];

/// Makes the library's table.
pub fn open(t: &mut Thread) -> Table {
    t.new_lib(FUNCTIONS)
}

fn clock(t: &mut Thread) -> NativeResult {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: fills the structure; a failure leaves it zero.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    // C's clock counts microseconds.
    let microseconds = time.tv_sec * 1_000_000 + time.tv_nsec / 1000;
    t.push_float(microseconds as f64 / 1_000_000.0);
    Ok(1)
}

fn difftime(t: &mut Thread) -> NativeResult {
    let (later, earlier) = (t.check_int(1)?, t.check_int(2)?);
    t.push_float(later as f64 - earlier as f64);
    Ok(1)
}

fn execute(t: &mut Thread) -> NativeResult {
    let Some(command) = t.opt_str(1)? else {
        t.push_bool(std::path::Path::new("/bin/sh").exists());
        return Ok(1);
    };
    flush_all();
    match shell(command.bytes()).status() {
        Ok(status) => system::push_exit_status(t, status),
        Err(error) => system::push_failure(t, Errno::from(error), None),
    }
}

fn exit(t: &mut Thread) -> NativeResult {
    let status = match t.arg(1) {
        Value::TRUE => 0,
        Value::FALSE => 1,
        _ => t.opt_int(1, 0)? as i32,
    };
    if t.arg(2).is_truthy() {
        t.close_state();
    }
    std::process::exit(status)
}

fn getenv(t: &mut Thread) -> NativeResult {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    let name = until_nul(t.check_str(1)?.bytes());
    match std::env::var_os(std::ffi::OsStr::from_bytes(name)) {
        Some(value) => t.push_bytes(&value.into_vec())?,
        None => t.push(Value::NIL),
    }
    Ok(1)
}

fn remove(t: &mut Thread) -> NativeResult {
    let name = t.check_str(1)?.bytes();
    let path = c_string(name);
    // SAFETY: the path is NUL-terminated.
    let outcome = check(unsafe { libc::remove(path.as_ptr()) });
    push_outcome(t, outcome.map(|_| ()), Some(name))
}

fn rename(t: &mut Thread) -> NativeResult {
    let from = c_string(t.check_str(1)?.bytes());
    let to = c_string(t.check_str(2)?.bytes());
    // SAFETY: both paths are NUL-terminated.
    let outcome = check(unsafe { libc::rename(from.as_ptr(), to.as_ptr()) });
    push_outcome(t, outcome.map(|_| ()), None)
}

/// Only the C locale exists: nothing here depends on another.
fn setlocale(t: &mut Thread) -> NativeResult {
    let locale = t.opt_str(1)?;
    t.check_option(2, Some("all"), &["all", "collate", "ctype", "monetary", "numeric", "time"])?;
    match locale.map(|locale| until_nul(locale.bytes())) {
        None | Some(b"" | b"C" | b"POSIX") => t.push_bytes(b"C")?,
        Some(_) => t.push(Value::NIL),
    }
    Ok(1)
}

fn tmpname(t: &mut Thread) -> NativeResult {
    let Ok((fd, name)) = system::make_temporary() else {
        return Err(t.error("unable to generate a unique filename"));
    };
    // SAFETY: closes the descriptor just made, which nothing else knows.
    unsafe { libc::close(fd) };
    t.push_bytes(name.as_bytes())?;
    Ok(1)
}
