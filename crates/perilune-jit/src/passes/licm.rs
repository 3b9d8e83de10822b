//! Loop-invariant code motion: what yields the same in every round is done once, before the loop.
//!
//! A guard is moved only if every full round passes it; it then leaves to the state at the loop's entry. A load that a check
//! makes safe has the check as its last operand, so that it follows the check and never goes ahead of it.

use super::dominators::Dominators;
use super::loops::{self, Loop};
use crate::ir::{Block, Class, End, Func, Op, StateId, Ty, Val};
use perilune_vm::layout;
use perilune_vm::proto::ProtoRef;

/// Runs the pass.
pub fn run(func: &mut Func) {
    let order = func.order();
    let dominators = Dominators::of(func, &order);
    let loops = loops::find(func, &order, &dominators);
    let mut home = vec![Block(u32::MAX); func.insts.len()];
    for &block in &order {
        let data = func.data(block);
        for &val in data.params.iter().chain(&data.insts) {
            home[val.0 as usize] = block;
        }
    }
    for found in loops.iter().rev() {
        if let Some(preheader) = preheader(func, found) {
            Motion { func, found, preheader, home: &mut home, dominators: &dominators, states: Vec::new() }.run(&order);
        }
    }
}

/// The one block that leads into the loop, and nowhere else.
fn preheader(func: &Func, found: &Loop) -> Option<Block> {
    match found.entries[..] {
        [entry] if matches!(func.data(entry).end, End::Jump(_)) => Some(entry),
        _ => None,
    }
}

struct Motion<'a> {
    func: &'a mut Func,
    found: &'a Loop,
    preheader: Block,
    home: &'a mut [Block],
    dominators: &'a Dominators,
    /// States made for what is moved, by the instruction that it belongs to.
    states: Vec<(ProtoRef, u32, StateId)>,
}

impl Motion<'_> {
    fn run(&mut self, order: &[Block]) {
        let state = self.func.data(self.found.header).loop_state;
        for &block in order.iter().filter(|block| self.found.inside[block.0 as usize]) {
            let always = self.found.latches.iter().all(|&latch| self.dominators.dominates(block, latch));
            let insts = std::mem::take(&mut self.func.data_mut(block).insts);
            let mut kept = Vec::with_capacity(insts.len());
            for val in insts {
                if self.may_move(val, always, state) {
                    self.move_out(val, state);
                } else {
                    kept.push(val);
                }
            }
            self.func.data_mut(block).insts = kept;
        }
    }

    fn is_outside(&self, val: Val) -> bool {
        !self.found.inside[self.home[val.0 as usize].0 as usize]
    }

    fn may_move(&self, val: Val, always: bool, state: Option<StateId>) -> bool {
        let inst = self.func.inst(val);
        if !inst.args.iter().all(|&arg| self.is_outside(arg)) {
            return false;
        }
        match inst.op {
            Op::Guard(_) | Op::GuardInteger | Op::GuardNumber | Op::GuardFits | Op::ToInt | Op::Check => {
                always && state.is_some()
            }
            // They trap where they are not guarded.
            Op::IDiv | Op::Mod | Op::UDiv => false,
            Op::Box => self.func.ty(inst.args[0]) != Ty::Int,
            Op::Help(_) | Op::ExtraArg | Op::NewTable(_) => false,
            Op::Load(Class::Constant, _, layout::cell::STRING_BYTES) => self.is_safe(inst.args.get(1)),
            Op::Load(class @ (Class::Slot | Class::KnownSlot), ..) => {
                self.is_safe(inst.args.get(1)) && !self.found.writes.contains(class)
            }
            Op::LoadAt(class) => self.is_safe(inst.args.get(2)) && !self.found.writes.contains(class),
            op => {
                let effects = op.effects();
                !effects.stays && effects.reads.0 & self.found.writes.0 == 0
            }
        }
    }

    /// Whether the check that makes a load safe comes before it wherever the load is.
    fn is_safe(&self, check: Option<&Val>) -> bool {
        check.is_some_and(|&check| matches!(self.func.inst(check).op, Op::Check | Op::Bool(true)))
    }

    /// The state at the loop's entry for a guard that was made with the state `own`: what fails is still its instruction.
    fn state_for(&mut self, own: StateId, entry: StateId) -> StateId {
        let guard = &self.func.states[own.0 as usize];
        let (proto, at) = (guard.proto, guard.at);
        if let Some(&(_, _, state)) = self.states.iter().find(|(p, a, _)| (*p, *a) == (proto, at)) {
            return state;
        }
        let mut state = self.func.states[entry.0 as usize].clone();
        (state.proto, state.at) = (proto, at);
        self.func.states.push(state);
        let id = StateId(self.func.states.len() as u32 - 1);
        self.states.push((proto, at, id));
        id
    }

    fn move_out(&mut self, val: Val, state: Option<StateId>) {
        if let (Some(own), Some(state)) = (self.func.inst(val).state, state) {
            let moved = self.state_for(own, state);
            self.func.insts[val.0 as usize].state = Some(moved);
        }
        self.home[val.0 as usize] = self.preheader;
        self.func.data_mut(self.preheader).insts.push(val);
    }
}
