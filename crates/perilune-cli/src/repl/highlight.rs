//! Colours for a line of input.

use super::scan::{Class, tokens};

/// The colour of a class, as the number of an ANSI sequence.
fn colour(class: Class) -> Option<&'static str> {
    match class {
        Class::Keyword => Some("1;34"),
        Class::Number => Some("36"),
        Class::String => Some("32"),
        Class::Comment => Some("90"),
        Class::Name | Class::Other => None,
    }
}

/// The line with colours. `before` holds the lines before it, in which a long string or comment may have begun.
#[must_use]
pub fn highlight(before: &str, line: &str) -> String {
    let text = if before.is_empty() { line.to_owned() } else { format!("{before}\n{line}") };
    let begin = text.len() - line.len();
    let mut out = String::with_capacity(line.len() * 2);
    for token in tokens(text.as_bytes()).filter(|token| token.end > begin) {
        let piece = &text[token.start.max(begin)..token.end];
        match colour(token.class) {
            Some(colour) => out.extend(["\x1b[", colour, "m", piece, "\x1b[0m"]),
            None => out.push_str(piece),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_and_strings_get_colours() {
        assert_eq!(highlight("", "if x == 'é'"), "\x1b[1;34mif\x1b[0m x == \x1b[32m'é'\x1b[0m");
    }

    #[test]
    fn a_long_string_goes_on_from_the_line_before() {
        assert_eq!(highlight("x = [[a", "b]] 1"), "\x1b[32mb]]\x1b[0m \x1b[36m1\x1b[0m");
    }
}
