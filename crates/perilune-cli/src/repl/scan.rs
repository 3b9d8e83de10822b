//! Splits source text roughly into tokens, for colours and completion. Never fails: what is wrong is shown as it is.

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A reserved word.
    Keyword,
    /// A name.
    Name,
    /// A number.
    Number,
    /// A string, long or short, complete or not.
    String,
    /// A comment.
    Comment,
    /// Anything else, white space included.
    Other,
}

/// A piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Its first byte.
    pub start: usize,
    /// The byte after its last one.
    pub end: usize,
    /// What it is.
    pub class: Class,
}

/// The reserved words.
pub const KEYWORDS: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or",
    "repeat", "return", "then", "true", "until", "while",
];

/// Whether a byte may stand in a name.
#[must_use]
pub fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a text is a name: no reserved word.
#[must_use]
pub fn is_name(text: &[u8]) -> bool {
    let starts_well = text.first().is_some_and(|&byte| is_name_byte(byte) && !byte.is_ascii_digit());
    starts_well && text.iter().all(|&byte| is_name_byte(byte)) && !is_keyword(text)
}

fn is_keyword(text: &[u8]) -> bool {
    KEYWORDS.iter().any(|keyword| keyword.as_bytes() == text)
}

/// The tokens of a text; together they cover all of it.
pub fn tokens(text: &[u8]) -> impl Iterator<Item = Token> + '_ {
    let mut start = 0;
    std::iter::from_fn(move || {
        let &first = text.get(start)?;
        let (length, class) = measure(&text[start..], first);
        let token = Token { start, end: start + length, class };
        start = token.end;
        Some(token)
    })
}

/// Length and class of the token at the start of `text`.
fn measure(text: &[u8], first: u8) -> (usize, Class) {
    match first {
        b'-' if text.starts_with(b"--") => {
            let length = long_bracket(&text[2..]).map_or_else(|| line_length(text), |length| length + 2);
            (length, Class::Comment)
        }
        b'[' => long_bracket(text).map_or((1, Class::Other), |length| (length, Class::String)),
        b'"' | b'\'' => (quoted_length(text, first), Class::String),
        b'0'..=b'9' => (number_length(text), Class::Number),
        b'.' if text.get(1).is_some_and(u8::is_ascii_digit) => (number_length(text), Class::Number),
        _ if is_name_byte(first) => {
            let length = count_while(text, is_name_byte);
            (length, if is_keyword(&text[..length]) { Class::Keyword } else { Class::Name })
        }
        // All bytes of a character that is not ASCII stay together.
        _ if !first.is_ascii() => (count_while(text, |byte| !byte.is_ascii()), Class::Other),
        _ => (1, Class::Other),
    }
}

fn count_while(text: &[u8], wanted: impl Fn(u8) -> bool) -> usize {
    text.iter().position(|&byte| !wanted(byte)).unwrap_or(text.len())
}

fn line_length(text: &[u8]) -> usize {
    count_while(text, |byte| byte != b'\n')
}

/// Length of a long bracket's text with its ends; it goes on to the end of the text if it is not closed.
fn long_bracket(text: &[u8]) -> Option<usize> {
    let level = count_while(text.strip_prefix(b"[")?, |byte| byte == b'=');
    if text.get(level + 1) != Some(&b'[') {
        return None;
    }
    let closing = [b"]".as_slice(), &vec![b'='; level], b"]"].concat();
    let found = text.windows(closing.len()).position(|window| window == closing);
    Some(found.map_or(text.len(), |at| at + closing.len()))
}

/// Length of a quoted string; it ends at the end of its line if it is not closed.
fn quoted_length(text: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' => return at,
            _ if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

fn number_length(text: &[u8]) -> usize {
    let is_hexadecimal = text.len() > 1 && text[0] == b'0' && text[1] | 32 == b'x';
    let exponent = if is_hexadecimal { b'p' } else { b'e' };
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let is_sign = matches!(byte, b'+' | b'-') && at > 0 && text[at - 1] | 32 == exponent;
        if !(byte == b'.' || is_name_byte(byte) || is_sign) {
            break;
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(text: &str) -> Vec<(&str, Class)> {
        let solid = |token: &Token| token.class != Class::Other;
        tokens(text.as_bytes()).filter(solid).map(|token| (&text[token.start..token.end], token.class)).collect()
    }

    #[test]
    fn tokens_are_told_apart() {
        let found = classes("local x1=0x1p-3+.5..'a\\'b' -- end");
        let expected = [
            ("local", Class::Keyword),
            ("x1", Class::Name),
            ("0x1p-3", Class::Number),
            (".5..", Class::Number),
            ("'a\\'b'", Class::String),
            ("-- end", Class::Comment),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn long_brackets_go_over_lines_and_may_stay_open() {
        assert_eq!(classes("[==[a\n]]]==] x"), [("[==[a\n]]]==]", Class::String), ("x", Class::Name)]);
        assert_eq!(classes("--[[ a\nb"), [("--[[ a\nb", Class::Comment)]);
        assert_eq!(classes("\"open\nx"), [("\"open", Class::String), ("x", Class::Name)]);
    }

    #[test]
    fn names_are_no_keywords() {
        assert!(is_name(b"_x1") && !is_name(b"end") && !is_name(b"1x") && !is_name(b""));
    }
}
