//! Statements and blocks.

use super::{Context, Parser};
use crate::ast::{Attrib, Block, Expr, ExprKind, IfArm, Line, LocalName, Stat, StatKind};
use crate::intern::Symbol;
use crate::lexer::Result;
use crate::lexer::token::Kind;

/// Hidden local variables of a numeric `for`: count, limit and step.
const NUMERIC_FOR_STATE: u32 = 3;

/// Hidden local variables of a generic `for`: iterator, state, control variable and closing value.
const GENERIC_FOR_STATE: u32 = 4;

impl Parser<'_> {
    /// `{statement}` up to a token that ends a block, which stays.
    pub(super) fn block<'a>(&mut self, cx: &mut Context<'a>) -> Result<Block<'a>> {
        let base = cx.lists.stats.begin();
        let locals = self.function.locals;
        while !self.kind().ends_block() {
            if self.kind() == Kind::Semicolon {
                self.advance()?;
                continue;
            }
            let is_return = self.kind() == Kind::Return;
            let stat = self.statement(cx)?;
            cx.lists.stats.push(stat);
            if is_return {
                break;
            }
        }
        self.function.locals = locals;
        Ok(Block { stats: cx.lists.stats.finish(base, cx.arena), end_line: self.line() })
    }

    /// Any statement but the empty one.
    pub(super) fn statement<'a>(&mut self, cx: &mut Context<'a>) -> Result<Stat<'a>> {
        self.enter()?;
        let line = self.line();
        let kind = match self.kind() {
            Kind::If => self.if_stat(cx, line)?,
            Kind::While => self.while_stat(cx, line)?,
            Kind::Do => {
                self.advance()?;
                StatKind::Do(self.closed_block(cx, Kind::End, Kind::Do, line)?)
            }
            Kind::For => self.for_stat(cx, line)?,
            Kind::Repeat => self.repeat_stat(cx, line)?,
            Kind::Function => self.function_stat(cx, line)?,
            Kind::Local => self.local_stat(cx)?,
            Kind::DoubleColon => {
                self.advance()?;
                let name = self.expect_name()?;
                self.expect(Kind::DoubleColon)?;
                StatKind::Label(name)
            }
            Kind::Return => self.return_stat(cx)?,
            Kind::Break => {
                self.advance()?;
                StatKind::Break
            }
            Kind::Goto => {
                self.advance()?;
                StatKind::Goto(self.expect_name()?)
            }
            _ => self.expr_stat(cx)?,
        };
        self.leave();
        Ok(Stat { line, kind })
    }

    /// A block and its `close`, which matches the `open` at `line`.
    fn closed_block<'a>(&mut self, cx: &mut Context<'a>, close: Kind, open: Kind, line: Line) -> Result<Block<'a>> {
        let block = self.block(cx)?;
        self.expect_close(close, open, line)?;
        Ok(block)
    }

    /// `if cond then block {elseif cond then block} [else block] end`
    fn if_stat<'a>(&mut self, cx: &mut Context<'a>, line: Line) -> Result<StatKind<'a>> {
        let base = cx.lists.arms.begin();
        loop {
            self.advance()?;
            let cond = self.expr(cx)?;
            let then_line = self.current_line();
            self.expect(Kind::Then)?;
            let body = self.block(cx)?;
            cx.lists.arms.push(IfArm { cond, then_line, body });
            if self.kind() != Kind::ElseIf {
                break;
            }
        }
        let otherwise = if self.accept(Kind::Else)? { Some(self.block(cx)?) } else { None };
        self.expect_close(Kind::End, Kind::If, line)?;
        Ok(StatKind::If { arms: cx.lists.arms.finish(base, cx.arena), otherwise })
    }

    /// `while cond do block end`
    fn while_stat<'a>(&mut self, cx: &mut Context<'a>, line: Line) -> Result<StatKind<'a>> {
        self.advance()?;
        let cond = self.expr(cx)?;
        self.expect(Kind::Do)?;
        let body = self.closed_block(cx, Kind::End, Kind::While, line)?;
        Ok(StatKind::While { cond: cx.alloc(cond), body })
    }

    /// `repeat block until cond`
    fn repeat_stat<'a>(&mut self, cx: &mut Context<'a>, line: Line) -> Result<StatKind<'a>> {
        self.advance()?;
        let body = self.closed_block(cx, Kind::Until, Kind::Repeat, line)?;
        let cond = self.expr(cx)?;
        Ok(StatKind::Repeat { body, cond: cx.alloc(cond) })
    }

    /// `for name = …` or `for names in …`
    fn for_stat<'a>(&mut self, cx: &mut Context<'a>, line: Line) -> Result<StatKind<'a>> {
        self.advance()?;
        let first = self.expect_name()?;
        let locals = self.function.locals;
        let stat = match self.kind() {
            Kind::Assign => self.numeric_for(cx, first, line)?,
            Kind::Comma | Kind::In => self.generic_for(cx, first, line)?,
            _ => return Err(self.unexpected("'=' or 'in' expected")),
        };
        self.function.locals = locals;
        Ok(stat)
    }

    fn numeric_for<'a>(&mut self, cx: &mut Context<'a>, var: Symbol, line: Line) -> Result<StatKind<'a>> {
        self.declare(NUMERIC_FOR_STATE + 1)?;
        self.expect(Kind::Assign)?;
        let start = self.expr(cx)?;
        self.expect(Kind::Comma)?;
        let limit = self.expr(cx)?;
        let step = if self.accept(Kind::Comma)? { Some(self.expr(cx)?) } else { None };
        self.expect(Kind::Do)?;
        let body = self.closed_block(cx, Kind::End, Kind::For, line)?;
        Ok(StatKind::NumericFor {
            var,
            start: cx.alloc(start),
            limit: cx.alloc(limit),
            step: step.map(|step| cx.alloc(step)),
            body,
        })
    }

    fn generic_for<'a>(&mut self, cx: &mut Context<'a>, first: Symbol, line: Line) -> Result<StatKind<'a>> {
        let base = cx.lists.names.begin();
        cx.lists.names.push(first);
        self.declare(GENERIC_FOR_STATE + 1)?;
        while self.accept(Kind::Comma)? {
            let name = self.expect_name()?;
            cx.lists.names.push(name);
            self.declare(1)?;
        }
        let names = cx.lists.names.finish(base, cx.arena);
        self.expect(Kind::In)?;
        let exprs = self.expr_list(cx)?;
        self.expect(Kind::Do)?;
        let body = self.closed_block(cx, Kind::End, Kind::For, line)?;
        Ok(StatKind::GenericFor { names, exprs, body })
    }

    /// `function name {'.' name} [':' name] body`
    fn function_stat<'a>(&mut self, cx: &mut Context<'a>, line: Line) -> Result<StatKind<'a>> {
        self.advance()?;
        let name_line = self.line();
        let mut target = Expr { line: name_line, kind: ExprKind::Name(self.expect_name()?) };
        while self.accept(Kind::Dot)? {
            target = self.named_field(cx, target)?;
        }
        let is_method = self.accept(Kind::Colon)?;
        if is_method {
            target = self.named_field(cx, target)?;
        }
        let func = self.function_body(cx, line, is_method)?;
        Ok(StatKind::Function { target: cx.alloc(target), func })
    }

    /// `local function name body` or `local name attrib {',' name attrib} ['=' exprs]`
    fn local_stat<'a>(&mut self, cx: &mut Context<'a>) -> Result<StatKind<'a>> {
        self.advance()?;
        if self.accept(Kind::Function)? {
            let name = self.expect_name()?;
            self.declare(1)?;
            let func = self.function_body(cx, self.line(), false)?;
            return Ok(StatKind::LocalFunction { name, func });
        }
        let names = self.local_names(cx)?;
        let exprs: &'a [Expr<'a>] = if self.accept(Kind::Assign)? { self.expr_list(cx)? } else { &[] };
        Ok(StatKind::Local { names, exprs })
    }

    fn local_names<'a>(&mut self, cx: &mut Context<'a>) -> Result<&'a [LocalName]> {
        let base = cx.lists.locals.begin();
        let mut has_close = false;
        loop {
            let name = self.expect_name()?;
            self.declare(1)?;
            let attrib = self.attrib()?;
            if attrib == Attrib::Close && std::mem::replace(&mut has_close, true) {
                return Err(self.lexer.error("multiple to-be-closed variables in local list"));
            }
            cx.lists.locals.push(LocalName { name, attrib });
            if !self.accept(Kind::Comma)? {
                return Ok(cx.lists.locals.finish(base, cx.arena));
            }
        }
    }

    /// `['<' name '>']`
    #[inline]
    fn attrib(&mut self) -> Result<Attrib> {
        if !self.accept(Kind::Less)? {
            return Ok(Attrib::None);
        }
        let symbol = self.expect_name()?;
        self.expect(Kind::Greater)?;
        match self.interner().get(symbol) {
            b"const" => Ok(Attrib::Const),
            b"close" => Ok(Attrib::Close),
            // The text of a name is ASCII.
            other => Err(self.lexer.error(&format!("unknown attribute '{}'", other.escape_ascii()))),
        }
    }

    /// `return [exprs] [';']`
    fn return_stat<'a>(&mut self, cx: &mut Context<'a>) -> Result<StatKind<'a>> {
        self.advance()?;
        let is_empty = self.kind().ends_block() || self.kind() == Kind::Semicolon;
        let exprs: &'a [Expr<'a>] = if is_empty { &[] } else { self.expr_list(cx)? };
        self.accept(Kind::Semicolon)?;
        Ok(StatKind::Return(exprs))
    }

    /// A call or an assignment.
    fn expr_stat<'a>(&mut self, cx: &mut Context<'a>) -> Result<StatKind<'a>> {
        let first = self.suffixed_expr(cx)?;
        if matches!(self.kind(), Kind::Assign | Kind::Comma) {
            return self.assignment(cx, first);
        }
        match first.kind {
            ExprKind::Call { .. } | ExprKind::MethodCall { .. } => Ok(StatKind::Call(cx.alloc(first))),
            _ => Err(self.unexpected("syntax error")),
        }
    }

    /// `target {',' target} '=' exprs`, whose first target has been taken. Each target counts as a level of nesting, as in the
    /// reference implementation.
    fn assignment<'a>(&mut self, cx: &mut Context<'a>, first: Expr<'a>) -> Result<StatKind<'a>> {
        let nesting = self.nesting;
        let targets = if self.kind() == Kind::Assign {
            self.check_target(&first)?;
            std::slice::from_ref(cx.alloc(first))
        } else {
            self.more_targets(cx, first)?
        };
        self.expect(Kind::Assign)?;
        let exprs = self.expr_list(cx)?;
        self.nesting = nesting;
        Ok(StatKind::Assign { targets, exprs })
    }

    fn more_targets<'a>(&mut self, cx: &mut Context<'a>, first: Expr<'a>) -> Result<&'a [Expr<'a>]> {
        let base = cx.lists.exprs.begin();
        let mut target = first;
        loop {
            self.check_target(&target)?;
            cx.lists.exprs.push(target);
            if !self.accept(Kind::Comma)? {
                return Ok(cx.lists.exprs.finish(base, cx.arena));
            }
            target = self.suffixed_expr(cx)?;
            self.enter()?;
        }
    }

    #[inline]
    fn check_target(&self, target: &Expr<'_>) -> Result<()> {
        match target.kind {
            ExprKind::Name(_) | ExprKind::Index { .. } => Ok(()),
            _ => Err(self.unexpected("syntax error")),
        }
    }
}
