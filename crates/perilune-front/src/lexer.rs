//! Source bytes to tokens.
//!
//! Names and strings go from the source straight into the [`Interner`]; the reserved words are interned first, so that a
//! symbol's number tells a reserved word from a name. A token costs no allocation. Strings live in [`string`], the kinds of
//! tokens in [`token`].

mod string;
pub mod token;

use crate::ast::Line;
use crate::error::SyntaxError;
use crate::intern::{Interner, Symbol, Words};
use crate::number::{self, Number};
use token::{Kind, RESERVED, Token, reserved_word};

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
    /// The token read last.
    pub token: Token,
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
        let token = Token { kind: Kind::Eof, line: 1, symbol: Symbol(0), bits: 0, start: 0 };
        Self { token, source, position: 0, line: 1, chunk_name: chunk_name.to_vec(), interner, buffer: Vec::new() }
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

    /// Reads the next token into [`Self::token`]; `Eof` for ever at the end.
    ///
    /// # Errors
    /// What is next is no token: an unfinished string or comment, a malformed number, an invalid escape sequence. Then
    /// `token` is of no meaning.
    #[inline]
    pub fn advance(&mut self) -> Result<()> {
        let kind = self.read()?;
        self.token.kind = kind;
        self.token.line = self.line;
        Ok(())
    }

    /// Reads a token: its value and start go to `token`, its kind is returned.
    fn read(&mut self) -> Result<Kind> {
        loop {
            let start = self.position;
            let Some(byte) = self.peek() else {
                return Ok(Kind::Eof);
            };
            if is(byte, NAME_START) {
                return Ok(self.name(start));
            }
            self.position += 1;
            if byte == b' ' {
                continue;
            }
            self.token.start = start;
            match byte {
                b'\t' | 0x0b | 0x0c => {}
                b'\n' | b'\r' => self.newline(byte)?,
                b'-' if self.take_if(b'-') => self.comment()?,
                b'"' | b'\'' => return self.short_string(byte),
                b'[' => return self.bracket(),
                b'0'..=b'9' => return self.numeral(start),
                b'.' if self.peek().is_some_and(|next| is(next, DIGIT)) => return self.numeral(start),
                _ => return Ok(self.operator(byte)),
            }
        }
    }

    #[inline]
    fn name(&mut self, start: usize) -> Kind {
        let rest = &self.source[start..];
        let symbol = match short_name(rest) {
            Some((length, words)) => {
                self.position = start + length;
                self.interner.intern_short(&rest[..length], words)
            }
            None => {
                let length = rest.iter().position(|&byte| !is(byte, NAME_START | DIGIT)).unwrap_or(rest.len());
                self.position = start + length;
                self.interner.intern(&rest[..length])
            }
        };
        self.token.symbol = symbol;
        reserved_word(symbol).unwrap_or(Kind::Name)
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
    fn numeral(&mut self, start: usize) -> Result<Kind> {
        let rest = &self.source[start..];
        let digits = rest.iter().position(|&byte| !is(byte, DIGIT)).unwrap_or(rest.len());
        let plain = rest.get(digits).is_none_or(|&next| next != b'.' && !is(next, NAME_START));
        // Eighteen decimal digits cannot overflow.
        if plain && (1..=18).contains(&digits) {
            self.token.bits = rest[..digits].iter().fold(0u64, |value, &digit| value * 10 + u64::from(digit - b'0'));
            self.position = start + digits;
            return Ok(Kind::Int);
        }
        self.position = start + numeral_length(rest);
        let text = &self.source[start..self.position];
        match number::parse(text) {
            Some(Number::Int(value)) => {
                self.token.bits = value as u64;
                Ok(Kind::Int)
            }
            Some(Number::Float(value)) => {
                self.token.bits = value.to_bits();
                Ok(Kind::Float)
            }
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

    /// An error at the current token, the last one read.
    #[cold]
    pub(crate) fn error_at_token(&self, text: &[u8]) -> Box<SyntaxError> {
        let error = Box::new(SyntaxError::at_line(&self.chunk_name, self.line, text));
        // To the reference implementation a token of number 0 is none.
        let is_nul = self.token.kind == Kind::Unknown && self.source[self.token.start] == 0;
        if is_nul { error } else { Box::new(error.near(&self.token_text())) }
    }

    /// The bytes of the current token, which is not the end of the file.
    pub(crate) fn token_source(&self) -> &[u8] {
        match self.token.kind {
            // The start of a name is not recorded.
            kind if kind == Kind::Name || reserved_word(self.token.symbol) == Some(kind) => {
                self.interner.get(self.token.symbol)
            }
            _ => &self.source[self.token.start..self.position],
        }
    }

    /// The current token as error messages quote it.
    fn token_text(&self) -> Vec<u8> {
        let token = &self.token;
        match token.kind {
            Kind::Name => quote(self.interner.get(token.symbol)),
            Kind::String => quote(&self.string_text()),
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

/// The length and bytes of the name at the start of `text`, if it has at most fifteen bytes and as many follow.
#[inline]
fn short_name(text: &[u8]) -> Option<(usize, Words)> {
    let first = u64::from_le_bytes(*text.first_chunk::<8>()?);
    let others = non_name_bytes(first);
    if others != 0 {
        let bits = others.trailing_zeros() & !7;
        return Some((bits as usize / 8, [first & ((1 << bits) - 1), 0]));
    }
    let second = u64::from_le_bytes(*text[8..].first_chunk::<8>()?);
    let others = non_name_bytes(second);
    if others == 0 {
        return None;
    }
    let bits = others.trailing_zeros() & !7;
    Some((8 + bits as usize / 8, [first, second & ((1 << bits) - 1)]))
}

/// The high bit of every byte of `word` that is no letter, digit or underscore.
#[inline]
fn non_name_bytes(word: u64) -> u64 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const ONES: u64 = 0x0101_0101_0101_0101;
    let low = word & !HIGH;
    // Adding `0x80 - x` to a byte below 0x80 sets its high bit exactly if the byte is at least `x`.
    let at_least = |bytes: u64, limit: u8| bytes + u64::from(0x80 - limit) * ONES;
    let between = |bytes: u64, first: u8, last: u8| at_least(bytes, first) & !at_least(bytes, last + 1);
    let letters = between(low | (0x20 * ONES), b'a', b'z');
    let digits = between(low, b'0', b'9');
    let underscores = between(low, b'_', b'_');
    !((letters | digits | underscores) & !word) & HIGH
}

fn quote(text: &[u8]) -> Vec<u8> {
    let end = memchr::memchr(0, text).unwrap_or(text.len());
    [b"'", &text[..end], b"'"].concat()
}

/// How many bytes of `text` the lexer takes for a numeral, well-formed or not. A letter that touches it makes it malformed.
fn numeral_length(text: &[u8]) -> usize {
    match text {
        // Even `.0x1` is read to its end.
        [b'.', digits @ ..] => 1 + undotted_numeral_length(digits),
        digits => undotted_numeral_length(digits),
    }
}

fn undotted_numeral_length(text: &[u8]) -> usize {
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
