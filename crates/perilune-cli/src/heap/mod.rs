//! `perilune heap`: runs a program and takes a snapshot of its heap at the end, or when the program asks for one.
//!
//! The end is where the script returns, while what its local variables held is still known; where an error that nobody catches
//! is raised, with all functions that were running; or `os.exit`.

mod dominators;
mod report;
mod write;

use crate::dump::failure;
use crate::options::{Options, program_name};
use crate::{FAILURE, run};
use perilune_host::call::{self, Reported};
use perilune_host::output::{complain, print, write_error};
use perilune_vm::heap::snapshot::Snapshot;
use perilune_vm::state::State;
use perilune_vm::{Global, NativeResult, Thread, Value, debug};
use std::ffi::{OsStr, c_int};
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The module with which a program takes snapshots.
const MODULE: &str = "perilune.heap";
/// How snapshots' names end, for Chrome to take them for such.
const EXTENSION: &[u8] = b".heapsnapshot";

/// What a run is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Where the snapshot at the end goes; named after the script if nothing is said.
    output: Option<Vec<u8>>,
    /// Rows of each table.
    rows: usize,
}

/// The snapshot at the end, until it is taken.
struct Pending {
    file: File,
    name: Vec<u8>,
    /// The name without its end.
    stem: Vec<u8>,
    rows: usize,
}

static PENDING: Mutex<Option<Pending>> = Mutex::new(None);
/// The state that it is to be taken of; null when that is gone.
static STATE: AtomicPtr<Global> = AtomicPtr::new(std::ptr::null_mut());
/// Snapshots that the program took without a name.
static TAKEN: AtomicU32 = AtomicU32::new(0);

/// Runs the sub-command with the arguments after its name.
pub fn run(program: &[u8], args: &[Vec<u8>]) -> c_int {
    let (request, rest) = match parse(args) {
        Ok(parsed) => parsed,
        Err(problem) => return usage(program, &problem),
    };
    let argv = std::iter::once(program.to_vec()).chain(rest.iter().cloned()).collect();
    match Options::parse(argv) {
        Ok(options) if options.request.is_some() => usage(program, "a script expected"),
        Ok(options) => run::run(Options { heap: Some(request), ..options }),
        Err(bad) => usage(program, &format!("unrecognized option '{}'", String::from_utf8_lossy(&bad.option))),
    }
}

/// Its arguments.
pub const USAGE: &str = "heap [--output=FILE] [--rows=N] [options] script [args]\n";

fn usage(program: &[u8], problem: &str) -> c_int {
    complain(Some(program), format!("heap: {problem}").as_bytes());
    write_error(&[b"usage: ", program, b" ", USAGE.as_bytes()].concat());
    FAILURE
}

/// Takes the options of the command, which come first.
fn parse(args: &[Vec<u8>]) -> Result<(Request, &[Vec<u8>]), String> {
    let mut request = Request { output: None, rows: report::ROWS };
    let mut rest = args;
    while let Some((arg, after)) = rest.split_first() {
        match arg.as_slice() {
            [b'-', b'-', b'o', b'u', b't', b'p', b'u', b't', b'=', name @ ..] if !name.is_empty() => {
                request.output = Some(name.to_vec());
            }
            [b'-', b'-', b'r', b'o', b'w', b's', b'=', number @ ..] => {
                let number = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
                request.rows = number.ok_or("'--rows' needs a number")?;
            }
            _ => break,
        }
        rest = after;
    }
    if rest.is_empty() {
        return Err("a script expected".to_owned());
    }
    Ok((request, rest))
}

/// Makes the file for the snapshot at the end, which will be taken at the exit of the process at the latest. `Err` is a
/// message.
pub fn begin(state: &mut State, request: &Request, options: &Options) -> Result<(), Vec<u8>> {
    let script = options.script.and_then(|at| options.argv.get(at)).filter(|name| *name != b"-");
    let script = script.map_or(program_name(&options.argv), Vec::as_slice);
    let file_name = script.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    let stem = file_name.strip_suffix(b".lua").unwrap_or(file_name).to_vec();
    let name = request.output.clone().unwrap_or_else(|| [&stem, EXTENSION].concat());
    let stem = name.strip_suffix(EXTENSION).unwrap_or(&name).to_vec();
    let file = File::create(OsStr::from_bytes(&name)).map_err(|error| failure("open", &name, &error))?;
    *lock() = Some(Pending { file, name, stem, rows: request.rows });
    STATE.store(state.global(), Ordering::Relaxed);
    // SAFETY: registers a function that never unwinds. If there is no room for it, `os.exit` ends without a snapshot.
    unsafe { libc::atexit(take_at_exit) };
    Ok(())
}

/// Lets the program find the module.
pub fn install(t: &mut Thread) {
    let globals = t.globals();
    let package = t.field(globals, "package");
    let preload = package.as_table().map(|package| t.field(package, "preload"));
    if let Some(preload) = preload.and_then(Value::as_table) {
        let open = t.new_native(open_module, &[]);
        t.set_field(preload, MODULE, open);
    }
}

