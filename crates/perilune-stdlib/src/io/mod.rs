//! The `io` library.

pub mod file;
pub mod read;
pub mod standard;
pub mod stream;

use crate::system::{self, SystemResult, push_failure, push_outcome};
use file::{TYPE_NAME, check_handle, check_open};
use perilune_vm::api::LibFunction;
use perilune_vm::{NativeResult, Table, Thread, Throw, Value, convert};
use standard::{SharedStream, lock};
use std::sync::Arc;
use stream::{BUFFER_SIZE, Buffering, Stream, Whence};

/// Most formats of `lines`.
const MAX_LINES_FORMATS: usize = 250;

/// Registry fields of the default files; what follows the prefix is their name in messages.
const DEFAULT_INPUT: &str = "_IO_input";
const DEFAULT_OUTPUT: &str = "_IO_output";
const DEFAULT_PREFIX: &str = "_IO_";

const FUNCTIONS: &[LibFunction] = &[
    ("close", io_close),
    ("flush", io_flush),
    ("input", io_input),
    ("lines", io_lines),
    ("open", io_open),
    ("output", io_output),
    ("popen", io_popen),
    ("read", io_read),
    ("tmpfile", io_tmpfile),
    ("type", io_type),
    ("write", io_write),
];

const METHODS: &[LibFunction] = &[
    ("read", file_read),
    ("write", file_write),
    ("lines", file_lines),
    ("flush", file_flush),
    ("seek", file_seek),
    ("close", file_close),
    ("setvbuf", file_setvbuf),
];

const METAMETHODS: &[LibFunction] = &[("__gc", file_gc), ("__close", file_gc), ("__tostring", file_tostring)];

/// Makes the library's table.
pub fn open(t: &mut Thread) -> Table {
    let library = t.new_lib(FUNCTIONS);
    let registry = t.registry();
    let meta = t.new_lib(METAMETHODS);
    let methods = t.new_lib(METHODS);
    t.set_field(meta, "__index", methods);
    let name = t.global().str(TYPE_NAME.as_bytes());
    t.set_field(meta, "__name", name);
    t.set_field(registry, TYPE_NAME, meta);
    let files = [
        ("stdin", standard::stdin(), Some(DEFAULT_INPUT)),
        ("stdout", standard::stdout(), Some(DEFAULT_OUTPUT)),
        ("stderr", standard::stderr(), None),
    ];
    for (name, stream, default) in files {
        let handle = file::push_standard(t, stream);
        t.set_field(library, name, handle);
        if let Some(default) = default {
            t.set_field(registry, default, handle);
        }
        t.pop(1);
    }
    library
}

// ---- handles ----

fn io_type(t: &mut Thread) -> NativeResult {
    let value = t.check_any(1)?;
    match value.as_userdata().and_then(|userdata| userdata.downcast::<file::File>()) {
        None => t.push(Value::NIL),
        Some(file) if file.stream().is_some() => t.push_bytes(b"file")?,
        Some(_) => t.push_bytes(b"closed file")?,
    }
    Ok(1)
}

fn file_tostring(t: &mut Thread) -> NativeResult {
    let text = match check_handle(t, 1)?.stream() {
        Some(stream) => format!("file ({:p})", Arc::as_ptr(stream)),
        None => "file (closed)".to_string(),
    };
    t.push_bytes(text.as_bytes())?;
    Ok(1)
}

fn file_close(t: &mut Thread) -> NativeResult {
    check_open(t, 1)?;
    check_handle(t, 1)?.close(t)
}

fn io_close(t: &mut Thread) -> NativeResult {
    if t.arg_count() == 0 {
        let output = default_value(t, DEFAULT_OUTPUT);
        t.push(output);
    }
    file_close(t)
}

fn file_gc(t: &mut Thread) -> NativeResult {
    let file = check_handle(t, 1)?;
    if file.stream().is_some() {
        file.close(t)?;
    }
    Ok(0)
}

// ---- opening ----

fn pushed_or_failure<T>(t: &mut Thread, opened: SystemResult<T>, name: Option<&[u8]>) -> NativeResult {
    match opened {
        Ok(_) => Ok(1),
        Err(errno) => push_failure(t, errno, name),
    }
}

fn io_open(t: &mut Thread) -> NativeResult {
    let name = t.check_str(1)?.bytes();
    let mode = t.opt_str(2)?.map_or(b"r".as_slice(), |mode| system::until_nul(mode.bytes()));
    if !file::is_valid_mode(mode) {
        return Err(t.arg_error(2, "invalid mode"));
    }
    let opened = file::open(t, name, mode);
    pushed_or_failure(t, opened, Some(name))
}

