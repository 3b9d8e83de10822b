//! Ways out of compiled code: registers are written back, the runtime rebuilds the frames.
//!
//! Guards that leave to the same moment share the code for it. What tells them apart, which instruction failed, they give it.

use super::Lowering;
use super::reasons::reason;
use crate::ir::{FrameState, Place, StateId, Val};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block as ClifBlock, BlockArg, InstBuilder, MemFlagsData, types};
use perilune_vm::tier::{Exit, InlinedFrame};

/// Where a guard goes that fails, with the address of its [`Exit`] if the code is for this process.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) block: ClifBlock,
    pub(super) args: Vec<BlockArg>,
}

/// Code that leaves to one moment.
pub(super) struct SharedExit {
    block: ClifBlock,
    state: StateId,
}

impl Lowering<'_> {
    pub(super) fn exit_of(&mut self, val: Val) -> Way {
        let state = self.func.inst(val).state.expect("what can leave has a state");
        self.exit_to(state, false, reason(self.func, val))
    }

    /// The way out at a state. `uncharted`: nothing is known of what follows. `why`: what is assumed.
    pub(super) fn exit_to(&mut self, state: StateId, uncharted: bool, why: u16) -> Way {
        let block = self.shared_exit(state);
        if !self.literals.is_process() {
            return Way { block, args: Vec::new() };
        }
        let index = *self.described.entry((state, uncharted)).or_insert(self.made.len());
        if index == self.made.len() {
            let exit = describe(self.func, &self.func.states[state.0 as usize], uncharted);
            self.made.push(exit);
        }
        self.made[index].why |= why;
        let address = &raw const *self.made[index] as i64;
        let address = self.b.ins().iconst(types::I64, address);
        Way { block, args: vec![address.into()] }
    }

    /// The block that leaves to a state's moment.
    fn shared_exit(&mut self, id: StateId) -> ClifBlock {
        let func = self.func;
        let state = &func.states[id.0 as usize];
        let same = |shared: &&SharedExit| is_same_moment(&func.states[shared.state.0 as usize], state);
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
        self.b.ins().brif(due, exit.block, &exit.args, next, &[]);
        self.b.switch_to_block(next);
    }

    pub(super) fn fill_exits(&mut self) {
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
            let exit = self.b.block_params(block).first().copied();
            let status = self.leave_at(state, exit);
            self.b.ins().return_(&[status]);
        }
    }
}

/// How many states back one of the same moment is looked for.
const RECENT: usize = 8;

fn is_same_moment(a: &FrameState, b: &FrameState) -> bool {
    a.pc == b.pc && a.regs == b.regs && a.inlined == b.inlined
}

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
