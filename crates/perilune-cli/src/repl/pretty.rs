//! Readable text for results: tables with their contents, strings quoted.
//!
//! Where a value has `__tostring` or `__name`, the text is that of `tostring`. Tables are shown to a depth of
//! [`MAX_DEPTH`], keys in order: integers, other numbers, strings, the rest.

use super::scan::is_name;
use perilune_vm::table::Position;
use perilune_vm::{Event, NativeResult, Table, Thread, Value};
use std::cmp::Ordering;
use std::fmt::Write;

/// Tables inside of tables that are shown.
const MAX_DEPTH: usize = 4;
/// Fields of one table that are shown.
const MAX_FIELDS: usize = 100;
/// Bytes of a string in a table that are shown.
const MAX_STRING: usize = 200;
/// Columns of a terminal of unknown width.
const USUAL_WIDTH: usize = 80;

/// The text of the last `count` values of the stack.
pub fn results(t: &mut Thread, count: usize) -> String {
    let width = terminal_width();
    let mut printer = Printer { t, path: Vec::new() };
    let texts: Vec<String> = (0..count)
        .rev()
        .map(|depth| {
            let value = printer.t.from_top(depth);
            let node = printer.node(value, true);
            let mut text = String::new();
            node.render(&mut text, 0, width);
            text
        })
        .collect();
    let separator = if texts.iter().any(|text| text.contains('\n')) { "\n" } else { "\t" };
    texts.join(separator)
}

fn terminal_width() -> usize {
    // SAFETY: an all-zero `winsize` is valid, and the call fills it or leaves it as it is.
    let size = unsafe {
        let mut size: libc::winsize = std::mem::zeroed();
        libc::ioctl(libc::STDOUT_FILENO, libc::TIOCGWINSZ, &raw mut size);
        size
    };
    if size.ws_col == 0 { USUAL_WIDTH } else { usize::from(size.ws_col) }
}

// ---- layout ----

/// Text that may be laid out on one line or on several.
#[derive(Debug, PartialEq, Eq)]
enum Node {
    Text(String),
    /// The fields of a table: what stands before each value, and the value.
    Fields(Vec<(String, Node)>),
}

impl Node {
    /// Columns on one line.
    fn width(&self) -> usize {
        match self {
            Node::Text(text) => text.chars().count(),
            Node::Fields(fields) => {
                fields.iter().map(|(key, value)| key.chars().count() + value.width() + 2).sum::<usize>() + 2
            }
        }
    }

    /// Appends the text; `indent` is the column that its lines begin at.
    fn render(&self, out: &mut String, indent: usize, width: usize) {
        match self {
            Node::Text(text) => out.push_str(text),
            Node::Fields(fields) if indent + self.width() < width => {
                out.push('{');
                for (index, (key, value)) in fields.iter().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    out.push_str(key);
                    value.render(out, 0, usize::MAX);
                }
                out.push('}');
            }
            Node::Fields(fields) => {
                out.push_str("{\n");
                for (key, value) in fields {
                    let _ = write!(out, "{:indent$}{key}", "", indent = indent + 2);
                    value.render(out, indent + 2, width);
                    out.push_str(",\n");
                }
                let _ = write!(out, "{:indent$}}}", "");
            }
        }
    }
}

// ---- values ----

struct Printer<'t> {
    t: &'t mut Thread,
    /// The tables around the value in work.
    path: Vec<usize>,
}

