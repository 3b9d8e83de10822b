//! Errors about registers and upvalues, which name the token the parser of PUC Lua has reached when it runs out of them.
//!
//! That parser compiles as it reads; here whole statements are compiled, and trees know lines only. So, to learn the token, the
//! source is compiled once more with each token on a line of its own: then lines number the tokens. Programs that fit the
//! limits pay nothing for this.

use super::{Compile, Compiler, compile_once};
use crate::ast::{Expr, ExprKind, Line};
use crate::error::SyntaxError;
use crate::lexer::Lexer;
use crate::lexer::token::Kind;

/// A limit that was exceeded.
pub(super) struct Limit {
    text: String,
    place: Place,
}

/// Where that was: at the token that is `tokens` tokens behind one on `line`.
#[derive(Clone, Copy)]
struct Place {
    line: Line,
    tokens: usize,
    /// A comma, closing bracket or binary operator found there has been read, too.
    skips: bool,
}

impl Compiler<'_> {
    /// An error whose token is found out by [`name_token`].
    #[cold]
    pub(super) fn limit_error(&mut self, text: String) -> SyntaxError {
        let error = self.error(&text);
        self.limit = Some(Limit { text, place: Place { line: self.f.line, tokens: 1, skips: false } });
        error
    }

    /// Passes on the outcome of putting the value of `expr` into a register. If that failed, the place is behind the
    /// expression and what separates it from the next.
    #[inline]
    pub(super) fn at_end_of<T>(&mut self, expr: &Expr<'_>, outcome: Compile<T>) -> Compile<T> {
        if outcome.is_err() {
            // Functions are put into registers as soon as they are complete.
            let skips = !matches!(expr.kind, ExprKind::Function(_));
            self.place_limit(Place { skips, ..behind(expr) });
        }
        outcome
    }

    /// Passes on the outcome of taking a register for what the token on the current line begins.
    #[inline]
    pub(super) fn at_token<T>(&mut self, outcome: Compile<T>) -> Compile<T> {
        if outcome.is_err() {
            self.place_limit(Place { line: self.f.line, tokens: 0, skips: false });
        }
        outcome
    }

    #[cold]
    fn place_limit(&mut self, place: Place) {
        if let Some(limit) = &mut self.limit {
            limit.place = place;
        }
    }
}

/// The place behind an expression.
fn behind(expr: &Expr<'_>) -> Place {
    let after = |place: Place| Place { tokens: place.tokens + 1, ..place };
    let after_line = |line| Place { line, tokens: 1, skips: false };
    match expr.kind {
        ExprKind::Function(body) => after_line(body.end_line),
        ExprKind::Table { end_line, .. } => after_line(end_line),
        ExprKind::Unary { operand: last, .. } | ExprKind::Binary { rhs: last, .. } => behind(last),
        ExprKind::Paren(inner) => after(behind(inner)),
        ExprKind::Call { args, .. } | ExprKind::MethodCall { args, .. } => match args {
            [] => after(after_line(expr.line)),
            // A string or table without parentheses.
            [only] if only.line == expr.line => behind(only),
            [.., last] => after(behind(last)),
        },
        _ => after_line(expr.line),
    }
}

/// The error about `limit`, which `source` exceeds.
pub(super) fn name_token(source: &[u8], chunk_name: &[u8], limit: &Limit) -> SyntaxError {
    let found = token_at_limit(source, chunk_name);
    let error = found.and_then(|(position, skips)| token_error(source, chunk_name, position, skips, limit).ok());
    // Should the second compilation differ, there is still the text.
    error.unwrap_or_else(|| SyntaxError::at_line(chunk_name, limit.place.line, limit.text.as_bytes()))
}

/// The number of the token at the limit's place, and whether that token may be skipped.
fn token_at_limit(source: &[u8], chunk_name: &[u8]) -> Option<(usize, bool)> {
    let (spread, last_lines) = spread_tokens(source);
    let mut limit = None;
    compile_once(&spread, chunk_name, &mut limit).err()?;
    let Place { line, tokens, skips } = limit?.place;
    Some((last_lines.partition_point(|&last| last < line) + tokens, skips))
}

/// The source with each token on a line of its own, and for each token the line on which it ends.
fn spread_tokens(source: &[u8]) -> (Vec<u8>, Vec<Line>) {
    let mut lexer = Lexer::new(source, b"");
    let (mut spread, mut last_lines) = (Vec::new(), Vec::new());
    // A token may contain newlines: strings do.
    let mut line = 1;
    loop {
        // What cannot be read comes after what failed to compile.
        let read = lexer.advance();
        if read.is_err() || lexer.token.kind == Kind::Eof {
            return (spread, last_lines);
        }
        let text = lexer.token_source();
        spread.extend_from_slice(text);
        spread.push(b'\n');
        line += newlines(text);
        last_lines.push(line);
        line += 1;
    }
}

/// Newlines in `text`, counted as the lexer does.
fn newlines(text: &[u8]) -> Line {
    let is_newline = |byte: u8| matches!(byte, b'\n' | b'\r');
    let (mut count, mut position) = (0, 0);
    while position < text.len() {
        if is_newline(text[position]) {
            count += 1;
            let second = text.get(position + 1).copied().unwrap_or(0);
            position += usize::from(is_newline(second) && second != text[position]);
        }
        position += 1;
    }
    count
}

/// The error at token number `position`, or behind it if it is skipped.
fn token_error(
    source: &[u8],
    chunk_name: &[u8],
    position: usize,
    skips: bool,
    limit: &Limit,
) -> crate::lexer::Result<SyntaxError> {
    let mut lexer = Lexer::new(source, chunk_name);
    for _ in 0..=position {
        lexer.advance()?;
    }
    let belongs = |kind: Kind| {
        let closes = matches!(kind, Kind::Comma | Kind::RightParen | Kind::RightBrace | Kind::RightBracket);
        closes || kind.priority().left > 0
    };
    if skips && belongs(lexer.token.kind) {
        lexer.advance()?;
    }
    Ok(*lexer.error_at_token(limit.text.as_bytes()))
}
