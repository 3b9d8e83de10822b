//! Tokens to the syntax tree, by recursive descent and, for binary operators, by precedence climbing.
//!
//! [`Parser::next_statement`] yields the statements of a chunk one at a time, so that whoever consumes them can free each
//! before the next is read. Expressions live in `expression`, statements in `statement`.
//!
//! Names are not looked up here: missing labels, assignments to constants and the limit on upvalues are the compiler's. Local
//! variables are counted, as the error names the token at which there are too many.
//!
//! What nests in the grammar recurses, up to [`MAX_NESTING`]; what chains (`a.b.c`, `a + b + c`, `elseif`) is read in loops.

mod expression;
mod scratch;
mod statement;

use bumpalo::Bump;

use crate::ast::{Block, Line, Stat};
use crate::error::SyntaxError;
use crate::intern::{Interner, Symbol};
use crate::lexer::token::Kind;
use crate::lexer::{Lexer, Result};
use scratch::Lists;

/// Statements, expressions and assignment targets may be nested this deep. It is what the reference implementation's limit of
/// 200 C calls leaves to a chunk that is loaded from the main chunk of a script.
pub const MAX_NESTING: u32 = 197;

/// A function may have this many local variables in scope, those that loops keep their state in included.
pub const MAX_LOCALS: u32 = 200;

/// Reads the statements of one chunk.
pub struct Parser<'s> {
    lexer: Lexer<'s>,
    /// Line of the token before.
    last_line: Line,
    nesting: u32,
    function: FunctionState,
    /// Whether the first token has been read.
    started: bool,
    /// Whether a top-level `return` has been read.
    returned: bool,
    /// The symbol of `self`.
    self_name: Symbol,
    /// Unused lists whose memory the next statement takes over.
    lists: Lists<'static>,
}

/// What is known of the function being read.
#[derive(Clone, Copy)]
struct FunctionState {
    /// Where it is defined; 0 for the main chunk.
    line: Line,
    /// Whether it takes `...`.
    is_vararg: bool,
    /// Local variables in scope.
    locals: u32,
}

/// Where the nodes of one statement go.
struct Context<'a> {
    arena: &'a Bump,
    lists: Lists<'a>,
}

impl<'a> Context<'a> {
    #[inline]
    fn alloc<T: Copy>(&self, value: T) -> &'a T {
        self.arena.alloc(value)
    }
}

impl<'s> Parser<'s> {
    /// A parser at the start of `source`. `chunk_name` is the name as given to `load` (`=stdin`, `@file.lua`, or a text),
    /// used in error messages.
    #[must_use]
    pub fn new(source: &'s [u8], chunk_name: &[u8]) -> Self {
        let mut lexer = Lexer::new(source, chunk_name);
        let self_name = lexer.interner.intern(b"self");
        Self {
            lexer,
            last_line: 1,
            nesting: 0,
            function: FunctionState { line: 0, is_vararg: true, locals: 0 },
            started: false,
            returned: false,
            self_name,
            lists: Lists::default(),
        }
    }

