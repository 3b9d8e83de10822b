//! Expressions, table constructors and function bodies.

use super::{Context, FunctionState, Parser};
use crate::ast::{Expr, ExprKind, FunctionBody, Line, TableItem, UnOp};
use crate::intern::Symbol;
use crate::lexer::Result;
use crate::lexer::token::{Kind, UNARY_PRIORITY};

impl Parser<'_> {
    /// `expr`
    #[inline]
    pub(super) fn expr<'a>(&mut self, cx: &mut Context<'a>) -> Result<Expr<'a>> {
        self.sub_expr(cx, 0)
    }

    /// `expr {',' expr}`
    pub(super) fn expr_list<'a>(&mut self, cx: &mut Context<'a>) -> Result<&'a [Expr<'a>]> {
        let first = self.expr(cx)?;
        if self.kind() != Kind::Comma {
            return Ok(std::slice::from_ref(cx.alloc(first)));
        }
        let base = cx.lists.exprs.begin();
        cx.lists.exprs.push(first);
        while self.accept(Kind::Comma)? {
            let next = self.expr(cx)?;
            cx.lists.exprs.push(next);
        }
        Ok(cx.lists.exprs.finish(base, cx.arena))
    }

    /// `(simple | unop expr) {binop expr}` with binary operators of a left priority above `limit`.
    fn sub_expr<'a>(&mut self, cx: &mut Context<'a>, limit: u8) -> Result<Expr<'a>> {
        self.enter()?;
        let op = match self.kind() {
            Kind::Not => Some(UnOp::Not),
            Kind::Minus => Some(UnOp::Neg),
            Kind::Tilde => Some(UnOp::BNot),
            Kind::Hash => Some(UnOp::Len),
            _ => None,
        };
        let first = match op {
            Some(op) => {
                let line = self.line();
                self.advance()?;
                let operand = self.sub_expr(cx, UNARY_PRIORITY)?;
                Expr { line, kind: ExprKind::Unary { op, operand: cx.alloc(operand) } }
            }
            None => self.simple_expr(cx)?,
        };
        let whole = self.binary_tail(cx, first, limit)?;
        self.leave();
        Ok(whole)
    }

    /// The operators and operands that follow `lhs`.
    #[inline]
    fn binary_tail<'a>(&mut self, cx: &mut Context<'a>, mut lhs: Expr<'a>, limit: u8) -> Result<Expr<'a>> {
        loop {
            let priority = self.kind().priority();
            if priority.left <= limit {
                return Ok(lhs);
            }
            let line = self.line();
            self.advance()?;
            let rhs = self.sub_expr(cx, priority.right)?;
            lhs = Expr { line, kind: ExprKind::Binary { op: priority.op, lhs: cx.alloc(lhs), rhs: cx.alloc(rhs) } };
        }
    }

    fn simple_expr<'a>(&mut self, cx: &mut Context<'a>) -> Result<Expr<'a>> {
        let token = self.lexer.token;
        let kind = match token.kind {
            Kind::Int => ExprKind::Int(token.bits as i64),
            Kind::Float => ExprKind::Float(f64::from_bits(token.bits)),
            Kind::String => ExprKind::Str(token.symbol),
            Kind::Nil => ExprKind::Nil,
            Kind::True => ExprKind::True,
            Kind::False => ExprKind::False,
            Kind::Ellipsis if self.function.is_vararg => ExprKind::Vararg,
            Kind::Ellipsis => return Err(self.unexpected("cannot use '...' outside a vararg function")),
            Kind::LeftBrace => return self.table(cx),
            Kind::Function => return self.anonymous_function(cx),
            _ => return self.suffixed_expr(cx),
        };
        self.advance()?;
        Ok(Expr { line: token.line, kind })
    }

    /// `primary {'.' name | '[' expr ']' | ':' name args | args}`
    pub(super) fn suffixed_expr<'a>(&mut self, cx: &mut Context<'a>) -> Result<Expr<'a>> {
        let token = self.lexer.token;
        let primary = match token.kind {
            Kind::Name => {
                self.advance()?;
                Expr { line: token.line, kind: ExprKind::Name(token.symbol) }
            }
            Kind::LeftParen => {
                self.advance()?;
                let inner = self.expr(cx)?;
                self.expect_close(Kind::RightParen, Kind::LeftParen, token.line)?;
                Expr { line: token.line, kind: ExprKind::Paren(cx.alloc(inner)) }
            }
            _ => return Err(self.unexpected("unexpected symbol")),
        };
        self.suffixes(cx, primary)
    }

    #[inline]
    fn suffixes<'a>(&mut self, cx: &mut Context<'a>, mut expr: Expr<'a>) -> Result<Expr<'a>> {
        loop {
            expr = match self.kind() {
                Kind::Dot => {
                    self.advance()?;
                    self.named_field(cx, expr)?
                }
                Kind::LeftBracket => {
                    let (key, line) = self.bracketed_key(cx)?;
                    Expr { line, kind: ExprKind::Index { obj: cx.alloc(expr), key: cx.alloc(key) } }
                }
                Kind::Colon => {
                    self.advance()?;
                    let name = self.expect_name()?;
                    let (line, args) = self.call_args(cx)?;
                    Expr { line, kind: ExprKind::MethodCall { obj: cx.alloc(expr), name, args } }
                }
                Kind::LeftParen | Kind::String | Kind::LeftBrace => {
                    let (line, args) = self.call_args(cx)?;
                    Expr { line, kind: ExprKind::Call { func: cx.alloc(expr), args } }
                }
                _ => return Ok(expr),
            };
        }
    }

    /// The name behind a dot or, in a function's name, a colon.
    pub(super) fn named_field<'a>(&mut self, cx: &mut Context<'a>, obj: Expr<'a>) -> Result<Expr<'a>> {
        let line = self.line();
        let key = Expr { line, kind: ExprKind::Str(self.expect_name()?) };
        Ok(Expr { line, kind: ExprKind::Index { obj: cx.alloc(obj), key: cx.alloc(key) } })
    }

    /// `'[' expr ']'` and the line of its closing bracket, where the reference implementation places the access.
    fn bracketed_key<'a>(&mut self, cx: &mut Context<'a>) -> Result<(Expr<'a>, Line)> {
        self.advance()?;
        let key = self.expr(cx)?;
        let line = self.line();
        self.expect(Kind::RightBracket)?;
        Ok((key, line))
    }

    /// The arguments of a call with the line of their first token.
    fn call_args<'a>(&mut self, cx: &mut Context<'a>) -> Result<(Line, &'a [Expr<'a>])> {
        let token = self.lexer.token;
        let args: &'a [Expr<'a>] = match token.kind {
            Kind::LeftParen => {
                self.advance()?;
                let args = if self.kind() == Kind::RightParen { &[] } else { self.expr_list(cx)? };
                self.expect_close(Kind::RightParen, Kind::LeftParen, token.line)?;
                args
            }
            Kind::LeftBrace => {
                let table = self.table(cx)?;
                std::slice::from_ref(cx.alloc(table))
            }
            Kind::String => {
                self.advance()?;
                std::slice::from_ref(cx.alloc(Expr { line: token.line, kind: ExprKind::Str(token.symbol) }))
            }
            _ => return Err(self.unexpected("function arguments expected")),
        };
        Ok((token.line, args))
    }

    /// `'{' [item {(',' | ';') item} [',' | ';']] '}'`
    fn table<'a>(&mut self, cx: &mut Context<'a>) -> Result<Expr<'a>> {
        let line = self.line();
        self.advance()?;
        let base = cx.lists.items.begin();
        while self.kind() != Kind::RightBrace {
            let item = self.table_item(cx)?;
            cx.lists.items.push(item);
            if !matches!(self.kind(), Kind::Comma | Kind::Semicolon) {
                break;
            }
            self.advance()?;
        }
        let end_line = self.line();
        self.expect_close(Kind::RightBrace, Kind::LeftBrace, line)?;
        let items = cx.lists.items.finish(base, cx.arena);
        Ok(Expr { line, kind: ExprKind::Table { items, end_line } })
    }

    #[inline]
    fn table_item<'a>(&mut self, cx: &mut Context<'a>) -> Result<TableItem<'a>> {
        let token = self.lexer.token;
        match token.kind {
            Kind::Name => {
                self.advance()?;
                if self.kind() != Kind::Assign {
                    return Ok(TableItem::Positional(self.expr_from_name(cx, token.symbol, token.line)?));
                }
                self.keyed_item(cx, Expr { line: token.line, kind: ExprKind::Str(token.symbol) })
            }
            Kind::LeftBracket => {
                let (key, _) = self.bracketed_key(cx)?;
                self.keyed_item(cx, key)
            }
            _ => Ok(TableItem::Positional(self.expr(cx)?)),
        }
    }

    #[inline]
    fn keyed_item<'a>(&mut self, cx: &mut Context<'a>, key: Expr<'a>) -> Result<TableItem<'a>> {
        self.expect(Kind::Assign)?;
        let value = self.expr(cx)?;
        Ok(TableItem::Keyed { key, value })
    }

    /// An expression whose first token, a name, has been taken.
    fn expr_from_name<'a>(&mut self, cx: &mut Context<'a>, name: Symbol, line: Line) -> Result<Expr<'a>> {
        self.enter()?;
        let first = self.suffixes(cx, Expr { line, kind: ExprKind::Name(name) })?;
        let whole = self.binary_tail(cx, first, 0)?;
        self.leave();
        Ok(whole)
    }

    fn anonymous_function<'a>(&mut self, cx: &mut Context<'a>) -> Result<Expr<'a>> {
        let line = self.line();
        self.advance()?;
        let func = self.function_body(cx, self.line(), false)?;
        Ok(Expr { line, kind: ExprKind::Function(func) })
    }

    /// `'(' params ')' block 'end'`. `line` is where the function counts as defined.
    pub(super) fn function_body<'a>(
        &mut self,
        cx: &mut Context<'a>,
        line: Line,
        is_method: bool,
    ) -> Result<&'a FunctionBody<'a>> {
        let outer = std::mem::replace(&mut self.function, FunctionState { line, is_vararg: false, locals: 0 });
        self.expect(Kind::LeftParen)?;
        let params = self.params(cx, is_method)?;
        self.expect(Kind::RightParen)?;
        let body = self.block(cx)?;
        let is_vararg = std::mem::replace(&mut self.function, outer).is_vararg;
        self.expect_close(Kind::End, Kind::Function, line)?;
        Ok(cx.alloc(FunctionBody { line, end_line: body.end_line, next_line: self.line(), params, is_vararg, body }))
    }

    /// `[{name ','} (name | '...')]`
    fn params<'a>(&mut self, cx: &mut Context<'a>, is_method: bool) -> Result<&'a [Symbol]> {
        let base = cx.lists.names.begin();
        if is_method {
            cx.lists.names.push(self.self_name);
            self.declare(1)?;
        }
        while self.kind() != Kind::RightParen {
            match self.kind() {
                Kind::Name => {
                    let name = self.expect_name()?;
                    cx.lists.names.push(name);
                    self.declare(1)?;
                }
                Kind::Ellipsis => {
                    self.function.is_vararg = true;
                    self.advance()?;
                    break;
                }
                _ => return Err(self.unexpected("<name> or '...' expected")),
            }
            if self.kind() != Kind::Comma {
                break;
            }
            self.advance()?;
            if self.kind() == Kind::RightParen {
                return Err(self.unexpected("<name> or '...' expected"));
            }
        }
        Ok(cx.lists.names.finish(base, cx.arena))
    }
}
