//! Arithmetic and comparisons.

use super::Lowering;
use crate::ir::{Cond, Op, Val};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, Value as Clif, types};

impl Lowering<'_> {
    pub(super) fn arithmetic(&mut self, val: Val, op: Op, args: &[Clif]) -> Clif {
        let a = args[0];
        let b = args.get(1).copied().unwrap_or(a);
        match op {
            Op::Add => self.b.ins().iadd(a, b),
            Op::Sub => self.b.ins().isub(a, b),
            Op::Mul => self.b.ins().imul(a, b),
            Op::And => self.b.ins().band(a, b),
            Op::Or => self.b.ins().bor(a, b),
            Op::Xor => self.b.ins().bxor(a, b),
            Op::Shl => self.shift(val, a, b, true),
            Op::Shr => self.shift(val, a, b, false),
            Op::IDiv => self.divide(val, a, b, false),
            Op::Mod => self.divide(val, a, b, true),
            Op::UDiv => self.b.ins().udiv(a, b),
            Op::FAdd => self.b.ins().fadd(a, b),
            Op::FSub => self.b.ins().fsub(a, b),
            Op::FMul => self.b.ins().fmul(a, b),
            Op::FDiv => self.b.ins().fdiv(a, b),
            Op::FNeg => self.b.ins().fneg(a),
            Op::FFloor => self.b.ins().floor(a),
            Op::FCeil => self.b.ins().ceil(a),
            Op::FSqrt => self.b.ins().sqrt(a),
            Op::FAbs => self.b.ins().fabs(a),
            Op::Compare(cond) => self.b.ins().icmp(int_condition(cond), a, b),
            Op::FCompare(cond) => self.b.ins().fcmp(float_condition(cond), a, b),
            _ => unreachable!("no arithmetic"),
        }
    }

    /// The second operand, if it is a constant.
    fn known(&self, val: Val) -> Option<i64> {
        match self.func.inst(self.func.inst(val).args[1]).op {
            Op::Int(int) => Some(int),
            _ => None,
        }
    }

    /// Lua's shifts: by 64 or more nothing is left, by negative amounts they go the other way.
    fn shift(&mut self, val: Val, a: Clif, b: Clif, left: bool) -> Clif {
        if let Some(by) = self.known(val) {
            let by = if left { by } else { by.wrapping_neg() };
            return match by {
                0..64 => self.b.ins().ishl_imm_u(a, by),
                -63..0 => self.b.ins().ushr_imm_u(a, -by),
                _ => self.word(0),
            };
        }
        let negated = self.b.ins().ineg(b);
        let (to_left, to_right) = if left { (b, negated) } else { (negated, b) };
        let shifted_left = self.b.ins().ishl(a, to_left);
        let shifted_right = self.b.ins().ushr(a, to_right);
        let goes_left = self.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, to_left, 64);
        let goes_right = self.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, to_right, 64);
        let zero = self.word(0);
        let right = self.b.ins().select(goes_right, shifted_right, zero);
        self.b.ins().select(goes_left, shifted_left, right)
    }

    /// Floor division or modulo. The divisor is not 0.
    fn divide(&mut self, val: Val, a: Clif, b: Clif, modulo: bool) -> Clif {
        match self.known(val) {
            Some(divisor) if divisor > 0 && divisor & (divisor - 1) == 0 => {
                if modulo {
                    let mask = self.b.ins().iconst(types::I64, divisor - 1);
                    self.b.ins().band(a, mask)
                } else {
                    self.b.ins().sshr_imm_u(a, i64::from(divisor.trailing_zeros()))
                }
            }
            Some(divisor) if divisor > 0 => self.divide_by_constant(a, divisor, modulo),
            Some(divisor) if divisor != -1 => self.divide_signed(a, b, modulo),
            _ => self.divide_unknown(a, b, modulo),
        }
    }

    /// By a positive divisor that is no power of two: multiplication by its inverse (Granlund and Montgomery, "Division by Invariant
    /// Integers using Multiplication"). Of a negative dividend `a` the quotient is `~(~a / divisor)`, so that 63 bits are divided,
    /// for which an inverse of 64 bits is exact.
    fn divide_by_constant(&mut self, a: Clif, divisor: i64, modulo: bool) -> Clif {
        let (inverse, shift) = inverse_of(divisor as u64);
        let sign = self.b.ins().sshr_imm_u(a, 63);
        let dividend = self.b.ins().bxor(a, sign);
        let inverse = self.b.ins().iconst(types::I64, inverse as i64);
        let high = self.b.ins().umulhi(dividend, inverse);
        let quotient = self.b.ins().ushr_imm_u(high, i64::from(shift));
        let quotient = self.b.ins().bxor(quotient, sign);
        if !modulo {
            return quotient;
        }
        let divisor = self.b.ins().iconst(types::I64, divisor);
        let product = self.b.ins().imul(quotient, divisor);
        self.b.ins().isub(a, product)
    }

    fn divide_signed(&mut self, a: Clif, b: Clif, modulo: bool) -> Clif {
        let quotient = self.b.ins().sdiv(a, b);
        let product = self.b.ins().imul(quotient, b);
        let rest = self.b.ins().isub(a, product);
        // The rest has the sign of the dividend; Lua wants that of the divisor.
        let differ = self.b.ins().bxor(rest, b);
        let opposite = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, differ, 0);
        let some = self.b.ins().icmp_imm_s(IntCC::NotEqual, rest, 0);
        let adjust = self.b.ins().band(opposite, some);
        if modulo {
            let zero = self.word(0);
            let add = self.b.ins().select(adjust, b, zero);
            self.b.ins().iadd(rest, add)
        } else {
            let one = self.b.ins().uextend(types::I64, adjust);
            self.b.ins().isub(quotient, one)
        }
    }

    fn divide_unknown(&mut self, a: Clif, b: Clif, modulo: bool) -> Clif {
        let next = self.b.create_block();
        self.b.append_block_param(next, types::I64);
        let (narrow, wide, minus, signed) =
            (self.b.create_block(), self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(minus);
        let both = self.b.ins().bor(a, b);
        let high = self.b.ins().ushr_imm_u(both, 32);
        self.b.ins().brif(high, wide, &[], narrow, &[]);
        // Division of 32 bits is several times faster than of 64.
        self.begin(narrow);
        let (x, y) = (self.b.ins().ireduce(types::I32, a), self.b.ins().ireduce(types::I32, b));
        let result = if modulo { self.b.ins().urem(x, y) } else { self.b.ins().udiv(x, y) };
        let result = self.b.ins().uextend(types::I64, result);
        self.b.ins().jump(next, &[result.into()]);
        self.begin(wide);
        let is_minus_one = self.b.ins().icmp_imm_s(IntCC::Equal, b, -1);
        self.b.ins().brif(is_minus_one, minus, &[], signed, &[]);
        // The least integer by -1 wraps around; the processor's division traps.
        self.begin(minus);
        let result = if modulo { self.word(0) } else { self.b.ins().ineg(a) };
        self.b.ins().jump(next, &[result.into()]);
        self.begin(signed);
        let result = self.divide_signed(a, b, modulo);
        self.b.ins().jump(next, &[result.into()]);
        self.begin(next);
        self.b.block_params(next)[0]
    }
}

