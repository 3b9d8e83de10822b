//! Loops: types of their variables, safepoints, `for`.

use super::Known;
use crate::build::{Builder, Header, Result};
use crate::ir::{Block, Cond, Edge, End, Op, Ty, Val};
use perilune_front::op::{Instr, Op as Code};
use perilune_vm::Value;

impl Builder<'_> {
    /// Makes the current place the way into the loop at `pc`. Its variables have the types that they have now, as long as no
    /// jump back brings others.
    pub(in crate::build) fn begin_loop_unprofiled(&mut self, pc: u32) -> Result {
        let assigned = self.here().cfg.loops[&pc];
        let needed = self.needed_at_header(pc);
        let (registers, captured) = (self.here().plan.registers, self.here().captured);
        let alias = self.loop_variable(pc).filter(|&(_, index)| needed.contains(index as u8));
        let (mut params, mut args) = (Vec::new(), Vec::new());
        for r in needed.iter().filter(|&r| r < registers && !captured.contains(r) && assigned.contains(r)) {
            let reg = u16::from(r);
            if alias.is_some_and(|(copy, _)| copy == reg) {
                continue;
            }
            let val = self.get(r);
            let ty = if self.widened.contains(&(pc, reg)) { Ty::Any } else { self.f.ty(val) };
            args.push(if ty == Ty::Any { self.any(val) } else { val });
            params.push((reg, ty, None));
        }
        let block = self.f.block();
        self.end(End::Jump(Edge { to: block, args }));
        self.at = Some(block);
        (self.state, self.env.resume) = (None, None);
        for r in (0..registers).filter(|&r| assigned.contains(r)) {
            self.forget(u16::from(r));
        }
        self.forget_from(u16::from(registers));
        let index_loop = self.is_index_loop(pc);
        for &(reg, ty, _) in &params {
            let param = self.f.param(block, ty);
            self.env.regs[reg as usize] = Some(param);
            if ty == Ty::Int && index_loop.is_some_and(|first| reg == first || reg == first + 1) {
                self.f.small.insert(param);
            }
        }
        if let Some((copy, of)) = alias {
            self.env.regs[copy as usize] = self.env.regs[of as usize];
        }
        self.body_mut().headers.insert(pc, Header { block, params, within: None });
        Ok(())
    }

    /// Jumps to the header of a loop. What waits for a safepoint is done on the way, with all registers in their places.
    pub(in crate::build) fn jump_back_unprofiled(
        &mut self,
        pc: u32,
        header: Block,
        params: &[(u16, Ty, Option<u8>)],
    ) -> Result {
        let waiting = self.push(Op::Waiting, &[], Ty::Bool);
        let quiet = self.push(Op::Not, &[waiting], Ty::Bool);
        self.split_usually(
            quiet,
            |builder| builder.enter_header(pc, header, params),
            |builder| {
                builder.pc = pc;
                builder.sync_needed();
                builder.push(Op::Safepoint(pc), &[], Ty::None);
                builder.enter_header(pc, header, params)
            },
        )
    }

    fn enter_header(&mut self, pc: u32, header: Block, params: &[(u16, Ty, Option<u8>)]) -> Result {
        let mut args = Vec::with_capacity(params.len());
        for &(reg, ty, _) in params {
            let val = self.get_reg(reg);
            if ty != Ty::Any && self.f.ty(val) != ty {
                // The whole function is translated anew.
                self.widened.insert((pc, reg));
            }
            args.push(if ty == Ty::Any { self.any(val) } else { val });
        }
        self.end(End::Jump(Edge { to: header, args }));
        Ok(())
    }

    // ---- numeric loops ----

    pub(super) fn for_prep_unprofiled(&mut self, i: Instr) -> Result {
        let (start, limit, step) = (self.get(i.a()), self.get(i.a() + 1), self.get(i.a() + 2));
        match (self.f.ty(start), self.f.ty(step), self.f.inst(step).op) {
            (Ty::Int | Ty::Any, Ty::Int, Op::Int(by)) if by != 0 && by != i64::MIN => {
                self.prepare_int_loop(i, (start, limit, by))
            }
            (Ty::Flt, Ty::Int | Ty::Flt, _) | (Ty::Int, Ty::Flt, _) => self.prepare_by_interpreter(Some(Ty::Flt), i),
            _ => self.prepare_by_interpreter(None, i),
        }
    }

    /// A loop whose step is a known integer, and that begins at an integer, most likely.
    fn prepare_int_loop(&mut self, i: Instr, (start, limit, by): (Val, Val, i64)) -> Result {
        if matches!(self.known(start), Known::Other | Known::Float) || matches!(self.known(limit), Known::Other | Known::Float)
        {
            return self.prepare_by_interpreter(Some(Ty::Int), i);
        }
        let mut fine = self.test(Op::AreInts, &[start, limit]);
        for val in [start, limit] {
            if self.f.ty(val) == Ty::Int && !self.f.small.contains(&val) {
                let fits = self.push(Op::Fits, &[val], Ty::Bool);
                fine = Some(fine.map_or(fits, |fine| self.push(Op::Both, &[fine, fits], Ty::Bool)));
            }
        }
        match fine {
            None => self.enter_int_loop(i, (start, limit, by)),
            Some(fine) => self.split_usually(
                fine,
                |builder| builder.enter_int_loop(i, (start, limit, by)),
                |builder| builder.prepare_by_interpreter(Some(Ty::Int), i),
            ),
        }
    }

    fn enter_int_loop(&mut self, i: Instr, (start, limit, by): (Val, Val, i64)) -> Result {
        let (start, limit) = (self.as_int(start), self.as_int(limit));
        let order = if by > 0 { Cond::Le } else { Cond::Ge };
        let runs = self.push(Op::Compare(order), &[start, limit], Ty::Bool);
        let (target, body) = (self.target(), self.pc + 2);
        self.split(
            runs,
            |builder| {
                let (from, to) = if by > 0 { (start, limit) } else { (limit, start) };
                let distance = builder.push(Op::Sub, &[to, from], Ty::Int);
                let count = match by.unsigned_abs() {
                    1 => distance,
                    stride => {
                        let stride = builder.int(stride as i64);
                        builder.push(Op::UDiv, &[distance, stride], Ty::Int)
                    }
                };
                // The interpreter counts in 47 bits.
                let most = builder.int(1 << 47);
                let fine = builder.push(Op::Compare(Cond::Below), &[count, most], Ty::Bool);
                builder.push_exit(Op::Check, &[fine], Ty::None);
                builder.f.small.extend([count, start]);
                builder.set(i.a(), start);
                builder.set(i.a() + 1, count);
                builder.set(i.a() + 3, start);
                builder.goto(body)
            },
            |builder| builder.goto(target),
        )
    }

    /// Has the interpreter prepare the loop. `ty`: leaves, once, unless that made it a loop over this type.
    fn prepare_by_interpreter(&mut self, ty: Option<Ty>, i: Instr) -> Result {
        self.sync_needed();
        let (pc, target) = (self.pc, self.target());
        let ends = self.push(Op::StepJump(pc), &[], Ty::Bool);
        // A loop over integers has its step, which is known, as it was.
        for offset in if ty == Some(Ty::Int) { [0, 1, 1, 3] } else { [0, 1, 2, 3] } {
            let reg = self.reg(i.a() + offset);
            self.forget(reg);
        }
        let prepared = |builder: &mut Self| {
            builder.pc = pc + 2;
            (builder.state, builder.env.resume, builder.acted) = (None, None, false);
            if let Some(ty) = ty {
                let index = builder.get(i.a());
                builder.typed(index, ty)?;
                let count = builder.get(i.a() + 1);
                builder.typed(count, ty)?;
                let step = builder.get(i.a() + 2);
                builder.typed(step, ty)?;
                let index = builder.get(i.a());
                builder.set(i.a() + 3, index);
            }
            builder.goto(pc + 2)
        };
        self.split(ends, |builder| builder.goto(target), prepared)
    }

    pub(super) fn for_loop_unprofiled(&mut self, i: Instr) -> Result {
        let (index, count, step) = (self.get(i.a()), self.get(i.a() + 1), self.get(i.a() + 2));
        match [index, count, step].map(|val| self.f.ty(val)) {
            [Ty::Int, Ty::Int, Ty::Int] => self.int_loop(i, index, count, step),
            [Ty::Flt, Ty::Flt, Ty::Flt] => self.float_loop(i, index, count, step),
            [Ty::Int | Ty::Any, Ty::Int | Ty::Any, Ty::Int | Ty::Any] => {
                // An inline count means that the index and the step are inline too.
                let inline = self.test(Op::AreInts, &[index, count, step]);
                let Some(inline) = inline else { return self.step(Code::ForLoop, i) };
                self.split_usually(
                    inline,
                    |builder| {
                        let (index, count, step) = (builder.as_int(index), builder.as_int(count), builder.as_int(step));
                        builder.int_loop(i, index, count, step)
                    },
                    |builder| builder.step(Code::ForLoop, i),
                )
            }
            _ => self.step(Code::ForLoop, i),
        }
    }

    pub(super) fn for_in_prep_unprofiled(&mut self, i: Instr) -> Result {
        let closing = self.get(i.a() + 3);
        let target = self.target();
        if matches!(self.f.inst(closing).op, Op::Any(bits) if bits == Value::NIL.0) {
            return self.goto(target);
        }
        let any = self.any(closing);
        let none = self.is_nil(any);
        self.split_usually(none, |builder| builder.goto(target), |builder| builder.step(Code::ForInPrep, i))
    }
}
