//! `for` loops.

use super::{Builder, Caller, Closure, Result};
use crate::ir::{Class, Cond, Op, Ty, Val, Width};
use perilune_front::op::{Instr, Op as Code};
use perilune_vm::cache::Cache;
use perilune_vm::proto::ProtoRef;
use perilune_vm::runtime::{CALLS_METAMETHOD, Helper};
use perilune_vm::tier::{Called, Callee, intrinsic_of, kinds, proto_as_value, proto_of};
use perilune_vm::{Special, Value, layout};

impl Builder<'_> {
    pub(super) fn for_prep(&mut self, i: Instr) -> Result {
        let site = self.site();
        let (start, limit, step) = (self.get(i.a()), self.get(i.a() + 1), self.get(i.a() + 2));
        let seen = self.kinds(start, site.a) | self.kinds(limit, site.b) | self.kinds(step, site.c);
        let by = match self.f.inst(step).op {
            Op::Int(by) if by != 0 && by != i64::MIN => by,
            _ => return self.step(Code::ForPrep, i),
        };
        if seen != kinds::INT {
            return self.step(Code::ForPrep, i);
        }
        let (start, limit) = (self.fitting(start)?, self.fitting(limit)?);
        let order = if by > 0 { Cond::Le } else { Cond::Ge };
        let runs = self.push(Op::Compare(order), &[start, limit], Ty::Bool);
        let (target, body) = (self.target(), self.pc + 2);
        self.split(
            runs,
            |b| {
                let (from, to) = if by > 0 { (start, limit) } else { (limit, start) };
                let distance = b.push(Op::Sub, &[to, from], Ty::Int);
                let count = match by.unsigned_abs() {
                    1 => distance,
                    stride => {
                        let stride = b.int(stride as i64);
                        b.push(Op::UDiv, &[distance, stride], Ty::Int)
                    }
                };
                // The interpreter counts in 47 bits.
                let most = b.int(1 << 47);
                let fine = b.push(Op::Compare(Cond::Below), &[count, most], Ty::Bool);
                b.push_exit(Op::Check, &[fine], Ty::None);
                b.f.small.insert(count);
                b.set(i.a(), start);
                b.set(i.a() + 1, count);
                b.set(i.a() + 3, start);
                b.goto(body)
            },
            |b| b.goto(target),
        )
    }

    /// An integer that fits a word.
    pub(super) fn fitting(&mut self, val: Val) -> Result<Val> {
        let int = self.typed(val, Ty::Int)?;
        if self.f.small.contains(&int) {
            return Ok(int);
        }
        let fitting = self.push_exit(Op::GuardFits, &[int], Ty::Int);
        self.f.small.insert(fitting);
        Ok(fitting)
    }

    pub(super) fn for_loop(&mut self, i: Instr) -> Result {
        let site = self.site();
        let (index, limit, step) = (self.get(i.a()), self.get(i.a() + 1), self.get(i.a() + 2));
        let seen = [self.kinds(index, site.a), self.kinds(limit, site.b), self.kinds(step, site.c)];
        match seen {
            [kinds::INT, kinds::INT, kinds::INT] => {
                // Who enters a loop around it in the middle may bring others.
                let (index, count) = (self.fitting(index)?, self.fitting(limit)?);
                self.int_loop(i, index, count, step)
            }
            [kinds::FLOAT, kinds::FLOAT, kinds::FLOAT] => self.float_loop(i, index, limit, step),
            [0, ..] => self.exit(),
            _ => self.step(Code::ForLoop, i),
        }
    }

    pub(super) fn int_loop(&mut self, i: Instr, index: Val, count: Val, step: Val) -> Result {
        let (index, count, step) = (self.typed(index, Ty::Int)?, self.typed(count, Ty::Int)?, self.typed(step, Ty::Int)?);
        let zero = self.int(0);
        let done = self.push(Op::Compare(Cond::Eq), &[count, zero], Ty::Bool);
        let (target, next) = (self.target(), self.pc + 2);
        self.split(
            done,
            |b| b.goto(next),
            |b| {
                let one = b.int(1);
                let count = b.push(Op::Sub, &[count, one], Ty::Int);
                let index = b.push(Op::Add, &[index, step], Ty::Int);
                // The preparation made sure of it.
                b.f.small.extend([count, index]);
                b.set(i.a(), index);
                b.set(i.a() + 1, count);
                b.set(i.a() + 3, index);
                b.goto(target)
            },
        )
    }

    pub(super) fn float_loop(&mut self, i: Instr, index: Val, limit: Val, step: Val) -> Result {
        let (index, limit, step) = (self.typed(index, Ty::Flt)?, self.typed(limit, Ty::Flt)?, self.typed(step, Ty::Flt)?);
        let next_index = self.push(Op::FAdd, &[index, step], Ty::Flt);
        let zero = self.push(Op::Flt(0), &[], Ty::Flt);
        let up = self.push(Op::FCompare(Cond::Gt), &[step, zero], Ty::Bool);
        let down = self.push(Op::Not, &[up], Ty::Bool);
        let below = self.push(Op::FCompare(Cond::Le), &[next_index, limit], Ty::Bool);
        let above = self.push(Op::FCompare(Cond::Ge), &[next_index, limit], Ty::Bool);
        let (up, down) = (self.push(Op::Both, &[up, below], Ty::Bool), self.push(Op::Both, &[down, above], Ty::Bool));
        let runs = self.push(Op::Either, &[up, down], Ty::Bool);
        let (target, next) = (self.target(), self.pc + 2);
        self.split(
            runs,
            |b| {
                b.set(i.a(), next_index);
                b.set(i.a() + 3, next_index);
                b.goto(target)
            },
            |b| b.goto(next),
        )
    }

    pub(super) fn for_in_prep(&mut self, i: Instr) -> Result {
        let closing = self.get(i.a() + 3);
        let target = self.target();
        if !matches!(self.f.inst(closing).op, Op::Any(bits) if bits == Value::NIL.0) {
            if self.failed() {
                return self.step(Code::ForInPrep, i);
            }
            let any = self.any(closing);
            let nil = self.push(Op::Any(Value::NIL.0), &[], Ty::Any);
            let same = self.push(Op::Same, &[any, nil], Ty::Bool);
            self.push_exit(Op::Check, &[same], Ty::None);
        }
        self.goto(target)
    }

    /// The call and the loop instruction after it.
    pub(super) fn for_in_call(&mut self, i: Instr) -> Result {
        let seen = self.profile().and_then(|profile| profile.calls.get(&self.pc)).copied();
        if let Some(Callee::One(iterator)) = seen
            && !self.failed()
        {
            match intrinsic_of(iterator) {
                Some(Special::IpairsStep) => return self.ipairs(i, iterator),
                Some(Special::Next) => return self.pairs(i, iterator),
                _ => {}
            }
        }
        match seen {
            Some(Callee::One(iterator)) if !self.failed() && proto_of(iterator).is_some() => {
                self.call_iterator(i, Some(iterator))
            }
            Some(Callee::Closures(proto)) if !self.failed() => {
                if self.try_inline_iterator(i, proto, None)? {
                    return Ok(());
                }
                self.call_iterator(i, None)
            }
            _ => self.iterate(i),
        }
    }

    /// A Lua function as iterator: called as any other function is.
    fn call_iterator(&mut self, i: Instr, known: Option<Value>) -> Result {
        if let Some(iterator) = known
            && let Some(proto) = proto_of(iterator)
            && self.try_inline_iterator(i, proto, known)?
        {
            return Ok(());
        }
        let iterator = self.get(i.a());
        self.place_iterator(i);
        self.sync_needed();
        let (func, next) = (self.reg(i.a() + 4), self.pc + 2);
        for reg in func..func + 3 {
            self.sync(reg);
        }
        if !self.show_frames(next) {
            self.push(Op::SetPc(next), &[], Ty::None);
        }
        let mut args = vec![self.any(iterator)];
        if let Some(expected) = known {
            self.keep_alive(expected);
            args.push(self.push(Op::Any(expected.0), &[], Ty::Any));
        }
        self.push(Op::CallLua(func, i32::from(i.c()), 2), &args, Ty::None);
        self.hide_frames();
        self.forget_from(func);
        self.next_round(i)
    }

    /// Translates an iterator's body in place of its call: that of a certain function, or of any closure of `proto`.
    fn try_inline_iterator(&mut self, i: Instr, proto: ProtoRef, known: Option<Value>) -> Result<bool> {
        if !self.may_inline(proto) {
            return Ok(false);
        }
        self.attempt(|b| {
            let func = b.get(i.a());
            let closure = match known {
                Some(iterator) => {
                    b.check_is(func, iterator);
                    Closure::Known(iterator)
                }
                None => Closure::Val(b.closure_of(func, proto)?),
            };
            b.place_iterator(i);
            let resume = b.pc + 2;
            let caller = Caller { resume, needs: resume, wanted: i32::from(i.c()), called: Called::default(), tails: 0 };
            let func = b.reg(i.a() + 4);
            b.inline_at(func, 2, proto, closure, caller)?;
            b.next_round(i)
        })
    }

    /// The function, checked to be a closure of `proto`.
    pub(super) fn closure_of(&mut self, func: Val, proto: ProtoRef) -> Result<Val> {
        let function = self.typed(func, Ty::Fun)?;
        let kind = self.push(Op::Load(Class::Constant, Width::B1, layout::header::KIND), &[function], Ty::Int);
        let lua = self.int(i64::from(layout::header::LUA_CLOSURE));
        let is_lua = self.push(Op::Compare(Cond::Eq), &[kind, lua], Ty::Bool);
        self.push_exit(Op::Check, &[is_lua], Ty::None);
        let code = self.push(Op::Load(Class::Constant, Width::B8, layout::cell::CLOSURE_PROTO), &[function], Ty::Ptr);
        self.keep_alive(proto_as_value(proto));
        let wanted = self.address(proto.0.as_ptr() as usize);
        let same = self.push(Op::Same, &[code, wanted], Ty::Bool);
        self.push_exit(Op::Check, &[same], Ty::None);
        Ok(function)
    }

    /// Copies the iterator and its arguments to where it is called.
    fn place_iterator(&mut self, i: Instr) {
        for offset in 0..3 {
            let val = self.get(i.a() + offset);
            self.set(i.a() + 4 + offset, val);
        }
    }

    /// Goes on with the body if the iterator returned something, else behind the loop.
    fn next_round(&mut self, i: Instr) -> Result {
        let (target, after) = (super::cfg::target(&self.here().plan, self.pc + 2), self.pc + 4);
        let control = self.get(i.a() + 4);
        if self.f.ty(control) != Ty::Any {
            self.set(i.a() + 2, control);
            return self.goto(target);
        }
        let nil = self.push(Op::Any(Value::NIL.0), &[], Ty::Any);
        let ended = self.push(Op::Same, &[control, nil], Ty::Bool);
        self.split(
            ended,
            |b| b.goto(after),
            |b| {
                b.set(i.a() + 2, control);
                b.goto(target)
            },
        )
    }

    /// The next pair of a table.
    fn pairs(&mut self, i: Instr, iterator: Value) -> Result {
        let target = super::cfg::target(&self.here().plan, self.pc + 2);
        let func = self.get(i.a());
        self.check_is(func, iterator);
        let (table, control) = (self.get(i.a() + 1), self.get(i.a() + 2));
        let table = self.typed(table, Ty::Tab)?;
        let hint = self.traversal_hint();
        let (key, ended) = self.next_key(table, control, hint, i.a() + 5);
        let after = self.pc + 4;
        self.split(
            ended,
            |b| b.goto(after),
            |b| {
                b.check_key(key);
                b.set(i.a() + 2, key);
                b.set(i.a() + 4, key);
                for extra in 2..i.c() {
                    b.set_value(i.a() + 4 + extra, Value::NIL);
                }
                let value = b.reg(i.a() + 5);
                b.forget(value);
                b.goto(target)
            },
        )
    }

    /// The key after `control` in a table, its value in register `value`, and whether there is none. [`Self::check_key`] has to
    /// follow where there is one.
    pub(super) fn next_key(&mut self, table: Val, control: Val, hint: Val, value: u8) -> (Val, Val) {
        let control = self.any(control);
        // Should the key be none of the table's, the interpreter says so.
        self.exact_state();
        let value = self.reg(value);
        let key = self.push(Op::Next(value), &[table, control, hint], Ty::Any);
        let nil = self.push(Op::Any(Value::NIL.0), &[], Ty::Any);
        let ended = self.push(Op::Same, &[key, nil], Ty::Bool);
        (key, ended)
    }

    pub(super) fn check_key(&mut self, key: Val) {
        let invalid = self.push(Op::Any(CALLS_METAMETHOD), &[], Ty::Any);
        let invalid = self.push(Op::Same, &[key, invalid], Ty::Bool);
        let fine = self.push(Op::Not, &[invalid], Ty::Bool);
        self.push_exit(Op::Check, &[fine], Ty::None);
    }

    /// Where the loop keeps its position.
    pub(super) fn traversal_hint(&mut self) -> Val {
        let cache: *const Cache = self.cache();
        let proto = perilune_vm::tier::proto_as_value(self.here().proto);
        self.keep_alive(proto);
        self.address(cache as usize + layout::cache::HINT as usize)
    }

    /// The next element of the array part; what is elsewhere, and the end, is left to the runtime.
    fn ipairs(&mut self, i: Instr, iterator: Value) -> Result {
        let func = self.get(i.a());
        self.check_is(func, iterator);
        let (table, control) = (self.get(i.a() + 1), self.get(i.a() + 2));
        let (table, index) = (self.typed(table, Ty::Tab)?, self.typed(control, Ty::Int)?);
        if !self.has_failed() {
            return self.ipairs_of_list(i, table, index);
        }
        let len = self.array_length(table);
        let inside = self.push(Op::Compare(Cond::Below), &[index, len], Ty::Bool);
        self.split(
            inside,
            |b| {
                let element = b.load_element(table, index, None);
                let nil = b.push(Op::Any(Value::NIL.0), &[], Ty::Any);
                let hole = b.push(Op::Same, &[element, nil], Ty::Bool);
                b.split(
                    hole,
                    |b| b.ipairs_elsewhere(i, table, index),
                    |b| {
                        let key = b.key_after(index);
                        b.ipairs_round(i, key, element)
                    },
                )
            },
            |b| b.ipairs_elsewhere(i, table, index),
        )
    }

    /// The next element of a table without metatable that has all of them in its array part: nothing in the loop changes anything.
    fn ipairs_of_list(&mut self, i: Instr, table: Val, index: Val) -> Result {
        let plain = self.has_no_meta(table);
        self.push_exit(Op::Check, &[plain], Ty::None);
        let len = self.array_length(table);
        let inside = self.push(Op::Compare(Cond::Below), &[index, len], Ty::Bool);
        let (after, nil) = (self.pc + 4, self.push(Op::Any(Value::NIL.0), &[], Ty::Any));
        self.split(
            inside,
            |b| {
                let element = b.load_element(table, index, None);
                let hole = b.push(Op::Same, &[element, nil], Ty::Bool);
                b.split(
                    hole,
                    |b| b.goto(after),
                    |b| {
                        let key = b.key_after(index);
                        b.ipairs_round(i, key, element)
                    },
                )
            },
            |b| {
                // The first index may be any integer.
                let one = b.int(1);
                let key = b.push(Op::Add, &[index, one], Ty::Int);
                let any = b.any(key);
                let element = b.push(Op::Help(Helper::raw_get), &[table, any], Ty::Any);
                let ended = b.push(Op::Same, &[element, nil], Ty::Bool);
                b.push_exit(Op::Check, &[ended], Ty::None);
                b.goto(after)
            },
        )
    }

    /// The key of the element with this index. Array parts are shorter than 2^32.
    fn key_after(&mut self, index: Val) -> Val {
        let one = self.int(1);
        let key = self.push(Op::Add, &[index, one], Ty::Int);
        self.f.small.insert(key);
        key
    }

    /// The next round of a loop of `ipairs`.
    fn ipairs_round(&mut self, i: Instr, key: Val, element: Val) -> Result {
        self.set(i.a() + 2, key);
        self.set(i.a() + 4, key);
        for extra in 1..i.c() {
            self.set_value(i.a() + 4 + extra, Value::NIL);
        }
        if i.c() >= 2 {
            self.set(i.a() + 5, element);
        }
        let target = super::cfg::target(&self.here().plan, self.pc + 2);
        self.goto(target)
    }

    /// An element that is not in the array part, or the end. Of tables with metatables the runtime knows more.
    fn ipairs_elsewhere(&mut self, i: Instr, table: Val, index: Val) -> Result {
        let plain = self.has_no_meta(table);
        self.split(
            plain,
            |b| {
                let one = b.int(1);
                let key = b.push(Op::Add, &[index, one], Ty::Int);
                let key = b.fitting(key)?;
                let any = b.any(key);
                let element = b.push(Op::Help(Helper::raw_get), &[table, any], Ty::Any);
                let nil = b.push(Op::Any(Value::NIL.0), &[], Ty::Any);
                let ended = b.push(Op::Same, &[element, nil], Ty::Bool);
                let after = b.pc + 4;
                b.split(ended, |b| b.goto(after), |b| b.ipairs_round(i, key, element))
            },
            |b| b.iterate_by(i, true),
        )
    }

    /// The next round, by the runtime.
    fn iterate(&mut self, i: Instr) -> Result {
        self.iterate_by(i, false)
    }

    /// The same. `counts`: the first value is an integer, as on all other ways to the body.
    fn iterate_by(&mut self, i: Instr, counts: bool) -> Result {
        self.sync_needed();
        let first = self.reg(i.a());
        for reg in first..first + 3 {
            self.sync(reg);
        }
        let pc = self.pc;
        self.show_frames(pc);
        let goes_on = self.push(Op::ForIn(pc), &[], Ty::Bool);
        self.hide_frames();
        self.forget(first + 2);
        self.forget_from(first + 4);
        let (target, next) = (super::cfg::target(&self.here().plan, pc + 2), pc + 4);
        self.split(
            goes_on,
            |b| {
                if counts && !b.is_captured(first + 4) {
                    // What failed is an assumption about the body's first instruction.
                    (b.pc, b.state, b.env.resume) = (target, None, None);
                    let key = b.get(i.a() + 4);
                    let key = b.typed(key, Ty::Int)?;
                    b.set(i.a() + 2, key);
                    b.set(i.a() + 4, key);
                }
                b.goto(target)
            },
            |b| b.goto(next),
        )
    }
}
