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
use std::ffi::{CStr, c_char, c_int};

/// The exit status after an error.
const FAILURE: c_int = libc::EXIT_FAILURE;
/// The exit status otherwise.
const SUCCESS: c_int = libc::EXIT_SUCCESS;

/// A sub-command.
struct SubCommand {
    name: &'static str,
    /// Its arguments, in lines: what follows `usage: perilune`.
    usage: &'static [&'static str],
    /// What it does with the program's name and the arguments after its own name; the exit status.
    run: fn(&[u8], &[Vec<u8>]) -> c_int,
}

const COMMANDS: &[SubCommand] = &[
    SubCommand { name: "dump", usage: &[dump::USAGE], run: dump::run },
    SubCommand { name: "heap", usage: &[heap::USAGE], run: heap::run },
    #[cfg(feature = "link")]
    SubCommand { name: "build", usage: &[build::USAGE, link::SHARED_USAGE], run: build::run },
    #[cfg(feature = "link")]
    SubCommand { name: "link", usage: &[link::USAGE, link::SHARED_USAGE], run: link::run },
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
        let (program, rest) = (options::program_name(&argv), &argv[2..]);
        let asks_for_help = rest.first().is_some_and(|word| word == b"--help" || word == b"-h");
        return if asks_for_help { command.help(program) } else { (command.run)(program, rest) };
    }
    let options = match Options::parse(argv) {
        Ok(options) => options,
        Err(bad) => {
            message::bad_option(&bad.program, &bad.option);
            return FAILURE;
        }
    };
    match options.request {
        Some(Request::Help) => output::show(options.program(), &message::help(options.program())),
        Some(Request::Version) => output::show(options.program(), format!("{}\n", message::VERSION).as_bytes()),
        None => run::run(options),
    }
}

/// The sub-command of this name.
fn command(word: &[u8]) -> Option<&'static SubCommand> {
    COMMANDS.iter().find(|command| word == command.name.as_bytes())
}

impl SubCommand {
    /// Says what its arguments are; the exit status.
    fn help(&self, program: &[u8]) -> c_int {
        let mut text = [b"usage: ", program, b" "].concat();
        self.usage.iter().for_each(|lines| text.extend_from_slice(lines.as_bytes()));
        output::show(program, &text)
    }
}
