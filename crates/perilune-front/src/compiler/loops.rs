//! Loops.

use super::function::Pc;
use super::value::Kind;
use super::{Compile, Compiler};
use crate::ast::{Block, Expr, ExprKind, Line};
use crate::intern::Symbol;
use crate::op::{Instr, Op};
use crate::proto::CacheDesc;

/// Most nodes of a condition that is compiled twice.
const MAX_NODES_TWICE: u32 = 24;

/// Registers a generic `for` needs above its variables' first, for the call of the iterator.
const ITERATOR_CALL_REGISTERS: usize = 3;

impl Compiler<'_> {
    pub(super) fn while_loop<'a>(&mut self, cond: &'a Expr<'a>, body: &Block<'a>) -> Compile<()> {
        let start = self.f.label();
        let exit = self.condition(cond)?;
        let again = self.may_test_again(cond, body);
        let body_start = self.f.label();
        self.enter_block(true);
        self.scoped_block(body)?;
        if again {
            self.loop_while(cond, body_start)?;
        } else {
            self.f.jump_to(start);
        }
        self.f.line = body.end_line;
        self.leave_block()?;
        self.f.patch_here(exit);
        Ok(())
    }

    /// Whether the condition of a loop may be compiled a second time, at the loop's end, which saves a jump in each round.
    /// The body must begin on a line of its own: then line hooks see no difference.
    fn may_test_again(&self, cond: &Expr<'_>, body: &Block<'_>) -> bool {
        let is_apart = body.stats.first().is_some_and(|stat| stat.line > self.f.line);
        is_apart && is_small(cond, &mut { MAX_NODES_TWICE })
    }

    /// Jumps to `body_start` if `cond` holds.
    fn loop_while<'a>(&mut self, cond: &'a Expr<'a>, body_start: Pc) -> Compile<()> {
        let line = self.f.line;
        let mut value = self.condition_value(cond)?;
        if value.is_constant() {
            self.f.line = line;
        }
        self.go_if_false(&mut value)?;
        self.f.patch_list(value.if_true, body_start);
        self.f.patch_here(value.if_false);
        Ok(())
    }

    pub(super) fn repeat_loop<'a>(&mut self, body: &Block<'a>, cond: &'a Expr<'a>) -> Compile<()> {
        let start = self.f.label();
        self.enter_block(true);
        self.enter_block(false);
        self.statements(body.stats, true)?;
        let mut again = self.condition(cond)?;
        let level = self.f.active;
        let captured = self.leave_block()?;
        if captured {
            // The way out has just closed the variables; the way back must do so too.
            let exit = self.f.jump();
            self.f.patch_here(again);
            let level = self.f.active.min(level);
            self.f.emit(Instr::abc(Op::Close, level, 0, 0));
            again = self.f.jump();
            self.f.patch_here(exit);
        }
        self.f.patch_list(again, start);
        self.leave_block()?;
        Ok(())
    }

    /// A numeric `for`; `bounds` are start, limit and step.
    pub(super) fn numeric_for<'a>(
        &mut self,
        var: Symbol,
        bounds: [Option<&'a Expr<'a>>; 3],
        body: &Block<'a>,
        line: Line,
    ) -> Compile<()> {
        self.enter_block(true);
        let base = self.f.free;
        self.check_locals(4, Some(b"'='"))?;
        for bound in bounds {
            match bound {
                Some(expr) => self.expr_to_next(expr)?,
                None => drop(self.next_register(&mut Kind::Int(1).into())?),
            }
        }
        for _ in 0..3 {
            self.declare_loop_state();
        }
        let prepare = self.f.emit_with(Instr::abc(Op::ForPrep, base, 0, 0), 0);
        self.loop_body(&[var], body)?;
        let end = self.f.emit_with(Instr::abc(Op::ForLoop, base, 0, 0), 0);
        self.f.fix_line(line);
        self.f.patch(end, prepare + 2);
        self.f.patch(prepare, end + 2);
        self.f.label();
        self.f.line = body.end_line;
        self.leave_block()?;
        Ok(())
    }

    pub(super) fn generic_for<'a>(
        &mut self,
        names: &'a [Symbol],
        exprs: &'a [Expr<'a>],
        body: &Block<'a>,
        line: Line,
    ) -> Compile<()> {
        self.enter_block(true);
        let base = self.f.free;
        for position in 0..names.len() {
            let next_token: &[u8] = if position + 1 == names.len() { b"'in'" } else { b"','" };
            self.check_locals(5 + position, Some(next_token))?;
        }
        let call_line = exprs.first().map_or(line, first_line);
        let mut last = self.expr_list(exprs)?;
        self.adjust(4, exprs.len(), &mut last)?;
        for _ in 0..4 {
            self.declare_loop_state();
        }
        self.mark_to_be_closed();
        self.check_registers(ITERATOR_CALL_REGISTERS)?;
        let prepare = self.f.emit_with(Instr::abc(Op::ForInPrep, base, 0, 0), 0);
        self.loop_body(names, body)?;
        let call = self.f.label();
        self.f.emit_cached(Instr::abc(Op::ForInCall, base, 0, names.len() as u8), CacheDesc::Iterate);
        self.f.fix_line(call_line);
        self.f.patch(prepare, call);
        let end = self.f.emit_with(Instr::abc(Op::ForInLoop, base, 0, 0), 0);
        self.f.fix_line(call_line);
        self.f.patch(end, prepare + 2);
        self.f.line = body.end_line;
        self.leave_block()?;
        Ok(())
    }

    /// The block of a `for` with its visible variables. Its start and the place behind it are jumped to.
    fn loop_body<'a>(&mut self, names: &[Symbol], body: &Block<'a>) -> Compile<Pc> {
        self.f.label();
        self.enter_block(false);
        self.reserve(names.len())?;
        for &name in names {
            self.declare(name, false);
        }
        self.statements(body.stats, false)?;
        self.leave_block()?;
        Ok(self.f.label())
    }
}

/// Whether an expression has at most `left` nodes, none of which makes a function or a table.
fn is_small(expr: &Expr<'_>, left: &mut u32) -> bool {
    let Some(rest) = left.checked_sub(1) else { return false };
    *left = rest;
    match expr.kind {
        ExprKind::Function(_) | ExprKind::Table { .. } => false,
        ExprKind::Paren(inner) | ExprKind::Unary { operand: inner, .. } => is_small(inner, left),
        ExprKind::Index { obj: lhs, key: rhs } | ExprKind::Binary { lhs, rhs, .. } => {
            is_small(lhs, left) && is_small(rhs, left)
        }
        ExprKind::Call { func: first, args } | ExprKind::MethodCall { obj: first, args, .. } => {
            is_small(first, left) && args.iter().all(|arg| is_small(arg, left))
        }
        _ => true,
    }
}

/// The line an expression begins on.
fn first_line(expr: &Expr<'_>) -> Line {
    let mut first = expr;
    loop {
        first = match first.kind {
            ExprKind::Binary { lhs, .. } => lhs,
            ExprKind::Index { obj, .. } | ExprKind::MethodCall { obj, .. } => obj,
            ExprKind::Call { func, .. } => func,
            _ => return first.line,
        };
    }
}
