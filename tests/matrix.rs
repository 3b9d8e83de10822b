//! The test binary: one trial per tier and program, named `tier/run/chapter/program` or `tier/official/file`.
//!
//! Environment: `PERILUNE_BIN` names the interpreter (otherwise it is built), `PERILUNE_TIERS` the tiers
//! (comma-separated, or `all`), `PERILUNE_OFFICIAL_SUITE` a folder with the official suite (otherwise it is fetched);
//! `PERILUNE_ORACLE` says that the interpreter is PUC Lua itself.

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use perilune_tests::aot::{self, Built};
use perilune_tests::corpus::{self, Program};
use perilune_tests::runner::{self, Outcome};
use perilune_tests::should_fail::ShouldFail;
use perilune_tests::tiers::{self, Selection, Tier};
use perilune_tests::{diff, interpreter, official};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match trials() {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(message) => {
            eprintln!("matrix: {message}");
            ExitCode::FAILURE
        }
    }
}

fn trials() -> Result<Vec<Trial>, String> {
    let selection = tiers::select(std::env::var("PERILUNE_TIERS").ok().as_deref())?;
    let programs = corpus::programs().map_err(|e| format!("cannot list the programs: {e}"))?;
    let known = Arc::new(ShouldFail::read(&corpus::tests_folder().join("official.should-fail"))?);
    announce(&selection, programs.len());
    let mut trials = Vec::new();
    for tier in selection.run {
        trials.extend(programs.iter().map(|p| program_trial(tier, p.clone())));
        if tier.official {
            trials.extend(official::FILES.iter().map(|file| official_trial(tier, file, known.clone())));
        }
    }
    Ok(trials)
}

fn announce(selection: &Selection, programs: usize) {
    for tier in &selection.skipped {
        eprintln!("not run: tier {} ({programs} programs; PERILUNE_TIERS={} runs it)", tier.name, tier.name);
    }
    for tier in &selection.run {
        if !tier.official {
            eprintln!("not run: the official suite on tier {}", tier.name);
        }
        for exception in tier.exceptions {
            eprintln!("tier {}: {} runs with {} only: {}", tier.name, exception.name, exception.flags.join(" "), exception.why);
        }
    }
}

fn program_trial(tier: &'static Tier, program: Program) -> Trial {
    Trial::test(format!("{}/run/{}", tier.name, program.name), move || check_program(tier, &program).map_err(Failed::from))
}

fn official_trial(tier: &'static Tier, file: &'static str, known: Arc<ShouldFail>) -> Trial {
    Trial::test(format!("{}/official/{file}", tier.name), move || {
        known.judge(file, tier.name, official::run_file(file, tier)).map_err(Failed::from)
    })
}

fn check_program(tier: &Tier, program: &Program) -> Result<(), String> {
    let expected = program.expectation()?;
    let outcome = if tier.ahead_of_time { run_built(tier, program)? } else { interpret(tier, program)? };
    let mut complaints = Vec::new();
    if outcome.timed_out {
        complaints.push(format!("ran out of time ({} s)", tier.timeout.as_secs()));
    } else if outcome.status != expected.status {
        complaints.push(format!("exit status {} instead of {}", outcome.status, expected.status));
    }
    let streams = [("stdout", &expected.stdout, &outcome.stdout), ("stderr", &expected.stderr, &outcome.stderr)];
    for (name, expected, actual) in streams {
        if let Some(difference) = diff::describe(expected, actual) {
            complaints.push(format!("{name} differs (- expected, + actual):\n{difference}"));
        }
    }
    if complaints.is_empty() { Ok(()) } else { Err(explain(program, tier, &outcome, &complaints)) }
}

fn flags(tier: &Tier, program: &Program) -> &'static [&'static str] {
    tier.flags_for(&format!("run/{}", program.name))
}

fn interpret(tier: &Tier, program: &Program) -> Result<Outcome, String> {
    let mut command = runner::command(interpreter::path()?, "lua", program.folder());
    command.args(flags(tier, program)).arg(program.file_name());
    runner::run(command, tier.timeout)
}

/// Builds a program and runs it. A program that cannot be compiled is expected to fail alike, with the same words.
fn run_built(tier: &Tier, program: &Program) -> Result<Outcome, String> {
    let scratch = aot::Scratch::new()?;
    match aot::build(program, &scratch)? {
        Built::Refused(outcome) => Ok(outcome),
        Built::Executable(executable) => runner::run(aot::command(&executable, program.folder())?, tier.timeout),
    }
}

fn explain(program: &Program, tier: &Tier, outcome: &Outcome, complaints: &[String]) -> String {
    let flags = flags(tier, program).iter().map(|f| format!("{f} ")).collect::<String>();
    let folder = program.folder().display();
    let file = program.file_name();
    let crash = if outcome.status > 128 && !outcome.timed_out { "ended by a signal\n" } else { "" };
    let again = if tier.ahead_of_time {
        format!("perilune build --allow-missing -o /tmp/program {file} && /tmp/program")
    } else {
        format!("perilune {flags}{file}")
    };
    format!("{crash}{}\nagain: cd {folder} && {again}", complaints.join("\n"))
}
