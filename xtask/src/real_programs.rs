//! `cargo xtask real-programs`: published Lua programs and libraries under Perilune and under PUC Lua, compared.
//!
//! The sources come from Debian packages, downloaded and unpacked below the build directory but not installed. Programs
//! that are libraries are driven by the scripts of `tests/real`. What each run prints, its exit status and the files it
//! writes must be the same under both interpreters; addresses of objects do not count. PUC runs each program several
//! times: where it does not agree with itself (most often the order of `pairs`), the row says so. `C module` marks what
//! cannot run because it loads a library written in C.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use perilune_tests::{puc, runner};

use crate::arguments::Arguments;
use crate::process::{self, Finished};
use crate::statistics::median;
use crate::workspace;

/// Debian packages that hold the programs and their documents.
const PACKAGES: &[&str] = &[
    "lua-argparse",
    "lua-check",
    "lua-dkjson",
    "lua-inspect",
    "lua-ldoc",
    "lua-lpeg",
    "lua-markdown",
    "lua-messagepack",
    "lua-moses",
    "lua-penlight",
    "lua-unit",
];

/// Seconds after which a run is ended.
const LIMIT: u32 = 120;
/// What a program that loads a C module ends with where only Lua modules can be loaded.
const NO_C_MODULES: &str = "dynamic libraries not enabled";
/// Lines of the first difference that are shown.
const SHOWN: usize = 8;

/// A program: its name and the arguments of the interpreter. In those, `@REAL` stands for `tests/real` and `@OUT` for a
/// directory that is empty before the run and whose files are compared after it. Other paths lie in the packages.
struct Program {
    name: &'static str,
    arguments: &'static [&'static str],
}

const LUAUNIT: &str = "@REAL/luaunit_driver.lua";

const PROGRAMS: &[Program] = &[
    Program {
        name: "luacheck on itself",
        arguments: &["usr/bin/luacheck", "--no-color", "--codes", "--no-config", "usr/share/lua/5.1/luacheck"],
    },
    Program {
        name: "luacheck on penlight",
        arguments: &["usr/bin/luacheck", "--no-color", "--codes", "--no-config", "usr/share/lua/5.1/pl"],
    },
    Program {
        name: "ldoc on penlight",
        arguments: &["usr/bin/ldoc", "--testing", "-f", "markdown", "-p", "pl", "-d", "@OUT", "usr/share/lua/5.1/pl"],
    },
    Program {
        name: "ldoc on luacheck",
        arguments: &["usr/bin/ldoc", "--testing", "--all", "-p", "lc", "-d", "@OUT", "usr/share/lua/5.1/luacheck"],
    },
    Program { name: "luaunit suite", arguments: &[LUAUNIT, "usr/share/doc/lua-unit/examples/test_luaunit.lua"] },
    Program {
        name: "luaunit failures",
        arguments: &[LUAUNIT, "usr/share/doc/lua-unit/examples/test_with_err_fail_pass.lua", "-o", "tap", "-v"],
    },
    Program { name: "luaunit lists", arguments: &[LUAUNIT, "usr/share/doc/lua-unit/examples/some_lists_comparisons.lua"] },
    Program { name: "luaunit compatibility", arguments: &[LUAUNIT, "usr/share/doc/lua-unit/examples/compat_luaunit_v2x.lua"] },
    Program { name: "argparse", arguments: &["@REAL/argparse_driver.lua"] },
    Program { name: "inspect", arguments: &["@REAL/inspect_driver.lua"] },
    Program { name: "dkjson", arguments: &["@REAL/dkjson_driver.lua"] },
    Program { name: "dkjson with lpeg", arguments: &["@REAL/dkjson_driver.lua", "lpeg"] },
    Program { name: "dkjson tests", arguments: &["usr/share/doc/lua-dkjson/examples/jsontest.lua", "dkjson"] },
    Program {
        name: "markdown",
        arguments: &[
            "@REAL/markdown_driver.lua",
            "usr/share/doc/lua-moses/tutorial.md.gz",
            "usr/share/doc/lua-markdown/MANUAL.gz",
        ],
    },
    Program { name: "messagepack", arguments: &["@REAL/messagepack_driver.lua"] },
    Program { name: "moses", arguments: &["@REAL/moses_driver.lua"] },
    Program { name: "penlight", arguments: &["@REAL/penlight_driver.lua"] },
];

