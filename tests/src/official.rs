//! The official Lua 5.4.8 test suite: fetched, never committed, run file by file.
//!
//! The suite comes inside the source package `lupa` on PyPI, which vendors the Lua release whole. Each file runs in
//! its own process in a fresh copy of the suite's folder, because several files write beside themselves. A driver
//! (`tests/official/driver.lua`) does what the suite's `all.lua` does around each file.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use crate::corpus::tests_folder;
use crate::interpreter;
use crate::runner::{self, Outcome};
use crate::tiers::Tier;

/// The files that `all.lua` runs, in its order. `heavy.lua` is not among them there either.
pub const FILES: &[&str] = &[
    "main",
    "gc",
    "db",
    "calls",
    "strings",
    "literals",
    "tpack",
    "attrib",
    "gengc",
    "locals",
    "constructs",
    "code",
    "big",
    "cstack",
    "nextvar",
    "pm",
    "utf8",
    "api",
    "events",
    "vararg",
    "closure",
    "coroutine",
    "goto",
    "errors",
    "math",
    "sort",
    "bitwise",
    "verybig",
    "files",
];

/// How long one file may take.
const LIMIT: Duration = Duration::from_secs(300);
const PACKAGE: &str = "lupa";
const PACKAGE_VERSION: &str = "2.8";
const SOURCES_IN_PACKAGE: &str = "third-party/lua54";
/// What the driver prints when a file ran to its end; finalizers may print more after it.
const PASSED: &[u8] = b"official: passed\n";

/// Runs one file of the suite on a tier.
///
/// # Errors
/// A suite that cannot be fetched, or a file that fails, with the end of what it printed.
pub fn run_file(file: &str, tier: &Tier) -> Result<(), String> {
    let suite = suite()?;
    let scratch = Scratch::copy_of(suite, &format!("{}-{file}", tier.name)).map_err(|e| format!("scratch copy: {e}"))?;
    let interpreter = interpreter::path()?;
    // main.lua starts the interpreter again by the name it finds in `arg`, so that has to be the real path.
    let mut command = runner::command(interpreter, &interpreter.to_string_lossy(), &scratch.folder);
    command.args(tier.flags_for(&format!("official/{file}")));
    command.arg(tests_folder().join("official/driver.lua")).arg(file);
    let outcome = runner::run(command, LIMIT)?;
    if outcome.status == 0 && contains(&outcome.stdout, PASSED) && !outcome.timed_out {
        return Ok(());
    }
    Err(report(&outcome))
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn report(outcome: &Outcome) -> String {
    let end = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    };
    let verdict = if outcome.timed_out { "ran out of time".to_owned() } else { format!("exit status {}", outcome.status) };
    format!("{verdict}\n--- end of stdout\n{}\n--- end of stderr\n{}", end(&outcome.stdout), end(&outcome.stderr))
}

/// The suite's folder: `PERILUNE_OFFICIAL_SUITE`, or a cached download below the target folder.
fn suite() -> Result<&'static Path, String> {
    static SUITE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    SUITE
        .get_or_init(|| match env::var_os("PERILUNE_OFFICIAL_SUITE") {
            Some(folder) => Ok(folder.into()),
            None => fetch(),
        })
        .as_deref()
        .map_err(Clone::clone)
}

/// The folder with the C sources of Lua 5.4.8, downloaded with the suite.
///
/// # Errors
/// A package that cannot be fetched.
pub fn lua_sources() -> Result<PathBuf, String> {
    let suite = fetch()?;
    Ok(suite.parent().unwrap_or(&suite).to_owned())
}

/// Downloads the package unless that was done before; the suite's folder.
fn fetch() -> Result<PathBuf, String> {
    let cache = interpreter::target_folder().join("official-suite");
    let package = format!("{PACKAGE}-{PACKAGE_VERSION}");
    let suite = cache.join(&package).join(SOURCES_IN_PACKAGE).join("testes");
    if suite.join("libs/all").exists() {
        return Ok(suite);
    }
    fs::create_dir_all(&cache).map_err(|e| format!("{}: {e}", cache.display()))?;
    let requirement = format!("{PACKAGE}=={PACKAGE_VERSION}");
    // pip asks the package for its metadata, which would compile LuaJIT without this variable.
    let download = ["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", &requirement];
    succeed(Command::new("python3").args(download).env("LUPA_NO_LUAJIT", "true").current_dir(&cache))?;
    succeed(Command::new("tar").args(["xzf", &format!("{package}.tar.gz")]).current_dir(&cache))?;
    // attrib.lua and main.lua load C modules, which the suite leaves to its own makefile and the headers beside it.
    succeed(Command::new("make").arg("-C").arg(suite.join("libs")))?;
    Ok(suite)
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|e| format!("cannot start {:?}: {e}", command.get_program()))?;
    if output.status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(format!("the official suite could not be fetched: {:?} failed\n{complaint}", command.get_program()))
}

/// A copy of the suite that is removed when the trial ends.
struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    fn copy_of(suite: &Path, label: &str) -> io::Result<Self> {
        let folder = env::temp_dir().join(format!("perilune-official-{}-{label}", std::process::id()));
        let scratch = Self { folder };
        copy_folder(suite, &scratch.folder)?;
        Ok(scratch)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A leftover folder in the temporary directory does no harm.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
