//! A run of the command: libraries, environment, options, script, interactive mode, in the order of PUC Lua's `lua`.

use crate::heap;
use crate::message::VERSION;
use crate::options::{Action, Options};
use crate::output;
use crate::repl;
use crate::stats;
use crate::timeline;
use perilune_host::call::{self, Reported};
use perilune_host::output::complain;
use perilune_host::{interrupt, seed};
use perilune_stdlib::chunk;
use perilune_vm::limits::{Exceeded, Limits};
use perilune_vm::state::State;
use perilune_vm::{Caught, NativeResult, Thread, Throw, Value};
use std::cell::Cell;
use std::ffi::c_int;
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;

thread_local! {
    /// The options of the run that [`body`] is to do: a native function has no other way to them.
    static OPTIONS: Cell<Option<&'static Options>> = const { Cell::new(None) };
    /// What [`body`] came to.
    static SUCCESS: Cell<bool> = const { Cell::new(false) };
    /// Whether messages begin with the program's name: not in interactive mode.
    static NAMED: Cell<bool> = const { Cell::new(true) };
}

/// Why a run ends early.
enum Failure {
    /// An error that was reported.
    Reported,
    /// An error outside of any chunk.
    Thrown(Throw),
}

impl From<Reported> for Failure {
    fn from(_: Reported) -> Failure {
        Failure::Reported
    }
}

impl From<Throw> for Failure {
    fn from(throw: Throw) -> Failure {
        Failure::Thrown(throw)
    }
}

/// Runs what the options ask for.
pub fn run(options: Options) -> c_int {
    let options: &'static Options = Box::leak(Box::new(options));
    let Some(mut state) = State::new(seed()) else {
        complain(Some(options.program()), b"cannot create state: not enough memory");
        return crate::FAILURE;
    };
    if let Some(Err(message)) = options.timeline.as_deref().map(timeline::begin) {
        complain(Some(options.program()), &message);
        return crate::FAILURE;
    }
    if let Some(request) = &options.heap
        && let Err(message) = heap::begin(&mut state, request, options)
    {
        complain(Some(options.program()), &message);
        return crate::FAILURE;
    }
    interrupt::prepare(state.stop_handle());
    if options.stats {
        stats::begin(&mut state);
    }
    options.gc.apply(&mut state, !options.ignore_environment, options.timeline.is_some());
    if !options.jitless {
        perilune_jit::engine::install(&mut state, options.compiler.clone());
    }
    if let Err(error) = set_limits(&mut state, options) {
        complain(Some(options.program()), format!("cannot watch the time: {error}").as_bytes());
        return crate::FAILURE;
    }
    OPTIONS.set(Some(options));
    let t = state.main();
    let function = t.new_native(body, &[]);
    t.push(function);
    // All runs inside of a native function, so that tracebacks end as they do in PUC Lua.
    let outcome = t.protected_call_pushed(0);
    if outcome.is_err() {
        call::report(t, NAMED.get().then_some(options.program()));
    }
    state.close();
    stats::finish(&mut state);
    let exceeded = state.global().exceeded().is_some();
    let mut outcome = outcome.is_ok() && SUCCESS.get() && heap::close();
    if let Err(message) = timeline::finish() {
        complain(Some(options.program()), &message);
        outcome = false;
    }
    // The system takes the memory back faster than we could.
    std::mem::forget(state);
    match outcome {
        _ if exceeded => EXCEEDED,
        true => crate::SUCCESS,
        false => crate::FAILURE,
    }
}

/// The exit status of a run that exceeded a limit, as that of `timeout` of the GNU core utilities.
const EXCEEDED: c_int = 124;
/// Time that a program has to notice that its time is over. It does not while it waits for the system.
const GRACE: Duration = Duration::from_secs(1);

/// Sets the limits of the options. A program that does not notice in time that its time is over is ended.
fn set_limits(state: &mut State, options: &'static Options) -> std::io::Result<()> {
    if options.limits == Limits::default() {
        return Ok(());
    }
    state.global().set_limits(options.limits)?;
    let Some(time) = options.limits.time else { return Ok(()) };
    let end = move || {
        std::thread::sleep(time.saturating_add(GRACE));
        complain(Some(options.program()), Exceeded::Time.message().as_bytes());
        // SAFETY: ends the process; nothing else is done in it.
        unsafe { libc::_exit(EXCEEDED) };
    };
    std::thread::Builder::new().name("timeout".to_owned()).spawn(end)?;
    Ok(())
}

