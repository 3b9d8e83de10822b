//! `perilune build`: makes an executable of a script and all modules that it requires, or an object of one file.

use crate::SUCCESS;
use crate::link::{self, LinkOptions, Words};
use crate::native;
use perilune_aot::graph::{self, Module};
use perilune_aot::program::{self, Input};
use perilune_aot::{Error, object};
use perilune_host::output::write_error;
use std::ffi::{OsStr, OsString, c_int};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// Its arguments.
pub const USAGE: &str = "\
build [options] file.lua
  -o FILE           the executable (default: the script without .lua)
  -c                write an object of this one file only (default: FILE.o)
  --name NAME       the module's name (default: after the file)
  -L, --path PATH   look for modules along PATH first: templates such as 'lib/?.lua',
                    or a directory
  --include NAME    take this module too, which no constant name requires
  --external NAME   leave this module to the time when the program runs
  --allow-missing   leave there all modules that are not found
  --bytecode        compile to bytecode only, not to machine code
  --verbose         list the modules, calls of require with computed names, and
                    functions that stay bytecode
";

#[derive(Debug, Default)]
struct Request {
    file: Vec<u8>,
    output: Option<PathBuf>,
    object_only: bool,
    bytecode: bool,
    verbose: bool,
    modules: graph::Options,
    link: LinkOptions,
}

/// Runs the sub-command with the arguments after its name.
pub fn run(program: &[u8], args: &[Vec<u8>]) -> c_int {
    let request = match parse(args) {
        Ok(request) => request,
        Err(problem) => return link::explain(program, "build", &problem, USAGE),
    };
    match build(program, &request) {
        Ok(()) => SUCCESS,
        Err(error) => link::fail(program, &error),
    }
}

fn parse(args: &[Vec<u8>]) -> Result<Request, String> {
    let mut request = Request::default();
    let mut files = Vec::new();
    let mut words = Words::new(args);
    while let Some(word) = words.next() {
        match word {
            b"-c" => request.object_only = true,
            b"-o" => request.output = Some(path(words.argument()?)),
            b"-L" | b"--path" => request.modules.path.push(template(words.argument()?)),
            b"--name" => request.modules.name = Some(words.argument()?.to_vec()),
            b"--include" => request.modules.include.push(words.argument()?.to_vec()),
            b"--bytecode" => request.bytecode = true,
            b"--verbose" => request.verbose = true,
            _ if words.is_option() => request.link.take(&mut words)?,
            file => files.push(file.to_vec()),
        }
    }
    let [file] = <[_; 1]>::try_from(files).map_err(|_| "one file expected")?;
    request.modules.external.clone_from(&request.link.external);
    request.modules.allow_missing = request.link.allow_missing;
    request.file = file;
    Ok(request)
}

/// A directory stands for the modules in it.
fn template(text: &[u8]) -> Vec<u8> {
    if text.contains(&b'?') {
        return text.to_vec();
    }
    let directory = text.strip_suffix(b"/").unwrap_or(text);
    [directory, b"/?.lua;", directory, b"/?/init.lua"].concat()
}

fn path(bytes: &[u8]) -> PathBuf {
    OsString::from_vec(bytes.to_vec()).into()
}

fn build(program: &[u8], request: &Request) -> Result<(), Error> {
    let output = output(request)?;
    let mut modules = if request.object_only {
        vec![graph::compile_file(&request.file, &request.modules)?]
    } else {
        graph::collect(&request.file, &request.modules)?
    };
    if request.verbose {
        list(&modules);
    }
    if !request.bytecode {
        native::compile(&mut modules, request.verbose)?;
    }
    let bytes = object::write(&modules)?;
    if request.object_only {
        return program::write_object(&output, &bytes, &request.file);
    }
    let input = Input { name: request.file.clone(), bytes };
    link::link(program, &[input], &output, &request.link)
}

/// The file to write: what was asked for, or the script's name without `.lua`. An object is written into the working directory.
fn output(request: &Request) -> Result<PathBuf, Error> {
    if let Some(output) = &request.output {
        return Ok(output.clone());
    }
    let file = Path::new(OsStr::from_bytes(&request.file));
    let stem = file.file_stem().unwrap_or_default();
    if request.object_only {
        return Ok(Path::new(stem).with_added_extension("o"));
    }
    if file.extension().is_some_and(|extension| extension == "lua") {
        return Ok(stem.into());
    }
    Err(Error(b"name the executable with -o: the script's name does not end in .lua".to_vec()))
}

fn list(modules: &[Module]) {
    for module in modules {
        let mut text = [b"module ", module.name.as_slice(), b" from ", &module.file, b"\n"].concat();
        for line in &module.computed {
            let note = format!(":{line}: requires a module by a computed name; --include takes it\n");
            text.extend_from_slice(b"  ");
            text.extend_from_slice(&module.file);
            text.extend_from_slice(note.as_bytes());
        }
        write_error(&text);
    }
}
