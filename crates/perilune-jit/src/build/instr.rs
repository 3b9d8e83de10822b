//! Each operation of bytecode, and what happens to those without a rule of their own.

use super::{Builder, Result, Stop};
use crate::ir::{Class, Cond, Edge, End, Op, Ty, Val, Width};
use perilune_front::liveness::uses;
use perilune_front::op::{Instr, Op as Code};
use perilune_vm::Value;
use perilune_vm::runtime::Helper;

impl Builder<'_> {
    pub(super) fn instruction(&mut self, op: Code, i: Instr) -> Result {
        if op == Code::VarargPrep && self.inlined() {
            // The extra arguments were set aside when the call was translated.
            return Ok(());
        }
        if op == Code::ForInPrep && self.inlined() && self.failed() {
            return Err(Stop::Refused("may have something to close"));
        }
        if self.failed() && !op_is_plain(op) && !self.can_do_without(op) {
            return self.instruction_after_failures(op, i);
        }
        match op {
            Code::Move => {
                let val = self.get(i.b());
                self.set(i.a(), val);
            }
            Code::LoadInt => {
                let val = self.int(i64::from(i.sbx()));
                self.set(i.a(), val);
            }
            Code::LoadFloat => self.set_value(i.a(), Value::float(f64::from(i.sbx()))),
            Code::LoadK => {
                let val = self.constant_at(i.bx() as usize);
                self.set(i.a(), val);
            }
            Code::LoadKX => {
                let index = self.extra() as usize;
                let val = self.constant_at(index);
                self.set(i.a(), val);
            }
            Code::LoadNil => {
                for r in i.a()..=i.a() + i.b() {
                    self.set_value(r, Value::NIL);
                }
            }
            Code::LoadTrue => self.set_value(i.a(), Value::TRUE),
            Code::LoadFalse => self.set_value(i.a(), Value::FALSE),
            Code::LoadFalseSkip => {
                self.set_value(i.a(), Value::FALSE);
                let next = self.pc + 2;
                self.goto(next)?;
                return Err(Stop::Ended);
            }
            Code::GetUpvalue => {
                let val = self.upvalue(i.b());
                self.set(i.a(), val);
            }
            Code::SetUpvalue => {
                let val = self.get(i.a());
                let any = self.any(val);
                let (upvalue, place) = self.upvalue_place(i.b());
                self.push(Op::Store(Class::Upvalue, Width::B8, 0), &[place, any], Ty::None);
                self.barrier(upvalue, val, any);
            }
            Code::GetGlobal => return self.get_global(i),
            Code::SetGlobal | Code::SetGlobalK => return self.set_global(op, i),
            Code::GetField => return self.get_field(i),
            Code::SetField | Code::SetFieldK => return self.set_field(op, i),
            Code::GetMethod => return self.get_method(i),
            Code::GetIndex | Code::GetInt => return self.get_index(op, i),
            Code::SetIndex | Code::SetIndexK | Code::SetInt | Code::SetIntK => return self.set_index(op, i),
            Code::NewTable => return self.new_table(i),
            Code::Len => return self.length(i),
            Code::Not => {
                let val = self.get(i.b());
                let truthy = self.truthy(val);
                let not = self.push(Op::Not, &[truthy], Ty::Bool);
                self.set(i.a(), not);
            }
            Code::Neg | Code::BNot => return self.unary(op, i),
            Code::Jump => {
                let target = self.target();
                return self.goto(target);
            }
            Code::Eq | Code::Lt | Code::Le => return self.compare(op, i),
            Code::EqK => return self.equals_constant(i),
            Code::EqI | Code::LtI | Code::LeI | Code::GtI | Code::GeI => return self.compare_immediate(op, i),
            Code::Test => {
                let val = self.get(i.a());
                let truthy = self.truthy(val);
                let (target, next) = (self.target(), self.pc + 2);
                return self.branch(truthy, i.c() != 0, target, next);
            }
            Code::TestSet => return self.test_set(i),
            Code::Call => return self.call(i),
            Code::TailCall => return self.tail_call(i),
            Code::Return | Code::Return0 | Code::Return1 => return self.return_values(op, i),
            Code::SetList => return self.set_list(i),
            Code::Close => return self.close(i),
            Code::Closure => return self.closure(),
            Code::Concat => return self.concat(i),
            Code::Vararg => return self.varargs(i),
            Code::ForPrep => return self.for_prep(i),
            Code::ForLoop => return self.for_loop(i),
            Code::ForInPrep => return self.for_in_prep(i),
            Code::ForInCall => return self.for_in_call(i),
            _ => return self.arithmetic_or_step(op, i),
        }
        Ok(())
    }

    pub(super) fn set_value(&mut self, r: u8, value: Value) {
        let val = self.constant(value);
        self.set(r, val);
    }

    /// The instruction's extra word.
    pub(super) fn extra(&self) -> u32 {
        self.here().plan.code[self.pc as usize + 1]
    }

    /// Where its jump goes.
    pub(super) fn target(&self) -> u32 {
        super::cfg::target(&self.here().plan, self.pc)
    }

    pub(super) fn truthy(&mut self, val: Val) -> Val {
        match self.f.ty(val) {
            Ty::Bool => val,
            Ty::Any => match self.f.inst(val).op {
                Op::Any(bits) => self.push(Op::Bool(Value(bits).is_truthy()), &[], Ty::Bool),
                _ => self.push(Op::Truthy, &[val], Ty::Bool),
            },
            _ => self.push(Op::Bool(true), &[], Ty::Bool),
        }
    }

    /// The end of a block, which closes its variables.
    fn close(&mut self, i: Instr) -> Result {
        if self.nothing_to_close() {
            return Ok(());
        }
        let open = self.close_captured(i.a());
        // Both ways yield a value for nothing.
        let nothing = |b: &mut Self| Ok(b.push(Op::Bool(true), &[], Ty::Bool));
        self.either(
            open,
            Ty::Bool,
            |b| {
                b.step(Code::Close, i)?;
                nothing(b)
            },
            nothing,
        )?;
        Ok(())
    }

    /// Makes captured variables from register `r` on closures' own; whether there are others that are to be closed, and nothing
    /// was done.
    pub(super) fn close_captured(&mut self, r: u8) -> Val {
        let register = self.int(i64::from(r));
        let open = self.push(Op::Help(Helper::close_captured), &[register], Ty::Int);
        let zero = self.int(0);
        self.push(Op::Compare(Cond::Ne), &[open, zero], Ty::Bool)
    }

    /// A closure over variables of the function that runs.
    fn closure(&mut self) -> Result {
        if self.inlined() {
            return Err(Stop::Refused("needs a frame"));
        }
        let index = self.extra();
        let index = self.int(i64::from(index));
        let any = self.push(Op::Help(Helper::closure), &[index], Ty::Any);
        let closure = self.push(Op::Unbox(Ty::Fun), &[any], Ty::Fun);
        self.origins.insert(closure, any);
        let (_, i) = super::cfg::instr_at(&self.here().plan, self.pc);
        self.set(i.a(), closure);
        Ok(())
    }

    /// Texts and numbers joined to one; metamethods are left to the interpreter.
    fn concat(&mut self, i: Instr) -> Result {
        let (first, count) = (i.a(), i.b());
        let any = match count {
            2 | 3 => {
                let args: Vec<Val> = (first..first + count).map(|r| self.get(r)).collect();
                let args: Vec<Val> = args.into_iter().map(|arg| self.any(arg)).collect();
                let helper = if count == 2 { Helper::concat2 } else { Helper::concat3 };
                self.push(Op::Help(helper), &args, Ty::Any)
            }
            _ => {
                let from = self.reg(first);
                (from..from + u16::from(count)).for_each(|reg| self.sync(reg));
                let place = self.push(Op::RegPlace(from), &[], Ty::Ptr);
                let count = self.int(i64::from(count));
                self.push(Op::Help(Helper::concat), &[place, count], Ty::Any)
            }
        };
        let set = |b: &mut Self| {
            let text = b.push(Op::Unbox(Ty::Str), &[any], Ty::Str);
            b.origins.insert(text, any);
            b.set(first, text);
            Ok(())
        };
        let done = self.is_value(any);
        if self.unprofiled {
            return self.usually(done, set, |b| b.step(Code::Concat, i));
        }
        self.push_exit(Op::Check, &[done], Ty::None);
        set(self)
    }

    fn test_set(&mut self, i: Instr) -> Result {
        let val = self.get(i.b());
        let truthy = self.truthy(val);
        let (target, next) = (self.target(), self.pc + 2);
        let set_and_go = |b: &mut Self| {
            b.set(i.a(), val);
            b.goto(target)
        };
        if i.c() != 0 {
            self.split(truthy, set_and_go, |b| b.goto(next))
        } else {
            self.split(truthy, |b| b.goto(next), set_and_go)
        }
    }

    // ---- what the interpreter does ----

    /// Has the interpreter execute the instruction.
    pub(super) fn step(&mut self, op: Code, i: Instr) -> Result {
        match op {
            Code::Return | Code::TailCall => return self.step_out(),
            Code::ForInCall => return self.for_in_call(i),
            Code::Call => return self.call_general(i),
            Code::LoadFalseSkip | Code::Return0 | Code::Return1 => return Err(Stop::Refused("cannot be stepped over")),
            _ => {}
        }
        self.sync_needed();
        let pc = self.pc;
        self.show_frames(pc);
        if op.extra() == perilune_front::op::Extra::Jump {
            let (target, next) = (self.target(), pc + 2);
            let jumped = self.push(Op::StepJump(pc), &[], Ty::Bool);
            self.hide_frames();
            let used = uses(op, i, 0);
            let (writes, on_jump) = (used.writes, used.writes_on_jump);
            let base = self.here().base;
            let loop_state: &[u8] = if op == Code::ForLoop { &[0, 1, 3] } else { &[] };
            let forget = |b: &mut Self| {
                for r in writes.union(on_jump).iter().chain(loop_state.iter().map(|offset| i.a() + offset)) {
                    b.forget(base + u16::from(r));
                }
            };
            return self.split(
                jumped,
                |b| {
                    forget(b);
                    b.goto(target)
                },
                |b| {
                    forget(b);
                    b.goto(next)
                },
            );
        }
        self.push(Op::Step(pc), &[], Ty::None);
        self.hide_frames();
        let used = uses(op, i, 0);
        for r in used.writes.iter() {
            let reg = self.reg(r);
            self.forget(reg);
        }
        if op == Code::Vararg {
            let first = self.reg(i.a());
            self.forget_from(first);
        }
        Ok(())
    }

    /// Has the interpreter execute an instruction that leaves the function.
    pub(super) fn step_out(&mut self) -> Result {
        if self.inlined() {
            return Err(Stop::Refused("needs a frame"));
        }
        self.sync_needed();
        let pc = self.pc;
        self.end(End::StepOut(pc));
        Err(Stop::Ended)
    }

    /// A value that one of two ways yields.
    pub(super) fn either(
        &mut self,
        condition: Val,
        ty: Ty,
        yes: impl FnOnce(&mut Self) -> Result<Val>,
        no: impl FnOnce(&mut Self) -> Result<Val>,
    ) -> Result<Val> {
        let (on, off) = (self.f.block(), self.f.block());
        let edge = |to| Edge { to, args: Vec::new() };
        self.end(End::Branch(condition, edge(on), edge(off)));
        let (env, state) = (self.env.clone(), self.state);
        let mut ways = Vec::new();
        let mut vals = Vec::new();
        self.at = Some(on);
        self.collect(yes, &mut ways, &mut vals)?;
        (self.at, self.env, self.state) = (Some(off), env, state);
        self.collect(no, &mut ways, &mut vals)?;
        if ways.is_empty() {
            return Err(Stop::Ended);
        }
        if ways.len() == 1 {
            self.join(ways, |_| true);
            self.state = None;
            return Ok(vals[0]);
        }
        let froms: Vec<_> = ways.iter().map(|(block, _)| *block).collect();
        self.join(ways, |_| true);
        self.state = None;
        let block = self.block();
        let param = self.f.param(block, ty);
        for (from, val) in froms.into_iter().zip(vals) {
            if let End::Jump(edge) = &mut self.f.data_mut(from).end {
                edge.args.push(val);
            }
        }
        Ok(param)
    }

    fn collect(
        &mut self,
        way: impl FnOnce(&mut Self) -> Result<Val>,
        ways: &mut Vec<(crate::ir::Block, super::Env)>,
        vals: &mut Vec<Val>,
    ) -> Result {
        match way(self) {
            Ok(val) => {
                vals.push(val);
                if let Some(block) = self.at.take() {
                    ways.push((block, self.env.clone()));
                }
                Ok(())
            }
            Err(Stop::Ended) => Ok(()),
            Err(refused) => Err(refused),
        }
    }
}

/// Operations that assume nothing, or that cannot be left to the interpreter.
fn op_is_plain(op: Code) -> bool {
    matches!(
        op,
        Code::Move
            | Code::LoadInt
            | Code::LoadFloat
            | Code::LoadK
            | Code::LoadKX
            | Code::LoadNil
            | Code::LoadTrue
            | Code::LoadFalse
            | Code::LoadFalseSkip
            | Code::GetUpvalue
            | Code::SetUpvalue
            | Code::Closure
            | Code::Not
            | Code::Jump
            | Code::Test
            | Code::TestSet
            | Code::Return0
            | Code::Return1
            | Code::Return
            | Code::TailCall
            | Code::ForInCall
    )
}
