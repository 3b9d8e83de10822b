//! One run of one program by one peer, in a process of its own.

use crate::json::Json;
use crate::process::{self, CommandLine};
use crate::statistics::median;

/// Times of one process.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Seconds of processor time of the first iteration, of all threads.
    pub first: f64,
    /// Seconds by the clock from the start of the process to the first iteration's result.
    pub first_result: f64,
    /// Seconds of each iteration after the first.
    pub steady: Vec<f64>,
    /// Wall time of the whole process in seconds.
    pub wall: f64,
    /// CPU time of the whole process in seconds.
    pub cpu: f64,
    /// Peak resident memory in bytes.
    pub peak_memory: f64,
    /// Name of the clock and the smallest step seen of it.
    pub clock: String,
}

impl Sample {
    /// Steady-state time: the median of the second half of the iterations, as the first ones may still warm up.
    pub fn steady_time(&self) -> f64 {
        median(&self.steady[self.steady.len() / 2..])
    }

    /// All that was measured, for the result file.
    pub fn to_json(&self) -> Json {
        Json::object([
            ("first", Json::Number(self.first)),
            ("first_result", Json::Number(self.first_result)),
            ("steady", Json::numbers(&self.steady)),
            ("wall", Json::Number(self.wall)),
            ("cpu", Json::Number(self.cpu)),
            ("peak_memory", Json::Number(self.peak_memory)),
            ("clock", Json::text(self.clock.clone())),
        ])
    }
}

/// Runs `command run.lua program iterations`; an error says why there is no sample.
pub fn take(command: &[String], runner: &str, program: &str, iterations: usize, limit: u32) -> Result<Sample, String> {
    let mut line: CommandLine = command.to_vec();
    line.extend([runner.to_owned(), program.to_owned(), iterations.to_string()]);
    let finished = process::run(&line, Some(limit))?;
    if !finished.success {
        let reason = finished.stderr.lines().next().unwrap_or("no message");
        return Err(format!("{}: {reason}", finished.status));
    }
    let (first, steady, clock) = parse(&finished.stdout)?;
    let process::Finished { first_output, wall, cpu, peak_memory, .. } = finished;
    Ok(Sample { first, first_result: first_output, steady, clock, wall, cpu, peak_memory })
}

/// Reads the output of `run.lua`: first time, steady times, clock.
fn parse(output: &str) -> Result<(f64, Vec<f64>, String), String> {
    let (mut first, mut steady, mut clock) = (None, None, String::new());
    for line in output.lines() {
        match line.split_once(' ') {
            Some(("first", text)) => first = text.trim().parse().ok(),
            Some(("steady", text)) => steady = text.split_whitespace().map(|time| time.parse().ok()).collect(),
            Some(("clock", text)) => clock = text.to_owned(),
            _ => {}
        }
    }
    match (first, steady) {
        (Some(first), Some(steady)) => Ok((first, steady, clock)),
        _ => Err(format!("no times in its output: {output:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn reads_times() {
        let output = "clock os.clock 0.000001\nfirst 0.25\nsteady 0.125 0.5\n";
        assert_eq!(parse(output), Ok((0.25, vec![0.125, 0.5], "os.clock 0.000001".to_owned())));
        assert!(parse("first 0.25\n").is_err());
        assert!(parse("first 0.25\nsteady 0.1 x\n").is_err());
    }
}
