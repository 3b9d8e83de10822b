//! The format strings of `string.format`, and Lua literals for its `%q`.
//!
//! [`pieces`] splits a format into literal text and directives. It does not fetch arguments: the caller does, in the
//! order of PUC Lua, which looks for an argument, then at the conversion letter, then at the type of the argument, and
//! only then at flags, width and precision. [`Directive::conversion`] and [`Directive::spec`] are those two looks.

use std::fmt;

use perilune_front::number::{format_int, printf::Spec};

/// A string this long is not padded, and appended whole unless a precision cuts it.
pub const LONG_STRING: usize = 100;

/// Whether a byte may stand between `%` and the conversion letter.
#[inline(always)]
fn is_modifier(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'#' | b' ' | b'.')
}

/// More modifiers than this make a directive too long.
const MAX_MODIFIERS: usize = 20;

/// A part of a format string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'f> {
    /// Text to copy; not empty.
    Literal(&'f [u8]),
    /// What to do with the next argument.
    Directive(Directive<'f>),
}

/// How a directive treats its argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// `c`: an integer, written as a byte.
    Char,
    /// `d i o u x X`: an integer.
    Int,
    /// `a A e E f g G`: a number.
    Float,
    /// `p`: the address of an object.
    Pointer,
    /// `q`: a literal that Lua reads back.
    Quoted,
    /// `s`: the result of `tostring`.
    Str,
}

/// One conversion specification as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directive<'f> {
    /// From the `%` to the conversion letter, which is missing at the end of a format.
    text: &'f [u8],
    /// The number of bytes between them.
    modifiers: usize,
}

/// What is wrong with a format. Displays as PUC Lua's message, without a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatError {
    /// The conversion letter is unknown or missing.
    InvalidConversion(Box<[u8]>),
    /// The conversion does not accept its flags, width or precision.
    InvalidSpecification(Box<[u8]>),
    /// The directive has too many modifiers.
    TooLong,
    /// `%q` has modifiers.
    QuotedModifiers,
}

impl FormatError {
    /// The message, which may hold bytes that are not UTF-8.
    pub fn message(&self) -> Vec<u8> {
        match self {
            Self::InvalidConversion(text) => [b"invalid conversion '", &**text, b"' to 'format'"].concat(),
            Self::InvalidSpecification(text) => [b"invalid conversion specification: '", &**text, b"'"].concat(),
            Self::TooLong => b"invalid format (too long)".to_vec(),
            Self::QuotedModifiers => b"specifier '%q' cannot have modifiers".to_vec(),
        }
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.message()))
    }
}

impl std::error::Error for FormatError {}

/// Splits a format string.
pub fn pieces(format: &[u8]) -> Pieces<'_> {
    Pieces { rest: format }
}

/// The parts of a format string, in order.
#[derive(Clone, Debug)]
pub struct Pieces<'f> {
    rest: &'f [u8],
}

impl<'f> Iterator for Pieces<'f> {
    type Item = Piece<'f>;

    #[inline]
    fn next(&mut self) -> Option<Piece<'f>> {
        if self.rest.is_empty() {
            return None;
        }
        let literal = self.rest.iter().position(|&byte| byte == b'%').unwrap_or(self.rest.len());
        if self.rest.get(literal + 1) == Some(&b'%') {
            // The text in front and the first `%` of the pair are one literal.
            let (text, rest) = self.rest.split_at(literal + 1);
            self.rest = &rest[1..];
            return Some(Piece::Literal(text));
        }
        if literal > 0 {
            let (text, rest) = self.rest.split_at(literal);
            self.rest = rest;
            return Some(Piece::Literal(text));
        }
        let modifiers = self.rest[1..].iter().take_while(|&&byte| is_modifier(byte)).count();
        let (text, rest) = self.rest.split_at((modifiers + 2).min(self.rest.len()));
        self.rest = rest;
        Some(Piece::Directive(Directive { text, modifiers }))
    }
}

