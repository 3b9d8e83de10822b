//! What code needs of the process it runs in: where the running function's code, constants and caches are, the words that all
//! threads share, and how to leave.
//!
//! Code for this process has addresses in it. Code for objects is executed in other processes, by every state that loads its
//! module, and lies in memory that is never written: it reaches everything from the thread and from the function that runs.
//! That costs three loads at each entry; no tables have to be filled, and no module has to be loaded only once.

use super::Lowering;
use crate::ir::{FrameState, Op};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value as Clif, types};
use perilune_vm::layout;
use perilune_vm::runtime::Helper;
use perilune_vm::tier::status;

/// Where code finds what belongs to the process.
#[derive(Debug, Clone, Copy)]
pub enum Literals {
    /// At these addresses, and at those of the function that was compiled.
    Process(Surroundings),
    /// From the thread and the running function.
    Function,
}

/// What code has to know of the state it runs in.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings {
    /// Where the interrupt word is.
    pub interrupt: usize,
    /// Where the roles' epoch is.
    pub epoch: usize,
    /// If steps are counted: where the number of those is that are left (64 bits).
    pub steps: Option<usize>,
    /// Where the heap's allocation state is.
    pub heap: usize,
    /// If assumptions are to fail for test's sake: where the word is that counts down to the next one.
    pub countdown: Option<usize>,
}

/// What was loaded at the entry of code that has no addresses in it.
#[derive(Clone, Copy)]
pub struct Function {
    code: Clif,
    consts: Clif,
    caches: Clif,
    global: Clif,
    interrupt: Clif,
}

impl Literals {
    /// Whether the code is for this process.
    pub fn is_process(self) -> bool {
        matches!(self, Literals::Process(_))
    }

    /// Where the word is that counts down to the next forced failure.
    pub fn countdown(self) -> Option<usize> {
        match self {
            Literals::Process(around) => around.countdown,
            Literals::Function => None,
        }
    }
}

impl Lowering<'_> {
    /// Loads what is known of the running function, at the entry. What is not used goes away again.
    pub(super) fn find_function(&mut self) {
        if let Literals::Process(_) = self.literals {
            return;
        }
        let base = self.b.use_var(self.base);
        let word = self.load(types::I64, base, -layout::VALUE);
        let closure = self.untag(word, perilune_vm::value::TAG_FUNCTION);
        let proto = self.constant_word(closure, layout::cell::CLOSURE_PROTO);
        let global = self.constant_word(self.thread, layout::thread::GLOBAL);
        self.function = Some(Function {
            code: self.constant_word(proto, layout::proto::CODE),
            consts: self.constant_word(proto, layout::proto::CONSTS),
            caches: self.constant_word(proto, layout::proto::CACHES),
            interrupt: self.constant_word(global, layout::global::INTERRUPT_WORD),
            global,
        });
    }

    /// Loads what never changes.
    fn constant_word(&mut self, from: Clif, offset: i32) -> Clif {
        let mut flags = MemFlagsData::trusted();
        flags.set_readonly();
        self.b.ins().load(types::I64, flags, from, offset)
    }

    pub(super) fn own(&self) -> Function {
        self.function.expect("only code without addresses asks, whose entry loads it")
    }

    /// What all threads share.
    pub(super) fn global(&self) -> Clif {
        self.own().global
    }

    /// A constant, or the address of a cache, of the running function.
    pub(super) fn own_literal(&mut self, op: Op) -> Clif {
        match op {
            Op::Konst(index) => self.constant_word(self.own().consts, index as i32 * layout::VALUE),
            Op::Cache(index) => self.cache_address(index),
            _ => unreachable!("no literal"),
        }
    }

    pub(super) fn cache_address(&mut self, index: u32) -> Clif {
        let caches = self.own().caches;
        self.b.ins().iadd_imm_s(caches, i64::from(index) * i64::from(layout::cache::SIZE))
    }

    /// The address of a word of the innermost function's code.
    pub(super) fn code_address(&mut self, word: u32) -> Clif {
        let offset = i64::from(word) * 4;
        match self.literals {
            Literals::Process(_) => {
                let address = self.shown_proto.get().code.as_ptr() as i64 + offset;
                self.b.ins().iconst(types::I64, address)
            }
            Literals::Function => {
                let code = self.own().code;
                self.b.ins().iadd_imm_s(code, offset)
            }
        }
    }

    /// Whether steps are counted.
    pub(super) fn counts_steps(&self) -> bool {
        matches!(self.literals, Literals::Process(Surroundings { steps: Some(_), .. }))
    }

    /// Counts a step, if they are counted: whether none is left.
    pub(super) fn count_step(&mut self) -> Option<Clif> {
        let Literals::Process(Surroundings { steps: Some(steps), .. }) = self.literals else { return None };
        let address = self.b.ins().iconst(types::I64, steps as i64);
        let left = self.load(types::I64, address, 0);
        let left = self.b.ins().iadd_imm_s(left, -1);
        self.b.ins().store(MemFlagsData::trusted(), left, address, 0);
        Some(self.b.ins().icmp_imm_s(IntCC::SignedLessThanOrEqual, left, 0))
    }

    /// Whether something waits for a safepoint, or no step is left for what begins here.
    pub(super) fn waits_or_used_up(&mut self) -> Clif {
        let waiting = self.interrupt_word();
        let Some(used_up) = self.count_step() else { return waiting };
        let used_up = self.b.ins().uextend(types::I32, used_up);
        self.b.ins().bor(waiting, used_up)
    }

    /// The word that is not 0 while something waits for a safepoint.
    pub(super) fn interrupt_word(&mut self) -> Clif {
        let address = match self.literals {
            Literals::Process(around) => self.b.ins().iconst(types::I64, around.interrupt as i64),
            Literals::Function => self.own().interrupt,
        };
        self.load(types::I32, address, 0)
    }

    /// The roles' epoch.
    pub(super) fn epoch(&mut self) -> Clif {
        let (address, offset) = match self.literals {
            Literals::Process(around) => (self.b.ins().iconst(types::I64, around.epoch as i64), 0),
            Literals::Function => (self.global(), layout::global::ROLE_EPOCH),
        };
        self.b.ins().uload32(MemFlagsData::trusted(), address, offset)
    }

    /// Leaves at a state, whose registers were written back: the status. `exit` is the address of what the runtime has to know,
    /// which code for objects has none of.
    pub(super) fn leave_at(&mut self, state: &FrameState, exit: Option<Clif>) -> Clif {
        if let Some(exit) = exit {
            return self.help(Helper::exit, &[self.thread, exit]);
        }
        debug_assert!(state.inlined.is_empty(), "nothing is inlined without a profile");
        let pc = self.code_address(state.pc);
        let frame = self.own_frame();
        self.b.ins().store(MemFlagsData::trusted(), pc, frame, layout::frame::PC);
        self.b.ins().iconst(types::I64, status::RESUME as i64)
    }
}
