//! Objects and an archive to a dynamically linked executable, in this process.
//!
//! The machine needs no compiler and no development files: the archive brings its own `_start`, and the C library's symbols
//! come from the shared libraries that programs are loaded with, see [`system`]. The linker is `libwild`; any other that takes
//! the options of GNU `ld` can be named instead. Nothing here knows what the objects contain.

pub mod system;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::Path;
use std::process::Command;

/// What symbols an executable keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strip {
    /// Symbols and debug information.
    Nothing,
    /// Symbols, for profilers and debuggers.
    Debug,
    /// None but those the loader needs.
    #[default]
    All,
}

/// What to link.
#[derive(Debug)]
pub struct Request<'a> {
    /// Objects, all of which become part of the executable.
    pub objects: &'a [&'a Path],
    /// The archive that has `_start`, and what is undefined in the objects.
    pub archive: &'a Path,
    /// The executable to write.
    pub output: &'a Path,
    /// What to leave out.
    pub strip: Strip,
    /// Another linker: a program that is called as GNU `ld` would be.
    pub linker: Option<&'a Path>,
}

/// Why there is no executable: a text that is complete, without the program's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// Links, and returns the linker's warnings.
///
/// # Errors
/// Missing system libraries, or what the linker complains of.
pub fn link(request: &Request<'_>) -> Result<Vec<String>, Error> {
    let arguments = arguments(request)?;
    match request.linker {
        Some(program) => run_program(program, &arguments).map(|()| Vec::new()),
        None => run_in_process(arguments),
    }
}

/// The command line without the program's name.
fn arguments(request: &Request<'_>) -> Result<Vec<OsString>, Error> {
    let libraries = system::libraries().map_err(Error)?;
    let mut arguments: Vec<OsString> = [
        "-pie",
        "--gc-sections",
        "--eh-frame-hdr",
        "--hash-style=gnu",
        "--build-id=none",
        "-z",
        "now",
        "-z",
        "relro",
        "-z",
        "noexecstack",
        "-z",
        "defs",
        "--undefined=_start",
        "--dynamic-linker",
        system::INTERPRETER,
    ]
    .map(OsString::from)
    .into();
    match request.strip {
        Strip::Nothing => {}
        Strip::Debug => arguments.push("--strip-debug".into()),
        Strip::All => arguments.push("--strip-all".into()),
    }
    arguments.extend([OsStr::new("-o"), request.output.as_os_str()].map(OsString::from));
    arguments.extend(request.objects.iter().map(|object| object.as_os_str().to_owned()));
    arguments.extend([request.archive.as_os_str(), OsStr::new("--as-needed")].map(OsString::from));
    arguments.extend(libraries.into_iter().map(OsString::from));
    Ok(arguments)
}

fn run_program(program: &Path, arguments: &[OsString]) -> Result<(), Error> {
    let result = Command::new(program).args(arguments).output();
    let output = result.map_err(|error| Error(format!("cannot start the linker '{}': {error}", program.display())))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(Error(format!("the linker '{}' failed ({}):\n{}", program.display(), output.status, text.trim_end())))
}

fn run_in_process(arguments: Vec<OsString>) -> Result<Vec<String>, Error> {
    use std::sync::{Arc, Mutex};
    let mut words = vec!["ld".to_owned()];
    for argument in arguments {
        let bad = |word: OsString| Error(format!("file name is not UTF-8: {}", word.to_string_lossy()));
        words.push(argument.into_string().map_err(bad)?);
    }
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let heard = warnings.clone();
    let outcome = (|| {
        let mut args = libwild::Args::new(|| words.iter())?;
        args.on_warning(Box::new(move |warning| {
            heard.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(warning.warning().to_owned());
        }));
        args.parse(|| words.iter())?;
        libwild::run(args)
    })();
    outcome.map_err(|error: libwild::error::Error| Error(error.to_string().trim_end().to_owned()))?;
    let mut warnings = warnings.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    Ok(std::mem::take(&mut *warnings))
}