impl Directive<'_> {
    /// The kind of argument the conversion letter asks for.
    #[inline]
    pub fn conversion(&self) -> Result<Conversion, FormatError> {
        if self.modifiers > MAX_MODIFIERS {
            return Err(FormatError::TooLong);
        }
        match self.letter() {
            b'c' => Ok(Conversion::Char),
            b'd' | b'i' | b'o' | b'u' | b'x' | b'X' => Ok(Conversion::Int),
            b'a' | b'A' | b'e' | b'E' | b'f' | b'g' | b'G' => Ok(Conversion::Float),
            b'p' => Ok(Conversion::Pointer),
            b'q' => Ok(Conversion::Quoted),
            b's' => Ok(Conversion::Str),
            0 => Err(FormatError::InvalidConversion(self.text[..=self.modifiers].into())),
            _ => Err(FormatError::InvalidConversion(self.text.into())),
        }
    }

    /// Whether the directive is a mere `%` and letter.
    #[inline]
    pub fn is_plain(&self) -> bool {
        self.modifiers == 0
    }

    /// The flags, width and precision, if the conversion accepts them.
    #[inline]
    pub fn spec(&self) -> Result<Spec, FormatError> {
        if self.is_plain() {
            return Ok(Spec::plain(self.letter()));
        }
        if self.letter() == b'q' {
            return Err(FormatError::QuotedModifiers);
        }
        self.modified_spec().ok_or_else(|| FormatError::InvalidSpecification(self.text.into()))
    }

    /// The conversion letter, or 0 at the end of the format.
    fn letter(&self) -> u8 {
        self.text.get(self.modifiers + 1).copied().unwrap_or(0)
    }

    /// The flags the conversion accepts, and whether it accepts a precision.
    fn accepts(&self) -> (&'static [u8], bool) {
        match self.letter() {
            b'd' | b'i' => (b"-+0 ", true),
            b'u' => (b"-0", true),
            b'o' | b'x' | b'X' => (b"-#0", true),
            b's' => (b"-", true),
            b'c' | b'p' => (b"-", false),
            _ => (b"-+#0 ", true),
        }
    }

    fn modified_spec(&self) -> Option<Spec> {
        let (flags, with_precision) = self.accepts();
        let mut spec = Spec::plain(self.letter());
        let mut rest = &self.text[1..=self.modifiers];
        while let [flag, after @ ..] = rest
            && flags.contains(flag)
        {
            match flag {
                b'-' => spec.left = true,
                b'+' => spec.plus = true,
                b' ' => spec.space = true,
                b'#' => spec.alternate = true,
                _ => spec.zero = true,
            }
            rest = after;
        }
        // Where `0` is no flag, it must not pass for the start of a width.
        if rest.first() != Some(&b'0') {
            (spec.width, rest) = two_digits(rest);
            if with_precision && let [b'.', after @ ..] = rest {
                let (precision, after) = two_digits(after);
                spec.precision = Some(precision);
                rest = after;
            }
        }
        rest.is_empty().then_some(spec)
    }
}

/// A number of up to two digits; no digits stand for 0.
fn two_digits(text: &[u8]) -> (u8, &[u8]) {
    let length = text.iter().take(2).take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(length);
    (digits.iter().fold(0, |number, digit| number * 10 + (digit - b'0')), rest)
}

/// Appends `text` as a string literal that Lua reads back, for `%q`.
pub fn quote_str(text: &[u8], out: &mut Vec<u8>) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    for (i, &byte) in text.iter().enumerate() {
        match byte {
            b'"' | b'\\' | b'\n' => out.extend_from_slice(&[b'\\', byte]),
            0..=31 | 127 => {
                out.push(b'\\');
                // A digit that follows must not be read as part of the escape.
                let full = text.get(i + 1).is_some_and(u8::is_ascii_digit);
                let precision = if full { Some(3) } else { None };
                Spec { precision, ..Spec::plain(b'd') }.write_int(i64::from(byte), out);
            }
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

/// Appends an integer literal that Lua reads back as the same integer, for `%q`.
pub fn quote_int(i: i64, out: &mut Vec<u8>) {
    if i == i64::MIN {
        // Its decimal digits without the sign do not fit an integer.
        out.extend_from_slice(b"0x8000000000000000");
    } else {
        format_int(i, out);
    }
}

/// Appends an expression that Lua reads back as the same float, for `%q`.
pub fn quote_float(x: f64, out: &mut Vec<u8>) {
    if x.is_nan() {
        out.extend_from_slice(b"(0/0)");
    } else if x.is_infinite() {
        out.extend_from_slice(if x > 0.0 { b"1e9999" } else { b"-1e9999" });
    } else {
        Spec::plain(b'a').write_float(x, out);
    }
}

#[cfg(test)]
mod tests;
