//! Ways out of compiled code: registers are written back, the runtime rebuilds the frames.
//!
//! Guards that leave to the same moment share the code for it. What tells them apart is the address of an [`Exit`], which says what
//! failed.

use super::Lowering;
use super::reasons::reason;
use crate::ir::{Block, End, FrameState, Func, InlinedCall, Inst, Op, Place, StateId, Ty, Val};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block as ClifBlock, InstBuilder, MemFlagsData, Value as Clif, types};
use perilune_vm::runtime::Helper;
use perilune_vm::tier::{Exit, InlinedFrame};

/// What is told of a way out, and the code that tells it.
pub(super) struct Described {
    /// Which of `made`.
    exit: usize,
    block: ClifBlock,
    /// Which of `exits`.
    shared: usize,
}

/// Code that leaves to one moment.
pub(super) struct SharedExit {
    /// Where it is, if not in the block of the only way out that needs it.
    block: Option<ClifBlock>,
    state: StateId,
    /// Ways out that need it.
    ways: u32,
}

impl Lowering<'_> {
    pub(super) fn exit_of(&mut self, val: Val) -> ClifBlock {
        let state = self.func.inst(val).state.expect("what can leave has a state");
        self.exit_to(state, false, reason(self.func, val))
    }

    /// The way out at a state. `uncharted`: nothing is known of what follows. `why`: what is assumed.
    pub(super) fn exit_to(&mut self, state: StateId, uncharted: bool, why: u16) -> ClifBlock {
        if !self.literals.is_process() {
            let shared = self.shared_exit(state);
            return self.block_of_shared(shared);
        }
        if let Some(known) = self.described.get(&(state, uncharted)) {
            self.made[known.exit].why |= why;
            return known.block;
        }
        let shared = self.shared_exit(state);
        self.exits[shared].ways += 1;
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        let mut exit = describe(self.func, &self.func.states[state.0 as usize], uncharted);
        exit.why = why;
        self.described.insert((state, uncharted), Described { exit: self.made.len(), block, shared });
        self.made.push(exit);
        block
    }

    /// The code that leaves to a state's moment, one of `exits`.
    fn shared_exit(&mut self, id: StateId) -> usize {
        let func = self.func;
        let state = &func.states[id.0 as usize];
        let same = |shared: &(usize, &SharedExit)| func.states[shared.1.state.0 as usize].is_same_moment(state);
        // States of one moment follow one another closely.
        if let Some((index, _)) = self.exits.iter().enumerate().rev().take(RECENT).find(same) {
            return index;
        }
        self.exits.push(SharedExit { block: None, state: id, ways: 0 });
        self.exits.len() - 1
    }

    fn block_of_shared(&mut self, index: usize) -> ClifBlock {
        if let Some(block) = self.exits[index].block {
            return block;
        }
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        if self.literals.is_process() {
            self.b.append_block_param(block, types::I64);
        }
        *self.exits[index].block.insert(block)
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
        self.begin(next);
    }

    pub(super) fn fill_exits(&mut self) {
        let mut described: Vec<Described> = std::mem::take(&mut self.described).into_values().collect();
        described.sort_by_key(|described| described.exit);
        let out = self.b.create_block();
        self.b.set_cold_block(out);
        self.b.append_block_param(out, types::I64);
        for Described { exit, block, shared } in described {
            self.begin(block);
            let address = &raw const *self.made[exit] as i64;
            let address = self.b.ins().iconst(types::I64, address);
            let SharedExit { state, ways, .. } = self.exits[shared];
            if ways == 1 {
                self.write_back(state);
                self.b.ins().jump(out, &[address.into()]);
            } else {
                let shared = self.block_of_shared(shared);
                self.b.ins().jump(shared, &[address.into()]);
            }
        }
        for SharedExit { block, state, .. } in std::mem::take(&mut self.exits) {
            let Some(block) = block else { continue };
            self.begin(block);
            self.write_back(state);
            if self.literals.is_process() {
                // The builder may have added parameters of its own behind it.
                let exit = self.b.block_params(block)[0];
                self.b.ins().jump(out, &[exit.into()]);
            } else {
                let status = self.leave_without_exit(&self.func.states[state.0 as usize]);
                self.return_status(status);
            }
        }
        // One call for all: the registers that it clobbers cost the register allocator time.
        if self.literals.is_process() {
            self.begin(out);
            let exit = self.b.block_params(out)[0];
            let status = self.help(Helper::exit, &[self.thread, exit]);
            self.return_status(status);
        }
    }

    /// Writes back the registers that are out of date at a state.
    fn write_back(&mut self, state: StateId) {
        let func = self.func;
        let state = &func.states[state.0 as usize];
        if self.located {
            self.locate(Place { proto: state.proto, pc: state.at });
        }
        for &(reg, val) in &state.regs {
            let word = self.val_at_exit(val);
            let word = self.boxed_out_of_line(val, word);
            let base = self.b.use_var(self.base);
            self.b.ins().store(MemFlagsData::trusted(), word, base, i32::from(reg) * 8);
        }
    }

    /// A value that is needed at an exit; there it is computed if nothing else needs it.
    fn val_at_exit(&mut self, val: Val) -> Clif {
        if !self.only_at_exits[val.0 as usize] {
            return self.val(val);
        }
        let args: Vec<Clif> = self.func.inst(val).args.iter().map(|&arg| self.val_at_exit(arg)).collect();
        self.operation(val, self.func.inst(val).op, &args).expect("it yields a value")
    }
}

