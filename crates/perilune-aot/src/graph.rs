//! The modules of a program: the main script, what it requires, what that requires, compiled to bytecode.
//!
//! Modules are looked for as `require` would: along `package.path` as it is when a program starts, after the templates that the
//! user adds. Relative templates count from the working directory, and, where that has no such file, from the script's directory.

use crate::native::Native;
use crate::requires::{Require, Requires};
use crate::{Error, Result};
use perilune_front::proto::Proto;
use perilune_front::{binary, compiler};
use perilune_stdlib::chunk::skip_first_comment;
use perilune_stdlib::package;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// First byte of a binary chunk.
const BINARY_MARK: u8 = 0x1b;

/// Modules that every program has.
const STANDARD: [&[u8]; 10] = [b"_G", b"coroutine", b"debug", b"io", b"math", b"os", b"package", b"string", b"table", b"utf8"];

/// A module that goes into an object.
#[derive(Debug)]
pub struct Module {
    /// The name that `require` knows it by.
    pub name: Vec<u8>,
    /// The file as `require` would call it.
    pub file: Vec<u8>,
    /// Its code.
    pub proto: Proto,
    /// Machine code of its functions.
    pub native: Option<Native>,
    /// Modules that it needs and that have to be somewhere in the program.
    pub needs: Vec<Require>,
    /// Lines on which it requires modules by a computed name.
    pub computed: Vec<u32>,
}

/// What to make of the modules that a program requires.
#[derive(Debug, Default, Clone)]
pub struct Options {
    /// Templates that come before `package.path`; `?` stands for the name.
    pub path: Vec<Vec<u8>>,
    /// Modules to take that no constant name asks for.
    pub include: Vec<Vec<u8>>,
    /// Modules that are left to `require` when the program runs.
    pub external: Vec<Vec<u8>>,
    /// Leaves every module that is not found to `require` when the program runs.
    pub allow_missing: bool,
    /// The main module's name, if not that of its file.
    pub name: Option<Vec<u8>>,
}

impl Options {
    /// Whether a module is none of ours.
    fn is_external(&self, name: &[u8]) -> bool {
        STANDARD.contains(&name) || self.external.iter().any(|external| external == name)
    }
}

/// The name of a module in this file if nobody says otherwise: the path with `.` for `/`, without `.lua` and `/init`. Of files that
/// are not below the working directory, only the last part.
#[must_use]
pub fn default_name(file: &[u8]) -> Vec<u8> {
    let path = file.strip_suffix(b".lua").unwrap_or(file);
    let mut parts: Vec<&[u8]> = path.split(|&byte| byte == b'/').filter(|part| !matches!(*part, b"" | b".")).collect();
    if parts.len() > 1 && parts.last() == Some(&b"init".as_slice()) {
        parts.pop();
    }
    if file.starts_with(b"/") || parts.contains(&b"..".as_slice()) {
        parts.drain(..parts.len().saturating_sub(1));
    }
    parts.join(&b'.')
}

/// Compiles one file, without what it requires.
///
/// # Errors
/// A file that cannot be read or compiled.
pub fn compile_file(file: &[u8], options: &Options) -> Result<Module> {
    let proto = compile(file, file)?;
    let name = options.name.clone().unwrap_or_else(|| default_name(file));
    let mut module = module(name, file.to_vec(), proto);
    module.needs.retain(|need| !need.optional && !options.is_external(&need.name));
    Ok(module)
}

/// Compiles a script and all that it requires; the script comes first.
///
/// # Errors
/// Files that cannot be read or compiled, modules that are not found: all of them.
pub fn collect(script: &[u8], options: &Options) -> Result<Vec<Module>> {
    let main = compile_file(script, &Options { external: Vec::new(), ..options.clone() })?;
    let proto = &main.proto;
    let wanted = Requires::of(proto).fixed;
    let mut graph = Graph { options, search: Search::new(script, options), modules: vec![main], missing: Vec::new() };
    for name in &options.include {
        graph.add(b"--include", &Require { name: name.clone(), line: 0, optional: false })?;
    }
    graph.add_all(script, &wanted)?;
    graph.finish()
}

fn module(name: Vec<u8>, file: Vec<u8>, proto: Proto) -> Module {
    let requires = Requires::of(&proto);
    Module { name, file, proto, native: None, needs: requires.fixed, computed: requires.computed }
}

/// Compiles the file at `path`, which is called `name` in messages.
fn compile(path: &[u8], name: &[u8]) -> Result<Proto> {
    let source = std::fs::read(OsStr::from_bytes(path)).map_err(|error| Error::file("open", name, &error))?;
    let source = skip_first_comment(&source);
    let chunk_name = [b"@", name].concat();
    if source.first() == Some(&BINARY_MARK) {
        return binary::undump(source, &chunk_name).map_err(Error);
    }
    compiler::compile(source, &chunk_name).map_err(|error| Error(error.message))
}

/// A program while its modules are collected.
struct Graph<'a> {
    options: &'a Options,
    search: Search,
    modules: Vec<Module>,
    /// Messages about modules that were not found.
    missing: Vec<Vec<u8>>,
}

