//! The `debug` library.

use crate::chunk;
use crate::io::standard::{flush_stdout, lock, stdin};
use crate::system::until_nul;
use perilune_vm::api::LibFunction;
use perilune_vm::debug::{self, Info};
use perilune_vm::thread::hook_mask;
use perilune_vm::{NativeResult, Str, Table, Thread, ThreadRef, Throw, Type, Value};
use std::io::Write;

/// What `setcstacklimit` returns: PUC Lua's limit, which cannot be changed.
const C_STACK_LIMIT: i64 = 200;

/// Longest line that `debug.debug` takes.
const MAX_COMMAND: usize = 249;

const FUNCTIONS: &[LibFunction] = &[
    ("debug", debug_loop),
    ("getuservalue", getuservalue),
    ("gethook", gethook),
    ("getinfo", getinfo),
    ("getlocal", getlocal),
    ("getregistry", getregistry),
    ("getmetatable", getmetatable),
    ("getupvalue", getupvalue),
    ("upvaluejoin", upvaluejoin),
    ("upvalueid", upvalueid),
    ("setuservalue", setuservalue),
    ("sethook", sethook),
    ("setlocal", setlocal),
    ("setmetatable", setmetatable),
    ("setupvalue", setupvalue),
    ("traceback", traceback),
    ("setcstacklimit", setcstacklimit),
];

/// Makes the library's table.
pub fn open(t: &mut Thread) -> Table {
    t.new_lib(FUNCTIONS)
}

/// The thread to look at: the first argument if it is one, else the running one; and how many arguments that took.
fn target(t: &Thread) -> (ThreadRef, usize) {
    match t.arg(1).as_thread() {
        Some(thread) => (thread, 1),
        None => (t.this(), 0),
    }
}

/// An integer argument as C's `int`.
fn check_c_int(t: &mut Thread, index: usize) -> Result<i64, Throw> {
    Ok(i64::from(t.check_int(index)? as i32))
}

fn push_name(t: &mut Thread, name: Option<Vec<u8>>) -> Result<(), Throw> {
    match name {
        Some(name) => t.push_bytes(&name),
        None => {
            t.push(Value::NIL);
            Ok(())
        }
    }
}

// ---- registry, metatables, user values ----

fn getregistry(t: &mut Thread) -> NativeResult {
    let registry = t.registry();
    t.push(registry);
    Ok(1)
}

fn getmetatable(t: &mut Thread) -> NativeResult {
    let value = t.check_any(1)?;
    let meta = t.metatable(value).map_or(Value::NIL, Value::from);
    t.push(meta);
    Ok(1)
}

fn setmetatable(t: &mut Thread) -> NativeResult {
    let argument = t.opt_arg(2);
    let meta = argument.and_then(Value::as_table);
    if meta.is_none() && !argument.is_some_and(Value::is_nil) {
        return Err(t.arg_type_error(2, "nil or table"));
    }
    let value = t.arg(1);
    match (value.as_table(), value.as_userdata()) {
        (Some(table), _) => t.set_table_meta(table, meta),
        (None, Some(userdata)) => t.set_userdata_meta(userdata, meta),
        (None, None) => t.set_type_meta(value.type_of(), meta),
    }
    t.push(value);
    Ok(1)
}

fn user_value_index(t: &mut Thread, index: usize) -> Result<usize, Throw> {
    Ok(usize::try_from(t.opt_int(index, 1)?).unwrap_or(0))
}

fn getuservalue(t: &mut Thread) -> NativeResult {
    let n = user_value_index(t, 2)?;
    let Some(userdata) = t.arg(1).as_userdata() else {
        t.push(Value::NIL);
        return Ok(1);
    };
    match userdata.user_value(n) {
        Some(value) => {
            t.push(value);
            t.push_bool(true);
            Ok(2)
        }
        None => {
            t.push(Value::NIL);
            Ok(1)
        }
    }
}

