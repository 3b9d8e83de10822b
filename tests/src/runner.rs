//! Running an interpreter as a child process under fixed conditions.
//!
//! Everything that could make an output depend on the machine is pinned: an almost empty environment, the C locale,
//! UTC, an empty pipe as standard input, and `lua` as the program's own name.

use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes of output kept per stream: a runaway loop must not exhaust the memory of the test process.
const OUTPUT_LIMIT: u64 = 64 << 20;

/// What a finished process left behind.
#[derive(Debug)]
pub struct Outcome {
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
    /// Exit status; 128 plus the signal's number for a process that a signal ended.
    pub status: i32,
    /// Whether the time limit ended it.
    pub timed_out: bool,
}

/// A command that runs `interpreter` in `folder` under the fixed conditions, named `argv0` to itself.
/// Programs that start it again find its path in the environment variable `LUA_UNDER_TEST`.
pub fn command(interpreter: &Path, argv0: &str, folder: &Path) -> Command {
    let mut command = Command::new(interpreter);
    command.arg0(argv0).current_dir(folder).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.envs([("LC_ALL", "C"), ("TZ", "UTC"), ("HOME", "/tmp")]);
    command.env("LUA_UNDER_TEST", interpreter);
    command
}

/// Runs `command` to its end or to the time limit.
///
/// # Errors
/// A process that cannot be started or waited for.
pub fn run(mut command: Command, limit: Duration) -> Result<Outcome, String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().map_err(|e| format!("cannot start {:?}: {e}", command.get_program()))?;
    drop(child.stdin.take());
    let deadline = Instant::now() + limit;
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let timed_out = !finishes(&mut child, deadline)?;
    if timed_out {
        child.kill().map_err(|e| format!("cannot stop a process that ran out of time: {e}"))?;
    }
    let status = child.wait().map_err(|e| format!("cannot wait for a process: {e}"))?;
    let (stdout, stderr) = (received(&stdout), received(&stderr));
    // Output that did not arrive in time is no empty output.
    let timed_out = timed_out || stdout.is_none() || stderr.is_none();
    let status = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
    Ok(Outcome { stdout: stdout.unwrap_or_default(), stderr: stderr.unwrap_or_default(), status, timed_out })
}

/// Waits until the child ends; false when the deadline comes first.
fn finishes(child: &mut Child, deadline: Instant) -> Result<bool, String> {
    let mut pause = Duration::from_micros(500);
    loop {
        if child.try_wait().map_err(|e| format!("cannot wait for a process: {e}"))?.is_some() {
            return Ok(true);
        }
        if Instant::now() >= deadline {
            return Ok(false);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// Reads a pipe to its end in a thread of its own, so that a full pipe never blocks the child.
fn collect(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error still counts: the comparison will show that the rest is missing.
            let _ = pipe.by_ref().take(OUTPUT_LIMIT).read_to_end(&mut bytes);
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        let _ = sender.send(bytes);
    });
    receiver
}

/// The collected bytes. A grandchild may hold the pipe open after the child has ended, hence the limit.
fn received(pipe: &Receiver<Vec<u8>>) -> Option<Vec<u8>> {
    pipe.recv_timeout(Duration::from_secs(20)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Outcome {
        let mut command = command(Path::new("/bin/sh"), "sh", Path::new("/"));
        command.args(["-c", script]);
        run(command, limit).unwrap()
    }

    #[test]
    fn reports_streams_and_status() {
        let outcome = shell("echo out; echo err >&2; exit 3", Duration::from_secs(10));
        assert_eq!((outcome.stdout, outcome.stderr, outcome.status), (b"out\n".to_vec(), b"err\n".to_vec(), 3));
    }

    #[test]
    fn stops_at_the_limit() {
        let outcome = shell("echo begun; exec sleep 60", Duration::from_millis(300));
        assert!(outcome.timed_out);
        assert_eq!(outcome.stdout, b"begun\n");
        assert_eq!(outcome.status, 128 + 9);
    }
}
