//! Blocks: where control flow splits and joins, and headers of loops.

use super::arith::INTEGER;
use super::cfg::{self};
use super::{Builder, Env, Header, Result, Stop, Variable};
use crate::ir::{Block, Edge, End, Op, Ty, Val};
use perilune_front::liveness::RegisterSet;
use perilune_front::op::Op as Code;
use perilune_vm::tier::{kinds, notes};

impl Builder<'_> {
    /// Begins the block of bytecode at `pc`; false if nothing leads there.
    pub(super) fn begin(&mut self, pc: u32) -> Result<bool> {
        self.at = None;
        self.state = None;
        self.pc = pc;
        let Some(ways) = self.body_mut().pending.remove(&pc) else { return Ok(false) };
        let needed = self.needed(self.bodies.len() - 1, pc);
        let base = self.here().base;
        self.join(ways, |reg| reg < base || reg - base < 256 && needed.contains((reg - base) as u8));
        if self.here().cfg.loops.contains_key(&pc) {
            match self.begin_loop(pc) {
                Ok(()) => {}
                Err(Stop::Ended) => {
                    self.at = None;
                    return Ok(false);
                }
                Err(refused) => return Err(refused),
            }
        }
        Ok(true)
    }

    /// Goes on where all `ways` lead.
    pub(super) fn join(&mut self, mut ways: Vec<(Block, Env)>, is_needed: impl Fn(u16) -> bool) {
        if ways.len() == 1 {
            let (block, env) = ways.remove(0);
            (self.at, self.env) = (Some(block), env);
            return;
        }
        let block = self.f.block();
        let size = ways.iter().map(|(_, env)| env.regs.len()).max().unwrap_or(0);
        ways.iter_mut().for_each(|(_, env)| env.grow(size));
        let resume = ways[0].1.resume.filter(|_| ways.iter().all(|(_, env)| env.resume == ways[0].1.resume));
        let made = ways[0].1.made.iter().filter(|made| ways.iter().all(|(_, env)| env.has_made(made))).copied().collect();
        let mut joined = Env { resume, made, ..Env::default() };
        joined.grow(size);
        let mut args: Vec<Vec<Val>> = vec![Vec::new(); ways.len()];
        for reg in 0..size {
            let first = ways[0].1.regs[reg];
            if ways.iter().all(|(_, env)| env.regs[reg] == first) {
                joined.regs[reg] = first;
                let place = ways[0].1.places[reg];
                if ways.iter().all(|(_, env)| env.places[reg] == place) {
                    joined.places[reg] = place;
                } else if let Some(val) = first
                    && self.all_current(&mut ways, reg)
                {
                    joined.places[reg] = Some(val);
                }
                continue;
            }
            let current = self.all_current(&mut ways, reg);
            if !is_needed(reg as u16) || current && ways.iter().any(|(_, env)| env.regs[reg].is_none()) {
                continue;
            }
            if let Some(common) = self.common_origin(&ways, reg) {
                joined.regs[reg] = Some(common);
                joined.places[reg] = current.then_some(common);
                continue;
            }
            let param = self.join_values(block, &mut ways, reg, &mut args);
            joined.regs[reg] = Some(param);
            joined.places[reg] = current.then_some(param);
        }
        for ((from, _), args) in ways.iter().zip(args) {
            self.f.data_mut(*from).end = End::Jump(Edge { to: block, args });
        }
        (self.at, self.env) = (Some(block), joined);
    }

    /// Whether on all ways the stack is up to date for a register.
    fn all_current(&mut self, ways: &mut [(Block, Env)], reg: usize) -> bool {
        ways.iter_mut().all(|(_, env)| match (env.regs[reg], env.places[reg]) {
            (None, _) => true,
            (Some(val), Some(place)) => {
                val == place || self.origins.get(&val).unwrap_or(&val) == self.origins.get(&place).unwrap_or(&place)
            }
            (Some(_), None) => false,
        })
    }

    /// The one value that all ways have, apart from what is known of its type.
    fn common_origin(&self, ways: &[(Block, Env)], reg: usize) -> Option<Val> {
        let mut origins = ways.iter().map(|(_, env)| env.regs[reg].map(|val| self.origins.get(&val).copied().unwrap_or(val)));
        let first = origins.next()??;
        origins.all(|origin| origin == Some(first)).then_some(first)
    }

    fn join_values(&mut self, block: Block, ways: &mut [(Block, Env)], reg: usize, args: &mut [Vec<Val>]) -> Val {
        let tys: Vec<Ty> = ways.iter().map(|(_, env)| env.regs[reg].map_or(Ty::Any, |val| self.f.ty(val))).collect();
        let ty = if tys.iter().all(|ty| *ty == tys[0]) { tys[0] } else { Ty::Any };
        let mut all_small = true;
        for (index, (from, env)) in ways.iter().enumerate() {
            self.at = Some(*from);
            let val = match env.regs[reg] {
                Some(val) => val,
                None => self.push(Op::LoadReg(reg as u16), &[], Ty::Any),
            };
            let val = if ty == Ty::Any { self.any(val) } else { val };
            all_small &= self.f.small.contains(&val);
            args[index].push(val);
        }
        let param = self.f.param(block, ty);
        if ty == Ty::Int && all_small {
            self.f.small.insert(param);
        }
        param
    }

    /// Makes the current place the way into the loop at `pc`: a new block, with parameters for what the loop assigns.
    fn begin_loop(&mut self, pc: u32) -> Result {
        if self.unprofiled {
            return self.begin_loop_unprofiled(pc);
        }
        let assigned = self.here().cfg.loops[&pc];
        let needed = self.needed_at_header(pc);
        let (base, registers) = (self.here().base, self.here().plan.registers);
        let index_needed = |&(_, index): &(u16, u16)| needed.contains((index - base) as u8);
        let alias = self.loop_variable(pc).filter(index_needed);
        let index_loop = self.is_index_loop(pc);
        let control = self.loop_control_at(pc);
        let seen = |b: &Self, r: u8| b.seen_at_header(pc, r, control);
        // What the loop reads but never assigns is guarded once, outside.
        let captured = self.here().captured;
        let own = |r: &u8| *r < registers && !captured.contains(*r);
        for r in needed.difference(assigned).iter().filter(own) {
            let seen = seen(self, r).unwrap_or(0);
            if let Some(ty) = type_for(seen, Ty::Any)
                && seen & kinds::OTHER == 0
                && ty != Ty::Str
            {
                let val = self.get(r);
                if self.f.ty(val) == Ty::Any && !matches!(self.f.inst(val).op, Op::Any(_)) {
                    self.typed(val, ty)?;
                }
            }
        }
        let (mut params, mut args) = (Vec::new(), Vec::new());
        for r in needed.iter().filter(|&r| own(&r) && assigned.contains(r)) {
            let reg = base + u16::from(r);
            if alias.is_some_and(|(copy, _)| copy == reg) {
                continue;
            }
            let val = self.get(r);
            let have = self.f.ty(val);
            let seen = seen(self, r);
            let ty = match seen {
                None if self.widened.contains(&(pc, reg)) => Ty::Any,
                None => have,
                Some(seen) => type_for(seen, have).unwrap_or(Ty::Any),
            };
            let arg = self.variable_as(ty, val, seen)?;
            let arg = if is_counter(index_loop, reg, ty) { self.fitting(arg)? } else { arg };
            params.push((reg, ty, seen));
            args.push(arg);
        }
        let block = self.header(pc, &params, args, assigned);
        // What begins at the entry may be a loop in another one. Each gets a header.
        let inner = self.here().cfg.within.get(&pc).copied();
        let within = inner.map(|assigned| {
            let is_inner = |&&(reg, ..): &&Variable| assigned.contains((reg - base) as u8);
            let params: Vec<Variable> = params.iter().filter(is_inner).copied().collect();
            let args = params.iter().map(|&(reg, ..)| self.get_reg(reg)).collect();
            (self.header(pc, &params, args, assigned), params)
        });
        self.body_mut().headers.insert(pc, Header { block, params, within });
        Ok(())
    }

    /// Goes on in a new block, the header of the loop at `pc`, in which `assigned` may be assigned.
    fn header(&mut self, pc: u32, params: &[Variable], args: Vec<Val>, assigned: RegisterSet) -> Block {
        let (base, registers) = (self.here().base, self.here().plan.registers);
        let index_loop = self.is_index_loop(pc);
        // A guard that is moved out of the loop leaves to here.
        (self.state, self.env.resume) = (None, None);
        let state = self.state_at(pc);
        let block = self.f.block();
        self.end(End::Jump(Edge { to: block, args }));
        // Where guards that were moved out failed too often, they stay inside.
        let failed = self.profile().is_some_and(|profile| profile.sites[pc as usize].notes & notes::FAILED != 0);
        self.f.data_mut(block).loop_state = (!failed).then_some(state);
        self.at = Some(block);
        self.state = None;
        for r in (0..registers).filter(|&r| assigned.contains(r)) {
            self.forget(base + u16::from(r));
        }
        self.forget_from(base + u16::from(registers));
        for &(reg, ty, _) in params {
            let param = self.f.param(block, ty);
            self.env.regs[reg as usize] = Some(param);
            if is_counter(index_loop, reg, ty) {
                self.f.small.insert(param);
            }
        }
        // The visible variable of a numeric loop has its index.
        let needed = self.needed_at_header(pc);
        if let Some((copy, of)) = self.loop_variable(pc).filter(|&(_, index)| needed.contains((index - base) as u8)) {
            self.env.regs[copy as usize] = self.env.regs[of as usize];
        }
        block
    }

    /// The kinds that a variable was seen to have at a loop's header: none if that cannot be relied on. Of headers that are such only
    /// for who enters the function in the middle, nothing is known.
    fn seen_at_header(&self, pc: u32, r: u8, control: RegisterSet) -> Option<u8> {
        let profile = self.profile()?;
        let seen = Some(profile.headers.get(&pc)?.kinds[r as usize]).filter(|&seen| seen != 0)?;
        // Where that was wrong, what is no number of 48 bits is no integer for sure.
        let certain = if profile.failures.contains_key(&pc) { !kinds::OTHER } else { !0 };
        // A count in a cell says that the index may be beyond 48 bits: it must not become an integer, which would be inline again.
        let relied_on = seen & certain == seen && !(control.contains(r) && seen & kinds::OTHER != 0);
        Some(if relied_on { seen } else { 0 })
    }

    /// The registers that control the numeric loops around `pc`: index, count and step.
    fn loop_control_at(&self, pc: u32) -> RegisterSet {
        let plan = &self.here().plan;
        let mut control = RegisterSet::default();
        let mut at = 0;
        while at < pc {
            let (op, instr) = cfg::instr_at(plan, at);
            if op == Code::ForPrep && cfg::target(plan, at) > pc {
                (0..3).for_each(|offset| control.insert(instr.a() + offset));
            }
            at += cfg::words(op);
        }
        control
    }

    /// A loop's variable as one of type `ty`, which it was seen to have by these kinds.
    fn variable_as(&mut self, ty: Ty, val: Val, seen: Option<u8>) -> Result<Val> {
        match ty {
            Ty::Any => Ok(self.any(val)),
            Ty::Int => self.integer(val, seen.unwrap_or(0)),
            _ => self.typed(val, ty),
        }
    }

    /// The registers that a loop's header needs: only variables are alive there. Others count as live because they are to be
    /// closed elsewhere; what waits at a safepoint of the loop may clear them, so that no value of theirs is known from here on.
    pub(super) fn needed_at_header(&mut self, pc: u32) -> RegisterSet {
        let needed = self.needed(self.bodies.len() - 1, pc);
        let plan = self.here().plan.clone();
        if plan.locals.is_empty() {
            return needed;
        }
        let mut variables = RegisterSet::default();
        for local in plan.locals.iter().filter(|local| local.start <= pc && pc < local.end) {
            variables.insert(local.register);
        }
        for r in needed.difference(variables).iter().filter(|&r| r < plan.registers) {
            let reg = self.reg(r);
            self.forget(reg);
        }
        needed.difference(needed.difference(variables))
    }

    /// If a numeric loop's body begins at `pc`: its first register.
    pub(super) fn is_index_loop(&self, pc: u32) -> Option<u16> {
        let plan = &self.here().plan;
        let before = pc.checked_sub(2)?;
        let word = perilune_front::op::Instr(plan.code[before as usize]);
        // The word might be the second one of another instruction: only a loop's end that leads here makes it sure.
        if word.op() != Some(Code::ForPrep) {
            return None;
        }
        let end = cfg::target(plan, before);
        let partner = perilune_front::op::Instr(*plan.code.get(end.checked_sub(2)? as usize)?);
        (partner.op() == Some(Code::ForLoop) && partner.a() == word.a() && cfg::target(plan, end - 2) == pc)
            .then(|| self.here().base + u16::from(word.a()))
    }

    /// The visible variable of the numeric loop whose body begins at `pc`, and its index: they are equal there.
    pub(super) fn loop_variable(&self, pc: u32) -> Option<(u16, u16)> {
        let first = self.is_index_loop(pc)?;
        (!self.is_captured(first + 3) && !self.is_captured(first)).then_some((first + 3, first))
    }

    /// Goes to the block of bytecode at `pc`.
    pub(super) fn goto(&mut self, pc: u32) -> Result {
        let start = self.here().start;
        if self.here().cfg.is_back(start, pc) {
            return self.jump_back(pc);
        }
        let Some(block) = self.at.take() else { return Ok(()) };
        let env = self.env.clone();
        self.body_mut().pending.entry(pc).or_default().push((block, env));
        Ok(())
    }

    /// Jumps to the header of a loop that is being translated.
    fn jump_back(&mut self, pc: u32) -> Result {
        self.pc = pc;
        (self.state, self.env.resume, self.acted) = (None, None, false);
        let Some(header) = self.here().headers.get(&pc) else { return Err(Stop::Refused("a jump into a loop")) };
        let inner = header.within.as_ref().filter(|_| cfg::is_inner(self.here().start, pc));
        let (block, params) = inner.cloned().unwrap_or_else(|| (header.block, header.params.clone()));
        if self.unprofiled {
            return self.jump_back_unprofiled(pc, block, &params);
        }
        let index_loop = self.is_index_loop(pc);
        let mut args = Vec::with_capacity(params.len());
        for (reg, ty, seen) in params {
            let val = self.get_reg(reg);
            if ty != Ty::Any && self.f.ty(val) != ty && seen.is_none() {
                // The whole function is translated anew.
                self.widened.insert((pc, reg));
            }
            let arg = self.variable_as(ty, val, seen)?;
            args.push(if is_counter(index_loop, reg, ty) { self.fitting(arg)? } else { arg });
        }
        self.push_exit(Op::Poll, &[], Ty::None);
        self.end(End::Jump(Edge { to: block, args }));
        Ok(())
    }

    /// Splits: `yes` and `no` are translated from here on, each on a way of its own.
    pub(super) fn split(
        &mut self,
        condition: Val,
        yes: impl FnOnce(&mut Self) -> Result,
        no: impl FnOnce(&mut Self) -> Result,
    ) -> Result {
        let (on, off) = (self.f.block(), self.f.block());
        let edge = |to| Edge { to, args: Vec::new() };
        self.end(End::Branch(condition, edge(on), edge(off)));
        let (env, state, pc) = (self.env.clone(), self.state, self.pc);
        self.at = Some(on);
        ended(yes(self))?;
        (self.at, self.env, self.state, self.pc) = (Some(off), env, state, pc);
        ended(no(self))?;
        self.at = None;
        Ok(())
    }

    /// Goes to `target` if the condition equals `flag`, else to `next`.
    pub(super) fn branch(&mut self, condition: Val, flag: bool, target: u32, next: u32) -> Result {
        let (yes, no) = if flag { (target, next) } else { (next, target) };
        self.split(condition, |b| b.goto(yes), |b| b.goto(no))
    }
}

/// Whether a register is the index or the count of the loop over integers whose first register this is: they fit a word.
fn is_counter(index_loop: Option<u16>, reg: u16, ty: Ty) -> bool {
    ty == Ty::Int && index_loop.is_some_and(|first| reg == first || reg == first + 1)
}

fn ended(result: Result) -> Result {
    match result {
        Err(Stop::Ended) => Ok(()),
        other => other,
    }
}

/// The type for a variable that was seen to have these kinds at a loop's header, if that suits a value of type `have`.
fn type_for(seen: u8, have: Ty) -> Option<Ty> {
    let ty = match seen {
        kinds::INT | kinds::OTHER | INTEGER => Ty::Int,
        kinds::FLOAT => Ty::Flt,
        kinds::TABLE => Ty::Tab,
        kinds::STRING => Ty::Str,
        _ => return None,
    };
    (have == Ty::Any || have == ty).then_some(ty)
}
