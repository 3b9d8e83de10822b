//! Loading of chunks: from strings, files and the standard input.

use perilune_front::{binary, compiler};
use perilune_vm::Thread;
use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;

/// Pushes the chunk as a function; its error message otherwise.
pub fn load(t: &mut Thread, source: &[u8], name: &[u8]) -> Result<(), Vec<u8>> {
    let plan = if source.first() == Some(&0x1b) {
        binary::undump(source, name)?
    } else {
        compiler::compile(source, name).map_err(|error| error.message)?
    };
    let env = t.globals().into();
    let function = t.load_proto(plan, env);
    t.push(function);
    Ok(())
}

/// Pushes a file (the standard input without a name) as a function; its error message otherwise.
pub fn load_file(t: &mut Thread, name: Option<&[u8]>) -> Result<(), Vec<u8>> {
    let (source, chunk_name) = match name {
        Some(name) => (read_file(name)?, [b"@", name].concat()),
        None => {
            let mut source = Vec::new();
            std::io::stdin().read_to_end(&mut source).map_err(|error| failure("read", b"stdin", &error))?;
            (source, b"=stdin".to_vec())
        }
    };
    load(t, without_first_comment(&source), &chunk_name)
}

/// The contents of a file; the message otherwise.
pub fn read_file(name: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
    let mut file = std::fs::File::open(OsStr::from_bytes(name)).map_err(|error| failure("open", name, &error))?;
    let mut source = Vec::new();
    file.read_to_end(&mut source).map_err(|error| failure("read", name, &error))?;
    Ok(source)
}

fn failure(action: &str, name: &[u8], error: &std::io::Error) -> Vec<u8> {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    [b"cannot ", action.as_bytes(), b" ", name, b": ", text.as_bytes()].concat()
}

/// Without a byte order mark and a first line that begins with `#`; that line's end stays, so that lines keep their numbers.
pub fn without_first_comment(source: &[u8]) -> &[u8] {
    let text = source.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(source);
    if text.first() != Some(&b'#') {
        return text;
    }
    let end = text.iter().position(|&byte| byte == b'\n').unwrap_or(text.len());
    let rest = &text[end..];
    if rest.get(1) == Some(&0x1b) { &rest[1..] } else { rest }
}