/// What the command line asks for.
struct Options {
    puc: Option<PathBuf>,
    perilune: PathBuf,
    filter: String,
    /// Interleaved runs by each interpreter.
    rounds: usize,
    /// Only fetch the packages.
    fetch: bool,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut arguments = Arguments::new(arguments);
        let default = workspace::target().join("release/perilune");
        let options = Self {
            puc: arguments.text("--puc")?.map(PathBuf::from),
            perilune: arguments.text("--perilune")?.map_or(default, PathBuf::from),
            filter: arguments.text("--filter")?.unwrap_or_default(),
            rounds: arguments.number("--rounds", 3)?.max(1),
            fetch: arguments.flag("--fetch"),
        };
        arguments.finish()?;
        Ok(options)
    }
}

/// The directories of a run.
struct Places {
    /// The unpacked packages: the working directory of the programs.
    packages: PathBuf,
    /// The drivers.
    real: PathBuf,
    /// The directory whose files are compared.
    scratch: PathBuf,
}

/// All that a run left behind and that must not depend on the interpreter.
#[derive(PartialEq)]
struct Trace {
    status: String,
    stdout: String,
    stderr: String,
    files: BTreeMap<PathBuf, String>,
}

/// The runs of a program by one interpreter.
#[derive(Default)]
struct Runs {
    traces: Vec<Trace>,
    seconds: Vec<f64>,
}

/// Entry point of the task.
///
/// # Errors
/// Wrong arguments, no way to get the packages, an interpreter that cannot be started, or a program that behaves
/// differently.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let options = Options::parse(arguments)?;
    if options.fetch {
        return prepare().map(|_| ());
    }
    if !options.perilune.exists() {
        return Err(format!("no {}: cargo build --release -p perilune-cli", options.perilune.display()));
    }
    let puc = match &options.puc {
        Some(path) => path,
        None => puc::path()?,
    };
    let places = prepare()?;
    println!("{:24} {:10} {:>9} {:>9} {:>6}", "program", "result", "perilune", "PUC", "ratio");
    let mut different = 0;
    for program in PROGRAMS.iter().filter(|program| program.name.contains(&options.filter)) {
        if !compare(program, &options, puc, &places)? {
            different += 1;
        }
    }
    println!("\nCPU seconds, the median of {} interleaved runs; ratio is perilune/PUC", options.rounds);
    match different {
        0 => Ok(()),
        count => Err(format!("{count} programs behave differently")),
    }
}

/// Fetches what is missing and says where everything is.
fn prepare() -> Result<Places, String> {
    let base = workspace::target().join("real-programs");
    let packages = base.join("root");
    fs::create_dir_all(&packages).map_err(|error| format!("cannot create {}: {error}", packages.display()))?;
    for package in PACKAGES {
        fetch(package, &base, &packages)?;
    }
    link_c_modules(&packages)?;
    Ok(Places { packages, real: workspace::root().join("tests/real"), scratch: base.join("scratch") })
}

/// Downloads and unpacks a package unless that was done before.
fn fetch(package: &str, base: &Path, packages: &Path) -> Result<(), String> {
    let done = base.join(format!("{package}.done"));
    if done.exists() {
        return Ok(());
    }
    let download = base.join(package);
    let result = fs::create_dir_all(&download).map_err(|error| error.to_string());
    result.and_then(|()| tool(Command::new("apt-get").args(["-qq", "download", package]).current_dir(&download)))?;
    let archive = files_below(&download).into_iter().find(|path| path.extension().is_some_and(|e| e == "deb"));
    let archive = archive.ok_or_else(|| format!("apt-get left no archive of {package}"))?;
    tool(Command::new("dpkg").arg("-x").args([&archive, packages]))?;
    fs::write(&done, "").map_err(|error| format!("cannot write {}: {error}", done.display()))
}

