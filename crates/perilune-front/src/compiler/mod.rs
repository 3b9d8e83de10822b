//! The compiler: syntax trees to bytecode, in one pass over each top-level statement.
//!
//! `value` holds the half-evaluated values that make the code good, `jumps` their jump lists, `function` the code under
//! construction, `scope` and `labels` what names and labels mean, `limit` the errors about too much of something; the rest follows the syntax. No optimisation needs more
//! than the instruction before: everything takes linear time.

mod assign;
mod expr;
mod fold;
mod function;
mod jumps;
mod labels;
mod limit;
mod loops;
mod operators;
mod scope;
mod statement;
mod value;

use crate::ast::{Line, Stat, StatKind};
use crate::error::{SyntaxError, until_nul};
use crate::intern::Symbol;
use crate::parser::Parser;
use crate::proto::{Proto, UpvalueDesc};
use bumpalo::Bump;
use function::{Function, StringConst};
use limit::Limit;
use scope::{OUTER_ENV, Var};
use std::rc::Rc;

type Compile<T> = Result<T, SyntaxError>;

/// Memory the arena may keep between two top-level statements, in bytes.
const ARENA_KEPT: usize = 1 << 20;

/// Compiles a source text. `chunk_name` is the name given to `load`, such as `@file.lua` or `=stdin`.
///
/// # Errors
/// What PUC Lua rejects, with its messages.
pub fn compile(source: &[u8], chunk_name: &[u8]) -> Result<Proto, SyntaxError> {
    let chunk_name = until_nul(chunk_name);
    let mut limit = None;
    let outcome = compile_once(source, chunk_name, &mut limit);
    outcome.map_err(|error| limit.map_or(error, |limit| limit::name_token(source, chunk_name, &limit)))
}

/// Compiles without the tokens in the messages about limits; where such an error is returned, `limit` tells more.
fn compile_once(source: &[u8], chunk_name: &[u8], limit: &mut Option<Limit>) -> Result<Proto, SyntaxError> {
    let mut compiler = Compiler::new(chunk_name);
    let outcome = compiler.chunk(source);
    *limit = compiler.limit.take();
    let (end_line, eof_line) = outcome?;
    compiler.finish(end_line, eof_line)
}

/// The state of a compilation.
struct Compiler<'s> {
    chunk_name: &'s [u8],
    /// The chunk's name as the prototypes share it.
    source: Rc<[u8]>,
    /// The text of each symbol.
    strings: Vec<Rc<[u8]>>,
    /// For each symbol the position of the variable it names now.
    bindings: Vec<u32>,
    /// For each symbol its place among the constants.
    string_consts: Vec<StringConst>,
    /// The symbol `_ENV`, once it was met.
    env: Option<Symbol>,
    loop_state_name: Rc<[u8]>,
    /// All variables in scope, those of outer functions first.
    vars: Vec<Var>,
    /// The function being compiled.
    f: Function,
    /// The functions around it.
    outer: Vec<Function>,
    /// Functions whose buffers can be used again.
    spent: Vec<Function>,
    /// The limit that was exceeded, if that is the error.
    limit: Option<Limit>,
}

impl<'s> Compiler<'s> {
    fn new(chunk_name: &'s [u8]) -> Self {
        let mut compiler = Self {
            chunk_name,
            source: Rc::from(chunk_name),
            strings: Vec::new(),
            bindings: Vec::new(),
            string_consts: Vec::new(),
            env: None,
            loop_state_name: Rc::from(&b"(for state)"[..]),
            vars: vec![Self::outer_env()],
            f: Function::new(0, 1, Function::default()),
            outer: Vec::new(),
            spent: Vec::new(),
            limit: None,
        };
        let env =
            UpvalueDesc { name: Some(Rc::from(&b"_ENV"[..])), in_stack: true, index: 0, read_only: false, constant: false };
        compiler.f.upvalues.push(env);
        compiler.f.upvalue_vars.push(OUTER_ENV);
        compiler.f.line = 1;
        compiler.enter_block(false);
        compiler.begin_vararg();
        compiler
    }

    /// Compiles all statements. Returns the lines of the last token and of the end of the file.
    fn chunk(&mut self, source: &[u8]) -> Compile<(Line, Line)> {
        let mut parser = Parser::new(source, self.chunk_name);
        let mut arena = Bump::new();
        let mut labels = Vec::new();
        while let Some(stat) = parser.next_statement(&arena)? {
            self.learn_symbols(parser.interner());
            self.top_level(&stat, &mut labels)?;
            if arena.allocated_bytes() > ARENA_KEPT {
                arena = Bump::new();
            } else {
                arena.reset();
            }
        }
        self.define_labels(&mut labels, true)?;
        Ok((parser.last_line(), parser.current_line()))
    }

    /// Compiles a statement of the main chunk. Labels wait in `labels` until it is known whether anything follows them.
    fn top_level<'a>(&mut self, stat: &'a Stat<'a>, labels: &mut Vec<(Symbol, Line)>) -> Compile<()> {
        if let StatKind::Label(name) = stat.kind {
            labels.push((name, stat.line));
            return Ok(());
        }
        self.define_labels(labels, false)?;
        self.statement(stat)
    }

    fn define_labels(&mut self, labels: &mut Vec<(Symbol, Line)>, last: bool) -> Compile<()> {
        while let Some((name, line)) = labels.pop() {
            self.f.line = line;
            self.define_label(name, line, last)?;
        }
        Ok(())
    }

    fn finish(mut self, end_line: Line, eof_line: Line) -> Compile<Proto> {
        self.finish_function(end_line, eof_line)?;
        self.settle_env();
        self.f.last_line_defined = 0;
        Ok(self.f.into_proto(self.source).0)
    }

    fn text(&self, symbol: Symbol) -> &[u8] {
        &self.strings[symbol.0 as usize]
    }

    // Errors.

    fn error(&self, message: impl AsRef<[u8]>) -> SyntaxError {
        SyntaxError::at_line(self.chunk_name, self.f.line, message.as_ref())
    }
}
