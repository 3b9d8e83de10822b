//! Calls, inlining, and returns.

use super::{Builder, Caller, Closure, Result, Stop};
use crate::ir::{Class, Cond, End, Op, Ty, Val, Width};
use perilune_front::op::{Extra, Instr, Op as Code};
use perilune_vm::lazy::{self, MOST_RESULTS};
use perilune_vm::proto::ProtoRef;
use perilune_vm::tier::{Called, Callee, is_only_closure, notes, proto_as_value, proto_of};
use perilune_vm::{Value, layout};

/// Longest code, in words, that is inlined.
const MAX_INLINED_WORDS: usize = 120;
/// The same of a function with loops.
const MAX_LOOP_WORDS: usize = 60;
/// Deepest nesting of inlined calls.
const MAX_DEPTH: usize = 5;
/// Most calls in progress of one function in one another that are inlined, the function itself included.
const MAX_RECURSIONS: usize = 2;
/// Most tail calls in a row that are inlined.
const MAX_TAILS: u8 = 3;
/// Most values that an inlined function returns to a caller that wants all of them.
const MAX_OPEN: u16 = 8;
/// Instructions of IR beyond which nothing more is inlined.
const MAX_INLINED_INSTS: usize = 4000;

impl Builder<'_> {
    pub(super) fn call(&mut self, i: Instr) -> Result {
        let seen = self.seen_callee(i);
        if self.has_called_table() && !self.unprofiled {
            if seen.is_none() && self.try_call_table(i)? {
                return Ok(());
            }
            return if i.b() == 0 { self.call_general(i) } else { self.call_lua(i, None) };
        }
        if seen.is_none() && self.never_ran() {
            return self.exit();
        }
        if i.b() != 0 && i.c() == 0 && !self.unprofiled && !self.failed() && self.takes_open_results(self.pc + 2) {
            let done = match seen {
                Some(Callee::One(callee)) => self.try_inline(i, callee)?,
                Some(Callee::Closures(proto)) => self.try_inline_closures(i, proto)?,
                _ => false,
            };
            if done {
                return Ok(());
            }
        }
        if i.b() != 0 && i.c() != 0 {
            let done = match seen {
                Some(Callee::One(callee)) => self.try_intrinsic(i, callee)? || self.try_inline(i, callee)?,
                Some(Callee::Closures(proto)) => self.try_inline_closures(i, proto)?,
                Some(Callee::Few(few)) if !self.unprofiled && !self.failed() => {
                    self.call_few(i, few)?;
                    true
                }
                _ => false,
            };
            if done {
                return Ok(());
            }
        }
        if self.may_call_fast(i) && self.call_fast(i, seen)? {
            return Ok(());
        }
        match seen {
            Some(Callee::One(callee)) if i.b() != 0 && proto_of(callee).is_some() => self.call_lua(i, Some(callee)),
            Some(Callee::Closures(_) | Callee::Few(_) | Callee::Many) if i.b() != 0 => self.call_lua(i, None),
            _ => self.call_general(i),
        }
    }

    /// Whether the instruction was seen to call tables.
    fn has_called_table(&self) -> bool {
        self.profile().is_some_and(|profile| profile.receivers.contains_key(&self.pc))
    }

    /// Whether a call has a number of arguments and of results that fast calls can have.
    pub(super) fn may_call_fast(&self, i: Instr) -> bool {
        let fits = match u32::from(i.c()) {
            0 => self.takes_open_results(self.pc + 2),
            wanted => wanted <= MOST_RESULTS + 1,
        };
        i.b() != 0 && fits && !self.unprofiled
    }

    /// What the instruction was seen to call. Where closures are made again and again, the next one will be another one.
    fn seen_callee(&mut self, i: Instr) -> Option<Callee> {
        let seen = self.profile().and_then(|profile| profile.calls.get(&self.pc)).copied();
        match seen {
            Some(Callee::One(callee)) if proto_of(callee).is_some() && !is_only_closure(callee) => {
                let func = self.get(i.a());
                let is_known = matches!(self.f.inst(func).op, Op::Any(_));
                if is_known { seen } else { proto_of(callee).map(Callee::Closures) }
            }
            _ => seen,
        }
    }

    /// Whether the function was watched, and this instruction never executed meanwhile.
    fn never_ran(&self) -> bool {
        self.profile().is_some_and(|profile| profile.events > 0)
    }

    /// A call through the runtime.
    pub(super) fn call_general(&mut self, i: Instr) -> Result {
        let func = self.prepare_call(i)?;
        if i.b() != 0 {
            self.push(Op::SetTop(func + u16::from(i.b())), &[], Ty::None);
        }
        self.push(Op::Call(func, i32::from(i.c()) - 1), &[], Ty::None);
        self.hide_frames();
        self.forget_from(func);
        Ok(())
    }

    /// A call of what probably is a compiled function, and nearly always `expected` if that is given.
    pub(super) fn call_lua(&mut self, i: Instr, expected: Option<Value>) -> Result {
        let callee = self.get(i.a());
        let func = self.prepare_call(i)?;
        let mut args = vec![self.any(callee)];
        if let Some(expected) = expected {
            self.keep_alive(expected);
            args.push(self.push(Op::Any(expected.0), &[], Ty::Any));
        }
        self.push(Op::CallLua(func, i32::from(i.c()) - 1, i.b() - 1), &args, Ty::None);
        self.hide_frames();
        self.forget_from(func);
        Ok(())
    }

    // ---- fast calls ----

    /// A call of a function for which there is, or may soon be, code for fast calls; whether it is one.
    pub(super) fn call_fast(&mut self, i: Instr, seen: Option<Callee>) -> Result<bool> {
        let (proto, is_known) = match seen {
            Some(Callee::One(callee)) => (proto_of(callee), true),
            Some(Callee::Closures(proto)) => (Some(proto), true),
            Some(Callee::Few(_) | Callee::Many) => (None, false),
            None => return Ok(false),
        };
        if self.failed() || is_known && !proto.is_some_and(|proto| self.may_be_fast(proto, i.b() - 1)) {
            return Ok(false);
        }
        if i.c() == 0 && proto.is_some_and(returns_several) {
            return Ok(false);
        }
        let known = self.check_seen(i, seen)?;
        let callee = self.get(i.a());
        let mut args = vec![self.any(callee)];
        args.extend(known.map(|(_, address)| address));
        self.pass_arguments(i, known.map(|(proto, _)| proto), &mut args);
        self.push_fast_call(i, known.is_some(), &args);
        Ok(true)
    }

    /// Checks that the function is the one that was seen, or one of those: its prototype, and the address of that.
    fn check_seen(&mut self, i: Instr, seen: Option<Callee>) -> Result<Option<(ProtoRef, Val)>> {
        match seen {
            Some(Callee::One(callee)) => {
                let Some(proto) = proto_of(callee) else { return Ok(None) };
                let func = self.get(i.a());
                self.check_is(func, callee);
                let reg = self.reg(i.a());
                if !self.is_captured(reg) {
                    self.env.regs[reg as usize] = Some(self.constant(callee));
                }
                self.keep_alive(proto_as_value(proto));
                Ok(Some((proto, self.address(proto.0.as_ptr() as usize))))
            }
            Some(Callee::Closures(proto)) => Ok(Some((proto, self.check_proto(i.a(), proto)?.1))),
            _ => Ok(None),
        }
    }

    /// Whether a call of a function with so many arguments may be a fast one.
    fn may_be_fast(&self, proto: ProtoRef, given: u8) -> bool {
        let code = proto.get();
        let is_framed = code.is_vararg || code.tier.is_framed() || self.framed && proto == self.f.proto;
        !is_framed && (code.params <= given || usize::from(code.params) <= lazy::ARGUMENTS)
    }

    /// Whether the instruction at `pc` takes all results of the call before it.
    pub(super) fn takes_open_results(&self, pc: u32) -> bool {
        let (op, i) = super::cfg::instr_at(&self.here().plan, pc);
        i.b() == 0 && matches!(op, Code::Call | Code::TailCall | Code::Return | Code::SetList)
    }

    /// After a call for all results, of which there is one: the instruction that takes them takes a number of values.
    pub(super) fn with_known_end(&mut self, op: Code, i: Instr) -> Instr {
        let Some(end) = self.open.take() else { return i };
        let count = end - self.reg(i.a());
        let b = match op {
            Code::Return => count + 1,
            Code::SetList => count - 1,
            _ => count,
        };
        u8::try_from(b).map_or(i, |b| Instr::abc(op, i.a(), b, i.c()))
    }

    /// The arguments of a fast call: the first ones are operands, others go to their places.
    fn pass_arguments(&mut self, i: Instr, proto: Option<ProtoRef>, args: &mut Vec<Val>) {
        let given = i.b() - 1;
        let params = proto.map_or(given, |proto| proto.get().params);
        for index in 0..given {
            if usize::from(index) < lazy::ARGUMENTS {
                let arg = self.get(i.a() + 1 + index);
                args.push(self.any(arg));
            } else {
                self.sync(self.reg(i.a() + 1 + index));
            }
        }
        for index in given..params {
            let nil = self.push(Op::Any(Value::NIL.0), &[], Ty::Any);
            if usize::from(index) < lazy::ARGUMENTS {
                args.push(nil);
            } else {
                let place = self.reg(i.a()) + 1 + u16::from(index);
                self.push(Op::StoreReg(place), &[nil], Ty::None);
            }
        }
    }

    fn push_fast_call(&mut self, i: Instr, known: bool, args: &[Val]) {
        let (next, func) = (self.pc + 2, self.reg(i.a()));
        let mut constants = Vec::new();
        for reg in self.needed_registers(next).into_iter().filter(|&reg| reg < func) {
            if (reg as usize) < self.env.regs.len() {
                self.sync_or_note(reg, &mut constants);
            }
        }
        // Code for an only function does not look at it.
        match self.env.regs[func as usize].map(|val| self.f.inst(val).op) {
            Some(Op::Any(word)) if is_only_closure(Value(word)) => self.sync_or_note(func, &mut constants),
            _ => self.sync(func),
        }
        let wanted = i32::from(i.c()) - 1;
        let op = if known { Op::CallFast(func, wanted, i.b() - 1) } else { Op::CallAny(func, wanted, i.b() - 1) };
        let state = self.state_with(next, constants);
        self.act();
        let (block, ty) = (self.block(), if wanted == 0 { Ty::None } else { Ty::Any });
        let result = self.f.push(block, op, args, ty, Some(state));
        self.env.grow(usize::from(func) + wanted.max(1) as usize);
        self.forget_from(func);
        if wanted != 0 {
            self.set_reg(func, result);
        }
        if wanted < 0 {
            // Should what follows be left to the interpreter, it goes by the top.
            self.push(Op::SetTop(func + 1), &[], Ty::None);
            let index = self.bodies.len() - 1;
            let mut needed = self.needed(index, next);
            needed.insert((func - self.here().base) as u8);
            self.body_mut().needed.insert(next, needed);
            self.open = Some(func + 1);
        }
    }

    /// Brings the stack up to date for a register, or notes that its value is a constant: then that is stored when a frame is made.
    fn sync_or_note(&mut self, reg: u16, constants: &mut Vec<(u16, Val)>) {
        let Some(val) = self.env.regs[reg as usize] else { return };
        if self.env.places[reg as usize] == Some(val) {
            return;
        }
        let any = self.any(val);
        if !matches!(self.f.inst(any).op, Op::Any(_)) {
            return self.sync(reg);
        }
        constants.push((reg, any));
        self.env.places[reg as usize] = None;
        self.state = None;
    }

    /// Brings the stack up to date for a call. The register of the function.
    fn prepare_call(&mut self, i: Instr) -> Result<u16> {
        self.sync_needed();
        let func = self.reg(i.a());
        for reg in func..func + u16::from(i.b().max(1)) {
            self.sync(reg);
        }
        let next = self.pc + 2;
        if !self.show_frames(next) {
            self.push(Op::SetPc(next), &[], Ty::None);
        }
        Ok(func)
    }

    // ---- inlining ----

    pub(super) fn try_inline(&mut self, i: Instr, callee: Value) -> Result<bool> {
        let Some(proto) = proto_of(callee) else { return Ok(false) };
        if !self.may_inline(proto) {
            return Ok(false);
        }
        self.attempt(|b| {
            let func = b.get(i.a());
            b.check_is(func, callee);
            b.inline(i, proto, Closure::Known(callee))
        })
    }

    pub(super) fn try_inline_closures(&mut self, i: Instr, proto: ProtoRef) -> Result<bool> {
        if !self.may_inline(proto) {
            return Ok(false);
        }
        self.attempt(|b| {
            let (function, _) = b.check_proto(i.a(), proto)?;
            b.inline(i, proto, Closure::Val(function))
        })
    }

    /// Checks that the value in register `r` is a closure of a prototype: its address, and the prototype's.
    fn check_proto(&mut self, r: u8, proto: ProtoRef) -> Result<(Val, Val)> {
        let func = self.get(r);
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
        Ok((function, wanted))
    }

    /// Checks that a value is a certain function.
    pub(super) fn check_is(&mut self, func: Val, callee: Value) {
        self.keep_alive(callee);
        let func = self.any(func);
        if self.f.inst(func).op == Op::Any(callee.0) {
            return;
        }
        let wanted = self.push(Op::Any(callee.0), &[], Ty::Any);
        let same = self.push(Op::Same, &[func, wanted], Ty::Bool);
        self.push_exit(Op::Check, &[same], Ty::None);
    }

    /// Tries something that may turn out to be impossible half-way.
    pub(super) fn attempt(&mut self, action: impl FnOnce(&mut Self) -> Result) -> Result<bool> {
        let saved = (self.f.clone(), self.env.clone(), self.at, self.pc, self.state, self.bodies.len());
        let moment = (self.state_is_earlier, self.acted);
        let origins = self.origins.clone();
        match action(self) {
            Ok(()) => Ok(true),
            Err(Stop::Ended) => Err(Stop::Ended),
            Err(Stop::Refused(_)) => {
                let bodies;
                (self.f, self.env, self.at, self.pc, self.state, bodies) = saved;
                self.bodies.truncate(bodies);
                (self.state_is_earlier, self.acted) = moment;
                self.origins = origins;
                Ok(false)
            }
        }
    }

    pub(super) fn may_inline(&self, proto: ProtoRef) -> bool {
        let code = proto.get();
        let shallow = self.bodies.len() <= MAX_DEPTH && self.f.insts.len() < MAX_INLINED_INSTS;
        let recursions = self.bodies.iter().filter(|body| body.proto == proto).count();
        shallow && recursions < MAX_RECURSIONS && code.code.len() <= MAX_INLINED_WORDS && is_inlinable(&code.code)
            // Without a profile nothing is known of it.
            && code.tier.profile.is_some()
    }

    /// Translates the body of the function that the instruction calls in place of the call.
    pub(super) fn inline(&mut self, i: Instr, proto: ProtoRef, closure: Closure) -> Result {
        let resume = self.pc + 2;
        let caller = Caller { resume, needs: resume, wanted: i32::from(i.c()) - 1, called: Called::default(), tails: 0 };
        let func = self.reg(i.a());
        let count = self.inline_at(func, i.b() - 1, proto, closure, caller)?;
        if i.c() == 0 {
            self.open_at(func, func + count, resume);
        }
        Ok(())
    }

    /// Translates the body of a function in place of a call of it: it stands in register `func`, `given` arguments behind it. The
    /// results are then in the registers from `func` on: how many there are.
    pub(super) fn inline_at(&mut self, func: u16, given: u8, proto: ProtoRef, closure: Closure, caller: Caller) -> Result<u16> {
        let pc = self.pc;
        let body = self.inlined_body(func, given, proto, closure, caller)?;
        // Whatever the function did must not be done again.
        (self.pc, self.state, self.acted) = (pc, None, true);
        if body.returns.is_empty() {
            return Err(Stop::Ended);
        }
        let results = u16::try_from(caller.wanted).unwrap_or_else(|_| body.results.expect("it returns"));
        let needed = self.needed(self.bodies.len() - 1, caller.needs);
        let outer = self.here().base;
        self.join(body.returns, |reg| {
            reg < outer || (func..func + results).contains(&reg) || reg - outer < 256 && needed.contains((reg - outer) as u8)
        });
        Ok(results)
    }

    /// Translates the body of a function: what is left of it are the ways that return.
    fn inlined_body(&mut self, func: u16, given: u8, proto: ProtoRef, closure: Closure, caller: Caller) -> Result<super::Body> {
        let (params, registers) = (proto.get().params, proto.get().registers);
        let is_vararg = proto.get().is_vararg;
        let first = func + 1;
        // Of vararg functions, fixed arguments and the function itself are moved above the extra ones.
        let base = if is_vararg { first + u16::from(given.max(params)) + 1 } else { first };
        let extent = base + u16::from(registers);
        self.f.extent = self.f.extent.max(u32::from(extent));
        // The interpreter's frame has the function in its register.
        let mut args = Vec::with_capacity(given.into());
        let function = self.get_reg(func);
        for index in 0..given {
            args.push(self.get_reg(first + u16::from(index)));
        }
        self.env.grow(extent as usize);
        let mut places: Vec<_> = (0..given).map(|index| self.env.places[(first + u16::from(index)) as usize]).collect();
        let extras = first + u16::from(params)..first + u16::from(given.max(params));
        let mut caller = caller;
        caller.called.extra = None;
        if is_vararg {
            self.forget_from(base - 1);
            self.env.regs[usize::from(base - 1)] = Some(function);
            places.fill(None);
            caller.called.extra = Some(extras.len() as u16);
        } else {
            self.forget_from(base + u16::from(params.min(given)));
        }
        let mut body = self.body(proto, 0, base, closure, Some(caller));
        if is_vararg {
            (body.func, body.extras) = (func, extras);
        }
        if body.cfg.irreducible {
            return Err(Stop::Refused("loops with several entries"));
        }
        if (0..params).any(|r| body.captured.contains(r)) {
            return Err(Stop::Refused("captures a parameter"));
        }
        let block = self.at.take().expect("code is reached");
        let mut env = self.env.clone();
        for r in 0..params {
            let reg = (base + u16::from(r)) as usize;
            if r >= given {
                let nil = self.f.push(block, Op::Any(Value::NIL.0), &[], Ty::Any, None);
                (env.regs[reg], env.places[reg]) = (Some(nil), None);
            } else {
                (env.regs[reg], env.places[reg]) = (Some(args[r as usize]), places[r as usize]);
            }
        }
        body.pending.insert(0, vec![(block, env)]);
        self.bodies.push(body);
        let result = self.run();
        let body = self.bodies.pop().expect("just pushed");
        match result {
            Ok(()) | Err(Stop::Ended) => Ok(body),
            Err(refused) => Err(refused),
        }
    }

    // ---- returns ----

    pub(super) fn return_values(&mut self, op: Code, i: Instr) -> Result {
        if self.inlined() {
            return self.return_inlined(op, i);
        }
        match op {
            Code::Return0 => self.end(End::Return0),
            Code::Return1 => {
                let val = self.get(i.a());
                return self.return_one(i.a(), val);
            }
            Code::Return if i.b() == 2 && (i.c() == 0 || self.nothing_to_close()) => {
                let val = self.get(i.a());
                return self.return_one(i.a(), val);
            }
            _ if i.c() != 0 && !self.nothing_to_close() => return self.return_closing(i),
            _ => self.return_many(i),
        }
        Err(Stop::Ended)
    }

    fn return_many(&mut self, i: Instr) {
        let first = self.reg(i.a());
        let count = i.b().checked_sub(1);
        // Open results follow values that registers may have.
        let end = count.map_or(self.env.regs.len() as u16, |count| first + u16::from(count));
        for reg in first..end {
            self.sync(reg);
        }
        if let Some(count) = count {
            return self.end(End::Return(first, u32::from(count)));
        }
        let pc = self.pc;
        self.push(Op::SetPc(pc + 1), &[], Ty::None);
        self.end(End::ReturnOpen(first));
    }

    /// A return that closes variables, if there are any to close.
    fn return_closing(&mut self, i: Instr) -> Result {
        let open = self.close_captured(0);
        self.split(
            open,
            |b| b.step_out(),
            |b| {
                b.return_many(i);
                Err(Stop::Ended)
            },
        )?;
        Err(Stop::Ended)
    }

    /// Whether the function never has a variable that is captured or to be closed.
    pub(super) fn nothing_to_close(&self) -> bool {
        let body = self.here();
        if self.f.entered != 0 || body.captured.iter().next().is_some() {
            return false;
        }
        let notes = |pc: u32| body.proto.get().tier.profile.as_ref().map_or(0, |profile| profile.sites[pc as usize].notes);
        let mut pc = 0;
        while pc < body.plan.code.len() as u32 {
            let (op, _) = super::cfg::instr_at(&body.plan, pc);
            // Generic loops begin with a check that they have nothing to close, unless the interpreter begins them.
            let stepped = self.unprofiled || notes(pc) & notes::FAILED != 0;
            if op == Code::MarkClose || op == Code::ForInPrep && stepped {
                return false;
            }
            pc += super::cfg::words(op);
        }
        true
    }

    /// A call in place of a return's values. Of what compiled code does itself it is a call and a return.
    pub(super) fn tail_call(&mut self, i: Instr) -> Result {
        let seen = self.profile().and_then(|profile| profile.calls.get(&self.pc)).copied();
        let seen = if self.inlined() && i.b() != 0 { self.seen_callee(i) } else { seen };
        if self.inlined()
            && i.b() != 0
            && let Some(callee @ (Callee::One(_) | Callee::Closures(_))) = seen
            && self.try_inline_tail(i, callee)?
        {
            return Err(Stop::Ended);
        }
        self.tail_call_fast(i, seen)?;
        let native = match seen {
            Some(Callee::One(callee)) if i.b() != 0 && callee.is_function() && proto_of(callee).is_none() => callee,
            None if self.never_ran() => return self.exit(),
            _ => return self.step_out(),
        };
        if i.c() != 0 && !self.nothing_to_close() || self.failed() {
            return self.step_out();
        }
        if self.return_byte(native, i)? {
            return Err(Stop::Ended);
        }
        if let Some(results) = self.intrinsic(native, i.a(), i.b() - 1, None)? {
            if let [result] = results[..] {
                return self.return_one(i.a(), result);
            }
            return self.return_all(i.a(), results);
        }
        if self.inlined() && self.tail_call_native(native, i)? {
            return Err(Stop::Ended);
        }
        self.step_out()
    }

    /// A native function that an inlined function calls in place of its values: it has a frame above that of the function, which
    /// then returns what it returned.
    fn tail_call_native(&mut self, native: Value, i: Instr) -> Result<bool> {
        let wanted = self.here().caller.expect("inlined").wanted;
        if wanted < 0 {
            return Ok(false);
        }
        let callee = self.get(i.a());
        self.check_is(callee, native);
        let func = self.prepare_call(i)?;
        let end = func + wanted as u16;
        self.f.extent = self.f.extent.max(u32::from(end));
        self.push(Op::SetTop(func + u16::from(i.b())), &[], Ty::None);
        self.push(Op::CallLast(func, wanted), &[], Ty::None);
        self.push(Op::PopReturned(func, wanted as u32), &[], Ty::None);
        self.env.grow(usize::from(end));
        self.forget_from(func);
        let results = (func..end).map(|reg| self.get_reg(reg)).collect();
        self.yield_results(results)?;
        Ok(true)
    }

    /// Gives way to a Lua function, if that turns out to be possible; if not the code goes on.
    fn tail_call_fast(&mut self, i: Instr, seen: Option<Callee>) -> Result {
        let proto = match seen {
            Some(Callee::One(callee)) => proto_of(callee),
            Some(Callee::Closures(proto)) => Some(proto),
            _ => None,
        };
        let is_known = !matches!(seen, Some(Callee::Few(_) | Callee::Many));
        let few = i.b() != 0 && usize::from(i.b()) <= lazy::ARGUMENTS + 1;
        let closes = i.c() != 0 && !self.nothing_to_close();
        if self.inlined() || self.unprofiled || self.f.entered != 0 || seen.is_none() || !few || closes || self.failed() {
            return Ok(());
        }
        if is_known && !proto.is_some_and(|proto| self.may_be_fast(proto, i.b() - 1)) {
            return Ok(());
        }
        let known = self.check_seen(i, seen)?;
        let callee = self.get(i.a());
        let mut args = vec![self.any(callee)];
        args.extend(known.map(|(_, address)| address));
        self.pass_arguments(i, known.map(|(proto, _)| proto), &mut args);
        let op = if is_known { Op::TailFast(i.b() - 1) } else { Op::TailAny(i.b() - 1) };
        self.push(op, &args, Ty::None);
        Ok(())
    }

    /// Translates the body of a Lua function in place of the inlined one that ends by calling it.
    fn try_inline_tail(&mut self, i: Instr, callee: Callee) -> Result<bool> {
        let proto = match callee {
            Callee::One(callee) => proto_of(callee),
            Callee::Closures(proto) => Some(proto),
            _ => None,
        };
        let Some(proto) = proto else { return Ok(false) };
        let caller = self.here().caller.expect("inlined");
        if caller.tails >= MAX_TAILS || !self.may_inline(proto) {
            return Ok(false);
        }
        let called = Called { in_tail: true, ..caller.called };
        let caller = Caller { called, tails: caller.tails + 1, ..caller };
        self.attempt(|b| {
            let closure = match callee {
                Callee::One(callee) => {
                    let func = b.get(i.a());
                    b.check_is(func, callee);
                    Closure::Known(callee)
                }
                _ => Closure::Val(b.check_proto(i.a(), proto)?.0),
            };
            // The call moves down to where the function that makes it stands.
            let vals: Vec<Val> = (0..i.b()).map(|index| b.get(i.a() + index)).collect();
            let body = b.bodies.pop().expect("inlined");
            let func = body.func;
            b.env.grow(func as usize + vals.len());
            b.state = None;
            for (reg, val) in (func..).zip(vals) {
                b.env.regs[reg as usize] = Some(val);
            }
            let pc = b.pc;
            let inner = b.inlined_body(func, i.b() - 1, proto, closure, caller);
            b.bodies.push(body);
            (b.pc, b.state) = (pc, None);
            let inner = inner?;
            if let Some(results) = inner.results {
                b.note_results(results)?;
            }
            b.body_mut().returns.extend(inner.returns);
            Ok(())
        })
    }

    /// Returns one value; `r` is a register that is free for it.
    pub(super) fn return_one(&mut self, r: u8, val: Val) -> Result {
        if self.inlined() {
            return self.yield_results(vec![val]);
        }
        let any = self.any(val);
        let reg = self.reg(r);
        self.end(End::Return1(any, reg));
        Err(Stop::Ended)
    }

    /// Returns values; registers from `r` on are free for them.
    pub(super) fn return_all(&mut self, r: u8, results: Vec<Val>) -> Result {
        if self.inlined() {
            return self.yield_results(results);
        }
        let count = results.len() as u16;
        let first = self.reg(r);
        self.env.grow((first + count) as usize);
        self.f.extent = self.f.extent.max(u32::from(first + count));
        for (reg, val) in (first..).zip(results) {
            let any = self.any(val);
            self.push(Op::StoreReg(reg), &[any], Ty::None);
        }
        self.end(End::Return(first, u32::from(count)));
        Err(Stop::Ended)
    }

    fn return_inlined(&mut self, op: Code, i: Instr) -> Result {
        let count = match op {
            Code::Return0 => 0,
            Code::Return1 => 1,
            _ if i.b() == 0 || i.c() != 0 => return Err(Stop::Refused("returns in a way that needs a frame")),
            _ => i.b() - 1,
        };
        let results = (0..count).map(|index| self.get(i.a() + index)).collect();
        self.yield_results(results)
    }

    /// An inlined function returns so many values to a caller that wants all of them: as many on all ways.
    fn note_results(&mut self, count: u16) -> Result {
        match self.body_mut().results.replace(count) {
            Some(before) if before != count => Err(Stop::Refused("returns various numbers of values")),
            _ if count > MAX_OPEN => Err(Stop::Refused("returns many values")),
            _ => Ok(()),
        }
    }

    /// Gives the results of an inlined call to its caller.
    fn yield_results(&mut self, mut results: Vec<Val>) -> Result {
        let mut wanted = self.here().caller.expect("inlined").wanted;
        if wanted < 0 {
            wanted = results.len() as i32;
            self.note_results(results.len() as u16)?;
        }
        results.truncate(wanted as usize);
        while results.len() < wanted as usize {
            results.push(self.push(Op::Any(Value::NIL.0), &[], Ty::Any));
        }
        let func = self.here().func;
        let depth = self.bodies.len() - 1;
        // The results are the caller's registers now.
        self.forget_from(func);
        for (index, val) in results.into_iter().enumerate() {
            let reg = func + index as u16;
            self.env.grow(reg as usize + 1);
            if self.bodies[depth - 1].captured.contains((reg - self.bodies[depth - 1].base) as u8) {
                return Err(Stop::Refused("returns to a captured variable"));
            }
            self.env.regs[reg as usize] = Some(val);
        }
        let block = self.at.take().expect("code is reached");
        let env = self.env.clone();
        self.body_mut().returns.push((block, env));
        Err(Stop::Ended)
    }
}

/// Whether a function may return other than one value, other than at its end.
fn returns_several(proto: ProtoRef) -> bool {
    let code = &proto.get().code;
    let mut pc = 0;
    while let Some((op, i)) = code.get(pc).and_then(|&word| Instr(word).op().map(|op| (op, Instr(word)))) {
        if op == Code::Return && i.b() != 2 {
            return true;
        }
        pc += op.words();
    }
    false
}

/// Whether code has only operations that need no frame of their own, as far as that shows in the code.
fn is_inlinable(code: &[u32]) -> bool {
    let mut pc = 0;
    while pc < code.len() {
        let Some(op) = Instr(code[pc]).op() else { return false };
        if matches!(op, Code::Closure | Code::MarkClose | Code::Close) {
            return false;
        }
        // Long loops are better compiled on their own: their frames are entered by on-stack replacement.
        if op.extra() == Extra::Jump && (code[pc + 1] as i32) < 0 && code.len() > MAX_LOOP_WORDS {
            return false;
        }
        pc += op.words();
    }
    true
}
