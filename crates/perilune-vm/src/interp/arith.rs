//! Arithmetic: two inline integers or two floats at once, everything else in [`crate::meta::arith`].

use super::{Flow, Machine};
use crate::global::{Event, Global};
use crate::meta;
use crate::value::{INT, MAX_DOUBLE, Value};
use perilune_front::op::Instr;

/// Whether both are inline integers.
#[inline(always)]
pub(super) fn both_ints(a: Value, b: Value) -> bool {
    a.0 & b.0 >= INT
}

/// Whether both are floats.
#[inline(always)]
pub(super) fn both_floats(a: Value, b: Value) -> bool {
    a.0 <= MAX_DOUBLE && b.0 <= MAX_DOUBLE
}

/// Two numbers of any inline kinds as doubles.
#[inline(always)]
pub(super) fn as_doubles(a: Value, b: Value) -> Option<(f64, f64)> {
    Some((as_double(a)?, as_double(b)?))
}

#[inline(always)]
fn as_double(value: Value) -> Option<f64> {
    if value.is_float() {
        Some(value.float_value())
    } else if value.is_small_int() {
        Some(value.small_int_value() as f64)
    } else {
        None
    }
}

/// An integer that is too wide to be inline.
#[inline(never)]
fn boxed(g: &mut Global, int: i64) -> Value {
    g.wide_int(int)
}

/// What `rule` makes of two integers, of which one is boxed: they are common where hashes are computed.
#[inline(never)]
fn integers(g: &mut Global, a: Value, b: Value, rule: impl Fn(i64, i64) -> i64) -> Option<Value> {
    Some(g.int(rule(a.as_int()?, b.as_int()?)))
}

/// The same for numbers: two integers, or an inline one and a float.
#[inline(never)]
fn mixed(
    g: &mut Global,
    a: Value,
    b: Value,
    ints: impl Fn(i64, i64) -> i64,
    floats: impl Fn(f64, f64) -> f64,
) -> Option<Value> {
    match as_doubles(a, b) {
        Some((x, y)) => Some(Value::float(floats(x, y))),
        None => integers(g, a, b, ints),
    }
}

impl Machine {
    #[inline(always)]
    fn set_float(&mut self, target: u8, f: f64) -> Flow {
        // The processor's NaNs are canonical as long as its inputs are.
        self.set(target, Value(f.to_bits()));
        Flow::Next
    }

    /// An integer result of any size.
    #[inline(always)]
    fn set_int(&mut self, target: u8, int: i64) -> Flow {
        match Value::try_int(int) {
            Some(value) => {
                self.set(target, value);
                Flow::Next
            }
            None => {
                self.save_pc();
                let value = boxed(self.t().g(), int);
                self.set(target, value);
                Flow::Next
            }
        }
    }

    /// Stores what a function outside the loop computed of two numbers, if they were such; the rest is slow. The function does
    /// not see the machine, whose state stays in registers.
    #[inline(always)]
    fn set_computed(&mut self, i: Instr, event: Event, (a, b): (Value, Value), computed: Option<Value>) -> Flow {
        match computed {
            Some(value) => {
                self.set(i.a(), value);
                Flow::Next
            }
            None => self.apart(|m| m.arith_slow(event, i.a(), a, b)),
        }
    }

    #[cold]
    #[inline(never)]
    fn arith_slow(&mut self, event: Event, target: u8, a: Value, b: Value) -> Flow {
        self.slow_set(target, |t| meta::arith(t, event, a, b))
    }

    /// An operation with the same rule for integers (wrapping) and floats.
    #[inline(always)]
    fn arith(
        &mut self,
        i: Instr,
        event: Event,
        (a, b): (Value, Value),
        ints: impl Fn(i64, i64) -> i64,
        floats: impl Fn(f64, f64) -> f64,
    ) -> Flow {
        if both_ints(a, b) {
            return self.set_int(i.a(), ints(a.small_int_value(), b.small_int_value()));
        }
        if both_floats(a, b) {
            return self.set_float(i.a(), floats(a.float_value(), b.float_value()));
        }
        self.save_pc();
        let computed = mixed(self.t().g(), a, b, ints, floats);
        self.set_computed(i, event, (a, b), computed)
    }

    #[inline(always)]
    pub(super) fn op_add(&mut self, i: Instr, a: Value, b: Value) -> Flow {
        self.arith(i, Event::Add, (a, b), i64::wrapping_add, |x, y| x + y)
    }

    #[inline(always)]
    pub(super) fn op_sub(&mut self, i: Instr, a: Value, b: Value) -> Flow {
        self.arith(i, Event::Sub, (a, b), i64::wrapping_sub, |x, y| x - y)
    }

    #[inline(always)]
    pub(super) fn op_mul(&mut self, i: Instr, a: Value, b: Value) -> Flow {
        self.arith(i, Event::Mul, (a, b), i64::wrapping_mul, |x, y| x * y)
    }