    /// The next statement of the chunk, its nodes in `arena`; `None` at the end of the file. After an error the parser may
    /// only be asked for its interner.
    ///
    /// # Errors
    /// The source is malformed, or nested deeper than [`MAX_NESTING`].
    pub fn next_statement<'a>(&mut self, arena: &'a Bump) -> std::result::Result<Option<Stat<'a>>, SyntaxError> {
        self.next_statement_boxed(arena).map_err(|error| *error)
    }

    fn next_statement_boxed<'a>(&mut self, arena: &'a Bump) -> Result<Option<Stat<'a>>> {
        self.start()?;
        self.skip_semicolons()?;
        if self.returned || self.kind().ends_block() {
            return if self.kind() == Kind::Eof { Ok(None) } else { Err(self.expected(Kind::Eof)) };
        }
        self.returned = self.kind() == Kind::Return;
        let mut context = Context { arena, lists: std::mem::take(&mut self.lists) };
        let stat = self.statement(&mut context)?;
        self.lists = context.lists.recycle();
        Ok(Some(stat))
    }

    /// The whole chunk; its `end_line` is the last line of the source.
    ///
    /// # Errors
    /// As for [`Self::next_statement`].
    pub fn parse_chunk<'a>(&mut self, arena: &'a Bump) -> std::result::Result<Block<'a>, SyntaxError> {
        let mut stats = Vec::new();
        while let Some(stat) = self.next_statement(arena)? {
            stats.push(stat);
        }
        Ok(Block { stats: arena.alloc_slice_copy(&stats), end_line: self.current_line() })
    }

    /// Whether nothing but semicolons is left of the chunk. A label there counts as outside the scopes of the chunk's locals.
    ///
    /// # Errors
    /// The lexer's, on the token after a semicolon.
    pub fn at_end(&mut self) -> std::result::Result<bool, SyntaxError> {
        self.start().and_then(|()| self.skip_semicolons()).map_err(|error| *error)?;
        Ok(self.kind() == Kind::Eof)
    }

    /// The line of the token that follows what has been read so far; of the end of the file once that is reached.
    #[must_use]
    pub fn current_line(&self) -> Line {
        self.line()
    }

    /// The line of the last token read as part of what has been read so far.
    #[must_use]
    pub fn last_line(&self) -> Line {
        self.last_line
    }

    /// The names and strings read so far.
    #[must_use]
    pub fn interner(&self) -> &Interner {
        &self.lexer.interner
    }

    /// The same, to add names of the compiler's own.
    pub fn interner_mut(&mut self) -> &mut Interner {
        &mut self.lexer.interner
    }

    /// Gives up the parser for its names and strings.
    #[must_use]
    pub fn into_interner(self) -> Interner {
        self.lexer.interner
    }

    /// The name the chunk was given.
    #[must_use]
    pub fn chunk_name(&self) -> &[u8] {
        self.lexer.chunk_name()
    }

    /// An error found by a later stage: `chunk:line: text`.
    #[must_use]
    pub fn error_at_line(&self, line: Line, text: &[u8]) -> SyntaxError {
        SyntaxError::at_line(self.chunk_name(), line, text)
    }

    /// An error found by a later stage at the current token: `chunk:line: text near 'token'`, with the current line.
    #[must_use]
    pub fn error_near(&self, text: &[u8]) -> SyntaxError {
        *self.lexer.error_at_token(text)
    }

    fn start(&mut self) -> Result<()> {
        if !self.started {
            self.started = true;
            self.advance()?;
        }
        Ok(())
    }

    fn skip_semicolons(&mut self) -> Result<()> {
        // A `return` takes the only semicolon that may follow it.
        while self.kind() == Kind::Semicolon && !self.returned {
            self.advance()?;
        }
        Ok(())
    }

    /// The kind of the token to be looked at next.
    #[inline]
    fn kind(&self) -> Kind {
        self.lexer.token.kind
    }

    /// Its line.
    #[inline]
    fn line(&self) -> Line {
        self.lexer.token.line
    }

    #[inline]
    fn advance(&mut self) -> Result<()> {
        self.last_line = self.line();
        self.lexer.advance()
    }

    /// Takes the current token if it is a `kind`.
    #[inline]
    fn accept(&mut self, kind: Kind) -> Result<bool> {
        let found = self.kind() == kind;
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// Takes the current token, which must be a `kind`.
    #[inline]
    fn expect(&mut self, kind: Kind) -> Result<()> {
        if self.kind() != kind {
            return Err(self.expected(kind));
        }
        self.advance()
    }

    /// Takes the current token, which must be the `close` of the `open` at `line`.
    #[inline]
    fn expect_close(&mut self, close: Kind, open: Kind, line: Line) -> Result<()> {
        if self.kind() != close {
            return Err(self.unclosed(close, open, line));
        }
        self.advance()
    }

    /// Takes a name.
    #[inline]
    fn expect_name(&mut self) -> Result<Symbol> {
        let symbol = self.lexer.token.symbol;
        self.expect(Kind::Name)?;
        Ok(symbol)
    }

    /// Counts new local variables; the last one's name has been taken.
    #[inline]
    fn declare(&mut self, count: u32) -> Result<()> {
        self.function.locals += count;
        if self.function.locals > MAX_LOCALS {
            return Err(self.too_many_locals());
        }
        Ok(())
    }

    #[cold]
    fn too_many_locals(&self) -> Box<SyntaxError> {
        let place = match self.function.line {
            0 => "main function".to_owned(),
            line => format!("function at line {line}"),
        };
        self.unexpected(&format!("too many local variables (limit is {MAX_LOCALS}) in {place}"))
    }

    #[inline]
    fn enter(&mut self) -> Result<()> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(Box::new(SyntaxError::bare("C stack overflow")));
        }
        Ok(())
    }

    #[inline]
    fn leave(&mut self) {
        self.nesting -= 1;
    }

    #[cold]
    fn expected(&self, kind: Kind) -> Box<SyntaxError> {
        self.unexpected(&format!("{} expected", kind.describe()))
    }

    #[cold]
    fn unclosed(&self, close: Kind, open: Kind, line: Line) -> Box<SyntaxError> {
        if line == self.line() {
            return self.expected(close);
        }
        self.unexpected(&format!("{} expected (to close {} at line {line})", close.describe(), open.describe()))
    }

    /// An error at the current token.
    #[cold]
    fn unexpected(&self, text: &str) -> Box<SyntaxError> {
        self.lexer.error_at_token(text.as_bytes())
    }
}

#[cfg(test)]
mod tests;