/// Runs a tool of the packaging system silently.
fn tool(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| {
        format!("{name}: {error}; the programs come from Debian packages, so this task needs apt-get and dpkg")
    })?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{name} failed: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}

/// Gives the C library of LPeg the name under which `require` looks for it.
fn link_c_modules(packages: &Path) -> Result<(), String> {
    let directory = packages.join("usr/lib/lua");
    fs::create_dir_all(&directory).map_err(|error| error.to_string())?;
    let found = files_below(&packages.join("usr/lib"))
        .into_iter()
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("liblua5.4-lpeg.so")));
    let library = found.ok_or("lua-lpeg holds no library for Lua 5.4")?;
    fs::copy(&library, directory.join("lpeg.so")).map_err(|error| error.to_string())?;
    Ok(())
}

/// Runs a program by both interpreters and prints its row; true when they agree.
fn compare(program: &Program, options: &Options, puc: &Path, places: &Places) -> Result<bool, String> {
    let (mut ours, mut theirs) = (Runs::default(), Runs::default());
    for _ in 0..options.rounds {
        execute(program, &options.perilune, places, &mut ours)?;
        execute(program, puc, places, &mut theirs)?;
    }
    let reference = &theirs.traces[0];
    let same = ours.traces.iter().all(|trace| theirs.traces.contains(trace));
    let steady = theirs.traces.iter().all(|trace| trace == reference);
    let unsupported = ours.traces.iter().any(|trace| trace.stderr.contains(NO_C_MODULES));
    let result = match (same, steady) {
        (true, _) => "same",
        _ if unsupported => "C module",
        (false, true) => "DIFFERENT",
        (false, false) => "PUC varies",
    };
    let (seconds, peer) = (median(&ours.seconds), median(&theirs.seconds));
    println!("{:24} {result:10} {seconds:9.3} {peer:9.3} {:6.2}", program.name, seconds / peer);
    if unsupported {
        return Ok(true);
    }
    if let Some(odd) = ours.traces.iter().find(|trace| !theirs.traces.contains(trace)) {
        print_difference(odd, reference);
    }
    Ok(same || !steady)
}

/// Runs a program once.
fn execute(program: &Program, interpreter: &Path, places: &Places, runs: &mut Runs) -> Result<(), String> {
    if places.scratch.exists() {
        fs::remove_dir_all(&places.scratch).map_err(|error| error.to_string())?;
    }
    fs::create_dir_all(&places.scratch).map_err(|error| error.to_string())?;
    let mut command = runner::command(interpreter, "lua", &places.packages);
    command.env("LUA_PATH", search_path(&places.real)).env("LUA_CPATH", "usr/lib/lua/?.so");
    for argument in program.arguments {
        let argument = argument.replace("@REAL", &places.real.display().to_string());
        command.arg(argument.replace("@OUT", &places.scratch.display().to_string()));
    }
    let finished = process::finish(command, Some(LIMIT))?;
    runs.seconds.push(finished.cpu);
    runs.traces.push(trace(finished, &places.scratch));
    Ok(())
}

/// Where `require` looks: the drivers first, then what is written for 5.3 or later, then the rest.
fn search_path(real: &Path) -> String {
    let real = real.display();
    format!("{real}/?.lua;usr/share/lua/5.3/?.lua;usr/share/lua/5.1/?.lua;usr/share/lua/5.1/?/init.lua")
}

/// What a run left behind, without the addresses of objects.
fn trace(finished: Finished, scratch: &Path) -> Trace {
    let files = files_below(scratch).into_iter().map(|path| {
        let bytes = fs::read(&path).unwrap_or_default();
        (path, String::from_utf8_lossy(&bytes).into_owned())
    });
    Trace {
        status: finished.status,
        stdout: sort_objects(&without_addresses(&finished.stdout)),
        stderr: without_addresses(&finished.stderr),
        files: files.collect(),
    }
}