impl Graph<'_> {
    /// Adds what a file requires, and what that requires.
    fn add_all(&mut self, file: &[u8], requires: &[Require]) -> Result<()> {
        requires.iter().try_for_each(|require| self.add(file, require))
    }

    /// Adds what stands in a `require` and what that requires.
    fn add(&mut self, from: &[u8], require: &Require) -> Result<()> {
        // A list instead of recursion: chains of modules may be long.
        let mut wanted = vec![(from.to_vec(), require.clone())];
        while let Some((from, require)) = wanted.pop() {
            let Some(module) = self.find(&from, &require)? else { continue };
            wanted.extend(module.needs.iter().rev().map(|need| (module.file.clone(), need.clone())));
            self.modules.push(module);
        }
        Ok(())
    }

    /// The module, if it is to become part of the program and is not yet.
    fn find(&mut self, from: &[u8], require: &Require) -> Result<Option<Module>> {
        let name = require.name.as_slice();
        if self.options.is_external(name) {
            return Ok(None);
        }
        let known = self.modules.iter().position(|module| module.name == name);
        if known.is_some_and(|index| index > 0) {
            return Ok(None);
        }
        let found = match self.search.find(name) {
            Ok(found) => found,
            Err(_) if known.is_some() || require.optional || self.options.allow_missing => return Ok(None),
            Err(places) => {
                self.missing.push(not_found(from, require, &places));
                return Ok(None);
            }
        };
        if known.is_some() {
            return self.check_main(&found).map(|()| None);
        }
        let proto = compile(&found.path, &found.name).map_err(|Error(message)| {
            Error::of(&[b"error loading module '", name, b"' from file '", &found.name, b"':\n\t", &message])
        })?;
        Ok(Some(module(name.to_vec(), found.name, proto)))
    }

    /// The main module is required by its name: that must mean its own file.
    fn check_main(&self, found: &Found) -> Result<()> {
        let main = &self.modules[0];
        let canonical = |path: &[u8]| Path::new(OsStr::from_bytes(path)).canonicalize().ok();
        if canonical(&main.file) == canonical(&found.path) {
            return Ok(());
        }
        let parts: [&[u8]; 7] = [
            b"module '",
            &main.name,
            b"' is both the program '",
            &main.file,
            b"' and '",
            &found.name,
            b"': give the program another name with --name",
        ];
        Err(Error::of(&parts))
    }

    fn finish(self) -> Result<Vec<Module>> {
        if !self.missing.is_empty() {
            return Err(Error(self.missing.join(&b'\n')));
        }
        let mut modules = self.modules;
        let names: Vec<Vec<u8>> = modules.iter().map(|module| module.name.clone()).collect();
        for module in &mut modules {
            // What is not among the modules now was allowed to be absent.
            module.needs.retain(|need| names.contains(&need.name));
        }
        Ok(modules)
    }
}

fn not_found(from: &[u8], require: &Require, places: &[u8]) -> Vec<u8> {
    let mut message = from.to_vec();
    if require.line > 0 {
        message.extend_from_slice(format!(":{}", require.line).as_bytes());
    }
    for part in [b": module '".as_slice(), &require.name, b"' not found:\n\t", places] {
        message.extend_from_slice(part);
    }
    message.extend_from_slice(b"\n\t(to leave it to the time when the program runs: --external ");
    message.extend_from_slice(&require.name);
    message.push(b')');
    message
}

/// Where modules are looked for.
struct Search {
    /// The templates, relative to the working directory.
    path: Vec<u8>,
    /// The relative ones among them.
    relative: Vec<u8>,
    /// The script's directory with a slash, if that is not the working directory.
    directory: Option<Vec<u8>>,
}

/// A module's file.
struct Found {
    /// Where it is.
    path: Vec<u8>,
    /// What a program that runs in its directory would call it.
    name: Vec<u8>,
}

impl Search {
    fn new(script: &[u8], options: &Options) -> Search {
        let mut templates: Vec<Vec<u8>> = options.path.clone();
        templates.push(package::initial_path());
        let path = templates.join(&b';');
        let relative = path.split(|&byte| byte == b';').filter(|template| !template.is_empty() && template[0] != b'/');
        let relative = relative.collect::<Vec<_>>().join(&b';');
        let directory = script.iter().rposition(|&byte| byte == b'/').map(|slash| script[..=slash].to_vec());
        Search { path, relative, directory }
    }

    /// A module's file, or the list of places where it is not.
    fn find(&self, name: &[u8]) -> std::result::Result<Found, Vec<u8>> {
        let places = match package::find_module(name, &self.path) {
            Ok(path) => return Ok(Found { name: path.clone(), path }),
            Err(places) => places,
        };
        let Some(directory) = &self.directory else { return Err(places) };
        let below = |template: &[u8]| [directory, template.strip_prefix(b"./").unwrap_or(template)].concat();
        let mut all = places;
        for template in self.relative.split(|&byte| byte == b';').filter(|template| !template.is_empty()) {
            match package::find_module(name, &below(template)) {
                Ok(path) => {
                    let inner = &path[directory.len()..];
                    let name = if template.starts_with(b"./") { [b"./", inner].concat() } else { inner.to_vec() };
                    return Ok(Found { path, name });
                }
                Err(place) => all = [all.as_slice(), &place].join(b"\n\t".as_slice()),
            }
        }
        Err(all)
    }
}

#[cfg(test)]
mod tests {
    use super::default_name;

    #[test]
    fn names_follow_the_path() {
        let check = |file: &str, name: &str| assert_eq!(default_name(file.as_bytes()), name.as_bytes(), "{file}");
        check("app.lua", "app");
        check("./lib/util.lua", "lib.util");
        check("lib//x/init.lua", "lib.x");
        check("init.lua", "init");
        check("/home/me/app.lua", "app");
        check("../lib/util.lua", "util");
        check("script", "script");
    }
}
