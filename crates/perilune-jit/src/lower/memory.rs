//! Registers in the stack, loads and stores, calls.

use super::{Literals, Lowering};
use crate::ir::{Class, Op, Ty, Val, Width, takes_thread};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value as Clif, types};
use perilune_front::op::{Instr, Op as Code};
use perilune_vm::layout;
use perilune_vm::runtime::Helper;
use perilune_vm::tier::status;

/// Farthest that an element is from where an address points to, if that is to be part of an instruction.
const MOST_ELEMENTS: i64 = 1 << 16;

impl Lowering<'_> {
    pub(super) fn memory_operation(&mut self, val: Val, op: Op, args: &[Clif]) -> Option<Clif> {
        match op {
            Op::LoadReg(reg) => {
                let base = self.b.use_var(self.base);
                Some(self.load(types::I64, base, i32::from(reg) * 8))
            }
            Op::StoreReg(reg) => {
                let base = self.b.use_var(self.base);
                self.b.ins().store(MemFlagsData::trusted(), args[0], base, i32::from(reg) * 8);
                None
            }
            Op::Arg(index) => Some(self.argument(index)),
            Op::RegPlace(reg) => Some(self.reg_address(reg)),
            Op::ExtraCount => {
                let frame = self.own_frame();
                let count = self.b.ins().uload32(MemFlagsData::trusted(), frame, layout::frame::EXTRA_ARGS);
                Some(count)
            }
            Op::ExtraArg => {
                // They stand just below the function.
                let frame = self.own_frame();
                let count = self.b.ins().uload32(MemFlagsData::trusted(), frame, layout::frame::EXTRA_ARGS);
                let below = self.b.ins().isub(args[0], count);
                let offset = self.b.ins().ishl_imm_u(below, 3);
                let base = self.b.use_var(self.base);
                let place = self.b.ins().iadd(base, offset);
                Some(self.load(types::I64, place, -layout::VALUE))
            }
            Op::Callee => {
                let base = self.b.use_var(self.base);
                let word = self.load(types::I64, base, -8);
                let high = self.b.ins().ishl_imm_u(word, 16);
                Some(self.b.ins().ushr_imm_u(high, 16))
            }
            Op::Load(class, width, offset) => {
                let (from, offset) = self.byte_place(self.func.inst(val).args[0], args[0], offset);
                Some(self.load_class(class, width, from, offset))
            }
            Op::Store(_, width, offset) => {
                match width {
                    Width::B8 => self.b.ins().store(MemFlagsData::trusted(), args[1], args[0], offset),
                    Width::B4 => self.b.ins().istore32(MemFlagsData::trusted(), args[1], args[0], offset),
                    Width::B1 => self.b.ins().istore8(MemFlagsData::trusted(), args[1], args[0], offset),
                };
                None
            }
            Op::LoadAt(class) => {
                let (place, offset) = self.element_place(val, args);
                Some(self.load_class(class, Width::B8, place, offset))
            }
            Op::StoreAt(_) => {
                let (place, offset) = self.element_place(val, args);
                self.b.ins().store(MemFlagsData::trusted(), args[2], place, offset);
                None
            }
            Op::NewTable(slots) => Some(self.new_table(slots)),
            Op::Barrier => {
                self.barrier(args[0], args[1]);
                None
            }
            Op::Epoch => Some(self.epoch()),
            Op::Poll => {
                let waiting = self.waits_or_used_up();
                let exit = self.exit_of(val);
                let next = self.b.create_block();
                self.b.ins().brif(waiting, exit, &[], next, &[]);
                self.begin(next);
                None
            }
            Op::Waiting => {
                let waiting = self.interrupt_word();
                Some(self.b.ins().icmp_imm_u(IntCC::NotEqual, waiting, 0))
            }
            Op::Safepoint(pc) => {
                let pc = self.code_address(pc);
                let frame = self.innermost();
                let status = self.help(Helper::safepoint, &[self.thread, frame, pc]);
                self.leave_unless_done(status);
                self.load_base();
                None
            }
            Op::Help(helper) => Some(self.call_helper(val, helper, args)),
            _ => self.frame_operation(val, op, args),
        }
    }

    /// Positions, frames, calls, and instructions that the interpreter executes.
    fn frame_operation(&mut self, val: Val, op: Op, args: &[Clif]) -> Option<Clif> {
        match op {
            Op::SetPc(word) => {
                let pc = self.code_address(word);
                let frame = self.own_frame();
                self.b.ins().store(MemFlagsData::trusted(), pc, frame, layout::frame::PC);
                None
            }
            Op::PushFrames => {
                self.push_frames(self.func.inst(val).state.expect("it has the frames"));
                None
            }
            Op::PopFrames => {
                self.pop_frames(None);
                None
            }
            Op::PopReturned(first, count) => {
                self.pop_frames(Some((first, count)));
                None
            }
            Op::SetTop(reg) => {
                let top = self.reg_address(reg);
                self.b.ins().store(MemFlagsData::trusted(), top, self.thread, layout::thread::TOP);
                None
            }
            Op::CallLast(func, wanted) => {
                self.call_last(func, wanted);
                self.load_base();
                None
            }
            Op::Call(func, wanted) => {
                self.call_runtime(func, wanted);
                self.load_base();
                None
            }
            Op::CallLua(func, wanted, given) => {
                let vals = &self.func.inst(val).args;
                let expected = vals.get(1).map(|&known| self.func.inst(known).op);
                let certain = vals.get(1) == Some(&vals[0]);
                self.call_lua((args[0], certain), expected, func, wanted, given);
                None
            }
            Op::CallFast(func, wanted, given) | Op::CallAny(func, wanted, given) => {
                self.call_fast(val, args, func, wanted, given)
            }
            Op::TailFast(given) | Op::TailAny(given) => {
                self.tail_call_fast(op, args, given);
                None
            }
            Op::Step(pc) if self.step_simply(pc) => None,
            Op::Step(pc) => {
                let pc = self.code_address(pc);
                let frame = self.innermost();
                let status = self.help(Helper::step, &[self.thread, frame, pc]);
                self.leave_unless_done(status);
                self.load_base();
                None
            }
            Op::StepJump(pc) => Some(self.step_jump(Helper::step, pc)),
            Op::Next(reg) => Some(self.next_pair(reg, args)),
            Op::ForIn(pc) => Some(self.step_jump(Helper::for_in, pc)),
            _ => unreachable!("{op:?} is lowered elsewhere"),
        }
    }

    /// Instructions about extra arguments have helpers of their own; whether this is one of them.
    fn step_simply(&mut self, pc: u32) -> bool {
        if !self.shown.is_empty() {
            return false;
        }
        let instr = Instr(self.func.proto.get().code[pc as usize]);
        let (helper, operand) = match instr.op() {
            Some(Code::VarargPrep) => (Helper::vararg_prep, instr.a()),
            Some(Code::Vararg) if instr.c() == 0 => (Helper::vararg_open, instr.a()),
            _ => return false,
        };
        // Errors are at the instruction after which they come.
        let next = self.code_address(pc + 1);
        let frame = self.own_frame();
        self.b.ins().store(MemFlagsData::trusted(), next, frame, layout::frame::PC);
        let operand = self.word(u64::from(operand));
        let status = self.help(helper, &[self.thread, operand]);
        self.leave_unless_done(status);
        self.load_base();
        true
    }

    /// A table from the free run of its size class; the runtime makes it when that is used up.
    fn new_table(&mut self, slots: u8) -> Clif {
        let Literals::Process(around) = self.literals else { unreachable!("only code for one process takes cells itself") };
        let bytes = layout::table::INLINE_SLOTS + i32::from(slots) * layout::VALUE;
        let (cursor, limit, size) = layout::heap::free_run(bytes as usize);
        let next = self.block_as_cold_as_here();
        self.b.append_block_param(next, types::I64);
        let (taken, slow) = (self.block_as_cold_as_here(), self.b.create_block());
        self.b.set_cold_block(slow);
        let state = self.b.ins().iconst(types::I64, around.heap as i64);
        let cell = self.load(types::I64, state, cursor as i32);
        let end = self.load(types::I64, state, limit as i32);
        let after = self.b.ins().iadd_imm_s(cell, size as i64);
        let used_up = self.b.ins().icmp(IntCC::UnsignedGreaterThan, after, end);
        self.b.ins().brif(used_up, slow, &[], taken, &[]);
        self.b.switch_to_block(slow);
        let wanted = self.b.ins().iconst(types::I64, i64::from(slots));
        let made = self.help_rarely(Helper::table_for, &[self.thread, wanted]);
        self.b.ins().jump(next, &[made.into()]);
        self.b.switch_to_block(taken);
        self.b.ins().store(MemFlagsData::trusted(), after, state, cursor as i32);
        self.fill_table(cell, slots);
        self.b.ins().jump(next, &[cell.into()]);
        self.b.switch_to_block(next);
        self.b.block_params(next)[0]
    }

    /// What a new table has but for its shape and the place of its slots, which are stored next.
    fn fill_table(&mut self, cell: Clif, slots: u8) {
        let header = self.word(layout::table::header(u16::from(slots)));
        let zero = self.word(0);
        let nil = self.word(perilune_vm::Value::NIL.0);
        let parts = [(header, 0), (zero, layout::table::ARRAY), (zero, layout::table::ARRAY_LEN)];
        let room = self.word(u64::from(slots));
        let fields = (0..i32::from(slots)).map(|slot| (nil, layout::table::INLINE_SLOTS + slot * layout::VALUE));
        for (word, offset) in parts.into_iter().chain([(room, layout::table::SLOT_CAP)]).chain(fields) {
            self.b.ins().store(MemFlagsData::trusted(), word, cell, offset);
        }
    }

    /// The write barrier: most objects are new, and most stores into others are of numbers.
    pub(super) fn barrier(&mut self, object: Clif, value: Clif) {
        let (black, stored, next) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(stored);
        let noticed = self.b.ins().uload8(types::I32, MemFlagsData::trusted(), object, layout::header::BLACK);
        self.b.ins().brif(noticed, black, &[], next, &[]);
        self.begin(black);
        let above = self.b.ins().iadd_imm_s(value, layout::LEAST_REFERENCE.wrapping_neg() as i64);
        let reference = self.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, above, layout::REFERENCES as i64);
        self.b.ins().brif(reference, stored, &[], next, &[]);
        self.begin(stored);
        self.help_aside(Helper::stored, &[object, value]);
        self.b.ins().jump(next, &[]);
        self.begin(next);
    }

    fn load_class(&mut self, class: Class, width: Width, from: Clif, offset: i32) -> Clif {
        let mut flags = MemFlagsData::trusted();
        if class == Class::Constant {
            flags.set_readonly();
        }
        match width {
            Width::B1 => self.b.ins().uload8(types::I64, flags, from, offset),
            Width::B4 => self.b.ins().uload32(flags, from, offset),
            Width::B8 => self.b.ins().load(types::I64, flags, from, offset),
        }
    }

    /// An address and an offset from it at which the element of a load or store stands.
    fn element_place(&mut self, val: Val, args: &[Clif]) -> (Clif, i32) {
        let (index, distance) = self.without_distance(self.func.inst(val).args[1], args[1], MOST_ELEMENTS);
        let offset = self.b.ins().ishl_imm_u(index, 3);
        (self.b.ins().iadd(args[0], offset), distance * layout::VALUE)
    }

    /// The same of a byte, whose address is a sum.
    fn byte_place(&mut self, of: Val, address: Clif, offset: i32) -> (Clif, i32) {
        let inst = self.func.inst(of);
        if inst.op != Op::Add {
            return (address, offset);
        }
        let index = self.val(inst.args[1]);
        let (index, distance) = self.without_distance(inst.args[1], index, MOST_ELEMENTS);
        let start = self.val(inst.args[0]);
        (self.b.ins().iadd(start, index), offset + distance)
    }

    /// An index as the sum of another one and a small constant, which becomes a part of addresses.
    fn without_distance(&mut self, of: Val, index: Clif, most: i64) -> (Clif, i32) {
        let inst = self.func.inst(of);
        let distance = match (inst.op, inst.args.get(1).map(|&other| self.func.inst(other).op)) {
            (Op::Add, Some(Op::Int(by))) => by,
            (Op::Sub, Some(Op::Int(by))) if by != i64::MIN => -by,
            _ => return (index, 0),
        };
        match i32::try_from(distance) {
            Ok(small) if (-most..=most).contains(&distance) => (self.val(inst.args[0]), small),
            _ => (index, 0),
        }
    }

    fn step_jump(&mut self, helper: Helper, pc: u32) -> Clif {
        let pc = self.code_address(pc);
        let frame = self.innermost();
        let outcome = self.help(helper, &[self.thread, frame, pc]);
        let ends = self.b.ins().band_imm_u(outcome, 3);
        let next = self.b.create_block();
        self.b.ins().brif(ends, self.leave, &[outcome.into()], next, &[]);
        self.begin(next);
        self.load_base();
        self.b.ins().icmp_imm_u(IntCC::Equal, outcome, status::TAKEN as i64)
    }

    fn call_helper(&mut self, val: Val, helper: Helper, args: &[Clif]) -> Clif {
        if helper.needs_frame() {
            self.own_frame();
        }
        let wants_thread = takes_thread(helper);
        let mut all = Vec::with_capacity(args.len() + 1);
        if wants_thread {
            all.push(self.thread);
        }
        for (&arg, &of) in args.iter().zip(&self.func.inst(val).args) {
            debug_assert!(self.func.ty(of) != Ty::Bool);
            all.push(arg);
        }
        if self.cold { self.help_rarely(helper, &all) } else { self.help(helper, &all) }
    }
}
