//! Syntax errors and the way Lua writes them: `chunk:line: message near 'token'`.

use std::fmt;

/// Size of PUC Lua's buffer for a chunk's displayed name (`LUA_IDSIZE`), its terminating NUL included.
const ID_SIZE: usize = 60;

/// A source that is no Lua program. The message is complete: chunk, line, text and, where Lua gives one, the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The message as `load` returns it; bytes, as it may quote the source.
    pub message: Vec<u8>,
}

impl SyntaxError {
    /// An error without a position, such as a stack overflow.
    #[must_use]
    pub fn bare(message: impl Into<Vec<u8>>) -> Self {
        Self { message: message.into() }
    }

    /// `chunk:line: text`. `chunk_name` is the name as given to `load`, not yet shortened.
    #[must_use]
    pub fn at_line(chunk_name: &[u8], line: u32, text: &[u8]) -> Self {
        let mut message = chunk_id(chunk_name);
        message.extend_from_slice(format!(":{line}: ").as_bytes());
        message.extend_from_slice(text);
        Self { message }
    }

    /// The same with ` near token`; `token` carries its own quotes.
    #[must_use]
    pub fn near(mut self, token: &[u8]) -> Self {
        self.message.extend_from_slice(b" near ");
        self.message.extend_from_slice(token);
        self
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.message))
    }
}

impl std::error::Error for SyntaxError {}

/// The displayed name of a chunk (manual §4.6, `lua_load` and `luaL_Buffer`'s `short_src`): `=name` as it is, `@file` as a
/// file name whose beginning may be dropped, any other text as `[string "first line..."]`. At most 59 bytes.
///
/// A NUL ends the name, as the reference implementation takes it as a C string.
#[must_use]
pub fn chunk_id(source: &[u8]) -> Vec<u8> {
    let source = until_nul(source);
    match source.first() {
        Some(b'=') => source[1..].iter().copied().take(ID_SIZE - 1).collect(),
        Some(b'@') if source.len() <= ID_SIZE => source[1..].to_vec(),
        Some(b'@') => {
            let kept = ID_SIZE - 1 - b"...".len();
            [b"...", &source[source.len() - kept..]].concat()
        }
        _ => text_id(source),
    }
}

/// `name` up to its first NUL, as the reference implementation takes names as C strings.
pub(crate) fn until_nul(name: &[u8]) -> &[u8] {
    name.split(|&byte| byte == 0).next().unwrap_or_default()
}

fn text_id(source: &[u8]) -> Vec<u8> {
    let room = ID_SIZE - b"[string \"...\"]".len() - 1;
    let first_line = source.split(|&byte| byte == b'\n').next().unwrap_or_default();
    if first_line.len() == source.len() && source.len() < room {
        return [b"[string \"", source, b"\"]"].concat();
    }
    let shown = first_line.len().min(room);
    [b"[string \"", &source[..shown], b"...\"]"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &str) {
        assert_eq!(String::from_utf8(chunk_id(source.as_bytes())).unwrap(), expected);
    }

    #[test]
    fn names_are_shown_shortened() {
        check("=stdin", "stdin");
        check("@file.lua", "file.lua");
        check("x = 1", "[string \"x = 1\"]");
        check("", "[string \"\"]");
        check("x = 1\ny = 2", "[string \"x = 1...\"]");
        check("\n", "[string \"...\"]");
        check("a\0b", "[string \"a\"]");
    }

    #[test]
    fn long_names_keep_59_bytes() {
        let long = "x".repeat(100);
        check(&format!("={long}"), &long[..59]);
        check(&format!("@{long}"), &format!("...{}", &long[..56]));
        check(&long, &format!("[string \"{}...\"]", &long[..45]));
        let fits = "y".repeat(59);
        check(&format!("={fits}"), &fits);
        check(&format!("@{fits}"), &fits);
        check(&fits[..44], &format!("[string \"{}\"]", &fits[..44]));
        check(&fits[..45], &format!("[string \"{}...\"]", &fits[..45]));
    }
}