/// The native function that everything runs in.
fn body(t: &mut Thread) -> NativeResult {
    let Some(options) = OPTIONS.get() else { return Ok(0) };
    let outcome = session(t, options);
    if options.heap.is_some() {
        heap::finish(t);
    }
    match outcome {
        Ok(()) => SUCCESS.set(true),
        Err(Failure::Reported) => {}
        Err(Failure::Thrown(throw)) => return Err(throw),
    }
    Ok(0)
}

/// Does all that the options ask for.
fn session(t: &mut Thread, options: &Options) -> Result<(), Failure> {
    let program = options.program();
    if options.show_version {
        output::print_line(VERSION.as_bytes());
    }
    if options.ignore_environment {
        let registry = t.registry();
        t.set_field(registry, "LUA_NOENV", Value::TRUE);
    }
    perilune_stdlib::init::open_all(t);
    make_arg_table(t, options)?;
    if options.heap.is_some() {
        heap::install(t);
    }
    if !options.ignore_environment {
        run_init(t, program)?;
    }
    for action in options.actions() {
        perform(t, action, program)?;
    }
    let script = options.script.filter(|&script| script < options.argv.len());
    if let Some(script) = script {
        run_script(t, options, script)?;
    }
    if options.interactive {
        return interact(t);
    }
    if script.is_some() || options.has_statement || options.show_version {
        return Ok(());
    }
    if output::is_terminal(libc::STDIN_FILENO) {
        output::print_line(VERSION.as_bytes());
        return interact(t);
    }
    // As in PUC Lua, the status does not tell of errors in a program that was piped in.
    match run_file(t, None, program) {
        Err(Failure::Reported) => Ok(()),
        outcome => outcome,
    }
}

fn interact(t: &mut Thread) -> Result<(), Failure> {
    NAMED.set(false);
    repl::run(t)?;
    NAMED.set(true);
    Ok(())
}

/// The table `arg`: the script at 0, what follows it from 1 on, what stands before it at negative indices.
fn make_arg_table(t: &mut Thread, options: &Options) -> Result<(), Throw> {
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
fn run_init(t: &mut Thread, program: &[u8]) -> Result<(), Failure> {
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

fn perform(t: &mut Thread, action: Action<'_>, program: &[u8]) -> Result<(), Failure> {
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
fn require(t: &mut Thread, text: &[u8], program: &[u8]) -> Result<(), Failure> {
    let at = |mark: u8| text.iter().position(|&byte| byte == mark);
    let (global, module) = match at(b'=') {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (&text[..at(b'-').unwrap_or(text.len())], text),
    };
    let globals = t.globals();
    let function = t.index_field(globals.into(), "require")?;
    t.push(function);
    t.push_bytes(module)?;
    let results = call::call(t, 1).map_err(|Caught| call::report(t, Some(program)))? as usize;
    // Only the first result counts.
    let loaded = if results == 0 { Value::NIL } else { t.from_top(results - 1) };
    let key = t.new_str(global)?;
    t.set_index(globals.into(), key.into(), loaded)?;
    t.pop(results);
    Ok(())
}

fn run_string(t: &mut Thread, text: &[u8], name: &[u8], program: &[u8]) -> Result<(), Failure> {
    let loaded = chunk::load(t, text, name, b"bt");
    run_loaded(t, loaded, program)
}

fn run_file(t: &mut Thread, name: Option<&[u8]>, program: &[u8]) -> Result<(), Failure> {
    let loaded = chunk::load_file(t, name, b"bt");
    run_loaded(t, loaded, program)
}

fn run_loaded(t: &mut Thread, loaded: Result<Value, Vec<u8>>, program: &[u8]) -> Result<(), Failure> {
    let function = loaded.map_err(|message| call::report_message(&message, program))?;
    t.push(function);
    Ok(call::run(t, 0, Some(program))?)
}

/// Runs the script with the elements of `arg` as arguments. `-` is the standard input, but not after `--`.
fn run_script(t: &mut Thread, options: &Options, script: usize) -> Result<(), Failure> {
    let program = options.program();
    let name = options.argv[script].as_slice();
    let is_stdin = name == b"-" && options.argv[script - 1] != b"--";
    let loaded = chunk::load_file(t, if is_stdin { None } else { Some(name) }, b"bt");
    let function = loaded.map_err(|message| {
        heap::forget();
        call::report_message(&message, program)
    })?;
    t.push(function);
    let count = push_args(t)?;
    if options.heap.is_some() {
        return Ok(heap::run_script(t, count, program)?);
    }
    Ok(call::run(t, count, Some(program))?)
}

/// Pushes the elements of the global table `arg`, which code run before may have changed.
fn push_args(t: &mut Thread) -> Result<usize, Throw> {
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
