//! Source bytes to tokens.
//!
//! Names and strings go from the source straight into the [`Interner`]; the reserved words are interned first, so that a
//! symbol's number tells a reserved word from a name. A token costs no allocation. Strings live in [`string`], the kinds of
//! tokens in [`token`].

mod string;
pub mod token;

use crate::ast::Line;
use crate::error::SyntaxError;
use crate::intern::{Interner, Symbol};
use crate::number::{self, Number};
use token::{Kind, RESERVED, Token};

/// Errors are boxed inside lexer and parser so that results stay small.
pub(crate) type Result<T> = std::result::Result<T, Box<SyntaxError>>;

/// More lines than this are refused, as line numbers of the reference implementation are C `int`s.
const MAX_LINES: Line = i32::MAX as Line;

const NAME_START: u8 = 1;
const DIGIT: u8 = 2;
const HEX_DIGIT: u8 = 4;
const SPACE: u8 = 8;
/// Bytes at which the scan of a short string stops.
const STRING_STOP: u8 = 16;

static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0u8; 256];
    let mut byte = 0usize;
    while byte < 256 {
        let b = byte as u8;
        if b.is_ascii_alphabetic() || b == b'_' {
            table[byte] |= NAME_START;
        }
        if b.is_ascii_digit() {
            table[byte] |= DIGIT;
        }
        if b.is_ascii_hexdigit() {
            table[byte] |= HEX_DIGIT;
        }
        if matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c) {
            table[byte] |= SPACE;
        }
        if matches!(b, b'"' | b'\'' | b'\\' | b'\n' | b'\r') {
            table[byte] |= STRING_STOP;
        }
        byte += 1;
    }
    table
}

#[inline]
fn is(byte: u8, class: u8) -> bool {
    CLASSES[byte as usize] & class != 0
}

#[inline]
fn is_newline(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// Reads tokens from a source.
pub struct Lexer<'s> {
    source: &'s [u8],
    position: usize,
    line: Line,
    chunk_name: Vec<u8>,
    /// The names and strings read so far.
    pub interner: Interner,
    /// Contents of a string whose bytes differ from its source.
    buffer: Vec<u8>,
}

impl<'s> Lexer<'s> {
    /// A lexer at the start of `source`. A first line that starts with `#` is the loader's to skip.
    #[must_use]
    pub fn new(source: &'s [u8], chunk_name: &[u8]) -> Self {
        let mut interner = Interner::new();
        for (word, kind) in RESERVED {
            let symbol = interner.intern(word.as_bytes());
            debug_assert_eq!(symbol.0, kind as u32);
        }
        Self { source, position: 0, line: 1, chunk_name: chunk_name.to_vec(), interner, buffer: Vec::new() }
    }

    /// The name the chunk was given.
    #[must_use]
    pub fn chunk_name(&self) -> &[u8] {
        &self.chunk_name
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.source.get(self.position).copied()
    }

    #[inline]
    fn take_if(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.position += usize::from(found);
        found
    }

    /// The next token; `Eof` for ever at the end.
    #[inline]
    pub(crate) fn next_token(&mut self) -> Result<Token> {
        loop {
            let Some(byte) = self.peek() else {
                return Ok(self.token(Kind::Eof, self.position));
            };
            let start = self.position;
            if is(byte, NAME_START) {
                return Ok(self.name(start));
            }
            self.position += 1;
            let kind = match byte {
                b' ' | b'\t' | 0x0b | 0x0c => continue,
                b'\n' | b'\r' => {
                    self.newline(byte)?;
                    continue;
                }
                b'-' if self.take_if(b'-') => {
                    self.comment()?;
                    continue;
                }
                b'"' | b'\'' => return self.short_string(start),
                b'[' => return self.bracket(start),
                b'0'..=b'9' => return self.numeral(start),
                b'.' if self.peek().is_some_and(|next| is(next, DIGIT)) => return self.numeral(start),
                _ => self.operator(byte),
            };
            return Ok(self.token(kind, start));
        }
    }

    #[inline]
    fn token(&self, kind: Kind, start: usize) -> Token {
        Token { kind, line: self.line, symbol: Symbol(0), bits: 0, start }
    }

    #[inline]
    fn name(&mut self, start: usize) -> Token {
        let rest = &self.source[start..];
        let length = rest.iter().position(|&byte| !is(byte, NAME_START | DIGIT)).unwrap_or(rest.len());
        self.position = start + length;
        let symbol = self.interner.intern(&rest[..length]);
        let kind = match RESERVED.get(symbol.0 as usize) {
            Some(&(_, kind)) => kind,
            None => Kind::Name,
        };
        Token { kind, line: self.line, symbol, bits: 0, start }
    }

