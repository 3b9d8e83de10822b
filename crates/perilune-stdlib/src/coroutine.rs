//! The `coroutine` library.

use perilune_vm::api::LibFunction;
use perilune_vm::{Caught, NativeResult, Table, Thread, ThreadRef, Throw, Value};

const FUNCTIONS: &[LibFunction] = &[
    ("create", create),
    ("resume", resume),
    ("running", running),
    ("status", status),
    ("wrap", wrap),
    ("yield", yield_values),
    ("isyieldable", isyieldable),
    ("close", close),
];

/// Makes the library's table.
pub fn open(t: &mut Thread) -> Table {
    t.new_lib(FUNCTIONS)
}

fn check_coroutine(t: &mut Thread, index: usize) -> Result<ThreadRef, Throw> {
    match t.arg(index).as_thread() {
        Some(co) => Ok(co),
        None => Err(t.arg_type_error(index, "thread")),
    }
}

fn create(t: &mut Thread) -> NativeResult {
    let function = t.check_function(1)?;
    let co = t.new_coroutine(function);
    t.push(co);
    Ok(1)
}

fn resume(t: &mut Thread) -> NativeResult {
    let co = check_coroutine(t, 1)?;
    let args = t.arg_count() - 1;
    // The status takes the place of the coroutine, just before the results.
    match t.resume(co, args) {
        Ok(count) => {
            t.set_arg(1, Value::TRUE);
            Ok(count + 1)
        }
        Err(Caught) => {
            t.set_arg(1, Value::FALSE);
            Ok(2)
        }
    }
}

fn wrap(t: &mut Thread) -> NativeResult {
    let function = t.check_function(1)?;
    let co = t.new_coroutine(function);
    let wrapped = t.new_native(call_wrapped, &[co.into()]);
    t.push(wrapped);
    Ok(1)
}

/// The function that `wrap` returns.
fn call_wrapped(t: &mut Thread) -> NativeResult {
    let Some(co) = t.upvalue(1).as_thread() else { return Ok(0) };
    let args = t.arg_count();
    match t.resume(co, args) {
        Ok(count) => Ok(count),
        Err(Caught) => Err(propagate(t, co)),
    }
}

/// Raises the error that a wrapped coroutine ended with, which was pushed. Strings get the caller's position.
#[cold]
fn propagate(t: &mut Thread, co: ThreadRef) -> Throw {
    let mut error = t.from_top(0);
    if t.coroutine_status(co) == "dead"
        && let Err(closing) = t.close_coroutine(co)
    {
        error = closing;
    }
    if let Some(text) = error.as_str()
        && text.bytes() != b"not enough memory"
    {
        return t.error(text.bytes());
    }
    t.throw(error)
}

fn yield_values(t: &mut Thread) -> NativeResult {
    let count = t.arg_count();
    t.yield_holding_nothing(count)
}

fn status(t: &mut Thread) -> NativeResult {
    let co = check_coroutine(t, 1)?;
    let status = t.coroutine_status(co);
    t.push_bytes(status.as_bytes())?;
    Ok(1)
}

fn isyieldable(t: &mut Thread) -> NativeResult {
    let co = if t.arg_count() == 0 { t.this() } else { check_coroutine(t, 1)? };
    t.push_bool(co.is_yieldable());
    Ok(1)
}

fn running(t: &mut Thread) -> NativeResult {
    let (this, is_main) = (t.this(), t.is_main());
    t.push(this);
    t.push_bool(is_main);
    Ok(2)
}

fn close(t: &mut Thread) -> NativeResult {
    let co = check_coroutine(t, 1)?;
    let status = t.coroutine_status(co);
    if !matches!(status, "dead" | "suspended") {
        return Err(t.error(format!("cannot close a {status} coroutine")));
    }
    match t.close_coroutine(co) {
        Ok(()) => {
            t.push_bool(true);
            Ok(1)
        }
        Err(error) => {
            t.push_bool(false);
            t.push(error);
            Ok(2)
        }
    }
}
