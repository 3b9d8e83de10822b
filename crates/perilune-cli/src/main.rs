//! The `perilune` command: a drop-in for PUC Lua's `lua`, with tools of its own as sub-commands.
//!
//! The entry point is C's, as the start-up code of Rust does things that cost time and that a drop-in must not do: it ignores
//! `SIGPIPE`, installs signal handlers and reads the memory map of the process.
#![cfg_attr(not(test), no_main)]

#[cfg(feature = "link")]
mod build;
mod dump;
mod gc_options;
mod heap;
#[cfg(feature = "link")]
mod link;
mod message;
#[cfg(feature = "link")]
mod native;
mod options;
mod output;
mod repl;
mod run;
mod stats;
mod timeline;

use options::{Options, Request};
use perilune_host::output::{flush, print};
use std::ffi::{CStr, c_char, c_int};

/// The exit status after an error.
const FAILURE: c_int = libc::EXIT_FAILURE;
/// The exit status otherwise.
const SUCCESS: c_int = libc::EXIT_SUCCESS;

/// What a sub-command does with the program's name and the arguments after its own name; its exit status.
type Command = fn(&[u8], &[Vec<u8>]) -> c_int;

/// The sub-commands by name.
const COMMANDS: &[(&str, Command)] = &[
    ("dump", dump::run),
    ("heap", heap::run),
    #[cfg(feature = "link")]
    ("build", build::run),
    #[cfg(feature = "link")]
    ("link", link::run),
];

/// Where the C library's start-up code begins.
///
/// # Safety
/// `arguments` has `count` strings that live as long as the process, as C promises for the function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn main(count: c_int, arguments: *const *const c_char) -> c_int {
    let count = usize::try_from(count).unwrap_or(0);
    let argument = |index| {
        // SAFETY: the caller promises `count` strings.
        unsafe { CStr::from_ptr(*arguments.add(index)) }.to_bytes().to_vec()
    };
    perilune_host::prepare_allocator();
    start((0..count).map(argument).collect())
}

/// Does what the arguments ask for; the exit status.
fn start(argv: Vec<Vec<u8>>) -> c_int {
    if let Some(command) = argv.get(1).and_then(|word| command(word)) {
        return command(options::program_name(&argv), &argv[2..]);
    }
    let options = match Options::parse(argv) {
        Ok(options) => options,
        Err(bad) => {
            message::bad_option(&bad.program, &bad.option);
            return FAILURE;
        }
    };
    match options.request {
        Some(Request::Help) => print(&message::help(options.program())),
        Some(Request::Version) => output::print_line(message::VERSION.as_bytes()),
        None => return run::run(options),
    }
    flush();
    SUCCESS
}

/// The sub-command of this name.
fn command(word: &[u8]) -> Option<Command> {
    COMMANDS.iter().find(|(name, _)| word == name.as_bytes()).map(|&(_, command)| command)
}