    /// The kind of the operator or punctuation that starts with `first`, which has been taken.
    #[inline]
    fn operator(&mut self, first: u8) -> Kind {
        match first {
            b'+' => Kind::Plus,
            b'-' => Kind::Minus,
            b'*' => Kind::Star,
            b'%' => Kind::Percent,
            b'^' => Kind::Caret,
            b'#' => Kind::Hash,
            b'&' => Kind::Ampersand,
            b'|' => Kind::Pipe,
            b'(' => Kind::LeftParen,
            b')' => Kind::RightParen,
            b'{' => Kind::LeftBrace,
            b'}' => Kind::RightBrace,
            b']' => Kind::RightBracket,
            b';' => Kind::Semicolon,
            b',' => Kind::Comma,
            b'=' => self.either(b'=', Kind::Equal, Kind::Assign),
            b'~' => self.either(b'=', Kind::NotEqual, Kind::Tilde),
            b'/' => self.either(b'/', Kind::DoubleSlash, Kind::Slash),
            b':' => self.either(b':', Kind::DoubleColon, Kind::Colon),
            b'<' if self.take_if(b'=') => Kind::LessEqual,
            b'<' => self.either(b'<', Kind::ShiftLeft, Kind::Less),
            b'>' if self.take_if(b'=') => Kind::GreaterEqual,
            b'>' => self.either(b'>', Kind::ShiftRight, Kind::Greater),
            b'.' if self.take_if(b'.') => self.either(b'.', Kind::Ellipsis, Kind::Concat),
            b'.' => Kind::Dot,
            _ => Kind::Unknown,
        }
    }

    #[inline]
    fn either(&mut self, second: u8, with: Kind, without: Kind) -> Kind {
        if self.take_if(second) { with } else { without }
    }

    /// Counts a line whose first newline byte has been taken; `\r\n` and `\n\r` are one newline.
    #[inline]
    fn newline(&mut self, first: u8) -> Result<()> {
        if let Some(second) = self.peek()
            && is_newline(second)
            && second != first
        {
            self.position += 1;
        }
        self.line += 1;
        if self.line >= MAX_LINES {
            return Err(self.error("chunk has too many lines"));
        }
        Ok(())
    }

    /// Skips a comment whose `--` has been taken.
    fn comment(&mut self) -> Result<()> {
        if self.peek() == Some(b'[') {
            let open = self.position;
            self.position += 1;
            if let Some(level) = self.bracket_level() {
                return self.skip_long_bracket(level, "comment").map(|_| ());
            }
            self.position = open;
        }
        let rest = &self.source[self.position..];
        self.position += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        Ok(())
    }

    /// A numeral that starts at `start`.
    fn numeral(&mut self, start: usize) -> Result<Token> {
        let rest = &self.source[start..];
        let digits = rest.iter().position(|&byte| !is(byte, DIGIT)).unwrap_or(rest.len());
        let plain = rest.get(digits).is_none_or(|&next| next != b'.' && !is(next, NAME_START));
        // Eighteen decimal digits cannot overflow.
        if plain && (1..=18).contains(&digits) {
            let value = rest[..digits].iter().fold(0u64, |value, &digit| value * 10 + u64::from(digit - b'0'));
            self.position = start + digits;
            return Ok(Token { bits: value, ..self.token(Kind::Int, start) });
        }
        self.position = start + numeral_length(rest);
        let text = &self.source[start..self.position];
        match number::parse(text) {
            Some(Number::Int(value)) => Ok(Token { bits: value as u64, ..self.token(Kind::Int, start) }),
            Some(Number::Float(value)) => Ok(Token { bits: value.to_bits(), ..self.token(Kind::Float, start) }),
            None => Err(self.error_near("malformed number", text)),
        }
    }

    /// An error at the current line, without a token.
    #[cold]
    pub(crate) fn error(&self, text: &str) -> Box<SyntaxError> {
        Box::new(SyntaxError::at_line(&self.chunk_name, self.line, text.as_bytes()))
    }

    /// An error at the current line near the raw text of a token, which is cut at a NUL as C strings are.
    #[cold]
    fn error_near(&self, text: &str, token: &[u8]) -> Box<SyntaxError> {
        Box::new(self.error(text).near(&quote(token)))
    }

    /// An error at the current line near `token`, the last one read.
    #[cold]
    pub(crate) fn error_near_token(&self, text: &str, token: &Token) -> Box<SyntaxError> {
        Box::new(self.error(text).near(&self.token_text(token)))
    }

    /// A token as error messages quote it.
    #[must_use]
    pub fn token_text(&self, token: &Token) -> Vec<u8> {
        match token.kind {
            Kind::Name => quote(self.interner.get(token.symbol)),
            Kind::String => quote(&self.string_text(token)),
            Kind::Int | Kind::Float => {
                let rest = &self.source[token.start..];
                quote(&rest[..numeral_length(rest)])
            }
            Kind::Unknown => match self.source[token.start] {
                byte @ b' '..=b'~' => quote(&[byte]),
                byte => format!("'<\\{byte}>'").into_bytes(),
            },
            kind => kind.describe().into_bytes(),
        }
    }
}

fn quote(text: &[u8]) -> Vec<u8> {
    let end = memchr::memchr(0, text).unwrap_or(text.len());
    [b"'", &text[..end], b"'"].concat()
}

/// How many bytes of `text` the lexer takes for a numeral, well-formed or not. A letter that touches it makes it malformed.
fn numeral_length(text: &[u8]) -> usize {
    let at = |index: usize| text.get(index).copied().unwrap_or(0);
    let hexadecimal = at(0) == b'0' && matches!(at(1), b'x' | b'X');
    let exponent = if hexadecimal { [b'p', b'P'] } else { [b'e', b'E'] };
    let mut length = if hexadecimal { 2 } else { 1 };
    loop {
        let byte = at(length);
        if exponent.contains(&byte) {
            length += 1;
            length += usize::from(matches!(at(length), b'+' | b'-'));
        } else if is(byte, HEX_DIGIT) || byte == b'.' {
            length += 1;
        } else {
            return length + usize::from(is(byte, NAME_START));
        }
    }
}

#[cfg(test)]
mod tests;
