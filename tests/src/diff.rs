//! A readable account of how an output differs from the expected one.

use std::fmt::Write;

/// Lines shown around the differing part.
const CONTEXT: usize = 3;
/// Lines of each side shown at most.
const LIMIT: usize = 30;

/// Describes the difference between two texts, or gives `None` when they are equal.
///
/// The common head and tail are cut off; what is left stands between a few lines of context, expected lines marked
/// with `-` and actual ones with `+`. Bytes that are not UTF-8 are shown as escapes.
pub fn describe(expected: &[u8], actual: &[u8]) -> Option<String> {
    if expected == actual {
        return None;
    }
    let (old, new) = (lines(expected), lines(actual));
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);
    let mut text = format!("@@ line {}\n", head + 1);
    show(&mut text, ' ', &old[head.saturating_sub(CONTEXT)..head]);
    show(&mut text, '-', &old[head..old_end]);
    show(&mut text, '+', &new[head..new_end]);
    show(&mut text, ' ', &old[old_end..old.len().min(old_end + CONTEXT)]);
    Some(text)
}

fn lines(text: &[u8]) -> Vec<String> {
    let mut lines: Vec<String> = text.split(|b| *b == b'\n').map(printable).collect();
    match lines.last() {
        Some(last) if last.is_empty() => drop(lines.pop()),
        Some(_) => lines.push("\\ no newline at the end".to_owned()),
        None => {}
    }
    lines
}

fn printable(line: &[u8]) -> String {
    let mut shown = String::new();
    for chunk in line.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\t' => shown.push('\t'),
                c if c.is_control() => shown.extend(c.escape_default()),
                c => shown.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

fn show(text: &mut String, mark: char, lines: &[String]) {
    for line in lines.iter().take(LIMIT) {
        let _ = writeln!(text, "{mark}{line}");
    }
    if lines.len() > LIMIT {
        let _ = writeln!(text, "{mark}... {} more lines", lines.len() - LIMIT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_no_difference() {
        assert_eq!(describe(b"a\nb\n", b"a\nb\n"), None);
    }

    #[test]
    fn shows_the_differing_lines_in_context() {
        let text = describe(b"a\nb\nc\nd\n", b"a\nb\nX\nY\nd\n").unwrap();
        assert_eq!(text, "@@ line 3\n a\n b\n-c\n+X\n+Y\n d\n");
    }

    #[test]
    fn marks_a_missing_newline_and_odd_bytes() {
        assert_eq!(describe(b"a\n", b"a").unwrap(), "@@ line 2\n a\n+\\ no newline at the end\n");
        assert_eq!(describe(b"\xff\n", b"\x01\n").unwrap(), "@@ line 1\n-\\xff\n+\\u{1}\n");
    }
}
