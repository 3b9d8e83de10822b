//! `perilune dump`: shows what a source file becomes.

use crate::options::{Options, known_pass};
use crate::{FAILURE, output};
use perilune_front::parser::Parser;
use perilune_front::proto::Proto;
use perilune_front::{ast_dump, binary, compiler, disasm};
use perilune_host::output::{complain, flush, print, write_error};
use perilune_jit::listing::{self, Sink, Wanted};
use perilune_stdlib::chunk::skip_first_comment;
use std::ffi::{OsStr, c_int};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::sync::OnceLock;

/// First byte of a binary chunk.
const BINARY_MARK: u8 = 0x1b;

/// How to call the sub-command.
pub const USAGE: &str = "dump --ast|--bytecode|--ir[=PASS]|--asm [--fn NAME] [--run [--hot=N]] file.lua [args]\n";

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum What {
    #[default]
    Nothing,
    Ast,
    Bytecode,
    /// IR, machine code or both.
    Compiled(Wanted),
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    what: What,
    function: Option<String>,
    /// Run the program and show what is compiled then; with a value of `--hot`, if there is one.
    run: bool,
    hot: Option<u32>,
    file: Vec<u8>,
    /// Arguments of the program.
    args: Vec<Vec<u8>>,
}

/// Runs the sub-command with the arguments after its name.
pub fn run(program: &[u8], args: &[Vec<u8>]) -> c_int {
    let request = match parse(args) {
        Ok(request) => request,
        Err(problem) => {
            complain(Some(program), format!("dump: {problem}").as_bytes());
            write_error(&[b"usage: ", program, b" ", USAGE.as_bytes()].concat());
            return FAILURE;
        }
    };
    let outcome = match &request.what {
        What::Compiled(wanted) if request.run => run_and_show(program, &request, wanted),
        _ => show(&request).map(|text| output::show(program, text.as_bytes())),
    };
    outcome.unwrap_or_else(|message| {
        complain(Some(program), &message);
        FAILURE
    })
}

fn parse(args: &[Vec<u8>]) -> Result<Request, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut request = Request::default();
    let mut file = None;
    let mut args = args.iter();
    let mut options_end = false;
    while let Some(arg) = args.next() {
        match arg.as_slice() {
            b"--" if !options_end => options_end = true,
            b"--fn" if !options_end => {
                request.function = Some(text(args.next().ok_or("'--fn' needs argument")?));
            }
            [b'-', b'-', b'f', b'n', b'=', name @ ..] if !options_end => request.function = Some(text(name)),
            b"--run" if !options_end => request.run = true,
            [b'-', b'-', b'h', b'o', b't', b'=', count @ ..] if !options_end => {
                let count = text(count).parse().map_err(|_| format!("unrecognized option '{}'", text(arg)))?;
                request.hot = Some(count);
            }
            [b'-', _, ..] if !options_end => take_what(&mut request.what, &text(arg))?,
            name if file.is_none() => {
                file = Some(name.to_vec());
                // What follows a program that is run is for the program.
                if request.run {
                    request.args.extend(args.by_ref().cloned());
                }
            }
            _ => return Err("one file expected".to_owned()),
        }
    }
    match &request.what {
        What::Nothing => return Err("--ast, --bytecode, --ir or --asm expected".to_owned()),
        What::Ast if request.function.is_some() => return Err("'--fn' shows no syntax tree".to_owned()),
        What::Ast | What::Bytecode if request.run => return Err("'--run' needs '--ir' or '--asm'".to_owned()),
        _ => {}
    }
    request.file = file.ok_or("file expected")?;
    if request.hot.is_some() && !request.run {
        return Err("'--hot' needs '--run'".to_owned());
    }
    Ok(request)
}

/// Takes an option that says what is shown.
fn take_what(what: &mut What, option: &str) -> Result<(), String> {
    let asked = match option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value))) {
        ("--ast", None) => What::Ast,
        ("--bytecode", None) => What::Bytecode,
        ("--asm", None) => What::Compiled(Wanted { asm: true, ..Wanted::default() }),
        ("--ir", pass) => {
            let pass = known_pass(pass).ok_or_else(|| format!("no pass '{}'", pass.unwrap_or_default()))?;
            What::Compiled(Wanted { ir: Some(pass.to_owned()), ..Wanted::default() })
        }
        _ => return Err(format!("unrecognized option '{option}'")),
    };
    match (&mut *what, asked) {
        (What::Compiled(before), What::Compiled(asked)) => {
            before.asm |= asked.asm;
            before.ir = asked.ir.or(before.ir.take());
        }
        (What::Nothing, asked) => *what = asked,
        (before, asked) if *before == asked => {}
        _ => return Err("either --ast or --bytecode or --ir and --asm".to_owned()),
    }
    Ok(())
}