/// A factor and a shift: of their product with a dividend below 2^63, the upper 64 bits shifted right are the quotient. The divisor is
/// no power of two.
fn inverse_of(divisor: u64) -> (u64, u32) {
    let bits = u64::BITS - divisor.leading_zeros();
    ((((1u128 << (63 + bits)) / u128::from(divisor)) + 1) as u64, bits - 1)
}

fn int_condition(cond: Cond) -> IntCC {
    match cond {
        Cond::Eq => IntCC::Equal,
        Cond::Ne => IntCC::NotEqual,
        Cond::Lt => IntCC::SignedLessThan,
        Cond::Le => IntCC::SignedLessThanOrEqual,
        Cond::Gt => IntCC::SignedGreaterThan,
        Cond::Ge => IntCC::SignedGreaterThanOrEqual,
        Cond::Below => IntCC::UnsignedLessThan,
    }
}

fn float_condition(cond: Cond) -> FloatCC {
    match cond {
        Cond::Eq => FloatCC::Equal,
        Cond::Ne => FloatCC::NotEqual,
        Cond::Lt | Cond::Below => FloatCC::LessThan,
        Cond::Le => FloatCC::LessThanOrEqual,
        Cond::Gt => FloatCC::GreaterThan,
        Cond::Ge => FloatCC::GreaterThanOrEqual,
    }
}

#[cfg(test)]
mod tests {
    use super::inverse_of;

    #[test]
    fn quotients_by_multiplication_are_exact() {
        let divisors =
            [3u64, 5, 6, 7, 10, 11, 641, 1000, 1_000_003, (1 << 31) - 1, (1 << 62) - 1, (1 << 62) + 1, i64::MAX as u64];
        for divisor in divisors {
            let (inverse, shift) = inverse_of(divisor);
            let top = i64::MAX as u64 / divisor * divisor;
            for near in [0, divisor, divisor * (top / divisor / 2), top] {
                for dividend in (0..4).flat_map(|by| [near.wrapping_sub(by), near + by]).filter(|&near| near <= i64::MAX as u64)
                {
                    let high = ((u128::from(dividend) * u128::from(inverse)) >> 64) as u64;
                    assert_eq!(high >> shift, dividend / divisor, "{dividend} // {divisor}");
                }
            }
        }
    }
}
