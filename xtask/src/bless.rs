//! `bless`: writes the expected outputs of `tests/run` as PUC Lua 5.4.8 prints them.
//!
//! `.out` holds standard output; `.err` and `.status` exist only for programs that write to standard error or fail.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use perilune_tests::corpus::{self, Program};
use perilune_tests::puc;
use perilune_tests::runner::{self, Outcome};

const VERSION: &str = "Lua 5.4.8 ";
const LIMIT: Duration = Duration::from_secs(60);
const USAGE: &str = "usage: cargo xtask bless [--puc PATH] [FILTER]\n       cargo xtask bless --passes\n\
    PATH defaults to $PUC_LUA, then to a PUC Lua built from the package of the official suite; FILTER is a part of a program's name";

struct Options {
    puc: PathBuf,
    filter: String,
}

/// Runs the command with the arguments that follow `bless`.
///
/// # Errors
/// Wrong arguments, an interpreter that is not PUC Lua 5.4.8, a program that prints something else on a second run or
/// does not end, or files that cannot be written.
pub fn run(args: &[String]) -> Result<(), String> {
    if args == ["--passes"] {
        return bless_compiler();
    }
    let options = parse(args)?;
    check_version(&options.puc)?;
    let programs = corpus::programs().map_err(|e| format!("cannot list the programs: {e}"))?;
    let (mut matched, mut changed, mut problems) = (0, 0, Vec::new());
    for program in programs.iter().filter(|p| p.name.contains(&options.filter)) {
        matched += 1;
        match bless(program, &options.puc) {
            Ok(false) => {}
            Ok(true) => {
                changed += 1;
                println!("blessed {}", program.name);
            }
            Err(problem) => problems.push(format!("{}: {problem}", program.name)),
        }
    }
    println!("{matched} programs, {changed} changed, {} refused", problems.len());
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

/// Has the compiler's own tests write what is expected of passes (`tests/passes`) and listings (`tests/dump`).
fn bless_compiler() -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "-p", "perilune-jit", "--test", "passes", "--test", "listings"]).env("BLESS", "1");
    let status = command.status().map_err(|e| format!("cannot start cargo: {e}"))?;
    if status.success() { Ok(()) } else { Err("the tests failed; see above".to_owned()) }
}

fn parse(args: &[String]) -> Result<Options, String> {
    let mut puc = None;
    let mut filter = None;
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "--puc" => puc = Some(PathBuf::from(rest.next().ok_or(USAGE)?)),
            option if option.starts_with('-') => return Err(USAGE.to_owned()),
            text if filter.is_none() => filter = Some(text.to_owned()),
            _ => return Err(USAGE.to_owned()),
        }
    }
    let puc = puc.map_or_else(|| puc::path().map(Path::to_owned), Ok)?;
    Ok(Options { puc, filter: filter.unwrap_or_default() })
}

fn check_version(puc: &Path) -> Result<(), String> {
    let output = Command::new(puc).arg("-v").output().map_err(|e| format!("cannot start {}: {e}", puc.display()))?;
    let version = String::from_utf8_lossy(&output.stdout);
    println!("{}: {}", puc.display(), version.trim());
    if version.starts_with(VERSION) && version.contains("PUC-Rio") {
        Ok(())
    } else {
        Err(format!("{} is not PUC {}", puc.display(), VERSION.trim()))
    }
}

/// Blesses one program; true when an expectation changed.
fn bless(program: &Program, puc: &Path) -> Result<bool, String> {
    let (first, second) = (execute(program, puc)?, execute(program, puc)?);
    let same = first.stdout == second.stdout && first.stderr == second.stderr && first.status == second.status;
    if !same {
        return Err("prints something else each time".to_owned());
    }
    let status = if first.status == 0 { Vec::new() } else { format!("{}\n", first.status).into_bytes() };
    let out = write(&program.expectation_file("out"), &first.stdout, true);
    let err = write(&program.expectation_file("err"), &first.stderr, false);
    let status = write(&program.expectation_file("status"), &status, false);
    let results = [out, err, status].into_iter().collect::<io::Result<Vec<bool>>>();
    Ok(results.map_err(|e| format!("cannot write the expectation: {e}"))?.contains(&true))
}

fn execute(program: &Program, puc: &Path) -> Result<Outcome, String> {
    let mut command = runner::command(puc, "lua", program.folder());
    command.arg(program.file_name());
    let outcome = runner::run(command, LIMIT)?;
    if outcome.timed_out { Err("does not end".to_owned()) } else { Ok(outcome) }
}

/// Makes `path` hold `bytes`, or not exist when there are none and it is not `always` wanted; true when it changed.
fn write(path: &Path, bytes: &[u8], always: bool) -> io::Result<bool> {
    let old = match fs::read(path) {
        Ok(old) => Some(old),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(e) => return Err(e),
    };
    let wanted = (always || !bytes.is_empty()).then_some(bytes);
    match wanted {
        wanted if old.as_deref() == wanted => return Ok(false),
        Some(bytes) => fs::write(path, bytes)?,
        None => fs::remove_file(path)?,
    }
    Ok(true)
}
