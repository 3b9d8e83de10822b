//! Loading chunks: text or binary, from memory, files or reader functions.

use crate::io::file::open_for_reading;
use crate::io::standard::{lock, stdin};
use crate::system::{self, Errno};
use perilune_vm::front::proto::Proto;
use perilune_vm::front::{binary, compiler};
use perilune_vm::{Thread, Value};

/// First byte of a binary chunk.
const BINARY_MARK: u8 = 0x1b;
/// The UTF-8 byte order mark.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Loads a chunk as a function whose first upvalue is the globals; the message if it is not valid or `mode` excludes it.
pub fn load(t: &mut Thread, source: &[u8], name: &[u8], mode: &[u8]) -> Result<Value, Vec<u8>> {
    let plan = compile(source, name, mode)?;
    Ok(make_function(t, plan))
}

fn compile(source: &[u8], name: &[u8], mode: &[u8]) -> Result<Proto, Vec<u8>> {
    let is_binary = source.first() == Some(&BINARY_MARK);
    let (kind, letter) = if is_binary { ("binary", b'b') } else { ("text", b't') };
    if !mode.contains(&letter) {
        return Err([format!("attempt to load a {kind} chunk (mode is '").as_bytes(), mode, b"')"].concat());
    }
    if is_binary {
        return binary::undump(source, name);
    }
    compiler::compile(source, name).map_err(|error| error.message)
}

fn make_function(t: &mut Thread, plan: Proto) -> Value {
    let globals = t.globals();
    t.load_proto(plan, globals.into())
}

/// Loads a file, or the standard input if there is no name. Skips a byte order mark and a first line that begins with `#`.
pub fn load_file(t: &mut Thread, name: Option<&[u8]>, mode: &[u8]) -> Result<Value, Vec<u8>> {
    let mut source = Vec::new();
    let Some(name) = name else {
        let outcome = lock(stdin()).read_rest(&mut source);
        outcome.map_err(|errno| file_error("read", b"stdin", errno))?;
        return load(t, skip_first_comment(&source), b"=stdin", mode);
    };
    let name = system::until_nul(name);
    let mut stream = open_for_reading(name).map_err(|errno| file_error("open", name, errno))?;
    stream.read_rest(&mut source).map_err(|errno| file_error("read", name, errno))?;
    let plan = compile(skip_first_comment(&source), &[b"@", name].concat(), mode)?;
    // The text of a big program need not wait in memory while its functions are made.
    drop(source);
    Ok(make_function(t, plan))
}

fn file_error(action: &str, name: &[u8], errno: Errno) -> Vec<u8> {
    [b"cannot ", action.as_bytes(), b" ", name, b": ", &errno.message()].concat()
}

/// A file's text without a byte order mark and a first line that begins with `#`.
///
/// The newline of a skipped line stays, so that lines keep their numbers; but not before a binary chunk.
pub fn skip_first_comment(source: &[u8]) -> &[u8] {
    let text = source.strip_prefix(BYTE_ORDER_MARK).unwrap_or(source);
    if text.first() != Some(&b'#') {
        return text;
    }
    let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    let rest = &text[end..];
    if rest.get(1) == Some(&BINARY_MARK) { &rest[1..] } else { rest }
}

#[cfg(test)]
mod tests {
    use super::skip_first_comment;

    #[test]
    fn first_lines_with_a_hash_are_skipped_but_their_newline() {
        assert_eq!(skip_first_comment(b"#!lua\nx = 1"), b"\nx = 1");
        assert_eq!(skip_first_comment(b"\xEF\xBB\xBF#!lua\nx = 1"), b"\nx = 1");
        assert_eq!(skip_first_comment(b"\xEF\xBB\xBFx = 1"), b"x = 1");
        assert_eq!(skip_first_comment(b"#!lua\n\x1bLua"), b"\x1bLua");
        assert_eq!(skip_first_comment(b"#"), b"");
        assert_eq!(skip_first_comment(b""), b"");
    }
}
