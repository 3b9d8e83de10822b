//! Completion of names: reserved words, names of the statement, globals, fields along `a.b.`, methods after `:`.
//!
//! Only looks into tables: no metamethod is called. Tables in `__index` are looked into as well, as an access would find what
//! is there.

use super::scan::{Class, KEYWORDS, is_name, is_name_byte, tokens};
use perilune_vm::table::Position;
use perilune_vm::{Table, Type, Value};
use std::collections::BTreeSet;

/// Most tables in a chain of `__index` fields.
const MAX_CHAIN: usize = 16;

/// What names are looked up in.
#[derive(Clone, Copy)]
pub struct Scope {
    /// The globals.
    pub globals: Table,
    /// The metatable of strings.
    pub strings: Option<Table>,
}

/// The names that may stand at the end of `line` (up to the cursor) and where they would begin. `before` holds the lines of
/// the statement before this one.
#[must_use]
pub fn complete(scope: Scope, before: &str, line: &str) -> (usize, Vec<String>) {
    let bytes = line.as_bytes();
    let start = name_start(bytes, bytes.len());
    let prefix = &bytes[start..];
    if prefix.is_empty() && line.trim().is_empty() {
        // At the start of a line the key indents.
        return (start, vec!["  ".to_owned()]);
    }
    if is_inside_text(before, line) || prefix.first().is_some_and(u8::is_ascii_digit) {
        return (start, Vec::new());
    }
    let mut names = BTreeSet::new();
    match separator(bytes, start) {
        Some(separator) => {
            let wants_method = bytes[separator] == b':';
            if let Some(object) = value_before(scope, bytes, separator) {
                add_fields(scope, object, prefix, wants_method, &mut names);
            }
        }
        None => {
            add_words(before, &line[..start], prefix, &mut names);
            add_fields(scope, scope.globals.into(), prefix, false, &mut names);
        }
    }
    (start, names.into_iter().collect())
}

/// Where the name that ends at `end` begins.
fn name_start(text: &[u8], end: usize) -> usize {
    text[..end].iter().rposition(|&byte| !is_name_byte(byte)).map_or(0, |at| at + 1)
}

/// The `.` or `:` just before `start`; not `..` or `::`.
fn separator(text: &[u8], start: usize) -> Option<usize> {
    let at = start.checked_sub(1)?;
    let byte = text[at];
    let is_doubled = at > 0 && text[at - 1] == byte;
    (matches!(byte, b'.' | b':') && !is_doubled).then_some(at)
}

/// Whether the end of the line is inside of a string or comment.
fn is_inside_text(before: &str, line: &str) -> bool {
    let text = [before, "\n", line].concat();
    // A further character shows whether the last token still goes on.
    let probe = [text.as_bytes(), b" "].concat();
    let last = tokens(&probe).last();
    last.is_some_and(|token| matches!(token.class, Class::String | Class::Comment))
}

/// The value of the names along the path that ends at `end`.
fn value_before(scope: Scope, text: &[u8], end: usize) -> Option<Value> {
    let start = name_start(text, end);
    let name = &text[start..end];
    if name.is_empty() {
        let is_string = matches!(text[..end].last(), Some(b'"' | b'\''));
        return if is_string { scope.strings.and_then(index_table).map(Value::from) } else { None };
    }
    let owner = match separator(text, start) {
        Some(separator) if text[separator] == b'.' => value_before(scope, text, separator)?,
        None if start == 0 || text[start - 1] != b'.' => scope.globals.into(),
        _ => return None,
    };
    let mut found = Value::NIL;
    for table in tables_of(scope, owner) {
        found = raw_field(table, name);
        if !found.is_nil() {
            break;
        }
    }
    (!found.is_nil()).then_some(found)
}

fn raw_field(table: Table, name: &[u8]) -> Value {
    pairs(table).find(|(key, _)| key.as_str().is_some_and(|key| key.bytes() == name)).map_or(Value::NIL, |pair| pair.1)
}

fn pairs(table: Table) -> impl Iterator<Item = (Value, Value)> {
    let mut position = Position(0);
    std::iter::from_fn(move || {
        let (key, value, next) = table.pair_at(position)?;
        position = next;
        Some((key, value))
    })
}

fn index_table(meta: Table) -> Option<Table> {
    raw_field(meta, b"__index").as_table()
}

/// The tables that an access to a value's field looks into.
fn tables_of(scope: Scope, value: Value) -> impl Iterator<Item = Table> {
    let first = match value.type_of() {
        Type::Table => value.as_table(),
        Type::String => scope.strings.and_then(index_table),
        Type::Userdata => value.as_userdata().and_then(|data| data.meta()).and_then(index_table),
        _ => None,
    };
    std::iter::successors(first, |table| table.meta().and_then(index_table)).take(MAX_CHAIN)
}

fn add_fields(scope: Scope, object: Value, prefix: &[u8], only_functions: bool, names: &mut BTreeSet<String>) {
    for table in tables_of(scope, object) {
        for (key, value) in pairs(table) {
            let Some(key) = key.as_str().map(|key| key.bytes()) else { continue };
            if key.starts_with(prefix) && is_name(key) && (!only_functions || value.is_function()) {
                names.insert(String::from_utf8_lossy(key).into_owned());
            }
        }
    }
}

/// Reserved words, and the names that occur in the statement: its local variables are among them.
fn add_words(before: &str, line: &str, prefix: &[u8], names: &mut BTreeSet<String>) {
    if prefix.is_empty() {
        return;
    }
    names.extend(KEYWORDS.iter().filter(|word| word.as_bytes().starts_with(prefix)).map(|&word| word.to_owned()));
    for text in [before, line] {
        for token in tokens(text.as_bytes()).filter(|token| token.class == Class::Name) {
            let name = &text[token.start..token.end];
            if name.as_bytes().starts_with(prefix) {
                names.insert(name.to_owned());
            }
        }
    }
}
