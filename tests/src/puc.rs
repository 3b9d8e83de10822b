//! PUC Lua's command, the reference: built from the sources that come with the official suite.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::interpreter;
use crate::official;

/// Options of the C compiler that a release of PUC Lua is built with on Linux; `-E` lets C modules find its functions.
const OPTIONS: &[&str] = &["-O2", "-std=gnu99", "-DLUA_COMPAT_5_3", "-DLUA_USE_LINUX", "-Wl,-E"];
const LIBRARIES: &[&str] = &["-lm", "-ldl"];
/// Sources that are no part of the command: all of it in one file, and the suite's own instrumentation.
const OTHER_SOURCES: &[&str] = &["onelua.c", "ltests.c"];

/// Path of PUC Lua 5.4.8: `PUC_LUA`, or the command built on first use below the target folder.
///
/// # Errors
/// A named file that does not exist, sources that cannot be fetched, or a build that fails.
pub fn path() -> Result<&'static Path, String> {
    static PATH: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    PATH.get_or_init(|| env::var_os("PUC_LUA").map_or_else(build, |lua| existing(lua.into()))).as_deref().map_err(Clone::clone)
}

fn existing(path: PathBuf) -> Result<PathBuf, String> {
    path.canonicalize().map_err(|e| format!("PUC_LUA: {}: {e}", path.display()))
}

fn build() -> Result<PathBuf, String> {
    let folder = interpreter::target_folder().join("puc-5.4.8");
    let lua = folder.join("lua");
    if lua.exists() {
        return Ok(lua);
    }
    let sources = sources(&official::lua_sources()?)?;
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    // A build that is interrupted must not leave a command that looks complete.
    let unfinished = folder.join(format!("lua.{}", std::process::id()));
    let mut compiler = Command::new("cc");
    compiler.args(OPTIONS).args(sources).args(LIBRARIES).arg("-o").arg(&unfinished);
    let output = compiler.output().map_err(|e| format!("cannot start cc: {e}"))?;
    if !output.status.success() {
        return Err(format!("PUC Lua could not be built:\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    fs::rename(&unfinished, &lua).map_err(|e| format!("{}: {e}", lua.display()))?;
    Ok(lua)
}

/// The sources of the command in the folder of a release.
fn sources(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let is_source = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "c")
            && path.file_name().is_some_and(|name| !OTHER_SOURCES.iter().any(|other| name == *other))
    };
    let mut found: Vec<PathBuf> = paths.filter(is_source).collect();
    found.sort();
    Ok(found)
}
