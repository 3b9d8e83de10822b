//! The basic functions.

use crate::chunk;
use crate::io::standard::{flush_stdout, line_printed, lock, stdout};
use crate::system::until_nul;
use perilune_vm::api::LibFunction;
use perilune_vm::{Caught, Event, NativeFn, NativeResult, Special, Table, Thread, Throw, Type, Value, convert};

const FUNCTIONS: &[LibFunction] = &[
    ("collectgarbage", collectgarbage),
    ("dofile", dofile),
    ("error", error),
    ("load", load),
    ("loadfile", loadfile),
    ("print", print),
    ("tonumber", tonumber),
    ("warn", warn),
];

const SPECIALS: &[(&str, NativeFn, Special)] = &[
    ("pcall", pcall, Special::Pcall),
    ("xpcall", xpcall, Special::Xpcall),
    ("setmetatable", setmetatable, Special::SetMetatable),
    ("getmetatable", getmetatable, Special::GetMetatable),
    ("select", select, Special::Select),
    ("assert", base_assert, Special::Assert),
    ("tostring", tostring, Special::ToString),
    ("rawequal", rawequal, Special::RawEqual),
    ("rawlen", rawlen, Special::RawLen),
    ("rawget", rawget, Special::RawGet),
    ("rawset", rawset, Special::RawSet),
];

/// Adds the functions to the globals; returns the globals.
pub fn open(t: &mut Thread) -> Table {
    let globals = t.globals();
    t.set_functions(globals, FUNCTIONS);
    t.set_specials(globals, SPECIALS);
    let next = t.new_special(next, Special::Next);
    t.set_field(globals, "next", next);
    let pairs = t.global().special_native(pairs, &[next], Special::Pairs);
    t.set_field(globals, "pairs", pairs);
    let step = t.new_special(ipairs_step, Special::IpairsStep);
    let ipairs = t.global().special_native(ipairs, &[step], Special::Ipairs);
    t.set_field(globals, "ipairs", ipairs);
    t.set_field(globals, "_G", globals);
    let names = TYPES.map(|kind| Value::from(t.global().str(kind.name().as_bytes())));
    let type_name = t.global().special_native(type_name, &names, Special::Type);
    t.set_field(globals, "type", type_name);
    let version = t.global().str(b"Lua 5.4");
    t.set_field(globals, "_VERSION", version);
    globals
}

// ---- output ----

fn print(t: &mut Thread) -> NativeResult {
    let count = t.arg_count();
    let mut out = lock(stdout());
    for index in 1..=count {
        let value = t.arg(index);
        // What cannot be written is lost, as in C.
        if index > 1 {
            let _ = out.write(b"\t");
        }
        if is_plain(t, value) {
            let _ = match value.as_str() {
                Some(text) => out.write(text.bytes()),
                None => out.write_short(|out| convert::append_number(value, out)),
            };
            continue;
        }
        // A `__tostring` may print, too.
        drop(out);
        let text = t.tostring(value)?;
        out = lock(stdout());
        let _ = out.write(text.bytes());
    }
    let _ = out.write(b"\n");
    line_printed(&mut out);
    Ok(0)
}

/// Whether a value is a string or number without a `__tostring` for its type.
fn is_plain(t: &Thread, value: Value) -> bool {
    (value.as_str().is_some() || value.is_number())
        && t.metatable(value).is_none_or(|_| t.global().metamethod(value, Event::ToString).is_nil())
}

fn warn(t: &mut Thread) -> NativeResult {
    let count = t.arg_count();
    t.check_str(1)?;
    for index in 2..=count {
        t.check_str(index)?;
    }
    flush_stdout();
    for index in 1..=count {
        let message = t.check_str(index)?;
        t.warn(until_nul(message.bytes()), index < count);
    }
    Ok(0)
}

// ---- conversions and types ----

fn tostring(t: &mut Thread) -> NativeResult {
    let value = t.check_any(1)?;
    let text = t.tostring(value)?;
    t.push(text);
    Ok(1)
}

/// All types, by number.
const TYPES: [Type; Type::COUNT] = [
    Type::Nil,
    Type::Boolean,
    Type::LightUserdata,
    Type::Number,
    Type::String,
    Type::Table,
    Type::Function,
    Type::Userdata,
    Type::Thread,
];

/// `type`; the upvalues are the names of [`TYPES`].
fn type_name(t: &mut Thread) -> NativeResult {
    let value = t.check_any(1)?;
    let name = t.upvalue(value.type_of() as usize + 1);
    t.push(name);
    Ok(1)
}