    #[inline(always)]
    pub(super) fn op_div(&mut self, i: Instr, a: Value, b: Value) -> Flow {
        match as_doubles(a, b) {
            Some((x, y)) => self.set_float(i.a(), x / y),
            None => self.apart(|m| m.arith_slow(Event::Div, i.a(), a, b)),
        }
    }

    #[inline(always)]
    pub(super) fn op_mod(&mut self, i: Instr, a: Value, b: Value) -> Flow {
        if both_ints(a, b) && b.small_int_value() > 0 {
            return self.set_int(i.a(), narrow_mod(a.small_int_value(), b.small_int_value()));
        }
        if both_floats(a, b) {
            return self.apart(|m| m.mod_floats(i, a, b));
        }
        self.apart(|m| m.arith_slow(Event::Mod, i.a(), a, b))
    }

    #[inline(never)]
    fn mod_floats(&mut self, i: Instr, a: Value, b: Value) -> Flow {
        self.set(i.a(), Value::float(meta::float_mod(a.float_value(), b.float_value())));
        Flow::Next
    }

    #[inline(always)]
    pub(super) fn op_idiv(&mut self, i: Instr, a: Value, b: Value) -> Flow {
        if both_ints(a, b) && b.small_int_value() > 0 {
            return self.set_int(i.a(), narrow_floor_div(a.small_int_value(), b.small_int_value()));
        }
        if both_floats(a, b) {
            return self.set_float(i.a(), (a.float_value() / b.float_value()).floor());
        }
        self.apart(|m| m.arith_slow(Event::IDiv, i.a(), a, b))
    }

    #[inline(always)]
    pub(super) fn op_pow(&mut self, i: Instr, a: Value, b: Value) -> Flow {
        match as_doubles(a, b) {
            Some((x, y)) => {
                self.set(i.a(), Value::float(meta::pow(x, y)));
                Flow::Next
            }
            None => self.apart(|m| m.arith_slow(Event::Pow, i.a(), a, b)),
        }
    }

    #[inline(always)]
    fn bitwise(&mut self, i: Instr, event: Event, a: Value, b: Value, rule: impl Fn(i64, i64) -> i64) -> Flow {
        if both_ints(a, b) {
            return self.set_int(i.a(), rule(a.small_int_value(), b.small_int_value()));
        }
        self.save_pc();
        let computed = integers(self.t().g(), a, b, rule);
        self.set_computed(i, event, (a, b), computed)
    }

    #[inline(always)]
    pub(super) fn op_band(&mut self, i: Instr, a: Value, b: Value) -> Flow {
        self.bitwise(i, Event::BAnd, a, b, |x, y| x & y)
    }

    #[inline(always)]
    pub(super) fn op_bor(&mut self, i: Instr, a: Value, b: Value) -> Flow {
        self.bitwise(i, Event::BOr, a, b, |x, y| x | y)
    }

    #[inline(always)]
    pub(super) fn op_bxor(&mut self, i: Instr, a: Value, b: Value) -> Flow {
        self.bitwise(i, Event::BXor, a, b, |x, y| x ^ y)
    }

    #[inline(always)]
    pub(super) fn op_shl(&mut self, i: Instr, a: Value, b: Value) -> Flow {
        self.bitwise(i, Event::Shl, a, b, meta::shift_left)
    }

    #[inline(always)]
    pub(super) fn op_shr(&mut self, i: Instr, a: Value, b: Value) -> Flow {
        self.bitwise(i, Event::Shr, a, b, |x, y| meta::shift_left(x, y.wrapping_neg()))
    }

    #[inline(always)]
    pub(super) fn op_neg(&mut self, i: Instr) -> Flow {
        let a = self.get(i.b());
        if a.is_small_int() {
            return self.set_int(i.a(), -a.small_int_value());
        }
        if a.is_float() {
            return self.set_float(i.a(), -a.float_value());
        }
        self.apart(|m| m.arith_slow(Event::Unm, i.a(), a, a))
    }

    #[inline(always)]
    pub(super) fn op_bnot(&mut self, i: Instr) -> Flow {
        let a = self.get(i.b());
        if a.is_small_int() {
            return self.set_int(i.a(), !a.small_int_value());
        }
        self.apart(|m| m.arith_slow(Event::BNot, i.a(), a, a))
    }
}

/// `x % y` for a positive `y`. Division of 32 bits is several times faster than of 64.
#[inline(always)]
fn narrow_mod(x: i64, y: i64) -> i64 {
    if (x | y) as u64 >> 32 == 0 {
        return i64::from(x as u32 % y as u32);
    }
    let remainder = x % y;
    if remainder < 0 { remainder + y } else { remainder }
}

/// `x // y` for a positive `y`.
#[inline(always)]
fn narrow_floor_div(x: i64, y: i64) -> i64 {
    if (x | y) as u64 >> 32 == 0 {
        return i64::from(x as u32 / y as u32);
    }
    x.div_euclid(y)
}
