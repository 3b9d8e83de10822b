//! Development tasks: `cargo xtask TASK [OPTIONS]`.
//!
//! This file only picks the task; each lives in a module of its own.

use std::process::ExitCode;

mod arguments;
mod bench;
mod bless;
mod gc_luck;
mod json;
mod machine;
mod process;
mod real_programs;
mod statistics;
mod workspace;

/// A task: its name, a line about it, and the function that does it with the remaining arguments.
struct Task {
    name: &'static str,
    about: &'static str,
    run: fn(&[String]) -> Result<(), String>,
}

const TASKS: &[Task] = &[
    Task { name: "bless", about: "write the expected outputs of tests/run as PUC Lua prints them", run: bless::run },
    Task { name: "bench", about: "time the benchmark programs against other runtimes", run: bench::programs::run },
    Task { name: "bench-startup", about: "start-up time, memory and load time of a big source", run: bench::startup::run },
    Task { name: "gc-luck", about: "run the official tests of the collector many times", run: gc_luck::run },
    Task { name: "real-programs", about: "compare published Lua programs under Perilune and PUC Lua", run: real_programs::run },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let name = arguments.first().map_or("", String::as_str);
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        eprintln!("usage: cargo xtask TASK [OPTIONS]\n");
        for task in TASKS {
            eprintln!("  {:16} {}", task.name, task.about);
        }
        return ExitCode::FAILURE;
    };
    match (task.run)(&arguments[1..]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{name}: {message}");
            ExitCode::FAILURE
        }
    }
}
