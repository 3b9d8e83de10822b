//! Entries, calls and returns.
//!
//! A frame of the interpreter stands for every call in progress. Compiled code that calls a compiled function pushes the frame
//! itself: the caller writes what it knows, the called function the rest.

use super::Lowering;
use crate::ir::Op;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{AbiParam, Block as ClifBlock, InstBuilder, MemFlagsData, Signature, Value as Clif, types};
use cranelift_codegen::isa::CallConv;
use perilune_vm::Value;
use perilune_vm::layout;
use perilune_vm::runtime::Helper;
use perilune_vm::tier::{proto_of, status};
use perilune_vm::value::{TAG_FUNCTION, TAG_SHIFT};

impl Lowering<'_> {
    // ---- entry ----

    /// Completes the frame, makes room in the stacks, and looks at what waits for a safepoint.
    pub(super) fn prologue(&mut self) {
        if self.frame.is_none() {
            return self.fast_prologue();
        }
        self.load_base();
        self.find_function();
        let entered = self.func.entered == 0;
        if entered && let Some(frame) = self.frame {
            self.complete_frame(frame);
        }
        let registers = if entered { i64::from(self.func.proto.get().registers) } else { 0 };
        let extent = i64::from(self.func.extent);
        if extent > i64::from(self.func.proto.get().registers) || entered {
            let end = self.load(types::I64, self.thread, layout::thread::STACK_END);
            let base = self.b.use_var(self.base);
            let room = self.b.ins().isub(end, base);
            let short = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, room, (extent + 2) * i64::from(layout::VALUE));
            self.unlikely(short, |l| {
                let (registers, extent) = (l.b.ins().iconst(types::I64, registers), l.b.ins().iconst(types::I64, extent));
                let status = l.help(Helper::make_room, &[l.thread, registers, extent]);
                l.leave_unless_done(status);
                l.load_base();
            });
        }
        if entered {
            let waiting = self.waits_or_used_up();
            self.unlikely(waiting, |l| {
                let status = l.help(Helper::interrupt, &[l.thread]);
                l.leave_unless_done(status);
                l.load_base();
            });
        }
    }

    /// What callers that are compiled leave to the function: its position and the end of its registers. Leaves if too little
    /// native stack is left for further calls.
    fn complete_frame(&mut self, frame: Clif) {
        let pc = self.code_address(0);
        self.b.ins().store(MemFlagsData::trusted(), pc, frame, layout::frame::PC);
        let limit = self.reg_address(u16::from(self.func.proto.get().registers));
        self.b.ins().store(MemFlagsData::trusted(), limit, frame, layout::frame::LIMIT);
        let short = self.native_stack_is_short();
        let unwind = self.word(status::UNWIND);
        let next = self.b.create_block();
        self.b.ins().brif(short, self.leave, &[unwind.into()], next, &[]);
        self.begin(next);
    }

    /// Whether too little native stack is left for further calls.
    pub(super) fn native_stack_is_short(&mut self) -> Clif {
        let lowest = self.load(types::I64, self.thread, layout::thread::NATIVE_FLOOR);
        let here = self.b.ins().get_stack_pointer(types::I64);
        self.b.ins().icmp(IntCC::UnsignedLessThan, here, lowest)
    }

    // ---- calls ----

    /// A call through the runtime; the top is set.
    pub(super) fn call_runtime(&mut self, func: u16, wanted: i32) {
        let func = self.reg_address(func);
        let wanted = self.b.ins().iconst(types::I64, i64::from(wanted));
        let status = self.help(Helper::call, &[self.thread, func, wanted]);
        self.leave_unless_done(status);
    }

    /// The same in place of the values of an inlined function.
    pub(super) fn call_last(&mut self, func: u16, wanted: i32) {
        let func = self.reg_address(func);
        let wanted = self.b.ins().iconst(types::I64, i64::from(wanted));
        let status = self.help(Helper::call_last, &[self.thread, func, wanted]);
        self.leave_unless_done(status);
    }

    /// A call of `callee`, which stands in `func` with its arguments after it. `expected` is a constant; `certain`: `callee` is
    /// that one.
    pub(super) fn call_lua(
        &mut self,
        (callee, certain): (Clif, bool),
        expected: Option<Op>,
        func: u16,
        wanted: i32,
        given: u8,
    ) {
        let (slow, next) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(slow);
        let expected = match expected {
            Some(Op::Any(word)) => Some(Value(word)),
            _ => None,
        };
        let (entry, may_be_vararg) = match expected.and_then(proto_of) {
            Some(proto) if proto.get().params <= given => {
                if !certain {
                    let word = self.word(expected.expect("it has a prototype").0);
                    let same = self.b.ins().icmp(IntCC::Equal, callee, word);
                    self.go_on_if(same, slow);
                }
                let address = self.b.ins().iconst(types::I64, proto.0.as_ptr() as i64);
                (self.load(types::I64, address, layout::proto::FRAMED), proto.get().is_vararg)
            }
            _ => {
                let proto = self.proto_of(callee, given, slow);
                (self.load(types::I64, proto, layout::proto::FRAMED), true)
            }
        };
        self.go_on_if(entry, slow);
        let caller = self.innermost();
        let node = self.load(types::I64, caller, layout::frame::NEXT);
        self.go_on_if(node, slow);
        if may_be_vararg {
            self.set_top(func + 1 + u16::from(given));
        }
        self.push_frame(node, func, wanted);
        let outcome = self.call_code(entry, node);
        let (ended, done) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(ended);
        self.b.ins().brif(outcome, ended, &[], done, &[]);
        self.begin(ended);
        let outcome = self.help(Helper::call_ended, &[self.thread, caller, outcome]);
        self.b.ins().brif(outcome, self.leave, &[outcome.into()], done, &[]);
        self.begin(done);
        self.leave_if_altered(caller);
        self.b.ins().jump(next, &[]);
        self.begin(slow);
        self.set_top(func + 1 + u16::from(given));
        self.call_runtime(func, wanted);
        self.b.ins().jump(next, &[]);
        self.begin(next);
        self.load_base();
    }

    /// The prototype of `callee`, if that is a Lua function with no more parameters than arguments are given.
    pub(super) fn proto_of(&mut self, callee: Clif, given: u8, slow: ClifBlock) -> Clif {
        let tag = self.word(TAG_FUNCTION << TAG_SHIFT);
        let closure = self.b.ins().bxor(callee, tag);
        let high = self.b.ins().ushr_imm_u(closure, i64::from(TAG_SHIFT));
        let is_function = self.b.ins().icmp_imm_u(IntCC::Equal, high, 0);
        self.go_on_if(is_function, slow);
        let kind = self.b.ins().uload8(types::I32, MemFlagsData::trusted(), closure, layout::header::KIND);
        let is_lua = self.b.ins().icmp_imm_u(IntCC::Equal, kind, i64::from(layout::header::LUA_CLOSURE));
        self.go_on_if(is_lua, slow);
        let proto = self.load(types::I64, closure, layout::cell::CLOSURE_PROTO);
        let params = self.b.ins().uload8(types::I32, MemFlagsData::trusted(), proto, layout::proto::PARAMS);
        let enough = self.b.ins().icmp_imm_u(IntCC::UnsignedLessThanOrEqual, params, i64::from(given));
        self.go_on_if(enough, slow);
        proto
    }

    fn set_top(&mut self, reg: u16) {
        let top = self.reg_address(reg);
        self.b.ins().store(MemFlagsData::trusted(), top, self.thread, layout::thread::TOP);
    }

    /// Makes `node` the running frame, of a call of the function in `func`.
    fn push_frame(&mut self, node: Clif, func: u16, wanted: i32) {
        self.begin_frame(node, func, wanted, layout::frame::LUA);
        self.b.ins().store(MemFlagsData::trusted(), node, self.thread, layout::thread::FRAME);
    }

    /// Writes what a caller knows of a frame.
    pub(super) fn begin_frame(&mut self, node: Clif, func: u16, wanted: i32, flags: u16) {
        let place = self.reg_address(func);
        self.b.ins().store(MemFlagsData::trusted(), place, node, layout::frame::FUNC);
        let word = self.word(u64::from(wanted as u32) | u64::from(flags) << 32);
        self.b.ins().store(MemFlagsData::trusted(), word, node, layout::frame::WANTED);
        let zero = self.word(0);
        self.b.ins().store(MemFlagsData::trusted(), zero, node, layout::frame::EXTRA_ARGS);
    }

    fn call_code(&mut self, entry: Clif, frame: Clif) -> Clif {
        let mut signature = Signature::new(CallConv::SystemV);
        signature.params.extend([AbiParam::new(types::I64); 2]);
        signature.returns.push(AbiParam::new(types::I64));
        let signature = self.b.import_signature(signature);
        let call = self.b.ins().call_indirect(signature, entry, &[self.thread, frame]);
        self.b.inst_results(call)[0]
    }

    /// After a call: something may have happened to the frame that its code does not know of.
    fn leave_if_altered(&mut self, frame: Clif) {
        let flags = self.b.ins().uload16(types::I32, MemFlagsData::trusted(), frame, layout::frame::FLAGS);
        let altered = self.b.ins().band_imm_u(flags, i64::from(layout::frame::ALTERED));
        self.unlikely(altered, |l| {
            let flags = l.b.ins().band_imm_u(flags, i64::from(!layout::frame::ALTERED));
            l.b.ins().istore16(MemFlagsData::trusted(), flags, frame, layout::frame::FLAGS);
            let resume = l.word(status::RESUME);
            l.leave_unless_done(resume);
        });
    }

    // ---- returns ----

    pub(super) fn return_slow(&mut self, first: u16, count: Clif) -> Clif {
        let first = self.reg_address(first);
        let helper = if self.frame.is_some() { Helper::finish_return } else { Helper::fast_returned };
        self.help(helper, &[self.thread, first, count])
    }

    /// Returns to a caller that wants as many results as there are, and nothing else; to others through the runtime.
    pub(super) fn return_fast(&mut self, frame: Clif, count: i64, result: Option<(Clif, u16)>) {
        let flags = self.b.ins().uload16(types::I32, MemFlagsData::trusted(), frame, layout::frame::FLAGS);
        let special = self.b.ins().band_imm_u(flags, i64::from(layout::frame::SLOW_RETURN));
        let wanted = self.load(types::I32, frame, layout::frame::WANTED);
        let other = self.b.ins().bxor_imm_u(wanted, count);
        let slow = self.b.ins().bor(special, other);
        let (cold, fast) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(cold);
        self.b.ins().brif(slow, cold, &[], fast, &[]);
        self.begin(fast);
        let base = self.b.use_var(self.base);
        if let Some((val, _)) = result {
            self.b.ins().store(MemFlagsData::trusted(), val, base, -8);
        }
        let prev = self.load(types::I64, frame, layout::frame::PREV);
        self.b.ins().store(MemFlagsData::trusted(), prev, self.thread, layout::thread::FRAME);
        let done = self.word(if self.frame.is_some() { status::DONE } else { status::RETURNED });
        self.return_status(done);
        self.begin(cold);
        let first = match result {
            Some((val, reg)) => {
                let base = self.b.use_var(self.base);
                self.b.ins().store(MemFlagsData::trusted(), val, base, i32::from(reg) * 8);
                reg
            }
            None => 0,
        };
        let count = self.b.ins().iconst(types::I64, count);
        let status = self.return_slow(first, count);
        self.return_status(status);
    }
}
