//! The `perilune` command: a drop-in for PUC Lua's `lua`, with tools of its own as sub-commands.

mod call;
mod chunk;
mod interrupt;
mod message;
mod options;
mod run;

use options::{Options, Request};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::process::ExitCode;

fn main() -> ExitCode {
    interrupt::restore_broken_pipe();
    let options = match Options::parse(std::env::args_os()) {
        Ok(options) => options,
        Err(bad) => {
            let program = std::env::args_os().next().unwrap_or_default();
            message::bad_option(options::program_name(Some(program.as_bytes())), &bad.0);
            return ExitCode::FAILURE;
        }
    };
    match options.request {
        Some(Request::Help) => print(&message::help(options.program())),
        Some(Request::Version) => print(format!("{}\n", message::VERSION).as_bytes()),
        None => run::run(options),
    }
}

fn print(text: &[u8]) -> ExitCode {
    match std::io::stdout().write_all(text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