fn tonumber(t: &mut Thread) -> NativeResult {
    if !t.arg(2).is_nil() {
        return tonumber_in_base(t);
    }
    let value = t.check_any(1)?;
    if value.is_number() {
        t.push(value);
    } else {
        match value.as_str().and_then(|text| perilune_vm::api::parse_number(text.bytes())) {
            Some(number) => t.push_number(number),
            None => t.push(Value::NIL),
        }
    }
    Ok(1)
}

fn tonumber_in_base(t: &mut Thread) -> NativeResult {
    let base = t.check_int(2)?;
    let Some(text) = t.arg(1).as_str() else { return Err(t.arg_type_error(1, "string")) };
    if !(2..=36).contains(&base) {
        return Err(t.arg_error(2, "base out of range"));
    }
    match parse_int(text.bytes(), base as u32) {
        Some(int) => t.push_int(int),
        None => t.push(Value::NIL),
    }
    Ok(1)
}

/// An integer in a base, with spaces around it and a sign; it wraps around.
fn parse_int(text: &[u8], base: u32) -> Option<i64> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let start = text.iter().position(|byte| !is_space(byte))?;
    let end = text.iter().rposition(|byte| !is_space(byte))? + 1;
    let text = &text[start..end];
    let (negative, digits) = match text.first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = 0i64;
    for &byte in digits {
        let digit = char::from(byte).to_digit(base)?;
        value = value.wrapping_mul(i64::from(base)).wrapping_add(i64::from(digit));
    }
    Some(if negative { value.wrapping_neg() } else { value })
}

// ---- raw access and metatables ----

fn rawequal(t: &mut Thread) -> NativeResult {
    let (a, b) = (t.check_any(1)?, t.check_any(2)?);
    t.push_bool(a.raw_equals(b));
    Ok(1)
}

fn rawlen(t: &mut Thread) -> NativeResult {
    let value = t.arg(1);
    let length = match (value.as_table(), value.as_str()) {
        (Some(table), _) => table.len(),
        (None, Some(text)) => text.len() as i64,
        (None, None) => return Err(t.arg_type_error(1, "table or string")),
    };
    t.push_int(length);
    Ok(1)
}

fn rawget(t: &mut Thread) -> NativeResult {
    let table = t.check_table(1)?;
    let key = t.check_any(2)?;
    t.push(table.get(key));
    Ok(1)
}

fn rawset(t: &mut Thread) -> NativeResult {
    let table = t.check_table(1)?;
    let key = t.check_any(2)?;
    let value = t.check_any(3)?;
    t.raw_set(table, key, value)?;
    t.push(table);
    Ok(1)
}

fn getmetatable(t: &mut Thread) -> NativeResult {
    let value = t.check_any(1)?;
    let Some(meta) = t.metatable(value) else {
        t.push(Value::NIL);
        return Ok(1);
    };
    let shown = t.metafield(value, Event::Metatable);
    if shown.is_nil() {
        t.push(meta);
    } else {
        t.push(shown);
    }
    Ok(1)
}

fn setmetatable(t: &mut Thread) -> NativeResult {
    let table = t.check_table(1)?;
    let argument = t.opt_arg(2);
    let meta = argument.and_then(Value::as_table);
    if meta.is_none() && !argument.is_some_and(Value::is_nil) {
        return Err(t.arg_type_error(2, "nil or table"));
    }
    if !t.metafield(table.into(), Event::Metatable).is_nil() {
        return Err(t.error("cannot change a protected metatable"));
    }
    t.set_table_meta(table, meta);
    t.push(table);
    Ok(1)
}

// ---- traversal ----

fn next(t: &mut Thread) -> NativeResult {
    let table = t.check_table(1)?;
    match table.next(t.arg(2)) {
        Ok(Some((key, value))) => {
            t.push(key);
            t.push(value);
            Ok(2)
        }
        Ok(None) => {
            t.push(Value::NIL);
            Ok(1)
        }
        Err(_) => Err(t.runtime_error("invalid key to 'next'")),
    }
}

fn pairs(t: &mut Thread) -> NativeResult {
    let value = t.check_any(1)?;
    let method = t.metafield(value, Event::Pairs);
    if method.is_nil() {
        let next = t.upvalue(1);
        t.push(next);
        t.push(value);
        t.push(Value::NIL);
    } else {
        t.push(method);
        t.push(value);
        t.call_pushed(1, 3)?;
    }
    Ok(3)
}

fn ipairs(t: &mut Thread) -> NativeResult {
    let value = t.check_any(1)?;
    let step = t.upvalue(1);
    t.push(step);
    t.push(value);
    t.push_int(0);
    Ok(3)
}

