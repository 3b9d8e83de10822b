//! Running a command to its end with what the kernel knows of it: wall time, CPU time, peak memory.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Instant;

/// A command line: program and arguments.
pub type CommandLine = Vec<String>;

/// What became of a process.
pub struct Finished {
    /// Whether it exited with status 0.
    pub success: bool,
    /// `exit status N` or `signal N`.
    pub status: String,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// Seconds from just before the start to its end.
    pub wall: f64,
    /// Seconds from just before the start until it wrote something, or ended.
    pub first_output: f64,
    /// Seconds of CPU time in user and kernel mode.
    pub cpu: f64,
    /// Peak resident memory in bytes.
    pub peak_memory: f64,
}

/// Runs the command without input. With a limit in seconds it is ended by SIGALRM when that has passed.
pub fn run(command: &[String], limit: Option<u32>) -> Result<Finished, String> {
    let (program, arguments) = command.split_first().ok_or("empty command")?;
    let mut builder = Command::new(program);
    builder.args(arguments);
    finish(builder, limit)
}

/// Like [`run`] for a command whose environment and directory are set already.
pub fn finish(mut builder: Command, limit: Option<u32>) -> Result<Finished, String> {
    builder.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if let Some(seconds) = limit {
        // SAFETY: `alarm` may be called between fork and exec; it touches no memory of ours.
        unsafe {
            builder.pre_exec(move || {
                libc::alarm(seconds);
                Ok(())
            });
        }
    }
    let start = Instant::now();
    let mut child = builder.spawn().map_err(|error| format!("cannot start {}: {error}", builder.get_program().display()))?;
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    // The programs measured write little to standard error, so reading it last cannot block them.
    let mut first_output = 0.0;
    if let Some(pipe) = &mut child.stdout {
        let mut first = [0];
        let read = pipe.read(&mut first).map_err(|error| error.to_string())?;
        first_output = start.elapsed().as_secs_f64();
        stdout.extend_from_slice(&first[..read]);
        pipe.read_to_end(&mut stdout).map_err(|error| error.to_string())?;
    }
    if let Some(pipe) = &mut child.stderr {
        pipe.read_to_end(&mut stderr).map_err(|error| error.to_string())?;
    }
    let (status, usage) = wait(child.id())?;
    let wall = start.elapsed().as_secs_f64();
    Ok(Finished {
        success: libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0,
        status: describe(status),
        stdout: String::from_utf8_lossy(&stdout).into_owned(),
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
        wall,
        first_output,
        cpu: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        peak_memory: usage.ru_maxrss as f64 * 1024.0,
    })
}

/// Reaps the child, which nobody else waits for, and returns its status and resource usage.
fn wait(id: u32) -> Result<(i32, libc::rusage), String> {
    let mut status = 0;
    // SAFETY: `rusage` is plain numbers; both pointers are to live variables of the right types.
    let (reaped, usage) = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        (libc::wait4(id as libc::pid_t, &mut status, 0, &mut usage), usage)
    };
    if reaped < 0 {
        return Err(std::io::Error::last_os_error().to_string());
    }
    Ok((status, usage))
}

fn describe(status: i32) -> String {
    if libc::WIFSIGNALED(status) {
        match libc::WTERMSIG(status) {
            libc::SIGALRM => "time limit".to_owned(),
            signal => format!("signal {signal}"),
        }
    } else {
        format!("exit status {}", libc::WEXITSTATUS(status))
    }
}

fn seconds(time: libc::timeval) -> f64 {
    time.tv_sec as f64 + time.tv_usec as f64 * 1e-6
}

#[cfg(test)]
mod tests {
    use super::run;

    fn shell(script: &str, limit: Option<u32>) -> super::Finished {
        run(&["sh".to_owned(), "-c".to_owned(), script.to_owned()], limit).unwrap()
    }

    #[test]
    fn reports_output_and_status() {
        let finished = shell("echo out; echo err >&2; exit 3", None);
        assert_eq!((finished.stdout.as_str(), finished.stderr.as_str()), ("out\n", "err\n"));
        assert_eq!((finished.success, finished.status.as_str()), (false, "exit status 3"));
        assert!(finished.peak_memory > 10_000.0 && finished.wall > 0.0);
    }

    #[test]
    fn ends_what_takes_too_long() {
        assert_eq!(shell("exec sleep 20", Some(1)).status, "time limit");
    }

    #[test]
    fn tells_when_output_begins() {
        let finished = shell("sleep 0.05; echo first; sleep 0.2; echo second", None);
        assert_eq!(finished.stdout, "first\nsecond\n");
        assert!(finished.first_output >= 0.05 && finished.wall - finished.first_output >= 0.2, "{}", finished.first_output);
    }
}
