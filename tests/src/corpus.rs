//! Finding the programs of `tests/run` and reading what they are expected to print.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// One program with the files that hold its expectations.
#[derive(Debug, Clone)]
pub struct Program {
    /// The Lua source.
    pub source: PathBuf,
    /// Path below `tests/run` without the extension, with `/` between components, as in `tables/next_modify`.
    pub name: String,
}

/// What a program is expected to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// Standard output, byte for byte.
    pub stdout: Vec<u8>,
    /// Standard error, byte for byte.
    pub stderr: Vec<u8>,
    /// Exit status.
    pub status: i32,
}

impl Program {
    /// Folder that becomes the working directory, so that chunk names do not depend on where the tree stands.
    pub fn folder(&self) -> &Path {
        self.source.parent().unwrap_or(Path::new("."))
    }

    /// The script's name relative to [`Program::folder`].
    pub fn file_name(&self) -> String {
        self.source.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Path of the expectation with the given extension: `out`, `err` or `status`.
    pub fn expectation_file(&self, extension: &str) -> PathBuf {
        self.source.with_extension(extension)
    }

    /// Reads the expectation: `.out` must exist; no `.err` means silence on standard error, no `.status` means 0.
    ///
    /// # Errors
    /// A missing `.out`, an unreadable file, or a status that is not a number.
    pub fn expectation(&self) -> Result<Expectation, String> {
        let out = self.expectation_file("out");
        let stdout = fs::read(&out)
            .map_err(|e| format!("cannot read {}: {e} (a new program is blessed by `cargo xtask bless`)", out.display()))?;
        let stderr = read_optional(&self.expectation_file("err"))?.unwrap_or_default();
        let status = match read_optional(&self.expectation_file("status"))? {
            None => 0,
            Some(text) => parse_status(&text).ok_or_else(|| format!("{}: the .status file holds no number", self.name))?,
        };
        Ok(Expectation { stdout, stderr, status })
    }
}

fn parse_status(text: &[u8]) -> Option<i32> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

fn read_optional(path: &Path) -> Result<Option<Vec<u8>>, String> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(format!("cannot read {}: {e}", path.display())),
    }
}

/// The folder of this package, where the corpus and the lists stand.
pub fn tests_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All programs below `tests/run`, sorted by name.
///
/// # Errors
/// A folder that cannot be listed.
pub fn programs() -> io::Result<Vec<Program>> {
    let root = tests_folder().join("run");
    let mut found = Vec::new();
    collect(&root, &root, &mut found)?;
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Program>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, found)?;
        } else if path.extension().is_some_and(|e| e == "lua") {
            let name = path.strip_prefix(root).unwrap_or(&path).with_extension("");
            found.push(Program { name: name.to_string_lossy().replace('\\', "/"), source: path });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_has_an_expectation_and_every_expectation_a_program() {
        let programs = programs().unwrap();
        assert!(!programs.is_empty());
        for program in &programs {
            program.expectation().unwrap();
            let sources = fs::read_dir(program.folder()).unwrap().map(|e| e.unwrap().path());
            for file in sources.filter(|f| f.is_file()) {
                assert!(file.with_extension("lua").exists(), "{} belongs to no program", file.display());
            }
        }
    }
}
