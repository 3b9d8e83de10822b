//! `cargo xtask bench`: the programs of `bench/programs` by all peers, interleaved.

use std::fs;
use std::io::IsTerminal;
use std::path::Path;

use super::peers::{self, Peer};
use super::report;
use super::sample::{self, Sample};
use crate::arguments::Arguments;
use crate::workspace;

/// What the command line asks for.
struct Options {
    filter: Vec<String>,
    iterations: usize,
    rounds: usize,
    limit: u32,
    json: Option<String>,
    peers: Vec<String>,
    custom: Vec<String>,
    perilune: String,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut arguments = Arguments::new(arguments);
        let mut peers = match arguments.text("--peers")? {
            None => peers::default_names(),
            Some(names) => names.split(',').map(str::to_owned).collect(),
        };
        if arguments.flag("--luajit-interp") && !peers.iter().any(|name| name == "luajit-interp") {
            peers.push("luajit-interp".to_owned());
        }
        let filter = arguments.text("--filter")?.unwrap_or_default();
        let options = Self {
            filter: filter.split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect(),
            iterations: arguments.number("--iterations", 10)?,
            rounds: arguments.number("--rounds", 3)?,
            limit: arguments.number("--limit", 120)?,
            json: arguments.text("--json")?,
            peers,
            custom: arguments.texts("--peer")?,
            perilune: arguments.text("--perilune")?.unwrap_or_else(peers::default_perilune),
        };
        arguments.finish()?;
        if options.iterations == 0 || options.rounds == 0 {
            return Err("at least one round and one iteration are needed".to_owned());
        }
        Ok(options)
    }

    fn selects(&self, program: &str) -> bool {
        self.filter.is_empty() || self.filter.iter().any(|part| program.contains(part.as_str()))
    }
}

/// The samples of one program by one peer, one a round, or why there are none.
pub type Outcome = Result<Vec<Sample>, String>;

/// All outcomes of one program, in the order of the peers.
pub struct Row {
    /// Name of the program.
    pub program: String,
    /// One per peer.
    pub outcomes: Vec<Outcome>,
}

/// Entry point of the task.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let command = std::iter::once("cargo xtask bench".to_owned()).chain(arguments.iter().cloned()).collect::<Vec<_>>();
    let options = Options::parse(arguments)?;
    let (peers, missing) = prepare_peers(&options)?;
    let programs = list_programs(&options)?;
    report::print_head(&peers, &missing, options.rounds, options.iterations);
    let mut rows: Vec<Row> = programs
        .iter()
        .map(|program| Row { program: program.clone(), outcomes: peers.iter().map(|_| Ok(Vec::new())).collect() })
        .collect();
    for round in 1..=options.rounds {
        for row in &mut rows {
            show_progress(&format!("round {round}/{}: {}", options.rounds, row.program));
            measure(row, &peers, &options);
        }
    }
    show_progress("");
    report::print_tables(&rows, &peers);
    if let Some(path) = &options.json {
        let json = report::to_json(&rows, &peers, &missing, &command.join(" "));
        fs::write(path, format!("{json}\n")).map_err(|error| format!("cannot write {path}: {error}"))?;
    }
    report::failures(&rows, &peers)
}

/// Rewrites the current line of a terminal; silent elsewhere.
fn show_progress(text: &str) {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K{text}");
    }
}

/// The peers that exist, and the names of those that do not.
fn prepare_peers(options: &Options) -> Result<(Vec<Peer>, Vec<String>), String> {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for name in &options.peers {
        match peers::prepare(name, &options.perilune)? {
            Some(peer) => found.push(peer),
            None => missing.push(format!("{name} (no {})", options.perilune)),
        }
    }
    for definition in &options.custom {
        let (name, command) = definition.split_once('=').ok_or("--peer needs NAME=COMMAND")?;
        let command: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        if command.is_empty() {
            return Err(format!("--peer {name}: the command is empty"));
        }
        found.push(peers::custom(name, command));
    }
    Ok((found, missing))
}

/// Names of the selected programs in alphabetical order.
fn list_programs(options: &Options) -> Result<Vec<String>, String> {
    let directory = workspace::root().join("bench/programs");
    let entries = fs::read_dir(&directory).map_err(|error| format!("cannot read {}: {error}", directory.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.strip_suffix(".lua")?.to_owned()))
        .filter(|name| options.selects(name))
        .collect();
    names.sort();
    if names.is_empty() {
        return Err("no program matches the filter".to_owned());
    }
    Ok(names)
}

/// Runs one program once by each peer that has not failed on it.
fn measure(row: &mut Row, peers: &[Peer], options: &Options) {
    let bench = workspace::root().join("bench");
    let runner = path_text(&bench.join("run.lua"));
    let program = path_text(&bench.join("programs").join(format!("{}.lua", row.program)));
    for (peer, outcome) in peers.iter().zip(&mut row.outcomes) {
        let Ok(samples) = outcome else { continue };
        match sample::take(&peer.command, &runner, &program, options.iterations, options.limit) {
            Ok(sample) => samples.push(sample),
            Err(reason) => *outcome = Err(reason),
        }
    }
}

fn path_text(path: &Path) -> String {
    path.display().to_string()
}
