//! `cargo xtask bench-startup`: hello world and the loading of a big source, Perilune's command against `lua`.

use std::fs;
use std::path::Path;

use perilune_tests::puc;

use super::peers::{self, Peer};
use super::source;
use crate::arguments::Arguments;
use crate::json::Json;
use crate::process::{self, Finished};
use crate::statistics::{median, minimum};
use crate::{machine, workspace};

/// What the command line asks for.
struct Options {
    puc: String,
    perilune: String,
    custom: Vec<String>,
    runs: usize,
    load_runs: usize,
    megabytes: f64,
    json: Option<String>,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut arguments = Arguments::new(arguments);
        let options = Self {
            puc: arguments.text("--puc")?.map_or_else(built_puc, Ok)?,
            perilune: arguments.text("--perilune")?.unwrap_or_else(peers::default_perilune),
            custom: arguments.texts("--peer")?,
            runs: arguments.number("--runs", 200)?,
            load_runs: arguments.number("--load-runs", 7)?,
            megabytes: arguments.number("--megabytes", 15.0)?,
            json: arguments.text("--json")?,
        };
        arguments.finish()?;
        Ok(options)
    }
}

/// The PUC Lua that is built from the package of the official suite.
fn built_puc() -> Result<String, String> {
    Ok(puc::path()?.display().to_string())
}

/// What was measured of one peer in one scenario.
#[derive(Default)]
struct Series {
    /// Seconds: wall time of the process, or what the script measured.
    times: Vec<f64>,
    /// Peak resident memory in bytes.
    memory: Vec<f64>,
}

/// Entry point of the task.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let command = format!("cargo xtask bench-startup {}", arguments.join(" "));
    let options = Options::parse(arguments)?;
    let peers = prepare_peers(&options)?;
    let directory = workspace::target().join("bench");
    fs::create_dir_all(&directory).map_err(|error| format!("cannot create {}: {error}", directory.display()))?;
    println!("{}, load {}\n", machine::processor(), machine::load());
    for peer in &peers {
        println!("  {:10} {} ({})", peer.name, peer.version, peer.command.join(" "));
    }
    let mut results = Vec::new();
    let hello = write(&directory.join("hello.lua"), "print(\"hello, world\")\n")?;
    let series = interleave(&peers, &[hello], options.runs, |finished| Ok(finished.wall))?;
    results.push(report("hello world, process start to end", &peers, &series));

    let text = source::generate((options.megabytes * 1e6) as usize, 20_240_625);
    let big = write(&directory.join("generated.lua"), &text)?;
    let loader = write(&directory.join("load.lua"), LOADER)?;
    let series = interleave(&peers, &[loader, big.clone()], options.load_runs, |finished| {
        finished.stdout.trim().parse().map_err(|_| format!("no time in its output: {:?}", finished.stdout))
    })?;
    results.push(report(&format!("loadfile of {:.1} MB, CPU time", text.len() as f64 / 1e6), &peers, &series));
    let series = interleave(&peers, &[big], options.load_runs, |finished| Ok(finished.wall))?;
    results.push(report("running that file, process start to end", &peers, &series));

    if let Some(path) = &options.json {
        let json = Json::object([
            ("command", Json::text(command)),
            ("machine", machine::describe()),
            (
                "versions",
                Json::Object(peers.iter().map(|peer| (peer.name.clone(), Json::text(peer.version.clone()))).collect()),
            ),
            ("unit", Json::text("seconds; bytes")),
            ("scenarios", Json::List(results)),
        ]);
        fs::write(path, format!("{json}\n")).map_err(|error| format!("cannot write {path}: {error}"))?;
    }
    Ok(())
}

/// Times the loading of the file it is given without running it.
const LOADER: &str = "local start = os.clock()\nlocal chunk = assert(loadfile(arg[1]))\nlocal stop = os.clock()\n\
    assert(type(chunk) == \"function\")\nprint((\"%.9f\"):format(stop - start))\n";

fn prepare_peers(options: &Options) -> Result<Vec<Peer>, String> {
    let mut found = vec![peers::custom(peers::REFERENCE, vec![options.puc.clone()])];
    match peers::prepare(peers::PERILUNE, &options.perilune)? {
        Some(peer) => found.push(peer),
        None => println!("MISSING: {} (no {})", peers::PERILUNE, options.perilune),
    }
    for definition in &options.custom {
        let (name, command) = definition.split_once('=').ok_or("--peer needs NAME=COMMAND")?;
        let command: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        if command.is_empty() {
            return Err(format!("--peer {name}: the command is empty"));
        }
        found.push(peers::custom(name, command));
    }
    Ok(found)
}

fn write(path: &Path, text: &str) -> Result<String, String> {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(path.display().to_string())
}

/// Runs each peer in turn, `runs` times over; `time` reads the seconds off a finished process.
fn interleave(
    peers: &[Peer],
    arguments: &[String],
    runs: usize,
    time: impl Fn(&Finished) -> Result<f64, String>,
) -> Result<Vec<Series>, String> {
    let mut series: Vec<Series> = peers.iter().map(|_| Series::default()).collect();
    for _ in 0..runs.max(1) {
        for (peer, series) in peers.iter().zip(&mut series) {
            let mut line = peer.command.clone();
            line.extend_from_slice(arguments);
            let finished = process::run(&line, None)?;
            if !finished.success {
                return Err(format!("{}: {}: {}", peer.name, finished.status, finished.stderr.trim()));
            }
            series.times.push(time(&finished)?);
            series.memory.push(finished.peak_memory);
        }
    }
    Ok(series)
}

/// Prints a scenario's table, ratios to the first peer, and returns it with all samples.
fn report(title: &str, peers: &[Peer], series: &[Series]) -> Json {
    println!("\n{title} ({} runs, medians)\n", series[0].times.len());
    println!("{:12}{:>12}{:>12}{:>10}{:>14}{:>10}", "", "ms", "best ms", "ratio", "peak MB", "ratio");
    let (base_time, base_memory) = (median(&series[0].times), median(&series[0].memory));
    let mut members = Vec::new();
    for (peer, series) in peers.iter().zip(series) {
        let (time, memory) = (median(&series.times), median(&series.memory));
        println!(
            "{:12}{:>12.3}{:>12.3}{:>10.3}{:>14.2}{:>10.3}",
            peer.name,
            time * 1e3,
            minimum(&series.times) * 1e3,
            time / base_time,
            memory / 1e6,
            memory / base_memory
        );
        members.push((
            peer.name.clone(),
            Json::object([("times", Json::numbers(&series.times)), ("peak_memory", Json::numbers(&series.memory))]),
        ));
    }
    Json::object([("scenario", Json::text(title)), ("peers", Json::Object(members))])
}
