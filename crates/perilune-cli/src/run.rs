//! A run of the command: libraries, environment, options, script, interactive mode, in the order of PUC Lua's `lua`.

use crate::call::{self, Reported};
use crate::chunk;
use crate::interrupt;
use crate::message::{VERSION, complain};
use crate::options::{Action, Options};
use perilune_vm::state::State;
use perilune_vm::{NativeResult, Thread, Value};
use std::cell::Cell;
use std::os::unix::ffi::OsStringExt;
use std::process::ExitCode;

thread_local! {
    /// The options of the run that [`body`] is to do, and whether it went well: a native function has no other way to them.
    static OPTIONS: Cell<Option<&'static Options>> = const { Cell::new(None) };
    static SUCCESS: Cell<bool> = const { Cell::new(false) };
}

/// Runs what the options ask for.
pub fn run(options: Options) -> ExitCode {
    let options: &'static Options = Box::leak(Box::new(options));
    let Some(mut state) = State::new(seed()) else {
        complain(Some(options.program()), b"cannot create state: not enough memory");
        return ExitCode::FAILURE;
    };
    interrupt::prepare(state.stop_handle());
    if options.gc_stress {
        state.set_gc_stress(true);
    }
    OPTIONS.set(Some(options));
    let t = state.main();
    let function = t.new_native(body, &[]);
    t.push(function);
    // All runs inside of a native function, so that tracebacks end as they do in PUC Lua.
    let outcome = t.protected_call_pushed(0);
    if outcome.is_err() {
        call::report(t, Some(options.program()));
    }
    state.close();
    if outcome.is_ok() && SUCCESS.get() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What makes the hashes of strings differ from run to run.
fn seed() -> u32 {
    let here = 0u8;
    // The address of the stack is random where the system randomises addresses.
    let address = (&raw const here) as usize as u64;
    let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |time| time.subsec_nanos());
    ((address.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32) ^ time
}

/// The native function that everything runs in.
fn body(t: &mut Thread) -> NativeResult {
    if let Some(options) = OPTIONS.get() {
        SUCCESS.set(session(t, options).is_ok());
    }
    Ok(0)
}

/// Does all that the options ask for; stops at the first error, which has been reported then.
fn session(t: &mut Thread, options: &Options) -> Result<(), Reported> {
    let program = options.program();
    if options.show_version {
        print_version(t);
    }
    if options.ignore_environment {
        let registry = t.registry();
        t.set_field(registry, "LUA_NOENV", Value::TRUE);
    }
    perilune_stdlib::init::open_all(t);
    if make_arg_table(t, options).is_err() {
        complain(Some(program), b"not enough memory");
        return Err(Reported);
    }
    if !options.ignore_environment {
        run_init(t, program)?;
    }
    for action in options.actions() {
        perform(t, action, program)?;
    }
    if let Some(script) = options.script.filter(|&script| script < options.argv.len()) {
        run_script(t, options, script)?;
    }
    Ok(())
}

fn print_version(_t: &mut Thread) {
    println!("{VERSION}");
}

/// The table `arg`: the script at 0, what follows it from 1 on, what stands before it at negative indices.
fn make_arg_table(t: &mut Thread, options: &Options) -> Result<(), perilune_vm::Throw> {
    let script = options.script.unwrap_or(0);
    let table = t.new_table(options.argv.len().saturating_sub(script + 1), 0);
    let globals = t.globals();
    t.set_field(globals, "arg", table);
    for (index, text) in options.argv.iter().enumerate() {
        let text = t.new_str(text)?;
        t.raw_set_int(table, index as i64 - script as i64, text.into())?;
    }
    Ok(())
}

/// Runs what `LUA_INIT_5_4` or `LUA_INIT` says: a statement, or `@` and a file's name.
fn run_init(t: &mut Thread, program: &[u8]) -> Result<(), Reported> {
    for name in ["LUA_INIT_5_4", "LUA_INIT"] {
        let Some(text) = std::env::var_os(name) else { continue };
        let text = text.into_vec();
        return match text.strip_prefix(b"@") {
            Some(file) => run_file(t, Some(file), program),
            None => run_string(t, &text, format!("={name}").as_bytes(), program),
        };
    }
    Ok(())
}

fn perform(t: &mut Thread, action: Action<'_>, program: &[u8]) -> Result<(), Reported> {
    match action {
        Action::Run(statement) => run_string(t, statement, b"=(command line)", program),
        Action::Require(name) => require(t, name, program),
        Action::WarningsOn => {
            t.warn(b"@on", false);
            Ok(())
        }
    }
}

/// `name = require(module)`, given as `name=module` or as `module`: then the global's name ends before the first `-`.
fn require(t: &mut Thread, text: &[u8], program: &[u8]) -> Result<(), Reported> {
    let at = |mark: u8| text.iter().position(|&byte| byte == mark);
    let (global, module) = match at(b'=') {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (&text[..at(b'-').unwrap_or(text.len())], text),
    };
    let globals = t.globals();
    let function = t.field(globals, "require");
    t.push(function);
    let name = t.global().str(module);
    t.push(name);
    let results = call::call(t, 1).map_err(|()| call::report(t, Some(program)))?;
    // Only the first result counts.
    let loaded = if results == 0 { Value::NIL } else { t.from_top(results as usize - 1) };
    let key = t.global().str(global);
    let stored = t.set_index(globals.into(), key.into(), loaded);
    if stored.is_err() {
        let error = t.take_error();
        t.push(error);
        return Err(call::report(t, Some(program)));
    }
    t.pop(results as usize);
    Ok(())
}

fn run_string(t: &mut Thread, text: &[u8], name: &[u8], program: &[u8]) -> Result<(), Reported> {
    let loaded = chunk::load(t, text, name);
    run_loaded(t, loaded, program)
}

fn run_file(t: &mut Thread, name: Option<&[u8]>, program: &[u8]) -> Result<(), Reported> {
    let loaded = chunk::load_file(t, name);
    run_loaded(t, loaded, program)
}

fn run_loaded(t: &mut Thread, loaded: Result<(), Vec<u8>>, program: &[u8]) -> Result<(), Reported> {
    match loaded {
        Ok(()) => call::run(t, 0, Some(program)),
        Err(message) => {
            complain(Some(program), &message);
            Err(Reported)
        }
    }
}

/// Runs the script with the elements of `arg` as arguments. `-` is the standard input, but not after `--`.
fn run_script(t: &mut Thread, options: &Options, script: usize) -> Result<(), Reported> {
    let program = options.program();
    let name = options.argv[script].as_slice();
    let is_stdin = name == b"-" && options.argv[script - 1] != b"--";
    if let Err(message) = chunk::load_file(t, if is_stdin { None } else { Some(name) }) {
        complain(Some(program), &message);
        return Err(Reported);
    }
    match push_args(t) {
        Ok(count) => call::run(t, count, Some(program)),
        Err(_) => {
            let error = t.take_error();
            t.push(error);
            Err(call::report(t, Some(program)))
        }
    }
}

/// Pushes the elements of the global table `arg`, which code run before may have changed.
fn push_args(t: &mut Thread) -> Result<usize, perilune_vm::Throw> {
    let globals = t.globals();
    let arg = t.index_field(globals.into(), "arg")?;
    let Some(table) = arg.as_table() else { return Err(t.error("'arg' is not a table")) };
    let count = t.length_int(arg)?.clamp(0, i64::from(i32::MAX)) as usize;
    t.check_stack(count + 3, "too many arguments to script")?;
    for index in 1..=count {
        t.push(table.get_int(index as i64));
    }
    Ok(count)
}
