//! Calls of one of a few functions, as methods are that classes override: each has a way of its own, on which it is known, and may be
//! translated in place of the call. Others are called as functions of which nothing is known.

use super::{Builder, Env, Result, Stop};
use crate::ir::{Block, Class, Edge, End, Op, StateId, Ty, Val, Width};
use perilune_front::op::Instr;
use perilune_vm::layout;
use perilune_vm::tier::{CallTarget, Callee, Few, is_only_closure, proto_as_value, proto_of};

/// Longest code, in words, that is translated in place of a call which may be of several functions.
const MAX_WORDS: usize = 60;

/// What the builder knows at a place from which it translates several ways.
struct Moment {
    env: Env,
    state: Option<StateId>,
    state_is_earlier: bool,
    acted: bool,
    pc: u32,
}

impl Builder<'_> {
    fn moment(&self) -> Moment {
        let (state, state_is_earlier, acted, pc) = (self.state, self.state_is_earlier, self.acted, self.pc);
        Moment { env: self.env.clone(), state, state_is_earlier, acted, pc }
    }

    fn go_back_to(&mut self, moment: &Moment, block: Block) {
        self.at = Some(block);
        self.env = moment.env.clone();
        (self.state, self.state_is_earlier) = (moment.state, moment.state_is_earlier);
        (self.acted, self.pc) = (moment.acted, moment.pc);
    }

    /// A call with a known number of arguments and results of what was a few functions.
    pub(super) fn call_few(&mut self, i: Instr, few: Few) -> Result {
        let targets = targets_of(few);
        let func = self.get(i.a());
        let function = match targets.iter().any(|target| matches!(target, CallTarget::Closures(_))) {
            true => Some(self.typed(func, Ty::Fun)?),
            false => None,
        };
        let any = self.any(func);
        let mut ways: Vec<(Block, Env)> = Vec::new();
        for target in targets {
            let is_it = self.is_target(any, function, target);
            let (on, off) = (self.f.block(), self.f.block());
            let edge = |to| Edge { to, args: Vec::new() };
            self.end(End::Branch(is_it, edge(on), edge(off)));
            let moment = self.moment();
            self.at = Some(on);
            match self.call_target(i, target) {
                Ok(()) => ways.extend(self.at.take().map(|block| (block, self.env.clone()))),
                Err(Stop::Ended) => {}
                Err(refused) => return Err(refused),
            }
            self.go_back_to(&moment, off);
        }
        self.hardly_ever();
        self.call_any(i)?;
        ways.extend(self.at.take().map(|block| (block, self.env.clone())));
        self.join_results(i, ways);
        Ok(())
    }

    /// Goes on behind a call that was done in several ways.
    fn join_results(&mut self, i: Instr, ways: Vec<(Block, Env)>) {
        let (func, results) = (self.reg(i.a()), u16::from(i.c() - 1));
        let needed = self.needed(self.bodies.len() - 1, self.pc + 2);
        let outer = self.here().base;
        self.join(ways, |reg| {
            reg < outer || (func..func + results).contains(&reg) || reg - outer < 256 && needed.contains((reg - outer) as u8)
        });
        (self.state, self.acted) = (None, true);
    }

    /// Whether a function, whose address is given if any of the targets asks for it, is a target.
    fn is_target(&mut self, any: Val, function: Option<Val>, target: CallTarget) -> Val {
        match target {
            CallTarget::Function(callee) => {
                self.keep_alive(callee);
                let wanted = self.push(Op::Any(callee.0), &[], Ty::Any);
                self.push(Op::Same, &[any, wanted], Ty::Bool)
            }
            CallTarget::Closures(proto) => {
                // Native functions have something else there.
                let function = function.expect("its address is known");
                let code = self.push(Op::Load(Class::Constant, Width::B8, layout::cell::CLOSURE_PROTO), &[function], Ty::Ptr);
                self.keep_alive(proto_as_value(proto));
                let wanted = self.address(proto.0.as_ptr() as usize);
                self.push(Op::Same, &[code, wanted], Ty::Bool)
            }
        }
    }

    /// A call of what is one of the functions.
    fn call_target(&mut self, i: Instr, target: CallTarget) -> Result {
        match target {
            CallTarget::Function(callee) => {
                let reg = self.reg(i.a());
                if !self.is_captured(reg) {
                    self.env.regs[reg as usize] = Some(self.constant(callee));
                }
                if self.try_intrinsic(i, callee)? {
                    return Ok(());
                }
                let Some(proto) = proto_of(callee) else { return self.call_general(i) };
                if proto.get().code.len() <= MAX_WORDS && self.try_inline(i, callee)? {
                    return Ok(());
                }
                if self.may_call_fast(i) && self.call_fast(i, Some(Callee::One(callee)))? {
                    return Ok(());
                }
                self.call_lua(i, Some(callee))
            }
            CallTarget::Closures(proto) => {
                if proto.get().code.len() <= MAX_WORDS && self.try_inline_closures(i, proto)? {
                    return Ok(());
                }
                if self.may_call_fast(i) && self.call_fast(i, Some(Callee::Closures(proto)))? {
                    return Ok(());
                }
                self.call_lua(i, None)
            }
        }
    }

    /// A call of a function of which nothing is known.
    fn call_any(&mut self, i: Instr) -> Result {
        if self.may_call_fast(i) && self.call_fast(i, Some(Callee::Many))? {
            return Ok(());
        }
        self.call_lua(i, None)
    }
}

/// The functions; those of which there are others of the same prototype by that.
fn targets_of(few: Few) -> Vec<CallTarget> {
    let mut targets = Vec::new();
    for target in few.targets() {
        let target = match target {
            CallTarget::Function(callee) if !is_only_closure(callee) => proto_of(callee).map_or(target, CallTarget::Closures),
            _ => target,
        };
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    targets
}