fn io_popen(t: &mut Thread) -> NativeResult {
    let command = t.check_str(1)?.bytes();
    let mode = t.opt_str(2)?.map_or(b"r".as_slice(), |mode| system::until_nul(mode.bytes()));
    if !matches!(mode, b"r" | b"w") {
        return Err(t.arg_error(2, "invalid mode"));
    }
    let opened = file::open_process(t, command, mode);
    pushed_or_failure(t, opened, Some(command))
}

fn io_tmpfile(t: &mut Thread) -> NativeResult {
    let opened = file::open_temporary(t);
    pushed_or_failure(t, opened, None)
}

/// Opens a file and pushes its handle, or raises an error.
fn open_or_raise(t: &mut Thread, name: &[u8], mode: &[u8]) -> Result<(), Throw> {
    match file::open(t, name, mode) {
        Ok(_) => Ok(()),
        Err(errno) => {
            let message = [b"cannot open file '", system::until_nul(name), b"'"].concat();
            Err(system::raise(t, &message, errno))
        }
    }
}

// ---- default files ----

fn default_value(t: &mut Thread, field: &str) -> Value {
    let registry = t.registry();
    t.field(registry, field)
}

/// The stream and the handle of a default file, which must be open.
fn default_stream<'a>(t: &mut Thread, field: &str) -> Result<(&'a SharedStream, Value), Throw> {
    let handle = default_value(t, field);
    let file = handle.as_userdata().and_then(|handle| handle.downcast::<file::File>());
    match file.and_then(|file| file.stream()) {
        Some(stream) => Ok((stream, handle)),
        None => {
            let name = field.strip_prefix(DEFAULT_PREFIX).unwrap_or(field);
            Err(t.error(format!("default {name} file is closed")))
        }
    }
}

/// Sets a default file if there is an argument, and returns it.
fn default_file(t: &mut Thread, field: &str, mode: &[u8]) -> NativeResult {
    let argument = t.arg(1);
    if !argument.is_nil() {
        if argument.as_str().is_some() || argument.is_number() {
            let name = t.check_str(1)?.bytes();
            open_or_raise(t, name, mode)?;
        } else {
            check_open(t, 1)?;
            t.push(argument);
        }
        let (registry, file) = (t.registry(), t.from_top(0));
        t.set_field(registry, field, file);
    }
    let file = default_value(t, field);
    t.push(file);
    Ok(1)
}

fn io_input(t: &mut Thread) -> NativeResult {
    default_file(t, DEFAULT_INPUT, b"r")
}

fn io_output(t: &mut Thread) -> NativeResult {
    default_file(t, DEFAULT_OUTPUT, b"w")
}

// ---- reading ----

fn io_read(t: &mut Thread) -> NativeResult {
    let (stream, _) = default_stream(t, DEFAULT_INPUT)?;
    read::read_values(t, stream, 1)
}

fn file_read(t: &mut Thread) -> NativeResult {
    let stream = check_open(t, 1)?;
    read::read_values(t, stream, 2)
}

/// Pushes the iterator of `lines`: its upvalues are the file (argument 1), whether to close it at the end, the number of formats
/// and the formats (the other arguments).
fn push_lines(t: &mut Thread, close: bool) -> Result<(), Throw> {
    let formats = t.arg_count() - 1;
    if formats > MAX_LINES_FORMATS {
        return Err(t.arg_error(MAX_LINES_FORMATS + 2, "too many arguments"));
    }
    let mut upvalues = [Value::NIL; MAX_LINES_FORMATS + 3];
    upvalues[0] = t.arg(1);
    upvalues[1] = Value::boolean(close);
    upvalues[2] = Value::small_int(formats as i64);
    for index in 0..formats {
        upvalues[3 + index] = t.arg(2 + index);
    }
    let iterator = t.new_native(next_line, &upvalues[..3 + formats]);
    t.check_stack(4, "")?;
    t.push(iterator);
    Ok(())
}

fn file_lines(t: &mut Thread) -> NativeResult {
    check_open(t, 1)?;
    push_lines(t, false)?;
    Ok(1)
}

fn io_lines(t: &mut Thread) -> NativeResult {
    if t.arg_count() == 0 {
        t.push(Value::NIL);
    }
    if t.arg(1).is_nil() {
        let input = default_value(t, DEFAULT_INPUT);
        t.set_arg(1, input);
        check_open(t, 1)?;
        push_lines(t, false)?;
        return Ok(1);
    }
    let name = t.check_str(1)?.bytes();
    t.check_stack(5, "")?;
    open_or_raise(t, name, b"r")?;
    let file = t.from_top(0);
    t.pop(1);
    t.set_arg(1, file);
    push_lines(t, true)?;
    t.push(Value::NIL);
    t.push(Value::NIL);
    t.push(file);
    Ok(4)
}