impl Printer<'_> {
    fn node(&mut self, value: Value, is_result: bool) -> Node {
        if let Some(text) = value.as_str() {
            let limit = if is_result { usize::MAX } else { MAX_STRING };
            return Node::Text(quote(text.bytes(), limit));
        }
        match value.as_table() {
            Some(table) if self.is_plain(value) => self.table(table),
            _ => Node::Text(self.plain_text(value)),
        }
    }

    fn is_plain(&mut self, value: Value) -> bool {
        self.t.metafield(value, Event::ToString).is_nil() && self.t.metafield(value, Event::Name).is_nil()
    }

    /// What `tostring` makes of a value.
    fn plain_text(&mut self, value: Value) -> String {
        if self.t.check_stack(3, "").is_err() {
            return "?".to_owned();
        }
        let function = self.t.new_native(to_text, &[]);
        self.t.push(function);
        self.t.push(value);
        let outcome = self.t.protected_call_pushed(1);
        let text = self.t.from_top(0).as_str().map_or(String::new(), |text| String::from_utf8_lossy(text.bytes()).into_owned());
        self.t.pop(1);
        if outcome.is_ok() { text } else { format!("<error in __tostring: {text}>") }
    }

    fn table(&mut self, table: Table) -> Node {
        let address = Value::from(table).address();
        if self.path.contains(&address) {
            return Node::Text("<cycle>".to_owned());
        }
        if table.pair_at(Position(0)).is_none() {
            return Node::Text("{}".to_owned());
        }
        if self.path.len() >= MAX_DEPTH {
            return Node::Text("{...}".to_owned());
        }
        self.path.push(address);
        let fields = self.fields(table);
        self.path.pop();
        Node::Fields(fields)
    }

    fn fields(&mut self, table: Table) -> Vec<(String, Node)> {
        let mut fields = Vec::new();
        let length = list_length(table);
        for index in 1..=length.min(MAX_FIELDS) {
            let value = table.get_int(index as i64);
            fields.push((String::new(), self.node(value, false)));
        }
        let others = other_keys(table, length);
        let mut left = length.saturating_sub(MAX_FIELDS) + others.len();
        for &(_, position) in others.iter().take(MAX_FIELDS - fields.len()) {
            left -= 1;
            // A `__tostring` may have changed the table since the keys were listed.
            let Some((key, value, _)) = table.pair_at(position) else { break };
            let key = self.key(key);
            fields.push((key, self.node(value, false)));
        }
        if left > 0 {
            fields.push((String::new(), Node::Text(format!("... ({left} more)"))));
        }
        fields
    }

    fn key(&mut self, key: Value) -> String {
        match key.as_str().map(|key| key.bytes()) {
            Some(name) if is_name(name) => format!("{} = ", String::from_utf8_lossy(name)),
            Some(text) => format!("[{}] = ", quote(text, MAX_STRING)),
            None => format!("[{}] = ", self.plain_text(key)),
        }
    }
}

fn to_text(t: &mut Thread) -> NativeResult {
    let text = t.tostring(t.arg(1))?;
    t.push(text);
    Ok(1)
}

/// How many elements from 1 on follow each other.
fn list_length(table: Table) -> usize {
    (1..=table.len()).take_while(|&index| !table.get_int(index).is_nil()).count()
}

/// What keys are ordered by.
#[derive(PartialEq, PartialOrd)]
enum SortKey {
    Number(f64),
    Text(Vec<u8>),
    /// Keys without an order stay in that of the table.
    Other(usize),
}

/// The keys beyond the list, in order, as positions in the table.
fn other_keys(table: Table, length: usize) -> Vec<(SortKey, Position)> {
    let mut keys = Vec::new();
    let mut position = Position(0);
    while let Some((key, _, next)) = table.pair_at(position) {
        let is_in_list = key.as_int().is_some_and(|int| int >= 1 && int as u64 <= length as u64);
        if !is_in_list {
            let sort_key = match (key.as_number(), key.as_str()) {
                (Some(number), _) => SortKey::Number(number),
                (None, Some(text)) => SortKey::Text(text.bytes().to_vec()),
                (None, None) => SortKey::Other(keys.len()),
            };
            keys.push((sort_key, position));
        }
        position = next;
    }
    keys.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal));
    keys
}

/// A string as a literal; what is beyond `limit` bytes is left out.
fn quote(text: &[u8], limit: usize) -> String {
    let (shown, rest) = text.split_at(text.len().min(limit));
    let mut out = String::with_capacity(shown.len() + 2);
    out.push('"');
    for chunk in shown.utf8_chunks() {
        chunk.valid().chars().for_each(|c| quote_char(&mut out, c));
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02X}");
        }
    }
    out.push('"');
    if !rest.is_empty() {
        out.push_str("...");
    }
    out
}

fn quote_char(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0'..='\x1f' | '\x7f' => {
            let _ = write!(out, "\\x{:02X}", u32::from(c));
        }
        // The other control characters could change what the terminal does.
        '\u{80}'..='\u{9f}' => {
            let _ = write!(out, "\\u{{{:X}}}", u32::from(c));
        }
        _ => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_literals() {
        assert_eq!(quote(b"a\"\\\n\x01\xff\xc3\xa9", 99), "\"a\\\"\\\\\\n\\x01\\xFFé\"");
        assert_eq!(quote(b"abc", 2), "\"ab\"...");
    }

    #[test]
    fn a_table_takes_one_line_if_it_fits() {
        let leaf = |text: &str| Node::Text(text.to_owned());
        let node =
            Node::Fields(vec![(String::new(), leaf("1")), ("x = ".into(), Node::Fields(vec![("y = ".into(), leaf("2"))]))]);
        let render = |width| {
            let mut out = String::new();
            node.render(&mut out, 0, width);
            out
        };
        assert_eq!(render(80), "{1, x = {y = 2}}");
        assert_eq!(render(15), "{\n  1,\n  x = {y = 2},\n}");
        assert_eq!(render(5), "{\n  1,\n  x = {\n    y = 2,\n  },\n}");
    }
}
