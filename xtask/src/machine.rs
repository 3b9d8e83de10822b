//! What a measurement depends on beside the programs: processor, kernel, load, revision.

use std::fs;
use std::process::Command;

use crate::json::Json;
use crate::workspace;

/// Description of this machine and of the checkout, for the head of a result file.
pub fn describe() -> Json {
    Json::object([
        ("processor", Json::text(processor())),
        ("cores", Json::Number(std::thread::available_parallelism().map_or(0, usize::from) as f64)),
        ("kernel", Json::text(first_line("/proc/sys/kernel/osrelease"))),
        ("load", Json::text(first_line("/proc/loadavg"))),
        ("rustc", Json::text(output_of("rustc", &["--version"]))),
        ("revision", Json::text(output_of("git", &["describe", "--always", "--dirty"]))),
        ("unix_time", Json::Number(unix_time())),
    ])
}

/// Model name of the first processor.
pub fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    model.map_or("unknown".to_owned(), |(_, name)| name.trim().to_owned())
}

/// Load averages of the last 1, 5 and 15 minutes as the kernel prints them.
pub fn load() -> String {
    first_line("/proc/loadavg").split(' ').take(3).collect::<Vec<_>>().join(" ")
}

fn first_line(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default().lines().next().unwrap_or_default().to_owned()
}

fn output_of(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(workspace::root()).output();
    output.map_or(String::new(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn unix_time() -> f64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0.0, |since| since.as_secs() as f64)
}
