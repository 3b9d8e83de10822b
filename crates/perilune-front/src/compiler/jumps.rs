//! Jump lists: jumps to a place not known yet are chained through their offset words until they are patched.

use super::function::{Function, Pc, Reg};
use crate::op::{Extra, Instr, Op};

/// The end of a jump list, and the empty list.
pub(super) const NO_JUMP: Pc = Pc::MAX;

/// In field A of a `TestSet` whose destination is not known yet.
pub(super) const NO_REGISTER: Reg = Reg::MAX;

/// Most jumps to jumps followed at once; there may be cycles of them.
const MAX_HOPS: usize = 100;

impl Function {
    /// An unconditional jump, a list of its own.
    pub(super) fn jump(&mut self) -> Pc {
        self.emit_with(Instr::abc(Op::Jump, 0, 0, 0), NO_JUMP)
    }

    /// A jump to `target`.
    pub(super) fn jump_to(&mut self, target: Pc) {
        let jump = self.jump();
        self.patch(jump, target);
    }

    fn next_in_list(&self, jump: Pc) -> Pc {
        self.code[jump as usize + 1]
    }

    /// Puts the single jump `jump` in front of `list`.
    pub(super) fn prepend(&mut self, jump: Pc, list: &mut Pc) {
        if jump != NO_JUMP {
            self.code[jump as usize + 1] = *list;
            *list = jump;
        }
    }

    /// Appends `tail` to `list`; takes time in the length of `list`.
    pub(super) fn append(&mut self, list: &mut Pc, tail: Pc) {
        if *list == NO_JUMP {
            *list = tail;
        } else if tail != NO_JUMP {
            let mut last = *list;
            while self.next_in_list(last) != NO_JUMP {
                last = self.next_in_list(last);
            }
            self.code[last as usize + 1] = tail;
        }
    }

    /// Makes the jump at `jump` go to `target`.
    pub(super) fn patch(&mut self, jump: Pc, target: Pc) {
        self.code[jump as usize + 1] = target.wrapping_sub(jump + 2);
    }

    /// Makes all jumps of `list` go to `target`; tests among them need no value.
    pub(super) fn patch_list(&mut self, list: Pc, target: Pc) {
        self.patch_values(list, target, NO_REGISTER, target);
    }

    /// Makes all jumps of `list` come here.
    pub(super) fn patch_here(&mut self, list: Pc) {
        if list != NO_JUMP {
            let here = self.label();
            self.patch_list(list, here);
        }
    }

    /// Makes the tests of `list` that yield a value put it into `register` and go to `target`, the other jumps go to `other`.
    pub(super) fn patch_values(&mut self, mut list: Pc, target: Pc, register: Reg, other: Pc) {
        while list != NO_JUMP {
            let next = self.next_in_list(list);
            let to = if self.set_test_destination(list, register) { target } else { other };
            self.patch(list, to);
            list = next;
        }
    }

    /// Whether some jump of `list` yields no value.
    pub(super) fn needs_value(&self, mut list: Pc) -> bool {
        while list != NO_JUMP {
            if self.op_at(list) != Op::TestSet {
                return true;
            }
            list = self.next_in_list(list);
        }
        false
    }

    /// Turns the tests of `list` that yield values into ones that only test.
    pub(super) fn drop_values(&mut self, mut list: Pc) {
        while list != NO_JUMP {
            self.set_test_destination(list, NO_REGISTER);
            list = self.next_in_list(list);
        }
    }

    fn set_test_destination(&mut self, jump: Pc, register: Reg) -> bool {
        let instr = self.at(jump);
        if instr.op() != Some(Op::TestSet) {
            return false;
        }
        if register != NO_REGISTER && register != instr.b() {
            self.set_a(jump, register);
        } else {
            self.code[jump as usize] = Instr::abc(Op::Test, instr.b(), 0, instr.c()).0;
        }
        true
    }

    /// Inverts the condition of a comparison.
    pub(super) fn negate(&mut self, jump: Pc) {
        let flag = self.at(jump).c();
        self.set_c(jump, flag ^ 1);
    }

    /// Lets jumps to unconditional jumps go where those lead.
    pub(super) fn thread_jumps(&mut self) {
        let mut pc = 0;
        while pc < self.code.len() {
            let op = self.op_at(pc as Pc);
            if op.extra() == Extra::Jump && !matches!(op, Op::ForPrep | Op::ForLoop | Op::ForInPrep | Op::ForInLoop) {
                let target = self.final_target(self.target(pc as Pc));
                self.patch(pc as Pc, target);
            }
            pc += op.words();
        }
    }

    fn target(&self, jump: Pc) -> Pc {
        (jump + 2).wrapping_add(self.code[jump as usize + 1])
    }

    fn final_target(&self, mut target: Pc) -> Pc {
        for _ in 0..MAX_HOPS {
            if self.at(target).op() != Some(Op::Jump) {
                break;
            }
            target = self.target(target);
        }
        target
    }
}
