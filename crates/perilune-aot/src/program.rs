//! Objects to an executable: what must hold of them together, the table that makes them a program, the linking.

use crate::object::{self, Contents};
use crate::scratch::{self, Scratch};
use crate::{Error, Result};
use perilune_link::{Request, Strip};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// An object with a name for messages.
#[derive(Debug)]
pub struct Input {
    /// The file's name, or that of the source it was made of.
    pub name: Vec<u8>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What to make of the objects.
#[derive(Debug)]
pub struct Options<'a> {
    /// The executable.
    pub output: &'a Path,
    /// What to leave out of it.
    pub strip: Strip,
    /// The runtime, as [`crate::runtime::find`] finds it.
    pub runtime: &'a Path,
    /// A linker to use instead of our own.
    pub linker: Option<&'a Path>,
    /// Modules that are left to `require` when the program runs.
    pub external: &'a [Vec<u8>],
    /// Leaves all modules that are in no object to `require`.
    pub allow_missing: bool,
}

/// Links objects to an executable whose main module is the first one of the first object. Returns the linker's warnings.
///
/// # Errors
/// An output that is an input, objects that are not ours or of another version, modules that are in none or in two of them, and what
/// the linker complains of.
pub fn link(inputs: &[Input], options: &Options<'_>) -> Result<Vec<String>> {
    inputs.iter().try_for_each(|input| check_output(options.output, &input.name))?;
    let contents = inputs.iter().map(read).collect::<Result<Vec<_>>>()?;
    let modules = modules(inputs, &contents)?;
    check_needs(&contents, &modules, options)?;
    let scratch = Scratch::new(options.output)?;
    let mut files = vec![scratch.write("modules.o", &object::write_table(&modules)?)?];
    for (index, input) in inputs.iter().enumerate() {
        files.push(scratch.write(&format!("{index}.o"), &input.bytes)?);
    }
    let objects: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let Options { output, runtime, strip, linker, .. } = *options;
    let request = Request { objects: &objects, archive: runtime, output, strip, linker };
    perilune_link::link(&request).map_err(|error| Error(format!("cannot link: {error}").into_bytes()))
}

/// Writes an object to a file. `source` is the file it was made of.
///
/// # Errors
/// What the system says, or that the two are one file.
pub fn write_object(path: &Path, bytes: &[u8], source: &[u8]) -> Result<()> {
    check_output(path, source)?;
    scratch::write(path, bytes)
}

/// Whether the output is a file of its own.
fn check_output(output: &Path, input: &[u8]) -> Result<()> {
    let input_path = Path::new(OsStr::from_bytes(input));
    match (output.canonicalize(), input_path.canonicalize()) {
        (Ok(output), Ok(found)) if output == found => Err(Error::of(&[b"'", input, b"' is both input and output"])),
        _ => Ok(()),
    }
}

/// Reads an object from a file.
///
/// # Errors
/// What the system says.
pub fn read_object(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| Error::file("open", path.as_os_str().as_bytes(), &error))
}

fn read(input: &Input) -> Result<Contents> {
    object::read(&input.bytes).map_err(|problem| Error::of(&[&input.name, b": ", problem.text().as_bytes()]))
}

/// The names of all modules, in order.
fn modules<'a>(inputs: &[Input], contents: &'a [Contents]) -> Result<Vec<&'a [u8]>> {
    let mut names: Vec<(&[u8], &Input)> = Vec::new();
    for (input, contents) in inputs.iter().zip(contents) {
        for module in &contents.modules {
            if let Some((_, first)) = names.iter().find(|(name, _)| *name == module.name) {
                return Err(Error::of(&[
                    b"module '",
                    &module.name,
                    b"' is both in '",
                    &first.name,
                    b"' and in '",
                    &input.name,
                    b"'",
                ]));
            }
            names.push((&module.name, input));
        }
    }
    if names.is_empty() {
        return Err(Error(b"no modules to link".to_vec()));
    }
    Ok(names.into_iter().map(|(name, _)| name).collect())
}

/// Whether all modules are there that are needed.
fn check_needs(contents: &[Contents], modules: &[&[u8]], options: &Options<'_>) -> Result<()> {
    let mut missing = Vec::new();
    for module in contents.iter().flat_map(|contents| &contents.modules) {
        for need in &module.needs {
            let name = need.name.as_slice();
            if options.allow_missing || modules.contains(&name) || options.external.iter().any(|external| external == name) {
                continue;
            }
            let line = format!(":{}: module '", need.line);
            let parts: [&[u8]; 6] = [
                &module.file,
                line.as_bytes(),
                name,
                b"' is in no object\n\t(to leave it to the time when the program runs: --external ",
                name,
                b")",
            ];
            missing.push(parts.concat());
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(Error(missing.join(&b'\n'))) }
}
