//! `perilune dump`: shows what a source file becomes.

use crate::{FAILURE, SUCCESS};
use perilune_front::parser::Parser;
use perilune_front::{ast_dump, binary, compiler, disasm};
use perilune_host::output::{complain, flush, print, write_error};
use perilune_stdlib::chunk::skip_first_comment;
use std::ffi::{OsStr, c_int};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;

/// First byte of a binary chunk.
const BINARY_MARK: u8 = 0x1b;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Ast,
    Bytecode,
}

#[derive(Debug, PartialEq, Eq)]
struct Request {
    what: What,
    function: Option<String>,
    file: Vec<u8>,
}

/// Runs the sub-command with the arguments after its name.
pub fn run(program: &[u8], args: &[Vec<u8>]) -> c_int {
    let outcome = match parse(args) {
        Ok(request) => show(&request),
        Err(problem) => {
            complain(Some(program), format!("dump: {problem}").as_bytes());
            write_error(&[b"usage: ", program, b" dump --ast|--bytecode [--fn NAME] file.lua\n"].concat());
            return FAILURE;
        }
    };
    match outcome {
        Ok(text) => {
            print(text.as_bytes());
            flush();
            SUCCESS
        }
        Err(message) => {
            complain(Some(program), &message);
            FAILURE
        }
    }
}

fn parse(args: &[Vec<u8>]) -> Result<Request, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (mut what, mut function, mut file) = (None, None, None);
    let mut args = args.iter();
    let mut options_end = false;
    while let Some(arg) = args.next() {
        match arg.as_slice() {
            b"--" if !options_end => options_end = true,
            b"--ast" | b"--bytecode" if !options_end => {
                let asked = if arg == b"--ast" { What::Ast } else { What::Bytecode };
                if what.replace(asked).is_some_and(|before| before != asked) {
                    return Err("either --ast or --bytecode".to_owned());
                }
            }
            b"--fn" if !options_end => {
                function = Some(text(args.next().ok_or("'--fn' needs argument")?));
            }
            [b'-', b'-', b'f', b'n', b'=', name @ ..] if !options_end => function = Some(text(name)),
            [b'-', _, ..] if !options_end => return Err(format!("unrecognized option '{}'", text(arg))),
            name if file.is_none() => file = Some(name.to_vec()),
            _ => return Err("one file expected".to_owned()),
        }
    }
    let what = what.ok_or("--ast or --bytecode expected")?;
    let file = file.ok_or("file expected")?;
    if what == What::Ast && function.is_some() {
        return Err("'--fn' needs '--bytecode'".to_owned());
    }
    Ok(Request { what, function, file })
}

fn show(request: &Request) -> Result<String, Vec<u8>> {
    let (source, name) = read(&request.file)?;
    let source = skip_first_comment(&source);
    match request.what {
        What::Ast => syntax_tree(source, &name, &request.file),
        What::Bytecode => listing(source, &name, request),
    }
}

fn syntax_tree(source: &[u8], name: &[u8], file: &[u8]) -> Result<String, Vec<u8>> {
    if source.first() == Some(&BINARY_MARK) {
        return Err([file, b": a binary chunk has no syntax tree"].concat());
    }
    let arena = bumpalo::Bump::new();
    let mut parser = Parser::new(source, name);
    let block = parser.parse_chunk(&arena).map_err(|error| error.message)?;
    Ok(ast_dump::dump(&block, parser.interner()))
}

fn listing(source: &[u8], name: &[u8], request: &Request) -> Result<String, Vec<u8>> {
    let proto = if source.first() == Some(&BINARY_MARK) {
        binary::undump(source, name)?
    } else {
        compiler::compile(source, name).map_err(|error| error.message)?
    };
    let text = disasm::disassemble(&proto, &disasm::Options { function: request.function.clone() });
    match &request.function {
        Some(function) if text.is_empty() => {
            Err([request.file.as_slice(), b": no function '", function.as_bytes(), b"'"].concat())
        }
        _ => Ok(text),
    }
}

/// The contents of a file (`-`: the standard input) and the chunk's name.
fn read(file: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Vec<u8>> {
    let mut source = Vec::new();
    if file == b"-" {
        let outcome = std::io::stdin().read_to_end(&mut source);
        outcome.map_err(|error| failure("read", b"stdin", &error))?;
        return Ok((source, b"=stdin".to_vec()));
    }
    let mut opened = std::fs::File::open(OsStr::from_bytes(file)).map_err(|error| failure("open", file, &error))?;
    opened.read_to_end(&mut source).map_err(|error| failure("read", file, &error))?;
    Ok((source, [b"@", file].concat()))
}

/// The message for a file that something could not be done with.
pub fn failure(action: &str, name: &[u8], error: &std::io::Error) -> Vec<u8> {
    let text = error.to_string();
    // Rust adds the number to the system's message.
    let text = text.split(" (os error").next().unwrap_or_default();
    [b"cannot ", action.as_bytes(), b" ", name, b": ", text.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_words(words: &[&str]) -> Result<Request, String> {
        parse(&words.iter().map(|word| word.as_bytes().to_vec()).collect::<Vec<_>>())
    }

    #[test]
    fn options_may_stand_before_and_after_the_file() {
        let request = parse_words(&["f.lua", "--fn=g", "--bytecode"]).unwrap();
        let expected = Request { what: What::Bytecode, function: Some("g".into()), file: b"f.lua".to_vec() };
        assert_eq!(request, expected);
        assert_eq!(parse_words(&["--bytecode", "--", "--ast"]).unwrap().file, b"--ast");
    }

    #[test]
    fn mistakes_are_explained() {
        for (words, problem) in [
            (&["f.lua"][..], "--ast or --bytecode expected"),
            (&["--ast"], "file expected"),
            (&["--ast", "a", "b"], "one file expected"),
            (&["--ast", "--bytecode", "a"], "either --ast or --bytecode"),
            (&["--bytecode", "a", "--fn"], "'--fn' needs argument"),
            (&["--ast", "--fn", "f", "a"], "'--fn' needs '--bytecode'"),
            (&["--ir", "a"], "unrecognized option '--ir'"),
        ] {
            assert_eq!(parse_words(words), Err(problem.to_owned()), "{words:?}");
        }
    }
}
