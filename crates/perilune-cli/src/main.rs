//! The `perilune` command: a drop-in for PUC Lua's `lua`, with tools of its own as sub-commands.

mod call;
mod dump;
mod interrupt;
mod message;
mod options;
mod output;
mod repl;
mod run;
mod stats;

use options::{Options, Request};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::process::ExitCode;

/// What a sub-command does with the program's name and the arguments after its own name.
type Command = fn(&[u8], &[Vec<u8>]) -> ExitCode;

/// The sub-commands by name.
const COMMANDS: &[(&str, Command)] = &[("dump", dump::run)];

fn main() -> ExitCode {
    interrupt::restore_broken_pipe();
    if let Some(command) = command() {
        let mut args = std::env::args_os().map(OsStringExt::into_vec);
        let program = args.next().unwrap_or_default();
        let args: Vec<_> = args.skip(1).collect();
        return command(options::program_name(Some(&program)), &args);
    }
    let options = match Options::parse(std::env::args_os()) {
        Ok(options) => options,
        Err(bad) => {
            let program = std::env::args_os().next().unwrap_or_default();
            message::bad_option(options::program_name(Some(program.as_bytes())), &bad.0);
            return ExitCode::FAILURE;
        }
    };
    match options.request {
        Some(Request::Help) => output::print(&message::help(options.program())),
        Some(Request::Version) => output::print_line(message::VERSION.as_bytes()),
        None => return run::run(options),
    }
    output::flush();
    ExitCode::SUCCESS
}

/// The sub-command that the first argument names.
fn command() -> Option<Command> {
    let first = std::env::args_os().nth(1)?;
    COMMANDS.iter().find(|(name, _)| first == *name).map(|&(_, command)| command)
}