fn open_module(t: &mut Thread) -> NativeResult {
    let module = t.new_lib(&[("snapshot", snapshot)]);
    t.push(module);
    Ok(1)
}

/// `snapshot([name])`: writes a snapshot of the heap as it is; returns the file's name, or fail and a message.
fn snapshot(t: &mut Thread) -> NativeResult {
    let name = match t.opt_str(1)? {
        Some(name) => name.bytes().to_vec(),
        None => {
            let number = TAKEN.fetch_add(1, Ordering::Relaxed) + 1;
            let stem = lock().as_ref().map_or_else(|| b"heap".to_vec(), |pending| pending.stem.clone());
            [&stem, format!("-{number}").as_bytes(), EXTENSION].concat()
        }
    };
    let outcome = File::create(OsStr::from_bytes(&name)).map_err(|error| failure("open", &name, &error));
    let outcome = outcome.and_then(|file| save(&t.global().heap_snapshot(&[]), &file, &name));
    match outcome {
        Ok(()) => {
            t.push_bytes(&name)?;
            Ok(1)
        }
        Err(message) => {
            t.push(Value::NIL);
            t.push_bytes(&message)?;
            Ok(2)
        }
    }
}

/// Runs the script, which was pushed before its `args` arguments, and takes the snapshot.
pub fn run_script(t: &mut Thread, args: usize, program: &[u8]) -> Result<(), Reported> {
    let function = t.from_top(args);
    // Compiled code would keep variables in registers of the machine.
    debug::never_compile(function);
    t.global().pin(function);
    let outcome = call::call_with(t, args, handle_error);
    if let Ok(results) = outcome {
        t.pop(results as usize);
        let variables = debug::last_variables(t, function, args);
        let _ = take(t.global(), &variables);
        t.global().unpin(function);
        return Ok(());
    }
    t.global().unpin(function);
    call::finish(t, Some(program), outcome)
}

/// The message handler of the script: all that was running when the error was raised still is.
fn handle_error(t: &mut Thread) -> NativeResult {
    let _ = take(t.global(), &[]);
    call::message_handler(t)
}

/// When there is nothing to run: no snapshot is taken, and the file that was made for it goes.
pub fn forget() {
    let Some(pending) = lock().take() else { return };
    if pending.file.metadata().is_ok_and(|data| data.is_file()) {
        let _ = std::fs::remove_file(OsStr::from_bytes(&pending.name));
    }
}

/// At the end of a run: takes the snapshot if that has not happened yet.
pub fn finish(t: &mut Thread) {
    let _ = take(t.global(), &[]);
}

/// At the end of the process: whether the snapshot was written, or none was asked for.
pub fn close() -> bool {
    STATE.store(std::ptr::null_mut(), Ordering::Relaxed);
    !FAILED.load(Ordering::Relaxed)
}

/// Whether the snapshot at the end could not be written.
static FAILED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

extern "C" fn take_at_exit() {
    let state = STATE.swap(std::ptr::null_mut(), Ordering::Relaxed);
    // SAFETY: `begin` stored a state that lives until `close` takes the pointer away. The exit of the process was begun by a
    // native function that the program called, `os.exit`.
    let Some(global) = (unsafe { state.as_mut() }) else { return };
    if take(global, &[]).is_err() {
        // SAFETY: ends the process at once, with another status than was chosen before.
        unsafe { libc::_exit(FAILURE) }
    }
}

/// Takes the snapshot at the end, once, and prints the tables.
fn take(g: &mut Global, variables: &[(Vec<u8>, Value)]) -> Result<(), ()> {
    let Some(pending) = lock().take() else { return Ok(()) };
    let snapshot = g.heap_snapshot(variables);
    if let Err(message) = save(&snapshot, &pending.file, &pending.name) {
        FAILED.store(true, Ordering::Relaxed);
        complain(None, &message);
        return Err(());
    }
    let mut text = [b"heap snapshot: ", pending.name.as_slice(), b", "].concat();
    text.extend(report::report(&snapshot, pending.rows).into_bytes());
    print(&text);
    perilune_host::output::flush();
    Ok(())
}

fn save(snapshot: &Snapshot, file: &File, name: &[u8]) -> Result<(), Vec<u8>> {
    write::write(snapshot, file).map_err(|error| failure("write", name, &error))
}

fn lock() -> MutexGuard<'static, Option<Pending>> {
    PENDING.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<Vec<u8>> {
        words.iter().map(|word| word.as_bytes().to_vec()).collect()
    }

    #[test]
    fn options_of_the_command_come_first() {
        let args = words(&["--rows=3", "--output=x", "--stats", "s.lua", "--rows=4"]);
        let (request, rest) = parse(&args).expect("options");
        assert_eq!(request, Request { output: Some(b"x".to_vec()), rows: 3 });
        assert_eq!(rest, &args[2..]);
    }

    #[test]
    fn mistakes_are_explained() {
        for (args, problem) in [(&[][..], "a script expected"), (&["--rows=x", "s"], "'--rows' needs a number")] {
            assert_eq!(parse(&words(args)), Err(problem.to_owned()), "{args:?}");
        }
    }
}
