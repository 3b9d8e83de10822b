//! UTF-8 as the `utf8` library and string escapes see it: up to 31 bits and six bytes.
//!
//! Strict decoding admits Unicode scalar values only; lax decoding everything the encoding can express, save overlong
//! forms. Positions are byte offsets from zero.

/// The largest code that can be encoded.
pub const MAX_CODE: u32 = 0x7fff_ffff;

/// The most bytes a code takes.
pub const MAX_LENGTH: usize = 6;

/// The message for text that cannot be decoded.
pub const INVALID: &str = "invalid UTF-8 code";

/// The pattern that matches one encoded character, for `utf8.charpattern`.
pub const CHAR_PATTERN: &[u8] = b"[\0-\x7F\xC2-\xFD][\x80-\xBF]*";

const MAX_UNICODE: u32 = 0x10_ffff;
const SURROGATES: std::ops::RangeInclusive<u32> = 0xd800..=0xdfff;

/// Whether `byte` continues a character.
#[inline]
pub fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// Whether the byte at `at` exists and continues a character.
#[inline]
fn continues(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(|&byte| is_continuation(byte))
}

/// Appends the encoding of `code`, of which bit 31 is ignored.
pub fn encode(code: u32, out: &mut Vec<u8>) {
    if code < 0x80 {
        out.push(code as u8);
        return;
    }
    let mut buffer = [0; MAX_LENGTH];
    let mut at = buffer.len();
    let mut rest = code & MAX_CODE;
    // What fits the first byte besides its length mark.
    let mut first_max = 0x3f;
    while rest > first_max {
        at -= 1;
        buffer[at] = 0x80 | (rest & 0x3f) as u8;
        rest >>= 6;
        first_max >>= 1;
    }
    at -= 1;
    buffer[at] = (!first_max << 1) as u8 | rest as u8;
    out.extend_from_slice(&buffer[at..]);
}

/// Decodes the character at the start of `text`: its code and its length in bytes.
#[inline]
pub fn decode(text: &[u8], lax: bool) -> Option<(u32, usize)> {
    match *text.first()? {
        byte @ 0..0x80 => Some((u32::from(byte), 1)),
        byte => decode_long(byte, &text[1..], lax),
    }
}

fn decode_long(first: u8, rest: &[u8], lax: bool) -> Option<(u32, usize)> {
    /// The least code that needs so many continuation bytes.
    const LEAST: [u32; MAX_LENGTH] = [u32::MAX, 0x80, 0x800, 0x1_0000, 0x20_0000, 0x400_0000];
    let count = (first.leading_ones() as usize).checked_sub(1)?;
    let least = *LEAST.get(count)?;
    let mut code = u32::from(first) & (0x3f >> count);
    for &byte in rest.get(..count)? {
        if !is_continuation(byte) {
            return None;
        }
        code = code << 6 | u32::from(byte & 0x3f);
    }
    let valid = code >= least && (lax || (code <= MAX_UNICODE && !SURROGATES.contains(&code)));
    valid.then_some((code, count + 1))
}

/// Counts the characters that start in `from..to`; fails with the offset of the first that cannot be decoded.
pub fn count(text: &[u8], from: usize, to: usize, lax: bool) -> Result<usize, usize> {
    let mut at = from;
    let mut count = 0;
    while at < to {
        let (_, length) = decode(&text[at..], lax).ok_or(at)?;
        at += length;
        count += 1;
    }
    Ok(count)
}

/// Why [`offset`] cannot answer.
pub const NOT_AT_START: &str = "initial position is a continuation byte";

/// The offset where the `n`-th character starts, counted from the one at `from`: 1 is that one, -1 the one before, 0
/// the one that holds `from`.
///
/// `Ok(None)` if there is none, and the message [`NOT_AT_START`] if `from` lies within a character and `n` is not 0.
/// `from` must be at most the length of `text`.
pub fn offset(text: &[u8], n: i64, from: usize) -> Result<Option<usize>, &'static str> {
    let mut at = from;
    if n == 0 {
        while at > 0 && continues(text, at) {
            at -= 1;
        }
        return Ok(Some(at));
    }
    if continues(text, at) {
        return Err(NOT_AT_START);
    }
    let mut left = if n > 0 { n - 1 } else { n };
    while left < 0 && at > 0 {
        at -= 1;
        while at > 0 && continues(text, at) {
            at -= 1;
        }
        left += 1;
    }
    while left > 0 && at < text.len() {
        at += 1;
        while continues(text, at) {
            at += 1;
        }
        left -= 1;
    }
    Ok((left == 0).then_some(at))
}

/// One step of `utf8.codes`: the character after the one whose Lua position (from 1; 0 at the start) is `control`.
///
/// Yields the character's Lua position and code, `Ok(None)` at the end, and the message [`INVALID`] for bad text.
pub fn next_code(text: &[u8], control: i64, lax: bool) -> Result<Option<(i64, u32)>, &'static str> {
    let Ok(mut at) = usize::try_from(control) else {
        return Ok(None);
    };
    if at < text.len() {
        while continues(text, at) {
            at += 1;
        }
    }
    if at >= text.len() {
        return Ok(None);
    }
    match decode(&text[at..], lax) {
        Some((code, length)) if !continues(text, at + length) => Ok(Some((at as i64 + 1, code))),
        _ => Err(INVALID),
    }
}

