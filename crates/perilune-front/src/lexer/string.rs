//! String literals: short ones with their escapes, long brackets (also those of comments).

use super::token::Kind;
use super::{DIGIT, HEX_DIGIT, Lexer, Result, SPACE, STRING_STOP, is, is_newline};
use crate::error::SyntaxError;

impl Lexer<'_> {
    /// A string in quotes, whose opening quote has been taken.
    pub(super) fn short_string(&mut self, quote: u8) -> Result<Kind> {
        let first = self.position;
        let end = self.find_string_stop(quote);
        if self.source.get(end) == Some(&quote) {
            self.position = end + 1;
            self.token.symbol = self.interner.intern(&self.source[first..end]);
            return Ok(Kind::String);
        }
        self.escaped_string(quote)
    }

    /// Position of the first byte from here that ends the string or needs care; the length of the source if there is none.
    #[inline]
    fn find_string_stop(&self, quote: u8) -> usize {
        let rest = &self.source[self.position..];
        let stop = rest.iter().position(|&byte| is(byte, STRING_STOP) && (byte == quote || !matches!(byte, b'"' | b'\'')));
        self.position + stop.unwrap_or(rest.len())
    }

    /// A string whose contents differ from its source, or that has an error.
    fn escaped_string(&mut self, quote: u8) -> Result<Kind> {
        // Error messages show the string as decoded so far, with its opening quote.
        self.buffer.clear();
        self.buffer.push(quote);
        loop {
            let stop = self.find_string_stop(quote);
            self.buffer.extend_from_slice(&self.source[self.position..stop]);
            self.position = stop;
            match self.peek() {
                Some(b'\\') => self.escape()?,
                Some(byte) if byte == quote => break,
                Some(_) => return Err(self.error_near("unfinished string", &self.buffer)),
                None => return Err(self.error_at_eof("unfinished string")),
            }
        }
        self.position += 1;
        self.token.symbol = self.interner.intern(&self.buffer[1..]);
        Ok(Kind::String)
    }

    /// Decodes the escape sequence whose backslash is next into the buffer.
    fn escape(&mut self) -> Result<()> {
        let backslash = self.position;
        self.position += 1;
        let Some(letter) = self.peek() else { return Ok(()) };
        let byte = match letter {
            b'a' => 0x07,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            b'\\' | b'"' | b'\'' => letter,
            b'x' => return self.hex_escape(backslash),
            b'u' => return self.unicode_escape(backslash),
            b'z' => return self.skip_spaces(),
            b'\n' | b'\r' => {
                self.position += 1;
                self.buffer.push(b'\n');
                return self.newline(letter);
            }
            b'0'..=b'9' => return self.decimal_escape(backslash),
            _ => return Err(self.escape_error(backslash, "invalid escape sequence")),
        };
        self.position += 1;
        self.buffer.push(byte);
        Ok(())
    }

    /// `\z` with its `z` next: skips white space, newlines included.
    fn skip_spaces(&mut self) -> Result<()> {
        self.position += 1;
        while let Some(byte) = self.peek()
            && is(byte, SPACE)
        {
            self.position += 1;
            if is_newline(byte) {
                self.newline(byte)?;
            }
        }
        Ok(())
    }

    /// `\ddd` with its first digit next: up to three digits.
    fn decimal_escape(&mut self, backslash: usize) -> Result<()> {
        let mut value = 0u32;
        for _ in 0..3 {
            let Some(digit) = self.peek().filter(|&byte| is(byte, DIGIT)) else { break };
            value = value * 10 + u32::from(digit - b'0');
            self.position += 1;
        }
        match u8::try_from(value) {
            Ok(byte) => self.buffer.push(byte),
            Err(_) => return Err(self.escape_error(backslash, "decimal escape too large")),
        }
        Ok(())
    }

    /// `\xXX` with its `x` next.
    fn hex_escape(&mut self, backslash: usize) -> Result<()> {
        self.position += 1;
        let high = self.hex_digit(backslash)?;
        let low = self.hex_digit(backslash)?;
        self.buffer.push((high << 4 | low) as u8);
        Ok(())
    }

    /// `\u{XXX}` with its `u` next: any value below 2^31, in the original UTF-8 of up to six bytes.
    fn unicode_escape(&mut self, backslash: usize) -> Result<()> {
        self.position += 1;
        if !self.take_if(b'{') {
            return Err(self.escape_error(backslash, "missing '{'"));
        }
        let mut value = self.hex_digit(backslash)?;
        while self.peek().is_some_and(|byte| is(byte, HEX_DIGIT)) {
            if value > 0x7fff_ffff >> 4 {
                return Err(self.escape_error(backslash, "UTF-8 value too large"));
            }
            value = value << 4 | self.hex_digit(backslash)?;
        }
        if !self.take_if(b'}') {
            return Err(self.escape_error(backslash, "missing '}'"));
        }
        encode_utf8(value, &mut self.buffer);
        Ok(())
    }

    fn hex_digit(&mut self, backslash: usize) -> Result<u32> {
        match self.peek().and_then(|byte| char::from(byte).to_digit(16)) {
            Some(digit) => {
                self.position += 1;
                Ok(digit)
            }
            None => Err(self.escape_error(backslash, "hexadecimal digit expected")),
        }
    }

    /// An error in the escape sequence that starts at `backslash`, shown raw up to and with the offending byte.
    #[cold]
    fn escape_error(&mut self, backslash: usize, text: &str) -> Box<SyntaxError> {
        let end = self.source.len().min(self.position + 1);
        self.buffer.extend_from_slice(&self.source[backslash..end]);
        self.error_near(text, &self.buffer)
    }

    #[cold]
    fn error_at_eof(&self, text: &str) -> Box<SyntaxError> {
        Box::new(self.error(text).near(Kind::Eof.describe().as_bytes()))
    }

    /// A token that starts with `[`, which has been taken: a long string or the bracket itself.
    #[inline]
    pub(super) fn bracket(&mut self) -> Result<Kind> {
        match self.peek() {
            Some(b'[' | b'=') => self.long_string(),
            _ => Ok(Kind::LeftBracket),
        }
    }

    fn long_string(&mut self) -> Result<Kind> {
        let Some(level) = self.bracket_level() else {
            return Err(self.error_near("invalid long string delimiter", &self.source[self.token.start..self.position]));
        };
        let contents = self.skip_long_bracket(level, "string")?;
        self.token.symbol = if memchr::memchr(b'\r', contents).is_some() {
            normalize_newlines(contents, &mut self.buffer);
            self.interner.intern(&self.buffer)
        } else {
            self.interner.intern(contents)
        };
        Ok(Kind::String)
    }

    /// The number of `=` in an opening long bracket, after its first `[`. `None` if it is no long bracket; then only the `=`s
    /// have been taken.
    pub(super) fn bracket_level(&mut self) -> Option<usize> {
        let first = self.position;
        while self.take_if(b'=') {}
        let level = self.position - first;
        self.take_if(b'[').then_some(level)
    }
}

