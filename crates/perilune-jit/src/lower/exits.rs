//! Ways out of compiled code: registers are written back, the runtime rebuilds the frames.

use super::Lowering;
use super::reasons::reason;
use crate::ir::{Place, StateId, Val};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block as ClifBlock, InstBuilder, MemFlagsData, types};

impl Lowering<'_> {
    pub(super) fn exit_of(&mut self, val: Val) -> ClifBlock {
        let state = self.func.inst(val).state.expect("what can leave has a state");
        *self.reasons.entry(state).or_default() |= reason(self.func, val);
        self.exit_block(state, false)
    }

    /// The block that leaves at a state. Guards with the same state share it. `uncharted`: nothing is known of what follows.
    pub(super) fn exit_block(&mut self, state: StateId, uncharted: bool) -> ClifBlock {
        let key = (state, uncharted);
        if let Some(&block) = self.exits.get(&key) {
            return block;
        }
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        self.exits.insert(key, block);
        self.open_exits.push((key, block));
        block
    }

    /// For tests: leaves, though nothing is wrong, each time that a counter reaches zero.
    pub(super) fn forced_exit(&mut self, state: StateId, countdown: usize) {
        let exit = self.exit_block(state, false);
        let address = self.b.ins().iconst(types::I64, countdown as i64);
        let count = self.b.ins().load(types::I64, MemFlagsData::trusted(), address, 0);
        let count = self.b.ins().iadd_imm_s(count, -1);
        self.b.ins().store(MemFlagsData::trusted(), count, address, 0);
        let due = self.b.ins().icmp_imm_s(IntCC::SignedLessThanOrEqual, count, 0);
        let next = self.b.create_block();
        self.b.ins().brif(due, exit, &[], next, &[]);
        self.b.switch_to_block(next);
    }

    pub(super) fn fill_exits(&mut self) {
        while let Some(((id, uncharted), block)) = self.open_exits.pop() {
            self.b.switch_to_block(block);
            let func = self.func;
            let state = &func.states[id.0 as usize];
            if self.located {
                self.locate(Place { proto: state.proto, pc: state.at });
            }
            let why = self.reasons.get(&id).copied().filter(|_| !uncharted).unwrap_or_default();
            for &(reg, val) in &state.regs {
                let word = self.vals[&val];
                let word = self.boxed_out_of_line(val, word);
                let base = self.b.use_var(self.base);
                self.b.ins().store(MemFlagsData::trusted(), word, base, i32::from(reg) * 8);
            }
            let status = self.leave_at(state, uncharted, why);
            self.b.ins().return_(&[status]);
        }
    }
}