fn ipairs_step(t: &mut Thread) -> NativeResult {
    let index = t.check_int(2)?.wrapping_add(1);
    let (table, key) = (t.arg(1), t.global().int(index));
    let value = t.index(table, key)?;
    if value.is_nil() {
        t.push(Value::NIL);
        return Ok(1);
    }
    t.push(key);
    t.push(value);
    Ok(2)
}

fn select(t: &mut Thread) -> NativeResult {
    let count = t.arg_count() as i64;
    if t.arg(1).as_str().is_some_and(|text| text.bytes().first() == Some(&b'#')) {
        t.push_int(count - 1);
        return Ok(1);
    }
    let index = t.check_int(1)?;
    let from = if index < 0 { count.saturating_add(index) } else { index.min(count) };
    if from < 1 {
        return Err(t.arg_error(1, "index out of range"));
    }
    Ok((count - from) as u32)
}

// ---- errors ----

fn base_assert(t: &mut Thread) -> NativeResult {
    let count = t.arg_count();
    if t.arg(1).is_truthy() {
        return Ok(count as u32);
    }
    t.check_any(1)?;
    let message = match t.opt_arg(2) {
        Some(message) => message,
        None => t.global().str(b"assertion failed!").into(),
    };
    raise(t, message, 1)
}

fn error(t: &mut Thread) -> NativeResult {
    let level = t.opt_int(2, 1)?;
    let value = t.arg(1);
    raise(t, value, level)
}

/// Raises `value`; a string gets the position of the function at `level` before it.
fn raise(t: &mut Thread, mut value: Value, level: i64) -> NativeResult {
    if let Some(text) = value.as_str()
        && level > 0
    {
        let position = t.position(usize::try_from(level).unwrap_or(usize::MAX));
        let text = [&position, text.bytes()].concat();
        value = t.new_str(&text)?.into();
    }
    Err(t.throw(value))
}

/// After a protected call from argument 1 on, which left `count` values: puts `status` before them.
fn finish_protected(t: &mut Thread, status: bool, count: u32) -> NativeResult {
    let count = count as usize;
    t.check_stack(1, "too many results")?;
    let first = t.arg_count() - count + 1;
    t.push(Value::NIL);
    for index in (first..first + count).rev() {
        let value = t.arg(index);
        t.set_arg(index + 1, value);
    }
    t.set_arg(first, Value::boolean(status));
    Ok(count as u32 + 1)
}

fn pcall(t: &mut Thread) -> NativeResult {
    t.check_any(1)?;
    let args = t.arg_count() - 1;
    match t.protected_call_pushed(args) {
        Ok(count) => finish_protected(t, true, count),
        Err(Caught) => finish_protected(t, false, 1),
    }
}

fn xpcall(t: &mut Thread) -> NativeResult {
    let handler = t.check_function(2)?;
    let count = t.arg_count();
    // The handler stays in argument 1, the function moves next to its arguments.
    let function = t.arg(1);
    t.set_arg(1, handler);
    t.set_arg(2, function);
    match t.protected_call_with_handler(count - 2, handler) {
        Ok(count) => finish_protected(t, true, count),
        Err(Caught) => finish_protected(t, false, 1),
    }
}

// ---- loading ----

/// Pushes what the loading functions return. The environment, if given, becomes the function's first upvalue.
fn push_loaded(t: &mut Thread, loaded: Result<Value, Vec<u8>>, env: Option<Value>) -> NativeResult {
    match loaded {
        Ok(function) => {
            if let Some(env) = env {
                let _ = perilune_vm::debug::set_upvalue(t, function, 1, env);
            }
            t.push(function);
            Ok(1)
        }
        Err(message) => {
            t.push(Value::NIL);
            t.push_bytes(&message)?;
            Ok(2)
        }
    }
}

fn load(t: &mut Thread) -> NativeResult {
    let text = match t.arg(1) {
        chunk if chunk.as_str().is_some() || chunk.is_number() => Some(t.check_str(1)?),
        _ => None,
    };
    let mode = t.opt_str(3)?.map_or(b"bt".as_slice(), |mode| until_nul(mode.bytes()));
    let env = t.opt_arg(4);
    let name = t.opt_str(2)?;
    if let Some(text) = text {
        let name = name.unwrap_or(text);
        let loaded = chunk::load(t, text.bytes(), until_nul(name.bytes()), mode);
        return push_loaded(t, loaded, env);
    }
    let name = name.map_or(b"=(load)".as_slice(), |name| until_nul(name.bytes()));
    t.check_function(1)?;
    match t.without_yield(read_pieces) {
        Ok(source) => {
            let loaded = chunk::load(t, &source, name, mode);
            push_loaded(t, loaded, env)
        }
        Err(Throw) => {
            let error = t.take_error();
            t.push(Value::NIL);
            t.push(error);
            Ok(2)
        }
    }
}

