//! Interactive mode: reads statements and expressions, runs them, prints their results.
//!
//! With terminals on both sides, input comes from the line [`editor`] and results are shown [`pretty`]; otherwise all is as in
//! PUC Lua built without a line editor.

mod complete;
mod editor;
mod highlight;
mod pretty;
mod scan;

use crate::output;
use editor::Editor;
use perilune_host::call;
use perilune_host::output::{complain, flush, print};
use perilune_stdlib::chunk;
use perilune_stdlib::io::standard::{lock, stdin};
use perilune_vm::{Caught, Thread, Throw, Value};

/// What ends the message for a statement that goes on after the end of the input.
const END_MARK: &[u8] = b"<eof>";

/// Where input comes from.
enum Input {
    /// The line editor.
    Editor(Box<Editor>),
    /// The standard input as it is.
    Plain,
}

/// What was read for a prompt.
pub enum Line {
    /// A line without its end.
    Text(Vec<u8>),
    /// The user has thrown the statement away.
    Cancelled,
    /// The end of the input.
    End,
}

/// A statement that was read.
enum Entry {
    /// It is loaded.
    Function(Value),
    /// It is wrong, with this message.
    Wrong(Vec<u8>),
    /// There is nothing to run.
    Nothing,
    /// The end of the input.
    End,
}

/// Reads and runs statements until the input ends.
pub fn run(t: &mut Thread) -> Result<(), Throw> {
    let editor = if output::is_interactive() { Editor::new(t) } else { None };
    let mut input = editor.map_or(Input::Plain, |editor| Input::Editor(Box::new(editor)));
    let globals = t.globals();
    let usual_print = t.field(globals, "print");
    loop {
        match read_entry(t, &mut input)? {
            Entry::Function(function) => {
                t.push(function);
                match call::call(t, 0) {
                    Ok(results) => show(t, results as usize, &input, usual_print)?,
                    Err(Caught) => {
                        call::report(t, None);
                    }
                }
            }
            Entry::Wrong(message) => complain(None, &message),
            Entry::Nothing => {}
            Entry::End => break,
        }
    }
    output::print_line(b"");
    Ok(())
}

/// Reads a statement: as an expression if it is one, else on as many lines as it takes.
fn read_entry(t: &mut Thread, input: &mut Input) -> Result<Entry, Throw> {
    let mut text = match read_line(t, input, true, b"")? {
        Line::Text(line) => line,
        Line::Cancelled => return Ok(Entry::Nothing),
        Line::End => return Ok(Entry::End),
    };
    if let Some(expression) = text.strip_prefix(b"=") {
        text = [b"return ", expression].concat();
    }
    let expression = [b"return ".as_slice(), &text, b";"].concat();
    if let Ok(function) = load(t, &expression) {
        remember(input, &text);
        return Ok(Entry::Function(function));
    }
    loop {
        let message = match load(t, &text) {
            Ok(function) => {
                remember(input, &text);
                return Ok(Entry::Function(function));
            }
            Err(message) => message,
        };
        if message.ends_with(END_MARK) {
            match read_line(t, input, false, &text)? {
                Line::Text(line) => {
                    text.push(b'\n');
                    text.extend_from_slice(&line);
                    continue;
                }
                Line::Cancelled => return Ok(Entry::Nothing),
                Line::End => {}
            }
        }
        remember(input, &text);
        return Ok(Entry::Wrong(message));
    }
}

fn load(t: &mut Thread, text: &[u8]) -> Result<Value, Vec<u8>> {
    chunk::load(t, text, b"=stdin", b"bt")
}

fn remember(input: &mut Input, text: &[u8]) {
    if let Input::Editor(editor) = input
        && !text.is_empty()
    {
        editor.remember(text);
    }
}

/// Reads a line after a prompt; `before` holds the lines of the statement so far.
fn read_line(t: &mut Thread, input: &mut Input, is_first: bool, before: &[u8]) -> Result<Line, Throw> {
    let prompt = prompt(t, is_first)?;
    Ok(match input {
        Input::Editor(editor) => {
            flush();
            editor.read_line(&prompt, before)
        }
        Input::Plain => {
            print(&prompt);
            flush();
            output::read_line(&mut lock(stdin())).map_or(Line::End, Line::Text)
        }
    })
}

/// What the globals `_PROMPT` and `_PROMPT2` say.
fn prompt(t: &mut Thread, is_first: bool) -> Result<Vec<u8>, Throw> {
    let (name, usual) = if is_first { ("_PROMPT", "> ") } else { ("_PROMPT2", ">> ") };
    let globals = t.globals();
    let value = t.index_field(globals.into(), name)?;
    if value.is_nil() { Ok(usual.as_bytes().to_vec()) } else { Ok(t.tostring(value)?.bytes().to_vec()) }
}

/// Prints the results on the stack and drops them. A `print` of the program's own is used as it is.
fn show(t: &mut Thread, count: usize, input: &Input, usual_print: Value) -> Result<(), Throw> {
    if count == 0 {
        return Ok(());
    }
    t.check_stack(count + 20, "too many results to print")?;
    let globals = t.globals();
    let print = t.index_field(globals.into(), "print")?;
    if matches!(input, Input::Editor(_)) && print == usual_print {
        let text = pretty::results(t, count);
        t.pop(count);
        output::print_line(text.as_bytes());
        return Ok(());
    }
    t.push(print);
    for _ in 0..count {
        let result = t.from_top(count);
        t.push(result);
    }
    let printed = match t.protected_call_pushed(count) {
        Ok(results) => results as usize,
        Err(Caught) => {
            let error = t.from_top(0);
            let text = error.as_str().map_or(b"(null)".as_slice(), |text| text.bytes());
            complain(None, &[b"error calling 'print' (", text, b")"].concat());
            1
        }
    };
    t.pop(printed + count);
    Ok(())
}
