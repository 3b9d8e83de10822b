//! The `os` library. The rules of dates are in [`crate::datetime`].

use crate::datetime::{self, Date, DateError, DateFields, DateFormat, INPUT_FIELDS, InputField};
use crate::io::file::shell;
use crate::io::standard::flush_all;
use crate::system::{self, Errno, c_string, check, push_outcome, until_nul};
use perilune_vm::api::LibFunction;
use perilune_vm::{NativeResult, Table, Thread, Throw, Value, convert};
use std::time::SystemTime;

const FUNCTIONS: &[LibFunction] = &[
    ("clock", clock),
    ("date", date),
    ("difftime", difftime),
    ("execute", execute),
    ("exit", exit),
    ("getenv", getenv),
    ("remove", remove),
    ("rename", rename),
    ("setlocale", setlocale),
    ("time", time),
    ("tmpname", tmpname),
];

/// Makes the library's table.
pub fn open(t: &mut Thread) -> Table {
    t.new_lib(FUNCTIONS)
}

fn clock(t: &mut Thread) -> NativeResult {
    t.push_float(datetime::processor_seconds());
    Ok(1)
}

// ---- dates ----

#[cold]
fn date_error(t: &mut Thread, error: &DateError) -> Throw {
    match error {
        DateError::InvalidConversion(_) => t.arg_error(1, error.message()),
        _ => t.error(error.message()),
    }
}

fn now() -> i64 {
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => after.as_secs() as i64,
        Err(before) => -(before.duration().as_secs() as i64),
    }
}

fn date(t: &mut Thread) -> NativeResult {
    let format = t.opt_str(1)?.map_or(b"%c".as_slice(), |format| format.bytes());
    let time = if t.arg(2).is_nil() { now() } else { t.check_int(2)? };
    let format = DateFormat::new(format);
    let date = Date::new(time, format.utc).map_err(|error| date_error(t, &error))?;
    if format.is_table() {
        let table = t.new_table(0, 9);
        set_fields(t, table, &date.fields());
        t.push(table);
        return Ok(1);
    }
    let mut text = Vec::new();
    date.format(format.text, &mut text).map_err(|error| date_error(t, &error))?;
    t.push_bytes(&text)?;
    Ok(1)
}

fn set_fields(t: &mut Thread, table: Table, fields: &DateFields) {
    let numbers = [
        ("year", fields.year),
        ("month", fields.month),
        ("day", fields.day),
        ("hour", fields.hour),
        ("min", fields.min),
        ("sec", fields.sec),
        ("yday", fields.yday),
        ("wday", fields.wday),
    ];
    for (name, number) in numbers {
        let number = t.global().int(number);
        t.set_field(table, name, number);
    }
    if let Some(isdst) = fields.isdst {
        t.set_field(table, "isdst", Value::boolean(isdst));
    }
}

fn time(t: &mut Thread) -> NativeResult {
    if t.arg(1).is_nil() {
        t.push_int(now());
        return Ok(1);
    }
    let table = t.check_table(1)?;
    let mut values = [0; INPUT_FIELDS.len()];
    for (value, field) in values.iter_mut().zip(&INPUT_FIELDS) {
        *value = input_value(t, table, field)?;
    }
    let isdst = t.index_field(table.into(), "isdst")?;
    let mut date = Date::from_input(values, (!isdst.is_nil()).then(|| isdst.is_truthy()));
    let time = date.normalise();
    set_fields(t, table, &date.fields());
    let time = time.map_err(|error| date_error(t, &error))?;
    t.push_int(time);
    Ok(1)
}

fn input_value(t: &mut Thread, table: Table, field: &InputField) -> Result<i32, Throw> {
    let value = t.index_field(table.into(), field.name)?;
    let number = match convert::to_int(value) {
        Some(int) => field.value(int),
        None if value.is_nil() => field.absent(),
        None => Err(field.not_integer()),
    };
    number.map_err(|error| date_error(t, &error))
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
