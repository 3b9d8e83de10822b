//! The line editor: rustyline with our completion, colours and history file.

use super::Line;
use super::complete::{Scope, complete};
use super::highlight::highlight;
use perilune_vm::{Thread, Value};
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Helper};
use std::borrow::Cow;
use std::path::PathBuf;

/// Entries kept in the history.
const MAX_HISTORY: usize = 10_000;

/// The line editor and its history.
pub struct Editor {
    editor: rustyline::Editor<Assistant, DefaultHistory>,
    /// Where the history is kept, if it can be.
    file: Option<PathBuf>,
}

impl Editor {
    /// An editor on the terminal of the process; `None` if the terminal is not fit for it.
    pub fn new(t: &mut Thread) -> Option<Editor> {
        if is_simple_terminal() {
            return None;
        }
        let builder = Config::builder()
            .max_history_size(MAX_HISTORY)
            .and_then(|builder| builder.history_ignore_dups(true))
            .unwrap_or_default();
        let config = builder.completion_type(CompletionType::List).build();
        let mut editor = rustyline::Editor::with_config(config).ok()?;
        let empty = t.global().str(b"");
        let scope = Scope { globals: t.globals(), strings: t.metatable(Value::from(empty)) };
        editor.set_helper(Some(Assistant { scope, before: String::new() }));
        let file = history_file();
        if let Some(file) = &file {
            // There is none the first time; one that cannot be read is as good as none.
            let _ = editor.load_history(file);
        }
        Some(Editor { editor, file })
    }

    /// Reads a line; `before` holds the lines of the statement so far.
    pub fn read_line(&mut self, prompt: &[u8], before: &[u8]) -> Line {
        if let Some(assistant) = self.editor.helper_mut() {
            assistant.before = String::from_utf8_lossy(before).into_owned();
        }
        match self.editor.readline(String::from_utf8_lossy(prompt).as_ref()) {
            Ok(line) => Line::Text(line.into_bytes()),
            Err(ReadlineError::Interrupted) => Line::Cancelled,
            Err(_) => Line::End,
        }
    }

    /// Adds a statement to the history, at once also to the file: the process may end at any time.
    pub fn remember(&mut self, text: &[u8]) {
        let text = String::from_utf8_lossy(text);
        let is_new = self.editor.add_history_entry(text.as_ref()).unwrap_or(false);
        if let Some(file) = self.file.as_ref().filter(|_| is_new)
            && self.editor.append_history(file).is_err()
        {
            self.file = None;
        }
    }
}

/// Whether the terminal cannot move its cursor.
fn is_simple_terminal() -> bool {
    std::env::var_os("TERM").is_some_and(|name| name == "dumb" || name == "cons25" || name == "emacs")
}

/// The file for the history, in a directory that exists or was made.
fn history_file() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || std::env::var_os("HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let directory = state.or_else(|| Some(home()?.join(".local/state")))?.join("perilune");
    std::fs::create_dir_all(&directory).ok()?;
    Some(directory.join("history"))
}

/// What the editor asks while a line is being edited.
struct Assistant {
    scope: Scope,
    /// The lines of the statement before this one.
    before: String,
}

impl Completer for Assistant {
    type Candidate = String;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(complete(self.scope, &self.before, &line[..pos]))
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _pos: usize) -> Cow<'l, str> {
        Cow::Owned(highlight(&self.before, line))
    }

    fn highlight_char(&self, _line: &str, _pos: usize, kind: CmdKind) -> bool {
        kind != CmdKind::MoveCursor
    }
}

impl Hinter for Assistant {
    type Hint = String;
}

impl Validator for Assistant {}

impl Helper for Assistant {}
