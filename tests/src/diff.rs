//! A readable account of how an output differs from the expected one.

use std::fmt::Write;

/// Lines shown around each difference.
const CONTEXT: usize = 2;
/// Lines shown at most.
const LIMIT: usize = 80;
/// Product of the line counts above which no common subsequence is looked for.
const EFFORT: usize = 4_000_000;

/// One line of the comparison: `' '` for a common line, `'-'` for an expected one, `'+'` for an actual one.
#[derive(Debug)]
struct Edit {
    mark: char,
    line: String,
}

/// Describes the difference between two texts, or gives `None` when they are equal.
///
/// Expected lines are marked with `-`, actual ones with `+`, and differences far apart are separated by `...`.
/// Bytes that are not UTF-8 are shown as escapes.
pub fn describe(expected: &[u8], actual: &[u8]) -> Option<String> {
    if expected == actual {
        return None;
    }
    let script = edits(lines(expected), lines(actual));
    let mut text = String::new();
    let (mut shown, mut skipped) = (0, false);
    for (i, edit) in script.iter().enumerate() {
        let around = &script[i.saturating_sub(CONTEXT)..script.len().min(i + CONTEXT + 1)];
        if around.iter().all(|e| e.mark == ' ') {
            skipped = true;
            continue;
        }
        if shown == LIMIT {
            let _ = writeln!(text, "... and so on");
            break;
        }
        if skipped {
            let _ = writeln!(text, "...");
            skipped = false;
        }
        let _ = writeln!(text, "{}{}", edit.mark, edit.line);
        shown += 1;
    }
    Some(text)
}

/// The lines of both texts merged along a longest common subsequence.
fn edits(old: Vec<String>, new: Vec<String>) -> Vec<Edit> {
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_middle, new_middle) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut script: Vec<Edit> = old[..head].iter().map(|l| edit(' ', l)).collect();
    if old_middle.len() * new_middle.len() <= EFFORT {
        merge(old_middle, new_middle, &mut script);
    } else {
        script.extend(old_middle.iter().map(|l| edit('-', l)));
        script.extend(new_middle.iter().map(|l| edit('+', l)));
    }
    script.extend(old[old.len() - tail..].iter().map(|l| edit(' ', l)));
    script
}

fn edit(mark: char, line: &str) -> Edit {
    Edit { mark, line: line.to_owned() }
}

/// Appends the edit script of two lists of lines, found with the table of their common subsequences' lengths.
fn merge(old: &[String], new: &[String], script: &mut Vec<Edit>) {
    let width = new.len() + 1;
    let mut length = vec![0u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            length[i * width + j] = if old[i] == new[j] {
                length[(i + 1) * width + j + 1] + 1
            } else {
                length[(i + 1) * width + j].max(length[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            script.push(edit(' ', &old[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && (j == new.len() || length[(i + 1) * width + j] >= length[i * width + j + 1]) {
            script.push(edit('-', &old[i]));
            i += 1;
        } else {
            script.push(edit('+', &new[j]));
            j += 1;
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_no_difference() {
        assert_eq!(describe(b"a\nb\n", b"a\nb\n"), None);
    }

    #[test]
    fn shows_the_differing_lines_in_context() {
        let text = describe(b"a\nb\nc\nd\ne\n", b"a\nb\nX\nY\nd\ne\n").unwrap();
        assert_eq!(text, " a\n b\n-c\n+X\n+Y\n d\n e\n");
    }

    #[test]
    fn separates_distant_differences() {
        let text = describe(b"1\n2\n3\n4\n5\n6\n7\n8\n9\n", b"x\n2\n3\n4\n5\n6\n7\n8\ny\n").unwrap();
        assert_eq!(text, "-1\n+x\n 2\n 3\n...\n 7\n 8\n-9\n+y\n");
    }

    #[test]
    fn marks_a_missing_newline_and_odd_bytes() {
        assert_eq!(describe(b"a\n", b"a").unwrap(), " a\n+\\ no newline at the end\n");
        assert_eq!(describe(b"\xff\n", b"\x01\n").unwrap(), "-\\xff\n+\\u{1}\n");
    }
}
