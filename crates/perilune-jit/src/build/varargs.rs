//! Extra arguments: `...`, alone and in the calls and constructors that take all of them.

use super::{Builder, Result};
use crate::ir::{Cond, Op, Ty, Val};
use perilune_front::op::{Instr, Op as Code};
use perilune_vm::runtime::Helper;
use perilune_vm::tier::{Callee, intrinsic_of, kinds};
use perilune_vm::{Special, Value};

/// Registers of an inlined function that extra arguments are put into all at once, at most.
const MAX_REGISTER: u16 = 240;

impl Builder<'_> {
    pub(super) fn varargs(&mut self, i: Instr) -> Result {
        if self.inlined() {
            return self.varargs_inlined(i);
        }
        if i.c() == 0 && self.takes_all(i)? {
            return Ok(());
        }
        if i.c() == 0 {
            return self.step(Code::Vararg, i);
        }
        let count = self.extra_count();
        for index in 0..i.c() - 1 {
            let position = self.int(i64::from(index));
            let val = self.extra_argument(position, count)?;
            self.set(i.a() + index, val);
        }
        Ok(())
    }

    /// Extra arguments of an inlined function are registers of its caller.
    fn varargs_inlined(&mut self, i: Instr) -> Result {
        let extras = self.here().extras.clone();
        if i.c() == 0 && self.takes_selected(i)? {
            return Ok(());
        }
        let count = if i.c() == 0 { extras.len() as u16 } else { u16::from(i.c() - 1) };
        let (first, end) = (u16::from(i.a()), u16::from(i.a()) + count);
        if end > MAX_REGISTER {
            return Err(super::Stop::Refused("many extra arguments"));
        }
        let base = self.here().base;
        self.env.grow(usize::from(base + end));
        let vals: Vec<Val> = (0..count).map(|index| self.extra_inlined(index)).collect();
        for (reg, val) in (base + first..).zip(vals) {
            self.set_reg(reg, val);
        }
        if i.c() == 0 {
            let next = self.pc + 1;
            self.open_at(base + first, base + end, next);
        }
        Ok(())
    }

    /// The instruction at `next` takes the values from register `first` up to `end`, both from the outermost frame's first register
    /// on.
    pub(super) fn open_at(&mut self, first: u16, end: u16, next: u32) {
        self.f.extent = self.f.extent.max(u32::from(end));
        // Should it be left to the interpreter, that goes by the top.
        self.push(Op::SetTop(end), &[], Ty::None);
        let index = self.bodies.len() - 1;
        let mut needed = self.needed(index, next);
        (first..end).for_each(|reg| needed.insert((reg - self.here().base) as u8));
        self.body_mut().needed.insert(next, needed);
        self.open = Some(end);
    }

    /// The extra argument of an inlined function at an index, or nil.
    fn extra_inlined(&mut self, index: u16) -> Val {
        let extras = self.here().extras.clone();
        match extras.start + index {
            reg if reg < extras.end => self.get_reg(reg),
            _ => self.push(Op::Any(Value::NIL.0), &[], Ty::Any),
        }
    }

    /// The extra argument of an inlined function at an index that is not known, or nil.
    fn one_of_extras(&mut self, index: Val, from: u16) -> Result<Val> {
        if usize::from(from) >= self.here().extras.len() {
            return Ok(self.push(Op::Any(Value::NIL.0), &[], Ty::Any));
        }
        let number = self.int(i64::from(from));
        let same = self.push(Op::Compare(Cond::Eq), &[index, number], Ty::Bool);
        self.either(
            same,
            Ty::Any,
            |b| {
                let val = b.extra_inlined(from);
                Ok(b.any(val))
            },
            |b| b.one_of_extras(index, from + 1),
        )
    }

    /// `select(n, ...)` in an inlined function.
    fn takes_selected(&mut self, i: Instr) -> Result<bool> {
        let next = self.pc + 1;
        let (op, taker) = super::cfg::instr_at(&self.here().plan, next);
        let done = op == Code::Call && !self.failed() && self.select(i, taker, next)?;
        if done {
            self.skip = Some(next);
        }
        Ok(done)
    }

    fn extra_count(&mut self) -> Val {
        if self.inlined() {
            let count = self.here().extras.len();
            return self.int(count as i64);
        }
        let count = self.push(Op::ExtraCount, &[], Ty::Int);
        self.f.small.insert(count);
        count
    }

    /// The extra argument at an index, or nil.
    fn extra_argument(&mut self, index: Val, count: Val) -> Result<Val> {
        if self.inlined() {
            return match self.f.inst(index).op {
                Op::Int(index) => Ok(self.extra_inlined(u16::try_from(index).unwrap_or(u16::MAX / 2))),
                _ => self.one_of_extras(index, 0),
            };
        }
        let given = self.push(Op::Compare(Cond::Below), &[index, count], Ty::Bool);
        self.either(
            given,
            Ty::Any,
            |b| Ok(b.push(Op::ExtraArg, &[index], Ty::Any)),
            |b| Ok(b.push(Op::Any(Value::NIL.0), &[], Ty::Any)),
        )
    }

    /// Translates the instruction together with the next one, which takes all extra arguments, if there is a rule for that one.
    fn takes_all(&mut self, i: Instr) -> Result<bool> {
        let next = self.pc + 1;
        let (op, taker) = super::cfg::instr_at(&self.here().plan, next);
        if self.failed() {
            return Ok(false);
        }
        let done = match op {
            Code::Call => self.select(i, taker, next)?,
            Code::SetList => self.set_extra_list(i, taker, next)?,
            _ => false,
        };
        if done {
            self.skip = Some(next);
        }
        Ok(done)
    }

    /// `select(n, ...)` where one result is wanted.
    fn select(&mut self, i: Instr, call: Instr, pc: u32) -> Result<bool> {
        let seen = self.profile().and_then(|profile| profile.calls.get(&pc)).copied();
        let Some(Callee::One(callee)) = seen else { return Ok(false) };
        // Just the number stands before the extra arguments.
        let is_select = intrinsic_of(callee) == Some(Special::Select) && i.a() == call.a() + 2;
        if !is_select || call.c() != 2 {
            return Ok(false);
        }
        let number = self.get(call.a() + 1);
        let is_count = matches!(self.f.inst(number).op, Op::Any(word)
            if Value(word).as_str().is_some_and(|text| text.bytes().first() == Some(&b'#')));
        let site = self.profile().map_or(0, |profile| profile.sites[pc as usize].b);
        let seen = self.kinds(number, site);
        if !is_count && seen != kinds::INT {
            return Ok(false);
        }
        let func = self.get(call.a());
        self.check_is(func, callee);
        let count = self.extra_count();
        let result = if is_count {
            count
        } else {
            let number = self.typed(number, Ty::Int)?;
            let zero = self.int(0);
            let fine = self.push(Op::Compare(Cond::Gt), &[number, zero], Ty::Bool);
            self.push_exit(Op::Check, &[fine], Ty::None);
            let one = self.int(1);
            let index = self.push(Op::Sub, &[number, one], Ty::Int);
            self.extra_argument(index, count)?
        };
        let func = self.reg(call.a());
        self.forget_from(func);
        self.set(call.a(), result);
        Ok(true)
    }

    /// `{...}`. With other elements before, all are stored at once: where the border is depends on that.
    fn set_extra_list(&mut self, i: Instr, list: Instr, pc: u32) -> Result<bool> {
        let object = self.get(list.a());
        if self.f.ty(object) != Ty::Tab || i.a() != list.a() + 1 {
            return Ok(false);
        }
        let from = i64::from(self.here().plan.code[pc as usize + 1]) + 1;
        let from = self.int(from);
        let failed = self.push(Op::Help(Helper::set_extra_list), &[object, from], Ty::Int);
        let zero = self.int(0);
        let fine = self.push(Op::Compare(Cond::Eq), &[failed, zero], Ty::Bool);
        self.push_exit(Op::CheckDone, &[fine], Ty::None);
        Ok(true)
    }
}
