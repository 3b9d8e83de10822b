//! The runtime archive: where it is, and whether it fits.

use crate::{Error, Result};
use object::read::ReadCache;
use object::read::archive::ArchiveFile;
use perilune_module::{ABI, ABI_PREFIX};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The archive's file name.
pub const FILE: &str = "libperilune_rt.a";
/// The environment variable that names an archive.
pub const VARIABLE: &str = "PERILUNE_RUNTIME";

/// The archive: what the environment says, or the one beside the command, as cargo builds them, or `../lib/perilune` from there, as
/// they are installed.
///
/// # Errors
/// There is none, with the places where it is not; or it is of another version, or no such archive.
pub fn find() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        let path = PathBuf::from(named);
        return match check(&path) {
            Err(Error(message)) => Err(Error::of(&[VARIABLE.as_bytes(), b": ", &message])),
            Ok(()) => Ok(path),
        };
    }
    let places = places();
    let Some(path) = places.iter().find(|path| path.is_file()) else { return Err(not_found(&places)) };
    check(path).map(|()| path.clone())
}

fn places() -> Vec<PathBuf> {
    let Some(command) = command() else { return Vec::new() };
    let Some(directory) = command.parent() else { return Vec::new() };
    let mut places = vec![directory.join(FILE)];
    if let Some(prefix) = directory.parent() {
        places.push(prefix.join("lib/perilune").join(FILE));
    }
    places
}

/// The running command's file. Where no `/proc` tells, it is what the command was called by, looked for as a shell does.
fn command() -> Option<PathBuf> {
    if let Ok(path) = std::env::current_exe() {
        return Some(path);
    }
    let called = PathBuf::from(std::env::args_os().next()?);
    if called.as_os_str().as_bytes().contains(&b'/') {
        return Some(called);
    }
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(&called)).find(|path| path.is_file())
}

fn not_found(places: &[PathBuf]) -> Error {
    let mut message = b"runtime archive not found:".to_vec();
    for place in places {
        for part in [b"\n\tno file '".as_slice(), place.as_os_str().as_bytes(), b"'"] {
            message.extend_from_slice(part);
        }
    }
    message.extend_from_slice(format!("\n\tno environment variable {VARIABLE}").as_bytes());
    Error(message)
}

/// Whether the archive at `path` is a runtime for the objects that this crate writes.
fn check(path: &Path) -> Result<()> {
    let name = path.as_os_str().as_bytes();
    let file = std::fs::File::open(path).map_err(|error| Error::file("open", name, &error))?;
    let cache = ReadCache::new(file);
    match contract(&cache) {
        Some(abi) if abi == ABI => Ok(()),
        Some(_) => Err(Error::of(&[b"'", name, b"' is the runtime of another version of Perilune"])),
        None => Err(Error::of(&[b"'", name, b"' is no runtime archive of Perilune"])),
    }
}

/// The number of the contract that an archive's runtime keeps.
fn contract(cache: &ReadCache<std::fs::File>) -> Option<u64> {
    let archive = ArchiveFile::parse(cache).ok()?;
    let mut symbols = archive.symbols().ok()??;
    symbols.find_map(|symbol| {
        let name = std::str::from_utf8(symbol.ok()?.name()).ok()?;
        name.strip_prefix(ABI_PREFIX)?.parse().ok()
    })
}
