//! Fast calls: the code of functions that are called with arguments in registers of the processor and without a frame, and calls of
//! them. See [`perilune_vm::lazy`].

use super::Lowering;
use super::exits::{describe, inlined_frames};
use super::reasons::OPEN_RESULTS;
use crate::ir::{FrameState, Op, Ty, Val, takes_thread};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    AbiParam, Block as ClifBlock, InstBuilder, MemFlagsData, SigRef, Signature, StackSlot, StackSlotData, StackSlotKind,
    Value as Clif, types,
};
use cranelift_codegen::isa::CallConv;
use perilune_vm::Value;
use perilune_vm::layout;
use perilune_vm::lazy::{ALL, ARGUMENTS, SEVERAL, Site};
use perilune_vm::proto::ProtoRef;
use perilune_vm::runtime::Helper;
use perilune_vm::tier::status;

/// Where the word that tells of the site is, from the frame pointer of the called function: behind the caller's frame pointer and
/// the return address.
const SITE: i32 = 16;

/// How many arguments are passed to a function in registers of the processor.
pub(super) fn passed(proto: ProtoRef) -> usize {
    usize::from(proto.get().params).min(ARGUMENTS)
}

impl Lowering<'_> {
    // ---- entry ----

    /// Looks whether there is room in the stacks, and what waits for a safepoint.
    pub(super) fn fast_prologue(&mut self) {
        let base = self.b.use_var(self.base);
        let registers = i64::from(self.func.proto.get().registers);
        let extent = i64::from(self.func.extent);
        let end = self.load(types::I64, self.thread, layout::thread::STACK_END);
        let needed = self.b.ins().iadd_imm_s(base, (extent + 2) * i64::from(layout::VALUE));
        let mut unusual = self.b.ins().icmp(IntCC::UnsignedGreaterThan, needed, end);
        let rare = self.b.create_block();
        self.b.set_cold_block(rare);
        // What calls nothing ends soon, unless it has a loop, which looks for itself.
        if self.func.uses(Op::calls) || !self.literals.is_process() {
            self.go_on_unless(unusual, rare);
            unusual = self.native_stack_is_short();
            self.go_on_unless(unusual, rare);
            unusual = self.waits_or_used_up();
        } else if self.counts_steps() {
            self.go_on_unless(unusual, rare);
            unusual = self.waits_or_used_up();
        }
        let next = self.b.create_block();
        self.b.ins().brif(unusual, rare, &[], next, &[]);
        self.begin(rare);
        for (index, arg) in self.args.clone().into_iter().enumerate() {
            let base = self.b.use_var(self.base);
            self.b.ins().store(MemFlagsData::trusted(), arg, base, index as i32 * layout::VALUE);
        }
        let (registers, extent) = (self.word(registers as u64), self.word(extent as u64));
        let status = self.help(Helper::fast_entered, &[self.thread, registers, extent]);
        self.leave_unless_done(status);
        self.load_base();
        self.b.ins().jump(next, &[]);
        self.begin(next);
    }

    fn go_on_unless(&mut self, unusual: Clif, rare: ClifBlock) {
        let next = self.b.create_block();
        self.b.ins().brif(unusual, rare, &[], next, &[]);
        self.begin(next);
    }

    /// An argument of the running function.
    pub(super) fn argument(&mut self, index: u16) -> Clif {
        if self.frame.is_none() {
            return self.args[usize::from(index)];
        }
        let base = self.b.use_var(self.base);
        self.load(types::I64, base, i32::from(index) * layout::VALUE)
    }

    // ---- frames ----

    /// The frame that the code stands for (of its outermost function), which is made if there is none.
    pub(super) fn own_frame(&mut self) -> Clif {
        if let Some(frame) = self.frame.or(self.outermost) {
            return frame;
        }
        let site = self.called_from();
        self.unlikely(site, |l| {
            l.help(Helper::make_frames, &[l.thread]);
        });
        self.made_frame()
    }

    /// The same, if it was made and no frames of inlined calls are shown but by this code.
    pub(super) fn made_frame(&mut self) -> Clif {
        match self.frame.or(self.outermost) {
            Some(frame) => frame,
            None => self.load(types::I64, self.thread, layout::thread::FRAME),
        }
    }

    /// Of a fast function: where it was called from, or null if it has a frame.
    fn called_from(&mut self) -> Clif {
        let pointer = self.b.ins().get_frame_pointer(types::I64);
        self.load(types::I64, pointer, SITE)
    }

    /// Saves the frame pointer for a helper that may want to know of frames.
    pub(super) fn tell_of_native_frame(&mut self, helper: Helper) {
        if !self.literals.is_process() || !takes_thread(helper) {
            return;
        }
        let pointer = match self.frame {
            Some(_) => self.word(0),
            None => self.b.ins().get_frame_pointer(types::I64),
        };
        self.b.ins().store(MemFlagsData::trusted(), pointer, self.thread, layout::thread::COMPILED);
    }

    // ---- calls ----

    /// A fast call: its result if one is wanted.
    pub(super) fn call_fast(&mut self, val: Val, args: &[Clif], func: u16, wanted: i32, given: u8) -> Option<Clif> {
        let (site, address) = self.make_site(val, func, wanted, given);
        let (slow, next) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(slow);
        let yields = wanted != 0;
        let result = yields.then(|| self.b.append_block_param(next, types::I64));
        let inst = self.func.inst(val);
        let (proto, args) = match inst.op {
            Op::CallFast(..) => (args[1], &args[2..]),
            _ => (self.proto_of(args[0], given, slow), &args[1..]),
        };
        let in_place = self.sites[site].closure.is_none();
        let code = self.load(types::I64, proto, if in_place { layout::proto::FAST } else { layout::proto::BLIND });
        self.go_on_if(code, slow);
        let slot = self.site_slot();
        self.b.ins().stack_store(types::I64, address, slot, 0);
        let registers = self.reg_address(func + 1);
        let mut all = vec![self.thread, registers];
        all.extend(args);
        let (outcome, value) = self.call_with(code, &all);
        let (ended, given_back) = (self.b.create_block(), if yields { vec![value.into()] } else { Vec::new() });
        self.b.set_cold_block(ended);
        if wanted > 1 {
            self.take_several(outcome, value, func, wanted, (next, ended));
        } else {
            self.b.ins().brif(outcome, ended, &[], next, &given_back);
        }
        self.begin(ended);
        let outcome = self.help(Helper::fast_ended, &[self.thread, outcome]);
        self.take_result(outcome, func, wanted, next);
        self.begin(slow);
        for (index, &arg) in args.iter().take(given.into()).enumerate() {
            let base = self.b.use_var(self.base);
            self.b.ins().store(MemFlagsData::trusted(), arg, base, (i32::from(func) + 1 + index as i32) * layout::VALUE);
        }
        let site = &raw const *self.sites[site] as u64;
        let site = self.word(site);
        let outcome = self.help(Helper::call_slowly, &[self.thread, site]);
        self.take_result(outcome, func, wanted, next);
        self.begin(next);
        debug_assert!(result.is_some() == (self.func.ty(val) == Ty::Any));
        result
    }

    /// After a call for several results: where there are as many as are wanted they stand in their places.
    fn take_several(&mut self, outcome: Clif, first: Clif, func: u16, wanted: i32, (next, ended): (ClifBlock, ClifBlock)) {
        let (other, fewer) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(other);
        self.b.set_cold_block(fewer);
        let differs = self.b.ins().bxor_imm_u(outcome, status::SEVERAL as i64 + i64::from(wanted));
        self.b.ins().brif(differs, other, &[], next, &[first.into()]);
        self.begin(other);
        let is_one = self.b.ins().icmp_imm_u(IntCC::Equal, outcome, status::DONE as i64);
        let are_several = self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, outcome, status::SEVERAL as i64);
        let came_back = self.b.ins().bor(is_one, are_several);
        self.b.ins().brif(came_back, fewer, &[], ended, &[]);
        self.begin(fewer);
        let several = self.b.ins().iadd_imm_s(outcome, -(status::SEVERAL as i64));
        let one = self.word(1);
        let count = self.b.ins().select(is_one, one, several);
        let base = self.b.use_var(self.base);
        let nil = self.word(Value::NIL.0);
        for index in 1..wanted {
            let place = (i32::from(func) + index) * layout::VALUE;
            let result = self.load(types::I64, base, place);
            let exists = self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, count, i64::from(index));
            let result = self.b.ins().select(exists, result, nil);
            self.b.ins().store(MemFlagsData::trusted(), result, base, place);
        }
        self.b.ins().jump(next, &[first.into()]);
    }

    /// After a call that left its result in its place, if it did not end in another way: the stack may have moved.
    fn take_result(&mut self, outcome: Clif, func: u16, wanted: i32, next: ClifBlock) {
        self.leave_unless_done(outcome);
        self.load_base();
        let base = self.b.use_var(self.base);
        if wanted != 0 {
            let value = self.load(types::I64, base, i32::from(func) * layout::VALUE);
            self.b.ins().jump(next, &[value.into()]);
        } else {
            self.b.ins().jump(next, &[]);
        }
    }

    fn call_with(&mut self, code: Clif, args: &[Clif]) -> (Clif, Clif) {
        let signature = self.signature(args.len());
        let call = self.b.ins().call_indirect(signature, code, args);
        let results = self.b.inst_results(call);
        (results[0], results[1])
    }

    fn signature(&mut self, args: usize) -> SigRef {
        let mut signature = Signature::new(CallConv::Tail);
        signature.params.extend(vec![AbiParam::new(types::I64); args]);
        signature.returns.extend([AbiParam::new(types::I64); 2]);
        self.b.import_signature(signature)
    }

    /// Gives way to a function: it takes this one's place, and tells so.
    pub(super) fn tail_call_fast(&mut self, op: Op, args: &[Clif], given: u8) {
        if self.frame.is_some() {
            return;
        }
        let slow = self.b.create_block();
        self.b.set_cold_block(slow);
        let (proto, passed) = match op {
            Op::TailFast(_) => (args[1], &args[2..]),
            _ => (self.proto_of(args[0], given, slow), &args[1..]),
        };
        let code = self.load(types::I64, proto, layout::proto::FAST);
        self.go_on_if(code, slow);
        let site = self.called_from();
        self.go_on_if(site, slow);
        let site = self.b.ins().bor_imm_u(site, 1);
        let pointer = self.b.ins().get_frame_pointer(types::I64);
        self.b.ins().store(MemFlagsData::trusted(), site, pointer, SITE);
        let base = self.b.use_var(self.base);
        self.b.ins().store(MemFlagsData::trusted(), args[0], base, -layout::VALUE);
        let mut all = vec![self.thread, base];
        all.extend(passed);
        let signature = self.signature(all.len());
        self.b.ins().return_call_indirect(signature, code, &all);
        self.begin(slow);
    }

    /// What others have to know of a call: its number, and its address.
    fn make_site(&mut self, val: Val, func: u16, wanted: i32, given: u8) -> (usize, Clif) {
        let state = &self.func.states[self.func.inst(val).state.expect("it has the frames").0 as usize];
        let constant = |val: Val| match self.func.inst(val).op {
            Op::Any(word) => Value(word),
            op => unreachable!("{op:?} is no constant"),
        };
        let place = self.func.positions[val.0 as usize];
        let exit = (wanted < 0).then(|| {
            let state = FrameState { proto: place.proto, at: place.pc, ..state.clone() };
            let mut exit = describe(self.func, &state, false);
            exit.why = OPEN_RESULTS;
            exit
        });
        let is_function = |reg: u16| reg == func;
        let closure = state.regs.iter().find(|(reg, _)| is_function(*reg)).map(|&(_, val)| constant(val));
        let others = state.regs.iter().filter(|(reg, _)| !is_function(*reg));
        self.sites.push(Box::new(Site {
            steady: self.steady,
            closure,
            constants: others.map(|&(reg, val)| (u32::from(reg), constant(val))).collect(),
            func: u32::from(func),
            given: u32::from(given),
            wanted,
            exit,
            framed: self.frame.is_some(),
            pc: self.func.proto.get().code[state.pc as usize..].as_ptr(),
            inlined: inlined_frames(state),
        }));
        let number = self.sites.len() - 1;
        let address = &raw const *self.sites[number] as u64;
        let results = match wanted {
            ..0 => ALL,
            0 | 1 => 0,
            _ => SEVERAL,
        };
        (number, self.word(address | results))
    }

    /// The lowest word of the native frame: there is no other slot, and no call passes arguments in memory.
    fn site_slot(&mut self) -> StackSlot {
        match self.site {
            Some(slot) => slot,
            None => {
                let slot = self.b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, 8, 3));
                *self.site.insert(slot)
            }
        }
    }

    // ---- returns ----

    /// Returns one value, or none, which is nil: to the caller, or by way of the frame if there is one.
    pub(super) fn return_without_frame(&mut self, count: i64, result: Option<(Clif, u16)>) {
        let (plain, framed) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(framed);
        self.go_on_if_frameless(count == 1, plain, framed);
        let value = match result {
            Some((value, _)) => value,
            None => self.word(Value::NIL.0),
        };
        let done = self.word(status::DONE);
        self.b.ins().return_(&[done, value]);
        self.begin(framed);
        let frame = self.own_frame();
        self.return_fast(frame, count, result);
    }

    /// Goes on at `plain` if the function may return without a frame.
    fn go_on_if_frameless(&mut self, exactly_one: bool, plain: ClifBlock, framed: ClifBlock) {
        let site = self.called_from();
        if !exactly_one {
            self.go_on_if(site, framed);
            let for_all = self.b.ins().band_imm_u(site, ALL as i64);
            self.b.ins().brif(for_all, framed, &[], plain, &[]);
        } else {
            self.b.ins().brif(site, plain, &[], framed, &[]);
        }
        self.begin(plain);
    }

    /// Returns values that stand in registers; `known`: how many.
    pub(super) fn return_values(&mut self, first: u16, count: Clif, known: Option<u32>) {
        if self.frame.is_some() {
            let status = self.return_slow(first, count);
            return self.return_status(status);
        }
        if let Some(known) = known {
            self.return_without_frame_several(first, known);
        }
        self.own_frame();
        let first = self.reg_address(first);
        let status = self.help(Helper::fast_returned, &[self.thread, first, count]);
        self.return_status(status);
    }

    /// Returns values that stand in registers, if the function may return without a frame: the first, and the others where the
    /// caller has its registers behind the function, if it wants them.
    fn return_without_frame_several(&mut self, first: u16, count: u32) {
        let (plain, special, several, framed) =
            (self.b.create_block(), self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(framed);
        let site = self.called_from();
        self.go_on_if(site, framed);
        let base = self.b.use_var(self.base);
        let value = match count {
            0 => self.word(Value::NIL.0),
            _ => self.load(types::I64, base, i32::from(first) * layout::VALUE),
        };
        let flags = self.b.ins().band_imm_u(site, (ALL | SEVERAL) as i64);
        self.b.ins().brif(flags, special, &[], plain, &[]);
        self.begin(plain);
        let done = self.word(status::DONE);
        self.b.ins().return_(&[done, value]);
        self.begin(special);
        let for_several = self.b.ins().band_imm_u(site, SEVERAL as i64);
        self.b.ins().brif(for_several, several, &[], framed, &[]);
        self.begin(several);
        for index in 1..count as i32 {
            let result = self.load(types::I64, base, (i32::from(first) + index) * layout::VALUE);
            self.b.ins().store(MemFlagsData::trusted(), result, base, (index - 1) * layout::VALUE);
        }
        let outcome = if count > 1 { status::SEVERAL + u64::from(count) } else { status::DONE };
        let outcome = self.word(outcome);
        self.b.ins().return_(&[outcome, value]);
        self.begin(framed);
    }
}
