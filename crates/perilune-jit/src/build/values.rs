//! Registers, their values, types, and frame states.

use super::{Builder, Closure, Result};
use crate::ir::{Class, FrameState, Op, StateId, Ty, Val, Width};
use perilune_front::liveness::RegisterSet;
use perilune_vm::tier::{closed_upvalue, constant_upvalue, kinds};
use perilune_vm::value::fits_inline;
use perilune_vm::{Value, layout};

impl Builder<'_> {
    // ---- constants ----

    pub(super) fn int(&mut self, int: i64) -> Val {
        let val = self.push(Op::Int(int), &[], Ty::Int);
        if fits_inline(int) {
            self.f.small.insert(val);
        }
        val
    }

    pub(super) fn address(&mut self, address: usize) -> Val {
        self.push(Op::Ptr(address as u64), &[], Ty::Ptr)
    }

    /// A Lua value that is known.
    pub(super) fn constant(&mut self, value: Value) -> Val {
        if let Some(int) = value.as_int() {
            return self.int(int);
        }
        if let Some(float) = value.as_float() {
            return self.push(Op::Flt(float.to_bits()), &[], Ty::Flt);
        }
        if value.is_collectable() {
            self.keep_alive(value);
        }
        self.push(Op::Any(value.0), &[], Ty::Any)
    }

    /// Constant `index` of the function.
    pub(super) fn constant_at(&mut self, index: usize) -> Val {
        let value = self.here().proto.get().consts[index];
        if self.unprofiled && value.is_collectable() && !value.is_int() {
            return self.push(Op::Konst(index as u32), &[], Ty::Any);
        }
        self.constant(value)
    }

    // ---- registers ----

    /// The number of register `r` of the innermost body, from the outermost frame's first register.
    pub(super) fn reg(&self, r: u8) -> u16 {
        self.here().base + u16::from(r)
    }

    /// The value in register `r`.
    pub(super) fn get(&mut self, r: u8) -> Val {
        let reg = self.reg(r);
        self.get_reg(reg)
    }

    pub(super) fn get_reg(&mut self, reg: u16) -> Val {
        if let Some(val) = self.env.regs[reg as usize] {
            return val;
        }
        let val = self.push(Op::LoadReg(reg), &[], Ty::Any);
        if !self.is_captured(reg) {
            self.env.regs[reg as usize] = Some(val);
            self.env.places[reg as usize] = Some(val);
        }
        val
    }

    /// Gives register `r` a value.
    pub(super) fn set(&mut self, r: u8, val: Val) {
        let reg = self.reg(r);
        self.set_reg(reg, val);
    }

    pub(super) fn set_reg(&mut self, reg: u16, val: Val) {
        self.state = None;
        if self.is_captured(reg) {
            let any = self.any(val);
            self.push(Op::StoreReg(reg), &[any], Ty::None);
            return;
        }
        self.env.regs[reg as usize] = Some(val);
    }

    /// The register's value stands in the stack, and is not known.
    pub(super) fn forget(&mut self, reg: u16) {
        self.state = None;
        self.env.regs[reg as usize] = None;
        self.env.places[reg as usize] = None;
    }

    /// Registers from `reg` on hold nothing of use.
    pub(super) fn forget_from(&mut self, reg: u16) {
        for reg in reg..self.env.regs.len() as u16 {
            self.forget(reg);
        }
    }

    pub(super) fn is_captured(&self, reg: u16) -> bool {
        // A register belongs to the innermost body whose registers begin at or below it.
        let body = self.bodies.iter().rev().find(|body| body.base <= reg).expect("the outermost body begins at 0");
        let index = reg - body.base;
        index < 256 && body.captured.contains(index as u8)
    }

    fn is_current(&self, reg: u16, val: Val) -> bool {
        let Some(place) = self.env.places[reg as usize] else { return false };
        place == val || self.origin(place) == self.origin(val)
    }

    fn origin(&self, val: Val) -> Val {
        self.origins.get(&val).copied().unwrap_or(val)
    }

    /// Brings the stack up to date for a register.
    pub(super) fn sync(&mut self, reg: u16) {
        let Some(val) = self.env.regs[reg as usize] else { return };
        if self.is_current(reg, val) {
            return;
        }
        let any = self.any(val);
        self.push(Op::StoreReg(reg), &[any], Ty::None);
        self.env.places[reg as usize] = Some(val);
        self.state = None;
    }

    /// Brings the stack up to date for all that is needed at the instruction in translation.
    pub(super) fn sync_needed(&mut self) {
        for reg in self.needed_registers(self.pc) {
            if (reg as usize) < self.env.regs.len() {
                self.sync(reg);
            }
        }
    }

    /// The registers of a body that are live, or variables in scope, before the instruction at `pc`.
    pub(super) fn needed(&mut self, body: usize, pc: u32) -> RegisterSet {
        let body = &mut self.bodies[body];
        let (plan, liveness) = (&body.plan, &body.liveness);
        *body.needed.entry(pc).or_insert_with(|| {
            let mut set = liveness.before(plan, pc);
            for local in plan.locals.iter().filter(|local| local.start <= pc && pc < local.end) {
                set.insert(local.register);
            }
            set
        })
    }

    // ---- types ----

    /// The value as any value.
    pub(super) fn any(&mut self, val: Val) -> Val {
        match self.f.ty(val) {
            Ty::Any => val,
            ty => {
                if let Some(&origin) = self.origins.get(&val) {
                    return origin;
                }
                if let Op::Int(int) = self.f.inst(val).op
                    && let Some(value) = Value::try_int(int)
                {
                    return self.push(Op::Any(value.0), &[], Ty::Any);
                }
                if let Op::Flt(bits) = self.f.inst(val).op {
                    return self.push(Op::Any(bits), &[], Ty::Any);
                }
                let op = if ty == Ty::Int && self.f.small.contains(&val) { Op::BoxSmall } else { Op::Box };
                self.push(op, &[val], Ty::Any)
            }
        }
    }

    /// The value as one of type `ty`, by a guard if it is not known to be.
    pub(super) fn typed(&mut self, val: Val, ty: Ty) -> Result<Val> {
        let have = self.f.ty(val);
        if have == ty {
            return Ok(val);
        }
        if have != Ty::Any {
            return self.exit();
        }
        if let Op::Any(bits) = self.f.inst(val).op {
            if !may_be(Value(bits), ty) {
                return self.exit();
            }
            if matches!(ty, Ty::Tab | Ty::Str | Ty::Fun) {
                let typed = self.push(Op::Ptr(Value(bits).address() as u64), &[], ty);
                self.learn(val, typed);
                return Ok(typed);
            }
        }
        let typed = self.push_exit(Op::Guard(ty), &[val], ty);
        if ty == Ty::Int {
            self.f.small.insert(typed);
        }
        self.learn(val, typed);
        Ok(typed)
    }

    /// An integer; `seen` are the kinds it was seen to have.
    pub(super) fn integer(&mut self, val: Val, seen: u8) -> Result<Val> {
        if self.f.ty(val) != Ty::Any || seen & kinds::OTHER == 0 {
            return self.typed(val, Ty::Int);
        }
        let typed = self.push_exit(Op::GuardInteger, &[val], Ty::Int);
        self.learn(val, typed);
        Ok(typed)
    }

    /// From here on registers with the value `any` hold `typed`, which is the same.
    fn learn(&mut self, any: Val, typed: Val) {
        self.origins.insert(typed, any);
        for reg in self.env.regs.iter_mut().flatten().filter(|reg| **reg == any) {
            *reg = typed;
        }
    }

    /// The kinds a value may have: what its type says, or what was seen.
    pub(super) fn kinds(&self, val: Val, seen: u8) -> u8 {
        match self.f.ty(val) {
            Ty::Int => kinds::INT,
            Ty::Flt => kinds::FLOAT,
            Ty::Bool => kinds::BOOL,
            Ty::Tab => kinds::TABLE,
            Ty::Str => kinds::STRING,
            Ty::Fun => kinds::FUNCTION,
            _ => match self.f.inst(val).op {
                Op::Any(bits) => perilune_vm::tier::kind_of(Value(bits)),
                _ => seen,
            },
        }
    }

    // ---- upvalues ----

    /// Upvalue `index` and where it has its value.
    pub(super) fn upvalue_place(&mut self, index: u8) -> (Val, Val) {
        let closure = match self.here().closure {
            Closure::Known(closure) => {
                if let Some(place) = closed_upvalue(closure, index) {
                    // `debug.upvaluejoin` gives a closure another upvalue, and moves the epoch.
                    self.check_epoch();
                    self.keep_alive(closure);
                    let upvalue = self.address(place as usize - layout::cell::UPVALUE_CLOSED as usize);
                    return (upvalue, self.address(place as usize));
                }
                self.constant(closure);
                let address = closure.address();
                self.push(Op::Ptr(address as u64), &[], Ty::Fun)
            }
            Closure::Running => self.push(Op::Callee, &[], Ty::Fun),
            Closure::Val(val) => val,
        };
        let offset = layout::cell::CLOSURE_UPVALUES + i32::from(index) * layout::VALUE;
        // `debug.upvaluejoin` changes which upvalue a closure has.
        let upvalue = self.push(Op::Load(Class::UpvalueAt, Width::B8, offset), &[closure], Ty::Ptr);
        let place = self.push(Op::Load(Class::UpvalueAt, Width::B8, layout::cell::UPVALUE_PLACE), &[upvalue], Ty::Ptr);
        (upvalue, place)
    }

    pub(super) fn upvalue(&mut self, index: u8) -> Val {
        if let Closure::Known(closure) = self.here().closure
            && let Some(value) = constant_upvalue(closure, index)
        {
            // A debugger can change it, and moves the epoch.
            self.check_epoch();
            return self.constant(value);
        }
        let (_, place) = self.upvalue_place(index);
        self.push(Op::Load(Class::Upvalue, Width::B8, 0), &[place], Ty::Any)
    }

    /// Tells the collector of a store of `val`, whose word is `any`, into `object`.
    pub(super) fn barrier(&mut self, object: Val, val: Val, any: Val) {
        let is_reference = match self.f.inst(any).op {
            Op::Any(bits) => Value(bits).is_collectable(),
            Op::BoxSmall => false,
            _ => !matches!(self.f.ty(val), Ty::Flt | Ty::Bool),
        };
        if is_reference {
            self.push(Op::Barrier, &[object, any], Ty::None);
        }
    }

    // ---- frame states ----

    /// A state that the instruction in translation may leave to.
    pub(super) fn state_here(&mut self) -> StateId {
        if let Some(state) = self.state {
            return state;
        }
        let (proto, at) = (self.here().proto, self.pc);
        let Some(resume) = self.env.resume else { return self.exact_state() };
        let earlier = &self.f.states[resume.0 as usize];
        let state = if (earlier.proto, earlier.at) == (proto, at) {
            resume
        } else {
            // Of a failure it counts where it was.
            let state = FrameState { proto, at, ..earlier.clone() };
            self.f.states.push(state);
            StateId(self.f.states.len() as u32 - 1)
        };
        (self.state, self.state_is_earlier) = (Some(state), true);
        state
    }

    /// The state before the instruction in translation.
    pub(super) fn exact_state(&mut self) -> StateId {
        let state = self.state_at(self.pc);
        (self.state, self.state_is_earlier) = (Some(state), false);
        if !self.acted {
            self.env.resume = Some(state);
        }
        state
    }

    /// The state before the instruction at `pc` of the innermost body, with the registers as they are now.
    pub(super) fn state_at(&mut self, pc: u32) -> StateId {
        let mut regs = Vec::new();
        for reg in self.needed_registers(pc) {
            self.add_to_state(&mut regs, reg);
        }
        self.state_with(pc, regs)
    }
    fn add_to_state(&self, regs: &mut Vec<(u16, Val)>, reg: u16) {
        if let Some(&Some(val)) = self.env.regs.get(reg as usize)
            && !self.is_current(reg, val)
        {
            regs.push((reg, val));
        }
    }
}

fn may_be(value: Value, ty: Ty) -> bool {
    match ty {
        Ty::Tab => value.as_table().is_some(),
        Ty::Str => value.as_str().is_some(),
        Ty::Fun => value.is_function(),
        Ty::Int => value.is_int(),
        Ty::Flt => value.is_float(),
        _ => true,
    }
}
