//! `/tmp/perf-PID.map`: a line per block, from which `perf report` takes the names of addresses.
//!
//! The file is the process's, not a code memory's: several of them write to the same one. Blocks that are freed stay in it,
//! the format knows no removal; where places are reused `perf` may show an old name, and [`super::jitdump`] does not.
//! `perf` looks into it only for memory that it takes to be anonymous, see [`super::mapping::Backing`].

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A map that is being written.
#[derive(Debug)]
pub struct PerfMap {
    file: File,
    process: u32,
}

impl PerfMap {
    /// The map of this process in a folder; `perf` looks for it in `/tmp`. Made, or made empty, at the first call.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn of_process(folder: &Path) -> io::Result<Arc<PerfMap>> {
        static OPEN: Mutex<BTreeMap<PathBuf, Arc<PerfMap>>> = Mutex::new(BTreeMap::new());
        let path = folder.join(format!("perf-{}.map", std::process::id()));
        once(&OPEN, path, |path| Ok(PerfMap { file: create(path)?, process: std::process::id() }))
    }

    /// Adds a line; not in a forked child, whose code is no business of this process's map.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&self, address: u64, length: usize, name: &str) -> io::Result<()> {
        if self.process != std::process::id() {
            return Ok(());
        }
        // One write of one line: the file is in append mode, so threads do not mix theirs.
        (&self.file).write_all(format!("{address:x} {length:x} {name}\n").as_bytes())
    }
}

/// What is open stays open as long as the process: a second state of it must not begin the file anew.
pub(super) fn once<T>(
    open: &Mutex<BTreeMap<PathBuf, Arc<T>>>,
    path: PathBuf,
    make: impl FnOnce(&Path) -> io::Result<T>,
) -> io::Result<Arc<T>> {
    let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = open.get(&path) {
        return Ok(Arc::clone(found));
    }
    let made = Arc::new(make(&path)?);
    open.insert(path, Arc::clone(&made));
    Ok(made)
}

/// An empty file at a name that others could have foreseen: links are not followed, nobody else may read it.
pub(super) fn create(path: &Path) -> io::Result<File> {
    // What a process of the same number left behind; if it is not ours to remove, `create_new` says so.
    let _ = std::fs::remove_file(path);
    OpenOptions::new().read(true).append(true).create_new(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_has_a_line_per_block() {
        let folder = std::env::temp_dir().join(format!("perilune-perf-map-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let map = PerfMap::of_process(&folder).expect("a file");
        map.add(0x7f00_1230, 0x42, "lua:a.lua:1 f").expect("written");
        PerfMap::of_process(&folder).expect("the same file").add(0x10, 1, "g").expect("written");
        let text = std::fs::read_to_string(folder.join(format!("perf-{}.map", std::process::id()))).expect("text");
        std::fs::remove_dir_all(&folder).expect("removed");
        assert_eq!(text, "7f001230 42 lua:a.lua:1 f\n10 1 g\n");
    }
}