fn setuservalue(t: &mut Thread) -> NativeResult {
    let n = user_value_index(t, 3)?;
    let argument = t.arg(1);
    let Some(userdata) = argument.as_userdata() else { return Err(t.arg_type_error(1, "userdata")) };
    let value = t.check_any(2)?;
    let stored = userdata.set_user_value(n, value);
    t.push(if stored { argument } else { Value::NIL });
    Ok(1)
}

fn setcstacklimit(t: &mut Thread) -> NativeResult {
    t.check_int(1)?;
    t.push_int(C_STACK_LIMIT);
    Ok(1)
}

// ---- functions and activation records ----

const INFO_OPTIONS: &[u8] = b"SlnrutLf";

fn getinfo(t: &mut Thread) -> NativeResult {
    let (thread, skip) = target(t);
    let options = t.opt_str(skip + 2)?.map_or(b"flnSrtu".as_slice(), |options| until_nul(options.bytes()));
    if options.first() == Some(&b'>') {
        return Err(t.arg_error(skip + 2, "invalid option '>'"));
    }
    let subject = t.arg(skip + 1);
    let (function, info) = if subject.is_function() {
        (subject, debug::function_info(subject, options))
    } else {
        let level = check_c_int(t, skip + 1)?;
        let activation = usize::try_from(level).ok().and_then(|level| thread.activation(level));
        let Some(activation) = activation else {
            t.push(Value::NIL);
            return Ok(1);
        };
        (activation.function(), activation.info(options))
    };
    if !options.iter().all(|option| INFO_OPTIONS.contains(option)) {
        return Err(t.arg_error(skip + 2, "invalid option"));
    }
    let result = info_table(t, &info, function, options)?;
    t.push(result);
    Ok(1)
}

fn info_table(t: &mut Thread, info: &Info, function: Value, options: &[u8]) -> Result<Table, Throw> {
    let table = t.new_table(0, 16);
    t.push(table);
    let has = |option| options.contains(&option);
    if has(b'S') {
        set_text(t, table, "source", &info.source)?;
        set_text(t, table, "short_src", &info.short_src)?;
        set_int(t, table, "linedefined", info.line_defined);
        set_int(t, table, "lastlinedefined", info.last_line_defined);
        set_text(t, table, "what", info.what.as_bytes())?;
    }
    if has(b'l') {
        set_int(t, table, "currentline", info.current_line);
    }
    if has(b'u') {
        set_int(t, table, "nups", info.upvalues as i64);
        set_int(t, table, "nparams", i64::from(info.params));
        t.set_field(table, "isvararg", Value::boolean(info.is_vararg));
    }
    if has(b'n') {
        if let Some(name) = &info.name {
            set_text(t, table, "name", name)?;
        }
        set_text(t, table, "namewhat", info.name_what.as_bytes())?;
    }
    if has(b'r') {
        set_int(t, table, "ftransfer", i64::from(info.transfer_first));
        set_int(t, table, "ntransfer", i64::from(info.transfer_count));
    }
    if has(b't') {
        t.set_field(table, "istailcall", Value::boolean(info.is_tail_call));
    }
    if has(b'L') {
        let lines = active_lines(t, info)?;
        t.set_field(table, "activelines", lines);
    }
    if has(b'f') {
        t.set_field(table, "func", function);
    }
    t.pop(1);
    Ok(table)
}

fn set_text(t: &mut Thread, table: Table, name: &str, text: &[u8]) -> Result<(), Throw> {
    let text: Str = t.new_str(text)?;
    t.set_field(table, name, text);
    Ok(())
}

fn set_int(t: &mut Thread, table: Table, name: &str, int: i64) {
    let int = t.global().int(int);
    t.set_field(table, name, int);
}

fn active_lines(t: &mut Thread, info: &Info) -> Result<Value, Throw> {
    let Some(lines) = &info.active_lines else { return Ok(Value::NIL) };
    let table = t.new_table(0, 0);
    for &line in lines {
        t.raw_set_int(table, line, Value::TRUE)?;
    }
    Ok(table.into())
}

