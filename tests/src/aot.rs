//! Programs as executables: each is built before it runs.

use crate::corpus::Program;
use crate::interpreter;
use crate::runner::{self, Outcome};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// What came of a build.
#[derive(Debug)]
pub enum Built {
    /// The executable.
    Executable(PathBuf),
    /// The build failed, and said so.
    Refused(Outcome),
}

/// A directory that goes when this is dropped.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes one for files of this test process.
    ///
    /// # Errors
    /// What the system says.
    pub fn new() -> Result<Scratch, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("perilune-tests-{}-{number}", std::process::id()));
        fs::create_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Scratch(path))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays behind disturbs nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Builds an executable of a program. Modules that it makes while it runs are left to that time.
///
/// # Errors
/// A command that cannot be started.
pub fn build(program: &Program, scratch: &Scratch) -> Result<Built, String> {
    let executable = scratch.path().join("program");
    let mut command = runner::command(interpreter::path()?, "lua", program.folder());
    command.args(["build", "--allow-missing", "-o"]).arg(&executable).arg(program.file_name());
    let outcome = runner::run(command, Duration::from_secs(60))?;
    Ok(if outcome.status == 0 { Built::Executable(executable) } else { Built::Refused(outcome) })
}

/// A command that runs an executable in `folder` as [`runner::command`] would run the interpreter. Programs that start the
/// interpreter again still find that.
///
/// # Errors
/// There is no interpreter.
pub fn command(executable: &Path, folder: &Path) -> Result<Command, String> {
    let mut command = runner::command(executable, "lua", folder);
    command.env("LUA_UNDER_TEST", interpreter::path()?);
    Ok(command)
}