/// Values that only frame states have, and that are cheaper computed where they are needed than kept until then.
pub(super) fn only_at_exits(func: &Func, order: &[Block]) -> Vec<bool> {
    let mut needed = vec![false; func.insts.len()];
    for &block in order.iter().rev() {
        let data = func.data(block);
        match &data.end {
            End::Branch(val, ..) | End::Return1(val, _) => needed[val.0 as usize] = true,
            _ => {}
        }
        for edge in data.end.edges() {
            edge.args.iter().for_each(|arg| needed[arg.0 as usize] = true);
        }
    }
    for &block in order.iter().rev() {
        for &val in func.data(block).insts.iter().rev() {
            let inst = func.inst(val);
            if !is_simple(func, inst) || needed[val.0 as usize] {
                needed[val.0 as usize] = true;
                inst.args.iter().for_each(|arg| needed[arg.0 as usize] = true);
            }
        }
        func.data(block).params.iter().for_each(|param| needed[param.0 as usize] = true);
    }
    needed.into_iter().map(|needed| !needed).collect()
}

/// Whether an instruction is computed in place, without branches, whenever that is.
fn is_simple(func: &Func, inst: &Inst) -> bool {
    match inst.op {
        Op::Box => !matches!(func.ty(inst.args[0]), Ty::Int),
        Op::BoxSmall | Op::Unbox(_) | Op::ToFloat => true,
        Op::Add | Op::Sub | Op::Mul | Op::And | Op::Or | Op::Xor => true,
        Op::FAdd | Op::FSub | Op::FMul | Op::FDiv | Op::FNeg => true,
        Op::Compare(_) | Op::FCompare(_) | Op::Not | Op::Same | Op::Truthy => true,
        _ => false,
    }
}

/// How many states back one of the same moment is looked for.
const RECENT: usize = 8;

/// The frames of inlined calls.
pub(super) fn inlined_frames(state: &FrameState) -> Box<[InlinedFrame]> {
    let frame = |call: &InlinedCall| InlinedFrame {
        func: u32::from(call.func),
        registers: u32::from(call.proto.get().registers),
        pc: call.proto.get().code[call.pc as usize..].as_ptr(),
        wanted: call.wanted,
        flags: call.called.flags(),
        extra: call.called.extra.unwrap_or(0),
    };
    state.inlined.iter().map(frame).collect()
}

/// What the runtime has to know of a way out.
pub(super) fn describe(func: &crate::ir::Func, state: &FrameState, uncharted: bool) -> Box<Exit> {
    Box::new(Exit {
        pc: func.proto.get().code[state.pc as usize..].as_ptr(),
        inlined: inlined_frames(state),
        proto: state.proto,
        at: state.at,
        uncharted,
        compiled: func.proto,
        why: 0,
    })
}