fn getlocal(t: &mut Thread) -> NativeResult {
    let (thread, skip) = target(t);
    let n = check_c_int(t, skip + 2)?;
    let subject = t.arg(skip + 1);
    if subject.is_function() {
        push_name(t, debug::parameter_name(subject, n))?;
        return Ok(1);
    }
    let level = check_c_int(t, skip + 1)?;
    let Some(activation) = usize::try_from(level).ok().and_then(|level| thread.activation(level)) else {
        return Err(t.arg_error(skip + 1, "level out of range"));
    };
    match activation.local(n) {
        Some((name, value)) => {
            t.push(value);
            t.push_bytes(&name)?;
            let (name, value) = (t.from_top(0), t.from_top(1));
            t.pop(2);
            t.push(name);
            t.push(value);
            Ok(2)
        }
        None => {
            t.push(Value::NIL);
            Ok(1)
        }
    }
}

fn setlocal(t: &mut Thread) -> NativeResult {
    let (thread, skip) = target(t);
    let level = check_c_int(t, skip + 1)?;
    let n = check_c_int(t, skip + 2)?;
    let Some(activation) = usize::try_from(level).ok().and_then(|level| thread.activation(level)) else {
        return Err(t.arg_error(skip + 1, "level out of range"));
    };
    let value = t.check_any(skip + 3)?;
    push_name(t, activation.set_local(n, value))?;
    Ok(1)
}

// ---- upvalues ----

fn getupvalue(t: &mut Thread) -> NativeResult {
    let n = check_c_int(t, 2)?;
    let function = t.check_function(1)?;
    let Some((name, value)) = debug::upvalue(function, n) else { return Ok(0) };
    t.push_bytes(&name)?;
    t.push(value);
    Ok(2)
}

fn setupvalue(t: &mut Thread) -> NativeResult {
    let value = t.check_any(3)?;
    let n = check_c_int(t, 2)?;
    let function = t.check_function(1)?;
    let Some(name) = debug::set_upvalue(t, function, n, value) else { return Ok(0) };
    t.push_bytes(&name)?;
    Ok(1)
}

fn check_upvalue(t: &mut Thread, function: usize, index: usize) -> Result<(Value, i64, Option<usize>), Throw> {
    let n = check_c_int(t, index)?;
    let function = t.check_function(function)?;
    Ok((function, n, debug::upvalue_id(function, n)))
}

fn upvalueid(t: &mut Thread) -> NativeResult {
    let (_, _, id) = check_upvalue(t, 1, 2)?;
    let id = id.and_then(Value::light).unwrap_or(Value::NIL);
    t.push(id);
    Ok(1)
}

fn upvaluejoin(t: &mut Thread) -> NativeResult {
    let (function, n, id) = check_upvalue(t, 1, 2)?;
    if id.is_none() {
        return Err(t.arg_error(2, "invalid upvalue index"));
    }
    let (from, from_n, id) = check_upvalue(t, 3, 4)?;
    if id.is_none() {
        return Err(t.arg_error(4, "invalid upvalue index"));
    }
    for (index, function) in [(1, function), (3, from)] {
        if function.as_lua_closure().is_none() {
            return Err(t.arg_error(index, "Lua function expected"));
        }
    }
    debug::join_upvalues(t, function, n, from, from_n);
    Ok(0)
}

// ---- hooks ----

const MASK_LETTERS: [(u8, u8); 3] = [(b'c', hook_mask::CALL), (b'r', hook_mask::RETURN), (b'l', hook_mask::LINE)];

/// Registry field of the table from threads to their hooks, which PUC Lua keeps for its own use and programs can see.
const HOOK_TABLE: &str = "_HOOKKEY";