fn show(request: &Request) -> Result<String, Vec<u8>> {
    let (source, name) = read(&request.file)?;
    let source = skip_first_comment(&source);
    match &request.what {
        What::Nothing => Ok(String::new()),
        What::Ast => syntax_tree(source, &name, &request.file),
        What::Bytecode => bytecode(source, &name, request),
        What::Compiled(wanted) => {
            let proto = compile(source, &name)?;
            listing::of_module(&proto, &only(wanted, &proto, request)?).map_err(String::into_bytes)
        }
    }
}

/// Only the function that was asked for.
fn only(wanted: &Wanted, proto: &Proto, request: &Request) -> Result<Wanted, Vec<u8>> {
    let mut wanted = wanted.clone();
    if let Some(function) = &request.function {
        let lines = disasm::lines_of(proto, function);
        if lines.is_empty() {
            return Err(no_function(request, function));
        }
        wanted.only = Some((proto.source.as_deref().unwrap_or_default().to_vec(), lines));
    }
    Ok(wanted)
}

fn no_function(request: &Request, function: &str) -> Vec<u8> {
    [request.file.as_slice(), b": no function '", function.as_bytes(), b"'"].concat()
}

/// Where the listings of the program that runs are kept until it ends, however it ends.
static RUNNING: OnceLock<Sink> = OnceLock::new();

/// Runs the program, then shows what was compiled meanwhile.
fn run_and_show(program: &[u8], request: &Request, wanted: &Wanted) -> Result<c_int, Vec<u8>> {
    let (source, name) = read(&request.file)?;
    if request.file == b"-" {
        return Err(b"'--run' needs a file".to_vec());
    }
    let proto = compile(skip_first_comment(&source), &name)?;
    let argv = [program.to_vec(), request.file.clone()].into_iter().chain(request.args.iter().cloned());
    let mut options = Options { argv: argv.collect(), script: Some(1), ..Options::default() };
    options.compiler.show = only(wanted, &proto, request)?;
    options.compiler.hot = request.hot;
    options.compiler.sink = RUNNING.get_or_init(Sink::text).clone();
    // SAFETY: registers a function that never unwinds. Without room for it, listings are lost after `os.exit` only.
    unsafe { libc::atexit(print_at_exit) };
    let status = crate::run::run(options);
    print_at_exit();
    Ok(status)
}

extern "C" fn print_at_exit() {
    if let Some(sink) = RUNNING.get() {
        print(sink.take().as_bytes());
        flush();
    }
}

fn compile(source: &[u8], name: &[u8]) -> Result<Proto, Vec<u8>> {
    if source.first() == Some(&BINARY_MARK) {
        return binary::undump(source, name);
    }
    compiler::compile(source, name).map_err(|error| error.message)
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

fn bytecode(source: &[u8], name: &[u8], request: &Request) -> Result<String, Vec<u8>> {
    let proto = compile(source, name)?;
    let text = disasm::disassemble(&proto, &disasm::Options { function: request.function.clone() });
    match &request.function {
        Some(function) if text.is_empty() => Err(no_function(request, function)),
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
        let function = Some("g".into());
        let expected = Request { what: What::Bytecode, function, file: b"f.lua".to_vec(), ..Request::default() };
        assert_eq!(request, expected);
        assert_eq!(parse_words(&["--bytecode", "--", "--ast"]).unwrap().file, b"--ast");
    }

    #[test]
    fn mistakes_are_explained() {
        for (words, problem) in [
            (&["f.lua"][..], "--ast, --bytecode, --ir or --asm expected"),
            (&["--ast"], "file expected"),
            (&["--ast", "a", "b"], "one file expected"),
            (&["--ast", "--bytecode", "a"], "either --ast or --bytecode or --ir and --asm"),
            (&["--bytecode", "a", "--fn"], "'--fn' needs argument"),
            (&["--ast", "--fn", "f", "a"], "'--fn' shows no syntax tree"),
            (&["--ir=none", "a"], "no pass 'none'"),
            (&["--asm=x", "a"], "unrecognized option '--asm=x'"),
            (&["--ast", "--run", "a"], "'--run' needs '--ir' or '--asm'"),
            (&["--asm", "--hot=0", "a"], "'--hot' needs '--run'"),
        ] {
            assert_eq!(parse_words(words), Err(problem.to_owned()), "{words:?}");
        }
    }

    #[test]
    fn ir_and_machine_code_go_together_and_programs_have_arguments() {
        let request = parse_words(&["--asm", "--ir=gvn", "--run", "--hot=0", "a.lua", "--ast", "b"]).unwrap();
        let wanted = Wanted { ir: Some("gvn".into()), asm: true, only: None };
        assert_eq!(request.what, What::Compiled(wanted));
        assert_eq!((request.hot, request.args), (Some(0), vec![b"--ast".to_vec(), b"b".to_vec()]));
    }
}
