//! The runtimes to compare, and building those that come from crates.

use std::path::PathBuf;
use std::process::Command;

use crate::process::{self, CommandLine};
use crate::workspace;

/// A runtime under measurement.
pub struct Peer {
    /// Name in the tables.
    pub name: String,
    /// Command line to which script and arguments are appended.
    pub command: CommandLine,
    /// What it says of its version.
    pub version: String,
}

/// How a known peer is started: its package under `bench/peers`, and the option that selects the mode.
struct Known {
    name: &'static str,
    package: &'static str,
    mode: &'static [&'static str],
}

const KNOWN: &[Known] = &[
    Known { name: "puc", package: "lua54", mode: &[] },
    Known { name: "luajit", package: "luajit", mode: &[] },
    Known { name: "luajit-interp", package: "luajit", mode: &["--jit-off"] },
    Known { name: "luau", package: "luau", mode: &[] },
    Known { name: "luau-codegen", package: "luau", mode: &["--codegen"] },
];

/// Name of the peer that is this project's own binary.
pub const PERILUNE: &str = "perilune";

/// Name of the peer that ratios are taken to.
pub const REFERENCE: &str = "puc";

/// All peers that can be named.
pub fn default_names() -> Vec<String> {
    KNOWN.iter().map(|known| known.name).chain([PERILUNE]).map(str::to_owned).collect()
}

/// Finds or builds the named peer. `Ok(None)` if it is Perilune and its binary does not exist.
pub fn prepare(name: &str, perilune: &str) -> Result<Option<Peer>, String> {
    if name == PERILUNE {
        return Ok(std::path::Path::new(perilune).exists().then(|| custom(name, vec![perilune.to_owned()])));
    }
    let known = KNOWN.iter().find(|known| known.name == name);
    let known = known.ok_or_else(|| format!("no peer is called {name}; there are: {}", default_names().join(", ")))?;
    let binary = build(known.package)?.display().to_string();
    let version = version_of(&[binary.clone(), "--version".to_owned()]);
    let command = std::iter::once(binary).chain(known.mode.iter().map(|mode| mode.to_string())).collect();
    Ok(Some(Peer { name: name.to_owned(), command, version }))
}

/// A peer given by its command line, which understands `-v`.
pub fn custom(name: &str, command: CommandLine) -> Peer {
    let version = version_of(&[command[0].clone(), "-v".to_owned()]);
    Peer { name: name.to_owned(), command, version }
}

/// Where Perilune's release binary is unless the command line says otherwise.
pub fn default_perilune() -> String {
    workspace::target().join("release/perilune").display().to_string()
}

/// Builds a peer's package unless that has been done; returns the path of its binary.
fn build(package: &str) -> Result<PathBuf, String> {
    let target = workspace::target().join("peers");
    let manifest = workspace::root().join("bench/peers").join(package).join("Cargo.toml");
    let binary = target.join("release").join(format!("peer-{package}"));
    if !binary.exists() {
        eprintln!("building {}", binary.display());
    }
    let cargo = std::env::var("CARGO").unwrap_or("cargo".to_owned());
    let status = Command::new(cargo)
        .args(["build", "--release", "--quiet", "--locked", "--manifest-path"])
        .arg(&manifest)
        .env("CARGO_TARGET_DIR", &target)
        .current_dir(workspace::root())
        .status()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if !status.success() {
        return Err(format!("cannot build {}", manifest.display()));
    }
    Ok(binary)
}

/// First line that the command prints.
fn version_of(command: &[String]) -> String {
    let Ok(finished) = process::run(command, Some(10)) else {
        return "unknown".to_owned();
    };
    let line = finished.stdout.lines().chain(finished.stderr.lines()).next().unwrap_or("unknown");
    line.trim().to_owned()
}