/// The iterator of `lines`.
fn next_line(t: &mut Thread) -> NativeResult {
    let handle = t.upvalue(1);
    let Some(file) = handle.as_userdata().and_then(|handle| handle.downcast::<file::File>()) else { return Ok(0) };
    let Some(stream) = file.stream() else { return Err(t.error("file is already closed")) };
    t.set_arg_count(1)?;
    let formats = t.upvalue(3).small_int_value() as usize;
    t.check_stack(formats, "too many arguments")?;
    for index in 0..formats {
        let format = t.upvalue(4 + index);
        t.push(format);
    }
    let count = read::read_values(t, stream, 2)?;
    let first = t.from_top(count as usize - 1);
    if first.is_truthy() {
        return Ok(count);
    }
    if count > 1 {
        let message = t.from_top(count as usize - 2).as_str();
        return Err(t.error(message.map_or(b"".as_slice(), |message| message.bytes())));
    }
    if t.upvalue(2).is_truthy() {
        file.close(t)?;
    }
    Ok(0)
}

// ---- writing ----

/// Writes the arguments from `first` on, and returns `file`.
fn write_arguments(t: &mut Thread, stream: &SharedStream, file: Value, first: usize) -> NativeResult {
    if Arc::ptr_eq(stream, standard::stderr()) {
        standard::flush_stdout();
    }
    let mut stream = lock(stream);
    let mut outcome = Ok(());
    for index in first..=t.arg_count() {
        let value = t.arg(index);
        let written = match value.as_str() {
            Some(text) => stream.write(text.bytes()),
            None if value.is_number() => write_number(&mut stream, value),
            None => stream.write(t.check_str(index)?.bytes()),
        };
        if outcome.is_ok() {
            outcome = written;
        }
    }
    drop(stream);
    match outcome {
        Ok(()) => {
            t.push(file);
            Ok(1)
        }
        Err(errno) => push_failure(t, errno, None),
    }
}

/// Writes a number as C's `%d` or `%.14g` does, which leaves the `.0` of integral floats out.
fn write_number(stream: &mut Stream, value: Value) -> SystemResult<()> {
    stream.write_short(|out| {
        convert::append_number(value, out);
        if value.is_float() && out.ends_with(b".0") {
            out.truncate(out.len() - 2);
        }
    })
}

fn io_write(t: &mut Thread) -> NativeResult {
    let (stream, file) = default_stream(t, DEFAULT_OUTPUT)?;
    write_arguments(t, stream, file, 1)
}

fn file_write(t: &mut Thread) -> NativeResult {
    let stream = check_open(t, 1)?;
    let file = t.arg(1);
    write_arguments(t, stream, file, 2)
}

fn flush(t: &mut Thread, stream: &SharedStream) -> NativeResult {
    let outcome = lock(stream).flush();
    push_outcome(t, outcome, None)
}

fn io_flush(t: &mut Thread) -> NativeResult {
    let (stream, _) = default_stream(t, DEFAULT_OUTPUT)?;
    flush(t, stream)
}

fn file_flush(t: &mut Thread) -> NativeResult {
    let stream = check_open(t, 1)?;
    flush(t, stream)
}

// ---- position and buffering ----

fn file_seek(t: &mut Thread) -> NativeResult {
    const WHENCE: [Whence; 3] = [Whence::Start, Whence::Current, Whence::End];
    let stream = check_open(t, 1)?;
    let whence = WHENCE[t.check_option(2, Some("cur"), &["set", "cur", "end"])?];
    let offset = t.opt_int(3, 0)?;
    let outcome = lock(stream).seek(offset, whence);
    match outcome {
        Ok(position) => {
            t.push_int(position);
            Ok(1)
        }
        Err(errno) => push_failure(t, errno, None),
    }
}

fn file_setvbuf(t: &mut Thread) -> NativeResult {
    let stream = check_open(t, 1)?;
    let mode = t.check_option(2, None, &["no", "full", "line"])?;
    let size = t.opt_int(3, BUFFER_SIZE as i64)?;
    let buffering = match mode {
        0 => Buffering::No,
        1 => Buffering::Full(usize::try_from(size).unwrap_or(BUFFER_SIZE).clamp(1, 1 << 24)),
        _ => Buffering::Line,
    };
    let outcome = lock(stream).set_buffering(buffering);
    push_outcome(t, outcome, None)
}
