//! `perilune link`: makes an executable of objects that `perilune build -c` made. Also what both sub-commands share.

use crate::{FAILURE, SUCCESS};
use perilune_aot::program::{self, Input, Options};
use perilune_aot::{Error, Strip, runtime};
use perilune_host::output::{complain, write_error};
use std::ffi::{OsStr, c_int};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Its arguments.
pub const USAGE: &str = "\
link [options] main.o other.o ...
  -o FILE           the executable (default: a.out)
  --external NAME   leave this module to the time when the program runs
  --allow-missing   leave there all modules that are in no object
";

/// Options of both sub-commands.
pub const SHARED_USAGE: &str = "  \
  --strip WHAT      leave out 'all' symbols (default), only 'debug' information, or 'none'
  --linker PROGRAM  use this linker instead of the one that is built in
";

/// What linking can be told.
#[derive(Debug, Default)]
pub struct LinkOptions {
    strip: Strip,
    linker: Option<PathBuf>,
    /// `--external`
    pub external: Vec<Vec<u8>>,
    /// `--allow-missing`
    pub allow_missing: bool,
}

impl LinkOptions {
    /// Takes the option that was read last.
    pub fn take(&mut self, words: &mut Words<'_>) -> Result<(), String> {
        match words.word {
            b"--strip" => {
                self.strip = match words.argument()? {
                    b"all" => Strip::All,
                    b"debug" => Strip::Debug,
                    b"none" => Strip::Nothing,
                    _ => return Err("'--strip' needs all, debug or none".to_owned()),
                }
            }
            b"--linker" => self.linker = Some(Path::new(OsStr::from_bytes(words.argument()?)).into()),
            b"--external" => self.external.push(words.argument()?.to_vec()),
            b"--allow-missing" => self.allow_missing = true,
            other => return Err(format!("unrecognized option '{}'", String::from_utf8_lossy(other))),
        }
        Ok(())
    }
}

/// The words of a command line: `--option value` and `--option=value` are the same, after `--` there are no options.
pub struct Words<'a> {
    rest: std::slice::Iter<'a, Vec<u8>>,
    /// The word that was read last, without the value after `=`.
    word: &'a [u8],
    value: Option<&'a [u8]>,
    options_ended: bool,
}

impl<'a> Words<'a> {
    /// The words of these arguments.
    pub fn new(args: &'a [Vec<u8>]) -> Words<'a> {
        Words { rest: args.iter(), word: b"", value: None, options_ended: false }
    }

    /// The next word.
    pub fn next(&mut self) -> Option<&'a [u8]> {
        self.word = self.rest.next()?;
        self.value = None;
        if self.word == b"--" && !self.options_ended {
            self.options_ended = true;
            return self.next();
        }
        if self.is_option()
            && self.word.starts_with(b"--")
            && let Some(at) = self.word.iter().position(|&byte| byte == b'=')
        {
            self.value = Some(&self.word[at + 1..]);
            self.word = &self.word[..at];
        }
        Some(self.word)
    }

    /// Whether the word that was read last looks like an option.
    pub fn is_option(&self) -> bool {
        !self.options_ended && self.word.len() > 1 && self.word[0] == b'-'
    }

    /// The value of the option that was read last.
    pub fn argument(&mut self) -> Result<&'a [u8], String> {
        let value = self.value.take().or_else(|| self.rest.next().map(Vec::as_slice));
        value.ok_or_else(|| format!("'{}' needs argument", String::from_utf8_lossy(self.word)))
    }
}

/// Runs the sub-command with the arguments after its name.
pub fn run(program: &[u8], args: &[Vec<u8>]) -> c_int {
    let (files, output, options) = match parse(args) {
        Ok(parsed) => parsed,
        Err(problem) => return explain(program, "link", &problem, USAGE),
    };
    let outcome = files.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>();
    match outcome.and_then(|inputs| link(program, &inputs, &output, &options)) {
        Ok(()) => SUCCESS,
        Err(error) => fail(program, &error),
    }
}

fn parse(args: &[Vec<u8>]) -> Result<(Vec<Vec<u8>>, PathBuf, LinkOptions), String> {
    let mut options = LinkOptions::default();
    let mut output = PathBuf::from("a.out");
    let mut files = Vec::new();
    let mut words = Words::new(args);
    while let Some(word) = words.next() {
        match word {
            b"-o" => output = Path::new(OsStr::from_bytes(words.argument()?)).into(),
            _ if words.is_option() => options.take(&mut words)?,
            file => files.push(file.to_vec()),
        }
    }
    if files.is_empty() { Err("objects expected".to_owned()) } else { Ok((files, output, options)) }
}

fn read(file: &[u8]) -> Result<Input, Error> {
    let bytes = program::read_object(Path::new(OsStr::from_bytes(file)))?;
    Ok(Input { name: file.to_vec(), bytes })
}

/// Links, and prints the linker's warnings.
pub fn link(program: &[u8], inputs: &[Input], output: &Path, options: &LinkOptions) -> Result<(), Error> {
    let LinkOptions { strip, linker, external, allow_missing } = options;
    let runtime = &runtime::find()?;
    let options =
        Options { output, strip: *strip, runtime, linker: linker.as_deref(), external, allow_missing: *allow_missing };
    for warning in program::link(inputs, &options)? {
        complain(Some(program), format!("warning: {warning}").as_bytes());
    }
    Ok(())
}

/// Prints an error; the exit status.
pub fn fail(program: &[u8], error: &Error) -> c_int {
    complain(Some(program), &error.0);
    FAILURE
}

/// Prints what is wrong with the arguments of a sub-command, and which there are; the exit status.
pub fn explain(program: &[u8], command: &str, problem: &str, usage: &str) -> c_int {
    complain(Some(program), format!("{command}: {problem}").as_bytes());
    write_error(&[b"usage: ", program, b" ", usage.as_bytes(), SHARED_USAGE.as_bytes()].concat());
    FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_words(words: &[&str]) -> Result<(Vec<Vec<u8>>, PathBuf, LinkOptions), String> {
        parse(&words.iter().map(|word| word.as_bytes().to_vec()).collect::<Vec<_>>())
    }

    #[test]
    fn options_may_stand_anywhere_and_have_values_in_two_ways() {
        let (files, output, options) =
            parse_words(&["a.o", "--strip=debug", "--external", "x", "-o", "app", "b.o", "--", "-c.o"]).unwrap();
        assert_eq!(files, [b"a.o".to_vec(), b"b.o".to_vec(), b"-c.o".to_vec()]);
        assert_eq!((output, options.strip), (PathBuf::from("app"), Strip::Debug));
        assert_eq!(options.external, [b"x"]);
    }

    #[test]
    fn mistakes_are_explained() {
        for (words, problem) in [
            (&[][..], "objects expected"),
            (&["a.o", "-o"], "'-o' needs argument"),
            (&["--strip=some", "a.o"], "'--strip' needs all, debug or none"),
            (&["-x"], "unrecognized option '-x'"),
        ] {
            assert_eq!(parse_words(words).map(|_| ()), Err(problem.to_owned()), "{words:?}");
        }
    }
}