/// All that the reader function in argument 1 gives.
fn read_pieces(t: &mut Thread) -> Result<Vec<u8>, Throw> {
    let mut source = Vec::new();
    loop {
        let reader = t.arg(1);
        t.check_stack(2, "too many nested functions")?;
        t.push(reader);
        let Ok(count) = t.protected_call_pushed(0) else {
            let error = t.from_top(0);
            return Err(t.throw(error));
        };
        let count = count as usize;
        let piece = if count == 0 { Value::NIL } else { t.from_top(count - 1) };
        t.pop(count);
        if piece.is_nil() {
            return Ok(source);
        }
        let length = source.len();
        match piece.as_str() {
            Some(text) => source.extend_from_slice(text.bytes()),
            None if piece.is_number() => convert::append_number(piece, &mut source),
            None => return Err(t.error("reader function must return a string")),
        }
        if source.len() == length {
            return Ok(source);
        }
    }
}

fn loadfile(t: &mut Thread) -> NativeResult {
    let name = t.opt_str(1)?.map(|name| name.bytes());
    let mode = t.opt_str(2)?.map_or(b"bt".as_slice(), |mode| until_nul(mode.bytes()));
    let env = t.opt_arg(3);
    let loaded = chunk::load_file(t, name, mode);
    push_loaded(t, loaded, env)
}

fn dofile(t: &mut Thread) -> NativeResult {
    let name = t.opt_str(1)?.map(|name| name.bytes());
    t.set_arg_count(1)?;
    match chunk::load_file(t, name, b"bt") {
        Ok(function) => {
            t.push(function);
            t.call_pushed(0, -1)?;
            Ok(t.arg_count() as u32 - 1)
        }
        Err(message) => {
            let message = t.new_str(&message)?;
            Err(t.throw(message.into()))
        }
    }
}

// ---- the collector ----

const COLLECT_OPTIONS: &[&str] =
    &["stop", "restart", "collect", "count", "step", "setpause", "setstepmul", "isrunning", "generational", "incremental"];

fn collectgarbage(t: &mut Thread) -> NativeResult {
    let option = COLLECT_OPTIONS[t.check_option(1, Some("collect"), COLLECT_OPTIONS)?];
    let (first, second) = match option {
        "step" | "setpause" | "setstepmul" => (t.opt_int(2, 0)?, 0),
        "generational" | "incremental" => (t.opt_int(2, 0)?, t.opt_int(3, 0)?),
        _ => (0, 0),
    };
    if t.global().collector().is_finalizing() {
        t.push(Value::NIL);
        return Ok(1);
    }
    match option {
        "count" => {
            let bytes = t.global().memory_used();
            t.push_float(bytes as f64 / 1024.0);
        }
        "step" => {
            let done = t.global().step(usize::try_from(first).unwrap_or(0));
            t.run_finalizers();
            t.push_bool(done);
        }
        "setpause" => {
            let previous = t.global().collector().set_pause(first);
            t.push_int(previous);
        }
        "setstepmul" => {
            let previous = t.global().collector().set_step_multiplier(first);
            t.push_int(previous);
        }
        "isrunning" => {
            let running = t.global().collector().is_running();
            t.push_bool(running);
        }
        "generational" | "incremental" => {
            if option == "incremental" {
                set_nonzero_parameters(t, first, second);
            }
            let previous = t.global().collector().set_generational(option == "generational");
            t.push_bytes(previous.as_bytes())?;
        }
        "stop" => {
            t.global().collector().stop();
            t.push_int(0);
        }
        "restart" => {
            t.global().collector().restart();
            t.push_int(0);
        }
        _ => {
            t.global().full_collect();
            t.run_finalizers();
            t.push_int(0);
        }
    }
    Ok(1)
}

/// Zero leaves a parameter as it is.
fn set_nonzero_parameters(t: &mut Thread, pause: i64, step_multiplier: i64) {
    if pause != 0 {
        t.global().collector().set_pause(pause);
    }
    if step_multiplier != 0 {
        t.global().collector().set_step_multiplier(step_multiplier);
    }
}

#[cfg(test)]
mod tests {
    use super::parse_int;

    #[test]
    fn integers_in_a_base() {
        assert_eq!(parse_int(b" -ff\t", 16), Some(-255));
        assert_eq!(parse_int(b"+Z", 36), Some(35));
        assert_eq!(parse_int(b"ffffffffffffffff", 16), Some(-1));
        assert_eq!(parse_int(b"10000000000000000", 16), Some(0));
        for bad in [&b"12"[..], b"", b" ", b"-", b"1 1", b"- 1", b"1.0"] {
            assert_eq!(parse_int(bad, 2), None, "{bad:?}");
        }
    }
}