/// Replaces every hexadecimal number of at least eight digits by `0xADDRESS`.
fn without_addresses(text: &str) -> String {
    let mut parts = text.split("0x");
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        result.push_str("0x");
        if digits >= 8 {
            result.push_str("ADDRESS");
            result.push_str(&part[digits..]);
        } else {
            result.push_str(part);
        }
    }
    result
}

/// Sorts the members of JSON objects that stand alone on a line after a tab and hold nothing nested: programs that print
/// them so do it in the order of `pairs`, which the language leaves open.
fn sort_objects(text: &str) -> String {
    let sorted = text.split('\n').map(|line| {
        let object = line.split_once("\t{").and_then(|(label, rest)| Some((label, rest.strip_suffix('}')?)));
        match object {
            Some((label, members)) if !members.contains(['{', '[']) => {
                let mut members: Vec<&str> = members.split(',').collect();
                members.sort_unstable();
                format!("{label}\t{{{}}}", members.join(","))
            }
            _ => line.to_owned(),
        }
    });
    sorted.collect::<Vec<_>>().join("\n")
}

/// All files in a directory and those below it, sorted; what cannot be read counts as empty.
fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![directory.to_owned()];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => pending.push(entry.path()),
                _ => found.push(entry.path()),
            }
        }
    }
    found.sort();
    found
}

/// Prints where two runs first part.
fn print_difference(ours: &Trace, theirs: &Trace) {
    if ours.status != theirs.status {
        println!("    {} instead of {}", ours.status, theirs.status);
    }
    print_lines("stdout", &ours.stdout, &theirs.stdout);
    print_lines("stderr", &ours.stderr, &theirs.stderr);
    for path in ours.files.keys().filter(|path| !theirs.files.contains_key(*path)) {
        println!("    {} is written only by perilune", path.display());
    }
    for (path, text) in &theirs.files {
        match ours.files.get(path) {
            Some(own) => print_lines(&path.display().to_string(), own, text),
            None => println!("    {} is written only by PUC", path.display()),
        }
    }
}

/// Prints the lines that differ, up to a few.
fn print_lines(label: &str, ours: &str, theirs: &str) {
    if ours == theirs {
        return;
    }
    let (mut own, mut other) = (ours.lines(), theirs.lines());
    let (mut number, mut shown) = (0, 0);
    while shown < SHOWN {
        number += 1;
        match (own.next(), other.next()) {
            (None, None) => return,
            (a, b) if a == b => {}
            (a, b) => {
                println!("    {label}:{number}\n      perilune {}\n      PUC      {}", shorten(a), shorten(b));
                shown += 1;
            }
        }
    }
}

/// A line as it is shown: cut when long, marked when missing.
fn shorten(line: Option<&str>) -> String {
    line.map_or_else(|| "(nothing)".to_owned(), |line| line.chars().take(160).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_blanked() {
        assert_eq!(without_addresses("table: 0x55e03643e430 0x1F"), "table: 0xADDRESS 0x1F");
        assert_eq!(without_addresses("0x00e0364300f!"), "0xADDRESS!");
        assert_eq!(without_addresses("no number, 0x"), "no number, 0x");
    }

    #[test]
    fn members_of_objects_are_sorted() {
        assert_eq!(sort_objects("a:\t{\"y\":1,\"x\":2}\nb\n"), "a:\t{\"x\":2,\"y\":1}\nb\n");
        assert_eq!(sort_objects("a:\t{\"y\":[2,1]}"), "a:\t{\"y\":[2,1]}");
    }

    #[test]
    fn files_are_listed_recursively() {
        let files = files_below(&workspace::root().join("xtask/src"));
        assert!(files.iter().any(|path| path.ends_with("bench/mod.rs")));
        assert!(files.is_sorted() && files_below(Path::new("/nowhere/at/all")).is_empty());
    }
}
