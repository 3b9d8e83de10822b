//! Statements other than assignments and loops, and function bodies.

use super::function::{Function, Pc};
use super::jumps::NO_JUMP;
use super::value::{Kind, Value};
use super::{Compile, Compiler};
use crate::ast::{Block, Expr, FunctionBody, IfArm, Line, Stat, StatKind};
use crate::op::{Instr, Op};

impl Compiler<'_> {
    /// The statements of a block that has been entered. `is_repeat` tells the body of `repeat`, where variables stay in
    /// scope behind the last label.
    pub(super) fn statements<'a>(&mut self, stats: &'a [Stat<'a>], is_repeat: bool) -> Compile<()> {
        let mut rest = stats;
        while let Some((stat, after)) = rest.split_first() {
            if let StatKind::Label(_) = stat.kind {
                let run = rest.iter().take_while(|stat| matches!(stat.kind, StatKind::Label(_))).count();
                let is_last = run == rest.len() && !is_repeat;
                // As in PUC Lua, labels in a row are defined from the last to the first.
                for stat in rest[..run].iter().rev() {
                    if let StatKind::Label(name) = stat.kind {
                        self.f.line = stat.line;
                        self.define_label(name, stat.line, is_last)?;
                    }
                }
                rest = &rest[run..];
            } else {
                self.statement(stat)?;
                rest = after;
            }
        }
        Ok(())
    }

    pub(super) fn statement<'a>(&mut self, stat: &'a Stat<'a>) -> Compile<()> {
        self.f.line = stat.line;
        match stat.kind {
            StatKind::Call(call) => self.call_statement(call)?,
            StatKind::Local { names, exprs } => self.local(names, exprs)?,
            StatKind::Assign { targets, exprs } => self.assign(targets, exprs)?,
            StatKind::Do(block) => drop(self.scoped_block(&block)?),
            StatKind::While { cond, body } => self.while_loop(cond, &body)?,
            StatKind::Repeat { body, cond } => self.repeat_loop(&body, cond)?,
            StatKind::If { arms, otherwise } => self.if_statement(arms, otherwise.as_ref())?,
            StatKind::NumericFor { var, start, limit, step, body } => {
                self.numeric_for(var, [Some(start), Some(limit), step], &body, stat.line)?;
            }
            StatKind::GenericFor { names, exprs, body } => self.generic_for(names, exprs, &body, stat.line)?,
            StatKind::Function { target, func } => {
                let target = self.target(target)?;
                let mut value = self.function(func)?;
                self.store(&target, &mut value)?;
                self.f.fix_line(stat.line);
            }
            StatKind::LocalFunction { name, func } => {
                self.check_locals(1, Some(b"'('"))?;
                self.declare(name, false);
                self.reserve(1)?;
                let mut value = self.function(func)?;
                let register = self.f.active - 1;
                self.put(&mut value, register);
                self.restart_last_local();
            }
            StatKind::Return(exprs) => self.return_statement(exprs)?,
            StatKind::Break => {
                let jump = self.f.jump();
                self.add_goto(None, stat.line, jump);
            }
            StatKind::Goto(name) => self.goto_label(name, stat.line),
            StatKind::Label(name) => self.define_label(name, stat.line, false)?,
        }
        self.f.free = self.f.active;
        Ok(())
    }

    /// A block with a scope of its own; returns whether a variable of it is captured.
    pub(super) fn scoped_block<'a>(&mut self, block: &Block<'a>) -> Compile<bool> {
        self.enter_block(false);
        self.statements(block.stats, false)?;
        self.leave_block()
    }

    fn call_statement<'a>(&mut self, call: &'a Expr<'a>) -> Compile<()> {
        if let Kind::Call(pc) = self.expr(call)?.kind {
            self.f.set_c(pc, 1);
        }
        Ok(())
    }

    /// Evaluates a condition; returns the jumps taken when it is false.
    pub(super) fn condition<'a>(&mut self, cond: &'a Expr<'a>) -> Compile<Pc> {
        let mut value = self.condition_value(cond)?;
        self.go_if_true(&mut value)?;
        Ok(value.if_false)
    }

    pub(super) fn condition_value<'a>(&mut self, cond: &'a Expr<'a>) -> Compile<Value> {
        let mut value = self.expr(cond)?;
        if let Kind::Nil = value.kind {
            value.kind = Kind::False;
        }
        Ok(value)
    }

    fn if_statement<'a>(&mut self, arms: &'a [IfArm<'a>], otherwise: Option<&Block<'a>>) -> Compile<()> {
        let mut escapes = NO_JUMP;
        for (position, arm) in arms.iter().enumerate() {
            let is_last = position + 1 == arms.len() && otherwise.is_none();
            let next_arm = match jump_only(arm) {
                Some(jump) => self.jump_arm(arm, jump)?,
                None => {
                    let mut value = self.condition_value(&arm.cond)?;
                    self.f.line = arm.then_line;
                    self.go_if_true(&mut value)?;
                    self.scoped_block(&arm.body)?;
                    if !is_last && !ends_in_return(&arm.body) {
                        let jump = self.f.jump();
                        self.f.prepend(jump, &mut escapes);
                    }
                    value.if_false
                }
            };
            self.f.patch_here(next_arm);
        }
        if let Some(block) = otherwise {
            self.scoped_block(block)?;
        }
        self.f.patch_here(escapes);
        Ok(())
    }

    /// `if cond then break end` and the like: the condition itself jumps.
    fn jump_arm<'a>(&mut self, arm: &'a IfArm<'a>, jump: &Stat<'a>) -> Compile<Pc> {
        if let StatKind::Goto(name) = jump.kind
            && self.is_known_label(name)
        {
            let mut value = self.condition_value(&arm.cond)?;
            self.f.line = arm.then_line;
            self.go_if_true(&mut value)?;
            self.f.line = jump.line;
            self.goto_label(name, jump.line);
            return Ok(value.if_false);
        }
        let mut value = self.condition_value(&arm.cond)?;
        self.f.line = jump.line;
        self.go_if_false(&mut value)?;
        let name = if let StatKind::Goto(name) = jump.kind { Some(name) } else { None };
        self.add_goto(name, jump.line, value.if_true);
        Ok(value.if_false)
    }

    fn return_statement<'a>(&mut self, exprs: &'a [Expr<'a>]) -> Compile<()> {
        let mut last = self.expr_list(exprs)?;
        let first = self.f.active;
        if last.is_open() {
            self.want_many(&last, None)?;
            if let (Kind::Call(pc), [_], false) = (last.kind, exprs, self.block().inside_close) {
                self.f.set_op(pc, Op::TailCall);
                self.f.returns.push(pc);
                return Ok(());
            }
            let pc = self.f.emit(Instr::abc(Op::Return, first, 0, 0));
            self.f.returns.push(pc);
            return Ok(());
        }
        let instr = match exprs.len() {
            0 => Instr::abc(Op::Return0, 0, 0, 0),
            1 => Instr::abc(Op::Return1, self.any_register(&mut last)?, 0, 0),
            count => {
                self.next_register(&mut last)?;
                Instr::abc(Op::Return, first, count as u8 + 1, 0)
            }
        };
        let pc = self.f.emit(instr);
        self.f.returns.push(pc);
        Ok(())
    }

    // Functions.

    /// Compiles a function and makes a closure of it.
    pub(super) fn function(&mut self, body: &FunctionBody<'_>) -> Compile<Value> {
        let spent = self.spent.pop().unwrap_or_default();
        let function = Function::new(body.line, self.vars.len(), spent);
        self.outer.push(std::mem::replace(&mut self.f, function));
        self.enter_block(false);
        self.parameters(body)?;
        self.statements(body.body.stats, false)?;
        self.finish_function(body.end_line, body.next_line)?;
        self.restore_string_constants();
        let outer = self.outer.pop().expect("pushed above");
        let (proto, spent) = std::mem::replace(&mut self.f, outer).into_proto(self.source.clone());
        self.spent.push(spent);
        let index = self.f.children.len() as u32;
        self.f.children.push(proto);
        self.f.line = body.end_line;
        let pc = self.f.emit_with(Instr::abc(Op::Closure, 0, 0, 0), index);
        Ok(Kind::Pending(pc).into())
    }

    fn parameters(&mut self, body: &FunctionBody<'_>) -> Compile<()> {
        for position in 0..body.params.len() {
            let is_last = position + 1 == body.params.len() && !body.is_vararg;
            self.check_locals(position + 1, Some(if is_last { b"')'" } else { b"','" }))?;
        }
        self.f.params = body.params.len() as u8;
        if body.is_vararg {
            self.begin_vararg();
        }
        self.reserve(body.params.len())?;
        for &name in body.params {
            self.declare(name, false);
        }
        Ok(())
    }

    pub(super) fn begin_vararg(&mut self) {
        self.f.is_vararg = true;
        let params = self.f.params;
        self.f.emit(Instr::abc(Op::VarargPrep, params, 0, 0));
    }

    /// The return at the end of a function. Errors name `next_line`, that of the token after the function.
    pub(super) fn finish_function(&mut self, end_line: Line, next_line: Line) -> Compile<()> {
        self.f.line = end_line;
        self.f.last_line_defined = end_line;
        let pc = self.f.emit(Instr::abc(Op::Return0, 0, 0, 0));
        self.f.returns.push(pc);
        self.f.line = next_line;
        self.leave_block()?;
        Ok(())
    }
}

fn ends_in_return(block: &Block<'_>) -> bool {
    matches!(block.stats.last(), Some(Stat { kind: StatKind::Return(_), .. }))
}

/// The `break` or `goto` an arm consists of.
fn jump_only<'a>(arm: &'a IfArm<'a>) -> Option<&'a Stat<'a>> {
    match arm.body.stats {
        [stat] if matches!(stat.kind, StatKind::Break | StatKind::Goto(_)) => Some(stat),
        _ => None,
    }
}