impl<'s> Lexer<'s> {
    /// Moves behind the closing bracket of `level` and returns what is between, less a newline at its start.
    /// `what` names the construct in the error for an unfinished one.
    pub(super) fn skip_long_bracket(&mut self, level: usize, what: &str) -> Result<&'s [u8]> {
        let first_line = self.line;
        if let Some(byte) = self.peek()
            && is_newline(byte)
        {
            self.position += 1;
            self.newline(byte)?;
        }
        let rest = &self.source[self.position..];
        let Some(length) = find_closing_bracket(rest, level) else {
            self.count_lines(rest)?;
            self.position = self.source.len();
            return Err(self.error_at_eof(&format!("unfinished long {what} (starting at line {first_line})")));
        };
        self.count_lines(&rest[..length])?;
        self.position += length + level + 2;
        Ok(&rest[..length])
    }

    fn count_lines(&mut self, text: &[u8]) -> Result<()> {
        let lines = if memchr::memchr(b'\r', text).is_some() {
            newline_spans(text).count()
        } else {
            memchr::memchr_iter(b'\n', text).count()
        };
        self.line = u32::try_from(lines).ok().and_then(|lines| self.line.checked_add(lines)).unwrap_or(super::MAX_LINES);
        if self.line >= super::MAX_LINES {
            return Err(self.error("chunk has too many lines"));
        }
        Ok(())
    }

    /// The current token, a string, as error messages show it: its delimiters around its decoded contents.
    pub(super) fn string_text(&self) -> Vec<u8> {
        let contents = self.interner.get(self.token.symbol);
        let source = &self.source[self.token.start..];
        if source[0] != b'[' {
            return [&source[..1], contents, &source[..1]].concat();
        }
        let level = source[1..].iter().take_while(|&&byte| byte == b'=').count();
        let equals = &source[1..=level];
        [b"[", equals, b"[", contents, b"]", equals, b"]"].concat()
    }
}

/// Offset of the `]==]` of `level` in `text`.
fn find_closing_bracket(text: &[u8], level: usize) -> Option<usize> {
    memchr::memchr_iter(b']', text).find(|&open| {
        let close = open + level + 1;
        text.get(close) == Some(&b']') && text[open + 1..close].iter().all(|&byte| byte == b'=')
    })
}

/// The newlines in `text` as (offset, length); `\r\n` and `\n\r` are one.
fn newline_spans(text: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let mut position = 0;
    std::iter::from_fn(move || {
        let start = position + memchr::memchr2(b'\n', b'\r', &text[position..])?;
        let paired = text.get(start + 1).is_some_and(|&next| is_newline(next) && next != text[start]);
        let length = 1 + usize::from(paired);
        position = start + length;
        Some((start, length))
    })
}

/// Writes `text` to `buffer` with every newline as `\n`.
fn normalize_newlines(text: &[u8], buffer: &mut Vec<u8>) {
    buffer.clear();
    let mut copied = 0;
    for (start, length) in newline_spans(text) {
        buffer.extend_from_slice(&text[copied..start]);
        buffer.push(b'\n');
        copied = start + length;
    }
    buffer.extend_from_slice(&text[copied..]);
}

/// Appends `value` (below 2^31) in UTF-8 as first defined (RFC 2279), which has sequences of up to six bytes.
fn encode_utf8(value: u32, out: &mut Vec<u8>) {
    if value < 0x80 {
        out.push(value as u8);
        return;
    }
    // A sequence of n bytes holds 5n + 1 bits.
    let length = (2..6).find(|&length| value >> (5 * length + 1) == 0).unwrap_or(6);
    let lead = !(0xffu8 >> length);
    out.push(lead | (value >> (6 * (length - 1))) as u8);
    for index in (0..length - 1).rev() {
        out.push(0x80 | (value >> (6 * index) & 0x3f) as u8);
    }
}
