//! The frames that the interpreter would have: described in frame states, and made for a while where an inlined function does
//! something that others may see.

use super::{Builder, Caller};
use crate::ir::{FrameState, InlinedCall, Op, StateId, Ty, Val};

impl Builder<'_> {
    /// Makes the frames of inlined calls, of which the innermost goes on at `pc`; false if there are none. All registers that are
    /// needed stand in their places.
    pub(super) fn show_frames(&mut self, pc: u32) -> bool {
        if !self.inlined() {
            return false;
        }
        let state = self.state_with(pc, Vec::new());
        let block = self.block();
        self.f.push(block, Op::PushFrames, &[], Ty::None, Some(state));
        true
    }

    /// Takes the frames of inlined calls away.
    pub(super) fn hide_frames(&mut self) {
        if self.inlined() {
            self.push(Op::PopFrames, &[], Ty::None);
        }
    }

    /// The registers that the frames of all bodies need when the innermost is before the instruction at `pc`.
    pub(super) fn needed_registers(&mut self, pc: u32) -> Vec<u16> {
        let mut regs = Vec::new();
        for index in 0..self.bodies.len() {
            let (at, end) = match self.bodies.get(index + 1) {
                // A caller waits for results; registers above the called function are dead.
                Some(callee) => (callee.caller.expect("inlined").needs, callee.func - self.bodies[index].base),
                None => (pc, 256),
            };
            let base = self.bodies[index].base;
            regs.extend(self.needed(index, at).iter().map(u16::from).filter(|&r| r < end).map(|r| base + r));
            if index > 0 {
                regs.extend(self.bodies[index].extras.clone());
                regs.push(base - 1);
            }
        }
        regs
    }

    /// The state before the instruction at `pc` of the innermost body, in which these registers have values that do not stand in
    /// the stack.
    pub(super) fn state_with(&mut self, pc: u32, regs: Vec<(u16, Val)>) -> StateId {
        let inlined = (1..self.bodies.len()).map(|index| self.inlined_call(index, pc)).collect();
        let outer = self.bodies.get(1).map_or(pc, |callee| callee.caller.expect("inlined").resume);
        self.f.states.push(FrameState { pc: outer, regs, inlined, proto: self.here().proto, at: pc });
        StateId(self.f.states.len() as u32 - 1)
    }

    fn inlined_call(&self, index: usize, pc: u32) -> InlinedCall {
        let body = &self.bodies[index];
        let Caller { wanted, called, .. } = body.caller.expect("inlined");
        let pc = self.bodies.get(index + 1).map_or(pc, |callee| callee.caller.expect("inlined").resume);
        InlinedCall { func: body.base - 1, proto: body.proto, pc, wanted, called }
    }
}
