//! What the tests of the command share: a directory of scripts, and the command run in it.
#![allow(dead_code)]

pub mod json;

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// The command under test.
pub const COMMAND: &str = env!("CARGO_BIN_EXE_perilune");

/// A directory that is removed in the end.
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new directory with these files.
    pub fn new(files: &[(&str, &str)]) -> Scratch {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("perilune-cli-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a scratch directory");
        for (name, text) in files {
            std::fs::write(path.join(name), text).expect("a scratch file");
        }
        Scratch(path)
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    pub stdout: String,
    pub stderr: String,
    pub status: Option<i32>,
}

/// The command, called `lua`, in a clean environment.
pub fn command(directory: &Path, args: &[&str], env: &[(&str, &str)]) -> Command {
    let mut command = Command::new(COMMAND);
    command.arg0("lua").args(args).current_dir(directory).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).envs(env.iter().copied());
    command
}

/// Runs the command to its end.
pub fn run(directory: &Path, args: &[&str], stdin: &str, env: &[(&str, &str)]) -> Outcome {
    let mut command = command(directory, args, env);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    let mut input = child.stdin.take().expect("a pipe");
    // The command may end without having read its input.
    let _ = input.write_all(stdin.as_bytes());
    drop(input);
    let output = child.wait_with_output().expect("the command ends");
    Outcome {
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        status: output.status.code(),
    }
}
