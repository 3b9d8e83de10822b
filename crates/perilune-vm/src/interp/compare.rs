//! Comparisons and tests, fused with the jump that follows.

use super::arith::{both_floats, both_ints};
use super::{Flow, Machine};
use crate::function::Throw;
use crate::meta;
use crate::thread::Thread;
use crate::value::Value;
use perilune_front::op::Instr;

type Slow = fn(&mut Thread, Value, Value) -> Result<bool, Throw>;

impl Machine {
    /// Jumps if `condition` equals the flag.
    #[inline(always)]
    fn branch(&mut self, condition: bool, flag: u8) -> Flow {
        if condition == (flag != 0) {
            // A compiled loop's back-edge may be a conditional jump.
            self.op_jump()
        } else {
            self.skip_word();
            Flow::Next
        }
    }

    #[cold]
    #[inline(never)]
    fn branch_slow(&mut self, i: Instr, a: Value, b: Value, slow: Slow) -> Flow {
        // The position saved is that after the whole instruction, as everywhere.
        self.skip_word();
        let result = self.slow(|t| slow(t, a, b));
        // SAFETY: back to the jump's word.
        self.pc = unsafe { self.pc.sub(1) };
        match result {
            Ok(condition) => self.branch(condition, i.c()),
            Err(flow) => flow,
        }
    }

    #[inline(always)]
    fn compare(
        &mut self,
        i: Instr,
        (a, b): (Value, Value),
        ints: impl Fn(i64, i64) -> bool,
        floats: impl Fn(f64, f64) -> bool,
        slow: Slow,
    ) -> Flow {
        if both_ints(a, b) {
            return self.branch(ints(a.small_int_value(), b.small_int_value()), i.c());
        }
        if both_floats(a, b) {
            return self.branch(floats(a.float_value(), b.float_value()), i.c());
        }
        self.apart(|m| m.branch_slow(i, a, b, slow))
    }

    #[inline(always)]
    pub(super) fn op_lt(&mut self, i: Instr) -> Flow {
        let operands = (self.get(i.a()), self.get(i.b()));
        self.compare(i, operands, |x, y| x < y, |x, y| x < y, meta::less_than)
    }

    #[inline(always)]
    pub(super) fn op_le(&mut self, i: Instr) -> Flow {
        let operands = (self.get(i.a()), self.get(i.b()));
        self.compare(i, operands, |x, y| x <= y, |x, y| x <= y, meta::less_equal)
    }

    #[inline(always)]
    fn compare_immediate(
        &mut self,
        i: Instr,
        ints: impl Fn(i64, i64) -> bool,
        floats: impl Fn(f64, f64) -> bool,
        slow: Slow,
    ) -> Flow {
        let a = self.get(i.a());
        let immediate = i64::from(i.sb());
        if a.is_small_int() {
            return self.branch(ints(a.small_int_value(), immediate), i.c());
        }
        if a.is_float() {
            return self.branch(floats(a.float_value(), immediate as f64), i.c());
        }
        self.apart(|m| m.branch_slow(i, a, Value::small_int(immediate), slow))
    }

    #[inline(always)]
    pub(super) fn op_lt_i(&mut self, i: Instr) -> Flow {
        self.compare_immediate(i, |x, y| x < y, |x, y| x < y, meta::less_than)
    }

    #[inline(always)]
    pub(super) fn op_le_i(&mut self, i: Instr) -> Flow {
        self.compare_immediate(i, |x, y| x <= y, |x, y| x <= y, meta::less_equal)
    }

    #[inline(always)]
    pub(super) fn op_gt_i(&mut self, i: Instr) -> Flow {
        self.compare_immediate(i, |x, y| x > y, |x, y| x > y, |t, a, b| meta::less_than(t, b, a))
    }

    #[inline(always)]
    pub(super) fn op_ge_i(&mut self, i: Instr) -> Flow {
        self.compare_immediate(i, |x, y| x >= y, |x, y| x >= y, |t, a, b| meta::less_equal(t, b, a))
    }

    #[inline(always)]
    pub(super) fn op_eq(&mut self, i: Instr) -> Flow {
        let (a, b) = (self.get(i.a()), self.get(i.b()));
        if a.0 == b.0 && !a.is_float() {
            return self.branch(true, i.c());
        }
        if both_ints(a, b) {
            return self.branch(false, i.c());
        }
        if both_floats(a, b) {
            return self.branch(a.float_value() == b.float_value(), i.c());
        }
        self.apart(|m| m.eq_slow(i, a, b))
    }

    #[inline(never)]
    fn eq_slow(&mut self, i: Instr, a: Value, b: Value) -> Flow {
        let may_have_method = a.is_heap() && b.is_heap() && a.as_str().is_none();
        if !may_have_method {
            return self.branch(a.raw_equals(b), i.c());
        }
        self.branch_slow(i, a, b, meta::equals)
    }

    #[inline(always)]
    pub(super) fn op_eq_k(&mut self, i: Instr) -> Flow {
        let (a, k) = (self.get(i.a()), self.constant(i.b() as usize));
        if a.0 == k.0 && !a.is_float() {
            return self.branch(true, i.c());
        }
        // Constants have no metamethods; short strings, booleans and nil equal their own word only.
        let equal = if a.is_float() || a.as_str().is_none() && k.is_number() { a.raw_equals(k) } else { false };
        self.branch(equal, i.c())
    }

    #[inline(always)]
    pub(super) fn op_eq_i(&mut self, i: Instr) -> Flow {
        let a = self.get(i.a());
        let immediate = i64::from(i.sb());
        let equal = if a.is_float() { a.float_value() == immediate as f64 } else { a.0 == Value::small_int(immediate).0 };
        self.branch(equal, i.c())
    }

    #[inline(always)]
    pub(super) fn op_test(&mut self, i: Instr) -> Flow {
        self.branch(self.get(i.a()).is_truthy(), i.c())
    }

    #[inline(always)]
    pub(super) fn op_test_set(&mut self, i: Instr) -> Flow {
        let value = self.get(i.b());
        if value.is_truthy() == (i.c() != 0) {
            self.set(i.a(), value);
            return self.op_jump();
        }
        self.skip_word();
        Flow::Next
    }
}
