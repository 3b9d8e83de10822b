//! A run of the program: libraries, arguments, main chunk, end. It is that of a script by the command, without options.

use crate::modules;
use perilune_host::output::complain;
use perilune_host::{call, interrupt, prepare_allocator, seed};
use perilune_vm::state::State;
use perilune_vm::{NativeResult, Thread, Throw};
use std::cell::Cell;
use std::ffi::c_int;
use std::sync::OnceLock;

const FAILURE: c_int = 1;
const SUCCESS: c_int = 0;

/// The arguments of the process: a native function has no other way to them.
static ARGUMENTS: OnceLock<Vec<&'static [u8]>> = OnceLock::new();

thread_local! {
    /// What [`body`] came to.
    static RESULT: Cell<c_int> = const { Cell::new(FAILURE) };
}

/// Runs the program with the arguments of the process, its own name first.
pub fn run(arguments: Vec<&'static [u8]>) -> c_int {
    // There is one call in the life of a process.
    let _ = ARGUMENTS.set(arguments);
    prepare_allocator();
    let Some(mut state) = State::new(seed()) else {
        complain(Some(program_name()), b"cannot create state: not enough memory");
        return FAILURE;
    };
    interrupt::prepare(state.stop_handle());
    let t = state.main();
    let function = t.new_native(body, &[]);
    t.push(function);
    // All runs inside of a native function, so that tracebacks end as they do in the command.
    let outcome = t.protected_call_pushed(0);
    if outcome.is_err() {
        call::report(t, Some(program_name()));
    }
    state.close();
    // The system takes the memory back faster than we could.
    std::mem::forget(state);
    if outcome.is_ok() { RESULT.get() } else { FAILURE }
}

fn arguments() -> &'static [&'static [u8]] {
    ARGUMENTS.get().map_or(&[], Vec::as_slice)
}

/// The program's name for messages.
fn program_name() -> &'static [u8] {
    arguments().first().filter(|name| !name.is_empty()).copied().unwrap_or(b"perilune")
}

/// The native function that everything runs in.
fn body(t: &mut Thread) -> NativeResult {
    perilune_stdlib::init::open_all(t);
    modules::install(t)?;
    make_arg_table(t)?;
    match modules::load_main(t) {
        Ok(function) => t.push(function),
        Err(message) => {
            call::report_message(&message, program_name());
            return Ok(0);
        }
    }
    let count = arguments().len().saturating_sub(1);
    t.check_stack(count + 3, "too many arguments to script")?;
    for argument in arguments().iter().skip(1) {
        t.push_bytes(argument)?;
    }
    if call::run(t, count, Some(program_name())).is_ok() {
        RESULT.set(SUCCESS);
    }
    Ok(0)
}

/// The table `arg`: the program's name at 0, its arguments from 1 on.
fn make_arg_table(t: &mut Thread) -> Result<(), Throw> {
    let table = t.new_table(arguments().len().saturating_sub(1), 1);
    let globals = t.globals();
    t.set_field(globals, "arg", table);
    for (index, text) in arguments().iter().enumerate() {
        let text = t.new_str(text)?;
        t.raw_set_int(table, index as i64, text.into())?;
    }
    Ok(())
}
