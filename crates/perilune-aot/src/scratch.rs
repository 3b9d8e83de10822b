//! A directory for files that only the linker needs.

use crate::{Error, Result};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// A directory of our own that goes when this is dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes one below the system's directory for temporary files; if there is no such directory, beside the file `output`.
    pub fn new(output: &Path) -> Result<Scratch> {
        let mut parent = std::env::temp_dir();
        if !parent.is_dir() {
            parent = output.parent().unwrap_or(Path::new("")).to_owned();
        }
        let mut number = 0;
        loop {
            let path = parent.join(format!("perilune-{}-{number}", std::process::id()));
            // Fails if there is anything of that name: others may write to the directory around it.
            match std::fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Scratch(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(Error::file("create", path.as_os_str().as_bytes(), &error)),
            }
        }
    }

    /// Writes a file in it.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.0.join(name);
        write(&path, bytes).map(|()| path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed stays: the system clears that directory.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Writes a file.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).map_err(|error| Error::file("write", path.as_os_str().as_bytes(), &error))
}
