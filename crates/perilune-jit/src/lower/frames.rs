//! Frames of inlined calls, made for as long as others may look at them.

use super::Lowering;
use crate::ir::StateId;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value as Clif, types};
use perilune_vm::layout;
use perilune_vm::runtime::Helper;
use perilune_vm::tier::status;

impl Lowering<'_> {
    /// The running frame, which is made if there is none.
    pub(super) fn innermost(&mut self) -> Clif {
        match self.shown.last() {
            Some(&frame) => frame,
            None => self.own_frame(),
        }
    }

    /// Makes the frames of a state's inlined calls. The code checked at its entry that the stack has room for them.
    pub(super) fn push_frames(&mut self, state: StateId) {
        let func = self.func;
        let state = &func.states[state.0 as usize];
        let frame = self.own_frame();
        self.outermost = Some(frame);
        self.set_position(frame, state.pc);
        let mut innermost = frame;
        for call in &state.inlined {
            let node = self.node_after(innermost);
            self.begin_frame(node, call.func, call.wanted, call.called.flags());
            if let Some(extra) = call.called.extra {
                let extra = self.b.ins().iconst(types::I32, i64::from(extra));
                self.b.ins().store(MemFlagsData::trusted(), extra, node, layout::frame::EXTRA_ARGS);
            }
            let limit = self.reg_address(call.func + 1 + u16::from(call.proto.get().registers));
            self.b.ins().store(MemFlagsData::trusted(), limit, node, layout::frame::LIMIT);
            self.shown.push(node);
            innermost = node;
            self.shown_proto = call.proto;
            self.set_position(node, call.pc);
        }
        self.b.ins().store(MemFlagsData::trusted(), innermost, self.thread, layout::thread::FRAME);
    }

    /// Takes them away. The innermost was looked at after what could have changed it. `returned`: it is about to return so many
    /// values from this register on.
    pub(super) fn pop_frames(&mut self, returned: Option<(u16, u32)>) {
        self.shown.pop();
        let frame = self.outermost.take().expect("frames were made");
        let mut flags = self.flags_of(frame);
        for node in std::mem::take(&mut self.shown) {
            let more = self.flags_of(node);
            flags = self.b.ins().bor(flags, more);
        }
        self.shown_proto = self.func.proto;
        let altered = self.b.ins().band_imm_u(flags, i64::from(layout::frame::ALTERED));
        self.unlikely(altered, |l| {
            if let Some((first, count)) = returned {
                let (first, count) = (l.reg_address(first), l.b.ins().iconst(types::I64, i64::from(count)));
                let status = l.help(Helper::finish_return, &[l.thread, first, count]);
                l.leave_unless_done(status);
            }
            let resume = l.word(status::RESUME);
            l.leave_unless_done(resume);
        });
        self.b.ins().store(MemFlagsData::trusted(), frame, self.thread, layout::thread::FRAME);
    }

    fn flags_of(&mut self, frame: Clif) -> Clif {
        self.b.ins().uload16(types::I32, MemFlagsData::trusted(), frame, layout::frame::FLAGS)
    }

    fn set_position(&mut self, frame: Clif, word: u32) {
        let pc = self.code_address(word);
        self.b.ins().store(MemFlagsData::trusted(), pc, frame, layout::frame::PC);
    }

    /// The node after that of a frame, which is made if there is none.
    fn node_after(&mut self, frame: Clif) -> Clif {
        let node = self.load(types::I64, frame, layout::frame::NEXT);
        let (missing, next) = (self.b.create_block(), self.b.create_block());
        let param = self.b.append_block_param(next, types::I64);
        self.b.set_cold_block(missing);
        let exists = self.b.ins().icmp_imm_u(IntCC::NotEqual, node, 0);
        self.b.ins().brif(exists, next, &[node.into()], missing, &[]);
        self.begin(missing);
        let made = self.help(Helper::node_after, &[self.thread, frame]);
        self.b.ins().jump(next, &[made.into()]);
        self.begin(next);
        param
    }
}
