//! Finding the interpreter under test, building it when nobody named one.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Path of the interpreter under test: `PERILUNE_BIN`, or the `perilune` command built in release mode on first
/// use, with the runtime of its executables.
///
/// # Errors
/// A named file that does not exist, or a build that fails.
pub fn path() -> Result<&'static Path, String> {
    static PATH: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    PATH.get_or_init(|| env::var_os("PERILUNE_BIN").map_or_else(build, |bin| existing(bin.into())))
        .as_deref()
        .map_err(Clone::clone)
}

fn existing(path: PathBuf) -> Result<PathBuf, String> {
    // Programs run in folders of their own, so a relative path would point elsewhere.
    path.canonicalize().map_err(|e| format!("PERILUNE_BIN: {}: {e}", path.display()))
}

fn build() -> Result<PathBuf, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--release", "--quiet", "-p", "perilune-cli", "-p", "perilune-rt"])
        .current_dir(workspace())
        .status()
        .map_err(|e| format!("cannot start cargo: {e}"))?;
    if !status.success() {
        return Err("cargo build --release -p perilune-cli -p perilune-rt failed".to_owned());
    }
    existing(target_folder().join("release/perilune"))
}

/// The workspace's root folder.
pub fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The folder that cargo builds into.
pub fn target_folder() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => workspace().join(folder),
        None => workspace().join("target"),
    }
}
