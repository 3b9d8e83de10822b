//! A JSON value and its printer: results are only written, never read.

use std::fmt;

/// A JSON value. Objects keep the order of their members.
#[derive(Clone, Debug)]
pub enum Json {
    /// `null`
    Null,
    /// A number; infinities and NaN, which JSON lacks, are printed as `null`.
    Number(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// An object of the given members.
    pub fn object<const N: usize>(members: [(&str, Json); N]) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// An array of numbers.
    pub fn numbers(values: &[f64]) -> Self {
        Self::List(values.iter().map(|&value| Self::Number(value)).collect())
    }

    /// A string.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    fn is_flat(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Object(_))
    }

    fn print(&self, out: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        match self {
            Self::Null => out.write_str("null"),
            Self::Number(value) if value.is_finite() => write!(out, "{value}"),
            Self::Number(_) => out.write_str("null"),
            Self::Text(text) => print_text(out, text),
            Self::List(items) if items.iter().all(Self::is_flat) => {
                out.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    out.write_str(if index == 0 { "" } else { ", " })?;
                    item.print(out, depth)?;
                }
                out.write_str("]")
            }
            Self::List(items) => print_lines(out, depth, "[]", items, |out, item| item.print(out, depth + 1)),
            Self::Object(members) => print_lines(out, depth, "{}", members, |out, (name, value)| {
                print_text(out, name)?;
                out.write_str(": ")?;
                value.print(out, depth + 1)
            }),
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.print(out, 0)
    }
}

/// Prints the items one a line between the two brackets.
fn print_lines<T>(
    out: &mut fmt::Formatter<'_>,
    depth: usize,
    brackets: &str,
    items: &[T],
    mut print: impl FnMut(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    if items.is_empty() {
        return out.write_str(brackets);
    }
    out.write_str(&brackets[..1])?;
    for (index, item) in items.iter().enumerate() {
        write!(out, "{}\n{:width$}", if index == 0 { "" } else { "," }, "", width = 2 * depth + 2)?;
        print(out, item)?;
    }
    write!(out, "\n{:width$}{}", "", &brackets[1..], width = 2 * depth)
}

fn print_text(out: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    out.write_str("\"")?;
    for char in text.chars() {
        match char {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            control if (control as u32) < 0x20 => write!(out, "\\u{:04x}", control as u32)?,
            plain => write!(out, "{plain}")?,
        }
    }
    out.write_str("\"")
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[test]
    fn prints_nested_values() {
        let value = Json::object([
            ("name", Json::text("a \"b\"\n\u{1}")),
            ("samples", Json::numbers(&[1.0, 0.25, f64::NAN])),
            ("none", Json::List(vec![])),
            ("nested", Json::List(vec![Json::object([("x", Json::Null)])])),
        ]);
        let expected = "{\n  \"name\": \"a \\\"b\\\"\\n\\u0001\",\n  \"samples\": [1, 0.25, null],\n  \"none\": [],\n  \"nested\": [\n    {\n      \"x\": null\n    }\n  ]\n}";
        assert_eq!(value.to_string(), expected);
    }
}
