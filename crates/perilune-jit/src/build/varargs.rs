//! Extra arguments: `...`, alone and in the calls and constructors that take all of them.

use super::{Builder, Result};
use crate::ir::{Cond, Op, Ty, Val};
use perilune_front::op::{Instr, Op as Code};
use perilune_vm::runtime::Helper;
use perilune_vm::tier::{Callee, intrinsic_of, kinds};
use perilune_vm::{Special, Value};

impl Builder<'_> {
    pub(super) fn varargs(&mut self, i: Instr) -> Result {
        if self.inlined() {
            return Err(super::Stop::Refused("extra arguments"));
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

    fn extra_count(&mut self) -> Val {
        let count = self.push(Op::ExtraCount, &[], Ty::Int);
        self.f.small.insert(count);
        count
    }

    /// The extra argument at an index, or nil.
    fn extra_argument(&mut self, index: Val, count: Val) -> Result<Val> {
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
