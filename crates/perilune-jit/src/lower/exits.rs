//! Ways out of compiled code: registers are written back, the runtime rebuilds the frames.
//!
//! Guards that leave to the same moment share the code for it. What tells them apart is the address of an [`Exit`], which says what
//! failed.

use super::Lowering;
use super::reasons::reason;
use crate::ir::{FrameState, Place, StateId, Val};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block as ClifBlock, InstBuilder, MemFlagsData, types};
use perilune_vm::tier::{Exit, InlinedFrame};

/// What is told of a way out, and the code that tells it.
pub(super) struct Described {
    /// Which of `made`.
    exit: usize,
    block: ClifBlock,
    shared: ClifBlock,
}

/// Code that leaves to one moment.
pub(super) struct SharedExit {
    block: ClifBlock,
    state: StateId,
}

impl Lowering<'_> {
    pub(super) fn exit_of(&mut self, val: Val) -> ClifBlock {
        let state = self.func.inst(val).state.expect("what can leave has a state");
        self.exit_to(state, false, reason(self.func, val))
    }

    /// The way out at a state. `uncharted`: nothing is known of what follows. `why`: what is assumed.
    pub(super) fn exit_to(&mut self, state: StateId, uncharted: bool, why: u16) -> ClifBlock {
        if !self.literals.is_process() {
            return self.shared_exit(state);
        }
        if let Some(known) = self.described.get(&(state, uncharted)) {
            self.made[known.exit].why |= why;
            return known.block;
        }
        let shared = self.shared_exit(state);
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        let mut exit = describe(self.func, &self.func.states[state.0 as usize], uncharted);
        exit.why = why;
        self.described.insert((state, uncharted), Described { exit: self.made.len(), block, shared });
        self.made.push(exit);
        block
    }

    /// The block that leaves to a state's moment.
    fn shared_exit(&mut self, id: StateId) -> ClifBlock {
        let func = self.func;
        let state = &func.states[id.0 as usize];
        let same = |shared: &&SharedExit| func.states[shared.state.0 as usize].is_same_moment(state);
        // States of one moment follow one another closely.
        if let Some(shared) = self.exits.iter().rev().take(RECENT).find(same) {
            return shared.block;
        }
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        if self.literals.is_process() {
            self.b.append_block_param(block, types::I64);
        }
        self.exits.push(SharedExit { block, state: id });
        block
    }

    /// For tests: leaves, though nothing is wrong, each time that a counter reaches zero.
    pub(super) fn forced_exit(&mut self, state: StateId, countdown: usize) {
        let exit = self.exit_to(state, false, 0);
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
        let mut described: Vec<Described> = std::mem::take(&mut self.described).into_values().collect();
        described.sort_by_key(|described| described.exit);
        for Described { exit, block, shared } in described {
            self.b.switch_to_block(block);
            let address = &raw const *self.made[exit] as i64;
            let address = self.b.ins().iconst(types::I64, address);
            self.b.ins().jump(shared, &[address.into()]);
        }
        for SharedExit { block, state: id } in std::mem::take(&mut self.exits) {
            self.b.switch_to_block(block);
            let func = self.func;
            let state = &func.states[id.0 as usize];
            if self.located {
                self.locate(Place { proto: state.proto, pc: state.at });
            }
            for &(reg, val) in &state.regs {
                let word = self.vals[&val];
                let word = self.boxed_out_of_line(val, word);
                let base = self.b.use_var(self.base);
                self.b.ins().store(MemFlagsData::trusted(), word, base, i32::from(reg) * 8);
            }
            // The builder may have added parameters of its own behind it.
            let exit = self.literals.is_process().then(|| self.b.block_params(block)[0]);
            let status = self.leave_at(state, exit);
            self.b.ins().return_(&[status]);
        }
    }
}

/// How many states back one of the same moment is looked for.
const RECENT: usize = 8;

/// What the runtime has to know of a way out.
fn describe(func: &crate::ir::Func, state: &FrameState, uncharted: bool) -> Box<Exit> {
    let inlined = state.inlined.iter().map(|call| InlinedFrame {
        func: u32::from(call.func),
        registers: u32::from(call.proto.get().registers),
        pc: call.proto.get().code[call.pc as usize..].as_ptr(),
        wanted: call.wanted,
        flags: call.called.flags(),
    });
    Box::new(Exit {
        pc: func.proto.get().code[state.pc as usize..].as_ptr(),
        inlined: inlined.collect(),
        proto: state.proto,
        at: state.at,
        uncharted,
        compiled: func.proto,
        why: 0,
    })
}
