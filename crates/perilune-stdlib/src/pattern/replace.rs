//! Replacement strings of `gsub`.

use perilune_front::number::format_int;

use super::{Capture, Match, Matcher, NO_LAST_MATCH, Pattern, PatternError, Stop};

/// Appends a replacement string for the match `found`: `%0` is the match, `%1` to `%9` are captures, `%%` is `%`.
pub fn append_replacement(
    matcher: &Matcher,
    pattern: &Pattern,
    subject: &[u8],
    found: Match,
    replacement: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), PatternError> {
    let mut rest = replacement;
    while let Some(escape) = memchr::memchr(b'%', rest) {
        out.extend_from_slice(&rest[..escape]);
        match rest.get(escape + 1) {
            Some(b'%') => out.push(b'%'),
            Some(b'0') => out.extend_from_slice(&subject[found.start..found.end]),
            Some(digit @ b'1'..=b'9') => {
                append_capture(matcher, pattern, subject, found, usize::from(digit - b'1'), out)?;
            }
            _ => return Err(PatternError::InvalidReplacement),
        }
        rest = &rest[escape + 2..];
    }
    out.extend_from_slice(rest);
    Ok(())
}

fn append_capture(
    matcher: &Matcher,
    pattern: &Pattern,
    subject: &[u8],
    found: Match,
    index: usize,
    out: &mut Vec<u8>,
) -> Result<(), PatternError> {
    match matcher.capture(pattern, found, index)? {
        Capture::Text { start, end } => out.extend_from_slice(&subject[start..end]),
        Capture::Position(position) => format_int(position, out),
    }
    Ok(())
}

/// Appends `subject` with up to `limit` matches replaced by a replacement string, and returns their number.
///
/// When that is zero, nothing has been appended.
pub fn gsub(
    matcher: &mut Matcher,
    pattern: &Pattern,
    subject: &[u8],
    replacement: &[u8],
    limit: usize,
    out: &mut Vec<u8>,
    stop: Stop<'_>,
) -> Result<usize, PatternError> {
    let verbatim = memchr::memchr(b'%', replacement).is_none();
    let mut count = 0;
    let mut copied = 0;
    let mut last = NO_LAST_MATCH;
    while count < limit
        && let Some(found) = matcher.find_next(pattern, subject, copied, last, stop)?
    {
        count += 1;
        out.extend_from_slice(&subject[copied..found.start]);
        if verbatim {
            out.extend_from_slice(replacement);
        } else {
            append_replacement(matcher, pattern, subject, found, replacement, out)?;
        }
        copied = found.end;
        last = found.end;
        if pattern.is_anchored() {
            break;
        }
    }
    if count > 0 {
        out.extend_from_slice(&subject[copied..]);
    }
    Ok(count)
}