#[cfg(test)]
mod tests {
    //! Expectations were taken from PUC Lua 5.4.8.

    use super::*;

    fn encoded(code: u32) -> Vec<u8> {
        let mut out = Vec::new();
        encode(code, &mut out);
        out
    }

    #[test]
    fn encodes() {
        for (code, want) in [
            (0, &b"\0"[..]),
            (0x7f, b"\x7f"),
            (0x80, b"\xc2\x80"),
            (0x7ff, b"\xdf\xbf"),
            (0x800, b"\xe0\xa0\x80"),
            (0xd800, b"\xed\xa0\x80"),
            (0xffff, b"\xef\xbf\xbf"),
            (0x10000, b"\xf0\x90\x80\x80"),
            (0x10ffff, b"\xf4\x8f\xbf\xbf"),
            (0x1fffff, b"\xf7\xbf\xbf\xbf"),
            (0x200000, b"\xf8\x88\x80\x80\x80"),
            (0x3ffffff, b"\xfb\xbf\xbf\xbf\xbf"),
            (0x4000000, b"\xfc\x84\x80\x80\x80\x80"),
            (MAX_CODE, b"\xfd\xbf\xbf\xbf\xbf\xbf"),
        ] {
            assert_eq!(encoded(code), want, "{code:#x}");
            assert_eq!(decode(want, true), Some((code, want.len())), "{code:#x}");
        }
    }

    #[test]
    fn encodes_like_std_within_unicode() {
        for code in (0..=MAX_UNICODE).step_by(61) {
            let Some(scalar) = char::from_u32(code) else {
                continue;
            };
            let want = scalar.to_string();
            assert_eq!(encoded(code), want.as_bytes());
            assert_eq!(decode(want.as_bytes(), false), Some((code, want.len())));
        }
    }

    #[test]
    fn rejects() {
        for text in [
            &b""[..],
            b"\x80",
            b"\xbf",
            b"\xc0\x80",
            b"\xc1\xbf",
            b"\xc2",
            b"\xc2a",
            b"\xe0\x80\x80",
            b"\xf0\x80\x80\x80",
            b"\xf8\x80\x80\x80\x80",
            b"\xfc\x80\x80\x80\x80\x80",
            b"\xfe\x84\x80\x80\x80\x80\x80",
            b"\xff\x84\x80\x80\x80\x80\x80\x80",
        ] {
            assert_eq!(decode(text, true), None, "{text:x?}");
        }
        for text in [&b"\xed\xa0\x80"[..], b"\xf4\x90\x80\x80", b"\xfd\xbf\xbf\xbf\xbf\xbf"] {
            assert_eq!(decode(text, false), None, "{text:x?}");
            assert!(decode(text, true).is_some(), "{text:x?}");
        }
    }

    #[test]
    fn counts() {
        let text = "añ€😀".as_bytes();
        assert_eq!(count(text, 0, text.len(), false), Ok(4));
        assert_eq!(count(text, 1, 2, false), Ok(1));
        assert_eq!(count(text, 0, 0, false), Ok(0));
        assert_eq!(count(text, 2, text.len(), false), Err(2));
        assert_eq!(count(b"ab\xff", 0, 3, true), Err(2));
    }

    #[test]
    fn offsets() {
        let text = "añ€😀".as_bytes();
        for (n, from, want) in [
            (1, 0, Ok(Some(0))),
            (3, 0, Ok(Some(3))),
            (5, 0, Ok(Some(10))),
            (6, 0, Ok(None)),
            (-1, 10, Ok(Some(6))),
            (-4, 10, Ok(Some(0))),
            (-5, 10, Ok(None)),
            (0, 5, Ok(Some(3))),
            (0, 10, Ok(Some(10))),
            (1, 10, Ok(Some(10))),
            (2, 10, Ok(None)),
            (1, 2, Err(NOT_AT_START)),
            (-1, 5, Err(NOT_AT_START)),
        ] {
            assert_eq!(offset(text, n, from), want, "{n} from {from}");
        }
    }

    #[test]
    fn iterates() {
        let text = "añ€".as_bytes();
        assert_eq!(next_code(text, 0, false), Ok(Some((1, 0x61))));
        assert_eq!(next_code(text, 1, false), Ok(Some((2, 0xf1))));
        assert_eq!(next_code(text, 2, false), Ok(Some((4, 0x20ac))));
        assert_eq!(next_code(text, 4, false), Ok(None));
        assert_eq!(next_code(text, -1, false), Ok(None));
        assert_eq!(next_code(b"a\xff", 1, true), Err(INVALID));
        assert_eq!(next_code(b"\xc3\xb1\x80", 0, true), Err(INVALID));
    }
}