fn note_hook(t: &mut Thread, thread: ThreadRef, function: Value) -> Result<(), Throw> {
    let registry = t.registry();
    let table = match t.field(registry, HOOK_TABLE).as_table() {
        Some(table) => table,
        None => {
            let table = t.new_table(0, 1);
            t.set_field(registry, HOOK_TABLE, table);
            let weak_keys = t.global().str(b"k");
            t.set_field(table, "__mode", weak_keys);
            t.set_table_meta(table, Some(table));
            table
        }
    };
    t.raw_set(table, thread.into(), function)
}

fn sethook(t: &mut Thread) -> NativeResult {
    let (thread, skip) = target(t);
    if t.arg(skip + 1).is_nil() {
        note_hook(t, thread, Value::NIL)?;
        thread.set_hook(Value::NIL, 0, 0);
        return Ok(0);
    }
    let letters = until_nul(t.check_str(skip + 2)?.bytes());
    let function = t.check_function(skip + 1)?;
    let count = t.opt_int(skip + 3, 0)? as i32;
    let mut mask = 0;
    for (letter, bit) in MASK_LETTERS {
        if letters.contains(&letter) {
            mask |= bit;
        }
    }
    if count > 0 {
        mask |= hook_mask::COUNT;
    }
    note_hook(t, thread, function)?;
    thread.set_hook(function, mask, count.max(0) as u32);
    Ok(0)
}

fn gethook(t: &mut Thread) -> NativeResult {
    let (thread, _) = target(t);
    let (function, mask, count) = thread.hook();
    if function.is_nil() {
        t.push(Value::NIL);
        return Ok(1);
    }
    let letters: Vec<u8> = MASK_LETTERS.iter().filter(|(_, bit)| mask & bit != 0).map(|&(letter, _)| letter).collect();
    t.push(function);
    t.push_bytes(&letters)?;
    t.push_int(i64::from(count));
    Ok(3)
}

// ---- tracebacks and the prompt ----

fn traceback(t: &mut Thread) -> NativeResult {
    let (thread, skip) = target(t);
    let message = t.arg(skip + 1);
    if !message.is_nil() && !matches!(message.type_of(), Type::String | Type::Number) {
        t.push(message);
        return Ok(1);
    }
    let message = t.opt_str(skip + 1)?;
    let default = if thread == t.this() { 1 } else { 0 };
    let level = t.opt_int(skip + 2, default)?;
    let level = usize::try_from(level).unwrap_or(usize::MAX);
    let text = debug::traceback(t, thread, message.map(|message| message.bytes()), level);
    t.push_bytes(&text)?;
    Ok(1)
}

fn print_error(text: &[u8]) {
    flush_stdout();
    // A prompt that cannot be shown leaves nobody to tell.
    let _ = std::io::stderr().write_all(text);
}

/// Runs commands from the standard input until it ends or says `cont`.
fn debug_loop(t: &mut Thread) -> NativeResult {
    loop {
        print_error(b"lua_debug> ");
        let mut spill = Vec::new();
        let command = match lock(stdin()).read_line(&mut spill) {
            Ok(line) => line[..line.len().min(MAX_COMMAND)].to_vec(),
            Err(_) => return Ok(0),
        };
        if command.is_empty() || command == b"cont\n" {
            return Ok(0);
        }
        if let Err(message) = run_command(t, &command) {
            print_error(&[&message[..], b"\n"].concat());
        }
        t.set_arg_count(0)?;
    }
}

fn run_command(t: &mut Thread, command: &[u8]) -> Result<(), Vec<u8>> {
    let function = chunk::load(t, command, b"=(debug command)", b"bt")?;
    t.push(function);
    if t.protected_call_pushed(0).is_ok() {
        return Ok(());
    }
    let error = t.from_top(0);
    match t.tostring(error) {
        Ok(text) => Err(text.bytes().to_vec()),
        Err(Throw) => Err(b"(error object has no text)".to_vec()),
    }
}
