//! Values: constants, boxing, guards, conditions.

use super::Lowering;
use crate::ir::{Op, Ty, Val};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{Block as ClifBlock, BlockArg, InstBuilder, MemFlagsData, Value as Clif, types};
use perilune_vm::runtime::Helper;
use perilune_vm::value::{INT, MAX_DOUBLE, TAG_FUNCTION, TAG_OBJECT, TAG_SHIFT, TAG_STRING, TAG_TABLE};
use perilune_vm::{Value, layout};

/// Bits beside an inline integer's payload.
const SPARE: i64 = 64 - TAG_SHIFT as i64;

/// A block, and the values for its parameters.
type Way<'a> = (ClifBlock, &'a [BlockArg]);

fn tag_of(ty: Ty) -> u64 {
    match ty {
        Ty::Tab => TAG_TABLE,
        Ty::Str => TAG_STRING,
        Ty::Fun => TAG_FUNCTION,
        _ => unreachable!("{ty:?} has no tag"),
    }
}

impl Lowering<'_> {
    pub(super) fn word(&mut self, word: u64) -> Clif {
        self.b.ins().iconst(types::I64, word as i64)
    }

    pub(super) fn constant(&mut self, op: Op) -> Clif {
        match op {
            Op::Int(int) => self.b.ins().iconst(types::I64, int),
            Op::Flt(bits) => self.b.ins().f64const(f64::from_bits(bits)),
            Op::Any(bits) | Op::Ptr(bits) => self.word(bits),
            Op::Bool(on) => self.b.ins().iconst(types::I8, i64::from(on)),
            _ => unreachable!("no constant"),
        }
    }

    pub(super) fn value_operation(&mut self, val: Val, op: Op, args: &[Clif]) -> Option<Clif> {
        let inst = self.func.inst(val);
        Some(match op {
            Op::Box => self.boxed(inst.args[0], args[0]),
            Op::BoxSmall => self.inline_int(args[0]),
            Op::Guard(ty) => self.guard(val, ty, args[0]),
            Op::GuardInteger => self.guard_integer(val, args[0]),
            Op::GuardNumber => self.guard_number(val, args[0]),
            Op::Check | Op::CheckDone => {
                let exit = self.exit_of(val);
                let next = self.block_as_cold_as_here();
                self.branch(inst.args[0], (next, &[]), (exit, &[]));
                self.begin(next);
                return None;
            }
            Op::Unbox(Ty::Int) => self.payload(args[0]),
            Op::Unbox(Ty::Flt) => self.b.ins().bitcast(types::F64, MemFlagsData::new(), args[0]),
            Op::Unbox(_) => self.address(args[0]),
            Op::ToFloat => self.b.ins().fcvt_from_sint(types::F64, args[0]),
            Op::ToInt => self.integral(val, args[0]),
            Op::GuardFits => {
                let exit = self.exit_of(val);
                let fits = self.fits(args[0]);
                self.go_on_if(fits, exit);
                args[0]
            }
            Op::AreInts => {
                // The tag has all bits set.
                let all = args[1..].iter().fold(args[0], |all, &arg| self.b.ins().band(all, arg));
                self.is_inline_int(all)
            }
            Op::AreFloats => self.all_of(args, Self::is_float),
            Op::AreNumbers => self.all_of(args, Self::is_number),
            Op::ToDouble => self.double(args[0]),
            Op::Fits => self.fits(args[0]),
            Op::Same => self.b.ins().icmp(IntCC::Equal, args[0], args[1]),
            Op::Truthy => {
                let nil = self.word(Value::NIL.0);
                let above = self.b.ins().isub(args[0], nil);
                self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, above, 1)
            }
            Op::Not => self.b.ins().bxor_imm_u(args[0], 1),
            Op::Both => self.b.ins().band(args[0], args[1]),
            Op::Either => self.b.ins().bor(args[0], args[1]),
            Op::IsFloat => self.is_float(args[0]),
            _ => unreachable!("not a value operation"),
        })
    }

    /// Goes to `yes` if the condition holds, else to `no`. Of a condition that others make up each is a branch of its own: most are
    /// foreseen, and the processor need not wait for all of them.
    pub(super) fn branch(&mut self, condition: Val, yes: Way<'_>, no: Way<'_>) {
        let inst = self.func.inst(condition);
        match inst.op {
            Op::Not => self.branch(inst.args[0], no, yes),
            Op::Both | Op::Either => {
                let next = self.b.create_block();
                match inst.op {
                    Op::Both => self.branch(inst.args[0], (next, &[]), no),
                    _ => self.branch(inst.args[0], yes, (next, &[])),
                }
                self.begin(next);
                self.branch(inst.args[1], yes, no);
            }
            _ => {
                let condition = self.val(condition);
                self.b.ins().brif(condition, yes.0, yes.1, no.0, no.1);
            }
        }
    }

    /// Goes on in a new block if the condition holds, else to `exit`.
    pub(super) fn go_on_if(&mut self, condition: Clif, exit: ClifBlock) {
        let next = self.block_as_cold_as_here();
        self.b.ins().brif(condition, next, &[], exit, &[]);
        self.begin(next);
    }

    fn leave_if(&mut self, condition: Clif, exit: ClifBlock) {
        let next = self.b.create_block();
        self.b.ins().brif(condition, exit, &[], next, &[]);
        self.begin(next);
    }

    // ---- boxing ----

    /// The word of a typed value.
    fn boxed(&mut self, of: Val, val: Clif) -> Clif {
        match self.func.ty(of) {
            Ty::Int if self.func.small.contains(&of) => self.inline_int(val),
            Ty::Int => {
                let fits = self.fits(val);
                let (cold, fast, next) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
                self.b.set_cold_block(cold);
                self.b.append_block_param(next, types::I64);
                self.b.ins().brif(fits, fast, &[], cold, &[]);
                self.begin(fast);
                let word = self.inline_int(val);
                self.b.ins().jump(next, &[word.into()]);
                self.begin(cold);
                let cell = self.help_rarely(Helper::box_int, &[self.thread, val]);
                self.b.ins().jump(next, &[cell.into()]);
                self.begin(next);
                self.b.block_params(next)[0]
            }
            _ => self.boxed_out_of_line(of, val),
        }
    }

    /// The same where code need not be fast.
    pub(super) fn boxed_out_of_line(&mut self, of: Val, val: Clif) -> Clif {
        match self.func.ty(of) {
            Ty::Any => val,
            Ty::Int if self.func.small.contains(&of) => self.inline_int(val),
            Ty::Int => self.help_rarely(Helper::box_int, &[self.thread, val]),
            Ty::Flt => self.b.ins().bitcast(types::I64, MemFlagsData::new(), val),
            Ty::Bool => {
                let wide = self.b.ins().uextend(types::I64, val);
                let off = self.word(Value::FALSE.0);
                self.b.ins().iadd(wide, off)
            }
            ty => {
                let tag = self.word(tag_of(ty) << TAG_SHIFT);
                self.b.ins().bor(val, tag)
            }
        }
    }

    pub(super) fn inline_int(&mut self, int: Clif) -> Clif {
        let tag = self.word(INT);
        self.b.ins().bor(int, tag)
    }

    fn fits(&mut self, int: Clif) -> Clif {
        let payload = self.payload(int);
        self.b.ins().icmp(IntCC::Equal, payload, int)
    }

    /// The low 48 bits as a signed integer.
    pub(super) fn payload(&mut self, word: Clif) -> Clif {
        let high = self.b.ins().ishl_imm_u(word, SPARE);
        self.b.ins().sshr_imm_u(high, SPARE)
    }

    pub(super) fn untag(&mut self, word: Clif, tag: u64) -> Clif {
        let tag = self.word(tag << TAG_SHIFT);
        self.b.ins().bxor(word, tag)
    }

    // ---- guards ----

    fn guard(&mut self, val: Val, ty: Ty, word: Clif) -> Clif {
        let exit = self.exit_of(val);
        match ty {
            Ty::Int => {
                let fine = self.is_inline_int(word);
                self.go_on_if(fine, exit);
                self.payload(word)
            }
            Ty::Flt => {
                let fine = self.is_float(word);
                self.go_on_if(fine, exit);
                self.b.ins().bitcast(types::F64, MemFlagsData::new(), word)
            }
            ty => {
                let tag = self.b.ins().ushr_imm_u(word, i64::from(TAG_SHIFT));
                let fine = self.b.ins().icmp_imm_u(IntCC::Equal, tag, tag_of(ty) as i64);
                self.go_on_if(fine, exit);
                self.address(word)
            }
        }
    }

    /// The address in a reference. Not by a constant, or each use of it would be computed anew, for want of registers.
    fn address(&mut self, word: Clif) -> Clif {
        let turned = self.b.ins().rotl_imm_u(word, SPARE);
        self.b.ins().ushr_imm_u(turned, SPARE)
    }

    pub(super) fn is_inline_int(&mut self, word: Clif) -> Clif {
        let least = self.word(INT);
        self.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, word, least)
    }

    fn is_float(&mut self, word: Clif) -> Clif {
        let most = self.word(MAX_DOUBLE);
        self.b.ins().icmp(IntCC::UnsignedLessThanOrEqual, word, most)
    }

    /// Whether a word is a float or an inline integer: with the tags turned by one, these are the least.
    fn is_number(&mut self, word: Clif) -> Clif {
        let one = self.word(1 << TAG_SHIFT);
        let turned = self.b.ins().iadd(word, one);
        let most = self.word(MAX_DOUBLE + (1 << TAG_SHIFT));
        self.b.ins().icmp(IntCC::UnsignedLessThanOrEqual, turned, most)
    }

    fn all_of(&mut self, words: &[Clif], test: fn(&mut Self, Clif) -> Clif) -> Clif {
        let mut all = test(self, words[0]);
        for &word in &words[1..] {
            let one = test(self, word);
            all = self.b.ins().band(all, one);
        }
        all
    }

    /// A float or an inline integer as a float.
    fn double(&mut self, word: Clif) -> Clif {
        let (float, int, next) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.append_block_param(next, types::F64);
        let is_float = self.is_float(word);
        self.b.ins().brif(is_float, float, &[], int, &[]);
        self.begin(float);
        let bits = self.b.ins().bitcast(types::F64, MemFlagsData::new(), word);
        self.b.ins().jump(next, &[bits.into()]);
        self.begin(int);
        let payload = self.payload(word);
        let converted = self.b.ins().fcvt_from_sint(types::F64, payload);
        self.b.ins().jump(next, &[converted.into()]);
        self.begin(next);
        self.b.block_params(next)[0]
    }

    fn guard_integer(&mut self, val: Val, word: Clif) -> Clif {
        let exit = self.exit_of(val);
        let inline = self.is_inline_int(word);
        let (cold, fast, next) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.append_block_param(next, types::I64);
        self.b.ins().brif(inline, fast, &[], cold, &[]);
        self.begin(fast);
        let payload = self.payload(word);
        self.b.ins().jump(next, &[payload.into()]);
        self.begin(cold);
        let address = self.untag(word, TAG_OBJECT);
        let high = self.b.ins().ushr_imm_u(address, i64::from(TAG_SHIFT));
        self.leave_if(high, exit);
        let kind = self.b.ins().uload8(types::I64, MemFlagsData::trusted(), address, layout::header::KIND);
        let wide = self.b.ins().icmp_imm_u(IntCC::Equal, kind, i64::from(layout::header::WIDE_INT));
        self.go_on_if(wide, exit);
        let int = self.load(types::I64, address, layout::cell::WIDE_VALUE);
        self.b.ins().jump(next, &[int.into()]);
        self.begin(next);
        self.b.block_params(next)[0]
    }

    fn guard_number(&mut self, val: Val, word: Clif) -> Clif {
        let exit = self.exit_of(val);
        let float = self.is_float(word);
        let (other, fast, next) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.append_block_param(next, types::F64);
        self.b.ins().brif(float, fast, &[], other, &[]);
        self.begin(fast);
        let bits = self.b.ins().bitcast(types::F64, MemFlagsData::new(), word);
        self.b.ins().jump(next, &[bits.into()]);
        self.begin(other);
        let int = self.is_inline_int(word);
        self.go_on_if(int, exit);
        let payload = self.payload(word);
        let converted = self.b.ins().fcvt_from_sint(types::F64, payload);
        self.b.ins().jump(next, &[converted.into()]);
        self.begin(next);
        self.b.block_params(next)[0]
    }

    /// A float that has an integral value, or is not finite, as an integer.
    fn integral(&mut self, val: Val, float: Clif) -> Clif {
        let exit = self.exit_of(val);
        let int = self.b.ins().fcvt_to_sint_sat(types::I64, float);
        let back = self.b.ins().fcvt_from_sint(types::F64, int);
        let same = self.b.ins().fcmp(FloatCC::Equal, back, float);
        // 2^63 saturates to an integer that rounds to 2^63.
        let below = self.b.ins().icmp_imm_s(IntCC::NotEqual, int, i64::MAX);
        let fine = self.b.ins().band(same, below);
        self.go_on_if(fine, exit);
        int
    }
}
